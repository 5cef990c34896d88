//! Callers who keep their place, told as stories: inputs in, effects out.

use super::effect::{AgentStateKind, CallResult, Effect, EndedBy, Fact, SwitchCommand, Tell};
use super::input::{
    AgentCommand, DialMode, HangUp, Input, LegChange, Origin, PhoneMode, StoredCall, SupervisorCommand,
    Ticket,
};
use super::kept::{Callback, Kept, KeptFact, KeptOutcome, KeptPlace};
use super::queue::{Arrival, Known, Member, Overflow, QueueCounts, QueueOutcome, QueueProfile, Strategy};
use super::refusal::{Refusal, TargetProblem};
use super::tests::{Story, bridges, dialled, hung_up, rung};
use super::voicemail::Voicemail;
use crate::base::ids::{AgentId, CallId, CustomerId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::fact::SpanKind;
use uuid::Uuid;

const SERVICE: QueueId = QueueId(1);
const CALLED: &str = "02160000001";

fn number(text: &str) -> Dialable {
    Dialable::new(text).expect("digits")
}

fn queue(callback: Callback) -> QueueProfile {
    QueueProfile {
        queue: SERVICE,
        open: true,
        numbers: vec![number(CALLED)],
        strategy: Strategy::LongestIdle,
        members: [1, 2].map(|agent| Member { agent: AgentId(agent), level: 1 }).into(),
        priority: 0,
        inbound_first: true,
        own_agent_ms: 0,
        wait_ms_max: 300_000,
        overflow: Overflow::HangUp,
        wrap_up_seconds: 20,
        short_abandon_ms: 5_000,
        service_level_ms: 20_000,
        gateway: "trunk".into(),
        caller_id: number("02160000000"),
        music: Some("local_stream://moh".into()),
        message: None,
        hours: None,
        announcements: None,
        voicemail: Voicemail::default(),
        callback,
        counts: QueueCounts::default(),
    }
}

fn offered() -> Callback {
    let file = |name: &str| Some(format!("/sounds/{name}.wav"));
    Callback {
        offered: true,
        after_ms: 10_000,
        invitation: file("invite"),
        confirmation: file("thanks"),
        ..Callback::default()
    }
}

/// Two off-hook agents who are away, and the queue.
fn service() -> Story {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 2]);
    s.give(Input::queue(queue(offered())));
    s
}

fn of<T>(effects: &[Effect], fits: impl Fn(&Effect) -> Option<T>) -> Vec<T> {
    effects.iter().filter_map(fits).collect()
}

fn kept_facts(effects: &[Effect]) -> Vec<KeptFact> {
    of(effects, |effect| match effect {
        Effect::Record(Fact::Kept(fact)) => Some(fact.clone()),
        _ => None,
    })
}

fn ends(effects: &[Effect]) -> Vec<(KeptOutcome, u8)> {
    of(effects, |effect| match effect {
        Effect::Record(Fact::Kept(KeptFact::Ended { outcome, tries, .. })) => Some((*outcome, *tries)),
        _ => None,
    })
}

fn offers(effects: &[Effect]) -> Vec<LegId> {
    of(effects, |effect| match effect {
        Effect::Switch(SwitchCommand::OfferKey { leg, .. }) => Some(*leg),
        _ => None,
    })
}

fn over() -> LegChange {
    LegChange::HungUp(HangUp::cause("NORMAL_CLEARING"))
}

fn refused(cause: &str) -> LegChange {
    LegChange::HungUp(HangUp::cause(cause))
}

impl Story {
    /// This customer calls, is known, and hears music.
    fn waits(&mut self, n: u128) -> (CallId, LegId) {
        self.waits_on(n, n)
    }

    /// The same on a leg of another name.
    fn waits_on(&mut self, leg: u128, n: u128) -> (CallId, LegId) {
        let leg = LegId(Uuid::from_u128(leg));
        let caller = number(&format!("138000000{n}"));
        let arrival =
            Arrival { number: Some(caller.clone()), called: number(CALLED), gateway: Some("trunk".into()) };
        let effects = self.leg(leg, LegChange::Arrived(arrival));
        let call = of(&effects, |effect| match effect {
            Effect::Record(Fact::CallArrived { call, .. }) => Some(*call),
            _ => None,
        })[0];
        self.leg(leg, LegChange::Answered);
        let known = Known {
            e164: Some(format!("+86{caller}")),
            customer: Some(CustomerId(n as i64)),
            own_agent: None,
            callback: Some(caller),
        };
        self.give(Input::Caller { call, known });
        self.leg(leg, LegChange::MusicStarted);
        (call, leg)
    }

    /// The same, who then presses the key, hears the confirmation, and is gone.
    fn keeps_place(&mut self, n: u128) -> CallId {
        let (call, leg) = self.waits(n);
        assert_eq!(offers(&self.later(10_000)), [leg]);
        self.leg(leg, LegChange::MusicStarted);
        self.leg(leg, LegChange::Key('1'));
        self.leg(leg, over());
        call
    }

    /// An agent comes to work.
    fn comes(&mut self, agent: i64) -> (LegId, Vec<Effect>) {
        self.ask(agent, AgentCommand::LogIn);
        let leg = rung(&self.ask(agent, AgentCommand::Ready)).expect("the desk phone is rung");
        let effects = self.leg(leg, LegChange::Answered);
        (leg, effects)
    }

    fn remove(&mut self, place: CallId) -> Option<Refusal> {
        let command = SupervisorCommand::RemoveKept { place };
        let (supervisor, ticket) = (AgentId(9), Ticket(7));
        let effects = self.give(Input::Supervisor { supervisor, command, ticket });
        let answers = of(&effects, |effect| match effect {
            Effect::Answer { ticket: Ticket(7), refusal } => Some(refusal.clone()),
            _ => None,
        });
        answers.into_iter().next().expect("an answer")
    }
}

#[test]
fn a_caller_is_invited_after_the_wait_and_keeps_their_place_with_the_key() {
    let mut s = service();
    let (call, leg) = s.waits(11);
    assert_eq!(offers(&s.later(9_000)), []);
    // Not before they are invited, and not with another key.
    s.leg(leg, LegChange::Key('1'));
    let effects = s.later(1_500);
    let music = Some("local_stream://moh".to_owned());
    let invitation = Some("/sounds/invite.wav".to_owned());
    let offer = SwitchCommand::OfferKey { leg, message: invitation, music, key: '1' };
    assert!(effects.contains(&Effect::Switch(offer)));
    s.leg(leg, LegChange::MusicStarted);
    assert_eq!(kept_facts(&s.leg(leg, LegChange::Key('2'))), []);
    let effects = s.leg(leg, LegChange::Key('1'));
    let [KeptFact::Kept(kept)] = &kept_facts(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((kept.call, kept.queue, kept.number.as_str()), (call, SERVICE, "13800000011"));
    assert!(kept.kept_at.since_ms(kept.since) > 10_000, "the place is as old as the wait");
    let message = "/sounds/thanks.wav".to_owned();
    assert!(effects.contains(&Effect::Switch(SwitchCommand::TurnAway { leg, message })));
    let left = of(&effects, |effect| match effect {
        Effect::Record(Fact::QueueLeft { outcome, .. }) => Some(*outcome),
        _ => None,
    });
    assert_eq!(left, [QueueOutcome::CallbackKept]);
    assert_eq!(kept_facts(&s.leg(leg, LegChange::Key('1'))), [], "pressed twice");
    let effects = s.leg(leg, over());
    assert_eq!(s.ended(), [(CallResult::CallbackKept, EndedBy::System)]);
    let live = of(&effects, |effect| match effect {
        Effect::Tell(Tell::Queue(live)) => Some((live.waiting, live.kept.len(), live.counts)),
        _ => None,
    });
    let (waiting, places, counts) = live[0];
    assert_eq!((waiting, places, counts.callbacks, counts.abandoned), (0, 1, 1, 0));
}

#[test]
fn nobody_is_invited_who_cannot_be_called_or_where_it_is_not_offered() {
    let mut s = service();
    s.give(Input::queue(queue(Callback { offered: false, ..offered() })));
    let (_, leg) = s.waits(11);
    s.later(60_000);
    s.leg(leg, LegChange::Key('1'));
    // Withheld, and on the do-not-call list: the store gives no number to dial.
    let effects = s.give(Input::queue(queue(offered())));
    assert_eq!(offers(&effects), [leg], "from now on, who has waited long enough");
    let withheld = Arrival { number: None, called: number(CALLED), gateway: None };
    let other = LegId(Uuid::from_u128(12));
    s.leg(other, LegChange::Arrived(withheld));
    s.leg(other, LegChange::Answered);
    s.leg(other, LegChange::MusicStarted);
    assert_eq!(offers(&s.later(30_000)), []);
    s.leg(other, LegChange::Key('1'));
    assert_eq!(kept_facts(&s.effects), []);
}

#[test]
fn a_kept_place_is_served_in_its_turn_and_the_customer_bridged_when_they_answer() {
    let mut s = service();
    let place = s.keeps_place(11);
    let (_, later) = s.waits(12);
    let (phone, effects) = s.comes(1);
    // The kept place goes before the caller who came after it.
    let [(call, leg)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(bridges(&effects), []);
    assert_eq!(s.kind(1), AgentStateKind::Ringing);
    let popped = of(&effects, |effect| match effect {
        Effect::Tell(Tell::ScreenPop { agent, call, customer, queue, .. }) => {
            Some((agent.0, *call, *customer, *queue))
        }
        _ => None,
    });
    assert_eq!(popped, [(1, call, Some(CustomerId(11)), Some(SERVICE))]);
    let [KeptFact::CallingBack { call: recorded, kept, gateway, caller_id, .. }] = &kept_facts(&effects)[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((*recorded, kept.call, gateway.as_str()), (call, place, "trunk"));
    assert_eq!(caller_id.as_str(), "02160000000");
    let live = s.floor.calls_live().into_iter().find(|live| live.call == call).expect("live");
    assert_eq!((live.callback_since, live.agent), (Some(kept.since), Some(AgentId(1))));

    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phone)], "at once");
    let pops =
        |effects: &[Effect]| of(effects, |e| matches!(e, Effect::Tell(Tell::ScreenPop { .. })).then_some(()));
    assert_eq!(pops(&effects), [], "once");
    let effects = s.leg(leg, LegChange::Bridged { other: phone });
    assert_eq!(ends(&effects), [(KeptOutcome::Reached, 1)]);
    s.later(30_000);
    s.leg(leg, over());
    assert_eq!(s.ended().last(), Some(&(CallResult::Answered, EndedBy::Customer)));
    assert_eq!(s.kind(1), AgentStateKind::WrapUp, "the queue's after-call work");
    s.leg(phone, LegChange::Parked);
    assert_eq!(bridges(&s.later(20_100)), [(later, phone)], "and then who came after");
}

#[test]
fn in_vain_the_agent_keeps_their_idle_time_and_the_place_tries_again_three_times() {
    let mut s = service();
    s.comes(1);
    s.now = s.now + 5_000;
    // Agent 2 is away; agent 1 goes so that the caller waits.
    s.ask(1, AgentCommand::Pause { reason: "break".into() });
    s.keeps_place(11);
    let (_, effects) = s.comes(2);
    let mut attempt = dialled(&effects);
    for (tries, cause) in [(1, "USER_BUSY"), (2, "NO_ANSWER")] {
        let effects = s.leg(attempt[0].1, refused(cause));
        let [KeptFact::InVain { tries: told, next_at, .. }] = kept_facts(&effects)[..] else {
            panic!("{effects:?}")
        };
        assert_eq!((told, next_at), (tries, s.now + 120_000));
        assert_eq!(s.kind(2), AgentStateKind::Ready);
        // Agent 1 is back, and has been idle for less long than agent 2.
        s.now = s.now + 1_000;
        if tries == 1 {
            s.ask(1, AgentCommand::Ready);
            assert_eq!(s.kind(1), AgentStateKind::Ready);
        }
        assert_eq!(dialled(&s.later(118_900)), []);
        let effects = s.later(200);
        attempt = dialled(&effects);
        assert_eq!(attempt.len(), 1);
        assert_eq!((s.kind(1), s.kind(2)), (AgentStateKind::Ready, AgentStateKind::Ringing), "idle longest");
    }
    let effects = s.leg(attempt[0].1, refused("NO_ANSWER"));
    assert_eq!(ends(&effects), [(KeptOutcome::CallbackFailed, 3)]);
    assert_eq!(dialled(&s.later(600_000)), []);
    assert_eq!(s.kind(2), AgentStateKind::Ready);
}

#[test]
fn a_customer_who_calls_again_comes_in_at_their_place_and_is_not_called_back() {
    let mut s = service();
    s.keeps_place(11);
    let (_, other) = s.waits(12);
    s.later(5_000);
    let (_, leg) = s.waits_on(31, 11);
    assert_eq!(ends(&s.effects), [(KeptOutcome::CalledAgain, 0)]);
    let (phone, effects) = s.comes(1);
    assert_eq!(dialled(&effects), []);
    assert_eq!(bridges(&effects), [(leg, phone)], "before who came after their first call, {other}");
}

#[test]
fn calling_again_while_being_called_back_ends_that_call() {
    let mut s = service();
    s.keeps_place(11);
    let (phone, effects) = s.comes(1);
    let [(_, attempt)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    let leg = LegId(Uuid::from_u128(31));
    let arrival = Arrival { number: Some(number("13800000011")), called: number(CALLED), gateway: None };
    let effects = s.leg(leg, LegChange::Arrived(arrival));
    let call = of(&effects, |effect| match effect {
        Effect::Record(Fact::CallArrived { call, .. }) => Some(*call),
        _ => None,
    })[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::MusicStarted);
    let known = Known { e164: Some("+8613800000011".into()), ..Known::NOTHING };
    let effects = s.give(Input::Caller { call, known });
    assert_eq!(ends(&effects), [(KeptOutcome::CalledAgain, 1)]);
    assert_eq!(hung_up(&effects), [attempt]);
    let effects = s.leg(attempt, refused("ORIGINATOR_CANCEL"));
    assert_eq!(bridges(&effects), [(leg, phone)], "the agent who was kept free takes them");
}

#[test]
fn a_lost_agent_is_replaced_or_the_customer_is_not_rung_any_more() {
    let mut s = service();
    let place = s.keeps_place(11);
    let (first, effects) = s.comes(1);
    let [(_, attempt)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    let (second, _) = s.comes(2);
    s.leg(first, over());
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);
    assert_eq!(s.kind(2), AgentStateKind::Ringing, "another is kept free");
    let effects = s.leg(second, over());
    assert_eq!(hung_up(&effects), [attempt]);
    s.leg(attempt, refused("ORIGINATOR_CANCEL"));
    assert_eq!(s.ended().last(), Some(&(CallResult::Cancelled, EndedBy::System)));
    // It was not tried: as soon as somebody is there again, it is.
    let effects = s.ask(1, AgentCommand::Ready);
    let leg = rung(&effects).expect("rung");
    let effects = s.leg(leg, LegChange::Answered);
    let [(call, attempt)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    let effects = s.give(Input::AttemptNotStored { call });
    assert_eq!(s.kind(1), AgentStateKind::Ready, "{attempt} never was");
    assert_eq!(dialled(&effects), []);
    let effects = s.later(5_100);
    assert_eq!(dialled(&effects).len(), 1, "tried again when the store is back: {place}");
}

#[test]
fn a_number_is_never_on_two_lines_at_once() {
    let mut s = service();
    s.keeps_place(11);
    // A campaign dials the same customer: agent 1 is on its account.
    s.give(Input::StoreLagging(true));
    let (_, effects) = s.comes(1);
    assert_eq!(dialled(&effects), [], "nothing new while the store lags");
    assert_eq!(s.leads(&["13800000011"]), []);
    let effects = s.give(Input::StoreLagging(false));
    let calls = dialled(&effects);
    assert_eq!(calls.len(), 1, "by the queue, and by nobody else");
    s.comes(2);
    let effects = s.later(2_000);
    assert_eq!(dialled(&effects), []);
    let returned = of(&s.effects, |effect| matches!(effect, Effect::ReturnLeads { .. }).then_some(()));
    assert_eq!(returned.len(), 1);
}

#[test]
fn a_supervisor_takes_a_place_out_and_a_barred_number_is_not_called() {
    let mut s = service();
    let place = s.keeps_place(11);
    assert_eq!(s.remove(place), None);
    assert_eq!(s.remove(place), Some(Refusal::Target(TargetProblem::PlaceGone)));
    let barred = s.keeps_place(12);
    let (_, effects) = s.comes(1);
    let [(_, attempt)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    let effects = s.give(Input::KeptBarred(vec![place, barred]));
    assert_eq!(hung_up(&effects), [attempt], "it rings already");
    s.leg(attempt, refused("ORIGINATOR_CANCEL"));
    assert_eq!(ends(&s.effects), [(KeptOutcome::Removed, 0), (KeptOutcome::DoNotCall, 1)]);
    assert_eq!(s.kind(1), AgentStateKind::Ready);
    assert_eq!(dialled(&s.later(600_000)), []);
}

#[test]
fn places_and_calls_back_survive_a_restart_and_a_closed_queue() {
    let mut s = service();
    s.give(Input::queue(QueueProfile { open: false, ..queue(Callback { offered: false, ..offered() }) }));
    let kept = |n: u128, since: i64| Kept {
        call: CallId(Uuid::from_u128(n)),
        queue: SERVICE,
        number: number(&format!("138000000{n}")),
        e164: format!("+86138000000{n}"),
        customer: None,
        since: s.now - since,
        kept_at: s.now - since + 30_000,
    };
    let (first, second) = (kept(11, 90_000), kept(12, 80_000));
    let (leg, call) = (LegId(Uuid::from_u128(5)), CallId(Uuid::from_u128(6)));
    for kept in [&first, &second] {
        s.give(Input::RestoreKept(KeptPlace::new(kept.clone())));
    }
    // The first was being called when Trunkline ended.
    s.give(Input::RestoreCall(StoredCall {
        call,
        gateway: None,
        caller_id: None,
        leg,
        origin: Origin::Callback(first.clone()),
        queue: None,
        started_at: s.now,
        answered_at: None,
        connected: None,
        dropped: false,
        talked_ms: 0,
        span: (SpanKind::Ringing, None, s.now),
        outside: false,
        recording: None,
    }));
    let (phone, effects) = s.comes(1);
    let [(_, attempt)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    s.leg(attempt, refused("USER_BUSY"));
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phone)], "who answers is served, kept free for or not");
    let effects = s.leg(leg, LegChange::Bridged { other: phone });
    assert_eq!(ends(&effects), [(KeptOutcome::Reached, 1)]);
}

#[test]
fn an_agent_on_hook_is_rung_when_the_customer_answers() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.give(Input::queue(queue(offered())));
    s.keeps_place(11);
    s.ask(1, AgentCommand::LogIn);
    let effects = s.ask(1, AgentCommand::Ready);
    let [(_, leg)] = dialled(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(rung(&effects), None);
    let phone = rung(&s.leg(leg, LegChange::Answered)).expect("the desk phone rings");
    assert_eq!(bridges(&s.leg(phone, LegChange::Answered)), [(leg, phone)]);
}
