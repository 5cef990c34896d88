//! The one task that owns the floor.
//!
//! In: events of the switch link, people's commands, leads and changes from
//! the store, time. Out: switch commands, facts through one writer, messages
//! for the consoles.
//!
//! Order of effects: what answers a live event (bridge, hang up) goes to the
//! switch at once, and messages with it; facts follow in order through the
//! writer, which batches commits. Only a *new* attempt waits: its originate is
//! sent after its record is committed. A slow database therefore never delays
//! a bridge, and nothing is ever dialled without a record, nor a number that is on
//! the do-not-call list at that moment.

mod barred;
mod driver;
mod loader;
mod problem;
mod writer;

use crate::base::ids::AgentId;
use crate::base::limits;
use crate::floor::effect::{AgentLive, SwitchCommand};
use crate::floor::input::{AgentCommand, Input, RecordingSpace, SupervisorCommand};
use crate::floor::refusal::Refusal;
use crate::live::hub::Hub;
use crate::store::Db;
use crate::store::changes::Changes;
use crate::switch::link::LinkHandle;
use chrono_tz::Tz;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// What carries switch commands out; the production link, or a test's.
pub trait SwitchPort: Send + Sync + 'static {
    /// Hands a command over without waiting. `false`: it cannot be taken now;
    /// the floor's timers find out what became of it.
    fn send(&self, command: SwitchCommand) -> bool;
    /// The same for a command that the event just applied, of the command's own
    /// leg, has brought about: its delay is measured.
    fn send_at_once(&self, command: SwitchCommand) -> bool {
        self.send(command)
    }
    /// Gateways changed: have the switch forget these and read what there is.
    fn reload_gateways(&self, names: &[String]);
}

impl SwitchPort for LinkHandle {
    fn send(&self, command: SwitchCommand) -> bool {
        LinkHandle::send(self, command).is_ok()
    }

    fn send_at_once(&self, command: SwitchCommand) -> bool {
        LinkHandle::send_at_once(self, command).is_ok()
    }

    fn reload_gateways(&self, names: &[String]) {
        // A full queue is no loss: every connect reads the gateways again.
        for name in names {
            let _ = self.forget_gateway(name);
        }
        let _ = self.rescan_gateways();
    }
}

/// What the conductor needs.
pub struct Parts {
    /// The store.
    pub db: Db,
    /// Changes told by the rooms.
    pub changes: Changes,
    /// The live feed.
    pub hub: Hub,
    /// The centre's time zone.
    pub zone: Tz,
    /// The country whose numbers need no prefix (ISO 3166).
    pub home: String,
    /// Differs between runs of the server.
    pub run: u64,
    /// Ends the conductor; facts at hand are written first.
    pub shutdown: CancellationToken,
}

/// For rooms that turn requests into inputs.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
}

enum Command {
    /// What somebody asks, and where the answer goes.
    Ask(Ask, Answer),
    /// How the recordings' disk is.
    RecordingSpace(RecordingSpace),
}

enum Ask {
    Agent(AgentId, AgentCommand),
    Supervisor(AgentId, SupervisorCommand),
}

/// The answer: the person as the floor has them then.
type Answer = oneshot::Sender<Result<Option<AgentLive>, Refusal>>;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The floor says no, in words for people.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The conductor is overloaded or stopping.
    #[error("the live floor cannot take the command now; try again in a moment")]
    Busy,
}

impl Handle {
    /// Carries an agent's command out and gives the agent as they are then:
    /// when the switch's events have confirmed it, or at once when the switch
    /// has no part in it.
    pub async fn agent(&self, agent: AgentId, command: AgentCommand) -> Result<AgentLive, CommandError> {
        let live = self.ask(Ask::Agent(agent, command)).await?;
        live.ok_or(CommandError::Refused(Refusal::NotAnAgent))
    }

    /// Carries a supervisor's command out, likewise. Whether the supervisor may
    /// was decided before.
    pub async fn supervisor(
        &self,
        supervisor: AgentId,
        command: SupervisorCommand,
    ) -> Result<(), CommandError> {
        self.ask(Ask::Supervisor(supervisor, command)).await.map(|_| ())
    }

    /// Tells the floor how the recordings' disk is. A floor that cannot take it
    /// now is told with the next change.
    pub fn recording_space(&self, space: RecordingSpace) {
        if self.commands.try_send(Command::RecordingSpace(space)).is_err() {
            tracing::error!(?space, "the floor could not be told how the recordings' disk is");
        }
    }

    async fn ask(&self, ask: Ask) -> Result<Option<AgentLive>, CommandError> {
        let (answer, answered) = oneshot::channel();
        self.commands.try_send(Command::Ask(ask, answer)).map_err(|_| CommandError::Busy)?;
        answered.await.map_err(|_| CommandError::Busy)?.map_err(CommandError::from)
    }
}

/// A conductor before it runs.
pub struct Conductor {
    driver: driver::Driver,
    commands: mpsc::Receiver<Command>,
}

impl Conductor {
    /// A conductor and the handle that gives it commands.
    pub fn prepare(parts: Parts) -> (Self, Handle) {
        let (sender, commands) = mpsc::channel(limits::FLOOR_INPUTS);
        (Self { driver: driver::Driver::prepare(parts), commands }, Handle { commands: sender })
    }

    /// Reads agents, campaigns and unfinished calls from the store, then runs
    /// until shutdown; returns when the last fact is written.
    pub async fn run(self, switch: Arc<dyn SwitchPort>, inputs: mpsc::Receiver<Input>) {
        self.driver.run(switch, inputs, self.commands).await;
    }
}
