//! JSON-LD: what a page's schema.org blocks say of its article.

use std::collections::HashMap;

use serde_json::Value;

use super::facts::plain;

/// Values looked at in one page's JSON-LD; real pages stay far below.
const MAX_VALUES: usize = 20_000;

/// Objects about articles or publishers that are kept.
const MAX_ARTICLES: usize = 200;

/// A name with what kind of thing it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LdName {
    pub(super) name: String,
    pub(super) is_organization: bool,
}

/// One object that describes an article or its page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LdArticle {
    /// `@type`, lower case.
    pub(super) kind: String,
    /// 3 an article, 2 another work with text, 1 the page around it.
    pub(super) rank: u8,
    /// It stands in a list of works.
    pub(super) is_listed: bool,
    pub(super) url: Option<String>,
    pub(super) headline: Option<String>,
    pub(super) name: Option<String>,
    pub(super) alternative: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) authors: Vec<LdName>,
    pub(super) description: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) image: Option<String>,
    pub(super) language: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) is_free: Option<bool>,
    /// `articleBody` as it stands there, which may be HTML.
    pub(super) body: Option<String>,
}

/// What all blocks of a page say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ld {
    /// Best first.
    pub(super) articles: Vec<LdArticle>,
    /// Names of organisations and sites that publish.
    pub(super) publishers: Vec<String>,
}

/// Reads every block; what cannot be mended is left out.
pub(super) fn read(blocks: &[&str]) -> Ld {
    let values: Vec<Value> = blocks
        .iter()
        .flat_map(|block| super::json::values(block))
        .collect();
    let mut found = Ld::default();
    let names = names_by_id(&values);
    let mut n_publishers = 0;
    visit(&values, |object, is_listed| {
        let kind = kind(object);
        if matches!(
            kind.as_str(),
            "organization" | "newsmediaorganization" | "website" | "corporation" | "localbusiness"
        ) {
            let name = text(object.get("name"));
            found
                .publishers
                .extend(name.filter(|_| n_publishers < MAX_ARTICLES));
            n_publishers += 1;
        }
        let rank = rank(&kind);
        if rank > 0 && found.articles.len() < MAX_ARTICLES {
            found
                .articles
                .push(article(object, kind, rank, is_listed, &names));
        }
    });
    found
        .articles
        .sort_by_key(|article| (article.is_listed, std::cmp::Reverse(article.rank)));
    found.publishers.extend(
        found
            .articles
            .iter()
            .filter_map(|article| article.publisher.clone()),
    );
    found
}

type Object = serde_json::Map<String, Value>;

/// Every object, each list's members after it, without recursion.
fn visit(values: &[Value], mut see: impl FnMut(&Object, bool)) {
    let mut stack: Vec<(&Value, bool)> = values.iter().rev().map(|value| (value, false)).collect();
    let mut seen = 0;
    while let Some((value, is_listed)) = stack.pop() {
        seen += 1;
        if seen > MAX_VALUES {
            return;
        }
        match value {
            Value::Array(items) => stack.extend(items.iter().rev().map(|item| (item, is_listed))),
            Value::Object(object) => {
                see(object, is_listed);
                for (key, value) in object {
                    if matches!(value, Value::Array(_) | Value::Object(_)) {
                        stack.push((value, is_listed || is_list_key(key)));
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn is_list_key(key: &str) -> bool {
    matches!(
        key,
        "itemListElement"
            | "hasPart"
            | "blogPost"
            | "blogPosts"
            | "relatedLink"
            | "isRelatedTo"
            | "comment"
            | "comments"
            | "review"
            | "mentions"
            | "citation"
            | "isBasedOn"
            | "workExample"
            | "subjectOf"
            | "liveBlogUpdate"
            | "video"
            | "isPartOf"
    )
}

fn names_by_id(values: &[Value]) -> HashMap<String, LdName> {
    let mut names = HashMap::new();
    visit(values, |object, _| {
        if let Some(Value::String(id)) = object.get("@id")
            && let Some(name) = text(object.get("name"))
        {
            let is_organization = is_organization(&kind(object));
            names.entry(id.clone()).or_insert(LdName {
                name,
                is_organization,
            });
        }
    });
    names
}

fn is_organization(kind: &str) -> bool {
    kind.contains("organization")
        || matches!(kind, "corporation" | "website" | "brand" | "localbusiness")
}

/// The most telling of an object's types, lower case, without a vocabulary's address.
fn kind(object: &Object) -> String {
    let value = object.get("@type").or_else(|| object.get("type"));
    let names: Vec<&str> = match value {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    names
        .iter()
        .map(|name| {
            let bare = name.rsplit(['/', '#', ':']).next().unwrap_or_default();
            bare.trim().to_ascii_lowercase()
        })
        .max_by_key(|name| rank(name))
        .unwrap_or_default()
}

fn rank(kind: &str) -> u8 {
    match kind {
        "article"
        | "newsarticle"
        | "blogposting"
        | "report"
        | "reportagenewsarticle"
        | "analysisnewsarticle"
        | "opinionnewsarticle"
        | "backgroundnewsarticle"
        | "reviewnewsarticle"
        | "asktpublicnewsarticle"
        | "askpublicnewsarticle"
        | "advertisercontentarticle"
        | "satiricalarticle"
        | "scholarlyarticle"
        | "techarticle"
        | "medicalscholarlyarticle"
        | "liveblogposting"
        | "socialmediaposting"
        | "discussionforumposting"
        | "mediaarticle"
        | "posting" => 3,
        "creativework" | "howto" | "recipe" | "review" | "criticreview" | "apireference"
        | "claimreview" | "medicalwebpage" | "guide" | "chapter" | "learningresource"
        | "course" | "qapage" => 2,
        "webpage" | "itempage" | "collectionpage" | "faqpage" | "aboutpage" | "videoobject"
        | "profilepage" => 1,
        _ => 0,
    }
}

fn article(
    object: &Object,
    kind: String,
    rank: u8,
    is_listed: bool,
    names: &HashMap<String, LdName>,
) -> LdArticle {
    let first = |keys: &[&str]| keys.iter().find_map(|key| text(object.get(*key)));
    let mut authors = Vec::new();
    for key in ["author", "authors", "creator"] {
        if authors.is_empty() {
            authors = people(object.get(key), names);
        }
    }
    LdArticle {
        rank: if kind == "videoobject" { 1 } else { rank },
        kind,
        is_listed,
        url: first(&["url", "mainEntityOfPage", "@id"]),
        headline: first(&["headline"]),
        name: first(&["name"]),
        alternative: first(&["alternativeHeadline", "alternateName"]),
        published: first(&[
            "datePublished",
            "dateCreated",
            "uploadDate",
            "datepublished",
        ]),
        modified: first(&["dateModified", "datemodified"]),
        authors,
        description: first(&["description", "abstract"]),
        keywords: list(object.get("keywords")),
        image: first(&["image", "thumbnailUrl"]),
        language: first(&["inLanguage"]),
        publisher: first(&["publisher", "sourceOrganization", "provider"]),
        is_free: object.get("isAccessibleForFree").and_then(boolean),
        body: object
            .get("articleBody")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Null | Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// A value as one plain line: a text, a number, the first of a list, an object's name or address.
fn text(value: Option<&Value>) -> Option<String> {
    let mut value = value?;
    // Lists and objects nest a little; more is nobody's.
    for _ in 0..4 {
        match value {
            Value::String(text) => {
                let line = plain(text);
                return Some(line).filter(|line| !line.is_empty());
            }
            Value::Number(number) => return Some(number.to_string()),
            Value::Array(items) => value = items.first()?,
            Value::Object(object) => {
                value = ["name", "@value", "url", "contentUrl", "@id"]
                    .iter()
                    .find_map(|key| object.get(*key))?;
            }
            Value::Null | Value::Bool(_) => return None,
        }
    }
    None
}

/// Keywords: a list, or one text with commas.
fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(|item| text(Some(item))).collect(),
        Some(Value::String(_)) => text(value)
            .map(|line| {
                line.split([',', ';'])
                    .map(|part| part.trim().to_owned())
                    .collect()
            })
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Authors in all their shapes, in order.
fn people(value: Option<&Value>, names: &HashMap<String, LdName>) -> Vec<LdName> {
    let mut found = Vec::new();
    let mut stack: Vec<&Value> = value.into_iter().collect();
    while let Some(value) = stack.pop() {
        if found.len() >= 50 {
            break;
        }
        match value {
            Value::Array(items) => stack.extend(items.iter().rev().take(50)),
            Value::String(_) => found.extend(text(Some(value)).map(|name| LdName {
                name,
                is_organization: false,
            })),
            Value::Object(object) => found.extend(person(object, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

fn person(object: &Object, names: &HashMap<String, LdName>) -> Vec<LdName> {
    let is_organization = is_organization(&kind(object));
    let given = match object.get("name") {
        Some(Value::Array(items)) => items.iter().filter_map(|item| text(Some(item))).collect(),
        Some(Value::Object(inner)) => text(inner.get("name")).into_iter().collect(),
        Some(other) => text(Some(other)).into_iter().collect(),
        None => Vec::new(),
    };
    if !given.is_empty() {
        return given
            .into_iter()
            .map(|name| LdName {
                name,
                is_organization,
            })
            .collect();
    }
    let parts: Vec<String> = ["givenName", "familyName"]
        .iter()
        .filter_map(|key| text(object.get(*key)))
        .collect();
    if !parts.is_empty() {
        return vec![LdName {
            name: parts.join(" "),
            is_organization,
        }];
    }
    object
        .get("@id")
        .and_then(Value::as_str)
        .and_then(|id| names.get(id))
        .cloned()
        .into_iter()
        .collect()
}
