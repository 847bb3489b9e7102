//! How two or three states of a record differ, member by member.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A member of a record that differs, by its path: `details.steps`. A state that lacks it has none.
#[derive(Debug, PartialEq)]
pub(super) struct Differing<const N: usize> {
    pub(super) member: String,
    pub(super) values: [Option<Value>; N],
}

/// The members in which states of a record differ, in the order of the alphabet. The parts of lists are members as well,
/// `sites[0].phones`, where all states have the same number of them; otherwise the list is one as a whole.
pub(super) fn differing<const N: usize>(states: [Option<&Value>; N]) -> Vec<Differing<N>> {
    let members: [BTreeMap<String, &Value>; N] = states.map(|state| {
        let mut members = BTreeMap::new();
        if let Some(state) = state {
            collect("", state, &states, &mut members);
        }
        members
    });
    let names: BTreeSet<&String> = members.iter().flat_map(BTreeMap::keys).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let values: [Option<Value>; N] =
                std::array::from_fn(|state| members.get(state)?.get(name).map(|value| (*value).clone()));
            let is_same = values.windows(2).all(|pair| pair.first() == pair.last());
            (!is_same).then(|| Differing { member: name.clone(), values })
        })
        .collect()
}

fn collect<'a, const N: usize>(
    path: &str,
    value: &'a Value,
    states: &[Option<&Value>; N],
    members: &mut BTreeMap<String, &'a Value>,
) {
    match value {
        Value::Object(parts) if !parts.is_empty() => {
            for (name, part) in parts {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(&path, part, &states.map(|state| state?.get(name)), members);
            }
        }
        Value::Array(parts)
            if states.iter().all(|state| {
                state.and_then(Value::as_array).is_some_and(|others| {
                    others.len() == parts.len()
                        && others.iter().all(|part| part.is_object() || part.is_array())
                })
            }) && !parts.is_empty() =>
        {
            for (place, part) in parts.iter().enumerate() {
                let path = format!("{path}[{place}]");
                collect(&path, part, &states.map(|state| state?.get(place)), members);
            }
        }
        value => {
            members.insert(path.to_owned(), value);
        }
    }
}

/// So many characters of a value are shown.
const SHOWN: usize = 200;

/// A value in a line.
pub(super) fn short(value: Option<&Value>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_are_compared_member_by_member() {
        let before = json!({"name": "a", "details": {"steps": [1], "kind": "x"}, "tiers": []});
        let after = json!({"name": "b", "details": {"steps": [1, 2], "kind": "x"}, "note": null});
        let found = differing([Some(&before), Some(&after)]);
        let names: Vec<&str> = found.iter().map(|one| one.member.as_str()).collect();
        assert_eq!(names, ["details.steps", "name", "note", "tiers"]);
        assert_eq!(found[0].values, [Some(json!([1])), Some(json!([1, 2]))]);
        assert_eq!(found[2].values, [None, Some(Value::Null)]);
        assert!(differing([Some(&before), Some(&before)]).is_empty());
        // A new record differs in everything that it says.
        assert_eq!(differing([None, Some(&before)]).len(), 4);
    }

    #[test]
    fn what_changes_within_a_long_list_is_named_by_its_place() {
        let site = |phone: &str| json!({"address": "x".repeat(300), "phones": [phone]});
        let (before, after) =
            (json!({"sites": [site("1"), site("2")]}), json!({"sites": [site("1"), site("3")]}));
        let found = differing([Some(&before), Some(&after)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].member, "sites[1].phones");
        assert_eq!(found[0].values, [Some(json!(["2"])), Some(json!(["3"]))]);
        // With a part more it is the list that changes.
        let more = json!({"sites": [site("1"), site("2"), site("3")]});
        assert_eq!(differing([Some(&before), Some(&more)])[0].member, "sites");
    }

    #[test]
    fn of_three_states_everything_is_told_in_which_any_two_differ() {
        let (base, theirs, mine) = (
            json!({"a": 1, "b": 1, "c": 1}),
            json!({"a": 2, "b": 1, "c": 1}),
            json!({"a": 1, "b": 3, "c": 1}),
        );
        let found = differing([Some(&base), Some(&theirs), Some(&mine)]);
        let names: Vec<&str> = found.iter().map(|one| one.member.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn a_long_value_is_cut_between_letters() {
        let long = json!("đ".repeat(500));
        let text = short(Some(&long));
        assert!(text.ends_with("đ…") && text.chars().count() == SHOWN + 1, "{text}");
        assert_eq!((short(None).as_str(), short(Some(&json!("a"))).as_str()), ("–", "\"a\""));
    }
}
