//! What a robots.txt allows.

use std::time::Duration;

use url::Url;

use super::{
    parse::{Group, Rule, groups},
    path::path_of,
};

/// A robots.txt, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    groups: Vec<Group>,
}

impl Robots {
    /// The product token that feedmill obeys.
    pub const AGENT: &'static str = "feedmill";

    /// Reads a robots.txt; takes any bytes, of which the first 500 KiB count.
    pub fn parse(bytes: &[u8]) -> Self {
        Self {
            groups: groups(bytes),
        }
    }

    /// Whether the crawler with this product token may fetch the address (RFC 9309, 2.2.2): the
    /// longest pattern that matches decides, `Allow` between two of the same length; no pattern
    /// means yes. robots.txt itself is always allowed.
    pub fn allows(&self, agent: &str, url: &Url) -> bool {
        let path = path_of(url);
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.rules(agent).filter(|rule| rule.pattern.matches(&path));
        matching
            .max_by_key(|rule| (rule.pattern.n_octets(), rule.is_allow))
            .is_none_or(|rule| rule.is_allow)
    }

    /// `Crawl-delay` for this product token, the longest if there are several; not capped.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        let name = self.name_for(agent);
        let agents = self.groups.iter().flat_map(|group| &group.agents);
        let mine = agents.filter(|agent| agent.name == name);
        mine.filter_map(|agent| agent.crawl_delay).max()
    }

    /// Rules of all groups that name the agent, else of all that are for everyone (RFC 9309,
    /// 2.2.1).
    fn rules(&self, agent: &str) -> impl Iterator<Item = &Rule> {
        let name = self.name_for(agent);
        let mine = move |group: &&Group| group.agents.iter().any(|agent| agent.name == name);
        self.groups
            .iter()
            .filter(mine)
            .flat_map(|group| &group.rules)
    }

    /// The agent's own name when a group has it, else `*`.
    fn name_for(&self, agent: &str) -> String {
        let agent = agent.to_ascii_lowercase();
        let mut agents = self.groups.iter().flat_map(|group| &group.agents);
        if agents.any(|other| other.name == agent) {
            agent
        } else {
            "*".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::robots::parse::LIMIT_BYTES;

    fn allows(file: &str, path: &str) -> bool {
        let url = Url::parse("https://site.example")
            .unwrap()
            .join(path)
            .unwrap();
        Robots::parse(file.as_bytes()).allows("feedmill", &url)
    }

    #[track_caller]
    fn check(file: &str, cases: &[(&str, bool)]) {
        for (path, want) in cases {
            assert_eq!(allows(file, path), *want, "{path} by\n{file}");
        }
    }

    #[test]
    fn nothing_said_is_allowed() {
        check("", &[("/", true)]);
        check("<html><p>not: a robots.txt</html>", &[("/x", true)]);
        check("User-agent: *\nDisallow:\n", &[("/x", true)]);
        check("User-agent: *\nDisallow: $\n", &[("/x", true)]);
        check("Disallow: /\n", &[("/x", true)]);
        check("User-agent: *\nDisallow: foo\n", &[("/foo", true)]);
    }

    #[test]
    fn the_agents_own_group_comes_first_and_groups_are_merged() {
        let file = "User-agent: *\nDisallow: /\n\
                    User-agent: FeedMill/2.0 (x)\nDisallow: /a\n\
                    User-agent: other\nDisallow: /\n\
                    User-agent: feedmill\nDisallow: /b\n";
        check(file, &[("/", true), ("/a1", false), ("/b1", false)]);
        let file = "User-agent: feed\nUser-agent: feedmillbot\nDisallow: /\n";
        check(file, &[("/", true)]);
        let file = "User-agent: other\nUser-agent: feedmill\n\nDisallow: /x\n";
        check(file, &[("/x", false), ("/y", true)]);
        let file =
            "User-agent: *\nDisallow: /a\nUser-agent: b\nDisallow: /\nUser-agent: *\nDisallow: /c";
        check(file, &[("/a", false), ("/b", true), ("/c", false)]);
        check(
            "user-agent: feedmill\nuser-agent: x\nallow: /\nuser-agent: *\ndisallow: /",
            &[("/", true)],
        );
    }

    #[test]
    fn the_longest_match_decides_and_a_tie_allows() {
        let file = "User-agent: *\nAllow: /p\nDisallow: /\n";
        check(
            file,
            &[("/page", true), ("/x", false), ("/robots.txt", true)],
        );
        let file = "User-agent: *\nAllow: /folder\nDisallow: /folder\n";
        check(file, &[("/folder/page", true)]);
        let file = "User-agent: *\nAllow: /page\nDisallow: /*.htm\n";
        check(file, &[("/page.htm", false), ("/page.ht", true)]);
        let file = "User-agent: *\nAllow: /$\nDisallow: /\n";
        check(file, &[("/", true), ("/page.htm", false)]);
        let file =
            "User-agent: *\nDisallow: /example/page/\nAllow: /example/page/disallowed.gif$\n";
        check(
            file,
            &[
                ("/example/page/x", false),
                ("/example/page/disallowed.gif", true),
            ],
        );
    }

    #[test]
    fn wildcards_and_the_end_sign() {
        let file = "User-agent: *\nDisallow: /fish*.php\nDisallow: /*?id=\nDisallow: /*.gif$\nDisallow: /a*b*c$\n";
        check(
            file,
            &[
                ("/fish.php", false),
                ("/fishheads/catfish.php?x", false),
                ("/Fish.PHP", true),
                ("/x?id=3", false),
                ("/x?a=1&id=3", true),
                ("/x.gif", false),
                ("/x.gif?y", true),
                ("/a-b-c", false),
                ("/a-c-b-c-c", false),
                ("/a-b-cd", true),
                ("/abc", false),
                ("/ac", true),
            ],
        );
        check(
            "User-agent: *\nDisallow: /a$b\n",
            &[("/a$b", false), ("/a", true)],
        );
        check("User-agent: *\nDisallow: *\n", &[("/x", false)]);
        check(
            "User-agent: *\nDisallow: /x*$\n",
            &[("/xyz", false), ("/y", true)],
        );
    }

    #[test]
    fn escapes_are_compared_in_one_spelling() {
        check(
            "User-agent: *\nDisallow: /foo/bar/ツ\nDisallow: /baz/%62%61%7A\nDisallow: /q/%e3%83%84\nDisallow: /s/%2a\nDisallow: /d/%24\nDisallow: /p/a%2fb\n",
            &[
                ("/foo/bar/%E3%83%84", false),
                ("/foo/bar/ツ", false),
                ("/baz/baz", false),
                ("/q/ツ", false),
                ("/s/*", false),
                ("/s/x", true),
                ("/d/$", false),
                ("/p/a/b", true),
                ("/p/a%2Fb", false),
            ],
        );
    }

    #[test]
    fn byte_order_mark_line_ends_case_and_remarks() {
        check(
            "\u{feff}User-agent: *\r\nDisallow: /a # why\r\n",
            &[("/a", false)],
        );
        check("USER-AGENT : *\rDISALLOW : /a\r", &[("/a", false)]);
        check("User-agent: * # all\nDissallow: /a\n", &[("/a", false)]);
        check(
            "User-agent: *\n\n\n# x\nSitemap: /s\nDisallow: /a\n",
            &[("/a", false)],
        );
        check(
            "User-agent: *\nSitemap: /s\nUser-agent: b\nDisallow: /a\n",
            &[("/a", false)],
        );
        check("User-agent: *bot\nDisallow: /\n", &[("/", true)]);
    }

    #[test]
    fn only_the_first_500_kib_count_and_no_half_line() {
        let filler = "#".repeat(LIMIT_BYTES - 40);
        let file = format!("{filler}\nUser-agent: *\nDisallow: /abcdefghijklmnopqrstuvwxyz");
        check(
            &file,
            &[("/abc", true), ("/abcdefghijklmnopqrstuvwxyz", true)],
        );
        let filler = "#".repeat(LIMIT_BYTES - 100);
        let file = format!(
            "{filler}\nUser-agent: *\nDisallow: /a\n{}",
            "#".repeat(1000)
        );
        check(&file, &[("/a", false)]);
    }

    #[test]
    fn crawl_delay_is_read() {
        let delay = |file: &str| Robots::parse(file.as_bytes()).crawl_delay("feedmill");
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5\n"), ms(2500));
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1\n"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: NaN\n"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: 1e300\n"), None);
        assert_eq!(delay("Crawl-delay: 5\n"), None);
        assert_eq!(
            delay("User-agent: *\nCrawl-delay: 9\nAllow: /\nUser-agent: feedmill\nDisallow: /x\n"),
            None
        );
        assert_eq!(
            delay("User-agent: feedmill\nCrawl-delay: 3\nUser-agent: *\nCrawl-delay: 9\n"),
            ms(3000)
        );
    }

    #[test]
    fn many_wildcards_stay_fast() {
        let pattern = "*a".repeat(1000);
        let file = format!(
            "User-agent: *\n{}",
            format!("Disallow: /{pattern}b\n").repeat(200)
        );
        let path = format!("/{}", "a".repeat(4000));
        check(&file, &[(&path, true)]);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, path in "/[ -~]{0,30}") {
            let url = Url::parse("https://a.example").unwrap().join(&path);
            if let Ok(url) = url {
                Robots::parse(&bytes).allows("feedmill", &url);
            }
        }

        #[test]
        fn a_path_matches_itself(path in "/[a-zA-Z0-9_.~!&'()+,;=@é/-]{0,20}") {
            let url = Url::parse("https://a.example").unwrap();
            let mut at = url.clone();
            at.set_path(&path);
            prop_assume!(at.path() != "/robots.txt" && at.path() == path.replace('é', "%C3%A9"));
            let file = format!("User-agent: *\nDisallow: {path}\n");
            prop_assert!(!Robots::parse(file.as_bytes()).allows("feedmill", &at));
        }
    }
}
