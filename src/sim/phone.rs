//! How agents' desk phones behave.
//!
//! In: an extension and a source of draws. Out: what the phone does when it is
//! rung. Which phones are registered can be changed while the world runs.

use crate::sim::chance::Chance;
use crate::sim::customer::Conduct;
use std::collections::{BTreeMap, BTreeSet};

/// The desk phones of the centre.
#[derive(Debug, Clone, PartialEq)]
pub struct Phones {
    /// The extensions that exist; `None`: every extension does.
    pub known: Option<BTreeSet<String>>,
    /// Phones that exist and are not registered now.
    pub unregistered: BTreeSet<String>,
    /// Phones that do the same with every call.
    pub scripted: BTreeMap<String, Conduct>,
    /// How long a phone rings before it is picked up, in milliseconds.
    pub answer_ms: i64,
    /// How many calls (per mille) are rejected on the phone.
    pub reject_permille: u32,
    /// How many calls (per mille) nobody picks up.
    pub ignore_permille: u32,
    /// How many conversations (per mille) end because a phone that is not
    /// off-hook for good is put down.
    pub ends_call_permille: u32,
}

impl Default for Phones {
    /// Every extension is registered and picks up after 0.6 s.
    fn default() -> Self {
        Self {
            known: None,
            unregistered: BTreeSet::new(),
            scripted: BTreeMap::new(),
            answer_ms: 600,
            reject_permille: 0,
            ignore_permille: 0,
            ends_call_permille: 0,
        }
    }
}

impl Phones {
    /// What the phone does; `Err` is the cause with which the switch refuses
    /// at once, before there is a leg.
    pub fn conduct(&self, extension: &str, chance: &mut Chance) -> Result<Conduct, &'static str> {
        if self.known.as_ref().is_some_and(|known| !known.contains(extension)) {
            return Err("SUBSCRIBER_ABSENT");
        }
        if self.unregistered.contains(extension) {
            return Err("USER_NOT_REGISTERED");
        }
        if let Some(conduct) = self.scripted.get(extension) {
            return Ok(conduct.clone());
        }
        if chance.permille(self.reject_permille) {
            return Ok(Conduct::Refuses { after_ms: 1_000, cause: "CALL_REJECTED", sip_status: 603 });
        }
        if chance.permille(self.ignore_permille) {
            return Ok(Conduct::LetsItRing);
        }
        Ok(Conduct::Answers { after_ms: self.answer_ms, patience_ms: None, talk_ms: None })
    }
}

/// A registered phone, as the switch sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimPhone {
    /// Its extension.
    pub extension: String,
    /// What it calls itself.
    pub user_agent: &'static str,
    /// From where it registered.
    pub ip: String,
    /// From which port.
    pub port: u16,
}

/// What simulated phones call themselves.
const USER_AGENTS: [&str; 3] =
    ["Yealink SIP-T46U 108.86.0.20", "snomD785/10.1.159.12", "PolycomVVX-VVX_450-UA/6.4.3.5018"];

impl SimPhone {
    /// The phone with this extension.
    pub fn new(extension: &str) -> Self {
        let number = extension.bytes().fold(0_usize, |n, digit| (n * 10 + usize::from(digit)) % 60_000);
        Self {
            extension: extension.to_owned(),
            user_agent: USER_AGENTS[number % USER_AGENTS.len()],
            ip: format!("10.20.{}.{}", number / 250 % 250, number % 250 + 1),
            port: 5060,
        }
    }
}

impl Phones {
    /// The phones that are registered now. When every extension exists, those
    /// of [`EVERY`] are listed.
    pub fn registered(&self) -> Vec<SimPhone> {
        let every = || EVERY.map(|number| number.to_string()).collect();
        let known = self.known.clone().unwrap_or_else(every);
        known.difference(&self.unregistered).map(|extension| SimPhone::new(extension)).collect()
    }
}

/// The extensions that the registrar lists when none are named.
const EVERY: std::ops::Range<u32> = 1_000..2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_is_not_there_is_refused_with_the_switch_s_cause() {
        let mut chance = Chance::new(1);
        let mut phones = Phones { known: Some(["1001".to_owned()].into()), ..Phones::default() };
        assert!(matches!(phones.conduct("1001", &mut chance), Ok(Conduct::Answers { after_ms: 600, .. })));
        assert_eq!(phones.conduct("1002", &mut chance), Err("SUBSCRIBER_ABSENT"));
        phones.unregistered.insert("1001".into());
        assert_eq!(phones.conduct("1001", &mut chance), Err("USER_NOT_REGISTERED"));
    }
}
