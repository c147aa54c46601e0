//! One request: the rules asked, the server asked, the client answered or not.

use super::body::{self, Body};
use super::{Exchange, Fault, Rule};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, RANGE};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, client, server};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where requests are decided and written down.
#[derive(Debug)]
pub(super) struct Desk {
    upstream: SocketAddr,
    seed: u64,
    rules: Mutex<Vec<Rule>>,
    log: Mutex<Log>,
}

/// What was written down, by number. Numbers go on when the log is forgotten, so that what is still under way does not add
/// to what came later.
#[derive(Debug, Default)]
pub(super) struct Log {
    forgotten: usize,
    exchanges: Vec<Exchange>,
}

impl Log {
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.clone()
    }

    pub(super) fn forget(&mut self) {
        self.forgotten += self.exchanges.len();
        self.exchanges.clear();
    }

    fn add(&mut self, exchange: Exchange) -> usize {
        self.exchanges.push(exchange);
        self.forgotten + self.exchanges.len() - 1
    }

    fn get_mut(&mut self, number: usize) -> Option<&mut Exchange> {
        self.exchanges.get_mut(number.checked_sub(self.forgotten)?)
    }
}

/// Set when a connection must end with a reset instead of an orderly close.
type Reset = Arc<AtomicBool>;

/// Serves one connection to its end.
pub(super) async fn serve(socket: TcpStream, desk: Arc<Desk>) {
    let reset = Reset::default();
    let (each, ends) = (Arc::clone(&desk), Arc::clone(&reset));
    let answer = service_fn(move |request| Arc::clone(&each).answer(request, Arc::clone(&ends)));
    let mut connection = server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(socket), answer);
    // How it ended shows in the log and at the client.
    let _ = Pin::new(&mut connection).await;
    if reset.load(Ordering::Relaxed) {
        // If this fails the client sees an orderly close in place of a reset: still no answer.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

impl Desk {
    pub(super) fn new(upstream: SocketAddr, seed: u64) -> Self {
        Self {
            upstream,
            seed,
            rules: Mutex::default(),
            log: Mutex::default(),
        }
    }

    pub(super) fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number in the log of a request, and its fault.
    fn take_in(&self, request: &Request<Incoming>) -> (usize, Option<Fault>) {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let mut rules = self.rules();
        let numbered = (0u64..).zip(rules.iter_mut());
        let fault = { numbered }
            .find_map(|(i, rule)| rule.decide(self.seed ^ (i << 32), method, uri, headers));
        drop(rules);
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let exchange = Exchange {
            at: Instant::now(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: text(uri.query()),
            range: headers.get(RANGE).map(|range| text(range.to_str().ok())),
            conditional: headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MATCH),
            fault: fault.clone(),
            upstream: None,
            status: None,
            sent: 0,
        };
        (self.log().add(exchange), fault)
    }

    fn note(&self, number: usize, change: impl FnOnce(&mut Exchange)) {
        // The log may have been forgotten since.
        if let Some(exchange) = self.log().get_mut(number) {
            change(exchange);
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        reset: Reset,
    ) -> Result<Response<Body>, Failure> {
        let (number, fault) = self.take_in(&request);
        let dropped = || {
            reset.store(true, Ordering::Relaxed);
            Err(Failure::from(io::Error::from(
                io::ErrorKind::ConnectionReset,
            )))
        };
        let answer = match fault {
            None => self.forward(request, number, None).await,
            Some(Fault::Delay(time)) => {
                tokio::time::sleep(time).await;
                self.forward(request, number, None).await
            }
            Some(Fault::Throttle(rate)) => self.forward(request, number, Some(rate)).await,
            Some(Fault::CutBody(after)) => {
                let cut = |whole: Body| {
                    body::cut(whole, after, move || reset.store(true, Ordering::Relaxed))
                };
                self.forward(request, number, None)
                    .await
                    .map(|response| response.map(cut))
            }
            Some(Fault::Answer(status)) => plain(drained(request).await, status, Bytes::new()),
            Some(Fault::Refuse(status, code)) => {
                plain(drained(request).await, status, error_document(code))
            }
            Some(Fault::AnswerWith(status, text)) => {
                plain(drained(request).await, status, text.into())
            }
            Some(Fault::Drop) => return dropped(),
            Some(Fault::Hang) => pending().await,
            Some(Fault::ApplyThenAnswer(status)) => {
                plain(self.apply(request, number).await, status, Bytes::new())
            }
            Some(Fault::ApplyThenDrop) => {
                self.apply(request, number).await?;
                return dropped();
            }
            Some(Fault::ApplyThenHang) => {
                self.apply(request, number).await?;
                pending().await
            }
        };
        let answer = answer?;
        self.note(number, |exchange| {
            exchange.status = Some(answer.status().as_u16())
        });
        let tally = move |bytes| self.note(number, |exchange| exchange.sent += bytes);
        Ok(answer.map(|whole| body::counted(whole, tally)))
    }

    /// Has the server carry the request out and throws its answer away. On a task of its own: a client that loses patience
    /// does not stop what it has sent.
    async fn apply(
        self: &Arc<Self>,
        request: Request<Incoming>,
        number: usize,
    ) -> Result<(), Failure> {
        let (head, body) = request.into_parts();
        let whole = Full::new(body.collect().await?.to_bytes())
            .map_err(|never| match never {})
            .boxed_unsync();
        let desk = Arc::clone(self);
        let carried_out = tokio::spawn(async move {
            desk.send(Request::from_parts(head, whole), number)
                .await?
                .collect()
                .await?;
            Ok::<(), Failure>(())
        });
        carried_out.await?
    }

    async fn forward(
        &self,
        request: Request<Incoming>,
        number: usize,
        rate: Option<u64>,
    ) -> Result<Response<Body>, Failure> {
        let is_head = request.method() == Method::HEAD;
        let paced = |whole: Incoming| match rate {
            Some(rate) => body::paced(whole, rate),
            None => body::boxed(whole),
        };
        let answer = self.send(request.map(paced), number).await?;
        // An answer to HEAD has no body, whatever its length says.
        Ok(if is_head {
            answer.map(body::boxed)
        } else {
            answer.map(paced)
        })
    }

    async fn send(
        &self,
        mut request: Request<Body>,
        number: usize,
    ) -> Result<Response<Incoming>, Failure> {
        request.headers_mut().remove(CONNECTION);
        let socket = TcpStream::connect(self.upstream).await?;
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(socket)).await?;
        // Ends with the exchange; its errors come out of the sender too.
        tokio::spawn(connection);
        let mut answer = sender.send_request(request).await?;
        answer.headers_mut().remove(CONNECTION);
        self.note(number, |exchange| {
            exchange.upstream = Some(answer.status().as_u16())
        });
        Ok(answer)
    }
}

/// Reads the request to its end, as a server does before it answers on a connection that goes on.
async fn drained(request: Request<Incoming>) -> Result<(), Failure> {
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}

fn plain(before: Result<(), Failure>, status: u16, text: Bytes) -> Result<Response<Body>, Failure> {
    before?;
    let body = Full::new(text)
        .map_err(|never| match never {})
        .boxed_unsync();
    let answer = Response::builder()
        .status(StatusCode::from_u16(status)?)
        .header(CONTENT_TYPE, "application/xml");
    Ok(answer.body(body)?)
}

fn error_document(code: &str) -> Bytes {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>").into()
}
