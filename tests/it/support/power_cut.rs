//! What a power cut leaves of some files, from the journal that `tests/faultfs` keeps.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

/// Size of the pieces in which a disk keeps or loses what was not synchronised.
const PIECE: usize = 4096;

/// A small generator of numbers that come again with the seed (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }
}

/// One call of the journal.
#[derive(Debug)]
struct Call {
    letter: u8,
    name: String,
    offset: usize,
    length: usize,
    bytes: Vec<u8>,
    /// Length of the journal when it had been written down.
    end: usize,
}

/// What becomes of that which was not synchronised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// All of it is lost.
    Lost,
    /// Each piece of 4 KiB is kept or lost by chance.
    ByChance,
}

/// Every change of the files, in order.
#[derive(Debug)]
pub struct Journal {
    calls: Vec<Call>,
}

/// A file of which nothing is known but what the journal says; `None`: there is no such file.
type Content = Option<Vec<u8>>;

impl Journal {
    pub fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let mut calls = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let letter = bytes[at];
            let name_end = at + 2 + usize::from(bytes[at + 1]);
            let name = String::from_utf8(bytes[at + 2..name_end].to_vec()).unwrap();
            let number = |at: usize| {
                let number = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
                usize::try_from(number).unwrap()
            };
            let (offset, length) = (number(name_end), number(name_end + 8));
            at = name_end + 16 + if letter == b'W' { length } else { 0 };
            calls.push(Call {
                letter,
                name,
                offset,
                length,
                bytes: bytes[name_end + 16..at].to_vec(),
                end: at,
            });
        }
        Self { calls }
    }

    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Numbers of calls just before and after which much is at stake: what synchronises, truncates, removes.
    pub fn turning_points(&self) -> Vec<usize> {
        let turns = self.calls.iter().enumerate();
        turns
            .filter(|(_, call)| call.letter != b'W')
            .flat_map(|(n, _)| [n, n + 1])
            .collect()
    }

    /// How long the journal was when so many calls had been made.
    pub fn length_after(&self, n_calls: usize) -> usize {
        n_calls
            .checked_sub(1)
            .map_or(0, |last| self.calls[last].end)
    }

    /// Makes the files whose names `is_kept`, as they are after a power cut that came when so many calls had
    /// been made, in an empty folder.
    pub fn cut(&self, n_calls: usize, unsynced: Unsynced, dice: &mut Dice, to: &Path) {
        let mut kept: BTreeMap<&str, Content> = BTreeMap::new();
        let mut pending: HashMap<&str, Vec<&Call>> = HashMap::new();
        for call in &self.calls[..n_calls] {
            match (call.letter, call.name.as_str()) {
                // A folder that is synchronised keeps what was removed from it removed.
                (b'S', ".") => {
                    for (name, calls) in &mut pending {
                        let removed = calls.iter().rposition(|call| call.letter == b'U');
                        if let Some(removed) = removed {
                            calls.drain(..=removed);
                            kept.insert(name, None);
                        }
                    }
                }
                (b'S', name) => {
                    let content = kept.entry(name).or_default();
                    // To synchronise a file keeps its name as well; one never written to is empty.
                    content.get_or_insert_default();
                    for call in pending.remove(name).unwrap_or_default() {
                        call.apply(content, |_| true);
                    }
                }
                (_, name) => pending.entry(name).or_default().push(call),
            }
        }
        if unsynced == Unsynced::ByChance {
            let mut names: Vec<&str> = pending.keys().copied().collect();
            names.sort_unstable();
            for name in names {
                let content = kept.entry(name).or_default();
                for call in &pending[name] {
                    call.apply(content, |_| dice.next().is_multiple_of(2));
                }
            }
        }
        for (name, content) in kept {
            // The index in memory of the log is made anew after a start.
            if let Some(content) = content.filter(|_| !name.ends_with("-shm")) {
                fs::write(to.join(name), content).unwrap();
            }
        }
    }
}

impl Call {
    /// Does to the content what the call did; of a write the pieces that are kept.
    fn apply(&self, content: &mut Content, mut is_kept: impl FnMut(usize) -> bool) {
        match self.letter {
            b'W' => {
                let end = self.offset + self.bytes.len();
                let mut at = self.offset;
                while at < end {
                    let piece_end = end.min((at / PIECE + 1) * PIECE);
                    if is_kept(at) {
                        let bytes = content.get_or_insert_default();
                        if bytes.len() < piece_end {
                            bytes.resize(piece_end, 0);
                        }
                        let from = at - self.offset;
                        let piece = &self.bytes[from..from + (piece_end - at)];
                        bytes[at..piece_end].copy_from_slice(piece);
                    }
                    at = piece_end;
                }
            }
            b'T' if is_kept(0) => content.get_or_insert_default().resize(self.length, 0),
            b'U' if is_kept(0) => *content = None,
            _ => {}
        }
    }
}
