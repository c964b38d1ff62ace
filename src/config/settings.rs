//! What can be said for all feeds and for each.

use std::time::Duration;

use regex::Regex;

use super::report::Report;
use super::section::{DURATION_HINT, Section};
use super::{ContentMode, KeepRaw, units};
use crate::schedule::{CronError, CronSchedule, Plan};
use crate::text::clean_line;

/// The keys that `[defaults]` and `[[feeds]]` have in common.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) plan: Plan,
    cron: Option<String>,
    timezone: Option<String>,
    pub(super) content: ContentMode,
    pub(super) keep_raw: KeepRaw,
    pub(super) tags: Vec<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) proxy: Option<String>,
    pub(super) obeys_robots: bool,
    pub(super) include: Vec<Regex>,
    pub(super) exclude: Vec<Regex>,
    pub(super) recheck: Vec<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plan: Plan::Every(Duration::from_hours(1)),
            cron: None,
            timezone: None,
            content: ContentMode::default(),
            keep_raw: KeepRaw::default(),
            tags: Vec::new(),
            headers: Vec::new(),
            proxy: None,
            obeys_robots: true,
            include: Vec::new(),
            exclude: Vec::new(),
            recheck: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads a section; what it does not say is as in `base`.
    pub(super) fn read(section: &Section<'_>, base: &Self, report: &mut Report) -> Self {
        let mut settings = base.clone();
        settings.read_plan(section, report);
        if let Some(content) = read_content(section, report) {
            settings.content = content;
        }
        if let Some(keep_raw) = read_keep_raw(section, report) {
            settings.keep_raw = keep_raw;
        }
        for (tag, _) in section.texts(report, "tags").unwrap_or_default() {
            let tag = clean_line(tag);
            if !tag.is_empty() && !settings.tags.contains(&tag) {
                settings.tags.push(tag);
            }
        }
        settings.read_headers(section, report);
        if let Some(proxy) = read_proxy(section, report) {
            settings.proxy = Some(proxy);
        }
        if let Some(obeys) = section.flag(report, "robots") {
            settings.obeys_robots = obeys;
        }
        if let Some(include) = read_patterns(section, "include", report) {
            settings.include = include;
        }
        if let Some(exclude) = read_patterns(section, "exclude", report) {
            settings.exclude = exclude;
        }
        if let Some(mut recheck) = section.durations(report, "recheck") {
            recheck.sort_unstable();
            recheck.dedup();
            settings.recheck = recheck;
        }
        settings
    }

    fn read_plan(&mut self, section: &Section<'_>, report: &mut Report) {
        let every = section.duration(report, "every");
        let cron = section.text(report, "cron").map(str::to_owned);
        let timezone = section.text(report, "timezone").map(str::to_owned);
        let is_zone_given = timezone.is_some();
        if is_zone_given {
            self.timezone = timezone;
        }
        if section.has("every") && section.has("cron") {
            let why = "stands beside `every`".to_owned();
            section.fault(report, "cron", why, Some("keep one of the two".to_owned()));
            return;
        }
        if let Some(every) = every {
            if every.is_zero() {
                section.fault(report, "every", "must be longer than zero".to_owned(), None);
            }
            self.cron = None;
            self.plan = Plan::Every(every);
        } else if cron.is_some() {
            self.cron = cron;
            self.plan_by_cron(section, report);
        } else if is_zone_given {
            self.check_zone(section, report);
        }
    }

    fn plan_by_cron(&mut self, section: &Section<'_>, report: &mut Report) {
        let Some(cron) = &self.cron else { return };
        match Plan::from_cron(cron, self.timezone.as_deref()) {
            Ok(plan) => self.plan = plan,
            Err(error) => {
                let is_zone = matches!(error, CronError::Timezone { .. });
                let key = if is_zone { "timezone" } else { "cron" };
                section.fault(report, key, error.to_string(), error.hint());
            }
        }
    }

    /// A zone without an expression beside it: for that of the defaults, or for none.
    fn check_zone(&mut self, section: &Section<'_>, report: &mut Report) {
        if self.cron.is_some() {
            self.plan_by_cron(section, report);
        } else if let Err(error) = CronSchedule::parse("@daily", self.timezone.as_deref()) {
            section.fault(report, "timezone", error.to_string(), error.hint());
        }
    }

    fn read_headers(&mut self, section: &Section<'_>, report: &mut Report) {
        let Some(value) = section.value("headers") else {
            return;
        };
        let Some(table) = value.get_ref().as_table() else {
            let why = super::section::wrong_type("a table of strings", value.get_ref());
            section.fault(
                report,
                "headers",
                why,
                Some("write `headers = { Accept-Language = \"de\" }`".to_owned()),
            );
            return;
        };
        for (name, value) in table {
            let name = name.get_ref().as_ref();
            let why = match value.get_ref().as_str() {
                None => Some(super::section::wrong_type("a string", value.get_ref())),
                Some(value) => header_fault(name, value),
            };
            if let Some(why) = why {
                section.fault(
                    report,
                    "headers",
                    format!("`{}`: {why}", clean_line(name)),
                    None,
                );
                continue;
            }
            self.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            let value = value.get_ref().as_str().unwrap_or_default();
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// What is wrong with a request header field (RFC 9110, 5.1 and 5.5).
fn header_fault(name: &str, value: &str) -> Option<String> {
    /// What feedmill sets itself, or what would break the framing.
    const OWN: &[&str] = &[
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "range",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "expect",
    ];
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Some("is no name of a header field".to_owned());
    }
    if OWN.contains(&name.to_ascii_lowercase().as_str()) {
        return Some("is set by feedmill itself".to_owned());
    }
    value
        .chars()
        .any(|c| c.is_control() && c != '\t')
        .then(|| "its value holds control characters".to_owned())
}

fn read_content(section: &Section<'_>, report: &mut Report) -> Option<ContentMode> {
    let text = section.text(report, "content")?;
    let content = match text {
        "page" => ContentMode::Page,
        "feed" => ContentMode::Feed,
        "auto" => ContentMode::Auto,
        _ => {
            let why = format!("`{}` is none of `page`, `feed`, `auto`", clean_line(text));
            section.fault(report, "content", why, None);
            return None;
        }
    };
    Some(content)
}

fn read_keep_raw(section: &Section<'_>, report: &mut Report) -> Option<KeepRaw> {
    match section.text(report, "keep_raw")? {
        "none" => Some(KeepRaw::None),
        "forever" => Some(KeepRaw::Forever),
        text => match units::duration(text) {
            Ok(duration) => Some(KeepRaw::For(duration)),
            Err(why) => {
                let why = format!("{why}, and neither `none` nor `forever`");
                section.fault(report, "keep_raw", why, Some(DURATION_HINT.to_owned()));
                None
            }
        },
    }
}

fn read_proxy(section: &Section<'_>, report: &mut Report) -> Option<String> {
    let text = section.text(report, "proxy")?;
    let is_good = ::url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_good {
        // The text may hold a password: it is not repeated.
        let why = "is no http or https address".to_owned();
        section.fault(
            report,
            "proxy",
            why,
            Some("write `http://host:port`".to_owned()),
        );
    }
    is_good.then(|| text.to_owned())
}

fn read_patterns(section: &Section<'_>, name: &str, report: &mut Report) -> Option<Vec<Regex>> {
    let texts = section.texts(report, name)?;
    let mut patterns = Vec::new();
    for (text, place) in texts {
        match Regex::new(text) {
            Ok(pattern) => patterns.push(pattern),
            Err(error) => {
                // The last line of the message says what is wrong, those before draw it.
                let message = error.to_string();
                let why = message
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ");
                let why = format!("`{}` is no regular expression: {why}", clean_line(text));
                report.fault(place, &section.key(name), why, None);
            }
        }
    }
    Some(patterns)
}
