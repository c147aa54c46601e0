//! What stops a run, or keeps a page from being read. An engine's refusal is neither: it is a cell of the matrix.

use crate::engine::Who;
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no matrix.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// A file or a directory cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A child does not start.
    #[error("{program} does not start")]
    Start {
        /// What was to be run.
        program: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A child said nothing for too long.
    #[error("{who} gave no answer within {seconds} s to {asked}")]
    Silent {
        /// Who was asked.
        who: Who,
        /// How long it was waited for.
        seconds: u64,
        /// What it was asked.
        asked: String,
    },
    /// A child ended before it said its versions.
    #[error("{who} does not work: {said}")]
    Broken {
        /// Who.
        who: Who,
        /// Its last words.
        said: String,
    },
    /// A child answered something that is no answer.
    #[error("{who} answered {line:?}")]
    Answer {
        /// Who.
        who: Who,
        /// The line.
        line: String,
        /// Why it is no answer.
        source: serde_json::Error,
    },
    /// Tokio's runtime cannot be made.
    #[error("no runtime")]
    Runtime(#[source] std::io::Error),
    /// A commit of a table is no JSON.
    #[error("{path} is no commit")]
    Commit {
        /// Which.
        path: PathBuf,
        /// Where it stops being one.
        source: serde_json::Error,
    },
    /// A checkpoint cannot be read.
    #[error("{path} is no checkpoint")]
    Checkpoint {
        /// Which.
        path: PathBuf,
        /// Why.
        source: parquet::errors::ParquetError,
    },
}

/// Why a page is no matrix.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// A row has another number of cells than its table.
    #[error("line {line}: {found} cells where {wanted} are wanted")]
    Cells {
        /// Which line, from 1.
        line: usize,
        /// How many it has.
        found: usize,
        /// How many it should have.
        wanted: usize,
    },
    /// A cell is none of those that are written.
    #[error("line {line}: {cell:?} is no outcome")]
    Outcome {
        /// Which line, from 1.
        line: usize,
        /// The cell.
        cell: String,
    },
    /// A cell points to a note that is not there.
    #[error("line {line}: there is no note {note}")]
    Note {
        /// Which line, from 1.
        line: usize,
        /// Its number.
        note: usize,
    },
    /// A feature stands in one of the tables and not in all.
    #[error("{0} is not in all the tables")]
    Missing(String),
    /// There is no row at all.
    #[error("no row of a matrix")]
    Empty,
}
