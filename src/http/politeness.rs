//! How hosts are spared: spacing, and leaving them alone when they asked for it or are down.
//!
//! A state machine over time since start; the shell around it counts requests in flight and
//! sleeps. Times are of the monotonic clock, so a jump of the calendar changes nothing.

use std::{collections::HashMap, time::Duration};

use super::message::{plain, span};
use crate::model::{ErrorClass, Failure};

/// A robots.txt cannot make us wait longer than this between two requests (as news-crawl does).
pub const CRAWL_DELAY_MAX: Duration = Duration::from_mins(2);
/// Slow answers alone never space requests wider than this.
const SLOW_SPACING_MAX: Duration = Duration::from_secs(30);
/// Refusals (429, 503) never space requests wider than this.
const REFUSED_SPACING_MAX: Duration = Duration::from_mins(2);
/// 2^7 times a second is more than that already.
const PENALTY_MAX: u32 = 7;
/// Hosts that are remembered before idle ones are forgotten; about 300 bytes each.
const HOSTS_SOFT_MAX: usize = 4096;
/// Hosts that are remembered at most, whatever they asked for.
const HOSTS_HARD_MAX: usize = 65_536;
/// A host without requests for this long has nothing worth remembering but its holds.
const IDLE: Duration = Duration::from_mins(10);

/// The rules, the same for every host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Least time between two starts; zero: no spacing but that of robots.txt.
    pub host_delay: Duration,
    /// Requests in flight per host.
    pub per_host: u32,
    /// Longest hold by `Retry-After`.
    pub retry_after_max: Duration,
    /// How long a host that does not answer is left alone.
    pub host_down: Duration,
}

/// A request that asks for its turn.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Lower-case host, with the port when it is not the default.
    pub host: &'a str,
    /// The address, without credentials: a host that is down may still be tried by the address
    /// that found it down, on that address's own schedule.
    pub url: &'a str,
    /// `Crawl-delay` of its robots.txt.
    pub crawl_delay: Option<Duration>,
    /// Ask although the host is down or said `Retry-After`.
    pub ignores_holds: bool,
}

/// The answer to an [`Ask`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Now; the start has been noted.
    Go,
    /// Ask again at this time.
    At(Duration),
    /// Not at all.
    Held(Failure),
}

/// How a request ended, for the memory of its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// A response came, whatever its status.
    Answered {
        /// From start to the last byte read.
        took: Duration,
        /// From start to the response's header: by then the server had the request.
        head: Duration,
        /// Status.
        status: u16,
        /// `Retry-After`, when it binds the whole host.
        hold: Option<Duration>,
    },
    /// No connection came about.
    NoConnection {
        /// Class of the failure.
        class: ErrorClass,
        /// Its reason.
        why: String,
    },
    /// It broke off, or was given up.
    Broken {
        /// From start to end.
        took: Duration,
    },
}

/// What is remembered of all hosts.
#[derive(Debug, Default)]
pub struct Hosts {
    hosts: HashMap<String, Host>,
    sweep_at: usize,
}

#[derive(Debug, Default)]
struct Host {
    last_start: Option<Duration>,
    /// The latest moment at which the server can have got the last request: connecting takes
    /// time, and spacing is meant as the server sees it.
    last_sent: Duration,
    last_seen: Duration,
    n_in_flight: u32,
    smoothed: Option<Duration>,
    penalty: u32,
    hold_until: Option<Duration>,
    down: Option<Down>,
}

#[derive(Debug)]
struct Down {
    since: Duration,
    until: Duration,
    url: String,
    class: ErrorClass,
    why: String,
}

impl Hosts {
    /// Gives or refuses a turn at `now`; a turn that is given is noted as a start and must be
    /// ended with [`Hosts::end`].
    pub fn ask(&mut self, ask: &Ask<'_>, manners: &Manners, now: Duration) -> Turn {
        let turn = self.look(ask, manners, now);
        if turn == Turn::Go {
            let host = self.host(ask.host, now);
            host.last_start = Some(now);
            host.last_sent = host.last_sent.max(now);
            host.n_in_flight += 1;
        }
        turn
    }

    /// What [`Hosts::ask`] would answer; notes nothing.
    pub fn look(&self, ask: &Ask<'_>, manners: &Manners, now: Duration) -> Turn {
        if let Some(failure) = self.hold(ask, now) {
            return Turn::Held(failure);
        }
        let Some(host) = self.hosts.get(ask.host) else {
            return Turn::Go;
        };
        match host.due(manners, crawl_delay(ask.crawl_delay)) {
            Some(due) if due > now => Turn::At(due),
            Some(_) | None => Turn::Go,
        }
    }

    /// Why the host must not be asked at all at `now`.
    pub fn hold(&self, ask: &Ask<'_>, now: Duration) -> Option<Failure> {
        let host = self.hosts.get(ask.host).filter(|_| !ask.ignores_holds)?;
        if let Some(until) = host.hold_until.filter(|until| *until > now) {
            let left = until.saturating_sub(now);
            let why = format!(
                "not asked: host `{}` wants no requests for another {}",
                plain(ask.host),
                span(left)
            );
            return Some(held(ErrorClass::RateLimited, why, left));
        }
        let down = host.down.as_ref()?;
        if down.until <= now || down.url == ask.url {
            return None;
        }
        let left = down.until.saturating_sub(now);
        let why = format!(
            "not asked: host `{}` could not be reached {} ago ({}), next try in {}",
            plain(ask.host),
            span(now.saturating_sub(down.since)),
            down.why,
            span(left)
        );
        Some(held(down.class, why, left))
    }

    /// Notes how a request ended that had its turn.
    pub fn end(&mut self, ask: &Ask<'_>, report: Report, manners: &Manners, now: Duration) {
        let host = self.host(ask.host, now);
        host.n_in_flight = host.n_in_flight.saturating_sub(1);
        match report {
            Report::Answered {
                took,
                head,
                status,
                hold,
            } => {
                host.down = None;
                host.smooth(took);
                let start = now.saturating_sub(took);
                host.last_sent = host.last_sent.max(start.saturating_add(head));
                host.penalty = match status {
                    429 | 503 => (host.penalty + 1).min(PENALTY_MAX),
                    _ => host.penalty.saturating_sub(1),
                };
                if let Some(hold) = hold {
                    host.hold_back(hold, manners, now);
                }
            }
            Report::Broken { took } => {
                host.down = None;
                host.smooth(took);
                host.last_sent = now;
            }
            Report::NoConnection { class, why } => {
                host.down = Some(Down {
                    since: now,
                    until: now.saturating_add(manners.host_down),
                    url: ask.url.to_owned(),
                    class,
                    why,
                });
            }
        }
    }

    /// Leaves a host alone from `now` on, as it asked another process or an earlier one.
    pub fn hold_back(&mut self, name: &str, wait: Duration, manners: &Manners, now: Duration) {
        self.host(name, now).hold_back(wait, manners, now);
    }

    /// Forgets which hosts did not answer: it was our own line that was down.
    pub fn forget_down(&mut self) {
        for host in self.hosts.values_mut() {
            host.down = None;
        }
    }

    /// Hosts that are remembered.
    pub fn n_hosts(&self) -> usize {
        self.hosts.len()
    }

    fn host(&mut self, name: &str, now: Duration) -> &mut Host {
        if self.hosts.len() >= self.sweep_at.max(HOSTS_SOFT_MAX) && !self.hosts.contains_key(name) {
            self.sweep(now);
        }
        let host = self.hosts.entry(name.to_owned()).or_default();
        host.last_seen = now;
        host
    }

    /// Makes room; looks at each host once for as many new ones as it left.
    fn sweep(&mut self, now: Duration) {
        self.hosts
            .retain(|_, host| host.n_in_flight > 0 || !host.is_idle(now));
        if self.hosts.len() >= HOSTS_HARD_MAX {
            self.hosts.retain(|_, host| host.n_in_flight > 0);
        }
        self.sweep_at = (self.hosts.len() * 2).clamp(HOSTS_SOFT_MAX, HOSTS_HARD_MAX);
    }
}

impl Host {
    fn hold_back(&mut self, wait: Duration, manners: &Manners, now: Duration) {
        let until = now.saturating_add(wait.min(manners.retry_after_max));
        self.hold_until = self.hold_until.max(Some(until));
    }

    /// When the next request may start; `None`: at any time.
    ///
    /// `host_delay` (doubled by refusals) and `Crawl-delay` count from when the server got the
    /// last request. Slow answers count from start to start: a host is kept busy at most half of
    /// the time, so it is twice the smoothed response time, shared among the requests in flight
    /// (after Media Cloud, which divides by its target).
    fn due(&self, manners: &Manners, crawl_delay: Duration) -> Option<Duration> {
        let last_start = self.last_start?;
        let spacing = self.refused_spacing(manners.host_delay).max(crawl_delay);
        if spacing.is_zero() {
            return None;
        }
        let slow = if manners.host_delay.is_zero() {
            Duration::ZERO
        } else {
            self.smoothed.unwrap_or_default() * 2 / manners.per_host.max(1)
        };
        let by_slow = last_start.saturating_add(slow.min(SLOW_SPACING_MAX));
        Some(self.last_sent.saturating_add(spacing).max(by_slow))
    }

    /// `host_delay`, doubled for each refusal that no answer has made up for.
    fn refused_spacing(&self, host_delay: Duration) -> Duration {
        match self.penalty {
            0 => host_delay,
            1.. => host_delay
                .saturating_mul(1 << self.penalty.min(PENALTY_MAX))
                .min(REFUSED_SPACING_MAX)
                .max(host_delay),
        }
    }

    /// Weighs the newest response time by a quarter, so that one slow answer is not the rule.
    fn smooth(&mut self, took: Duration) {
        self.smoothed = Some(match self.smoothed {
            None => took,
            Some(old) => old * 3 / 4 + took / 4,
        });
    }

    fn is_idle(&self, now: Duration) -> bool {
        let is_held = self.hold_until.is_some_and(|until| until > now);
        let is_down = self.down.as_ref().is_some_and(|down| down.until > now);
        !is_held && !is_down && now.saturating_sub(self.last_seen) >= IDLE
    }
}

fn crawl_delay(asked: Option<Duration>) -> Duration {
    asked.unwrap_or_default().min(CRAWL_DELAY_MAX)
}

fn held(class: ErrorClass, why: String, left: Duration) -> Failure {
    Failure {
        retry_after: Some(left),
        ..Failure::new(class, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANNERS: Manners = Manners {
        host_delay: Duration::from_secs(1),
        per_host: 1,
        retry_after_max: Duration::from_hours(24),
        host_down: Duration::from_mins(10),
    };

    fn ask<'a>(host: &'a str, url: &'a str) -> Ask<'a> {
        Ask {
            host,
            url,
            crawl_delay: None,
            ignores_holds: false,
        }
    }

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn answered(took: Duration, status: u16) -> Report {
        Report::Answered {
            took,
            head: s(0),
            status,
            hold: None,
        }
    }

    /// Asks until the turn is given; gives the time.
    fn start(hosts: &mut Hosts, ask: &Ask<'_>, manners: &Manners, mut now: Duration) -> Duration {
        loop {
            match hosts.ask(ask, manners, now) {
                Turn::Go => return now,
                Turn::At(at) => {
                    assert!(at > now);
                    now = at;
                }
                Turn::Held(failure) => panic!("{failure}"),
            }
        }
    }

    /// Starts of `n` requests to one host, each asked for as soon as the one before has ended.
    fn starts(
        manners: &Manners,
        crawl: Option<Duration>,
        took: Duration,
        statuses: &[u16],
    ) -> Vec<Duration> {
        let mut hosts = Hosts::default();
        let mut now = Duration::ZERO;
        let mut starts = Vec::new();
        let ask = Ask {
            crawl_delay: crawl,
            ..ask("a", "u")
        };
        for status in statuses {
            let at = start(&mut hosts, &ask, manners, now);
            starts.push(at);
            now = at + took;
            hosts.end(&ask, answered(took, *status), manners, now);
        }
        starts
    }

    #[test]
    fn starts_are_a_second_apart() {
        let got = starts(&MANNERS, None, Duration::from_millis(10), &[200; 4]);
        assert_eq!(got, [s(0), s(1), s(2), s(3)]);
    }

    #[test]
    fn no_delay_costs_nothing() {
        let manners = Manners {
            host_delay: Duration::ZERO,
            ..MANNERS
        };
        let got = starts(&manners, None, Duration::ZERO, &[200, 429, 503, 200]);
        assert_eq!(got, [s(0); 4]);
    }

    #[test]
    fn slow_answers_space_wider() {
        let got = starts(&MANNERS, None, s(4), &[200; 3]);
        assert_eq!(got, [s(0), s(8), s(16)]);
        let got = starts(&MANNERS, None, s(1000), &[200; 2]);
        assert_eq!(got, [s(0), s(1000)]);
    }

    #[test]
    fn spacing_counts_from_when_the_server_got_the_request() {
        let mut hosts = Hosts::default();
        let first = ask("a", "u");
        assert_eq!(hosts.ask(&first, &MANNERS, s(0)), Turn::Go);
        let report = Report::Answered {
            took: Duration::from_millis(500),
            head: Duration::from_millis(400),
            status: 200,
            hold: None,
        };
        hosts.end(&first, report, &MANNERS, Duration::from_millis(500));
        let want = Turn::At(Duration::from_millis(1400));
        assert_eq!(hosts.ask(&first, &MANNERS, s(1)), want);
    }

    #[test]
    fn refusals_double_and_answers_halve() {
        let quick = Duration::from_millis(1);
        let got = starts(&MANNERS, None, quick, &[429, 503, 200, 200, 200, 200]);
        assert_eq!(got, [s(0), s(2), s(6), s(8), s(9), s(10)]);
    }

    #[test]
    fn crawl_delay_is_a_lower_bound_with_a_cap() {
        let quick = Duration::from_millis(1);
        assert_eq!(starts(&MANNERS, Some(s(7)), quick, &[200; 2]), [s(0), s(7)]);
        assert_eq!(
            starts(&MANNERS, Some(s(9999)), quick, &[200; 2]),
            [s(0), s(120)]
        );
        let manners = Manners {
            host_delay: Duration::ZERO,
            ..MANNERS
        };
        assert_eq!(starts(&manners, Some(s(7)), quick, &[200; 2]), [s(0), s(7)]);
    }

    #[test]
    fn retry_after_binds_the_host_up_to_a_day() {
        let mut hosts = Hosts::default();
        let first = ask("a", "a/1");
        assert_eq!(hosts.ask(&first, &MANNERS, s(0)), Turn::Go);
        let report = Report::Answered {
            took: s(0),
            head: s(0),
            status: 429,
            hold: Some(s(999_999)),
        };
        hosts.end(&first, report, &MANNERS, s(0));
        let Turn::Held(failure) = hosts.ask(&ask("a", "a/2"), &MANNERS, s(10)) else {
            panic!("not held");
        };
        assert_eq!(failure.class, ErrorClass::RateLimited);
        assert_eq!(failure.retry_after, Some(s(24 * 3600 - 10)));
        let forced = Ask {
            ignores_holds: true,
            ..ask("a", "a/2")
        };
        assert_eq!(hosts.ask(&forced, &MANNERS, s(10)), Turn::Go);
        assert_eq!(hosts.ask(&ask("b", "b/1"), &MANNERS, s(10)), Turn::Go);
        assert_eq!(
            hosts.ask(&ask("a", "a/2"), &MANNERS, s(24 * 3600)),
            Turn::Go
        );
    }

    #[test]
    fn a_host_that_is_down_is_left_alone_but_by_the_url_that_found_it() {
        let mut hosts = Hosts::default();
        let (first, second) = (ask("a", "a/1"), ask("a", "a/2"));
        assert_eq!(hosts.ask(&first, &MANNERS, s(0)), Turn::Go);
        let report = Report::NoConnection {
            class: ErrorClass::ConnectionRefused,
            why: "refused".into(),
        };
        hosts.end(&first, report, &MANNERS, s(1));
        let failure = hosts.hold(&second, s(61)).unwrap();
        assert_eq!(failure.class, ErrorClass::ConnectionRefused);
        assert_eq!(failure.retry_after, Some(s(540)));
        assert!(failure.message.contains("60 s ago"), "{}", failure.message);
        assert_eq!(hosts.hold(&first, s(61)), None);
        assert_eq!(hosts.hold(&second, s(601)), None);
        // It answers again: everyone may ask.
        assert_eq!(hosts.ask(&first, &MANNERS, s(62)), Turn::Go);
        hosts.end(&first, answered(s(0), 404), &MANNERS, s(62));
        assert_eq!(hosts.hold(&second, s(63)), None);
    }

    #[test]
    fn our_own_outage_is_forgiven() {
        let mut hosts = Hosts::default();
        let first = ask("a", "a/1");
        hosts.ask(&first, &MANNERS, s(0));
        let report = Report::NoConnection {
            class: ErrorClass::Dns,
            why: "x".into(),
        };
        hosts.end(&first, report, &MANNERS, s(0));
        assert!(hosts.hold(&ask("a", "a/2"), s(1)).is_some());
        hosts.forget_down();
        assert!(hosts.hold(&ask("a", "a/2"), s(1)).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let mut hosts = Hosts::default();
        for n in 0..100_000_u64 {
            let name = format!("host{n}");
            let ask = ask(&name, "u");
            assert_eq!(hosts.ask(&ask, &MANNERS, s(n)), Turn::Go);
            hosts.end(&ask, answered(s(0), 200), &MANNERS, s(n));
            assert!(hosts.n_hosts() <= HOSTS_SOFT_MAX * 2);
        }
        for n in 0..150_000_u64 {
            let name = format!("held{n}");
            let ask = ask(&name, "u");
            assert_eq!(hosts.ask(&ask, &MANNERS, s(100_000)), Turn::Go);
            let report = Report::Answered {
                took: s(0),
                head: s(0),
                status: 429,
                hold: Some(s(9999)),
            };
            hosts.end(&ask, report, &MANNERS, s(100_000));
            assert!(hosts.n_hosts() <= HOSTS_HARD_MAX);
        }
    }
}
