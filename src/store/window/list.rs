//! A sorted list of samples that is looked up by guessing.
//!
//! Samples are hashes, so the upper bits of one tell about where it stands. A binary search over a list
//! of megabytes waits for memory at every step, and each arrival asks every list for each of its samples.
//! What the place tells is not stored, so that a key takes four bytes instead of eight.

/// Keys of one run on average: half a cache line.
const RUN: usize = 8;

/// Bits of a sample that count. With 4 million samples one in seventy is found by chance, and a chance is looked at.
pub(super) const SAMPLE_BITS: u32 = 28;

/// Sorted keys, whose upper half is a sample.
#[derive(Debug, Default)]
pub(super) struct SortedList {
    keys: Keys,
    /// Where the keys begin whose uppermost bits are the place in here; one more at the end.
    runs: Vec<u32>,
    /// How many bits that are.
    run_bits: u32,
}

#[derive(Debug)]
enum Keys {
    /// The bits of the sample that the run does not tell, then the lower half as a distance from `base`.
    Narrow { keys: Vec<u32>, base: u64 },
    /// Articles too far apart.
    Wide(Vec<u64>),
}

impl Default for Keys {
    fn default() -> Self {
        Self::Wide(Vec::new())
    }
}

impl SortedList {
    /// A list of keys that are sorted. Of their samples the first [`SAMPLE_BITS`] count, the others are 0.
    pub(super) fn of(keys: Vec<u64>) -> Self {
        let n_runs = (keys.len() / RUN).next_power_of_two();
        let run_bits = n_runs.trailing_zeros();
        let mut runs = Vec::with_capacity(n_runs + 1);
        for (at, key) in (0_u32..).zip(&keys) {
            let run = run_of(*key, run_bits);
            while runs.len() <= run {
                runs.push(at);
            }
        }
        runs.resize(n_runs + 1, u32::try_from(keys.len()).unwrap_or(u32::MAX));
        let keys = narrowed(&keys, run_bits).unwrap_or(Keys::Wide(keys));
        Self {
            keys,
            runs,
            run_bits,
        }
    }

    /// How many keys there are.
    pub(super) const fn len(&self) -> usize {
        match &self.keys {
            Keys::Narrow { keys, .. } => keys.len(),
            Keys::Wide(keys) => keys.len(),
        }
    }

    /// All keys, the lowest first.
    pub(super) fn into_keys(self) -> Vec<u64> {
        let (keys, base) = match self.keys {
            Keys::Narrow { keys, base } => (keys, base),
            Keys::Wide(keys) => return keys,
        };
        let mut wide = Vec::with_capacity(keys.len());
        let ends = self.runs.iter().skip(1).map(|end| *end as usize);
        for (run, end) in (0_u64..).zip(ends) {
            let of_run = keys.get(wide.len()..end).unwrap_or(&[]);
            // One run has nothing to shift by.
            let before = run.checked_shl(u64::BITS - self.run_bits).unwrap_or(0);
            let widened = of_run.iter().map(|key| {
                before | rest_of(*key, self.run_bits) | lower_of(*key, base, self.run_bits)
            });
            wide.extend(widened);
        }
        wide
    }

    /// The keys of a sample, the highest first, at most so many.
    pub(super) fn of_sample(&self, sample: u32, most: usize) -> Vec<u64> {
        let (first, last) = (key_before(sample), key_after(sample));
        let run = run_of(first, self.run_bits);
        let bound = |run: usize| self.runs.get(run).map(|at| *at as usize);
        let range = bound(run).zip(bound(run + 1));
        let Some(range) = range.map(|(start, end)| start..end) else {
            return Vec::new();
        };
        match &self.keys {
            Keys::Narrow { keys, base } => {
                let rest = narrow_rest(first, self.run_bits);
                let last = rest | lower_mask(self.run_bits);
                let own = between(keys.get(range).unwrap_or(&[]), &rest, &last);
                let own = own.iter().rev().take(most);
                own.map(|key| first | lower_of(*key, *base, self.run_bits))
                    .collect()
            }
            Keys::Wide(keys) => {
                let own = between(keys.get(range).unwrap_or(&[]), &first, &last);
                own.iter().rev().take(most).copied().collect()
            }
        }
    }
}

/// The keys in four bytes each; `None` when the lower halves are too far apart.
fn narrowed(keys: &[u64], run_bits: u32) -> Option<Keys> {
    let lower = |key: &u64| key & LOWER;
    // The lowest bit is no part of the distance.
    let base = keys.iter().map(lower).min()? & !1;
    let mask = lower_mask(run_bits);
    let narrow = keys.iter().map(|key| {
        let distance = u32::try_from(lower(key) - base).ok()?;
        (distance <= mask).then(|| narrow_rest(*key, run_bits) | distance)
    });
    let keys = narrow.collect::<Option<Vec<u32>>>()?;
    Some(Keys::Narrow { keys, base })
}

const LOWER: u64 = 0xffff_ffff;

/// Bits for the lower half in four bytes: what the rest of the sample leaves.
const fn lower_bits(run_bits: u32) -> u32 {
    u32::BITS - SAMPLE_BITS.saturating_sub(run_bits)
}

const fn lower_mask(run_bits: u32) -> u32 {
    match 1_u32.checked_shl(lower_bits(run_bits)) {
        Some(above) => above - 1,
        None => u32::MAX,
    }
}

/// The bits of a key's sample that its run does not tell, at the upper end of four bytes.
fn narrow_rest(key: u64, run_bits: u32) -> u32 {
    let without_run = key.checked_shl(run_bits).unwrap_or(0) >> u32::BITS;
    u32::try_from(without_run).unwrap_or(0) & !lower_mask(run_bits)
}

/// The same in its place in a key.
const fn rest_of(narrow: u32, run_bits: u32) -> u64 {
    (((narrow & !lower_mask(run_bits)) as u64) << u32::BITS) >> run_bits
}

const fn lower_of(narrow: u32, base: u64, run_bits: u32) -> u64 {
    base + (narrow & lower_mask(run_bits)) as u64
}

fn between<'k, K: Ord>(run: &'k [K], first: &K, last: &K) -> &'k [K] {
    let start = run.partition_point(|key| key < first);
    let own = run.get(start..).unwrap_or(&[]);
    let end = own.partition_point(|key| key <= last);
    own.get(..end).unwrap_or(&[])
}

/// The lowest and the highest key that a sample can have.
pub(super) const fn key_before(sample: u32) -> u64 {
    ((sample & SAMPLE_MASK) as u64) << u32::BITS
}

pub(super) const fn key_after(sample: u32) -> u64 {
    key_before(sample) | LOWER
}

const SAMPLE_MASK: u32 = u32::MAX << (u32::BITS - SAMPLE_BITS);

fn run_of(key: u64, run_bits: u32) -> usize {
    // One run has nothing to shift by: all 64 bits go.
    let run = key.checked_shr(u64::BITS - run_bits).unwrap_or(0);
    usize::try_from(run).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_finds_what_a_look_at_every_key_finds(
            mut samples in proptest::collection::vec((0_u32..40, 0_u32..9), 0..200),
            spread in prop_oneof![Just(16_u32), Just(100_000_000)],
            (distance, from) in prop_oneof![Just((1_u32, 0_u32)), Just((2, 7_000_000)), Just((400_000_000, 0))],
        ) {
            samples.sort_unstable();
            let key = |(sample, article): &(u32, u32)| {
                key_before(sample * spread) | u64::from(from + *article * distance)
            };
            let mut keys: Vec<u64> = samples.iter().map(key).collect();
            keys.sort_unstable();
            let list = SortedList::of(keys.clone());
            prop_assert_eq!(list.len(), keys.len());
            for sample in 0..41 {
                let sample = sample * spread;
                let of_sample = |key: &u64| key >> 32 == key_before(sample) >> 32;
                let mut want: Vec<u64> = keys.iter().copied().filter(of_sample).collect();
                want.reverse();
                prop_assert_eq!(list.of_sample(sample, 1_000), &want[..]);
                want.truncate(3);
                prop_assert_eq!(list.of_sample(sample, 3), want);
            }
            prop_assert!(list.of_sample(u32::MAX, 9).is_empty());
            prop_assert_eq!(list.into_keys(), keys);
        }
    }

    #[test]
    fn keys_of_articles_that_came_one_after_the_other_take_four_bytes() {
        let mut keys: Vec<u64> = (0..40_000_u32)
            .map(|n| key_before(n.wrapping_mul(2_654_435_761)) | u64::from(900_000 + n / 4 * 2))
            .collect();
        keys.sort_unstable();
        let list = SortedList::of(keys.clone());
        assert!(matches!(list.keys, Keys::Narrow { .. }));
        assert_eq!(list.into_keys(), keys);
    }
}
