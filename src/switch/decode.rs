//! Event → input: what an event of the switch says, in the words of the floor.
//!
//! In: an [`EslEvent`] as the Event Socket client delivers it. Out: no, one or
//! two [`Input`]s. Pure and without memory, so that it is right after a
//! reconnect too. Captures of every event are in tests/data/esl/.

use crate::base::ids::LegId;
use crate::floor::input::{CommandName, HangUp, Input, LegChange, LegEvent};
use crate::switch::registrations;
use crate::switch::snapshot::arrival;
use freeswitch_esl::{EslEvent, EslEventType};

/// The events that are subscribed to: those [`decode`] reads, and HEARTBEAT,
/// the switch's sign of life every 20 s. CHANNEL_CALLSTATE and CHANNEL_STATE
/// would be most of the traffic and say nothing more.
pub const EVENTS: [EslEventType; 16] = [
    EslEventType::ChannelCreate,
    EslEventType::ChannelProgress,
    EslEventType::ChannelProgressMedia,
    EslEventType::ChannelAnswer,
    EslEventType::ChannelPark,
    EslEventType::ChannelBridge,
    EslEventType::ChannelUnbridge,
    EslEventType::ChannelHangupComplete,
    EslEventType::RecordStart,
    EslEventType::RecordStop,
    EslEventType::PlaybackStart,
    EslEventType::MediaBugStart,
    EslEventType::MediaBugStop,
    EslEventType::Dtmf,
    EslEventType::BackgroundJob,
    EslEventType::Heartbeat,
];

/// What an event means to the floor; empty for events that mean nothing to it
/// and for legs whose id is not a UUID (never ours).
pub fn decode(event: &EslEvent) -> Vec<Input> {
    let Some(kind) = event.event_type() else { return Vec::new() };
    match kind {
        EslEventType::ChannelCreate => one(event, LegChange::Created),
        EslEventType::ChannelProgress => one(event, LegChange::Ringing { early_media: false }),
        EslEventType::ChannelProgressMedia => one(event, LegChange::Ringing { early_media: true }),
        EslEventType::ChannelAnswer => one(event, LegChange::Answered),
        EslEventType::ChannelPark => match arrival(|name| event.header_str(name)) {
            Some(arrival) => one(event, LegChange::Arrived(arrival)),
            // A customer's leg is parked while it still rings.
            None if matches!(event.header_str("Answer-State"), Some("ringing" | "early")) => Vec::new(),
            None => one(event, LegChange::Parked),
        },
        EslEventType::ChannelBridge => both(event, |other| LegChange::Bridged { other }),
        EslEventType::ChannelUnbridge => both(event, |other| LegChange::Unbridged { other }),
        EslEventType::ChannelHangupComplete => one(event, LegChange::HungUp(hang_up(event))),
        EslEventType::RecordStart => match recording_path(event) {
            Some(path) => one(event, LegChange::RecordingStarted { path }),
            None => Vec::new(),
        },
        EslEventType::RecordStop => match recording_path(event) {
            Some(path) => one(event, LegChange::RecordingStopped { path }),
            None => Vec::new(),
        },
        EslEventType::PlaybackStart => one(event, LegChange::MusicStarted),
        EslEventType::MediaBugStart => media_bug(event, true),
        EslEventType::MediaBugStop => media_bug(event, false),
        EslEventType::Dtmf => {
            let key = event.header_str("DTMF-Digit").and_then(|digit| digit.chars().next());
            key.map_or_else(Vec::new, |key| one(event, LegChange::Key(key)))
        }
        EslEventType::Custom => custom(event),
        EslEventType::BackgroundJob => failed_originate(event).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The custom event of who enters and leaves a room.
const ROOM: &str = "conference::maintenance";

/// The custom events that are subscribed to: rooms, and desk phones at the
/// registrar.
pub const CUSTOM_EVENTS: [&str; 4] =
    [ROOM, registrations::REGISTER, registrations::UNREGISTER, registrations::EXPIRE];

fn custom(event: &EslEvent) -> Vec<Input> {
    let header = |name: &str| event.header_str(name);
    match header("Event-Subclass") {
        Some(ROOM) => joined_room(event),
        Some(subclass) => registrations::news(subclass, header).map(Input::Phone).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What hangs on a leg's audio: silence, or somebody's ear. Recordings have
/// events of their own.
fn media_bug(event: &EslEvent, on: bool) -> Vec<Input> {
    match event.header_str("Media-Bug-Function") {
        Some("audio") => one(event, LegChange::Muted(on)),
        Some("eavesdrop") => one(event, LegChange::Overheard(on)),
        _ => Vec::new(),
    }
}

fn joined_room(event: &EslEvent) -> Vec<Input> {
    match event.header_str("Action") {
        Some("add-member") => one(event, LegChange::JoinedRoom),
        _ => Vec::new(),
    }
}

/// The leg of a finished `originate`, whether it worked or not.
pub fn originated_leg(event: &EslEvent) -> Option<LegId> {
    if event.header_str("Job-Command")? != "originate" {
        return None;
    }
    // The switch repeats the command, which carries the leg's id.
    let (_, rest) = event.header_str("Job-Command-Arg")?.split_once("origination_uuid=")?;
    rest.get(..36)?.parse().ok()
}

/// The leg that an event is about.
pub fn leg(event: &EslEvent) -> Option<LegId> {
    header_leg(event, "Unique-ID")
}

/// Why a leg ended. Only `sip_term_status` is what the far end said;
/// `sip_invite_failure_status` is also set by our own cancelling.
fn hang_up(event: &EslEvent) -> HangUp {
    HangUp {
        cause: event.header_str("Hangup-Cause").unwrap_or_default().to_owned(),
        sip_status: event.variable_str("sip_term_status").and_then(|s| s.parse().ok()),
        by_far_end: event.variable_str("sip_hangup_disposition").and_then(by_far_end),
    }
}

/// `recv_bye`, `recv_cancel`, `recv_refuse`: the far end; `send_…`: the switch.
fn by_far_end(disposition: &str) -> Option<bool> {
    match disposition.split_once('_') {
        Some(("recv", _)) => Some(true),
        Some(("send", _)) => Some(false),
        _ => None,
    }
}

/// An originate that failed. When no channel was ever made (an unknown
/// gateway, a phone that is not registered) this is the only word of it; when
/// there was one, its CHANNEL_HANGUP_COMPLETE comes as well, before or after.
fn failed_originate(event: &EslEvent) -> Option<Input> {
    let leg = originated_leg(event)?;
    let body = event.body().unwrap_or_default().trim();
    if body.starts_with("+OK") {
        return None;
    }
    let cause = body.strip_prefix("-ERR ").unwrap_or_default();
    if !cause.is_empty() && cause.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
        return Some(Input::Switch(LegEvent { leg, what: LegChange::HungUp(HangUp::cause(cause)) }));
    }
    // "-USAGE: …", "-ERR Parse Error!": the switch did not understand.
    Some(Input::CommandFailed { leg, command: CommandName::Originate, reason: body.to_owned() })
}

fn one(event: &EslEvent, what: LegChange) -> Vec<Input> {
    leg(event).map(|leg| Input::Switch(LegEvent { leg, what })).into_iter().collect()
}

/// CHANNEL_BRIDGE and CHANNEL_UNBRIDGE are sent for one leg only and name both.
/// The names are in Bridge-A and Bridge-B: Other-Leg-Unique-ID of an unbridge
/// may already be the next partner (transfer_blind_rebridge.jsonl at 3399 ms)
/// or be missing (transfer_attended.jsonl at 2736 ms).
fn both(event: &EslEvent, change: impl Fn(LegId) -> LegChange) -> Vec<Input> {
    let [Some(a), Some(b)] = bridged_legs(event) else { return Vec::new() };
    let tell = |leg, other| Input::Switch(LegEvent { leg, what: change(other) });
    vec![tell(a, b), tell(b, a)]
}

/// The two legs of a CHANNEL_BRIDGE or CHANNEL_UNBRIDGE.
pub(super) fn bridged_legs(event: &EslEvent) -> [Option<LegId>; 2] {
    ["Bridge-A-Unique-ID", "Bridge-B-Unique-ID"].map(|name| header_leg(event, name))
}

fn recording_path(event: &EslEvent) -> Option<String> {
    event.header_str("Record-File-Path").map(str::to_owned)
}

fn header_leg(event: &EslEvent, name: &str) -> Option<LegId> {
    event.header_str(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: &str = "5810f08d-f42b-47d1-9579-cff31641b621";

    fn job(arg: &str, body: &str) -> EslEvent {
        let mut event = EslEvent::with_type(EslEventType::BackgroundJob);
        event.set_header("Job-Command", "originate");
        event.set_header("Job-Command-Arg", arg);
        event.set_body(body);
        event
    }

    fn arg() -> String {
        format!("{{origination_uuid={LEG},tl_role=customer}}sofia/gateway/gw/138 &park()")
    }

    #[test]
    fn a_leg_that_is_parked_while_it_rings_has_not_answered() {
        let park = |state: &str| {
            let mut event = EslEvent::with_type(EslEventType::ChannelPark);
            event.set_header("Unique-ID", LEG);
            event.set_header("Answer-State", state);
            event.set_header("variable_tl_role", "customer");
            decode(&event)
        };
        assert_eq!([park("ringing"), park("early")], [[], []]);
        let leg = LEG.parse().unwrap();
        assert_eq!(park("answered"), [Input::Switch(LegEvent { leg, what: LegChange::Parked })]);
    }

    #[test]
    fn an_originate_that_never_made_a_channel_ends_the_leg() {
        let expect = Input::Switch(LegEvent {
            leg: LEG.parse().unwrap(),
            what: LegChange::HungUp(HangUp::cause("INVALID_GATEWAY")),
        });
        assert_eq!(decode(&job(&arg(), "-ERR INVALID_GATEWAY\n")), vec![expect]);
    }

    #[test]
    fn an_originate_that_the_switch_did_not_understand_is_a_failed_command() {
        for body in ["-USAGE: <call url> <exten>\n", "-ERR Parse Error!\n", "", "-ERR \n"] {
            let inputs = decode(&job(&arg(), body));
            assert!(
                matches!(&inputs[..], [Input::CommandFailed { command: CommandName::Originate, .. }]),
                "{body:?}: {inputs:?}"
            );
        }
    }

    #[test]
    fn other_jobs_and_strange_ids_mean_nothing() {
        assert_eq!(decode(&job(&arg(), "+OK 5810f08d\n")), vec![]);
        assert_eq!(decode(&job("user/1000 &park()", "-ERR USER_BUSY\n")), vec![]);
        assert_eq!(decode(&job("{origination_uuid=short}x", "-ERR USER_BUSY\n")), vec![]);
        let mut strange = EslEvent::with_type(EslEventType::ChannelAnswer);
        strange.set_header("Unique-ID", "mine");
        assert_eq!(decode(&strange), vec![]);
        assert_eq!(decode(&EslEvent::with_type(EslEventType::Heartbeat)), vec![]);
    }

    #[test]
    fn a_bridge_without_its_two_names_is_not_guessed_at() {
        let mut event = EslEvent::with_type(EslEventType::ChannelBridge);
        event.set_header("Unique-ID", LEG);
        event.set_header("Bridge-A-Unique-ID", LEG);
        assert_eq!(decode(&event), vec![]);
    }
}
