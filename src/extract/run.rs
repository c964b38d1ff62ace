//! One page, start to end: parse, metadata, blocks, choice, text.
//!
//! Agreement with `metadata/`: `collect(document: &scraper::Html, page: &Page<'_>, limits:
//! &ExtractLimits) -> Metadata`, called once on the gated parse (script bodies are gone save
//! `application/ld+json`). `Metadata` has `pub(super)`-visible fields named like those of
//! [`Article`] (title, authors, published, `published_raw`, updated, language, `site_name`,
//! description, `image_url`, tags, `canonical_url`, flags: `Vec<Flag>` for what it found: paywall by
//! `isAccessibleForFree`, undated, implausible, capped), and for the choice of blocks:
//! `headlines: Vec<String>` (title candidates as they stand in the page), `body: Option<String>`
//! (`articleBody` of the JSON-LD, plain text), `kind: Option<String>` (lower-case type by JSON-LD or
//! og:type: `newsarticle`, `website`, …).
