//! The one writer of the floor's facts: in order, in batches, each once.
//!
//! In: facts and the originates that wait for them. Out: commits, and the
//! originates of attempts that are stored. An attempt whose number is on the
//! do-not-call list by then, or at its cap, or whose time is over, is not stored and
//! not dialled. When the store is away the facts wait and are written later; attempts
//! that wait are given up, because a lead dialled minutes late is dialled at the wrong
//! time.

use super::SwitchPort;
use super::barred::{Barred, find_barred};
use crate::base::clock::{self, Moment};
use crate::base::ids::CallId;
use crate::base::limits;
use crate::floor::effect::{Fact, SwitchCommand};
use crate::floor::input::{CommandName, Input};
use crate::store::{Db, WriteTx, write_tx};
use chrono_tz::Tz;
use sea_orm::DbErr;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// First and longest wait before a store that is away is tried again.
const RETRY_MS_MIN: u64 = 250;
const RETRY_MS_MAX: u64 = 5_000;
/// How often a batch is tried at shutdown before its facts go to the log.
const TRIES_AT_SHUTDOWN: u32 = 8;

/// One entry of the queue.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// To be written.
    Fact(Fact),
    /// To be sent once everything before it is committed.
    Dial {
        /// The originate.
        command: SwitchCommand,
        /// Not from this instant on: the times of calling are over by then.
        until: Option<Moment>,
    },
}

/// The entry that a full or closed queue gave back.
pub(super) fn refused(error: mpsc::error::TrySendError<Entry>) -> Entry {
    match error {
        mpsc::error::TrySendError::Full(entry) | mpsc::error::TrySendError::Closed(entry) => entry,
    }
}

pub(super) struct Writer {
    db: Db,
    switch: Arc<dyn SwitchPort>,
    inputs: mpsc::Sender<Input>,
    zone: Tz,
    away: bool,
}

impl Writer {
    pub(super) fn new(db: Db, switch: Arc<dyn SwitchPort>, inputs: mpsc::Sender<Input>, zone: Tz) -> Self {
        Self { db, switch, inputs, zone, away: false }
    }

    /// Writes until the queue is closed and empty.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Entry>) {
        let mut batch = Vec::with_capacity(limits::FACTS_PER_COMMIT);
        while queue.recv_many(&mut batch, limits::FACTS_PER_COMMIT).await > 0 {
            self.write(std::mem::take(&mut batch), &queue).await;
        }
    }

    async fn write(&mut self, mut batch: Vec<Entry>, queue: &mpsc::Receiver<Entry>) {
        let mut wait_ms = RETRY_MS_MIN;
        let mut tries = 0;
        let barred = loop {
            match self.commit(&batch).await {
                Ok(barred) => break barred,
                Err(error) if is_away(&error) => {
                    tries += 1;
                    tracing::error!(%error, waiting = queue.len(), "the store cannot be written: calls go on, new ones wait");
                    self.give_up_attempts(&mut batch).await;
                    self.report_away(true).await;
                    if queue.is_closed() && tries >= TRIES_AT_SHUTDOWN {
                        tracing::error!(facts = ?batch, "NOT WRITTEN before the end");
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
                    wait_ms = (wait_ms * 2).min(RETRY_MS_MAX);
                }
                Err(error) => {
                    tracing::error!(%error, "a batch of facts was refused; writing them one by one");
                    break self.one_by_one(&mut batch).await;
                }
            }
        };
        self.report_away(false).await;
        for entry in batch {
            let Entry::Dial { command, until } = entry else { continue };
            if let SwitchCommand::DialCustomer { call, .. } = &command
                && let Some(place) = barred.place_of(*call)
            {
                self.tell(Input::AttemptNotStored { call: *call }).await;
                if let Some(place) = place {
                    self.tell(Input::KeptBarred(vec![place])).await;
                }
            } else if let Some(late) = too_late(&command, until, clock::now()) {
                self.tell(late).await;
            } else if let Err(call) = self.dial(command) {
                self.tell(Input::AttemptNotStored { call }).await;
            }
        }
    }

    /// The attempt is on record; a link that takes no command now ends it.
    fn dial(&self, command: SwitchCommand) -> Result<(), CallId> {
        match &command {
            SwitchCommand::DialCustomer { call, .. } => {
                let call = *call;
                if self.switch.send(command) { Ok(()) } else { Err(call) }
            }
            other => {
                tracing::error!(?other, "only originates wait for the store");
                Ok(())
            }
        }
    }

    /// Writes a batch; gives the attempts that are barred, which are left out.
    async fn commit(&self, batch: &[Entry]) -> Result<Barred, DbErr> {
        let tx = write_tx(&self.db).await?;
        let barred = find_barred(&tx, batch, clock::now(), self.zone).await?;
        for entry in batch {
            if let Entry::Fact(fact) = entry
                && !barred.holds(fact)
            {
                write_fact(&tx, fact, self.zone).await?;
            }
        }
        tx.commit().await?;
        Ok(barred)
    }

    /// A fact that the store refuses must not hold up the others.
    async fn one_by_one(&mut self, batch: &mut Vec<Entry>) -> Barred {
        let mut lost = HashSet::new();
        let mut all = Barred::default();
        for entry in batch.iter() {
            let Entry::Fact(fact) = entry else { continue };
            match self.commit(std::slice::from_ref(entry)).await {
                Ok(barred) => all.add(barred),
                Err(error) => {
                    tracing::error!(%error, ?fact, "NOT WRITTEN: the store refuses this fact");
                    lost.extend(fact.before_dialling());
                }
            }
        }
        for call in lost {
            batch.retain(|entry| !matches!(entry, Entry::Dial { command: SwitchCommand::DialCustomer { call: c, .. }, .. } if *c == call));
            self.tell(Input::AttemptNotStored { call }).await;
        }
        all
    }

    /// Takes the attempts that are not dialled yet out of the batch.
    async fn give_up_attempts(&mut self, batch: &mut Vec<Entry>) {
        let mut waiting = HashSet::new();
        batch.retain(|entry| match entry {
            Entry::Dial { command: SwitchCommand::DialCustomer { call, .. }, .. } => {
                waiting.insert(*call);
                false
            }
            _ => true,
        });
        batch.retain(|entry| {
            !matches!(entry, Entry::Fact(fact) if fact.before_dialling().is_some_and(|call| waiting.contains(&call)))
        });
        for call in waiting {
            self.tell(Input::AttemptNotStored { call }).await;
        }
    }

    async fn report_away(&mut self, away: bool) {
        if away != self.away {
            self.away = away;
            self.tell(Input::StoreLagging(away)).await;
        }
    }

    async fn tell(&self, input: Input) {
        // The conductor is gone only at shutdown.
        let _ = self.inputs.send(input).await;
    }
}

/// What the floor is told of an attempt that was stored while its time ended: it has
/// a record, and it is not dialled.
fn too_late(command: &SwitchCommand, until: Option<Moment>, now: Moment) -> Option<Input> {
    let SwitchCommand::DialCustomer { leg, .. } = command else { return None };
    let reason = "the times of calling ended while it was stored".to_owned();
    until.filter(|until| *until <= now).map(|_| Input::CommandFailed {
        leg: *leg,
        command: CommandName::Originate,
        reason,
    })
}

/// Each room writes the facts that concern its tables.
async fn write_fact(tx: &WriteTx, fact: &Fact, zone: Tz) -> Result<(), DbErr> {
    crate::calls::store::write_fact(tx, fact).await?;
    crate::people::store::write_fact(tx, fact).await?;
    crate::campaigns::store::write_fact(tx, fact, zone).await?;
    crate::recordings::store::write_fact(tx, fact).await
}

/// Whether the store is away (it will be back) rather than refusing the fact.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        other => {
            let text = other.to_string().to_lowercase();
            [
                "locked",
                "busy",
                "disk",
                "full",
                "connection",
                "closed",
                "timed out",
                "readonly",
                "i/o",
                "shutting down",
            ]
            .iter()
            .any(|word| text.contains(word))
        }
    }
}
