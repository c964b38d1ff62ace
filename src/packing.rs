//! Pages made small: zstd, alone or with an earlier page of the site as a dictionary.
//!
//! Pages of one site share their template, so a page of it serves as the dictionary of the others (RFC 8878,
//! section 5, "raw content"): by a quarter to two thirds smaller, for less work (docs/decisions/0010).

use std::{cell::RefCell, fmt, io};

use sha2::{Digest as _, Sha256};
use zstd::zstd_safe::{self, CCtx, CDict};

/// Few pages have no dictionary: a twentieth smaller than at the first level, for a third more work.
const LEVEL: i32 = 3;

/// With a dictionary this is as fast as the first level is without.
const LEVEL_WITH_DICTIONARY: i32 = 2;

/// Bytes of a page that serve as a dictionary: what zstd looks back on at these levels.
const DICTIONARY_BYTES: usize = 256 * 1024;

/// No page is larger, whatever a damaged frame says.
const MOST_BYTES: usize = 1 << 30;

/// A page of a site, by which others are made small.
#[derive(Clone, PartialEq, Eq)]
pub struct Dictionary {
    /// What its frames refer to: from the hash of its bytes.
    pub id: i64,
    /// Its bytes, as a zstd frame without a dictionary.
    pub zstd: Vec<u8>,
}

/// A dictionary made ready to compress with: some 300 KB.
pub struct Prepared(CDict<'static>);

impl Dictionary {
    /// What the dictionary of a page is; `None`: the page is none to others.
    pub fn of(page: &[u8]) -> Option<Self> {
        let bytes = page.get(..DICTIONARY_BYTES).unwrap_or(page);
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        Some(Self {
            id: i64::from_le_bytes(*hash.first_chunk()?),
            zstd: compress(bytes)?,
        })
    }

    /// Makes it ready to compress with.
    ///
    /// # Errors
    /// It is damaged.
    pub fn prepare(&self) -> io::Result<Prepared> {
        let bytes = decompress(&self.zstd, DICTIONARY_BYTES)?;
        CDict::try_create(&bytes, LEVEL_WITH_DICTIONARY)
            .map(Prepared)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dictionary({}, {} bytes)", self.id, self.zstd.len())
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared")
    }
}

/// A page as a frame of its own; `None`: zstd has no memory for it.
pub fn compress(page: &[u8]) -> Option<Vec<u8>> {
    compressed(page, |context, frame| context.compress(frame, page, LEVEL))
}

/// A page as a frame that needs the dictionary; `None`: zstd has no memory for it.
pub fn compress_with(page: &[u8], dictionary: &Prepared) -> Option<Vec<u8>> {
    compressed(page, |context, frame| {
        context.compress_using_cdict(frame, page, &dictionary.0)
    })
}

/// The bytes of a frame without a dictionary, of which there may be `most`.
///
/// # Errors
/// It is damaged, or there are more.
pub fn decompress(frame: &[u8], most: usize) -> io::Result<Vec<u8>> {
    zstd::bulk::decompress(frame, most)
}

/// The bytes of a frame with a dictionary (its own frame is given), of which there may be `most`.
///
/// # Errors
/// One of them is damaged, or there are more.
pub fn decompress_with(frame: &[u8], most: usize, dictionary: &[u8]) -> io::Result<Vec<u8>> {
    let dictionary = decompress(dictionary, DICTIONARY_BYTES)?;
    zstd::bulk::Decompressor::with_dictionary(&dictionary)?.decompress(frame, most)
}

/// The frame of the same page without its dictionary.
///
/// # Errors
/// One of them is damaged.
pub fn without(frame: &[u8], dictionary: &Dictionary) -> io::Result<Vec<u8>> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let n_bytes = zstd_safe::get_frame_content_size(frame).map_err(|_| invalid())?;
    let n_bytes = n_bytes.and_then(|n_bytes| usize::try_from(n_bytes).ok());
    let most = n_bytes.filter(|&n_bytes| n_bytes <= MOST_BYTES);
    let page = decompress_with(frame, most.ok_or_else(invalid)?, &dictionary.zstd)?;
    compress(&page).ok_or_else(invalid)
}

/// A thread uses one context for all of its pages: making one costs a good part of what a page does.
fn compressed(
    page: &[u8],
    compress: impl FnOnce(&mut CCtx<'static>, &mut Vec<u8>) -> zstd_safe::SafeResult,
) -> Option<Vec<u8>> {
    thread_local! {
        static CONTEXT: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    }
    CONTEXT.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = CCtx::try_create();
        }
        let mut frame = Vec::with_capacity(zstd_safe::compress_bound(page.len()));
        compress(kept.as_mut()?, &mut frame).ok()?;
        // It has room for the worst case: the whole page once more, for as long as the record waits for its commit.
        frame.shrink_to_fit();
        Some(frame)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(n: u32) -> Vec<u8> {
        let links: Vec<_> = (0..400)
            .map(|link| format!("<li><a href=/{link}>{}</a>", link * 7919 % 1000))
            .collect();
        let nav = links.concat();
        format!("<nav>{nav}</nav><p>What only page {n} says, {n} times.").into_bytes()
    }

    #[test]
    fn with_a_page_of_the_site_another_is_a_fraction_and_comes_back_whole() {
        let dictionary = Dictionary::of(&page(1)).unwrap();
        let prepared = dictionary.prepare().unwrap();
        let alone = compress(&page(2)).unwrap();
        let with = compress_with(&page(2), &prepared).unwrap();
        assert!(
            with.len() * 10 < alone.len(),
            "{} {}",
            with.len(),
            alone.len()
        );
        let back = decompress_with(&with, 1 << 20, &dictionary.zstd).unwrap();
        assert_eq!(back, page(2));
        assert_eq!(decompress(&alone, 1 << 20).unwrap(), page(2));
        assert_eq!(without(&with, &dictionary).unwrap(), alone);
    }

    #[test]
    fn more_than_is_allowed_another_dictionary_or_none_is_an_error() {
        let dictionary = Dictionary::of(&page(1)).unwrap();
        let frame = compress_with(&page(2), &dictionary.prepare().unwrap()).unwrap();
        decompress_with(&frame, 100, &dictionary.zstd).unwrap_err();
        decompress(&frame, 1 << 20).unwrap_err();
        decompress_with(&frame, 1 << 20, b"no frame").unwrap_err();
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(page in proptest::collection::vec(any::<u8>(), 0..3000), other: Vec<u8>, magic: bool) {
            // What looks like a trained dictionary to zstd may be refused, and must do no harm.
            let head: &[u8] = if magic { b"\x37\xa4\x30\xec" } else { b"" };
            let dictionary = Dictionary::of(&[head, &other].concat()).unwrap();
            if let Ok(prepared) = dictionary.prepare() {
                let frame = compress_with(&page, &prepared).unwrap();
                prop_assert_eq!(decompress_with(&frame, 4000, &dictionary.zstd).unwrap(), page);
            } else {
                prop_assert!(magic);
            }
        }
    }
}
