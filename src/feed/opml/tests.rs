use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn list(body: &str) -> OpmlList {
    read(format!("<opml version='2.0'><body>{body}</body></opml>").as_bytes()).unwrap()
}

fn written(list: &OpmlList) -> String {
    write("Feeds", list, DateTime::UNIX_EPOCH)
}

/// Both ways: what was read comes back, and is written the same.
#[track_caller]
fn check_round_trip(list: &OpmlList) -> String {
    let text = written(list);
    let again = read(text.as_bytes()).unwrap();
    assert_eq!(&again, list, "{text}");
    assert_eq!(written(&again), text);
    text
}

fn of_feeds(feeds: &[OpmlFeed]) -> OpmlList {
    OpmlList {
        feeds: feeds.to_vec(),
        ..OpmlList::default()
    }
}

fn pairs<'a>(attributes: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn folders_and_unknown_attributes_come_back() {
    let got = read(
        br#"<?xml version="1.0"?><opml version="2.0" xmlns:ext="http://e.test/ns" xmlns:no="http://no.test/">
        <head><title>x</title></head><body>
        <outline text="News" description="d"><outline text="World/EU, etc">
          <outline type="rss" text="A" title="The A" xmlUrl="http://a.test/1" htmlUrl="http://a.test/"
            description="&lt;b&gt; &amp; &quot;q&quot;" ext:foo="bar" lost:x="1" language="de" category="/x/y,z" empty=""/>
        </outline></outline>
        <outline text="Other"><outline text="B" type="atom" xmlUrl="http://b.test/1"/></outline>
        <outline text="News"><outline text="C" xmlUrl="http://c.test/1"/></outline>
        </body></opml>"#,
    )
    .unwrap();
    let urls: Vec<&str> = got.feeds.iter().map(|feed| feed.url.as_str()).collect();
    assert_eq!(
        urls,
        ["http://a.test/1", "http://c.test/1", "http://b.test/1"]
    );
    assert_eq!(got.feeds[0].folders, [["News", "World/EU, etc"]]);
    assert_eq!(got.feeds[0].tags, ["News", "World/EU, etc", "x", "y", "z"]);
    assert_eq!(
        got.feeds[0].attributes,
        pairs(&[
            ("title", "The A"),
            ("htmlUrl", "http://a.test/"),
            ("description", "<b> & \"q\""),
            ("xmlns:ext", "http://e.test/ns"),
            ("ext:foo", "bar"),
            ("lost:x", "1"),
            ("language", "de"),
            ("empty", ""),
        ])
    );
    assert_eq!(got.feeds[2].attributes, pairs(&[("type", "atom")]));
    assert_eq!(got.folders, [folder(&["News"], &[("description", "d")])]);
    let text = check_round_trip(&got);
    assert!(
        text.contains(
            "<opml version=\"2.0\" xmlns:ext=\"http://e.test/ns\" xmlns:lost=\"urn:feedmill:undeclared:lost\">"
        ),
        "{text}"
    );
    assert!(
        text.contains("    <outline text=\"News\" title=\"News\" description=\"d\">\n      <outline text=\"World/EU, etc\" title=\"World/EU, etc\">\n        <outline type=\"rss\" text=\"A\" title=\"The A\""),
        "{text}"
    );
}

#[test]
fn a_prefix_that_means_two_things_is_declared_where_it_is_used() {
    let got = list(
        "<outline xmlUrl='http://a.test/1' xmlns:e='http://1.test/' e:x='1'/>\
         <outline xmlns:e='http://2.test/'><outline xmlUrl='http://a.test/2' e:x='2' xmlns:f='http://2.test/' f:x='3'/></outline>\
         <outline xmlUrl='http://a.test/3' e:x='4' c@h='5' feedmill:x='6' xmlns='y' a:b:c='7' xml:lang='de'/>",
    );
    assert_eq!(
        got.feeds[1].attributes,
        pairs(&[("xmlns:e", "http://2.test/"), ("e:x", "2")])
    );
    assert_eq!(
        got.feeds[2].attributes,
        pairs(&[("e:x", "4"), ("xml:lang", "de")])
    );
    let text = check_round_trip(&got);
    assert!(text.contains("<opml version=\"2.0\" xmlns:e=\"http://1.test/\">"));
    assert!(text.contains("xmlns:e=\"http://2.test/\" e:x=\"2\""));
}

#[test]
fn tags_that_a_category_cannot_hold_come_back() {
    let feed = |tags: &[&str]| OpmlFeed {
        url: "http://a.test/".to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..OpmlFeed::default()
    };
    let text = check_round_trip(&of_feeds(&[feed(&[
        "z",
        "World/EU, etc",
        "a \"b\" <&>",
        "y",
    ])]));
    assert!(
        text.contains("xmlns:feedmill=\"urn:feedmill:opml\""),
        "{text}"
    );
    assert!(
        text.contains(" category=\"z,a &quot;b&quot; &lt;&amp;&gt;,y\""),
        "{text}"
    );
    let text = check_round_trip(&of_feeds(&[feed(&["z", "a b="])]));
    assert!(!text.contains("feedmill:"), "{text}");
    // Another program wrote the prefix anew, or broke the value.
    let got = list(
        "<outline xmlUrl='http://a.test/1' xmlns:n='urn:feedmill:opml' n:tags='[\"a/b\"]' category='c'/>\
         <outline xmlUrl='http://a.test/2' feedmill:tags='[a/b' category='c'/>",
    );
    assert_eq!(got.feeds[0].tags, ["a/b", "c"]);
    assert_eq!(got.feeds[1].tags, ["c"]);
}

#[test]
fn a_feed_without_a_name_has_none() {
    let text = check_round_trip(&of_feeds(&[OpmlFeed {
        url: "http://a.test/?a=1&b=".to_owned(),
        ..OpmlFeed::default()
    }]));
    assert!(
        text.contains(" text=\"http://a.test/?a=1&amp;b&#61;\""),
        "{text}"
    );
    let names = |attributes: &str| {
        let got = list(&format!("<outline xmlUrl='http://a.test/' {attributes}/>"));
        check_round_trip(&got);
        got.feeds[0].title.clone()
    };
    assert_eq!(names("text='http://a.test/'"), None);
    assert_eq!(
        names("text='http://a.test/' title='T'").as_deref(),
        Some("T")
    );
    assert_eq!(names("title='T'").as_deref(), Some("T"));
    assert_eq!(
        names("text='X' title='http://a.test/'").as_deref(),
        Some("X")
    );
    assert_eq!(names("text=' ' title=''"), None);
}

#[test]
fn broken_lists_are_read() {
    let got = read(
        b"<o:opml xmlns:o='http://o.test/'><o:body><o:outline text='F'>\
        <o:outline XMLURL='http://a.test/1'/><o:outline feedUrl='http://a.test/2'/>\
        <o:outline xml_url='http://a.test/3' url='http://a.test/x'/><o:outline type='RSS' href='http://a.test/4'/>\
        <o:outline type='rss' url='http://a.test/5' feedURL=''/><o:outline type='link' url='http://a.test/no'/>\
        <o:outline href='http://a.test/no'/><o:outline xmlUrl='' feedurl='feed:http://a.test/6'/>\
        </o:outline><o:outline xmlUrl='a.test/7'/></o:body></o:opml>",
    )
    .unwrap();
    let urls: Vec<&str> = got.feeds.iter().map(|feed| feed.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "http://a.test/1",
            "http://a.test/2",
            "http://a.test/3",
            "http://a.test/4",
            "http://a.test/5",
            "feed:http://a.test/6",
            "a.test/7"
        ]
    );
    assert!(got.feeds.iter().take(6).all(|feed| feed.folders == [["F"]]));
    assert!(got.feeds[6].folders.is_empty());
    check_round_trip(&got);
}

#[test]
fn addresses_are_read_as_meant() {
    #[track_caller]
    fn check(raw: &str, want: Option<&str>) {
        assert_eq!(address(raw).as_ref().map(Url::as_str), want, "{raw}");
    }
    check(" feed://a.test/1 ", Some("http://a.test/1"));
    check("feed:http://a.test/2", Some("http://a.test/2"));
    check("FEED:https://a.test/2", Some("https://a.test/2"));
    check("feed://https://a.test/2", Some("https://a.test/2"));
    check("feed:a.test/2", Some("https://a.test/2"));
    check("www.a.test/4", Some("https://www.a.test/4"));
    check("a.test/3", Some("https://a.test/3"));
    check("https://a.test/5", Some("https://a.test/5"));
    check("feed:", None);
    check("feed://", None);
    check("feed:feed://a.test/", None);
    check("ftp://a.test/", None);
    check("nothing", None);
}

#[test]
fn a_feed_in_many_folders_keeps_them() {
    // In one folder first there, in others behind: each order must hold.
    let got = list(
        "<outline text='1'><outline xmlUrl='z'/></outline><outline text='7'><outline xmlUrl='b'/></outline>\
         <outline text='9'><outline text='k'><outline xmlUrl='a'/></outline></outline>\
         <outline text='1'><outline xmlUrl='a'/><outline xmlUrl='b'/></outline>\
         <outline text='9'><outline xmlUrl='d'/><outline xmlUrl='z'/></outline><outline xmlUrl='z'/>",
    );
    let urls: Vec<&str> = got.feeds.iter().map(|feed| feed.url.as_str()).collect();
    assert_eq!(urls, ["z", "b", "a", "d"]);
    assert_eq!(got.feeds[0].folders, [["1"], ["9"]]);
    assert_eq!(got.feeds[1].folders, [["1"], ["7"]]);
    assert_eq!(got.feeds[2].folders, [vec!["1"], vec!["9", "k"]]);
    check_round_trip(&got);
}

#[test]
fn deep_and_unclosed_outlines_cost_little() {
    let deep = format!(
        "{}<outline xmlUrl='a'/>{}<outline xmlUrl='b'/>",
        "<outline text='f'>".repeat(100_000),
        "</outline>".repeat(100_000)
    );
    let got = list(&deep);
    assert_eq!(got.feeds[0].folders[0].len(), MAX_FOLDERS);
    assert!(got.feeds[1].folders.is_empty());
    check_round_trip(&got);
    check_round_trip(&list(&"<outline text=f xmlUrl=u>".repeat(1_000)));
}

#[test]
fn values_at_their_limits_come_back() {
    let long = format!("http://a.test/{}", "x ".repeat(MAX_VALUE_BYTES));
    let cut = format!("{} b", "n".repeat(MAX_VALUE_BYTES - 1));
    let many: Vec<String> = (0..90).map(|n| format!("p{n}:a='{n}'")).collect();
    let many = many.join(" ");
    let got = list(&format!(
        "<outline xmlUrl='{long}'/><outline xmlUrl='u' text='{cut}' x='{cut}' category='{}'/><outline xmlUrl='v' {many}/>",
        "t,".repeat(9_000)
    ));
    assert_eq!(got.feeds[0].url, long.trim());
    check_round_trip(&got);
}

/// Found by fuzzing: names that are none were written again, and their control characters made the
/// list no text.
#[test]
fn names_that_cannot_be_written_are_left_out() {
    let got =
        list("<outline xmlUrl=, link: next\": null\u{1}, 1a='' a:='' :='' fe\u{200d}ed:x='y'/>");
    assert_eq!(got.feeds[0].url, ",");
    assert_eq!(
        got.feeds[0].attributes,
        pairs(&[("next", ""), ("fe\u{200d}ed:x", "y")])
    );
    check_round_trip(&got);
}

#[test]
fn an_address_that_looks_like_an_attribute_comes_back() {
    for url in [
        "a b=",
        "<a b=",
        "a\u{fffe}\u{ffff}b",
        "a&#xffff;",
        "a'\"&quot;&amp;",
        "a&#9;&#10; b",
        "e&#x301;&#x85;",
    ] {
        check_round_trip(&list(&format!(
            "<outline xmlUrl='c'/><outline text='f b=' xmlUrl=\"{}\"/>",
            url.replace('"', "&quot;")
                .replace('<', "&lt;")
                .replace('=', "&#61;")
        )));
    }
}

fn folder(path: &[&str], attributes: &[(&str, &str)]) -> OpmlFolder {
    OpmlFolder {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        attributes: pairs(attributes),
    }
}

/// Whether a list has a folder: a feed stands in it, or it is listed, or a folder in it.
fn has_folder(list: &OpmlList, path: &[String]) -> bool {
    let path: Vec<String> = path.iter().filter_map(|name| filled(name)).collect();
    let of_feeds = list.feeds.iter().flat_map(|feed| &feed.folders);
    let listed = list.folders.iter().map(|folder| &folder.path);
    path.is_empty() || of_feeds.chain(listed).any(|known| known.starts_with(&path))
}

#[test]
fn attributes_of_folders_and_folders_without_feeds_come_back() {
    let got = list(
        "<outline text='Empty'/>\
         <outline text='News' title='The News' isOpen='true' category='/a,b' xmlns:x='http://x.test/' x:sortOrder='1'>\
         <outline text='A' xmlUrl='http://a.test/1'/><outline title='Later' type='folder'> </outline></outline>\
         <outline text='Blogs'><outline text='C' xmlUrl='http://c.test/'/><outline text='Deep'><outline text='Deeper'></outline></outline></outline>\
         <outline text='News' isOpen='false' more='1'/><outline isOpen='no name'/><outline text='Blogs' n='2'/>",
    );
    assert_eq!(
        got.folders,
        [
            folder(
                &["News"],
                &[
                    ("title", "The News"),
                    ("isOpen", "true"),
                    ("category", "/a,b"),
                    ("xmlns:x", "http://x.test/"),
                    ("x:sortOrder", "1"),
                ]
            ),
            folder(&["News", "Later"], &[("type", "folder")]),
            folder(&["Blogs"], &[("n", "2")]),
            folder(&["Blogs", "Deep", "Deeper"], &[]),
            folder(&["Empty"], &[]),
        ]
    );
    assert_eq!(got.feeds[0].tags, ["News"], "a folder's are not its feeds'");
    let text = check_round_trip(&got);
    for part in [
        "    <outline text=\"News\" title=\"The News\" isOpen=\"true\" category=\"/a,b\" x:sortOrder=\"1\">\n      <outline type=\"rss\"",
        "      <outline type=\"folder\" text=\"Later\" title=\"Later\">\n      </outline>\n    </outline>\n",
        "    <outline text=\"Empty\" title=\"Empty\">\n    </outline>\n  </body>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// An outline without a feed's address may be anything; it must not become a feed on the way.
#[test]
fn what_is_no_feed_stays_none() {
    let got = list(
        "<outline text='link' type='link' url='http://a.test/no'/><outline text='href' href='http://a.test/no'/>\
         <outline text='rss' type='rss' url='' xmlUrl=''/><outline text='page' type='rss' htmlUrl='http://a.test/'/>\
         <outline text='f' xmlUrl='http://a.test/'><outline text='in a feed'/></outline>",
    );
    let names: Vec<&str> = got.folders.iter().map(|f| f.path[0].as_str()).collect();
    assert_eq!(names, ["link", "href", "rss", "page", "in a feed"]);
    assert_eq!(
        got.folders[2].attributes,
        pairs(&[("type", "rss"), ("url", "")])
    );
    check_round_trip(&got);
    // By hand, in the configuration.
    let mut list = of_feeds(&got.feeds);
    for name in ["xmlUrl", "XML_URL", "feedUrl", "url", "href"] {
        let attributes = [("type", "atom"), (name, "http://b.test/"), ("x", "1")];
        list.folders.push(folder(&[name], &attributes));
    }
    let again = read(written(&list).as_bytes()).unwrap();
    assert_eq!(again.feeds, got.feeds);
    assert!(
        again
            .folders
            .iter()
            .all(|folder| folder.attributes == pairs(&[("type", "atom"), ("x", "1")]))
    );
    assert_eq!(again.folders.len(), 5);
}

#[test]
fn a_prefix_of_a_folder_does_not_change_what_stands_in_it() {
    let got = list(
        "<outline xmlUrl='a' e:x='0' xmlns:e='http://1.test/'/>\
         <outline text='F' xmlns:e='http://2.test/' e:x='1' lost:y='2'>\
         <outline xmlUrl='b' e:x='3'/><outline xmlUrl='c' e:x='4' xmlns:e='http://1.test/' lost:y='5'/>\
         <outline text='G' xmlns:e='http://3.test/' e:x='6'/></outline><outline xmlUrl='d' e:x='7'/>",
    );
    assert_eq!(
        got.folders,
        [
            folder(
                &["F"],
                &[("xmlns:e", "http://2.test/"), ("e:x", "1"), ("lost:y", "2")]
            ),
            folder(&["F", "G"], &[("xmlns:e", "http://3.test/"), ("e:x", "6")]),
        ]
    );
    let text = check_round_trip(&got);
    assert!(
        text.contains("xmlUrl=\"c\" xmlns:e=\"http://1.test/\""),
        "{text}"
    );
    assert!(text.contains("xmlUrl=\"b\" e:x=\"3\""), "{text}");
    assert!(
        text.contains("xmlUrl=\"d\" xmlns:e=\"urn:feedmill:undeclared:e\" e:x=\"7\""),
        "{text}"
    );
}

#[test]
fn folders_at_their_limits_come_back() {
    let open: Vec<String> = (0..MAX_FOLDERS + 9)
        .map(|n| format!("<outline text='{n}' n='{n}'>"))
        .collect();
    // Unclosed, and deeper than a path may be; then more attributes than are kept.
    let many: Vec<String> = (0..90).map(|n| format!("p{n}:a='{n}'")).collect();
    let got = list(&format!(
        "<outline text='Many' {}/><outline xmlUrl='u'/>{}",
        many.join(" "),
        open.concat()
    ));
    assert_eq!(got.folders.len(), MAX_FOLDERS + 1);
    assert_eq!(got.folders[MAX_FOLDERS].path.len(), MAX_FOLDERS);
    assert!(got.folders[0].attributes.len() < MAX_ATTRIBUTES);
    check_round_trip(&got);
    let wide = "<outline text='x' n=''/>".repeat(MAX_LISTED_FOLDERS + 1);
    assert_eq!(
        list(&format!("<outline xmlUrl='u'/>{wide}")).folders.len(),
        1
    );
    let deep: Vec<String> = (0..=MAX_FOLDERS).map(|n| n.to_string()).collect();
    let mut by_hand = of_feeds(&got.feeds);
    by_hand.folders.push(OpmlFolder {
        path: deep,
        ..OpmlFolder::default()
    });
    assert!(!written(&by_hand).contains("text=\"0\""));
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,2}",
        "[ab/,\"'&<>=;# \n\r\t\u{85}\u{a0}\u{200d}\u{301}\u{ffff}\u{fffe}\u{1}é]{0,6}",
        "(&amp;|&#10;|&#xD800;|]]>|<!--| b=|/>|a){0,4}",
        "(rss|Atom|link)",
        any::<String>(),
    ]
}

fn attribute_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-b]:[a-b]",
        "xmlns:[ab]",
        "(type|title|text|htmlUrl|HTMLURL|url|href|feedUrl|xmlUrl|category|feedmill:tags|xml:lang|xmlns)",
        "[ab:@\u{200d}e\u{301}]{1,3}",
        "[ab\u{200d}]{1,2}:[ab]",
    ]
}

prop_compose! {
    fn any_feed()(
        url in hostile(),
        title in prop::option::of(hostile()),
        folders in prop::collection::vec(prop::collection::vec(hostile(), 0..3), 0..3),
        tags in prop::collection::vec(hostile(), 0..4),
        attributes in prop::collection::vec((attribute_name(), hostile()), 0..5),
    ) -> OpmlFeed {
        OpmlFeed { url, title, folders, tags, attributes }
    }
}

prop_compose! {
    fn any_folder()(
        path in prop::collection::vec(hostile(), 0..4),
        attributes in prop::collection::vec((attribute_name(), hostile()), 0..5),
    ) -> OpmlFolder {
        OpmlFolder { path, attributes }
    }
}

fn any_outline() -> impl Strategy<Value = String> {
    let attribute = (attribute_name(), hostile(), "['\"]")
        .prop_map(|(name, value, quote)| format!(" {name}={quote}{value}{quote}"));
    let tag = (
        prop::collection::vec(attribute, 0..5),
        "(/?>)?",
        "(xmlUrl='[abc]')?",
    )
        .prop_map(|(attributes, end, url)| format!("<outline {url}{}{end}", attributes.concat()));
    prop_oneof![4 => tag, 1 => Just("</outline>".to_owned()), 1 => "<outline text='[ab]'>"]
}

proptest! {
    #[test]
    fn any_list_comes_back_as_it_was_written(
        feeds in prop::collection::vec(any_feed(), 1..8),
        folders in prop::collection::vec(any_folder(), 0..5),
    ) {
        let list = OpmlList { feeds, folders };
        let text = written(&list);
        let Ok(read_once) = read(text.as_bytes()) else {
            prop_assert!(list.feeds.iter().all(|feed| line(&feed.url).is_empty()), "{}", text);
            return Ok(());
        };
        for feed in &list.feeds {
            let url = line(&feed.url);
            prop_assert!(url.is_empty() || read_once.feeds.iter().any(|got| got.url == url), "{}", text);
        }
        for folder in &list.folders {
            prop_assert!(has_folder(&read_once, &folder.path), "{:?} {}", folder, text);
        }
        let again = written(&read_once);
        prop_assert_eq!(&read(again.as_bytes()).unwrap(), &read_once, "{}", text);
        let urls: std::collections::HashSet<String> = list.feeds.iter().map(|feed| line(&feed.url)).collect();
        if urls.len() == list.feeds.len() {
            prop_assert_eq!(again, text);
        }
    }

    #[test]
    fn any_list_that_is_read_comes_back(outlines in prop::collection::vec(any_outline(), 1..12)) {
        if let Ok(list) = read(outlines.concat().as_bytes()) {
            let text = written(&list);
            prop_assert_eq!(&read(text.as_bytes()).unwrap(), &list, "{}", text);
        }
    }
}
