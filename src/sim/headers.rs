//! A simulated event or leg as the headers of the Event Socket, with the names
//! and values that FreeSWITCH 1.10.12 gives them.
//!
//! In: a [`WorldEvent`] or a [`Leg`]. Out: pairs of name and plain value;
//! [`frame`] percent-encodes them for the wire. Headers that describe SIP and
//! RTP below the call (codecs, SDP, packet counts) are left out.

use crate::base::clock::Moment;
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{Leg, LegState, Origin};
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;

/// Names and plain values, in order.
pub type Headers = Vec<(String, String)>;

/// Who the simulated switch says it is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The id of the switch's process.
    pub core: Uuid,
    /// Its host's name.
    pub hostname: String,
    /// Since when it runs.
    pub started_at: Moment,
}

/// The headers that every event begins with.
pub fn preamble(identity: &Identity, name: &str, at: Moment, sequence: u64) -> Headers {
    let utc = at.to_utc();
    vec![
        pair("Event-Name", name),
        pair("Core-UUID", identity.core),
        pair("FreeSWITCH-Hostname", &identity.hostname),
        pair("FreeSWITCH-Switchname", &identity.hostname),
        pair("FreeSWITCH-IPv4", "127.0.0.1"),
        pair("FreeSWITCH-IPv6", "::1"),
        pair("Event-Date-Local", utc.format("%Y-%m-%d %H:%M:%S")),
        pair("Event-Date-GMT", utc.format("%a, %d %b %Y %H:%M:%S GMT")),
        pair("Event-Date-Timestamp", micros(Some(at))),
        pair("Event-Calling-File", "simulator"),
        pair("Event-Calling-Function", "simulator"),
        pair("Event-Calling-Line-Number", 1),
        pair("Event-Sequence", sequence),
    ]
}

/// The headers of an event of a leg, after the preamble.
pub fn of_event(event: &WorldEvent, leg: &Leg) -> Headers {
    let mut headers = of_leg(leg, Some(&event.kind));
    match &event.kind {
        EventKind::Execute { application, data } => {
            headers.push(pair("Application", application));
            if !data.is_empty() {
                headers.push(pair("Application-Data", data));
            }
        }
        EventKind::ExecuteComplete { application, data } => {
            headers.push(pair("Application", application));
            if !data.is_empty() {
                headers.push(pair("Application-Data", data));
            }
            // The switch calls music that was cut short an error.
            let response = if application == "endless_playback" { "PLAYBACK ERROR" } else { "_none_" };
            headers.push(pair("Application-Response", response));
        }
        EventKind::Dtmf { digit } => {
            headers.push(pair("DTMF-Digit", digit));
            headers.push(pair("DTMF-Duration", 2000));
        }
        EventKind::PlaybackStart { file } => headers.push(pair("Playback-File-Path", file)),
        EventKind::PlaybackStop { file } => {
            headers.push(pair("Playback-File-Path", file));
            headers.push(pair("Playback-Status", "done"));
        }
        EventKind::JoinedRoom { room } => in_room(&mut headers, "add-member", room),
        EventKind::LeftRoom { room } => in_room(&mut headers, "del-member", room),
        EventKind::RecordStart { path } => headers.push(pair("Record-File-Path", path)),
        EventKind::RecordStop { path, ms, .. } => {
            headers.push(pair("variable_record_samples", ms * 8));
            headers.push(pair("variable_record_seconds", ms / 1000));
            headers.push(pair("variable_record_ms", ms));
            headers.push(pair("Record-File-Path", path));
            headers.push(pair("Record-Completion-Cause", "success-maxtime"));
        }
        EventKind::MediaBugStart { function, target } | EventKind::MediaBugStop { function, target } => {
            headers.push(pair("Media-Bug-Function", function));
            headers.push(pair("Media-Bug-Target", target));
        }
        _ => {}
    }
    headers
}

fn in_room(headers: &mut Headers, action: &str, room: &str) {
    headers.push(pair("Event-Subclass", "conference::maintenance"));
    headers.push(pair("Conference-Name", room));
    headers.push(pair("Conference-Profile-Name", "trunkline"));
    headers.push(pair("Action", action));
}

/// The headers that describe a leg; `kind` is the event they are for, `None`
/// for a dump.
pub fn of_leg(leg: &Leg, kind: Option<&EventKind>) -> Headers {
    let origin = &leg.origin;
    let (state, number) = channel_state(leg, kind);
    let mut headers = Vec::with_capacity(100);
    if let Some(EventKind::Bridge { a, b } | EventKind::Unbridge { a, b }) = kind {
        headers.push(pair("Bridge-A-Unique-ID", a));
        headers.push(pair("Bridge-B-Unique-ID", b));
    }
    headers.extend([
        pair("Channel-State", state),
        pair("Channel-Call-State", call_state(leg, kind)),
        pair("Channel-State-Number", number),
        pair("Channel-Name", &origin.channel_name),
        pair("Unique-ID", origin.leg),
        pair("Call-Direction", direction(leg)),
        pair("Presence-Call-Direction", direction(leg)),
        pair("Channel-HIT-Dialplan", "false"),
        pair("Channel-Call-UUID", call_uuid(leg)),
        pair("Answer-State", answer_state(leg)),
    ]);
    if let Some(ending) = leg.ending {
        headers.push(pair("Hangup-Cause", ending.cause));
    }
    caller(&mut headers, leg);
    if let Some(other) = &leg.other {
        other_leg(&mut headers, &other.origin, if other.we_are_first { "originatee" } else { "originator" });
    }
    if kind != Some(&EventKind::Outgoing) {
        variables(&mut headers, leg, kind);
    }
    headers
}

/// The wire form: one encoded header a line, and an empty line.
pub fn frame(headers: &Headers, body: &str) -> String {
    let mut inner = String::with_capacity(4096);
    for (name, value) in headers {
        // Writing to a String cannot fail.
        let _ = write!(inner, "{name}: ");
        encode(value, &mut inner);
        inner.push('\n');
    }
    if !body.is_empty() {
        let _ = writeln!(inner, "Content-Length: {}", body.len());
    }
    inner.push('\n');
    inner.push_str(body);
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{inner}", inner.len())
}

fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

/// Percent-encodes what FreeSWITCH does.
fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte <= b' ' || byte >= 0x7f || b"#%&+:;<=>?@[\\]^`{|}\"".contains(&byte) {
            let _ = write!(into, "%{byte:02X}");
        } else {
            into.push(char::from(byte));
        }
    }
}

fn micros(at: Option<Moment>) -> i64 {
    at.map_or(0, |at| at.0 * 1000)
}

fn channel_state(leg: &Leg, kind: Option<&EventKind>) -> (&'static str, u8) {
    match kind {
        Some(EventKind::Outgoing) => return ("CS_NONE", 1),
        Some(EventKind::HangupComplete) => return ("CS_REPORTING", 11),
        Some(EventKind::Destroy) => return ("CS_REPORTING", 12),
        _ => {}
    }
    match leg.state {
        LegState::New => ("CS_INIT", 2),
        LegState::Ringing | LegState::Answered => ("CS_CONSUME_MEDIA", 7),
        LegState::Parked { by_application: true }
        | LegState::Eavesdropping { .. }
        | LegState::Music
        | LegState::InRoom
        | LegState::Sleeping => ("CS_EXECUTE", 4),
        LegState::Parked { by_application: false } => ("CS_PARK", 6),
        LegState::Joining => ("CS_EXECUTE", 8),
        LegState::Stranded => ("CS_SOFT_EXECUTE", 3),
        LegState::Bridged { a, .. } if a == leg.id() => ("CS_SOFT_EXECUTE", 3),
        LegState::Bridged { .. } => ("CS_EXCHANGE_MEDIA", 5),
        LegState::Ending => ("CS_HANGUP", 10),
    }
}

/// FreeSWITCH changes this state just after the event that is the reason.
fn call_state(leg: &Leg, kind: Option<&EventKind>) -> &'static str {
    match kind {
        Some(EventKind::Progress) => return "DOWN",
        Some(EventKind::Answer) => return "RINGING",
        _ => {}
    }
    match leg.state {
        LegState::New => "DOWN",
        LegState::Ringing => "RINGING",
        LegState::Ending => "HANGUP",
        _ if leg.held => "HELD",
        _ => "ACTIVE",
    }
}

/// `ringing`, `answered` or `hangup`.
pub fn answer_state(leg: &Leg) -> &'static str {
    match (leg.ending, leg.answered_at) {
        (Some(_), _) => "hangup",
        (None, Some(_)) => "answered",
        (None, None) => "ringing",
    }
}

/// Both legs of a bridge carry the first one's id as that of the call.
pub fn call_uuid(leg: &Leg) -> crate::base::ids::LegId {
    match leg.state {
        LegState::Bridged { a, .. } => a,
        _ => leg.id(),
    }
}

/// As the switch sees it: a customer's call comes in, everything else goes out.
pub fn direction(leg: &Leg) -> &'static str {
    if leg.is_inbound() { "inbound" } else { "outbound" }
}

/// On an answered leg that goes out the switch turns caller and callee around, because it
/// called them.
fn caller_number(leg: &Leg) -> &str {
    let turned = leg.answered_at.is_some() && !leg.is_inbound();
    if turned { leg.origin.target.number() } else { &leg.origin.caller_id }
}

fn callee_number(leg: &Leg) -> &str {
    let turned = leg.answered_at.is_some() && !leg.is_inbound();
    if turned { &leg.origin.caller_id } else { leg.origin.target.number() }
}

fn caller(headers: &mut Headers, leg: &Leg) {
    let origin = &leg.origin;
    headers.extend([
        pair("Caller-Direction", direction(leg)),
        pair("Caller-Logical-Direction", direction(leg)),
        pair("Caller-Caller-ID-Name", "Outbound Call"),
        pair("Caller-Caller-ID-Number", caller_number(leg)),
        pair("Caller-Orig-Caller-ID-Number", &origin.caller_id),
        pair("Caller-Callee-ID-Number", callee_number(leg)),
        pair("Caller-ANI", &origin.caller_id),
        pair("Caller-Destination-Number", origin.target.number()),
        pair("Caller-Unique-ID", origin.leg),
        pair("Caller-Source", "src/switch_ivr_originate.c"),
        pair("Caller-Context", "default"),
        pair("Caller-Channel-Name", &origin.channel_name),
        pair("Caller-Profile-Index", 1),
        pair("Caller-Profile-Created-Time", micros(Some(origin.created_at))),
        pair("Caller-Channel-Created-Time", micros(Some(origin.created_at))),
        pair("Caller-Channel-Answered-Time", micros(leg.answered_at)),
        pair("Caller-Channel-Progress-Time", micros(leg.progress_at)),
        pair("Caller-Channel-Progress-Media-Time", 0),
        pair("Caller-Channel-Hangup-Time", micros(leg.ending.map(|ending| ending.at))),
        pair("Caller-Channel-Transfer-Time", 0),
        pair("Caller-Channel-Resurrect-Time", 0),
        pair("Caller-Channel-Bridged-Time", micros(leg.bridged_at)),
        pair("Caller-Channel-Last-Hold", 0),
        pair("Caller-Channel-Hold-Accum", 0),
        pair("Caller-Screen-Bit", "true"),
        pair("Caller-Privacy-Hide-Name", "false"),
        pair("Caller-Privacy-Hide-Number", "false"),
    ]);
}

fn other_leg(headers: &mut Headers, origin: &Arc<Origin>, role: &str) {
    headers.extend([
        pair("Other-Type", role),
        pair("Other-Leg-Direction", "outbound"),
        pair("Other-Leg-Logical-Direction", "inbound"),
        pair("Other-Leg-Caller-ID-Name", "Outbound Call"),
        pair("Other-Leg-Caller-ID-Number", origin.target.number()),
        pair("Other-Leg-Orig-Caller-ID-Number", &origin.caller_id),
        pair("Other-Leg-Callee-ID-Number", &origin.caller_id),
        pair("Other-Leg-ANI", &origin.caller_id),
        pair("Other-Leg-Destination-Number", origin.target.number()),
        pair("Other-Leg-Unique-ID", origin.leg),
        pair("Other-Leg-Context", "default"),
        pair("Other-Leg-Channel-Name", &origin.channel_name),
        pair("Other-Leg-Channel-Created-Time", micros(Some(origin.created_at))),
    ]);
}

fn variables(headers: &mut Headers, leg: &Leg, kind: Option<&EventKind>) {
    for (name, value) in channel_variables(leg, kind) {
        headers.push((format!("variable_{name}"), value));
    }
}

/// The channel variables of a leg: the switch's own, then those set on it.
pub fn channel_variables(leg: &Leg, kind: Option<&EventKind>) -> Headers {
    let origin = &leg.origin;
    let mut variables = vec![
        pair("direction", direction(leg)),
        pair("is_outbound", !leg.is_inbound()),
        pair("uuid", origin.leg),
        pair("call_uuid", call_uuid(leg)),
        pair("session_id", origin.session),
        pair("channel_name", &origin.channel_name),
        pair("sip_profile_name", origin.channel_name.split('/').nth(1).unwrap_or_default()),
    ];
    variables.extend(leg.variables.iter().map(|(name, value)| (name.clone(), value.clone())));
    if leg.answered_at.is_some() {
        variables.push(pair("endpoint_disposition", "ANSWER"));
    }
    if let Some(app) = &leg.executed {
        variables.push(pair("current_application", &app.name));
        if !app.data.is_empty() {
            variables.push(pair("current_application_data", &app.data));
        }
    }
    if let Some(room) = &leg.room {
        variables.push(pair("conference_name", room));
    }
    if let Some(other) = &leg.other {
        variables.push(pair("bridge_channel", &other.origin.channel_name));
        variables.push(pair("bridge_uuid", other.origin.leg));
        // It outlives the bridge when the other leg died, not when this one
        // was sent elsewhere.
        if !matches!(leg.state, LegState::Music | LegState::InRoom | LegState::Eavesdropping { .. }) {
            variables.push(pair("signal_bond", other.origin.leg));
        }
        if leg.bridged_at.is_some() {
            variables.push(pair("last_bridge_to", other.origin.leg));
        }
        if let Some(cause) = other.hangup_cause {
            variables.push(pair("last_bridge_hangup_cause", cause));
            variables.push(pair("bridge_hangup_cause", cause));
        }
    }
    if matches!(kind, Some(EventKind::HangupComplete | EventKind::Destroy)) {
        times(&mut variables, leg);
    }
    ending(&mut variables, leg, kind);
    variables
}

fn ending(variables: &mut Headers, leg: &Leg, kind: Option<&EventKind>) {
    let Some(ending) = leg.ending else { return };
    if let Some(status) = ending.sip_status {
        variables.push(pair("sip_invite_failure_status", status));
        variables.push(pair("sip_term_status", status));
        variables.push(pair("proto_specific_hangup_cause", format!("sip:{status}")));
        variables.push(pair("sip_term_cause", q850(ending.cause)));
    }
    if matches!(kind, Some(EventKind::HangupComplete | EventKind::Destroy)) {
        variables.push(pair("hangup_cause", ending.cause));
        variables.push(pair("hangup_cause_q850", q850(ending.cause)));
        let disposition = match (ending.by_far_end, leg.answered_at.is_some()) {
            (true, true) => "recv_bye",
            (true, false) => "recv_refuse",
            (false, true) => "send_bye",
            (false, false) => "send_cancel",
        };
        variables.push(pair("sip_hangup_disposition", disposition));
    }
}

fn times(variables: &mut Headers, leg: &Leg) {
    let end = leg.ending.map(|ending| ending.at);
    let stamps = [
        ("start", Some(leg.origin.created_at)),
        ("answer", leg.answered_at),
        ("bridge", leg.bridged_at),
        ("progress", leg.progress_at),
        ("end", end),
    ];
    for (name, at) in stamps {
        if let Some(at) = at {
            variables.push(pair(&format!("{name}_stamp"), at.to_utc().format("%Y-%m-%d %H:%M:%S")));
        }
        variables.push(pair(&format!("{name}_epoch"), at.map_or(0, |at| at.0 / 1000)));
        variables.push(pair(&format!("{name}_uepoch"), micros(at)));
    }
    let between = |from: Option<Moment>| from.zip(end).map_or(0, |(from, end)| end.since_ms(from));
    let (whole, billed) = (between(Some(leg.origin.created_at)), between(leg.answered_at));
    variables.push(pair("duration", whole / 1000));
    variables.push(pair("mduration", whole));
    variables.push(pair("billsec", billed / 1000));
    variables.push(pair("billmsec", billed));
}

/// The Q.850 number of a cause.
pub fn q850(cause: &str) -> u16 {
    match cause {
        "UNALLOCATED_NUMBER" => 1,
        "NORMAL_CLEARING" => 16,
        "USER_BUSY" => 17,
        "NO_USER_RESPONSE" => 18,
        "NO_ANSWER" => 19,
        "SUBSCRIBER_ABSENT" => 20,
        "CALL_REJECTED" => 21,
        "DESTINATION_OUT_OF_ORDER" => 27,
        "NORMAL_TEMPORARY_FAILURE" => 41,
        "ORIGINATOR_CANCEL" => 487,
        "MANAGER_REQUEST" => 503,
        "USER_NOT_REGISTERED" => 606,
        "INVALID_GATEWAY" => 608,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_as_the_switch_does() {
        let mut text = String::new();
        encode("sofia/external/138@127.0.0.1:5093", &mut text);
        assert_eq!(text, "sofia/external/138%40127.0.0.1%3A5093");
        let mut text = String::new();
        encode("{a=1,b=2}x &park() 中\r\n", &mut text);
        assert_eq!(text, "%7Ba%3D1,b%3D2%7Dx%20%26park()%20%E4%B8%AD%0D%0A");
    }

    #[test]
    fn a_frame_counts_its_bytes() {
        let headers = vec![pair("Event-Name", "BACKGROUND_JOB")];
        let text = frame(&headers, "-ERR USER_BUSY\n");
        let (outer, inner) = text.split_once("\n\n").expect("two parts");
        assert!(outer.starts_with(&format!("Content-Length: {}\n", inner.len())));
        assert!(inner.ends_with("Content-Length: 15\n\n-ERR USER_BUSY\n"));
    }
}
