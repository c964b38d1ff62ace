//! `feedmill feeds discover`, and how `add` finds the feed of a site.

use crate::{
    cli::{
        args::{Global, Machine},
        exit::{Failed, Status},
        open,
        output::{self, Output},
        source,
    },
    config::Config,
    feed::{self, FeedError},
    http::{Client, RequestKind, unpacked},
    ingest::Pool,
};

/// Advertised feeds that `add` tries before it gives up.
const TRIES: usize = 5;

/// Where sites keep a feed that their page does not advertise: the habits of the common publishing
/// programs, the commonest first.
const WELL_KNOWN: &[&str] = &[
    "feed",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "rss",
    "feed.json",
    "feeds/posts/default",
    "index.rdf",
];

/// What stands behind an address.
pub(super) enum Found {
    /// A feed, with its title.
    Feed {
        url: ::url::Url,
        title: Option<String>,
    },
    /// Something else, which advertises these feeds.
    Page { advertised: Vec<String> },
}

pub(super) fn run(raw: &str, machine: Machine, global: &Global) -> Result<Status, Failed> {
    let config = open::config(global)?;
    let address = read_address(raw)?;
    let feeds = open::block_on(async {
        let scout = Scout::new(&config)?;
        match look_with(&scout, address.clone()).await? {
            Found::Feed { url, .. } => Ok(vec![url.to_string()]),
            Found::Page { advertised } if advertised.is_empty() => {
                let known = well_known(&scout, &address).await;
                Ok(known.map(|(url, _)| url.to_string()).into_iter().collect())
            }
            Found::Page { advertised } => Ok(advertised),
        }
    })?;
    let mut output = Output::new();
    if machine.json {
        output.json(&feeds)?;
    } else {
        for feed in &feeds {
            if machine.jsonl {
                output.json_line(&serde_json::json!({ "url": feed }))?;
            } else {
                output.line(output::printable(feed))?;
            }
        }
    }
    output.flush()?;
    if feeds.is_empty() {
        return Err(no_feed(
            raw,
            "nothing in it leads to one, and none stands at a well-known place",
        ));
    }
    Ok(Status::Ok)
}

/// An address as typed; `news.example` means `https://news.example`, `feed://…` a feed by http.
pub(super) fn read_address(raw: &str) -> Result<::url::Url, Failed> {
    feed::opml::address(raw).ok_or_else(|| {
        Failed::message(
            Status::Usage,
            format!("`{raw}` is no http or https address"),
        )
    })
}

/// What it takes to ask addresses what they are.
struct Scout<'c> {
    config: &'c Config,
    client: Client,
    pool: Pool,
}

impl<'c> Scout<'c> {
    fn new(config: &'c Config) -> Result<Self, Failed> {
        Ok(Self {
            config,
            client: source::client(config)?,
            pool: Pool::start(1)?,
        })
    }
}

/// Asks an address what it is.
async fn look_with(scout: &Scout<'_>, address: ::url::Url) -> Result<Found, Failed> {
    let Scout {
        config,
        client,
        pool,
    } = scout;
    let asked = crate::url::without_credentials(&address);
    let document = source::fetch(client, address, RequestKind::Feed).await?;
    let limits = config.feed_limits();
    let now = open::clock().now().wall;
    let final_url = document.url.clone();
    let fields = document.links.iter().map(String::as_str);
    let in_header = feed::discover_in_header(fields, document.url.as_ref());
    let read = pool
        .run(move || {
            let bytes = unpacked(&document.bytes, limits.document_bytes);
            feed::parse(
                &feed::Source {
                    bytes: &bytes,
                    content_type: document.content_type.as_deref(),
                    base: document.url.as_ref(),
                    now,
                },
                &limits,
            )
        })
        .await
        .map_err(|crashed| Failed::new(Status::Unusable, crashed))?;
    match (read, final_url) {
        // An archive or a page of a feed names the feed itself (RFC 5005, 4).
        (Ok(feed), Some(url)) if is_elsewhere(feed.current.as_deref(), &url) => Ok(Found::Page {
            advertised: feed.current.into_iter().chain([url.into()]).collect(),
        }),
        (Ok(feed), Some(url)) => Ok(Found::Feed {
            url,
            title: feed.title,
        }),
        (Err(FeedError::NotAFeed { what, discovered }), _) if what == feed::HTML_PAGE => {
            let is_new = |url: &String| !in_header.contains(url);
            let in_page: Vec<String> = discovered.into_iter().filter(is_new).collect();
            Ok(Found::Page {
                advertised: [in_header, in_page].concat(),
            })
        }
        (Err(_), _) if !in_header.is_empty() => Ok(Found::Page {
            advertised: in_header,
        }),
        (Err(error), _) => Err(no_feed(asked.as_ref(), &error.to_string())),
        (Ok(_), None) => Ok(Found::Page {
            advertised: Vec::new(),
        }),
    }
}

fn is_elsewhere(current: Option<&str>, url: &::url::Url) -> bool {
    let current = current.and_then(|current| ::url::Url::parse(current).ok());
    current.is_some_and(|current| {
        crate::url::canonical_url(&current) != crate::url::canonical_url(url)
    })
}

/// The first feed at a well-known place: below the address, then at the site's root.
async fn well_known(
    scout: &Scout<'_>,
    address: &::url::Url,
) -> Option<(::url::Url, Option<String>)> {
    let mut folder = address.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    if !folder.path().ends_with('/') {
        let path = format!("{}/", folder.path());
        folder.set_path(&path);
    }
    let mut root = folder.clone();
    root.set_path("/");
    let mut folders = vec![folder, root];
    folders.dedup();
    for (folder, name) in folders
        .iter()
        .flat_map(|folder| WELL_KNOWN.iter().map(move |name| (folder, name)))
    {
        let Ok(candidate) = folder.join(name) else {
            continue;
        };
        if let Ok(Found::Feed { title, .. }) = look_with(scout, candidate.clone()).await {
            return Some((candidate, title));
        }
    }
    None
}

/// The feed behind an address: itself, the first advertised one that reads as a feed, or one at a
/// well-known place. Gives also the others that were advertised.
pub(super) async fn find_feed(
    config: &Config,
    address: ::url::Url,
) -> Result<(::url::Url, Option<String>, Vec<String>), Failed> {
    let scout = Scout::new(config)?;
    let asked = address.clone();
    let advertised = match look_with(&scout, address).await? {
        Found::Feed { url, title } => {
            // Where redirects led may be a passing state: what was typed is what is subscribed
            // to, unless only a site was typed.
            drop(url);
            return Ok((asked, title, Vec::new()));
        }
        Found::Page { advertised } => advertised,
    };
    for candidate in advertised.iter().take(TRIES) {
        let Ok(url) = ::url::Url::parse(candidate) else {
            continue;
        };
        if let Ok(Found::Feed { title, .. }) = look_with(&scout, url.clone()).await {
            let others = advertised
                .iter()
                .filter(|other| *other != candidate)
                .cloned()
                .collect();
            return Ok((url, title, others));
        }
    }
    if advertised.is_empty()
        && let Some((url, title)) = well_known(&scout, &asked).await
    {
        return Ok((url, title, Vec::new()));
    }
    Err(Failed::message(
        Status::Unusable,
        if advertised.is_empty() {
            format!("`{asked}` is no feed, advertises none, and has none at a well-known place")
        } else {
            format!("`{asked}` is no feed, and none of the feeds it advertises can be read")
        },
    )
    .with_hint("give the address of the feed itself".to_owned()))
}

fn no_feed(address: &str, why: &str) -> Failed {
    Failed::message(
        Status::Unusable,
        format!(
            "`{}` is no feed and advertises none: {}",
            output::printable(address),
            output::printable(why)
        ),
    )
    .with_hint(
        "look on the site for a link called RSS, Atom or feed, and give its address; \
         `feedmill feeds discover URL` tries another page of the site"
            .to_owned(),
    )
}
