//! The schema as a contract: printed, described, and its codes explained.

use domain::ErrorCode;
use serde_json::Value;
use stockbridge_tests::{Outcome, Store, TestDatabase, World, on, source::root};

#[test]
fn the_printed_schema_is_the_one_in_the_repository() {
    let kept = std::fs::read_to_string(root().join("schema.graphql")).expect("schema.graphql");
    let printed = stockbridge::app::sdl();
    let differing = kept.lines().zip(printed.lines()).position(|(kept, printed)| kept.trim_end() != printed.trim_end());
    let same = kept.trim_end() == printed.trim_end();
    assert!(same, "schema.graphql differs from line {differing:?} on; run `make schema` and look at the difference");
}

#[test]
fn every_refusal_is_explained() {
    let page = std::fs::read_to_string(root().join("docs/API.md")).expect("docs/API.md");
    for code in ErrorCode::ALL {
        let named = page.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{}`", code.as_str())));
        assert!(named, "docs/API.md does not explain {}", code.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_in_the_schema_has_a_description() {
    on(Store::Sqlite, described).await;
}

async fn described(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let query = "{ __schema { types { name description fields(includeDeprecated: true) { name description args { name \
                 description } } inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";
    let data = world.owner().data(query, Value::Null).await?;
    let mut missing = Vec::new();
    let types = data["__schema"]["types"].as_array().unwrap();
    // The specification's own types are not ours to describe.
    let ours = |kind: &&Value| kind["name"].as_str().is_some_and(|name| name != "ID" && !name.starts_with("__"));
    for kind in types.iter().filter(ours) {
        look(kind, kind["name"].as_str().unwrap(), &mut missing);
    }
    assert_eq!(missing, [""; 0]);
    assert!(types.len() > 60);
    Ok(())
}

/// Notes whatever has no description, and looks at its parts.
fn look(part: &Value, path: &str, missing: &mut Vec<String>) {
    if part["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
        missing.push(path.to_owned());
    }
    for parts in ["fields", "args", "inputFields", "enumValues"] {
        for inner in part[parts].as_array().into_iter().flatten() {
            look(inner, &format!("{path}.{}", inner["name"].as_str().unwrap_or_default()), missing);
        }
    }
}
