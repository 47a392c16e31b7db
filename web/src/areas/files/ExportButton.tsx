import type { ButtonProps } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { useSession } from '../../session/session';
import { download } from './download';

interface Props {
  path: string;
  name: string;
  testId: string;
  unavailable?: string | null;
  size?: ButtonProps['size'];
  children?: ReactNode;
}

/** Saves one of the gateway's files. */
export function ExportButton({ path, name, testId, unavailable, size = 'xs', children = 'CSV' }: Props) {
  const { token } = useSession();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    const result = await download(path, name, token ?? '');
    setBusy(false);
    if (result.done) notifications.show({ message: `${name} is saved.`, color: 'teal' });
    else if (result.refused) {
      const { title, detail, help } = result.refused;
      notifications.show({ title, message: `${detail} ${help}`, color: 'red', autoClose: 12_000 });
    }
  };
  return (
    <ActionButton
      size={size}
      variant="default"
      loading={busy}
      unavailable={unavailable}
      leftSection={<IconFileSpreadsheet size={14} />}
      onClick={() => void go()}
      data-testid={testId}
    >
      {children}
    </ActionButton>
  );
}
