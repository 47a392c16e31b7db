import { Anchor, Button, Checkbox, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ItemType } from '../../graphql/generated/graphql';
import { useAction, type Problem } from '../../graphql/useAction';
import { itemTypeWord } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { ModeChange } from './ModeChange';
import { UpdateSettingsMutation, type Integration } from './operations';
import { scheduleOf, SCHEDULES, settingsOf } from './schedule';
import { ScheduleFields } from './ScheduleFields';

type Settings = Integration['settings'];

const TYPE_HELP: Partial<Record<ItemType, string>> = {
  INVENTORY: 'Tracked with quantities. On by default.',
  SERVICE: 'Labour and other things you sell but do not stock. On by default.',
  BUNDLE: 'Several items sold as one; some systems say group. On by default.',
  NON_INVENTORY: 'Supplies bought or sold without counting. Off by default; many makers keep materials here.',
};

/** GROUP is another word for BUNDLE, and categories are never items. */
function choosable(types: readonly ItemType[]): ItemType[] {
  return types.filter((type) => type !== 'GROUP' && type !== 'CATEGORY');
}

/** The refusal that belongs to one field of the form. */
function refusalOf(problem: Problem | null, field: string): string | undefined {
  return problem?.errors.find((error) => error.path?.includes(field))?.message;
}

export function SettingsDialog({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const [draft, setDraft] = useState<Settings>(integration.settings);
  const update = useAction(UpdateSettingsMutation, (data) => data.updateIntegrationSettings);
  const locked = !useMay('CONFIGURE_SETTINGS');
  const change = (part: Partial<Settings>) => setDraft((before) => ({ ...before, ...part }));
  const { capability, name } = integration.provider;

  const save = async () => {
    const payload = await update.run({ integrationId: integration.id, ...edited(draft) });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ title: 'Settings saved', message: 'They apply from the next sync on.', color: 'teal' });
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };

  return (
    <Modal opened onClose={onClose} title={`Settings: ${integration.company?.name ?? name}`} size="lg" centered>
      <form onSubmit={onSubmit}>
        <Stack gap="lg">
          <Checkbox.Group
            label="Item types to sync"
            description="Items of other types are skipped and counted. Items you already have stay."
            value={draft.itemTypes}
            onChange={(types) => change({ itemTypes: types })}
            error={refusalOf(update.problem, 'itemTypes')}
          >
            <Stack gap="xs" mt="xs">
              {choosable(capability.itemTypes).map((type) => (
                <Checkbox
                  key={type}
                  value={type}
                  label={itemTypeWord(type)}
                  description={TYPE_HELP[type]}
                  disabled={locked}
                  data-testid={`item-type-${type}`}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          {draft.itemTypes.length === 0 && (
            <Text size="sm" c="orange" role="status">
              With no type selected every item is skipped.
            </Text>
          )}
          <Radio.Group
            label="Inventory mode"
            description="Who is right about quantities and costs."
            value={draft.inventoryMode}
            onChange={(mode) => change({ inventoryMode: mode })}
            error={refusalOf(update.problem, 'inventoryMode')}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="SYNC"
                label="Sync"
                disabled={locked || !capability.inventoryAdjustments}
                description={
                  capability.inventoryAdjustments
                    ? `${name} is right: every item sync takes quantity and cost from there.`
                    : `Not possible with ${name}: it takes no inventory adjustments.`
                }
                data-testid="inventory-mode-SYNC"
              />
              <Radio
                value="SELF_MANAGED"
                label="Self-managed"
                disabled={locked}
                description={`Your stock here is right: ${name} gets journal entries, and an item sync never changes quantities.`}
                data-testid="inventory-mode-SELF_MANAGED"
              />
            </Stack>
          </Radio.Group>
          {draft.inventoryMode !== integration.settings.inventoryMode && !locked && (
            <ModeChange integrationId={integration.id} mode={draft.inventoryMode} />
          )}
          <Text size="sm">
            Accounts, document prefix and when documents go out:{' '}
            <Anchor
              component={Link}
              to={`/exports/settings/${integration.id}`}
              size="sm"
              underline="always"
              c="var(--link-color)"
            >
              export settings
            </Anchor>
            .
          </Text>
          {SCHEDULES.map(({ what, minutes, cron, label, about }) => (
            <ScheduleFields
              key={what}
              what={what}
              label={label}
              about={about}
              schedule={scheduleOf(draft[minutes], draft[cron])}
              timeZone={integration.company?.timeZone ?? null}
              locked={locked}
              onChange={(next) => change(settingsOf(minutes, cron, next))}
              error={refusalOf(update.problem, minutes) ?? refusalOf(update.problem, cron)}
            />
          ))}
          <ProblemAlert problem={update.problem} onRetry={() => void save()} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <ActionButton
              type="submit"
              permission="CONFIGURE_SETTINGS"
              loading={update.busy}
              data-testid="save-settings"
            >
              Save settings
            </ActionButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Only what this form edits: a setting it does not show must not be written back. */
function edited({ inventoryMode, itemTypes, ...draft }: Settings) {
  return {
    inventoryMode,
    itemTypes,
    itemSyncEveryMinutes: draft.itemSyncEveryMinutes ?? null,
    itemSyncCron: draft.itemSyncCron ?? null,
    salesSyncEveryMinutes: draft.salesSyncEveryMinutes ?? null,
    salesSyncCron: draft.salesSyncCron ?? null,
  };
}
