//! Messages into batches: the outline checked here, the values by arrow-ipc, whose validation is never skipped.

use crate::check::{Context, check_body, check_schema};
use crate::error::{Claim, IpcError};
use crate::limits::Limits;
use arrow::array::{ArrayRef, RecordBatch};
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{RecordBatchDecoder, read_dictionary};
use arrow_ipc::{DictionaryBatch, Message, MessageHeader};
use std::collections::HashMap;
use std::sync::Arc;

/// Whether a dictionary may be sent again with other values: in streams it may, in files it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    Allowed,
    Refused,
}

/// The state that messages share: the schema and the dictionaries so far.
#[derive(Debug)]
pub(crate) struct Decoder {
    pub(crate) schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    dictionary_bytes: HashMap<i64, u64>,
    limits: Limits,
    replacement: Replacement,
    in_place: bool,
}

impl Decoder {
    /// A decoder for the schema, whose columns must be readable where they stand if `in_place`.
    pub(crate) fn new(
        schema: arrow_ipc::Schema<'_>,
        limits: Limits,
        replacement: Replacement,
        in_place: bool,
    ) -> Result<Self, IpcError> {
        check_schema(schema, limits)?;
        Ok(Self {
            schema: Arc::new(fb_to_schema(schema)),
            dictionaries: HashMap::new(),
            dictionary_bytes: HashMap::new(),
            limits,
            replacement,
            in_place,
        })
    }

    fn context(&self, message: &Message<'_>, index: u64) -> Context {
        Context {
            message: index,
            version: message.version(),
            limits: self.limits,
            in_place: self.in_place,
        }
    }

    /// The batch of a message, with all columns or those at `columns`.
    pub(crate) fn batch(
        &self,
        message: &Message<'_>,
        body: &Buffer,
        index: u64,
        columns: Option<&[usize]>,
    ) -> Result<RecordBatch, IpcError> {
        let batch = message.header_as_record_batch().ok_or_else(|| {
            IpcError::malformed(
                index,
                format!("{:?} where a batch should be", message.header_type()),
            )
        })?;
        let fields = self.schema.fields().iter().map(AsRef::as_ref);
        check_body(batch, fields, body, columns, self.context(message, index))?;
        let invalid = |source| IpcError::Invalid {
            message: index,
            source,
        };
        RecordBatchDecoder::try_new(
            body,
            batch,
            self.schema.clone(),
            &self.dictionaries,
            &message.version(),
        )
        .map_err(invalid)?
        .with_projection(columns)
        .with_require_alignment(self.in_place && batch.compression().is_none())
        .read_record_batch()
        .map_err(invalid)
    }

    /// Takes the dictionary of a message in: a new one, a replacement, or values to append.
    pub(crate) fn dictionary(
        &mut self,
        message: &Message<'_>,
        body: &Buffer,
        index: u64,
    ) -> Result<(), IpcError> {
        let malformed = |problem: &str| IpcError::malformed(index, problem);
        let dictionary = message
            .header_as_dictionary_batch()
            .ok_or_else(|| malformed("no dictionary"))?;
        let values = dictionary
            .data()
            .ok_or_else(|| malformed("a dictionary without values"))?;
        let value_type = self.value_type(dictionary.id(), index)?;
        self.check_order(dictionary, &value_type, index)?;
        let field = Field::new("", value_type, true);
        let outline = check_body(
            values,
            std::iter::once(&field),
            body,
            None,
            self.context(message, index),
        )?;

        let earlier = if dictionary.isDelta() {
            self.dictionary_bytes.get(&dictionary.id()).copied()
        } else {
            None
        };
        let bytes = earlier.unwrap_or(0).saturating_add(outline.bytes);
        let others = self
            .dictionary_bytes
            .iter()
            .filter(|(id, _)| **id != dictionary.id())
            .map(|(_, bytes)| bytes);
        let total = others.fold(bytes, |sum, bytes| sum.saturating_add(*bytes));
        self.limits.check(index, Claim::Dictionaries, total)?;

        read_dictionary(
            body,
            dictionary,
            &self.schema,
            &mut self.dictionaries,
            &message.version(),
        )
        .map_err(|source| IpcError::Invalid {
            message: index,
            source,
        })?;
        self.dictionary_bytes.insert(dictionary.id(), bytes);
        Ok(())
    }

    fn value_type(&self, id: i64, index: u64) -> Result<DataType, IpcError> {
        #[expect(
            deprecated,
            reason = "arrow-ipc itself still finds a dictionary's column by this"
        )]
        let fields = self.schema.fields_with_dict_id(id);
        match fields.first().map(|field| field.data_type()) {
            Some(DataType::Dictionary(_, values)) => Ok(values.as_ref().clone()),
            _ => Err(IpcError::malformed(
                index,
                format!("dictionary {id}, which no column uses"),
            )),
        }
    }

    fn check_order(
        &self,
        dictionary: DictionaryBatch<'_>,
        values: &DataType,
        index: u64,
    ) -> Result<(), IpcError> {
        let (id, known) = (
            dictionary.id(),
            self.dictionaries.contains_key(&dictionary.id()),
        );
        if dictionary.isDelta() && !known {
            return Err(IpcError::malformed(
                index,
                format!("values to append to dictionary {id}, which does not exist"),
            ));
        }
        if dictionary.isDelta() && values.is_nested() {
            return Err(IpcError::unsupported(
                index,
                format!("appending to a dictionary of {values}"),
            ));
        }
        if !dictionary.isDelta() && known && self.replacement == Replacement::Refused {
            return Err(IpcError::malformed(
                index,
                format!("dictionary {id} a second time, which a file may not have"),
            ));
        }
        Ok(())
    }
}

/// What a message of a stream is, after the schema.
pub(crate) fn is_dictionary(message: &Message<'_>) -> bool {
    message.header_type() == MessageHeader::DictionaryBatch
}
