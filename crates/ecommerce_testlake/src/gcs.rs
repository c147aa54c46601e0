//! Google's XML API in front of an emulator that has only the JSON one for writing.
//!
//! object_store writes to Google Cloud Storage through the XML API. fake-gcs-server 1.56 reads and lists through it, and
//! refuses to write (its issues 331 and 852). Here a write is said again in the other API; whether a conditional one wins is
//! the emulator's decision.

use crate::LakeError;
use crate::background::Background;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, ETAG, HOST};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, client, server};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Answer = Response<Full<Bytes>>;

/// The front, on a free loopback port; it stops when it is dropped.
#[derive(Debug)]
pub struct GcsFront {
    _background: Background,
    address: SocketAddr,
}

impl GcsFront {
    /// A front before the emulator at `upstream`.
    ///
    /// # Errors
    /// [`LakeError::Setup`] if a thread or a loopback port cannot be had.
    pub fn before(upstream: SocketAddr) -> Result<Self, LakeError> {
        let background = Background::start("gcs-front")?;
        let address = background
            .wait(listen(Arc::new(Front {
                upstream,
                uploads: Mutex::default(),
            })))?
            .map_err(LakeError::setup("the front cannot listen on 127.0.0.1"))?;
        Ok(Self {
            _background: background,
            address,
        })
    }

    /// Its URL, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

#[derive(Debug)]
struct Front {
    upstream: SocketAddr,
    /// The parts of uploads that are neither completed nor aborted: by upload, then by number, the name of the part's object.
    uploads: Mutex<BTreeMap<String, BTreeMap<u32, String>>>,
}

async fn listen(front: Arc<Front>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                continue;
            };
            let front = Arc::clone(&front);
            let answer = service_fn(move |request| Arc::clone(&front).answer(request));
            let connection = server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), answer);
            tokio::spawn(connection);
        }
    });
    Ok(address)
}

impl Front {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Answer, Failure> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let query = head.uri.query().unwrap_or_default().to_owned();
        let asked = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        let path = head.uri.path().trim_start_matches('/').to_owned();
        // The key stays percent-encoded: that is how the other API wants it too.
        let Some((bucket, key)) = path.split_once('/').filter(|(_, key)| !key.is_empty()) else {
            return self.send(Request::from_parts(head, body)).await;
        };
        let text = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
        match (&head.method, asked("uploadId"), asked("uploads")) {
            (&Method::PUT, None, _) => {
                let only_if = text("x-goog-if-generation-match");
                self.insert(bucket, key, only_if.as_deref(), body).await
            }
            (&Method::POST, None, Some(_)) => {
                let upload = Uuid::new_v4().simple().to_string();
                self.uploads().insert(upload.clone(), BTreeMap::new());
                xml(
                    &format!(
                        "<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
                    ),
                    None,
                )
            }
            (&Method::PUT, Some(upload), _) => {
                let number: u32 = asked("partNumber").unwrap_or_default().parse()?;
                let name = format!("uploads.{upload}.{number:05}");
                let answer = self.insert(bucket, &name, None, body).await?;
                if let Some(parts) = self.uploads().get_mut(&upload) {
                    parts.insert(number, name);
                }
                Ok(answer)
            }
            (&Method::POST, Some(upload), _) => self.complete(bucket, key, &upload).await,
            (&Method::DELETE, Some(upload), _) => {
                self.forget(bucket, &upload).await?;
                Ok(Response::builder()
                    .status(StatusCode::NO_CONTENT)
                    .body(Full::default())?)
            }
            _ => self.send(Request::from_parts(head, body)).await,
        }
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, BTreeMap<u32, String>>> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an object, only over that generation if one is given; 0 is none.
    async fn insert(
        &self,
        bucket: &str,
        key: &str,
        only_if: Option<&str>,
        body: Bytes,
    ) -> Result<Answer, Failure> {
        let condition = only_if.map_or(String::new(), |n| format!("&ifGenerationMatch={n}"));
        let uri = format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={key}{condition}");
        let answer = self.ask(Method::POST, &uri, body).await?;
        if !answer.status().is_success() {
            return Ok(answer);
        }
        let written = value(answer).await?;
        let mut headers = Response::builder().header(ETAG, tag(&written));
        if let Some(generation) = written["generation"].as_str() {
            headers = headers.header("x-goog-generation", generation);
        }
        Ok(headers.body(Full::default())?)
    }

    async fn complete(&self, bucket: &str, key: &str, upload: &str) -> Result<Answer, Failure> {
        let parts = self.uploads().get(upload).cloned().unwrap_or_default();
        let sources: Vec<Value> = parts.values().map(|name| json!({ "name": name })).collect();
        let composed = json!({ "sourceObjects": sources, "destination": {} });
        let uri = format!("/storage/v1/b/{bucket}/o/{key}/compose");
        let answer = self
            .ask(Method::POST, &uri, composed.to_string().into())
            .await?;
        if !answer.status().is_success() {
            return Ok(answer);
        }
        let written = value(answer).await?;
        self.forget(bucket, upload).await?;
        let text = format!(
            "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
            tag(&written)
        );
        xml(&text, written["generation"].as_str())
    }

    /// Deletes the parts of an upload.
    async fn forget(&self, bucket: &str, upload: &str) -> Result<(), Failure> {
        let parts = self.uploads().remove(upload).unwrap_or_default();
        for name in parts.values() {
            let uri = format!("/storage/v1/b/{bucket}/o/{name}");
            self.ask(Method::DELETE, &uri, Bytes::new()).await?;
        }
        Ok(())
    }

    async fn ask(&self, method: Method, uri: &str, body: Bytes) -> Result<Answer, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(HOST, self.upstream.to_string())
            .header(CONTENT_TYPE, "application/octet-stream");
        self.send(request.body(body)?).await
    }

    async fn send(&self, mut request: Request<Bytes>) -> Result<Answer, Failure> {
        // The emulator tells its APIs apart by the host, too.
        request
            .headers_mut()
            .insert(HOST, self.upstream.to_string().parse()?);
        let socket = TcpStream::connect(self.upstream).await?;
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        let answer = sender.send_request(request.map(Full::new)).await?;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(
            head,
            Full::new(body.collect().await?.to_bytes()),
        ))
    }
}

async fn value(answer: Answer) -> Result<Value, Failure> {
    let bytes = answer.into_body().collect().await?.to_bytes();
    Ok(serde_json::from_slice(&bytes)?)
}

fn tag(written: &Value) -> String {
    let tag = written["etag"].as_str().unwrap_or_default();
    format!("\"{}\"", tag.trim_matches('"'))
}

fn xml(text: &str, generation: Option<&str>) -> Result<Answer, Failure> {
    let mut head = Response::builder().header(CONTENT_TYPE, "application/xml");
    if let Some(generation) = generation {
        head = head.header("x-goog-generation", generation);
    }
    Ok(head.body(Full::from(text.to_owned()))?)
}
