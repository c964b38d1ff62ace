//! One field of a cron expression as the set of its values.

use std::collections::BTreeSet;

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldKind {
    pub(super) name: &'static str,
    pub(super) min: u32,
    /// Highest value of a range without an end.
    pub(super) max: u32,
    /// Names of the values from `min` on; three letters suffice.
    names: &'static [&'static str],
    /// 7 is Sunday too.
    is_weekday: bool,
    /// `?` stands for any day.
    is_day: bool,
}

pub(super) const MINUTE: FieldKind = FieldKind::plain("minute", 0, 59);
pub(super) const HOUR: FieldKind = FieldKind::plain("hour", 0, 23);
pub(super) const DAY_OF_MONTH: FieldKind = FieldKind {
    is_day: true,
    ..FieldKind::plain("day of month", 1, 31)
};
pub(super) const MONTH: FieldKind = FieldKind {
    names: &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    ..FieldKind::plain("month", 1, 12)
};
pub(super) const DAY_OF_WEEK: FieldKind = FieldKind {
    names: &[
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ],
    is_weekday: true,
    is_day: true,
    ..FieldKind::plain("day of week", 0, 6)
};

/// A field's values, and how they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) values: BTreeSet<u32>,
    /// `*` alone (or `?`): the field restricts nothing.
    pub(super) is_any: bool,
    /// Begins with `*`: the field follows the clock rather than name times.
    pub(super) is_star: bool,
}

impl FieldKind {
    const fn plain(name: &'static str, min: u32, max: u32) -> Self {
        Self {
            name,
            min,
            max,
            names: &[],
            is_weekday: false,
            is_day: false,
        }
    }

    /// Reads a field: a list of `*`, values, ranges (which may wrap: `22-2`, `FRI-MON`) and steps.
    /// The error is the part that is wrong and the reason.
    pub(super) fn read(&self, written: &str) -> Result<Field, (String, String)> {
        let mut values = BTreeSet::new();
        for item in written.split(',') {
            let found = self
                .read_item(item)
                .map_err(|reason| (item.to_owned(), reason))?;
            values.extend(found);
        }
        Ok(Field {
            values,
            is_any: written == "*" || written == "?",
            is_star: written.starts_with(['*', '?']),
        })
    }

    fn read_item(&self, item: &str) -> Result<Vec<u32>, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.read_step(step)?)),
            None => (item, None),
        };
        let (first, last) = self.read_range(range, step.is_some())?;
        Ok(self.walk(first, last, step.unwrap_or(1)))
    }

    fn read_step(&self, written: &str) -> Result<u32, String> {
        let most = self.max - self.min + 1;
        match written.parse::<u32>() {
            Ok(0) => Err("a step of 0 never gets on".to_owned()),
            Ok(step) if step > most => Err(format!("a step is at most {most} here")),
            Ok(step) => Ok(step),
            Err(_) => Err(format!("`{written}` is no step")),
        }
    }

    fn read_range(&self, range: &str, has_step: bool) -> Result<(u32, u32), String> {
        if range == "*" || (range == "?" && self.is_day) {
            return Ok((self.min, self.max));
        }
        if let Some((first, last)) = range.split_once('-') {
            return Ok((self.read_value(first)?, self.read_value(last)?));
        }
        let first = self.read_value(range)?;
        // `5/10` counts on from 5; a lone value is itself.
        Ok((first, if has_step { self.max.max(first) } else { first }))
    }

    fn read_value(&self, written: &str) -> Result<u32, String> {
        if written.is_empty() {
            return Err("a value is missing".to_owned());
        }
        if written.bytes().all(|byte| byte.is_ascii_digit()) {
            let max = if self.is_weekday { 7 } else { self.max };
            return match written.parse::<u32>() {
                Ok(value) if (self.min..=max).contains(&value) => Ok(value),
                Ok(_) | Err(_) => Err(format!("values are {} to {max}", self.min)),
            };
        }
        self.read_name(written)
            .ok_or_else(|| format!("`{written}` is no {}", self.name))
    }

    fn read_name(&self, written: &str) -> Option<u32> {
        let written = written.to_ascii_lowercase();
        let at = self.names.iter().position(|name| {
            *name == written || (written.len() == 3 && name.starts_with(&written))
        })?;
        Some(self.min + u32::try_from(at).ok()?)
    }

    /// Every `step`th value from `first` to `last`; on over the end of the field when `last` is
    /// before `first`. Sunday comes out as 0.
    fn walk(&self, first: u32, last: u32, step: u32) -> Vec<u32> {
        let n_values = self.max - self.min + 1;
        let end = if last < first { last + n_values } else { last };
        (first..=end)
            .step_by(usize::try_from(step).unwrap_or(1))
            .map(|value| self.min + (value - self.min) % n_values)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: FieldKind, written: &str, want: &[u32]) {
        let got: Vec<_> = kind.read(written).unwrap().values.into_iter().collect();
        assert_eq!(got, want, "{} `{written}`", kind.name);
    }

    #[track_caller]
    fn refused(kind: FieldKind, written: &str) {
        assert!(kind.read(written).is_err(), "{} `{written}`", kind.name);
    }

    #[test]
    fn lists_ranges_and_steps() {
        check(MINUTE, "*/15", &[0, 15, 30, 45]);
        check(MINUTE, "5", &[5]);
        check(MINUTE, "50/5", &[50, 55]);
        check(MINUTE, "10-40/10,3", &[3, 10, 20, 30, 40]);
        check(MONTH, "jan,MARCH,Dec", &[1, 3, 12]);
    }

    #[test]
    fn ranges_wrap() {
        check(HOUR, "22-2", &[0, 1, 2, 22, 23]);
        check(HOUR, "20-4/4", &[0, 4, 20]);
        check(DAY_OF_WEEK, "FRI-MON", &[0, 1, 5, 6]);
        check(MONTH, "nov-feb", &[1, 2, 11, 12]);
    }

    #[test]
    fn sunday_is_0_and_7() {
        check(DAY_OF_WEEK, "7", &[0]);
        check(DAY_OF_WEEK, "0", &[0]);
        check(DAY_OF_WEEK, "5-7", &[0, 5, 6]);
        check(DAY_OF_WEEK, "0-7", &[0, 1, 2, 3, 4, 5, 6]);
        check(DAY_OF_WEEK, "SAT-SUN", &[0, 6]);
        check(DAY_OF_WEEK, "7-2", &[0, 1, 2]);
    }

    #[test]
    fn nonsense_is_refused() {
        for written in [
            "60", "-1", "1-", "*/0", "*/61", "a", "", "1,,2", "1-2-3", "1/2/3", "?",
        ] {
            refused(MINUTE, written);
        }
        refused(DAY_OF_MONTH, "0");
        refused(DAY_OF_MONTH, "32");
        refused(DAY_OF_MONTH, "L");
        refused(DAY_OF_WEEK, "8");
        refused(DAY_OF_WEEK, "mond");
        refused(DAY_OF_WEEK, "5#2");
        refused(HOUR, "4294967296");
    }
}
