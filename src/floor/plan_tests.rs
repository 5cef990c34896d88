//! Stories of moves: what overlaps, is lost, or ends by itself.

use super::control_tests::{consult, ended_by_customer, talk, together};
use super::effect::{AgentStateKind, CallStateKind, Effect, SwitchCommand};
use super::input::{AgentCommand, HangUp, LegChange, PhoneMode};
use super::plan::MOVE_MS_MAX;
use super::tests::{bridges, rung};

#[test]
fn a_sender_who_hangs_up_hands_the_call_over() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = t.consult();
    let effects = t.s.leg(t.agent, ended_by_customer());
    assert_eq!(bridges(&effects), [(t.customer, colleague)]);
    assert_eq!(t.s.kind(1), AgentStateKind::WrapUp);
    together(&mut t.s, t.customer, colleague);
    assert_eq!(t.s.kind(2), AgentStateKind::Talking);
}

#[test]
fn whoever_is_left_when_the_sender_hangs_up_stays_on_the_line() {
    let stays = |effects: &[Effect]| {
        let stays = |effect: &Effect| match effect {
            Effect::Switch(SwitchCommand::Bridge { stays, .. }) => Some(*stays),
            _ => None,
        };
        effects.iter().filter_map(stays).next_back()
    };
    let mut t = talk(PhoneMode::OnHook);
    assert_eq!(stays(&t.s.effects), Some(None), "a customer goes with the agent");
    let colleague = t.consult();
    assert_eq!(stays(&t.s.effects), Some(Some(colleague)));
    t.s.ask(1, AgentCommand::Swap);
    t.s.leg(colleague, LegChange::MusicStarted);
    assert_eq!(stays(&t.s.effects), Some(Some(t.customer)));
}

#[test]
fn a_colleague_who_refuses_at_once_does_not_leave_the_customer_with_the_music() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = rung(&t.s.ask(1, consult(2))).expect("rung");
    let effects = t.s.leg(colleague, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    assert_eq!(bridges(&effects), [], "the leg is on its way to the music");
    t.s.leg(t.customer, LegChange::Unbridged { other: t.agent });
    assert_eq!(bridges(&t.s.leg(t.customer, LegChange::MusicStarted)), [(t.customer, t.agent)]);
    together(&mut t.s, t.customer, t.agent);
    assert_eq!(t.state(), Some(CallStateKind::Talking));
}

#[test]
fn a_move_that_nothing_was_heard_of_holds_the_next_one_up_for_a_while_only() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = rung(&t.s.ask(1, consult(2))).expect("rung");
    t.s.leg(colleague, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    let effects = t.s.later(MOVE_MS_MAX);
    assert_eq!(bridges(&effects), [(t.customer, t.agent)], "whatever the floor believed before");
}

#[test]
fn a_customer_whom_nobody_took_is_not_left_alone() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = rung(&t.s.ask(1, consult(2))).expect("rung");
    t.on_music();
    t.s.leg(colleague, LegChange::Created);
    t.s.ask(1, AgentCommand::CompleteTransfer);
    assert_eq!(t.s.kind(1), AgentStateKind::WrapUp, "the sender left while it rang");
    t.s.leg(colleague, LegChange::HungUp(HangUp::cause("NO_ANSWER")));
    assert_eq!(t.state(), Some(CallStateKind::Waiting));
    let effects = t.s.ask(1, AgentCommand::Ready);
    assert_eq!(bridges(&effects), [(t.customer, t.agent)], "and the sender is first");
}
