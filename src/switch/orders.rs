//! What the link must know of the floor's commands beside their text.
//!
//! In: a command, or its name. Out: whether its reply is its proof, which leg it
//! starts, its name in the metrics. Pure.

use crate::floor::effect::SwitchCommand;
use crate::floor::input::{CommandName, LegLabel};

/// Keys sent and silence in a recording leave no event.
pub(super) fn proved_by_reply(name: CommandName) -> bool {
    matches!(name, CommandName::SendKeys | CommandName::Mask)
}

/// The label that a command gives to the leg it starts, and how long it rings.
pub(super) fn launched(command: &SwitchCommand) -> Option<(LegLabel, u32)> {
    match command {
        SwitchCommand::DialCustomer { call, ring_seconds, .. } => {
            Some((LegLabel::Customer { call: *call }, *ring_seconds))
        }
        SwitchCommand::RingAgent { agent, nailed, call, ring_seconds, .. } => {
            Some((LegLabel::Agent { agent: *agent, nailed: *nailed, call: *call }, *ring_seconds))
        }
        SwitchCommand::DialThird { call, number, ring_seconds, .. } => {
            Some((LegLabel::Third { call: *call, number: number.clone() }, *ring_seconds))
        }
        SwitchCommand::Monitor { supervisor, ring_seconds, .. } => {
            Some((LegLabel::Monitor { supervisor: *supervisor }, *ring_seconds))
        }
        _ => None,
    }
}

pub(super) fn metric_name(name: CommandName) -> &'static str {
    match name {
        CommandName::Originate => "originate",
        CommandName::Bridge => "bridge",
        CommandName::HangUp => "hang_up",
        CommandName::Record => "record",
        CommandName::StopRecording => "stop_recording",
        CommandName::Exists => "exists",
        CommandName::Move => "move",
        CommandName::Mute => "mute",
        CommandName::SendKeys => "send_keys",
        CommandName::Mask => "mask",
        CommandName::Answer => "answer",
        CommandName::Monitor => "monitor",
        CommandName::Announce => "announce",
    }
}
