import { Alert, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconClockOff } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent } from 'react';
import { Brand } from '../app/Brand';
import { useSession } from './session';
import { cleanToken, readClaims } from './token';

function faultIn(token: string): string | null {
  if (!token) return 'Paste an access token first.';
  const claims = readClaims(token);
  if (!claims) return 'This is not an access token: it has three parts separated by dots.';
  if (claims.expiresAt !== null && claims.expiresAt <= Date.now()) return 'This token has expired. Ask for a new one.';
  return null;
}

export function SignIn() {
  const { ended, signIn } = useSession();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    document.title = 'Sign in · Stockbridge';
  }, []);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const token = cleanToken(text);
    const found = faultIn(token);
    setFault(found);
    if (!found) signIn(token);
  };

  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={440} gap="lg">
        <Brand />
        {ended && (
          <Alert
            color="orange"
            title={ended.title}
            icon={<IconClockOff size={20} />}
            role="alert"
            data-testid="session-ended"
          >
            {ended.detail}
          </Alert>
        )}
        <Paper withBorder p="xl" radius="lg" component="form" onSubmit={onSubmit} noValidate>
          <Stack gap="md">
            <div>
              <Title order={1} size="h3">
                Sign in
              </Title>
              <Text size="sm" c="dimmed" mt={4}>
                Open the sign-in link you were given, or paste an access token here.
              </Text>
            </div>
            <PasswordInput
              label="Access token"
              placeholder="eyJ…"
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              error={fault}
              data-testid="token-input"
            />
            <Button type="submit" fullWidth data-testid="sign-in-button">
              Sign in
            </Button>
          </Stack>
        </Paper>
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            Whoever runs your gateway makes tokens with <Code>stockbridge token</Code>; <Code>stockbridge demo</Code>{' '}
            prints a link that signs in by itself. A token names your business and your role, and ends by itself.
          </Text>
          <Text size="sm" c="dimmed">
            It is kept in this browser tab only and is gone when you close it.
          </Text>
        </Stack>
      </Stack>
    </Center>
  );
}
