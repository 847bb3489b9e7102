//! Walking lists to their end.

use serde_json::Value;

use crate::server::Server;

/// Reads every page of a list and returns all items; checks the form of each page on the way.
///
/// # Panics
///
/// Where a page is not what a list must be.
pub async fn whole_list(server: &Server, path: &str, parameters: &[(&str, &str)]) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..2_000 {
        let mut asked = parameters.to_vec();
        if let Some(cursor) = &cursor {
            asked.push(("cursor", cursor));
        }
        let page = server.query(path, &asked).await.is(200).json();
        let Some(new) = page["items"].as_array() else { panic!("{path}: no items in {page}") };
        assert!(page["page"].is_object(), "{path}: no page in {page}");
        items.extend(new.iter().cloned());
        match page["page"]["next_cursor"].as_str() {
            Some(next) => {
                assert!(!new.is_empty(), "{path}: an empty page with a next one");
                cursor = Some(next.to_owned());
            }
            None => {
                assert_eq!(
                    page["page"]["total"].as_u64(),
                    u64::try_from(items.len()).ok(),
                    "{path}: {parameters:?}"
                );
                return items;
            }
        }
    }
    panic!("{path}: the list does not end");
}

/// Panics where two items have the same value at a key, and returns all values in order.
#[track_caller]
pub fn distinct<'a>(items: &'a [Value], key: &str) -> Vec<&'a str> {
    let values: Vec<&str> =
        items.iter().map(|item| item[key].as_str().unwrap_or_else(|| panic!("no {key} in {item}"))).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        assert_ne!(pair[0], pair[1], "twice in the list");
    }
    values
}
