//! Which feeds a person means.

use chrono::{DateTime, Utc};

use super::Pick;
use crate::{
    config::{Config, FeedConfig},
    model::{FeedRow, FeedStatus},
    schedule,
    store::{Store, StoreError},
    url,
};

/// Names offered in a message about an unknown feed.
const NAMES_SHOWN: usize = 8;

/// A feed that was asked for cannot be picked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChooseError {
    /// No feed of this name or id, and it is no address.
    #[error("no feed is called `{key}`, and it is no http or https address")]
    Unknown {
        /// As asked for.
        key: String,
        /// Some names that exist.
        known: Vec<String>,
    },
    /// The feeds could not be read.
    #[error("cannot read the feeds of the database")]
    Store {
        /// The store's own account.
        #[source]
        source: StoreError,
    },
}

impl ChooseError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { known, .. } if known.is_empty() => {
                Some("give an address, or add feeds with `feedmill feeds add URL`".to_owned())
            }
            Self::Unknown { known, .. } => Some(format!(
                "names that exist: {}; `feedmill feeds list` shows all",
                known.join(", ")
            )),
            Self::Store { source } => source.hint(),
        }
    }
}

impl Pick {
    /// The feeds named by `keys` (name, id or address; an address that is not configured becomes
    /// an ad-hoc feed), or with no keys all of them (`all`) or those due at `now`.
    ///
    /// # Errors
    ///
    /// A key that is neither known nor an address; a database that cannot be read or written.
    pub async fn choose(
        config: &Config,
        store: &Store,
        keys: &[String],
        all: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Self>, ChooseError> {
        let rows = store
            .feeds()
            .await
            .map_err(|source| ChooseError::Store { source })?;
        if keys.is_empty() {
            let mut picks = Self::all(config, rows);
            if !all {
                picks.retain(|pick| {
                    let at = pick.row.next_poll_at;
                    at.is_none_or(|at| at <= now || !schedule::is_credible(at, now))
                });
            }
            return Ok(picks);
        }
        let mut picks: Vec<Self> = Vec::new();
        for key in keys {
            let pick = Self::named(config, store, &rows, key).await?;
            if !picks.iter().any(|known| known.row.id == pick.row.id) {
                picks.push(pick);
            }
        }
        Ok(picks)
    }

    async fn named(
        config: &Config,
        store: &Store,
        rows: &[FeedRow],
        key: &str,
    ) -> Result<Self, ChooseError> {
        let address = url::resolve(key, None).filter(|_| key.contains("://"));
        let form = address
            .as_ref()
            .map(|address| url::match_form(&url::canonical_url(address)));
        let is_meant = |row: &&FeedRow| {
            row.name.as_deref() == Some(key)
                || row.id.0.to_string() == key
                || form.as_deref().is_some_and(|form| {
                    ::url::Url::parse(&row.url)
                        .is_ok_and(|url| url::match_form(&url::canonical_url(&url)) == form)
                })
        };
        let configured_row = rows
            .iter()
            .filter(|row| row.status != FeedStatus::Removed)
            .find(is_meant);
        if let Some(row) = configured_row {
            let feed = configured(config, row);
            if let Some(feed) = feed.or_else(|| adhoc(config, address.as_ref(), row)) {
                return Ok(Self {
                    feed,
                    row: row.clone(),
                });
            }
        }
        let Some(address) = address else {
            return Err(ChooseError::Unknown {
                key: key.to_owned(),
                known: rows
                    .iter()
                    .filter_map(|row| row.name.clone())
                    .take(NAMES_SHOWN)
                    .collect(),
            });
        };
        let feed = config.defaults_for_adhoc(&address);
        let row = store
            .adhoc_feed(feed.url.as_str())
            .await
            .map_err(|source| ChooseError::Store { source })?;
        Ok(Self { feed, row })
    }
}

fn configured(config: &Config, row: &FeedRow) -> Option<FeedConfig> {
    config
        .feeds
        .iter()
        .find(|feed| feed.url.as_str() == row.url)
        .cloned()
}

/// The defaults for a feed that is stored but not configured; what was typed may carry
/// credentials that the row does not.
fn adhoc(config: &Config, typed: Option<&::url::Url>, row: &FeedRow) -> Option<FeedConfig> {
    let address = typed
        .cloned()
        .or_else(|| ::url::Url::parse(&row.url).ok())?;
    Some(config.defaults_for_adhoc(&address))
}
