//! Durations and sizes as they are written.

use std::time::Duration;

/// Longest duration taken: ten years. More is a slip, and sums of durations stay far from overflow.
const LONGEST: Duration = Duration::from_hours(10 * 366 * 24);

/// Reads an integer followed by `ms`, `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let millis_of_unit: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(format!("`{text}` is no duration")),
    };
    let value: u64 = number
        .parse()
        .map_err(|_| format!("`{text}` is no duration"))?;
    value
        .checked_mul(millis_of_unit)
        .map(Duration::from_millis)
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| format!("`{text}` is longer than 10 years"))
}

/// Reads an integer followed by nothing, `B`, `KB`, `MB`, `GB` (powers of 1,000) or `KiB`, `MiB`,
/// `GiB` (powers of 1,024).
///
/// # Errors
/// Why the text is no size.
pub fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split(text);
    let bytes_of_unit: u64 = match unit {
        "" | "B" => 1,
        "KB" | "kB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("`{text}` is no size")),
    };
    let value: u64 = number.parse().map_err(|_| format!("`{text}` is no size"))?;
    value
        .checked_mul(bytes_of_unit)
        .filter(|bytes| i64::try_from(*bytes).is_ok())
        .ok_or_else(|| format!("`{text}` is too large"))
}

fn split(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        #[track_caller]
        fn check(text: &str, want: Option<u64>) {
            let got = duration(text)
                .ok()
                .map(|d| u64::try_from(d.as_millis()).unwrap());
            assert_eq!(got, want, "{text}");
        }
        check("0s", Some(0));
        check("250ms", Some(250));
        check("5m", Some(300_000));
        check("1h", Some(3_600_000));
        check("30d", Some(2_592_000_000));
        for text in [
            "",
            "5",
            "m",
            "-5m",
            "1.5h",
            "5 m",
            "5M",
            "99999999999999999999s",
            "9999d",
            "5min",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn sizes() {
        #[track_caller]
        fn check(text: &str, want: Option<u64>) {
            assert_eq!(size(text).ok(), want, "{text}");
        }
        check("0", Some(0));
        check("1000", Some(1000));
        check("1KB", Some(1000));
        check("10MB", Some(10_000_000));
        check("64MiB", Some(64 << 20));
        for text in ["", "MB", "-1", "1 MB", "1mb", "1.5MB", "99999999999GiB"] {
            check(text, None);
        }
    }
}
