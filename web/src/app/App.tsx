import { useCallback } from 'react';
import { RouterProvider } from 'react-router';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { ApiProvider } from '../graphql/api';
import { RefreshProvider } from '../graphql/refresh';
import { SignIn } from '../session/SignIn';
import { useSession } from '../session/session';
import { ViewerGate } from '../session/viewer';
import { router } from './routes';

export function App() {
  const { token, signOut } = useSession();
  const onRefused = useCallback(
    () =>
      signOut({
        title: 'You are signed out',
        detail:
          'The gateway no longer accepts this access token: it expired or was withdrawn. Nothing was lost; sign in with a new one.',
      }),
    [signOut],
  );

  if (token === null) return <SignIn />;
  return (
    <ErrorBoundary>
      <ApiProvider key={token} token={token} onRefused={onRefused}>
        <RefreshProvider>
          <ViewerGate>
            <RouterProvider router={router} />
          </ViewerGate>
        </RefreshProvider>
      </ApiProvider>
    </ErrorBoundary>
  );
}
