//! What is told of polls and pages, a line each (R28).

use super::PollReport;
use crate::{config::FeedConfig, store::PageRecord};

/// A poll's line; a failure that goes on is told now and then.
pub(super) fn log_poll(report: &PollReport) {
    let label = report.label();
    match &report.error {
        None => tracing::info!(
            feed.id = report.feed_id,
            feed.url = %report.url,
            outcome = %report.outcome,
            entries = report.entries,
            new = report.new,
            revised = report.revised,
            pages_failed = report.pages.failed,
            waiting = report.pages.waiting,
            duration_ms = report.duration_ms,
            "polled {label}: {}, {} new, {} revised", report.outcome, report.new, report.revised
        ),
        Some(error) if report.is_repetition => tracing::debug!(
            feed.id = report.feed_id,
            feed.url = %report.url,
            outcome = %report.outcome,
            class = report.error_class.as_deref(),
            duration_ms = report.duration_ms,
            "poll of {label} {} again: {error}", report.outcome
        ),
        Some(error) => tracing::warn!(
            feed.id = report.feed_id,
            feed.url = %report.url,
            outcome = %report.outcome,
            class = report.error_class.as_deref(),
            duration_ms = report.duration_ms,
            "poll of {label} {}: {error}", report.outcome
        ),
    }
}

/// A page's line.
pub(super) fn log_page(feed: &FeedConfig, record: &PageRecord) {
    match &record.failure {
        None => tracing::debug!(
            feed.url = %feed.url,
            url = %record.url,
            duration_ms = u64::try_from(record.duration.as_millis()).unwrap_or(u64::MAX),
            size_bytes = record.bytes_body,
            "page read: {}", record.url
        ),
        Some(failure) => tracing::info!(
            feed.url = %feed.url,
            url = %record.url,
            class = failure.class.as_str(),
            status = failure.http_status,
            "page not had: {failure}"
        ),
    }
}
