//! The committed OpenAPI document is the one that the handlers make: the
//! TypeScript client is generated from it. UPDATE=1 rewrites it.

use std::path::Path;

#[test]
fn the_committed_document_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let made = trunkline::http::openapi_json();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("write web/openapi.json");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "web/openapi.json is stale: run this test with UPDATE=1 and review the change"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_how_it_fails() {
    let document: serde_json::Value = serde_json::from_str(&trunkline::http::openapi_json()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = std::collections::HashSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in operations.as_object().expect("operations") {
            let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
            assert!(!name.is_empty() && names.insert(name.clone()), "{method} {path}: {name:?}");
            let said = operation["responses"].as_object().expect("responses");
            let fails = said.keys().any(|status| status.starts_with(['4', '5']));
            assert!(fails, "{method} {path} names no way to fail");
            let what = operation["summary"].as_str().or(operation["description"].as_str());
            assert!(what.is_some_and(|text| !text.is_empty()), "{method} {path} says nothing of itself");
        }
    }
}
