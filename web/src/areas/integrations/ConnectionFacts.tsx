import { Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { RunStateBadge } from '../../components/Badges';
import { Facts } from '../../components/Facts';
import { Ago, At } from '../../components/Time';
import { formatDay } from '../../lib/time';
import { inventoryModeWord, itemTypeWord } from '../../lib/words';
import type { Integration } from './operations';
import { scheduleOf, SCHEDULES, scheduleWords } from './schedule';

export function ConnectionFacts({ integration }: { integration: Integration }) {
  const { company, health, settings, lastItemSync } = integration;
  const live = integration.status === 'ACTIVE';
  return (
    <Facts
      facts={[
        integration.connectedAt != null && [
          'Connected',
          <ConnectedBy key="by" at={integration.connectedAt} by={integration.connectedBy} />,
        ],
        ['Last item sync', lastItemSync ? <LastSync key="sync" run={lastItemSync} /> : 'never'],
        live && health.lastSuccessAt != null && ['Last successful call', <Ago key="call" at={health.lastSuccessAt} />],
        live &&
          integration.accessTokenExpiresAt != null && [
            'Access token',
            <>
              renewed by itself, next <Ago at={integration.accessTokenExpiresAt} />
            </>,
          ],
        live &&
          integration.refreshTokenExpiresAt != null && [
            'Consent lasts until',
            <At key="refresh" at={integration.refreshTokenExpiresAt} />,
          ],
        ['Inventory mode', inventoryModeWord(settings.inventoryMode)],
        ['Item types', settings.itemTypes.map(itemTypeWord).join(', ') || 'none'],
        ['Syncs by itself', schedulesInWords(settings)],
        company?.bookCloseDate != null && ['Books closed until', formatDay(company.bookCloseDate)],
        company?.timeZone != null && ['Company time zone', company.timeZone],
        company != null && ['Company id', company.externalId],
      ]}
    />
  );
}

function schedulesInWords(settings: Integration['settings']): string {
  const words = SCHEDULES.map(({ what, minutes, cron }) => ({
    what,
    is: scheduleOf(settings[minutes], settings[cron]),
  }))
    .filter(({ is }) => is.kind !== 'OFF')
    .map(({ what, is }) => `${what} ${scheduleWords(is)}`);
  return words.join(', ') || 'off';
}

function ConnectedBy({ at, by }: { at: string; by?: string | null }) {
  return (
    <>
      <At at={at} />
      {by && ` by ${by}`}
    </>
  );
}

function LastSync({ run }: { run: NonNullable<Integration['lastItemSync']> }) {
  return (
    <Group gap={6}>
      <Text component={Link} to="/sync" size="sm" c="var(--link-color)">
        <Ago at={run.finishedAt ?? run.createdAt} />
      </Text>
      <RunStateBadge state={run.state} />
    </Group>
  );
}
