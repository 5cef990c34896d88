//! All desk phones ring for one caller, on every switch: the phones pick up in the
//! same moment, one of them has the caller, and the other rings for the next.

use super::queues::{CALLED, CUSTOMER, Callers, Centre, SERVICE, STAYS, queue};
use super::rig::PHONES;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{AgentStateKind, CallResult, Effect, Fact, SwitchCommand};
use trunkline::floor::input::{AgentCommand, AgentProfile, Input, PhoneMode};
use trunkline::floor::queue::{QueueProfile, Strategy};

impl Centre {
    async fn rung(&mut self) -> (i64, LegId) {
        let rung = |effect: &Effect| match effect {
            Effect::Switch(SwitchCommand::RingAgent { agent, leg, .. }) => Some((agent.0, *leg)),
            _ => None,
        };
        self.until("a phone that rings", rung).await
    }

    fn connections(&self, call: CallId) -> usize {
        let of_call = |effect: &&Effect| matches!(effect, Effect::Record(Fact::CallConnected { call: which, .. }) if *which == call);
        self.told.iter().filter(of_call).count()
    }
}

pub(super) async fn all_phones_ring(centre: &mut Centre, callers: &mut Callers) {
    for agent in [1, 2] {
        let extension = Dialable::new(PHONES[agent as usize - 1]).unwrap();
        centre.give(Input::AgentProfile(AgentProfile::new(AgentId(agent), extension, PhoneMode::OnHook)));
    }
    let profile = queue(SERVICE, &[1, 2], CALLED, 60_000);
    centre.give(Input::queue(QueueProfile { strategy: Strategy::RingAll, ..profile }));
    for agent in [1, 2] {
        centre.ask(agent, AgentCommand::Ready);
        centre.is(agent, AgentStateKind::Ready).await;
    }

    callers.call("13800138036", CALLED, STAYS);
    let first = centre.arrived().await;
    let (one, other) = (centre.rung().await.0, centre.rung().await.0);
    assert_ne!(one, other, "both phones ring");
    let AgentId(winner) = centre.connected(first).await;
    let loser = 3 - winner;
    centre.is(loser, AgentStateKind::Ready).await;
    callers.hears(PHONES[winner as usize - 1], &[CUSTOMER]).await;
    callers.hears(PHONES[loser as usize - 1], &[]).await;
    assert_eq!(centre.connections(first), 1);

    // Who was outrun rings for the next, and hears nobody but them.
    callers.call("13800138037", CALLED, STAYS);
    let second = centre.arrived().await;
    assert_eq!(centre.rung().await.0, loser);
    assert_eq!(centre.connected(second).await, AgentId(loser));
    callers.hears(PHONES[loser as usize - 1], &[CUSTOMER]).await;
    centre.ask(winner, AgentCommand::HangUp);
    assert_eq!(centre.ended(first).await, CallResult::Answered);
    centre.ask(loser, AgentCommand::HangUp);
    assert_eq!(centre.ended(second).await, CallResult::Answered);
}
