//! What a reading finds besides the values.

use std::collections::{BTreeMap, HashMap};

use super::{Notice, Place};

/// Collects faults, warnings and the places of the values that were given.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) faults: Vec<Notice>,
    pub(super) warnings: Vec<Notice>,
    /// Key of the main file → value as written, and where.
    pub(super) given: BTreeMap<String, (String, Place)>,
}

impl Report {
    pub(super) fn fault(
        &mut self,
        place: Place,
        key: &str,
        why: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.faults.push(Notice {
            place,
            key: key.to_owned(),
            why: why.into(),
            hint: hint.into(),
        });
    }

    pub(super) fn warn(
        &mut self,
        place: Place,
        key: &str,
        why: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.warnings.push(Notice {
            place,
            key: key.to_owned(),
            why: why.into(),
            hint: hint.into(),
        });
    }

    /// The faults by file, in the order the files were read, then by place.
    pub(super) fn sorted_faults(mut self) -> Vec<Notice> {
        let mut ranks: HashMap<std::sync::Arc<str>, usize> = HashMap::new();
        for fault in &self.faults {
            let next = ranks.len();
            ranks.entry(fault.place.file.clone()).or_insert(next);
        }
        let rank = |notice: &Notice| ranks.get(&notice.place.file).copied();
        self.faults
            .sort_by_key(|fault| (rank(fault), fault.place.line, fault.place.column));
        self.faults
    }
}
