//! A block of text.

/// What a block of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A paragraph, marked up as one or not.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// The first block of a list item.
    Item,
    /// A paragraph of a quotation.
    Quote,
    /// Preformatted text, with its line breaks.
    Pre,
    /// A row of a table of data, cells apart by ` | `.
    Row,
    /// A caption of a picture or table.
    Caption,
}

impl BlockKind {
    /// Its name for people and machine-readable output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paragraph => "paragraph",
            Self::Heading(_) => "heading",
            Self::Item => "item",
            Self::Quote => "quote",
            Self::Pre => "pre",
            Self::Row => "row",
            Self::Caption => "caption",
        }
    }
}

/// A block of text: what stands between two block-level tags, or two line breaks in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// White space folded (save in preformatted text); a single `br` is a line feed.
    pub text: String,
    /// Index of the innermost container it stands in.
    pub container: usize,
    /// Bytes of its text that stand in links.
    pub link_bytes: usize,
    /// Links in it.
    pub n_links: usize,
    /// Bytes of its text that stand in bold type.
    pub bold_bytes: usize,
    /// It stands in a list item.
    pub is_in_item: bool,
    /// It stands in an element that is not shown.
    pub is_hidden: bool,
    /// It ended at a double `br` or in loose text, not at a tag of its own.
    pub is_loose: bool,
    /// Pictures, players and form controls passed since the block before.
    pub n_media: usize,
}
