//! The events of a connection, each with when it was read from the socket.
//!
//! In: the client's stream. Out: the same, stamped. A task of its own takes
//! them off, so that the stamp is true even while the session waits for the
//! answer to a command.

use crate::base::clock::Stopwatch;
use crate::base::limits;
use freeswitch_esl::{EslError, EslEvent, EslEventStream};
use tokio::sync::mpsc;

/// An event, or why there is none, and when it was read.
pub(super) type Heard = (Result<EslEvent, EslError>, Stopwatch);

/// The receiving side of a connection.
pub(super) struct Ears {
    heard: mpsc::Receiver<Heard>,
}

impl Ears {
    /// Begins to listen; ends with the stream, or when nobody listens any more.
    pub(super) fn open(mut events: EslEventStream) -> Self {
        let (sender, heard) = mpsc::channel(limits::SWITCH_EVENTS);
        tokio::spawn(async move {
            loop {
                let event = tokio::select! {
                    () = sender.closed() => return,
                    event = events.recv() => event,
                };
                let Some(event) = event else { return };
                // A full queue holds the stream up, which then drops and counts.
                if sender.send((event, Stopwatch::start())).await.is_err() {
                    return;
                }
            }
        });
        Self { heard }
    }

    /// The next one; `None` when the connection is over.
    pub(super) async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }
}
