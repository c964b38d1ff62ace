//! Limits on markup.

/// Limits on an HTML page; what passes them is flattened or left out, never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HtmlLimits {
    /// Deepest nesting; tags beyond are dropped, their text stays.
    pub depth: usize,
    /// Attributes a tag may have; those beyond are dropped.
    pub attributes: usize,
    /// Elements; of what follows only the text stays. An element takes a hundred times its four bytes of
    /// markup in memory, and more while its features are told.
    pub elements: usize,
}

impl Default for HtmlLimits {
    /// 256 levels (Chromium stops at 512; html5ever is quadratic in depth), 1,024 attributes, 60,000
    /// elements: six times what the largest of three thousand pages had.
    fn default() -> Self {
        Self {
            depth: 256,
            attributes: 1024,
            elements: 60_000,
        }
    }
}

/// Limits on an XML document; a document that passes one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Deepest nesting.
    pub depth: usize,
    /// Attributes a tag may have.
    pub attributes: usize,
    /// Namespace declarations in scope at one place.
    pub namespaces: usize,
}

impl Default for XmlLimits {
    /// 256 levels (feed-rs 2.4 overflowed its stack at 2,732), 1,024 attributes, 256 namespaces.
    fn default() -> Self {
        Self {
            depth: 256,
            attributes: 1024,
            namespaces: 256,
        }
    }
}
