//! The root of a JSON feed, read with bounded memory.
//!
//! A JSON value takes up to forty times the room of its text, so only the fields that are read are
//! kept, only as many items as the limit allows, and of a monster only a part.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Most values kept of one document.
const MAX_VALUES: usize = 400_000;

/// Fields of the root that are read.
const FIELDS: &[&str] = &[
    "title",
    "home_page_url",
    "feed_url",
    "language",
    "hubs",
    "next_url",
    "authors",
    "author",
];

/// What is kept of a document.
#[derive(Debug, Default)]
pub(super) struct Root {
    pub(super) fields: Map<String, Value>,
    /// `None` when there are no `items`: no feed.
    pub(super) items: Option<Vec<Value>>,
    pub(super) n_items_beyond: usize,
}

/// Reads a root with at most `max_items` items.
///
/// # Errors
/// When the text is no JSON.
pub(super) fn read_root(text: &str, max_items: usize) -> Result<Root, serde_json::Error> {
    let left = Cell::new(MAX_VALUES);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let root = RootSeed {
        max_items,
        left: &left,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(root)
}

#[derive(Clone, Copy)]
struct RootSeed<'c> {
    max_items: usize,
    left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for RootSeed<'_> {
    type Value = Root;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Root, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RootSeed<'_> {
    type Value = Root;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root, A::Error> {
        let mut root = Root::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                let items = map.next_value_seed(ItemsSeed(self))?;
                root.n_items_beyond = items.n_beyond;
                root.items = items.kept.or(root.items);
            } else if FIELDS.contains(&key.as_str()) {
                let value = map.next_value_seed(ValueSeed { left: self.left })?;
                root.fields.insert(key, value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(root)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Root, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Root::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Root, E> {
        Ok(Root::default())
    }
}

struct Items {
    /// `None` when the value is no list.
    kept: Option<Vec<Value>>,
    n_beyond: usize,
}

struct ItemsSeed<'c>(RootSeed<'c>);

impl<'de> DeserializeSeed<'de> for ItemsSeed<'_> {
    type Value = Items;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Items, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed<'_> {
    type Value = Items;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
        let mut kept = Vec::new();
        let mut n_beyond = 0;
        loop {
            if kept.len() < self.0.max_items {
                let Some(item) = list.next_element_seed(ValueSeed { left: self.0.left })? else {
                    break;
                };
                kept.push(item);
            } else if list.next_element::<IgnoredAny>()?.is_some() {
                n_beyond += 1;
            } else {
                break;
            }
        }
        Ok(Items {
            kept: Some(kept),
            n_beyond,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items {
            kept: None,
            n_beyond: 0,
        })
    }

    fn visit_unit<E>(self) -> Result<Items, E> {
        Ok(Items {
            kept: None,
            n_beyond: 0,
        })
    }
}

/// A value; what passes the number of values left is read and forgotten. The JSON parser bounds
/// the recursion.
#[derive(Clone, Copy)]
struct ValueSeed<'c> {
    left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get();
        if left == 0 {
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Value::Null);
        }
        self.left.set(left - 1);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while self.left.get() > 0 {
            match list.next_element_seed(self)? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while self.left.get() > 0 {
            let Some(key) = map.next_key::<String>()? else {
                return Ok(Value::Object(values));
            };
            let value = map.next_value_seed(self)?;
            values.insert(key, value);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_is_kept() {
        let root = read_root(
            "{\"title\":\"t\",\"x\":[1,2],\"items\":[{\"id\":1},null,3,{\"id\":4}]}",
            2,
        )
        .unwrap();
        assert_eq!(root.fields.len(), 1);
        assert_eq!(root.items.map(|items| items.len()), Some(2));
        assert_eq!(root.n_items_beyond, 2);
    }

    #[test]
    fn other_roots_have_no_items() {
        for text in ["[1]", "\"x\"", "{}", "{\"items\":{}}", "{\"items\":null}"] {
            assert!(read_root(text, 2).unwrap().items.is_none(), "{text}");
        }
        assert!(read_root("{\"items\":[}", 2).is_err());
    }

    #[test]
    fn values_are_bounded() {
        let text = format!("{{\"items\":[[{}]]}}", vec!["1"; MAX_VALUES * 2].join(","));
        let root = read_root(&text, 2).unwrap();
        let kept = root.items.unwrap().pop().unwrap();
        assert_eq!(kept.as_array().map(Vec::len), Some(MAX_VALUES - 1));
    }
}
