//! Whether a page holds an article at all.

use super::{ExtractError, Page, choose::Choice, metadata::Metadata};
use crate::{markup::BlockView, text::CleanText};

/// Says why the page gives no article, if it gives none.
pub(super) fn check(
    _page: &Page<'_>,
    _view: &BlockView,
    _metadata: &Metadata,
    _choices: &[Choice],
    text: &CleanText,
) -> Result<(), ExtractError> {
    if text.is_empty() {
        return Err(ExtractError::NoArticle {
            reason: "no text of an article stands in it".to_owned(),
        });
    }
    Ok(())
}
