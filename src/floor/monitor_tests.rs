//! Stories of supervisors: they listen, whisper, barge, take over; what they say
//! when they barge is recorded, and a whisper never.

use super::control_tests::{Talk, answers, ended_by_customer, talk, together};
use super::effect::{AgentStateKind, CallStateKind, Effect, Fact, SwitchCommand};
use super::input::{
    AgentCommand, ChannelSnapshot, CommandName, Input, LegChange, LegLabel, MonitorMode, PhoneMode,
    RecordingSpace, SupervisorCommand, Ticket,
};
use super::refusal::Refusal;
use super::tests::{bridged, bridges, hung_up, restarted};
use crate::base::ids::{AgentId, LegId};

fn supervise(t: &mut Talk, command: SupervisorCommand) -> Vec<Effect> {
    t.s.give(Input::Supervisor { supervisor: AgentId(2), command, ticket: Ticket(7) })
}

/// Of one who may not barge.
fn monitor(mode: MonitorMode) -> SupervisorCommand {
    let may = vec![MonitorMode::Listen, MonitorMode::Whisper];
    SupervisorCommand::Monitor { agent: AgentId(1), mode, may }
}

/// Agent 2, paused, listens to agent 1.
fn listen(t: &mut Talk) -> LegId {
    t.s.ask(2, AgentCommand::Pause { reason: "meeting".into() });
    let effects = supervise(t, monitor(MonitorMode::Listen));
    let leg = effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::Monitor { leg, target, .. }) if *target == t.agent => Some(*leg),
        _ => None,
    });
    let leg = leg.expect("the supervisor's phone is rung");
    t.s.leg(leg, LegChange::Ringing { early_media: false });
    t.s.leg(leg, LegChange::Answered);
    t.s.leg(t.agent, LegChange::Overheard(true));
    leg
}

#[test]
fn a_supervisor_changes_how_they_take_part_without_a_second_call() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = listen(&mut t);
    let effects = supervise(&mut t, monitor(MonitorMode::Whisper));
    assert_eq!(effects[0], Effect::Switch(SwitchCommand::SetMonitorMode { leg, mode: MonitorMode::Whisper }));
    assert_eq!(answers(&effects), []);
    assert_eq!(answers(&t.s.leg(leg, LegChange::Key('2'))), [None]);
    // A key for what they may not do is taken back at once.
    let back = t.s.leg(leg, LegChange::Key('3'));
    assert_eq!(back, [Effect::Switch(SwitchCommand::SetMonitorMode { leg, mode: MonitorMode::Whisper })]);
    // Losing the ear changes nothing for the two on the call.
    t.s.leg(leg, ended_by_customer());
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::Talking, Some(CallStateKind::Talking)));
}

#[test]
fn a_supervisor_takes_the_call_over() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = listen(&mut t);
    let effects = supervise(&mut t, SupervisorCommand::TakeOver);
    assert_eq!(bridges(&effects), [(t.customer, leg)]);
    t.s.leg(t.agent, LegChange::Parked);
    together(&mut t.s, t.customer, leg);
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::WrapUp, AgentStateKind::Talking));
    assert_eq!(answers(&t.s.effects).last(), Some(&None));
    let effects = t.s.leg(t.customer, ended_by_customer());
    assert_eq!(hung_up(&effects), [leg]);
    t.s.ask(2, AgentCommand::Disposed { call: t.call });
    assert_eq!(t.s.kind(2), AgentStateKind::Paused, "back to what it was");
}

#[test]
fn ears_end_with_the_call_and_follow_it() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = listen(&mut t);
    let effects = t.s.leg(t.customer, ended_by_customer());
    assert!(hung_up(&effects).contains(&leg));
}

/// Of one who may do everything.
fn barge() -> SupervisorCommand {
    take_part(MonitorMode::Barge)
}

fn take_part(mode: MonitorMode) -> SupervisorCommand {
    let may = vec![MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge];
    SupervisorCommand::Monitor { agent: AgentId(1), mode, may }
}

/// The leg of a supervisor's phone that is rung.
fn ear(effects: &[Effect]) -> LegId {
    let leg = effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::Monitor { leg, .. }) => Some(*leg),
        _ => None,
    });
    leg.expect("the supervisor's phone is rung")
}

/// What is ordered of the supervisor's leg, in words.
fn orders(effects: &[Effect]) -> Vec<String> {
    let order = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::RecordVoice { supervisor: AgentId(2), .. }) => Some("record".into()),
        Effect::Switch(SwitchCommand::StopRecording { .. }) => Some("stop".into()),
        Effect::Switch(SwitchCommand::SetMonitorMode { mode, .. }) => Some(mode.as_str().into()),
        Effect::Switch(SwitchCommand::MoveMonitor { .. }) => Some("move".into()),
        Effect::Switch(SwitchCommand::LabelAgent { agent: AgentId(2), .. }) => Some("label".into()),
        Effect::Switch(SwitchCommand::Bridge { .. }) => Some("bridge".into()),
        _ => None,
    };
    effects.iter().filter_map(order).collect()
}

fn voices(effects: &[Effect]) -> Vec<&Fact> {
    let fact = |effect| match effect {
        &Effect::Record(ref fact @ (Fact::VoiceStarted { .. } | Fact::VoiceStopped { .. })) => Some(fact),
        _ => None,
    };
    effects.iter().filter_map(fact).collect()
}

const PATH: &str = "/rec/v.wav";

fn started() -> LegChange {
    LegChange::RecordingStarted { path: PATH.into() }
}

fn stopped() -> LegChange {
    LegChange::RecordingStopped { path: PATH.into() }
}

/// Agent 2 barges, and it is recorded.
fn barging(t: &mut Talk) -> LegId {
    let leg = listen(t);
    assert_eq!(orders(&supervise(t, barge())), ["barge"], "nothing is recorded before the switch obeys");
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), ["record"]);
    let effects = t.s.leg(leg, started());
    let (call, path) = (t.call, PATH.to_owned());
    let fact = Fact::VoiceStarted { call, agent: AgentId(1), supervisor: AgentId(2), path, at: t.s.now };
    assert_eq!(voices(&effects), [&fact]);
    leg
}

#[test]
fn a_barge_is_recorded_and_closed_before_a_whisper_begins() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = barging(&mut t);
    let effects = supervise(&mut t, take_part(MonitorMode::Whisper));
    assert_eq!((orders(&effects), answers(&effects)), (vec!["stop".to_owned()], vec![]));
    let effects = t.s.leg(leg, stopped());
    assert_eq!(voices(&effects), [&Fact::VoiceStopped { path: PATH.into(), at: t.s.now }]);
    assert_eq!(orders(&effects), ["whisper"]);
    let effects = t.s.leg(leg, LegChange::Key('2'));
    assert_eq!((orders(&effects), answers(&effects)), (vec![], vec![None]));
    // And the next barge has a file of its own.
    supervise(&mut t, barge());
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), ["record"]);
}

#[test]
fn a_file_that_is_not_closed_keeps_the_barge() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = barging(&mut t);
    supervise(&mut t, take_part(MonitorMode::Listen));
    let refused = |reason: &str| Input::CommandFailed {
        leg,
        command: CommandName::StopRecording,
        reason: reason.to_owned(),
    };
    assert_eq!(orders(&t.s.give(refused("-ERR no answer"))), ["stop"], "it is tried again");
    let effects = t.s.later(3_000);
    assert!(matches!(answers(&effects)[..], [Some(Refusal::NotConfirmed { .. })]), "{effects:?}");
    assert_eq!(orders(&effects), ["barge"]);
    // Nothing was there to be closed: the start had failed.
    supervise(&mut t, take_part(MonitorMode::Listen));
    assert_eq!(orders(&t.s.give(refused("-ERR Cannot stop record session!"))), ["listen"]);
}

#[test]
fn a_key_on_the_phone_closes_the_file_at_once() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = barging(&mut t);
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('2'))), ["stop"]);
    assert_eq!(orders(&t.s.leg(leg, stopped())), Vec::<String>::new());
}

#[test]
fn who_begins_with_a_barge_is_recorded_from_the_first_word() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.ask(2, AgentCommand::Pause { reason: "meeting".into() });
    let effects = supervise(&mut t, barge());
    let leg = ear(&effects);
    t.s.leg(leg, LegChange::Answered);
    // Until the switch has taken the key with which it begins, they only listen.
    assert_eq!(orders(&t.s.leg(t.agent, LegChange::Overheard(true))), Vec::<String>::new());
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), ["record"]);
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), Vec::<String>::new(), "once");
    // To the end of the call, of which they hear after their file is closed.
    t.s.leg(leg, started());
    t.s.leg(t.customer, ended_by_customer());
    assert_eq!(voices(&t.s.leg(leg, stopped())).len(), 1);
}

/// The simulation found it: a key that was pressed for another ear told of a
/// barge while this one began with a whisper.
#[test]
fn a_key_before_the_ears_own_says_nothing_of_it() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.ask(2, AgentCommand::Pause { reason: "meeting".into() });
    let effects = supervise(&mut t, take_part(MonitorMode::Whisper));
    let leg = ear(&effects);
    t.s.leg(leg, LegChange::Ringing { early_media: false });
    let effects = supervise(&mut t, barge());
    assert_eq!(answers(&effects), [Some(Refusal::StillBusy)], "they do not hear yet");
    t.s.leg(leg, LegChange::Answered);
    let nothing = Vec::<String>::new();
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), nothing);
    assert_eq!(orders(&t.s.leg(t.agent, LegChange::Overheard(true))), nothing);
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('2'))), nothing);
    supervise(&mut t, barge());
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), ["record"]);
}

#[test]
fn a_full_disk_stops_the_recording_of_voices_and_not_the_barge() {
    let space = |enough| Input::RecordingSpace(RecordingSpace { enough, free_mib: 10, min_mib: 1_024 });
    let mut t = talk(PhoneMode::OnHook);
    let leg = listen(&mut t);
    t.s.give(space(false));
    supervise(&mut t, barge());
    let effects = t.s.leg(leg, LegChange::Key('3'));
    assert_eq!((orders(&effects), answers(&effects)), (vec![], vec![None]));
    assert_eq!(orders(&t.s.give(space(true))), ["record"]);
}

#[test]
fn a_lost_connection_makes_sure_of_the_barge_and_its_recording() {
    let mut t = talk(PhoneMode::OffHook);
    let leg = listen(&mut t);
    supervise(&mut t, barge());
    t.s.leg(leg, LegChange::Key('3'));
    // Whether it began is not known: the connection broke.
    t.s.give(Input::SwitchDown { reason: "cut".into() });
    let phone = |agent| LegLabel::Agent { agent: AgentId(agent), nailed: true, call: None };
    let channels = vec![
        bridged(t.customer, LegLabel::Customer { call: t.call }, t.agent),
        bridged(t.agent, phone(1), t.customer),
        ChannelSnapshot::new(leg, Some(LegLabel::Monitor { supervisor: AgentId(2) }), true, None),
    ];
    let effects = t.s.give(Input::SwitchUp { core: "core-1".into(), channels });
    assert_eq!(orders(&effects), ["stop", "barge"]);
    assert_eq!(orders(&t.s.leg(leg, LegChange::Key('3'))), ["record"]);
}

#[test]
fn a_call_taken_over_is_the_supervisors_after_a_restart_too() {
    let mut t = talk(PhoneMode::OnHook);
    let leg = barging(&mut t);
    let effects = supervise(&mut t, SupervisorCommand::TakeOver);
    // The label first, so that the customer's leg is named after them as well.
    assert_eq!(orders(&effects), ["stop", "label", "bridge"]);
    let label = SwitchCommand::LabelAgent { leg, agent: AgentId(2), call: t.call };
    assert!(effects.contains(&Effect::Switch(label)));
    assert_eq!(voices(&t.s.leg(leg, stopped())).len(), 1, "closed when the leg is an agent's");

    // Trunkline was away, and finds the supervisor with the customer.
    let (mut s, call, customer, leg) = restarted();
    let taken = LegLabel::Agent { agent: AgentId(1), nailed: false, call: Some(call) };
    let channels = vec![bridged(customer, LegLabel::Customer { call }, leg), bridged(leg, taken, customer)];
    assert_eq!(hung_up(&s.give(Input::SwitchUp { core: "core-1".into(), channels })), []);
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    // Theirs is an off-hook phone, but this leg was for the one call.
    assert_eq!(hung_up(&s.leg(customer, ended_by_customer())), [leg]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}
