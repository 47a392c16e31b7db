import { SimpleGrid, Stack, Title } from '@mantine/core';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { IntegrationCard } from './IntegrationCard';
import type { Integration, Provider } from './operations';
import { ProviderCard } from './ProviderCard';
import { ReturnNotice } from './ReturnNotice';
import { useIntegrations } from './useIntegrations';

/** What needs attention first, what is over last. */
const RANK: Record<Integration['status'], number> = { EXPIRED: 0, ACTIVE: 1, PENDING: 2, DISCONNECTED: 3 };

export function IntegrationsPage() {
  const query = useIntegrations();
  return (
    <Page
      title="Integrations"
      lead="The accounting systems your stock is linked to. Passwords are never stored, and you can disconnect at any time."
    >
      <Loaded query={query}>
        {({ integrations, providers }) => {
          const sorted = [...integrations].sort((a, b) => RANK[a.status] - RANK[b.status]);
          const live = sorted.filter((each) => each.status !== 'DISCONNECTED');
          const past = sorted.filter((each) => each.status === 'DISCONNECTED');
          return (
            <Stack gap="xl">
              <ReturnNotice integrations={integrations} />
              {live.map((each) => (
                <IntegrationCard key={each.id} integration={each} />
              ))}
              <Providers providers={providers} live={live} />
              {past.length > 0 && <Past integrations={past} />}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Providers({ providers, live }: { providers: readonly Provider[]; live: readonly Integration[] }) {
  return (
    <Stack gap="sm" component="section" aria-label="Available accounting systems">
      <Title order={2} size="h4">
        {live.length === 0 ? 'Connect your accounting system' : 'Add a connection'}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {providers.map((provider) => (
          <ProviderCard
            key={provider.id}
            provider={provider}
            connected={live.some((each) => each.provider.id === provider.id && each.company != null)}
          />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function Past({ integrations }: { integrations: readonly Integration[] }) {
  return (
    <Stack gap="sm" component="section" aria-label="Disconnected">
      <Title order={2} size="h4">
        Disconnected
      </Title>
      {integrations.map((each) => (
        <IntegrationCard key={each.id} integration={each} />
      ))}
    </Stack>
  );
}
