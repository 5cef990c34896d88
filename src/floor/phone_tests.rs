//! Stories of desk phones: registrations, rings in vain, forwarding.

use super::effect::{AgentAction, AgentStateKind, Effect, Fact, SwitchCommand, Tell};
use super::forward::{ForwardReason, Forwarding};
use super::input::{
    AgentCommand, AgentProfile, DialMode, HangUp, Input, LegChange, Party, PhoneMode, Ticket,
};
use super::make::Make;
use super::phone::{PhoneNews, Registration};
use super::refusal::Refusal;
use super::tests::{Story, bridges, rung};
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;

fn extension(agent: i64) -> Dialable {
    Dialable::new(&format!("100{agent}")).expect("digits")
}

fn phone(agent: i64, user_agent: &str) -> Registration {
    Registration {
        extension: extension(agent),
        user_agent: Some(user_agent.into()),
        address: Some("192.0.2.1:5060".into()),
    }
}

pub(super) fn registers(agent: i64) -> Input {
    Input::Phone(PhoneNews::Registered(phone(agent, "Yealink SIP-T46U")))
}

pub(super) fn leaves(agent: i64, expired: bool) -> Input {
    Input::Phone(PhoneNews::Unregistered { extension: extension(agent), expired })
}

fn lists(agents: &[i64]) -> Input {
    let list = agents.iter().map(|agent| phone(*agent, "Yealink SIP-T46U")).collect();
    Input::Phone(PhoneNews::Listed(list))
}

impl Story {
    fn reason(&self, agent: i64) -> Option<String> {
        self.floor.agent_live(AgentId(agent)).expect("an agent").reason
    }

    fn ready(&mut self, agent: i64) {
        self.ask(agent, AgentCommand::LogIn);
        self.ask(agent, AgentCommand::Ready);
    }

    fn state(&self, agent: i64) -> (AgentStateKind, Option<String>) {
        (self.kind(agent), self.reason(agent))
    }

    fn forwards(&mut self, agent: i64, forwarding: Forwarding) {
        let mut profile = AgentProfile::new(AgentId(agent), extension(agent), PhoneMode::OnHook);
        profile.forwarding = forwarding;
        self.give(Input::AgentProfile(profile));
    }
}

fn unregistered() -> (AgentStateKind, Option<String>) {
    (AgentStateKind::Unreachable, Some("phone_not_registered".into()))
}

fn ready() -> (AgentStateKind, Option<String>) {
    (AgentStateKind::Ready, None)
}

#[test]
fn an_agent_whose_phone_unregisters_cannot_be_reached_until_it_registers_again() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.give(lists(&[1]));
    s.ready(1);
    assert_eq!(s.state(1), ready());
    for expired in [false, true] {
        let effects = s.give(leaves(1, expired));
        assert_eq!(s.state(1), unregistered());
        let told = effects.iter().any(|effect| {
            matches!(effect, Effect::Tell(Tell::Agent(live))
            if live.phone.registered == Some(false) && live.phone.expired == expired)
        });
        assert!(told, "the consoles see it: {effects:?}");
        s.give(registers(1));
        assert_eq!(s.state(1), ready());
    }
}

#[test]
fn whoever_becomes_ready_without_a_registered_phone_is_told_so_at_once() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook, PhoneMode::OffHook]);
    s.give(lists(&[]));
    for agent in [1, 2] {
        s.ready(agent);
        assert_eq!(s.state(agent), unregistered());
    }
    assert_eq!(rung(&s.effects), None, "no phone is rung in vain");
    s.give(registers(1));
    assert_eq!(s.state(1), ready());
    let effects = s.give(registers(2));
    let leg = rung(&effects).expect("an off-hook phone is rung when it is back");
    s.leg(leg, LegChange::Answered);
    assert_eq!(s.state(2), ready());
}

#[test]
fn a_phone_of_which_nothing_is_known_is_tried() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ready(1);
    assert_eq!(s.state(1), ready());
    assert_eq!(s.floor.agent_live(AgentId(1)).expect("an agent").phone.registered, None);
}

#[test]
fn an_off_hook_agent_keeps_the_leg_that_is_up() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.give(lists(&[1]));
    let leg = s.off_hook_ready(1);
    s.give(leaves(1, false));
    assert_eq!(s.state(1), ready());
    s.leg(leg, LegChange::HungUp(HangUp::cause("RECOVERY_ON_TIMER_EXPIRE")));
    assert_eq!(s.state(1), (AgentStateKind::Unreachable, Some("phone_hung_up".into())));
}

#[test]
fn a_conversation_goes_on_and_its_agent_is_unreachable_after_it() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.give(lists(&[1]));
    s.ready(1);
    let (_, customer) = s.leads(&["13800000001"])[0];
    let effects = s.leg(customer, LegChange::Answered);
    let leg = rung(&effects).expect("rung");
    s.leg(leg, LegChange::Answered);
    s.leg(customer, LegChange::Bridged { other: leg });
    s.give(leaves(1, true));
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.leg(customer, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    s.ask(1, AgentCommand::Ready);
    assert_eq!(s.state(1), unregistered());
}

#[test]
fn a_list_corrects_what_was_missed_but_not_what_was_just_heard() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.give(lists(&[]));
    s.ready(1);
    s.give(registers(1));
    s.later(1_000);
    s.give(lists(&[]));
    assert_eq!(s.state(1), ready(), "the list was made before");
    s.later(10_000);
    s.give(lists(&[]));
    assert_eq!(s.state(1), unregistered());
    s.later(10_000);
    s.give(lists(&[1]));
    assert_eq!(s.state(1), ready());
}

#[test]
fn a_phone_that_the_switch_does_not_find_counts_as_unregistered() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.give(lists(&[1]));
    s.ready(1);
    let (_, customer) = s.leads(&["13800000001"])[0];
    let effects = s.leg(customer, LegChange::Answered);
    let leg = rung(&effects).expect("rung");
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_NOT_REGISTERED")));
    assert_eq!(s.state(1), unregistered());
    let effects = s.give(registers(1));
    assert!(rung(&effects).is_some(), "the customer still waits: {effects:?}");
}

#[test]
fn phones_are_asked_to_answer_by_their_make_or_by_setting() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let may_answer = |s: &mut Story, user_agent: &str, setting: Option<bool>| {
        let mut profile = AgentProfile::new(AgentId(1), extension(1), PhoneMode::OffHook);
        profile.remote_answer = setting;
        s.give(Input::AgentProfile(profile));
        s.give(Input::Phone(PhoneNews::Registered(phone(1, user_agent))));
        s.ask(1, AgentCommand::LogIn);
        let effects = s.ask(1, AgentCommand::Ready);
        let live = s.floor.agent_live(AgentId(1)).expect("an agent");
        s.ask(1, AgentCommand::LogOut);
        let make = effects.iter().find_map(|effect| match effect {
            Effect::Switch(SwitchCommand::RingAgent { make, .. }) => Some(*make),
            _ => None,
        });
        (make, live.allowed.contains(&AgentAction::Answer))
    };
    assert_eq!(may_answer(&mut s, "Yealink SIP-T46U", None), (Some(Make::Yealink), true));
    assert_eq!(may_answer(&mut s, "Grandstream GXP2140", None), (Some(Make::Grandstream), false));
    assert_eq!(may_answer(&mut s, "Grandstream GXP2140", Some(true)), (Some(Make::Grandstream), true));
    assert_eq!(may_answer(&mut s, "snomD785/10.1", Some(false)), (Some(Make::Snom), false));
}

/// Rings agent 1 for a customer in vain; the call is over afterwards.
fn miss(s: &mut Story, number: &str, cause: &str) {
    s.ask(1, AgentCommand::Ready);
    let (_, customer) = s.leads(&[number])[0];
    let effects = s.leg(customer, LegChange::Answered);
    let leg = rung(&effects).expect("rung");
    s.leg(leg, LegChange::HungUp(HangUp::cause(cause)));
    s.leg(customer, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
}

#[test]
fn three_rings_in_vain_pause_the_agent_with_that_reason() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ready(1);
    let missed = (AgentStateKind::Unreachable, Some("phone_no_answer".to_owned()));
    miss(&mut s, "13800000001", "NO_ANSWER");
    assert_eq!(s.state(1), missed);
    miss(&mut s, "13800000002", "CALL_REJECTED");
    assert_eq!(s.state(1), missed);
    miss(&mut s, "13800000003", "NO_ANSWER");
    assert_eq!(s.state(1), (AgentStateKind::Paused, Some("missed_rings".into())));
    miss(&mut s, "13800000004", "NO_ANSWER");
    assert_eq!(s.state(1), missed, "it begins anew");
}

#[test]
fn an_answer_between_forgives_and_zero_never_pauses() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ready(1);
    miss(&mut s, "13800000001", "NO_ANSWER");
    miss(&mut s, "13800000002", "NO_ANSWER");
    s.ask(1, AgentCommand::Ready);
    let (_, customer) = s.leads(&["13800000003"])[0];
    let effects = s.leg(customer, LegChange::Answered);
    let leg = rung(&effects).expect("rung");
    s.leg(leg, LegChange::Answered);
    s.leg(customer, LegChange::Bridged { other: leg });
    s.leg(customer, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    miss(&mut s, "13800000004", "NO_ANSWER");
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);

    let mut profile = AgentProfile::new(AgentId(1), extension(1), PhoneMode::OnHook);
    profile.missed_rings_max = 0;
    s.give(Input::AgentProfile(profile));
    for n in 5..10 {
        miss(&mut s, &format!("1380000000{n}"), "NO_ANSWER");
        assert_eq!(s.kind(1), AgentStateKind::Unreachable);
    }
}

/// Agent 1 (off-hook) talks with a customer; the others are on-hook, ready.
struct Talk {
    s: Story,
    call: CallId,
    customer: LegId,
    agent: LegId,
}

fn talk(agents: i64) -> Talk {
    let mut modes = vec![PhoneMode::OffHook];
    modes.extend((1..agents).map(|_| PhoneMode::OnHook));
    let mut s = Story::begin(DialMode::Progressive, &modes);
    let agent = s.off_hook_ready(1);
    let (call, customer) = s.leads(&["13800000001"])[0];
    s.leg(customer, LegChange::Answered);
    s.leg(customer, LegChange::Bridged { other: agent });
    s.leg(agent, LegChange::Bridged { other: customer });
    for other in 2..=agents {
        s.ready(other);
    }
    Talk { s, call, customer, agent }
}

fn to(agent: i64) -> Option<Party> {
    Some(Party::Agent(AgentId(agent)))
}

fn outside() -> Party {
    Party::Outside(Dialable::new("02188888888").expect("digits"))
}

impl Talk {
    fn hands_to(&mut self, agent: i64) -> Vec<Effect> {
        let command = AgentCommand::Transfer { to: Party::Agent(AgentId(agent)), note: Some("VIP".into()) };
        self.s.ask(1, command)
    }

    fn on_music(&mut self) {
        let (customer, agent) = (self.customer, self.agent);
        self.s.leg(agent, LegChange::Parked);
        self.s.leg(customer, LegChange::Unbridged { other: agent });
        self.s.leg(customer, LegChange::MusicStarted);
    }

    fn forwarded(&self) -> Vec<(i64, ForwardReason, Party)> {
        let forward = |effect: &Effect| match effect {
            Effect::Record(Fact::CallForwarded { call, by, reason, to, .. }) if *call == self.call => {
                Some((by.0, *reason, to.clone()))
            }
            _ => None,
        };
        self.s.effects.iter().filter_map(forward).collect()
    }

    fn third(&self) -> Option<(Party, Option<i64>)> {
        let call = self.s.floor.calls_live().into_iter().find(|call| call.call == self.call)?;
        call.third.map(|third| (third.party, third.forwarded_by.map(|by| by.0)))
    }
}

fn whom(effects: &[Effect]) -> Vec<i64> {
    let rung = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::RingAgent { agent, .. }) => Some(agent.0),
        _ => None,
    };
    effects.iter().filter_map(rung).collect()
}

fn refusals(effects: &[Effect]) -> Vec<String> {
    let refusal = |effect: &Effect| match effect {
        Effect::Answer { refusal: Some(refusal), .. } => Some(refusal.to_string()),
        _ => None,
    };
    effects.iter().filter_map(refusal).collect()
}

#[test]
fn a_transfer_follows_an_unconditional_forwarding() {
    let mut t = talk(3);
    t.s.forwards(2, Forwarding { always: to(3), ..Forwarding::default() });
    let effects = t.hands_to(2);
    assert_eq!(whom(&effects), [3]);
    let pop = effects.iter().any(|effect| {
        matches!(effect, Effect::Tell(Tell::ScreenPop { agent, from, note, .. })
        if *agent == AgentId(3) && *from == Some(AgentId(1)) && note.as_deref() == Some("VIP"))
    });
    assert!(pop, "who is rung sees the customer and the note: {effects:?}");
    assert_eq!(t.forwarded(), [(2, ForwardReason::Always, Party::Agent(AgentId(3)))]);
    assert_eq!(t.third(), Some((Party::Agent(AgentId(3)), Some(2))));
    assert_eq!(t.s.kind(2), AgentStateKind::Ready, "the one who forwards is free");
    t.on_music();
    let leg = rung(&effects).expect("rung");
    let effects = t.s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(t.customer, leg)]);
}

#[test]
fn a_busy_colleague_or_one_who_is_away_forwards_as_they_set() {
    let mut t = talk(3);
    let numbers = Forwarding { busy: Some(outside()), no_answer: to(3).map(|to| (to, 10)), always: None };
    t.s.forwards(2, numbers);
    t.s.ask(2, AgentCommand::Pause { reason: "meal".into() });
    let effects = t.hands_to(2);
    let dialled = effects.iter().any(|effect| {
        matches!(effect, Effect::Switch(SwitchCommand::DialThird { number, .. })
        if number.as_str() == "02188888888")
    });
    assert!(dialled, "{effects:?}");
    assert_eq!(t.forwarded(), [(2, ForwardReason::Busy, outside())]);

    let mut t = talk(3);
    t.s.forwards(2, Forwarding { no_answer: to(3).map(|to| (to, 10)), ..Forwarding::default() });
    t.s.ask(2, AgentCommand::LogOut);
    assert_eq!(whom(&t.hands_to(2)), [3]);
    assert_eq!(t.forwarded(), [(2, ForwardReason::NoAnswer, Party::Agent(AgentId(3)))]);
}

#[test]
fn a_call_that_is_not_answered_in_time_goes_on_and_is_no_missed_ring() {
    let mut t = talk(3);
    t.s.forwards(2, Forwarding { no_answer: to(3).map(|to| (to, 10)), ..Forwarding::default() });
    let effects = t.hands_to(2);
    assert_eq!(whom(&effects), [2]);
    t.on_music();
    let first = rung(&effects).expect("rung");
    t.s.leg(first, LegChange::Ringing { early_media: false });
    assert_eq!(whom(&t.s.later(9_000)), [] as [i64; 0]);
    let effects = t.s.later(1_500);
    assert_eq!(whom(&effects), [3]);
    let freed = effects
        .iter()
        .any(|effect| matches!(effect, Effect::Switch(SwitchCommand::HangUp { leg, .. }) if *leg == first));
    assert!(freed, "the first phone stops ringing: {effects:?}");
    assert_eq!(t.s.kind(2), AgentStateKind::Ready);
    assert_eq!(t.forwarded(), [(2, ForwardReason::NoAnswer, Party::Agent(AgentId(3)))]);
    let leg = rung(&effects).expect("rung");
    let effects = t.s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(t.customer, leg)]);
}

#[test]
fn a_refused_call_goes_where_busy_calls_go() {
    let mut t = talk(3);
    t.s.forwards(2, Forwarding { busy: to(3), ..Forwarding::default() });
    let effects = t.hands_to(2);
    t.on_music();
    let first = rung(&effects).expect("rung");
    let effects = t.s.leg(first, LegChange::HungUp(HangUp::cause("CALL_REJECTED")));
    assert_eq!(whom(&effects), [3]);
    assert_eq!(t.s.kind(2), AgentStateKind::Ready);
}

#[test]
fn nobody_forwards_in_a_circle_or_without_end() {
    let mut t = talk(3);
    t.s.forwards(2, Forwarding { always: to(3), ..Forwarding::default() });
    t.s.forwards(3, Forwarding { always: to(2), ..Forwarding::default() });
    assert_eq!(refusals(&t.hands_to(2)), ["the forwarding of this colleague leads round in a circle"]);
    t.s.forwards(3, Forwarding { always: to(1), ..Forwarding::default() });
    assert_eq!(refusals(&t.hands_to(2)), ["this colleague forwards calls to you"]);

    let mut t = talk(6);
    for agent in 2..6 {
        t.s.forwards(agent, Forwarding { always: to(agent + 1), ..Forwarding::default() });
    }
    assert_eq!(refusals(&t.hands_to(2)), ["the call was forwarded from one to the next too often"]);
    assert_eq!(whom(&t.hands_to(3)), [6], "three forwards are not too many");
    assert_eq!(t.forwarded().len(), 3);
}

#[test]
fn a_circle_that_shows_while_it_rings_brings_the_customer_back() {
    let mut t = talk(3);
    t.s.forwards(2, Forwarding { no_answer: to(3).map(|to| (to, 5)), ..Forwarding::default() });
    t.s.forwards(3, Forwarding { no_answer: to(2).map(|to| (to, 5)), ..Forwarding::default() });
    t.hands_to(2);
    t.on_music();
    t.s.later(5_000);
    assert_eq!(t.third(), Some((Party::Agent(AgentId(3)), Some(2))));
    let effects = t.s.later(5_000);
    assert_eq!(t.third(), None);
    let noticed =
        effects.iter().any(|effect| matches!(effect, Effect::Tell(Tell::Notice { agent: AgentId(1), .. })));
    assert!(noticed, "the sender is told: {effects:?}");
}

#[test]
fn campaigns_calls_are_never_forwarded() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ready(1);
    s.forwards(1, Forwarding { always: Some(outside()), ..Forwarding::default() });
    let (_, customer) = s.leads(&["13800000001"])[0];
    assert_eq!(whom(&s.leg(customer, LegChange::Answered)), [1]);
    s.give(Input::Agent { agent: AgentId(1), command: AgentCommand::HangUp, ticket: Ticket(9) });
    assert!(!s.effects.iter().any(|effect| matches!(effect, Effect::Record(Fact::CallForwarded { .. }))));
    assert!(!s.effects.contains(&Effect::Answer { ticket: Ticket(9), refusal: Some(Refusal::NotAnAgent) }));
}
