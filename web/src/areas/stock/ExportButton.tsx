import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useClient, type Client, type CombinedError } from 'urql';
import { faultOf } from '../../graphql/faults';
import { saveFile } from './exporting';

interface Props {
  name: string;
  make: (client: Client) => Promise<string>;
  testId: string;
}

export function ExportButton({ name, make, testId }: Props) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      saveFile(name, await make(client));
    } catch (error) {
      const { title, detail } = faultOf(error as CombinedError);
      notifications.show({ title, message: `${detail} No file was made.`, color: 'red' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="xs"
      variant="default"
      loading={busy}
      leftSection={<IconFileSpreadsheet size={14} />}
      onClick={() => void go()}
      data-testid={testId}
    >
      CSV
    </Button>
  );
}
