//! Preview dialling, told as stories: inputs in, effects out.

use super::calling::CallingTimes;
use super::effect::{
    AgentAction, AgentStateKind, CallResult, Effect, EndedBy, Fact, Notice, SwitchCommand, Tell,
};
use super::input::{
    AgentCommand, CampaignProfile, DialMode, HangUp, Input, Lead, LegChange, LegEvent, PhoneMode,
    WindowCounts,
};
use super::kept::Callback;
use super::preview::{PreviewEnd, PreviewFact, PreviewRules, PreviewTimeout, SkipReason};
use super::queue::{Arrival, Member, Overflow, QueueCounts, QueueProfile, Strategy};
use super::refusal::{PreviewProblem, Refusal};
use super::tests::{CAMPAIGN, Story, bridges, dialled, hung_up, lead, profile, rung};
use super::trunks::GatewayProfile;
use super::voicemail::Voicemail;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CampaignId, LeadId, LegId, QueueId};
use crate::base::phone::Dialable;
use uuid::Uuid;

const NUMBERS: [&str; 3] = ["13800000001", "13800000002", "13800000003"];

fn previewing(rules: PreviewRules, agents: i64) -> CampaignProfile {
    let agents = (1..=agents).map(AgentId).collect();
    CampaignProfile { preview: rules, ..profile(DialMode::Preview, agents) }
}

/// Off-hook agents who are ready, in this order, and three leads; the phones' legs.
fn looking(rules: PreviewRules, agents: usize) -> (Story, Vec<LegId>) {
    let mut s = Story::begin(DialMode::Preview, &vec![PhoneMode::OffHook; agents]);
    s.give(Input::Campaign(previewing(rules, agents as i64)));
    let phones = (1..=agents as i64).map(|agent| s.off_hook_ready(agent)).collect();
    assert!(s.leads(&NUMBERS).is_empty(), "nothing is dialled by itself");
    (s, phones)
}

impl Story {
    /// The lead that an agent looks at.
    fn shown(&self, agent: i64) -> Option<i64> {
        let live = self.floor.agent_live(AgentId(agent)).expect("an agent");
        assert_eq!(live.kind == AgentStateKind::Previewing, live.preview.is_some());
        live.preview.map(|preview| preview.lead.0)
    }

    fn dial(&mut self, agent: i64, lead: i64) -> Vec<Effect> {
        self.ask(agent, AgentCommand::Dial { lead: LeadId(lead) })
    }

    fn skip(&mut self, agent: i64, lead: i64) -> Vec<Effect> {
        let (reason, note) = (SkipReason::Other, Some("on holiday".to_owned()));
        self.ask(agent, AgentCommand::Skip { lead: LeadId(lead), reason, note })
    }

    fn may_skip(&self, agent: i64) -> bool {
        let live = self.floor.agent_live(AgentId(agent)).expect("an agent");
        live.allowed.contains(&AgentAction::Skip)
    }
}

fn previewed(effects: &[Effect]) -> Vec<PreviewFact> {
    let fact = |effect: &Effect| match effect {
        Effect::Record(Fact::Previewed(fact)) => Some((**fact).clone()),
        _ => None,
    };
    effects.iter().filter_map(fact).collect()
}

fn ends(effects: &[Effect]) -> Vec<PreviewEnd> {
    previewed(effects).into_iter().map(|fact| fact.end).collect()
}

fn notices(effects: &[Effect]) -> Vec<PreviewEnd> {
    let why = |effect: &Effect| match effect {
        Effect::Tell(Tell::Notice { notice: Notice::PreviewOver { why }, .. }) => Some(*why),
        _ => None,
    };
    effects.iter().filter_map(why).collect()
}

fn returned(effects: &[Effect]) -> Vec<i64> {
    let leads = |effect: &Effect| match effect {
        Effect::ReturnLeads { leads, .. } => Some(leads.iter().map(|lead| lead.0).collect::<Vec<_>>()),
        _ => None,
    };
    effects.iter().filter_map(leads).flatten().collect()
}

fn refused(effects: &[Effect]) -> Option<PreviewProblem> {
    effects.iter().find_map(|effect| match effect {
        Effect::Answer { refusal: Some(Refusal::Preview(problem)), .. } => Some(*problem),
        _ => None,
    })
}

#[test]
fn an_agent_sees_the_lead_then_dials_and_talks() {
    let (mut s, phones) = looking(PreviewRules::default(), 1);
    assert_eq!((s.kind(1), s.shown(1)), (AgentStateKind::Previewing, Some(1)));
    s.later(5_000);
    let effects = s.dial(1, 1);
    let (call, leg) = dialled(&effects)[0];
    let attempt = effects.iter().position(|e| matches!(e, Effect::Record(Fact::AttemptStarted { .. })));
    assert!(attempt.is_some(), "it is an attempt of the lead like any other");
    let fact = previewed(&effects).remove(0);
    assert_eq!((fact.end, fact.call, fact.agent), (PreviewEnd::Dialled, Some(call), AgentId(1)));
    assert!(effects.iter().any(|e| matches!(e, Effect::Tell(Tell::ScreenPop { agent: AgentId(1), .. }))));
    assert_eq!(s.kind(1), AgentStateKind::Ringing);
    assert!(dialled(&s.dial(1, 1)).is_empty(), "pressed twice, it is dialled once");
    s.leg(leg, LegChange::Ringing { early_media: false });
    assert_eq!(bridges(&s.leg(leg, LegChange::Answered)), [(leg, phones[0])]);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    s.later(20_000);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(
        (s.kind(1), s.ended()),
        (AgentStateKind::WrapUp, vec![(CallResult::Answered, EndedBy::Customer)])
    );
    s.ask(1, AgentCommand::Disposed { call });
    s.later(300);
    assert_eq!(s.shown(1), Some(2), "the next");
}

#[test]
fn who_does_not_answer_leaves_the_agent_with_the_next_lead() {
    let (mut s, _) = looking(PreviewRules::default(), 1);
    let (_, leg) = dialled(&s.dial(1, 1))[0];
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    assert_eq!(s.ended(), [(CallResult::Busy, EndedBy::Customer)]);
    s.later(300);
    assert_eq!(s.shown(1), Some(2));
}

#[test]
fn an_agent_may_think_better_of_it_while_it_rings() {
    let (mut s, phones) = looking(PreviewRules::default(), 1);
    let (_, leg) = dialled(&s.dial(1, 1))[0];
    s.leg(leg, LegChange::Ringing { early_media: false });
    assert_eq!(hung_up(&s.ask(1, AgentCommand::HangUp)), [leg]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("ORIGINATOR_CANCEL")));
    assert_eq!(s.ended(), [(CallResult::Cancelled, EndedBy::Agent)]);
    assert!(s.floor.agent_live(AgentId(1)).expect("an agent").phone_up, "{:?}", phones[0]);
    s.later(300);
    assert_eq!(s.shown(1), Some(2));
}

#[test]
fn each_agent_sees_another_lead_and_the_longest_idle_the_first() {
    let (s, _) = looking(PreviewRules::default(), 2);
    assert_eq!((s.shown(1), s.shown(2)), (Some(1), Some(2)));
}

#[test]
fn a_skipped_lead_rests_and_the_reason_is_kept() {
    let rules = PreviewRules { skip_minutes: 30, ..PreviewRules::default() };
    let (mut s, _) = looking(rules, 1);
    let effects = s.skip(1, 1);
    let fact = previewed(&effects).remove(0);
    assert_eq!((fact.end, fact.reason), (PreviewEnd::Skipped, Some(SkipReason::Other)));
    assert_eq!(fact.note.as_deref(), Some("on holiday"));
    assert_eq!(fact.rests_until, Some(s.now + 30 * 60_000));
    assert_eq!(returned(&effects), Vec::<i64>::new(), "the fact gives it back, with its rest");
    assert_eq!(s.shown(1), Some(2), "at once");
    assert_eq!(refused(&s.skip(1, 1)), Some(PreviewProblem::Over));
}

#[test]
fn so_many_leads_may_be_skipped_in_a_row() {
    let (mut s, _) = looking(PreviewRules { skips_max: Some(1), ..PreviewRules::default() }, 1);
    s.skip(1, 1);
    assert!(!s.may_skip(1), "the console does not show the button");
    assert_eq!(refused(&s.skip(1, 2)), Some(PreviewProblem::SkipsUsedUp { most: 1 }));
    assert_eq!(s.shown(1), Some(2));
    let (_, leg) = dialled(&s.dial(1, 2))[0];
    s.leg(leg, LegChange::HungUp(HangUp::cause("NO_ANSWER")));
    s.later(300);
    assert_eq!((s.shown(1), s.may_skip(1)), (Some(3), true), "they have dialled since");
}

#[test]
fn where_nothing_may_be_skipped_it_is_dialled() {
    let (mut s, _) = looking(PreviewRules { skips_max: Some(0), ..PreviewRules::default() }, 1);
    assert!(!s.may_skip(1));
    assert_eq!(refused(&s.skip(1, 1)), Some(PreviewProblem::MustDial));
}

#[test]
fn at_the_end_of_the_time_the_lead_is_dialled() {
    let rules = PreviewRules { seconds: 20, timeout: PreviewTimeout::Dial, ..PreviewRules::default() };
    let (mut s, phones) = looking(rules, 1);
    assert!(dialled(&s.later(19_900)).is_empty());
    let effects = s.later(100);
    let (_, leg) = dialled(&effects)[0];
    assert_eq!(
        (ends(&effects), notices(&effects)),
        (vec![PreviewEnd::DialledAtTimeout], vec![PreviewEnd::DialledAtTimeout])
    );
    assert_eq!(bridges(&s.leg(leg, LegChange::Answered)), [(leg, phones[0])]);
}

#[test]
fn at_the_end_of_the_time_the_lead_goes_to_the_next_and_the_agent_is_paused() {
    let rules = PreviewRules { seconds: 20, timeout: PreviewTimeout::Skip, ..PreviewRules::default() };
    let (mut s, _) = looking(rules, 1);
    let effects = s.later(20_000);
    assert_eq!((ends(&effects), notices(&effects)), (vec![PreviewEnd::TimedOut], vec![PreviewEnd::TimedOut]));
    let live = s.floor.agent_live(AgentId(1)).expect("an agent");
    assert_eq!((live.kind, live.reason.as_deref()), (AgentStateKind::Paused, Some("preview_timeout")));
    s.ask(1, AgentCommand::Ready);
    s.later(300);
    assert_eq!(s.shown(1), Some(1), "it was the first again");
}

#[test]
fn without_a_time_an_agent_looks_as_long_as_they_like() {
    let (mut s, _) = looking(PreviewRules { seconds: 0, ..PreviewRules::default() }, 1);
    s.later(3_600_000);
    assert_eq!(s.shown(1), Some(1));
}

#[test]
fn whatever_takes_the_agent_away_the_lead_goes_back() {
    type Away = fn(&mut Story, LegId) -> Vec<Effect>;
    let ways: [Away; 6] = [
        |s, _| s.ask(1, AgentCommand::Pause { reason: "lunch".into() }),
        |s, _| s.ask(1, AgentCommand::LogOut),
        |s, _| s.give(Input::AgentRemoved(AgentId(1))),
        |s, _| s.give(Input::SwitchDown { reason: "cut".into() }),
        |s, phone| s.leg(phone, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING"))),
        |s, _| {
            let agent = AgentId(1);
            let extension = Dialable::new("2001").expect("digits");
            let profile = super::input::AgentProfile::new(agent, extension, PhoneMode::OffHook);
            s.give(Input::AgentProfile(profile))
        },
    ];
    for away in ways {
        let (mut s, phones) = looking(PreviewRules::default(), 2);
        s.ask(2, AgentCommand::Pause { reason: "lunch".into() });
        let effects = away(&mut s, phones[0]);
        assert_eq!(ends(&effects), [PreviewEnd::AgentLeft]);
        assert_eq!(notices(&effects), []);
        s.give(Input::SwitchUp { core: "core-1".into(), channels: Vec::new() });
        s.ask(1, AgentCommand::LogOut);
        s.ask(2, AgentCommand::LogOut);
        s.off_hook_again(2);
        assert_eq!(s.shown(2), Some(1), "a colleague sees it next");
    }
}

impl Story {
    /// Comes back from a break that lost the phone's leg.
    fn off_hook_again(&mut self, agent: i64) {
        self.ask(agent, AgentCommand::LogIn);
        let leg = rung(&self.ask(agent, AgentCommand::Ready)).expect("rung anew");
        self.leg(leg, LegChange::Answered);
        self.later(300);
    }
}

#[test]
fn a_campaign_that_stops_takes_its_leads_off_the_screens() {
    let changes: [fn(&mut CampaignProfile); 3] = [
        |campaign| campaign.running = false,
        |campaign| campaign.agents.clear(),
        |campaign| campaign.times = CallingTimes::between(Moment(0), Moment(1)),
    ];
    for (change, why) in changes.into_iter().zip([
        PreviewEnd::CampaignStopped,
        PreviewEnd::CampaignStopped,
        PreviewEnd::TimesOver,
    ]) {
        let (mut s, _) = looking(PreviewRules::default(), 1);
        let mut campaign = previewing(PreviewRules::default(), 1);
        change(&mut campaign);
        let effects = s.give(Input::Campaign(campaign));
        assert_eq!((ends(&effects), notices(&effects)), (vec![why], vec![why]));
        assert_eq!(s.kind(1), AgentStateKind::Ready);
    }
    // One that dials by itself from now on dials the lead.
    let (mut s, _) = looking(PreviewRules::default(), 1);
    let effects = s.give(Input::Campaign(profile(DialMode::Progressive, vec![AgentId(1)])));
    assert_eq!((ends(&effects), dialled(&effects).len()), (vec![PreviewEnd::CampaignStopped], 1));
}

#[test]
fn where_the_called_partys_hours_end_the_lead_goes_back_to_the_list() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OffHook]);
    s.off_hook_ready(1);
    let late = Lead { until: Some(s.now + 5_000), ..lead(1, NUMBERS[0]) };
    s.give(Input::Leads { campaign: CAMPAIGN, leads: vec![late, lead(2, NUMBERS[1])] });
    assert_eq!(s.shown(1), Some(1));
    let effects = s.later(5_000);
    assert_eq!((ends(&effects), returned(&effects)), (vec![PreviewEnd::TimesOver], vec![1]));
    assert_eq!(s.shown(1), Some(2));
}

#[test]
fn nothing_is_dialled_after_the_campaigns_times() {
    let (mut s, _) = looking(PreviewRules { seconds: 0, ..PreviewRules::default() }, 1);
    let closes = s.now + 60_000;
    let times = CallingTimes::between(Moment(0), closes);
    s.give(Input::Campaign(CampaignProfile { times, ..previewing(PreviewRules::default(), 1) }));
    let effects = s.later(60_300);
    assert!(ends(&effects).contains(&PreviewEnd::TimesOver));
    assert_eq!((s.kind(1), s.shown(1)), (AgentStateKind::Ready, None));
    assert_eq!(refused(&s.dial(1, 1)), Some(PreviewProblem::Over));
}

#[test]
fn a_lead_whose_number_is_in_a_call_meanwhile_is_not_dialled() {
    let (mut s, _) = looking(PreviewRules::default(), 2);
    let same = Lead { e164: lead(1, NUMBERS[0]).e164, ..lead(9, NUMBERS[0]) };
    let other = CampaignId(2);
    let of_other = CampaignProfile { campaign: other, ..profile(DialMode::Progressive, vec![AgentId(3)]) };
    let extension = Dialable::new("1003").expect("digits");
    s.give(Input::AgentProfile(super::input::AgentProfile::new(AgentId(3), extension, PhoneMode::OffHook)));
    s.give(Input::Campaign(of_other));
    s.off_hook_ready(3);
    assert_eq!(dialled(&s.give(Input::Leads { campaign: other, leads: vec![same] })).len(), 1);
    let effects = s.dial(1, 1);
    assert_eq!(refused(&effects), Some(PreviewProblem::Ended(PreviewEnd::InACall)));
    assert_eq!((ends(&effects), returned(&effects)), (vec![PreviewEnd::InACall], vec![1]));
    assert_eq!(s.shown(1), Some(3), "the next");
}

#[test]
fn an_attempt_that_may_not_be_stored_shows_the_next_lead() {
    let (mut s, _) = looking(PreviewRules::default(), 1);
    let (call, _) = dialled(&s.dial(1, 1))[0];
    let effects = s.give(Input::AttemptNotStored { call });
    assert_eq!(
        (ends(&effects), notices(&effects)),
        (vec![PreviewEnd::NotAllowed], vec![PreviewEnd::NotAllowed])
    );
    assert_eq!(returned(&effects), [1]);
    assert_eq!(s.shown(1), Some(2));
}

#[test]
fn with_no_line_free_the_agent_is_told_and_goes_on_looking() {
    let (mut s, _) = looking(PreviewRules::default(), 2);
    let gateway = GatewayProfile { name: "trunk".into(), calls_max: Some(1), calls_per_second: None };
    s.give(Input::Gateways(vec![gateway]));
    let (_, leg) = dialled(&s.dial(1, 1))[0];
    assert_eq!(refused(&s.dial(2, 2)), Some(PreviewProblem::NoLine));
    assert_eq!(s.shown(2), Some(2));
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    assert_eq!(dialled(&s.dial(2, 2)).len(), 1);
}

#[test]
fn with_no_line_free_at_the_end_of_the_time_it_is_dialled_when_there_is_one() {
    let rules = PreviewRules { seconds: 20, timeout: PreviewTimeout::Dial, ..PreviewRules::default() };
    let (mut s, _) = looking(rules, 2);
    let gateway = GatewayProfile { name: "trunk".into(), calls_max: Some(1), calls_per_second: None };
    s.give(Input::Gateways(vec![gateway]));
    let (_, leg) = dialled(&s.dial(1, 1))[0];
    assert!(dialled(&s.later(22_500)).is_empty());
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    assert_eq!(dialled(&s.later(1_000)).len(), 1);
}

#[test]
fn an_on_hook_phone_rings_while_the_customers_does() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    s.leads(&NUMBERS);
    let effects = s.dial(1, 1);
    let ((_, leg), phone) = (dialled(&effects)[0], rung(&effects).expect("both ring"));
    s.leg(leg, LegChange::Ringing { early_media: false });
    assert_eq!(bridges(&s.leg(phone, LegChange::Answered)), [], "nobody is there yet");
    assert_eq!(s.kind(1), AgentStateKind::Ringing);
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!((bridges(&effects), rung(&effects)), (vec![(leg, phone)], None));
    s.leg(leg, LegChange::Bridged { other: phone });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
}

#[test]
fn a_customer_who_answers_first_waits_for_the_phone_that_rings() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    s.leads(&NUMBERS);
    let effects = s.dial(1, 1);
    let ((_, leg), phone) = (dialled(&effects)[0], rung(&effects).expect("both ring"));
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!((bridges(&effects), rung(&effects)), (vec![], None), "it is not rung a second time");
    assert_eq!(bridges(&s.leg(phone, LegChange::Answered)), [(leg, phone)]);
}

#[test]
fn an_on_hook_phone_that_is_laid_down_takes_the_call_back() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    s.leads(&NUMBERS);
    let effects = s.dial(1, 1);
    let ((_, leg), phone) = (dialled(&effects)[0], rung(&effects).expect("both ring"));
    s.leg(phone, LegChange::Answered);
    assert_eq!(hung_up(&s.leg(phone, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")))), [leg]);
    s.later(300);
    assert_eq!(s.shown(1), Some(2));
    s.leg(leg, LegChange::HungUp(HangUp::cause("ORIGINATOR_CANCEL")));
    assert_eq!(s.ended()[0].0, CallResult::Cancelled);
}

#[test]
fn a_phone_that_is_not_answered_takes_the_call_back_and_counts_as_missed() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OnHook]);
    s.ask(1, AgentCommand::LogIn);
    s.ask(1, AgentCommand::Ready);
    s.leads(&NUMBERS);
    let effects = s.dial(1, 1);
    let ((_, leg), phone) = (dialled(&effects)[0], rung(&effects).expect("both ring"));
    assert_eq!(hung_up(&s.leg(phone, LegChange::HungUp(HangUp::cause("NO_ANSWER")))), [leg]);
    assert_eq!(s.kind(1), AgentStateKind::Unreachable);
}

fn queue(inbound_first: bool) -> QueueProfile {
    QueueProfile {
        queue: QueueId(1),
        open: true,
        numbers: vec![Dialable::new("02160000001").expect("digits")],
        strategy: Strategy::LongestIdle,
        members: [1, 2].map(|agent| Member { agent: AgentId(agent), level: 1 }).into(),
        priority: 0,
        inbound_first,
        own_agent_ms: 0,
        wait_ms_max: 300_000,
        overflow: Overflow::HangUp,
        wrap_up_seconds: 20,
        short_abandon_ms: 5_000,
        service_level_ms: 20_000,
        gateway: "trunk".into(),
        caller_id: Dialable::new("02160000000").expect("digits"),
        music: None,
        message: None,
        hours: None,
        announcements: None,
        voicemail: Voicemail::default(),
        callback: Callback::default(),
        counts: QueueCounts::default(),
    }
}

/// Somebody calls and hears music.
fn call_in(s: &mut Story) -> (LegId, Vec<Effect>) {
    let leg = LegId(Uuid::from_u128(77));
    let called = Dialable::new("02160000001").expect("digits");
    let arrival = Arrival { number: None, called, gateway: Some("trunk".into()) };
    s.leg(leg, LegChange::Arrived(arrival));
    let answered = s.leg(leg, LegChange::Answered);
    let effects = s.give(Input::Switch(LegEvent { leg, what: LegChange::MusicStarted }));
    (leg, [answered, effects].concat())
}

#[test]
fn a_caller_of_a_queue_that_goes_first_takes_an_agent_out_of_a_preview() {
    let (mut s, phones) = looking(PreviewRules::default(), 1);
    s.give(Input::queue(queue(true)));
    let (leg, effects) = call_in(&mut s);
    assert_eq!(
        (ends(&effects), notices(&effects)),
        (vec![PreviewEnd::CallFirst], vec![PreviewEnd::CallFirst])
    );
    assert_eq!(bridges(&effects), [(leg, phones[0])]);
    s.leg(leg, LegChange::Bridged { other: phones[0] });
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    s.ask(1, AgentCommand::Ready);
    s.later(300);
    assert_eq!(s.shown(1), Some(1), "nothing was lost");
}

#[test]
fn other_callers_wait_until_the_agent_has_skipped() {
    let (mut s, phones) = looking(PreviewRules::default(), 1);
    s.give(Input::queue(queue(false)));
    let (leg, effects) = call_in(&mut s);
    assert_eq!((bridges(&effects), s.shown(1)), (vec![], Some(1)));
    assert_eq!(bridges(&s.skip(1, 1)), [(leg, phones[0])]);
}

#[test]
fn a_customer_who_has_answered_another_campaign_finds_the_agent_who_only_looks() {
    let (mut s, phones) = looking(PreviewRules::default(), 1);
    let other = CampaignId(2);
    let agents = vec![AgentId(1), AgentId(3)];
    let counted = vec![(s.now, WindowCounts { answered: 1_000, dropped: 0 })];
    let extension = Dialable::new("1003").expect("digits");
    s.give(Input::AgentProfile(super::input::AgentProfile::new(AgentId(3), extension, PhoneMode::OffHook)));
    s.give(Input::Campaign(CampaignProfile {
        campaign: other,
        counted,
        ..profile(DialMode::Progressive, agents)
    }));
    s.off_hook_ready(3);
    let (_, leg) = dialled(&s.give(Input::Leads { campaign: other, leads: vec![lead(9, "13800000009")] }))[0];
    s.ask(3, AgentCommand::Pause { reason: "lunch".into() });
    let effects = s.leg(leg, LegChange::Answered);
    assert_eq!((bridges(&effects), ends(&effects)), (vec![(leg, phones[0])], vec![PreviewEnd::CallFirst]));
}

#[test]
fn a_pause_asked_for_while_it_rings_follows_the_call() {
    let (mut s, _) = looking(PreviewRules::default(), 1);
    let (_, leg) = dialled(&s.dial(1, 1))[0];
    s.ask(1, AgentCommand::Pause { reason: "lunch".into() });
    assert_eq!(s.kind(1), AgentStateKind::Ringing);
    s.leg(leg, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    assert_eq!(s.kind(1), AgentStateKind::Paused);
}

#[test]
fn nothing_is_shown_while_the_switch_is_away_or_nobody_is_there() {
    let mut s = Story::begin(DialMode::Preview, &[PhoneMode::OffHook]);
    assert!(s.leads(&NUMBERS).is_empty());
    assert_eq!(s.shown(1), None);
    s.off_hook_ready(1);
    s.later(300);
    assert_eq!(s.shown(1), Some(1));
    s.give(Input::StoreLagging(true));
    assert_eq!(refused(&s.dial(1, 1)), Some(PreviewProblem::StoreLagging));
    assert!(s.effects.iter().all(|e| !matches!(e, Effect::Switch(SwitchCommand::DialCustomer { .. }))));
}
