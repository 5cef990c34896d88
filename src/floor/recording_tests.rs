//! Stories of what is recorded: a full disk, lost commands, refusals.

use super::effect::{AgentStateKind, CallResult, Effect, Fact, NotRecorded, SwitchCommand, Tell};
use super::input::{CommandName, DialMode, HangUp, Input, LegChange, LegLabel, PhoneMode, RecordingSpace};
use super::tests::{Story, bridged, bridges, hung_up, restarted};
use crate::base::ids::{AgentId, CallId, LegId};

const FULL: RecordingSpace = RecordingSpace { enough: false, free_mib: 10, min_mib: 1_024 };
const ROOM: RecordingSpace = RecordingSpace { enough: true, free_mib: 9_000, min_mib: 1_024 };

fn recorded(effects: &[Effect]) -> Vec<CallId> {
    let started = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::StartRecording { call, .. }) => Some(*call),
        _ => None,
    };
    effects.iter().filter_map(started).collect()
}

fn unrecorded(effects: &[Effect]) -> Vec<(CallId, NotRecorded)> {
    let why = |effect: &Effect| match effect {
        Effect::Record(Fact::NotRecorded { call, why, .. }) => Some((*call, *why)),
        _ => None,
    };
    effects.iter().filter_map(why).collect()
}

/// Agent 1 is ready and the customer about to answer.
fn ringing() -> (Story, CallId, LegId, LegId) {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    (s, call, leg, phone)
}

#[test]
fn a_full_disk_stops_new_recordings_not_calls_and_they_come_back_by_themselves() {
    let (mut s, call, leg, phone) = ringing();
    assert!(s.give(Input::RecordingSpace(FULL)).contains(&Effect::Tell(Tell::RecordingSpace(FULL))));
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phone)]);
    assert_eq!(recorded(&effects), []);
    assert_eq!(unrecorded(&effects), [(call, NotRecorded::DiskFull)]);
    assert_eq!(recorded(&s.leg(leg, LegChange::Bridged { other: phone })), []);
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    // What is left of the conversation is better than nothing.
    assert_eq!(recorded(&s.give(Input::RecordingSpace(ROOM))), [call]);
    s.leg(leg, LegChange::RecordingStarted { path: "/rec/a.wav".into() });
    s.give(Input::RecordingSpace(FULL));
    assert_eq!(recorded(&s.give(Input::RecordingSpace(ROOM))), [], "it goes on all the time");
}

#[test]
fn a_recording_that_begins_before_the_bridge_is_heard_of_is_the_conversations() {
    let (mut s, call, leg, phone) = ringing();
    s.leg(leg, LegChange::Answered);
    let path = "/rec/a.wav".to_owned();
    let started = |effects: &[Effect]| {
        effects.iter().position(|effect| matches!(effect, Effect::Record(Fact::RecordingStarted { .. })))
    };
    assert_eq!(started(&s.leg(leg, LegChange::RecordingStarted { path: path.clone() })), None);
    let effects = s.leg(leg, LegChange::Bridged { other: phone });
    let connected =
        effects.iter().position(|effect| matches!(effect, Effect::Record(Fact::CallConnected { .. })));
    assert!(connected.is_some() && started(&effects) > connected);
    let expected = Fact::RecordingStarted { call, agent: AgentId(1), path, at: s.now };
    assert!(effects.contains(&Effect::Record(expected)));
}

#[test]
fn a_command_to_record_that_was_lost_with_the_connection_is_sent_again() {
    let (mut s, call, leg, phone) = restarted();
    let customer = bridged(leg, LegLabel::Customer { call }, phone);
    let agent = bridged(phone, LegLabel::Agent { agent: AgentId(1), nailed: true, call: None }, leg);
    let back = Input::SwitchUp { core: "core-1".into(), channels: vec![customer, agent] };
    assert_eq!(recorded(&s.give(back.clone())), [call]);
    // It broke again before the command got through.
    s.give(Input::SwitchDown { reason: "cut".into() });
    assert_eq!(recorded(&s.give(back.clone())), [call]);
    s.leg(leg, LegChange::RecordingStarted { path: "/rec/a.wav".into() });
    s.give(Input::SwitchDown { reason: "cut".into() });
    assert_eq!(recorded(&s.give(back)), []);
}

#[test]
fn a_refusal_of_the_switch_is_the_reason_unless_the_call_is_over() {
    let (mut s, call, leg, phone) = ringing();
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    let mut fail = |reason: &str| {
        let command = CommandName::Record;
        unrecorded(&s.give(Input::CommandFailed { leg, command, reason: reason.to_owned() }))
    };
    assert_eq!(fail("-ERR No such channel!"), []);
    assert_eq!(fail("-ERR Cannot record session!"), [(call, NotRecorded::SwitchRefused)]);
}

/// The event of the bridge was lost, and the limit passed: the floor takes the
/// customer for one who waits in vain.
#[test]
fn a_customer_given_up_unheard_who_turns_out_to_talk_is_not_hung_up() {
    let (mut s, call, leg, phone) = ringing();
    s.leg(leg, LegChange::Answered);
    assert!(hung_up(&s.later(20_000)).contains(&leg), "given up");
    s.give(Input::SwitchDown { reason: "half open".into() });
    let customer = bridged(leg, LegLabel::Customer { call }, phone);
    let agent = bridged(phone, LegLabel::Agent { agent: AgentId(1), nailed: true, call: None }, leg);
    s.give(Input::SwitchUp { core: "core-1".into(), channels: vec![customer, agent] });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    assert_eq!(hung_up(&s.later(30_000)), []);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended().first().map(|ended| ended.0), Some(CallResult::Answered));
}
