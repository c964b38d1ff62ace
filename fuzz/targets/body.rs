//! Compressed bodies: gzip, deflate, brotli, zstd, cut into pieces anywhere.
#![no_main]

use feedmill::http::{BodyDecoder, Coding};
use libfuzzer_sys::fuzz_target;

const LIMIT_BYTES: usize = 1 << 20;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (choice, piece, bytes) = input;
    let name = ["gzip", "deflate", "br", "zstd", "identity"][usize::from(choice) % 5];
    let Ok(coding) = Coding::of_headers([name]) else {
        return;
    };
    let Ok(mut decoder) = BodyDecoder::new(coding, LIMIT_BYTES, LIMIT_BYTES) else {
        return;
    };
    for piece in bytes.chunks(usize::from(piece) + 1) {
        if decoder.push(piece).is_err() {
            return;
        }
        assert!(decoder.bytes().len() <= LIMIT_BYTES, "beyond the limit");
    }
    if let Ok(body) = decoder.finish() {
        assert!(body.len() <= LIMIT_BYTES, "beyond the limit");
    }
});
