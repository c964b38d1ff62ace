//! A sorted list of samples that is looked up by guessing.
//!
//! Samples are hashes, so the upper bits of one tell about where it stands. A binary search over a list
//! of megabytes waits for memory at every step, and each arrival asks every list for each of its samples.

/// Keys of one run on average: a cache line of eight bytes each.
const RUN: usize = 8;

/// Sorted keys, whose upper half is a sample.
#[derive(Debug, Default)]
pub(super) struct SortedList {
    keys: Vec<u64>,
    /// Where the keys begin whose uppermost bits are the place in here; one more at the end.
    runs: Vec<u32>,
    /// What is shifted out of a key for its run.
    shift: u32,
}

impl SortedList {
    /// A list of keys that are sorted.
    pub(super) fn of(keys: Vec<u64>) -> Self {
        let n_runs = (keys.len() / RUN).next_power_of_two();
        let shift = u64::BITS - n_runs.trailing_zeros();
        let mut runs = Vec::with_capacity(n_runs + 1);
        for (at, key) in (0_u32..).zip(&keys) {
            let run = run_of(*key, shift);
            while runs.len() <= run {
                runs.push(at);
            }
        }
        runs.resize(n_runs + 1, u32::try_from(keys.len()).unwrap_or(u32::MAX));
        Self { keys, runs, shift }
    }

    /// All keys, the lowest first.
    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }

    pub(super) fn into_keys(self) -> Vec<u64> {
        self.keys
    }

    /// The keys of a sample, the lowest first.
    pub(super) fn of_sample(&self, sample: u32) -> &[u64] {
        let (first, last) = (key_before(sample), key_after(sample));
        let run = self.run(first, last);
        let start = run.partition_point(|key| *key < first);
        let own = run.get(start..).unwrap_or(&[]);
        let end = own.partition_point(|key| *key <= last);
        own.get(..end).unwrap_or(&[])
    }

    /// The keys of all runs from that of the first to that of the last.
    fn run(&self, first: u64, last: u64) -> &[u64] {
        let start_of = |run: usize| self.runs.get(run).map(|at| *at as usize);
        let start = start_of(run_of(first, self.shift));
        let end = start_of(run_of(last, self.shift) + 1);
        start
            .zip(end)
            .and_then(|(start, end)| self.keys.get(start..end))
            .unwrap_or(&[])
    }
}

/// The lowest and the highest key that a sample can have.
pub(super) const fn key_before(sample: u32) -> u64 {
    (sample as u64) << 32
}

pub(super) const fn key_after(sample: u32) -> u64 {
    key_before(sample) | 0xffff_ffff
}

fn run_of(key: u64, shift: u32) -> usize {
    // One run has nothing to shift by: all 64 bits go.
    let run = key.checked_shr(shift).unwrap_or(0);
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
            spread in prop_oneof![Just(1_u32), Just(100_000_000)],
        ) {
            samples.sort_unstable();
            let key = |(sample, article): &(u32, u32)| key_before(sample * spread) | u64::from(*article);
            let keys: Vec<u64> = samples.iter().map(key).collect();
            let list = SortedList::of(keys.clone());
            for sample in 0..41 {
                let sample = sample * spread;
                let want: Vec<u64> = keys.iter().copied().filter(|key| key >> 32 == u64::from(sample)).collect();
                prop_assert_eq!(list.of_sample(sample), &want[..]);
            }
            prop_assert!(list.of_sample(u32::MAX).is_empty());
        }
    }
}
