//! How deep the tree builder will stand at each tag.

use super::tag_name::TagName;

/// What to do with a tag.
pub(super) enum Step {
    /// Pass it on.
    Keep,
    /// Leave it out.
    Drop,
    /// Pass it on behind the end tags of these formatting elements.
    CloseFirst(Vec<TagName>),
}

/// The elements that are open, by the tags seen so far.
///
/// Follows the tree builder's scopes (WHATWG, 13.2.4.2) as far as depth needs it: an end tag that the
/// tree builder would ignore closes nothing here either, so that a hostile page cannot stand deeper
/// than it is counted.
pub(super) struct Nesting {
    open: Vec<TagName>,
    /// Start tags left out by name, so that their end tags go too.
    dropped: Vec<(TagName, usize)>,
    depth: usize,
}

impl Nesting {
    pub(super) fn new(depth: usize) -> Self {
        Self {
            open: Vec::with_capacity(64),
            dropped: Vec::new(),
            depth,
        }
    }

    pub(super) fn open(&mut self, name: TagName) -> Step {
        if name.is_void() {
            return Step::Keep;
        }
        let closed = self.close_implied(name);
        if self.open.len() >= self.depth {
            self.count_dropped(name);
            return Step::Drop;
        }
        self.open.push(name);
        Self::step(closed)
    }

    pub(super) fn close(&mut self, name: TagName) -> Step {
        if let Some(position) = self
            .dropped
            .iter()
            .position(|(dropped, _)| *dropped == name)
        {
            if let Some((_, count)) = self.dropped.get_mut(position) {
                *count -= 1;
                if *count == 0 {
                    self.dropped.swap_remove(position);
                }
            }
            return Step::Drop;
        }
        let Some(found) = self.find(name, |open| open.bounds(name)) else {
            return Step::Keep;
        };
        if name.is_formatting() {
            self.open.remove(found);
            return Step::Keep;
        }
        Self::step(self.truncate(found))
    }

    fn step(closed: Vec<TagName>) -> Step {
        if closed.is_empty() {
            Step::Keep
        } else {
            Step::CloseFirst(closed)
        }
    }

    /// The innermost open element of this name, not beyond a boundary.
    fn find(&self, name: TagName, is_boundary: impl Fn(TagName) -> bool) -> Option<usize> {
        for (index, &open) in self.open.iter().enumerate().rev() {
            if open == name {
                return Some(index);
            }
            if is_boundary(open) {
                return None;
            }
        }
        None
    }

    /// Closes what a start tag closes by itself (WHATWG, 13.2.6.4.7 and 13.2.6.4.13).
    fn close_implied(&mut self, name: TagName) -> Vec<TagName> {
        let mut closed = Vec::new();
        for &implied in name.implied_ends() {
            let found = self.find(implied, |open| open.stops_implied_end(implied));
            if let Some(found) = found {
                closed.append(&mut self.truncate(found));
            }
        }
        closed
    }

    /// Closes everything from here on; gives the formatting elements among it, innermost first.
    fn truncate(&mut self, found: usize) -> Vec<TagName> {
        self.open
            .drain(found..)
            .rev()
            .filter(|name| name.is_formatting())
            .collect()
    }

    fn count_dropped(&mut self, name: TagName) {
        let known = self
            .dropped
            .iter_mut()
            .find(|(dropped, _)| *dropped == name);
        if let Some((_, count)) = known {
            *count += 1;
        } else if self.dropped.len() < self.depth {
            self.dropped.push((name, 1));
        }
    }
}
