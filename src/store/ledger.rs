//! The ledger: one row a poll, one a page fetch, one a host and day.

use super::{
    record::{HostHold, PageRecord, PollRecord, Stored},
    row::{Bind, Statements as _, bind, not_before_text, time_text},
    work::{Done, Work},
};
use crate::model::Outcome;

fn millis(duration: std::time::Duration) -> Bind<'static> {
    Bind::Int(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

/// One row for a poll (R13); its number.
pub(super) fn write_poll(work: &Work<'_>, record: &PollRecord, stored: &Stored) -> Done<i64> {
    let failure = record.failure.as_ref();
    work.run(
        "INSERT INTO polls (feed_id, started_at, duration_ms, outcome, error_class, error,
           http_status, bytes_wire, bytes_body, n_entries, n_new, n_revised, next_poll_at, is_gap)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        &bind![
            record.feed.0,
            record.started_at,
            millis(record.duration),
            record.outcome.as_str(),
            failure.map(|failure| failure.class.as_str()),
            failure.map(|failure| &failure.message),
            record.http_status,
            record.bytes_wire,
            record.bytes_body,
            record.n_entries,
            stored.n_new,
            stored.n_revised,
            not_before_text(record.feed_update.next_poll_at),
            record.is_gap,
        ],
    )?;
    Ok(work.connection.last_insert_rowid())
}

/// One row for a page fetch; its number.
pub(super) fn write_fetch(work: &Work<'_>, record: &PageRecord, article: Option<i64>) -> Done<i64> {
    let failure = record.failure.as_ref();
    work.run(
        "INSERT INTO fetches (feed_id, article_id, started_at, duration_ms, outcome, error_class,
           error, http_status, bytes_wire, bytes_body, url, final_url)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &bind![
            record.feed.0,
            article,
            record.started_at,
            millis(record.duration),
            record.outcome.as_str(),
            failure.map(|failure| failure.class.as_str()),
            failure.map(|failure| &failure.message),
            record.http_status,
            record.bytes_wire,
            record.bytes_body,
            &record.url,
            record.final_url.as_ref(),
        ],
    )?;
    Ok(work.connection.last_insert_rowid())
}

/// Keeps until when hosts asked to be left alone; what is over goes.
pub(super) fn keep_holds(work: &Work<'_>, holds: &[HostHold]) -> Done<()> {
    if holds.is_empty() {
        return Ok(());
    }
    work.run("DELETE FROM host_holds WHERE until <= ?1", &bind![work.now])?;
    for hold in holds {
        work.run(
            "INSERT INTO host_holds (host, until) VALUES (?1, ?2)
             ON CONFLICT (host) DO UPDATE SET until = max(until, excluded.until)",
            &bind![&hold.host, not_before_text(hold.until)],
        )?;
    }
    Ok(())
}

/// What one poll or page took from a host.
#[derive(Debug, Clone, Copy)]
pub(super) struct HostUse<'a> {
    pub(super) host: &'a str,
    pub(super) n_requests: u32,
    pub(super) is_not_modified: bool,
    pub(super) outcome: Outcome,
    pub(super) bytes_wire: u64,
    pub(super) bytes_body: u64,
}

/// Adds to the host's day.
pub(super) fn count_host(work: &Work<'_>, host: &HostUse<'_>) -> Done<()> {
    if host.host.is_empty() {
        return Ok(());
    }
    let day: String = time_text(work.now).chars().take(10).collect();
    work.run(
        "INSERT INTO host_days (host, day, requests, not_modified, failed, refused, bytes_wire,
           bytes_body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (host, day) DO UPDATE SET requests = requests + excluded.requests,
           not_modified = not_modified + excluded.not_modified,
           failed = failed + excluded.failed, refused = refused + excluded.refused,
           bytes_wire = bytes_wire + excluded.bytes_wire,
           bytes_body = bytes_body + excluded.bytes_body",
        &bind![
            host.host,
            day,
            host.n_requests,
            host.is_not_modified,
            host.outcome == Outcome::Failed,
            host.outcome == Outcome::Refused,
            host.bytes_wire,
            host.bytes_body,
        ],
    )?;
    Ok(())
}

/// Adds to the day of each host that redirected: a request, and nothing else.
pub(super) fn count_redirects(work: &Work<'_>, hosts: &[String]) -> Done<()> {
    for host in hosts {
        let redirect = HostUse {
            host,
            n_requests: 1,
            is_not_modified: false,
            outcome: Outcome::Ok,
            bytes_wire: 0,
            bytes_body: 0,
        };
        count_host(work, &redirect)?;
    }
    Ok(())
}
