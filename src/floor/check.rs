//! The invariants that hold after every input; the simulation asks after each.

use super::agent::{AgentState, Phone};
use super::call::CallState;
use super::{Floor, LegOwner};
use std::collections::HashSet;

/// What is broken, in words.
pub(super) fn violations(floor: &Floor) -> Vec<String> {
    let mut broken = Vec::new();
    calls_and_agents_agree(floor, &mut broken);
    legs_have_one_owner(floor, &mut broken);
    numbers_are_dialled_once(floor, &mut broken);
    broken
}

fn calls_and_agents_agree(floor: &Floor, broken: &mut Vec<String>) {
    for agent in floor.agents.values() {
        let id = agent.profile.agent;
        if let Some(call_id) = agent.state.live_call() {
            match floor.calls.get(&call_id) {
                None => broken.push(format!("agent {id} is on call {call_id}, which is over")),
                Some(call) if call.agent() != Some(id) && floor.switch_up => {
                    broken.push(format!("agent {id} is on call {call_id}, which has {:?}", call.agent()));
                }
                Some(_) => {}
            }
        }
        if agent.state == AgentState::Ready
            && agent.off_hook()
            && floor.switch_up
            && !matches!(agent.phone, Phone::Up { .. })
        {
            broken.push(format!("agent {id} is ready off-hook without a leg: {:?}", agent.phone));
        }
    }
    let mut busy = HashSet::new();
    for call in floor.calls.values() {
        let (CallState::Talking { agent, .. } | CallState::Connecting { agent, .. }) = call.state else {
            continue;
        };
        if !busy.insert(agent) {
            broken.push(format!("agent {agent} is on two calls, one of them {}", call.id));
        }
        let on_it = floor.agents.get(&agent).and_then(|a| a.state.live_call()) == Some(call.id);
        if !on_it && floor.switch_up {
            broken.push(format!("call {} has agent {agent}, who is not on it", call.id));
        }
    }
}

fn legs_have_one_owner(floor: &Floor, broken: &mut Vec<String>) {
    let mut live = HashSet::new();
    for call in floor.calls.values() {
        if floor.legs.get(&call.leg) != Some(&LegOwner::Customer(call.id)) || !live.insert(call.leg) {
            broken.push(format!("call {}: its leg {} is not its own", call.id, call.leg));
        }
    }
    for agent in floor.agents.values() {
        let Some(leg) = agent.phone.leg() else { continue };
        if floor.legs.get(&leg) != Some(&LegOwner::Agent(agent.profile.agent)) || !live.insert(leg) {
            broken.push(format!("agent {}: the leg {leg} is not theirs", agent.profile.agent));
        }
    }
    for leg in floor.legs.keys().filter(|leg| !live.contains(leg)) {
        broken.push(format!("leg {leg} belongs to nobody alive"));
    }
}

fn numbers_are_dialled_once(floor: &Floor, broken: &mut Vec<String>) {
    let mut live = HashSet::new();
    for call in floor.calls.values() {
        if !live.insert(call.lead.e164.as_str()) {
            broken.push(format!("the number of call {} is in two live attempts", call.id));
        }
    }
    if live.len() != floor.numbers.len() {
        broken.push(format!("{} numbers are held for {} calls", floor.numbers.len(), live.len()));
    }
}
