//! Edits of a configuration file's text that keep comments, order and form.

use toml_edit::{DocumentMut, Item, TableLike, value};

use crate::text::clean_line;
use crate::url::{canonical_url, match_form, typed_url};

/// A feed to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFeed {
    /// Address.
    pub url: String,
    /// Unique name.
    pub name: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
}

/// A feed to add with what a subscription list says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedFeed {
    /// The feed.
    pub feed: NewFeed,
    /// Its folders, each as its path, outermost name first.
    pub folders: Vec<Vec<String>>,
    /// Its further attributes.
    pub opml: Vec<(String, String)>,
}

/// A folder of a subscription list to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFolder {
    /// Its names, outermost first.
    pub path: Vec<String>,
    /// Its attributes.
    pub opml: Vec<(String, String)>,
}

/// Why a text was not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The text is no TOML.
    #[error("cannot edit the configuration: {message}")]
    Syntax {
        /// What the parser says, with line and column.
        message: String,
    },
    /// No feed of that name or address.
    #[error("cannot find feed `{key}` in the configuration file")]
    NotFound {
        /// Name or address as given.
        key: String,
    },
    /// Another feed has the name.
    #[error("cannot name the feed `{name}`: another feed has that name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The feed is there already.
    #[error("cannot add feed `{url}`: it is configured already")]
    Known {
        /// Its address.
        url: String,
    },
}

impl EditError {
    /// The way out.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Syntax { .. } => "`feedmill config check` says where; mend it by hand",
            Self::NotFound { .. } => {
                "`feedmill feeds list` shows the feeds; one that stands in an included file is changed there"
            }
            Self::NameTaken { .. } => "choose another name",
            Self::Known { .. } => "`feedmill feeds list` shows it",
        };
        Some(hint.to_owned())
    }
}

/// The text with one more feed at its end.
///
/// # Errors
/// The text is no TOML, or has the feed or its name already.
pub fn add_feed(text: &str, feed: &NewFeed) -> Result<String, EditError> {
    add_feeds(text, std::slice::from_ref(feed))
}

/// The text with more feeds at its end.
///
/// # Errors
/// The text is no TOML, or has one of the feeds or names already.
pub fn add_feeds(text: &str, feeds: &[NewFeed]) -> Result<String, EditError> {
    let listed: Vec<ListedFeed> = feeds
        .iter()
        .map(|feed| ListedFeed {
            feed: feed.clone(),
            ..ListedFeed::default()
        })
        .collect();
    add_listed_feeds(text, &listed)
}

/// The text with the feeds of a subscription list at its end.
///
/// # Errors
/// The text is no TOML, or has one of the feeds or names already.
pub fn add_listed_feeds(text: &str, feeds: &[ListedFeed]) -> Result<String, EditError> {
    let document = parse(text)?;
    let mut known: std::collections::HashSet<String> =
        entries(&document, "feeds").filter_map(form_of).collect();
    let mut names: std::collections::HashSet<String> =
        entries(&document, "feeds").filter_map(name_of).collect();
    for ListedFeed { feed, .. } in feeds {
        if !known.insert(form(&feed.url)) {
            return Err(EditError::Known {
                url: shown(&feed.url),
            });
        }
        if let Some(name) = feed.name.iter().find(|name| !names.insert((*name).clone())) {
            return Err(EditError::NameTaken { name: name.clone() });
        }
    }
    append(text, document, "feeds", feeds, fill)
}

/// The text with folders of a subscription list at its end. One that is there already stays as it
/// is.
///
/// # Errors
/// The text is no TOML.
pub fn add_folders(text: &str, folders: &[NewFolder]) -> Result<String, EditError> {
    let document = parse(text)?;
    let mut known: std::collections::HashSet<Vec<String>> = entries(&document, "folders")
        .filter_map(|entry| Some(path_of(entry?.get("path")?)))
        .collect();
    let is_new = |folder: &&NewFolder| known.insert(folder.path.clone());
    let new: Vec<&NewFolder> = folders.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(text.to_owned());
    }
    append(text, document, "folders", &new, |table, folder| {
        table.insert("path", value(names_of(&folder.path)));
        fill_opml(table, &folder.opml);
    })
}

/// The text with more tables at its end, in the form that it has for them.
fn append<T>(
    text: &str,
    mut document: DocumentMut,
    key: &str,
    items: &[T],
    fill: impl Fn(&mut dyn TableLike, &T),
) -> Result<String, EditError> {
    if let Some(array) = document.get_mut(key).and_then(Item::as_array_mut) {
        // `feeds = [{ url = … }]`: a second form beside it would be no TOML.
        for item in items {
            let mut table = toml_edit::InlineTable::new();
            fill(&mut table, item);
            array.push(table);
        }
        return Ok(document.to_string());
    }
    // Added as text: a comment at the end of the file stays above what is new.
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = text.trim_end().to_owned();
    for item in items {
        let mut table = toml_edit::Table::new();
        fill(&mut table, item);
        let body = table.to_string().replace('\n', line_end);
        let gap = if out.is_empty() {
            String::new()
        } else {
            line_end.repeat(2)
        };
        out.extend([&gap, "[[", key, "]]", line_end, body.trim_end()]);
    }
    out.push_str(line_end);
    parse(&out)?;
    Ok(out)
}

fn fill(table: &mut dyn TableLike, listed: &ListedFeed) {
    let ListedFeed {
        feed,
        folders,
        opml,
    } = listed;
    table.insert("url", value(feed.url.as_str()));
    if let Some(name) = &feed.name {
        table.insert("name", value(name.as_str()));
    }
    if !feed.tags.is_empty() {
        table.insert("tags", value(strings(&feed.tags)));
    }
    if !folders.is_empty() {
        let folders: toml_edit::Array = folders.iter().map(|path| names_of(path)).collect();
        table.insert("folders", value(folders));
    }
    fill_opml(table, opml);
}

fn fill_opml(table: &mut dyn TableLike, opml: &[(String, String)]) {
    if !opml.is_empty() {
        let attributes = opml.iter().map(|(name, text)| (name, text.as_str()));
        table.insert(
            "opml",
            value(attributes.collect::<toml_edit::InlineTable>()),
        );
    }
}

/// A folder as its name, one inside others as all their names.
fn names_of(path: &[String]) -> toml_edit::Value {
    match path {
        [name] => name.as_str().into(),
        names => strings(names).into(),
    }
}

fn strings(texts: &[String]) -> toml_edit::Array {
    texts.iter().map(String::as_str).collect()
}

/// The text without a feed, named by name or address. The comment right above the feed goes with
/// it; one that a blank line parts from it stays.
///
/// # Errors
/// The text is no TOML, or has no such feed.
pub fn remove_feed(text: &str, key: &str) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let at = position(&document, key)?;
    match document.get_mut("feeds") {
        Some(Item::ArrayOfTables(tables)) => {
            let orphan = tables.get(at).map(comment_above).unwrap_or_default();
            let position = tables.get(at).and_then(toml_edit::Table::position);
            tables.remove(at);
            if tables.is_empty() {
                document.remove("feeds");
            }
            keep_comment(&mut document, position, &orphan);
        }
        Some(Item::Value(toml_edit::Value::Array(array))) => {
            array.remove(at);
        }
        Some(Item::None | Item::Value(_) | Item::Table(_)) | None => {}
    }
    Ok(document.to_string())
}

/// What stands above a table, but for the lines right above it.
fn comment_above(table: &toml_edit::Table) -> String {
    let prefix = table
        .decor()
        .prefix()
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default();
    let kept = prefix
        .rfind("\n\n")
        .and_then(|end| prefix.get(..=end))
        .unwrap_or_default();
    if kept.trim().is_empty() {
        String::new()
    } else {
        kept.to_owned()
    }
}

/// Puts a comment in front of the table that followed, else at the end.
fn keep_comment(document: &mut DocumentMut, position: Option<isize>, comment: &str) {
    if comment.is_empty() {
        return;
    }
    if let Some(next) = next_table(document.as_table_mut(), position) {
        let own = next
            .decor()
            .prefix()
            .and_then(|prefix| prefix.as_str())
            .unwrap_or_default();
        let joined = format!("{comment}{own}");
        next.decor_mut().set_prefix(joined);
    } else {
        let own = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing(format!("{comment}{own}"));
    }
}

/// The table on the first level (or in an array there) that comes next in the text.
fn next_table(root: &mut toml_edit::Table, after: Option<isize>) -> Option<&mut toml_edit::Table> {
    let after = after?;
    root.iter_mut()
        .flat_map(|(_, item)| -> Vec<&mut toml_edit::Table> {
            match item {
                Item::Table(table) => vec![table],
                Item::ArrayOfTables(tables) => tables.iter_mut().collect(),
                Item::None | Item::Value(_) => Vec::new(),
            }
        })
        .filter(|table| table.position().is_some_and(|position| position > after))
        .min_by_key(|table| table.position())
}

/// The text with a feed paused or not.
///
/// # Errors
/// The text is no TOML, or has no such feed.
pub fn set_paused(text: &str, key: &str, is_paused: bool) -> Result<String, EditError> {
    change(text, key, |table| {
        if is_paused {
            set(table, "paused", value(true));
        } else {
            table.remove("paused");
        }
    })
}

/// The text with another name for a feed.
///
/// # Errors
/// The text is no TOML, has no such feed, or another feed of that name.
pub fn rename_feed(text: &str, key: &str, new: &str) -> Result<String, EditError> {
    let document = parse(text)?;
    let at = position(&document, key)?;
    let is_taken = entries(&document, "feeds")
        .enumerate()
        .any(|(i, entry)| i != at && name_of(entry).as_deref() == Some(new));
    if is_taken {
        return Err(EditError::NameTaken {
            name: new.to_owned(),
        });
    }
    change(text, key, |table| set(table, "name", value(new)))
}

fn change(
    text: &str,
    key: &str,
    edit: impl FnOnce(&mut dyn TableLike),
) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let at = position(&document, key)?;
    let table: Option<&mut dyn TableLike> = match document.get_mut("feeds") {
        Some(Item::ArrayOfTables(tables)) => {
            tables.get_mut(at).map(|table| table as &mut dyn TableLike)
        }
        Some(Item::Value(toml_edit::Value::Array(array))) => array
            .get_mut(at)
            .and_then(toml_edit::Value::as_inline_table_mut)
            .map(|table| table as &mut dyn TableLike),
        Some(Item::None | Item::Value(_) | Item::Table(_)) | None => None,
    };
    edit(table.ok_or_else(|| EditError::NotFound { key: shown(key) })?);
    Ok(document.to_string())
}

/// Sets a value and keeps what stands around the old one.
fn set(table: &mut dyn TableLike, name: &str, mut item: Item) {
    if let (Some(old), Some(new)) = (
        table.get(name).and_then(Item::as_value),
        item.as_value_mut(),
    ) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(name, item);
}

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).unwrap_or_default().matches('\n').count() + 1;
        EditError::Syntax {
            message: format!("line {line}: {}", clean_line(error.message())),
        }
    })
}

/// The names in the path of a folder.
fn path_of(path: &Item) -> Vec<String> {
    let one = path.as_str().into_iter();
    let several = path.as_array().into_iter().flatten();
    one.chain(several.filter_map(toml_edit::Value::as_str))
        .map(clean_line)
        .collect()
}

/// Every feed (or folder), in order, also those that are no tables (nothing is found in them).
fn entries<'a>(
    document: &'a DocumentMut,
    key: &str,
) -> impl Iterator<Item = Option<&'a dyn TableLike>> {
    let listed = document.get(key);
    let tables = listed
        .and_then(Item::as_array_of_tables)
        .into_iter()
        .flatten();
    let inline = listed.and_then(Item::as_array).into_iter().flatten();
    tables
        .map(|table| Some(table as &dyn TableLike))
        .chain(inline.map(|value| value.as_inline_table().map(|table| table as &dyn TableLike)))
}

fn position(document: &DocumentMut, key: &str) -> Result<usize, EditError> {
    let by_name =
        entries(document, "feeds").position(|entry| name_of(entry).as_deref() == Some(key));
    let wanted = form(key);
    by_name
        .or_else(|| {
            entries(document, "feeds")
                .position(|entry| form_of(entry).is_some_and(|form| form == wanted))
        })
        .ok_or_else(|| EditError::NotFound { key: shown(key) })
}

fn name_of(entry: Option<&dyn TableLike>) -> Option<String> {
    entry?.get("name")?.as_str().map(str::to_owned)
}

fn form_of(entry: Option<&dyn TableLike>) -> Option<String> {
    entry?.get("url")?.as_str().map(form)
}

/// The key under which two addresses are the same feed.
fn form(address: &str) -> String {
    typed_url(address).map_or_else(
        || address.to_owned(),
        |url| match_form(&canonical_url(&url)),
    )
}

/// An address without user and password, for messages.
fn shown(address: &str) -> String {
    match ::url::Url::parse(address) {
        Ok(url) => crate::url::without_credentials(&url).to_string(),
        Err(_) => clean_line(address),
    }
}
