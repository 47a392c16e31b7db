//! Where a person sees a record in QuickBooks' own pages. Pure.
//!
//! Rule: an address is made only for pages whose name public sources agree on; the reference page has none of them, so
//! they are from memory. The pages are named after the form and take the transaction's id; `deeplinkcompanyid` asks
//! for the company where a person has several.

use url::Url;

use super::entity::Entity;
use crate::model::RecordRef;

const PRODUCTION: &str = "https://app.qbo.intuit.com/app/";
const SANDBOX: &str = "https://app.sandbox.qbo.intuit.com/app/";

/// Which pages: those of the environment that the API is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    Production,
    Sandbox,
}

impl Pages {
    /// The environments are checked when the endpoints are read.
    pub(super) fn of(environment: Option<&str>) -> Self {
        if environment == Some("sandbox") { Self::Sandbox } else { Self::Production }
    }

    /// A record's page; none for items and the company's settings, which are shown in lists alone, and none for
    /// inventory adjustments, whose page nobody names.
    pub(super) fn url(self, company: &str, record: &RecordRef) -> Option<Url> {
        let (page, name) = match Entity::of(record.kind)? {
            Entity::Invoice => ("invoice", "txnId"),
            Entity::SalesReceipt => ("salesreceipt", "txnId"),
            Entity::CreditMemo => ("creditmemo", "txnId"),
            Entity::RefundReceipt => ("refundreceipt", "txnId"),
            Entity::JournalEntry => ("journal", "txnId"),
            Entity::Bill => ("bill", "txnId"),
            Entity::Account => ("register", "accountId"),
            Entity::Vendor => ("vendordetail", "nameId"),
            Entity::Item | Entity::InventoryAdjustment => return None,
        };
        let base = match self {
            Self::Production => PRODUCTION,
            Self::Sandbox => SANDBOX,
        };
        let mut url = Url::parse(base).and_then(|base| base.join(page)).ok()?;
        url.query_pairs_mut().append_pair(name, &record.external_id).append_pair("deeplinkcompanyid", company);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{DocumentKind, RecordKind, SalesDocumentKind};

    #[rstest]
    #[case(RecordKind::Sale(SalesDocumentKind::Invoice), Some("invoice?txnId=7"))]
    #[case(RecordKind::Sale(SalesDocumentKind::SalesReceipt), Some("salesreceipt?txnId=7"))]
    #[case(RecordKind::Sale(SalesDocumentKind::CreditMemo), Some("creditmemo?txnId=7"))]
    #[case(RecordKind::Sale(SalesDocumentKind::Refund), Some("refundreceipt?txnId=7"))]
    #[case(RecordKind::Document(DocumentKind::JournalEntry), Some("journal?txnId=7"))]
    #[case(RecordKind::Bill, Some("bill?txnId=7"))]
    #[case(RecordKind::Account, Some("register?accountId=7"))]
    #[case(RecordKind::Supplier, Some("vendordetail?nameId=7"))]
    #[case(RecordKind::Document(DocumentKind::InventoryAdjustment), None)]
    #[case(RecordKind::Item, None)]
    #[case(RecordKind::Company, None)]
    fn a_record_is_shown_on_its_page(#[case] kind: RecordKind, #[case] page: Option<&str>) {
        let record = RecordRef { kind, external_id: "7".to_owned() };
        for (environment, host) in [(None, "app"), (Some("production"), "app"), (Some("sandbox"), "app.sandbox")] {
            let expected = page.map(|page| format!("https://{host}.qbo.intuit.com/app/{page}&deeplinkcompanyid=9130"));
            assert_eq!(Pages::of(environment).url("9130", &record).map(String::from), expected);
        }
    }
}
