//! What can keep the demo's site from starting.

use std::io;

/// Why the site could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// No port could be had on the loopback address.
    #[error("cannot serve the demo's site: no free port on `127.0.0.1`")]
    Bind {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A text of the site is not written as it should be: a fault of this program.
    #[error("cannot read the demo's texts: `{outlet}.txt` line {line}: {why}")]
    Story {
        /// The outlet whose texts they are.
        outlet: &'static str,
        /// Line in its file, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl DemoError {
    /// What to do about it, where something can be done.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Bind { .. } => {
                Some("the demo needs a loopback interface; is `lo` up in this container?".into())
            }
            Self::Story { .. } => None,
        }
    }
}
