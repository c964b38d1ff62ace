//! The folders of a list as a tree, and the one order that follows from it.

use std::collections::HashMap;

use super::{MAX_FOLDERS, OpmlFeed, OpmlFolder, OpmlList};

/// A step on the way through the folders, top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// A folder by its name, and its place among those that are listed.
    Open(&'a str, Option<usize>),
    Close,
    /// A feed, by its place in the list.
    Feed(usize),
}

/// The list as it is written, and read again.
pub(super) fn in_order(list: OpmlList) -> OpmlList {
    let feeds = feeds_in_order(list.feeds);
    let folders = folders_in_order(&feeds, list.folders);
    OpmlList { feeds, folders }
}

/// Each folder once, on the way through all: those with attributes, and those that would be lost
/// otherwise, since nothing stands in them.
fn folders_in_order(feeds: &[OpmlFeed], folders: Vec<OpmlFolder>) -> Vec<OpmlFolder> {
    let steps = walk(feeds, &folders);
    let has_attributes = |at: usize| {
        folders
            .get(at)
            .is_some_and(|folder| !folder.attributes.is_empty())
    };
    let places: Vec<usize> = steps
        .iter()
        .zip(steps.iter().skip(1))
        .filter_map(|(step, next)| match *step {
            Step::Open(_, Some(at)) if *next == Step::Close || has_attributes(at) => Some(at),
            Step::Open(..) | Step::Close | Step::Feed(_) => None,
        })
        .collect();
    let mut slots: Vec<Option<OpmlFolder>> = folders.into_iter().map(Some).collect();
    places
        .into_iter()
        .filter_map(|at| slots.get_mut(at)?.take())
        .collect()
}

/// The feeds of one folder together, in the order in which they first appear; a feed's first folder
/// is the one where it stands first, the others are sorted, and their names are its first tags.
///
/// Doing it twice changes nothing, which is what makes a list come back as it was written: a folder
/// has its place by the feeds that stand in it first, and those keep their order.
fn feeds_in_order(mut feeds: Vec<OpmlFeed>) -> Vec<OpmlFeed> {
    for feed in &mut feeds {
        tidy(&mut feed.folders);
    }
    let places = places(&feeds);
    let mut slots: Vec<Option<OpmlFeed>> = feeds.into_iter().map(Some).collect();
    places
        .into_iter()
        .filter_map(|(at, first)| {
            let mut feed = slots.get_mut(at)?.take()?;
            feed.folders.retain(|folder| *folder != first);
            feed.folders.sort_unstable();
            if !first.is_empty() {
                feed.folders.insert(0, first);
            }
            feed.tags = tags(&feed);
            Some(feed)
        })
        .collect()
}

/// Each feed in order, with the folder in which it stands first.
fn places(feeds: &[OpmlFeed]) -> Vec<(usize, Vec<String>)> {
    let mut is_seen = vec![false; feeds.len()];
    let mut path: Vec<String> = Vec::new();
    let mut places = Vec::with_capacity(feeds.len());
    for step in walk(feeds, &[]) {
        match step {
            Step::Open(name, _) => path.push(name.to_owned()),
            Step::Close => {
                path.pop();
            }
            Step::Feed(at) => {
                if let Some(seen) = is_seen.get_mut(at).filter(|seen| !**seen) {
                    *seen = true;
                    places.push((at, path.clone()));
                }
            }
        }
    }
    places
}

/// Each folder once; who stands in a folder does not stand outside as well.
fn tidy(folders: &mut Vec<Vec<String>>) {
    let mut known: Vec<Vec<String>> = Vec::new();
    for folder in folders.drain(..) {
        if !folder.is_empty() && known.len() < MAX_FOLDERS && !known.contains(&folder) {
            known.push(folder);
        }
    }
    *folders = known;
}

fn tags(feed: &OpmlFeed) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in feed.folders.iter().flatten().chain(&feed.tags) {
        if tags.len() < MAX_FOLDERS && !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    tags
}

#[derive(Debug, Default)]
struct Node<'a> {
    name: &'a str,
    /// Its place among the folders that are listed.
    listed: Option<usize>,
    children: Vec<Child>,
}

#[derive(Debug, Clone, Copy)]
enum Child {
    Folder(usize),
    Feed(usize),
}

#[derive(Debug)]
struct Folders<'a> {
    nodes: Vec<Node<'a>>,
    known: HashMap<(usize, &'a str), usize>,
}

impl<'a> Folders<'a> {
    /// The folder, made with all above it where it is new.
    fn place(&mut self, path: &'a [String]) -> usize {
        let mut at = 0;
        for name in path {
            let next = self.nodes.len();
            let place = *self.known.entry((at, name)).or_insert(next);
            if place == next {
                self.nodes.push(Node {
                    name,
                    ..Node::default()
                });
                self.push(at, Child::Folder(next));
            }
            at = place;
        }
        at
    }

    fn add_feed(&mut self, path: &'a [String], feed: usize) {
        let at = self.place(path);
        self.push(at, Child::Feed(feed));
    }

    /// Lists a folder. Of one that is listed twice, the first with attributes counts.
    fn list(&mut self, folders: &'a [OpmlFolder]) {
        for (place, folder) in folders.iter().enumerate() {
            let at = self.place(&folder.path);
            let Some(node) = self.nodes.get_mut(at) else {
                continue;
            };
            let known = node.listed.and_then(|known| folders.get(known));
            if known.is_none_or(|known| known.attributes.is_empty()) {
                node.listed = Some(place);
            }
        }
    }

    fn push(&mut self, at: usize, child: Child) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.children.push(child);
        }
    }
}

/// The way through all folders, each in one piece. Every feed's first folder is looked at before
/// the further folders of any, and all of these before the folders that are listed.
pub(super) fn walk<'a>(feeds: &'a [OpmlFeed], listed: &'a [OpmlFolder]) -> Vec<Step<'a>> {
    let mut folders = Folders {
        nodes: vec![Node::default()],
        known: HashMap::new(),
    };
    for (at, feed) in feeds.iter().enumerate() {
        folders.add_feed(feed.folders.first().map_or(&[], Vec::as_slice), at);
    }
    for (at, feed) in feeds.iter().enumerate() {
        for path in feed.folders.iter().skip(1) {
            folders.add_feed(path, at);
        }
    }
    folders.list(listed);
    steps(&folders.nodes)
}

fn steps<'a>(nodes: &[Node<'a>]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    // Open folders, each with the child that comes next.
    let mut open = vec![(0_usize, 0_usize)];
    while let Some((at, next)) = open.last_mut() {
        let child = nodes.get(*at).and_then(|node| node.children.get(*next));
        *next += 1;
        match child {
            Some(&Child::Feed(feed)) => steps.push(Step::Feed(feed)),
            Some(&Child::Folder(folder)) => {
                let node = nodes.get(folder);
                let name = node.map_or("", |node| node.name);
                steps.push(Step::Open(name, node.and_then(|node| node.listed)));
                open.push((folder, 0));
            }
            None => {
                open.pop();
                if !open.is_empty() {
                    steps.push(Step::Close);
                }
            }
        }
    }
    steps
}
