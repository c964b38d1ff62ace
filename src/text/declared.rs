//! Where a document says what its encoding is.

use super::charset::DocumentKind;

/// How far into a document a declaration is looked for. HTML asks for 1,024 bytes, but pages put
/// scripts before it and browsers look further.
const SCAN_BYTES: usize = 4096;

/// The `charset` parameter of a media type (RFC 9110, 8.3.1), as written.
pub(super) fn http_label(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// The label that the document itself declares: by its XML declaration, or in HTML by `meta`.
pub(super) fn document_label(bytes: &[u8], kind: DocumentKind) -> Option<String> {
    let start = bytes.get(..SCAN_BYTES.min(bytes.len()))?;
    // One character a byte: every encoding that gets here agrees with ASCII on the markup.
    let text: String = start.iter().map(|byte| char::from(*byte)).collect();
    match kind {
        DocumentKind::Xml => xml_label(&text),
        DocumentKind::Html => meta_label(&text).or_else(|| xml_label(&text)),
        DocumentKind::Json => None,
    }
}

/// The pseudo-attribute `encoding` of an XML declaration (XML 1.0, 4.3.3).
pub(super) fn xml_label(text: &str) -> Option<String> {
    let declaration = text.split_once("<?xml")?.1.split_once('>')?.0;
    let value = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?;
    quoted(value.trim_start())
}

/// `<meta charset=…>` or `<meta http-equiv=… content="…; charset=…">`, outside comments.
fn meta_label(text: &str) -> Option<String> {
    let lower = without_comments(&text.to_ascii_lowercase());
    lower.split("<meta").skip(1).find_map(|tag| {
        let tag = tag.split('>').next()?;
        if !tag.starts_with(|c: char| c.is_ascii_whitespace() || c == '/') {
            return None;
        }
        let value = tag
            .split_once("charset")?
            .1
            .trim_start()
            .strip_prefix('=')?;
        quoted(value.trim_start())
    })
}

fn without_comments(text: &str) -> String {
    let mut pieces = text.split("<!--");
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.filter_map(|piece| piece.split_once("-->").map(|(_, after)| after));
    std::iter::once(first).chain(rest).collect()
}

/// A value with or without quotes.
fn quoted(text: &str) -> Option<String> {
    let value = match text.strip_prefix(['"', '\'']) {
        Some(inner) => inner.split(['"', '\'']).next()?,
        None => text
            .split(|c: char| {
                c.is_ascii_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '?' | '/')
            })
            .next()?,
    };
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charset_of_a_media_type() {
        #[track_caller]
        fn check(content_type: &str, want: Option<&str>) {
            assert_eq!(http_label(content_type), want, "{content_type}");
        }
        check("text/xml", None);
        check("text/xml; charset=utf-8", Some("utf-8"));
        check("text/xml;Charset = \"UTF-8\" ; x=y", Some("UTF-8"));
        check("text/xml; charset=", None);
        check("text/xml; charset='koi8-r'", Some("koi8-r"));
        check("charset=utf-8", None);
    }

    #[test]
    fn label_of_a_document() {
        #[track_caller]
        fn check(text: &str, kind: DocumentKind, want: Option<&str>) {
            assert_eq!(
                document_label(text.as_bytes(), kind).as_deref(),
                want,
                "{text}"
            );
        }
        let (xml, html) = (DocumentKind::Xml, DocumentKind::Html);
        check(
            "<?xml version='1.0' encoding='koi8-r'?><a/>",
            xml,
            Some("koi8-r"),
        );
        check(
            "<?xml version=\"1.0\" encoding = \" utf-8 \" ?>",
            xml,
            Some("utf-8"),
        );
        check("<?xml version='1.0'?><a encoding='x'/>", xml, None);
        check("<a encoding='x'/>", xml, None);
        check("<META CHARSET=Windows-1251>", html, Some("windows-1251"));
        check(
            "<meta http-equiv='Content-Type' content='text/html; charset=big5'>",
            html,
            Some("big5"),
        );
        check(
            "<!-- <meta charset=big5> --><meta name=a><meta charset='gbk'/>",
            html,
            Some("gbk"),
        );
        check("<metadata charset=x>", html, None);
        check(
            "<?xml version='1.0' encoding='utf-8'?><html>",
            html,
            Some("utf-8"),
        );
        check("{\"charset\": 1}", DocumentKind::Json, None);
    }
}
