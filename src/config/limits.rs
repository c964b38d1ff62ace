//! The limits, one row each: key, kind, default, meaning.

use std::time::Duration;

use super::keys::{Key, Kind};
use super::report::Report;
use super::section::Section;
use super::units;

macro_rules! kind_type {
    (Duration) => {
        Duration
    };
    (Size) => {
        u64
    };
    (Count) => {
        usize
    };
}

macro_rules! default_of {
    (Duration, $text:literal) => {
        units::duration($text).unwrap_or_default()
    };
    (Size, $text:literal) => {
        units::size($text).unwrap_or_default()
    };
    (Count, $text:literal) => {
        $text.parse().unwrap_or_default()
    };
}

macro_rules! read_as {
    (Duration, $section:ident, $report:ident, $name:expr) => {
        $section.duration($report, $name)
    };
    (Size, $section:ident, $report:ident, $name:expr) => {
        $section.size($report, $name)
    };
    (Count, $section:ident, $report:ident, $name:expr) => {
        $section.count($report, $name)
    };
}

macro_rules! limits {
    ($($name:ident: $kind:ident = $default:literal, $meaning:literal;)+) => {
        /// The limits of `[limits]`, each as docs/config.md says. Nothing hides under them: zero
        /// means zero.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $meaning] pub $name: kind_type!($kind),)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: default_of!($kind, $default),)+ }
            }
        }

        /// Of `[limits]`.
        pub(super) const KEYS: &[Key] = &[
            $(Key {
                name: stringify!($name),
                kind: Kind::$kind,
                default: Some($default),
                meaning: $meaning,
            },)+
        ];

        /// Reads `[limits]`; what is not there or faulty keeps its default.
        fn read_rows(section: &Section<'_>, report: &mut Report) -> Limits {
            let mut limits = Limits::default();
            $(if let Some(value) = read_as!($kind, section, report, stringify!($name)) {
                limits.$name = value;
            })+
            limits
        }
    };
}

limits! {
    connect_timeout: Duration = "10s", "DNS, TCP and TLS together, for each connection";
    feed_deadline: Duration = "30s", "A whole fetch of a feed, redirects included";
    page_deadline: Duration = "20s", "A whole fetch of a page";
    idle_timeout: Duration = "10s", "Between two pieces of a body";
    min_rate: Size = "1000", "Bytes per second that a body must come at once 10 s are over";
    feed_wire_bytes: Size = "10MB", "Bytes of a feed on the wire";
    feed_bytes: Size = "20MB", "Bytes of a feed once decoded";
    page_bytes: Size = "5MB", "Bytes of a page once decoded";
    body_budget: Size = "64MiB", "Bytes of all bodies in flight";
    redirects: Count = "5", "Redirects that are followed (five at least for robots.txt); each hop is checked anew";
    headers: Count = "100", "Header fields of a response";
    header_bytes: Size = "256KB", "Bytes of a response's header fields";
    xml_depth: Count = "256", "Nesting of XML; a feed that passes it is refused";
    xml_attributes: Count = "1024", "Attributes of an XML element";
    xml_namespaces: Count = "256", "Namespace declarations in scope";
    html_depth: Count = "256", "Nesting of HTML; flattened beyond";
    html_attributes: Count = "1024", "Attributes of an HTML element; dropped beyond";
    html_elements: Count = "60000", "Elements of an HTML page; of what follows only the text stays";
    entries_per_poll: Count = "2000", "Entries taken from one poll";
    pages_per_poll: Count = "50", "Pages fetched after one poll; the rest waits in `v1_queue`";
    title_bytes: Size = "1KB", "Bytes of a title; cut beyond, with a flag";
    guid_bytes: Size = "4KB", "Bytes of a guid; a longer one is hashed";
    link_bytes: Size = "4KB", "Bytes of a link";
    text_bytes: Size = "1MB", "Bytes of a text; cut beyond, with a flag";
    document_cpu: Duration = "2s", "Time for reading one feed document; its further entries wait for the next poll. Pages are bounded by the html_ limits";
    concurrency: Count = "16", "Requests in flight over all hosts";
    per_host: Count = "1", "Requests in flight per host";
    host_delay: Duration = "1s", "Between the starts of two requests to a host";
    min_interval: Duration = "5m", "No feed is polled more often";
    max_interval: Duration = "24h", "A quiet feed is polled at least this often";
    backoff_max: Duration = "24h", "Longest wait after failures";
    retry_after_max: Duration = "24h", "Longest Retry-After that is believed";
    full_poll_every: Duration = "30d", "How often a feed is asked without validators";
    busy_timeout: Duration = "10s", "Wait for another process's lock on the database";
    journal_size_limit: Size = "64MiB", "Size to which the write-ahead log is cut back";
    journal_stop: Size = "1GiB", "Size of the write-ahead log, kept from being cut back by a reader, at which polling pauses";
    shutdown: Duration = "5s", "Time to drain after SIGTERM";
}

/// Reads `[limits]` and checks what contradicts itself.
pub(super) fn read(section: &Section<'_>, report: &mut Report) -> Limits {
    let limits = read_rows(section, report);
    for name in ["concurrency", "per_host", "entries_per_poll"] {
        if section.count(&mut Report::default(), name) == Some(0) {
            section.fault(report, name, "must be at least 1".to_owned(), None);
        }
    }
    if limits.min_interval > limits.max_interval {
        let name = if section.has("min_interval") {
            "min_interval"
        } else {
            "max_interval"
        };
        let why = "`min_interval` is longer than `max_interval`".to_owned();
        section.fault(
            report,
            name,
            why,
            Some("set both `limits.min_interval` and `limits.max_interval`".to_owned()),
        );
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_can_be_read() {
        for key in KEYS {
            let text = key.default.unwrap();
            let is_good = match key.kind {
                Kind::Duration => units::duration(text).is_ok(),
                Kind::Size => units::size(text).is_ok(),
                Kind::Count => text.parse::<usize>().is_ok(),
                Kind::Text
                | Kind::Texts
                | Kind::TextOrTexts
                | Kind::Flag
                | Kind::Durations
                | Kind::Word(_)
                | Kind::KeepRaw
                | Kind::Span
                | Kind::Headers
                | Kind::Table(_)
                | Kind::Folders
                | Kind::Tables(_) => false,
            };
            assert!(is_good, "{}", key.name);
        }
        assert_eq!(Limits::default().min_interval, Duration::from_mins(5));
        assert_eq!(Limits::default().body_budget, 64 << 20);
    }
}
