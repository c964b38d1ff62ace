//! `[retention]`.

use std::time::Duration;

use super::report::Report;
use super::section::{DURATION_HINT, Section};
use super::units;

/// How long things are kept. The daemon sees to it; `feedmill db prune` does so at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Articles, counted from when they were first seen; `None`: for ever.
    pub articles: Option<Duration>,
    /// Polls and fetches as rows of their own; older ones are summed up by the day. `None`: for ever.
    pub ledger: Option<Duration>,
    /// What the ledger's days and the hosts' days are kept for; `None`: for ever.
    pub days: Option<Duration>,
    /// Bytes in use in the database file; beyond, raw pages go first, then articles, the oldest first.
    /// `None`: as many as there are.
    pub max_size: Option<u64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            articles: None,
            ledger: Some(Duration::from_hours(30 * 24)),
            days: None,
            max_size: None,
        }
    }
}

/// Reads `[retention]`.
pub(super) fn read(section: &Section<'_>, report: &mut Report) -> Retention {
    let default = Retention::default();
    Retention {
        articles: span(section, "articles", default.articles, report),
        ledger: span(section, "ledger", default.ledger, report),
        days: span(section, "days", default.days, report),
        max_size: section.size(report, "max_size"),
    }
}

/// A duration, or `None` for `forever`.
fn span(
    section: &Section<'_>,
    name: &str,
    default: Option<Duration>,
    report: &mut Report,
) -> Option<Duration> {
    match section.text(report, name) {
        None => default,
        Some("forever") => None,
        Some(text) => match units::duration(text) {
            Ok(duration) => Some(duration),
            Err(why) => {
                let why = format!("{why}, and not `forever`");
                section.fault(report, name, why, Some(DURATION_HINT.to_owned()));
                default
            }
        },
    }
}
