//! What can happen to an article.

/// What happened to an article, as `kind` in `v1_changes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came.
    New,
    /// It has another text or title.
    Revised,
    /// Today's extractor made another text of the same page.
    Reextracted,
    /// It belongs to another story.
    Regrouped,
    /// Its page is gone.
    Retracted,
    /// It was taken out.
    Pruned,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Revised,
        Self::Reextracted,
        Self::Regrouped,
        Self::Retracted,
        Self::Pruned,
    ];

    /// The name in `v1_changes`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised => "revised",
            Self::Reextracted => "reextracted",
            Self::Regrouped => "regrouped",
            Self::Retracted => "retracted",
            Self::Pruned => "pruned",
        }
    }
}
