//! Inputs and payloads of integration mutations.

use async_graphql::{ID, InputObject, MaybeUndefined, SimpleObject};

use super::{
    overrides::AccountOverrideInput,
    types::{ExportMode, Integration, InventoryMode, JournalGranularity},
};
use crate::graphql::{catalog::ItemType, export::AccountRole, refusal::UserError, scalars::Url};

/// Which accounting system to connect to.
#[derive(Debug, InputObject)]
pub struct ConnectIntegrationInput {
    /// Id of the provider, see `providers`.
    pub(super) provider_id: String,
    /// Path of this gateway to return to after the consent, for example `/console/integrations`.
    pub(super) return_to: Option<String>,
}

/// Where to send the user.
#[derive(Debug, SimpleObject)]
pub struct ConnectIntegrationPayload {
    /// Send the user's browser here to give consent; valid for 10 minutes. Null when refused, or when nobody has to
    /// consent.
    pub(super) authorization_url: Option<Url>,
    /// The integration, where nobody has to consent.
    pub(super) integration: Option<Integration>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// The end of a consent, for clients that own the redirect.
#[derive(Debug, InputObject)]
pub struct CompleteConnectionInput {
    /// The whole URL that the provider sent the user back to.
    pub(super) callback_url: Url,
}

/// The connected integration.
#[derive(Debug, SimpleObject)]
pub struct CompleteConnectionPayload {
    /// The integration; null when refused. Where the consent covers several companies it is pending: see its
    /// `companyChoices` and `selectCompany`.
    pub(super) integration: Option<Integration>,
    /// Why it was refused; nothing was stored then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which company to connect, where a consent covers several.
#[derive(Debug, InputObject)]
pub struct SelectCompanyInput {
    /// The pending integration.
    pub(super) integration_id: ID,
    /// One of its `companyChoices`.
    pub(super) company_external_id: String,
}

/// The connected integration.
#[derive(Debug, SimpleObject)]
pub struct SelectCompanyPayload {
    /// The integration of that company: another one than asked about where the company was connected before. Null when
    /// refused.
    pub(super) integration: Option<Integration>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which integration to reconnect.
#[derive(Debug, InputObject)]
pub struct ReconnectIntegrationInput {
    /// The integration.
    pub(super) integration_id: ID,
    /// Path of this gateway to return to after the consent.
    pub(super) return_to: Option<String>,
}

/// Which integration to disconnect.
#[derive(Debug, InputObject)]
pub struct DisconnectIntegrationInput {
    /// The integration.
    pub(super) integration_id: ID,
}

/// The disconnected integration.
#[derive(Debug, SimpleObject)]
pub struct DisconnectIntegrationPayload {
    /// The integration, its data kept; null when refused.
    pub(super) integration: Option<Integration>,
    /// Whether the provider took the grant back. If false, remove the app in the accounting system by hand.
    pub(super) revoked: Option<bool>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// A change of settings; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdateIntegrationSettingsInput {
    /// The integration.
    pub(super) integration_id: ID,
    /// Where the truth for quantity and cost lies. Needs a free sync lock.
    pub(super) inventory_mode: Option<InventoryMode>,
    /// Item types to sync, at least one.
    pub(super) item_types: Option<Vec<ItemType>>,
    /// When documents are exported.
    pub(super) export_mode: Option<ExportMode>,
    /// How many documents a journal entry is about. Nothing is posted twice, whatever waits when it changes.
    pub(super) journal_granularity: Option<JournalGranularity>,
    /// Prefix of document references, 1 to 6 letters or digits.
    pub(super) document_prefix: Option<String>,
    /// Minutes between scheduled item syncs, 5 to 10080; null switches the schedule off.
    pub(super) item_sync_every_minutes: MaybeUndefined<i32>,
    /// Minutes between scheduled sales syncs, 5 to 10080; null switches the schedule off.
    pub(super) sales_sync_every_minutes: MaybeUndefined<i32>,
    /// When item syncs are scheduled, in place of minutes: cron with five fields in the company's time zone, at most every
    /// five minutes; null switches it off.
    pub(super) item_sync_cron: MaybeUndefined<String>,
    /// When sales syncs are scheduled, in place of minutes; as for items.
    pub(super) sales_sync_cron: MaybeUndefined<String>,
    /// Accounts for exports; roles that are not named keep theirs.
    pub(super) accounts: Option<Vec<AccountAssignmentInput>>,
    /// Accounts for roles with some products; those that are not named keep theirs.
    pub(super) account_overrides: Option<Vec<AccountOverrideInput>>,
}

/// An account for a role in exports.
#[derive(Debug, InputObject)]
pub struct AccountAssignmentInput {
    /// Role.
    pub(super) role: AccountRole,
    /// The account, active and of a class that fits; null takes the choice back.
    pub(super) account_id: Option<ID>,
}

/// The changed integration.
#[derive(Debug, SimpleObject)]
pub struct UpdateIntegrationSettingsPayload {
    /// The integration; null when refused.
    pub(super) integration: Option<Integration>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Whose chart of accounts to read again.
#[derive(Debug, InputObject)]
pub struct RefreshAccountsInput {
    /// The integration.
    pub(super) integration_id: ID,
}

/// The result of a refresh.
#[derive(Debug, SimpleObject)]
pub struct RefreshAccountsPayload {
    /// Accounts read; null when refused.
    pub(super) count: Option<i64>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}
