//! gzip (RFC 1952): any number of members, each with its checksum proved.

use flate2::Crc;

use super::{error::DecodeError, inflate::Inflate, sink::Sink};

const NAME: &str = "gzip";
const FLAG_CRC: u8 = 2;
const FLAG_EXTRA: u8 = 4;
const FLAG_NAME: u8 = 8;
const FLAG_COMMENT: u8 = 16;

/// A body in `gzip`.
#[derive(Debug)]
pub(super) struct Gzip {
    part: Part,
    has_member: bool,
}

#[derive(Debug)]
enum Part {
    /// The ten fixed bytes.
    Fixed(Vec<u8>),
    /// The length of the extra field.
    ExtraLength { flags: u8, bytes: Vec<u8> },
    /// Bytes to skip, then the rest of the header by these flags.
    Skip { flags: u8, n_left: usize },
    /// A text that ends with a zero byte.
    Text { flags: u8 },
    /// The data.
    Data(Box<Data>),
    /// The eight bytes after the data.
    Tail { bytes: Vec<u8>, want: [u8; 8] },
    /// Bytes after a member that are no further member: padding, ignored as gzip(1) does.
    Padding,
}

#[derive(Debug)]
struct Data {
    stream: Inflate,
    crc: Crc,
}

impl Gzip {
    /// Nothing read yet.
    pub(super) fn new() -> Self {
        Self {
            part: Part::Fixed(Vec::new()),
            has_member: false,
        }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, mut input: &[u8], sink: &mut Sink) -> Result<(), DecodeError> {
        while !input.is_empty() {
            input = self.step(input, sink)?;
        }
        Ok(())
    }

    /// Errs when the last member stops before its end.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        let is_between = match &self.part {
            Part::Fixed(bytes) => bytes.is_empty(),
            Part::Padding => true,
            Part::ExtraLength { .. }
            | Part::Skip { .. }
            | Part::Text { .. }
            | Part::Data(_)
            | Part::Tail { .. } => false,
        };
        if self.has_member && is_between {
            Ok(())
        } else {
            Err(DecodeError::Incomplete { coding: NAME })
        }
    }

    fn step<'a>(&mut self, input: &'a [u8], sink: &mut Sink) -> Result<&'a [u8], DecodeError> {
        match &mut self.part {
            Part::Padding => Ok(&[]),
            Part::Fixed(bytes) => {
                let rest = fill(bytes, input, 10);
                if self.has_member && bytes.first() != Some(&0x1f) {
                    self.part = Part::Padding;
                } else if bytes.len() == 10 {
                    self.part = after_fixed(bytes)?;
                }
                Ok(rest)
            }
            Part::ExtraLength { flags, bytes } => {
                let rest = fill(bytes, input, 2);
                if let [low, high] = *bytes.as_slice() {
                    self.part = Part::Skip {
                        flags: *flags & !FLAG_EXTRA,
                        n_left: usize::from(u16::from_le_bytes([low, high])),
                    };
                }
                Ok(rest)
            }
            Part::Skip { flags, n_left } => {
                let n_skipped = input.len().min(*n_left);
                *n_left -= n_skipped;
                if *n_left == 0 {
                    self.part = after_flags(*flags);
                }
                Ok(input.get(n_skipped..).unwrap_or_default())
            }
            Part::Text { flags } => {
                let Some(end) = input.iter().position(|byte| *byte == 0) else {
                    return Ok(&[]);
                };
                self.part = after_flags(*flags);
                Ok(input.get(end + 1..).unwrap_or_default())
            }
            Part::Data(data) => {
                let n_before = sink.bytes().len();
                let rest = data.stream.push(input, sink)?;
                data.crc
                    .update(sink.bytes().get(n_before..).unwrap_or_default());
                if data.stream.is_done() {
                    self.part = Part::Tail {
                        bytes: Vec::new(),
                        want: tail_of(&data.crc),
                    };
                }
                Ok(rest)
            }
            Part::Tail { bytes, want } => {
                let rest = fill(bytes, input, 8);
                if bytes.len() == 8 {
                    if bytes.as_slice() != want.as_slice() {
                        return Err(DecodeError::broken(NAME, "the checksum does not match"));
                    }
                    self.has_member = true;
                    self.part = Part::Fixed(Vec::new());
                }
                Ok(rest)
            }
        }
    }
}

/// Moves bytes until `bytes` has `n_wanted`; gives the rest.
fn fill<'a>(bytes: &mut Vec<u8>, input: &'a [u8], n_wanted: usize) -> &'a [u8] {
    let n_taken = n_wanted.saturating_sub(bytes.len()).min(input.len());
    let (taken, rest) = input.split_at_checked(n_taken).unwrap_or((input, &[]));
    bytes.extend_from_slice(taken);
    rest
}

fn after_fixed(bytes: &[u8]) -> Result<Part, DecodeError> {
    match bytes {
        [0x1f, 0x8b, 8, flags, ..] if flags & FLAG_EXTRA != 0 => Ok(Part::ExtraLength {
            flags: *flags,
            bytes: Vec::new(),
        }),
        [0x1f, 0x8b, 8, flags, ..] => Ok(after_flags(*flags)),
        _ => Err(DecodeError::broken(NAME, "it does not begin as gzip")),
    }
}

/// The next optional part of the header, else the data. A part is taken once: its flag is
/// cleared when it begins.
fn after_flags(flags: u8) -> Part {
    if flags & FLAG_NAME != 0 {
        Part::Text {
            flags: flags & !FLAG_NAME,
        }
    } else if flags & FLAG_COMMENT != 0 {
        Part::Text {
            flags: flags & !FLAG_COMMENT,
        }
    } else if flags & FLAG_CRC != 0 {
        Part::Skip {
            flags: flags & !FLAG_CRC,
            n_left: 2,
        }
    } else {
        Part::Data(Box::new(Data {
            stream: Inflate::bare(NAME),
            crc: Crc::new(),
        }))
    }
}

/// RFC 1952, 2.3.1: CRC-32 and length modulo 2^32, least byte first.
fn tail_of(crc: &Crc) -> [u8; 8] {
    let both = u64::from(crc.amount()) << 32 | u64::from(crc.sum());
    both.to_le_bytes()
}
