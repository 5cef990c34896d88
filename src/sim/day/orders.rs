//! A command of the floor as orders for the simulated switch: what the
//! production link says in text (`src/switch/encode.rs`), said to the world.

use crate::base::ids::LegId;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::{LegLabel, MonitorMode};
use crate::sim::apps::App;
use crate::sim::leg::Target;
use crate::sim::world::{Originate, WorldCommand};
use std::collections::BTreeMap;

/// The orders of a command, in their sequence. A check has none: it is a
/// question.
pub(super) fn orders(command: &SwitchCommand) -> Vec<WorldCommand> {
    match command {
        SwitchCommand::DialCustomer { .. }
        | SwitchCommand::RingAgent { .. }
        | SwitchCommand::DialThird { .. }
        | SwitchCommand::Monitor { .. } => {
            originate(command).map(WorldCommand::Originate).into_iter().collect()
        }
        SwitchCommand::Bridge { first, second, stays } => {
            let mut orders: Vec<WorldCommand> = stays.map(keep).into_iter().flatten().collect();
            orders.push(WorldCommand::Bridge { first: *first, second: *second });
            orders
        }
        SwitchCommand::PlayMusic { leg, partner } => {
            leave_bridge(*leg, *partner, App::new("endless_playback", "${hold_music}"))
        }
        SwitchCommand::Park { leg, partner } => leave_bridge(*leg, *partner, App::new("park", "")),
        SwitchCommand::JoinRoom { call, legs } => {
            let room = App::new("conference", &format!("{call}@trunkline"));
            let go = |leg: &LegId| WorldCommand::Transfer { leg: *leg, apps: vec![room.clone()] };
            legs.iter().skip(1).copied().flat_map(keep).chain(legs.iter().map(go)).collect()
        }
        SwitchCommand::Mute { leg, on } => vec![WorldCommand::Mute { leg: *leg, on: *on }],
        SwitchCommand::SendKeys { leg, .. } => vec![WorldCommand::SendKeys { leg: *leg }],
        SwitchCommand::MaskRecording { leg, path, on } => {
            vec![WorldCommand::Mask { leg: *leg, path: path.clone(), on: *on }]
        }
        SwitchCommand::AnswerPhone { leg } => vec![WorldCommand::AskToAnswer { leg: *leg }],
        SwitchCommand::LabelAgent { leg, agent, call } => {
            let pairs = [
                ("tl_role", "agent".to_owned()),
                ("tl_agent", agent.to_string()),
                ("tl_nailed", "false".to_owned()),
                ("tl_call", call.to_string()),
                ("hangup_after_bridge", "true".to_owned()),
            ];
            pairs.into_iter().map(|(name, value)| set(*leg, name, &value)).collect()
        }
        SwitchCommand::SetMonitorMode { leg, mode } => {
            vec![WorldCommand::TakeKeys { leg: *leg, keys: mode.key().to_string() }]
        }
        SwitchCommand::MoveMonitor { leg, target, mode } => {
            vec![WorldCommand::Transfer { leg: *leg, apps: ear(*target, *mode) }]
        }
        SwitchCommand::AnswerCaller { leg, call } => {
            let mut orders = vec![
                set(*leg, "tl_role", "customer"),
                set(*leg, "tl_call", &call.to_string()),
                set(*leg, "hangup_after_bridge", "true"),
                set(*leg, "park_timeout", "120:NORMAL_CLEARING"),
            ];
            orders.push(WorldCommand::AnswerCaller { leg: *leg });
            orders
        }
        SwitchCommand::Entertain { leg, music } => {
            let music = music.as_deref().unwrap_or("${hold_music}");
            vec![WorldCommand::Transfer { leg: *leg, apps: vec![App::new("endless_playback", music)] }]
        }
        SwitchCommand::OfferKey { leg, message, music, key } => {
            let music = music.as_deref().unwrap_or("${hold_music}");
            let asks = format!("1 1 10000 1000 D {music} silence_stream://1 tl_key {key}");
            let mut apps: Vec<App> = message.iter().map(|file| App::new("playback", file)).collect();
            apps.push(App::new("play_and_get_digits", &asks));
            apps.push(App::new("endless_playback", music));
            vec![WorldCommand::Transfer { leg: *leg, apps }]
        }
        SwitchCommand::Announce { leg, sound } => {
            vec![WorldCommand::Displace { leg: *leg, file: sound.clone(), on: true }]
        }
        SwitchCommand::EndAnnouncement { leg, sound } => {
            vec![WorldCommand::Displace { leg: *leg, file: sound.clone(), on: false }]
        }
        SwitchCommand::TurnAway { leg, message } => {
            vec![WorldCommand::Transfer { leg: *leg, apps: vec![App::new("playback", message)] }]
        }
        SwitchCommand::TakeMessage { leg, call, greeting, seconds_max } => {
            let variables = ["tl_message=true", "RECORD_STEREO=false", "RECORD_READ_ONLY=true"];
            let mut apps: Vec<App> = variables.iter().map(|variable| App::new("set", variable)).collect();
            apps.extend(greeting.as_deref().map(|greeting| App::new("playback", greeting)));
            apps.push(App::new("playback", "${voicemail_beep}"));
            apps.push(App::new("record_session", &format!("/recordings/{call}-message.wav")));
            apps.push(App::new("sleep", &(u64::from(*seconds_max) * 1_000).to_string()));
            vec![WorldCommand::Transfer { leg: *leg, apps }]
        }
        SwitchCommand::HangUp { leg, cause } => {
            vec![WorldCommand::Kill { leg: *leg, cause: cause.as_str() }]
        }
        SwitchCommand::StartRecording { leg, call } => {
            vec![WorldCommand::Record { leg: *leg, path: format!("/recordings/{call}.wav") }]
        }
        SwitchCommand::RecordVoice { leg, call, supervisor } => {
            vec![WorldCommand::Record { leg: *leg, path: format!("/recordings/{call}-{supervisor}.wav") }]
        }
        SwitchCommand::StopRecording { leg } => vec![WorldCommand::StopRecording { leg: *leg }],
        SwitchCommand::Check { .. } => Vec::new(),
    }
}

/// The leg that a command starts, and what is written on it.
pub(super) fn launched(command: &SwitchCommand) -> Option<(LegId, LegLabel)> {
    match command {
        SwitchCommand::DialCustomer { leg, call, .. } => Some((*leg, LegLabel::Customer { call: *call })),
        SwitchCommand::RingAgent { leg, agent, nailed, call, .. } => {
            Some((*leg, LegLabel::Agent { agent: *agent, nailed: *nailed, call: *call }))
        }
        SwitchCommand::DialThird { leg, call, number, .. } => {
            Some((*leg, LegLabel::Third { call: *call, number: number.clone() }))
        }
        SwitchCommand::Monitor { leg, supervisor, .. } => {
            Some((*leg, LegLabel::Monitor { supervisor: *supervisor }))
        }
        _ => None,
    }
}

fn set(leg: LegId, name: &str, value: &str) -> WorldCommand {
    WorldCommand::SetVariable { leg, name: name.to_owned(), value: value.to_owned() }
}

/// A leg that is left is to be parked, not hung up.
fn keep(leg: LegId) -> [WorldCommand; 2] {
    [set(leg, "park_after_bridge", "true"), set(leg, "hangup_after_bridge", "false")]
}

fn leave_bridge(leg: LegId, partner: Option<LegId>, app: App) -> Vec<WorldCommand> {
    let mut orders: Vec<WorldCommand> = partner.map(keep).into_iter().flatten().collect();
    if app.name == "park" {
        orders.push(set(leg, "park_timeout", ""));
    }
    orders.push(WorldCommand::Transfer { leg, apps: vec![app] });
    orders
}

fn ear(target: LegId, mode: MonitorMode) -> Vec<App> {
    let listen = App::new("eavesdrop", &target.to_string());
    match mode {
        MonitorMode::Listen => vec![listen],
        MonitorMode::Whisper | MonitorMode::Barge => {
            vec![App::new("queue_dtmf", &format!("w{}@300", mode.key())), listen]
        }
    }
}

fn originate(command: &SwitchCommand) -> Option<Originate> {
    let park = vec![App::new("park", "")];
    let (leg, target, caller_id, ring_seconds, apps, pairs) = match command {
        SwitchCommand::DialCustomer { call, leg, gateway, number, caller_id, ring_seconds } => {
            let target = Target::Customer { gateway: gateway.clone(), number: number.to_string() };
            let pairs = vec![
                ("tl_role", "customer".to_owned()),
                ("tl_call", call.to_string()),
                ("return_ring_ready", "true".to_owned()),
                ("hangup_after_bridge", "true".to_owned()),
                ("park_timeout", "120:NORMAL_CLEARING".to_owned()),
            ];
            (leg, target, caller_id, ring_seconds, park, pairs)
        }
        SwitchCommand::RingAgent { agent, leg, extension, caller_id, nailed, call, ring_seconds, .. } => {
            let target = Target::Phone { extension: extension.to_string() };
            let mut pairs = vec![
                ("tl_role", "agent".to_owned()),
                ("tl_agent", agent.to_string()),
                ("tl_nailed", nailed.to_string()),
                ("park_after_bridge", nailed.to_string()),
                ("hangup_after_bridge", (!nailed).to_string()),
            ];
            pairs.extend(call.map(|call| ("tl_call", call.to_string())));
            (leg, target, caller_id, ring_seconds, park, pairs)
        }
        SwitchCommand::DialThird { call, leg, gateway, number, caller_id, ring_seconds } => {
            let target = Target::Customer { gateway: gateway.clone(), number: number.to_string() };
            let pairs = vec![
                ("tl_role", "third".to_owned()),
                ("tl_call", call.to_string()),
                ("tl_number", number.to_string()),
                ("hangup_after_bridge", "true".to_owned()),
                ("park_timeout", "120:NORMAL_CLEARING".to_owned()),
            ];
            (leg, target, caller_id, ring_seconds, park, pairs)
        }
        SwitchCommand::Monitor {
            supervisor, leg, extension, target, mode, phone_keys, ring_seconds, ..
        } => {
            let phone = Target::Phone { extension: extension.to_string() };
            let mut pairs =
                vec![("tl_role", "monitor".to_owned()), ("tl_supervisor", supervisor.to_string())];
            pairs.push(("RECORD_READ_ONLY", "true".to_owned()));
            if !phone_keys {
                pairs.push(("eavesdrop_enable_dtmf", "false".to_owned()));
            }
            (leg, phone, extension, ring_seconds, ear(*target, *mode), pairs)
        }
        _ => return None,
    };
    Some(Originate {
        leg: *leg,
        target,
        caller_id: caller_id.to_string(),
        ring_seconds: *ring_seconds,
        apps,
        variables: pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        job: Some(leg.0),
    })
}
