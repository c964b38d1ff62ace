//! Where decoded bytes go: a vector that refuses to pass its limit.

use std::io;

/// The largest step by which the vector grows, and so the most that is set aside for nothing.
const STEP_BYTES: usize = 4 << 20;
/// The smallest step: most pages fit in two or three of them.
const FIRST_STEP_BYTES: usize = 64 << 10;

/// A vector that refuses to pass its limit.
#[derive(Debug)]
pub(super) struct Sink {
    bytes: Vec<u8>,
    limit_bytes: usize,
    is_full: bool,
}

impl Sink {
    /// An empty one with room for `room_bytes`, which the caller bounds.
    pub(super) fn new(limit_bytes: usize, room_bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(room_bytes.min(limit_bytes)),
            limit_bytes,
            is_full: false,
        }
    }

    /// Appends, or errs when the limit would be passed.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Full> {
        if bytes.len() > self.limit_bytes.saturating_sub(self.bytes.len()) {
            self.is_full = true;
            return Err(Full);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The vector with spare room for a decoder to write into; errs once the limit is passed.
    /// The room ends one byte after the limit, so that passing it shows.
    pub(super) fn spare(&mut self) -> Result<&mut Vec<u8>, Full> {
        self.check()?;
        let n_bytes = self.bytes.len();
        if self.bytes.capacity() - n_bytes < FIRST_STEP_BYTES / 8 {
            let left = (self.limit_bytes - n_bytes).saturating_add(1);
            let step = n_bytes.clamp(FIRST_STEP_BYTES, STEP_BYTES).min(left);
            self.bytes.reserve_exact(step);
        }
        Ok(&mut self.bytes)
    }

    /// Errs once the limit is passed.
    pub(super) fn check(&mut self) -> Result<(), Full> {
        self.is_full |= self.bytes.len() > self.limit_bytes;
        if self.is_full { Err(Full) } else { Ok(()) }
    }

    /// Bytes so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The limit was passed.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// The limit.
    pub(super) fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// The bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl io::Write for Sink {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.push(buf) {
            Ok(()) => Ok(buf.len()),
            Err(Full) => Err(io::Error::from(io::ErrorKind::FileTooLarge)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The limit was passed.
#[derive(Debug)]
pub(super) struct Full;
