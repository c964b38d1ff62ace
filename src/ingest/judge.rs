//! What an answer to a poll means, before the schedule is asked.

use sha2::{Digest, Sha256};

use super::{
    Crashed, Document, Kind,
    article_step::is_refusal,
    feed_step::{self, ReadFeed, hex},
    pipeline::Inner,
};
use crate::{
    feed::{self, FeedError},
    http::{Fetched, Response, unpacked},
    model::{ErrorClass, Failure, FeedMemory, FeedRow, Outcome, Validators},
    schedule,
    store::ValidatorsUpdate,
};

/// What a fetch came to, before the schedule is asked.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) failure: Option<Failure>,
    pub(super) http_status: Option<u16>,
    pub(super) validators: ValidatorsUpdate,
    pub(super) body_hash: Option<String>,
    pub(super) read: Option<ReadFeed>,
    /// The document is left out because it ends processes.
    pub(super) is_quarantined: bool,
}

impl Inner {
    /// What the answer means; reads the document when there is a new one.
    pub(super) async fn judge(&self, row: &FeedRow, fetched: &Fetched) -> Verdict {
        let response = match &fetched.result {
            Ok(response) => response,
            Err(failure) => {
                let failed = Verdict::failed(failure.clone());
                return if was_held_back(fetched, failure) {
                    Verdict {
                        outcome: Outcome::Refused,
                        ..failed
                    }
                } else {
                    failed
                };
            }
        };
        let status = response.status;
        if status == 304 {
            return Verdict {
                outcome: Outcome::NotModified,
                failure: None,
                http_status: Some(status),
                validators: refreshed(row.validators.as_ref(), response, fetched),
                body_hash: None,
                read: None,
                is_quarantined: false,
            };
        }
        let body_hash = hex(&Sha256::digest(&response.body));
        let validators = ValidatorsUpdate::Set(response.validators(&fetched.final_url));
        // A delta (RFC 3229) is never the whole document, whatever its hash.
        let is_same = status != 226 && row.memory.body_hash.as_deref() == Some(&body_hash);
        let taken = row.memory.entries_taken;
        if is_same && taken == 0 && row.last_ok_at.is_some() {
            return Verdict {
                outcome: Outcome::Ok,
                failure: None,
                http_status: Some(status),
                validators,
                body_hash: Some(body_hash),
                read: None,
                is_quarantined: false,
            };
        }
        let from = if is_same { taken } else { 0 };
        let document = Document {
            kind: Kind::Feed,
            body: response.body.clone(),
            hash: Some(body_hash.clone()),
            content_type: response.content_type().map(ToOwned::to_owned),
            address: row.current_url.clone(),
        };
        match self
            .read_feed(row, document, &fetched.final_url, from)
            .await
        {
            Ok(read) => Verdict {
                outcome: Outcome::Ok,
                failure: None,
                http_status: Some(status),
                validators: if read.entries_taken > 0 {
                    // The rest is asked for next time, and must not be "not modified" then.
                    ValidatorsUpdate::Set(None)
                } else if read.feed.is_cut {
                    // What is missing neither: these stand for a document that we do not have. Should the
                    // same bytes come again, that is how the document is.
                    ValidatorsUpdate::Keep
                } else {
                    validators
                },
                body_hash: (status != 226).then_some(body_hash),
                read: Some(read),
                is_quarantined: false,
            },
            Err((failure, is_quarantined)) => Verdict {
                is_quarantined,
                ..Verdict::failed(failure.with_status(status))
            },
        }
    }

    async fn read_feed(
        &self,
        row: &FeedRow,
        document: Document,
        final_url: &::url::Url,
        entries_from: u64,
    ) -> Result<ReadFeed, (Failure, bool)> {
        let body = document.body.clone();
        let content_type = document.content_type.clone();
        let base = final_url.clone();
        let limits = feed::FeedLimits {
            entries_from: usize::try_from(entries_from).unwrap_or(usize::MAX),
            ..self.feed_limits
        };
        let caps = self.caps;
        let now = self.clock.now().wall;
        let known_width = key_width(&row.memory);
        let clock = std::sync::Arc::clone(&self.clock);
        let most = self.config.limits.document_cpu;
        let read = self
            .pool
            .read(document, move |_| {
                let start = clock.now().mono;
                let is_over = || clock.now().mono.saturating_sub(start) >= most;
                let document = unpacked(&body, limits.document_bytes);
                let source = feed::Source {
                    bytes: &document,
                    content_type: content_type.as_deref(),
                    base: Some(&base),
                    now,
                };
                feed_step::read(&source, &limits, caps, known_width, &is_over)
            })
            .await;
        match read {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(error)) => Err((feed_failure(&row.current_url, &error), false)),
            Err(crashed) => Err((
                Failure::new(
                    ErrorClass::Crashed,
                    format!("cannot read feed `{}`: {crashed}", row.current_url),
                ),
                crashed == Crashed::Quarantined,
            )),
        }
    }
}

/// What tells the entries of a feed apart, as far as it is known.
fn key_width(memory: &FeedMemory) -> feed::KeyWidth {
    feed::KeyWidth {
        has_link: memory.is_key_widened,
        has_title: memory.is_title_in_key,
    }
}

/// Keeps what a reading says about the next one.
pub(super) fn remember_reading(memory: &mut FeedMemory, read: &ReadFeed) {
    memory.is_key_widened = read.key_width.has_link;
    memory.is_title_in_key = read.key_width.has_title;
    memory.entries_taken = read.entries_taken;
    memory.was_empty = read.entries.is_empty();
    if read.feed.link.is_some() {
        memory.site.clone_from(&read.feed.link);
    }
}

impl Verdict {
    fn failed(failure: Failure) -> Self {
        Self {
            outcome: if is_refusal(failure.class) {
                Outcome::Refused
            } else {
                Outcome::Failed
            },
            http_status: failure.http_status,
            failure: Some(failure),
            validators: ValidatorsUpdate::Keep,
            body_hash: None,
            read: None,
            is_quarantined: false,
        }
    }
}

/// Nothing was asked, because the host wants to be left alone or did not answer lately: feed and page are not
/// to blame. A connection that fails has no wait of its own.
pub(super) fn was_held_back(fetched: &Fetched, failure: &Failure) -> bool {
    fetched.n_requests == 0 && failure.retry_after.is_some()
}

/// After a 304 each validator it carries replaces the stored one (RFC 9111, 4.3.4).
fn refreshed(
    stored: Option<&Validators>,
    response: &Response,
    fetched: &Fetched,
) -> ValidatorsUpdate {
    let Some(fresh) = response.validators(&fetched.final_url) else {
        return ValidatorsUpdate::Keep;
    };
    let stored = stored.cloned().unwrap_or_else(|| Validators {
        url: fresh.url.clone(),
        etag: None,
        last_modified: None,
    });
    ValidatorsUpdate::Set(Some(Validators {
        url: fresh.url,
        etag: fresh.etag.or(stored.etag),
        last_modified: fresh.last_modified.or(stored.last_modified),
    }))
}

/// Where permanent redirects led, when every hop was one and the target answered as a feed.
pub(super) fn permanent_target(
    fetched: &Fetched,
    asked: &::url::Url,
    outcome: Outcome,
) -> schedule::MoveSeen {
    let is_moved = fetched.is_moved_for_good() && fetched.final_url != *asked;
    match outcome {
        Outcome::Ok | Outcome::NotModified if is_moved => {
            schedule::MoveSeen::Permanent(fetched.final_url.to_string())
        }
        Outcome::Ok | Outcome::NotModified => schedule::MoveSeen::No,
        Outcome::Failed | Outcome::Refused => schedule::MoveSeen::Unknown,
    }
}

fn feed_failure(feed_url: &str, error: &FeedError) -> Failure {
    let why = error.with_cause();
    let mut failure = Failure::new(
        error.class(),
        format!("cannot read feed `{feed_url}`: {why}"),
    );
    failure.discovered = error.discovered().to_vec();
    failure
}
