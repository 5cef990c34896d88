//! The limits of gateways and campaigns, as the auditor of a simulated day counts
//! them: in what the floor launches and in the legs that the switch has.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, LegId};
use crate::base::phone::Dialable;
use crate::floor::caller_ids::{CallerIdPool, PoolNumber};
use crate::floor::effect::{Fact, SwitchCommand};
use crate::floor::trunks::GatewayProfile;
use std::collections::BTreeMap;

/// A leg that the switch has not made after so long will not be made.
const MADE_WITHIN_MS: i64 = 2_000;
const SECOND_MS: i64 = 1_000;

/// The auditor's books of the trunks.
#[derive(Debug, Default)]
pub(super) struct TrunkBooks {
    gateways: Vec<GatewayProfile>,
    /// The most new calls per second of each campaign that has such a limit.
    rates: BTreeMap<CampaignId, u32>,
    /// Legs that the floor launched or was told of, and when.
    legs: BTreeMap<LegId, (String, Moment)>,
    /// The customers' legs among them.
    customers: BTreeMap<CallId, LegId>,
    launched: BTreeMap<String, Vec<Moment>>,
    launched_by: BTreeMap<CampaignId, Vec<Moment>>,
    /// The numbers of the pool.
    pool: Vec<PoolNumber>,
    /// How often each number was shown, by the hour.
    shown: BTreeMap<(Dialable, i64), u32>,
    /// Under which of these each attempt is counted.
    shown_by: BTreeMap<CallId, (Dialable, i64)>,
}

impl TrunkBooks {
    pub fn new(gateways: Vec<GatewayProfile>, rates: BTreeMap<CampaignId, u32>, pool: CallerIdPool) -> Self {
        Self { gateways, rates, pool: pool.numbers, ..Self::default() }
    }

    /// What the floor wrote down.
    pub fn fact(&mut self, now: Moment, fact: &Fact) -> Option<String> {
        match fact {
            Fact::CallArrived { call, leg, gateway: Some(gateway), .. } => {
                self.customers.insert(*call, *leg);
                self.legs.insert(*leg, (gateway.clone(), now));
                None
            }
            Fact::AttemptStarted { call, campaign, caller_id, .. } => {
                let used_up = self.shows(now, *call, caller_id);
                if used_up.is_some() {
                    return used_up;
                }
                let most = *self.rates.get(campaign)?;
                let times = self.launched_by.entry(*campaign).or_default();
                let this_second = note(times, now);
                (this_second > most).then(|| {
                    format!(
                        "campaign {campaign} launches {this_second} calls in a second, its limit is {most}"
                    )
                })
            }
            Fact::CallEnded { call, .. } => {
                self.shown_by.remove(call);
                if let Some(leg) = self.customers.remove(call) {
                    self.ended(leg);
                }
                None
            }
            Fact::CallLegEnded { leg, .. } => {
                self.ended(*leg);
                None
            }
            _ => None,
        }
    }

    /// A number of the pool is shown, which may be used up.
    fn shows(&mut self, now: Moment, call: CallId, number: &Dialable) -> Option<String> {
        let most = self.pool.iter().find(|known| known.number == *number)?.hour_max?;
        let key = (number.clone(), now.0.div_euclid(3_600_000));
        self.shown_by.insert(call, key.clone());
        let shown = self.shown.entry(key).or_default();
        *shown += 1;
        let shown = *shown;
        (shown > most).then(|| format!("{number} is shown {shown} times in an hour, its limit is {most}"))
    }

    /// The floor has written the leg off; the switch may still have it.
    fn ended(&mut self, leg: LegId) {
        if let Some((_, since)) = self.legs.get_mut(&leg) {
            *since = Moment(i64::MIN / 2);
        }
    }

    /// What the floor asks for; `lives`: whether the switch has the leg.
    pub fn command(
        &mut self,
        now: Moment,
        command: &SwitchCommand,
        lives: impl Fn(LegId) -> bool,
    ) -> Vec<String> {
        let (SwitchCommand::DialCustomer { leg, gateway, .. }
        | SwitchCommand::DialThird { leg, gateway, .. }) = command
        else {
            return Vec::new();
        };
        self.legs.retain(|leg, (_, since)| now.since_ms(*since) < MADE_WITHIN_MS || lives(*leg));
        self.legs.insert(*leg, (gateway.clone(), now));
        if let SwitchCommand::DialCustomer { call, .. } = command {
            self.customers.insert(*call, *leg);
        }
        let at_once = self.legs.values().filter(|(over, _)| over == gateway).count() as u32;
        let this_second = note(self.launched.entry(gateway.clone()).or_default(), now);
        let Some(limits) = self.gateways.iter().find(|limits| limits.name == *gateway) else {
            return Vec::new();
        };
        let over = |count: u32, most: Option<u32>, what: &str| {
            let most = most.filter(|most| count > *most)?;
            Some(format!("gateway {gateway} has {count} {what}, its limit is {most}"))
        };
        let lines = over(at_once, limits.calls_max, "calls at once");
        lines.into_iter().chain(over(this_second, limits.calls_per_second, "new calls in a second")).collect()
    }

    /// The attempt could not be stored: it is not dialled, and nobody is shown its
    /// number.
    pub fn not_stored(&mut self, call: CallId, leg: LegId) {
        self.is_over(leg);
        if let Some(shown) = self.shown_by.remove(&call).and_then(|key| self.shown.get_mut(&key)) {
            *shown -= 1;
        }
    }

    /// The leg was never asked of the switch, or has ended.
    pub fn is_over(&mut self, leg: LegId) {
        self.legs.remove(&leg);
    }
}

/// Notes a launch; how many there were in the last second.
fn note(times: &mut Vec<Moment>, now: Moment) -> u32 {
    times.retain(|at| now.since_ms(*at) < SECOND_MS);
    times.push(now);
    times.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn dial(n: u128) -> SwitchCommand {
        SwitchCommand::DialCustomer {
            call: CallId(Uuid::from_u128(n)),
            leg: LegId(Uuid::from_u128(n)),
            gateway: "carrier_a".into(),
            number: Dialable::new("13800000001").expect("digits"),
            caller_id: Dialable::new("02112345678").expect("digits"),
            ring_seconds: 30,
        }
    }

    #[test]
    fn the_auditor_counts_a_number_as_shown_once_its_call_is_dialled() {
        let number = Dialable::new("02112345678").expect("digits");
        let known =
            PoolNumber { number: number.clone(), regions: Vec::new(), hour_max: Some(2), day_max: None };
        let mut books = TrunkBooks { pool: vec![known], ..TrunkBooks::default() };
        let id = |n: u128| Uuid::from_u128(n);
        assert_eq!(books.shows(Moment(0), CallId(id(1)), &number), None);
        assert_eq!(books.shows(Moment(0), CallId(id(2)), &number), None);
        books.not_stored(CallId(id(2)), LegId(id(2)));
        assert_eq!(books.shows(Moment(9), CallId(id(3)), &number), None);
        let said = books.shows(Moment(10), CallId(id(4)), &number).expect("one too many");
        assert!(said.contains("shown 3 times in an hour, its limit is 2"), "{said}");
        assert_eq!(books.shows(Moment(3_600_000), CallId(id(5)), &number), None, "another hour");
    }

    #[test]
    fn the_auditor_notices_a_limit_that_did_not_hold() {
        let limits =
            GatewayProfile { name: "carrier_a".into(), calls_max: Some(3), calls_per_second: Some(2) };
        let mut books = TrunkBooks { gateways: vec![limits], ..TrunkBooks::default() };
        let mut said = |ms: i64, n: u128| books.command(Moment(ms), &dial(n), |_| true).join("; ");
        assert_eq!(said(0, 1), "");
        assert_eq!(said(500, 2), "");
        assert!(said(999, 3).contains("3 new calls in a second"));
        assert!(said(5_000, 4).contains("4 calls at once"));
    }
}
