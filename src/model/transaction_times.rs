//! How long the writer held the database.

use std::time::Duration;

/// Upper ends of the classes in milliseconds; half of them below the 50 ms that a transaction may take (R33).
pub const TRANSACTION_CLASSES_MS: [u64; 8] = [1, 5, 10, 25, 50, 100, 250, 1_000];

/// Transactions since the start, by how long they held the lock for writing: from when it was had until the
/// commit had reached the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransactionTimes {
    /// Transactions.
    pub n: u64,
    /// All their times together.
    pub sum: Duration,
    /// Transactions that took no longer than the class says, those of the classes below among them.
    pub n_up_to: [u64; TRANSACTION_CLASSES_MS.len()],
}

impl TransactionTimes {
    /// Adds one.
    pub fn add(&mut self, took: Duration) {
        self.n += 1;
        self.sum += took;
        for (class, n) in TRANSACTION_CLASSES_MS.iter().zip(&mut self.n_up_to) {
            *n += u64::from(took <= Duration::from_millis(*class));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_all_that_is_shorter() {
        let mut times = TransactionTimes::default();
        for ms in [1, 30, 50, 2_000] {
            times.add(Duration::from_millis(ms));
        }
        assert_eq!(times.n, 4);
        assert_eq!(times.sum, Duration::from_millis(2_081));
        assert_eq!(times.n_up_to, [1, 1, 1, 1, 3, 3, 3, 3]);
    }
}
