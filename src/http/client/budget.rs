//! The bytes that all bodies in flight may hold together (R03).

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One permit stands for this many bytes.
const UNIT_BYTES: usize = 1024;
/// The least a body asks for, so that small ones ask once.
const STEP_BYTES: usize = 64 << 10;

/// A budget shared by all bodies.
///
/// Bodies take from a pool as they grow. One lane is kept apart, with room for a body of the
/// greatest size: whoever finds the pool empty waits for it, and whoever has it can grow to its
/// limit without waiting. So bodies that wait for each other's bytes cannot block for ever.
#[derive(Debug)]
pub(super) struct BodyBudget {
    pool: Arc<Semaphore>,
    lane: Arc<Semaphore>,
}

impl BodyBudget {
    /// `budget_bytes` for all, of which `largest_bytes` are the lane. A budget that is smaller
    /// than one body lets bodies through one at a time.
    pub(super) fn new(budget_bytes: u64, largest_bytes: u64) -> Self {
        let pool_bytes = usize::try_from(budget_bytes.saturating_sub(largest_bytes));
        let n_permits = pool_bytes.unwrap_or(usize::MAX) / UNIT_BYTES;
        Self {
            pool: Arc::new(Semaphore::new(n_permits.min(Semaphore::MAX_PERMITS))),
            lane: Arc::new(Semaphore::new(1)),
        }
    }

    /// A share that holds nothing yet.
    pub(super) fn lease(&self) -> BodyLease {
        BodyLease {
            pool: Some(Arc::clone(&self.pool)),
            lane_of: Some(Arc::clone(&self.lane)),
            permit: None,
            lane: None,
        }
    }
}

/// A body's share of the budget; given back when it is dropped.
#[derive(Debug, Default)]
pub struct BodyLease {
    pool: Option<Arc<Semaphore>>,
    lane_of: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
    lane: Option<OwnedSemaphorePermit>,
}

impl BodyLease {
    /// Waits until the share covers `n_bytes`.
    pub(super) async fn cover(&mut self, n_bytes: usize) {
        let covered = self.covered_bytes();
        if self.lane.is_some() || n_bytes <= covered {
            return;
        }
        let (Some(pool), Some(lane)) = (self.pool.clone(), self.lane_of.clone()) else {
            return;
        };
        let step = units(n_bytes.max(covered * 2).max(STEP_BYTES) - covered);
        let at_once = Arc::clone(&pool).try_acquire_many_owned(step);
        let more = if at_once.is_ok() {
            at_once.ok()
        } else {
            tokio::select! {
                more = pool.acquire_many_owned(step) => more.ok(),
                lane = lane.acquire_owned() => {
                    self.lane = lane.ok();
                    return;
                }
            }
        };
        // The semaphores are never closed.
        let Some(more) = more else { return };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
    }

    /// Gives back what a body that ended at `n_bytes` does not need.
    pub(super) fn settle(&mut self, n_bytes: usize) {
        let want = usize::try_from(units(n_bytes)).unwrap_or(usize::MAX);
        if let Some(permit) = &mut self.permit {
            let extra = permit.num_permits().saturating_sub(want);
            drop(permit.split(extra));
        }
        let lacking = want.saturating_sub(self.covered_bytes() / UNIT_BYTES);
        if self.lane.is_none() || lacking == 0 {
            self.lane = None;
            return;
        }
        let more = self
            .pool
            .clone()
            .zip(u32::try_from(lacking).ok())
            .and_then(|(pool, lacking)| pool.try_acquire_many_owned(lacking).ok());
        if let Some(more) = more {
            self.lane = None;
            match &mut self.permit {
                Some(permit) => permit.merge(more),
                none => *none = Some(more),
            }
        }
    }

    fn covered_bytes(&self) -> usize {
        let n_permits = self.permit.as_ref().map(OwnedSemaphorePermit::num_permits);
        n_permits.unwrap_or(0) * UNIT_BYTES
    }
}

fn units(n_bytes: usize) -> u32 {
    u32::try_from(n_bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_full_pool_leaves_one_lane() {
        let budget = BodyBudget::new(300 << 10, 200 << 10);
        let mut first = budget.lease();
        first.cover(100 << 10).await;
        let mut second = budget.lease();
        second.cover(200 << 10).await;
        let mut third = budget.lease();
        assert!(tokio::time::timeout(TIMEOUT, third.cover(1)).await.is_err());
        drop(second);
        third.cover(1).await;
        // The lane's holder never waits again.
        third.cover(150 << 10).await;
        drop((first, third));
        let mut last = budget.lease();
        last.cover(90 << 10).await;
        last.settle(1000);
        let mut more = budget.lease();
        more.cover(90 << 10).await;
    }

    #[tokio::test]
    async fn two_that_wait_for_each_other_both_end() {
        let budget = BodyBudget::new(256 << 10, 128 << 10);
        let (mut a, mut b) = (budget.lease(), budget.lease());
        a.cover(64 << 10).await;
        b.cover(64 << 10).await;
        a.cover(128 << 10).await;
        let grows = async {
            b.cover(128 << 10).await;
        };
        let ends = async move {
            tokio::task::yield_now().await;
            drop(a);
        };
        let both = async { tokio::join!(grows, ends) };
        assert!(tokio::time::timeout(TIMEOUT * 10, both).await.is_ok());
    }
}
