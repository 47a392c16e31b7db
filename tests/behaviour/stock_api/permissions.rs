//! Who may do what with stock: everybody but who approves, and who sets.

use entity::Role;
use serde_json::json;
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    workshop::{Workshop, text},
};

on_both_databases!(every_mutation_of_stock_asks_for_its_permission);

async fn every_mutation_of_stock_asks_for_its_permission(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (oak, chair) = (shop.material("Oak").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    let [receipt, line, lot] = shop.receive(&supplier, "2026-05-01", &oak, "10", "1").await?;
    let bom = shop.bom(&chair, &[(&oak, "1")]).await?;
    let build = shop.build(&chair, "1").await?;
    let (all, three, two) = ([true; 4], [true, true, true, false], [true, true, false, false]);
    // Mutation, an input, and who may: owner, admin, accountant, builder. Whether it is then refused is no matter.
    let table = [
        ("saveSupplier", json!({"name": "Wood"}), all),
        ("saveReceipt", json!({"supplierId": supplier, "lines": []}), all),
        ("confirmReceipt", json!({"receiptId": receipt}), all),
        ("correctReceiptLine", json!({"receiptLineId": line, "unitCost": 2}), all),
        ("voidReceipt", json!({"receiptId": receipt}), all),
        ("deleteReceipt", json!({"receiptId": receipt}), all),
        ("adjustLot", json!({"lotId": lot, "quantity": 1, "reason": "OTHER"}), all),
        ("adjustStock", json!({"productId": oak, "quantity": 1, "reason": "OTHER"}), all),
        ("settleShortages", json!({"productId": oak}), all),
        ("closeBefore", json!({"day": "2020-01-01"}), three),
        ("updateStockSettings", json!({"settleShortagesAtOnce": false}), three),
        (
            "saveBom",
            json!({"productId": chair, "lines": [{"kind": "COMPONENT", "productId": oak, "quantity": 1}]}),
            all,
        ),
        ("activateBom", json!({"bomId": bom}), all),
        ("planBuild", json!({"productId": chair, "quantity": 1}), all),
        ("executeBuild", json!({"productId": chair, "quantity": 1}), all),
        ("cancelBuild", json!({"buildId": build}), all),
        ("approveBuild", json!({"buildId": build}), two),
        ("rejectBuild", json!({"buildId": build, "reason": "OTHER", "recovery": "FULL"}), two),
        ("reverseBuild", json!({"buildId": build}), all),
    ];
    for (mutation, input, allowed) in table {
        for (role, may) in [Role::Owner, Role::Admin, Role::Accountant, Role::Builder].into_iter().zip(allowed) {
            let client = shop.world.client(role);
            if may {
                client.payload(mutation, input.clone(), "__typename").await?;
            } else {
                let before = shop.everything().await?;
                let fault = client.mutation_fault(mutation, input.clone()).await?;
                assert_eq!((fault.status, fault.code.as_str()), (200, "FORBIDDEN"), "{mutation} as {role:?}");
                assert!(fault.message.contains("permission"), "{}", fault.message);
                assert_eq!(shop.everything().await?, before, "{mutation} as {role:?}");
            }
        }
    }
    // Everybody reads; a builder works with all of it.
    let builder = shop.world.client(Role::Builder);
    let lists = "{ lots { totalCount } receipts { nodes { id } } boms { totalCount } builds { totalCount } shortages { totalCount } \
                 stockSettings { receiving } integrity { sound } }";
    let read = builder.data(lists, json!(null)).await?;
    assert_eq!((&read["stockSettings"]["receiving"], &read["integrity"]["sound"]), (&json!(true), &json!(true)));
    assert!(text(&read["receipts"]["nodes"][0]["id"])?.starts_with("rct_"));
    Ok(())
}
