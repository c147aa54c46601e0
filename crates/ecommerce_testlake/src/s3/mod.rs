//! S3 in this process: s3s-fs over a temporary directory, its conditional writes put in single file.

mod credentials;
mod serve;
mod shelf;

use crate::LakeError;
use crate::background::Background;
use ecommerce_testkit::temp::{self, TempDir};
use std::collections::HashMap;
use std::fs;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use credentials::Credentials;

/// An S3 server on a free loopback port, its objects in a temporary directory; both end with the value.
///
/// Every object is a plain file at `<bucket>/<key>`, so an independent reader can look at a table without S3
/// ([`S3Server::path_of`]). A request is answered only to the [`Credentials`] of this server, which are random: canaries that
/// must never show up in what a program prints or writes.
///
/// ```
/// let s3 = ecommerce_testlake::S3Server::start()?;
/// s3.create_bucket("lago")?;
/// let options = s3.storage_options(); // for deltalake, object_store, or a child's environment
/// assert!(options["AWS_ENDPOINT_URL"].starts_with("http://127.0.0.1:"));
/// # Ok::<(), ecommerce_testlake::LakeError>(())
/// ```
///
/// # Source
/// s3s-fs 0.14.1. As shipped, `If-None-Match: *` checks and writes in two steps, so several racing creators win; here those
/// requests take turns, and a request that was received whole is carried out whole even if its client is gone. As shipped, a
/// write into a bucket that is not there makes it; here every request to one is answered with `NoSuchBucket`. As shipped, a key
/// that only other keys begin with is an error of the server; here it is `NoSuchKey`.
#[derive(Debug)]
pub struct S3Server {
    // Dropped first: no request is under way when the directory goes.
    _background: Background,
    root: TempDir,
    address: SocketAddr,
    credentials: Credentials,
}

impl S3Server {
    /// A running server without buckets.
    ///
    /// # Errors
    /// [`LakeError::Setup`] if a temporary directory, a thread or a loopback port cannot be had.
    pub fn start() -> Result<Self, LakeError> {
        Self::start_with(serve::files)
    }

    /// A running server that keeps objects in memory and hashes nothing but signatures: for timing clients rather than the
    /// server. It reads, writes and heads whole objects, and ranges of them, in any bucket; there are no conditional writes, no
    /// uploads in parts, no listings, and nothing under [`S3Server::path_of`].
    ///
    /// # Errors
    /// As [`S3Server::start`].
    pub fn start_in_memory() -> Result<Self, LakeError> {
        Self::start_with(|_, credentials| serve::memory(credentials))
    }

    fn start_with<F>(serve: impl FnOnce(PathBuf, Credentials) -> F) -> Result<Self, LakeError>
    where
        F: Future<Output = io::Result<SocketAddr>> + Send + 'static,
    {
        let root = temp::dir().map_err(LakeError::setup(
            "no temporary directory for the server's objects",
        ))?;
        let credentials = Credentials::random();
        let background = Background::start("s3-server")?;
        let address = background
            .wait(serve(root.path().to_path_buf(), credentials.clone()))?
            .map_err(LakeError::setup("the S3 server cannot listen on 127.0.0.1"))?;
        Ok(Self {
            _background: background,
            root,
            address,
            credentials,
        })
    }

    /// Makes an empty bucket; one that is there already stays as it is.
    ///
    /// # Errors
    /// - [`LakeError::BucketName`] if S3 would refuse the name
    /// - [`LakeError::Setup`] if the directory cannot be made
    pub fn create_bucket(&self, name: &str) -> Result<(), LakeError> {
        let legal =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        if !(3..=63).contains(&name.len())
            || !name.bytes().all(legal)
            || name.starts_with('.')
            || name.contains("..")
        {
            return Err(LakeError::BucketName(name.to_owned()));
        }
        fs::create_dir_all(self.root.path().join(name))
            .map_err(LakeError::setup("the bucket's directory cannot be made"))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The only credentials it accepts.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// What a client needs, under the names that deltalake, object_store and the environment share: `AWS_ENDPOINT_URL`,
    /// `AWS_ALLOW_HTTP`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
    #[must_use]
    pub fn storage_options(&self) -> HashMap<String, String> {
        self.storage_options_at(&self.endpoint())
    }

    /// The same for a client that reaches it through something else, such as a [`FaultProxy`](crate::FaultProxy).
    #[must_use]
    pub fn storage_options_at(&self, endpoint: &str) -> HashMap<String, String> {
        let options = [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", self.credentials.access_key()),
            ("AWS_SECRET_ACCESS_KEY", self.credentials.secret_key()),
        ];
        options
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// Where the object, or all that begins with the key, lies on this machine's disk.
    #[must_use]
    pub fn path_of(&self, bucket: &str, key: &str) -> PathBuf {
        self.root.path().join(bucket).join(key)
    }

    /// The files of uploads in parts that were begun and neither completed nor aborted, in any bucket; sorted.
    ///
    /// # Errors
    /// [`LakeError::Setup`] if the server's directory cannot be read.
    pub fn unfinished_uploads(&self) -> Result<Vec<PathBuf>, LakeError> {
        let failed = "the server's directory cannot be read";
        let entries = fs::read_dir(self.root.path()).map_err(LakeError::setup(failed))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(LakeError::setup(failed))?;
            // `.upload-<id>.json`, `.upload_id-<id>.part-<n>`, `.bucket-….upload-<id>.metadata.json`, and what is being written.
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') && (name.contains(".upload") || name.starts_with(".tmp.")) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }
}
