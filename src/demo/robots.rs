//! Robots at the demo's desks: they log in, become ready, talk, save a
//! disposition after a while, and now and then take a break.

use crate::base::clock;
use crate::base::ids::{AgentId, CallId};
use crate::calls;
use crate::calls::model::DispositionRequest;
use crate::conductor::Handle;
use crate::floor::effect::{AgentStateKind, Tell};
use crate::floor::input::AgentCommand;
use crate::live::hub::{Hub, Viewer};
use crate::live::view::{AgentLiveView, LiveMessage};
use crate::people;
use crate::store::{Db, write_tx};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Users whose name begins so are worked by robots.
pub(super) const ROBOT_PREFIX: &str = "robot";

/// After-call work of a robot, in milliseconds.
const WRAP_UP_MS: std::ops::Range<u64> = 2_000..9_000;
/// How long a robot looks at a lead before it dials, in milliseconds.
const LOOK_MS: std::ops::Range<u64> = 2_000..8_000;
/// A break of a robot, in milliseconds.
const BREAK_MS: std::ops::Range<u64> = 15_000..60_000;
/// How often a robot takes a break after a call, per mille.
const BREAK_PERMILLE: u32 = 60;

/// What a robot notes.
const NOTES: &[&str] =
    &["需要报价单", "下周再联系", "已有合作商", "对活动感兴趣，发资料", "家人商量后回复", "预算年底确定"];

/// What a robot needs.
#[derive(Clone)]
struct Robot {
    agent: AgentId,
    db: Db,
    handle: Handle,
}

/// Starts a robot for each desk that is one's.
pub(super) async fn staff(
    db: &Db,
    hub: &Hub,
    handle: &Handle,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    for (agent, card) in people::store::load_cards(db).await? {
        if !card.username.starts_with(ROBOT_PREFIX) {
            continue;
        }
        let robot = Robot { agent, db: db.clone(), handle: handle.clone() };
        let (hub, stop) = (hub.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = robot.work(hub) => {}
            }
        });
    }
    Ok(())
}

impl Robot {
    async fn work(self, hub: Hub) {
        let mut chance = StdRng::seed_from_u64(self.agent.0.unsigned_abs());
        let nobody = || Some(Default::default());
        let viewer = Viewer {
            own: self.agent,
            agents: nobody(),
            campaigns: false,
            queues: false,
            overheard: nobody(),
        };
        loop {
            let (snapshot, mut changes) = hub.subscribe(&viewer);
            if let LiveMessage::Snapshot { agents, .. } = snapshot
                && let Some(me) = agents.into_iter().find(|a| a.agent_id == self.agent)
            {
                self.react(&me, &mut chance).await;
            }
            // Until something about this desk changes; whatever is missed is
            // in the next snapshot.
            loop {
                match changes.recv().await {
                    Ok(Tell::Agent(agent)) if agent.agent == self.agent => break,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        }
    }

    async fn react(&self, me: &AgentLiveView, chance: &mut StdRng) {
        match me.state {
            AgentStateKind::LoggedOut => {
                rest(chance.random_range(200..3_000)).await;
                self.ask(AgentCommand::LogIn).await;
            }
            AgentStateKind::Paused | AgentStateKind::Unreachable => {
                let started = me.reason.as_deref() == Some("logged_in");
                rest(if started { 500 } else { chance.random_range(BREAK_MS) }).await;
                self.ask(AgentCommand::Ready).await;
            }
            AgentStateKind::Previewing => {
                rest(chance.random_range(LOOK_MS)).await;
                if let Some(preview) = &me.preview {
                    self.ask(AgentCommand::Dial { lead: preview.lead_id }).await;
                }
            }
            AgentStateKind::WrapUp => {
                rest(chance.random_range(WRAP_UP_MS)).await;
                if let Some(call) = me.call_id {
                    self.dispose(call, chance).await;
                }
                if chance.random_ratio(BREAK_PERMILLE, 1_000) {
                    self.ask(AgentCommand::Pause { reason: "break".to_owned() }).await;
                }
            }
            AgentStateKind::Ready
            | AgentStateKind::Ringing
            | AgentStateKind::Talking
            | AgentStateKind::Hold => {}
        }
    }

    async fn dispose(&self, call: CallId, chance: &mut StdRng) {
        if let Err(error) = self.save_disposition(call, chance).await {
            tracing::warn!(error = format!("{error:#}"), "a demo robot could not save a disposition");
        }
        self.ask(AgentCommand::Disposed { call }).await;
    }

    async fn save_disposition(&self, call: CallId, chance: &mut StdRng) -> anyhow::Result<()> {
        let choices = calls::store::list_dispositions(&self.db).await?;
        let Some(choice) = choices.choose(chance) else { return Ok(()) };
        let note = NOTES.choose(chance).map(|note| (*note).to_owned());
        let request = DispositionRequest { disposition_id: choice.id, note };
        let tx = write_tx(&self.db).await?;
        calls::store::save_disposition(&tx, self.agent, call, &request, clock::now()).await??;
        tx.commit().await?;
        Ok(())
    }

    async fn ask(&self, command: AgentCommand) {
        // Refused when the state has changed meanwhile: the next change tells.
        let _ = self.handle.agent(self.agent, command).await;
    }
}

async fn rest(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
