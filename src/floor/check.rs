//! The invariants that hold after every input; the simulation asks after each.

use super::agent::{AgentState, Phone};
use super::call::CallState;
use super::input::DialMode;
use super::{Floor, LegOwner};

/// What is broken, in words.
pub(super) fn violations(floor: &Floor) -> Vec<String> {
    let mut broken = Vec::new();
    calls_and_agents_agree(floor, &mut broken);
    legs_have_one_owner(floor, &mut broken);
    numbers_are_dialled_once(floor, &mut broken);
    callers_are_in_one_queue(floor, &mut broken);
    phones_ring_for_somebody(floor, &mut broken);
    leads_are_in_one_place(floor, &mut broken);
    floor.trunks.violations(|leg| floor.legs.contains_key(leg), &mut broken);
    broken
}

fn calls_and_agents_agree(floor: &Floor, broken: &mut Vec<String>) {
    for agent in floor.agents.values() {
        let id = agent.profile.agent;
        if let Some(call_id) = agent.state.live_call() {
            match floor.calls.get(&call_id) {
                None => broken.push(format!("agent {id} is on call {call_id}, which is over")),
                Some(call)
                    if call.agent() != Some(id)
                        && call.third_agent() != Some(id)
                        && floor.rings_for(id) != Some(call_id)
                        && floor.switch_up =>
                {
                    broken.push(format!("agent {id} is on call {call_id}, which has {:?}", call.agent()));
                }
                Some(_) => {}
            }
        }
        if matches!(agent.state, AgentState::Ready | AgentState::Previewing)
            && !agent.off_hook()
            && floor.switch_up
            && floor.is_unregistered(agent)
        {
            broken.push(format!("agent {id} is ready on-hook without a registered phone"));
        }
        if (agent.state == AgentState::Previewing) != agent.preview.is_some() {
            broken.push(format!("agent {id} is {:?} with the lead {:?}", agent.state, agent.preview));
        }
        if matches!(agent.state, AgentState::Ready | AgentState::Previewing)
            && agent.off_hook()
            && floor.switch_up
            && !matches!(agent.phone, Phone::Up { .. })
        {
            broken.push(format!("agent {id} is ready off-hook without a leg: {:?}", agent.phone));
        }
    }
    let mut busy = Vec::new();
    for call in floor.calls.values() {
        let owner = match call.state {
            CallState::Talking { agent, .. } | CallState::Connecting { agent, .. } => Some(agent),
            // A sender who has left waits for nothing.
            CallState::Arranged { agent } => {
                call.third().is_none_or(|third| third.from_stays).then_some(agent)
            }
            _ => call.reserved,
        };
        for agent in owner.into_iter().chain(call.third_agent()) {
            busy.push(agent);
            let on_it = floor.agents.get(&agent).and_then(|a| a.state.live_call()) == Some(call.id);
            if !on_it && floor.switch_up {
                broken.push(format!("call {} has agent {agent}, who is not on it", call.id));
            }
        }
        if matches!(call.state, CallState::Arranged { .. }) != call.plan.is_some() {
            broken.push(format!("call {} is {:?} with the plan {:?}", call.id, call.state, call.plan));
        }
    }
    busy.sort_unstable();
    for twice in busy.windows(2).filter(|pair| pair[0] == pair[1]) {
        broken.push(format!("agent {} is on two calls", twice[0]));
    }
}

/// Owners have different ids, so a leg that names the right owner is no other's;
/// what is left over belongs to nobody.
fn legs_have_one_owner(floor: &Floor, broken: &mut Vec<String>) {
    for call in floor.calls.values() {
        if floor.legs.get(&call.leg) != Some(&LegOwner::Customer(call.id)) {
            broken.push(format!("call {}: its leg {} is not its own", call.id, call.leg));
        }
    }
    let mut others = 0;
    for call in floor.calls.values() {
        let Some(leg) = call.outside_leg() else { continue };
        others += 1;
        if floor.legs.get(&leg) != Some(&LegOwner::Third(call.id)) {
            broken.push(format!("call {}: the outside leg {leg} is not its own", call.id));
        }
    }
    for (supervisor, monitor) in &floor.monitors {
        others += 1;
        if floor.legs.get(&monitor.leg) != Some(&LegOwner::Monitor(*supervisor)) {
            broken.push(format!("supervisor {supervisor}: the leg {} is not theirs", monitor.leg));
        }
        if !floor.calls.contains_key(&monitor.call) {
            broken.push(format!("supervisor {supervisor} listens to call {}, which is over", monitor.call));
        }
    }
    let mut phones = 0;
    for agent in floor.agents.values() {
        let Some(leg) = agent.phone.leg() else { continue };
        phones += 1;
        if floor.legs.get(&leg) != Some(&LegOwner::Agent(agent.profile.agent)) {
            broken.push(format!("agent {}: the leg {leg} is not theirs", agent.profile.agent));
        }
    }
    let owned = floor.calls.len() + phones + others;
    if floor.legs.len() != owned {
        broken.push(format!("{} legs are known, {owned} have a call or an agent", floor.legs.len()));
    }
}

fn numbers_are_dialled_once(floor: &Floor, broken: &mut Vec<String>) {
    let dialled: Vec<_> =
        floor.calls.values().filter_map(|call| Some((call.id, call.origin.dialled_number()?))).collect();
    if floor.numbers.len() != dialled.len() {
        broken.push(format!("{} numbers are held for {} calls", floor.numbers.len(), dialled.len()));
    }
    for (call, _) in dialled.into_iter().filter(|(_, number)| !floor.numbers.contains(*number)) {
        broken.push(format!("the number of call {call} is not held"));
    }
    let mut customers: Vec<_> =
        floor.calls.values().filter(|call| call.origin.dialled_number().is_some()).collect();
    customers.retain(|call| call.customer().is_some());
    customers.sort_unstable_by_key(|call| call.customer());
    for pair in customers.windows(2).filter(|pair| pair[0].customer() == pair[1].customer()) {
        broken.push(format!("calls {} and {} are to one customer", pair[0].id, pair[1].id));
    }
}

/// Whoever called and has no agent is in a queue, on the way outside, or being
/// hung up; and a queue does not keep a free agent from somebody who waits.
fn callers_are_in_one_queue(floor: &Floor, broken: &mut Vec<String>) {
    for call in floor.calls.values() {
        let waits = matches!(call.state, CallState::Waiting | CallState::Connecting { .. });
        if waits && call.is_inbound() && call.queued.is_none() {
            broken.push(format!("call {} came in and waits in no queue", call.id));
        }
        let Some(visit) = call.queued.as_ref().filter(|visit| visit.outcome.is_none()) else { continue };
        if !waits && !matches!(call.state, CallState::Ringing | CallState::Ending { .. }) {
            broken.push(format!("call {} is in queue {} and {:?}", call.id, visit.queue, call.state));
        }
    }
}

/// A caller for whom all phones ring knows until when; nobody's phone rings for one
/// who does not wait; and the phone of an agent that is not off-hook rings for a
/// caller or is called off, never for nobody.
fn phones_ring_for_somebody(floor: &Floor, broken: &mut Vec<String>) {
    let ringing = floor.agents.values().filter(|agent| matches!(agent.phone, Phone::Ringing { .. }));
    let rung_for: Vec<_> = ringing.filter_map(|agent| agent.state.live_call()).collect();
    for call in floor.calls.values() {
        let known = call.queued.as_ref().and_then(|visit| visit.rung_until);
        // Of most calls there is nothing to look for among all agents.
        if known.is_none() && !rung_for.contains(&call.id) {
            continue;
        }
        let until = floor.ringing_until(call.id);
        if until != known && call.third().is_none() {
            broken.push(format!("phones ring for call {} until {until:?}, known is {known:?}", call.id));
        }
        if known.is_some() && call.state != CallState::Waiting {
            broken.push(format!("phones ring for call {}, which is {:?}", call.id, call.state));
        }
    }
    for agent in floor.agents.values() {
        let rings = matches!(agent.phone, Phone::Ringing { .. }) && !agent.off_hook() && floor.switch_up;
        let called_off = matches!(
            agent.state,
            AgentState::Ready | AgentState::Paused { .. } | AgentState::Unreachable { .. }
        );
        if rings && !called_off && agent.state.live_call().is_none() {
            broken.push(format!("agent {}: the phone rings for nobody", agent.profile.agent));
        }
    }
}

/// A lead is in one hopper, one preview or one call, and an agent looks only at leads
/// of a campaign of theirs that previews.
fn leads_are_in_one_place(floor: &Floor, broken: &mut Vec<String>) {
    let previews = || floor.agents.values().filter_map(|agent| Some((agent, agent.preview.as_deref()?)));
    if previews().next().is_none() {
        return;
    }
    for (agent, preview) in previews() {
        let (id, lead) = (agent.profile.agent, preview.lead.lead);
        let campaign = floor.campaigns.get(&preview.campaign);
        if campaign.is_none_or(|c| c.profile.mode != DialMode::Preview || !c.profile.running) {
            broken.push(format!("agent {id} looks at lead {lead} of a campaign that shows none"));
        }
        let twice = previews().filter(|(_, other)| other.lead.lead == lead).count() > 1;
        let waits = campaign.is_some_and(|c| c.hopper.iter().any(|other| other.lead == lead));
        let called = floor.calls.values().any(|call| call.lead() == Some(lead));
        if twice || waits || called {
            broken.push(format!("lead {lead} is with agent {id} and elsewhere"));
        }
    }
}
