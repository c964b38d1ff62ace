//! Dictionaries: pages that others of their site were made small with.
//!
//! **Invariant:** each page's dictionary is there, and each dictionary has a page that needs it. A record brings its
//! dictionary along, so that the first page to be kept that needs it keeps it too, whatever became of others.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{
    row::{Bind, Statements as _, bind, opt_time},
    tombstone,
    work::{Done, Work},
};
use crate::packing::{self, Dictionary};

/// A dictionary with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageDictionary {
    /// As `url::site_key` gives it.
    pub site: String,
    /// Match form of the address whose page it is.
    pub match_url: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The page.
    pub dictionary: Dictionary,
}

/// The latest dictionary of a site.
pub(super) fn latest(connection: &Connection, site: &str) -> Done<Option<PageDictionary>> {
    Ok(connection.first(
        "SELECT match_url, made_at, id, zstd FROM dictionaries WHERE site = ?1
         ORDER BY made_at DESC LIMIT 1",
        &bind![site],
        |row| {
            Ok(PageDictionary {
                site: site.to_owned(),
                match_url: row.get(0)?,
                made_at: opt_time(row, "made_at")?.unwrap_or_default(),
                dictionary: Dictionary {
                    id: row.get(2)?,
                    zstd: row.get(3)?,
                },
            })
        },
    )?)
}

/// Keeps a dictionary for a page that needs it; false: its page was forgotten.
pub(super) fn keep(work: &Work<'_>, kept: &PageDictionary) -> Done<bool> {
    let id = kept.dictionary.id;
    let known = work.number(
        "SELECT EXISTS (SELECT 1 FROM dictionaries WHERE id = ?1)",
        &bind![id],
    )?;
    if known != 0 {
        return Ok(true);
    }
    if !tombstone::is_empty(work)? && tombstone::has(work, &tombstone::of_dictionary(id))? {
        return Ok(false);
    }
    work.run(
        "INSERT INTO dictionaries (id, site, made_at, match_url, zstd) VALUES (?1, ?2, ?3, ?4, ?5)",
        &bind![
            id,
            &kept.site,
            kept.made_at,
            &kept.match_url,
            kept.dictionary.zstd.as_slice(),
        ],
    )?;
    Ok(true)
}

/// Takes out raw pages, and dictionaries that no other page needs; how many pages went.
pub(super) fn take_out_pages(
    work: &Work<'_>,
    condition: &'static str,
    binds: &[Bind<'_>],
) -> Done<usize> {
    let needed: Vec<Option<i64>> = work.all(
        &format!("DELETE FROM raw_pages WHERE {condition} RETURNING dictionary"),
        binds,
        |row| row.get(0),
    )?;
    let once_needed: BTreeSet<i64> = needed.iter().copied().flatten().collect();
    for id in once_needed {
        work.run(
            "DELETE FROM dictionaries WHERE id = ?1
               AND NOT EXISTS (SELECT 1 FROM raw_pages WHERE dictionary = ?1)",
            &bind![id],
        )?;
    }
    Ok(needed.len())
}

/// Takes out the dictionaries that were pages of these addresses; pages that need them get by without.
/// Reads and writes each of these once: milliseconds for ten.
pub(super) fn forget(work: &Work<'_>, match_urls: &[String]) -> Done<()> {
    for match_url in match_urls {
        let dictionaries: Vec<(i64, Vec<u8>)> = work.all(
            "SELECT id, zstd FROM dictionaries WHERE match_url = ?1",
            &bind![match_url],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (id, zstd) in dictionaries {
            do_without(work, &Dictionary { id, zstd })?;
            tombstone::set(work, &tombstone::of_dictionary(id), None)?;
            work.run("DELETE FROM dictionaries WHERE id = ?1", &bind![id])?;
        }
    }
    Ok(())
}

/// Writes the pages that need a dictionary so that they do not. One that cannot be read goes.
fn do_without(work: &Work<'_>, dictionary: &Dictionary) -> Done<()> {
    let pages: Vec<i64> = work.all(
        "SELECT rowid FROM raw_pages WHERE dictionary = ?1",
        &bind![dictionary.id],
        |row| row.get(0),
    )?;
    for page in pages {
        let frame: Option<Vec<u8>> = work.first(
            "SELECT zstd FROM raw_pages WHERE rowid = ?1",
            &bind![page],
            |row| row.get(0),
        )?;
        let alone = frame.and_then(|frame| packing::without(&frame, dictionary).ok());
        match alone {
            Some(alone) => work.run(
                "UPDATE raw_pages SET dictionary = NULL, zstd = ?2 WHERE rowid = ?1",
                &bind![page, alone.as_slice()],
            )?,
            None => work.run("DELETE FROM raw_pages WHERE rowid = ?1", &bind![page])?,
        };
    }
    Ok(())
}
