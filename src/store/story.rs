//! Near-duplicates: articles that share long passages get one story.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::{
    record::ArticleContent,
    row::{Statements as _, bind},
    work::{Done, Work},
};

/// Days in which articles are compared: a story is over after that.
const WINDOW_DAYS: i64 = 14;

/// Containment from which two texts tell one story (design.md; wire copy measured by `dedup`).
const NEAR: f64 = 0.6;

/// Sampled word sequences two texts must share before they are compared.
const SHARED_SAMPLES: u32 = 2;

/// Samples of a text that stand in the window: the smallest, which near texts have in common as
/// they have the texts (bottom-k sketch). Each is a row on a page of its own to be written, which
/// was the greater part of an article's cost with all of them.
const KEPT_SAMPLES: usize = 16;

/// Articles looked at for one sample, newest first: a passage of a site's furniture may stand in
/// all of its pages.
const PER_SAMPLE: i64 = 64;

/// Texts compared for one arrival, those with most samples in common first.
const COMPARED: usize = 8;

/// Rows taken out of the window for each one that comes in.
const EXPIRED_AT_ONCE: i64 = 4;

/// The story of the nearest known text, if one is near enough.
pub(super) fn story_of(
    work: &Work<'_>,
    article: i64,
    content: &ArticleContent,
) -> Done<Option<i64>> {
    let mut best: Option<(f64, i64)> = None;
    for candidate in candidates(work, article, &content.fingerprint.samples)? {
        let found: Option<(i64, String)> = work.first(
            "SELECT story_id, text FROM articles WHERE id = ?1",
            &bind![candidate],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Some((story, text)) = found else {
            continue;
        };
        let share = (work.rules.near)(content.text.as_str(), &text);
        if share >= NEAR && best.is_none_or(|(most, _)| share > most) {
            best = Some((share, story));
        }
    }
    Ok(best.map(|(_, story)| story))
}

fn candidates(work: &Work<'_>, article: i64, samples: &[u32]) -> Done<Vec<i64>> {
    let mut shared: HashMap<i64, u32> = HashMap::new();
    for &sample in samples.iter().take(KEPT_SAMPLES) {
        let articles: Vec<i64> = work.all(
            "SELECT article_id FROM samples WHERE sample = ?1 ORDER BY article_id DESC LIMIT ?2",
            &bind![sample, PER_SAMPLE],
            |row| row.get(0),
        )?;
        for other in articles.into_iter().filter(|&other| other != article) {
            *shared.entry(other).or_default() += 1;
        }
    }
    let mut candidates: Vec<(i64, u32)> = shared
        .into_iter()
        .filter(|&(_, n_shared)| n_shared >= SHARED_SAMPLES)
        .collect();
    candidates.sort_unstable_by_key(|&(other, n_shared)| {
        (std::cmp::Reverse(n_shared), std::cmp::Reverse(other))
    });
    candidates.truncate(COMPARED);
    Ok(candidates.into_iter().map(|(other, _)| other).collect())
}

/// Puts a text into the window, and lets a few old ones out.
pub(super) fn remember(work: &Work<'_>, article: i64, samples: &[u32]) -> Done<()> {
    expire(work)?;
    if samples.is_empty() {
        return Ok(());
    }
    let samples = samples.get(..KEPT_SAMPLES).unwrap_or(samples);
    for &sample in samples {
        work.run(
            "INSERT INTO samples (sample, article_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            &bind![sample, article],
        )?;
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
    Ok(())
}

/// Takes a text out of the window.
pub(super) fn forget(work: &Work<'_>, article: i64) -> Done<()> {
    let bytes: Option<Vec<u8>> = work.first(
        "SELECT samples FROM sampled WHERE article_id = ?1",
        &bind![article],
        |row| row.get(0),
    )?;
    let Some(bytes) = bytes else {
        return Ok(());
    };
    for chunk in bytes.as_chunks::<4>().0 {
        work.run(
            "DELETE FROM samples WHERE sample = ?1 AND article_id = ?2",
            &bind![u32::from_be_bytes(*chunk), article],
        )?;
    }
    work.run("DELETE FROM sampled WHERE article_id = ?1", &bind![article])?;
    Ok(())
}

fn expire(work: &Work<'_>) -> Done<()> {
    let before = work
        .now
        .checked_sub_signed(TimeDelta::days(WINDOW_DAYS))
        .unwrap_or(work.now);
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
        }
    }
    Ok(())
}
