//! What a store said, read out of object_store's error: never more of it than a status and a code.
//!
//! object_store's own errors quote the whole answer, and answers may quote the request: S3 repeats the access key, and
//! the string to sign, in the body of a 403.

use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error;
use std::{fmt, io};

/// How the last attempt ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// With an answer: its status, and the error code in its body where there is one.
    Status(u16, Option<String>),
    /// Without one in time.
    Silence,
    /// Without a connection.
    NoConnection,
    /// With a connection that broke.
    Broken,
    /// In some other way, in the words of the system or of the client.
    Other(String),
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status, None) => write!(f, "status {status}"),
            Self::Status(status, Some(code)) => write!(f, "status {status} ({code})"),
            Self::Silence => f.write_str("no answer in time"),
            Self::NoConnection => f.write_str("no connection"),
            Self::Broken => f.write_str("the connection broke"),
            Self::Other(detail) => f.write_str(detail),
        }
    }
}

/// What can be learnt from an error chain.
#[derive(Default)]
pub(crate) struct Heard {
    status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) attempts: usize,
    transport: Option<HttpErrorKind>,
    system: Option<String>,
}

impl Heard {
    /// Walks the chain below the error itself. object_store does not export the type that holds status and attempts, so its
    /// text is read; the tests of this crate fail if a new version words it otherwise. Only texts that begin with the request
    /// are: the outermost may quote a key, and those about files a path, and either may say anything.
    pub(crate) fn from(error: &object_store::Error, is_remote: bool) -> Self {
        let mut heard = Self {
            attempts: 1,
            ..Self::default()
        };
        let mut next: Option<&(dyn Error + 'static)> = error.source();
        while let Some(link) = next {
            if let Some(http) = link.downcast_ref::<HttpError>() {
                heard.transport = Some(http.kind());
            } else if let Some(io) = link.downcast_ref::<io::Error>() {
                heard.system = Some(io.to_string());
            } else if is_remote {
                heard.read(&link.to_string());
            }
            next = link.source();
        }
        heard
    }

    fn read(&mut self, text: &str) {
        let number = |before: &str| {
            let (_, rest) = text.split_once(before)?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse::<usize>().ok()
        };
        if let Some(status) = number("status code: ").and_then(|n| u16::try_from(n).ok()) {
            self.status = Some(status);
        }
        if let Some(retries) = number(", after ") {
            self.attempts = retries + 1;
        }
        let code = text.split_once("<Code>").and_then(|(_, rest)| {
            let (code, _) = rest.split_once("</Code>")?;
            // A code is a word; anything else might be something repeated.
            let is_word = code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric());
            is_word.then(|| code.to_owned())
        });
        if code.is_some() {
            self.code = code;
        }
    }

    pub(crate) fn said(&self) -> Said {
        match (self.status, self.transport, &self.system) {
            (Some(status), ..) => Said::Status(status, self.code.clone()),
            (None, Some(HttpErrorKind::Timeout), _) => Said::Silence,
            (None, Some(HttpErrorKind::Connect), _) => Said::NoConnection,
            (None, Some(_), _) => Said::Broken,
            (None, None, Some(system)) => Said::Other(system.clone()),
            (None, None, None) => {
                Said::Other("an answer that the client does not understand".to_owned())
            }
        }
    }
}
