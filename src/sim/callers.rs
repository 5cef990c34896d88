//! Customers who call: their legs come in over the trunk, are parked by the
//! dialplan, wait to be answered, and end when the customer has waited or talked
//! long enough.
//!
//! In: a [`CallIn`] at its time. Out: the events that a real switch tells of such
//! a leg, parked by freeswitch-conf/dialplan/trunk.xml (1.10.12): created,
//! ringing, parked; answered once we ask for it.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::base::phone::Dialable;
use crate::floor::queue::Arrival;
use crate::sim::apps::App;
use crate::sim::customer::Conduct;
use crate::sim::event::EventKind;
use crate::sim::leg::{Leg, LegState, Origin, Target};
use crate::sim::moves::WITH_MUSIC;
use crate::sim::steps::Step;
use crate::sim::world::{Entry, Reply, World};
use std::collections::BTreeMap;

/// How long the dialplan lets a caller ring.
const PARK_TIMEOUT: &str = "60:NO_ANSWER";

/// A customer who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallIn {
    /// Their leg.
    pub leg: LegId,
    /// The trunk they come over.
    pub gateway: String,
    /// The number they call.
    pub called: String,
    /// Their own number; `None`: withheld.
    pub number: Option<String>,
    /// Hangs up when nobody has spoken for so long, in milliseconds; `None`:
    /// waits for ever.
    pub patience_ms: Option<i64>,
    /// Hangs up after so much talk, in milliseconds; `None`: the other side has
    /// to.
    pub talk_ms: Option<i64>,
}

impl World {
    /// A customer calls now; false when their leg's id is in use.
    pub fn call_in(&mut self, now: Moment, call: CallIn) -> bool {
        self.run_until(now);
        if self.entries.contains_key(&call.leg) {
            return false;
        }
        let leg = call.leg;
        let caller_id = call.number.unwrap_or_else(|| "anonymous".to_owned());
        let variables = [
            ("tl_origin", "trunk"),
            ("tl_called", &call.called),
            ("tl_caller", &caller_id),
            ("sip_gateway", &call.gateway),
            ("park_timeout", PARK_TIMEOUT),
        ];
        let variables: BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let origin = Origin {
            leg,
            channel_name: format!("sofia/external/{caller_id}@127.0.0.1"),
            target: Target::Centre { gateway: call.gateway, called: call.called },
            caller_id,
            ring_seconds: 0,
            apps: vec![App::new("park", "")],
            job: None,
            session: self.next_session(),
            created_at: now,
        };
        // Patience is counted from the beginning, with music or without: what the
        // others have is how long they bear silence.
        let patience_ms = call.patience_ms.map(|ms| (ms / WITH_MUSIC).max(1));
        let conduct = Conduct::Answers { after_ms: 0, patience_ms, talk_ms: call.talk_ms };
        self.entries.insert(leg, Entry::new(Leg::new(origin, variables), conduct));
        self.emit(now, leg, EventKind::Create);
        self.plan(now, leg, Step::Ring);
        self.plan(now + 1, leg, Step::ParkCaller);
        true
    }

    /// The dialplan has parked them.
    pub(super) fn park_caller(&mut self, at: Moment, leg: LegId) {
        let app = App::new("park", "");
        self.settle(leg, LegState::Parked { by_application: true }, Some(app.clone()));
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.executed = Some(app);
            entry.job_done = true;
        }
        self.emit(at, leg, EventKind::Park);
        self.plan_patience(at, leg, WITH_MUSIC);
        self.plan_park_timeout(at, leg);
    }

    /// A caller's leg is to be answered (`uuid_answer`).
    pub(super) fn answer_caller(&mut self, now: Moment, leg: LegId) -> Reply {
        if !self.is_up(leg) {
            return Reply::NoSuchLeg;
        }
        let delay = 20 * self.chance.between(0, 1) + self.chance.between(1, 4);
        self.plan(now + delay, leg, Step::PickUp);
        Reply::Ok
    }

    pub(super) fn picked_up(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        if entry.leg.answered_at.is_none() {
            entry.leg.answered_at = Some(at);
            self.emit(at, leg, EventKind::Answer);
        }
    }
}

impl Leg {
    /// Whether a customer called.
    pub fn is_inbound(&self) -> bool {
        matches!(self.origin.target, Target::Centre { .. })
    }

    /// What a customer who calls is known by.
    pub fn arrival(&self) -> Option<Arrival> {
        let Target::Centre { gateway, called } = &self.origin.target else { return None };
        Some(Arrival {
            number: Dialable::new(&self.origin.caller_id).ok(),
            called: Dialable::new(called).ok()?,
            gateway: Some(gateway.clone()),
        })
    }
}
