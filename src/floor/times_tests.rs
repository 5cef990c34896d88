//! A campaign's times on the floor: it begins and ends to the millisecond, what is in
//! progress goes on, and a lead is not dialled after its own hour.

use super::calling::CallingTimes;
use super::effect::{Effect, SwitchCommand};
use super::hours::{Period, Schedule};
use super::input::{CampaignProfile, DialMode, HangUp, Input, Lead, LegChange, PhoneMode};
use super::pacing::BindingLimit;
use super::tests::{CAMPAIGN, Story, dialled, lead, profile};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, LeadId};
use chrono_tz::UTC;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// One agent who is ready, at this minute of a day whose windows are from nine to ten
/// and from eleven to twelve.
fn story(minute: i64) -> Story {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.now = Moment(minute * MINUTE);
    let open = vec![Period { from: 9 * 60, to: 10 * 60 }, Period { from: 11 * 60, to: 12 * 60 }];
    let schedule = Schedule { zone: UTC, week: std::array::from_fn(|_| open.clone()), special: Vec::new() };
    let times = CallingTimes { schedule, starts_at: None, ends_at: None, cron: Vec::new() };
    let agents = vec![AgentId(1)];
    s.give(Input::Campaign(CampaignProfile { times, ..profile(DialMode::Progressive, agents) }));
    s.off_hook_ready(1);
    s
}

/// What happens until an instant of the day.
fn until(s: &mut Story, at: i64) -> Vec<Effect> {
    s.later(Moment(at).since_ms(s.now))
}

fn binding(s: &Story) -> Option<BindingLimit> {
    s.floor.campaigns.get(&CAMPAIGN)?.report.as_ref().map(|report| report.limit)
}

#[test]
fn a_window_opens_by_itself_and_nothing_is_dialled_before() {
    let mut s = story(9 * 60 - 2);
    assert!(s.leads(&["13800000001"]).is_empty());
    assert!(dialled(&until(&mut s, 9 * HOUR - 1)).is_empty(), "a millisecond before nine");
    assert_eq!(binding(&s), Some(BindingLimit::OutsideHours));
    assert_eq!(dialled(&s.later(201)).len(), 1, "at the next pace after nine");
}

#[test]
fn a_window_closes_to_the_millisecond_and_the_call_in_progress_goes_on() {
    let mut s = story(10 * 60 - 1);
    let (call, leg) = s.leads(&["13800000001"])[0];
    assert_eq!(
        s.floor.may_dial_until(call),
        Some(Moment(10 * HOUR)),
        "the store may take its time till then"
    );
    s.leg(leg, LegChange::Answered);
    s.now = Moment(10 * HOUR);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert!(s.leads(&["13800000002"]).is_empty(), "ten is not before ten");
    let free = until(&mut s, 11 * HOUR - 1);
    assert!(dialled(&free).is_empty(), "nothing until eleven");
    assert_eq!(dialled(&s.later(201)).len(), 1);
}

#[test]
fn a_call_that_rings_when_the_window_closes_is_not_taken_back() {
    let mut s = story(10 * 60 - 1);
    until(&mut s, 10 * HOUR - 10_000);
    let (_, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Ringing { early_media: false });
    let effects = until(&mut s, 10 * HOUR + 10_000);
    let hung_up = |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::HangUp { .. }));
    assert!(!effects.iter().any(hung_up), "{effects:?}");
    let answered = s.leg(leg, LegChange::Answered);
    let bridged = |effect: &Effect| matches!(effect, Effect::Switch(SwitchCommand::Bridge { .. }));
    assert!(answered.iter().any(bridged), "{answered:?}");
}

#[test]
fn leads_are_asked_for_when_they_can_be_dialled_soon() {
    let mut s = story(6 * 60);
    let wants = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::WantLeads { .. }));
    s.effects.clear();
    assert!(!wants(&s.later(2 * HOUR)), "not in the night");
    assert!(wants(&s.later(HOUR)), "a minute before nine");
}

#[test]
fn a_lead_whose_own_hour_is_over_goes_back_to_the_store() {
    let mut s = story(9 * 60 + 30);
    let until = Some(s.now + 1_000);
    let first = Lead { until, ..lead(1, "13800000001") };
    let second = Lead { until, ..lead(2, "13800000002") };
    let effects = s.give(Input::Leads { campaign: CAMPAIGN, leads: vec![first, second] });
    let (call, leg) = dialled(&effects)[0];
    assert_eq!(s.floor.may_dial_until(call), until, "before the campaign's own end");
    s.now = s.now + 1_000;
    let effects = s.leg(leg, LegChange::HungUp(HangUp::cause("USER_BUSY")));
    let all = [effects, s.later(200)].concat();
    assert!(dialled(&all).is_empty(), "{all:?}");
    let back = Effect::ReturnLeads { campaign: CAMPAIGN, leads: vec![LeadId(2)] };
    assert!(all.contains(&back), "{all:?}");
}
