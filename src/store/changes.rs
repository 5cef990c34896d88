//! What was changed in the store, for those who keep a copy in memory: the
//! conductor reloads just that.
//!
//! In: a room tells, after its commit. Out: listeners hear every change, or
//! [`Change::Everything`] when they were too slow to hear each.

use crate::base::ids::{AgentId, CampaignId, ListId, QueueId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Changes a listener may lag behind before it is told to reload everything.
const BACKLOG: usize = 1_024;

/// What is no longer as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A campaign: its settings, state or agents.
    Campaign(CampaignId),
    /// A queue: its settings, numbers or members.
    Queue(QueueId),
    /// A user who is, was or becomes an agent.
    Agent(AgentId),
    /// The leads of a list.
    Leads(ListId),
    /// Whose a phone number is: somebody on the line may be known now.
    Numbers,
    /// The do-not-call list: what waits to be dialled may be barred, what was
    /// barred may be due.
    DoNotCall,
    /// A pool of caller IDs.
    CallerIds,
    /// A trunk, so perhaps any campaign.
    Gateways,
    /// The listener missed changes: reload all.
    Everything,
}

/// Where changes are told. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Changes(broadcast::Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

impl Changes {
    /// A place to tell changes, with nobody listening yet.
    pub fn new() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }

    /// Tells every listener; to be called after the commit, never before.
    pub fn tell(&self, change: Change) {
        // An error only means that nobody listens.
        let _ = self.0.send(change);
    }

    /// Hears every change told from now on.
    pub fn listen(&self) -> ChangeListener {
        ChangeListener(self.0.subscribe())
    }
}

/// Hears changes.
#[derive(Debug)]
pub struct ChangeListener(broadcast::Receiver<Change>);

impl ChangeListener {
    /// The next change; `None` when nobody can tell any more.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => Some(Change::Everything),
            Err(RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_listener_is_told_to_reload_everything() {
        let changes = Changes::new();
        let mut listener = changes.listen();
        changes.tell(Change::Gateways);
        assert_eq!(listener.next().await, Some(Change::Gateways));
        for id in 0..=BACKLOG as i64 {
            changes.tell(Change::Agent(AgentId(id)));
        }
        assert_eq!(listener.next().await, Some(Change::Everything));
        drop(changes);
        while let Some(change) = listener.next().await {
            assert!(matches!(change, Change::Agent(_)));
        }
    }
}
