//! The outlets of the town: how each looks, which feeds it has, where its texts are.

/// One outlet; each is a host of its own (a port on 127.0.0.1).
#[derive(Debug)]
pub(super) struct Outlet {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// Language of its furniture, and of its stories where they do not say.
    pub(super) language: &'static str,
    pub(super) style: Style,
    pub(super) feeds: &'static [FeedPlan],
    /// Its texts, see [`super::story`].
    pub(super) stories: &'static str,
    /// Bodies are compressed for those who accept it.
    pub(super) has_gzip: bool,
}

/// How an outlet's pages are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// HTML5 elements, JSON-LD, OpenGraph.
    Semantic,
    /// Nothing but `div`, JSON-LD in a `@graph`.
    Soup,
    /// Layout tables, `<font>` and `<br><br>` in windows-1252; no metadata at all.
    Tables,
    /// HTML5 with microdata and `<time>`, right to left where the language is.
    Micro,
    /// A small blog: a theme's `div`s around plain paragraphs, meta tags only.
    Blog,
}

/// One feed of an outlet.
#[derive(Debug)]
pub(super) struct FeedPlan {
    pub(super) key: &'static str,
    pub(super) path: &'static str,
    pub(super) format: FeedFormat,
    pub(super) title: &'static str,
    /// Query that its links carry for the publisher's statistics.
    pub(super) tracking: &'static str,
    /// It carries whole texts.
    pub(super) is_full_text: bool,
    pub(super) fault: Fault,
    pub(super) validators: Validators,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeedFormat {
    Rss,
    Atom,
    Rdf,
    Json,
}

/// What is wrong with a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Nothing,
    /// Ampersands are not escaped.
    StrayAmpersand,
    /// The document ends in the middle of its last entry, as its generator wrote it.
    CutOff,
    /// In the first edition the connection closes before the announced length.
    BreaksOff,
}

/// Which validators an answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validators {
    Both,
    DateOnly,
    Absent,
}

const PLAIN: FeedPlan = FeedPlan {
    key: "",
    path: "",
    format: FeedFormat::Rss,
    title: "",
    tracking: "",
    is_full_text: false,
    fault: Fault::Nothing,
    validators: Validators::Both,
};

/// All outlets.
pub(super) const OUTLETS: &[Outlet] = &[
    Outlet {
        key: "courier",
        name: "Talmora Courier",
        language: "en",
        style: Style::Semantic,
        feeds: &[
            FeedPlan {
                key: "front",
                path: "/rss.xml",
                title: "Talmora Courier: front page",
                tracking: "utm_source=rss&utm_medium=feed&utm_campaign=front",
                ..PLAIN
            },
            FeedPlan {
                key: "harbour",
                path: "/harbour/atom.xml",
                format: FeedFormat::Atom,
                title: "Talmora Courier: the harbour",
                tracking: "utm_source=atom&utm_medium=feed&utm_campaign=harbour",
                ..PLAIN
            },
        ],
        stories: include_str!("site/courier.txt"),
        has_gzip: true,
    },
    Outlet {
        key: "anzeiger",
        name: "Talmorer Anzeiger",
        language: "de",
        style: Style::Soup,
        feeds: &[FeedPlan {
            key: "feed",
            path: "/feed.atom",
            format: FeedFormat::Atom,
            title: "Talmorer Anzeiger",
            ..PLAIN
        }],
        stories: include_str!("site/anzeiger.txt"),
        has_gzip: true,
    },
    Outlet {
        key: "gazette",
        name: "La Gazette du Port",
        language: "fr",
        style: Style::Tables,
        feeds: &[FeedPlan {
            key: "rdf",
            path: "/index.rdf",
            format: FeedFormat::Rdf,
            title: "La Gazette du Port",
            validators: Validators::DateOnly,
            ..PLAIN
        }],
        stories: include_str!("site/gazette.txt"),
        has_gzip: false,
    },
    Outlet {
        key: "wire",
        name: "Harbour Wire",
        language: "en",
        style: Style::Semantic,
        feeds: &[FeedPlan {
            key: "wire",
            path: "/feed.json",
            format: FeedFormat::Json,
            title: "Harbour Wire",
            is_full_text: true,
            ..PLAIN
        }],
        stories: include_str!("site/wire.txt"),
        has_gzip: true,
    },
    Outlet {
        key: "mosaic",
        name: "Talmora Mosaic",
        language: "en",
        style: Style::Micro,
        feeds: &[FeedPlan {
            key: "mosaic",
            path: "/feed/",
            title: "Talmora Mosaic",
            tracking: "mtm_campaign=feed",
            ..PLAIN
        }],
        stories: include_str!("site/mosaic.txt"),
        has_gzip: true,
    },
    Outlet {
        key: "market",
        name: "The Market Hall",
        language: "en",
        style: Style::Blog,
        feeds: &[FeedPlan {
            key: "market",
            path: "/market.rss",
            title: "Fish & flour: the market hall",
            fault: Fault::StrayAmpersand,
            validators: Validators::Absent,
            ..PLAIN
        }],
        stories: include_str!("site/market.txt"),
        has_gzip: false,
    },
    Outlet {
        key: "lantern",
        name: "The Lantern",
        language: "en",
        style: Style::Blog,
        feeds: &[
            FeedPlan {
                key: "almanac",
                path: "/almanac.xml",
                title: "The Lantern: almanac",
                fault: Fault::CutOff,
                ..PLAIN
            },
            FeedPlan {
                key: "archive",
                path: "/archive.atom",
                format: FeedFormat::Atom,
                title: "The Lantern: from the archive",
                fault: Fault::BreaksOff,
                ..PLAIN
            },
        ],
        stories: include_str!("site/lantern.txt"),
        has_gzip: false,
    },
];
