//! The accept loop, the order of conditional writes, and what is not there: buckets, and directories that are no objects.

use super::Credentials;
use super::shelf::Shelf;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::S3;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// Why a request ends without an answer: the connection is closed.
type Unanswered = Box<dyn std::error::Error + Send + Sync>;

/// What all connections share.
#[derive(Clone)]
struct Counter {
    service: S3Service,
    turn: Arc<Mutex<()>>,
    /// Where buckets are directories; nowhere if they need none.
    root: Option<PathBuf>,
}

/// Binds a free loopback port and serves `root` there until the runtime ends.
pub(super) async fn files(root: PathBuf, credentials: Credentials) -> io::Result<SocketAddr> {
    let files =
        s3s_fs::FileSystem::new(&root).map_err(|error| io::Error::other(format!("{error:?}")))?;
    listen(files, Some(root), credentials).await
}

/// Binds a free loopback port and serves objects from memory until the runtime ends.
pub(super) async fn memory(credentials: Credentials) -> io::Result<SocketAddr> {
    listen(Shelf::default(), None, credentials).await
}

async fn listen(
    objects: impl S3,
    root: Option<PathBuf>,
    credentials: Credentials,
) -> io::Result<SocketAddr> {
    let mut builder = S3ServiceBuilder::new(objects);
    builder.set_auth(SimpleAuth::from_single(
        credentials.access_key(),
        credentials.secret_key(),
    ));
    let counter = Counter {
        service: builder.build(),
        turn: Arc::default(),
        root,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        loop {
            // A connection that is gone before it is accepted is its client's affair.
            let Ok((socket, _)) = listener.accept().await else {
                continue;
            };
            let counter = counter.clone();
            let answer = service_fn(move |request| counter.clone().answer(request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), answer);
            // As is one that breaks.
            tokio::spawn(connection);
        }
    });
    Ok(address)
}

impl Counter {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<s3s::Body>, Unanswered> {
        if self.lacks_the_bucket(request.uri().path(), request.method()) {
            return Ok(not_found(
                "NoSuchBucket",
                "The specified bucket does not exist",
            )?);
        }
        if self.names_a_directory(&request) {
            return Ok(not_found("NoSuchKey", "The specified key does not exist.")?);
        }
        let writes = matches!(*request.method(), Method::PUT | Method::POST);
        let conditional = writes
            && [IF_MATCH, IF_NONE_MATCH]
                .iter()
                .any(|name| request.headers().contains_key(name));
        // A POST puts an upload's parts together, which takes its time and must not stop halfway.
        if !conditional && *request.method() != Method::POST {
            return Ok(self.service.call(request.map(s3s::Body::from)).await?);
        }
        // Received whole before its turn begins, so that a slow client holds up nobody, and carried out as a task of its own,
        // so that a client that leaves does not leave half a write.
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let carried_out = tokio::spawn(async move {
            let _turn = match conditional {
                true => Some(self.turn.lock().await),
                false => None,
            };
            self.service
                .call(Request::from_parts(head, s3s::Body::from(body)))
                .await
        });
        Ok(carried_out.await??)
    }

    /// Whether the path names a bucket that is not there. Left to itself, s3s-fs answers a read with `NoSuchKey` and a write
    /// by making the bucket.
    fn lacks_the_bucket(&self, path: &str, method: &Method) -> bool {
        let (bucket, key) = path
            .trim_start_matches('/')
            .split_once('/')
            .unwrap_or((path.trim_start_matches('/'), ""));
        let creates_it = key.is_empty() && *method == Method::PUT;
        let is_missing = |root: &PathBuf| !root.join(bucket).is_dir();
        !bucket.is_empty() && !creates_it && self.root.as_ref().is_some_and(is_missing)
    }

    /// Whether somebody reads, as an object, what other keys begin with: nothing to S3, a directory to s3s-fs, which fails
    /// over it with 500.
    fn names_a_directory(&self, request: &Request<Incoming>) -> bool {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let path = decoded(request.uri().path());
        let path = path.trim_start_matches('/');
        let has_key = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
        let is_directory = |root: &PathBuf| root.join(path).is_dir();
        reads && has_key && self.root.as_ref().is_some_and(is_directory)
    }
}

/// The path of a request without its `%XX`.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn not_found(code: &str, message: &str) -> Result<Response<s3s::Body>, hyper::http::Error> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    Response::builder()
        .status(StatusCode::NOT_FOUND)
        .header(CONTENT_TYPE, "application/xml")
        .body(s3s::Body::from(text))
}
