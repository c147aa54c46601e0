//! The actions of a commit, with the fields that this exercise explains.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One line of a commit.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Who did what: for people, not for readers of the table.
    CommitInfo(CommitInfo),
    /// What a client must be able to do to read or write the table.
    Protocol(Protocol),
    /// Columns, partitions, properties: all of them, each time anew.
    Metadata(Metadata),
    /// A file whose rows are in the table from here on.
    Add(Add),
    /// A file whose rows are not in the table from here on; it stays on disk until a vacuum.
    Remove(Remove),
    /// The last transaction of an application.
    Txn(Txn),
    /// Another kind: `cdc`, `domainMetadata`, …
    Other(String, Value),
}

/// Who did what.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct CommitInfo {
    pub timestamp: Option<i64>,
    pub operation: Option<String>,
    pub operation_parameters: Map<String, Value>,
    pub read_version: Option<u64>,
    pub is_blind_append: Option<bool>,
    pub engine_info: Option<String>,
}

/// What a client must be able to do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Protocol {
    pub min_reader_version: i32,
    pub min_writer_version: i32,
    pub reader_features: Vec<String>,
    pub writer_features: Vec<String>,
}

/// Columns, partitions, properties.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Metadata {
    pub id: String,
    pub schema_string: String,
    pub partition_columns: Vec<String>,
    pub configuration: BTreeMap<String, String>,
}

/// A file that comes.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Add {
    pub path: String,
    pub partition_values: BTreeMap<String, Option<String>>,
    pub size: i64,
    pub data_change: bool,
    /// JSON in JSON: `numRecords`, `minValues`, `maxValues`, `nullCount`.
    pub stats: Option<String>,
    pub deletion_vector: Option<Value>,
}

/// A file that goes.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Remove {
    pub path: String,
    pub deletion_timestamp: Option<i64>,
    pub data_change: bool,
}

/// The last transaction of an application.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Txn {
    pub app_id: String,
    pub version: i64,
}

impl Action {
    /// The action that a line of JSON is: an object with one key, which names its kind.
    ///
    /// # Errors
    /// What the parser says of a line that is no object, or whose fields are of other types.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        use serde::de::Error as _;
        let object: Map<String, Value> = serde_json::from_slice(line)?;
        let Some((kind, mut value)) = object.into_iter().next() else {
            return Err(serde_json::Error::custom("an action without a kind"));
        };
        // Writers leave out what they do not know, or write null: the same.
        if let Value::Object(fields) = &mut value {
            fields.retain(|_, field| !field.is_null());
        }
        Ok(match kind.as_str() {
            "commitInfo" => Self::CommitInfo(serde_json::from_value(value)?),
            "protocol" => Self::Protocol(serde_json::from_value(value)?),
            "metaData" => Self::Metadata(serde_json::from_value(value)?),
            "add" => Self::Add(serde_json::from_value(value)?),
            "remove" => Self::Remove(serde_json::from_value(value)?),
            "txn" => Self::Txn(serde_json::from_value(value)?),
            _ => Self::Other(kind, value),
        })
    }
}

impl Add {
    /// The file's statistics, if it has any that are JSON.
    pub fn parsed_stats(&self) -> Option<Map<String, Value>> {
        serde_json::from_str(self.stats.as_deref()?).ok()
    }

    /// How many rows the file holds, if its writer said.
    pub fn rows(&self) -> Option<u64> {
        self.parsed_stats()?.get("numRecords")?.as_u64()
    }
}
