//! What is wrong with a configuration.

use std::fmt;

use super::Place;

/// A fault, or something worth a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Where it stands.
    pub place: Place,
    /// The key, with its section: `limits.min_interval`; empty for the file as a whole.
    pub key: String,
    /// What is wrong, without credentials.
    pub why: String,
    /// The way out.
    pub hint: Option<String>,
}

impl Notice {
    /// The first line: `file:line:column: key: why`.
    fn write_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.why)
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Every fault of a configuration, in the order of the files and lines. Printed as a head line and,
/// for each fault, `file:line:column: key: why` and an indented line with the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    faults: Vec<Notice>,
}

impl ConfigErrors {
    pub(super) fn new(faults: Vec<Notice>) -> Self {
        Self { faults }
    }

    /// The faults; never none.
    pub fn faults(&self) -> &[Notice] {
        &self.faults
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.faults.len();
        write!(
            f,
            "cannot use the configuration: {n} {}",
            if n == 1 { "fault" } else { "faults" }
        )?;
        for fault in &self.faults {
            f.write_str("\n")?;
            fault.write_line(f)?;
            if let Some(hint) = &fault.hint {
                write!(f, "\n  hint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
