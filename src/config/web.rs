//! `[web]`.

use core::net::SocketAddr;

use super::report::Report;
use super::section::Section;

/// The status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Web {
    /// Address and port.
    pub listen: SocketAddr,
}

/// Reads `[web]`; without `listen` the page is off.
pub(super) fn read(section: &Section<'_>, report: &mut Report) -> Option<Web> {
    let text = section.text(report, "listen")?;
    let Ok(listen) = text.parse::<SocketAddr>() else {
        let why = format!(
            "`{}` is no address with a port",
            crate::text::clean_line(text)
        );
        let hint = "write `127.0.0.1:8087` or `[::1]:8087`";
        section.fault(report, "listen", why, Some(hint.to_owned()));
        return None;
    };
    if !listen.ip().is_loopback() {
        let why = format!("the status page can be read by whoever reaches {listen}");
        let hint = "listen on 127.0.0.1 and put a proxy with access control before it";
        section.warn(report, "listen", why, Some(hint.to_owned()));
    }
    Some(Web { listen })
}
