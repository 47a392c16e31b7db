//! The properties of sales transactions and their lines (reference 9.5; filters of reference 6).
//!
//! Rule: one table for the four kinds; what a kind has no use for is kept and does nothing.

use super::super::{
    field::{CUSTOM_FIELD, DOMAIN, Field, ID, Kind, META, SPARSE, STATUS, SYNC_TOKEN},
    transaction::{CURRENCY, DOC_NUMBER, EXCHANGE_RATE, PRIVATE_NOTE, TXN_DATE},
};

const TYPES: &[&str] =
    &["SalesItemLineDetail", "GroupLineDetail", "DescriptionOnly", "DiscountLineDetail", "SubTotalLineDetail"];

const SALES_ITEM: &[Field] = &[
    Field::new("ItemRef", Kind::Loose),
    Field::new("Qty", Kind::Price),
    Field::new("UnitPrice", Kind::Price),
    Field::new("TaxCodeRef", Kind::Loose),
    Field::new("ClassRef", Kind::Loose),
    Field::new("ServiceDate", Kind::Date),
    Field::new("ItemAccountRef", Kind::Loose),
    Field::new("TaxInclusiveAmt", Kind::Price),
    Field::new("DiscountRate", Kind::Price),
    Field::new("DiscountAmt", Kind::Price),
    Field::new("MarkupInfo", Kind::Any),
    Field::new("PriceLevelRef", Kind::Loose),
];

const PART: &[Field] = &[
    Field::new("Id", Kind::Text(30)),
    Field::new("LineNum", Kind::Decimal),
    Field::new("Description", Kind::Text(4000)),
    Field::new("Amount", Kind::Price),
    Field::new("DetailType", Kind::Choice(TYPES)),
    Field::new("SalesItemLineDetail", Kind::Object(SALES_ITEM)),
    Field::new("LinkedTxn", Kind::Any),
];

const GROUP: &[Field] = &[
    Field::new("GroupItemRef", Kind::Loose),
    Field::new("Quantity", Kind::Price),
    Field::new("ServiceDate", Kind::Date),
    Field::new("Line", Kind::List(PART)),
];

const DISCOUNT: &[Field] = &[
    Field::new("PercentBased", Kind::Bool),
    Field::new("DiscountPercent", Kind::Price),
    Field::new("DiscountAccountRef", Kind::Loose),
    Field::new("DiscountRef", Kind::Loose),
    Field::new("TaxCodeRef", Kind::Loose),
    Field::new("ClassRef", Kind::Loose),
    Field::new("ServiceDate", Kind::Date),
];

const LINE: &[Field] = &[
    Field::new("Id", Kind::Text(30)),
    Field::new("LineNum", Kind::Decimal),
    Field::new("Description", Kind::Text(4000)),
    Field::new("Amount", Kind::Price),
    Field::new("DetailType", Kind::Choice(TYPES)),
    Field::new("SalesItemLineDetail", Kind::Object(SALES_ITEM)),
    Field::new("GroupLineDetail", Kind::Object(GROUP)),
    Field::new("DiscountLineDetail", Kind::Object(DISCOUNT)),
    Field::new("SubTotalLineDetail", Kind::Any),
    Field::new("DescriptionLineDetail", Kind::Any),
    Field::new("LinkedTxn", Kind::Any),
];

const TAX: &[Field] = &[
    Field::new("TotalTax", Kind::Price),
    Field::new("TxnTaxCodeRef", Kind::Loose),
    Field::new("DefaultTaxCodeRef", Kind::Loose),
    Field::new("TaxReviewStatus", Kind::Text(100)),
    Field::new("TaxLine", Kind::Any),
];

const MEMO: &[Field] = &[Field::new("value", Kind::Text(1000))];

/// All of them.
pub(super) const FIELDS: &[Field] = &[
    ID,
    SYNC_TOKEN,
    META,
    DOMAIN,
    SPARSE,
    STATUS,
    CUSTOM_FIELD,
    DOC_NUMBER,
    TXN_DATE,
    PRIVATE_NOTE,
    CURRENCY,
    EXCHANGE_RATE,
    Field::new("CustomerRef", Kind::Reference("Customer")).filter(),
    Field::new("ProjectRef", Kind::Loose).filter(),
    Field::new("DepositToAccountRef", Kind::Reference("Account")),
    Field::new("PaymentMethodRef", Kind::Loose),
    Field::new("PaymentRefNum", Kind::Text(21)),
    Field::new("PaymentType", Kind::Text(30)),
    Field::new("ClassRef", Kind::Loose),
    Field::new("DepartmentRef", Kind::Loose),
    Field::new("SalesTermRef", Kind::Loose),
    Field::new("ShipMethodRef", Kind::Loose),
    Field::new("DueDate", Kind::Date).filter().sort(),
    Field::new("ShipDate", Kind::Date),
    Field::new("TrackingNum", Kind::Text(100)),
    Field::new("CustomerMemo", Kind::Object(MEMO)),
    Field::new("BillAddr", Kind::Any),
    Field::new("ShipAddr", Kind::Any),
    Field::new("ShipFromAddr", Kind::Any),
    Field::new("BillEmail", Kind::Any),
    Field::new("BillEmailCc", Kind::Any),
    Field::new("BillEmailBcc", Kind::Any),
    Field::new("Line", Kind::List(LINE)),
    Field::new("TxnTaxDetail", Kind::Object(TAX)),
    Field::new("GlobalTaxCalculation", Kind::Choice(&["TaxExcluded", "TaxInclusive", "NotApplicable"])),
    Field::new("ApplyTaxAfterDiscount", Kind::Bool),
    Field::new("PrintStatus", Kind::Choice(&["NotSet", "NeedToPrint", "PrintComplete"])),
    Field::new("EmailStatus", Kind::Choice(&["NotSet", "NeedToSend", "EmailSent"])),
    Field::new("AllowOnlinePayment", Kind::Bool),
    Field::new("AllowIPNPayment", Kind::Bool),
    Field::new("AllowOnlineCreditCardPayment", Kind::Bool),
    Field::new("AllowOnlineACHPayment", Kind::Bool),
    Field::new("LinkedTxn", Kind::Any),
    Field::new("TotalAmt", Kind::Decimal).read_only().filter().sort(),
    Field::new("HomeTotalAmt", Kind::Decimal).read_only(),
    Field::new("Balance", Kind::Decimal).read_only().filter().sort(),
    Field::new("HomeBalance", Kind::Decimal).read_only(),
    Field::new("RemainingCredit", Kind::Decimal).read_only(),
    Field::new("DeliveryInfo", Kind::Any).read_only(),
    Field::new("InvoiceLink", Kind::Any).read_only(),
    Field::new("TxnSource", Kind::Any).read_only(),
    Field::new("FreeFormAddress", Kind::Any).read_only(),
];
