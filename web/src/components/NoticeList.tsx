import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { NoticeSeverity } from '../graphql/generated/graphql';

interface Notice {
  severity: NoticeSeverity;
  message: string;
  help?: string | null;
}

const COLORS: Record<NoticeSeverity, string> = { INFO: 'blue', WARNING: 'yellow', ERROR: 'red' };

export function NoticeList({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <Stack gap="xs">
      {notices.map((notice) => (
        <Alert
          key={notice.message}
          color={COLORS[notice.severity]}
          p="sm"
          icon={notice.severity === 'INFO' ? <IconInfoCircle size={18} /> : <IconAlertTriangle size={18} />}
          data-testid="notice"
        >
          <Text size="sm">{notice.message}</Text>
          {notice.help && (
            <Text size="sm" c="dimmed">
              {notice.help}
            </Text>
          )}
        </Alert>
      ))}
    </Stack>
  );
}
