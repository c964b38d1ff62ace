//! A document from a file, standard input or the network, for `parse` and `extract`.

use std::io::{BufRead, Read};

use serde_json::Value;

use super::{
    exit::{Failed, Status},
    output,
};
use crate::{
    config::Config,
    http::{Client, Request, RequestKind},
    model::{ErrorClass, Failure},
};

/// Larger files are no feed and no page; reading stops there.
const FILE_BYTES: u64 = 64 << 20;

/// A document as it came.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: Option<String>,
    pub(super) url: Option<::url::Url>,
    /// `Link` fields of the response.
    pub(super) links: Vec<String>,
}

/// A document that could not be had.
#[derive(Debug)]
pub(super) struct NotHad {
    pub(super) status: Status,
    pub(super) class: ErrorClass,
    pub(super) message: String,
}

impl NotHad {
    fn of_file(path: &str, error: &std::io::Error) -> Self {
        // What is no file has no text; what cannot be opened gave no bytes.
        let class = if error.kind() == std::io::ErrorKind::IsADirectory {
            ErrorClass::UnsupportedType
        } else {
            ErrorClass::Empty
        };
        Self {
            status: Status::Unusable,
            class,
            message: format!("cannot read `{path}`: {error}"),
        }
    }

    fn of_fetch(failure: &Failure) -> Self {
        let status = if failure.http_status.is_none() {
            Status::Unavailable
        } else {
            Status::Unusable
        };
        Self {
            status,
            class: failure.class,
            message: failure.to_string(),
        }
    }
}

impl From<NotHad> for Failed {
    fn from(error: NotHad) -> Self {
        let hint = hint_for(error.class.as_str());
        Self::message(error.status, error.message).with_hint(hint.map(ToOwned::to_owned))
    }
}

/// The way out of a refused request, by the class of the failure.
pub(super) fn hint_for(class: &str) -> Option<&'static str> {
    (class == ErrorClass::AddressRefused.as_str()).then_some(
        "if the address is yours, add it as `CIDR` or `CIDR:port` to `network.allow` in the \
         configuration, such as allow = [\"127.0.0.1:8080\"]",
    )
}

/// How several documents went: goes on where one fails, and knows the status at the end.
#[derive(Debug, Default)]
pub(super) struct Tally {
    good: usize,
    unreached: usize,
    unusable: usize,
}

impl Tally {
    pub(super) const fn good(&mut self) {
        self.good += 1;
    }

    /// A document that was had and is of no use.
    pub(super) const fn unusable(&mut self) {
        self.unusable += 1;
    }

    /// A document that was not had: says so.
    pub(super) fn not_had(&mut self, error: NotHad) {
        if error.status == Status::Unavailable {
            self.unreached += 1;
        } else {
            self.unusable += 1;
        }
        output::note(Failed::from(error).to_string());
    }

    pub(super) const fn status(&self) -> Status {
        match (self.good, self.unreached, self.unusable) {
            (_, 0, 0) => Status::Ok,
            (0, _, 0) => Status::Unavailable,
            (0, _, _) => Status::Unusable,
            _ => Status::Partial,
        }
    }
}

/// Reads a file, an address or (`-`) standard input.
pub(super) async fn read(
    source: &str,
    kind: RequestKind,
    config: &Config,
) -> Result<Result<Document, NotHad>, Failed> {
    match as_url(source) {
        Some(url) => Ok(fetch(&client(config)?, url, kind).await),
        None => Ok(read_file(source)),
    }
}

/// Reads a file or (`-`) standard input.
pub(super) fn read_file(path: &str) -> Result<Document, NotHad> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        std::io::stdin()
            .lock()
            .take(FILE_BYTES)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(Document {
            bytes,
            content_type: None,
            url: None,
            links: Vec::new(),
        }),
        Err(error) => Err(NotHad::of_file(path, &error)),
    }
}

/// The address, when `source` is one.
pub(super) fn as_url(source: &str) -> Option<::url::Url> {
    let has_scheme = source.starts_with("http://") || source.starts_with("https://");
    has_scheme.then(|| ::url::Url::parse(source).ok()).flatten()
}

/// Fetches a document by the rules of the pipeline.
pub(super) async fn fetch(
    client: &Client,
    url: ::url::Url,
    kind: RequestKind,
) -> Result<Document, NotHad> {
    let fetched = client.fetch(&Request::new(url, kind)).await;
    let response = fetched
        .result
        .map_err(|failure| NotHad::of_fetch(&failure))?;
    let links = response.headers.get_all("link").iter();
    let links = links.filter_map(|value| Some(value.to_str().ok()?.to_owned()));
    Ok(Document {
        links: links.collect(),
        content_type: response.content_type().map(ToOwned::to_owned),
        bytes: response.body.to_vec(),
        url: Some(fetched.final_url),
    })
}

/// A client by the configuration's limits.
pub(super) fn client(config: &Config) -> Result<Client, Failed> {
    Client::new(config.client_options(), super::open::clock()).map_err(|error| {
        Failed::new(
            Status::Config,
            anyhow::Error::new(error).context("cannot set up the HTTP client"),
        )
    })
}

/// A line of input that is no job, with its `id` when it has one.
#[derive(Debug)]
pub(super) struct BadLine {
    pub(super) id: Value,
    pub(super) why: String,
}

/// Reads a line of `--jsonl`: one object.
pub(super) fn read_job<J: serde::de::DeserializeOwned>(line: &[u8]) -> Result<(Value, J), BadLine> {
    let bad = |id: &Value, why: String| BadLine {
        id: id.clone(),
        why: format!("cannot read this line of input: {why}"),
    };
    let job: Value =
        serde_json::from_slice(line).map_err(|error| bad(&Value::Null, error.to_string()))?;
    if !job.is_object() {
        let why = "not one JSON object such as {\"id\": 1, \"path\": \"FILE\"}";
        return Err(bad(&Value::Null, why.to_owned()));
    }
    let id = job.get("id").cloned().unwrap_or_default();
    match serde_json::from_value(job) {
        Ok(job) => Ok((id, job)),
        Err(error) => Err(bad(&id, error.to_string())),
    }
}

/// The lines of standard input that hold something. Bytes, for a line that is no text must not
/// cost those after it.
pub(super) fn stdin_lines() -> impl Iterator<Item = Result<Vec<u8>, Failed>> {
    std::io::stdin()
        .lock()
        .split(b'\n')
        .map(|line| line.map_err(stdin_failed))
        .filter(|line| !line.as_ref().is_ok_and(|line| line.trim_ascii().is_empty()))
}

/// Standard input broke.
fn stdin_failed(error: std::io::Error) -> Failed {
    Failed::new(
        Status::Io,
        anyhow::Error::new(error).context("cannot read standard input"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_how_the_documents_went() {
        for ((good, unreached, unusable), want) in [
            ((0, 0, 0), Status::Ok),
            ((2, 0, 0), Status::Ok),
            ((1, 1, 0), Status::Partial),
            ((1, 0, 1), Status::Partial),
            ((0, 2, 0), Status::Unavailable),
            ((0, 1, 1), Status::Unusable),
            ((0, 0, 2), Status::Unusable),
        ] {
            let tally = Tally {
                good,
                unreached,
                unusable,
            };
            assert_eq!(tally.status(), want, "{tally:?}");
        }
    }
}
