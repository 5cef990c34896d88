//! Every channel that the switch has, and which of them are ours.
//!
//! In: the answers to `show channels as json` and `uuid_dump LEG json`. Out: [`ChannelSnapshot`]s. Pure; the link asks.

use crate::base::ids::{AgentId, LegId};
use crate::base::phone::Dialable;
use crate::floor::input::{ChannelSnapshot, LegLabel};
use crate::floor::queue::Arrival;
use serde::Deserialize;
use std::collections::HashMap;

/// An answer of the switch that is not what its version 1.10 says.
#[derive(Debug, thiserror::Error)]
#[error("the switch's list cannot be read: {0}")]
pub struct Unreadable(#[from] serde_json::Error);

/// The variable of a leg that was asked for a message, which is the last that it
/// is asked for.
pub const LEAVES_MESSAGE: &str = "tl_message";

/// The applications in which a leg hears music, or a message before it.
const MUSIC: [&str; 3] = ["endless_playback", "play_and_get_digits", "playback"];

#[derive(Deserialize)]
struct Shown<Row> {
    /// Missing when there is none.
    #[serde(default = "Vec::new")]
    rows: Vec<Row>,
}

/// The legs of `show channels as json`. Channels that others named, not with a
/// UUID, are left out.
pub fn channels(json: &str) -> Result<Vec<LegId>, Unreadable> {
    #[derive(Deserialize)]
    struct Row {
        uuid: String,
    }
    let shown: Shown<Row> = serde_json::from_str(json)?;
    Ok(shown.rows.iter().filter_map(|row| row.uuid.parse().ok()).collect())
}

/// One channel from its `uuid_dump LEG json`.
///
/// Who is bridged with whom is taken from here and not from `show
/// bridged_calls`, which is a database that lags behind by up to a second.
/// `signal_bond` alone will not do either: it stays after the bridge is gone
/// (tests/data/esl/transfer_attended.jsonl, 7405 ms), but then the channel is in
/// another state.
pub fn channel(leg: LegId, dump: &str) -> Result<ChannelSnapshot, Unreadable> {
    let dump: HashMap<String, serde_json::Value> = serde_json::from_str(dump)?;
    let text = |name: &str| dump.get(name).and_then(|v| v.as_str());
    let bridged = matches!(text("Channel-State"), Some("CS_EXCHANGE_MEDIA" | "CS_SOFT_EXECUTE"));
    let partner = text("variable_signal_bond").and_then(|v| v.parse().ok());
    // The variable names the last application that the leg executed itself, long
    // after a bridge took the leg out of it.
    let application =
        text("variable_current_application").filter(|_| text("Channel-State") == Some("CS_EXECUTE"));
    Ok(ChannelSnapshot {
        leg,
        label: label(|name| text(&format!("variable_{name}"))),
        answered: text("Answer-State") == Some("answered"),
        bridged_to: partner.filter(|_| bridged),
        on_music: application.is_some_and(|name| MUSIC.contains(&name)),
        in_room: text("variable_conference_name")
            .filter(|_| application == Some("conference"))
            .and_then(|room| room.parse().ok()),
        leaves_message: text(&format!("variable_{LEAVES_MESSAGE}")) == Some("true"),
        arrival: caller(text),
    })
}

/// A customer's call that the dialplan parked (freeswitch-conf/dialplan/trunk.xml)
/// and that is not ours yet, from the headers of an event or a dump.
pub fn arrival<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<Arrival> {
    if header("variable_tl_role").is_some() {
        return None;
    }
    caller(header)
}

/// A customer's call that came in over a trunk, ours or not yet. The number they
/// called is what the carrier asked for when the call came; transfers change
/// `Caller-Destination-Number`.
fn caller<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<Arrival> {
    if header("variable_tl_origin") != Some("trunk") {
        return None;
    }
    let called = header("variable_tl_called").or_else(|| header("Caller-Destination-Number"))?;
    let number = header("variable_tl_caller").or_else(|| header("Caller-Caller-ID-Number"));
    Some(Arrival {
        number: number.and_then(|number| Dialable::new(number).ok()),
        called: Dialable::new(called).ok()?,
        gateway: header("variable_sip_gateway").map(str::to_owned),
    })
}

/// Our label, from a channel's variables; `None` for a channel that is not
/// ours.
pub fn label<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Option<LegLabel> {
    let call = || variable("tl_call").and_then(|v| v.parse().ok());
    match variable("tl_role")? {
        "customer" => Some(LegLabel::Customer { call: call()? }),
        "third" => {
            let number = Dialable::new(variable("tl_number")?).ok()?;
            Some(LegLabel::Third { call: call()?, number })
        }
        "monitor" => {
            Some(LegLabel::Monitor { supervisor: AgentId(variable("tl_supervisor")?.parse().ok()?) })
        }
        "agent" => Some(LegLabel::Agent {
            agent: AgentId(variable("tl_agent")?.parse().ok()?),
            nailed: variable("tl_nailed") == Some("true"),
            call: call(),
        }),
        _ => None,
    }
}

/// Notices lost events: a leg that is known and not listed, or listed and not
/// known, in two roll calls in a row was missed by an event in between.
///
/// Event-Sequence cannot tell: the switch counts all events, also those that
/// we do not subscribe to, so it has gaps even when nothing is lost.
#[derive(Debug, Default)]
pub struct RollCall {
    known: std::collections::HashSet<LegId>,
    odd: std::collections::HashSet<LegId>,
}

impl RollCall {
    /// Starts anew with the legs that exist.
    pub fn reset(&mut self, legs: impl IntoIterator<Item = LegId>) {
        self.known = legs.into_iter().collect();
        self.odd.clear();
    }

    /// A leg was made.
    pub fn created(&mut self, leg: LegId) {
        self.known.insert(leg);
    }

    /// A leg is gone.
    pub fn gone(&mut self, leg: LegId) {
        self.known.remove(&leg);
    }

    /// Calls the roll; the number of legs whose events were lost.
    pub fn call(&mut self, listed: impl IntoIterator<Item = LegId>) -> usize {
        let listed: std::collections::HashSet<_> = listed.into_iter().collect();
        let odd: std::collections::HashSet<_> = self.known.symmetric_difference(&listed).copied().collect();
        let lost = odd.intersection(&self.odd).count();
        self.odd = odd;
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::CallId;
    use uuid::Uuid;

    fn leg(n: u128) -> LegId {
        LegId(Uuid::from_u128(n))
    }

    #[test]
    fn an_idle_switch_lists_nothing() {
        assert_eq!(channels("{\"row_count\": 0}\n").unwrap(), vec![]);
        assert!(channels("-ERR Database Error!\n").is_err());
    }

    #[test]
    fn a_partner_counts_only_in_a_state_of_being_bridged() {
        let bridged_to = |state: &str| {
            let dump = format!(
                r#"{{"Channel-State":"{state}","Answer-State":"answered","variable_signal_bond":"{}"}}"#,
                leg(2)
            );
            channel(leg(1), &dump).unwrap().bridged_to
        };
        assert_eq!(bridged_to("CS_EXCHANGE_MEDIA"), Some(leg(2)));
        assert_eq!(bridged_to("CS_SOFT_EXECUTE"), Some(leg(2)));
        assert_eq!(bridged_to("CS_PARK"), None);
        assert_eq!(bridged_to("CS_EXECUTE"), None);
    }

    #[test]
    fn music_and_room_count_only_while_the_leg_is_there() {
        let read = |state: &str, application: &str| {
            let dump = format!(
                r#"{{"Channel-State":"{state}","variable_current_application":"{application}",
                    "variable_conference_name":"{}"}}"#,
                leg(5)
            );
            let channel = channel(leg(1), &dump).unwrap();
            (channel.on_music, channel.in_room)
        };
        assert_eq!(read("CS_EXECUTE", "endless_playback"), (true, None));
        assert_eq!(read("CS_EXECUTE", "conference"), (false, Some(CallId(Uuid::from_u128(5)))));
        assert_eq!(read("CS_EXECUTE", "park"), (false, None));
        // Bridged from there by uuid_bridge, and parked after that.
        for state in ["CS_SOFT_EXECUTE", "CS_EXCHANGE_MEDIA", "CS_PARK"] {
            assert_eq!(read(state, "endless_playback"), (false, None));
            assert_eq!(read(state, "conference"), (false, None));
        }
    }

    #[test]
    fn a_label_needs_its_role_and_what_belongs_to_it() {
        let read = |pairs: &[(&str, &'static str)]| {
            let map: HashMap<String, &'static str> =
                pairs.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect();
            label(|name| map.get(name).copied())
        };
        let call = CallId(Uuid::from_u128(5));
        let id = "00000000-0000-0000-0000-000000000005";
        assert_eq!(read(&[("tl_role", "customer"), ("tl_call", id)]), Some(LegLabel::Customer { call }));
        assert_eq!(
            read(&[("tl_role", "agent"), ("tl_agent", "7"), ("tl_nailed", "true")]),
            Some(LegLabel::Agent { agent: AgentId(7), nailed: true, call: None })
        );
        assert_eq!(
            read(&[("tl_role", "agent"), ("tl_agent", "7"), ("tl_nailed", "false"), ("tl_call", id)]),
            Some(LegLabel::Agent { agent: AgentId(7), nailed: false, call: Some(call) })
        );
        assert_eq!(read(&[("tl_role", "customer")]), None);
        assert_eq!(read(&[("tl_role", "agent"), ("tl_agent", "x")]), None);
        assert_eq!(read(&[("tl_call", id)]), None);
    }

    #[test]
    fn a_leg_must_be_odd_twice_to_count_as_lost() {
        let mut roll = RollCall::default();
        roll.reset([leg(1), leg(2)]);
        roll.created(leg(3));
        // 3 is made, 1 is about to be reported gone: both only seem odd.
        assert_eq!(roll.call([leg(2)]), 0);
        roll.gone(leg(1));
        assert_eq!(roll.call([leg(2), leg(3)]), 0);
        // The end of 2 and the start of 4 are never reported.
        assert_eq!(roll.call([leg(3), leg(4)]), 0);
        assert_eq!(roll.call([leg(3), leg(4)]), 2);
        roll.reset([leg(3), leg(4)]);
        assert_eq!(roll.call([leg(3), leg(4)]), 0);
    }
}
