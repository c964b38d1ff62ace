//! Parts of the page that are not the article: navigation, footers, comments, hidden parts.

/// Ranges of the page's text, in bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Asides {
    ranges: Vec<(usize, usize)>,
}

impl Asides {
    /// Adds a range; empty ones are left out.
    pub(super) fn add(&mut self, start: usize, end: usize) {
        if start < end {
            self.ranges.push((start, end));
        }
    }

    /// The ranges that do not hold the headline, merged: what wraps the headline is the page's
    /// main part, whatever its class says.
    pub(super) fn around(&self, headline: usize) -> Self {
        let mut ranges: Vec<(usize, usize)> = self
            .ranges
            .iter()
            .filter(|(start, end)| !(*start..*end).contains(&headline))
            .copied()
            .collect();
        ranges.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self { ranges: merged }
    }

    /// A place lies in one of the ranges. Only for merged ranges, see [`Self::around`].
    pub(super) fn hold(&self, at: usize) -> bool {
        let next = self.ranges.partition_point(|(start, _)| *start <= at);
        next.checked_sub(1)
            .and_then(|last| self.ranges.get(last))
            .is_some_and(|(_, end)| at < *end)
    }
}
