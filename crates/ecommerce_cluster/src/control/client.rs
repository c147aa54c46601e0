//! The other side: one connection to the scheduler, and what is known by it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::{Event, Hello, Member, Note, Welcome, read_line, versions, write_line};
use crate::address::Address;
use crate::error::ClusterError;

/// Between attempts to connect to a scheduler that is being started.
const RETRY: Duration = Duration::from_millis(50);

/// A connection to the scheduler.
pub(crate) struct Link {
    pub(crate) welcome: Welcome,
    view: watch::Receiver<View>,
    notes: mpsc::UnboundedSender<Note>,
    questions: AtomicU64,
}

/// What is known of the cluster now.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// Executors that are ready.
    pub(crate) members: Vec<Member>,
    /// The first executor that was lost, and how.
    pub(crate) lost: Option<(String, String)>,
    /// Why the connection ended.
    pub(crate) closed: Option<String>,
    alive: u64,
}

impl Link {
    /// Connects as a client, trying again until the time is over.
    pub(crate) async fn client(address: &Address, within: Duration) -> Result<Self, ClusterError> {
        let hello = Hello::Client {
            versions: versions(),
        };
        Self::connect(address, &hello, within).await
    }

    /// Connects as an executor, which then answers whenever it is asked whether it is there.
    ///
    /// On a thread of its own: an executor whose other threads are all computing is there.
    pub(crate) async fn executor(
        address: &Address,
        member: Member,
        within: Duration,
    ) -> Result<Self, ClusterError> {
        let failed = || ClusterError::process("starting a thread");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed())?;
        let (connected, connection) = tokio::sync::oneshot::channel();
        let address = address.clone();
        std::thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let link =
                        Self::connect(&address, &Hello::Executor(member, versions()), within).await;
                    let mut view = link.as_ref().ok().map(Self::view);
                    let _ = connected.send(link);
                    // The tasks of the connection live here, until it ends.
                    if let Some(view) = &mut view {
                        let _ = view.wait_for(|view| view.closed.is_some()).await;
                    }
                });
            })
            .map_err(failed())?;
        connection
            .await
            .unwrap_or_else(|_| Err(ClusterError::setup("joining", "its thread ended")))
    }

    async fn connect(
        address: &Address,
        hello: &Hello,
        within: Duration,
    ) -> Result<Self, ClusterError> {
        let start = Instant::now();
        let mut reason = "it does not answer".to_owned();
        while start.elapsed() < within {
            let left = within.saturating_sub(start.elapsed());
            let attempt = tokio::time::timeout(left, TcpStream::connect(address.host_port()));
            match attempt.await {
                Ok(Ok(stream)) => {
                    let left = within.saturating_sub(start.elapsed());
                    return match tokio::time::timeout(left, Self::greet(address, hello, stream))
                        .await
                    {
                        Ok(greeted) => greeted,
                        Err(_) => Err(ClusterError::Stranger {
                            url: address.to_string(),
                            reason: format!("it says nothing for {left:?}"),
                        }),
                    };
                }
                Ok(Err(error)) => reason = error.to_string(),
                Err(_) => break,
            }
            tokio::time::sleep(RETRY.min(within.saturating_sub(start.elapsed()))).await;
        }
        Err(ClusterError::Unreachable {
            url: address.to_string(),
            waited: start.elapsed(),
            reason,
        })
    }

    async fn greet(
        address: &Address,
        hello: &Hello,
        stream: TcpStream,
    ) -> Result<Self, ClusterError> {
        let stranger = |reason: String| ClusterError::Stranger {
            url: address.to_string(),
            reason,
        };
        let _ = stream.set_nodelay(true);
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        write_line(&mut write, hello)
            .await
            .map_err(|error| stranger(error.to_string()))?;
        let welcome = match read_line(&mut read).await {
            Ok(Some(Event::Welcome(welcome))) => welcome,
            Ok(Some(Event::Refused(reason))) => return Err(ClusterError::Rejected(reason)),
            Ok(Some(other)) => return Err(stranger(format!("it said {other:?}"))),
            Ok(None) => return Err(stranger("it hung up".to_owned())),
            Err(error) => return Err(stranger(error.to_string())),
        };
        if welcome.versions != versions() {
            return Err(ClusterError::Version {
                theirs: welcome.versions,
                ours: versions(),
            });
        }
        let (know, view) = watch::channel(View {
            members: welcome.members.clone(),
            lost: welcome.lost.first().cloned(),
            ..View::default()
        });
        let (notes, mut outgoing) = mpsc::unbounded_channel::<Note>();
        let pongs = notes.clone();
        tokio::spawn(async move {
            while let Some(note) = outgoing.recv().await {
                if write_line(&mut write, &note).await.is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            let closed = loop {
                let event = tokio::select! {
                    () = know.closed() => return,
                    event = read_line::<Event>(&mut read) => event,
                };
                match event {
                    Ok(Some(Event::Ping(n))) => {
                        let _ = pongs.send(Note::Pong(n));
                    }
                    Ok(Some(event)) => know.send_modify(|view| view.learn(event)),
                    Ok(None) => break "its process is gone".to_owned(),
                    Err(error) => break error.to_string(),
                }
            };
            know.send_modify(|view| view.closed = Some(closed));
        });
        Ok(Self {
            welcome,
            view,
            notes,
            questions: AtomicU64::new(0),
        })
    }

    pub(crate) fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Says that this executor ends on purpose.
    pub(crate) fn leave(&self) {
        let _ = self.notes.send(Note::Leaving);
    }

    /// Waits until the scheduler has asked every executor whether it is there; what it found is in the view by then.
    pub(crate) async fn check(&self) -> View {
        let question = self.questions.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = self.notes.send(Note::Check(question));
        let mut view = self.view();
        let seen = view
            .wait_for(|view| view.alive >= question || view.closed.is_some())
            .await
            .map(|view| view.clone());
        seen.unwrap_or_else(|_| View {
            closed: Some("the connection ended".to_owned()),
            ..View::default()
        })
    }
}

impl View {
    fn learn(&mut self, event: Event) {
        match event {
            Event::Ready(member) => self.members.push(member),
            Event::Lost { id, reason } => {
                self.members.retain(|member| member.id != id);
                self.lost.get_or_insert((id, reason));
            }
            Event::Alive(n) => self.alive = self.alive.max(n),
            Event::Welcome(_) | Event::Refused(_) | Event::Ping(_) => {}
        }
    }
}
