import { Center, Loader } from '@mantine/core';
import { createContext, useContext, type ReactNode } from 'react';
import { FaultPanel } from '../components/FaultPanel';
import { faultOf } from '../graphql/faults';
import type { Permission, ViewerQuery as ViewerData } from '../graphql/generated/graphql';
import { useLiveQuery } from '../graphql/useLiveQuery';
import { ViewerQuery } from '../graphql/viewer';
import { permissionWord, roleWord } from '../lib/words';

export type Viewer = ViewerData['viewer'];

const ViewerContext = createContext<Viewer | null>(null);
const NONE = {};

/** Nothing is shown before we know who is looking and what they may do. */
export function ViewerGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useLiveQuery(ViewerQuery, NONE);
  if (data) return <ViewerContext value={data.viewer}>{children}</ViewerContext>;
  return (
    <Center mih="100vh" p="md">
      {error ? <FaultPanel fault={faultOf(error)} onRetry={refetch} /> : <Loader aria-label="Signing in" />}
    </Center>
  );
}

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error('useViewer outside ViewerGate');
  return viewer;
}

export function useMay(permission: Permission): boolean {
  return useViewer().permissions.includes(permission);
}

/** Why an action is closed to this viewer, or null when it is open. */
export function useRefusal(permission: Permission | undefined): string | null {
  const viewer = useViewer();
  if (!permission || viewer.permissions.includes(permission)) return null;
  return `Your role (${roleWord(viewer.role)}) may not ${permissionWord(permission)}.`;
}
