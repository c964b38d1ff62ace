//! The nearest of several names.

/// The candidate that is most likely meant by `name`, if any is near.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    let most = (name.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (distance(&name, candidate, most + 1), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits from `a` to `b`, not counted beyond `most`. Names longer than any key are far.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(x != y))
                .min(left + 1)
                .min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(most).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        #[track_caller]
        fn check(keys: &[&'static str], name: &str, want: Option<&str>) {
            assert_eq!(nearest(name, keys.iter().copied()), want, "{name}");
        }
        let keys = ["min_interval", "max_interval", "every", "url", "name"];
        check(&keys, "min_intervall", Some("min_interval"));
        check(&keys, "min-interval", Some("min_interval"));
        check(&keys, "evry", Some("every"));
        check(&keys, "uri", Some("url"));
        check(&keys, "frobnicate", None);
        check(&keys, "", None);
    }
}
