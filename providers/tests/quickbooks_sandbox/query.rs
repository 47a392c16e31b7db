//! The query language over HTTP (reference 6).

use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;

use crate::service::{answer, connected, fault};

#[rstest]
#[case("SELECT COUNT(*) FROM Item", 58)]
#[case("select count(*) from item where Active in (true, false)", 62)]
#[case("SELECT COUNT(*) FROM Item WHERE Active = false", 4)]
#[case("SELECT COUNT(*) FROM Item WHERE Active = false AND Active = true", 0)]
#[case("SELECT COUNT(*) FROM Item WHERE Active IN (false)", 4)]
#[case("SELECT COUNT(*) FROM Item WHERE Active = 'true'", 58)]
#[case("SELECT COUNT(*) FROM Item WHERE Type = 'Category'", 10)]
#[case("SELECT COUNT(*) FROM Item WHERE type IN ('Service', 'group') AND Active IN (true,false)", 10)]
#[case("SELECT COUNT(*) FROM Item WHERE Name LIKE '%wood%'", 4)]
#[case("SELECT COUNT(*) FROM Item WHERE Name LIKE 'oak%' AND Active IN (true, false)", 2)]
#[case("SELECT COUNT(*) FROM Item WHERE Name = 'oak TABLE'", 1)]
#[case(r"SELECT COUNT(*) FROM Item WHERE Name = 'Wall Hook O\'Malley'", 1)]
#[case(r"SELECT COUNT(*) FROM Item WHERE Name = 'Drawer Slide \\ Left'", 1)]
#[case("SELECT COUNT(*) FROM Item WHERE Name = '椅子 (isu) chair'", 1)]
#[case("SELECT COUNT(*) FROM Item WHERE Sku = 'cb-🪵'", 1)]
#[case("SELECT COUNT(*) FROM Item WHERE Sku = ' '", 12)]
#[case("SELECT COUNT(*) FROM Item WHERE Id IN ('11', '12', '43', '9999')", 2)]
#[case("SELECT COUNT(*) FROM Item WHERE Id = 11", 1)]
#[case("SELECT COUNT(*) FROM Item WHERE FullyQualifiedName = 'Hardware:Fasteners:M8 x 40 Hex Bolt'", 1)]
#[case("SELECT COUNT(*) FROM Item WHERE MetaData.LastUpdatedTime >= '2024-12-02'", 58)]
#[case("SELECT COUNT(*) FROM Item WHERE metadata.lastupdatedtime > '2024-12-02T08:30:00-08:00'", 0)]
#[case("SELECT COUNT(*) FROM Item WHERE MetaData.CreateTime <= '2024-12-02T16:30:00Z'", 58)]
#[case("SELECT COUNT(*) FROM Item WHERE MetaData.CreateTime < CURRENT_DATE", 58)]
#[case("SELECT COUNT(*) FROM Account WHERE AccountType = 'Bank'", 2)]
#[case("SELECT COUNT(*) FROM Account WHERE Classification = 'Equity'", 4)]
#[case("SELECT COUNT(*) FROM Account WHERE CurrentBalance > '8000.00'", 5)]
#[case("SELECT COUNT(*) FROM Account WHERE CurrentBalance > 8000 AND CurrentBalance <= 13495", 2)]
#[case("SELECT COUNT(*) FROM Account WHERE SubAccount = true", 13)]
#[case("SELECT COUNT(*) FROM Customer WHERE DisplayName = 'Children\\'s Room'", 1)]
#[case("SELECT COUNT(*) FROM Customer WHERE Balance > '0'", 7)]
#[case("SELECT COUNT(*) FROM Vendor WHERE PrimaryEmailAddr LIKE '%.example'", 6)]
#[case("SELECT COUNT(*) FROM CompanyInfo", 1)]
#[case("SELECT COUNT(*) FROM Item STARTPOSITION 5 MAXRESULTS 2", 58)]
#[tokio::test]
async fn a_statement_counts_exactly_the_rows_it_means(#[case] statement: &str, #[case] count: u64) {
    let (_service, company) = connected().await;
    assert_eq!(company.query(statement).await, json!({"totalCount": count}), "{statement}");
}

#[rstest]
#[case("", 4000, "QueryParserError: Encountered \"<EOF>\" at line 1, column 1.")]
#[case(
    "SELECT * FROM Item WHERE Name = 'a' OR Name = 'b'",
    4000,
    "QueryParserError: Encountered \" <IDENTIFIER> \"OR \"\" at line 1, column 37."
)]
#[case(
    "SELECT *\nFROM Item WHERE\n  Name != 'a'",
    4000,
    "QueryParserError: Lexical error at line 3, column 8.  Encountered: \"!\" (33)."
)]
#[case("SELECT * FROM Item WHERE", 4000, "QueryParserError: Encountered \"<EOF>\" at line 1, column 25.")]
#[case(
    "SELECT * FROM Item WHERE Name = 'a' AND",
    4000,
    "QueryParserError: Encountered \"<EOF>\" at line 1, column 40."
)]
#[case(
    "SELECT * FROM Item LIMIT 5",
    4000,
    "QueryParserError: Encountered \" <IDENTIFIER> \"LIMIT \"\" at line 1, column 20."
)]
#[case("SELECT Name, FROM Item", 4000, "QueryParserError: Encountered \" \"from\" \"FROM \"\" at line 1, column 14.")]
#[case(
    "SELECT * FROM Item MAXRESULTS 'ten'",
    4000,
    "QueryParserError: Encountered \" <STRING> \"'ten' \"\" at line 1, column 31."
)]
#[case("SELECT * FROM Spaceship", 4001, "QueryValidationError: Entity Spaceship not found")]
#[case(
    "SELECT * FROM Item WHERE Colour = 'red'",
    4001,
    "QueryValidationError: Property Colour not found for Entity Item"
)]
#[case("SELECT * FROM Item WHERE ParentRef = '1'", 4001, "QueryValidationError: property 'ParentRef' is not queryable")]
#[case("SELECT * FROM Item WHERE QtyOnHand > '1'", 4001, "QueryValidationError: property 'QtyOnHand' is not queryable")]
#[case("SELECT * FROM Item WHERE UnitPrice > '1'", 4001, "QueryValidationError: property 'UnitPrice' is not queryable")]
#[case("SELECT * FROM Item ORDERBY Sku", 4001, "QueryValidationError: property 'Sku' is not queryable")]
#[case("SELECT ItemGroupDetail FROM Item", 4001, "QueryValidationError: property 'ItemGroupDetail' is not queryable")]
#[case("SELECT BillAddr.City FROM Customer", 4001, "QueryValidationError: property 'BillAddr.City' is not queryable")]
#[case("SELECT *, Colour FROM Item", 4001, "QueryValidationError: Property Colour not found for Entity Item")]
#[case("SELECT * FROM Item WHERE Id > '5'", 4001, "QueryValidationError: operator is not supported for property 'Id'")]
#[case(
    "SELECT * FROM Item WHERE Id LIKE '5%'",
    4001,
    "QueryValidationError: operator is not supported for property 'Id'"
)]
#[case(
    "SELECT * FROM Item WHERE Active = 'perhaps'",
    4001,
    "QueryValidationError: value 'perhaps' is not valid for property 'Active'"
)]
#[case("SELECT * FROM Item STARTPOSITION 0", 4001, "QueryValidationError: STARTPOSITION must be at least 1")]
#[tokio::test]
async fn a_statement_that_is_wrong_is_told_where_and_why(
    #[case] statement: &str,
    #[case] code: u32,
    #[case] detail: &str,
) {
    let (_service, company) = connected().await;
    let body = company.request(Method::POST, "query").header("Content-Type", "application/text");
    let found = fault(&answer(body.body(statement.to_owned())).await);
    assert_eq!((found.0, found.2.as_str()), (code, detail));
}

#[tokio::test]
async fn get_and_post_answer_alike_with_rows_position_and_count() {
    let (_service, company) = connected().await;
    let statement = "SELECT * FROM Item ORDERBY Id STARTPOSITION 11 MAXRESULTS 2";
    let got = company.query(statement).await;
    let post = company.request(Method::POST, "query?minorversion=75").header("Content-Type", "application/text");
    let (status, posted) = answer(post.body(statement)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(posted["QueryResponse"], got);
    assert_eq!(got["startPosition"], json!(11));
    assert_eq!(got["maxResults"], json!(2));
    let ids: Vec<&str> = got["Item"].as_array().expect("rows").iter().filter_map(|row| row["Id"].as_str()).collect();
    assert_eq!(ids, ["11", "12"]);
}

#[tokio::test]
async fn a_query_in_the_wrong_content_type_is_refused() {
    let (_service, company) = connected().await;
    let post = company.request(Method::POST, "query").header("Content-Type", "application/json");
    assert_eq!(fault(&answer(post.body("SELECT * FROM Item")).await).0, 1050);
}

#[tokio::test]
async fn an_empty_result_has_no_keys() {
    let (_service, company) = connected().await;
    assert_eq!(company.query("SELECT * FROM Item WHERE Name = 'nothing'").await, json!({}));
    assert_eq!(company.query("SELECT * FROM Item STARTPOSITION 1000").await, json!({}));
}

#[tokio::test]
async fn a_page_has_a_hundred_rows_unless_more_are_asked_for() {
    let (service, company) = connected().await;
    for number in 0..60 {
        let odd = json!({"command": "add-odd", "realm": "9341453920441001", "entity": "Item",
                         "record": {"Id": (5000 + number).to_string(), "Name": format!("odd {number}")}});
        service.control(odd).await;
    }
    assert_eq!(company.query("SELECT * FROM Item").await["maxResults"], json!(100));
    assert_eq!(company.query("SELECT * FROM Item MAXRESULTS 1000").await["maxResults"], json!(118));
    assert_eq!(company.query("SELECT * FROM Item MAXRESULTS 50 STARTPOSITION 101").await["maxResults"], json!(18));
}

#[rstest]
#[case("SELECT Name FROM Account WHERE AccountType = 'Equity' ORDERBY Name", &["Opening Balance Equity", "Owner's Draws", "Owner's Equity", "Retained Earnings"])]
#[case("SELECT Name FROM Account WHERE AccountType = 'Equity' ORDER BY Name DESC", &["Retained Earnings", "Owner's Equity", "Owner's Draws", "Opening Balance Equity"])]
#[case("SELECT Name FROM Account WHERE AccountType = 'Equity' ORDERBY Id ASC", &["Retained Earnings", "Opening Balance Equity", "Owner's Equity", "Owner's Draws"])]
#[case("SELECT Name FROM Account WHERE AccountType = 'Equity' ORDERBY Id DESC MAXRESULTS 2", &["Owner's Draws", "Owner's Equity"])]
#[tokio::test]
async fn rows_come_in_the_order_asked_for(#[case] statement: &str, #[case] names: &[&str]) {
    let (_service, company) = connected().await;
    assert_eq!(company.column(statement, "Account", "Name").await, names);
}

#[tokio::test]
async fn several_sort_keys_count_one_after_the_other() {
    let (_service, company) = connected().await;
    let statement =
        "SELECT Id, Type FROM Item WHERE Type IN ('Group', 'Service') ORDERBY Type DESC, Id DESC MAXRESULTS 8";
    let ids = company.column(statement, "Item", "Id").await;
    assert_eq!(ids, ["58", "57", "56", "55", "54", "53", "62", "61"]);
}

#[tokio::test]
async fn numbers_sort_as_numbers() {
    let (_service, company) = connected().await;
    let names = company.column("SELECT * FROM Item ORDERBY UnitPrice DESC MAXRESULTS 3", "Item", "Sku").await;
    assert_eq!(names, ["HBC-1", "SLD-140", "OT-1"]);
}

#[tokio::test]
async fn a_projection_gives_the_named_properties_the_id_and_the_mark_of_a_part() {
    let (_service, company) = connected().await;
    let found = company.query("SELECT Name, Sku, AssetAccountRef, MetaData.CreateTime FROM Item WHERE Id = '11'").await;
    let expected = json!([{"Id": "11", "Name": "Oak Table", "Sku": "OT-1", "domain": "QBO", "sparse": true,
        "AssetAccountRef": {"value": "81", "name": "Inventory Asset"},
        "MetaData": {"CreateTime": "2024-12-02T08:30:00-08:00", "LastUpdatedTime": "2024-12-02T08:30:00-08:00"}}]);
    assert_eq!(found["Item"], expected);
}

#[tokio::test]
async fn the_statement_of_a_common_client_is_understood() {
    let (_service, company) = connected().await;
    let found = company.query("SELECT *, Sku FROM Item ORDER BY Name STARTPOSITION 3 MAXRESULTS 1").await;
    assert_eq!(found["Item"][0]["sparse"], json!(false));
    assert_eq!(found["startPosition"], json!(3));
}

#[tokio::test]
async fn the_parsers_word_for_a_get_without_a_statement_is_also_4000() {
    let (_service, company) = connected().await;
    assert_eq!(fault(&company.get("query").await).0, 4000);
    assert_eq!(company.query_fault("nonsense").await.0, 4000);
}
