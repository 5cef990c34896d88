//! What happens in the simulated world when its time has come: the order of
//! events per leg is the one recorded from a real switch.
//!
//! A step that has become senseless (its leg is gone) does nothing.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::commands::known_cause;
use crate::sim::customer::Conduct;
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{LegState, Target};
use crate::sim::world::World;
use uuid::Uuid;

/// Something planned for a leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The channel is made.
    Create,
    /// The far end rings.
    Ring,
    /// The far end picks up.
    Answer,
    /// The application begins.
    Execute,
    /// The far end refuses.
    Refuse { cause: &'static str, sip_status: u16 },
    /// Nobody picked up in time.
    RingOut,
    /// The far end hangs up, if its plan is still this one.
    FarEndHangsUp { plan: u32 },
    /// It has been parked for as long as it may be (`park_timeout`).
    ParkTimeout { plan: u32, cause: &'static str },
    /// Both legs leave where they are, to be joined.
    Join { second: LegId },
    /// They hear each other.
    Joined { second: LegId },
    /// The bridge is taken apart, both legs are parked.
    ParkBoth,
    /// The other leg was put on hold.
    HoldMusic,
    /// A queued digit is sent.
    Dtmf { digit: char },
    /// The switch tidies up after a hang-up.
    End,
    /// An originate failed before there was a leg.
    JobFailed { job: Option<Uuid>, cause: &'static str },
}

impl World {
    pub(super) fn step(&mut self, at: Moment, leg: LegId, step: Step) {
        if let Step::JobFailed { job, cause } = step {
            return self.tell_job(at, leg, job, Some(cause));
        }
        if step == Step::End {
            return self.end(at, leg);
        }
        let Some(state) = self.leg(leg).map(|leg| leg.state) else {
            // A bridge whose first leg has died in the meantime.
            match step {
                Step::Join { second } | Step::Joined { second } => self.left_alone(at, second),
                _ => {}
            }
            return;
        };
        match step {
            Step::Create => {
                self.emit(at, leg, EventKind::Create);
                self.emit(at, leg, EventKind::Originate);
            }
            Step::Ring => self.ring(at, leg),
            Step::Answer => self.answer(at, leg),
            Step::Execute => self.execute(at, leg),
            Step::Refuse { cause, sip_status } => self.hang_up(at, leg, cause, Some(sip_status), true),
            Step::RingOut => self.hang_up(at, leg, "NO_ANSWER", None, false),
            Step::FarEndHangsUp { plan } => {
                if self.entries.get(&leg).is_some_and(|entry| entry.plan == plan) {
                    self.hang_up(at, leg, "NORMAL_CLEARING", None, true);
                }
            }
            Step::ParkTimeout { plan, cause } => {
                let parked = matches!(state, LegState::Parked { .. });
                if parked && self.entries.get(&leg).is_some_and(|entry| entry.plan == plan) {
                    self.hang_up(at, leg, cause, None, false);
                }
            }
            Step::Join { second } => self.join(at, leg, second),
            Step::Joined { second } => self.joined(at, leg, second),
            Step::ParkBoth => self.park_both(at, state),
            Step::HoldMusic => {
                let (application, data) = ("playback".to_owned(), "local_stream://moh".to_owned());
                let execute = EventKind::Execute { application: application.clone(), data: data.clone() };
                self.emit(at, leg, execute);
                self.emit(at, leg, EventKind::ExecuteComplete { application, data });
            }
            Step::Dtmf { digit } => self.emit(at, leg, EventKind::Dtmf { digit }),
            Step::End | Step::JobFailed { .. } => {}
        }
    }

    fn ring(&mut self, at: Moment, leg: LegId) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.state = LegState::Ringing;
            entry.leg.progress_at = Some(at);
        }
        self.emit(at, leg, EventKind::Progress);
    }

    fn answer(&mut self, at: Moment, leg: LegId) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.state = LegState::Answered;
            entry.leg.answered_at = Some(at);
        }
        self.emit(at, leg, EventKind::Answer);
        let delay = self.chance.between(0, 1) * 20 + self.chance.between(0, 2);
        self.plan(at + delay, leg, Step::Execute);
        self.plan_patience(at, leg);
    }

    /// The far end waits for somebody to speak, as long as it cares to.
    fn plan_patience(&mut self, at: Moment, leg: LegId) {
        let percent = i64::from(self.config.talk_percent);
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        entry.plan += 1;
        let plan = entry.plan;
        if let Conduct::Answers { patience_ms: Some(patience), .. } = entry.conduct {
            self.plan(at + patience * percent / 100, leg, Step::FarEndHangsUp { plan });
        }
    }

    /// A leg may be told how long to stay parked: `park_timeout=120:CAUSE`.
    fn plan_park_timeout(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get(&leg) else { return };
        let Some(text) = entry.leg.variable("park_timeout") else { return };
        let (seconds, cause) = text.split_once(':').unwrap_or((text, "NORMAL_CLEARING"));
        let (plan, cause) = (entry.plan, known_cause(cause));
        if let Ok(seconds) = seconds.parse::<u32>() {
            self.plan(at + i64::from(seconds) * 1000, leg, Step::ParkTimeout { plan, cause });
        }
    }

    /// The far end talks, as long as it cares to.
    fn plan_talk(&mut self, at: Moment, leg: LegId) {
        let percent = i64::from(self.config.talk_percent);
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        entry.plan += 1;
        let plan = entry.plan;
        if let Conduct::Answers { talk_ms: Some(talk), .. } = entry.conduct {
            self.plan(at + (talk * percent / 100).max(1), leg, Step::FarEndHangsUp { plan });
        }
    }

    fn execute(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        entry.job_done = true;
        let (origin, state) = (entry.leg.origin.clone(), entry.leg.state);
        self.tell_job(at, leg, origin.job, None);
        if state != LegState::Answered {
            return;
        }
        let mut digits = 0;
        for app in &origin.apps {
            self.emit(at, leg, EventKind::Execute { application: app.name.clone(), data: app.data.clone() });
            match app.name.as_str() {
                "park" => {
                    self.settle(leg, LegState::Parked { by_application: true }, Some(app.clone()));
                    self.plan_park_timeout(at, leg);
                    return self.emit(at, leg, EventKind::Park);
                }
                "eavesdrop" if self.eavesdrop(at, leg, app) => return,
                "queue_dtmf" => {
                    for digit in app.data.split('@').next().unwrap_or_default().chars() {
                        digits += 1;
                        self.plan(at + 20 * digits, leg, Step::Dtmf { digit });
                    }
                }
                _ => {}
            }
            self.complete(at, leg, app);
        }
        self.hang_up(at, leg, "NORMAL_CLEARING", None, false);
    }

    /// Begins to listen; false when there is nothing to listen to.
    fn eavesdrop(&mut self, at: Moment, leg: LegId, app: &App) -> bool {
        let target: Option<LegId> = app.data.parse().ok().filter(|target| self.is_up(*target));
        let Some(target) = target else { return false };
        self.settle(leg, LegState::Eavesdropping { target }, Some(app.clone()));
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.listeners.push(leg);
        }
        self.emit(at, target, EventKind::MediaBugStart { function: "eavesdrop", target: leg.to_string() });
        true
    }

    fn complete(&mut self, at: Moment, leg: LegId, app: &App) {
        let (application, data) = (app.name.clone(), app.data.clone());
        self.emit(at, leg, EventKind::ExecuteComplete { application, data });
    }

    fn settle(&mut self, leg: LegId, state: LegState, application: Option<App>) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.state = state;
            entry.leg.application = application;
        }
    }

    fn tell_job(&mut self, at: Moment, leg: LegId, job: Option<Uuid>, failure: Option<&'static str>) {
        if let Some(job) = job {
            self.out.push(WorldEvent { at, kind: EventKind::Job { job, leg, failure }, leg: None });
        }
    }

    /// Both legs leave their places; the bridge follows with the media clock.
    fn join(&mut self, at: Moment, first: LegId, second: LegId) {
        if !self.is_up(second) {
            return self.left_alone(at, first);
        }
        // The old partners see the bridge end before the new one begins.
        self.introduce(first, second);
        for leg in [first, second] {
            self.leave(at, leg);
        }
        let delay = 20 * self.chance.between(1, 2);
        self.plan(at + delay, first, Step::Joined { second });
    }

    /// A leg leaves its parking place or its bridge, to be joined.
    fn leave(&mut self, at: Moment, leg: LegId) {
        match self.leg(leg).map(|leg| leg.state) {
            Some(LegState::Parked { by_application }) => self.unpark(at, leg, by_application),
            Some(LegState::Bridged { a, b }) => {
                self.emit(at, a, EventKind::Unbridge { a, b });
                self.after_bridge(at, if a == leg { b } else { a });
            }
            _ => {}
        }
        self.settle(leg, LegState::Joining, None);
    }

    fn unpark(&mut self, at: Moment, leg: LegId, by_application: bool) {
        self.emit(at, leg, EventKind::Unpark);
        if by_application {
            self.complete(at, leg, &App::new("park", ""));
        }
    }

    /// The other leg of an ordered bridge is gone.
    fn left_alone(&mut self, at: Moment, leg: LegId) {
        match self.leg(leg).map(|leg| leg.state) {
            Some(LegState::Parked { by_application }) => {
                self.unpark(at, leg, by_application);
                self.after_bridge(at, leg);
            }
            Some(LegState::Joining) => self.after_bridge(at, leg),
            _ => {}
        }
    }

    fn joined(&mut self, at: Moment, first: LegId, second: LegId) {
        let state = |leg: LegId| self.leg(leg).map(|leg| leg.state);
        let (a, b) = (state(first), state(second));
        if a != Some(LegState::Joining) {
            return;
        }
        if b != Some(LegState::Joining) {
            return self.left_alone(at, first);
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

    /// Some agents end the call by putting the receiver down.
    fn plan_phone_hang_up(&mut self, at: Moment, leg: LegId) {
        let (share, percent) = (self.config.phones.ends_call_permille, i64::from(self.config.talk_percent));
        let Some(entry) = self.entries.get(&leg) else { return };
        let plan = entry.plan;
        let on_hook =
            matches!(entry.leg.origin.target, Target::Phone { .. }) && !entry.leg.is_true("tl_nailed");
        if on_hook && self.chance.permille(share) {
            let talk = self.chance.log_normal_ms(50_000, 0.8);
            self.plan(at + (talk * percent / 100).max(1), leg, Step::FarEndHangsUp { plan });
        }
    }

    /// What a leg does when its bridge is over: park if it was told to,
    /// otherwise it has nothing left to do.
    fn after_bridge(&mut self, at: Moment, leg: LegId) {
        let Some(parks) = self.leg(leg).map(|leg| leg.is_true("park_after_bridge")) else { return };
        if parks {
            self.settle(leg, LegState::Parked { by_application: false }, None);
            self.emit(at, leg, EventKind::Park);
            self.plan_patience(at, leg);
            self.plan_park_timeout(at, leg);
        } else {
            // Its bridge is over already: its end must not end it again.
            self.settle(leg, LegState::Joining, None);
            self.hang_up(at, leg, "NORMAL_CLEARING", None, false);
        }
    }

    fn park_both(&mut self, at: Moment, state: LegState) {
        let LegState::Bridged { a, b } = state else { return };
        for leg in [a, b] {
            if let Some(entry) = self.entries.get_mut(&leg) {
                entry.leg.other = None;
            }
        }
        self.emit(at, a, EventKind::Unbridge { a, b });
        let park = App::new("park", "");
        for leg in [a, b] {
            self.settle(leg, LegState::Parked { by_application: true }, Some(park.clone()));
            self.emit(at, leg, EventKind::Execute { application: park.name.clone(), data: String::new() });
            self.emit(at, leg, EventKind::Park);
            self.plan_patience(at, leg);
            self.plan_park_timeout(at, leg);
        }
    }

    /// The switch tidies up after a hang-up: recording, listeners, parking
    /// place, bridge; then the leg is reported and destroyed.
    fn end(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        let before = std::mem::replace(&mut entry.before, LegState::Ending);
        let cause = entry.leg.ending.map_or("NORMAL_CLEARING", |ending| ending.cause);
        let answered = entry.leg.answered_at.is_some();
        let (job, job_done) = (entry.leg.origin.job, entry.job_done);
        let listeners = std::mem::take(&mut entry.listeners);
        self.stop_recording(at, leg);
        for listener in listeners {
            self.stop_listening(at, listener, leg);
            self.hang_up(at, listener, "NORMAL_CLEARING", None, false);
        }
        match before {
            LegState::Eavesdropping { target } => self.stop_listening(at, leg, target),
            LegState::Parked { by_application } => self.unpark(at, leg, by_application),
            LegState::Bridged { a, b } => self.end_bridge(at, leg, a, b, cause),
            _ => {}
        }
        self.emit(at, leg, EventKind::HangupComplete);
        if !job_done {
            self.tell_job(at, leg, job, (!answered).then_some(cause));
        }
        self.emit(at, leg, EventKind::Destroy);
        self.entries.remove(&leg);
    }

    fn stop_listening(&mut self, at: Moment, listener: LegId, target: LegId) {
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.listeners.retain(|other| *other != listener);
        }
        self.emit(
            at,
            target,
            EventKind::MediaBugStop { function: "eavesdrop", target: listener.to_string() },
        );
        self.complete(at, listener, &App::new("eavesdrop", &target.to_string()));
        if let Some(entry) = self.entries.get_mut(&listener).filter(|e| e.leg.is_up()) {
            entry.leg.state = LegState::Answered;
        }
    }

    /// One leg of a bridge has hung up: CHANNEL_UNBRIDGE comes from the first
    /// leg, whichever died, and the survivor parks or hangs up.
    fn end_bridge(&mut self, at: Moment, leg: LegId, a: LegId, b: LegId, cause: &'static str) {
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
