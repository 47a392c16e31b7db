//! The CSV files: what is read, what is unusable and why.

use rust_decimal::dec;

use super::support::World;
use crate::{
    CallRecord, ErrorKind,
    listing::stream_pages,
    model::{AccountClass, Collection, ItemKind, Page, PageCursor, RemoteItem, UnusableReason},
    session::CallResult,
};

async fn first(world: &World) -> Result<Page<RemoteItem>, crate::ProviderError> {
    world.provider.items(&world.sitting.session, &PageCursor("after:".to_owned())).await
}

#[tokio::test]
async fn an_item_has_everything_that_its_row_says() {
    let world = World::new();
    let page = first(&world).await.unwrap();
    assert_eq!((page.records.len(), page.unusable.len(), page.next), (6, 0, None));
    let expected = RemoteItem {
        external_id: "P2".to_owned(),
        version: None,
        kind: ItemKind::Inventory,
        name: "Brass screw".to_owned(),
        full_name: "Brass screw".to_owned(),
        sku: Some("SCR-4".to_owned()),
        description: None,
        active: true,
        unit_price: Some(dec!(0)),
        purchase_cost: Some(dec!(0.034)),
        quantity_on_hand: Some(dec!(12000)),
        income_account: Some("4000".to_owned()),
        expense_account: Some("5000".to_owned()),
        asset_account: Some("1200".to_owned()),
        parent: None,
        updated_at: None,
    };
    assert_eq!(page.records[1], expected);
    assert!(!page.records[5].active && page.records[4].kind == ItemKind::Service);
}

#[tokio::test]
async fn rows_that_cannot_be_used_travel_with_file_line_and_column() {
    let world = World::new();
    let rows = "\u{feff}Kind; ID ;name;price;quantity;active;colour\n\
        inventory;A;Plank;1.5;2;;red\n\
        ;;;;;;\n\
        inventory;;No id;1;1;yes\n\
        service;B;;1;1;yes\n\
        bundle;C;Set;1;1;yes\n\
        inventory;D;Comma;1,5;1;yes\n\
        inventory;E;Fine;0.0000001;1;yes\n\
        inventory;F;Huge;1;99999999999999;yes\n\
        service;G;Maybe;1;1;perhaps\n\
        service;A;Twice;1;1;yes\n\
        service;H\n";
    world.put("items.csv", rows);
    let page = first(&world).await.unwrap();
    assert_eq!(page.records.iter().map(|item| item.external_id.as_str()).collect::<Vec<_>>(), ["A"]);
    let found: Vec<_> = page.unusable.iter().map(|row| (row.label.as_str(), row.reason, row.detail.as_str())).collect();
    use UnusableReason::{InexactNumber, InvalidField, MissingId, MissingName};
    let expected = [
        ("No id", MissingId, "items.csv, line 4, column 2 (`id`): is empty"),
        ("B", MissingName, "items.csv, line 5, column 3 (`name`): is empty"),
        (
            "Set",
            InvalidField,
            "items.csv, line 6, column 1 (`kind`): `bundle` is none of inventory, non-inventory, service",
        ),
        ("Comma", InvalidField, "items.csv, line 7, column 4 (`price`): `1,5` is no number; write it like 1234.50"),
        (
            "Fine",
            InexactNumber,
            "items.csv, line 8, column 4 (`price`): `0.0000001` has more decimals, or is larger, than can be kept",
        ),
        (
            "Huge",
            InexactNumber,
            "items.csv, line 9, column 5 (`quantity`): `99999999999999` has more decimals, or is larger, than can be kept",
        ),
        ("Maybe", InvalidField, "items.csv, line 10, column 6 (`active`): `perhaps` is neither yes nor no"),
        ("Twice", InvalidField, "items.csv, line 11, column 2 (`id`): `A` is also that of line 2"),
        ("H", MissingName, "items.csv, line 12, column 3 (`name`): is empty"),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn pages_miss_nothing_and_repeat_nothing_when_rows_come_and_go_between_them() {
    let world = World::new();
    let rows = |ids: &[u32]| {
        let rows = ids.iter().map(|id| format!("i{id:05},Item {id},service\n"));
        format!("id,name,kind\n{}", rows.collect::<String>())
    };
    let all: Vec<u32> = (0..2500).collect();
    world.put("items.csv", &rows(&all));
    let session = &world.sitting.session;
    let listing = world.provider.open_listing(session, Collection::Items, None).await.unwrap();
    assert_eq!((listing.total, listing.cursors.len()), (Some(2500), 1));
    let page = world.provider.items(session, &listing.cursors[0]).await.unwrap();
    let mut seen: Vec<String> = page.records.into_iter().map(|item| item.external_id).collect();
    let shifted: Vec<u32> = all.iter().copied().filter(|id| *id != 3 && *id != 1000).collect();
    world.put("items.csv", &rows(&shifted));
    let mut next = page.next;
    while let Some(cursor) = next {
        let page = world.provider.items(session, &cursor).await.unwrap();
        seen.extend(page.records.into_iter().map(|item| item.external_id));
        next = page.next;
    }
    let expected: Vec<String> = all.iter().filter(|id| **id != 1000).map(|id| format!("i{id:05}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn accounts_of_one_journal_name_are_one_account() {
    let world = World::with(&[("syntax", "beancount")]);
    let rows = "id,name,class,number,ledger_account,active\n\
        1,Raw (stock),asset,1200,,\n\
        2,Raw stock,asset,,,\n\
        3,Raw stock,asset,,Assets:Raw-stock-2,no\n\
        4,Rent,outgo,,,\n\
        5,Rent,expense,,Assets:Rent,\n\
        6,Estimates,non-posting,,,\n";
    world.put("accounts.csv", rows);
    let page = world.provider.accounts(&world.sitting.session, &PageCursor("after:".to_owned())).await.unwrap();
    let ids: Vec<_> = page.records.iter().map(|account| (account.external_id.as_str(), account.class)).collect();
    assert_eq!(ids, [("1", AccountClass::Asset), ("3", AccountClass::Asset), ("6", AccountClass::NonPosting)]);
    let details: Vec<_> = page.unusable.iter().map(|row| row.detail.as_str()).collect();
    let expected = [
        "accounts.csv, line 3, column 2 (`name`): `Raw stock` is `Assets:Raw-stock` in the journal, like accounts.csv, line 2, column 1 (`id`); give it another `ledger_account`",
        "accounts.csv, line 5, column 3 (`class`): `outgo` is none of asset, liability, equity, income, expense, non-posting",
        "accounts.csv, line 6, column 5 (`ledger_account`): `Assets:Rent` must begin with `Expenses:`; the roots are Assets, Liabilities, Equity, Income, Expenses",
    ];
    assert_eq!(details, expected);
}

#[tokio::test]
async fn a_file_that_is_missing_or_no_text_is_an_error_that_names_it() {
    let world = World::new();
    std::fs::write(world.path("items.csv"), b"id,name,kind\nA,Caf\xe9,service\n").unwrap();
    let error = first(&world).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Malformed, "item.list"));
    assert_eq!(error.message, "items.csv, line 2, column 2: is not UTF-8; save the file as UTF-8");
    std::fs::remove_file(world.path("items.csv")).unwrap();
    let error = first(&world).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("items.csv does not exist; write it with the columns id, name, kind"), "{error}");
}

#[tokio::test]
async fn a_cursor_of_somebody_else_is_refused() {
    let world = World::new();
    let error = world.provider.items(&world.sitting.session, &PageCursor("17".to_owned())).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Rejected, "item.list"));
}

#[tokio::test]
async fn every_operation_is_recorded_once_failed_or_not() {
    let world = World::new();
    let pages = stream_pages::<RemoteItem>(world.provider.clone(), world.sitting.session.clone(), None, 4);
    let mut pages = pages.await.unwrap();
    while let Some(page) = pages.next().await {
        page.unwrap();
    }
    std::fs::remove_file(world.path("items.csv")).unwrap();
    let error = first(&world).await.unwrap_err();
    let records = world.sitting.records.all();
    let told: Vec<_> =
        records.iter().map(|record| (record.operation, record.method.as_str(), record.attempt)).collect();
    assert_eq!(told, [("item.count", "READ", 1), ("item.list", "READ", 1), ("item.list", "READ", 1)]);
    let CallRecord { url, response_body, result, .. } = &records[1];
    assert_eq!(*url, format!("file://{}", world.path("items.csv").display()));
    assert_eq!((response_body.as_deref(), result), (Some("6 records, 0 unusable rows"), &CallResult::Ok));
    assert_eq!(records[2].result, CallResult::Failed(error));
}
