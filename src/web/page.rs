//! The status page.

use maud::{DOCTYPE, Markup, html};

use super::{
    feed_table::{FeedPage, feed_page},
    health::not_ready,
    when,
};
use crate::model::{FeedHealth, Status};

/// The style sheet, served beside the page so that the page needs no inline style.
pub(super) const STYLE: &str = include_str!("style.css");

/// The page with the given page of feeds, from 1 on.
pub(super) fn render(status: &Status, page: usize) -> Markup {
    let feeds = feed_page(status, page);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content="30";
                title { "feedmill" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                h1 { "feedmill " small { (status.version) } }
                (state(status))
                (figures(status, feeds.n_feeds))
                h2 { "Feeds" }
                (table(status, &feeds))
                (pager(&feeds))
                footer {
                    p { "Database " code { (status.database.display()) } ", process " (status.pid) "." }
                    p {
                        "As of " time { (status.taken_at.format("%Y-%m-%d %H:%M:%S UTC")) } ". "
                        a href="/metrics" { "Metrics" } ", "
                        a href="/healthz" { "alive" } ", "
                        a href="/readyz" { "ready" } "."
                    }
                }
            }
        }
    }
}

fn state(status: &Status) -> Markup {
    html! {
        @match not_ready(status) {
            Some(why) => p.state.bad role="alert" { strong { "Paused. " } (why) },
            None => p.state.good {
                "Running for " (when::spell(status.taken_at - status.started_at))
                @if let Some(at) = status.last_poll_at {
                    ", last poll " (when::relative(at, status.taken_at))
                }
                "."
            },
        }
    }
}

fn figures(status: &Status, n_feeds: usize) -> Markup {
    let count = |outcome: &str| status.polls.get(outcome).copied().unwrap_or_default();
    let n_polls: u64 = status.polls.values().sum();
    let n_failing = status.feeds.iter().filter(|feed| feed.failures > 0).count();
    html! {
        dl.figures {
            (figure("Articles", status.n_articles))
            (figure("New since start", status.n_new))
            (figure("Revised since start", status.n_revised))
            (figure("Feeds", n_feeds))
            (figure("Failing feeds", n_failing))
            (figure("Pages waiting", status.n_waiting))
            (figure("Polls since start", n_polls))
            (figure("Not modified", count("not_modified")))
            (figure("Failed polls", count("failed")))
            (figure("Under way", status.n_in_flight))
        }
        @if !status.errors.is_empty() {
            p.errors {
                "Failed polls since the start: "
                @for (at, (class, count)) in status.errors.iter().enumerate() {
                    @if at > 0 { ", " }
                    code { (class) } " " (count)
                }
                "."
            }
        }
    }
}

fn figure(name: &str, value: impl std::fmt::Display) -> Markup {
    html! { div { dt { (name) } dd { (value.to_string()) } } }
}

fn table(status: &Status, feeds: &FeedPage<'_>) -> Markup {
    html! {
        @if feeds.rows.is_empty() {
            p { "No feeds yet: " code { "feedmill feeds add URL" } " adds one." }
        } @else {
            table {
                thead {
                    tr {
                        th { "Feed" } th { "Status" } th { "Last success" } th { "Next poll" }
                        th.number { "Failures" } th.number { "Articles" }
                    }
                }
                tbody {
                    @for feed in &feeds.rows { (row(status, feed)) }
                }
            }
        }
    }
}

fn row(status: &Status, feed: &FeedHealth) -> Markup {
    let time = |stored: &Option<String>, missing: &'static str| {
        let Some(at) = when::parse(stored.as_deref()) else {
            return html! { (missing) };
        };
        html! { time datetime=(at.to_rfc3339()) title=(at.to_rfc3339()) { (when::relative(at, status.taken_at)) } }
    };
    let is_link = feed.url.starts_with("http://") || feed.url.starts_with("https://");
    html! {
        tr.bad[feed.failures > 0] {
            td data-label="Feed" {
                @if is_link {
                    a href=(feed.url) rel="noreferrer noopener" { (feed.label) }
                } @else {
                    (feed.label)
                }
                @if let Some(error) = &feed.error {
                    @if feed.failures > 0 {
                        div.error {
                            @if let Some(class) = &feed.error_class { code { (class) } " " }
                            (error)
                        }
                    }
                }
            }
            td data-label="Status" { (feed.status) }
            td data-label="Last success" { (time(&feed.last_ok_at, "never")) }
            td data-label="Next poll" { (time(&feed.next_poll_at, "not planned")) }
            td.number data-label="Failures" { (feed.failures) }
            td.number data-label="Articles" { (feed.articles) }
        }
    }
}

fn pager(feeds: &FeedPage<'_>) -> Markup {
    html! {
        @if feeds.n_pages > 1 {
            nav aria-label="Pages of feeds" {
                @if feeds.page > 1 { a rel="prev" href={ "/?page=" (feeds.page - 1) } { "Previous" } " " }
                "Page " (feeds.page) " of " (feeds.n_pages) " "
                @if feeds.page < feeds.n_pages { a rel="next" href={ "/?page=" (feeds.page + 1) } { "Next" } }
            }
        }
    }
}
