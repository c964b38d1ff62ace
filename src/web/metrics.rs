//! Metrics in Prometheus' text format 0.0.4.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};

use super::when;
use crate::model::{
    ErrorClass, FeedStatus, Outcome, Status, TRANSACTION_CLASSES_MS, TransactionTimes,
};

/// Every metric of a snapshot. Base units, `_total` for what only rises; no label takes values
/// from feeds, so the number of series does not grow with them.
pub(super) fn render(status: &Status) -> String {
    let mut text = Text::default();
    text.head("build_info", "gauge", "Version of the running program.");
    text.sample("build_info", &[("version", status.version)], 1);
    text.time(
        "start_time_seconds",
        "When the daemon was started.",
        status.started_at,
    );
    text.time(
        "snapshot_time_seconds",
        "When these figures were taken.",
        status.taken_at,
    );
    add_work(&mut text, status);
    add_store(&mut text, status);
    add_feeds(&mut text, status);
    text.0
}

fn add_work(text: &mut Text, status: &Status) {
    let outcomes = [
        Outcome::Ok,
        Outcome::NotModified,
        Outcome::Failed,
        Outcome::Refused,
    ]
    .map(Outcome::as_str);
    let pages = [Outcome::Ok, Outcome::Failed, Outcome::Refused].map(Outcome::as_str);
    let classes: Vec<_> = ErrorClass::ALL.iter().map(|class| class.as_str()).collect();
    text.counters(
        "polls_total",
        "Polls of feeds since the start.",
        "outcome",
        (&outcomes, &status.polls),
    );
    text.counters(
        "pages_total",
        "Article pages since the start.",
        "outcome",
        (&pages, &status.pages),
    );
    text.counters(
        "poll_errors_total",
        "Failed polls since the start.",
        "class",
        (&classes, &status.errors),
    );
    text.gauge("polls_in_flight", "Polls under way.", status.n_in_flight);
    text.gauge(
        "paused",
        "1 while nothing is polled, because nothing can be stored.",
        u64::from(status.paused.is_some()),
    );
    if let Some(at) = status.last_poll_at {
        text.time(
            "last_poll_time_seconds",
            "End of the last poll of any feed.",
            at,
        );
    }
    let last_ok = status
        .feeds
        .iter()
        .filter_map(|feed| when::parse(feed.last_ok_at.as_deref()))
        .max();
    if let Some(at) = last_ok {
        text.time(
            "last_success_timestamp_seconds",
            "Start of the last poll that succeeded.",
            at,
        );
    }
}

fn add_store(text: &mut Text, status: &Status) {
    text.gauge("articles", "Articles in the store.", status.n_articles);
    text.gauge(
        "queued_pages",
        "Article pages that wait to be fetched.",
        status.n_waiting,
    );
    text.counter(
        "articles_new_total",
        "Articles stored since the start.",
        status.n_new,
    );
    text.counter(
        "articles_revised_total",
        "Revisions stored since the start.",
        status.n_revised,
    );
    add_transactions(text, &status.transactions);
}

fn add_transactions(text: &mut Text, times: &TransactionTimes) {
    let name = "transaction_seconds";
    text.head(
        name,
        "histogram",
        "How long the writer held the database, since the start.",
    );
    let bucket = format!("{name}_bucket");
    for (class, n) in TRANSACTION_CLASSES_MS.iter().zip(&times.n_up_to) {
        let end = Duration::from_millis(*class).as_secs_f64().to_string();
        text.sample(&bucket, &[("le", &end)], n);
    }
    text.sample(&bucket, &[("le", "+Inf")], times.n);
    text.sample(&format!("{name}_sum"), &[], times.sum.as_secs_f64());
    text.sample(&format!("{name}_count"), &[], times.n);
}

fn add_feeds(text: &mut Text, status: &Status) {
    let statuses = [
        FeedStatus::Active,
        FeedStatus::Paused,
        FeedStatus::Gone,
        FeedStatus::Removed,
        FeedStatus::Quarantined,
        FeedStatus::Adhoc,
    ]
    .map(FeedStatus::as_str);
    let mut counts = BTreeMap::<String, u64>::new();
    for feed in &status.feeds {
        *counts.entry(feed.status.clone()).or_default() += 1;
    }
    text.head("feeds", "gauge", "Feeds by where they stand.");
    text.labelled("feeds", "status", &statuses, &counts);
    let n_failing = status.feeds.iter().filter(|feed| feed.failures > 0).count();
    let n_failing = u64::try_from(n_failing).unwrap_or(u64::MAX);
    text.gauge("feeds_failing", "Feeds whose last poll failed.", n_failing);
}

/// The text so far.
#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(&format!("# HELP feedmill_{name} {help}"));
        self.line(&format!("# TYPE feedmill_{name} {kind}"));
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "gauge", help);
        self.sample(name, &[], value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.sample(name, &[], value);
    }

    fn time(&mut self, name: &str, help: &str, at: DateTime<Utc>) {
        self.head(name, "gauge", help);
        self.sample(name, &[], at.timestamp());
    }

    fn counters(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        (known, counts): (&[&str], &BTreeMap<String, u64>),
    ) {
        self.head(name, "counter", help);
        self.labelled(name, label, known, counts);
    }

    /// A series for each known value, at zero when it has not occurred, so that rates are right
    /// from the first occurrence on; then what else there is.
    fn labelled(
        &mut self,
        name: &str,
        label: &str,
        known: &[&str],
        counts: &BTreeMap<String, u64>,
    ) {
        for value in known {
            let count = counts.get(*value).copied().unwrap_or_default();
            self.sample(name, &[(label, value)], count);
        }
        for (value, count) in counts {
            if !known.contains(&value.as_str()) {
                self.sample(name, &[(label, value)], *count);
            }
        }
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        if labels.is_empty() {
            self.line(&format!("feedmill_{name} {value}"));
        } else {
            self.line(&format!("feedmill_{name}{{{}}} {value}", labels.join(",")));
        }
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped() {
        let mut text = Text::default();
        text.sample("x", &[("a", "b\"c\\d\ne"), ("f", "g")], 1);
        assert_eq!(text.0, "feedmill_x{a=\"b\\\"c\\\\d\\ne\",f=\"g\"} 1\n");
    }

    #[test]
    fn a_value_that_is_not_known_is_shown_too() {
        let mut text = Text::default();
        let counts = BTreeMap::from([("new".to_owned(), 3), ("ok".to_owned(), 2)]);
        text.labelled("x", "a", &["ok", "failed"], &counts);
        let want = "feedmill_x{a=\"ok\"} 2\nfeedmill_x{a=\"failed\"} 0\nfeedmill_x{a=\"new\"} 3\n";
        assert_eq!(text.0, want);
    }
}
