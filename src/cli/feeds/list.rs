//! `feedmill feeds list`.

use crate::cli::{
    args::{Global, Machine},
    exit::{Failed, Status},
    open,
    rows::{self, Kind, column},
};

pub(super) fn run(machine: Machine, global: &Global) -> Result<Status, Failed> {
    let config = open::config_for_reading(global)?;
    let columns = [
        column("id", Kind::Plain),
        column("name", Kind::Line),
        column("status", Kind::Plain),
        column("tags", Kind::List),
        column("last_ok_at", Kind::Time),
        column("next_poll_at", Kind::Time),
        column("articles", Kind::Plain),
        column("error_class", Kind::Plain),
        column("url", Kind::Line),
    ];
    if config.database.exists() {
        let feeds = crate::store::Reader::open(&config.database)?.feeds()?;
        rows::print(&feeds, &columns, machine)?;
    } else {
        // Nothing was fetched yet: the configuration is all there is.
        let feeds: Vec<serde_json::Value> = config
            .feeds
            .iter()
            .map(|feed| {
                serde_json::json!({
                    "name": feed.name,
                    "status": if feed.is_paused { "paused" } else { "active" },
                    "tags": feed.tags,
                    "url": feed.url.as_str(),
                })
            })
            .collect();
        rows::print(&feeds, &columns, machine)?;
    }
    Ok(Status::Ok)
}
