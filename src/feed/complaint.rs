//! What had to be mended while reading: counted by kind, so that a broken feed of a thousand
//! entries gives a handful of warnings and not a thousand.

use std::collections::BTreeMap;

/// One kind of thing that was mended or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Complaint {
    BareAmpersand,
    UnknownEntity,
    BadReference,
    NamedEntity,
    ControlCharacter,
    BareAngle,
    OddAttribute,
    UnclosedElement,
    UnclosedEntry,
    StrayEndTag,
    UndeclaredPrefix,
    TextAround,
    Truncated,
    PartialEntry,
    NakedMarkup,
    DoublyEscaped,
    BadDate,
    ZonelessDate,
    ImplausibleDate,
    BadUrl,
    BadBase,
    BadLength,
    BadTtl,
    BadBase64,
    NoIdentity,
    HashedGuid,
    Capped,
    TooManyEntries,
    TooManyParts,
    TooManyNodes,
    BrokenJson,
    OddJson,
    NotAnEntry,
}

impl Complaint {
    const fn text(self) -> &'static str {
        match self {
            Self::BareAmpersand => "stray `&` kept as text",
            Self::UnknownEntity => "unknown entity kept as text",
            Self::BadReference => "bad character reference mended",
            Self::NamedEntity => "HTML entity in XML resolved",
            Self::ControlCharacter => "control character dropped",
            Self::BareAngle => "stray `<` kept as text",
            Self::OddAttribute => "attribute without proper quotes read",
            Self::UnclosedElement => "element closed that its document leaves open",
            Self::UnclosedEntry => "entry closed that its document leaves open",
            Self::StrayEndTag => "end tag without a start ignored",
            Self::UndeclaredPrefix => "undeclared namespace prefix taken by custom",
            Self::TextAround => "text before the document skipped",
            Self::Truncated => {
                "the document is cut off: the whole entries before the cut were read"
            }
            Self::PartialEntry => "entry that is cut off left out",
            Self::DoublyEscaped => "text escaped twice read as HTML",
            Self::NakedMarkup => "unescaped markup in a text field read as HTML",
            Self::BadDate => "date not understood",
            Self::ZonelessDate => "date without a zone read as UTC",
            Self::ImplausibleDate => "date before 1990 or in the future",
            Self::BadUrl => "address not usable, left out",
            Self::BadBase => "xml:base not usable, ignored",
            Self::BadLength => "enclosure length not usable, left out",
            Self::BadTtl => "ttl not usable, ignored",
            Self::BadBase64 => "content that is no base64 taken as text",
            Self::NoIdentity => "entry without id and link known by a hash of its text",
            Self::HashedGuid => "overlong guid replaced by its hash",
            Self::Capped => "overlong title, link or text cut",
            Self::TooManyEntries => "entries beyond the limit left out",
            Self::TooManyParts => "authors, categories or enclosures beyond the limit left out",
            Self::TooManyNodes => "markup beyond what one entry may have left out",
            Self::BrokenJson => "broken JSON mended",
            Self::OddJson => "JSON value of an unexpected type coerced",
            Self::NotAnEntry => "JSON item that is no object left out",
        }
    }
}

/// All complaints about one document.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    counts: BTreeMap<Complaint, usize>,
}

impl Complaints {
    pub(super) fn note(&mut self, complaint: Complaint) {
        self.note_times(complaint, 1);
    }

    pub(super) fn note_times(&mut self, complaint: Complaint, times: usize) {
        if times > 0 {
            let count = self.counts.entry(complaint).or_default();
            *count = count.saturating_add(times);
        }
    }

    /// Whether there was such a complaint.
    pub(super) fn has(&self, complaint: Complaint) -> bool {
        self.counts.contains_key(&complaint)
    }

    /// One line a kind, with the count when there was more than one.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.counts.iter().map(|(complaint, count)| match count {
            count if *complaint == Complaint::TooManyEntries => {
                format!("{}: {count}", complaint.text())
            }
            1 => complaint.text().to_owned(),
            count => format!("{} ({count} times)", complaint.text()),
        })
    }
}
