//! The town: outlets with their addresses and the stories of each edition.

use chrono::{DateTime, Utc};

use super::{
    error::DemoError,
    inline::plain,
    outlet::{FeedPlan, OUTLETS, Outlet, Style},
    story::{Block, PageState, Story, read_stories},
};

/// Everything the site can serve.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) places: Vec<Place>,
}

/// One outlet at its address.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) outlet: &'static Outlet,
    /// `http://127.0.0.1:port`.
    pub(super) origin: String,
    /// When the site was started; ages count from here.
    pub(super) now: DateTime<Utc>,
    /// As written, every edition.
    stories: Vec<Story>,
}

impl Town {
    /// The town with one origin for each of [`OUTLETS`], in their order.
    pub(super) fn new(origins: &[String], now: DateTime<Utc>) -> Result<Self, DemoError> {
        let mut places = Vec::new();
        for (outlet, origin) in OUTLETS.iter().zip(origins) {
            places.push(Place {
                outlet,
                origin: origin.clone(),
                now,
                stories: read_stories(outlet.key, outlet.stories)?,
            });
        }
        let mut town = Self { places };
        town.copy_reprints()?;
        Ok(town)
    }

    /// Gives each story that repeats another outlet's the words of that one.
    fn copy_reprints(&mut self) -> Result<(), DemoError> {
        let originals: Vec<(String, Story)> = self
            .places
            .iter()
            .flat_map(|place| {
                place.stories.iter().map(|story| {
                    (
                        format!("{}/{}", place.outlet.key, story.slug),
                        story.clone(),
                    )
                })
            })
            .collect();
        for place in &mut self.places {
            for story in &mut place.stories {
                let Some(key) = story.same_as.clone() else {
                    continue;
                };
                let (_, original) = originals
                    .iter()
                    .find(|(known, _)| *known == key)
                    .ok_or_else(|| DemoError::Story {
                        outlet: place.outlet.key,
                        line: 1,
                        why: format!("`same-as: {key}` names no story"),
                    })?;
                story.title.clone_from(&original.title);
                story.authors.clone_from(&original.authors);
                // A reprint carries the agency's dateline, so the article's date does not depend
                // on which of the two is read first.
                story.age = original.age;
                story.summary = original.summary_or_lead();
                story.blocks.clone_from(&original.blocks);
            }
        }
        Ok(())
    }
}

impl Place {
    /// The stories of an edition, newest first, each in its latest version.
    pub(super) fn stories(&self, edition: u8) -> Vec<&Story> {
        let mut stories: Vec<&Story> = Vec::new();
        for story in self.stories.iter().filter(|story| story.edition <= edition) {
            match stories.iter_mut().find(|known| known.slug == story.slug) {
                Some(older) => *older = story,
                None => stories.push(story),
            }
        }
        stories.sort_by_key(|story| story.age);
        stories
    }

    /// The stories that a feed lists in an edition, newest first.
    pub(super) fn listed(&self, feed: &FeedPlan, edition: u8) -> Vec<&Story> {
        let mut stories = self.stories(edition);
        stories.retain(|story| story.feeds.iter().any(|key| key == feed.key));
        stories
    }

    /// The story's own address, from the root of the site.
    pub(super) fn path(&self, story: &Story) -> String {
        if let Some(path) = &story.path {
            return path.clone();
        }
        let slug = &story.slug;
        match self.outlet.style {
            Style::Semantic => format!("{}/{slug}", self.published(story).format("/%Y/%m/%d")),
            Style::Soup => format!("/artikel/{slug}-a{}.html", self.number(story)),
            Style::Tables => format!("/article.php?id={}&rub=2", self.number(story)),
            Style::Micro => format!("/{}/{slug}/", self.language(story)),
            Style::Blog => format!("/{slug}.html"),
        }
    }

    /// The story's own address.
    pub(super) fn url(&self, story: &Story) -> String {
        format!("{}{}", self.origin, self.path(story))
    }

    /// The link that a feed gives: through the redirect if it has one, with tracking.
    pub(super) fn link(&self, story: &Story, feed: &FeedPlan) -> String {
        let url = match story.page {
            PageState::Moved => format!("{}/go/{}", self.origin, story.slug),
            PageState::Open | PageState::Private | PageState::Gone => self.url(story),
        };
        match (feed.tracking, url.contains('?')) {
            ("", _) => url,
            (tracking, true) => format!("{url}&{tracking}"),
            (tracking, false) => format!("{url}?{tracking}"),
        }
    }

    /// The story whose page a request asks for; a query is ignored where addresses have none.
    pub(super) fn story_at(&self, target: &str, edition: u8) -> Option<&Story> {
        self.stories(edition).into_iter().find(|story| {
            let path = self.path(story);
            // What follows the address can only be a query, or more of the one it has.
            target.strip_prefix(&path).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(if path.contains('?') { '&' } else { '?' })
            })
        })
    }

    pub(super) fn published(&self, story: &Story) -> DateTime<Utc> {
        self.now - story.age
    }

    pub(super) fn updated(&self, story: &Story) -> Option<DateTime<Utc>> {
        story.updated.map(|age| self.now - age)
    }

    /// When anything of these stories last changed.
    pub(super) fn changed(&self, stories: &[&Story]) -> DateTime<Utc> {
        stories
            .iter()
            .map(|story| self.updated(story).unwrap_or_else(|| self.published(story)))
            .max()
            .unwrap_or(self.now)
    }

    pub(super) fn language<'a>(&self, story: &'a Story) -> &'a str {
        match story.language.as_str() {
            "" => self.outlet.language,
            language => language,
        }
    }

    /// A number such as content management systems give; the same in every edition.
    fn number(&self, story: &Story) -> usize {
        let place = self.stories.iter().position(|it| it.slug == story.slug);
        4071 + 13 * place.unwrap_or_default()
    }
}

impl Story {
    /// The text as a reader wants it: paragraphs, headings and list items (each after `- `, as
    /// [`crate::markup`] writes them), one blank line apart.
    pub(super) fn text(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(words) | Block::Heading(words) => parts.push(plain(words)),
                Block::List(items) => {
                    parts.extend(items.iter().map(|item| format!("- {}", plain(item))));
                }
                Block::Figure { .. } => {}
            }
        }
        parts.join("\n\n")
    }

    /// The summary, or the first paragraph where there is none.
    pub(super) fn summary_or_lead(&self) -> String {
        if !self.summary.is_empty() {
            return self.summary.clone();
        }
        self.blocks
            .iter()
            .find_map(|block| match block {
                Block::Paragraph(words) => Some(plain(words)),
                Block::Heading(_) | Block::List(_) | Block::Figure { .. } => None,
            })
            .unwrap_or_default()
    }
}
