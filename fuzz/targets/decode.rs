//! Bytes to text: any bytes under any declaration, as XML, HTML and JSON.
#![no_main]

use feedmill::text::{CleanText, DocumentKind, clean_line, decode, storable, unescape};
use libfuzzer_sys::fuzz_target;

const TYPES: [Option<&str>; 8] = [
    None,
    Some("text/html"),
    Some("text/xml; charset=utf-8"),
    Some("text/html; charset=windows-1251"),
    Some("application/xml; charset=UTF-16"),
    Some("text/html; charset=iso-2022-jp"),
    Some("text/html; charset=gb18030"),
    Some("text/html; charset=\"nonsense"),
];

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let content_type = TYPES[usize::from(choice) % TYPES.len()];
    for kind in [DocumentKind::Xml, DocumentKind::Html, DocumentKind::Json] {
        let Ok(decoded) = decode(bytes, content_type, kind) else {
            continue;
        };
        // UTF-32 and single bytes are the extremes: nothing grows by more than a character a byte.
        assert!(decoded.text.len() <= 4 * bytes.len() + 64, "the text grows");
        let line = clean_line(&decoded.text);
        assert_eq!(clean_line(&line), line, "cleaning a line twice");
        let text = storable(&decoded.text);
        assert_eq!(storable(&text), text, "storable twice");
        let clean = CleanText::from_raw(&decoded.text);
        assert_eq!(CleanText::from_raw(clean.as_str()), clean, "cleaning a text twice");
        let _ = unescape(&decoded.text);
    }
});
