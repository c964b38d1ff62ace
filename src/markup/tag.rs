//! Elements by what they mean for the text.

/// An element by what it means for the text; all that are treated alike are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// `html`, `body` and the document itself.
    Root,
    /// `div`, and any block element without a meaning of its own.
    Div,
    /// `p`.
    P,
    /// `article`.
    Article,
    /// `main`.
    Main,
    /// `section`.
    Section,
    /// `aside`.
    Aside,
    /// `nav`, `menu`.
    Nav,
    /// `header`, `hgroup`.
    Header,
    /// `footer`.
    Footer,
    /// `form`, `fieldset`.
    Form,
    /// `h1` to `h6`.
    Heading(u8),
    /// `ul`, `ol`, `dir`.
    List,
    /// `li`.
    Item,
    /// `dl`.
    Definitions,
    /// `dt`, `dd`.
    Definition,
    /// `blockquote`.
    Quote,
    /// `pre`, `listing`.
    Pre,
    /// `figure`.
    Figure,
    /// `figcaption`, `caption`, `legend`.
    Caption,
    /// `table` and its sections.
    Table,
    /// `tr`.
    Row,
    /// `td`, `th`.
    Cell,
    /// `details`, `summary`.
    Details,
    /// `address`.
    Address,
    /// `a`.
    Link,
    /// `b`, `strong`.
    Bold,
    /// `br`.
    Break,
    /// `hr`.
    Rule,
    /// Anything that stands in a line.
    Inline,
    /// An element whose name has a dash: block or inline by where it stands.
    Custom,
    /// Nothing in it is text of the page: scripts, form controls, media.
    Skipped,
}

impl Tag {
    /// What an element of this (lower-case) name is.
    pub fn of(name: &str) -> Self {
        match name {
            "html" | "body" => Self::Root,
            "div" | "center" | "search" | "dialog" | "frameset" | "noframes" => Self::Div,
            "p" => Self::P,
            "article" => Self::Article,
            "main" => Self::Main,
            "section" => Self::Section,
            "aside" => Self::Aside,
            "nav" | "menu" => Self::Nav,
            "header" | "hgroup" => Self::Header,
            "footer" => Self::Footer,
            "form" | "fieldset" => Self::Form,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "ul" | "ol" | "dir" => Self::List,
            "li" => Self::Item,
            "dl" => Self::Definitions,
            "dt" | "dd" => Self::Definition,
            "blockquote" => Self::Quote,
            "pre" | "listing" => Self::Pre,
            "figure" => Self::Figure,
            "figcaption" | "caption" | "legend" => Self::Caption,
            "table" | "tbody" | "thead" | "tfoot" => Self::Table,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "details" | "summary" => Self::Details,
            "address" => Self::Address,
            "a" => Self::Link,
            "b" | "strong" => Self::Bold,
            "br" => Self::Break,
            "hr" => Self::Rule,
            "head" | "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "select"
            | "option" | "button" | "input" | "textarea" | "canvas" | "audio" | "video"
            | "picture" | "img" | "object" | "embed" | "map" | "datalist" | "progress"
            | "meter" | "title" | "meta" | "link" | "source" | "track" | "param" | "base" => {
                Self::Skipped
            }
            _ if name.contains('-') => Self::Custom,
            _ => Self::Inline,
        }
    }

    /// It begins and ends a block of text.
    pub const fn is_block(self) -> bool {
        !matches!(
            self,
            Self::Link | Self::Bold | Self::Break | Self::Inline | Self::Custom | Self::Skipped
        )
    }
}
