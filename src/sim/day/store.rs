//! The lists of leads of a simulated day: as many leads as are asked for, some
//! of which share their number across campaigns, some of which are retried.

use crate::base::ids::{CampaignId, CustomerId, LeadId};
use crate::base::phone::Dialable;
use crate::floor::caller_ids::Place;
use crate::floor::effect::CallResult;
use crate::floor::input::Lead;
use crate::sim::chance::Chance;
use std::collections::{BTreeMap, VecDeque};

/// Leads of every campaign.
#[derive(Debug)]
pub(super) struct Leads {
    chance: Chance,
    next: i64,
    waiting: BTreeMap<CampaignId, VecDeque<LeadId>>,
    numbers: BTreeMap<LeadId, i64>,
}

impl Leads {
    pub fn new(chance: Chance) -> Self {
        Self { chance, next: 0, waiting: BTreeMap::new(), numbers: BTreeMap::new() }
    }

    /// Leads for a hopper; now and then fewer than wanted, as from a list that
    /// is almost used up.
    pub fn claim(&mut self, campaign: CampaignId, count: usize) -> Vec<Lead> {
        let count = if self.chance.permille(20) { count / 4 } else { count };
        (0..count).filter_map(|_| self.one(campaign)).collect()
    }

    fn one(&mut self, campaign: CampaignId) -> Option<Lead> {
        let id = match self.waiting.entry(campaign).or_default().pop_front() {
            Some(id) => id,
            None => self.fresh(),
        };
        let n = self.numbers.get(&id).copied()?;
        let number = format!("138{n:08}");
        Some(Lead {
            lead: id,
            customer: CustomerId(n),
            e164: format!("+86{number}"),
            number: Dialable::new(&number).ok()?,
            until: None,
            // Every third is at home where a number of the pool is.
            place: (n % 3 == 0).then(|| Place { province: "广东".to_owned(), city: "深圳".to_owned() }),
        })
    }

    /// A new lead; a few have a number that another lead has as well.
    fn fresh(&mut self) -> LeadId {
        self.next += 1;
        let shared = self.next > 10 && self.chance.permille(30);
        let number = if shared { self.next - self.chance.between(1, 10) } else { self.next };
        self.numbers.insert(LeadId(self.next), number);
        LeadId(self.next)
    }

    pub fn give_back(&mut self, campaign: CampaignId, leads: &[LeadId]) {
        self.waiting.entry(campaign).or_default().extend(leads);
    }

    /// Some who were not reached are tried again.
    pub fn done(&mut self, campaign: CampaignId, lead: LeadId, result: CallResult) {
        let again = matches!(result, CallResult::NoAnswer | CallResult::Busy | CallResult::Failed);
        if again && self.chance.permille(100) {
            self.waiting.entry(campaign).or_default().push_back(lead);
        }
    }
}
