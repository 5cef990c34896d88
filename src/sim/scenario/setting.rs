//! A scenario as settings of the floor: agents at desk phones that stay up, and
//! the campaign, or the queue, in which they work.

use super::Policy;
use super::format::Scenario;
use super::world::Clock;
use crate::base::ids::{AgentId, CampaignId, CustomerId, LeadId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::calling::CallingTimes;
use crate::floor::input::{AgentProfile, CampaignProfile, DialMode, Input, Lead, PhoneMode, WindowCounts};
use crate::floor::kept::Callback;
use crate::floor::preview::PreviewRules;
use crate::floor::queue::{Arrival, Member, Overflow, QueueCounts, QueueProfile, Strategy};
use crate::floor::trunks::Standing;
use crate::floor::voicemail::Voicemail;
use crate::sim::OPENS;

pub(super) const CAMPAIGN: CampaignId = CampaignId(1);
/// Leads at hand for the modes that decide at every tick: more than the floor
/// launches at once.
pub(super) const LEADS_AT_HAND: u64 = 200;
/// The lines of a trunk without a limit.
pub(super) const LINES: u32 = 1_000_000;
const TRUNK: &str = "carrier_a";
const NUMBER: &str = "02112345678";
/// The modes without a cap on dropped calls may drop all of them, per mille.
const ALL: u32 = 1_000;
const SERVICE_LEVEL_MS: i64 = 20_000;
const MESSAGE_SECONDS_MAX: u32 = 30;

/// What the floor is told before the shift.
pub(super) fn inputs(scenario: &Scenario, policy: Policy) -> Vec<Input> {
    let everybody = 0..scenario.agents.n as usize;
    let mut inputs: Vec<Input> = everybody.filter_map(|n| Some(Input::AgentProfile(agent(n)?))).collect();
    inputs.extend(match policy {
        Policy::VicidialTapered => queue(scenario).map(Input::queue),
        _ => campaign(scenario, policy).map(Input::Campaign),
    });
    inputs.push(Input::SwitchUp { core: "scenario".to_owned(), channels: Vec::new() });
    inputs
}

/// The id of the nth agent, from 0; of agents who have been free equally long the
/// first is taken.
pub(super) fn agent_id(n: usize) -> AgentId {
    AgentId(n as i64 + 1)
}

/// Which agent that is.
pub(super) fn index(agent: AgentId) -> usize {
    (agent.0 - 1) as usize
}

fn agent(n: usize) -> Option<AgentProfile> {
    let extension = Dialable::new(&(1_001 + n).to_string()).ok()?;
    Some(AgentProfile::new(agent_id(n), extension, PhoneMode::OffHook))
}

/// The kth lead, from 0.
pub(super) fn lead(k: u64) -> Option<Lead> {
    let number = format!("138{k:08}");
    let id = k as i64;
    let (lead, customer, e164) = (LeadId(id), CustomerId(id), format!("+86{number}"));
    let number = Dialable::new(&number).ok()?;
    Some(Lead { lead, customer, e164, number, until: None, place: None })
}

fn patience_ms(scenario: &Scenario) -> i64 {
    (scenario.patience_s * 1_000.0).round() as i64
}

/// The reference's rules with a fixed number of calls know no cap: theirs is all
/// calls, and one answered before the shift lets even the first be dropped.
pub(super) fn campaign(scenario: &Scenario, policy: Policy) -> Option<CampaignProfile> {
    let (mode, ratio_permille, capped) = match policy {
        Policy::Ratio(permille) => (DialMode::Ratio, permille, false),
        Policy::Progressive => (DialMode::Progressive, 1_000, false),
        Policy::Predictive | Policy::VicidialTapered => (DialMode::Predictive, 1_000, true),
    };
    let cap_permille = (scenario.target_abandon * 1_000.0).round() as u32;
    Some(CampaignProfile {
        campaign: CAMPAIGN,
        running: true,
        mode,
        ratio_permille,
        preview: PreviewRules::default(),
        agents: (0..scenario.agents.n as usize).map(agent_id).collect(),
        gateway: TRUNK.to_owned(),
        caller_id: Dialable::new(NUMBER).ok()?,
        caller_id_pool: None,
        ring_seconds: scenario.ring_timeout_s.ceil() as u32,
        wrap_up_seconds: 0,
        drop_cap_permille: if capped { cap_permille } else { ALL },
        cap_window_hours: 24,
        cap_group: None,
        drop_after_ms: patience_ms(scenario),
        wait_ms_max: patience_ms(scenario),
        drop_message: None,
        lines_max: scenario.trunk_channels.unwrap_or(LINES),
        times: CallingTimes::between(OPENS, Clock::moment(scenario.duration_s)),
        standing: Standing::default(),
        counted: vec![(OPENS, WindowCounts { answered: u32::from(!capped), dropped: 0 })],
    })
}

/// Behind a dialler of its own the floor has a queue: whoever answers comes in
/// as a caller, to the agent who has been free longest.
fn queue(scenario: &Scenario) -> Option<QueueProfile> {
    let called = Dialable::new(NUMBER).ok()?;
    let everybody = 0..scenario.agents.n as usize;
    Some(QueueProfile {
        queue: QueueId(1),
        open: true,
        numbers: vec![called.clone()],
        strategy: Strategy::LongestIdle,
        members: everybody.map(|n| Member { agent: agent_id(n), level: 1 }).collect(),
        priority: 0,
        inbound_first: false,
        own_agent_ms: 0,
        wait_ms_max: patience_ms(scenario),
        overflow: Overflow::HangUp,
        wrap_up_seconds: 0,
        short_abandon_ms: 0,
        service_level_ms: SERVICE_LEVEL_MS,
        gateway: TRUNK.to_owned(),
        caller_id: called,
        music: None,
        message: None,
        hours: None,
        callback: Callback::default(),
        announcements: None,
        voicemail: Voicemail { greeting: None, seconds_max: MESSAGE_SECONDS_MAX },
        counts: QueueCounts::default(),
    })
}

/// A customer of the baseline who has answered, as the queue sees them.
pub(super) fn arrival() -> Option<Arrival> {
    Some(Arrival { number: None, called: Dialable::new(NUMBER).ok()?, gateway: Some(TRUNK.to_owned()) })
}
