//! Limits of gateways and campaigns on the live floor.

use super::caller_ids::{CallerIdPool, CallerIdsProfile, Place, PoolNumber, Region};
use super::effect::{Effect, SwitchCommand};
use super::input::{
    AgentCommand, CampaignProfile, DialMode, HangUp, Input, Lead, LegChange, LegEvent, Party, PhoneMode,
};
use super::pacing::BindingLimit;
use super::queue::Arrival;
use super::refusal::{Refusal, TargetProblem};
use super::tests::{CAMPAIGN, Story, dialled, lead, profile};
use super::trunks::{GatewayProfile, Standing};
use crate::base::ids::{AgentId, CallerIdPoolId, CampaignId, LegId};
use crate::base::phone::Dialable;
use uuid::Uuid;

fn limits(calls_max: Option<u32>, calls_per_second: Option<u32>) -> Input {
    Input::Gateways(vec![GatewayProfile { name: "trunk".into(), calls_max, calls_per_second }])
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("138000000{n:02}")).collect()
}

/// Agents who are ready, and leads for all of them.
fn ready(agents: i64, input: Input) -> (Story, Vec<(crate::base::ids::CallId, LegId)>) {
    let phones = vec![PhoneMode::OffHook; agents as usize];
    let mut s = Story::begin(DialMode::Progressive, &phones);
    s.give(input);
    (1..=agents).for_each(|agent| {
        s.off_hook_ready(agent);
    });
    let numbers = numbers(30);
    let calls = s.leads(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
    (s, calls)
}

fn limit(s: &Story) -> BindingLimit {
    s.floor.campaigns[&CAMPAIGN].report.as_ref().expect("a decision").limit
}

fn call_in(s: &mut Story, n: u128) {
    let number = |text| Dialable::new(text).expect("digits");
    let arrival = Arrival { number: None, called: number("02199999999"), gateway: Some("trunk".to_owned()) };
    let leg = LegId(Uuid::from_u128(n));
    s.give(Input::Switch(LegEvent { leg, what: LegChange::Arrived(arrival) }));
}

#[test]
fn a_gateway_takes_no_more_calls_at_once_than_its_limit() {
    let (mut s, calls) = ready(5, limits(Some(3), None));
    assert_eq!(calls.len(), 3);
    assert_eq!(limit(&s), BindingLimit::TrunkLines);
    assert!(dialled(&s.later(5_000)).is_empty());
    // One ends, the next begins; a caller takes a line as well.
    let hung_up = || LegChange::HungUp(HangUp::cause("USER_BUSY"));
    assert_eq!(dialled(&s.leg(calls[0].1, hung_up())).len() + dialled(&s.later(400)).len(), 1);
    call_in(&mut s, 900);
    s.leg(calls[1].1, hung_up());
    assert!(dialled(&s.later(400)).is_empty());
    // The limit is lifted.
    assert_eq!(dialled(&s.give(limits(None, None))).len(), 3);
}

#[test]
fn a_gateway_is_given_no_more_new_calls_in_a_second_than_its_limit() {
    let (mut s, calls) = ready(6, limits(None, Some(2)));
    assert_eq!(calls.len(), 2);
    assert_eq!(limit(&s), BindingLimit::TrunkRate);
    assert!(dialled(&s.later(900)).is_empty());
    assert_eq!(dialled(&s.later(300)).len(), 2);
    assert_eq!(dialled(&s.later(1_000)).len(), 2);
}

#[test]
fn a_campaign_launches_no_more_calls_in_a_second_than_its_limit() {
    let (mut s, calls) = ready(0, limits(None, None));
    assert!(calls.is_empty());
    let standing = Standing { calls_per_second: Some(1), ..Standing::default() };
    let agents: Vec<AgentId> = (1..=3).map(AgentId).collect();
    let (mut other, _) = ready(3, limits(Some(1), None));
    other.give(Input::Campaign(CampaignProfile { standing, ..profile(DialMode::Progressive, agents) }));
    assert_eq!(limit(&other), BindingLimit::CallRate);
    other.give(limits(None, None));
    assert_eq!(dialled(&other.later(1_200)).len(), 1);
    s.later(100);
}

#[test]
fn campaigns_share_a_gateway_by_priority_and_share() {
    let agents: Vec<AgentId> = (1..=4).map(AgentId).collect();
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 8]);
    s.give(limits(None, Some(1)));
    let other = CampaignId(2);
    let standing = Standing { share: 300, ..Standing::default() };
    let others = (5..=8).map(AgentId).collect();
    let of_other = CampaignProfile { campaign: other, standing, ..profile(DialMode::Progressive, others) };
    s.give(Input::Campaign(profile(DialMode::Progressive, agents)));
    s.give(Input::Campaign(of_other.clone()));
    (1..=8).for_each(|agent| {
        s.off_hook_ready(agent);
    });
    let leads = |first: i64| (0..10).map(|n| lead(first + n, &format!("138{:08}", first + n))).collect();
    s.give(Input::Leads { campaign: CAMPAIGN, leads: leads(100) });
    s.give(Input::Leads { campaign: other, leads: leads(200) });
    let begun = |s: &Story, id: CampaignId| s.floor.campaigns[&id].attempts;
    s.later(3_100);
    assert_eq!((begun(&s, CAMPAIGN), begun(&s, other)), (1, 3));
    // The first goes before the other now.
    let standing = Standing { priority: -1, ..of_other.standing };
    s.give(Input::Campaign(CampaignProfile { standing, ..of_other }));
    s.later(2_000);
    assert_eq!((begun(&s, CAMPAIGN), begun(&s, other)), (3, 3));
}

#[test]
fn an_agent_is_told_when_the_trunk_is_full() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.give(limits(Some(1), None));
    let phone = s.off_hook_ready(1);
    let (_, leg) = s.leads(&["13800000001"])[0];
    s.leg(leg, LegChange::Answered);
    s.leg(leg, LegChange::Bridged { other: phone });
    let to = Party::Outside(Dialable::new("13900000000").expect("digits"));
    let effects = s.ask(1, AgentCommand::Consult { to, note: None });
    let full = Refusal::Target(TargetProblem::TrunkFull);
    let answer =
        |effect: &Effect| matches!(effect, Effect::Answer { refusal, .. } if *refusal == Some(full.clone()));
    assert!(effects.iter().any(answer), "{effects:?}");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Switch(SwitchCommand::DialThird { .. }))));
}

#[test]
fn a_pool_gives_the_customers_own_city_first_and_holds_the_campaign_when_it_is_used_up() {
    let pool = CallerIdPoolId(3);
    let number = |text| Dialable::new(text).expect("digits");
    let shenzhen = Place { province: "广东".into(), city: "深圳".into() };
    let city = Region::City { province: "广东".into(), city: "深圳".into() };
    let limited = |text, regions, day_max| PoolNumber {
        number: number(text),
        regions,
        hour_max: None,
        day_max: Some(day_max),
    };
    let numbers = vec![limited("0755", vec![city], 9), limited("021", Vec::new(), 1)];
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 4]);
    let today = (s.now, s.now + 86_400_000);
    let pools = vec![CallerIdPool { pool, numbers }];
    s.give(Input::CallerIds(Box::new(CallerIdsProfile { pools, today, counted: Vec::new() })));
    let agents = (1..=4).map(AgentId).collect();
    let caller_id_pool = Some(pool);
    s.give(Input::Campaign(CampaignProfile { caller_id_pool, ..profile(DialMode::Progressive, agents) }));
    (1..=4).for_each(|agent| {
        s.off_hook_ready(agent);
    });
    let at_home = |id, place| Lead { place, ..lead(id, &format!("1380000000{id}")) };
    let leads = vec![at_home(1, None), at_home(2, None), at_home(3, Some(shenzhen))];
    let effects = s.give(Input::Leads { campaign: CAMPAIGN, leads });
    let shown = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::DialCustomer { number, caller_id, .. }) => {
            Some((number.to_string(), caller_id.to_string()))
        }
        _ => None,
    };
    let shown: Vec<_> = effects.iter().filter_map(shown).collect();
    let expected = [("13800000001", "021"), ("13800000003", "0755")];
    assert_eq!(shown, expected.map(|(number, shown)| (number.to_owned(), shown.to_owned())));
    assert_eq!(limit(&s), BindingLimit::CallerIds);
    assert_eq!(s.floor.calls_live()[0].caller_id, Some(number("021")));
    // Tomorrow there is a number for the second.
    assert!(dialled(&s.later(60_000)).is_empty());
    s.now = s.now + 86_400_000;
    assert_eq!(dialled(&s.give(Input::Tick)).len(), 1);
}
