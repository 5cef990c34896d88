//! Callers who leave a message, told as stories.

use super::call::CallState;
use super::effect::{CallResult, CallStateKind, Effect, EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand};
use super::hours::{Hours, Schedule};
use super::input::{ChannelSnapshot, HangUp, Input, LegChange, LegLabel, RecordingSpace};
use super::queue::{Overflow, QueueOutcome, QueueProfile};
use super::queue_tests::{SERVICE, call_of, queue, service};
use super::tests::{Story, hung_up};
use super::voicemail::Voicemail;
use crate::base::ids::{CallId, LegId};

const GREETING: &str = "/sounds/greeting.wav";
const FILE: &str = "/recordings/message.wav";

/// The service, which takes messages of half a minute after the longest wait.
fn taking_messages() -> QueueProfile {
    let voicemail = Voicemail { greeting: Some(GREETING.into()), seconds_max: 30 };
    QueueProfile { overflow: Overflow::Voicemail, voicemail, ..queue(SERVICE, &[1]) }
}

/// A caller who has waited too long, and is asked for a message.
fn asked() -> (Story, CallId, LegId) {
    let (mut s, _) = service(1, 0);
    s.give(Input::queue(taking_messages()));
    let (call, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.later(30_100);
    let greeting = Some(GREETING.to_owned());
    let command = SwitchCommand::TakeMessage { leg, call, greeting, seconds_max: 30 };
    assert!(effects.contains(&Effect::Switch(command)));
    (s, call, leg)
}

fn starts(s: &mut Story, leg: LegId) -> Vec<Effect> {
    s.leg(leg, LegChange::RecordingStarted { path: FILE.into() })
}

fn gone(by_far_end: bool) -> LegChange {
    LegChange::HungUp(HangUp { by_far_end: Some(by_far_end), ..HangUp::cause("NORMAL_CLEARING") })
}

#[test]
fn who_waited_too_long_leaves_a_message_and_hangs_up() {
    let (mut s, call, leg) = asked();
    let live = s.floor.calls_live().into_iter().find(|live| live.call == call).expect("a call");
    assert_eq!((live.state, live.queued_at), (CallStateKind::Voicemail, None));
    let effects = starts(&mut s, leg);
    let path = FILE.to_owned();
    let fact = Fact::MessageStarted { call, queue: SERVICE, path: path.clone(), at: s.now };
    assert!(effects.contains(&Effect::Record(fact)));
    s.now = s.now + 9_000;
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Voicemail, EndedBy::Customer)]);
    assert_eq!(s.outcomes(), [QueueOutcome::Overflowed]);
    let mut spans = s.effects.iter().filter_map(|effect| match effect {
        Effect::Record(Fact::CallSpan { kind, .. }) => Some(*kind),
        _ => None,
    });
    assert_eq!(spans.next_back(), Some(SpanKind::Voicemail));
    let recorded = |effect: &Effect| matches!(effect, Effect::Record(Fact::RecordingStarted { .. }));
    assert!(!s.effects.iter().any(recorded), "it is no conversation");
}

#[test]
fn who_says_nothing_has_left_no_message() {
    let (mut s, _, leg) = asked();
    starts(&mut s, leg);
    s.now = s.now + 1_900;
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Abandoned, EndedBy::Customer)]);
    let (mut s, _, leg) = asked();
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Abandoned, EndedBy::Customer)], "during the greeting");
}

#[test]
fn a_message_as_long_as_it_may_be_is_ended_by_the_switch_or_else_by_us() {
    let (mut s, _, leg) = asked();
    starts(&mut s, leg);
    s.later(30_000);
    s.leg(leg, gone(false));
    assert_eq!(s.ended(), [(CallResult::Voicemail, EndedBy::System)]);
    let (mut s, _, leg) = asked();
    starts(&mut s, leg);
    s.later(34_900);
    assert_eq!(hung_up(&s.effects), []);
    s.later(200);
    assert_eq!(hung_up(&s.effects), [leg]);
}

#[test]
fn a_greeting_that_never_ends_does_not_keep_the_caller() {
    let (mut s, _, leg) = asked();
    let effects = s.later(60_100);
    let ours = SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing };
    assert!(effects.contains(&Effect::Switch(ours)));
}

#[test]
fn outside_the_hours_a_message_is_taken_at_once() {
    let (mut s, _) = service(1, 1);
    let never = Schedule { zone: chrono_tz::UTC, week: Default::default(), special: Vec::new() };
    let hours = Some(Hours { schedule: never, then: Overflow::Voicemail, message: None });
    s.give(Input::queue(QueueProfile { hours, ..taking_messages() }));
    let (leg, effects) = s.call_in(90, "02160000001");
    let call = call_of(&effects);
    let effects = s.leg(leg, LegChange::Answered);
    let taken = |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::TakeMessage { call: of, .. }) if *of == call);
    assert!(effects.iter().any(taken));
    starts(&mut s, leg);
    s.now = s.now + 5_000;
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Voicemail, EndedBy::Customer)]);
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours]);
}

#[test]
fn a_disk_without_room_takes_no_messages() {
    let (mut s, _) = service(1, 0);
    s.give(Input::RecordingSpace(RecordingSpace { enough: false, free_mib: 1, min_mib: 2 }));
    s.give(Input::queue(QueueProfile { message: Some("/sounds/busy.wav".into()), ..taking_messages() }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.later(30_100);
    let turned_away = SwitchCommand::TurnAway { leg, message: "/sounds/busy.wav".into() };
    assert!(effects.contains(&Effect::Switch(turned_away)));
}

#[test]
fn a_lost_connection_does_not_disturb_who_speaks() {
    let (mut s, call, leg) = asked();
    starts(&mut s, leg);
    s.give(Input::SwitchDown { reason: "test".into() });
    s.now = s.now + 3_000;
    let channel = ChannelSnapshot {
        leaves_message: true,
        ..ChannelSnapshot::new(leg, Some(LegLabel::Customer { call }), true, None)
    };
    let effects = s.give(Input::SwitchUp { core: "core-1".into(), channels: vec![channel] });
    let about = |effect: &Effect| matches!(effect, Effect::Switch(command) if command.subject().0 == leg);
    assert!(!effects.iter().any(about), "{effects:?}");
    assert!(matches!(s.floor.calls[&call].state, CallState::Message { .. }));
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Voicemail, EndedBy::Customer)]);
}

#[test]
fn who_was_not_asked_because_the_connection_broke_is_asked_when_it_is_back() {
    let (mut s, call, leg) = asked();
    s.give(Input::SwitchDown { reason: "test".into() });
    s.now = s.now + 3_000;
    let channel = ChannelSnapshot::new(leg, Some(LegLabel::Customer { call }), true, None);
    let effects = s.give(Input::SwitchUp { core: "core-1".into(), channels: vec![channel] });
    let taken = |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::TakeMessage { call: of, .. }) if *of == call);
    assert!(effects.iter().any(taken), "{effects:?}");
    starts(&mut s, leg);
    s.now = s.now + 5_000;
    s.leg(leg, gone(true));
    assert_eq!(s.ended(), [(CallResult::Voicemail, EndedBy::Customer)]);
}
