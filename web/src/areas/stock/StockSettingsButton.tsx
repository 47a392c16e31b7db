import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { StockSettingsQuery as SettingsData } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { UpdateStockSettingsMutation } from './operations';
import { useStockSettings } from './ReceivingNotice';

type Settings = SettingsData['stockSettings'];

export function StockSettingsButton() {
  const settings = useStockSettings();
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        variant="default"
        permission="CONFIGURE_SETTINGS"
        unavailable={settings ? null : 'Loading…'}
        onClick={() => setOpen(true)}
        data-testid="stock-settings"
      >
        Stock settings
      </ActionButton>
      {open && settings && <Dialog settings={settings} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ settings, onClose }: { settings: Settings; onClose: () => void }) {
  const [draft, setDraft] = useState(settings);
  const update = useAction(UpdateStockSettingsMutation, (data) => data.updateStockSettings);
  const change = (part: Partial<Settings>) => setDraft((before) => ({ ...before, ...part }));
  const save = async () => {
    const { qaReview, settleShortagesAtOnce, closedBefore } = draft;
    const payload = await update.run({ qaReview, settleShortagesAtOnce, closedBefore: closedBefore ?? null });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: 'Settings saved.', color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Stock settings" centered>
      <Stack gap="md">
        <Switch
          label="Builds wait for approval"
          description="What is built comes into stock when somebody approved it. Builds under way stay as they are."
          checked={draft.qaReview}
          onChange={(event) => change({ qaReview: event.currentTarget.checked })}
          data-testid="settings-qa"
        />
        <Switch
          label="Settle shortages at once"
          description="What arrives settles what went out before it came in; otherwise somebody does it by hand."
          checked={draft.settleShortagesAtOnce}
          onChange={(event) => change({ settleShortagesAtOnce: event.currentTarget.checked })}
        />
        <TextInput
          type="date"
          label="Closed before"
          description="Documents before this day are refused. Empty: all days are open."
          value={draft.closedBefore ?? ''}
          onChange={(event) => change({ closedBefore: event.currentTarget.value || null })}
        />
        <ProblemAlert problem={update.problem} onRetry={() => void save()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={update.busy} onClick={() => void save()} data-testid="save-stock-settings">
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
