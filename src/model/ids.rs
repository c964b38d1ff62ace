//! Row numbers that two rooms speak of, each its own type so that they cannot be mixed up.

use serde::{Deserialize, Serialize};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// A feed's row, stable for the life of the database.
    FeedId
);
row_id!(
    /// An article's row; also the rowid of the full-text tables.
    ArticleId
);
row_id!(
    /// A page that waits to be fetched.
    QueueId
);
row_id!(
    /// Place in the change feed: rises in commit order, never used twice.
    Cursor
);
