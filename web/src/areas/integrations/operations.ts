import { graphql } from '../../graphql/generated';
import type { IntegrationFieldsFragment, ProviderFieldsFragment } from '../../graphql/generated/graphql';

export type Integration = IntegrationFieldsFragment;
export type Provider = ProviderFieldsFragment;

export const ProviderFields = graphql(`
  fragment ProviderFields on Provider {
    id
    name
    configured
    capability {
      inventoryAdjustments
      journalEntries
      changeFeed
      suppliers
      itemTypes
    }
  }
`);

export const IntegrationFields = graphql(`
  fragment IntegrationFields on Integration {
    id
    status
    connectedAt
    connectedBy
    accessTokenExpiresAt
    refreshTokenExpiresAt
    provider {
      ...ProviderFields
    }
    health {
      state
      reason
      help
      lastCallAt
      lastSuccessAt
      lastRefreshAt
    }
    company {
      externalId
      name
      country
      currency
      edition
      multicurrency
      inventoryEnabled
      bookCloseDate
      timeZone
    }
    companyChoices {
      externalId
      name
    }
    settings {
      inventoryMode
      itemTypes
      exportMode
      documentPrefix
      itemSyncEveryMinutes
      itemSyncCron
      salesSyncEveryMinutes
      salesSyncCron
    }
    lastItemSync {
      id
      state
      createdAt
      finishedAt
    }
    notices {
      severity
      message
      help
    }
  }
`);

export const IntegrationsQuery = graphql(`
  query Integrations {
    providers {
      ...ProviderFields
    }
    integrations(includeDisconnected: true) {
      ...IntegrationFields
    }
  }
`);

export const IntegrationChangedSubscription = graphql(`
  subscription IntegrationChanged {
    integrationChanged {
      ...IntegrationFields
    }
  }
`);

export const ConnectMutation = graphql(`
  mutation Connect($input: ConnectIntegrationInput!) {
    connectIntegration(input: $input) {
      authorizationUrl
      integration {
        ...IntegrationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const SelectCompanyMutation = graphql(`
  mutation SelectCompany($input: SelectCompanyInput!) {
    selectCompany(input: $input) {
      integration {
        ...IntegrationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ReconnectMutation = graphql(`
  mutation Reconnect($input: ReconnectIntegrationInput!) {
    reconnectIntegration(input: $input) {
      authorizationUrl
      integration {
        ...IntegrationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const DisconnectMutation = graphql(`
  mutation Disconnect($input: DisconnectIntegrationInput!) {
    disconnectIntegration(input: $input) {
      revoked
      integration {
        ...IntegrationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const UpdateSettingsMutation = graphql(`
  mutation UpdateSettings($input: UpdateIntegrationSettingsInput!) {
    updateIntegrationSettings(input: $input) {
      integration {
        ...IntegrationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
