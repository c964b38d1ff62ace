//! Where log lines go and how they look.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use super::args::{Global, LogFormat};

/// Starts logging to standard error. The daemon tells one line a poll, a one-shot command only
/// what went wrong; `-v`, `-q` and `FEEDMILL_LOG` (a filter such as `feedmill::http=debug`) change that.
pub(super) fn start(global: &Global, is_daemon: bool) {
    let level = match (global.quiet, global.verbose, is_daemon) {
        (true, _, _) => "error",
        (false, 0, false) => "off",
        (false, 0, true) | (false, 1, false) => "info",
        (false, 1, true) | (false, 2, _) => "debug",
        (false, _, _) => "trace",
    };
    // html5ever warns of every page that puts text between table rows.
    let filter = EnvFilter::try_from_env("FEEDMILL_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,html5ever=off,feedmill={level}")));
    // The journal has its own clock.
    let in_journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let registry = tracing_subscriber::registry().with(filter);
    let stderr = std::io::stderr;
    // A second start (tests in one process) keeps the first one's settings.
    let started = match global.log_format {
        LogFormat::Json => registry
            .with(fmt::layer().json().flatten_event(true).with_writer(stderr))
            .try_init(),
        LogFormat::Text if in_journal => registry
            .with(
                fmt::layer()
                    .without_time()
                    .with_ansi(false)
                    .with_target(false)
                    .with_writer(stderr),
            )
            .try_init(),
        LogFormat::Text => registry
            .with(
                fmt::layer()
                    .with_ansi(is_coloured())
                    .with_target(false)
                    .with_writer(stderr),
            )
            .try_init(),
    };
    drop(started);
}

fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
