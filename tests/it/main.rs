//! One binary for all integration tests: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking and may do IO"
)]

mod allowed_later;
mod architecture;
mod backlog;
mod cli_bad_input;
mod cli_export;
mod cli_opml;
mod config;
mod consumers;
mod cron_croner;
mod daemon;
mod daemon_disk;
mod daemon_faults;
mod demo_pipeline;
mod demo_site;
mod dependencies;
mod disk_faults;
mod feed_discover;
mod feed_golden;
mod feed_identity;
mod feed_reference;
mod host_memory;
mod host_report;
mod http_addresses;
mod http_common;
mod http_compression;
mod http_framing;
mod http_manners;
mod http_redirects;
mod http_status;
mod http_timing;
mod http_tls;
mod http_two;
mod in_flight;
mod learned_sites;
mod machine_run;
mod machine_start;
mod manners;
mod odd_days;
mod operations_doc;
mod outage;
mod page_golden;
mod page_limits;
mod page_tries;
mod power_cuts;
mod rechecks;
mod robots;
mod schedule_bounds;
mod schedule_month;
mod status_page;
mod store_as_of;
mod store_cursor;
mod store_dictionaries;
mod store_docs;
mod store_files;
mod store_labels;
mod store_place;
mod store_search;
mod store_sites;
mod store_support;
mod store_tail;
mod stories;
mod story_set;
mod support;
mod upkeep;
mod web_cases;
mod whole_files;
