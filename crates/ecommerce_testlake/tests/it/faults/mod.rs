//! Each fault as object_store's client meets it.

use super::*;
use ecommerce_testlake::{Fault, FaultProxy, Rule};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutResult};
use std::time::Instant;

mod attempts;
mod commits;
mod transfers;

struct Lake {
    server: S3Server,
    proxy: FaultProxy,
    store: AmazonS3,
}

fn lake() -> Lake {
    let server = server();
    let proxy = FaultProxy::before(&server, 42).unwrap();
    let store = client(proxy.storage_options(&server));
    Lake {
        server,
        proxy,
        store,
    }
}

impl Lake {
    /// An object that is there before any fault.
    async fn given(&self, key: &str, bytes: Vec<u8>) -> Path {
        let key = Path::from(key);
        client(self.server.storage_options())
            .put(&key, bytes.into())
            .await
            .unwrap();
        key
    }

    /// The same lake seen by a client that waits half a second for an answer.
    fn impatient(mut self) -> Self {
        self.store = client_with_patience(
            self.proxy.storage_options(&self.server),
            Duration::from_millis(500),
        );
        self
    }

    async fn create(&self, key: &str) -> object_store::Result<PutResult> {
        self.store
            .put_opts(&Path::from(key), "mine".into(), PutMode::Create.into())
            .await
    }

    fn is_applied(&self, key: &str) -> bool {
        self.server.path_of(BUCKET, key).exists()
    }

    fn statuses(&self, method: &str) -> Vec<Option<u16>> {
        self.proxy
            .attempts(method, "/")
            .iter()
            .map(|attempt| attempt.status)
            .collect()
    }
}

/// Whether `done` comes true within ten seconds.
async fn soon(done: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !done() && Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    done()
}
