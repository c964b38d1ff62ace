//! A document from a file, standard input or the network, for `parse` and `extract`.

use std::io::Read;

use super::exit::{Failed, Status};
use crate::{
    config::Config,
    http::{Client, Request, RequestKind},
    model::Failure,
};

/// Larger files are no feed and no page; reading stops there.
const FILE_BYTES: u64 = 64 << 20;

/// A document as it came.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: Option<String>,
    pub(super) url: Option<::url::Url>,
}

/// Reads a file or (`-`) standard input.
pub(super) fn read_file(path: &str) -> Result<Document, Failed> {
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
        }),
        Err(error) => {
            let status = if error.kind() == std::io::ErrorKind::NotFound {
                Status::Unusable
            } else {
                Status::Io
            };
            Err(Failed::new(
                status,
                anyhow::Error::new(error).context(format!("cannot read `{path}`")),
            ))
        }
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
) -> Result<Document, Failure> {
    let fetched = client.fetch(&Request::new(url, kind)).await;
    let response = fetched.result?;
    Ok(Document {
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

/// The status for a failed fetch of a single document.
pub(super) fn status_of(failure: &Failure) -> Status {
    if failure.http_status.is_none() {
        Status::Unavailable
    } else {
        Status::Unusable
    }
}
