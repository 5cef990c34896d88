//! Callers inside and outside a queue's hours, told as stories.

use super::effect::{AgentStateKind, CallResult, Effect, EndedBy, SwitchCommand};
use super::hours::{Hours, Period, Schedule};
use super::input::{AgentCommand, HangUp, Input, LegChange, Party};
use super::queue::{Overflow, QueueOutcome, QueueProfile};
use super::queue_tests::{SECOND, SERVICE, call_of, music, number, queue, service};
use super::refusal::{Refusal, TargetProblem};
use super::tests::{Story, bridges, hung_up};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use chrono_tz::UTC;

const SORRY: &str = "/sounds/closed.wav";

/// Open every day between these minutes of the day in UTC.
fn hours(from: u16, to: u16, then: Overflow) -> Option<Hours> {
    let week = std::array::from_fn(|_| vec![Period { from, to }]);
    let schedule = Schedule { zone: UTC, week, special: Vec::new() };
    Some(Hours { schedule, then, message: Some(SORRY.into()) })
}

fn minute(now: Moment) -> u16 {
    u16::try_from(now.0.rem_euclid(86_400_000) / 60_000).expect("a minute of the day")
}

/// The service, closed now and sending callers this way.
fn closed(agents: usize, ready: usize, then: Overflow) -> (Story, Vec<LegId>) {
    let (mut s, phones) = service(agents, ready);
    let open = minute(s.now) + 60;
    let all: Vec<i64> = (1..=agents as i64).collect();
    s.give(Input::queue(QueueProfile { hours: hours(open, open + 60, then), ..queue(SERVICE, &all) }));
    (s, phones)
}

fn played(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::TurnAway { message, .. }) => Some(message.as_str()),
        _ => None,
    })
}

/// A caller is answered, whoever they are.
fn answered(s: &mut Story, n: u128) -> (CallId, LegId, Vec<Effect>) {
    let (leg, effects) = s.call_in(n, "02160000001");
    let call = call_of(&effects);
    assert!(effects.contains(&Effect::Switch(SwitchCommand::AnswerCaller { leg, call })));
    let effects = s.leg(leg, LegChange::Answered);
    (call, leg, effects)
}

#[test]
fn outside_the_hours_a_ready_agent_is_left_alone_and_the_caller_hears_why() {
    let (mut s, _) = closed(1, 1, Overflow::HangUp);
    let (call, leg, effects) = answered(&mut s, 90);
    assert_eq!(played(&effects), Some(SORRY));
    assert_eq!((music(&effects), bridges(&effects)), (None, vec![]));
    // Who it is comes later, and changes nothing.
    let effects = s.known(call, Some(5), None);
    assert_eq!((played(&effects), bridges(&effects)), (None, vec![]));
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::OutOfHours, EndedBy::System)]);
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours]);
    assert_eq!(s.kind(1), AgentStateKind::Ready);
    let live = s.floor.queue_live(s.now, SERVICE).expect("a queue");
    assert_eq!((live.counts.offered, live.counts.out_of_hours, live.waiting), (0, 1, 0));
}

#[test]
fn without_a_message_the_caller_is_hung_up() {
    let (mut s, _) = closed(1, 1, Overflow::HangUp);
    let silent = hours(0, 1, Overflow::HangUp).map(|hours| Hours { message: None, ..hours });
    s.give(Input::queue(QueueProfile { hours: silent, ..queue(SERVICE, &[1]) }));
    let (_, leg, effects) = answered(&mut s, 90);
    assert!(hung_up(&effects).contains(&leg));
}

#[test]
fn who_waits_when_the_hours_end_is_served_and_who_comes_after_is_not() {
    let (mut s, _) = service(1, 0);
    let closes = minute(s.now) + 1;
    let open = hours(0, closes, Overflow::HangUp);
    let profile = QueueProfile { hours: open, wait_ms_max: 600_000, ..queue(SERVICE, &[1]) };
    s.give(Input::queue(profile.clone()));
    let (_, early, _) = s.caller(91);
    s.leg(early, LegChange::MusicStarted);
    s.later(61_000);
    assert!(!profile.hours.as_ref().expect("hours").schedule.open_at(s.now), "closed by now");
    let (_, late, effects) = answered(&mut s, 92);
    assert_eq!(played(&effects), Some(SORRY));
    s.leg(late, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    let phone = s.off_hook_ready_for(1);
    assert_eq!(bridges(&s.effects), [(early, phone)]);
    s.leg(early, LegChange::Bridged { other: phone });
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours, QueueOutcome::Answered]);
}

#[test]
fn another_queue_that_is_open_takes_the_caller() {
    let (mut s, phones) = closed(2, 2, Overflow::Queue(SECOND));
    s.give(Input::queue(queue(SECOND, &[2])));
    let (call, leg, effects) = answered(&mut s, 90);
    assert_eq!((played(&effects), music(&effects)), (None, Some(leg)), "music until it is known who calls");
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.known(call, None, None);
    assert_eq!(bridges(&effects), [(leg, phones[1])]);
    s.leg(leg, LegChange::Bridged { other: phones[1] });
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours, QueueOutcome::Answered]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
}

#[test]
fn queues_that_are_all_closed_send_nobody_round_for_ever() {
    let (mut s, _) = closed(1, 1, Overflow::Queue(SECOND));
    let back = hours(0, 1, Overflow::Queue(SERVICE));
    s.give(Input::queue(QueueProfile { hours: back, ..queue(SECOND, &[1]) }));
    let (_, leg, effects) = answered(&mut s, 90);
    assert_eq!(played(&effects), Some(SORRY), "after so many queues");
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours; 4]);
    assert_eq!(s.ended(), [(CallResult::OutOfHours, EndedBy::System)]);
}

#[test]
fn who_waited_too_long_and_overflows_into_a_closed_queue_goes_where_that_one_says() {
    let (mut s, _) = service(1, 0);
    s.give(Input::queue(QueueProfile { overflow: Overflow::Queue(SECOND), ..queue(SERVICE, &[1]) }));
    let shut = hours(0, 1, Overflow::HangUp);
    s.give(Input::queue(QueueProfile { hours: shut, ..queue(SECOND, &[1]) }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.later(30_100);
    assert_eq!(played(&effects), Some(SORRY));
    assert_eq!(s.outcomes(), [QueueOutcome::Overflowed, QueueOutcome::OutOfHours]);
}

#[test]
fn the_agent_on_duty_alone_is_waited_for() {
    let (mut s, phones) = closed(2, 2, Overflow::Agent(AgentId(2)));
    let (call, leg, _) = answered(&mut s, 90);
    s.known(call, None, None);
    s.leg(leg, LegChange::MusicStarted);
    assert_eq!(bridges(&s.effects), [(leg, phones[1])], "though the other has been ready longer");
    // And if they are not there, the caller hears why.
    let (mut s, _) = closed(2, 1, Overflow::Agent(AgentId(2)));
    let (call, leg, _) = answered(&mut s, 90);
    s.known(call, None, None);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.later(30_100);
    assert_eq!(played(&effects), Some(SORRY));
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::OutOfHours, EndedBy::System)]);
}

#[test]
fn a_number_outside_is_rung_at_once() {
    let (mut s, _) = closed(1, 1, Overflow::Outside(number("02169999000")));
    let (_, leg, effects) = answered(&mut s, 90);
    let outside = effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::DialThird { leg, .. }) => Some(*leg),
        _ => None,
    });
    let outside = outside.expect("rung");
    s.leg(outside, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: outside });
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Overflowed, EndedBy::Customer)]);
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours]);
}

#[test]
fn a_caller_who_hangs_up_before_we_answer_still_called_outside_the_hours() {
    let (mut s, _) = closed(1, 1, Overflow::HangUp);
    let (leg, _) = s.call_in(90, "02160000001");
    s.leg(leg, LegChange::HungUp(HangUp::cause("ORIGINATOR_CANCEL")));
    assert_eq!(s.ended(), [(CallResult::OutOfHours, EndedBy::Customer)]);
    assert_eq!(s.outcomes(), [QueueOutcome::OutOfHours]);
}

#[test]
fn a_call_is_not_handed_to_a_queue_that_is_closed_now() {
    let (mut s, phones) = service(1, 1);
    let shut = hours(0, 1, Overflow::HangUp);
    s.give(Input::queue(QueueProfile { hours: shut, ..queue(SECOND, &[1]) }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    let effects = s.ask(1, AgentCommand::Transfer { to: Party::Queue(SECOND), note: None });
    let why = effects.iter().find_map(|effect| match effect {
        Effect::Answer { refusal, .. } => Some(refusal.clone()),
        _ => None,
    });
    assert_eq!(why, Some(Some(Refusal::Target(TargetProblem::QueueClosed))));
}
