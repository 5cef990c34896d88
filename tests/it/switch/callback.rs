//! Callers who would rather be called back, on every switch: they press the key
//! while the music plays, keep their place, and are called when it is their turn.
//! The last story of `queues.rs`.

use super::queues::{CALLED, CUSTOMER, Callers, Centre, SERVICE, STAYS, queue};
use trunkline::base::ids::{AgentId, CallId};
use trunkline::floor::effect::{AgentStateKind, CallResult, Effect, Fact, SwitchCommand};
use trunkline::floor::input::{AgentCommand, Input};
use trunkline::floor::kept::{Callback, KeptFact, KeptOutcome};
use trunkline::floor::queue::{QueueOutcome, QueueProfile};

/// How long after the answer the customer of a real switch presses the key.
const PRESSES_AFTER_MS: u32 = 2_500;

/// The key is told while the music plays, the caller is hung up, and the agent who
/// becomes free talks with them: they are called back.
pub(super) async fn called_back(centre: &mut Centre, callers: &mut Callers) {
    let callback = Callback { offered: true, after_ms: 0, key: '5', ..Callback::default() };
    centre.ask(2, AgentCommand::Pause { reason: "break".into() });
    centre.is(2, AgentStateKind::Paused).await;
    centre.give(Input::queue(QueueProfile { callback, ..queue(SERVICE, &[2], CALLED, 60_000) }));
    let place = keeps_place(centre, callers, "13800138036").await;

    centre.ask(2, AgentCommand::Ready);
    let dialled = |effect: &Effect| match effect {
        Effect::Record(Fact::Kept(KeptFact::CallingBack { call, kept, .. })) => Some((*call, kept.clone())),
        _ => None,
    };
    let (call, kept) = centre.until("the call back", dialled).await;
    assert_eq!((kept.call, kept.number.as_str()), (place, "13800138036"));
    assert_eq!(centre.connected(call).await, AgentId(2));
    let over = |effect: &Effect| match effect {
        Effect::Record(Fact::Kept(KeptFact::Ended { place, outcome, by, .. })) => {
            Some((*place, *outcome, *by))
        }
        _ => None,
    };
    assert_eq!(centre.until("the end of the place", over).await, (place, KeptOutcome::Reached, Some(call)));
    callers.hears("1002", &[CUSTOMER]).await;
    centre.ask(2, AgentCommand::HangUp);
    assert_eq!(centre.ended(call).await, CallResult::Answered);
    centre.is(2, AgentStateKind::WrapUp).await;
}

/// Waits with music, presses a wrong key and the right one, and is hung up.
async fn keeps_place(centre: &mut Centre, callers: &mut Callers, number: &str) -> CallId {
    match callers {
        Callers::Simulated(_) => callers.call(number, CALLED, STAYS),
        Callers::Real { .. } => callers.call_as(number, CALLED, STAYS, |scenario| {
            let keys = [(1, '4'), (2, '5')].map(|(nth, key)| press(nth, key)).concat();
            scenario
                .replacen("  <recv request=\"BYE\"", &format!("{keys}  <recv request=\"BYE\""), 1)
                .replacen("CSeq: 2 BYE", "CSeq: 4 BYE", 1)
        }),
    }
    let call = centre.arrived().await;
    let offered = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::OfferKey { leg, .. }) => Some(*leg),
        _ => None,
    };
    let leg = centre.until("the offer", offered).await;
    if let Callers::Simulated(switch) = callers {
        let plays = |switch: &trunkline::sim::server::SimHandle| {
            let legs = switch.legs();
            let leg = legs.iter().find(|other| other.id() == leg);
            leg.and_then(|leg| leg.application.clone()).is_some_and(|app| app.name == "play_and_get_digits")
        };
        while !plays(switch) {
            tokio::task::yield_now().await;
        }
        switch.press(leg, '4');
        switch.press(leg, '5');
    }
    assert_eq!(centre.left_queue(call).await, QueueOutcome::CallbackKept);
    assert_eq!(centre.ended(call).await, CallResult::CallbackKept);
    call
}

/// A customer's phone tells of a key (RFC 2976).
fn press(nth: u32, key: char) -> String {
    format!(
        r#"  <pause milliseconds="{PRESSES_AFTER_MS}"/>
  <send retrans="500"><![CDATA[
INFO [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:NUMBER@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: {} INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={key}
Duration=160
]]></send>
  <recv response="200"/>
"#,
        nth + 1
    )
}
