//! What breaks in the course of a simulated day, and when it is mended.

use super::{Day, Due};
use crate::base::clock::Moment;
use crate::base::ids::AgentId;
use crate::floor::input::Input;
use crate::sim::chance::Chance;
use crate::sim::leg::{Leg, Target};

/// A fault, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection to the switch breaks.
    LinkCut,
    /// The switch dies; it is back after a while.
    SwitchDies,
    /// The connection is back.
    LinkBack,
    /// Lost events were noticed: the link starts from the switch's list.
    Resync,
    /// The carrier takes no calls.
    TrunkFails,
    /// The carrier does again.
    TrunkBack,
    /// Somebody puts their receiver down, in a call or not.
    PhoneHungUp,
    /// A phone loses its registration.
    PhoneLost(u32),
    /// And has it again.
    PhoneBack(u32),
    /// The link asks for the list of registrations again.
    PhoneList,
    /// The database lags behind.
    StoreLags,
    /// And has caught up.
    StoreBack,
    /// A campaign is paused.
    CampaignPaused(usize),
    /// And goes on.
    CampaignBack(usize),
    /// An agent is deactivated.
    AgentRemoved(u32),
    /// And hired again.
    AgentBack(u32),
}

/// The faults of a day: so many of each an hour, at random times.
pub(super) fn schedule(chance: &mut Chance, opens: Moment, closes: Moment) -> Vec<(Moment, Fault)> {
    let length = closes.since_ms(opens);
    let mut faults = Vec::new();
    let mut strike = |chance: &mut Chance, per_hour: i64, fault: fn(&mut Chance) -> Fault| {
        // At least one of each, so that short days see all of them.
        for _ in 0..(per_hour * length / 3_600_000).max(1) {
            faults.push((opens + chance.between(0, length), fault(chance)));
        }
    };
    strike(chance, 3, |_| Fault::LinkCut);
    strike(chance, 1, |_| Fault::SwitchDies);
    strike(chance, 4, |_| Fault::Resync);
    strike(chance, 1, |_| Fault::TrunkFails);
    strike(chance, 30, |_| Fault::PhoneHungUp);
    strike(chance, 10, |chance| Fault::PhoneLost(chance.between(1, 100) as u32));
    strike(chance, 2, |_| Fault::StoreLags);
    strike(chance, 2, |chance| Fault::CampaignPaused(chance.index(2)));
    strike(chance, 2, |chance| Fault::AgentRemoved(chance.between(1, 100) as u32));
    faults
}

impl Day {
    /// Lets a fault happen, and plans its end.
    pub(super) fn strike(&mut self, fault: Fault) {
        let agents = self.options.agents.max(1);
        let someone = |n: u32| n % agents + 1;
        match fault {
            Fault::LinkCut | Fault::SwitchDies => self.lose_switch(fault),
            Fault::LinkBack => self.find_switch(),
            Fault::Resync => {
                if self.wire.is_up() {
                    self.count("resyncs");
                    self.list_phones();
                    let up = self.wire.channels(&self.world);
                    self.apply(up);
                }
            }
            Fault::TrunkFails => {
                self.count("trunk failures");
                self.world.set_trunk_down(true);
                self.mend(5_000, 25_000, Fault::TrunkBack);
            }
            Fault::TrunkBack => self.world.set_trunk_down(false),
            Fault::PhoneHungUp => self.put_a_receiver_down(),
            Fault::PhoneLost(n) => {
                self.count("phones lost");
                let extension = super::extension(someone(n));
                if n % 2 == 0 {
                    self.world.expire(self.now, &extension);
                } else {
                    self.world.set_registered(self.now, &extension, false);
                }
                self.mend(10_000, 300_000, Fault::PhoneBack(n));
            }
            Fault::PhoneBack(n) => {
                self.world.set_registered(self.now, &(1000 + someone(n)).to_string(), true);
            }
            Fault::PhoneList => {
                if self.wire.is_up() {
                    self.list_phones();
                }
            }
            Fault::StoreLags => {
                self.count("store lags");
                self.apply(Input::StoreLagging(true));
                self.mend(1_000, 60_000, Fault::StoreBack);
            }
            Fault::StoreBack => self.apply(Input::StoreLagging(false)),
            Fault::CampaignPaused(n) => {
                self.count("campaigns paused");
                self.set_running(n, false);
                self.mend(5_000, 240_000, Fault::CampaignBack(n));
            }
            Fault::CampaignBack(n) => self.set_running(n, true),
            Fault::AgentRemoved(n) => {
                self.count("agents removed");
                let agent = AgentId(i64::from(someone(n)));
                self.ledger.fault(self.now, Some(agent));
                self.apply(Input::AgentRemoved(agent));
                self.mend(5_000, 240_000, Fault::AgentBack(n));
            }
            Fault::AgentBack(n) => {
                if let Some(profile) = super::profile(someone(n)) {
                    self.apply(Input::AgentProfile(profile));
                }
            }
        }
    }

    fn mend(&mut self, soonest_ms: i64, latest_ms: i64, end: Fault) {
        let at = self.now + self.chance.between(soonest_ms, latest_ms);
        self.plan(at, Due::Fault(end));
    }

    fn lose_switch(&mut self, fault: Fault) {
        if !self.wire.is_up() {
            return;
        }
        self.count(if fault == Fault::LinkCut { "link cuts" } else { "switch deaths" });
        let down = self.wire.cut();
        if fault == Fault::SwitchDies {
            self.world.restart();
            self.wire.new_core();
        }
        self.ledger.fault(self.now, None);
        self.apply(down);
        self.mend(500, 45_000, Fault::LinkBack);
    }

    fn find_switch(&mut self) {
        // The list is read first; what was asked for in vain is refused before
        // the floor hears of it.
        let refused = self.wire.refuse_held();
        for input in refused {
            self.apply(input);
        }
        self.list_phones();
        self.ledger.fault(self.now, None);
        let up = self.wire.connect(&self.world);
        self.apply(up);
    }

    /// The list of registrations, as the link reads it.
    pub(super) fn list_phones(&mut self) {
        let list = self.wire.phones(&self.world);
        self.apply(list);
    }

    fn set_running(&mut self, n: usize, running: bool) {
        let Some(campaign) = self.campaigns.get_mut(n) else { return };
        campaign.running = running;
        let campaign = campaign.clone();
        self.ledger.campaign(&campaign);
        self.apply(Input::Campaign(campaign));
    }

    fn put_a_receiver_down(&mut self) {
        let is_phone = |leg: &&&Leg| matches!(leg.origin.target, Target::Phone { .. });
        let phones: Vec<_> = self.world.legs().iter().filter(is_phone).map(|leg| leg.id()).collect();
        if let Some(leg) = phones.get(self.chance.index(phones.len())) {
            self.count("receivers put down");
            self.world.far_end_hangs_up(self.now, *leg);
        }
    }
}
