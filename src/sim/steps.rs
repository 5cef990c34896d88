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
use crate::sim::moves::{HOLD_MUSIC, IN_SILENCE};
use crate::sim::world::World;
use uuid::Uuid;

/// Something planned for a leg.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The channel is made.
    Create,
    /// The far end rings.
    Ring,
    /// The originate is over as soon as it rings (`return_ring_ready`).
    RingReady,
    /// The far end picks up.
    Answer,
    /// The dialplan parks a customer who calls.
    ParkCaller,
    /// A customer who calls is answered.
    PickUp,
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
    /// Both legs leave where they are, to be joined, if these are still the
    /// last orders for them.
    Join { second: LegId, orders: (u32, u32) },
    /// They hear each other.
    Joined { second: LegId, orders: (u32, u32) },
    /// The leg leaves where it is for these applications, if this is still the
    /// last order for it.
    Transfer { apps: Vec<App>, order: u32 },
    /// The bridge is taken apart, both legs are parked.
    ParkBoth,
    /// The other leg was put on hold.
    HoldMusic,
    /// A digit comes in.
    Dtmf { digit: char },
    /// The sound laid over the leg, if it is still that one, has been played.
    SoundOver { since: Moment },
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
                Step::Join { second, orders } | Step::Joined { second, orders }
                    if self.still_ordered(second, orders.1) =>
                {
                    self.left_alone(at, second);
                }
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
            Step::RingReady => self.ring_ready(at, leg),
            // Picked up at our wish already (`uuid_phone_event`).
            Step::Answer | Step::Refuse { .. } | Step::RingOut if self.has_answered(leg) => {}
            Step::Answer => self.answer(at, leg),
            Step::ParkCaller => self.park_caller(at, leg),
            Step::PickUp => self.picked_up(at, leg),
            Step::Execute => self.execute(at, leg),
            Step::Refuse { cause, sip_status } => self.hang_up(at, leg, cause, Some(sip_status), true),
            Step::RingOut => self.hang_up(at, leg, "NO_ANSWER", None, false),
            Step::FarEndHangsUp { plan } => {
                if let Some(entry) = self.entries.get(&leg).filter(|entry| entry.plan == plan) {
                    // A caller who is not answered yet takes the call back.
                    let rings = entry.leg.is_inbound() && entry.leg.answered_at.is_none();
                    let cause = if rings { "ORIGINATOR_CANCEL" } else { "NORMAL_CLEARING" };
                    self.hang_up(at, leg, cause, None, true);
                }
            }
            Step::ParkTimeout { plan, cause } => {
                let parked = matches!(state, LegState::Parked { .. });
                if parked && self.entries.get(&leg).is_some_and(|entry| entry.plan == plan) {
                    self.hang_up(at, leg, cause, None, false);
                }
            }
            Step::Join { second, orders } => self.join(at, leg, second, orders),
            Step::Joined { second, orders } => self.joined(at, leg, second, orders),
            Step::Transfer { apps, order } => self.transfer(at, leg, &apps, order),
            Step::ParkBoth => self.park_both(at, state),
            Step::HoldMusic => {
                let (application, data) = ("playback".to_owned(), "local_stream://moh".to_owned());
                let execute = EventKind::Execute { application: application.clone(), data: data.clone() };
                self.emit(at, leg, execute);
                self.emit(at, leg, EventKind::ExecuteComplete { application, data });
            }
            Step::SoundOver { since } => {
                if self.leg(leg).is_some_and(|leg| matches!(leg.overlaid, Some((_, at)) if at == since)) {
                    self.end_overlay(at, leg);
                }
            }
            Step::Dtmf { digit } => self.take_key(at, leg, digit),
            Step::End | Step::JobFailed { .. } => {}
        }
    }

    fn has_answered(&self, leg: LegId) -> bool {
        self.leg(leg).is_some_and(|leg| leg.answered_at.is_some())
    }

    fn ring(&mut self, at: Moment, leg: LegId) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.state = LegState::Ringing;
            entry.leg.progress_at = Some(at);
        }
        self.emit(at, leg, EventKind::Progress);
        if self.leg(leg).is_some_and(|leg| leg.is_true("return_ring_ready") && !leg.is_inbound()) {
            let delay = 20 + self.chance.between(0, 2);
            self.plan(at + delay, leg, Step::RingReady);
        }
    }

    /// The leg is parked while it rings.
    fn ring_ready(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        let Some(app) = entry.leg.origin.apps.first().filter(|app| app.name == "park").cloned() else {
            return;
        };
        if entry.leg.state != LegState::Ringing || entry.job_done {
            return;
        }
        entry.job_done = true;
        entry.parked_early = true;
        entry.leg.executed = Some(app.clone());
        let job = entry.leg.origin.job;
        self.tell_job(at, leg, job, None);
        self.emit(at, leg, EventKind::Execute { application: app.name, data: app.data });
        self.emit(at, leg, EventKind::Park);
    }

    fn answer(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        entry.leg.state = LegState::Answered;
        entry.leg.answered_at = Some(at);
        let (parked, app) = (entry.parked_early, entry.leg.executed.clone());
        self.emit(at, leg, EventKind::Answer);
        self.plan_patience(at, leg, IN_SILENCE);
        if parked {
            self.settle(leg, LegState::Parked { by_application: true }, app);
            return self.plan_park_timeout(at, leg);
        }
        let delay = self.chance.between(0, 1) * 20 + self.chance.between(0, 2);
        self.plan(at + delay, leg, Step::Execute);
    }

    /// The far end waits for somebody to speak, as long as it cares to, or so
    /// many times as long.
    pub(super) fn plan_patience(&mut self, at: Moment, leg: LegId, times: i64) {
        let percent = i64::from(self.config.talk_percent);
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        entry.plan += 1;
        let plan = entry.plan;
        if let Conduct::Answers { patience_ms: Some(patience), .. } = entry.conduct {
            self.plan(at + patience * times * percent / 100, leg, Step::FarEndHangsUp { plan });
        }
    }

    /// A leg may be told how long to stay parked: `park_timeout=120:CAUSE`.
    pub(super) fn plan_park_timeout(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get(&leg) else { return };
        let Some(text) = entry.leg.variable("park_timeout") else { return };
        let (seconds, cause) = text.split_once(':').unwrap_or((text, "NORMAL_CLEARING"));
        let (plan, cause) = (entry.plan, known_cause(cause));
        if let Ok(seconds) = seconds.parse::<u32>() {
            self.plan(at + i64::from(seconds) * 1000, leg, Step::ParkTimeout { plan, cause });
        }
    }

    /// The far end talks, as long as it cares to.
    pub(super) fn plan_talk(&mut self, at: Moment, leg: LegId) {
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
        let told = std::mem::replace(&mut entry.job_done, true);
        let (origin, state) = (entry.leg.origin.clone(), entry.leg.state);
        if !told {
            self.tell_job(at, leg, origin.job, None);
        }
        if state == LegState::Answered {
            self.run_apps(at, leg, &origin.apps);
        }
    }

    /// One application after the other, to the first that goes on until the leg
    /// is moved or ends; the leg ends after the last.
    pub(super) fn run_apps(&mut self, at: Moment, leg: LegId, apps: &[App]) {
        let mut digits = 0;
        for (nth, app) in apps.iter().enumerate() {
            let app = App::new(&app.name, &app.data.replace("${hold_music}", HOLD_MUSIC));
            if let Some(entry) = self.entries.get_mut(&leg) {
                entry.leg.executed = Some(app.clone());
            }
            self.emit(at, leg, EventKind::Execute { application: app.name.clone(), data: app.data.clone() });
            match app.name.as_str() {
                "park" => {
                    self.settle(leg, LegState::Parked { by_application: true }, Some(app));
                    self.emit(at, leg, EventKind::Park);
                    self.plan_patience(at, leg, IN_SILENCE);
                    return self.plan_park_timeout(at, leg);
                }
                "endless_playback" => return self.play_music(at, leg, &app, &app.data),
                "play_and_get_digits" => return self.ask_for_key(at, leg, &app, &apps[nth + 1..]),
                "conference" => return self.join_room(at, leg, &app),
                "eavesdrop" if self.eavesdrop(at, leg, &app) => return,
                "set" => {
                    if let Some((name, value)) = app.data.split_once('=') {
                        self.set_variable(leg, name.to_owned(), value.to_owned());
                    }
                }
                // Who is recorded so speaks, as long as they care to.
                "record_session" => {
                    self.record(at, leg, app.data.clone());
                    self.plan_talk(at, leg);
                }
                "sleep" => return self.sleep(at, leg, &app, &apps[nth + 1..]),
                "queue_dtmf" => {
                    for digit in app.data.split('@').next().unwrap_or_default().chars() {
                        digits += 1;
                        self.plan(at + 20 * digits, leg, Step::Dtmf { digit });
                    }
                }
                _ => {}
            }
            self.complete(at, leg, &app);
        }
        self.settle(leg, LegState::Answered, None);
        self.hang_up(at, leg, "NORMAL_CLEARING", None, false);
    }

    /// Goes on with the other applications after so many milliseconds, unless it is
    /// sent elsewhere before.
    fn sleep(&mut self, at: Moment, leg: LegId, app: &App, then: &[App]) {
        self.settle(leg, LegState::Sleeping, Some(app.clone()));
        let Some(order) = self.entries.get(&leg).map(|entry| entry.order) else { return };
        let ms = app.data.parse().unwrap_or(0);
        self.plan(at + ms, leg, Step::Transfer { apps: then.to_vec(), order });
    }

    /// Begins to listen; false when there is nothing to listen to.
    fn eavesdrop(&mut self, at: Moment, leg: LegId, app: &App) -> bool {
        let target: Option<LegId> = app.data.parse().ok().filter(|target| self.is_up(*target));
        let Some(target) = target else { return false };
        self.settle(leg, LegState::Eavesdropping { target }, Some(app.clone()));
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.ear = None;
        }
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.listeners.push(leg);
        }
        let bug = EventKind::MediaBugStart { function: "eavesdrop", target: target.to_string() };
        self.emit(at, target, bug);
        self.plan_phone_hang_up(at, leg);
        true
    }

    pub(super) fn complete(&mut self, at: Moment, leg: LegId, app: &App) {
        let (application, data) = (app.name.clone(), app.data.clone());
        self.emit(at, leg, EventKind::ExecuteComplete { application, data });
    }

    pub(super) fn settle(&mut self, leg: LegId, state: LegState, application: Option<App>) {
        if let Some(entry) = self.entries.get_mut(&leg) {
            entry.leg.state = state;
            entry.leg.application = application;
        }
    }

    pub(super) fn tell_job(
        &mut self,
        at: Moment,
        leg: LegId,
        job: Option<Uuid>,
        failure: Option<&'static str>,
    ) {
        if let Some(job) = job {
            self.out.push(WorldEvent { at, kind: EventKind::Job { job, leg, failure }, leg: None });
        }
    }

    /// Some agents end the call by putting the receiver down.
    pub(super) fn plan_phone_hang_up(&mut self, at: Moment, leg: LegId) {
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

    /// The switch tidies up after a hang-up: recording, listeners, parking
    /// place, bridge; then the leg is reported and destroyed.
    fn end(&mut self, at: Moment, leg: LegId) {
        let Some(entry) = self.entries.get_mut(&leg) else { return };
        let before = std::mem::replace(&mut entry.before, LegState::Ending);
        let cause = entry.leg.ending.map_or("NORMAL_CLEARING", |ending| ending.cause);
        let answered = entry.leg.answered_at.is_some();
        let (job, job_done) = (entry.leg.origin.job, entry.job_done);
        let listeners = std::mem::take(&mut entry.listeners);
        let app = entry.leg.application.clone().unwrap_or_else(|| App::new("", ""));
        self.stop_recording(at, leg);
        self.mute(at, leg, false);
        self.end_overlay(at, leg);
        for listener in listeners {
            self.stop_listening(at, listener, leg);
            self.hang_up(at, listener, "NORMAL_CLEARING", None, false);
        }
        match before {
            LegState::Eavesdropping { target } => self.stop_listening(at, leg, target),
            LegState::Parked { by_application } => self.unpark(at, leg, by_application),
            LegState::Bridged { a, b } => self.end_bridge(at, leg, a, b, cause),
            LegState::Music => self.stop_music(at, leg, &app),
            LegState::InRoom => self.leave_room(at, leg, &app),
            LegState::Sleeping => self.complete(at, leg, &app),
            _ => {}
        }
        self.emit(at, leg, EventKind::HangupComplete);
        if !job_done {
            self.tell_job(at, leg, job, (!answered).then_some(cause));
        }
        self.emit(at, leg, EventKind::Destroy);
        self.entries.remove(&leg);
    }

    pub(super) fn stop_listening(&mut self, at: Moment, listener: LegId, target: LegId) {
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.listeners.retain(|other| *other != listener);
        }
        self.emit(at, target, EventKind::MediaBugStop { function: "eavesdrop", target: target.to_string() });
        self.complete(at, listener, &App::new("eavesdrop", &target.to_string()));
        if let Some(entry) = self.entries.get_mut(&listener).filter(|e| e.leg.is_up()) {
            entry.leg.state = LegState::Answered;
        }
    }
}
