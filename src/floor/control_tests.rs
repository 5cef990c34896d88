//! Stories of call control: hold, transfers, three-way calls.

use super::effect::{
    AgentAction, AgentStateKind, CallResult, CallStateKind, Effect, EndedBy, Fact, Notice, SpanKind,
    SwitchCommand, Tell, TransferOutcome,
};
use super::input::{
    AgentCommand, ChannelSnapshot, CommandName, DialMode, HangUp, Input, Keys, LegChange, LegLabel, Origin,
    Party, PhoneMode, StoredCall,
};
use super::refusal::{Hint, Refusal};
use super::tests::{CAMPAIGN, Story, bridged, bridges, hung_up, lead, restarted, rung};
use crate::base::ids::{AgentId, CallId, LegId};
use crate::base::phone::Dialable;

/// Agent 1 (off-hook) talks with a customer; agent 2 (on-hook) is ready.
pub(super) struct Talk {
    pub(super) s: Story,
    pub(super) call: CallId,
    pub(super) customer: LegId,
    pub(super) agent: LegId,
}

pub(super) fn talk(second: PhoneMode) -> Talk {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook, second]);
    let agent = s.off_hook_ready(1);
    let (call, customer) = s.leads(&["13800000001"])[0];
    s.leg(customer, LegChange::Answered);
    together(&mut s, customer, agent);
    s.leg(customer, LegChange::RecordingStarted { path: "/rec/a.wav".into() });
    assert_eq!(s.kind(1), AgentStateKind::Talking);
    if second == PhoneMode::OffHook {
        s.off_hook_ready(2);
    } else {
        s.ask(2, AgentCommand::LogIn);
        s.ask(2, AgentCommand::Ready);
    }
    assert_eq!(s.kind(2), AgentStateKind::Ready);
    Talk { s, call, customer, agent }
}

pub(super) fn together(s: &mut Story, a: LegId, b: LegId) {
    s.leg(a, LegChange::Bridged { other: b });
    s.leg(b, LegChange::Bridged { other: a });
}

impl Talk {
    /// The customer hears music, as the switch says it.
    pub(super) fn on_music(&mut self) {
        let (customer, agent) = (self.customer, self.agent);
        self.s.leg(agent, LegChange::Parked);
        self.s.leg(customer, LegChange::Unbridged { other: agent });
        self.s.leg(agent, LegChange::Unbridged { other: customer });
        self.s.leg(customer, LegChange::MusicStarted);
    }

    pub(super) fn state(&self) -> Option<CallStateKind> {
        self.s.floor.calls_live().into_iter().find(|call| call.call == self.call).map(|call| call.state)
    }

    fn may(&self, action: AgentAction) -> bool {
        self.s.floor.agent_live(AgentId(1)).expect("an agent").allowed.contains(&action)
    }

    /// Agent 1 consults agent 2, whose on-hook phone answers.
    pub(super) fn consult(&mut self) -> LegId {
        let effects = self.s.ask(1, consult(2));
        let colleague = rung(&effects).expect("the colleague's phone is rung");
        self.on_music();
        self.s.leg(colleague, LegChange::Ringing { early_media: false });
        self.s.leg(colleague, LegChange::Answered);
        together(&mut self.s, self.agent, colleague);
        assert_eq!(self.state(), Some(CallStateKind::Consulting));
        colleague
    }

    fn spans(&self) -> Vec<(SpanKind, Option<i64>)> {
        let span = |effect: &Effect| match effect {
            Effect::Record(Fact::CallSpan { kind, agent, .. }) => Some((*kind, agent.map(|a| a.0))),
            _ => None,
        };
        self.s.effects.iter().filter_map(span).collect()
    }

    fn outcomes(&self) -> Vec<TransferOutcome> {
        let outcome = |effect: &Effect| match effect {
            Effect::Record(Fact::TransferEnded { outcome, .. }) => Some(*outcome),
            _ => None,
        };
        self.s.effects.iter().filter_map(outcome).collect()
    }
}

pub(super) fn consult(agent: i64) -> AgentCommand {
    AgentCommand::Consult { to: Party::Agent(AgentId(agent)), note: Some("VIP".into()) }
}

fn transfer(agent: i64) -> AgentCommand {
    AgentCommand::Transfer { to: Party::Agent(AgentId(agent)), note: None }
}

fn outside() -> Party {
    Party::Outside(Dialable::new("02188888888").expect("digits"))
}

pub(super) fn answers(effects: &[Effect]) -> Vec<Option<Refusal>> {
    let answer = |effect: &Effect| match effect {
        Effect::Answer { refusal, .. } => Some(refusal.clone()),
        _ => None,
    };
    effects.iter().filter_map(answer).collect()
}

fn music(effects: &[Effect]) -> Vec<LegId> {
    let leg = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::PlayMusic { leg, .. }) => Some(*leg),
        _ => None,
    };
    effects.iter().filter_map(leg).collect()
}

pub(super) fn ended_by_customer() -> LegChange {
    LegChange::HungUp(HangUp::cause("NORMAL_CLEARING"))
}

#[test]
fn hold_is_done_when_the_music_plays_and_not_before() {
    let mut t = talk(PhoneMode::OnHook);
    let effects = t.s.ask(1, AgentCommand::Hold);
    assert_eq!((music(&effects), answers(&effects)), (vec![t.customer], vec![]));
    t.on_music();
    assert_eq!(t.s.kind(1), AgentStateKind::Hold);
    assert_eq!(t.state(), Some(CallStateKind::Held));
    assert_eq!(answers(&t.s.effects).last(), Some(&None));
    assert_eq!(answers(&t.s.ask(1, AgentCommand::Hold)), [None], "a second time changes nothing");
    let effects = t.s.ask(1, AgentCommand::Resume);
    assert_eq!(bridges(&effects), [(t.customer, t.agent)]);
    together(&mut t.s, t.customer, t.agent);
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::Talking, Some(CallStateKind::Talking)));
    assert_eq!(
        t.spans(),
        [
            (SpanKind::Waiting, None),
            (SpanKind::Talking, Some(1)),
            (SpanKind::Held, Some(1)),
            (SpanKind::Talking, Some(1))
        ]
    );
}

#[test]
fn held_time_is_no_talk_time() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.later(10_000);
    t.s.ask(1, AgentCommand::Hold);
    t.on_music();
    t.s.later(30_000);
    t.s.leg(t.customer, ended_by_customer());
    let talked = t.s.effects.iter().find_map(|effect| match effect {
        Effect::Record(Fact::CallEnded { talk_ms, .. }) => Some(*talk_ms),
        _ => None,
    });
    assert!(talked.is_some_and(|ms| (10_000..11_000).contains(&ms)), "{talked:?}");
    assert_eq!(t.s.kind(1), AgentStateKind::WrapUp);
}

#[test]
fn a_hold_that_the_switch_does_not_confirm_is_refused_and_undone() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.ask(1, AgentCommand::Hold);
    let effects = t.s.later(3_000);
    assert!(matches!(answers(&effects)[..], [Some(Refusal::NotConfirmed { .. })]), "{effects:?}");
    // The floor never heard that the two were taken apart: they still talk.
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::Talking, Some(CallStateKind::Talking)));
}

#[test]
fn two_requests_at_once_are_one_too_many() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.ask(1, AgentCommand::Hold);
    assert_eq!(answers(&t.s.ask(1, AgentCommand::Mute(true))), [Some(Refusal::StillBusy)]);
    t.on_music();
    assert_eq!(t.state(), Some(CallStateKind::Held));
}

#[test]
fn keys_and_silence_are_answered_by_what_proves_them() {
    let mut t = talk(PhoneMode::OnHook);
    let keys = AgentCommand::SendKeys(Keys::new("12#").expect("keys"));
    assert_eq!(answers(&t.s.ask(1, keys)), []);
    let done = Input::CommandDone { leg: t.customer, command: CommandName::SendKeys };
    assert_eq!(answers(&t.s.give(done)), [None]);
    t.s.ask(1, AgentCommand::Mute(true));
    assert_eq!(answers(&t.s.leg(t.agent, LegChange::Muted(true))), [None]);
    assert!(t.may(AgentAction::Unmute) && !t.may(AgentAction::Mute));
    t.s.ask(1, AgentCommand::PauseRecording(true));
    let refused =
        Input::CommandFailed { leg: t.customer, command: CommandName::Mask, reason: "-ERR no".into() };
    assert!(matches!(answers(&t.s.give(refused))[..], [Some(Refusal::SwitchRefused { .. })]));
    assert!(t.may(AgentAction::PauseRecording), "nothing was masked");
    // The next customer must hear the agent.
    let effects = t.s.leg(t.customer, ended_by_customer());
    assert!(effects.contains(&Effect::Switch(SwitchCommand::Mute { leg: t.agent, on: false })));
}

#[test]
fn a_consultation_swaps_and_completes() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = t.consult();
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::Hold, AgentStateKind::Talking));
    let effects = t.s.ask(1, AgentCommand::Swap);
    assert_eq!((music(&effects), bridges(&effects)), (vec![colleague], vec![]));
    t.s.leg(t.agent, LegChange::Parked);
    assert_eq!(bridges(&t.s.leg(colleague, LegChange::MusicStarted)), [(t.customer, t.agent)]);
    together(&mut t.s, t.customer, t.agent);
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::Talking, Some(CallStateKind::Aside)));
    let effects = t.s.ask(1, AgentCommand::CompleteTransfer);
    assert_eq!(bridges(&effects), [(t.customer, colleague)]);
    t.s.leg(t.agent, LegChange::Parked);
    together(&mut t.s, t.customer, colleague);
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::WrapUp, AgentStateKind::Talking));
    assert_eq!(t.outcomes(), [TransferOutcome::Completed]);
    let handed = t.s.effects.iter().any(
        |e| matches!(e, Effect::Record(Fact::CallHanded { agent: Some(AgentId(2)), leg, .. }) if *leg == colleague),
    );
    assert!(handed);
    t.s.leg(t.customer, ended_by_customer());
    assert_eq!(t.s.ended(), [(CallResult::Answered, EndedBy::Customer)]);
    assert_eq!(t.s.kind(2), AgentStateKind::WrapUp);
}

#[test]
fn the_colleague_sees_the_note_while_the_phone_rings() {
    let mut t = talk(PhoneMode::OnHook);
    let effects = t.s.ask(1, consult(2));
    let pop = effects.iter().position(|e| {
        matches!(e, Effect::Tell(Tell::ScreenPop { agent: AgentId(2), from: Some(AgentId(1)), note: Some(note), .. }) if note == "VIP")
    });
    let ring = effects.iter().position(|e| matches!(e, Effect::Switch(SwitchCommand::RingAgent { .. })));
    assert!(pop.is_some() && pop < ring, "{effects:?}");
}

#[test]
fn a_colleague_who_does_not_answer_brings_the_customer_back() {
    for (cause, outcome) in [
        ("USER_BUSY", TransferOutcome::Busy),
        ("CALL_REJECTED", TransferOutcome::Rejected),
        ("NO_ANSWER", TransferOutcome::NoAnswer),
        ("SUBSCRIBER_ABSENT", TransferOutcome::Unreachable),
    ] {
        let mut t = talk(PhoneMode::OnHook);
        let colleague = rung(&t.s.ask(1, transfer(2))).expect("rung");
        t.on_music();
        t.s.leg(colleague, LegChange::Ringing { early_media: false });
        let effects = t.s.leg(colleague, LegChange::HungUp(HangUp::cause(cause)));
        assert_eq!(bridges(&effects), [(t.customer, t.agent)], "{cause}");
        let told = Tell::Notice {
            agent: AgentId(1),
            call: Some(t.call),
            notice: Notice::TransferCameBack { outcome },
        };
        assert!(effects.contains(&Effect::Tell(told)), "{cause}: {effects:?}");
        together(&mut t.s, t.customer, t.agent);
        assert_eq!(t.state(), Some(CallStateKind::Talking));
        assert_eq!(t.s.kind(2), AgentStateKind::Unreachable);
    }
}

#[test]
fn a_blind_transfer_frees_the_sender_when_the_colleague_has_the_customer() {
    for phone in [PhoneMode::OnHook, PhoneMode::OffHook] {
        let mut t = talk(phone);
        let effects = t.s.ask(1, transfer(2));
        let colleague = rung(&effects);
        t.on_music();
        let colleague = colleague.unwrap_or_else(|| {
            bridges(&t.s.effects).last().map(|(_, other)| *other).expect("handed to the phone that is up")
        });
        t.s.leg(colleague, LegChange::Answered);
        together(&mut t.s, t.customer, colleague);
        assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::WrapUp, AgentStateKind::Talking));
        assert_eq!(answers(&t.s.effects).last(), Some(&None));
    }
}

#[test]
fn an_outside_party_gets_the_customer_and_the_call_ends_with_them() {
    let mut t = talk(PhoneMode::OnHook);
    let effects = t.s.ask(1, AgentCommand::Transfer { to: outside(), note: None });
    let third = effects.iter().find_map(|effect| match effect {
        Effect::Switch(SwitchCommand::DialThird { leg, .. }) => Some(*leg),
        _ => None,
    });
    let third = third.expect("the outside number is dialled");
    t.on_music();
    t.s.leg(third, LegChange::Answered);
    together(&mut t.s, t.customer, third);
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::WrapUp, Some(CallStateKind::Outside)));
    t.s.leg(third, ended_by_customer());
    t.s.leg(t.customer, ended_by_customer());
    assert_eq!(t.s.ended().len(), 1);
}

#[test]
fn three_talk_in_one_room_and_the_agent_may_leave() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = t.consult();
    let effects = t.s.ask(1, AgentCommand::Conference);
    let legs = vec![t.customer, t.agent, colleague];
    assert!(effects.contains(&Effect::Switch(SwitchCommand::JoinRoom { call: t.call, legs: legs.clone() })));
    for leg in legs {
        t.s.leg(leg, LegChange::JoinedRoom);
    }
    assert_eq!((t.s.kind(1), t.state()), (AgentStateKind::Talking, Some(CallStateKind::Conference)));
    let effects = t.s.ask(1, AgentCommand::CompleteTransfer);
    assert_eq!(bridges(&effects), [(t.customer, colleague)]);
    together(&mut t.s, t.customer, colleague);
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::WrapUp, AgentStateKind::Talking));
    // Nothing else would take the agent's phone out of the room.
    let leaves = SwitchCommand::Park { leg: t.agent, partner: None };
    assert!(t.s.effects.contains(&Effect::Switch(leaves)));
}

#[test]
fn a_colleague_left_over_in_the_room_is_not_taken_back_into_the_call() {
    let mut t = talk(PhoneMode::OffHook);
    t.s.ask(1, consult(2));
    t.on_music();
    let colleague = bridges(&t.s.effects).last().map(|(_, other)| *other).expect("the two are bridged");
    together(&mut t.s, t.agent, colleague);
    t.s.ask(1, AgentCommand::Conference);
    for leg in [t.customer, t.agent, colleague] {
        t.s.leg(leg, LegChange::JoinedRoom);
    }
    t.s.ask(1, AgentCommand::CancelTransfer);
    together(&mut t.s, t.customer, t.agent);
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::Talking, AgentStateKind::Ready));
    let phone = |agent| LegLabel::Agent { agent: AgentId(agent), nailed: true, call: None };
    let mut lingers = bridged(colleague, phone(2), t.agent);
    (lingers.bridged_to, lingers.in_room) = (None, Some(t.call));
    let channels = vec![
        bridged(t.customer, LegLabel::Customer { call: t.call }, t.agent),
        bridged(t.agent, phone(1), t.customer),
        lingers,
    ];
    t.s.give(Input::SwitchUp { core: "core-1".into(), channels });
    assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::Talking, AgentStateKind::Ready));
    assert_eq!((t.state(), t.outcomes()), (Some(CallStateKind::Talking), vec![TransferOutcome::Cancelled]));
}

#[test]
fn the_customer_may_leave_at_every_stage() {
    type Stage = fn(&mut Talk);
    let stages: [Stage; 6] = [
        |t| {
            t.s.ask(1, AgentCommand::Hold);
        },
        |t| {
            t.s.ask(1, AgentCommand::Hold);
            t.on_music();
        },
        |t| {
            t.s.ask(1, consult(2));
            t.on_music();
        },
        |t| {
            t.consult();
        },
        |t| {
            let colleague = t.consult();
            t.s.ask(1, AgentCommand::Swap);
            t.s.leg(colleague, LegChange::MusicStarted);
        },
        |t| {
            t.consult();
            t.s.ask(1, AgentCommand::CompleteTransfer);
        },
    ];
    for (number, stage) in stages.iter().enumerate() {
        let mut t = talk(PhoneMode::OnHook);
        stage(&mut t);
        t.s.leg(t.customer, ended_by_customer());
        assert_eq!(t.s.ended(), [(CallResult::Answered, EndedBy::Customer)], "stage {number}");
        assert_eq!(
            (t.s.kind(1), t.s.kind(2)),
            (AgentStateKind::WrapUp, AgentStateKind::Ready),
            "stage {number}"
        );
        assert_eq!(t.state(), None);
    }
}

#[test]
fn an_agent_may_end_the_call_at_every_stage() {
    for consulting in [false, true] {
        let mut t = talk(PhoneMode::OnHook);
        if consulting {
            t.consult();
        } else {
            t.s.ask(1, AgentCommand::Hold);
            t.on_music();
        }
        let effects = t.s.ask(1, AgentCommand::HangUp);
        assert!(hung_up(&effects).contains(&t.customer));
        assert_eq!(answers(&t.s.leg(t.customer, ended_by_customer())), [None]);
        assert_eq!(t.s.ended(), [(CallResult::Answered, EndedBy::Agent)]);
        assert_eq!((t.s.kind(1), t.s.kind(2)), (AgentStateKind::WrapUp, AgentStateKind::Ready));
    }
}

#[test]
fn late_news_of_the_conversation_before_ends_nothing() {
    let mut t = talk(PhoneMode::OnHook);
    let colleague = t.consult();
    t.s.ask(1, AgentCommand::CompleteTransfer);
    together(&mut t.s, t.customer, colleague);
    t.s.leg(t.customer, LegChange::Unbridged { other: t.agent });
    t.s.later(5_000);
    assert_eq!((t.s.kind(2), t.s.ended()), (AgentStateKind::Talking, vec![]));
}

/// The same news after a list of channels: of a hold that is over.
#[test]
fn legs_that_come_together_again_in_time_stay() {
    let mut t = talk(PhoneMode::OffHook);
    t.s.leg(t.customer, LegChange::Unbridged { other: t.agent });
    together(&mut t.s, t.customer, t.agent);
    t.s.later(5_000);
    assert_eq!((t.s.kind(1), t.s.ended()), (AgentStateKind::Talking, vec![]));
    let effects = t.s.leg(t.customer, LegChange::Unbridged { other: t.agent });
    assert!(hung_up(&effects).is_empty());
    assert!(hung_up(&t.s.later(5_000)).contains(&t.customer), "apart for good");
}

#[test]
fn a_colleague_who_is_not_ready_is_refused_in_words() {
    let mut t = talk(PhoneMode::OnHook);
    t.s.ask(2, AgentCommand::Pause { reason: "meal".into() });
    for to in [1, 2, 99] {
        assert!(matches!(answers(&t.s.ask(1, consult(to)))[..], [Some(Refusal::Target(_))]), "{to}");
    }
    assert_eq!(t.state(), Some(CallStateKind::Talking));
}

#[test]
fn after_a_restart_the_legs_say_what_was_wanted() {
    let music =
        |leg, label| ChannelSnapshot { on_music: true, ..ChannelSnapshot::new(leg, Some(label), true, None) };
    let (mut s, call, leg, phone) = restarted();
    let agent = LegLabel::Agent { agent: AgentId(1), nailed: true, call: None };
    s.give(Input::SwitchUp {
        core: "core-1".into(),
        channels: vec![
            music(leg, LegLabel::Customer { call }),
            ChannelSnapshot::new(phone, Some(agent.clone()), true, None),
        ],
    });
    assert_eq!(s.kind(1), AgentStateKind::Hold);
    let effects = s.ask(1, AgentCommand::Resume);
    assert_eq!(bridges(&effects), [(leg, phone)]);

    let (mut s, call, leg, phone) = restarted();
    let third = LegId(uuid::Uuid::from_u128(77));
    let number = Dialable::new("02188888888").expect("digits");
    s.give(Input::SwitchUp {
        core: "core-1".into(),
        channels: vec![
            music(leg, LegLabel::Customer { call }),
            bridged(phone, agent, third),
            bridged(third, LegLabel::Third { call, number }, phone),
        ],
    });
    let state = s.floor.calls_live()[0].state;
    assert_eq!((s.kind(1), state), (AgentStateKind::Hold, CallStateKind::Consulting));
    assert_eq!(bridges(&s.ask(1, AgentCommand::CompleteTransfer)), [(leg, third)]);
}

#[test]
fn a_customer_who_waits_again_waits_after_a_restart_too() {
    let (mut s, _, _, phone) = restarted();
    let id = uuid::Uuid::from_u128;
    let (call, leg) = (CallId(id(11)), LegId(id(12)));
    let stored = StoredCall {
        call,
        gateway: None,
        caller_id: None,
        leg,
        origin: Origin::Dialled { campaign: CAMPAIGN, lead: lead(2, "13800000002") },
        queue: None,
        started_at: s.now - 60_000,
        answered_at: Some(s.now - 50_000),
        connected: Some((AgentId(1), s.now - 49_000)),
        dropped: false,
        talked_ms: 20_000,
        span: (SpanKind::Waiting, None, s.now - 1_000),
        outside: false,
        recording: Some(("/rec/b.wav".into(), true)),
    };
    s.give(Input::RestoreCall(stored));
    let agent = LegLabel::Agent { agent: AgentId(1), nailed: true, call: None };
    let waits = ChannelSnapshot {
        on_music: true,
        ..ChannelSnapshot::new(leg, Some(LegLabel::Customer { call }), true, None)
    };
    let channels = vec![ChannelSnapshot::new(phone, Some(agent), true, None), waits];
    s.give(Input::SwitchUp { core: "core-1".into(), channels });
    s.ask(1, AgentCommand::Ready);
    assert_eq!(bridges(&s.effects).last(), Some(&(leg, phone)));
}

#[test]
fn nobody_who_is_logged_out_is_told_anything_but_to_log_in() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
    let keys = Keys::new("1").expect("a key");
    let commands = [
        AgentCommand::Ready,
        AgentCommand::Pause { reason: "meal".into() },
        AgentCommand::HangUp,
        AgentCommand::Answer,
        AgentCommand::Hold,
        AgentCommand::Resume,
        AgentCommand::Mute(true),
        AgentCommand::Mute(false),
        AgentCommand::SendKeys(keys),
        AgentCommand::PauseRecording(true),
        AgentCommand::PauseRecording(false),
        transfer(2),
        consult(2),
        AgentCommand::Transfer { to: outside(), note: None },
        AgentCommand::Swap,
        AgentCommand::CompleteTransfer,
        AgentCommand::CancelTransfer,
        AgentCommand::Conference,
        AgentCommand::Disposed { call: CallId(uuid::Uuid::from_u128(5)) },
    ];
    let refused = Refusal::WrongState { state: "logged_out", hint: Hint::LogInFirst };
    for switch_up in [true, false] {
        for command in &commands {
            let effects = s.ask(1, command.clone());
            assert_eq!(answers(&effects), [Some(refused.clone())], "{command:?}");
            assert_eq!(s.kind(1), AgentStateKind::LoggedOut);
        }
        assert_eq!(answers(&s.ask(1, AgentCommand::LogOut)), [None], "is so already");
        if switch_up {
            s.give(Input::SwitchDown { reason: "cut".into() });
        }
    }
    assert_eq!(answers(&s.ask(1, AgentCommand::LogIn)), [None]);
}
