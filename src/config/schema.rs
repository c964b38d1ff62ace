//! The JSON Schema of the file.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use super::keys::{FILE, Key, Kind};

/// The JSON Schema (2020-12) of the configuration file, from the table of keys that reading goes by.
pub fn schema() -> Schema {
    let properties = properties(FILE);
    json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "feedmill.toml",
        "description": "Configuration of feedmill",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn properties(keys: &[Key]) -> Map<String, Value> {
    keys.iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect()
}

fn property(key: &Key) -> Value {
    let mut value = shape(key.kind);
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), key.meaning.into());
        if let Some(default) = key.default {
            object.insert("default".to_owned(), default_value(key.kind, default));
        }
    }
    value
}

fn default_value(kind: Kind, default: &str) -> Value {
    match kind {
        Kind::Flag => Value::from(default == "true"),
        Kind::Count | Kind::Size => default
            .parse::<u64>()
            .map_or_else(|_| default.into(), Value::from),
        Kind::Text
        | Kind::Texts
        | Kind::TextOrTexts
        | Kind::Duration
        | Kind::Durations
        | Kind::Word(_)
        | Kind::KeepRaw
        | Kind::Span
        | Kind::Headers
        | Kind::Folders
        | Kind::Table(_)
        | Kind::Tables(_) => default.into(),
    }
}

fn shape(kind: Kind) -> Value {
    const DURATION: &str = "^[0-9]+(ms|s|m|h|d)$";
    let duration = || json!({ "type": "string", "pattern": DURATION });
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::TextOrTexts => json!({ "oneOf": [shape(Kind::Text), shape(Kind::Texts)] }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Duration => duration(),
        Kind::Durations => {
            json!({ "oneOf": [duration(), { "type": "array", "items": duration() }] })
        }
        Kind::Size => json!({ "oneOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^[0-9]+(B|kB|KB|MB|GB|KiB|MiB|GiB)?$" },
        ] }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::KeepRaw => json!({ "oneOf": [{ "enum": ["none", "forever"] }, duration()] }),
        Kind::Span => json!({ "oneOf": [{ "enum": ["forever"] }, duration()] }),
        Kind::Headers => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Folders => {
            let folder = shape(Kind::TextOrTexts);
            json!({ "oneOf": [shape(Kind::Text), { "type": "array", "items": folder }] })
        }
        Kind::Table(keys) => table(keys),
        Kind::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
    }
}

fn table(keys: &[Key]) -> Value {
    let required: Vec<&str> = keys
        .iter()
        .map(|key| key.name)
        .filter(|name| matches!(*name, "url" | "path"))
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties(keys),
        "required": required,
    })
}
