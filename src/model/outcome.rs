//! How a poll or fetch ended.

use serde::Serialize;

/// How a poll or a page fetch ended, as `outcome` in the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A document came and was stored.
    Ok,
    /// 304, or the same bytes as before.
    NotModified,
    /// It failed; class and message say why.
    Failed,
    /// We did not ask: a guard, robots.txt or a wait stood against it.
    Refused,
}

impl Outcome {
    /// The name in the views.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotModified => "not_modified",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}
