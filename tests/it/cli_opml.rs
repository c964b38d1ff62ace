//! Subscription lists at the command line: an export that is imported elsewhere is exported the same.

use crate::support::cli::Folder;

const LIST: &str = r#"<opml version="2.0" xmlns:ext="http://ext.test/ns"><body>
<outline text="News"><outline text="World/EU, etc">
  <outline type="rss" text="A &amp; &quot;B&quot;" title="The long A" xmlUrl="https://a.test/rss?x=1&amp;y=2"
    htmlUrl="https://a.test/" description="d &lt;b&gt;" ext:foo="bar" category="/Tech/Rust,fun"/>
  <outline type="rss" xmlUrl="feed://b.test/1"/>
</outline></outline>
<outline text="Blogs">
  <outline text="Same" xmlUrl="www.c.test/4" lost:p="1"/><outline text="Same" xmlUrl="d.test/3"/>
  <outline text="A" xmlUrl="https://a.test/rss?x=1&amp;y=2"/>
</outline>
<outline text="News"><o:outline text="E" feedUrl="feed:http://e.test/2" custom="q'&#34;&#10;x="/></outline>
<outline text="bad" xmlUrl="ftp://x.test/"/>
</body></opml>"#;

fn export(folder: &Folder) -> String {
    let text = folder.run(&["feeds", "export"]).ends_with(0).stdout;
    let lines = text.lines().filter(|line| !line.contains("dateCreated"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_export_that_is_imported_is_exported_the_same() {
    let (first, second) = (Folder::new(), Folder::new());
    first.write(
        "feedmill.toml",
        "# Mine.\n[[feeds]]\nurl = \"https://own.test/\"\ntags = [\"p/q, r\", \"s\"]\n",
    );
    first.write("in.opml", LIST);
    first
        .run(&["feeds", "import", "in.opml"])
        .ends_with(0)
        .prints(&["5 feeds added"])
        .complains_of(&["ftp://x.test/"]);
    first.run(&["config", "check"]).ends_with(0);
    let exported = export(&first);
    for part in [
        "<outline text=\"World/EU, etc\"",
        "ext:foo=\"bar\"",
        "xmlns:ext=\"http://ext.test/ns\"",
        "htmlUrl=\"https://a.test/\"",
        "xmlUrl=\"http://b.test/1\"",
        "text=\"Same\" title=\"Same\" xmlUrl=\"https://d.test/3\"",
    ] {
        assert!(exported.contains(part), "{part}\n{exported}");
    }
    second.write("feedmill.toml", "");
    second.write("list.opml", &exported);
    second
        .run(&["feeds", "import", "list.opml"])
        .ends_with(0)
        .prints(&["6 feeds added"]);
    assert_eq!(export(&second), exported);
    // The same list, included.
    second.write("feedmill.toml", "include = \"list.opml\"\n");
    let included = export(&second);
    assert_eq!(included.lines().count(), exported.lines().count());
}

#[test]
fn a_feed_address_can_be_added() {
    let folder = Folder::new();
    folder.write("feedmill.toml", "");
    folder
        .run(&["feeds", "add", "--no-check", "feed://a.test/rss"])
        .ends_with(0)
        .prints(&["added http://a.test/rss"]);
}
