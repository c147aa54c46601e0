//! The accept loop, and the order of conditional writes.

use super::Credentials;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{IF_MATCH, IF_NONE_MATCH};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
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

/// Binds a free loopback port and serves `root` there until the runtime ends.
pub(super) async fn listen(root: PathBuf, credentials: Credentials) -> io::Result<SocketAddr> {
    let files =
        s3s_fs::FileSystem::new(root).map_err(|error| io::Error::other(format!("{error:?}")))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(
        credentials.access_key(),
        credentials.secret_key(),
    ));
    let service = builder.build();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let turn = Arc::new(Mutex::new(()));
    tokio::spawn(async move {
        loop {
            // A connection that is gone before it is accepted is its client's affair.
            let Ok((socket, _)) = listener.accept().await else {
                continue;
            };
            let (service, turn) = (service.clone(), Arc::clone(&turn));
            let answer =
                service_fn(move |request| answer(service.clone(), Arc::clone(&turn), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), answer);
            // As is one that breaks.
            tokio::spawn(connection);
        }
    });
    Ok(address)
}

async fn answer(
    service: S3Service,
    turn: Arc<Mutex<()>>,
    request: Request<Incoming>,
) -> Result<Response<s3s::Body>, Unanswered> {
    let writes = matches!(*request.method(), Method::PUT | Method::POST);
    let conditional = writes
        && [IF_MATCH, IF_NONE_MATCH]
            .iter()
            .any(|name| request.headers().contains_key(name));
    if !conditional {
        return Ok(service.call(request.map(s3s::Body::from)).await?);
    }
    // Received whole before its turn begins, so that a slow client holds up nobody, and carried out as a task of its own,
    // so that a client that leaves does not leave half a write.
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let carried_out = tokio::spawn(async move {
        let _turn = turn.lock().await;
        service
            .call(Request::from_parts(head, s3s::Body::from(body)))
            .await
    });
    Ok(carried_out.await??)
}
