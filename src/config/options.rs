//! The options of the other rooms, as they define them.

use super::Config;
use crate::extract::ExtractLimits;
use crate::feed::FeedLimits;
use crate::http::{ClientOptions, HttpLimits};
use crate::markup::{HtmlLimits, XmlLimits};
use crate::schedule;
use crate::store::ConfiguredFeed;

impl Config {
    /// For the HTTP client.
    pub fn client_options(&self) -> ClientOptions {
        ClientOptions {
            user_agent: self.network.user_agent.clone(),
            allow: self.network.allow.clone(),
            ca_file_pem: self.network.ca_file_pem.clone(),
            limits: self.http_limits(),
            per_host: self.limits.per_host,
            host_delay: self.limits.host_delay,
            concurrency: self.limits.concurrency,
            retry_after_scope: self.network.retry_after,
            ..ClientOptions::default()
        }
    }

    /// Sizes and times of a fetch.
    pub fn http_limits(&self) -> HttpLimits {
        let limits = &self.limits;
        HttpLimits {
            connect_timeout: limits.connect_timeout,
            feed_deadline: limits.feed_deadline,
            page_deadline: limits.page_deadline,
            idle_timeout: limits.idle_timeout,
            min_rate: limits.min_rate,
            feed_wire_bytes: limits.feed_wire_bytes,
            feed_bytes: limits.feed_bytes,
            page_bytes: limits.page_bytes,
            body_budget: limits.body_budget,
            redirects: limits.redirects,
            headers: limits.headers,
            header_bytes: limits.header_bytes,
            retry_after_max: limits.retry_after_max,
            ..HttpLimits::default()
        }
    }

    /// For the schedule.
    pub fn schedule_limits(&self) -> schedule::Limits {
        schedule::Limits {
            min_interval: self.limits.min_interval,
            max_interval: self.limits.max_interval,
            backoff_max: self.limits.backoff_max,
            retry_after_max: self.limits.retry_after_max,
            full_poll_every: self.limits.full_poll_every,
            ..schedule::Limits::default()
        }
    }

    /// For reading feeds.
    pub fn feed_limits(&self) -> FeedLimits {
        FeedLimits {
            entries_from: 0,
            xml: XmlLimits {
                depth: self.limits.xml_depth,
                attributes: self.limits.xml_attributes,
                namespaces: self.limits.xml_namespaces,
            },
            entries: self.limits.entries_per_poll,
            document_bytes: bytes(self.limits.feed_bytes),
            title_bytes: bytes(self.limits.title_bytes),
            guid_bytes: bytes(self.limits.guid_bytes),
            link_bytes: bytes(self.limits.link_bytes),
            text_bytes: bytes(self.limits.text_bytes),
        }
    }

    /// For reading pages.
    pub fn extract_limits(&self) -> ExtractLimits {
        ExtractLimits {
            html: HtmlLimits {
                depth: self.limits.html_depth,
                attributes: self.limits.html_attributes,
                elements: self.limits.html_elements,
            },
            title_bytes: bytes(self.limits.title_bytes),
            link_bytes: bytes(self.limits.link_bytes),
            text_bytes: bytes(self.limits.text_bytes),
        }
    }

    /// The feeds as the store keeps them: without credentials.
    pub fn stored_feeds(&self) -> Vec<ConfiguredFeed> {
        let allowed = self.network.allow.to_string();
        self.feeds
            .iter()
            .map(|feed| ConfiguredFeed {
                url: feed.url.to_string(),
                name: feed.name.clone(),
                tags: feed.tags.clone(),
                is_paused: feed.is_paused,
                is_tls_unverified: !feed.is_tls_verified,
                allowed: allowed.clone(),
            })
            .collect()
    }
}

fn bytes(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}
