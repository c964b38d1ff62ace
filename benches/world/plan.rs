//! What the generated world is: sizes and seed as given, addresses, what a feed lists when.

use crate::words::Rng;

/// Sizes of a world. Two worlds with the same plan are equal byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) feeds: u64,
    /// Entries a feed lists at a time.
    pub(crate) entries: u64,
    /// Loopback addresses from 127.0.0.2 on; each is a host of its own.
    pub(crate) hosts: u64,
    /// About how large a page is.
    pub(crate) page_kb: usize,
    /// Feeds carry the whole text.
    pub(crate) is_full_text: bool,
}

impl Plan {
    pub(crate) const USUAL: Self = Self {
        seed: 1,
        feeds: 200,
        entries: 50,
        hosts: 20,
        page_kb: 170,
        is_full_text: false,
    };

    /// As arguments of `serve`.
    pub(crate) fn to_args(&self) -> Vec<String> {
        let mut args = vec![
            format!("--seed={}", self.seed),
            format!("--feeds={}", self.feeds),
            format!("--entries={}", self.entries),
            format!("--hosts={}", self.hosts),
            format!("--page-kb={}", self.page_kb),
        ];
        if self.is_full_text {
            args.push("--full-text".into());
        }
        args
    }

    /// Takes in one argument; false: it is none of the plan's.
    pub(crate) fn take(&mut self, arg: &str) -> bool {
        let (key, value) = arg.split_once('=').unwrap_or((arg, ""));
        let number = value.parse::<u64>().ok();
        match (key, number) {
            ("--seed", Some(n)) => self.seed = n,
            ("--feeds", Some(n)) => self.feeds = n,
            ("--entries", Some(n)) => self.entries = n,
            ("--hosts", Some(n)) => self.hosts = n,
            ("--page-kb", Some(n)) => self.page_kb = usize::try_from(n).unwrap_or(170),
            ("--full-text", _) => self.is_full_text = true,
            _ => return false,
        }
        true
    }

    /// `http://127.0.0.N:port` of a feed and its pages.
    pub(crate) fn origin(&self, feed: u64, port: u16) -> String {
        format!("http://127.0.0.{}:{port}", 2 + feed % self.hosts)
    }

    pub(crate) fn feed_url(&self, feed: u64, port: u16) -> String {
        format!("{}/feed/{feed}", self.origin(feed, port))
    }

    pub(crate) fn page_url(&self, feed: u64, entry: u64, port: u16) -> String {
        format!("{}/news/{feed}/{entry}", self.origin(feed, port))
    }

    /// Numbers of the entries that a feed lists at a tick, newest first.
    pub(crate) fn listed(&self, tick: u64) -> impl Iterator<Item = u64> {
        (tick..tick + self.entries).rev()
    }

    /// How often an entry has been edited by a tick: one in twenty is, once, three ticks after it
    /// appeared.
    pub(crate) fn version(&self, feed: u64, entry: u64, tick: u64) -> u64 {
        let mut rng = Rng::of(self.seed, &[feed, entry, 77]);
        let appeared = entry.saturating_sub(self.entries - 1);
        u64::from(rng.below(20) == 0 && tick >= appeared + 3)
    }
}
