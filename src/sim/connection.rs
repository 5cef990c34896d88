//! One client of the simulated switch: its requests, and the frames sent to
//! it.

use crate::base::clock;
use crate::sim::commands::Answer;
use crate::sim::protocol::{self, Request};
use crate::sim::server::{Seat, Shared};
use bytes::Bytes;
use std::sync::Arc;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Lets clients in for as long as the switch runs.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let accepted = tokio::select! {
            () = shared.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let seat = shared.lock().seat();
                if let Some(seat) = seat {
                    tokio::spawn(serve(stream, seat, Arc::clone(&shared)));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the simulated switch cannot accept a connection");
                tokio::task::yield_now().await;
            }
        }
    }
}

/// Serves one client to its end.
async fn serve(stream: TcpStream, seat: Seat, shared: Arc<Shared>) {
    // A delay is no reason to refuse service.
    let _ = stream.set_nodelay(true);
    let (read, write) = stream.into_split();
    let Seat { id, inbox, outbox, closed } = seat;
    let stalled = shared.stalled.subscribe();
    let writer = tokio::spawn(write_frames(write, inbox, stalled, closed.clone()));
    let mut client = Conversation { id, outbox, shared: &shared, trusted: false };
    client.say(protocol::GREETING.to_owned()).await;
    let mut reader = BufReader::new(read);
    loop {
        let request = tokio::select! {
            () = closed.cancelled() => break,
            request = protocol::read_request(&mut reader) => request,
        };
        let Ok(Some(request)) = request else { break };
        if !client.answer(&request).await {
            break;
        }
    }
    shared.lock().leave(id);
    // What is written is still sent; then the writer has nothing to wait for.
    drop(client);
    let _ = writer.await;
}

async fn write_frames(
    mut write: OwnedWriteHalf,
    mut inbox: mpsc::Receiver<Bytes>,
    mut stalled: watch::Receiver<bool>,
    closed: CancellationToken,
) {
    loop {
        let frame = tokio::select! {
            biased;
            () = closed.cancelled() => return,
            frame = inbox.recv() => frame,
        };
        let Some(frame) = frame else { return };
        tokio::select! {
            () = closed.cancelled() => return,
            // An error means that the switch is gone, and all is over.
            _ = stalled.wait_for(|stalled| !stalled) => {}
        }
        if write.write_all(&frame).await.is_err() {
            return;
        }
    }
}

struct Conversation<'a> {
    id: u64,
    outbox: mpsc::Sender<Bytes>,
    shared: &'a Shared,
    trusted: bool,
}

impl Conversation<'_> {
    async fn say(&self, text: String) {
        // The writer ends with the connection; then nobody listens.
        let _ = self.outbox.send(Bytes::from(text)).await;
    }

    async fn reply(&self, text: &str) {
        self.say(protocol::command_reply(text)).await;
    }

    /// Answers one request; false: the connection is over.
    async fn answer(&mut self, request: &Request) -> bool {
        let (name, arguments) = request.split();
        match name {
            "auth" | "userauth" => return self.log_in(name, arguments).await,
            "exit" => {
                self.reply("+OK bye").await;
                self.say(protocol::goodbye()).await;
                return false;
            }
            _ if !self.trusted => self.reply("-ERR command not found").await,
            "api" => {
                let text = self.shared.api(arguments);
                self.shared.wake();
                // Without an answer the switch was restarted meanwhile.
                let Ok(text) = text.await else { return false };
                self.say(protocol::api_reply(&text)).await;
            }
            "bgapi" => self.background(request, arguments),
            "event" => {
                let reply = self.shared.lock().subscription(self.id).map(|s| s.add(arguments));
                self.reply(reply.unwrap_or("-ERR")).await;
            }
            "nixevent" => {
                if let Some(subscription) = self.shared.lock().subscription(self.id) {
                    subscription.remove(arguments);
                }
                self.reply("+OK event listener disabled").await;
            }
            "noevents" => {
                if let Some(subscription) = self.shared.lock().subscription(self.id) {
                    *subscription = protocol::Subscription::default();
                }
                self.reply("+OK no longer listening for events").await;
            }
            "sendmsg" => self.reply(&format!("-ERR invalid session id [{arguments}]")).await,
            _ => self.reply("-ERR command not found").await,
        }
        true
    }

    async fn log_in(&mut self, name: &str, arguments: &str) -> bool {
        let given = match name {
            "userauth" => arguments.split_once(':').map_or("", |(_, password)| password),
            _ => arguments,
        };
        self.trusted = self.shared.password_is(given);
        if self.trusted {
            self.reply("+OK accepted").await;
        } else {
            self.reply("-ERR invalid").await;
            self.say(protocol::goodbye()).await;
        }
        self.trusted
    }

    /// The reply goes out before anything that the job leads to, because both
    /// are queued under the same lock.
    fn background(&self, request: &Request, arguments: &str) {
        let job = request.headers.get("job-uuid").and_then(|text| text.parse().ok());
        let mut core = self.shared.lock();
        let (job, answer) = core.start_job(arguments, job);
        if self.outbox.try_send(Bytes::from(protocol::job_reply(job))).is_err() {
            tracing::warn!(client = self.id, "a client reads too slowly: a reply is lost");
        }
        if let Answer::Text(text) = answer {
            core.finish_job(clock::now(), job, &text);
        }
        drop(core);
        self.shared.wake();
    }
}
