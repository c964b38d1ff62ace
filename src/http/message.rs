//! Text that is safe to store, log and show.

use url::Url;

/// Longest address in a message, in bytes: enough to know it by.
const URL_BYTES: usize = 300;
/// Longest text from elsewhere in a message.
const TEXT_BYTES: usize = 300;

/// An address as messages name it: without user and password, cut when it is long.
pub(super) fn shown(url: &Url) -> String {
    cut(crate::url::without_credentials(url).as_str(), URL_BYTES)
}

/// A text from elsewhere, on one line, without control characters, cut when it is long.
pub(super) fn plain(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TEXT_BYTES)
        .collect();
    cut(line.trim(), TEXT_BYTES)
}

fn cut(text: &str, limit_bytes: usize) -> String {
    if text.len() <= limit_bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit_bytes);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// A span of time as messages name it.
pub(super) fn span(time: std::time::Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        1..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn messages_hide_passwords_and_control_characters() {
        let url = Url::parse("https://me:secret@a.example/x").unwrap();
        assert_eq!(shown(&url), "https://a.example/x");
        assert_eq!(plain("a\r\nb\u{7}c\u{9b}d"), "a  b c d");
        assert!(plain(&"é".repeat(1000)).len() <= TEXT_BYTES + 4);
    }

    #[test]
    fn spans_are_short() {
        assert_eq!(span(Duration::from_millis(20)), "20 ms");
        assert_eq!(span(Duration::from_secs(90)), "90 s");
        assert_eq!(span(Duration::from_mins(10)), "10 min");
        assert_eq!(span(Duration::from_hours(24)), "24 h");
    }
}
