//! Legs that end unheard: while the link was down, during a restart, or with
//! their hang-up late.

use super::effect::{AgentStateKind, CallResult, EndedBy};
use super::input::{AgentCommand, CommandName, DialMode, HangUp, Input, LegChange, PhoneMode, StoredState};
use super::tests::{Story, asks_for, hung_up, profile, restarted, rung};
use crate::base::clock::Moment;
use crate::base::ids::AgentId;

/// The switch's list lags: a young call that is not in it may well live.
#[test]
fn a_young_call_that_is_not_listed_is_asked_for() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    s.give(Input::SwitchDown { reason: "gone".into() });
    s.effects.clear();
    s.give(Input::SwitchUp { core: "core-1".into(), channels: Vec::new() });
    let asked: Vec<_> = s.effects.iter().filter(|effect| asks_for(effect, leg)).collect();
    assert_eq!((asked.len(), s.ended()), (1, vec![]));
    assert_eq!(s.floor.calls_live()[0].call, call);
    let no_such_leg = Input::CommandFailed { leg, command: CommandName::Exists, reason: String::new() };
    s.give(no_such_leg);
    assert_eq!(s.ended(), [], "its hang-up may be on the way");
    s.later(2_000);
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Switch)]);
}

/// The switch denies a leg before it says how the leg ended.
#[test]
fn a_hang_up_that_comes_after_the_leg_was_denied_says_who_ended_the_call() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (_, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    s.give(Input::CommandFailed { leg, command: CommandName::Exists, reason: String::new() });
    s.later(100);
    s.leg(leg, LegChange::HungUp(HangUp { by_far_end: Some(true), ..HangUp::cause("NORMAL_CLEARING") }));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
}

#[test]
fn a_call_that_ended_during_a_restart_leaves_its_after_call_work() {
    let (mut s, call, ..) = restarted();
    s.give(Input::SwitchUp { core: "core-1".into(), channels: Vec::new() });
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Switch)]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    assert!(rung(&s.ask(1, AgentCommand::Disposed { call })).is_some());
}

#[test]
fn after_call_work_without_an_end_has_none_after_a_restart_either() {
    let (mut s, call, ..) = restarted();
    let mut endless = profile(DialMode::Progressive, vec![AgentId(1)]);
    endless.wrap_up_seconds = 0;
    s.give(Input::Campaign(endless));
    s.give(Input::RestoreAgent { agent: AgentId(1), state: StoredState::WrapUp { call }, since: Moment(1) });
    assert_eq!(s.floor.agent_live(AgentId(1)).and_then(|agent| agent.wrap_up_until), None);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}

#[test]
fn a_leg_given_up_that_speaks_is_hung_up() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.off_hook_ready(1);
    let (_, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::HungUp(HangUp::cause("NO_ANSWER")));
    assert_eq!(hung_up(&s.leg(leg, LegChange::Answered)), [leg]);
}
