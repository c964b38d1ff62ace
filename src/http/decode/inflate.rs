//! Deflate (RFC 1951), bare or in zlib's frame (RFC 1950).

use flate2::{Decompress, FlushDecompress, Status};

use super::{error::DecodeError, sink::Sink};

/// One deflate stream, fed in pieces.
#[derive(Debug)]
pub(super) struct Inflate {
    state: Decompress,
    coding: &'static str,
    is_done: bool,
}

impl Inflate {
    /// A stream without a frame.
    pub(super) fn bare(coding: &'static str) -> Self {
        Self::new(false, coding)
    }

    fn new(has_frame: bool, coding: &'static str) -> Self {
        Self {
            state: Decompress::new(has_frame),
            coding,
            is_done: false,
        }
    }

    /// Takes bytes until the stream ends; gives those that come after its end.
    pub(super) fn push<'a>(
        &mut self,
        mut input: &'a [u8],
        sink: &mut Sink,
    ) -> Result<&'a [u8], DecodeError> {
        let limit_bytes = sink.limit_bytes();
        while !self.is_done {
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let room = sink
                .spare()
                .map_err(|_| DecodeError::TooLarge { limit_bytes })?;
            let status = self
                .state
                .decompress_vec(input, room, FlushDecompress::None)
                .map_err(|error| DecodeError::broken(self.coding, error.to_string()))?;
            let n_read = usize::try_from(self.state.total_in() - before_in).unwrap_or(usize::MAX);
            input = input.get(n_read..).unwrap_or_default();
            self.is_done = status == Status::StreamEnd;
            let is_idle = n_read == 0 && self.state.total_out() == before_out;
            if is_idle || (input.is_empty() && room.len() < room.capacity()) {
                break;
            }
        }
        sink.check()
            .map_err(|_| DecodeError::TooLarge { limit_bytes })?;
        Ok(input)
    }

    /// The end of the stream was seen.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }
}

/// A body in `deflate`, whose first two bytes say whether it has zlib's frame.
#[derive(Debug, Default)]
pub(super) struct Deflate {
    head: Vec<u8>,
    stream: Option<Inflate>,
}

const NAME: &str = "deflate";

impl Deflate {
    /// Takes the next bytes; what follows the end of the stream is ignored.
    pub(super) fn push(&mut self, input: &[u8], sink: &mut Sink) -> Result<(), DecodeError> {
        if let Some(stream) = &mut self.stream {
            return stream.push(input, sink).map(|_| ());
        }
        self.head.extend_from_slice(input);
        if let [first, second, ..] = *self.head.as_slice() {
            let mut stream = Inflate::new(is_zlib(first, second), NAME);
            stream.push(&self.head, sink)?;
            self.head = Vec::new();
            self.stream = Some(stream);
        }
        Ok(())
    }

    /// Errs when the stream stops before its end.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        let is_whole = self.stream.as_ref().is_some_and(Inflate::is_done);
        if is_whole {
            Ok(())
        } else {
            Err(DecodeError::Incomplete { coding: NAME })
        }
    }
}

/// RFC 1950, 2.2: method 8, a window of at most 32 KiB, and a check that divides by 31.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7 && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
}
