//! The Event Socket: commands out, answers and events in.
//!
//! In: commands, each written without waiting for the answer to the one before
//! it. Out: the answer of each, and the events with when they were read. An
//! answer carries no number, but answers come in the order of the commands: a
//! queue of those who wait finds whose it is, also when they have given up. The
//! client library lets one command wait for the answer to another, which would
//! hold up a bridge; of it we use the words of the protocol alone.

use crate::base::clock::Stopwatch;
use crate::base::limits;
use crate::switch::frames::{self, Frame, Garbled};
use crate::switch::link::LinkConfig;
use crate::switch::problem::{Problem, address};
use crate::switch::wire::Failure;
use freeswitch_esl::{EslCommand, EslError, EslEvent, EslResponse, Secret};
use secrecy::ExposeSecret;
use std::collections::VecDeque;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

/// An event, or why there is none, and when it was read.
pub(super) type Heard = (Result<EslEvent, EslError>, Stopwatch);

/// Bytes read at once.
const READ_BYTES: usize = 64 * 1024;

/// The sending side of a connection; cheap to clone. The connection ends with
/// the last clone.
#[derive(Clone)]
pub(super) struct Socket {
    asked: Arc<Asked>,
    _open: Arc<DropGuard>,
}

/// The commands on their way.
struct Asked {
    queue: Mutex<Queue>,
    dropped: AtomicU64,
    over: CancellationToken,
}

struct Queue {
    /// Since when each waits, in the order in which they were sent.
    waiting: VecDeque<(Instant, oneshot::Sender<EslResponse>)>,
    out: mpsc::Sender<String>,
    /// Why the connection is over.
    end: Option<Problem>,
}

impl Socket {
    /// Connects and logs in.
    pub(super) async fn open(config: &LinkConfig) -> Result<(Self, mpsc::Receiver<Heard>), Problem> {
        let (mut reader, mut half) = connect(config).await?;
        log_in(config, &mut reader, &mut half).await?;
        let (out, lines) = mpsc::channel(limits::SWITCH_COMMANDS);
        let (events, heard) = mpsc::channel(limits::SWITCH_EVENTS);
        let over = CancellationToken::new();
        let queue = Mutex::new(Queue { waiting: VecDeque::new(), out, end: None });
        let asked = Arc::new(Asked { queue, dropped: AtomicU64::new(0), over: over.clone() });
        tokio::spawn(write(half, lines, Arc::clone(&asked)));
        tokio::spawn(listen(reader, events, Arc::clone(&asked), config.silence_max));
        Ok((Self { asked, _open: Arc::new(over.drop_guard()) }, heard))
    }

    /// Sends a command, now, and then waits for its answer for so long.
    pub(super) fn post(
        &self,
        command: &EslCommand,
        within: Duration,
    ) -> impl Future<Output = Result<EslResponse, Failure>> + Send + use<> {
        let (sender, answer) = oneshot::channel();
        let queued = match command.to_wire_format() {
            Ok(text) => self.asked.add(text, sender),
            Err(error) => Err(Failure::Refused(error.to_string())),
        };
        // The time runs from here, not from when it is first waited for.
        let answer = tokio::time::timeout(within, answer);
        async move {
            queued?;
            match answer.await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(_)) => Err(Failure::NoAnswer("the connection broke".into())),
                Err(_) => Err(Failure::NoAnswer(format!("no answer within {} ms", within.as_millis()))),
            }
        }
    }

    /// Since when the oldest command without an answer waits for it.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.asked.lock().waiting.front().map(|(since, _)| *since)
    }

    /// Events that were dropped because nobody took them.
    pub(super) fn dropped(&self) -> u64 {
        self.asked.dropped.load(Ordering::Relaxed)
    }

    /// Ends the connection: nobody waits for an answer any more.
    pub(super) fn close(&self) {
        self.asked.end(Problem::Broken("it was closed".into()));
    }

    /// Whether it is over. Known before anybody's wait ends for that reason.
    pub(super) fn is_over(&self) -> bool {
        self.asked.over.is_cancelled()
    }

    /// Why it is over.
    pub(super) fn ended(&self) -> Problem {
        self.asked.lock().end.clone().unwrap_or_else(|| Problem::Broken("its reader ended".into()))
    }
}

impl Asked {
    /// The inside; a panic elsewhere leaves it usable.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Under one lock, so that the answers are waited for in the order in which
    /// the commands are written.
    fn add(&self, text: String, answer: oneshot::Sender<EslResponse>) -> Result<(), Failure> {
        let mut queue = self.lock();
        if queue.end.is_some() {
            return Err(Failure::NoAnswer("the connection broke".into()));
        }
        if queue.out.try_send(text).is_err() {
            return Err(Failure::NoAnswer("too many commands wait for the switch".into()));
        }
        queue.waiting.push_back((Instant::now(), answer));
        Ok(())
    }

    fn answered(&self, response: EslResponse) {
        match self.lock().waiting.pop_front() {
            // Who has given up does not care.
            Some((_, answer)) => drop(answer.send(response)),
            None => tracing::warn!(?response, "the switch answers what nobody has asked"),
        }
    }

    /// The first reason counts.
    fn end(&self, problem: Problem) {
        let mut queue = self.lock();
        queue.end.get_or_insert(problem);
        self.over.cancel();
        queue.waiting.clear();
    }
}

type Reader = BufReader<OwnedReadHalf>;

async fn connect(config: &LinkConfig) -> Result<(Reader, OwnedWriteHalf), Problem> {
    let failed = |reason: String| Problem::CannotConnect(address(config), reason);
    let connecting = TcpStream::connect((config.host.as_str(), config.port));
    let stream = match tokio::time::timeout(config.connect_timeout, connecting).await {
        Ok(connected) => connected.map_err(|error| failed(error.to_string()))?,
        Err(_) => return Err(failed(late(config))),
    };
    // A delay is no reason not to work.
    let _ = stream.set_nodelay(true);
    let (read, write) = stream.into_split();
    Ok((BufReader::with_capacity(READ_BYTES, read), write))
}

async fn log_in(config: &LinkConfig, reader: &mut Reader, half: &mut OwnedWriteHalf) -> Result<(), Problem> {
    let unusable = |reason: String| Problem::Unusable(address(config), reason);
    match next(config, reader).await? {
        Frame::LogIn => {}
        Frame::Refused => return Err(Problem::RefusedByAccessList(address(config))),
        other => return Err(unusable(format!("it does not ask for a password but says {other:?}"))),
    }
    let command = EslCommand::Auth { password: Secret::new(config.password.expose_secret()) };
    let text = command.to_wire_format().map_err(|error| unusable(error.to_string()))?;
    half.write_all(text.as_bytes()).await.map_err(|error| unusable(error.to_string()))?;
    match next(config, reader).await? {
        Frame::Answer(response) if response.is_success() => Ok(()),
        Frame::Answer(_) => Err(Problem::WrongPassword(address(config))),
        other => Err(unusable(format!("it does not answer to the password but says {other:?}"))),
    }
}

/// A frame of the log-in.
async fn next(config: &LinkConfig, reader: &mut Reader) -> Result<Frame, Problem> {
    match tokio::time::timeout(config.connect_timeout, frames::read(reader)).await {
        Ok(Ok(Some(frame))) => Ok(frame),
        Ok(Ok(None)) => Err(Problem::Unusable(address(config), "it closes the connection".into())),
        Ok(Err(error)) => Err(Problem::Unusable(address(config), error.to_string())),
        Err(_) => Err(Problem::CannotConnect(address(config), late(config))),
    }
}

fn late(config: &LinkConfig) -> String {
    format!("no answer within {} ms", config.connect_timeout.as_millis())
}

/// Writes what was asked, in order.
async fn write(mut half: OwnedWriteHalf, mut lines: mpsc::Receiver<String>, asked: Arc<Asked>) {
    loop {
        let line = tokio::select! {
            // What was asked before the end is still written.
            biased;
            line = lines.recv() => line,
            () = asked.over.cancelled() => return,
        };
        let Some(line) = line else { return };
        let written = tokio::select! {
            biased;
            written = half.write_all(line.as_bytes()) => written,
            // A switch that does not read keeps nobody here.
            () = asked.over.cancelled() => return,
        };
        if let Err(error) = written {
            return asked.end(Problem::Broken(error.to_string()));
        }
    }
}

/// Takes in what the switch says, until the end.
async fn listen(mut reader: Reader, events: mpsc::Sender<Heard>, asked: Arc<Asked>, silence_max: Duration) {
    loop {
        let read = tokio::select! {
            () = asked.over.cancelled() => return,
            read = tokio::time::timeout(silence_max, frames::read(&mut reader)) => read,
        };
        let end = match read {
            Ok(Ok(Some(Frame::Answer(response)))) => {
                asked.answered(response);
                continue;
            }
            Ok(Ok(Some(Frame::Event(event)))) => {
                if events.try_send((event, Stopwatch::start())).is_err() {
                    asked.dropped.fetch_add(1, Ordering::Relaxed);
                }
                continue;
            }
            Ok(Ok(Some(Frame::Goodbye))) => Problem::Broken("the switch closes it".into()),
            Ok(Ok(Some(other @ (Frame::LogIn | Frame::Refused)))) => {
                Problem::Broken(format!("the switch says {other:?}"))
            }
            Ok(Ok(None)) => Problem::Broken("the other side closed it".into()),
            Ok(Err(Garbled::Io(error))) => Problem::Broken(error.to_string()),
            Ok(Err(error @ Garbled::NoFrame(_))) => Problem::Broken(error.to_string()),
            Err(_) => Problem::Silent(silence_max.as_secs()),
        };
        return asked.end(end);
    }
}
