//! Command → line of text for the switch.
//!
//! In: a [`SwitchCommand`]. Out: the Event Socket commands that do it, or a
//! refusal. A command is one line of text in which a line break ends the
//! command, a brace or comma ends a variable, a quote or space shifts every
//! argument after it. So nothing from outside gets into a line but through
//! [`checked`], which lets through an alphabet without any of these.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::MonitorMode;
use crate::floor::make::Make;
use crate::switch::snapshot::LEAVES_MESSAGE;
use chrono::Datelike;
use uuid::Uuid;

/// How long the switch keeps an answered customer parked, in seconds, when
/// nothing comes from us: a customer must not hang in silence because Trunkline
/// is away. Far above every wait that a campaign allows.
const PARKED_CUSTOMER_SECONDS: u32 = 120;

/// What a customer on hold hears, until they are fetched; the switch puts its
/// own setting in.
const MUSIC: &str = "endless_playback:${hold_music}";
/// The same as a file.
const HOLD_MUSIC: &str = "${hold_music}";
/// How often music that has an end is played to one who may press a key.
const TRIES: u32 = 10_000;
/// What is heard after a wrong key.
const SILENCE: &str = "silence_stream://1";
/// What tells a caller to speak; a setting of the switch.
const BEEP: &str = "${voicemail_beep}";
/// The variable that tells with which agent a leg was last joined.
pub const WITH_AGENT: &str = "tl_with_agent";
/// The profile of rooms in which three talk (freeswitch-conf).
const ROOM_PROFILE: &str = "trunkline";
/// The volume at which nothing is heard.
const SILENT: i32 = -4;
/// Have a phone answer at once.
const CALL_INFO: &str = "<sip:trunkline>;answer-after=0";
const ALERT_INFO: &str = "<sip:trunkline>;info=alert-autoanswer;delay=0";
/// How long a key that we press lasts, in milliseconds.
const KEY_MS: u32 = 300;

/// What this installation adds to commands.
#[derive(Debug, Clone)]
pub struct Site {
    /// The SIP domain of the desk phones.
    pub domain: String,
    /// The folder of the recordings, as the switch sees it.
    pub recordings_dir: String,
}

/// One command for the Event Socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Answered at once, with the outcome.
    Api(String),
    /// The same for what only prepares the next line: if the leg it is about is
    /// gone, what follows is done all the same.
    Setting(String),
    /// May take long: answered at once with a job's id, the outcome follows as
    /// an event.
    Background(String),
}

/// A value that must not get into a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {value:?} holds a character that a switch command must not hold")]
pub struct Refused {
    /// Which value.
    pub what: &'static str,
    /// The value.
    pub value: String,
}

/// The lines that carry out a command, in order. A recording goes to the file
/// `recording` (see [`recording_path`] and [`voice_path`]).
pub fn encode(command: &SwitchCommand, site: &Site, recording: &str) -> Result<Vec<Line>, Refused> {
    Ok(match command {
        SwitchCommand::DialCustomer { call, leg, gateway, number, caller_id, ring_seconds } => {
            vec![dial_customer(*call, *leg, gateway, number, caller_id, *ring_seconds)?]
        }
        SwitchCommand::RingAgent { agent, leg, extension, caller_id, nailed, call, ring_seconds, make } => {
            let mut variables = Variables::new(*leg, caller_id, *ring_seconds)?;
            variables.wait_for_answer()?;
            variables.answer_by_itself(*make)?;
            vec![ring_agent(variables, *agent, extension, *nailed, *call, site)?]
        }
        SwitchCommand::Bridge { first, second, stays } => {
            stays.map(keep).into_iter().chain([Line::Api(format!("uuid_bridge {first} {second}"))]).collect()
        }
        SwitchCommand::DialThird { call, leg, gateway, number, caller_id, ring_seconds } => {
            vec![dial_third(*call, *leg, gateway, number, caller_id, *ring_seconds)?]
        }
        SwitchCommand::PlayMusic { leg, partner } => leave_bridge(*leg, *partner, MUSIC),
        SwitchCommand::Park { leg, partner } => leave_bridge(*leg, *partner, "park:"),
        SwitchCommand::JoinRoom { call, legs } => join_room(*call, legs),
        SwitchCommand::Mute { leg, on: true } => {
            vec![Line::Api(format!("uuid_audio {leg} start read mute {SILENT}"))]
        }
        SwitchCommand::Mute { leg, on: false } => vec![Line::Api(format!("uuid_audio {leg} stop"))],
        SwitchCommand::SendKeys { leg, keys } => {
            vec![Line::Api(format!("uuid_send_dtmf {leg} {}", keys.as_str()))]
        }
        SwitchCommand::MaskRecording { leg, path, on } => {
            let action = if *on { "mask" } else { "unmask" };
            vec![Line::Api(format!("uuid_record {leg} {action} {}", checked("recording path", path)?))]
        }
        SwitchCommand::AnswerPhone { leg } => vec![Line::Api(format!("uuid_phone_event {leg} talk"))],
        SwitchCommand::Monitor {
            supervisor,
            leg,
            extension,
            target,
            mode,
            phone_keys,
            ring_seconds,
            make,
        } => {
            let mut variables = Variables::new(*leg, extension, *ring_seconds)?;
            variables.wait_for_answer()?;
            variables.answer_by_itself(*make)?;
            if !phone_keys {
                variables.set("eavesdrop_enable_dtmf", "false")?;
            }
            vec![monitor(variables, *supervisor, extension, *target, *mode, site)?]
        }
        SwitchCommand::LabelAgent { leg, agent, call } => vec![Line::Api(format!(
            "uuid_setvar_multi {leg} tl_role=agent;tl_agent={agent};tl_nailed=false;tl_call={call};\
             hangup_after_bridge=true"
        ))],
        SwitchCommand::SetMonitorMode { leg, mode } => {
            vec![Line::Api(format!("uuid_recv_dtmf {leg} {}@{KEY_MS}", mode.key()))]
        }
        SwitchCommand::MoveMonitor { leg, target, mode } => {
            vec![Line::Api(format!("uuid_transfer {leg} {} inline", ear(*target, *mode)))]
        }
        SwitchCommand::AnswerCaller { leg, call } => answer_caller(*leg, *call),
        SwitchCommand::Entertain { leg, music } => vec![play(*leg, music.as_deref())?],
        SwitchCommand::OfferKey { leg, message, music, key } => {
            vec![offer_key(*leg, message.as_deref(), music.as_deref(), *key)?]
        }
        SwitchCommand::Announce { leg, sound } => {
            vec![Line::Api(format!("uuid_displace {leg} start {}", checked("sound", sound)?))]
        }
        // That it is over already is no failure.
        SwitchCommand::EndAnnouncement { leg, sound } => {
            vec![Line::Setting(format!("uuid_displace {leg} stop {}", checked("sound", sound)?))]
        }
        SwitchCommand::TurnAway { leg, message } => {
            let message = checked("message", message)?;
            vec![Line::Api(format!("uuid_transfer {leg} playback:{message},hangup:NORMAL_CLEARING inline"))]
        }
        SwitchCommand::TakeMessage { leg, greeting, seconds_max, .. } => {
            vec![take_message(*leg, greeting.as_deref(), *seconds_max, recording)?]
        }
        SwitchCommand::HangUp { leg, cause } => {
            vec![Line::Api(format!("uuid_kill {leg} {}", cause.as_str()))]
        }
        SwitchCommand::StartRecording { leg, .. } | SwitchCommand::RecordVoice { leg, .. } => {
            vec![Line::Api(format!("uuid_record {leg} start {}", checked("recording path", recording)?))]
        }
        SwitchCommand::StopRecording { leg } => vec![Line::Api(format!("uuid_record {leg} stop all"))],
        SwitchCommand::Check { leg } => vec![Line::Api(format!("uuid_exists {leg}"))],
    })
}

/// Notes on a leg with which agent it is joined: the leg of a desk phone that
/// is off the hook has a record of its own only when it ends, which may be
/// hours after the call.
pub fn name_agent(leg: LegId, agent: AgentId) -> Line {
    Line::Setting(format!("uuid_setvar {leg} {WITH_AGENT} {agent}"))
}

/// Reads the profile's gateways from the directory again; new ones start.
pub fn rescan_gateways() -> [Line; 2] {
    // Both ask Trunkline over HTTP, so they must not hold up this connection.
    [Line::Background("sofia profile external rescan".into()), Line::Background("reloadacl".into())]
}

/// Takes a gateway away. A rescan leaves a gateway alone that exists, so a
/// changed one is taken away first; done at once, so that a rescan right after
/// it brings the changed one.
pub fn forget_gateway(name: &str) -> Result<Line, Refused> {
    Ok(Line::Api(format!("sofia profile external killgw {}", checked("gateway", name)?)))
}

/// Where the recording of a call goes: a folder per day, and a name that
/// cannot be guessed from the call's id.
pub fn recording_path(site: &Site, call: CallId, at: Moment, secret: Uuid) -> String {
    format!("{}/{call}-{}.wav", folder_of_day(site, at), secret.simple())
}

/// Where what a supervisor says in a call goes. The name tells besides who
/// speaks and since when, in milliseconds since 1970.
pub fn voice_path(site: &Site, call: CallId, supervisor: AgentId, at: Moment, secret: Uuid) -> String {
    format!("{}/{call}-{}-{supervisor}-{}.wav", folder_of_day(site, at), secret.simple(), at.0)
}

fn folder_of_day(site: &Site, at: Moment) -> String {
    let (root, day) = (site.recordings_dir.trim_end_matches('/'), at.to_utc().date_naive());
    format!("{root}/{:04}/{:02}/{:02}", day.year(), day.month(), day.day())
}

fn dial_customer(
    call: CallId,
    leg: LegId,
    gateway: &str,
    number: &Dialable,
    caller_id: &Dialable,
    ring_seconds: u32,
) -> Result<Line, Refused> {
    let mut variables = Variables::new(leg, caller_id, ring_seconds)?;
    variables.park_while_ringing(ring_seconds);
    variables.set("tl_role", "customer")?;
    variables.set("tl_call", &call.to_string())?;
    // The call ends with the agent's leg instead of staying parked in silence,
    // and ends by itself when nobody fetches it.
    variables.set("hangup_after_bridge", "true")?;
    variables.set("park_timeout", &format!("{PARKED_CUSTOMER_SECONDS}:NORMAL_CLEARING"))?;
    // Left: the customer. Right: what the customer is sent.
    variables.set("RECORD_STEREO", "true")?;
    let gateway = checked("gateway", gateway)?;
    let number = checked("number", number.as_str())?;
    Ok(variables.originate(&format!("sofia/gateway/{gateway}/{number}")))
}

fn ring_agent(
    mut variables: Variables,
    agent: AgentId,
    extension: &Dialable,
    nailed: bool,
    call: Option<CallId>,
    site: &Site,
) -> Result<Line, Refused> {
    variables.set("tl_role", "agent")?;
    variables.set("tl_agent", &agent.to_string())?;
    variables.set("tl_nailed", if nailed { "true" } else { "false" })?;
    if let Some(call) = call {
        variables.set("tl_call", &call.to_string())?;
    }
    if nailed {
        // The leg outlives its calls. Both stay in force over any number of
        // bridges (tests/data/esl/transfer_attended.jsonl, from 2713 ms on).
        variables.set("park_after_bridge", "true")?;
        variables.set("hangup_after_bridge", "false")?;
    } else {
        variables.set("hangup_after_bridge", "true")?;
    }
    let extension = checked("extension", extension.as_str())?;
    let domain = checked("domain", &site.domain)?;
    Ok(variables.originate(&format!("user/{extension}@{domain}")))
}

/// Takes a leg out of a bridge or room to another application. The partner
/// left behind is parked by it; without these variables an on-hook phone would
/// be hung up.
fn leave_bridge(leg: LegId, partner: Option<LegId>, application: &str) -> Vec<Line> {
    let keep = partner.map(keep);
    let keep_own = Line::Setting(format!("uuid_setvar_multi {leg} park_timeout="));
    let own = application.starts_with("park:").then_some(keep_own);
    let go = Line::Api(format!("uuid_transfer {leg} {application} inline"));
    keep.into_iter().chain(own).chain([go]).collect()
}

/// A leg that is left is to be parked, not hung up.
fn keep(leg: LegId) -> Line {
    Line::Setting(format!("uuid_setvar_multi {leg} park_after_bridge=true;hangup_after_bridge=false"))
}

/// All legs into the call's room, one after the other: between two of them a
/// partner is left behind for a moment, and must outlive it. The first leaves
/// first, so it is never left.
fn join_room(call: CallId, legs: &[LegId]) -> Vec<Line> {
    let go = |leg: &LegId| Line::Api(format!("uuid_transfer {leg} conference:{call}@{ROOM_PROFILE} inline"));
    legs.iter().skip(1).copied().map(keep).chain(legs.iter().map(go)).collect()
}

/// A customer who called gets the variables that a dialled one has from the
/// start, and is answered.
fn answer_caller(leg: LegId, call: CallId) -> Vec<Line> {
    let variables = format!(
        "tl_role=customer;tl_call={call};hangup_after_bridge=true;RECORD_STEREO=true;\
         park_timeout={PARKED_CUSTOMER_SECONDS}:NORMAL_CLEARING"
    );
    vec![
        Line::Setting(format!("uuid_setvar_multi {leg} {variables}")),
        Line::Api(format!("uuid_answer {leg}")),
    ]
}

/// Music for one who waits.
fn play(leg: LegId, music: Option<&str>) -> Result<Line, Refused> {
    let application = match music {
        Some(music) => format!("endless_playback:{}", checked("music", music)?),
        None => MUSIC.to_owned(),
    };
    Ok(Line::Api(format!("uuid_transfer {leg} {application} inline")))
}

/// Music during which keys are told. `endless_playback` leaves them lying, so that
/// neither an event nor anybody hears of them (seen with 1.10.12); `playback` tells
/// of them and plays once. `play_and_get_digits` tells of each and plays again:
/// one digit, so many tries, the terminator that no phone has, no sound for a wrong
/// key. With the right one the music goes on until we have heard of it.
fn offer_key(leg: LegId, message: Option<&str>, music: Option<&str>, key: char) -> Result<Line, Refused> {
    let music = match music {
        Some(music) => checked("music", music)?.to_owned(),
        None => HOLD_MUSIC.to_owned(),
    };
    let message = match message {
        Some(message) => format!("playback:{},", checked("message", message)?),
        None => String::new(),
    };
    let digit = key.to_string();
    let key = checked("key", &digit)?;
    Ok(Line::Api(format!(
        "uuid_transfer {leg} '{message}play_and_get_digits:1 1 {TRIES} 1000 D {music} {SILENCE} tl_key {key},\
         endless_playback:{music}' inline"
    )))
}

/// Greeting, beep, recording, end: all of it in one order, so that a message is
/// taken even when nobody is there any more to say how it goes on. The file holds
/// what the caller says and nothing else, in one channel.
fn take_message(
    leg: LegId,
    greeting: Option<&str>,
    seconds_max: u32,
    recording: &str,
) -> Result<Line, Refused> {
    let file = checked("recording path", recording)?;
    let mut applications = vec![
        format!("set:{LEAVES_MESSAGE}=true"),
        "set:RECORD_STEREO=false".to_owned(),
        "set:RECORD_READ_ONLY=true".to_owned(),
    ];
    if let Some(greeting) = greeting {
        applications.push(format!("playback:{}", checked("greeting", greeting)?));
    }
    applications.push(format!("playback:{BEEP}"));
    applications.push(format!("record_session:{file}"));
    // Whoever is silent is still recorded.
    applications.push(format!("sleep:{}", u64::from(seconds_max) * 1_000));
    applications.push("hangup:NORMAL_CLEARING".to_owned());
    Ok(Line::Api(format!("uuid_transfer {leg} {} inline", applications.join(","))))
}

fn dial_third(
    call: CallId,
    leg: LegId,
    gateway: &str,
    number: &Dialable,
    caller_id: &Dialable,
    ring_seconds: u32,
) -> Result<Line, Refused> {
    let mut variables = Variables::new(leg, caller_id, ring_seconds)?;
    variables.wait_for_answer()?;
    variables.set("tl_role", "third")?;
    variables.set("tl_call", &call.to_string())?;
    variables.set("tl_number", number.as_str())?;
    // It ends with the customer once it has them.
    variables.set("hangup_after_bridge", "true")?;
    variables.set("park_timeout", &format!("{PARKED_CUSTOMER_SECONDS}:NORMAL_CLEARING"))?;
    let gateway = checked("gateway", gateway)?;
    Ok(variables.originate(&format!("sofia/gateway/{gateway}/{}", number.as_str())))
}

/// A supervisor's phone, which hears an agent's leg as soon as it answers.
fn monitor(
    mut variables: Variables,
    supervisor: AgentId,
    extension: &Dialable,
    target: LegId,
    mode: MonitorMode,
    site: &Site,
) -> Result<Line, Refused> {
    variables.set("tl_role", "monitor")?;
    variables.set("tl_supervisor", &supervisor.to_string())?;
    // A recording of this leg holds what they say and not what they hear.
    variables.set("RECORD_READ_ONLY", "true")?;
    let extension = checked("extension", extension.as_str())?;
    let domain = checked("domain", &site.domain)?;
    let application = format!("'{}' inline", ear(target, mode));
    Ok(variables.originate_to(&format!("user/{extension}@{domain}"), &application))
}

/// The applications of a supervisor's leg. Always the agent's leg is listened
/// to: on the customer's a whisper would get into the recording.
fn ear(target: LegId, mode: MonitorMode) -> String {
    match mode {
        MonitorMode::Listen => format!("eavesdrop:{target}"),
        MonitorMode::Whisper | MonitorMode::Barge => {
            format!("queue_dtmf:w{}@{KEY_MS},eavesdrop:{target}", mode.key())
        }
    }
}

/// Channel variables of an originate, `{a=1,b=2}`.
struct Variables(String);

impl Variables {
    fn new(leg: LegId, caller_id: &Dialable, ring_seconds: u32) -> Result<Self, Refused> {
        let mut variables = Self(format!("origination_uuid={leg}"));
        variables.set("origination_caller_id_number", caller_id.as_str())?;
        variables.set("origination_caller_id_name", caller_id.as_str())?;
        // The switch counts whole seconds and gives up as much as one early.
        variables.set("originate_timeout", &ring_seconds.saturating_add(1).to_string())?;
        Ok(variables)
    }

    /// The leg goes on when it is answered, and not before: without this, a
    /// ring-back tone sent as media would count as an answer.
    fn wait_for_answer(&mut self) -> Result<(), Refused> {
        self.set("ignore_early_media", "true")
    }

    /// The leg is parked as soon as it rings or sends media, so that it can be
    /// joined at the moment of its answer: a leg that is parked only then is so
    /// at the next tick of 20 ms, and a bridge ordered meanwhile is overrun. The
    /// switch's own time-out ends with the parking, so that another is set and
    /// lifted with the answer.
    fn park_while_ringing(&mut self, ring_seconds: u32) {
        let seconds = ring_seconds.saturating_add(1);
        self.0.push_str(&format!(
            ",return_ring_ready=true,execute_on_originate='sched_hangup +{seconds} NO_ANSWER',\
             execute_on_answer=sched_cancel"
        ));
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<(), Refused> {
        let value = checked(name, value)?;
        self.0.push_str(&format!(",{name}={value}"));
        Ok(())
    }

    /// Has the phone answer by itself, as its make wants to be told; see
    /// `floor/make.rs` for the table and where it comes from.
    fn answer_by_itself(&mut self, make: Make) -> Result<(), Refused> {
        let (call_info, alert_info) = match make {
            // Its Alert-Info only chooses a ring tone.
            Make::Grandstream => (Some(CALL_INFO), None),
            Make::Snom => (None, Some(ALERT_INFO)),
            // Compared as a whole with what the phone is provisioned with.
            Make::Poly => (None, Some("info=alert-autoanswer")),
            Make::Yealink | Make::Fanvil | Make::Other => (Some(CALL_INFO), Some(ALERT_INFO)),
        };
        call_info.map_or(Ok(()), |value| self.set("sip_h_Call-Info", value))?;
        alert_info.map_or(Ok(()), |value| self.set("sip_h_Alert-Info", value))
    }

    fn originate(self, endpoint: &str) -> Line {
        self.originate_to(endpoint, "&park()")
    }

    fn originate_to(self, endpoint: &str, application: &str) -> Line {
        Line::Background(format!("originate {{{}}}{endpoint} {application}", self.0))
    }
}

/// The one door for values into a command: letters and digits of ASCII and
/// `+ - _ . : ; = < > / @`. None of them ends or extends a command, a variable
/// or an argument; in particular no line break, NUL, space, quote, backslash,
/// brace, bracket, comma, `$`, `^` or `&`.
fn checked<'a>(what: &'static str, value: &'a str) -> Result<&'a str, Refused> {
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"+-_.:;=<>/@".contains(&b);
    if !value.is_empty() && value.bytes().all(harmless) {
        Ok(value)
    } else {
        Err(Refused { what, value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests;
