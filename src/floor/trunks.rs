//! How many calls a trunk takes: at once, and new ones per second; and how
//! campaigns that share a trunk share what it takes.
//!
//! In: the gateways' limits, every leg that goes over one. Out: how many more
//! calls may be launched now, for each campaign. Whoever calls in and whoever an
//! agent calls outside takes a line like everybody; what is left is the
//! campaigns', by priority, then by share.

use super::Floor;
use super::pacing::{BindingLimit, PacingReport};
use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, LegId, QueueId};
use foldhash::HashMap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// How long a call that was launched counts among those of this second.
const SECOND_MS: i64 = 1_000;
/// Of so many new calls per second or more, campaigns leave one to people and
/// to customers who are called back, who cannot wait for the next second.
const LEAVES_ONE_FROM: u32 = 5;
/// How long a leg that was given up may live without a word of the switch.
const SILENT_MS_MAX: i64 = 60_000;
/// A turn of a campaign with the share 1.
const TURN: u64 = 1_000_000;

/// What the floor must know of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayProfile {
    /// As the switch and the ledger know it.
    pub name: String,
    /// The most calls over it at once, in either direction; `None`: any number.
    pub calls_max: Option<u32>,
    /// The most new calls per second that we launch over it; `None`: any number.
    pub calls_per_second: Option<u32>,
}

/// How a campaign stands beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The higher one takes what it can use of agents and lines before the lower.
    pub priority: i32,
    /// Among campaigns of one priority: in this proportion. 1 at least.
    pub share: u32,
    /// The most new calls per second; `None`: any number.
    pub calls_per_second: Option<u32>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { priority: 0, share: 100, calls_per_second: None }
    }
}

/// A bucket of tokens each of which comes back a second after it was taken, so
/// that no second, wherever it begins, sees more calls than there are tokens.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket(VecDeque<Moment>);

impl Bucket {
    /// How many of so many tokens are left.
    pub fn left(&self, now: Moment, most: Option<u32>) -> u32 {
        let Some(most) = most else { return u32::MAX };
        most.saturating_sub(self.0.iter().filter(|at| is_recent(now, **at)).count() as u32)
    }

    /// Takes one.
    pub fn take(&mut self, now: Moment) {
        self.0.retain(|at| is_recent(now, *at));
        self.0.push_back(now);
    }
}

/// A clock that is set back makes no call wait.
fn is_recent(now: Moment, at: Moment) -> bool {
    at <= now && now.since_ms(at) < SECOND_MS
}

/// One gateway.
#[derive(Debug, Clone, Default)]
struct Trunk {
    calls_max: Option<u32>,
    calls_per_second: Option<u32>,
    /// Legs over it.
    used: u32,
    launched: Bucket,
    /// Where the turns of campaigns are that want more than it takes.
    turn: u64,
    /// When it is each campaign's turn again.
    turns: BTreeMap<CampaignId, u64>,
}

/// Every gateway that has limits or legs.
#[derive(Debug, Default)]
pub(super) struct Trunks {
    trunks: BTreeMap<String, Trunk>,
    legs: HashMap<LegId, String>,
    /// Those of them that the floor has given up and the switch has not ended yet,
    /// and until when that is believed.
    leaving: HashMap<LegId, Option<Moment>>,
}

/// How many more calls a gateway takes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Lines that are free.
    pub lines: u32,
    /// New calls in this second.
    pub calls: u32,
}

impl Room {
    const PLENTY: Room = Room { lines: u32::MAX, calls: u32::MAX };

    fn is_empty(self) -> bool {
        self.lines == 0 || self.calls == 0
    }
}

/// What a campaign would launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    campaign: CampaignId,
    priority: i32,
    share: u32,
    wanted: u32,
    granted: u32,
}

impl Trunks {
    fn set(&mut self, profiles: Vec<GatewayProfile>) {
        for trunk in self.trunks.values_mut() {
            (trunk.calls_max, trunk.calls_per_second) = (None, None);
        }
        for profile in profiles {
            let trunk = self.trunks.entry(profile.name).or_default();
            (trunk.calls_max, trunk.calls_per_second) = (profile.calls_max, profile.calls_per_second);
        }
    }

    fn room(&self, now: Moment, gateway: &str) -> Room {
        let Some(trunk) = self.trunks.get(gateway) else { return Room::PLENTY };
        Room {
            lines: trunk.calls_max.map_or(u32::MAX, |most| most.saturating_sub(trunk.used)),
            calls: trunk.launched.left(now, trunk.calls_per_second),
        }
    }

    /// What campaigns may take of it.
    fn room_for_campaigns(&self, now: Moment, gateway: &str) -> Room {
        let room = self.room(now, gateway);
        let limit = self.trunks.get(gateway).and_then(|trunk| trunk.calls_per_second);
        let left = u32::from(limit.is_some_and(|limit| limit >= LEAVES_ONE_FROM));
        Room { calls: room.calls.saturating_sub(left), ..room }
    }

    /// This leg goes over that gateway, whoever launched it.
    pub(super) fn occupy(&mut self, gateway: &str, leg: LegId) {
        if self.legs.insert(leg, gateway.to_owned()).is_none() {
            self.trunks.entry(gateway.to_owned()).or_default().used += 1;
        }
    }

    /// The floor forgets the leg: it holds its line until the switch has ended it.
    pub(super) fn give_up(&mut self, leg: LegId) {
        if self.legs.contains_key(&leg) {
            self.leaving.insert(leg, None);
        }
    }

    /// Nothing was heard of a leg that was given up: it is over.
    pub(super) fn forget_silent(&mut self, now: Moment) {
        let mut silent = Vec::new();
        for (leg, until) in &mut self.leaving {
            if *until.get_or_insert(now + SILENT_MS_MAX) <= now {
                silent.push(*leg);
            }
        }
        silent.into_iter().for_each(|leg| self.vacate(leg));
    }

    /// The gateway that a leg goes over.
    pub(super) fn gateway_of(&self, leg: LegId) -> Option<String> {
        self.legs.get(&leg).cloned()
    }

    /// The leg is over, by what the switch says.
    pub(super) fn vacate(&mut self, leg: LegId) {
        self.leaving.remove(&leg);
        let Some(gateway) = self.legs.remove(&leg) else { return };
        if let Some(trunk) = self.trunks.get_mut(&gateway) {
            trunk.used = trunk.used.saturating_sub(1);
        }
    }

    /// By the switch's list, these are the legs there are.
    pub(super) fn only<V>(&mut self, found: &HashMap<LegId, V>) {
        let gone = |leg: &&LegId| !found.contains_key(leg);
        let gone: Vec<LegId> = self.leaving.keys().filter(gone).copied().collect();
        gone.into_iter().for_each(|leg| self.vacate(leg));
    }

    /// Shares the calls that a gateway takes out among those who want more.
    fn deal(&mut self, gateway: &str, room: u32, wishes: &mut [Wish]) {
        let wanted = wishes.iter().fold(0_u32, |sum, wish| sum.saturating_add(wish.wanted));
        if wanted <= room {
            wishes.iter_mut().for_each(|wish| wish.granted = wish.wanted);
            if let Some(trunk) = self.trunks.get_mut(gateway) {
                trunk.turns.clear();
            }
            return;
        }
        let trunk = self.trunks.entry(gateway.to_owned()).or_default();
        for _ in 0..room {
            let turns = &trunk.turns;
            let begins = |wish: &Wish| turns.get(&wish.campaign).copied().unwrap_or(0).max(trunk.turn);
            let waiting = wishes.iter_mut().filter(|wish| wish.granted < wish.wanted);
            let next = waiting.min_by_key(|wish| (Reverse(wish.priority), begins(wish), wish.campaign));
            let Some(wish) = next else { break };
            wish.granted += 1;
            trunk.turn = begins(wish);
            trunk.turns.insert(wish.campaign, trunk.turn + TURN / u64::from(wish.share.max(1)));
        }
    }

    /// What the floor counts of its own legs is what it counts here.
    pub(super) fn violations(&self, is_leg: impl Fn(&LegId) -> bool, broken: &mut Vec<String>) {
        for (leg, gateway) in &self.legs {
            if !is_leg(leg) && !self.leaving.contains_key(leg) {
                broken.push(format!("leg {leg} is over and still counts for gateway {gateway}"));
            }
        }
        for (gateway, trunk) in &self.trunks {
            let legs = self.legs.values().filter(|over| *over == gateway).count();
            if trunk.used as usize != legs {
                broken.push(format!("gateway {gateway} has {legs} legs and counts {}", trunk.used));
            }
        }
    }
}

impl Floor {
    pub(super) fn on_gateways(&mut self, now: Moment, profiles: Vec<GatewayProfile>) {
        self.trunks.set(profiles);
        self.next_pacing = now;
    }

    /// A call is launched over a gateway.
    pub(super) fn launch_over(&mut self, now: Moment, gateway: &str, leg: LegId) {
        self.trunks.occupy(gateway, leg);
        if let Some(trunk) = self.trunks.trunks.get_mut(gateway) {
            trunk.launched.take(now);
        }
    }

    /// Whether one more call may go over the gateway now.
    pub(super) fn has_line(&self, now: Moment, gateway: &str) -> bool {
        !self.trunks.room(now, gateway).is_empty()
    }

    /// The same, over the gateway of a queue.
    pub(super) fn queue_has_line(&self, now: Moment, queue: QueueId) -> bool {
        self.queues.get(&queue).is_some_and(|queue| self.has_line(now, &queue.profile.gateway))
    }

    /// What limits of the campaign and its gateway leave of what pacing would
    /// launch, with the limit that held it.
    pub(super) fn hold_to_limits(&mut self, now: Moment, reports: &mut [(CampaignId, PacingReport)]) {
        let mut by_gateway: BTreeMap<String, Vec<Wish>> = BTreeMap::new();
        for (id, report) in reports.iter_mut() {
            let Some(campaign) = self.campaigns.get(id) else { continue };
            let Standing { priority, share, calls_per_second } = campaign.profile.standing;
            report.hold_to(campaign.launched.left(now, calls_per_second), BindingLimit::CallRate);
            let wish = Wish { campaign: *id, priority, share, wanted: report.dial, granted: 0 };
            by_gateway.entry(campaign.profile.gateway.clone()).or_default().push(wish);
        }
        for (gateway, mut wishes) in by_gateway {
            let room = self.trunks.room_for_campaigns(now, &gateway);
            self.trunks.deal(&gateway, room.lines.min(room.calls), &mut wishes);
            let limit =
                if room.lines <= room.calls { BindingLimit::TrunkLines } else { BindingLimit::TrunkRate };
            for wish in wishes {
                let report = reports.iter_mut().find(|(id, _)| *id == wish.campaign);
                if let Some((_, report)) = report {
                    report.hold_to(wish.granted, limit);
                }
            }
        }
    }

    /// How many more calls a campaign could launch now whatever agents there are.
    pub(super) fn lines_left(&self, now: Moment, id: CampaignId) -> u32 {
        let Some(campaign) = self.campaigns.get(&id) else { return 0 };
        let room = self.trunks.room(now, &campaign.profile.gateway);
        let own = campaign.launched.left(now, campaign.profile.standing.calls_per_second);
        room.lines.min(room.calls).min(own)
    }
}

impl PacingReport {
    /// No more calls than this, for this reason.
    fn hold_to(&mut self, most: u32, limit: BindingLimit) {
        if self.dial <= most {
            return;
        }
        if self.agents_expected > 0.0 {
            self.dial_level = f64::from(self.in_flight + most) / self.agents_expected;
        }
        (self.dial, self.limit) = (most, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: CampaignId = CampaignId(1);
    const B: CampaignId = CampaignId(2);

    fn wish(campaign: CampaignId, priority: i32, share: u32, wanted: u32) -> Wish {
        Wish { campaign, priority, share, wanted, granted: 0 }
    }

    /// What two campaigns get of a gateway that takes one more call, so many times.
    fn dealt(first: Wish, second: Wish, times: u32) -> (u32, u32) {
        let mut trunks = Trunks::default();
        let mut sums = (0, 0);
        for _ in 0..times {
            let mut wishes = [first, second];
            trunks.deal("carrier", 1, &mut wishes);
            sums = (sums.0 + wishes[0].granted, sums.1 + wishes[1].granted);
        }
        sums
    }

    #[test]
    fn no_second_sees_more_calls_than_there_are_tokens() {
        let mut bucket = Bucket::default();
        let mut taken = Vec::new();
        for ms in (0..10_000).step_by(70) {
            let now = Moment(ms);
            while bucket.left(now, Some(7)) > 0 {
                bucket.take(now);
                taken.push(ms);
            }
        }
        for from in &taken {
            let second = taken.iter().filter(|at| (*from..*from + SECOND_MS).contains(*at));
            assert_eq!(second.count().min(8), 7, "in the second from {from}");
            if *from > 8_900 {
                break;
            }
        }
        assert_eq!(bucket.left(Moment(0), None), u32::MAX);
    }

    #[test]
    fn a_clock_set_back_lets_calls_go_on() {
        let mut bucket = Bucket::default();
        bucket.take(Moment(3_600_000));
        assert_eq!(bucket.left(Moment(0), Some(1)), 1);
    }

    #[test]
    fn what_a_trunk_takes_is_shared_by_share() {
        assert_eq!(dealt(wish(A, 0, 3, 5), wish(B, 0, 1, 5), 100), (75, 25));
        assert_eq!(dealt(wish(A, 0, 1, 5), wish(B, 0, 1, 5), 100), (50, 50));
    }

    #[test]
    fn the_higher_priority_takes_what_it_can_use() {
        assert_eq!(dealt(wish(A, 0, 9, 5), wish(B, 1, 1, 5), 10), (0, 10));
        let mut wishes = [wish(A, 0, 1, 9), wish(B, 5, 1, 2)];
        Trunks::default().deal("carrier", 6, &mut wishes);
        assert_eq!((wishes[0].granted, wishes[1].granted), (4, 2));
    }

    #[test]
    fn whoever_wanted_nothing_for_long_saves_no_turns_up() {
        let mut trunks = Trunks::default();
        for _ in 0..50 {
            trunks.deal("carrier", 1, &mut [wish(A, 0, 1, 5), wish(B, 0, 1, 0)]);
        }
        let mut of_b = 0;
        for _ in 0..10 {
            let mut wishes = [wish(A, 0, 1, 5), wish(B, 0, 1, 5)];
            trunks.deal("carrier", 1, &mut wishes);
            of_b += wishes[1].granted;
        }
        assert!((5..=6).contains(&of_b), "{of_b}");
    }
}
