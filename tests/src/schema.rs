//! Compares JSON with the schemas of the contract.

use serde_json::Value;

/// The contract, an OpenAPI 3.1 document.
#[derive(Debug)]
pub struct Contract {
    document: Value,
}

impl Contract {
    /// A contract from its JSON form.
    pub fn new(document: Value) -> Self {
        Self { document }
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every operation: path, method and its description.
    ///
    /// # Panics
    ///
    /// Where the document has no paths.
    pub fn operations(&self) -> Vec<(&str, &str, &Value)> {
        let paths = self.document["paths"].as_object().expect("paths");
        paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("a path item").iter();
                methods.map(|(method, operation)| (path.as_str(), method.as_str(), operation))
            })
            .filter(|(_, method, _)| matches!(*method, "get" | "put" | "post" | "delete" | "patch" | "head"))
            .collect()
    }

    /// What an operation says about a status, with references followed.
    pub fn response<'a>(&'a self, operation: &'a Value, status: u16) -> Option<&'a Value> {
        let responses = &operation["responses"];
        let found = responses.get(status.to_string()).or_else(|| responses.get("default"))?;
        Some(self.follow(found))
    }

    /// What stands at the end of a reference.
    ///
    /// # Panics
    ///
    /// Where it leads nowhere.
    pub fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').expect("a reference within the document");
            value = self.document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        }
        value
    }

    /// Everything in which a value differs from a schema. Keywords that our contract does not use are faults too, so
    /// that nothing passes because it was not understood.
    pub fn differences(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        self.compare(schema, value, "", &mut differences);
        differences
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, differences: &mut Vec<String>) {
        let schema = self.follow(schema);
        let Some(rules) = schema.as_object() else {
            if schema != &Value::Bool(true) {
                differences.push(format!("{at}: nothing is allowed here"));
            }
            return;
        };
        for (keyword, rule) in rules {
            match keyword.as_str() {
                "type" => {
                    let types: Vec<&str> = match rule {
                        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                        one => one.as_str().into_iter().collect(),
                    };
                    if !types.iter().any(|name| has_type(value, name)) {
                        differences.push(format!("{at}: {value} is not {types:?}"));
                        return;
                    }
                }
                "enum" => {
                    if !rule.as_array().is_some_and(|values| values.contains(value)) {
                        differences.push(format!("{at}: {value} is not one of {rule}"));
                    }
                }
                "const" if rule != value => {
                    differences.push(format!("{at}: {value} is not {rule}"));
                }
                "minimum" if number(value) < number(rule) => {
                    differences.push(format!("{at}: {value} < {rule}"));
                }
                "maximum" if number(value) > number(rule) => {
                    differences.push(format!("{at}: {value} > {rule}"));
                }
                "maxLength" | "minLength" | "maxItems" | "minItems" => {
                    let size = value
                        .as_array()
                        .map(Vec::len)
                        .or_else(|| value.as_str().map(|text| text.chars().count()));
                    let limit = rule.as_u64().and_then(|limit| usize::try_from(limit).ok());
                    let fits = match (size, limit) {
                        (Some(size), Some(limit)) if keyword.starts_with("max") => size <= limit,
                        (Some(size), Some(limit)) => size >= limit,
                        _ => true,
                    };
                    if !fits {
                        differences.push(format!("{at}: {keyword} {rule} against {value}"));
                    }
                }
                "required" => {
                    for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        if value.is_object() && value.get(name).is_none() {
                            differences.push(format!("{at}: no {name}"));
                        }
                    }
                }
                "properties" => {
                    for (name, part) in rule.as_object().into_iter().flatten() {
                        if let Some(inner) = value.get(name) {
                            self.compare(part, inner, &format!("{at}/{name}"), differences);
                        }
                    }
                }
                "additionalProperties" => {
                    let known = rules.get("properties").and_then(Value::as_object);
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        if !known.is_some_and(|known| known.contains_key(name)) {
                            self.compare(rule, inner, &format!("{at}/{name}"), differences);
                        }
                    }
                }
                "items" => {
                    for (place, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.compare(rule, inner, &format!("{at}/{place}"), differences);
                    }
                }
                "oneOf" | "anyOf" => {
                    let choices = rule.as_array().map(Vec::as_slice).unwrap_or_default();
                    if !choices.iter().any(|choice| self.differences(choice, value).is_empty()) {
                        differences.push(format!("{at}: {value} is none of {rule}"));
                    }
                }
                "allOf" => {
                    for part in rule.as_array().into_iter().flatten() {
                        self.compare(part, value, at, differences);
                    }
                }
                "const" | "minimum" | "maximum" | "description" | "example" | "examples" | "format"
                | "title" | "default" | "deprecated" | "propertyNames" | "pattern" => {}
                other => differences
                    .push(format!("{at}: the contract uses {other}, which this test does not know")),
            }
        }
        // An answer has nothing that the contract does not tell.
        if let (Some(known), Some(object)) =
            (rules.get("properties").and_then(Value::as_object), value.as_object())
            && !rules.contains_key("additionalProperties")
        {
            for name in object.keys().filter(|name| !known.contains_key(*name)) {
                differences.push(format!("{at}: {name} is not in the contract"));
            }
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => false,
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
