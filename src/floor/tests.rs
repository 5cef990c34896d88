//! Stories of the floor, told in inputs and effects.

use super::Floor;
use super::calling::{CallingTimes, FOREVER};
use super::effect::{
    AgentStateKind, CallResult, Effect, EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand, Tell,
};
use super::input::{
    AgentCommand, AgentProfile, CampaignProfile, ChannelSnapshot, CommandName, DialMode, HangUp, Input, Lead,
    LegChange, LegEvent, LegLabel, Origin, PhoneMode, StoredCall, StoredState, Ticket,
};
use super::preview::PreviewRules;
use super::refusal::Refusal;
use super::trunks::Standing;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId};
use crate::base::phone::Dialable;

pub(super) const CAMPAIGN: CampaignId = CampaignId(1);

/// A floor, its time, and everything it wanted done.
pub(super) struct Story {
    pub(super) floor: Floor,
    pub(super) now: Moment,
    pub(super) effects: Vec<Effect>,
}

impl Story {
    pub(super) fn begin(mode: DialMode, phones: &[PhoneMode]) -> Self {
        let mut story = Self { floor: Floor::new(7), now: Moment(1_000_000), effects: Vec::new() };
        let agents: Vec<AgentId> = (1..=phones.len() as i64).map(AgentId).collect();
        for (agent, phone_mode) in agents.iter().zip(phones) {
            let extension = Dialable::new(&format!("100{agent}")).expect("digits");
            story.give(Input::AgentProfile(AgentProfile::new(*agent, extension, *phone_mode)));
        }
        story.give(Input::Campaign(profile(mode, agents)));
        story.give(Input::SwitchUp { core: "core-1".into(), channels: Vec::new() });
        story
    }

    pub(super) fn give(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.floor.apply(self.now, input);
        assert_eq!(self.floor.violations(), Vec::<String>::new());
        self.effects.extend(effects.clone());
        effects
    }

    pub(super) fn later(&mut self, ms: i64) -> Vec<Effect> {
        let until = self.now + ms;
        let mut all = Vec::new();
        while let Some(due) = self.floor.next_wakeup().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            all.extend(self.give(Input::Tick));
        }
        self.now = until;
        all.extend(self.give(Input::Tick));
        all
    }

    pub(super) fn leg(&mut self, leg: LegId, what: LegChange) -> Vec<Effect> {
        self.now = self.now + 20;
        self.give(Input::Switch(LegEvent { leg, what }))
    }

    pub(super) fn ask(&mut self, agent: i64, command: AgentCommand) -> Vec<Effect> {
        self.give(Input::Agent { agent: AgentId(agent), command, ticket: Ticket(1) })
    }

    /// Logs an off-hook agent in and gets the phone up; gives its leg.
    pub(super) fn off_hook_ready(&mut self, agent: i64) -> LegId {
        self.ask(agent, AgentCommand::LogIn);
        let effects = self.ask(agent, AgentCommand::Ready);
        let leg = rung(&effects).expect("the desk phone is rung");
        self.leg(leg, LegChange::Answered);
        assert_eq!(self.kind(agent), AgentStateKind::Ready);
        leg
    }

    pub(super) fn leads(&mut self, numbers: &[&str]) -> Vec<(CallId, LegId)> {
        let leads = numbers.iter().enumerate().map(|(i, number)| lead(i as i64 + 1, number)).collect();
        let effects = self.give(Input::Leads { campaign: CAMPAIGN, leads });
        dialled(&effects)
    }

    pub(super) fn kind(&self, agent: i64) -> AgentStateKind {
        self.floor.agent_live(AgentId(agent)).expect("an agent").kind
    }

    pub(super) fn ended(&self) -> Vec<(CallResult, EndedBy)> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Record(Fact::CallEnded { result, ended_by, .. }) => Some((*result, *ended_by)),
                _ => None,
            })
            .collect()
    }
}

pub(super) fn profile(mode: DialMode, agents: Vec<AgentId>) -> CampaignProfile {
    CampaignProfile {
        campaign: CAMPAIGN,
        running: true,
        mode,
        ratio_permille: 1_000,
        preview: PreviewRules::default(),
        agents,
        gateway: "trunk".into(),
        caller_id: Dialable::new("02160000000").expect("digits"),
        caller_id_pool: None,
        ring_seconds: 30,
        wrap_up_seconds: 10,
        drop_cap_permille: 30,
        cap_window_hours: 24,
        cap_group: None,
        drop_after_ms: 2_000,
        wait_ms_max: 10_000,
        drop_message: None,
        lines_max: 100,
        times: CallingTimes::between(Moment(0), FOREVER),
        standing: Standing::default(),
        counted: Vec::new(),
    }
}

pub(super) fn lead(id: i64, number: &str) -> Lead {
    Lead {
        lead: LeadId(id),
        customer: CustomerId(id),
        number: Dialable::new(number).expect("digits"),
        e164: format!("+86{number}"),
        until: None,
        place: None,
    }
}

pub(super) fn dialled(effects: &[Effect]) -> Vec<(CallId, LegId)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Switch(SwitchCommand::DialCustomer { call, leg, .. }) => Some((*call, *leg)),
            _ => None,
        })
        .collect()
}

pub(super) fn rung(effects: &[Effect]) -> Option<LegId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::RingAgent { leg, .. }) => Some(*leg),
        _ => None,
    })
}

pub(super) fn bridges(effects: &[Effect]) -> Vec<(LegId, LegId)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Switch(SwitchCommand::Bridge { first, second, .. }) => Some((*first, *second)),
            _ => None,
        })
        .collect()
}

pub(super) fn hung_up(effects: &[Effect]) -> Vec<LegId> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Switch(SwitchCommand::HangUp { leg, .. }) => Some(*leg),
            _ => None,
        })
        .collect()
}

#[test]
fn a_call_goes_from_lead_to_after_call_work() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let calls = s.leads(&["13800000001", "13800000002"]);
    assert_eq!(calls.len(), 1, "one call for one free agent");
    let (call, leg) = calls[0];
    s.leg(leg, LegChange::Ringing { early_media: false });
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!(bridges(&effects), [(leg, phone)]);
    let pop = effects.iter().position(|e| matches!(e, Effect::Tell(Tell::ScreenPop { .. })));
    let bridge = effects.iter().position(|e| matches!(e, Effect::Switch(SwitchCommand::Bridge { .. })));
    assert!(pop.is_some() && pop < bridge, "the customer is on screen before the bridge");
    let record = Effect::Switch(SwitchCommand::StartRecording { leg, call });
    let recorded = effects.iter().position(|effect| *effect == record);
    assert!(recorded > bridge, "and on tape with it");
    assert_eq!(s.kind(1), AgentStateKind::Ringing);
    assert!(!s.leg(leg, LegChange::Bridged { other: phone }).contains(&record), "once");
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.later(30_000);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
    let talk = s.effects.iter().find_map(|e| match e {
        Effect::Record(Fact::CallEnded { talk_ms, .. }) => Some(*talk_ms),
        _ => None,
    });
    assert_eq!(talk, Some(30_020));
    let effects = s.ask(1, AgentCommand::Disposed { call });
    assert_eq!(s.kind(1), AgentStateKind::Ready);
    assert!(dialled(&effects).len() <= 1);
    assert_eq!(dialled(&s.later(400)).len() + dialled(&effects).len(), 1, "the next lead is dialled");
}

#[test]
fn an_attempt_is_recorded_before_it_is_dialled() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.off_hook_ready(1);
    s.leads(&["13800000001"]);
    let recorded = s.effects.iter().position(|e| matches!(e, Effect::Record(Fact::AttemptStarted { .. })));
    let sent = s.effects.iter().position(|e| matches!(e, Effect::Switch(SwitchCommand::DialCustomer { .. })));
    assert!(recorded.is_some() && recorded < sent);
}

#[test]
fn the_longest_idle_agent_takes_the_call() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 3]);
    for agent in [2, 3, 1] {
        s.off_hook_ready(agent);
    }
    let calls = s.leads(&["13800000001"]);
    s.leg(calls[0].1, LegChange::Answered);
    assert_eq!([s.kind(1), s.kind(2), s.kind(3)].map(|k| k == AgentStateKind::Ringing), [false, true, false]);
}

#[test]
fn an_on_hook_agent_is_rung_for_the_call_and_hung_up_after_it() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    assert_eq!(rung(&s.ask(1, AgentCommand::Ready)), None);
    let (_, leg) = s.leads(&["13800000001"])[0];
    let phone = rung(&s.leg(leg, LegChange::Answered)).expect("rung for the call");
    assert_eq!(bridges(&s.leg(phone, LegChange::Answered)), [(leg, phone)]);
    s.leg(leg, LegChange::Bridged { other: phone });
    let effects = s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(hung_up(&effects), [phone]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}

/// An on-hook agent whose phone has answered, for a customer who has; the legs of
/// both.
fn on_hook_answered() -> (Story, LegId, LegId) {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    let (_, leg) = s.leads(&["13800000001"])[0];
    let phone = rung(&s.leg(leg, LegChange::Answered)).expect("rung for the call");
    s.leg(phone, LegChange::Answered);
    (s, leg, phone)
}

#[test]
fn a_phone_that_the_switch_hangs_up_did_not_end_the_call() {
    let (mut s, leg, phone) = on_hook_answered();
    s.leg(leg, LegChange::Bridged { other: phone });
    let by_switch = HangUp { by_far_end: Some(false), ..HangUp::cause("NORMAL_CLEARING") };
    s.leg(phone, LegChange::HungUp(by_switch));
    let by_customer = HangUp { by_far_end: Some(true), ..HangUp::cause("NORMAL_CLEARING") };
    s.leg(leg, LegChange::HungUp(by_customer));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}

/// The other way round: the phone was hung up, and its leg's end is told last.
#[test]
fn a_customer_whom_the_switch_hangs_up_did_not_end_the_call() {
    let (mut s, leg, phone) = on_hook_answered();
    s.leg(leg, LegChange::Bridged { other: phone });
    let by_switch = HangUp { by_far_end: Some(false), ..HangUp::cause("NORMAL_CLEARING") };
    s.leg(leg, LegChange::HungUp(by_switch));
    let by_agent = HangUp { by_far_end: Some(true), ..HangUp::cause("NORMAL_CLEARING") };
    s.leg(phone, LegChange::HungUp(by_agent));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Agent)]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}

/// The bridge came and went while the connection was away.
#[test]
fn an_agent_whose_leg_the_switch_ends_with_the_customers_stays_ready() {
    let (mut s, leg, phone) = on_hook_answered();
    let by_switch = HangUp { by_far_end: Some(false), ..HangUp::cause("NORMAL_CLEARING") };
    let effects = s.leg(phone, LegChange::HungUp(by_switch));
    assert!(effects.iter().any(|effect| asks_for(effect, leg)), "{effects:?}");
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.kind(1), AgentStateKind::Ready);
}

#[test]
fn a_phone_that_does_not_answer_makes_its_agent_unreachable_with_the_reason() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.ask(1, AgentCommand::LogIn);
    let leg = rung(&s.ask(1, AgentCommand::Ready)).expect("rung");
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_NOT_REGISTERED")));
    let live = s.floor.agent_live(AgentId(1)).expect("agent");
    assert_eq!(
        (live.kind, live.reason.as_deref()),
        (AgentStateKind::Unreachable, Some("phone_not_registered"))
    );
    assert!(rung(&s.ask(1, AgentCommand::Ready)).is_some(), "ready tries again");
}

#[test]
fn a_customer_without_an_agent_is_counted_as_dropped_and_then_released() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    let (_, leg) = s.leads(&["13800000001"])[0];
    let phone = rung(&s.leg(leg, LegChange::Answered)).expect("the desk phone rings, and nobody answers it");
    let effects = s.later(2_100);
    assert!(effects.iter().any(|e| matches!(e, Effect::Record(Fact::CallDropped { .. }))));
    let effects = s.later(8_000);
    assert_eq!(hung_up(&effects), [phone, leg]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Dropped, EndedBy::System)]);
}

#[test]
fn unanswered_calls_get_their_result() {
    for (cause, status, result) in [
        ("USER_BUSY", Some(486), CallResult::Busy),
        ("CALL_REJECTED", Some(603), CallResult::Rejected),
        ("UNALLOCATED_NUMBER", Some(404), CallResult::InvalidNumber),
        ("NO_ANSWER", None, CallResult::NoAnswer),
        ("NORMAL_TEMPORARY_FAILURE", Some(503), CallResult::Failed),
    ] {
        let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
        s.off_hook_ready(1);
        let (_, leg) = s.leads(&["13800000001"])[0];
        s.leg(leg, LegChange::HungUp(HangUp { sip_status: status, ..HangUp::cause(cause) }));
        assert_eq!(s.ended().first().map(|e| e.0), Some(result), "{cause}");
        assert_eq!(s.kind(1), AgentStateKind::Ready);
    }
}

#[test]
fn an_agent_who_hangs_up_the_phone_ends_the_call_and_is_rung_again_afterwards() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    assert_eq!(hung_up(&s.leg(phone, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")))), [leg]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Agent)]);
    assert!(rung(&s.ask(1, AgentCommand::Disposed { call })).is_some());
}

#[test]
fn a_pause_during_a_call_comes_after_it() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    s.ask(1, AgentCommand::Pause { reason: "lunch".into() });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.ask(1, AgentCommand::Disposed { call });
    assert_eq!(s.kind(1), AgentStateKind::Paused);
}

#[test]
fn a_command_that_does_not_fit_is_refused_in_words() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let refusal = |effects: Vec<Effect>| {
        effects.into_iter().find_map(|e| if let Effect::Answer { refusal, .. } = e { refusal } else { None })
    };
    assert!(matches!(refusal(s.ask(1, AgentCommand::Ready)), Some(Refusal::WrongState { .. })));
    assert_eq!(refusal(s.ask(99, AgentCommand::LogIn)), Some(Refusal::NotAnAgent));
    s.off_hook_ready(1);
    assert!(matches!(refusal(s.ask(1, AgentCommand::HangUp)), Some(Refusal::WrongState { .. })));
}

#[test]
fn a_failed_bridge_gives_the_customer_the_next_agent() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 2]);
    let first = s.off_hook_ready(1);
    let second = s.off_hook_ready(2);
    let (_, leg) = s.leads(&["13800000001"])[0];
    assert_eq!(bridges(&s.leg(leg, LegChange::Answered)), [(leg, first)]);
    s.give(Input::CommandFailed { leg, command: CommandName::Bridge, reason: "-ERR Invalid uuid".into() });
    let effects =
        s.give(Input::CommandFailed { leg: first, command: CommandName::Exists, reason: String::new() });
    assert_eq!(bridges(&effects), [(leg, second)]);
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);
}

#[test]
fn nothing_is_dialled_without_switch_store_hours_or_agents() {
    let mut s = Story::begin(DialMode::Predictive, &[PhoneMode::OffHook]);
    assert!(s.leads(&["13800000001"]).is_empty(), "no agent");
    s.off_hook_ready(1);
    s.give(Input::StoreLagging(true));
    assert!(dialled(&s.later(1_000)).is_empty(), "store lagging");
    s.give(Input::StoreLagging(false));
    let mut closed = profile(DialMode::Predictive, vec![AgentId(1)]);
    closed.times = CallingTimes::between(Moment(0), Moment(0));
    s.give(Input::Campaign(closed));
    assert!(dialled(&s.later(1_000)).is_empty(), "outside hours");
    s.give(Input::SwitchDown { reason: "gone".into() });
    s.give(Input::Campaign(profile(DialMode::Predictive, vec![AgentId(1)])));
    assert!(dialled(&s.later(1_000)).is_empty(), "switch down");
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);
}

#[test]
fn a_number_is_never_in_two_live_attempts() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 2]);
    s.off_hook_ready(1);
    s.off_hook_ready(2);
    let calls = s.leads(&["13800000001", "13800000001"]);
    assert_eq!(calls.len(), 1);
}

#[test]
fn after_a_lost_connection_the_floor_agrees_with_the_channels() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 2]);
    let (one, two) = (s.off_hook_ready(1), s.off_hook_ready(2));
    let calls = s.leads(&["13800000001", "13800000002"]);
    let (talks, rings) = (calls[0], calls[1]);
    s.leg(talks.1, LegChange::Answered);
    s.leg(talks.1, LegChange::Bridged { other: one });
    s.give(Input::SwitchDown { reason: "connection closed".into() });
    assert_eq!(s.kind(2), AgentStateKind::Unreachable);
    s.now = s.now + 20_000;
    let channel = |leg, label, bridged_to| ChannelSnapshot::new(leg, Some(label), true, bridged_to);
    let agent = |agent| LegLabel::Agent { agent: AgentId(agent), nailed: true, call: None };
    s.give(Input::SwitchUp {
        core: "core-1".into(),
        channels: vec![
            channel(talks.1, LegLabel::Customer { call: talks.0 }, Some(one)),
            channel(one, agent(1), Some(talks.1)),
            channel(two, agent(2), None),
        ],
    });
    assert_eq!((s.kind(1), s.kind(2)), (AgentStateKind::Talking, AgentStateKind::Ready));
    assert_eq!(s.ended(), [(CallResult::Failed, EndedBy::Switch)], "the ringing one is gone: {}", rings.0);
}

#[test]
fn a_restart_of_the_switch_ends_its_calls_and_frees_the_agents() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    s.give(Input::SwitchDown { reason: "gone".into() });
    s.now = s.now + 9_000;
    s.give(Input::SwitchUp { core: "core-2".into(), channels: Vec::new() });
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Switch)]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
    assert!(rung(&s.ask(1, AgentCommand::Disposed { call })).is_some(), "and the phone is rung again");
}

/// With no drop left in the budget, nobody is called for an agent who has gone.
#[test]
fn a_call_whose_agent_goes_away_is_taken_back() {
    for (answers, result) in [(false, CallResult::Cancelled), (true, CallResult::Dropped)] {
        let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
        s.off_hook_ready(1);
        let (call, leg) = s.leads(&["13800000001"])[0];
        s.leg(leg, LegChange::Ringing { early_media: false });
        let effects = s.ask(1, AgentCommand::Pause { reason: "meal".into() });
        let cancel = SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel };
        assert!(effects.contains(&Effect::Switch(cancel)), "{effects:?}");
        if answers {
            // In the same moment: the customer was there and found nobody.
            let effects = s.leg(leg, LegChange::Answered);
            assert!(effects.contains(&Effect::Record(Fact::CallDropped { call, at: s.now })), "{effects:?}");
        }
        s.leg(leg, LegChange::HungUp(HangUp::cause("ORIGINATOR_CANCEL")));
        assert_eq!(s.ended(), [(result, EndedBy::System)]);
    }
}

/// A floor after a restart of Trunkline: agent 1 was talking in the one call.
pub(super) fn restarted() -> (Story, CallId, LegId, LegId) {
    let id = uuid::Uuid::from_u128;
    let (call, leg, phone) = (CallId(id(1)), LegId(id(2)), LegId(id(3)));
    let mut s = Story { floor: Floor::new(9), now: Moment(5_000_000), effects: Vec::new() };
    let extension = Dialable::new("1001").expect("digits");
    s.give(Input::AgentProfile(AgentProfile::new(AgentId(1), extension, PhoneMode::OffHook)));
    s.give(Input::Campaign(profile(DialMode::Progressive, vec![AgentId(1)])));
    s.give(Input::RestoreAgent { agent: AgentId(1), state: StoredState::Working, since: Moment(4_000_000) });
    let stored = StoredCall {
        call,
        gateway: None,
        caller_id: None,
        leg,
        origin: Origin::Dialled { campaign: CAMPAIGN, lead: lead(1, "13800000001") },
        queue: None,
        started_at: Moment(4_900_000),
        answered_at: Some(Moment(4_940_000)),
        connected: Some((AgentId(1), Moment(4_950_000))),
        dropped: false,
        talked_ms: 0,
        span: (SpanKind::Talking, Some(AgentId(1)), Moment(4_950_000)),
        outside: false,
        recording: None,
    };
    s.give(Input::RestoreCall(stored));
    (s, call, leg, phone)
}

pub(super) fn asks_for(effect: &Effect, leg: LegId) -> bool {
    matches!(effect, Effect::Switch(SwitchCommand::Check { leg: of }) if *of == leg)
}

pub(super) fn bridged(leg: LegId, label: LegLabel, other: LegId) -> ChannelSnapshot {
    ChannelSnapshot::new(leg, Some(label), true, Some(other))
}

#[test]
fn a_restart_of_trunkline_adopts_the_conversation() {
    let (mut s, call, leg, phone) = restarted();
    let customer = bridged(leg, LegLabel::Customer { call }, phone);
    let agent = bridged(phone, LegLabel::Agent { agent: AgentId(1), nailed: true, call: None }, leg);
    s.give(Input::SwitchUp { core: "core-1".into(), channels: vec![customer, agent] });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
    assert_eq!(s.kind(1), AgentStateKind::WrapUp);
}

#[test]
fn a_restart_adopts_the_agents_leg_although_the_list_lags() {
    let (mut s, call, leg, phone) = restarted();
    let customer = bridged(leg, LegLabel::Customer { call }, phone);
    s.give(Input::SwitchUp { core: "core-1".into(), channels: vec![customer] });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.leg(phone, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(s.ended(), [(CallResult::Answered, EndedBy::Agent)]);
}

#[test]
fn pausing_a_campaign_gives_its_leads_back_and_lets_calls_finish() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    let phone = s.off_hook_ready(1);
    let (_, leg) = s.leads(&["13800000001", "13800000002"])[0];
    let mut paused = profile(DialMode::Progressive, vec![AgentId(1)]);
    paused.running = false;
    let effects = s.give(Input::Campaign(paused));
    assert!(effects.contains(&Effect::ReturnLeads { campaign: CAMPAIGN, leads: vec![LeadId(2)] }));
    assert_eq!(bridges(&s.leg(leg, LegChange::Answered)), [(leg, phone)]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert!(dialled(&s.later(2_000)).is_empty());
}

#[test]
fn a_customer_is_dialled_on_one_number_at_a_time() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook, PhoneMode::OffHook]);
    s.off_hook_ready(1);
    s.off_hook_ready(2);
    let other_number = Lead { lead: LeadId(2), ..lead(1, "13800000002") };
    let leads = vec![lead(1, "13800000001"), other_number];
    let effects = s.give(Input::Leads { campaign: CAMPAIGN, leads });
    assert_eq!(dialled(&effects).len(), 1, "two agents are free, and one customer");
    assert!(effects.contains(&Effect::ReturnLeads { campaign: CAMPAIGN, leads: vec![LeadId(2)] }));
}

/// Another campaign of the same agents, with a lead in flight for one of them.
const OTHER: CampaignId = CampaignId(2);

#[test]
fn no_two_campaigns_dial_for_the_same_free_agent() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook, PhoneMode::OffHook]);
    let other =
        CampaignProfile { campaign: OTHER, ..profile(DialMode::Progressive, vec![AgentId(1), AgentId(2)]) };
    s.give(Input::Campaign(other));
    let phones = [s.off_hook_ready(1), s.off_hook_ready(2)];
    let mut calls = s.leads(&["13800000001", "13800000002", "13800000003"]);
    let leads = vec![lead(11, "13900000001"), lead(12, "13900000002"), lead(13, "13900000003")];
    calls.extend(dialled(&s.give(Input::Leads { campaign: OTHER, leads })));
    calls.extend(dialled(&s.later(1_000)));
    assert_eq!(calls.len(), 2, "two agents, two calls, whichever campaigns they are of");
    for (_, leg) in &calls {
        assert_eq!(bridges(&s.leg(*leg, LegChange::Answered)).len(), 1, "each finds an agent");
    }
    assert!(phones.iter().all(|phone| s.effects.iter().any(|effect| matches!(
        effect,
        Effect::Switch(SwitchCommand::Bridge { second, .. }) if second == phone
    ))));
}
