//! Creating an object that must not be there yet: one winner, who also learns of it when the answer is lost.

use crate::error::{Operation, StoreError};
use crate::heard::Said;
use crate::objects::Object;
use bytes::Bytes;
use object_store::{PutMode, PutPayload};

/// What became of a creation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Created {
    /// It was not there; now it is ours, and the store said so.
    Now,
    /// It is ours, but the store's first answer was lost: found by reading it back.
    Confirmed,
    /// Somebody else's is there.
    Already,
}

impl Created {
    /// Whether what is there is ours.
    pub fn is_ours(self) -> bool {
        self != Self::Already
    }
}

/// How often a creation is sent again when neither it nor anything else is found afterwards.
const CREATIONS: usize = 3;

impl Object {
    /// Writes it unless something is there; of any number that try, one succeeds.
    ///
    /// An answer can be lost after the store has acted: the client asks again and is told that the object exists, its own
    /// object. So whatever is in doubt is read back and compared, for which `bytes` must be nobody else's: put a UUID in.
    ///
    /// # Errors
    /// * [`StoreError::Unavailable`], [`StoreError::Deadline`] if it remains in doubt whether it was written.
    /// * [`StoreError::NoBucket`], [`StoreError::Refused`].
    ///
    /// # Cost
    /// One request; two for those who come late.
    pub async fn create(&self, bytes: impl Into<Bytes>) -> Result<Created, StoreError> {
        let (key, bytes) = (self.key()?, bytes.into());
        let mut sent = 0;
        loop {
            sent += 1;
            let payload = PutPayload::from(bytes.clone());
            let create = self.store().put_opts(key, payload, PutMode::Create.into());
            let doubt = match tokio::time::timeout(self.patience().deadline, create).await {
                Ok(Ok(_)) => return Ok(Created::Now),
                Ok(Err(object_store::Error::AlreadyExists { .. })) => None,
                Ok(Err(error)) => Some(StoreError::of(self.place(), Operation::Create, &error)),
                Err(_) => Some(self.too_late(Operation::Create)),
            };
            if let Some(error) = &doubt
                && !is_doubtful(error)
            {
                return Err(error.clone());
            }
            match (self.is_there(&bytes).await, doubt) {
                (Ok(Some(true)), _) => return Ok(Created::Confirmed),
                (Ok(Some(false)), _) => return Ok(Created::Already),
                (Ok(None), _) if sent < CREATIONS => {}
                (Ok(None), None) => {
                    return Err(StoreError::NoObject {
                        place: self.place().clone(),
                    });
                }
                (Err(error), None) => return Err(error),
                (_, Some(error)) => return Err(error),
            }
        }
    }

    /// Whether exactly these bytes are there; `None` if nothing is.
    async fn is_there(&self, bytes: &Bytes) -> Result<Option<bool>, StoreError> {
        match self.head().await {
            Ok(head) if head.size != bytes.len() as u64 => Ok(Some(false)),
            Ok(_) => Ok(Some(self.get().await? == *bytes)),
            Err(StoreError::NoObject { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether a write that ended like this may have been carried out all the same.
fn is_doubtful(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable { said, attempts, .. } => {
            *said != Said::NoConnection || *attempts > 1
        }
        StoreError::Deadline { .. } => true,
        // S3 answers 409 to a conditional write while another one is under way.
        StoreError::Refused { said, attempts, .. } => {
            matches!(said, Said::Status(409, _)) || *attempts > 1
        }
        _ => false,
    }
}
