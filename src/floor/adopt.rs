//! Takes up calls that were more than customer and agent when the connection
//! was lost or Trunkline ended: on hold, in a consultation, three together,
//! with an outside party.
//!
//! In: the channels as found. Out: the plan that fits them, which from then on
//! is followed as if nothing had happened.

use super::agent::{AgentState, REASON_SWITCH_DOWN};
use super::call::{Call, CallState, Plan, Third, Want};
use super::effect::{HangUpCause, SwitchCommand};
use super::input::{ChannelSnapshot, LegLabel, Party};
use super::plan::Place;
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use foldhash::HashMap;

impl Floor {
    /// Where every known leg is, by the list and not by events.
    pub(super) fn take_places(&mut self, found: &HashMap<LegId, ChannelSnapshot>) {
        self.places.clear();
        for (leg, channel) in found.iter().filter(|(leg, _)| self.legs.contains_key(leg)) {
            let place = match (channel.bridged_to, channel.in_room, channel.on_music) {
                (Some(other), _, _) => Place::With(other),
                (None, Some(_), _) => Place::Room,
                (None, None, true) => Place::Music,
                (None, None, false) => Place::Alone,
            };
            self.places.insert(*leg, place);
        }
    }

    /// Whether the call is more than customer and agent; it is then taken up.
    pub(super) fn take_up_plan(
        &mut self,
        now: Moment,
        id: CallId,
        customer: &ChannelSnapshot,
        found: &HashMap<LegId, ChannelSnapshot>,
    ) -> bool {
        let Some(call) = self.calls.get(&id) else { return true };
        if call.plan.is_some() {
            self.settle(now, id);
            return true;
        }
        let with_outside =
            customer.bridged_to.filter(|other| self.legs.get(other) == Some(&LegOwner::Third(id)));
        if let Some(leg) = with_outside {
            if let Some(call) = self.calls.get_mut(&id) {
                call.state = CallState::Outside;
                call.outside = Some(leg);
            }
            self.touched.calls.insert(id);
            return true;
        }
        let CallState::Talking { agent, .. } = call.state else { return false };
        // Of a call that was followed all along it is known what is wanted: a
        // colleague whose leg still lingers with it has no part in it any more.
        let plan = if call.from_store {
            self.plan_found(id, agent, customer, found)
        } else {
            (customer.on_music || customer.in_room.is_some()).then_some((Want::Talk, None))
        };
        let Some((want, third)) = plan else { return false };
        let mut plan = Plan::new(want);
        plan.third = third.map(|(party, leg)| Third {
            party,
            from: agent,
            from_stays: true,
            leg,
            attended: true,
            rings: true,
            up: true,
            until: now,
            note: None,
            forwarded_by: Vec::new(),
        });
        if let Some(call) = self.calls.get_mut(&id) {
            call.plan = Some(plan);
        }
        // At once, for the moves that are missing take a moment.
        let heard = matches!(want, Want::Aside | Want::Conference | Want::Talk);
        let owner = if heard { AgentState::Talking { call: id } } else { AgentState::Holding { call: id } };
        self.set_state(now, agent, owner);
        if let Some(colleague) = self.calls.get(&id).and_then(Call::third_agent) {
            self.set_state(now, colleague, AgentState::Consulted { call: id });
        }
        self.arrange(now, id, want);
        true
    }

    /// An outside party's leg that no plan could be made of.
    pub(super) fn end_what_fits_nowhere(&mut self, now: Moment) {
        let stray = |(leg, owner): (&LegId, &LegOwner)| match owner {
            LegOwner::Third(call) => {
                let of_call = self.calls.get(call).and_then(|call| call.outside_leg());
                (of_call != Some(*leg)).then_some(*leg)
            }
            _ => None,
        };
        let mut legs: Vec<LegId> = self.legs.iter().filter_map(stray).collect();
        legs.sort_unstable();
        for leg in legs {
            self.ignore(now, format!("leg {leg} has no part in its call any more: hanging it up"));
            self.forget_leg(leg);
            self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
        }
    }

    /// What somebody must have wanted, by where the legs are.
    fn plan_found(
        &self,
        id: CallId,
        agent: AgentId,
        customer: &ChannelSnapshot,
        found: &HashMap<LegId, ChannelSnapshot>,
    ) -> Option<(Want, Option<(Party, LegId)>)> {
        let agent_leg = self.agents.get(&agent)?.phone.leg();
        let third = self.third_found(id, agent, agent_leg, customer.in_room == Some(id), found);
        if customer.on_music {
            let asked = third
                .as_ref()
                .is_some_and(|(_, leg)| agent_leg.is_some_and(|own| self.place(own) == Place::With(*leg)));
            return Some(if asked { (Want::Consult, third) } else { (Want::Hold, None) });
        }
        if customer.in_room == Some(id) {
            return Some(if third.is_some() { (Want::Conference, third) } else { (Want::Talk, None) });
        }
        let aside = customer.bridged_to.is_some() && customer.bridged_to == agent_leg;
        (aside && third.is_some()).then_some((Want::Aside, third))
    }

    /// Not one who has left the call, and whose leg is about to leave its room.
    fn may_be_third(&self, id: CallId, agent: AgentId) -> bool {
        self.agents.get(&agent).is_some_and(|agent| {
            agent.state.live_call() == Some(id)
                || agent.state == AgentState::Unreachable { reason: REASON_SWITCH_DOWN }
        })
    }

    /// The third's leg: labelled so, or a colleague's with the agent or, when
    /// the customer is there, in the call's room.
    fn third_found(
        &self,
        id: CallId,
        agent: AgentId,
        agent_leg: Option<LegId>,
        in_room: bool,
        found: &HashMap<LegId, ChannelSnapshot>,
    ) -> Option<(Party, LegId)> {
        let mut legs: Vec<&ChannelSnapshot> = found.values().filter(|c| c.answered).collect();
        legs.sort_by_key(|channel| channel.leg);
        legs.into_iter().find_map(|channel| match (self.legs.get(&channel.leg)?, &channel.label) {
            (LegOwner::Third(call), Some(LegLabel::Third { number, .. })) if *call == id => {
                Some((Party::Outside(number.clone()), channel.leg))
            }
            (LegOwner::Agent(other), _) if *other != agent && self.may_be_third(id, *other) => {
                let together = channel.bridged_to.is_some() && channel.bridged_to == agent_leg;
                (together || in_room && channel.in_room == Some(id))
                    .then_some((Party::Agent(*other), channel.leg))
            }
            _ => None,
        })
    }
}
