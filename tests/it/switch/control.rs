//! Call control on every switch: hold, consultation, swap, hand-over, three-way
//! calls, silence, keys, recording, supervisors, and what goes wrong with each;
//! on a real one also who hears whom, by the telephones' tones.
//!
//! The real one runs when `TRUNKLINE_REAL_SWITCH=1`, as in the contract.

use super::exam::{
    AGENT, COLLEAGUE, CUSTOMER, Exam, LATER, MUSIC, OUTSIDE, Place, SUPERVISOR, Telephones, WHISPER, fresh,
    number, tones_of,
};
use super::rig::{Desk, answered, reached};
use std::path::Path;
use trunkline::base::ids::{AgentId, CallId, LegId};
use trunkline::floor::effect::{HangUpCause, SwitchCommand};
use trunkline::floor::input::{CommandName, Input, Keys, LegChange, LegLabel, MonitorMode};
use trunkline::floor::make::Make;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_switch_controls_calls_as_asked() {
    let place = Place::simulated().await;
    examine(place.port, &place.work, place.people).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_switch_controls_calls_as_asked() {
    if let Some(place) = Place::real().await {
        examine(place.port, &place.work, place.people).await;
    }
}

async fn examine(port: u16, work: &Path, people: Telephones) {
    let mut desk = Desk::start(port, work);
    let Input::SwitchUp { .. } = desk.next().await else { panic!("up") };
    let mut exam = Exam { desk, people, port, work: work.to_owned() };
    let agent = exam.ring(1, "1001", true).await;
    hold_and_what_hangs_on_the_audio(&mut exam, agent).await;
    a_recorded_call_is_handed_over(&mut exam, agent).await;
    three_talk(&mut exam, agent).await;
    supervisors(&mut exam, agent).await;
    what_supervisors_say(&mut exam, agent).await;
    customers_leave(&mut exam, agent).await;
    thirds_who_are_not_reached(&mut exam).await;
    legs_that_are_gone(&mut exam, agent).await;
}

async fn hold_and_what_hangs_on_the_audio(exam: &mut Exam, agent: LegId) {
    let (_, customer) = exam.talk(agent).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;

    exam.hold(customer, agent).await;
    exam.people.hear(&[("line", &[MUSIC]), ("1001", &[])]).await;
    let found = exam.found(customer).await;
    assert_eq!((found.on_music, found.bridged_to, found.in_room), (true, None, None));
    // Asked for again, it plays from the beginning.
    exam.send(SwitchCommand::PlayMusic { leg: customer, partner: None });
    exam.desk.expect(customer, &[LegChange::MusicStarted]).await;
    exam.bridge(customer, agent).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    let found = exam.found(customer).await;
    assert_eq!((found.on_music, found.bridged_to, found.in_room), (false, Some(agent), None));

    // Silence twice is silence once, over a hold as well.
    for on in [true, true] {
        exam.send(SwitchCommand::Mute { leg: agent, on });
    }
    exam.desk.expect(agent, &[LegChange::Muted(true)]).await;
    exam.people.hear(&[("line", &[]), ("1001", &[CUSTOMER])]).await;
    exam.hold(customer, agent).await;
    exam.bridge(customer, agent).await;
    exam.people.hear(&[("line", &[]), ("1001", &[CUSTOMER])]).await;
    for on in [false, false] {
        exam.send(SwitchCommand::Mute { leg: agent, on });
    }
    exam.desk.expect(agent, &[LegChange::Muted(false)]).await;
    exam.people.hear(&[("line", &[AGENT])]).await;

    exam.send(SwitchCommand::SendKeys { leg: customer, keys: Keys::new("12#").unwrap() });
    assert_eq!(exam.reply(customer, CommandName::SendKeys).await, Ok(()));

    // Parked, and bridged from there.
    exam.send(SwitchCommand::Park { leg: customer, partner: Some(agent) });
    exam.among(customer, &[LegChange::Unbridged { other: agent }, LegChange::Parked]).await;
    exam.among(agent, &[LegChange::Unbridged { other: customer }, LegChange::Parked]).await;
    exam.bridge(customer, agent).await;
    exam.hang_up(customer).await;
    exam.desk.freed(agent, customer).await;
}

/// One recording over hold, whisper, consultation, swap and hand-over, with
/// both sides apart and without what the customer does not hear.
async fn a_recorded_call_is_handed_over(exam: &mut Exam, agent: LegId) {
    let (call, customer) = exam.talk(agent).await;
    exam.send(SwitchCommand::StartRecording { leg: customer, call });
    let LegChange::RecordingStarted { path } = exam.desk.change(customer).await else { panic!("recording") };
    exam.people.hear(&[("line", &[AGENT])]).await;
    for on in [true, false] {
        exam.send(SwitchCommand::MaskRecording { leg: customer, path: path.clone(), on });
        assert_eq!(exam.reply(customer, CommandName::Mask).await, Ok(()));
    }
    let other = format!("{path}.other.wav");
    exam.refused(SwitchCommand::MaskRecording { leg: customer, path: other, on: true }).await;

    let ear = exam.listen(agent, MonitorMode::Whisper).await;
    exam.desk.expect(ear, &[LegChange::Key('w'), LegChange::Key('2')]).await;
    exam.people.hear(&[("1001", &[CUSTOMER, SUPERVISOR]), ("line", &[AGENT])]).await;
    exam.hang_up(ear).await;
    exam.desk.expect(agent, &[LegChange::Overheard(false)]).await;

    exam.hold(customer, agent).await;
    let colleague = exam.ring(2, "1002", false).await;
    exam.bridge(agent, colleague).await;
    exam.people.hear(&[("line", &[MUSIC]), ("1001", &[COLLEAGUE]), ("1002", &[AGENT])]).await;
    // Swapped, and back.
    exam.hold(colleague, agent).await;
    exam.bridge(customer, agent).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER]), ("1002", &[MUSIC])]).await;
    exam.hold(customer, agent).await;
    exam.bridge(agent, colleague).await;
    exam.people.hear(&[("line", &[MUSIC]), ("1001", &[COLLEAGUE]), ("1002", &[AGENT])]).await;
    // Handed over.
    exam.bridge(customer, colleague).await;
    exam.desk.freed(agent, colleague).await;
    exam.people.hear(&[("line", &[COLLEAGUE]), ("1001", &[]), ("1002", &[CUSTOMER])]).await;

    exam.people.hang_up("line", customer).await;
    let closed = exam.closed_at_the_end(customer).await;
    assert_eq!(closed.as_ref(), Some(&path), "one file, closed before the leg ends");
    // The on-hook phone's leg ends with the call.
    exam.desk.end(colleague).await;
    let [customers_side, other_side] = tones_of(&path);
    assert_eq!(customers_side, [CUSTOMER], "left");
    if let Telephones::Real { .. } = exam.people {
        assert_eq!(other_side, [AGENT, COLLEAGUE, MUSIC], "right, without the whisper");
    }
}

/// Customer, agent and an outside party; then two of them go on.
async fn three_talk(exam: &mut Exam, agent: LegId) {
    let (call, customer) = exam.talk(agent).await;
    exam.hold(customer, agent).await;
    let third = exam.outside(call, "outside", "13900139000", 20);
    exam.desk.expect(third, &answered()).await;
    let label = LegLabel::Third { call, number: number("13900139000") };
    assert_eq!(exam.found(third).await.label, Some(label));
    exam.bridge(agent, third).await;
    exam.people.hear(&[("line", &[MUSIC]), ("1001", &[OUTSIDE]), ("outside", &[AGENT])]).await;

    exam.send(SwitchCommand::JoinRoom { call, legs: vec![customer, agent, third] });
    exam.among(customer, &[LegChange::JoinedRoom]).await;
    exam.both_in_room(agent, third).await;
    let all: [(&str, &[u64]); 3] =
        [("line", &[AGENT, OUTSIDE]), ("1001", &[CUSTOMER, OUTSIDE]), ("outside", &[CUSTOMER, AGENT])];
    exam.people.hear(&all).await;
    let found = exam.found(agent).await;
    assert_eq!((found.on_music, found.bridged_to, found.in_room), (false, None, Some(call)));

    // The third leaves, and nobody else.
    exam.people.hang_up("outside", third).await;
    exam.desk.end(third).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    exam.bridge(customer, agent).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    assert_eq!(exam.found(agent).await.in_room, None);
    exam.hang_up(customer).await;
    exam.desk.freed(agent, customer).await;
}

async fn supervisors(exam: &mut Exam, agent: LegId) {
    let (call, customer) = exam.talk(agent).await;
    let ear = exam.listen(agent, MonitorMode::Listen).await;
    let label = LegLabel::Monitor { supervisor: AgentId(3) };
    assert_eq!(exam.found(ear).await.label, Some(label));
    let both: &[u64] = &[CUSTOMER, AGENT];
    exam.people.hear(&[("1003", both), ("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    for (mode, key) in [(MonitorMode::Barge, '3'), (MonitorMode::Whisper, '2'), (MonitorMode::Listen, '0')] {
        assert_eq!(mode.key(), key);
        exam.take_part(ear, mode).await;
        let heard: [(&str, &[u64]); 3] = match mode {
            MonitorMode::Listen => [("1003", both), ("line", &[AGENT]), ("1001", &[CUSTOMER])],
            MonitorMode::Whisper => [("1003", both), ("line", &[AGENT]), ("1001", &[CUSTOMER, SUPERVISOR])],
            MonitorMode::Barge => {
                [("1003", both), ("line", &[AGENT, SUPERVISOR]), ("1001", &[CUSTOMER, SUPERVISOR])]
            }
        };
        exam.people.hear(&heard).await;
    }

    // To another agent and back, without ringing again.
    let colleague = exam.ring(2, "1002", true).await;
    exam.send(SwitchCommand::MoveMonitor { leg: ear, target: colleague, mode: MonitorMode::Whisper });
    exam.desk.expect(agent, &[LegChange::Overheard(false)]).await;
    exam.desk.expect(colleague, &[LegChange::Overheard(true)]).await;
    exam.desk.expect(ear, &[LegChange::Key('w'), LegChange::Key('2')]).await;
    exam.people.hear(&[("1002", &[SUPERVISOR]), ("1003", &[COLLEAGUE]), ("line", &[AGENT])]).await;
    exam.send(SwitchCommand::MoveMonitor { leg: ear, target: agent, mode: MonitorMode::Listen });
    exam.desk.expect(colleague, &[LegChange::Overheard(false)]).await;
    exam.desk.expect(agent, &[LegChange::Overheard(true)]).await;
    exam.people.hear(&[("1003", both), ("1002", &[])]).await;
    exam.hang_up(colleague).await;

    // The supervisor takes the agent's place; after a restart it is theirs.
    let supervisor = AgentId(3);
    exam.send(SwitchCommand::LabelAgent { leg: ear, agent: supervisor, call });
    exam.bridge(customer, ear).await;
    let found = exam.found(ear).await;
    let label = LegLabel::Agent { agent: supervisor, nailed: false, call: Some(call) };
    assert_eq!((found.label, found.bridged_to), (Some(label), Some(customer)));
    let apart = LegChange::Unbridged { other: customer };
    exam.among(agent, &[LegChange::Overheard(false), LegChange::Parked, apart]).await;
    exam.people.hear(&[("line", &[SUPERVISOR]), ("1003", &[CUSTOMER]), ("1001", &[])]).await;
    exam.people.hang_up("line", customer).await;
    exam.desk.end(customer).await;
    exam.desk.end(ear).await;

    // An ear without keys only listens. One that hangs up by itself changes
    // nothing for the two; one whose agent hangs up ends.
    let (_, customer) = exam.talk(agent).await;
    let ear = exam.ear(agent, MonitorMode::Listen, false).await;
    exam.send(SwitchCommand::SetMonitorMode { leg: ear, mode: MonitorMode::Barge });
    // No event tells that nothing happened: the answer to a later order does.
    let keys = Keys::new("1").unwrap();
    exam.send(SwitchCommand::SendKeys { leg: customer, keys });
    assert_eq!(exam.reply(customer, CommandName::SendKeys).await, Ok(()));
    exam.people.hear(&[("1003", both), ("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    exam.people.hang_up("1003", ear).await;
    exam.desk.end(ear).await;
    exam.desk.expect(agent, &[LegChange::Overheard(false)]).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    let colleague = exam.ring(2, "1002", true).await;
    let ear = exam.listen(colleague, MonitorMode::Listen).await;
    exam.people.hang_up("1002", colleague).await;
    exam.desk.end(colleague).await;
    assert_eq!(exam.desk.end(ear).await.cause, "NORMAL_CLEARING");
    exam.hang_up(customer).await;
    exam.desk.freed(agent, customer).await;
}

/// What a supervisor says when they barge is in a file of their own, without
/// what they hear, and without what they whisper.
async fn what_supervisors_say(exam: &mut Exam, agent: LegId) {
    let (call, customer) = exam.talk(agent).await;
    exam.send(SwitchCommand::StartRecording { leg: customer, call });
    let LegChange::RecordingStarted { path: of_call } = exam.desk.change(customer).await else {
        panic!("recording")
    };
    let ear = exam.listen(agent, MonitorMode::Listen).await;
    let mut files = Vec::new();
    for _ in 0..2 {
        exam.people.tone("1003", WHISPER).await;
        exam.take_part(ear, MonitorMode::Whisper).await;
        exam.people.hear(&[("1001", &[CUSTOMER, WHISPER]), ("line", &[AGENT])]).await;
        exam.people.tone("1003", SUPERVISOR).await;
        // Their phone sends it before the switch is asked to record.
        exam.people.hear(&[("1001", &[CUSTOMER, SUPERVISOR])]).await;
        exam.take_part(ear, MonitorMode::Barge).await;
        let path = exam.record_voice(ear, call).await;
        // Until another tone has come and gone, for something is to be recorded.
        for tone in [LATER, SUPERVISOR] {
            exam.people.tone("1003", tone).await;
            exam.people.hear(&[("1001", &[CUSTOMER, tone]), ("line", &[AGENT, tone])]).await;
        }
        files.push(path.clone());
        if files.len() == 1 {
            exam.send(SwitchCommand::StopRecording { leg: ear });
            exam.desk.expect(ear, &[LegChange::RecordingStopped { path }]).await;
            // Of which nothing is recorded any more.
            exam.refused(SwitchCommand::StopRecording { leg: ear }).await;
        }
    }
    assert_ne!(files[0], files[1]);
    // The leg's end closes the file; the call goes on, and its own recording.
    exam.people.hang_up("1003", ear).await;
    assert_eq!(exam.closed_at_the_end(ear).await.as_ref(), Some(&files[1]));
    exam.desk.expect(agent, &[LegChange::Overheard(false)]).await;
    exam.people.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    for path in &files {
        let [said] = tones_of(path);
        let length = std::fs::metadata(path).unwrap().len();
        match exam.people {
            Telephones::Real { .. } => assert_eq!(said, [SUPERVISOR, LATER], "{path} of {length} bytes"),
            // No time passes there that would be worth a tone.
            Telephones::Simulated(_) => assert!(length >= 44, "{path}"),
        }
    }
    exam.send(SwitchCommand::HangUp { leg: customer, cause: HangUpCause::NormalClearing });
    assert_eq!(exam.closed_at_the_end(customer).await.as_ref(), Some(&of_call));
    exam.desk.freed(agent, customer).await;
    if let Telephones::Real { .. } = exam.people {
        let [customers_side, other_side] = tones_of(&of_call);
        assert_eq!((customers_side, other_side), (vec![CUSTOMER], vec![AGENT, SUPERVISOR, LATER]));
    }
}

/// Customers who hang up while they hear music, while others talk about them,
/// and out of a room.
async fn customers_leave(exam: &mut Exam, agent: LegId) {
    let (_, customer) = exam.talk(agent).await;
    exam.hold(customer, agent).await;
    exam.people.hang_up("line", customer).await;
    exam.desk.end(customer).await;

    let (call, customer) = exam.talk(agent).await;
    exam.hold(customer, agent).await;
    let colleague = exam.ring(2, "1002", false).await;
    exam.bridge(agent, colleague).await;
    exam.people.hang_up("line", customer).await;
    exam.desk.end(customer).await;
    exam.people.hear(&[("1001", &[COLLEAGUE]), ("1002", &[AGENT])]).await;

    let (_, customer) = exam.desk.dial("line", "13800138000");
    exam.desk.expect(customer, &reached()).await;
    exam.send(SwitchCommand::JoinRoom { call, legs: vec![customer, agent, colleague] });
    exam.among(customer, &[LegChange::JoinedRoom]).await;
    exam.both_in_room(agent, colleague).await;
    exam.people.hang_up("line", customer).await;
    exam.desk.end(customer).await;
    exam.people.hear(&[("1001", &[COLLEAGUE]), ("1002", &[AGENT])]).await;
    exam.hang_up(colleague).await;
    exam.send(SwitchCommand::Park { leg: agent, partner: None });
    exam.desk.expect(agent, &[LegChange::Parked]).await;
}

async fn thirds_who_are_not_reached(exam: &mut Exam) {
    let call = CallId(Uuid::new_v4());
    for (to, ring_seconds, cause, status) in [
        ("13800138086", 20, "USER_BUSY", Some(486)),
        ("13800138003", 20, "CALL_REJECTED", Some(603)),
        ("13800138004", 20, "UNALLOCATED_NUMBER", Some(404)),
        ("13800138099", 1, "NO_ANSWER", None),
    ] {
        let leg = exam.outside(call, "customers", to, ring_seconds);
        let hang_up = exam.desk.end(leg).await;
        assert_eq!((hang_up.cause.as_str(), hang_up.sip_status), (cause, status), "{to}");
    }
    let leg = exam.outside(call, "no-such-gateway", "13900139000", 20);
    assert_eq!(exam.desk.end(leg).await.cause, "INVALID_GATEWAY");
    let leg = exam.ringing(2, "1009", false);
    assert_eq!(exam.desk.end(leg).await.cause, "SUBSCRIBER_ABSENT");

    // A phone that only rings, and is asked to answer.
    exam.people.ring_on("1002", true).await;
    let leg = exam.ringing(2, "1002", false);
    exam.desk.expect(leg, &answered()[..2]).await;
    exam.send(SwitchCommand::AnswerPhone { leg });
    exam.desk.expect(leg, &answered()[2..]).await;
    exam.people.ring_on("1002", false).await;
    exam.hang_up(leg).await;
}

/// A command for a leg that has just ended is refused, and does no harm to the
/// one named beside it.
async fn legs_that_are_gone(exam: &mut Exam, agent: LegId) {
    let (call, gone) = exam.talk(agent).await;
    exam.hang_up(gone).await;
    exam.desk.freed(agent, gone).await;
    let path = exam.work.join("recordings/none.wav").to_string_lossy().into_owned();
    for command in [
        SwitchCommand::PlayMusic { leg: gone, partner: None },
        SwitchCommand::Park { leg: gone, partner: Some(agent) },
        SwitchCommand::JoinRoom { call, legs: vec![gone, agent] },
        SwitchCommand::Bridge { first: gone, second: agent, stays: None },
        SwitchCommand::Bridge { first: agent, second: gone, stays: None },
        SwitchCommand::Mute { leg: gone, on: true },
        SwitchCommand::Mute { leg: gone, on: false },
        SwitchCommand::SendKeys { leg: gone, keys: Keys::new("1").unwrap() },
        SwitchCommand::MaskRecording { leg: gone, path, on: true },
        SwitchCommand::AnswerPhone { leg: gone },
        SwitchCommand::SetMonitorMode { leg: gone, mode: MonitorMode::Barge },
        SwitchCommand::MoveMonitor { leg: gone, target: agent, mode: MonitorMode::Listen },
        SwitchCommand::StartRecording { leg: gone, call },
        SwitchCommand::RecordVoice { leg: gone, call, supervisor: AgentId(3) },
        SwitchCommand::StopRecording { leg: gone },
        SwitchCommand::LabelAgent { leg: gone, agent: AgentId(3), call },
    ] {
        exam.refused(command).await;
    }
    // An ear for nobody ends at once.
    let leg = fresh();
    exam.send(SwitchCommand::Monitor {
        supervisor: AgentId(3),
        leg,
        extension: number("1003"),
        target: gone,
        mode: MonitorMode::Listen,
        phone_keys: true,
        ring_seconds: 20,
        make: Make::Other,
    });
    assert_eq!(exam.desk.end(leg).await.cause, "NORMAL_CLEARING");
    exam.people.hear(&[("1001", &[])]).await;
    // A partner that is gone keeps nobody from their music.
    exam.send(SwitchCommand::PlayMusic { leg: agent, partner: Some(gone) });
    exam.desk.expect(agent, &[LegChange::MusicStarted]).await;
    exam.people.hear(&[("1001", &[MUSIC])]).await;
    exam.hang_up(agent).await;
}
