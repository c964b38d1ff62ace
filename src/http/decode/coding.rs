//! Which coding a response names.

/// A content coding that we offer, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// The bytes as they are.
    Identity,
    /// RFC 1952, any number of members.
    Gzip,
    /// zlib (RFC 1950) as the standard says, or the bare deflate (RFC 1951) some servers send.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878 with a window of at most 8 MiB (RFC 9659).
    Zstd,
}

impl Coding {
    /// What we offer in `Accept-Encoding`.
    pub const OFFER: &'static str = "gzip, br, zstd, deflate";

    /// The one coding named by the `Content-Encoding` header lines, taken together.
    ///
    /// # Errors
    /// The text of the header when it names a coding we did not offer or more than one layer.
    pub fn of_headers<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let names: Vec<String> = lines
            .into_iter()
            .flat_map(|line| line.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty() && name != "identity")
            .collect();
        match names.as_slice() {
            [] => Ok(Self::Identity),
            [one] => Self::of_name(one).ok_or_else(|| format!("`{one}` was not offered")),
            [_, _, ..] => Err(format!("`{}` has several layers", names.join(", "))),
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        match name {
            // RFC 9110, 8.4.1.3: `x-gzip` is the same.
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_layer_and_refuses_the_rest() {
        let cases: &[(&[&str], Option<Coding>)] = &[
            (&[], Some(Coding::Identity)),
            (&[""], Some(Coding::Identity)),
            (&["identity"], Some(Coding::Identity)),
            (&["GZIP"], Some(Coding::Gzip)),
            (&["x-gzip"], Some(Coding::Gzip)),
            (&[" br "], Some(Coding::Brotli)),
            (&["identity, zstd"], Some(Coding::Zstd)),
            (&["deflate"], Some(Coding::Deflate)),
            (&["gzip, gzip"], None),
            (&["gzip", "br"], None),
            (&["compress"], None),
            (&["utf-8"], None),
        ];
        for (lines, want) in cases {
            let got = Coding::of_headers(lines.iter().copied()).ok();
            assert_eq!(got, *want, "{lines:?}");
        }
    }
}
