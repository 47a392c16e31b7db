//! Reports (statements 116, 117, 118 and 119): grouping, filters, order, pages, what is refused, who may.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases};

use super::counter::{Counter, five};

on_both_databases!(
    s116_a_voided_sale_is_not_part_of_margins,
    s117_a_margin_is_28_percent,
    s118_revenue_of_zero_has_no_percentage,
    s119_totals_agree_whatever_the_grouping,
    weeks_begin_on_monday_and_months_on_the_first,
    filters_keep_what_they_name,
    a_report_is_what_it_was_at_an_earlier_moment,
    what_cannot_be_asked_is_refused_by_its_field,
    a_builder_sees_no_margins,
);

fn year(group_by: Value) -> Value {
    json!({"groupBy": group_by, "from": "2026-01-01", "to": "2026-12-31"})
}

async fn s116_a_voided_sale_is_not_part_of_margins(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let voided = counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "5", "200")]).await?;
    counter.sell("2026-05-05", Some("Bob"), &[(&counter.desk, "2", "100")]).await?;
    counter.void(&voided).await?;
    for range in [("2026-05-01", "2026-05-31"), ("2026-05-02", "2026-05-30")] {
        let input = json!({"groupBy": ["PRODUCT"], "from": range.0, "to": range.1});
        let (rows, totals) = counter.report(input, "product { name }").await?;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["product"]["name"], "Desk");
        assert_eq!(five(&rows[0]), ["2", "200", "80", "120", "60"]);
        assert_eq!(five(&totals), five(&rows[0]));
    }
    counter.is_sound().await
}

async fn s117_a_margin_is_28_percent(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let sale = counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "20", "200")]).await?;
    for by in ["PRODUCT", "CUSTOMER", "CHANNEL", "SALE", "DAY", "WEEK", "MONTH"] {
        let keys = "period customer product { name } channel { kind } sale { id }";
        let (rows, totals) = counter.report(year(json!([by])), keys).await?;
        assert_eq!((rows.len(), five(&rows[0])), (1, ["20", "4000", "2880", "1120", "28"]), "{by}");
        assert_eq!(five(&totals), five(&rows[0]), "{by}");
        let only = |dimension: &str, value: Value| if by == dimension { value } else { Value::Null };
        let period = match by {
            "DAY" | "WEEK" => json!("2026-05-04"),
            "MONTH" => json!("2026-05-01"),
            _ => Value::Null,
        };
        let found = ["period", "customer", "product", "channel", "sale"].map(|key| rows[0][key].clone());
        let expected = [
            period,
            only("CUSTOMER", json!("Ann")),
            only("PRODUCT", json!({"name": "Chair"})),
            only("CHANNEL", json!({"kind": "MANUAL"})),
            only("SALE", json!({"id": sale})),
        ];
        assert_eq!(found, expected, "{by}");
        assert_eq!(rows[0]["costStatus"], "COMPLETE");
    }
    counter.is_sound().await
}

async fn s118_revenue_of_zero_has_no_percentage(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    counter.sell("2026-05-04", None, &[(&counter.desk, "1", "0")]).await?;
    for input in [year(json!(["PRODUCT"])), year(json!(["DAY"])), year(json!([]))] {
        let (rows, totals) = counter.report(input, "customer").await?;
        assert_eq!((rows.len(), five(&rows[0])), (1, ["1", "0", "40", "-40", "null"]));
        assert_eq!(five(&totals), five(&rows[0]));
    }
    // Nothing at all is one row of nothing, or none.
    let nothing = json!({"groupBy": [], "from": "2025-01-01", "to": "2025-01-31"});
    let (rows, totals) = counter.report(nothing, "customer").await?;
    assert_eq!((rows.len(), five(&totals)), (1, ["0", "0", "0", "0", "null"]));
    let nothing = json!({"groupBy": ["PRODUCT"], "from": "2025-01-01", "to": "2025-01-31"});
    assert_eq!(counter.report(nothing, "customer").await?.0, Vec::<Value>::new());
    Ok(())
}

/// Day, customer, lines of product, quantity and price.
type SaleOf<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a str, &'a str)]);

/// Some sales over several months, some short, some to nobody.
async fn busy(database: &TestDatabase) -> anyhow::Result<Counter> {
    let counter = Counter::stocked(database).await?;
    let (chair, desk) = (counter.chair.as_str(), counter.desk.as_str());
    let sales: [SaleOf; 7] = [
        ("2026-02-27", Some("Ann"), &[(chair, "3", "199.99"), (desk, "1.5", "80.01")]),
        ("2026-03-01", None, &[(desk, "7", "79.95")]),
        ("2026-03-02", Some("Bob"), &[(chair, "4", "210"), (chair, "1", "205.05")]),
        ("2026-03-31", Some("Ann"), &[(desk, "0.333333", "81.07")]),
        ("2026-04-01", Some("Cy"), &[(chair, "14", "190")]),
        ("2026-05-17", Some("Bob"), &[(chair, "2", "0"), (desk, "3", "90")]),
        ("2026-05-18", Some("ann"), &[(desk, "10", "12.34")]),
    ];
    for (day, customer, lines) in sales {
        counter.sell(day, customer, lines).await?;
    }
    Ok(counter)
}

async fn s119_totals_agree_whatever_the_grouping(database: TestDatabase) -> Outcome {
    let counter = busy(&database).await?;
    let groupings = [
        json!([]),
        json!(["PRODUCT"]),
        json!(["MONTH"]),
        json!(["WEEK"]),
        json!(["DAY"]),
        json!(["CUSTOMER"]),
        json!(["CHANNEL"]),
        json!(["SALE"]),
        json!(["PRODUCT", "MONTH"]),
        json!(["PRODUCT", "CHANNEL"]),
        json!(["CUSTOMER", "WEEK"]),
        json!(["PRODUCT", "CUSTOMER", "CHANNEL", "SALE", "DAY"]),
    ];
    let ranges = [
        ("2026-01-01", "2026-12-31"),
        ("2026-03-01", "2026-03-31"),
        ("2026-02-15", "2026-05-17"),
        ("2026-03-02", "2026-04-01"),
    ];
    for (from, to) in ranges {
        let mut all: Option<Value> = None;
        for grouping in &groupings {
            let input = json!({"groupBy": grouping, "from": from, "to": to});
            let keys = "period customer product { id } channel { id } sale { id }";
            let (rows, totals) = counter.report(input.clone(), keys).await?;
            for field in ["revenue", "cost", "margin", "estimatedRevenue", "estimatedCost", "missingRevenue"] {
                let sum: rust_decimal::Decimal = rows
                    .iter()
                    .map(|row| row[field]["amount"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap())
                    .sum();
                assert_eq!(
                    sum.normalize().to_string(),
                    totals[field]["amount"].as_str().unwrap(),
                    "{field} of {input}"
                );
            }
            assert_eq!(all.get_or_insert_with(|| totals.clone()), &totals, "{input}");
            // The same rows in pages of two, each once, in every order.
            for field in ["REVENUE", "COST", "MARGIN", "QUANTITY"] {
                for direction in ["ASC", "DESC"] {
                    let mut ordered = input.clone();
                    ordered["orderBy"] = json!({"field": field, "direction": direction});
                    let (whole, _) = counter.report(ordered.clone(), keys).await?;
                    assert_eq!(counter.paged(ordered.clone(), keys, 2).await?.0, whole, "{ordered}");
                    assert_eq!(whole.len(), rows.len(), "{ordered}");
                }
            }
        }
    }
    // 20 chairs were there, 24 were sold: two of the last that cost were short, then two given away.
    let (_, totals) = counter.report(year(json!([])), "customer").await?;
    assert_eq!(five(&totals)[..3], ["45.833333", "5405.108306", "4339.999988"][..]);
    assert_eq!(
        (&totals["shortQuantity"], &totals["costStatus"], &totals["estimatedLines"]),
        (&json!("4"), &json!("ESTIMATED"), &json!(2))
    );
    counter.is_sound().await
}

async fn weeks_begin_on_monday_and_months_on_the_first(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    for day in ["2026-03-01", "2026-03-02", "2026-03-08", "2026-03-09"] {
        counter.sell(day, None, &[(&counter.desk, "1", "50")]).await?;
    }
    // 1 March 2026 is a Sunday.
    let (rows, _) = counter.report(year(json!(["WEEK"])), "period").await?;
    let weeks: Vec<_> = rows.iter().map(|row| (row["period"].clone(), row["quantity"].clone())).collect();
    let week = |day: &str, quantity: &str| (json!(day), json!(quantity));
    assert_eq!(weeks, [week("2026-02-23", "1"), week("2026-03-02", "2"), week("2026-03-09", "1")]);
    let (rows, _) = counter.report(year(json!(["MONTH"])), "period").await?;
    assert_eq!(rows.iter().map(|row| row["period"].clone()).collect::<Vec<_>>(), ["2026-03-01"]);
    let (rows, _) = counter.report(year(json!(["DAY"])), "period").await?;
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3]["period"], "2026-03-09");
    Ok(())
}

async fn filters_keep_what_they_name(database: TestDatabase) -> Outcome {
    let counter = busy(&database).await?;
    let filtered = async |filter: Value| {
        let mut input = year(json!([]));
        input["filter"] = filter;
        let totals = counter.report(input, "customer").await?.1;
        anyhow::Ok(totals["lines"].clone())
    };
    assert_eq!(filtered(json!({})).await?, 10);
    assert_eq!(filtered(json!({"productIds": [counter.chair]})).await?, 5);
    assert_eq!(filtered(json!({"productIds": [counter.chair, counter.desk]})).await?, 10);
    assert_eq!(filtered(json!({"customers": ["Ann"]})).await?, 3);
    assert_eq!(filtered(json!({"customers": ["ann", ""]})).await?, 2);
    assert_eq!(filtered(json!({"productIds": [counter.desk], "customers": ["Bob"]})).await?, 1);
    assert_eq!(filtered(json!({"short": true})).await?, 2);
    assert_eq!(filtered(json!({"short": false, "productIds": [counter.chair]})).await?, 3);
    assert_eq!(filtered(json!({"costStatuses": ["ESTIMATED"]})).await?, 2);
    assert_eq!(filtered(json!({"costStatuses": ["MISSING"]})).await?, 0);
    let channels = counter.shop.owner.data("{ salesChannels { id } }", Value::Null).await?;
    assert_eq!(filtered(json!({"channelIds": [channels["salesChannels"][0]["id"]]})).await?, 10);
    assert_eq!(filtered(json!({"channelIds": ["chn_00000000000000000000000000"]})).await?, 0);
    Ok(())
}

async fn a_report_is_what_it_was_at_an_earlier_moment(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let first = counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "5", "200")]).await?;
    let one = counter.recorded(&first).await?;
    let second = counter.sell("2026-05-20", Some("Bob"), &[(&counter.desk, "2", "100")]).await?;
    let two = counter.recorded(&second).await?;
    let three = counter.void(&first).await?;
    let at = async |known_at: Value, as_of: Value| {
        let mut input = year(json!(["PRODUCT"]));
        (input["knownAt"], input["asOf"]) = (known_at, as_of);
        let (rows, totals) = counter.report(input, "product { name }").await?;
        let names: Vec<String> = rows.iter().map(|row| row["product"]["name"].as_str().unwrap().to_owned()).collect();
        anyhow::Ok((names.join(" "), totals["revenue"]["amount"].as_str().unwrap().to_owned()))
    };
    let told = |names: &str, revenue: &str| (names.to_owned(), revenue.to_owned());
    assert_eq!(at(json!("2020-01-01T00:00:00Z"), Value::Null).await?, told("", "0"));
    assert_eq!(at(json!(one), Value::Null).await?, told("Chair", "1000"));
    assert_eq!(at(json!(two), Value::Null).await?, told("Chair Desk", "1200"));
    assert_eq!(at(json!(three), Value::Null).await?, told("Desk", "200"));
    assert_eq!(at(Value::Null, Value::Null).await?, told("Desk", "200"));
    assert_eq!(at(json!(two), json!("2026-05-04")).await?, told("Chair", "1000"));
    assert_eq!(at(Value::Null, json!("2026-05-19")).await?, told("", "0"));
    assert_eq!(at(Value::Null, json!("2025-01-01")).await?, told("", "0"));
    Ok(())
}

async fn what_cannot_be_asked_is_refused_by_its_field(database: TestDatabase) -> Outcome {
    let counter = Counter::open(&database).await?;
    let query =
        "query($input: MarginInput!, $after: String) { margins(input: $input, after: $after) { nodes { quantity } } }";
    let cases = [
        (json!({"groupBy": [], "from": "2026-05-02", "to": "2026-05-01"}), "before that"),
        (json!({"groupBy": ["DAY", "MONTH"], "from": "2026-05-01", "to": "2026-05-01"}), "one kind of period"),
        (
            json!({"groupBy": ["PRODUCT"], "from": "2026-05-01", "to": "2026-05-01", "orderBy": {"field": "PERIOD"}}),
            "without a period",
        ),
    ];
    for (input, words) in cases {
        let fault = counter.shop.owner.fault(query, json!({"input": input})).await?;
        assert_eq!(fault.code, "VALIDATION", "{input}: {fault:?}");
        assert!(fault.message.contains(words), "{fault:?}");
    }
    let variables = json!({"input": year(json!([])), "after": "bm90aGluZw"});
    assert_eq!(counter.shop.owner.fault(query, variables).await?.code, "VALIDATION");
    Ok(())
}

async fn a_builder_sees_no_margins(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    counter.sell("2026-05-04", None, &[(&counter.desk, "1", "50")]).await?;
    let report = "{ margins(input: {groupBy: [], from: \"2026-05-01\", to: \"2026-05-31\"}) { totals { lines } } }";
    let behind = "{ explainMargin(input: {from: \"2026-05-01\", to: \"2026-05-31\"}) { totals { lines } } }";
    for role in [Role::Owner, Role::Admin, Role::Accountant] {
        let told = counter.shop.world.client(role).data(report, Value::Null).await?;
        assert_eq!(told["margins"]["totals"]["lines"], 1, "{role:?}");
    }
    for query in [report, behind] {
        let fault = counter.shop.world.client(Role::Builder).fault(query, Value::Null).await?;
        assert_eq!(fault.code, "FORBIDDEN", "{query}");
    }
    let other = counter.shop.world.another_business("Elsewhere").await?;
    let told = counter.shop.world.client_of(other, Role::Owner).data(report, Value::Null).await?;
    assert_eq!(told["margins"]["totals"]["lines"], 0);
    Ok(())
}
