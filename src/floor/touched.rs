//! What changed in one input: whose timers are set anew, and what the consoles
//! are told of.

use super::Floor;
use super::effect::Tell;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, QueueId};
use litemap::LiteMap;

/// What changed and must be told to the consoles.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub agents: Ids<AgentId>,
    pub calls: Ids<CallId>,
    pub campaigns: Ids<CampaignId>,
    pub queues: Ids<QueueId>,
    pub supervisors: Ids<AgentId>,
    pub kept: Ids<CallId>,
}

/// A few ids, each once, in their order. It keeps its room from input to input.
#[derive(Debug)]
pub(super) struct Ids<T>(LiteMap<T, ()>);

impl<T: Ord> Default for Ids<T> {
    fn default() -> Self {
        Self(LiteMap::new_vec())
    }
}

impl<T: Ord + Copy> Ids<T> {
    pub fn insert(&mut self, id: T) {
        self.0.insert(id, ());
    }

    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.0.keys().copied()
    }
}

impl<T: Ord + Copy> Extend<T> for Ids<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, ids: I) {
        ids.into_iter().for_each(|id| self.insert(id));
    }
}

impl<'a, T: Ord + Copy + 'a> Extend<&'a T> for Ids<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, ids: I) {
        self.extend(ids.into_iter().copied());
    }
}

impl Touched {
    fn clear(&mut self) {
        self.agents.0.clear();
        self.calls.0.clear();
        self.campaigns.0.clear();
        self.queues.0.clear();
        self.supervisors.0.clear();
        self.kept.0.clear();
    }
}

impl Floor {
    /// Tells what changed; the last thing done with an input.
    pub(super) fn tell_changes(&mut self, now: Moment) {
        let mut touched = std::mem::take(&mut self.touched);
        // What an agent may do depends on their call.
        let on_them = touched.calls.iter().filter_map(|id| self.calls.get(&id));
        touched.agents.extend(on_them.flat_map(|call| [call.agent(), call.third_agent()]).flatten());
        self.touch_queues(&mut touched);
        for id in touched.agents.iter() {
            match self.agents.get(&id) {
                Some(agent) => {
                    let live = self.live_of(agent);
                    self.tell(Tell::Agent(live));
                }
                None => self.tell(Tell::AgentGone(id)),
            }
        }
        for id in touched.calls.iter() {
            match self.calls.get(&id) {
                Some(call) => {
                    let live = call.live();
                    self.tell(Tell::Call(live));
                }
                None => self.tell(Tell::CallGone(id)),
            }
        }
        for id in touched.supervisors.iter() {
            if let Some(live) = self.monitor_live(id) {
                self.tell(Tell::Monitor(live));
            }
        }
        for id in touched.queues.iter() {
            if let Some(live) = self.queue_live(now, id) {
                self.tell(Tell::Queue(live));
            }
        }
        for id in touched.campaigns.iter() {
            if let Some(live) = self.campaign_live(now, id) {
                self.tell(Tell::Campaign(live));
            }
        }
        touched.clear();
        self.touched = touched;
    }
}
