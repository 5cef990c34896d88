//! What is told of queues: who waits, who works there, the figures.

use super::Floor;
use super::agent::AgentState;
use super::call::CallState;
use super::effect::QueueLive;
use super::kept::KeptLive;
use super::queue::Queue;
use super::queueing::queue_since;
use super::touched::Touched;
use crate::base::clock::Moment;
use crate::base::ids::QueueId;
use crate::base::limits;

impl Floor {
    /// Queues whose callers or agents changed.
    pub(super) fn touch_queues(&self, touched: &mut Touched) {
        let by_calls = touched.calls.iter().filter_map(|id| self.calls.get(&id)?.queue());
        let has_changed = |queue: &&Queue| touched.agents.iter().any(|id| queue.level(id).is_some());
        let by_agents = self.queues.values().filter(has_changed).map(|queue| queue.profile.queue);
        let queues: Vec<QueueId> = by_calls.chain(by_agents).collect();
        touched.queues.extend(queues);
    }

    pub(super) fn queue_live(&self, now: Moment, id: QueueId) -> Option<QueueLive> {
        let queue = self.queues.get(&id)?;
        let mut live = QueueLive {
            queue: id,
            open: queue.profile.open,
            waiting: 0,
            waiting_since: None,
            line: self.line(id),
            talking: 0,
            agents_ready: 0,
            agents_working: 0,
            kept: Vec::new(),
            counts: queue.counts(now),
        };
        live.kept = self.kept.values().filter(|place| place.kept.queue == id).map(KeptLive::from).collect();
        live.kept.sort_by_key(|place| (place.since, place.place));
        for (call, visit) in self.calls.values().filter_map(|call| Some((call, call.queued.as_ref()?))) {
            if visit.queue != id {
                continue;
            }
            if visit.outcome.is_none() {
                live.waiting += 1;
                let since = queue_since(call, visit);
                live.waiting_since = Some(live.waiting_since.map_or(since, |before| before.min(since)));
            } else if matches!(call.state, CallState::Talking { .. } | CallState::Arranged { .. }) {
                live.talking += 1;
            }
        }
        for agent in queue.profile.members.iter().filter_map(|member| self.agents.get(&member.agent)) {
            live.agents_ready += u32::from(agent.state == AgentState::Ready);
            live.agents_working += u32::from(agent.working());
        }
        live.line.truncate(limits::LINE_SHOWN);
        Some(live)
    }
}
