//! The scheduler's side: a list of members, and what is told to whom.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc, watch};

use super::{Event, Hello, Member, Note, Welcome, read_line, versions, write_line};
use crate::engine::Engine;
use crate::error::ClusterError;

/// How long an executor may take to say that it is there, when a client checks.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long whoever connects may take to say who it is.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// Events a slow client may lag behind; one that lags further is disconnected, which it takes for a loss.
const BACKLOG: usize = 1024;

/// A bound address that is not served yet.
pub(crate) struct Control {
    listener: TcpListener,
    address: SocketAddr,
}

/// The list of members, shared by all connections and by the engine's own scheduler.
#[derive(Clone)]
pub(crate) struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    about: Welcome,
    members: Mutex<BTreeMap<String, Entry>>,
    lost: Mutex<Vec<(String, String)>>,
    events: broadcast::Sender<Event>,
    questions: AtomicU64,
}

struct Entry {
    member: Member,
    /// Ballista's scheduler knows it too; always so with the other engine.
    registered: bool,
    pings: mpsc::UnboundedSender<u64>,
    /// The newest question it has answered.
    answered: watch::Receiver<u64>,
}

impl Control {
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, ClusterError> {
        let failed = || format!("listening on {address}");
        let listener = TcpListener::bind(address)
            .await
            .map_err(ClusterError::process(failed()))?;
        let address = listener
            .local_addr()
            .map_err(ClusterError::process(failed()))?;
        Ok(Self { listener, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves for as long as the runtime lives.
    pub(crate) fn serve(
        self,
        engine: Engine,
        scheduler: Option<String>,
        expected: usize,
        functions: Vec<String>,
        instance: String,
    ) -> Handle {
        let handle = Handle {
            shared: Arc::new(Shared {
                about: Welcome {
                    instance,
                    versions: versions(),
                    pid: std::process::id(),
                    engine,
                    scheduler,
                    expected,
                    members: Vec::new(),
                    lost: Vec::new(),
                    functions,
                },
                members: Mutex::default(),
                lost: Mutex::default(),
                events: broadcast::channel(BACKLOG).0,
                questions: AtomicU64::new(0),
            }),
        };
        let accepting = handle.clone();
        tokio::spawn(async move {
            loop {
                // A failure to accept (too many open files) concerns one connection, not the cluster.
                if let Ok((stream, _)) = self.listener.accept().await {
                    tokio::spawn(accepting.clone().connection(stream));
                }
            }
        });
        handle
    }
}

impl Handle {
    /// Notes that Ballista's scheduler knows an executor, which makes it ready.
    pub(crate) fn registered(&self, id: &str) {
        let mut members = self.members();
        if let Some(entry) = members.get_mut(id)
            && !entry.registered
        {
            entry.registered = true;
            let _ = self.shared.events.send(Event::Ready(entry.member.clone()));
        }
    }

    /// Notes that an executor is gone, unless that is known.
    pub(crate) fn lost(&self, id: &str, reason: &str) {
        let mut members = self.members();
        if members.remove(id).is_none() {
            return;
        }
        self.lost_list().push((id.to_owned(), reason.to_owned()));
        let _ = self.shared.events.send(Event::Lost {
            id: id.to_owned(),
            reason: reason.to_owned(),
        });
    }

    fn members(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.shared
            .members
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lost_list(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.shared
            .lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn connection(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        let hello = tokio::time::timeout(HELLO_WITHIN, read_line::<Hello>(&mut read)).await;
        let Ok(Ok(Some(hello))) = hello else { return };
        let theirs = match &hello {
            Hello::Client { versions } | Hello::Executor(_, versions) => versions.clone(),
        };
        let refused = if theirs != versions() {
            Some(format!("it is {theirs} and the scheduler {}", versions()))
        } else if let Hello::Executor(member, _) = &hello
            && member.engine != self.shared.about.engine
        {
            Some(format!(
                "it serves {} and the cluster is of {}",
                member.engine, self.shared.about.engine
            ))
        } else {
            None
        };
        if let Some(reason) = refused {
            let _ = write_line(&mut write, &Event::Refused(reason)).await;
            return;
        }
        // What goes to one connection passes through one queue, so that lines are never interleaved.
        let (out, mut outgoing) = mpsc::unbounded_channel::<Event>();
        tokio::spawn(async move {
            while let Some(event) = outgoing.recv().await {
                if write_line(&mut write, &event).await.is_err() {
                    break;
                }
            }
        });
        match hello {
            Hello::Client { .. } => self.client(&mut read, out).await,
            Hello::Executor(member, _) => self.executor(&mut read, out, member).await,
        }
    }

    async fn client(
        self,
        read: &mut (impl tokio::io::AsyncBufRead + Unpin),
        out: mpsc::UnboundedSender<Event>,
    ) {
        let mut events = {
            // Both under one lock: no event falls between the picture and the stream.
            let members = self.members();
            let mut about = self.shared.about.clone();
            about.members = members
                .values()
                .filter(|entry| entry.registered)
                .map(|entry| entry.member.clone())
                .collect();
            about.lost = self.lost_list().clone();
            let _ = out.send(Event::Welcome(about));
            self.shared.events.subscribe()
        };
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => if out.send(event).is_err() { return },
                    Err(_) => return,
                },
                note = read_line::<Note>(read) => match note {
                    Ok(Some(Note::Check(n))) => {
                        self.check().await;
                        // Losses found by the check are ahead of the answer.
                        while let Ok(event) = events.try_recv() {
                            let _ = out.send(event);
                        }
                        if out.send(Event::Alive(n)).is_err() { return }
                    }
                    Ok(Some(_)) => {}
                    Ok(None) | Err(_) => return,
                },
            }
        }
    }

    /// Asks every member whether it is there, and notes as lost those that do not answer.
    async fn check(&self) {
        // Never asked before: an answer that was on its way is not taken for this one's.
        let question = self.shared.questions.fetch_add(1, Ordering::Relaxed) + 1;
        let asked: Vec<_> = {
            let members = self.members();
            members
                .iter()
                .map(|(id, entry)| {
                    let _ = entry.pings.send(question);
                    (id.clone(), entry.answered.clone())
                })
                .collect()
        };
        for (id, mut answered) in asked {
            let answer = tokio::time::timeout(
                ANSWER_WITHIN,
                answered.wait_for(|newest| *newest >= question),
            );
            match answer.await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) => self.lost(&id, "its process is gone"),
                Err(_) => self.lost(&id, "it does not answer"),
            }
        }
    }

    async fn executor(
        self,
        read: &mut (impl tokio::io::AsyncBufRead + Unpin),
        out: mpsc::UnboundedSender<Event>,
        member: Member,
    ) {
        let id = member.id.clone();
        let (pings, mut asked) = mpsc::unbounded_channel();
        let (answer, answered) = watch::channel(0);
        {
            let mut members = self.members();
            if members.contains_key(&id) {
                let _ = out.send(Event::Refused(format!("executor {id} is there already")));
                return;
            }
            let registered = member.engine == Engine::Distribuido;
            if registered {
                let _ = self.shared.events.send(Event::Ready(member.clone()));
            }
            members.insert(
                id.clone(),
                Entry {
                    member,
                    registered,
                    pings,
                    answered,
                },
            );
            let _ = out.send(Event::Welcome(self.shared.about.clone()));
        }
        let reason = loop {
            tokio::select! {
                Some(question) = asked.recv() => {
                    let _ = out.send(Event::Ping(question));
                }
                note = read_line::<Note>(read) => match note {
                    Ok(Some(Note::Pong(n))) => { let _ = answer.send(n); }
                    Ok(Some(Note::Leaving)) => break "it was stopped",
                    Ok(Some(Note::Check(_))) => {}
                    Ok(None) | Err(_) => break "its process is gone",
                },
            }
        };
        self.lost(&id, reason);
    }
}
