//! One body, from its first byte to its last.

use std::borrow::Cow;

use super::{
    brotli::Brotli, coding::Coding, error::DecodeError, gzip::Gzip, inflate::Deflate, sink::Sink,
    zstandard::Zstandard,
};

/// Takes a body as it comes and gives it decoded.
#[derive(Debug)]
pub struct BodyDecoder {
    state: State,
    has_input: bool,
}

#[derive(Debug)]
enum State {
    Identity(Sink),
    Gzip(Gzip, Sink),
    Deflate(Deflate, Sink),
    Brotli(Brotli),
    Zstd(Box<Zstandard>, Sink),
}

impl BodyDecoder {
    /// A body in `coding` that may have `limit_bytes` once decoded. `room_bytes` are set aside at
    /// once: a hint that the caller bounds.
    ///
    /// # Errors
    /// When the decoder cannot be set up.
    pub fn new(coding: Coding, limit_bytes: usize, room_bytes: usize) -> Result<Self, DecodeError> {
        let sink = Sink::new(limit_bytes, room_bytes);
        let state = match coding {
            Coding::Identity => State::Identity(sink),
            Coding::Gzip => State::Gzip(Gzip::new(), sink),
            Coding::Deflate => State::Deflate(Deflate::default(), sink),
            Coding::Brotli => State::Brotli(Brotli::new(sink)),
            Coding::Zstd => State::Zstd(Box::new(Zstandard::new()?), sink),
        };
        Ok(Self {
            state,
            has_input: false,
        })
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    /// When the limit is passed or the stream is broken; the decoder is of no use then.
    pub fn push(&mut self, input: &[u8]) -> Result<(), DecodeError> {
        self.has_input |= !input.is_empty();
        match &mut self.state {
            State::Identity(sink) => sink.push(input).map_err(|_| DecodeError::TooLarge {
                limit_bytes: sink.limit_bytes(),
            }),
            State::Gzip(gzip, sink) => gzip.push(input, sink),
            State::Deflate(deflate, sink) => deflate.push(input, sink),
            State::Brotli(brotli) => brotli.push(input),
            State::Zstd(zstd, sink) => zstd.push(input, sink),
        }
    }

    /// Decoded bytes so far.
    pub fn bytes(&self) -> &[u8] {
        match &self.state {
            State::Identity(sink)
            | State::Gzip(_, sink)
            | State::Deflate(_, sink)
            | State::Zstd(_, sink) => sink.bytes(),
            State::Brotli(brotli) => brotli.bytes(),
        }
    }

    /// The whole body, decoded. A body without a single byte is empty in every coding.
    ///
    /// # Errors
    /// When the stream stops before its end.
    pub fn finish(self) -> Result<Vec<u8>, DecodeError> {
        if !self.has_input {
            return Ok(Vec::new());
        }
        match self.state {
            State::Identity(sink) => Ok(sink.into_bytes()),
            State::Gzip(gzip, sink) => gzip.finish().map(|()| sink.into_bytes()),
            State::Deflate(deflate, sink) => deflate.finish().map(|()| sink.into_bytes()),
            State::Brotli(brotli) => brotli.finish(),
            State::Zstd(zstd, sink) => zstd.finish().map(|()| sink.into_bytes()),
        }
    }
}

/// A document that is a gzip file (`sitemap.xml.gz`, served without `Content-Encoding`), unpacked; any other
/// as it is, and so is one that cannot be unpacked within the limit: who reads it says what it is.
pub fn unpacked(bytes: &[u8], limit_bytes: usize) -> Cow<'_, [u8]> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Cow::Borrowed(bytes);
    }
    let unpack = || {
        let mut decoder = BodyDecoder::new(Coding::Gzip, limit_bytes, 0)?;
        decoder.push(bytes)?;
        decoder.finish()
    };
    unpack().map_or(Cow::Borrowed(bytes), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ::zstd::encode_all(bytes, 1).unwrap()
    }

    /// Brotli without compression: one stored metablock (RFC 7932, 9.2) of at most 64 KiB.
    fn stored_brotli(bytes: &[u8]) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.put(0, 1); // a window of 16 bits
        if !bytes.is_empty() {
            bits.put(0, 1); // not the last metablock
            bits.put(0, 2); // length in four nibbles
            bits.put(bytes.len() as u64 - 1, 16);
            bits.put(1, 1); // stored
            bits.align();
            bits.bytes.extend_from_slice(bytes);
        }
        bits.put(0b11, 2); // the last metablock, empty
        bits.align();
        bits.bytes
    }

    #[derive(Default)]
    struct BitWriter {
        bytes: Vec<u8>,
        bit: u32,
        last: u8,
    }

    impl BitWriter {
        fn put(&mut self, value: u64, n_bits: u32) {
            for bit in 0..n_bits {
                self.last |= u8::from(value >> bit & 1 == 1) << self.bit;
                self.bit += 1;
                if self.bit == 8 {
                    self.align();
                }
            }
        }

        fn align(&mut self) {
            if self.bit > 0 {
                self.bytes.push(self.last);
            }
            self.bit = 0;
            self.last = 0;
        }
    }

    fn decode(
        coding: Coding,
        input: &[u8],
        chunk_bytes: usize,
        limit_bytes: usize,
    ) -> Result<Vec<u8>, DecodeError> {
        let mut decoder = BodyDecoder::new(coding, limit_bytes, 0)?;
        for chunk in input.chunks(chunk_bytes.max(1)) {
            decoder.push(chunk)?;
            assert!(decoder.bytes().len() <= limit_bytes + 1);
        }
        decoder.finish()
    }

    type Encoder = fn(&[u8]) -> Vec<u8>;
    const ENCODERS: [(Coding, Encoder); 6] = [
        (Coding::Identity, <[u8]>::to_vec),
        (Coding::Gzip, gzip),
        (Coding::Deflate, zlib),
        (Coding::Deflate, deflate),
        (Coding::Brotli, stored_brotli),
        (Coding::Zstd, zstd),
    ];

    #[test]
    fn gives_the_same_in_any_chunking() {
        let text = "the same words again and again. ".repeat(1000).into_bytes();
        for (coding, encode) in ENCODERS {
            for chunk_bytes in [1, 2, 3, 7, 1000, 1 << 20] {
                let got = decode(coding, &encode(&text), chunk_bytes, 1 << 20);
                assert_eq!(got.as_ref(), Ok(&text), "{coding:?} by {chunk_bytes}");
            }
        }
    }

    #[test]
    fn stops_at_the_limit_and_not_before() {
        let text = vec![b'a'; 60_000];
        for (coding, encode) in ENCODERS {
            assert_eq!(decode(coding, &encode(&text), 999, 60_000).unwrap(), text);
            assert_eq!(
                decode(coding, &encode(&text), 999, 59_999),
                Err(DecodeError::TooLarge {
                    limit_bytes: 59_999
                }),
                "{coding:?}"
            );
        }
    }

    #[test]
    fn a_stream_that_stops_early_is_incomplete() {
        let text = "words ".repeat(500).into_bytes();
        for (coding, encode) in ENCODERS {
            if coding == Coding::Identity {
                continue;
            }
            let whole = encode(&text);
            for n_cut in [1, 2, 5, whole.len() - 1] {
                let part = &whole[..whole.len() - n_cut];
                assert!(
                    matches!(
                        decode(coding, part, 100, 1 << 20),
                        Err(DecodeError::Incomplete { .. })
                    ),
                    "{coding:?} less {n_cut}: {:?}",
                    decode(coding, part, 100, 1 << 20)
                );
            }
        }
    }

    #[test]
    fn gzip_and_zstd_may_come_in_pieces() {
        let both = [gzip(b"one, "), gzip(b"two")].concat();
        assert_eq!(decode(Coding::Gzip, &both, 3, 100).unwrap(), b"one, two");
        let both = [zstd(b"one, "), zstd(b"two")].concat();
        assert_eq!(decode(Coding::Zstd, &both, 3, 100).unwrap(), b"one, two");
        let padded = [gzip(b"one"), vec![0; 512]].concat();
        assert_eq!(decode(Coding::Gzip, &padded, 7, 100).unwrap(), b"one");
    }

    #[test]
    fn gzip_headers_with_every_field_are_read() {
        let plain = gzip(b"text");
        let mut full = vec![0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3];
        full.extend_from_slice(&[3, 0, b'x', b'y', b'z']);
        full.extend_from_slice(b"name\0comment\0\x12\x34");
        full.extend_from_slice(&plain[10..]);
        for chunk_bytes in [1, 4, 100] {
            let got = decode(Coding::Gzip, &full, chunk_bytes, 100);
            assert_eq!(got.unwrap(), b"text");
        }
    }

    #[test]
    fn broken_streams_are_told() {
        let mut wrong_sum = gzip(b"text");
        let at = wrong_sum.len() - 6;
        wrong_sum[at] ^= 1;
        for (coding, input) in [
            (Coding::Gzip, &b"<html>this is no gzip</html>"[..]),
            (Coding::Gzip, &wrong_sum),
            (Coding::Zstd, b"<html>this is no zstd</html>"),
            (Coding::Deflate, b"\x78\x9c<html>this is no zlib</html>"),
            (Coding::Brotli, b"\xff\xff<html>this is no brotli</html>"),
        ] {
            assert!(
                matches!(
                    decode(coding, input, 5, 1000),
                    Err(DecodeError::Broken { .. })
                ),
                "{coding:?} {:?}",
                decode(coding, input, 5, 1000)
            );
        }
    }

    #[test]
    fn an_empty_body_is_empty_in_every_coding() {
        for (coding, _) in ENCODERS {
            assert_eq!(decode(coding, b"", 1, 10).unwrap(), b"");
        }
    }

    #[test]
    fn a_window_beyond_8_mib_is_refused() {
        // A frame header with a window of 2^31 bytes and one empty last block.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0];
        assert!(matches!(
            decode(Coding::Zstd, &frame, 100, 100),
            Err(DecodeError::Broken { .. })
        ));
    }

    proptest! {
        #[test]
        fn never_panics_and_never_passes_the_limit(
            input: Vec<u8>,
            kind in 0_usize..6,
            chunk_bytes in 1_usize..40,
        ) {
            let coding = ENCODERS[kind].0;
            if let Ok(bytes) = decode(coding, &input, chunk_bytes, 50) {
                prop_assert!(bytes.len() <= 50);
            }
        }

        #[test]
        fn a_damaged_gzip_never_passes_as_whole(at in 10_usize..60, bit in 0_u8..8) {
            let text = b"some text that is long enough to be damaged, twice and again".to_vec();
            let mut damaged = gzip(&text);
            if let Some(byte) = damaged.get_mut(at) {
                *byte ^= 1 << bit;
                if let Ok(got) = decode(Coding::Gzip, &damaged, 16, 10_000) {
                    prop_assert_eq!(got, text);
                }
            }
        }
    }
}
