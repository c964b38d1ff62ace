//! FNV-1a (Fowler, Noll, Vo), step by step: for comparing what stands in one page, never where
//! somebody could gain from a collision.

/// The hash of nothing.
pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash with one more byte or character.
pub(super) fn mix(hash: u64, unit: impl Into<u32>) -> u64 {
    (hash ^ u64::from(unit.into())).wrapping_mul(0x0100_0000_01b3)
}
