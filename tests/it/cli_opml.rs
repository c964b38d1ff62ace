//! Subscription lists at the command line: an export that is imported elsewhere is exported the same.

use crate::support::cli::Folder;

const LIST: &str = r#"<opml version="2.0" xmlns:ext="http://ext.test/ns"><body>
<outline text="News"><outline text="World/EU, etc">
  <outline type="rss" text="A &amp; &quot;B&quot;" title="The long A" xmlUrl="https://a.test/rss?x=1&amp;y=2"
    htmlUrl="https://a.test/" description="d &lt;b&gt;" ext:foo="bar" category="/Tech/Rust,fun"/>
  <outline type="rss" xmlUrl="feed://b.test/1"/>
</outline></outline>
<outline text="Blogs" title="All blogs" isOpen="true" category="/p,q" ext:sortOrder="2">
  <outline text="Same" xmlUrl="www.c.test/4" lost:p="1"/><outline text="Same" xmlUrl="d.test/3"/>
  <outline text="A" xmlUrl="https://a.test/rss?x=1&amp;y=2"/>
</outline>
<outline text="Later" isOpen="false"/><outline text="News"><outline text="Empty"></outline><o:outline text="E" feedUrl="feed:http://e.test/2" custom="q'&#34;&#10;x="/></outline>
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
        .prints(&["5 feeds added", "3 folders added"])
        .complains_of(&["ftp://x.test/"]);
    first.run(&["config", "check"]).ends_with(0);
    let exported = export(&first);
    for part in [
        "<outline text=\"World/EU, etc\"",
        "ext:foo=\"bar\"",
        "xmlns:ext=\"http://ext.test/ns\"",
        "htmlUrl=\"https://a.test/\"",
        "xmlUrl=\"http://b.test/1\"",
        "<outline text=\"Blogs\" title=\"All blogs\" category=\"/p,q\" ext:sortOrder=\"2\" isOpen=\"true\">",
        "<outline text=\"Later\" title=\"Later\" isOpen=\"false\">\n    </outline>",
        "<outline text=\"Empty\" title=\"Empty\">\n      </outline>\n    </outline>",
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
    let folders = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains("xmlUrl"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(folders(&included), folders(&exported));
}

#[test]
fn folders_are_imported_once_and_keep_what_they_say() {
    let folder = Folder::new();
    let mine = "# Mine.\n[[feeds]]\nurl = \"https://own.test/\" # own\nfolders = [\"News\", \"Blogs\"]\n\n\
                # By hand.\n[[folders]]\npath = \"News\"\nopml = { isOpen = \"no\" } # shut\n# The end.\n";
    let path = folder.write("feedmill.toml", mine);
    folder.write(
        "in.opml",
        "<opml><outline text='News' isOpen='yes' more='1'><outline text='Sub' x='1'/></outline>\
         <outline text='Blogs'><outline xmlUrl='https://own.test/'/></outline><outline text='New'/></opml>",
    );
    let import = || folder.run(&["feeds", "import", "in.opml"]).ends_with(0);
    import().prints(&["0 feeds added", "2 folders added"]);
    let once = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        once,
        format!(
            "{mine}\n[[folders]]\npath = [\"News\", \"Sub\"]\nopml = {{ x = \"1\" }}\n\n[[folders]]\npath = \"New\"\n"
        )
    );
    let again = import();
    assert!(!again.stdout.contains("folder"), "{}", again.stdout);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
    let exported = export(&folder);
    assert!(
        exported.contains("text=\"News\" title=\"News\" isOpen=\"no\">"),
        "{exported}"
    );
    folder
        .run(&["config", "show"])
        .ends_with(0)
        .prints(&["folders.\"News\".\"Sub\" = { \"x\" = \"1\" }"]);
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
