//! The link's counters, one function each, so that a name stands in one place.

use std::time::Duration;

/// Events received.
pub fn event() {
    metrics::counter!("switch_events_total").increment(1);
}

/// Events that were lost: dropped at our queue, unreadable, or missed by a roll
/// call.
pub fn lost(count: u64) {
    metrics::counter!("switch_events_lost_total").increment(count);
}

/// A command's time from sending to its answer, in seconds.
pub fn command(name: &'static str, took: Duration) {
    metrics::histogram!("switch_command_seconds", "command" => name).record(took.as_secs_f64());
}

/// Commands that were refused, failed, or ran into their deadline.
pub fn command_failed(name: &'static str) {
    metrics::counter!("switch_commands_failed_total", "command" => name).increment(1);
}

/// Connections made (the first included).
pub fn connected() {
    metrics::counter!("switch_connects_total").increment(1);
    metrics::gauge!("switch_up").set(1.0);
}

/// The connection is gone.
pub fn disconnected() {
    metrics::gauge!("switch_up").set(0.0);
}

/// Full lists of channels taken: after connecting and after lost events.
pub fn resynced() {
    metrics::counter!("switch_resyncs_total").increment(1);
}
