//! Tag names as numbers, so that the gate compares them at once.

/// A tag name in lower case: up to eight bytes packed, longer ones hashed with the top bit set.
///
/// A hostile page can make two long names collide, which costs nothing: no void or formatting
/// element has a long name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TagName(u64);

const LONG: u64 = 1 << 63;

impl TagName {
    pub(super) const fn new(name: &[u8]) -> Self {
        let mut packed: u64 = 0;
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut rest = name;
        while let Some((&byte, behind)) = rest.split_first() {
            let lower = byte.to_ascii_lowercase() as u64;
            packed = (packed << 8) | lower;
            hash = (hash ^ lower).wrapping_mul(0x0100_0000_01b3);
            rest = behind;
        }
        // Bytes beyond ASCII would reach the top bit; such names are no element's.
        if name.len() <= 8 && packed & LONG == 0 {
            Self(packed)
        } else {
            Self(hash | LONG)
        }
    }

    /// Writes a short name; long ones are never written.
    pub(super) fn push_to(self, out: &mut String) {
        let bytes = self.0.to_be_bytes();
        let name = bytes.iter().skip_while(|byte| **byte == 0);
        out.extend(name.map(|byte| char::from(*byte)));
    }
}

/// Constants for names of tags or attributes.
macro_rules! names {
    ($($constant:ident = $name:literal),+ $(,)?) => { $(const $constant: TagName = TagName::new($name.as_bytes());)+ };
}
pub(super) use names;

names!(
    P = "p",
    LI = "li",
    DT = "dt",
    DD = "dd",
    TD = "td",
    TH = "th",
    TR = "tr",
    TBODY = "tbody",
    THEAD = "thead",
    TFOOT = "tfoot",
    TABLE = "table",
    CAPTION = "caption",
    UL = "ul",
    OL = "ol",
    OPTION = "option",
    OPTGROUP = "optgroup",
    BUTTON = "button",
    OBJECT = "object",
    MARQUEE = "marquee",
    APPLET = "applet",
    TEMPLATE = "template",
    ADDRESS = "address",
    DIV = "div",
    A = "a",
    B = "b",
    I = "i",
    EM = "em",
    STRONG = "strong",
    FONT = "font",
    U = "u",
    S = "s",
    SMALL = "small",
    BIG = "big",
    CODE = "code",
    TT = "tt",
    STRIKE = "strike",
    NOBR = "nobr",
    BR = "br",
    IMG = "img",
    META = "meta",
    LINK = "link",
    INPUT = "input",
    HR = "hr",
    SOURCE = "source",
    AREA = "area",
    BASE = "base",
    COL = "col",
    EMBED = "embed",
    PARAM = "param",
    TRACK = "track",
    WBR = "wbr",
    KEYGEN = "keygen",
    IMAGE = "image",
    BASEFONT = "basefont",
    BGSOUND = "bgsound",
    HTML = "html",
    HEAD = "head",
    BODY = "body",
    H1 = "h1",
    H2 = "h2",
    H3 = "h3",
    H4 = "h4",
    H5 = "h5",
    H6 = "h6",
    SECTION = "section",
    ARTICLE = "article",
    BLOCKQUOTE = "blockquote",
    PRE = "pre",
    DL = "dl",
    FORM = "form",
    FIGURE = "figure",
    FIGCAPTION = "figcaption",
    HEADER = "header",
    FOOTER = "footer",
    ASIDE = "aside",
    NAV = "nav",
    MAIN = "main",
    FIELDSET = "fieldset",
    DETAILS = "details",
    SUMMARY = "summary",
    CENTER = "center",
    DIR = "dir",
    MENU = "menu",
    HGROUP = "hgroup",
);

impl TagName {
    /// Never holds anything; `html`, `head` and `body` stand once, however often they are written.
    pub(super) const fn is_void(self) -> bool {
        matches!(
            self,
            BR | IMG
                | META
                | LINK
                | INPUT
                | HR
                | SOURCE
                | AREA
                | BASE
                | COL
                | EMBED
                | PARAM
                | TRACK
                | WBR
                | KEYGEN
                | IMAGE
                | BASEFONT
                | BGSOUND
                | HTML
                | HEAD
                | BODY
        )
    }

    /// The tree builder opens these again in the next block when they were left open
    /// (WHATWG, 13.2.4.3).
    pub(super) const fn is_formatting(self) -> bool {
        matches!(
            self,
            A | B | I | EM | STRONG | FONT | U | S | SMALL | BIG | CODE | TT | STRIKE | NOBR
        )
    }

    /// An end tag of `name` does not reach beyond this element.
    pub(super) const fn bounds(self, name: Self) -> bool {
        match name {
            TABLE => matches!(self, TEMPLATE),
            TD | TH | TR | TBODY | THEAD | TFOOT | CAPTION => matches!(self, TABLE | TEMPLATE),
            LI => self.is_scope() || matches!(self, UL | OL),
            _ => self.is_scope(),
        }
    }

    const fn is_scope(self) -> bool {
        matches!(
            self,
            TABLE | TD | TH | CAPTION | TEMPLATE | OBJECT | MARQUEE | APPLET
        )
    }

    /// What a start tag of this name closes when it is open.
    pub(super) const fn implied_ends(self) -> &'static [Self] {
        match self {
            LI => &[LI, P],
            DT | DD => &[DT, DD, P],
            TD | TH => &[TD, TH],
            TR => &[TD, TH, TR],
            TBODY | THEAD | TFOOT => &[TD, TH, TR, TBODY, THEAD, TFOOT],
            OPTION | OPTGROUP => &[OPTION],
            P | ADDRESS | DIV | H1 | H2 | H3 | H4 | H5 | H6 | SECTION | ARTICLE | BLOCKQUOTE
            | PRE | DL | FORM | FIGURE | FIGCAPTION | HEADER | FOOTER | ASIDE | NAV | MAIN
            | FIELDSET | DETAILS | SUMMARY | CENTER | DIR | MENU | HGROUP | UL | OL | TABLE => &[P],
            _ => &[],
        }
    }

    /// An implied end of `implied` does not reach beyond this element.
    pub(super) const fn stops_implied_end(self, implied: Self) -> bool {
        match implied {
            P => self.is_scope() || matches!(self, BUTTON),
            LI | DT | DD => !matches!(self, ADDRESS | DIV | P) && !self.is_inline(),
            OPTION => true,
            _ => matches!(self, TABLE | TEMPLATE),
        }
    }

    const fn is_inline(self) -> bool {
        const SPAN: TagName = TagName::new(b"span");
        self.is_formatting() || matches!(self, SPAN)
    }
}
