//! The switch's own record of a leg, as mod_json_cdr posts it.
//!
//! In: the JSON body (plain values: `encode-values` is off in our
//! configuration). Out: a [`LegCdr`]. Only the leg's own times, cause and label
//! are taken from it: the numbers in a record of a parked and bridged call are
//! wrong (signalwire/freeswitch #2117).

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, LegId};
use crate::floor::input::{HangUp, LegLabel};
use crate::switch::encode::WITH_AGENT;
use crate::switch::snapshot::label;
use serde_json::Value;

/// A leg's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegCdr {
    /// Which leg.
    pub leg: LegId,
    /// Our variables on it; `None` for a leg that is not ours.
    pub label: Option<LegLabel>,
    /// When the channel was made.
    pub started_at: Moment,
    /// When the far end answered.
    pub answered_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Moment,
    /// Why it ended.
    pub hang_up: HangUp,
    /// The last leg it was bridged to.
    pub bridged_to: Option<LegId>,
    /// The agent whose leg that was, as we noted it on this one.
    pub with_agent: Option<AgentId>,
    /// When it was first bridged.
    pub bridged_at: Option<Moment>,
}

/// Why a body is not a leg's record.
#[derive(Debug, thiserror::Error)]
pub enum CdrRefused {
    /// Not JSON.
    #[error("the call record is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// A variable is missing, or not what it should be.
    #[error("the call record has no usable {0}")]
    Missing(&'static str),
}

/// Reads the body that the switch posts.
pub fn parse(body: &str) -> Result<LegCdr, CdrRefused> {
    read(&serde_json::from_str(body)?)
}

/// Reads a body that was kept.
pub fn read(body: &Value) -> Result<LegCdr, CdrRefused> {
    let variables = body.get("variables").ok_or(CdrRefused::Missing("variables"))?;
    let text = |name: &str| variables.get(name).and_then(Value::as_str);
    let leg_named = |name| text(name).and_then(|v| v.parse().ok());
    // Microseconds since 1970; 0 stands for never.
    let moment = |name| {
        let us: i64 = text(name)?.parse().ok()?;
        (us > 0).then_some(Moment(us / 1000))
    };
    Ok(LegCdr {
        leg: leg_named("uuid").ok_or(CdrRefused::Missing("uuid"))?,
        label: label(text),
        started_at: moment("start_uepoch").ok_or(CdrRefused::Missing("start_uepoch"))?,
        answered_at: moment("answer_uepoch"),
        ended_at: moment("end_uepoch").ok_or(CdrRefused::Missing("end_uepoch"))?,
        hang_up: HangUp {
            cause: text("hangup_cause").ok_or(CdrRefused::Missing("hangup_cause"))?.to_owned(),
            sip_status: text("sip_term_status").and_then(|s| s.parse().ok()),
            ..HangUp::default()
        },
        bridged_to: leg_named("last_bridge_to").or_else(|| leg_named("bridge_uuid")),
        with_agent: text(WITH_AGENT).and_then(|v| v.parse().ok()).map(AgentId),
        bridged_at: first_bridged(body),
    })
}

/// Each part of the call flow has its times, in microseconds since 1970; 0
/// stands for never.
fn first_bridged(body: &Value) -> Option<Moment> {
    let parts = body.get("callflow")?.as_array()?;
    let bridged = |part: &Value| part.get("times")?.get("bridged_time")?.as_str()?.parse::<i64>().ok();
    parts.iter().filter_map(bridged).filter(|us| *us > 0).min().map(|us| Moment(us / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::CallId;
    use serde_json::json;
    use uuid::Uuid;

    const LEG: &str = "7cf7c6e8-f08b-430b-9e36-ccdb645d38ad";
    const AGENT_LEG: &str = "530cc6b7-c674-4ce6-a177-d24a1490569c";

    fn record() -> Value {
        json!({"core-uuid": "c", "switchname": "s", "variables": {
            "uuid": LEG, "tl_role": "customer", "tl_call": "00000000-0000-0000-0000-000000000005",
            "start_uepoch": "1795420054790226", "answer_uepoch": "1795420056290227",
            "end_uepoch": "1795420060000999", "hangup_cause": "NORMAL_CLEARING",
            "last_bridge_to": AGENT_LEG, "tl_with_agent": "7"},
            "callflow": [
                {"times": {"bridged_time": "1795420057500000"}},
                {"times": {"bridged_time": "1795420056350000"}},
                {"times": {"bridged_time": "0"}}]})
    }

    #[test]
    fn an_answered_and_bridged_leg() {
        let expect = LegCdr {
            leg: LEG.parse().unwrap(),
            label: Some(LegLabel::Customer { call: CallId(Uuid::from_u128(5)) }),
            started_at: Moment(1_795_420_054_790),
            answered_at: Some(Moment(1_795_420_056_290)),
            ended_at: Moment(1_795_420_060_000),
            hang_up: HangUp::cause("NORMAL_CLEARING"),
            bridged_to: Some(AGENT_LEG.parse().unwrap()),
            with_agent: Some(AgentId(7)),
            bridged_at: Some(Moment(1_795_420_056_350)),
        };
        assert_eq!(parse(&record().to_string()).unwrap(), expect);
    }

    #[test]
    fn a_leg_that_was_busy_and_is_not_ours() {
        let mut record = record();
        let variables = record["variables"].as_object_mut().unwrap();
        variables.retain(|name, _| !name.starts_with("tl_") && name != "last_bridge_to");
        variables.insert("answer_uepoch".into(), "0".into());
        variables.insert("hangup_cause".into(), "USER_BUSY".into());
        variables.insert("sip_term_status".into(), "486".into());
        let cdr = parse(&record.to_string()).unwrap();
        assert_eq!((cdr.label, cdr.answered_at, cdr.bridged_to), (None, None, None));
        assert_eq!(cdr.hang_up, HangUp { sip_status: Some(486), ..HangUp::cause("USER_BUSY") });
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["uuid", "start_uepoch", "end_uepoch", "hangup_cause"] {
            let mut record = record();
            record["variables"].as_object_mut().unwrap().remove(name);
            let error = parse(&record.to_string()).unwrap_err();
            assert!(matches!(error, CdrRefused::Missing(what) if what == name), "{error}");
        }
        assert!(matches!(parse("cdr=%7B%7D"), Err(CdrRefused::NotJson(_))));
        assert!(matches!(parse("{}"), Err(CdrRefused::Missing("variables"))));
    }
}
