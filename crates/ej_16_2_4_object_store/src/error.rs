//! What went wrong, where, and what the store said: never more of it than a status and a code.

use crate::heard::{Heard, Said};
use crate::place::{Place, PlaceError};
use std::fmt;
use std::io;
use std::ops::Range;
use std::time::Duration;

/// What was being done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Listing.
    List,
    /// Asking for size and version.
    Head,
    /// Reading an object or a part of one.
    Read,
    /// Writing an object in one piece.
    Write,
    /// Writing one that must not be there yet.
    Create,
    /// Beginning, feeding, completing or aborting an upload in parts.
    Upload,
    /// Deleting.
    Delete,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list",
            Self::Head => "look up",
            Self::Read => "read",
            Self::Write => "write",
            Self::Create => "create",
            Self::Upload => "upload",
            Self::Delete => "delete",
        })
    }
}

/// Why something could not be done with an object. Each names the place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address cannot be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// No credentials, neither in the options nor in the environment. Asked before the first request: left to itself the
    /// client would look for the metadata service of a cloud it may not be in.
    #[error("{place}: no credentials; set {wanted}")]
    NoCredentials {
        /// The place.
        place: Place,
        /// What to set.
        wanted: &'static str,
    },
    /// A setting that the store does not know.
    #[error("{place}: unknown option '{name}'")]
    UnknownOption {
        /// The place.
        place: Place,
        /// The name; values are not repeated.
        name: String,
    },
    /// Settings that do not go together.
    #[error("{place}: {detail}")]
    Settings {
        /// The place.
        place: Place,
        /// What is wrong.
        detail: String,
    },
    /// Plain HTTP beyond this machine would show the data, and who reads it, to the network.
    #[error("{place}: plain http is only used on this machine: the endpoint must be https")]
    PlainHttp {
        /// The place.
        place: Place,
    },
    /// There is no such bucket.
    #[error("{place}: there is no bucket '{}'", place.bucket())]
    NoBucket {
        /// The place.
        place: Place,
    },
    /// There is no such object.
    #[error("{place}: there is no such object")]
    NoObject {
        /// The place.
        place: Place,
    },
    /// The range is not within the object.
    #[error("{place}: bytes {}..{} are not within its {size}", range.start, range.end)]
    OutOfRange {
        /// The place.
        place: Place,
        /// What was asked for.
        range: Range<u64>,
        /// How long the object is.
        size: u64,
    },
    /// The object was replaced while it was being read.
    #[error("{place}: it was replaced while it was being read")]
    Changed {
        /// The place.
        place: Place,
    },
    /// The store said no, and would say so again.
    #[error("{place}: refused to {operation}: {said}")]
    Refused {
        /// The place.
        place: Place,
        /// What was being done.
        operation: Operation,
        /// What it said.
        said: Said,
        /// How often it was asked: more than once if earlier attempts were lost.
        attempts: usize,
    },
    /// The store is overloaded, broken or out of reach, and so it stayed.
    #[error("{place}: cannot {operation}, attempt {attempts}: {said}")]
    Unavailable {
        /// The place.
        place: Place,
        /// What was being done.
        operation: Operation,
        /// How the last attempt ended.
        said: Said,
        /// How many there were.
        attempts: usize,
    },
    /// The deadline came first.
    #[error("{place}: could not {operation} within {deadline:?}")]
    Deadline {
        /// The place.
        place: Place,
        /// What was being done.
        operation: Operation,
        /// The deadline.
        deadline: Duration,
    },
    /// Something else.
    #[error("{place}: cannot {operation}: {detail}")]
    Failed {
        /// The place.
        place: Place,
        /// What was being done.
        operation: Operation,
        /// In the words of the system or of the client.
        detail: String,
    },
    /// An upload failed, and so did taking it back: its parts may stay, unseen and paid for, until a lifecycle rule removes them.
    #[error("{cause}; its unfinished parts could not be removed")]
    Leftover {
        /// Why the upload failed.
        cause: Box<StoreError>,
    },
    /// What was to be uploaded could not be read.
    #[error("the source of the upload: {0}")]
    Source(String),
}

impl From<io::Error> for StoreError {
    fn from(e: io::Error) -> Self {
        Self::Source(e.to_string())
    }
}

impl StoreError {
    /// What object_store's error means for an operation on `place`.
    pub(crate) fn of(place: &Place, operation: Operation, error: &object_store::Error) -> Self {
        let place = place.clone();
        let heard = Heard::from(error, place.scheme().is_remote());
        match error {
            object_store::Error::Precondition { .. } => return Self::Changed { place },
            object_store::Error::NotFound { .. } => {
                return match heard.code.as_deref() {
                    Some("NoSuchBucket" | "ContainerNotFound") => Self::NoBucket { place },
                    _ => Self::NoObject { place },
                };
            }
            _ => {}
        }
        let said = heard.said();
        match said {
            // Listings of a bucket that is not there, and uploads into one, come as `Generic`.
            Said::Status(404, code)
                if operation == Operation::List || code.as_deref() == Some("NoSuchBucket") =>
            {
                Self::NoBucket { place }
            }
            Said::Status(408 | 429 | 500.., _)
            | Said::Silence
            | Said::NoConnection
            | Said::Broken => Self::Unavailable {
                place,
                operation,
                said,
                attempts: heard.attempts,
            },
            Said::Status(..) => Self::Refused {
                place,
                operation,
                said,
                attempts: heard.attempts,
            },
            Said::Other(detail) => Self::Failed {
                place,
                operation,
                detail,
            },
        }
    }
}
