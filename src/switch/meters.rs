//! The link's counters, one function each, so that a name stands in one place.

use std::time::Duration;

/// The histograms of a customer's way to an agent and their buckets, in
/// seconds; fine around what is promised (5 ms, 100 ms).
pub const DELAYS: [(&str, &[f64]); 3] =
    [(ANSWER_TO_COMMAND, &TO_COMMAND), (COMMAND_TO_BRIDGE, &TO_BRIDGE), (ANSWER_TO_BRIDGE, &TO_BRIDGE)];

const ANSWER_TO_COMMAND: &str = "switch_answer_to_bridge_command_seconds";
const COMMAND_TO_BRIDGE: &str = "switch_bridge_command_to_bridge_seconds";
const ANSWER_TO_BRIDGE: &str = "switch_answer_to_bridge_seconds";
const TO_COMMAND: [f64; 17] = [
    0.000_25, 0.000_5, 0.001, 0.001_5, 0.002, 0.002_5, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.02, 0.05,
    0.1, 0.5, 1.0,
];
const TO_BRIDGE: [f64; 16] =
    [0.001, 0.002_5, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.2, 0.5, 1.0, 3.0];

/// A bridge was commanded because a customer had answered: the time from
/// reading the answer to writing the command.
pub fn bridge_commanded(since_answer: Duration) {
    metrics::histogram!(ANSWER_TO_COMMAND).record(since_answer.as_secs_f64());
}

/// Such a bridge is there: the time since the answer, and since the command.
pub fn bridge_done(since_answer: Duration, since_command: Duration) {
    metrics::histogram!(ANSWER_TO_BRIDGE).record(since_answer.as_secs_f64());
    metrics::histogram!(COMMAND_TO_BRIDGE).record(since_command.as_secs_f64());
}

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
