//! Brotli (RFC 7932).

use std::io::Write;

use brotli_decompressor::DecompressorWriter;

use super::{error::DecodeError, sink::Sink};

const NAME: &str = "br";
/// Between decoder and sink; small against a page, large against a call.
const BUFFER_BYTES: usize = 16 << 10;

/// A body in `br`.
pub(super) struct Brotli {
    writer: Box<DecompressorWriter<Sink>>,
}

impl std::fmt::Debug for Brotli {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Brotli").finish_non_exhaustive()
    }
}

impl Brotli {
    /// Nothing read yet.
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            writer: Box::new(DecompressorWriter::new(sink, BUFFER_BYTES)),
        }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, input: &[u8]) -> Result<(), DecodeError> {
        match self.writer.write_all(input) {
            Ok(()) => Ok(()),
            Err(_) if self.writer.get_ref().is_full() => Err(self.too_large()),
            Err(error) => Err(DecodeError::broken(NAME, error.to_string())),
        }
    }

    /// The bytes; errs when the stream stops before its end.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        let is_whole = self.writer.close().is_ok();
        if self.writer.get_ref().is_full() {
            return Err(self.too_large());
        }
        match self.writer.into_inner() {
            Ok(sink) if is_whole => Ok(sink.into_bytes()),
            Ok(_) | Err(_) => Err(DecodeError::Incomplete { coding: NAME }),
        }
    }

    /// Bytes so far.
    pub(super) fn bytes(&self) -> &[u8] {
        self.writer.get_ref().bytes()
    }

    fn too_large(&self) -> DecodeError {
        DecodeError::TooLarge {
            limit_bytes: self.writer.get_ref().limit_bytes(),
        }
    }
}
