//! One page, start to end: parse, metadata, blocks, choice, text.

use super::{
    Article, BlockReport, Explanation, ExtractError, ExtractLimits, Page,
    choose::{Choice, choose},
    doubt::doubts,
    features::{FeatureTable, features},
    metadata::{Metadata, collect},
    quality::{Witnesses, quality},
    verdict,
};
use crate::{
    markup::{BlockView, block_view, html_to_text, parse_html},
    model::Flag,
    text::{CleanText, count_words},
};

/// Takes the article from a page.
///
/// The title and the dek are fields and not part of the text, nor are captions, bylines, tags and
/// the page's furniture.
///
/// # Errors
/// [`ExtractError`] when the page is empty, a challenge, an application that needs scripts, or holds
/// no article.
pub fn extract(page: &Page<'_>, limits: &ExtractLimits) -> Result<Article, ExtractError> {
    if page.html.trim().is_empty() {
        return Err(ExtractError::Empty);
    }
    article(page, limits, Reading::of(page, limits))
}

/// The same with the account of every block of the page, for a person who wonders.
pub fn explain(page: &Page<'_>, limits: &ExtractLimits) -> Explanation {
    if page.html.trim().is_empty() {
        return Explanation {
            article: Err(ExtractError::Empty),
            blocks: Vec::new(),
            witnesses: Vec::new(),
        };
    }
    let reading = Reading::of(page, limits);
    let blocks = reading.reports();
    let witnesses = Witnesses::of(&reading.view, &reading.choices);
    Explanation {
        article: article(page, limits, reading),
        blocks,
        witnesses: witnesses.map_or_else(Vec::new, |witnesses| witnesses.0.to_vec()),
    }
}

/// A page as it was read.
struct Reading {
    view: BlockView,
    metadata: Metadata,
    table: FeatureTable,
    choices: Vec<Choice>,
}

impl Reading {
    fn of(page: &Page<'_>, limits: &ExtractLimits) -> Self {
        let document = parse_html(page.html, limits.html);
        let metadata = collect(&document, page, limits);
        let view = block_view(&document);
        let table = features(&document, &view, &metadata);
        let choices = choose(&view, &table, &metadata);
        Self {
            view,
            metadata,
            table,
            choices,
        }
    }

    fn is_kept(&self, index: usize) -> bool {
        self.choices.get(index).is_some_and(|choice| choice.is_kept)
    }

    fn reports(&self) -> Vec<BlockReport> {
        self.view
            .blocks
            .iter()
            .zip(&self.choices)
            .zip(self.table.rows())
            .map(|((block, choice), row)| BlockReport {
                kind: block.kind.as_str().to_owned(),
                text: block.text.clone(),
                score: f64::from(choice.score),
                kept: choice.is_kept,
                reason: choice.reason.to_owned(),
                features: row.to_vec(),
            })
            .collect()
    }
}

fn article(
    page: &Page<'_>,
    limits: &ExtractLimits,
    reading: Reading,
) -> Result<Article, ExtractError> {
    let mut text = reading.view.text(|index| reading.is_kept(index));
    let verdict = verdict::check(
        page,
        &reading.view,
        &reading.metadata,
        &reading.choices,
        &text,
    );
    match (verdict, stated_text(&reading.metadata, &text, limits)) {
        (Err(ExtractError::Blocked { mark }), _) => return Err(ExtractError::Blocked { mark }),
        (_, Some(stated)) => text = stated,
        (Err(error), None) => return Err(error),
        (Ok(()), None) => {}
    }
    let quality = quality(&reading.view, &reading.metadata, &reading.choices, &text);
    let mut flags = doubts(&reading.view, &reading.choices, &text);
    let (text, is_cut) = text.truncated(limits.text_bytes);
    let metadata = reading.metadata;
    flags.extend(metadata.flags);
    if is_cut {
        flags.push(Flag::Truncated);
    }
    flags.sort();
    flags.dedup();
    Ok(Article {
        title: metadata.title,
        authors: metadata.authors,
        published: metadata.published,
        published_local: metadata.published_local,
        published_raw: metadata.published_raw,
        updated: metadata.updated,
        language: metadata.language,
        site_name: metadata.site_name,
        description: metadata.description,
        image_url: metadata.image_url,
        tags: metadata.tags,
        reservations: metadata.reservations,
        canonical_url: metadata.canonical_url,
        text,
        quality,
        flags,
    })
}

/// The `articleBody` that the page states, when the page itself shows next to nothing of it: sites
/// that build their pages by script often carry it.
fn stated_text(
    metadata: &Metadata,
    shown: &CleanText,
    limits: &ExtractLimits,
) -> Option<CleanText> {
    let body = metadata.body.as_deref()?;
    let n_stated = count_words(body);
    if n_stated < STATED_WORDS || shown.n_words().saturating_mul(4) > n_stated {
        return None;
    }
    Some(html_to_text(body, limits.html))
}

/// Shortest `articleBody` that is taken for the text; shorter ones are often the dek.
const STATED_WORDS: u32 = 80;
