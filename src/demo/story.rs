//! A story as it is written down in `site/*.txt`: header lines, a blank line, blocks.

use chrono::TimeDelta;

use super::error::DemoError;

/// One version of one story.
#[derive(Debug, Clone, Default)]
pub(super) struct Story {
    /// Unique within the outlet; a later edition of the same slug replaces the earlier.
    pub(super) slug: String,
    /// The edition it appears in, 1 or 2.
    pub(super) edition: u8,
    /// BCP 47 tag; empty: the outlet's.
    pub(super) language: String,
    pub(super) title: String,
    pub(super) authors: Vec<String>,
    /// Published this long before the site was started.
    pub(super) age: TimeDelta,
    /// Edited this long before.
    pub(super) updated: Option<TimeDelta>,
    pub(super) tags: Vec<String>,
    /// Keys of the outlet's feeds that list it.
    pub(super) feeds: Vec<String>,
    /// What the feed says about it.
    pub(super) summary: String,
    /// Address, where it is not made from the slug.
    pub(super) path: Option<String>,
    pub(super) page: PageState,
    /// What the feed gives as its date instead of the true one.
    pub(super) raw_date: Option<String>,
    /// `outlet/slug` of the story whose words it repeats.
    pub(super) same_as: Option<String>,
    pub(super) blocks: Vec<Block>,
}

/// What happens to a reader who asks for the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PageState {
    /// It is there.
    #[default]
    Open,
    /// robots.txt asks not to fetch it.
    Private,
    /// 410.
    Gone,
    /// The feed's link answers 301.
    Moved,
}

/// A block of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(String),
    Heading(String),
    List(Vec<String>),
    /// Not part of the text.
    Figure {
        caption: String,
        credit: String,
    },
}

/// The stories of one outlet's file, as written; `same-as` is not resolved.
pub(super) fn read_stories(outlet: &'static str, file: &str) -> Result<Vec<Story>, DemoError> {
    let mut stories: Vec<Story> = Vec::new();
    let mut is_header = false;
    for (index, line) in file.lines().enumerate() {
        let fault = |why: String| DemoError::Story {
            outlet,
            line: index + 1,
            why,
        };
        if let Some(slug) = line.strip_prefix("%%% ") {
            stories.push(Story {
                slug: slug.into(),
                edition: 1,
                ..Story::default()
            });
            is_header = true;
            continue;
        }
        let story = stories
            .last_mut()
            .ok_or_else(|| fault("a story starts with `%%% slug`".into()))?;
        if line.is_empty() {
            is_header = false;
        } else if is_header {
            read_header(story, line).map_err(fault)?;
        } else {
            push_block(&mut story.blocks, line);
        }
    }
    Ok(stories)
}

fn read_header(story: &mut Story, line: &str) -> Result<(), String> {
    let (key, value) = line.split_once(": ").ok_or("a header is `key: value`")?;
    match key {
        "title" => story.title = value.into(),
        "lang" => story.language = value.into(),
        "author" => story.authors = list(value),
        "age" => story.age = age(value)?,
        "updated" => story.updated = Some(age(value)?),
        "tags" => story.tags = list(value),
        "feeds" => story.feeds = list(value),
        "summary" => story.summary = value.into(),
        "path" => story.path = Some(value.into()),
        "raw-date" => story.raw_date = Some(value.into()),
        "same-as" => story.same_as = Some(value.into()),
        "edition" => story.edition = value.parse().map_err(|_| "an edition is 1 or 2")?,
        "page" => story.page = page_state(value)?,
        _ => return Err(format!("no header is called `{key}`")),
    }
    Ok(())
}

fn page_state(value: &str) -> Result<PageState, String> {
    match value {
        "private" => Ok(PageState::Private),
        "gone" => Ok(PageState::Gone),
        "moved" => Ok(PageState::Moved),
        _ => Err(format!("a page is private, gone or moved, not `{value}`")),
    }
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(|part| part.trim().into()).collect()
}

/// `1d 3h 40m`.
fn age(value: &str) -> Result<TimeDelta, String> {
    let mut minutes = 0;
    for part in value.split(' ') {
        let (number, per_unit) = match (
            part.strip_suffix('d'),
            part.strip_suffix('h'),
            part.strip_suffix('m'),
        ) {
            (Some(number), _, _) => (number, 24 * 60),
            (_, Some(number), _) => (number, 60),
            (_, _, Some(number)) => (number, 1),
            (None, None, None) => return Err(format!("`{part}` is no age")),
        };
        let number: i64 = number.parse().map_err(|_| format!("`{part}` is no age"))?;
        minutes += number * per_unit;
    }
    Ok(TimeDelta::minutes(minutes))
}

fn push_block(blocks: &mut Vec<Block>, line: &str) {
    if let Some(heading) = line.strip_prefix("## ") {
        blocks.push(Block::Heading(heading.into()));
    } else if let Some(figure) = line.strip_prefix("! ") {
        let (caption, credit) = figure.split_once(" | ").unwrap_or((figure, ""));
        blocks.push(Block::Figure {
            caption: caption.into(),
            credit: credit.into(),
        });
    } else if let Some(item) = line.strip_prefix("- ") {
        match blocks.last_mut() {
            Some(Block::List(items)) => items.push(item.into()),
            Some(Block::Paragraph(_) | Block::Heading(_) | Block::Figure { .. }) | None => {
                blocks.push(Block::List(vec![item.into()]));
            }
        }
    } else {
        blocks.push(Block::Paragraph(line.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_headers_and_blocks() {
        let file = "%%% ferry\ntitle: Back\nage: 1d 2h 3m\npage: gone\n\nOne.\n\n- a\n- b\n\n## Two\n\n! see | me\n";
        let stories = read_stories("test", file).unwrap();
        let story = stories.first().unwrap();
        assert_eq!(story.slug, "ferry");
        assert_eq!(story.age, TimeDelta::minutes(1563));
        assert_eq!(story.page, PageState::Gone);
        assert_eq!(
            story.blocks,
            [
                Block::Paragraph("One.".into()),
                Block::List(vec!["a".into(), "b".into()]),
                Block::Heading("Two".into()),
                Block::Figure {
                    caption: "see".into(),
                    credit: "me".into()
                },
            ]
        );
    }

    #[test]
    fn a_fault_names_its_line() {
        let error = read_stories("test", "%%% a\ntitel: x\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot read the demo's texts: `test.txt` line 2: no header is called `titel`"
        );
    }
}
