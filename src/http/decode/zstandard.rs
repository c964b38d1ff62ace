//! Zstandard (RFC 8878): any number of frames.

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::{error::DecodeError, sink::Sink};

const NAME: &str = "zstd";
/// RFC 9659: a content coding has no larger window than 8 MiB, so that is what a stream can
/// make us set aside.
const WINDOW_LOG_MAX: u32 = 23;
const BUFFER_BYTES: usize = 32 << 10;

/// A body in `zstd`.
pub(super) struct Zstandard {
    state: Decoder<'static>,
    buffer: Vec<u8>,
    has_frame: bool,
    is_between: bool,
}

impl std::fmt::Debug for Zstandard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Zstandard").finish_non_exhaustive()
    }
}

impl Zstandard {
    /// Nothing read yet; errs when the library has no memory for it.
    pub(super) fn new() -> Result<Self, DecodeError> {
        let broken = |error: std::io::Error| DecodeError::broken(NAME, error.to_string());
        let mut state = Decoder::new().map_err(broken)?;
        state
            .set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))
            .map_err(broken)?;
        Ok(Self {
            state,
            buffer: vec![0; BUFFER_BYTES],
            has_frame: false,
            is_between: true,
        })
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, mut input: &[u8], sink: &mut Sink) -> Result<(), DecodeError> {
        loop {
            let status = self
                .state
                .run_on_buffers(input, &mut self.buffer)
                .map_err(|error| DecodeError::broken(NAME, error.to_string()))?;
            input = input.get(status.bytes_read..).unwrap_or_default();
            let made = self.buffer.get(..status.bytes_written).unwrap_or_default();
            sink.push(made).map_err(|_| DecodeError::TooLarge {
                limit_bytes: sink.limit_bytes(),
            })?;
            // Zero means that a frame ended and all of it was written.
            if status.remaining == 0 {
                self.has_frame = true;
                self.is_between = true;
                if input.is_empty() {
                    return Ok(());
                }
            } else {
                self.is_between = false;
                if input.is_empty() && made.len() < BUFFER_BYTES {
                    return Ok(());
                }
            }
        }
    }

    /// Errs when the last frame stops before its end.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        if self.has_frame && self.is_between {
            Ok(())
        } else {
            Err(DecodeError::Incomplete { coding: NAME })
        }
    }
}
