//! Sales recorded by hand (statement 114), and what is refused.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, with_every_provider};

use super::stall::{SALE, Stall, ago, figures, moves, sells, today};
use providers::{quickbooks, registry::ProviderEntry};

with_every_provider!(s114_a_manual_sale_consumes_lots if sells);
on_both_databases!(
    a_voided_manual_sale_gives_its_lots_back_once,
    a_repeated_request_records_one_sale,
    what_is_wrong_is_refused_and_nothing_changes,
    a_builder_sees_no_sales,
    sales_are_found_by_number_or_customer,
);

async fn stall(database: &TestDatabase) -> anyhow::Result<Stall> {
    stall_of(database, &quickbooks::ENTRY).await
}

async fn stall_of(database: &TestDatabase, entry: &'static ProviderEntry) -> anyhow::Result<Stall> {
    let stall = Stall::open(database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    stall.receive("8", "150", ago(3)).await?;
    Ok(stall)
}

fn sale(stall: &Stall, quantity: &str) -> Value {
    let line = json!({"productId": stall.lamp, "quantity": quantity, "unitPrice": "200"});
    json!({"reference": "M-1", "customer": "Ann", "notes": "cash", "lines": [line]})
}

async fn s114_a_manual_sale_consumes_lots(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = stall_of(&database, entry).await?;
    let recorded = stall
        .owner
        .mutate(
            "recordSale",
            sale(&stall, "20"),
            &format!("sale {{ {SALE} channel {{ kind }} customer notes externalId }}"),
        )
        .await?;
    let told = &recorded["sale"];
    assert_eq!(figures(told), ["POSTED", "4000", "2880", "0"]);
    let expected = json!(["MANUAL", "MANUAL", "MANUAL", "Ann", "cash", null, today()]);
    let found = json!([
        told["source"],
        told["documentType"],
        told["channel"]["kind"],
        told["customer"],
        told["notes"],
        told["externalId"],
        told["date"]
    ]);
    assert_eq!(found, expected);
    assert_eq!(stall.on_hand().await?.0, "0");
    stall.is_sound().await
}

async fn a_voided_manual_sale_gives_its_lots_back_once(database: TestDatabase) -> Outcome {
    let stall = stall(&database).await?;
    let recorded = stall.owner.mutate("recordSale", sale(&stall, "13"), "sale { id }").await?;
    let input = json!({"saleId": recorded["sale"]["id"], "reason": "typed twice"});
    let voided =
        stall.owner.mutate("voidSale", input.clone(), &format!("sale {{ {SALE} versions {{ reason }} }}")).await?;
    assert_eq!(figures(&voided["sale"]), ["VOIDED", "0", "0", "0"]);
    assert_eq!(voided["sale"]["versions"][1]["reason"], "typed twice");
    assert_eq!(stall.on_hand().await?, ("20".to_owned(), "2880".to_owned()));
    let refusal = stall.owner.refusal("voidSale", input).await?;
    assert_eq!((&refusal["code"], &refusal["message"]), (&json!("INVALID_STATE"), &json!("That sale is voided.")));
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-13"), ("SALE_REVERSAL", "13")]));
    stall.is_sound().await
}

async fn a_repeated_request_records_one_sale(database: TestDatabase) -> Outcome {
    let stall = stall(&database).await?;
    let mut input = sale(&stall, "1");
    input["idempotencyKey"] = json!("one");
    let first = stall.owner.mutate("recordSale", input.clone(), "sale { id }").await?;
    assert_eq!(stall.owner.mutate("recordSale", input.clone(), "sale { id }").await?, first);
    input["customer"] = json!("Bob");
    assert_eq!(stall.owner.refusal("recordSale", input).await?["code"], "IDEMPOTENCY_MISMATCH");
    assert_eq!(stall.moves().await?, moves(&[("SALE", "-1")]));
    Ok(())
}

async fn what_is_wrong_is_refused_and_nothing_changes(database: TestDatabase) -> Outcome {
    let stall = stall(&database).await?;
    let input = json!({"name": "Oak", "type": "RAW_MATERIAL"});
    let oak = stall.owner.mutate("createProduct", input, "product { id }").await?["product"]["id"].clone();
    let before = stall.on_hand().await?;
    let with = |change: Value| {
        let mut input = sale(&stall, "1");
        for (key, value) in change.as_object().unwrap() {
            input["lines"][0][key] = value.clone();
        }
        input
    };
    let cases = [
        (with(json!({"quantity": "0"})), "INVALID_QUANTITY"),
        (with(json!({"quantity": "-1"})), "INVALID_QUANTITY"),
        (with(json!({"quantity": "0.0000001"})), "INVALID_QUANTITY"),
        (with(json!({"unitPrice": "-1"})), "INVALID_COST"),
        (with(json!({"productId": oak})), "VALIDATION"),
        (with(json!({"productId": "prd_00000000000000000000000000"})), "NOT_FOUND"),
        (json!({"lines": []}), "VALIDATION"),
        (
            {
                let mut input = sale(&stall, "1");
                input["date"] = json!("2999-01-01");
                input
            },
            "VALIDATION",
        ),
    ];
    for (input, code) in cases {
        let refusal = stall.owner.refusal("recordSale", input.clone()).await?;
        assert_eq!(refusal["code"], code, "{input}: {refusal}");
    }
    stall.owner.mutate("closeBefore", json!({"day": ago(2)}), "settings { closedBefore }").await?;
    let mut late = sale(&stall, "1");
    late["date"] = json!(ago(3));
    assert_eq!(stall.owner.refusal("recordSale", late).await?["code"], "PERIOD_CLOSED");
    assert_eq!((stall.on_hand().await?, stall.sales().await?), (before, Vec::new()));
    Ok(())
}

async fn a_builder_sees_no_sales(database: TestDatabase) -> Outcome {
    let stall = stall(&database).await?;
    stall.owner.mutate("recordSale", sale(&stall, "1"), "sale { id }").await?;
    let builder = stall.world.client(Role::Builder);
    for query in ["{ sales { totalCount } }", "{ saleIssues { totalCount } }", "{ salesChannels { id } }"] {
        let fault = builder.fault(query, Value::Null).await?;
        assert_eq!(fault.code, "FORBIDDEN", "{query}");
    }
    let documents = "{ stockMovements(filter: {kinds: [SALE]}) { nodes { document { id } } } }";
    let told = builder.data(documents, Value::Null).await?;
    assert_eq!(told["stockMovements"]["nodes"], json!([{"document": null}]));
    Ok(())
}

async fn sales_are_found_by_number_or_customer(database: TestDatabase) -> Outcome {
    let stall = stall(&database).await?;
    for (number, customer) in [("A-17", Some("Öz & Söhne")), ("B-18", Some("100% Wool")), ("C_19", None)] {
        let mut input = sale(&stall, "1");
        (input["reference"], input["customer"]) = (json!(number), json!(customer));
        stall.owner.mutate("recordSale", input, "sale { id }").await?;
    }
    for (search, expected) in [
        ("", vec!["A-17", "B-18", "C_19"]),
        ("a-1", vec!["A-17"]),
        ("WOOL", vec!["B-18"]),
        ("Öz", vec!["A-17"]),
        ("söhne", vec!["A-17"]),
        ("%", vec!["B-18"]),
        ("_", vec!["C_19"]),
        ("1", vec!["A-17", "B-18", "C_19"]),
        ("nobody", vec![]),
    ] {
        let found = stall.owner.all("sales", "SaleFilter", json!({"search": search}), "number").await?;
        let mut found: Vec<&str> = found.iter().filter_map(|sale| sale["number"].as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{search:?}");
    }
    Ok(())
}
