//! Margins as a file.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, client::Client, on_both_databases};

use super::counter::Counter;

on_both_databases!(margins_are_exported_as_they_are_reported);

async fn export(client: &Client, query: &str) -> anyhow::Result<(u16, String)> {
    let url = client.gateway.join(&format!("export/margins.csv?{query}"))?;
    let response = reqwest::Client::new().get(url).bearer_auth(&client.token).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

/// Each filter of the report in GraphQL is one of the file too: the sales that it leaves, in the order asked for.
async fn narrowed_and_ordered(counter: &Counter) -> Outcome {
    let owner = &counter.shop.owner;
    // Newest date first: the desk, the chairs.
    let sales = owner.all("sales", "SaleFilter", json!({}), "id channel { id }").await?;
    let of = |customer: &str| format!("from=2026-05-01&to=2026-05-31&groupBy=CUSTOMER{customer}");
    let sale = |place: usize| sales[place]["id"].as_str().unwrap_or_default().to_owned();
    let channel = sales[0]["channel"]["id"].as_str().unwrap_or_default();
    let before = "2026-01-01T00%3A00%3A00Z";
    for (query, quantities) in [
        (String::new(), vec!["20", "1"]),
        ("&orderBy=QUANTITY".to_owned(), vec!["1", "20"]),
        ("&orderBy=MARGIN&direction=DESC".to_owned(), vec!["20", "1"]),
        (format!("&saleId={}", sale(0)), vec!["1"]),
        (format!("&saleId={}&saleId={}", sale(0), sale(1)), vec!["20", "1"]),
        (format!("&channelId={channel}"), vec!["20", "1"]),
        ("&customer=".to_owned(), vec!["1"]),
        ("&costStatus=COMPLETE".to_owned(), vec!["20", "1"]),
        ("&costStatus=MISSING&costStatus=ESTIMATED".to_owned(), vec![]),
        ("&short=true".to_owned(), vec![]),
        ("&short=false".to_owned(), vec!["20", "1"]),
        (format!("&knownAt={before}"), vec![]),
    ] {
        let (status, file) = export(owner, &of(&query)).await?;
        let found: Vec<&str> = file.lines().skip(1).filter_map(|row| row.split(',').nth(8)).collect();
        assert_eq!((status, found), (200, quantities), "{query}: {file}");
    }
    Ok(())
}

async fn margins_are_exported_as_they_are_reported(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    counter.sell("2026-05-04", Some("=Ann"), &[(&counter.chair, "20", "200")]).await?;
    counter.sell("2026-05-05", None, &[(&counter.desk, "1", "50")]).await?;
    let owner = &counter.shop.owner;
    let head = "period,product_id,sku,product,customer,channel,sale_id,sale,quantity,revenue,cost,margin,margin_percent,\
                short_quantity,cost_status,lines,estimated_lines,estimated_revenue,estimated_cost,missing_lines,\
                missing_revenue,currency";
    let (status, file) = export(owner, "groupBy=MONTH,PRODUCT,CUSTOMER&from=2026-05-01&to=2026-05-31").await?;
    let mut expected = [
        format!("2026-05-01,{},,Chair,'=Ann,,,,20,4000,2880,1120,28,0,COMPLETE,1,0,0,0,0,0,USD", counter.chair),
        format!("2026-05-01,{},,Desk,,,,,1,50,40,10,20,0,COMPLETE,1,0,0,0,0,0,USD", counter.desk),
    ];
    expected.sort();
    assert_eq!(
        (status, file.lines().map(str::to_owned).collect::<Vec<_>>()),
        (200, [&[head.to_owned()], &expected[..]].concat())
    );
    let (status, file) = export(owner, "from=2025-05-01&to=2025-05-31&groupBy=SALE").await?;
    assert_eq!((status, file.trim_end()), (200, head));
    narrowed_and_ordered(&counter).await?;
    for (query, words) in [
        ("from=2026-05-01&to=2026-05-31&costStatus=GUESSED", "costStatus"),
        ("from=2026-05-01&to=2026-05-31&short=perhaps", "short"),
        ("from=2026-05-01&to=2026-05-31&knownAt=today", "knownAt"),
        ("from=2026-05-01&to=2026-05-31&orderBy=COLOUR", "orderBy"),
        ("from=2026-05-01&to=2026-05-31&direction=ASC", "orderBy"),
        ("from=2026-05-01&to=2026-05-31&channelId=red", "red"),
        ("from=2026-05-01", "to"),
        ("from=2026-05-01&to=2026-05-31&groupBy=COLOUR", "COLOUR"),
        ("from=2026-05-02&to=2026-05-01", "before that"),
        ("from=2026-05-01&to=2026-05-31&colour=red", "colour"),
    ] {
        let (status, body) = export(owner, query).await?;
        assert_eq!(status, 400, "{query}: {body}");
        assert!(body.contains(words), "{query}: {body}");
    }
    let (status, body) = export(&counter.shop.world.client(Role::Builder), "from=2026-05-01&to=2026-05-31").await?;
    let body: Value = serde_json::from_str(&body)?;
    assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")));
    Ok(())
}
