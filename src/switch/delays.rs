//! How long a customer who has answered waits because of us, and then for the
//! switch to join the two.
//!
//! In: events with when they were read from the socket, and bridge commands as
//! they are about to be written to it. Out: histograms (see `meters.rs`). Only
//! of bridges that the customer's answer itself brought about: who waits for an
//! agent to be free does not wait for the program.

use crate::base::clock::Stopwatch;
use crate::base::ids::LegId;
use crate::base::limits;
use crate::switch::{decode, meters};
use freeswitch_esl::{EslEvent, EslEventType};
use std::collections::HashMap;

/// What is being measured.
#[derive(Debug, Default)]
pub(super) struct Delays {
    /// Customers whose answer was heard and who are with nobody yet.
    answered: HashMap<LegId, Stopwatch>,
    /// Bridges commanded: since when the customer waits, and since when the
    /// switch does it.
    bridging: HashMap<LegId, (Stopwatch, Stopwatch)>,
}

impl Delays {
    /// Takes note of an event that was read from the socket then.
    pub(super) fn heard(&mut self, event: &EslEvent, at: Stopwatch) {
        let Some(leg) = decode::leg(event) else { return };
        let is_customer = event.header_str("variable_tl_role") == Some("customer");
        match event.event_type() {
            Some(EslEventType::ChannelAnswer)
                if is_customer && self.answered.len() < limits::SWITCH_COMMANDS =>
            {
                self.answered.insert(leg, at);
            }
            Some(EslEventType::ChannelBridge) => {
                for leg in decode::bridged_legs(event).into_iter().flatten() {
                    if let Some((answered, commanded)) = self.bridging.remove(&leg) {
                        meters::bridge_done(answered.elapsed(), commanded.elapsed());
                    }
                }
            }
            Some(EslEventType::ChannelHangupComplete) => {
                self.answered.remove(&leg);
                self.bridging.remove(&leg);
            }
            _ => {}
        }
    }

    /// A bridge of this customer is commanded now; `at_once`: because they
    /// answered.
    pub(super) fn commanded(&mut self, leg: LegId, at_once: bool) {
        let Some(answered) = self.answered.remove(&leg).filter(|_| at_once) else { return };
        meters::bridge_commanded(answered.elapsed());
        self.bridging.insert(leg, (answered, Stopwatch::start()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

    const CUSTOMER: &str = "00000000-0000-0000-0000-000000000001";

    fn event(kind: EslEventType) -> EslEvent {
        let mut event = EslEvent::with_type(kind);
        event.set_header("Unique-ID", CUSTOMER);
        event.set_header("Bridge-A-Unique-ID", "00000000-0000-0000-0000-000000000002");
        event.set_header("Bridge-B-Unique-ID", CUSTOMER);
        event.set_header("variable_tl_role", "customer");
        event
    }

    fn measured(story: impl FnOnce(&mut Delays)) -> Vec<(&'static str, usize)> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &[0.005])
            .expect("buckets")
            .build_recorder();
        metrics::with_local_recorder(&recorder, || story(&mut Delays::default()));
        let page = recorder.handle().render();
        let count = |name: &str| {
            let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name}_count ")));
            line.map_or(0, |count| count.parse().expect("a number"))
        };
        meters::DELAYS.into_iter().map(|(name, _)| (name, count(name))).collect()
    }

    #[test]
    fn a_customer_who_is_bridged_because_they_answered_is_measured_once() {
        let leg: LegId = CUSTOMER.parse().expect("a leg");
        let counts = measured(|delays| {
            delays.heard(&event(EslEventType::ChannelAnswer), Stopwatch::start());
            delays.commanded(leg, true);
            delays.heard(&event(EslEventType::ChannelBridge), Stopwatch::start());
            // Off hold, much later.
            delays.commanded(leg, false);
            delays.heard(&event(EslEventType::ChannelBridge), Stopwatch::start());
        });
        assert!(counts.iter().all(|(_, count)| *count == 1), "{counts:?}");
    }

    #[test]
    fn one_who_had_to_wait_for_an_agent_or_left_is_not() {
        let leg: LegId = CUSTOMER.parse().expect("a leg");
        let counts = measured(|delays| {
            delays.heard(&event(EslEventType::ChannelAnswer), Stopwatch::start());
            delays.commanded(leg, false);
            delays.heard(&event(EslEventType::ChannelBridge), Stopwatch::start());
            delays.heard(&event(EslEventType::ChannelAnswer), Stopwatch::start());
            delays.heard(&event(EslEventType::ChannelHangupComplete), Stopwatch::start());
            delays.commanded(leg, true);
        });
        assert!(counts.iter().all(|(_, count)| *count == 0), "{counts:?}");
    }
}
