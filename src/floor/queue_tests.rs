//! The queues of the floor, told as stories: inputs in, effects out.

use super::effect::{AgentStateKind, CallResult, Effect, EndedBy, Fact, HangUpCause, SwitchCommand, Tell};
use super::input::{
    AgentCommand, CampaignProfile, ChannelSnapshot, DialMode, HangUp, Input, LegChange, Party, PhoneMode,
    Ticket, WindowCounts,
};
use super::kept::Callback;
use super::queue::{Arrival, Known, Member, Overflow, QueueCounts, QueueOutcome, QueueProfile, Strategy};
use super::refusal::Refusal;
use super::tests::{Story, bridges, dialled, hung_up, lead, profile, rung};
use super::voicemail::Voicemail;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LegId, QueueId};
use crate::base::phone::Dialable;
use uuid::Uuid;

pub(super) const SERVICE: QueueId = QueueId(1);
pub(super) const SECOND: QueueId = QueueId(2);

pub(super) fn number(text: &str) -> Dialable {
    Dialable::new(text).expect("digits")
}

pub(super) fn queue(id: QueueId, members: &[i64]) -> QueueProfile {
    QueueProfile {
        queue: id,
        open: true,
        numbers: vec![number(&format!("0216000000{id}"))],
        strategy: Strategy::LongestIdle,
        members: members.iter().map(|agent| Member { agent: AgentId(*agent), level: 1 }).collect(),
        priority: 0,
        inbound_first: true,
        own_agent_ms: 0,
        wait_ms_max: 30_000,
        overflow: Overflow::HangUp,
        wrap_up_seconds: 20,
        short_abandon_ms: 5_000,
        service_level_ms: 20_000,
        gateway: "trunk".into(),
        caller_id: number("02160000000"),
        music: None,
        message: None,
        hours: None,
        callback: Callback::default(),
        announcements: None,
        voicemail: Voicemail::default(),
        counts: QueueCounts::default(),
    }
}

/// Off-hook agents, the first so many of them ready, and one queue of them all.
pub(super) fn service(agents: usize, ready: usize) -> (Story, Vec<LegId>) {
    let mut s = Story::begin(DialMode::Progressive, &vec![PhoneMode::OffHook; agents]);
    let all: Vec<i64> = (1..=agents as i64).collect();
    s.give(Input::queue(queue(SERVICE, &all)));
    let phones = (1..=ready as i64).map(|agent| {
        s.now = s.now + 1_000;
        s.off_hook_ready(agent)
    });
    let phones = phones.collect();
    (s, phones)
}

pub(super) fn arrival(called: &str) -> Arrival {
    Arrival { number: Some(number("13800000009")), called: number(called), gateway: Some("trunk".into()) }
}

impl Story {
    /// Somebody calls; gives their leg and what the floor did.
    pub(super) fn call_in(&mut self, n: u128, called: &str) -> (LegId, Vec<Effect>) {
        let leg = LegId(Uuid::from_u128(n));
        let effects = self.leg(leg, LegChange::Arrived(arrival(called)));
        (leg, effects)
    }

    /// Somebody nobody knows calls the service and is answered.
    pub(super) fn caller(&mut self, n: u128) -> (CallId, LegId, Vec<Effect>) {
        let (leg, effects) = self.call_in(n, "02160000001");
        let call = call_of(&effects);
        self.leg(leg, LegChange::Answered);
        let effects = self.known(call, None, None);
        (call, leg, effects)
    }

    pub(super) fn known(&mut self, call: CallId, customer: Option<i64>, own: Option<i64>) -> Vec<Effect> {
        let known = Known {
            e164: Some("+8613800000009".into()),
            customer: customer.map(CustomerId),
            own_agent: own.map(AgentId),
            callback: None,
        };
        self.give(Input::Caller { call, known })
    }

    pub(super) fn outcomes(&self) -> Vec<QueueOutcome> {
        let outcome = |effect: &Effect| match effect {
            Effect::Record(Fact::QueueLeft { outcome, .. }) => Some(*outcome),
            _ => None,
        };
        self.effects.iter().filter_map(outcome).collect()
    }
}

pub(super) fn call_of(effects: &[Effect]) -> CallId {
    let arrived = effects.iter().find_map(|effect| match effect {
        Effect::Record(Fact::CallArrived { call, .. }) => Some(*call),
        _ => None,
    });
    arrived.expect("the caller is written down")
}

pub(super) fn music(effects: &[Effect]) -> Option<LegId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::Entertain { leg, .. }) => Some(*leg),
        _ => None,
    })
}

pub(super) fn popped(effects: &[Effect]) -> Vec<(i64, Option<i64>)> {
    let pop = |effect: &Effect| match effect {
        Effect::Tell(Tell::ScreenPop { agent, customer, .. }) => {
            Some((agent.0, customer.map(|customer| customer.0)))
        }
        _ => None,
    };
    effects.iter().filter_map(pop).collect()
}

#[test]
fn a_caller_is_answered_looked_up_and_bridged_with_the_longest_idle_agent() {
    let (mut s, phones) = service(2, 2);
    let (leg, effects) = s.call_in(90, "02160000001");
    let call = call_of(&effects);
    assert!(effects.contains(&Effect::Switch(SwitchCommand::AnswerCaller { leg, call })));
    assert!(effects.contains(&Effect::WantCaller { call, number: number("13800000009") }));
    // Answered before the store has said who it is: music meanwhile.
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!((music(&effects), bridges(&effects)), (Some(leg), vec![]));
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.known(call, Some(5), None);
    assert_eq!(popped(&effects), [(1, Some(5))], "the customer is on the screen before the bridge");
    assert_eq!(bridges(&effects), [(leg, phones[0])]);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.now = s.now + 60_000;
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
    assert_eq!(s.outcomes(), [QueueOutcome::Answered]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    s.later(19_900);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp, "the queue's after-call work");
    s.later(200);
    assert_eq!(s.kind(1), AgentStateKind::Ready);
}

#[test]
fn all_busy_the_caller_hears_music_and_the_first_who_is_free_takes_them() {
    let (mut s, _) = service(1, 0);
    let (call, leg, effects) = s.caller(90);
    assert_eq!(music(&effects), None, "asked for once");
    s.leg(leg, LegChange::MusicStarted);
    let phone = s.off_hook_ready_for(1);
    assert_eq!(bridges(&s.effects), [(leg, phone)], "{call}");
}

impl Story {
    /// As `off_hook_ready`, when somebody waits for the agent.
    pub(super) fn off_hook_ready_for(&mut self, agent: i64) -> LegId {
        self.ask(agent, AgentCommand::LogIn);
        let leg = rung(&self.ask(agent, AgentCommand::Ready)).expect("the desk phone is rung");
        self.leg(leg, LegChange::Answered);
        leg
    }
}

#[test]
fn whoever_waits_longest_is_first_and_a_higher_priority_before() {
    let (mut s, _) = service(1, 0);
    let vip = QueueProfile { priority: 5, ..queue(SECOND, &[1]) };
    s.give(Input::queue(vip));
    let (_, first, _) = s.caller(91);
    s.leg(first, LegChange::MusicStarted);
    let (_, second, _) = s.caller(92);
    s.leg(second, LegChange::MusicStarted);
    let (third, effects) = s.call_in(93, "02160000002");
    let call = call_of(&effects);
    s.leg(third, LegChange::Answered);
    s.leg(third, LegChange::MusicStarted);
    s.known(call, None, None);
    let phone = s.off_hook_ready_for(1);
    assert_eq!(bridges(&s.effects), [(third, phone)], "the queue with the higher priority");
    s.leg(third, LegChange::Bridged { other: phone });
    s.leg(third, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.leg(phone, LegChange::Parked);
    s.later(20_100);
    assert_eq!(bridges(&s.effects).last(), Some(&(first, phone)), "who came first");
}

#[test]
fn a_caller_who_gives_up_has_abandoned_and_a_short_one_is_told_apart() {
    let (mut s, _) = service(1, 0);
    for (n, wait) in [(91, 2_000), (92, 12_000)] {
        let (_, leg, _) = s.caller(n);
        s.leg(leg, LegChange::MusicStarted);
        s.later(wait);
        s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    }
    // One who hangs up before we answered.
    let (leg, _) = s.call_in(93, "02160000001");
    s.leg(leg, LegChange::HungUp(HangUp::cause("ORIGINATOR_CANCEL")));
    assert_eq!(s.ended(), [(CallResult::Abandoned, EndedBy::Customer); 3]);
    assert_eq!(s.outcomes(), [QueueOutcome::Abandoned; 3]);
    let live = s.floor.queue_live(s.now, SERVICE).expect("a queue");
    assert_eq!((live.counts.offered, live.counts.abandoned, live.counts.short_abandons), (3, 3, 2));
    assert_eq!((live.waiting, live.waiting_since), (0, None));
}

#[test]
fn a_number_that_leads_nowhere_or_to_a_closed_queue_is_turned_away() {
    let (mut s, _) = service(1, 1);
    s.give(Input::queue(QueueProfile { open: false, ..queue(SECOND, &[1]) }));
    for (n, called) in [(91, "02160000009"), (92, "02160000002")] {
        let (leg, effects) = s.call_in(n, called);
        let refused = SwitchCommand::HangUp { leg, cause: HangUpCause::NoRoute };
        assert!(effects.contains(&Effect::Switch(refused)), "{called}");
        s.leg(leg, LegChange::HungUp(HangUp::cause("UNALLOCATED_NUMBER")));
    }
    assert_eq!(s.ended(), [(CallResult::TurnedAway, EndedBy::System); 2]);
    assert_eq!(s.outcomes(), [], "neither was offered to anybody");
}

#[test]
fn after_the_longest_wait_the_caller_hears_the_message_and_is_hung_up() {
    let (mut s, _) = service(1, 0);
    s.give(Input::queue(QueueProfile { message: Some("/sounds/busy.wav".into()), ..queue(SERVICE, &[1]) }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.later(30_100);
    let message = SwitchCommand::TurnAway { leg, message: "/sounds/busy.wav".into() };
    assert!(effects.contains(&Effect::Switch(message)));
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::TurnedAway, EndedBy::System)]);
    assert_eq!(s.outcomes(), [QueueOutcome::TurnedAway]);
}

#[test]
fn two_queues_that_overflow_into_each_other_do_not_keep_a_caller_for_ever() {
    let (mut s, _) = service(1, 0);
    s.give(Input::queue(QueueProfile { overflow: Overflow::Queue(SECOND), ..queue(SERVICE, &[1]) }));
    s.give(Input::queue(QueueProfile { overflow: Overflow::Queue(SERVICE), ..queue(SECOND, &[1]) }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    s.later(121_000);
    let left: Vec<QueueOutcome> = s.outcomes();
    assert_eq!(left.iter().filter(|outcome| **outcome == QueueOutcome::Overflowed).count(), 3);
    assert_eq!(left.last(), Some(&QueueOutcome::TurnedAway));
    assert!(hung_up(&s.effects).contains(&leg));
}

#[test]
fn overflow_to_an_agent_waits_for_that_agent_alone() {
    let (mut s, _) = service(2, 0);
    s.give(Input::queue(QueueProfile { overflow: Overflow::Agent(AgentId(2)), ..queue(SERVICE, &[1]) }));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    s.later(30_100);
    s.off_hook_ready(1);
    assert_eq!(bridges(&s.effects), [], "no longer for the queue's agents");
    let phone = s.off_hook_ready_for(2);
    assert_eq!(bridges(&s.effects), [(leg, phone)]);
}

#[test]
fn overflow_to_a_number_outside_connects_it_or_ends_the_call() {
    for answers in [true, false] {
        let (mut s, _) = service(1, 0);
        let outside = Overflow::Outside(number("02169999000"));
        s.give(Input::queue(QueueProfile { overflow: outside, ..queue(SERVICE, &[1]) }));
        let (_, leg, _) = s.caller(90);
        s.leg(leg, LegChange::MusicStarted);
        let effects = s.later(30_100);
        let third = effects.iter().find_map(|effect| match effect {
            Effect::Switch(SwitchCommand::DialThird { leg, .. }) => Some(*leg),
            _ => None,
        });
        let third = third.expect("the number is rung");
        if answers {
            let effects = s.leg(third, LegChange::Answered);
            assert_eq!(bridges(&effects), [(leg, third)]);
            assert_eq!(bridges(&s.leg(third, LegChange::Parked)), [], "once");
            s.leg(leg, LegChange::Bridged { other: third });
            s.later(10_000);
            s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
            assert_eq!(s.ended(), [(CallResult::Overflowed, EndedBy::Customer)]);
        } else {
            s.leg(third, LegChange::HungUp(HangUp::cause("USER_BUSY")));
            s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
            assert_eq!(s.ended(), [(CallResult::TurnedAway, EndedBy::System)]);
        }
        assert_eq!(s.outcomes(), [QueueOutcome::Overflowed]);
        s.give(Input::Tick);
    }
}

#[test]
fn the_customers_own_agent_goes_first_for_a_while() {
    let (mut s, phones) = service(2, 1);
    s.give(Input::queue(QueueProfile { own_agent_ms: 8_000, ..queue(SERVICE, &[1, 2]) }));
    // The own agent is on a call of after-call work: at work, and not ready.
    s.ask(2, AgentCommand::LogIn);
    let ringing = rung(&s.ask(2, AgentCommand::Ready)).expect("the desk phone is rung");
    let (leg, effects) = s.call_in(90, "02160000001");
    let call = call_of(&effects);
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::MusicStarted);
    s.known(call, Some(5), Some(2));
    assert_eq!(bridges(&s.effects), [], "agent 1 is ready, and not the customer's own");
    s.later(8_100);
    assert_eq!(bridges(&s.effects), [(leg, phones[0])], "after that, whoever is ready");
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    s.leg(ringing, LegChange::Answered);
    assert_eq!(s.kind(2), AgentStateKind::Ready);
}

#[test]
fn an_agent_goes_to_a_caller_first_but_not_at_the_cost_of_a_customer_who_has_answered() {
    let (mut s, phones) = service(1, 1);
    // A campaign that may drop calls still: it does not take this one back.
    let counted = vec![(s.now, WindowCounts { answered: 1_000, dropped: 0 })];
    let campaign = CampaignId(2);
    let agents = vec![AgentId(1)];
    s.leads(&[]);
    s.give(Input::Campaign(CampaignProfile { campaign, counted, ..profile(DialMode::Progressive, agents) }));
    let leads = vec![lead(1, "13800000001")];
    let effects = s.give(Input::Leads { campaign, leads });
    let (_, customer) = dialled(&effects)[0];
    s.leg(customer, LegChange::Ringing { early_media: false });
    // The caller takes the agent whom the campaign counted on ...
    let (_, caller, _) = s.caller(90);
    s.leg(caller, LegChange::MusicStarted);
    assert_eq!(bridges(&s.effects), [(caller, phones[0])]);
    s.leg(caller, LegChange::Bridged { other: phones[0] });
    // ... a second one waits, and then the customer answers.
    let (_, second, _) = s.caller(91);
    s.leg(second, LegChange::MusicStarted);
    s.leg(customer, LegChange::Answered);
    s.leg(caller, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.leg(phones[0], LegChange::Parked);
    s.ask(1, AgentCommand::Ready);
    assert_eq!(bridges(&s.effects).last(), Some(&(customer, phones[0])), "within the limit: first");
    s.leg(customer, LegChange::Bridged { other: phones[0] });
    s.leg(customer, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.leg(phones[0], LegChange::Parked);
    let effects = s.ask(1, AgentCommand::Ready);
    assert_eq!(bridges(&effects), [(second, phones[0])]);
}

#[test]
fn a_call_that_still_rings_is_taken_back_when_a_caller_takes_its_agent_and_none_may_be_dropped() {
    let (mut s, phones) = service(1, 1);
    let (_, customer) = s.leads(&["13800000001"])[0];
    s.leg(customer, LegChange::Ringing { early_media: false });
    let (_, caller, _) = s.caller(90);
    s.leg(caller, LegChange::MusicStarted);
    assert_eq!(bridges(&s.effects), [(caller, phones[0])]);
    assert_eq!(hung_up(&s.effects), [customer]);
}

#[test]
fn nobody_is_dialled_on_the_account_of_an_agent_whom_a_caller_waits_for() {
    let (mut s, _) = service(2, 2);
    s.give(Input::queue(queue(SERVICE, &[1])));
    // It is not known yet who calls, so the caller waits for the first agent.
    let (leg, _) = s.call_in(90, "02160000001");
    s.leg(leg, LegChange::Answered);
    assert_eq!(s.leads(&["13800000001", "13800000002"]).len(), 1, "for the second agent alone");
    s.give(Input::queue(QueueProfile { inbound_first: false, ..queue(SERVICE, &[1]) }));
    s.later(400);
    let dials = |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::DialCustomer { .. }));
    assert_eq!(s.effects.iter().filter(|effect| dials(effect)).count(), 2);
}

#[test]
fn a_customer_who_is_on_the_line_is_not_dialled() {
    let (mut s, _) = service(2, 1);
    s.give(Input::queue(queue(SERVICE, &[2])));
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    s.give(Input::queue(QueueProfile { inbound_first: false, ..queue(SERVICE, &[2]) }));
    assert_eq!(s.leads(&["13800000009"]).len(), 0, "they called");
    assert_eq!(s.leads(&["13800000001"]).len(), 1);
}

#[test]
fn an_on_hook_phone_that_is_not_answered_leaves_the_caller_in_the_queue() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook, PhoneMode::OffHook]);
    s.give(Input::queue(queue(SERVICE, &[1, 2])));
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    let (leg, effects) = s.call_in(90, "02160000001");
    let call = call_of(&effects);
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::MusicStarted);
    let effects = s.known(call, None, None);
    assert!(rung(&effects).is_some());
    s.later(8_100);
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);
    assert_eq!(s.outcomes(), []);
    let phone = s.off_hook_ready_for(2);
    assert_eq!(bridges(&s.effects), [(leg, phone)]);
}

#[test]
fn a_call_is_handed_over_to_a_queue_and_the_agent_is_out_of_it_once_music_plays() {
    let (mut s, phones) = service(2, 1);
    let (_, leg, _) = s.caller(90);
    s.leg(leg, LegChange::MusicStarted);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    s.give(Input::queue(queue(SECOND, &[2])));
    let attended = AgentCommand::Consult { to: Party::Queue(SECOND), note: None };
    let refused =
        |effect: &Effect| matches!(effect, Effect::Answer { refusal: Some(Refusal::Target(_)), .. });
    assert!(s.ask(1, attended).iter().any(refused), "a queue is not asked first");
    s.effects.clear();
    let effects = s.ask(1, AgentCommand::Transfer { to: Party::Queue(SECOND), note: None });
    let asked = SwitchCommand::PlayMusic { leg, partner: Some(phones[0]) };
    assert!(effects.contains(&Effect::Switch(asked)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Answer { .. })), "not proved yet");
    let effects = s.leg(leg, LegChange::MusicStarted);
    assert!(effects.contains(&Effect::Answer { ticket: Ticket(1), refusal: None }));
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    s.leg(phones[0], LegChange::Parked);
    let phone = s.off_hook_ready_for(2);
    assert_eq!(bridges(&s.effects), [(leg, phone)]);
    s.leg(leg, LegChange::Bridged { other: phone });
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
}

#[test]
fn callers_who_came_while_nobody_listened_are_taken_in() {
    let (mut s, phones) = service(1, 1);
    s.give(Input::SwitchDown { reason: "cut".into() });
    let leg = LegId(Uuid::from_u128(90));
    let mut waits = ChannelSnapshot::new(leg, None, false, None);
    waits.arrival = Some(arrival("02160000001"));
    let label = super::input::LegLabel::Agent { agent: AgentId(1), nailed: true, call: None };
    let phone = ChannelSnapshot::new(phones[0], Some(label), true, None);
    let channels = vec![waits, phone];
    let effects = s.give(Input::SwitchUp { core: "core-1".into(), channels });
    let call = call_of(&effects);
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::MusicStarted);
    s.known(call, None, None);
    assert_eq!(bridges(&s.effects), [(leg, phones[0])]);
}

#[test]
fn the_store_that_does_not_answer_keeps_nobody_waiting() {
    let (mut s, phones) = service(1, 1);
    let (leg, effects) = s.call_in(90, "02160000001");
    let call = call_of(&effects);
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::MusicStarted);
    s.later(500);
    assert_eq!(bridges(&s.effects), [(leg, phones[0])]);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    let effects = s.known(call, Some(5), None);
    assert_eq!(popped(&effects), [(1, Some(5))], "then later");
}
