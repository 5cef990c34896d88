//! Legs on the way from one place to another: bridges, transfers to an
//! application, rooms, and what becomes of the one who is left behind.
//!
//! In: orders for legs ([`World::command`]), carried out with the media clock.
//! Out: their events, per leg in the order of a real switch. An order that
//! comes before the last one is carried out takes its place, as there: a leg
//! waiting for a partner that was sent elsewhere waits on, in silence, until it
//! is moved or hung up.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::audio::music_of;
use crate::sim::event::EventKind;
use crate::sim::leg::LegState;
use crate::sim::steps::Step;
use crate::sim::world::{Reply, World};

/// What `${hold_music}` stands for.
pub(super) const HOLD_MUSIC: &str = "tone_stream://v=-24;%(1000,0,440);loops=-1";

impl World {
    /// Two answered legs are to be joined (`uuid_bridge`).
    pub(super) fn order_bridge(&mut self, now: Moment, first: LegId, second: LegId) -> Reply {
        let (Some(a), Some(b)) = (self.leg(first), self.leg(second)) else { return Reply::NoSuchLeg };
        // A real switch says +OK to this as well, and does nothing.
        if first != second && a.answered_at.is_some() && b.answered_at.is_some() {
            let orders = (self.new_order(first), self.new_order(second));
            let delay = self.chance.between(5, 22);
            self.plan(now + delay, first, Step::Join { second, orders });
        }
        Reply::Ok
    }

    /// A leg is to leave where it is for these applications (`uuid_transfer`).
    pub(super) fn order_transfer(&mut self, now: Moment, leg: LegId, apps: Vec<App>) -> Reply {
        let Some(answered) = self.leg(leg).map(|leg| leg.answered_at.is_some()) else {
            return Reply::NoSuchLeg;
        };
        let order = self.new_order(leg);
        if answered {
            let delay = self.chance.between(20, 26);
            self.plan(now + delay, leg, Step::Transfer { apps, order });
        } else if let Some(entry) = self.entries.get_mut(&leg).filter(|entry| !entry.job_done) {
            // The originate fails by it; the phone rings on.
            entry.job_done = true;
            let job = entry.leg.origin.job;
            self.tell_job(now, leg, job, Some("ORIGINATOR_CANCEL"));
        }
        Reply::Ok
    }

    fn new_order(&mut self, leg: LegId) -> u32 {
        self.entries.get_mut(&leg).map_or(0, |entry| {
            entry.order += 1;
            entry.order
        })
    }

    pub(super) fn still_ordered(&self, leg: LegId, order: u32) -> bool {
        self.is_up(leg) && self.entries.get(&leg).is_some_and(|entry| entry.order == order)
    }

    /// Goes where it was sent. The first leg of a bridge speaks for both: its
    /// bridge ends before it goes; of the second it is told afterwards.
    pub(super) fn transfer(&mut self, at: Moment, leg: LegId, apps: &[App], order: u32) {
        if !self.still_ordered(leg, order) {
            return;
        }
        let state = self.leg(leg).map(|leg| leg.state);
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.other = None;
        }
        match state {
            Some(LegState::Bridged { a, b }) if b == leg => {
                self.run_apps(at, leg, apps);
                self.emit(at, a, EventKind::Unbridge { a, b });
                self.after_bridge(at, a);
            }
            _ => {
                self.leave(at, leg, None);
                self.run_apps(at, leg, apps);
            }
        }
    }

    /// Both legs leave their places; the bridge follows with the media clock.
    pub(super) fn join(&mut self, at: Moment, first: LegId, second: LegId, orders: (u32, u32)) {
        if !self.still_ordered(first, orders.0) {
            return;
        }
        if !self.is_up(second) {
            return self.left_alone(at, first);
        }
        // Nothing but a transfer helps a leg that waits in vain: named second, it
        // takes the other with it, named first, both end.
        if self.leg(second).is_some_and(|leg| leg.state == LegState::Stranded) {
            self.introduce(first, second);
            self.leave(at, first, None);
            return self.settle(first, LegState::Stranded, None);
        }
        if self.leg(first).is_some_and(|leg| leg.state == LegState::Stranded) {
            for leg in [second, first] {
                self.leave(at, leg, None);
                self.hang_up(at, leg, "DESTINATION_OUT_OF_ORDER", None, false);
            }
            return;
        }
        // The old partners see the bridge end before the new one begins.
        self.introduce(first, second);
        self.leave(at, first, Some(second));
        if self.still_ordered(second, orders.1) {
            self.leave(at, second, None);
            let delay = 20 * self.chance.between(1, 2);
            self.plan(at + delay, first, Step::Joined { second, orders });
        } else {
            self.settle(first, LegState::Stranded, None);
        }
    }

    /// A leg leaves its place. `to` is the partner it is about to be joined
    /// with, who may be its partner already.
    fn leave(&mut self, at: Moment, leg: LegId, to: Option<LegId>) {
        let app = self.leg(leg).and_then(|leg| leg.application.clone()).unwrap_or_else(|| App::new("", ""));
        match self.leg(leg).map(|leg| leg.state) {
            Some(LegState::Parked { by_application }) => self.unpark(at, leg, by_application),
            Some(LegState::Bridged { a, b }) => {
                let partner = if a == leg { b } else { a };
                self.emit(at, a, EventKind::Unbridge { a, b });
                if Some(partner) == to {
                    self.settle(partner, LegState::Joining, None);
                } else {
                    self.after_bridge(at, partner);
                }
            }
            Some(LegState::Music) => self.stop_music(at, leg, &app),
            Some(LegState::InRoom) => self.leave_room(at, leg, &app),
            Some(LegState::Sleeping) => self.complete(at, leg, &app),
            Some(LegState::Eavesdropping { target }) => self.stop_listening(at, leg, target),
            _ => {}
        }
        self.settle(leg, LegState::Joining, None);
    }

    pub(super) fn unpark(&mut self, at: Moment, leg: LegId, by_application: bool) {
        self.emit(at, leg, EventKind::Unpark);
        if by_application {
            self.complete(at, leg, &App::new("park", ""));
        }
    }

    pub(super) fn play_music(&mut self, at: Moment, leg: LegId, app: &App, file: &str) {
        self.settle(leg, LegState::Music, Some(app.clone()));
        self.emit(at, leg, EventKind::PlaybackStart { file: file.to_owned() });
        self.plan_patience(at, leg, WITH_MUSIC);
    }

    pub(super) fn stop_music(&mut self, at: Moment, leg: LegId, app: &App) {
        self.emit(at, leg, EventKind::PlaybackStop { file: music_of(app).to_owned() });
        self.complete(at, leg, app);
    }

    pub(super) fn join_room(&mut self, at: Moment, leg: LegId, app: &App) {
        let room = room_of(app);
        self.settle(leg, LegState::InRoom, Some(app.clone()));
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.room = Some(room.clone());
        }
        self.emit(at, leg, EventKind::JoinedRoom { room });
        self.plan_talk(at, leg);
        self.plan_phone_hang_up(at, leg);
    }

    pub(super) fn leave_room(&mut self, at: Moment, leg: LegId, app: &App) {
        self.emit(at, leg, EventKind::LeftRoom { room: room_of(app) });
        self.complete(at, leg, app);
    }

    /// The other leg of an ordered bridge is gone.
    pub(super) fn left_alone(&mut self, at: Moment, leg: LegId) {
        match self.leg(leg).map(|leg| leg.state) {
            Some(LegState::Parked { by_application }) => {
                self.unpark(at, leg, by_application);
                self.after_bridge(at, leg);
            }
            Some(LegState::Joining) => self.after_bridge(at, leg),
            Some(_) => {
                self.leave(at, leg, None);
                self.hang_up(at, leg, "DESTINATION_OUT_OF_ORDER", None, false);
            }
            None => {}
        }
    }

    pub(super) fn joined(&mut self, at: Moment, first: LegId, second: LegId, orders: (u32, u32)) {
        if !self.still_ordered(first, orders.0) {
            return;
        }
        if !self.is_up(second) {
            return self.left_alone(at, first);
        }
        if !self.still_ordered(second, orders.1) {
            return self.settle(first, LegState::Stranded, None);
        }
        for (leg, other) in [(first, second), (second, first)] {
            let app = App::new("uuid_bridge", &other.to_string());
            self.settle(leg, LegState::Bridged { a: first, b: second }, Some(app.clone()));
            self.emit(at, leg, EventKind::Execute { application: app.name, data: app.data });
            if let Some(entry) = self.entries.get_mut(&leg) {
                entry.leg.bridged_at = Some(at);
            }
            self.plan_talk(at, leg);
        }
        self.emit(at, first, EventKind::Bridge { a: first, b: second });
        for leg in [first, second] {
            self.plan_phone_hang_up(at, leg);
        }
    }

    /// What a leg does when its bridge is over: park if it was told to,
    /// otherwise it has nothing left to do.
    fn after_bridge(&mut self, at: Moment, leg: LegId) {
        let Some(parks) = self.leg(leg).map(|leg| leg.is_true("park_after_bridge")) else { return };
        if parks {
            self.settle(leg, LegState::Parked { by_application: false }, None);
            self.emit(at, leg, EventKind::Park);
            self.plan_patience(at, leg, IN_SILENCE);
            self.plan_park_timeout(at, leg);
        } else {
            // Its bridge is over already: its end must not end it again.
            self.settle(leg, LegState::Joining, None);
            self.hang_up(at, leg, "NORMAL_CLEARING", None, false);
        }
    }

    pub(super) fn park_both(&mut self, at: Moment, state: LegState) {
        let LegState::Bridged { a, b } = state else { return };
        for leg in [a, b] {
            if let Some(entry) = self.entries.get_mut(&leg) {
                entry.leg.other = None;
            }
        }
        self.emit(at, a, EventKind::Unbridge { a, b });
        for leg in [a, b] {
            self.run_apps(at, leg, &[App::new("park", "")]);
        }
    }

    /// One leg of a bridge has hung up: CHANNEL_UNBRIDGE comes from the first
    /// leg, whichever died, and the survivor parks or hangs up.
    pub(super) fn end_bridge(&mut self, at: Moment, leg: LegId, a: LegId, b: LegId, cause: &'static str) {
        let partner = if leg == a { b } else { a };
        if let Some(entry) = self.entries.get_mut(&partner) {
            if let Some(other) = entry.leg.other.as_mut() {
                other.hangup_cause = Some(cause);
            }
            // It may be on its way out as well: the bridge ends but once.
            if !entry.leg.is_up() {
                entry.before = LegState::Ending;
            }
        }
        if leg == b {
            self.emit(at, a, EventKind::Unbridge { a, b });
            self.after_bridge(at, partner);
        } else {
            self.after_bridge(at, partner);
            self.emit(at, a, EventKind::Unbridge { a, b });
        }
    }
}

/// How many times longer than in silence a customer waits: with music they know
/// that somebody is to come back.
pub(super) const WITH_MUSIC: i64 = 10;
/// See there.
pub(super) const IN_SILENCE: i64 = 1;

/// `ROOM@PROFILE`
fn room_of(app: &App) -> String {
    app.data.split('@').next().unwrap_or_default().to_owned()
}
