//! Near-duplicates: articles that share long passages get one story.
//!
//! A text is compared with those of the last days that share samples with it, as many as it takes to
//! find a copy; the nearest that the rule calls one story gives its story to it. Stories are never
//! joined afterwards: a text that is near to two of them goes to the nearer one
//! (docs/decisions/0007-stories.md).

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    address::match_form,
    record::ArticleContent,
    row::{Statements as _, bind},
    window::{FEW_SAMPLES, Holder},
    work::{Done, Work},
};
use crate::model::{AgencyMark, Likeness, Pair};

/// Days in which articles are compared: a story is over after that.
const WINDOW_DAYS: i64 = 14;

/// Sampled word sequences two texts must share before they are compared; one if one of them is brief.
const SHARED_SAMPLES: u32 = 2;

/// Articles looked at for one sample, newest first: a passage of a site's furniture may stand in
/// all of its pages.
const PER_SAMPLE: usize = 64;

/// Texts compared for one arrival, those for which most speaks first.
const COMPARED: usize = 8;

/// Rows taken out of the window for each one that comes in.
const EXPIRED_AT_ONCE: i64 = 4;

/// Articles read at once when the window is made anew.
const LOADED_AT_ONCE: i64 = 8_192;

/// The known text that is nearest to a new one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearest {
    article: i64,
    pub(super) story: i64,
    likeness: Likeness,
}

/// The nearest known text, if one is near enough.
pub(super) fn nearest(
    work: &Work<'_>,
    article: i64,
    content: &ArticleContent,
) -> Done<Option<Nearest>> {
    load(work)?;
    let site = site(&content.canonical_url).or_else(|| site(&content.url));
    let since = window_start(work);
    let mut best: Option<Nearest> = None;
    for candidate in candidates(work, article, &content.fingerprint.samples) {
        let found: Option<(i64, Option<String>, String)> = work.first(
            "SELECT story_id, coalesce(canonical_url, url), text FROM articles
             WHERE id = ?1 AND first_seen_at >= ?2",
            &bind![candidate, since],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let Some((story, url, text)) = found else {
            continue;
        };
        let pair = Pair {
            new: content.text.as_str(),
            known: &text,
            // Without an address nobody knows; then the stricter rule is the safer one.
            is_same_site: site.is_none() || site == url.as_deref().and_then(self::site),
        };
        if let Some(likeness) = (work.rules.near)(&pair) {
            let found = Nearest {
                article: candidate,
                story,
                likeness,
            };
            best = Some(best.map_or(found, |best| nearer(best, found)));
        }
    }
    Ok(best)
}

/// A digest holds many texts whole, so what counts is how much of both is the same; among equals the
/// text that was there first.
fn nearer(a: Nearest, b: Nearest) -> Nearest {
    let order = a.likeness.resemblance.total_cmp(&b.likeness.resemblance);
    if order.then(b.article.cmp(&a.article)).is_lt() {
        b
    } else {
        a
    }
}

/// The host of an address, without what its match form leaves out.
fn site(url: &str) -> Option<String> {
    let form = match_form(url)?;
    let (host, _) = form.split_once('/').unwrap_or((&form, ""));
    Some(host.to_owned())
}

/// How much speaks for a candidate.
#[derive(Debug, Default, Clone, Copy)]
struct Evidence {
    n_shared: u32,
    /// A sample that stands in many articles (furniture, a stock phrase) says little of each of them.
    weight: f64,
}

/// Articles to compare a text with, the likeliest first.
fn candidates(work: &Work<'_>, article: i64, samples: &[u32]) -> Vec<i64> {
    let window = work.window.borrow();
    let mut shared: HashMap<Holder, Evidence> = HashMap::new();
    for &sample in samples {
        let holders = window.with(sample, PER_SAMPLE);
        let weight = f64::from(u32::try_from(holders.len()).unwrap_or(u32::MAX)).recip();
        for holder in holders {
            let evidence = shared.entry(holder).or_default();
            evidence.n_shared += 1;
            evidence.weight += weight;
        }
    }
    let is_brief = samples.len() < FEW_SAMPLES;
    let mut candidates: Vec<(i64, f64)> = shared
        .into_iter()
        .filter(|(other, found)| is_brief || other.is_brief || found.n_shared >= SHARED_SAMPLES)
        .map(|(other, found)| (i64::from(other.article), found.weight))
        .filter(|(other, _)| *other != article)
        .collect();
    candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    candidates.truncate(COMPARED);
    candidates.into_iter().map(|(other, _)| other).collect()
}

/// Keeps what is known of an article beside its story: what it was nearest to, whose mark it carries.
pub(super) fn keep_facts(
    work: &Work<'_>,
    article: i64,
    nearest: Option<&Nearest>,
    agency: Option<&AgencyMark>,
) -> Done<()> {
    if nearest.is_none() && agency.is_none() {
        work.run(
            "DELETE FROM story_facts WHERE article_id = ?1 AND nearest IS NULL",
            &bind![article],
        )?;
    }
    work.run(
        "INSERT INTO story_facts (article_id, nearest, similarity, agency, mark)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE ?2 IS NOT NULL OR ?4 IS NOT NULL
           OR EXISTS (SELECT 1 FROM story_facts WHERE article_id = ?1)
         ON CONFLICT (article_id) DO UPDATE SET nearest = coalesce(excluded.nearest, nearest),
           similarity = coalesce(excluded.similarity, similarity), agency = excluded.agency,
           mark = excluded.mark",
        &bind![
            article,
            nearest.map(|nearest| nearest.article),
            nearest.map(|nearest| nearest.likeness.containment),
            agency.map(|agency| agency.agency),
            agency.map(|agency| agency.mark.as_str()),
        ],
    )?;
    Ok(())
}

/// Puts a text into the window, and lets a few old ones out.
pub(super) fn remember(work: &Work<'_>, article: i64, samples: &[u32]) -> Done<()> {
    expire(work)?;
    if samples.is_empty() {
        return Ok(());
    }
    let bytes: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_be_bytes())
        .collect();
    work.run(
        "INSERT INTO sampled (article_id, at, samples)
         SELECT id, first_seen_at, ?2 FROM articles WHERE id = ?1
         ON CONFLICT (article_id) DO UPDATE SET samples = excluded.samples",
        &bind![article, bytes.as_slice()],
    )?;
    let mut window = work.window.borrow_mut();
    // What is not read in yet will be, with this.
    if window.is_loaded {
        window.put(article, samples);
    }
    Ok(())
}

/// Takes a text out of the window.
pub(super) fn forget(work: &Work<'_>, article: i64) -> Done<()> {
    work.run("DELETE FROM sampled WHERE article_id = ?1", &bind![article])?;
    Ok(())
}

fn window_start(work: &Work<'_>) -> DateTime<Utc> {
    let start = work.now.checked_sub_signed(TimeDelta::days(WINDOW_DAYS));
    start.unwrap_or(work.now)
}

fn expire(work: &Work<'_>) -> Done<()> {
    let before = window_start(work);
    // What a clock set forward put in would otherwise stay for years.
    let after = work
        .now
        .checked_add_signed(TimeDelta::days(1))
        .unwrap_or(work.now);
    // Article numbers rise with time, so the oldest stand first.
    let old: Vec<(i64, bool)> = work.all(
        "SELECT article_id, at NOT BETWEEN ?1 AND ?2 FROM sampled ORDER BY article_id LIMIT ?3",
        &bind![before, after, EXPIRED_AT_ONCE],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (article, is_old) in old {
        if is_old {
            forget(work, article)?;
            work.window.borrow_mut().forget_before(article + 1);
        } else {
            break;
        }
    }
    Ok(())
}

/// Reads the samples of the last days out of the file, the newest first, as far as there is room.
fn load(work: &Work<'_>) -> Done<()> {
    let mut window = work.window.borrow_mut();
    if window.is_loaded {
        return Ok(());
    }
    let mut before = i64::MAX;
    while !window.is_full() {
        let rows: Vec<(i64, Vec<u8>)> = work.all(
            "SELECT article_id, samples FROM sampled WHERE article_id < ?1
             ORDER BY article_id DESC LIMIT ?2",
            &bind![before, LOADED_AT_ONCE],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Some((oldest, _)) = rows.last() else {
            break;
        };
        before = *oldest;
        let older: Vec<(i64, Vec<u32>)> = rows
            .into_iter()
            .map(|(article, bytes)| (article, samples_of(&bytes)))
            .collect();
        window.put_before(&older);
    }
    window.is_loaded = true;
    Ok(())
}

fn samples_of(bytes: &[u8]) -> Vec<u32> {
    let samples = bytes.as_chunks::<4>().0.iter();
    samples.map(|sample| u32::from_be_bytes(*sample)).collect()
}
