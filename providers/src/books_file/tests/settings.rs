//! The options: what is refused, by name.

use std::sync::Arc;

use rstest::rstest;

use super::{
    super::provider,
    support::{World, pairs},
};
use crate::{
    ErrorKind,
    model::CompanyChoice,
    testing::{Records, provider_settings},
};

#[rstest]
#[case::no_directory(&[], "`directory`")]
#[case::empty_directory(&[("directory", " ")], "`directory`")]
#[case::unknown_option(&[("directory", "/tmp"), ("folder", "/tmp")], "`folder`")]
#[case::unknown_syntax(&[("directory", "/tmp"), ("syntax", "ledger")], "`ledger`")]
fn a_wrong_option_is_refused_by_name(#[case] options: &[(&str, &str)], #[case] named: &str) {
    let mut settings = provider_settings(&url::Url::parse("http://127.0.0.1:9/").unwrap(), &[]);
    settings.options = pairs(options);
    let error = provider::build(&settings).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains(named), "{error}");
}

#[tokio::test]
async fn the_company_comes_from_its_file_or_else_from_the_options() {
    let world = World::new();
    let records = Arc::new(Records::default());
    let choice = world.provider.configured_company(records.clone()).await.unwrap();
    let name = Some("Cedar Bench Works".to_owned());
    assert_eq!(choice, CompanyChoice { external_id: "cedar".to_owned(), name });
    assert_eq!(records.all().len(), 1);
    let company = world.provider.company(&world.sitting.session).await.unwrap();
    assert_eq!(
        (company.home_currency.as_deref(), company.time_zone.as_deref()),
        (Some("USD"), Some("America/Chicago"))
    );

    let world = World::with(&[("name", "Other"), ("currency", "EUR")]);
    std::fs::remove_file(world.path("company.csv")).unwrap();
    let choice = world.provider.configured_company(Arc::new(Records::default())).await.unwrap();
    assert_eq!(choice, CompanyChoice { external_id: "books".to_owned(), name: Some("Other".to_owned()) });
}

#[rstest]
#[case::no_row("name,currency\n", "no row")]
#[case::no_column("name\nA\n", "line 1: column `currency`")]
#[case::bad_currency("name,currency\nA,dollar\n", "company.csv, line 2, column 2 (`currency`): `dollar`")]
#[case::bad_zone("name,currency,time_zone\nA,USD,Mars\n", "line 2, column 3 (`time_zone`): `Mars`")]
#[case::bad_day("name,currency,books_closed_until\nA,USD,31.12.2026\n", "line 2, column 3 (`books_closed_until`)")]
#[tokio::test]
async fn a_company_that_cannot_be_read_names_the_place(#[case] text: &str, #[case] named: &str) {
    let world = World::new();
    world.put("company.csv", text);
    let error = world.provider.configured_company(Arc::new(Records::default())).await.unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Misconfigured, "company.configured"));
    assert!(error.message.contains(named), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_names_the_option() {
    let world = World::new();
    let gone = world.path("nowhere").display().to_string();
    let world = World::with(&[("directory", &gone)]);
    let error = world.provider.configured_company(Arc::new(Records::default())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains(&gone) && error.message.contains("`directory`"), "{error}");
}

#[tokio::test]
async fn another_companys_session_is_refused_and_writes_nothing() {
    let mut world = World::new();
    world.sitting.session.company = "bakery".to_owned();
    let error = world.post(&super::support::draft("R-1", rust_decimal::dec!(5))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("`cedar`, not of `bakery`"), "{error}");
    assert_eq!(world.entries(), [""; 0]);
}
