use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use motcua_http::{QueryParams, QueryReader, Site};

use super::*;

fn contract() -> Value {
    serde_json::to_value(openapi()).expect("serialises")
}

fn operations(contract: &Value) -> Vec<(String, Value)> {
    let paths = contract["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods");
            methods.iter().map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
        })
        .collect()
}

/// The parameters of an operation; a shared one is described once.
fn parameters<'a>(contract: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    let parameters = operation["parameters"].as_array().expect("parameters").iter();
    parameters.map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => contract.pointer(reference.trim_start_matches('#')).expect("a target"),
        None => parameter,
    })
}

#[test]
fn every_operation_is_described_completely() {
    let contract = contract();
    let operations = operations(&contract);
    assert_eq!(operations.len(), 23);
    for (name, operation) in &operations {
        for member in ["summary", "description", "operationId"] {
            assert!(operation[member].as_str().is_some_and(|text| text.len() > 8), "{name} has no {member}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        for parameter in parameters(&contract, operation) {
            assert!(
                parameter["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {parameter}"
            );
            let is_cursor = parameter["name"] == "cursor";
            let has_example = parameter.get("example").is_some();
            assert!(is_cursor || has_example, "{name}: no example: {parameter}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses["200"]["content"]["application/json"]["example"]["items"].is_array()
                || responses["200"]["content"]["application/json"]["example"]["as_of"].is_string(),
            "{name}"
        );
        for status in ["304", "400", "405", "409", "413", "414", "431", "500", "503", "504"] {
            assert!(responses.contains_key(status), "{name} does not document {status}");
        }
        assert_eq!(responses.contains_key("404"), name.contains('{'), "{name}");
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content["example"]["status"].to_string(), *status, "{name}");
            assert!(content["schema"]["$ref"].is_string(), "{name} {status}");
        }
    }
}

#[test]
fn operation_ids_and_schema_names_are_unique() {
    let contract = contract();
    let operations = operations(&contract);
    let ids: BTreeSet<_> =
        operations.iter().map(|(_, operation)| operation["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations.len());
    // Two types with one schema name overwrite each other silently, so the names are counted in the sources.
    let schemas = contract["components"]["schemas"].as_object().expect("schemas");
    let declared = declared_schemas();
    let unique: BTreeSet<_> = declared.iter().collect();
    assert_eq!(unique.len(), declared.len(), "a schema name is declared twice");
    for name in &declared {
        assert!(schemas.contains_key(name), "{name} is declared and not in the contract");
    }
}

fn read_sources(dir: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("a folder of this crate") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_sources(&path, sources);
        } else {
            sources.push(fs::read_to_string(&path).expect("a text file"));
        }
    }
}

/// Names of the types of this crate that derive a schema.
fn declared_schemas() -> Vec<String> {
    let mut sources = Vec::new();
    read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let mut names = Vec::new();
    for source in &sources {
        let mut lines = source.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("#[derive(") && line.contains("ToSchema") {
                let declaration =
                    lines.find(|line| line.contains("struct ")).expect("a struct after its derive");
                let after = declaration.split("struct ").nth(1).expect("a name");
                names.push(after.split(' ').next().expect("a name").to_owned());
            }
        }
    }
    assert!(names.len() > 30);
    names
}

#[test]
fn every_reference_leads_somewhere() {
    let contract = contract();
    let text = contract.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let target = reference.split('"').next().expect("a target").trim_start_matches('#');
        assert!(contract.pointer(target).is_some(), "{target} does not exist");
    }
}

#[test]
fn documented_parameters_are_the_ones_that_are_read() {
    fn known<T: QueryParams>() -> BTreeSet<&'static str> {
        let mut reader = QueryReader::new(&SITE, "/", &[]);
        T::read(&mut reader);
        reader.known().iter().copied().collect()
    }
    static SITE: std::sync::LazyLock<Site> = std::sync::LazyLock::new(|| Site::new("test"));
    let read = [
        ("search_procedures", known::<crate::procedure::search::SearchProceduresParams>()),
        ("find_procedure", known::<crate::procedure::find::FindProcedureParams>()),
        ("list_availability", known::<crate::procedure::availability::ListAvailabilityParams>()),
        ("list_centres", known::<crate::centre::list::ListCentresParams>()),
        ("find_centre", known::<crate::centre::find::FindCentreParams>()),
        ("list_centre_procedures", known::<crate::centre::procedures::ListCentreProceduresParams>()),
        ("list_units", known::<crate::unit::list::ListUnitsParams>()),
        ("find_unit", known::<crate::unit::find::FindUnitParams>()),
        ("resolve_place", known::<crate::unit::resolve::ResolvePlaceParams>()),
        ("list_fields", known::<crate::field::ListFieldsParams>()),
        ("suggest_queries", known::<crate::suggest::SuggestParams>()),
        ("list_schemes", known::<crate::scheme::ListSchemesParams>()),
        ("list_procedure_revisions", known::<crate::parameter::RevisionParams>()),
        ("list_centre_revisions", known::<crate::parameter::RevisionParams>()),
        ("list_unit_revisions", known::<crate::parameter::RevisionParams>()),
        (
            "list_availability_revisions",
            known::<crate::procedure::availability_revisions::AvailabilityRevisionParams>(),
        ),
        ("list_centre_figures", known::<crate::centre::figures::ListCentreFiguresParams>()),
        ("show_statistics", known::<crate::statistics::overview::ShowStatisticsParams>()),
        ("list_statistics_series", known::<crate::statistics::series::ListStatisticsSeriesParams>()),
        ("list_indicators", known::<crate::statistics::indicator::ListIndicatorsParams>()),
        ("list_quick_wins", known::<crate::statistics::quick_wins::ListQuickWinsParams>()),
        ("list_ways", known::<crate::procedure::ways::ListWaysParams>()),
        ("map_levels", known::<crate::procedure::map::MapLevelsParams>()),
    ];
    let contract = contract();
    let operations = operations(&contract);
    for (id, read) in &read {
        let (_, operation) =
            operations.iter().find(|(_, operation)| operation["operationId"] == *id).expect("there");
        let documented: BTreeSet<&str> = parameters(&contract, operation)
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        // The one that is read before any operation is the same for all of them.
        let mut read = read.clone();
        read.insert("after");
        assert_eq!(read, documented, "{id}");
    }
    assert_eq!(read.len(), operations.len());
}

#[test]
fn the_checked_in_contract_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.yaml");
    let checked_in = std::fs::read_to_string(file).unwrap_or_default();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(file, openapi_yaml()).expect("writes the contract");
        return;
    }
    assert!(
        checked_in == openapi_yaml(),
        "openapi.yaml is not what the code says: `motcua openapi > openapi.yaml`"
    );
}
