//! CSV in and out: dry runs, an answer per row, broken files, large files, formulas, who may.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, client::Client, on_both_databases, workshop::Workshop};

on_both_databases!(
    products_are_imported_with_an_answer_per_row,
    opening_stock_is_taken_once,
    bills_of_materials_are_taken_whole,
    files_of_any_make_are_read_or_refused,
    two_hundred_thousand_rows_are_taken_in,
    lots_and_movements_are_exported_without_formulas,
    files_ask_for_their_permission,
);

/// Sends a file; status and lines of the answer.
async fn import(client: &Client, path: &str, file: impl Into<Vec<u8>>) -> anyhow::Result<(u16, Vec<Value>)> {
    let request = reqwest::Client::new().post(client.gateway.join(path)?).bearer_auth(&client.token);
    let response = request.header("content-type", "text/csv").body(file.into()).send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok((status, text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?))
}

/// Sends a file that must be taken in; the answers of its rows, and the sums: created, skipped, failed.
async fn taken(client: &Client, path: &str, file: impl Into<Vec<u8>>) -> anyhow::Result<(Vec<Value>, [u64; 3])> {
    let (status, mut lines) = import(client, path, file).await?;
    anyhow::ensure!(status == 200, "{status}: {lines:?}");
    let summary = lines.pop().unwrap()["summary"].clone();
    anyhow::ensure!(summary["rows"] == json!(lines.len()), "{summary}");
    Ok((lines, ["created", "skipped", "failed"].map(|name| summary[name].as_u64().unwrap())))
}

/// Statuses and codes of rows.
fn told(rows: &[Value]) -> Vec<(u64, String)> {
    let status = |row: &Value| match row["reason"]["code"].as_str() {
        Some(code) => format!("{} {code}", row["status"].as_str().unwrap()),
        None => row["status"].as_str().unwrap().to_owned(),
    };
    rows.iter().map(|row| (row["row"].as_u64().unwrap(), status(row))).collect()
}

async fn products_are_imported_with_an_answer_per_row(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let file = "SKU,Name,Type,Unit\nA,Oak,raw material,m\nB,Chair,FINISHED_GOOD,\na,Oak again,,\n,No SKU,,\nC,,,\nD,Desk,toy,\n";
    let before = shop.everything().await?;
    let (rows, sums) = taken(&shop.owner, "import/products?dryRun=true", file).await?;
    let expected = [
        (2, "CREATED".to_owned()),
        (3, "CREATED".to_owned()),
        (4, "SKIPPED SKU_CONFLICT".to_owned()),
        (5, "FAILED VALIDATION".to_owned()),
        (6, "FAILED VALIDATION".to_owned()),
        (7, "FAILED VALIDATION".to_owned()),
    ];
    assert_eq!((told(&rows), sums), (expected.to_vec(), [2, 1, 3]));
    assert_eq!(rows[5]["reason"]["message"], "type: \"TOY\" is no type.");
    assert!(rows[5]["reason"]["help"].as_str().unwrap().contains("FINISHED_GOOD"), "{}", rows[5]);
    assert_eq!(shop.everything().await?, before, "a dry run keeps nothing");
    let (rows, sums) = taken(&shop.owner, "import/products", file).await?;
    assert_eq!((told(&rows), sums), (expected.to_vec(), [2, 1, 3]));
    let list = "{ products { nodes { id name sku type unit onHand costStatus } } }";
    let made = shop.owner.data(list, Value::Null).await?["products"]["nodes"].clone();
    let product = |row: &Value, name: &str, sku: &str, kind: &str, unit: Value| {
        json!({"id": row["id"], "name": name, "sku": sku,
        "type": kind, "unit": unit, "onHand": "0", "costStatus": "MISSING"})
    };
    let expected = [
        product(&rows[1], "Chair", "B", "FINISHED_GOOD", Value::Null),
        product(&rows[0], "Oak", "A", "RAW_MATERIAL", json!("m")),
    ];
    assert_eq!(made, json!(expected));
    // The file again makes nothing twice.
    let before = shop.everything().await?;
    assert_eq!(taken(&shop.owner, "import/products", file).await?.1, [0, 3, 3]);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn opening_stock_is_taken_once(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    taken(&shop.owner, "import/products", "sku,name\nA,Oak\nB,Ash\nC,Elm\n").await?;
    let file = "\u{feff}sku;quantity;unit_cost;lot_number;received_on;expires_on\n\
                A;10,5;2,00;L1;2026-05-01;2027-01-31\nA;4;3;;2026-05-02;\nA;1;1;L1;;\nB;1.000,25;;;;\nC;-1;1;;;\n\
                C;0;1;;;\nC;1;-1;;;\nC;1,1234567;1;;;\nC;1.5;1;;;\nX;1;1;;;\nC;1;1;;2026-06-02;\nC;1;1;;2.5.2026;\n";
    let before = shop.everything().await?;
    let dry = taken(&shop.owner, "import/opening-stock?dryRun=true", file).await?;
    assert_eq!(shop.everything().await?, before);
    let (rows, sums) = taken(&shop.owner, "import/opening-stock", file).await?;
    let expected: Vec<(u64, String)> = [
        "CREATED",
        "CREATED",
        "FAILED DUPLICATE_LOT",
        "CREATED",
        "FAILED INVALID_QUANTITY",
        "FAILED INVALID_QUANTITY",
        "FAILED INVALID_COST",
        "FAILED INVALID_QUANTITY",
        "FAILED INVALID_QUANTITY",
        "FAILED NOT_FOUND",
        "FAILED VALIDATION",
        "FAILED VALIDATION",
    ]
    .iter()
    .zip(2..)
    .map(|(status, row)| (row, (*status).to_owned()))
    .collect();
    assert_eq!((told(&rows), sums), (expected.clone(), [3, 0, 9]));
    assert_eq!((told(&dry.0), dry.1), (expected, [3, 0, 9]), "the dry run said the same");
    let lots = "{ lots { nodes { number source receivedOn expiresOn receivedQuantity receivedValue { amount } unitCost { amount } costStatus product { sku } } } }";
    let lot = |number: &str,
               day: &str,
               expires: Value,
               quantity: &str,
               value: &str,
               cost: Value,
               status: &str,
               sku: &str| {
        json!({"number": number, "source": "OPENING", "receivedOn": day, "expiresOn": expires, "receivedQuantity": quantity,
               "receivedValue": {"amount": value}, "unitCost": cost, "costStatus": status, "product": {"sku": sku}})
    };
    let cost = |amount: &str| json!({"amount": amount});
    assert_eq!(
        shop.owner.data(lots, Value::Null).await?["lots"]["nodes"],
        json!([
            lot("L1", "2026-05-01", json!("2027-01-31"), "10.5", "21", cost("2"), "COMPLETE", "A"),
            lot("OPEN-20260502", "2026-05-02", Value::Null, "4", "12", cost("3"), "COMPLETE", "A"),
            lot("OPEN-20260601", "2026-06-01", Value::Null, "1000.25", "0", Value::Null, "MISSING", "B")
        ])
    );
    let before = shop.everything().await?;
    let (rows, sums) = taken(&shop.owner, "import/opening-stock", file).await?;
    assert_eq!((sums, &rows[0]["reason"]["message"]), ([0, 0, 12], &json!("Oak has moved before.")));
    assert_eq!(shop.everything().await?, before, "again nothing is added");
    shop.sound().await
}

async fn bills_of_materials_are_taken_whole(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    taken(
        &shop.owner,
        "import/products",
        "sku,name,type\nA,Oak,\nB,Glue,\nT,Table,FINISHED_GOOD\nS,Set,FINISHED_GOOD\n",
    )
    .await?;
    let file = "product_sku,component_sku,kind,quantity,optional,label,rate\n\
                T,A,,4,,,\nT,B,component,0.25,yes,,\nT,,labour,,,Work,7.5\n\
                S,T,,2,,,\nS,X,,1,,,\n\
                A,T,,1,,,\n\
                T,A,,9,,,\n";
    let (rows, sums) = taken(&shop.owner, "import/boms", file).await?;
    let statuses: Vec<String> = told(&rows).into_iter().map(|(_, status)| status).collect();
    assert_eq!(
        statuses,
        [
            "CREATED",
            "CREATED",
            "CREATED",
            "FAILED NOT_FOUND",
            "FAILED NOT_FOUND",
            "FAILED BOM_CYCLE",
            "FAILED VALIDATION"
        ]
    );
    assert_eq!(sums, [3, 0, 4]);
    assert_eq!(rows[3]["reason"]["message"], "The bill of materials was not taken because of row 6.");
    assert_eq!(rows[6]["reason"]["message"], "Table has rows elsewhere in the file.");
    let boms = "{ boms { nodes { id version status product { name } lines { kind product { sku } quantity optional label rate { amount } } } } }";
    let made = shop.owner.data(boms, Value::Null).await?["boms"]["nodes"].clone();
    let line = |kind: &str,
                sku: Option<&str>,
                quantity: Option<&str>,
                optional: bool,
                label: Option<&str>,
                rate: Option<&str>| {
        json!({"kind": kind, "product": sku.map(|sku| json!({"sku": sku})), "quantity": quantity, "optional": optional,
               "label": label, "rate": rate.map(|amount| json!({"amount": amount}))})
    };
    assert_eq!(
        made,
        json!([{"id": rows[0]["id"], "version": 1, "status": "ACTIVE", "product": {"name": "Table"}, "lines": [
            line("COMPONENT", Some("A"), Some("4"), false, None, None), line("COMPONENT", Some("B"), Some("0.25"), true, None, None),
            line("LABOUR", None, None, false, Some("Work"), Some("7.5"))]}])
    );
    // A row that cannot be read may be of the one before it or the one after it.
    let torn = "product_sku,component_sku,quantity\nS,T,1\n\"x\"y,A,1\nT,B,1\nT,A,1\n";
    let (rows, sums) = taken(&shop.owner, "import/boms", torn).await?;
    assert_eq!(sums, [0, 0, 4]);
    assert_eq!(rows[0]["reason"]["message"], "The bill of materials was not taken because of row 3.");
    assert_eq!(rows[3]["reason"]["message"], "The bill of materials was not taken because of row 3.");
    // What is so already is not made again; what differs is a new version.
    let same: String = file.lines().take(4).map(|line| format!("{line}\n")).collect();
    assert_eq!(taken(&shop.owner, "import/boms", same.clone()).await?.1, [0, 3, 0]);
    assert_eq!(taken(&shop.owner, "import/boms", same.replace("0.25", "0.5")).await?.1, [3, 0, 0]);
    let versions =
        shop.owner.data("{ boms { nodes { version status } } }", Value::Null).await?["boms"]["nodes"].clone();
    assert_eq!(versions, json!([{"version": 2, "status": "ACTIVE"}, {"version": 1, "status": "ARCHIVED"}]));
    Ok(())
}

async fn files_of_any_make_are_read_or_refused(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let file = "name;sku\n\"Open;A\nOak;B\n\"Ash \"\"white\"\"\";C\n12\" pipe;D\nToo;many;E\n";
    let mut bytes = file.as_bytes().to_vec();
    bytes.extend_from_slice(b"K\xf6ln;F\n");
    let (rows, sums) = taken(&shop.owner, "import/products", bytes).await?;
    let expected = ["FAILED VALIDATION", "CREATED", "CREATED", "CREATED", "FAILED VALIDATION", "FAILED VALIDATION"];
    assert_eq!(told(&rows).into_iter().map(|(_, status)| status).collect::<Vec<_>>(), expected);
    assert_eq!(sums, [3, 0, 3]);
    assert!(rows[0]["reason"]["message"].as_str().unwrap().contains("quote"), "{}", rows[0]);
    assert!(rows[5]["reason"]["help"].as_str().unwrap().contains("UTF-8"), "{}", rows[5]);
    let names = shop.owner.data("{ products { nodes { name } } }", Value::Null).await?["products"]["nodes"].clone();
    assert_eq!(names, json!([{"name": "12\" pipe"}, {"name": "Ash \"white\""}, {"name": "Oak"}]));
    let before = shop.everything().await?;
    for (path, file) in [
        ("import/products", &b""[..]),
        ("import/products", b"x,y\n1,2\n"),
        ("import/products", b"\xff\xfes\0k\0u\0"),
        ("import/products?decimal=maybe", b"sku,name\nZ,Z\n"),
        ("import/products?x=y", b"sku,name\nZ,Z\n"),
    ] {
        let (status, lines) = import(&shop.owner, path, file).await?;
        assert_eq!((status, lines.len()), (400, 1), "{path}");
        assert!(lines[0]["errors"][0]["message"].is_string(), "{lines:?}");
    }
    assert_eq!(import(&shop.owner, "import/nothing", "sku,name\nZ,Z\n").await?.0, 404);
    let url = shop.owner.gateway.join("import/products")?;
    let plain = reqwest::Client::new().post(url).bearer_auth(&shop.owner.token).header("content-type", "text/plain");
    assert_eq!(plain.body("sku,name\nZ,Z\n").send().await?.status().as_u16(), 415);
    assert_eq!(shop.everything().await?, before);
    // A comma-separated file with decimal commas has to say so.
    let stock = "sku,quantity,unit_cost\nB,\"1,5\",2\n";
    assert_eq!(taken(&shop.owner, "import/opening-stock", stock).await?.1, [0, 0, 1]);
    assert_eq!(taken(&shop.owner, "import/opening-stock?decimal=comma", stock).await?.1, [1, 0, 0]);
    Ok(())
}

async fn two_hundred_thousand_rows_are_taken_in(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    // Every product comes ten times: the rows are many, what is written is enough to tell bulk from one by one.
    let mut file = String::from("sku,name,type\n");
    for number in 0..200_000 {
        let product = number % 20_000;
        file.push_str(&format!("S-{product},Part {product},\n"));
    }
    let before = shop.world.app.db.statement_count();
    let (_, sums) = taken(&shop.owner, "import/products", file).await?;
    assert_eq!(sums, [20_000, 180_000, 0]);
    let statements = shop.world.app.db.statement_count() - before;
    assert!(statements < 2_000, "in bulk, not row by row: {statements}");
    let mut stock = String::from("sku,quantity,unit_cost\n");
    for number in 0..5_000 {
        stock.push_str(&format!("S-{number},2,1.5\n"));
    }
    let before = shop.world.app.db.statement_count();
    let (_, sums) = taken(&shop.owner, "import/opening-stock", stock).await?;
    assert_eq!(sums, [5_000, 0, 0]);
    let statements = shop.world.app.db.statement_count() - before;
    assert!(statements < 500, "in bulk, not row by row: {statements}");
    let count = "{ products { totalCount } lots { totalCount } stockMovements { totalCount } }";
    let expected = json!({"products": {"totalCount": 20_000}, "lots": {"totalCount": 5_000}, "stockMovements": {"totalCount": 5_000}});
    assert_eq!(shop.owner.data(count, Value::Null).await?, expected);
    // And out again, page by page.
    let exported = export(&shop.owner, "export/lots.csv").await?.1;
    assert_eq!(exported.lines().count(), 5_001);
    Ok(())
}

/// Fetches a file; status and text.
async fn export(client: &Client, path: &str) -> anyhow::Result<(u16, String)> {
    let response = reqwest::Client::new().get(client.gateway.join(path)?).bearer_auth(&client.token).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

async fn lots_and_movements_are_exported_without_formulas(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let empty = export(&shop.owner, "export/lots.csv").await?;
    assert_eq!((empty.0, empty.1.lines().count()), (200, 1), "{}", empty.1);
    let supplier =
        shop.owner.mutate("saveSupplier", json!({"name": "@Evil, \"Inc\"", "code": "EVL"}), "supplier { id }").await?;
    let supplier = supplier["supplier"]["id"].as_str().unwrap().to_owned();
    let product = shop
        .owner
        .mutate("createProduct", json!({"name": "=HYPERLINK(\"http://x\")", "sku": "-1+2"}), "product { id }")
        .await?;
    let product = product["product"]["id"].as_str().unwrap().to_owned();
    let other = shop.material("Oak").await?;
    let [_, _, lot] = shop.receive(&supplier, "2026-05-01", &product, "10", "2.5").await?;
    shop.receive(&supplier, "2026-05-02", &other, "1", "1").await?;
    let adjust = json!({"lotId": lot, "quantity": "-4", "reason": "LOSS", "note": "+cmd"});
    shop.owner.mutate("adjustLot", adjust, "__typename").await?;
    let (status, text) = export(&shop.owner, &format!("export/lots.csv?productId={product}")).await?;
    assert_eq!(status, 200);
    let recorded = shop.owner.data("query($id: ID!) { lot(id: $id) { createdAt } }", json!({"id": lot})).await?;
    let recorded = recorded["lot"]["createdAt"].as_str().unwrap().trim_end_matches('Z').to_owned();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "lot_id,number,product_id,sku,product,status,source,received_on,expires_on,supplier,received_quantity,received_value,\
              remaining_quantity,remaining_value,cost_status,currency,recorded_at"
        )
    );
    let line = lines.next().unwrap();
    let expected = format!(
        "{lot},EVL-20260501,{product},'-1+2,\"'=HYPERLINK(\"\"http://x\"\")\",ACTIVE,RECEIPT,2026-05-01,,\"'@Evil, \"\"Inc\"\"\",10,25,6,15,COMPLETE,USD,{recorded}"
    );
    assert!(line.starts_with(&expected), "{line}\n{expected}");
    assert_eq!(lines.next(), None);
    let (_, text) = export(&shop.owner, "export/movements.csv").await?;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[1].contains(",LOT_ADJUSTMENT,-4,-10,6,15,COMPLETE,USD,LOT,") && lines[1].ends_with(",LOSS,'+cmd,owner"),
        "{}",
        lines[1]
    );
    let (_, text) = export(&shop.owner, "export/movements.csv?from=2026-05-02&to=2026-05-02").await?;
    assert_eq!(text.lines().count(), 2, "{text}");
    for path in [
        "export/lots.csv?productId=x",
        "export/lots.csv?from=2026-05-01",
        "export/movements.csv?from=1.5.2026",
        "export/movements.csv?x=1",
    ] {
        assert_eq!(export(&shop.owner, path).await?.0, 400, "{path}");
    }
    let stranger = shop.world.client_of(shop.world.another_business("Another").await?, Role::Owner);
    assert_eq!(export(&stranger, "export/lots.csv").await?.1.lines().count(), 1);
    Ok(())
}

async fn files_ask_for_their_permission(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    shop.material("Oak").await?;
    let before = shop.everything().await?;
    let builder = shop.world.client(Role::Builder);
    let (status, lines) = import(&builder, "import/products", "sku,name\nZ,Z\n").await?;
    assert_eq!((status, &lines[0]["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")));
    assert_eq!(import(&builder, "import/boms?dryRun=true", "product_sku\nZ\n").await?.0, 200);
    assert_eq!(export(&builder, "export/lots.csv").await?.0, 200);
    let nobody = Client::new(shop.owner.gateway.clone(), "x".to_owned());
    for path in ["export/lots.csv", "export/movements.csv"] {
        assert_eq!(export(&nobody, path).await?.0, 401, "{path}");
    }
    assert_eq!(import(&nobody, "import/products", "sku,name\nZ,Z\n").await?.0, 401);
    assert_eq!(shop.everything().await?, before);
    Ok(())
}
