import { Button, Group, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { useMay } from '../../session/viewer';
import { useDesk } from './desk';
import { fixesOf } from './fixes';
import type { Issue } from './operations';
import type { Fixer } from './useFix';

/** The ways out of one issue: the likeliest as buttons, the others in a menu. */
export function IssueFixes({ issue, fixer, onLink }: { issue: Issue; fixer: Fixer; onLink: () => void }) {
  const { data, starter, unavailable } = useDesk();
  const may = useMay('SYNC_SALES');
  const fixes = fixesOf(issue);
  const busy = fixer.busy === issue.id;
  const waiting = fixer.busy !== null && !busy ? 'Something else is being fixed.' : null;
  const has = (fix: (typeof fixes)[number]) => fixes.includes(fix);
  const channel = data.salesChannels.find((each) => each.id === issue.channel.id);
  const common = { size: 'compact-sm' as const, loading: busy };
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {has('IMPORT') && (
        <ActionButton
          {...common}
          permission="IMPORT_PRODUCTS"
          unavailable={waiting}
          onClick={() => void fixer.importItems([issue])}
          data-testid="fix-import"
        >
          Import it
        </ActionButton>
      )}
      {has('LINK') && (
        <ActionButton
          {...common}
          variant="default"
          permission="LINK_PRODUCTS"
          unavailable={waiting}
          onClick={onLink}
          data-testid="fix-link"
        >
          Link
        </ActionButton>
      )}
      {has('SYNC_ITEMS') && (
        <Button component={Link} to="/sync" size="compact-sm" variant="default" data-testid="fix-sync-items">
          Sync items
        </Button>
      )}
      {has('SYNC_SALES') && channel && (
        <ActionButton
          size="compact-sm"
          variant="default"
          permission="SYNC_SALES"
          loading={starter.busy}
          unavailable={unavailable}
          onClick={() => void starter.start(channel.id, false)}
          data-testid="fix-sync-sales"
        >
          Sync sales again
        </ActionButton>
      )}
      {has('NOT_STOCK') && (
        <ActionButton
          {...common}
          variant="default"
          permission="SYNC_SALES"
          unavailable={waiting}
          onClick={() => void fixer.act('NOT_STOCK', [issue])}
          data-testid="fix-not-stock"
        >
          Not stock
        </ActionButton>
      )}
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <Button
            size="compact-sm"
            px={6}
            variant="subtle"
            color="gray"
            aria-label={`More about ${issue.label ?? issue.externalId}`}
            disabled={!may || fixer.busy !== null}
            data-testid="fix-more"
          >
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {has('RETRY') && (
            <Menu.Item onClick={() => void fixer.act('RETRY', [issue])} data-testid="fix-retry">
              Try again now
            </Menu.Item>
          )}
          <Menu.Item onClick={() => void fixer.act('DISMISS', [issue])} data-testid="fix-dismiss">
            Leave {issue.line ? 'this line' : 'this document'} out
            <br />
            <small>It is in no margin, and takes nothing from stock.</small>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
