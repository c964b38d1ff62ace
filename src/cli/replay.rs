//! `feedmill replay`.

use super::{
    args::Global,
    exit::{Failed, Status},
    open,
    output::{self, Output},
    show::word_diff,
};
use crate::{
    ingest::{Rereader, compare},
    store::ArticleContent,
};

/// Read the page of one fetch again, offline
///
/// Takes the page as it was received, from the database, through today's extractor, and says what comes out
/// otherwise than what is stored: for bug reports and for a look at a doubtful text. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    feedmill replay 1042                     a row of v1_fetches\n  \
    feedmill replay 1042 --html > page.html  the page itself")]
pub(super) struct Args {
    /// The fetch: `id` of `v1_fetches`, `fetch_id` of `v1_revisions`
    #[arg(value_name = "FETCH_ID")]
    fetch: i64,
    /// Print the page as it was received
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Status, Failed> {
    let config = open::config_for_reading(global)?;
    let reader = open::reader(global)?;
    let Some(fetch) = reader.fetch(args.fetch)? else {
        return Err(Failed::message(
            Status::Unusable,
            format!("there is no fetch {}", args.fetch),
        )
        .with_hint("`feedmill show ID --json` names the fetch of each revision".to_owned()));
    };
    let Some(raw) = reader.raw_of_fetch(args.fetch)? else {
        return Err(Failed::message(
            Status::Unusable,
            format!("the page of fetch {} is not kept: {}", args.fetch, fetch.url),
        )
        .with_hint(
            "pages are kept for `keep_raw`, one for each revision; `feedmill extract URL` asks for it anew"
                .to_owned(),
        ));
    };
    let mut output = Output::new();
    open::block_on(async {
        let pool = crate::ingest::Pool::for_this_machine()?;
        let rereader = Rereader::new(&config, pool, open::clock());
        if args.html {
            let page = rereader
                .page(&raw)
                .map_err(|failure| unreadable(&failure))?;
            output.bytes(&page)?;
            return output.flush();
        }
        if let Some((site, feed, n_latest)) = rereader.unknown_site(&raw) {
            let knowledge = reader.site_knowledge(&site, feed, n_latest)?;
            rereader.recall(site, knowledge).await;
        }
        let content = rereader
            .read(&raw)
            .await
            .map_err(|failure| unreadable(&failure))?;
        let changed = compare(&raw, &content);
        if args.json {
            let document = serde_json::json!({
                "fetch": fetch,
                "is_same": changed.is_none(),
                "changed": changed,
                "article": as_json(&content),
            });
            output.json(&document)?;
        } else {
            let head = match &changed {
                None => "the same text and title as stored".to_owned(),
                Some(changed) => format!(
                    "another text or title than stored: {} words gone, {} new",
                    changed.changed_words.0, changed.changed_words.1
                ),
            };
            output.line(format!(
                "fetch {} of {} at {}: {head}",
                fetch.id,
                output::printable(&fetch.url),
                fetch.started_at
            ))?;
            output.line("")?;
            output.line(content.title.as_deref().unwrap_or("(no title)"))?;
            output.line("")?;
            output.line(word_diff(&raw.text, content.text.as_str()))?;
        }
        output.flush()
    })?;
    Ok(Status::Ok)
}

fn unreadable(failure: &crate::model::Failure) -> Failed {
    let class = failure.class.as_str();
    Failed::message(Status::Unusable, format!("{} ({class})", failure.message))
}

/// The article with the names of `v1_articles`.
fn as_json(content: &ArticleContent) -> serde_json::Value {
    serde_json::json!({
        "canonical_url": content.canonical_url,
        "title": content.title,
        "authors": content.authors,
        "published_at": content.published_at.map(super::time::rfc3339),
        "language": content.language,
        "site_name": content.site_name,
        "description": content.description,
        "image_url": content.image_url,
        "tags": content.tags,
        "text": content.text.as_str(),
        "text_source": content.text_source.as_str(),
        "word_count": content.fingerprint.n_words,
        "quality": content.quality,
        "content_hash": content.fingerprint.content_hash,
        "flags": content.flags,
    })
}
