//! Whether a page is HTML, by its declared type and its first bytes.

use crate::model::ErrorClass;

/// Why bytes are no page: class and reason.
pub(super) type NoPage = (ErrorClass, String);

/// Checks a declared type before the body is read: what is surely no page is not downloaded.
pub(super) fn check_declared(content_type: Option<&str>) -> Result<(), NoPage> {
    let essence = essence(content_type);
    let family = essence.split('/').next().unwrap_or_default();
    let is_binary = matches!(family, "image" | "audio" | "video" | "font" | "model")
        || matches!(
            essence.as_str(),
            "application/pdf"
                | "application/zip"
                | "application/gzip"
                | "application/x-gzip"
                | "application/epub+zip"
                | "application/msword"
                | "application/java-archive"
                | "application/wasm"
        )
        || essence.starts_with("application/vnd.")
        || essence.starts_with("application/x-bittorrent");
    if is_binary && !essence.ends_with("+xml") {
        return Err((
            ErrorClass::UnsupportedType,
            format!("the page is `{essence}`"),
        ));
    }
    Ok(())
}

/// Checks a body that came whole, whatever was declared.
pub(super) fn check_body(content_type: Option<&str>, body: &[u8]) -> Result<(), NoPage> {
    let head = body.get(..1024).unwrap_or(body);
    if let Some(name) = magic(head) {
        return Err((
            ErrorClass::UnsupportedType,
            format!("the page is {name} by its first bytes"),
        ));
    }
    let essence = essence(content_type);
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" => Ok(()),
        // What is declared as something else may still be a page; servers mislabel.
        _ if looks_like_html(body) => Ok(()),
        "" => Err((
            ErrorClass::NotHtml,
            "no type is declared and no HTML is to be seen".into(),
        )),
        _ => Err((ErrorClass::NotHtml, format!("the page is `{essence}`"))),
    }
}

/// Type and subtype in lower case, without parameters and anything that cannot be one.
fn essence(content_type: Option<&str>) -> String {
    let text = content_type.unwrap_or_default();
    let text = text.split([';', ',']).next().unwrap_or_default().trim();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "/+-._!#$&^".contains(c);
    if text.len() > 100 || !text.chars().all(is_token) {
        return String::new();
    }
    text.to_ascii_lowercase()
}

/// Name of a binary format, by its first bytes (WHATWG MIME sniffing, 6 and 7).
fn magic(head: &[u8]) -> Option<&'static str> {
    const SIGNS: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF87a", "a GIF image"),
        (b"GIF89a", "a GIF image"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"OggS\0", "Ogg media"),
        (b"ID3", "MP3 audio"),
        (b"\x1a\x45\xdf\xa3", "Matroska video"),
        (b"%!PS-Adobe-", "PostScript"),
        (b"\xd0\xcf\x11\xe0", "an Office document"),
    ];
    if let Some((_, name)) = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)) {
        return Some(name);
    }
    if head.starts_with(b"RIFF") && matches!(head.get(8..12), Some(b"WEBP" | b"WAVE" | b"AVI ")) {
        return Some("RIFF media");
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("MP4 media");
    }
    None
}

/// A tag that only a page has, within the first 4 KiB of the text. Two-byte encodings are looked
/// at without their zero bytes.
fn looks_like_html(body: &[u8]) -> bool {
    const TAGS: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<article",
        "<p>",
        "<div",
        "<h1",
    ];
    let head = body.get(..4096).unwrap_or(body);
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
    let text =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{fffd}');
    let is_feed = ["<rss", "<feed", "<rdf:rdf"]
        .iter()
        .any(|tag| text.contains(tag));
    text.starts_with('<') && !is_feed && TAGS.iter().any(|tag| text.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, body: &[u8], want: Option<ErrorClass>) {
        let declared = Some(content_type).filter(|text| !text.is_empty());
        let got = check_declared(declared).and_then(|()| check_body(declared, body));
        assert_eq!(
            got.err().map(|(class, _)| class),
            want,
            "{content_type} {body:?}"
        );
    }

    #[test]
    fn pages_pass_whatever_they_are_called() {
        for content_type in [
            "text/html",
            "TEXT/HTML; charset=x",
            "",
            "text/plain",
            "application/xml",
            "nonsense",
            "application/octet-stream",
        ] {
            check(content_type, b"\xef\xbb\xbf <!DOCTYPE html><p>x", None);
        }
        check("text/html", b"just text", None);
        check("application/xhtml+xml", b"<html/>", None);
        check("", b"\xff\xfe<\0h\0t\0m\0l\0>\0", None);
    }

    #[test]
    fn other_things_do_not() {
        check("application/pdf", b"", Some(ErrorClass::UnsupportedType));
        check("image/svg+xml", b"<svg/>", Some(ErrorClass::NotHtml));
        check("text/html", b"%PDF-1.7", Some(ErrorClass::UnsupportedType));
        check(
            "text/html",
            b"\x89PNG\r\n\x1a\n....",
            Some(ErrorClass::UnsupportedType),
        );
        check(
            "text/html",
            b"RIFF1234WEBP",
            Some(ErrorClass::UnsupportedType),
        );
        check(
            "text/html",
            b"\0\0\0\x18ftypmp42",
            Some(ErrorClass::UnsupportedType),
        );
        check("audio/mpeg", b"", Some(ErrorClass::UnsupportedType));
        check(
            "application/vnd.ms-excel",
            b"",
            Some(ErrorClass::UnsupportedType),
        );
        check(
            "application/json",
            b"{\"html\":\"<p>\"}",
            Some(ErrorClass::NotHtml),
        );
        check(
            "application/rss+xml",
            b"<?xml version=\"1.0\"?><rss><p>",
            Some(ErrorClass::NotHtml),
        );
        check("text/plain", b"Only words.", Some(ErrorClass::NotHtml));
        check("", b"", Some(ErrorClass::NotHtml));
    }
}
