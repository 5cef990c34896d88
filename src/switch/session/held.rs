//! Bridges that come before their time: a leg that was originated is answered a
//! moment before the switch parks it, and a bridge that is ordered in between is
//! overrun by the parking. Two in 450 were on FreeSWITCH 1.10.12: the one who
//! answered stays parked in silence, and the other leg is hung up or waits for
//! them in vain. Customers are parked while they ring, so that this is about
//! desk phones, parties outside, and customers whose carrier says nothing before
//! the answer.
//!
//! In: bridges, and the events that prove a leg parked. Out: the same bridges,
//! as soon as both legs may be joined.

use super::Session;
use crate::base::ids::LegId;
use crate::floor::effect::SwitchCommand;
use crate::switch::link::Request;
use std::time::Duration;
use tokio::time::Instant;

/// A bridge is ordered after so long even if nothing was heard of the parking:
/// its event may be lost, and the customer waits.
pub(super) const PARKED_WITHIN: Duration = Duration::from_millis(300);

/// A bridge that waits.
pub(super) struct Held {
    command: SwitchCommand,
    at_once: bool,
    since: Instant,
}

impl Held {
    /// As it was asked for.
    pub(super) fn into_request(self) -> Request {
        Request::Command { command: self.command, at_once: self.at_once }
    }
}

impl Session<'_> {
    /// Keeps a bridge whose leg is not parked yet, or gives it back.
    pub(super) fn hold_back(&mut self, command: SwitchCommand, at_once: bool) -> Option<SwitchCommand> {
        if self.is_early(&command) {
            self.held.push_back(Held { command, at_once, since: Instant::now() });
            return None;
        }
        Some(command)
    }

    fn is_early(&self, command: &SwitchCommand) -> bool {
        let early = |leg: &LegId| self.pending.get(leg).is_some_and(|pending| !pending.parked);
        matches!(command, SwitchCommand::Bridge { first, second, .. } if early(first) || early(second))
    }

    /// Since when the first of them waits.
    pub(super) fn held_since(&self) -> Option<Instant> {
        self.held.front().map(|held| held.since)
    }

    /// Orders those whose legs are parked by now, or that have waited enough.
    pub(super) fn let_go(&mut self) {
        for held in std::mem::take(&mut self.held) {
            if self.is_early(&held.command) && held.since.elapsed() < PARKED_WITHIN {
                self.held.push_back(held);
            } else {
                self.send(&held.command, held.at_once);
            }
        }
    }
}
