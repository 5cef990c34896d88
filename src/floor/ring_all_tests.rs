//! All phones ring for one caller, told as stories: inputs in, effects out.

use super::effect::{AgentStateKind, CallResult, Effect, EndedBy, Fact, HangUpCause, SwitchCommand};
use super::input::{
    AgentCommand, CampaignProfile, ChannelSnapshot, CommandName, DialMode, HangUp, Input, LegChange,
    LegLabel, Origin, PhoneMode, StoredCall, StoredState, Ticket, WindowCounts,
};
use super::phone_tests::{leaves, registers};
use super::queue::{Overflow, QueueOutcome, QueueProfile, Strategy};
use super::queue_tests::{SECOND, SERVICE, arrival, popped, queue};
use super::refusal::Refusal;
use super::tests::{Story, bridges, dialled, hung_up, lead, profile};
use crate::base::ids::{AgentId, CallId, CampaignId, LegId};
use std::collections::BTreeMap;
use uuid::Uuid;

fn ring_all(members: &[i64]) -> QueueProfile {
    QueueProfile { strategy: Strategy::RingAll, ..queue(SERVICE, members) }
}

/// On-hook agents who are ready, the lower numbers longer, and one queue whose
/// phones all ring. The campaign does not dial.
fn service(agents: usize) -> Story {
    let mut s = Story::begin(DialMode::Progressive, &vec![PhoneMode::OnHook; agents]);
    let all: Vec<i64> = (1..=agents as i64).collect();
    s.give(Input::queue(ring_all(&all)));
    for agent in all {
        s.now = s.now + 1_000;
        s.on_hook_ready(agent);
    }
    s
}

/// Whose phones these effects ring, with their legs.
fn rung_phones(effects: &[Effect]) -> BTreeMap<i64, LegId> {
    let rung = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::RingAgent { agent, leg, .. }) => Some((agent.0, *leg)),
        _ => None,
    };
    effects.iter().filter_map(rung).collect()
}

fn gone(cause: &str) -> LegChange {
    LegChange::HungUp(HangUp::cause(cause))
}

impl Story {
    fn on_hook_ready(&mut self, agent: i64) -> Vec<Effect> {
        self.ask(agent, AgentCommand::LogIn);
        self.ask(agent, AgentCommand::Ready)
    }

    /// Somebody calls, and hears music while phones ring.
    fn rings(&mut self, n: u128) -> (CallId, LegId, BTreeMap<i64, LegId>) {
        let before = self.effects.len();
        let (call, leg, _) = self.caller(n);
        self.leg(leg, LegChange::MusicStarted);
        let phones = rung_phones(&self.effects[before..]);
        (call, leg, phones)
    }

    fn kinds(&self, agents: &[i64]) -> Vec<AgentStateKind> {
        agents.iter().map(|agent| self.kind(*agent)).collect()
    }

    /// These phones fall silent, as the switch tells.
    fn silent<'a>(&mut self, phones: impl IntoIterator<Item = &'a LegId>) -> Vec<Effect> {
        phones.into_iter().flat_map(|leg| self.leg(*leg, gone("ORIGINATOR_CANCEL"))).collect()
    }
}

#[test]
fn all_phones_ring_and_who_answers_first_takes_the_caller() {
    let mut s = service(3);
    let (call, leg, phones) = s.rings(90);
    assert_eq!(phones.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(popped(&s.effects), [(1, None), (2, None), (3, None)], "on each screen");
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ringing; 3]);
    s.later(2_000);
    let effects = s.leg(phones[&2], LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phones[&2])]);
    assert_eq!(hung_up(&effects), [phones[&1], phones[&3]], "at once, after the bridge");
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ready, AgentStateKind::Ringing, AgentStateKind::Ready]);
    s.leg(leg, LegChange::Bridged { other: phones[&2] });
    s.silent([&phones[&1], &phones[&3]]);
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ready, AgentStateKind::Talking, AgentStateKind::Ready]);
    s.leg(leg, gone("NORMAL_CLEARING"));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)], "{call}");
    assert_eq!(s.outcomes(), [QueueOutcome::Answered]);
}

#[test]
fn who_was_outrun_has_missed_nothing_and_is_as_idle_as_before() {
    let mut s = service(3);
    for n in 90..95 {
        let (_, leg, phones) = s.rings(n);
        s.leg(phones[&3], LegChange::Answered);
        s.leg(leg, LegChange::Bridged { other: phones[&3] });
        s.silent([&phones[&1], &phones[&2]]);
        s.leg(leg, gone("NORMAL_CLEARING"));
        s.later(20_100);
    }
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ready; 3], "five times outrun is no pause");
    // One who became ready after the first was outrun has been idle for less long.
    s.give(Input::queue(queue(SERVICE, &[1, 2, 3])));
    let (_, leg, phones) = s.rings(95);
    assert_eq!(phones.keys().copied().collect::<Vec<_>>(), [1]);
    s.leg(leg, gone("NORMAL_CLEARING"));
}

#[test]
fn when_nobody_answers_each_has_missed_it_and_the_caller_waits_on() {
    let mut s = service(2);
    let (_, leg, phones) = s.rings(90);
    let effects = s.later(8_100);
    assert_eq!(hung_up(&effects), [phones[&1], phones[&2]]);
    assert_eq!(s.kinds(&[1, 2]), [AgentStateKind::Unreachable; 2]);
    assert_eq!(s.outcomes(), []);
    let phones = rung_phones(&s.ask(2, AgentCommand::Ready));
    let effects = s.leg(phones[&2], LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phones[&2])], "the next who is ready");
    // Two more rings in vain pause the other, as the rule of missed rings has it.
    s.leg(leg, LegChange::Bridged { other: phones[&2] });
    for n in [91, 92] {
        s.ask(1, AgentCommand::Ready);
        let (_, leg, _) = s.rings(n);
        s.later(8_100);
        s.leg(leg, gone("NORMAL_CLEARING"));
    }
    assert_eq!(s.kind(1), AgentStateKind::Paused);
}

#[test]
fn two_phones_that_answer_in_the_same_instant_are_not_both_connected() {
    let mut s = service(2);
    let (_, leg, phones) = s.rings(90);
    let first = s.leg(phones[&2], LegChange::Answered);
    let second = s.leg(phones[&1], LegChange::Answered);
    assert_eq!(bridges(&first), [(leg, phones[&2])]);
    assert_eq!((bridges(&second), hung_up(&first)), (vec![], vec![phones[&1]]));
    s.leg(phones[&1], LegChange::Parked);
    assert_eq!(s.kind(1), AgentStateKind::Ready);
    // Their phone is busy until its end is heard: the next caller rings it then.
    s.leg(leg, LegChange::Bridged { other: phones[&2] });
    let (_, _, none) = s.rings(91);
    assert!(none.is_empty());
    assert_eq!(rung_phones(&s.silent([&phones[&1]])).keys().copied().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_phone_that_does_not_fall_silent_keeps_its_agent_from_callers_for_a_moment_only() {
    let mut s = service(2);
    let (_, leg, phones) = s.rings(90);
    s.leg(phones[&1], LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phones[&1] });
    s.rings(91);
    let effects = s.later(2_100);
    assert!(hung_up(&effects).contains(&phones[&2]), "once more");
    assert_eq!(rung_phones(&effects).keys().copied().collect::<Vec<_>>(), [2]);
}

#[test]
fn a_caller_who_hangs_up_silences_every_phone() {
    let mut s = service(3);
    let (_, leg, phones) = s.rings(90);
    s.later(3_000);
    let effects = s.leg(leg, gone("NORMAL_CLEARING"));
    assert_eq!(hung_up(&effects), [phones[&1], phones[&2], phones[&3]]);
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ready; 3]);
    assert_eq!(s.outcomes(), [QueueOutcome::Abandoned]);
    s.silent(phones.values());
    s.later(30_000);
    assert_eq!(s.kinds(&[1, 2, 3]), [AgentStateKind::Ready; 3]);
}

#[test]
fn an_off_hook_agent_takes_the_caller_at_once_and_no_phone_rings() {
    let phones = [PhoneMode::OnHook, PhoneMode::OffHook, PhoneMode::OffHook];
    let mut s = Story::begin(DialMode::Progressive, &phones);
    s.give(Input::queue(ring_all(&[1, 2, 3])));
    s.on_hook_ready(1);
    let up = s.off_hook_ready(3);
    s.later(1_000);
    let later = s.off_hook_ready(2);
    let (_, leg, rung) = s.rings(90);
    assert!(rung.is_empty(), "the one on-hook is not rung");
    assert_eq!(bridges(&s.effects), [(leg, up)], "the longest idle of those who are up");
    s.leg(leg, LegChange::Bridged { other: up });
    let (_, leg, _) = s.rings(91);
    assert_eq!(bridges(&s.effects).last(), Some(&(leg, later)));
    s.leg(leg, LegChange::Bridged { other: later });
    // While phones ring, one who becomes free off-hook ends it.
    let (_, leg, rung) = s.rings(92);
    assert_eq!(rung.keys().copied().collect::<Vec<_>>(), [1]);
    s.ask(3, AgentCommand::HangUp);
    let first = bridges(&s.effects)[0].0;
    s.leg(first, gone("NORMAL_CLEARING"));
    let effects = s.ask(3, AgentCommand::Ready);
    assert_eq!((bridges(&effects), hung_up(&effects)), (vec![(leg, up)], vec![rung[&1]]));
    assert_eq!(s.kind(1), AgentStateKind::Ready);
}

#[test]
fn a_phone_rings_for_one_caller_at_a_time_and_who_becomes_ready_goes_where_none_rings() {
    let mut s = service(3);
    s.give(Input::queue(ring_all(&[1, 2, 3])));
    s.ask(3, AgentCommand::Pause { reason: "break".into() });
    let (_, first, phones) = s.rings(90);
    assert_eq!(phones.len(), 2);
    let (_, second, none) = s.rings(91);
    assert!(none.is_empty(), "all ring for the first");
    let third = rung_phones(&s.ask(3, AgentCommand::Ready));
    let effects = s.leg(third[&3], LegChange::Answered);
    assert_eq!(bridges(&effects), [(second, third[&3])], "for the caller without a phone that rings");
    s.leg(second, LegChange::Bridged { other: third[&3] });
    // A third caller: whoever is outrun by the answer to the first rings for them.
    let (_, next, _) = s.rings(92);
    s.leg(phones[&1], LegChange::Answered);
    s.leg(first, LegChange::Bridged { other: phones[&1] });
    let rung = rung_phones(&s.silent([&phones[&2]]));
    assert_eq!(rung.keys().copied().collect::<Vec<_>>(), [2]);
    // And who becomes ready when phones ring for everybody joins in.
    s.leg(second, gone("NORMAL_CLEARING"));
    let joins = rung_phones(&s.ask(3, AgentCommand::Ready));
    let effects = s.leg(joins[&3], LegChange::Answered);
    assert_eq!((bridges(&effects), hung_up(&effects)), (vec![(next, joins[&3])], vec![rung[&2]]));
}

#[test]
fn a_pause_a_log_out_or_leaving_for_good_stops_ones_own_phone_alone() {
    let mut s = service(4);
    let (_, leg, phones) = s.rings(90);
    let effects = s.ask(1, AgentCommand::Pause { reason: "break".into() });
    assert_eq!(hung_up(&effects), [phones[&1]]);
    let effects = s.ask(2, AgentCommand::LogOut);
    assert!(hung_up(&effects).contains(&phones[&2]));
    let effects = s.give(Input::AgentRemoved(AgentId(3)));
    assert!(hung_up(&effects).contains(&phones[&3]));
    assert_eq!(
        s.kinds(&[1, 2, 4]),
        [AgentStateKind::Paused, AgentStateKind::LoggedOut, AgentStateKind::Ringing]
    );
    // What comes too late changes nothing.
    s.leg(phones[&1], LegChange::Answered);
    s.leg(phones[&2], LegChange::Answered);
    s.silent([&phones[&1], &phones[&2], &phones[&3]]);
    assert_eq!(s.kind(1), AgentStateKind::Paused);
    let effects = s.leg(phones[&4], LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phones[&4])]);
}

#[test]
fn a_phone_that_is_lost_while_all_ring_leaves_the_others_ringing() {
    let mut s = service(3);
    s.give(registers(1));
    let (_, leg, phones) = s.rings(90);
    s.give(leaves(1, true));
    s.leg(phones[&2], gone("USER_NOT_REGISTERED"));
    s.give(Input::CommandFailed {
        leg: phones[&1],
        command: CommandName::Originate,
        reason: "-ERR SUBSCRIBER_ABSENT".into(),
    });
    assert_eq!(
        s.kinds(&[1, 2, 3]),
        [AgentStateKind::Unreachable, AgentStateKind::Unreachable, AgentStateKind::Ringing]
    );
    let effects = s.leg(phones[&3], LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phones[&3])]);
}

#[test]
fn an_agent_whose_phone_went_while_it_rang_is_unreachable_and_not_ready() {
    let mut s = service(2);
    s.give(registers(1));
    let (_, _, phones) = s.rings(90);
    s.give(leaves(1, true));
    s.leg(phones[&2], LegChange::Answered);
    let live = s.floor.agent_live(AgentId(1)).expect("an agent");
    assert_eq!(live.reason.as_deref(), Some("phone_not_registered"));
}

#[test]
fn the_answer_button_of_one_who_is_outrun_says_so() {
    let mut s = service(2);
    let (_, _, phones) = s.rings(90);
    s.ask(1, AgentCommand::Answer);
    let effects = s.leg(phones[&2], LegChange::Answered);
    let refused = |effect: &Effect| {
        matches!(effect, Effect::Answer { ticket: Ticket(1), refusal: Some(Refusal::SwitchRefused { .. }) })
    };
    assert!(effects.iter().any(refused));
}

#[test]
fn the_longest_wait_hears_the_phones_out_but_not_for_ever() {
    let mut s = service(2);
    s.give(Input::queue(QueueProfile { overflow: Overflow::Queue(SECOND), ..ring_all(&[1, 2]) }));
    s.give(Input::queue(queue(SECOND, &[])));
    s.ask(1, AgentCommand::Pause { reason: "break".into() });
    s.ask(2, AgentCommand::Pause { reason: "break".into() });
    let (_, leg, _) = s.rings(90);
    s.later(28_000);
    let late = rung_phones(&s.ask(1, AgentCommand::Ready));
    s.later(6_000);
    assert_eq!(s.outcomes(), [], "the phone still rings");
    let later = rung_phones(&s.ask(2, AgentCommand::Ready));
    assert_eq!((late.len(), later.len()), (1, 1));
    s.later(2_100);
    assert_eq!(s.kind(1), AgentStateKind::Unreachable, "rung in vain");
    assert_eq!(s.outcomes(), []);
    let effects = s.later(2_000);
    assert_eq!(s.outcomes(), [QueueOutcome::Overflowed]);
    assert_eq!((s.kind(2), hung_up(&effects)), (AgentStateKind::Ready, vec![later[&2]]), "not in vain");
    s.leg(leg, gone("NORMAL_CLEARING"));
}

#[test]
fn a_dialled_customer_who_answers_gets_one_whose_phone_rings_for_a_caller() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook, PhoneMode::OnHook]);
    s.give(Input::queue(ring_all(&[1, 2])));
    s.on_hook_ready(1);
    // A campaign that may drop calls still: it does not take this one back.
    let counted = vec![(s.now, WindowCounts { answered: 1_000, dropped: 0 })];
    let campaign = CampaignId(2);
    let agents = vec![AgentId(1), AgentId(2)];
    s.give(Input::Campaign(CampaignProfile { campaign, counted, ..profile(DialMode::Progressive, agents) }));
    let leads = vec![lead(1, "13800000001")];
    let dialled = dialled(&s.give(Input::Leads { campaign, leads }));
    let (_, leg, phones) = s.rings(90);
    assert_eq!(phones.len(), 1);
    let effects = s.leg(dialled[0].1, LegChange::Answered);
    assert_eq!(hung_up(&effects), [phones[&1]]);
    let effects = s.silent([&phones[&1]]);
    let phone = rung_phones(&effects)[&1];
    let effects = s.leg(phone, LegChange::Answered);
    assert_eq!(bridges(&effects), [(dialled[0].1, phone)]);
    assert_eq!(s.outcomes(), []);
    s.leg(leg, gone("NORMAL_CLEARING"));
}

#[test]
fn a_lost_connection_does_not_forget_who_rang() {
    let mut s = service(3);
    let (call, leg, phones) = s.rings(90);
    s.give(Input::SwitchDown { reason: "cut".into() });
    s.now = s.now + 9_000;
    s.give(Input::Tick);
    let label = |agent: i64| LegLabel::Agent { agent: AgentId(agent), nailed: false, call: Some(call) };
    let phone =
        |agent: i64, answered| ChannelSnapshot::new(phones[&agent], Some(label(agent)), answered, None);
    let mut caller = ChannelSnapshot::new(leg, Some(LegLabel::Customer { call }), true, None);
    caller.on_music = true;
    // One has answered meanwhile, one rings on, one is gone.
    let channels = vec![caller, phone(2, true), phone(3, false)];
    let effects = s.give(Input::SwitchUp { core: "core-1".into(), channels });
    assert_eq!(bridges(&effects), [(leg, phones[&2])]);
    assert!(hung_up(&effects).contains(&phones[&3]));
    s.leg(leg, LegChange::Bridged { other: phones[&2] });
    assert_eq!(s.kind(2), AgentStateKind::Talking);
}

#[test]
fn after_a_restart_the_phones_that_rang_are_hung_up_and_rung_anew() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook; 2]);
    s.give(Input::SwitchDown { reason: "restart".into() });
    s.give(Input::queue(ring_all(&[1, 2])));
    let (call, leg) = (CallId(Uuid::from_u128(7)), LegId(Uuid::from_u128(8)));
    for agent in [1, 2] {
        let state = StoredState::Working;
        s.give(Input::RestoreAgent { agent: AgentId(agent), state, since: s.now });
    }
    s.give(Input::RestoreCall(StoredCall {
        call,
        gateway: None,
        caller_id: None,
        leg,
        origin: Origin::Inbound { arrival: arrival("02160000001"), known: None },
        queue: Some((SERVICE, s.now, None)),
        started_at: s.now,
        answered_at: Some(s.now),
        connected: None,
        dropped: false,
        talked_ms: 0,
        span: (super::effect::SpanKind::Queued, None, s.now),
        outside: false,
        recording: None,
    }));
    let phones = [(1, LegId(Uuid::from_u128(11))), (2, LegId(Uuid::from_u128(12)))];
    let mut channels: Vec<ChannelSnapshot> = phones
        .iter()
        .map(|(agent, leg)| {
            let label = LegLabel::Agent { agent: AgentId(*agent), nailed: false, call: Some(call) };
            // The first has answered, and nobody was there to connect it.
            ChannelSnapshot::new(*leg, Some(label), *agent == 1, None)
        })
        .collect();
    let mut caller = ChannelSnapshot::new(leg, Some(LegLabel::Customer { call }), true, None);
    caller.on_music = true;
    channels.push(caller);
    s.give(Input::SwitchUp { core: "core-1".into(), channels });
    s.later(600);
    for (_, leg) in phones {
        assert!(hung_up(&s.effects).contains(&leg), "{leg}");
    }
    let rung = rung_phones(&s.effects);
    assert_eq!(rung.keys().copied().collect::<Vec<_>>(), [1, 2]);
    let effects = s.leg(rung[&1], LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, rung[&1])]);
}

#[test]
fn the_supervisor_who_hangs_up_or_a_changed_strategy_leaves_no_phone_ringing() {
    let mut s = service(2);
    let (_, leg, phones) = s.rings(90);
    s.give(Input::queue(queue(SERVICE, &[1, 2])));
    let effects = s.leg(phones[&1], LegChange::Answered);
    assert_eq!((bridges(&effects), hung_up(&effects)), (vec![(leg, phones[&1])], vec![phones[&2]]));
    let cause = HangUpCause::OriginatorCancel;
    assert!(effects.contains(&Effect::Switch(SwitchCommand::HangUp { leg: phones[&2], cause })));
    s.leg(leg, LegChange::Bridged { other: phones[&1] });
    let connected = |effect: &Effect| matches!(effect, Effect::Record(Fact::CallConnected { .. }));
    assert_eq!(s.effects.iter().filter(|effect| connected(effect)).count(), 1);
}
