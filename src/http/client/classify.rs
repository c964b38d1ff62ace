//! Errors of the HTTP library as classes of our own.
//!
//! The library's layers (reqwest over hyper-util over hyper over rustls) tell by type where they
//! can and by text where they cannot: hyper's own error is not ours to name, its sentences are
//! pinned by Cargo.lock and by the tests of `tests/it/http_framing.rs`.

use std::{error::Error, io, io::ErrorKind};

use super::resolver::ResolveError;
use crate::{
    http::message::plain,
    model::{ErrorClass, Failure},
};

/// A request that got no response.
pub(super) fn of_send(error: &reqwest::Error) -> Failure {
    let causes = Causes::of(error);
    let class = if error.is_connect() {
        causes.connect_class(error.is_timeout())
    } else if error.is_timeout() {
        ErrorClass::Timeout
    } else if error.is_builder() {
        ErrorClass::Internal
    } else {
        causes.head_class()
    };
    Failure {
        is_ours: causes.are_ours(),
        ..Failure::new(class, causes.reason())
    }
}

/// Class and reason of a body that broke off.
pub(super) fn of_body(error: &reqwest::Error) -> (ErrorClass, String) {
    let causes = Causes::of(error);
    let class = if error.is_timeout() {
        ErrorClass::Timeout
    } else if causes.has_text(&["chunk", "trailer"])
        && !causes.has_kind(&[ErrorKind::UnexpectedEof])
    {
        ErrorClass::Protocol
    } else {
        ErrorClass::Truncated
    };
    (class, causes.reason())
}

/// What can be told of an error and of all that caused it.
#[derive(Default)]
struct Causes {
    texts: Vec<String>,
    kinds: Vec<ErrorKind>,
    resolver: Option<ErrorClass>,
    has_tls: bool,
    /// This process or this machine has no file descriptors left.
    has_no_descriptors: bool,
}

impl Causes {
    fn of(error: &reqwest::Error) -> Self {
        let mut causes = Self::default();
        let mut next: Option<&(dyn Error + 'static)> = error.source();
        while let Some(error) = next {
            causes.note(error);
            // An I/O error that wraps another error gives not that one as its source but the
            // source of that one, so what it wraps is looked at here.
            let mut inner = inner_of(error);
            while let Some(error) = inner {
                causes.note(error);
                inner = inner_of(error);
            }
            next = error.source();
        }
        causes
    }

    fn note(&mut self, error: &(dyn Error + 'static)) {
        let text = plain(&error.to_string());
        if self.texts.last() != Some(&text) {
            self.texts.push(text);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            self.kinds.push(error.kind());
            // ENFILE and EMFILE, which have no kind.
            self.has_no_descriptors |= matches!(error.raw_os_error(), Some(23 | 24));
        }
        if let Some(error) = error.downcast_ref::<ResolveError>() {
            self.resolver = Some(match error {
                ResolveError::Failed { .. } => ErrorClass::Dns,
                ResolveError::Refused { .. } => ErrorClass::AddressRefused,
            });
        }
        self.has_tls |= error.is::<rustls::Error>();
    }

    fn connect_class(&self, is_timeout: bool) -> ErrorClass {
        if let Some(class) = self.resolver {
            class
        } else if is_timeout {
            ErrorClass::ConnectTimeout
        } else if self.has_tls || self.has_text(&["tls handshake eof", "invalid dns name"]) {
            ErrorClass::Tls
        } else if self.has_kind(&[ErrorKind::ConnectionRefused]) {
            ErrorClass::ConnectionRefused
        } else if self.has_text(&["proxy authorization required"]) {
            ErrorClass::Auth
        } else if self.has_kind(&[
            ErrorKind::ConnectionReset,
            ErrorKind::UnexpectedEof,
            ErrorKind::BrokenPipe,
        ]) {
            ErrorClass::Connection
        } else {
            ErrorClass::Connect
        }
    }

    /// The request never left this machine: no route to anywhere, or no resolver that answers. A
    /// resolver says the same of a name whose own servers fail, so one such failure is no proof.
    fn are_ours(&self) -> bool {
        self.has_no_descriptors
            || self.has_kind(&[ErrorKind::NetworkUnreachable, ErrorKind::NetworkDown])
            || self.has_text(&["temporary failure in name resolution"])
    }

    /// Of a connection that stood, before the header was complete.
    fn head_class(&self) -> ErrorClass {
        if self.has_tls {
            ErrorClass::Tls
        } else if self.has_text(&["message head is too large"]) {
            ErrorClass::TooLarge
        } else if !self.kinds.is_empty() {
            ErrorClass::Connection
        } else if self.has_text(&["parsed", "unexpected message", "invalid uri", "http2 error"]) {
            ErrorClass::Protocol
        } else {
            ErrorClass::Connection
        }
    }

    fn has_kind(&self, kinds: &[ErrorKind]) -> bool {
        self.kinds.iter().any(|kind| kinds.contains(kind))
    }

    fn has_text(&self, parts: &[&str]) -> bool {
        let has = |text: &String| {
            let text = text.to_ascii_lowercase();
            parts.iter().any(|part| text.contains(part))
        };
        self.texts.iter().any(has)
    }

    /// The last two causes: the layer that failed and what it met.
    fn reason(&self) -> String {
        let first = self.texts.len().saturating_sub(2);
        let last: Vec<&str> = self.texts.iter().skip(first).map(String::as_str).collect();
        if last.is_empty() {
            return "the HTTP client gives no reason".to_owned();
        }
        last.join(": ")
    }
}

/// What an I/O error wraps.
fn inner_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    Some(inner)
}
