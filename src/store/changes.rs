//! Reads the change feed.

use rusqlite::Connection;

use super::{
    filter::{Condition, FeedIds, Wish},
    row::{Bind, Statements as _, bind, list_text},
    rows::{ChangeRow, FromView as _},
    work::Done,
};
use crate::model::ChangeKind;

/// Changes looked through at once for those that are wanted: a tenth of a second, so that a reader
/// of a long feed with a rare filter keeps no state of the database open for longer.
const WINDOW: u32 = 10_000;

/// Which changes; all parts must hold. The default is all of them.
///
/// What is asked of an article is asked of it as it is now. What was taken out cannot be asked any
/// more: that it is gone (`pruned`) is told whatever was asked, so that no follower keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Of articles listed by this feed: its name, id or address.
    pub feed: Option<String>,
    /// Of articles with this tag, or listed by a feed with it.
    pub tag: Option<String>,
    /// Of articles in this language; `en` takes `en-GB` too.
    pub language: Option<String>,
    /// Of these kinds; empty: of all.
    pub kinds: Vec<ChangeKind>,
}

/// Some changes, and how far was looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Those that are wanted, in commit order.
    pub changes: Vec<ChangeRow>,
    /// Where to go on: everything up to this cursor was looked at. The cursor that was asked for
    /// when nothing stands behind it.
    pub up_to: i64,
}

impl ChangeFilter {
    fn wishes(&self) -> impl Iterator<Item = Wish> {
        [
            self.feed.clone().map(Wish::Feed),
            self.tag.clone().map(Wish::Tag),
            self.language.clone().map(Wish::Language),
        ]
        .into_iter()
        .flatten()
    }

    fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.wishes().next().is_none()
    }
}

/// Wanted changes behind a cursor, at most `limit`, among the next few thousand of all.
pub(super) fn next(
    connection: &Connection,
    (since, limit): (i64, u32),
    filter: &ChangeFilter,
    feeds: &FeedIds,
) -> Done<Looked> {
    let window = if filter.is_empty() { limit } else { WINDOW };
    let end = connection.first(
        "SELECT max(cursor) FROM (SELECT cursor FROM changes WHERE cursor > ?1
         ORDER BY cursor LIMIT ?2)",
        &bind![since, window],
        |row| row.get::<_, Option<i64>>(0),
    )?;
    let Some(end) = end.flatten() else {
        return Ok(Looked {
            changes: Vec::new(),
            up_to: since,
        });
    };
    let mut condition = Condition::default();
    for wish in filter.wishes() {
        condition.and_any([wish.sql(feeds)], false);
    }
    let about = condition.sql();
    let mut binds: Vec<Bind<'_>> = condition.binds().to_vec();
    let place = binds.len();
    let kinds = list_text(filter.kinds.iter().map(|kind| kind.as_str()));
    binds.extend(bind![kinds, since, end, limit]);
    let changes = connection.all(
        &format!(
            "SELECT c.cursor, c.article_id, c.revision, c.kind, c.at, a.url, a.title, a.feed
             FROM v1_changes c LEFT JOIN v1_articles a ON a.id = c.article_id
             WHERE (c.kind = 'pruned' OR {about})
               AND (?{kinds} = '[]' OR c.kind IN (SELECT value FROM json_each(?{kinds})))
               AND c.cursor > ?{since} AND c.cursor <= ?{end} ORDER BY c.cursor LIMIT ?{limit}",
            kinds = place + 1,
            since = place + 2,
            end = place + 3,
            limit = place + 4,
        ),
        &binds,
        ChangeRow::from_view,
    )?;
    let is_full = changes.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let last = changes.last().map_or(since, |change| change.cursor);
    Ok(Looked {
        changes,
        up_to: if is_full { last } else { end },
    })
}
