//! Desk phones at the switch's registrar: which are registered, since when,
//! and what they are.
//!
//! In: [`PhoneNews`], as the switch tells it. Out: agents who could not be rung
//! become unreachable with that reason, and come back by themselves when their
//! phone does; what the consoles show of a phone ([`PhoneLive`]). A leg that is
//! up stays: its own end tells what became of it.

use super::Floor;
use super::agent::{Agent, AgentState, REASON_PHONE_NOT_REGISTERED};
use super::make::Make;
use crate::base::clock::Moment;
use crate::base::ids::AgentId;
use crate::base::limits;
use crate::base::phone::Dialable;
use std::collections::BTreeMap;

/// So long may the registrar's list lag behind its own events.
const LIST_LAGS_MS: i64 = 5_000;

/// A registration as the switch has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The phone's extension.
    pub extension: Dialable,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// Where it registered from: address and port.
    pub address: Option<String>,
}

/// What the switch says of desk phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneNews {
    /// A phone registered, or did again.
    Registered(Registration),
    /// A phone is not registered any more.
    Unregistered {
        /// Which.
        extension: Dialable,
        /// It did not say so: its registration ran out.
        expired: bool,
    },
    /// Every registration there is.
    Listed(Vec<Registration>),
}

/// A desk phone as the consoles show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneLive {
    /// Whether it is registered; `None`: not known, the switch has not said.
    pub registered: Option<bool>,
    /// Since when it is, or is not any more, where that was seen.
    pub since: Option<Moment>,
    /// Whether the registration ran out and was not taken back.
    pub expired: bool,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// Where it registered from.
    pub address: Option<String>,
}

/// What is known of one phone.
#[derive(Debug, Clone)]
struct Known {
    registered: bool,
    expired: bool,
    since: Moment,
    heard_at: Moment,
    user_agent: Option<String>,
    address: Option<String>,
}

/// Every phone that the switch ever told of.
#[derive(Debug, Default)]
pub(super) struct Phones {
    /// Whether there was a list yet: before, a phone not told of is not known
    /// to be away.
    listed: bool,
    known: BTreeMap<Dialable, Known>,
}

impl Phones {
    fn registered(&self, extension: &Dialable) -> Option<bool> {
        match self.known.get(extension) {
            Some(phone) => Some(phone.registered),
            None => self.listed.then_some(false),
        }
    }

    fn live(&self, extension: &Dialable) -> PhoneLive {
        let known = self.known.get(extension);
        PhoneLive {
            registered: self.registered(extension),
            since: known.map(|phone| phone.since),
            expired: known.is_some_and(|phone| phone.expired && !phone.registered),
            user_agent: known.and_then(|phone| phone.user_agent.clone()),
            address: known.and_then(|phone| phone.address.clone()),
        }
    }

    fn take(&mut self, now: Moment, phone: Registration) {
        let before = self.known.get(&phone.extension);
        if before.is_none() && self.known.len() >= limits::DESK_PHONES {
            return;
        }
        let since = before.filter(|before| before.registered).map_or(now, |before| before.since);
        let known = Known {
            registered: true,
            expired: false,
            since,
            heard_at: now,
            user_agent: phone.user_agent,
            address: phone.address,
        };
        self.known.insert(phone.extension, known);
    }

    fn lose(&mut self, now: Moment, extension: &Dialable, expired: bool) {
        if let Some(known) = self.known.get_mut(extension) {
            known.heard_at = now;
            if known.registered {
                (known.registered, known.expired, known.since) = (false, expired, now);
            }
        }
    }

    /// Makes what is known agree with the registrar's list, but for what an
    /// event said a moment ago.
    fn compare(&mut self, now: Moment, list: Vec<Registration>) {
        self.listed = true;
        let mut listed: BTreeMap<Dialable, Registration> =
            list.into_iter().map(|phone| (phone.extension.clone(), phone)).collect();
        for (extension, known) in &mut self.known {
            let found = listed.remove(extension);
            if now.since_ms(known.heard_at) < LIST_LAGS_MS {
                continue;
            }
            match found {
                Some(phone) => {
                    if !known.registered {
                        (known.registered, known.expired, known.since) = (true, false, now);
                    }
                    (known.user_agent, known.address) = (phone.user_agent, phone.address);
                }
                // Whether it said so was missed with the event.
                None if known.registered => {
                    (known.registered, known.expired, known.since) = (false, false, now);
                }
                None => {}
            }
        }
        for phone in listed.into_values() {
            self.take(now, phone);
        }
    }
}

impl Floor {
    pub(super) fn on_phone_news(&mut self, now: Moment, news: PhoneNews) {
        let of = match &news {
            PhoneNews::Registered(phone) => Some(phone.extension.clone()),
            PhoneNews::Unregistered { extension, .. } => Some(extension.clone()),
            PhoneNews::Listed(_) => None,
        };
        let concerned = |agent: &&Agent| of.as_ref().is_none_or(|of| *of == agent.profile.extension);
        let before: BTreeMap<AgentId, PhoneLive> = self
            .agents
            .values()
            .filter(concerned)
            .map(|agent| (agent.profile.agent, self.phone_live(agent)))
            .collect();
        match news {
            PhoneNews::Registered(phone) => self.phones.take(now, phone),
            PhoneNews::Unregistered { extension, expired } => self.phones.lose(now, &extension, expired),
            PhoneNews::Listed(list) => self.phones.compare(now, list),
        }
        for (id, before) in before {
            let Some(agent) = self.agents.get(&id) else { continue };
            let after = self.phone_live(agent);
            if before != after {
                self.touched.agents.insert(id);
            }
            // Registering once more proves that the phone can be rung, even if
            // it was never missed here.
            if of.is_some() || before.registered != after.registered {
                self.review_phone(now, id);
            }
        }
    }

    /// What the registrar knows of an agent's phone.
    pub(super) fn phone_live(&self, agent: &Agent) -> PhoneLive {
        self.phones.live(&agent.profile.extension)
    }

    /// Whether ringing the agent's phone would be in vain.
    pub(super) fn is_unregistered(&self, agent: &Agent) -> bool {
        self.phones.registered(&agent.profile.extension) == Some(false)
    }

    /// What kind of phone an agent has.
    pub(super) fn make_of(&self, agent: &Agent) -> Make {
        let known = self.phones.known.get(&agent.profile.extension);
        Make::of(known.and_then(|phone| phone.user_agent.as_deref()))
    }

    /// Whether the agent's phone can be asked to answer: by its make, unless a
    /// setting says otherwise. Of one that the switch has not told of it is
    /// tried.
    pub(super) fn answers_on_request(&self, agent: &Agent) -> bool {
        let told = self.phones.known.contains_key(&agent.profile.extension);
        agent.profile.remote_answer.unwrap_or(!told || self.make_of(agent).answers_on_request())
    }

    /// The switch could not find the phone when it was rung.
    pub(super) fn phone_not_found(&mut self, now: Moment, id: AgentId) {
        if let Some(agent) = self.agents.get(&id) {
            self.phones.lose(now, &agent.profile.extension, false);
        }
    }

    /// An agent who waits for calls that could not reach them is not ready; one
    /// who waited for the phone is.
    pub(super) fn review_phone(&mut self, now: Moment, id: AgentId) {
        let Some(agent) = self.agents.get(&id).filter(|_| self.switch_up) else { return };
        let unregistered = self.is_unregistered(agent);
        match agent.state {
            AgentState::Ready | AgentState::Previewing if unregistered && !agent.off_hook() => {
                let reason = REASON_PHONE_NOT_REGISTERED;
                self.set_state(now, id, AgentState::Unreachable { reason });
            }
            AgentState::Unreachable { reason: REASON_PHONE_NOT_REGISTERED } if !unregistered => {
                self.go_ready(now, id);
            }
            _ => {}
        }
    }
}
