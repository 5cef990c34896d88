//! Calls on every switch and what goes wrong with them: the floor itself behind
//! the production link, three agents, and a customer who hangs up at every stage
//! of a call, colleagues and numbers that cannot be reached, a sender who leaves,
//! phones that vanish, commands that come twice, at once or too late, and a
//! supervisor who goes away.
//!
//! The real one runs when `TRUNKLINE_REAL_SWITCH=1`, as in the contract.

use super::exam::{AGENT, COLLEAGUE, CUSTOMER, MUSIC, PhoneDoes, Place, SUPERVISOR, Telephones, number};
use super::queues::Centre;
use super::rig::{Desk, PATIENCE, PHONES};
use std::fmt::Debug;
use trunkline::base::clock::{self, Moment};
use trunkline::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId};
use trunkline::floor::Floor;
use trunkline::floor::calling::{CallingTimes, FOREVER};
use trunkline::floor::effect::{
    AgentAction, AgentStateKind, CallResult, CallStateKind, Effect, EndedBy, Fact, SwitchCommand,
    TransferOutcome,
};
use trunkline::floor::input::{
    AgentCommand, AgentProfile, CampaignProfile, DialMode, Input, Lead, MonitorMode, Party, PhoneMode,
    SupervisorCommand, Ticket, WindowCounts,
};
use trunkline::floor::preview::PreviewRules;
use trunkline::floor::refusal::Refusal;
use trunkline::floor::trunks::Standing;

const CAMPAIGN: CampaignId = CampaignId(1);
/// Who has the call, who is asked, who listens.
const SENDER: i64 = 1;
const OTHER: i64 = 2;
const LISTENER: i64 = 3;
const BUSY: PhoneDoes = PhoneDoes::Refuse(486, "USER_BUSY");
const REJECTS: PhoneDoes = PhoneDoes::Refuse(603, "CALL_REJECTED");

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_wrong_on_the_simulated_switch() {
    go_wrong(Place::simulated().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_wrong_on_a_real_switch() {
    if let Some(place) = Place::real().await {
        go_wrong(place).await;
    }
}

async fn go_wrong(place: Place) {
    let mut desk = Desk::start(place.port, &place.work);
    let up @ Input::SwitchUp { .. } = desk.next().await else { panic!("up") };
    let mut centre = Centre::new(Floor::new(11), desk);
    for (phone, agent) in PHONES.iter().zip([SENDER, OTHER, LISTENER]) {
        let mode = if agent == SENDER { PhoneMode::OffHook } else { PhoneMode::OnHook };
        centre.give(Input::AgentProfile(AgentProfile::new(AgentId(agent), number(phone), mode)));
    }
    centre.give(up);
    let mut day = Day { centre, people: place.people, leads: 0 };
    day.dial_over("line", &[SENDER]);
    for agent in [SENDER, OTHER] {
        day.centre.ask(agent, AgentCommand::LogIn);
        day.centre.ask(agent, AgentCommand::Ready);
        day.is(agent, AgentStateKind::Ready).await;
    }

    nobody_is_there(&mut day).await;
    a_phone_rings_for_a_customer_who_leaves(&mut day).await;
    for stage in Stage::ALL {
        the_customer_leaves(&mut day, stage).await;
    }
    for (phone, outcome) in [
        (BUSY, TransferOutcome::Busy),
        (REJECTS, TransferOutcome::Rejected),
        (PhoneDoes::RingOn, TransferOutcome::NoAnswer),
    ] {
        for attended in [true, false] {
            a_colleague_is_not_reached(&mut day, phone, attended, outcome).await;
        }
    }
    the_colleague_leaves_in_the_middle(&mut day).await;
    the_sender_leaves_in_the_middle(&mut day).await;
    commands_at_once_twice_and_too_late(&mut day).await;
    a_supervisor_goes_away(&mut day).await;
    numbers_outside_are_not_reached(&mut day).await;
}

/// Where a call stands when the customer hangs up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Talking,
    Held,
    /// The colleague's phone rings, and is to be asked first.
    Ringing,
    Consulting,
    Aside,
    Conference,
    /// The colleague's phone rings, and the sender is out of it.
    RingingBlind,
    HandedOver,
}

impl Stage {
    const ALL: [Stage; 8] = [
        Stage::Talking,
        Stage::Held,
        Stage::Ringing,
        Stage::Consulting,
        Stage::Aside,
        Stage::Conference,
        Stage::RingingBlind,
        Stage::HandedOver,
    ];
}

struct Day {
    centre: Centre,
    people: Telephones,
    leads: i64,
}

#[derive(Clone, Copy)]
struct Conversation {
    call: CallId,
    customer: LegId,
    /// What was told before it.
    from: usize,
}

impl Day {
    /// The campaign's trunk and agents from now on.
    fn dial_over(&mut self, gateway: &str, agents: &[i64]) {
        self.centre.give(Input::Campaign(CampaignProfile {
            campaign: CAMPAIGN,
            running: true,
            mode: DialMode::Progressive,
            ratio_permille: 1_000,
            preview: PreviewRules::default(),
            agents: agents.iter().map(|agent| AgentId(*agent)).collect(),
            gateway: gateway.into(),
            caller_id: number("02112345678"),
            caller_id_pool: None,
            ring_seconds: 30,
            wrap_up_seconds: 0,
            drop_cap_permille: 900,
            cap_window_hours: 24,
            cap_group: None,
            drop_after_ms: 30_000,
            wait_ms_max: 30_000,
            drop_message: None,
            lines_max: 10,
            times: CallingTimes::between(Moment(0), FOREVER),
            standing: Standing::default(),
            counted: vec![(clock::now(), WindowCounts { answered: 100, dropped: 0 })],
        }));
    }

    /// Lets things happen until this was told, after `from`.
    async fn told<T>(&mut self, from: usize, what: &str, fits: impl Fn(&Effect) -> Option<T>) -> T {
        let mut read = from;
        let search = async {
            loop {
                while read < self.centre.told.len() {
                    read += 1;
                    if let Some(found) = fits(&self.centre.told[read - 1]) {
                        return found;
                    }
                }
                self.centre.step().await;
            }
        };
        tokio::time::timeout(PATIENCE + PATIENCE, search)
            .await
            .unwrap_or_else(|_| panic!("{what} never came"))
    }

    /// Lets things happen until the call is in this state.
    async fn stands(&mut self, call: CallId, state: CallStateKind) {
        let mut now = None;
        let reached = async {
            loop {
                now = self
                    .centre
                    .floor
                    .calls_live()
                    .iter()
                    .find(|live| live.call == call)
                    .map(|live| live.state);
                if now == Some(state) {
                    return;
                }
                assert!(now.is_some(), "the call ended before {state:?}");
                self.centre.step().await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE + PATIENCE, reached).await;
        assert!(in_time.is_ok(), "{now:?} and never {state:?}");
    }

    /// Lets things happen until the agent is in this state.
    async fn is(&mut self, agent: i64, kind: AgentStateKind) {
        let mut now = None;
        let reached = async {
            while now != Some(kind) {
                now = self.centre.floor.agent_live(AgentId(agent)).map(|live| live.kind);
                if now != Some(kind) {
                    self.centre.step().await;
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE + PATIENCE, reached).await;
        assert!(in_time.is_ok(), "{agent} is {now:?} and never {kind:?}");
    }

    /// Lets things happen until the sender may do this.
    async fn may(&mut self, action: AgentAction) {
        let allowed = async {
            while !self.centre.floor.agent_live(AgentId(SENDER)).unwrap().allowed.contains(&action) {
                self.centre.step().await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE + PATIENCE, allowed).await;
        assert!(in_time.is_ok(), "{action:?} was never allowed");
    }

    async fn answer(&mut self, ticket: Ticket) -> Option<Refusal> {
        let answered = |effect: &Effect| match effect {
            Effect::Answer { ticket: which, refusal } if *which == ticket => Some(refusal.clone()),
            _ => None,
        };
        self.told(0, "the answer", answered).await
    }

    /// The sender wants this, and it is done when it is answered.
    async fn done(&mut self, command: AgentCommand) {
        let ticket = self.centre.ask(SENDER, command.clone());
        assert_eq!(self.answer(ticket).await, None, "{command:?}");
    }

    async fn refused(&mut self, command: AgentCommand) {
        let ticket = self.centre.ask(SENDER, command.clone());
        let refusal = self.answer(ticket).await;
        assert!(refusal.is_some(), "{command:?} was done");
    }

    /// A customer is dialled who answers.
    async fn dial(&mut self) -> Conversation {
        let from = self.centre.told.len();
        self.leads += 1;
        let customer = format!("139{:06}30", self.leads);
        let lead = Lead {
            lead: LeadId(self.leads),
            customer: CustomerId(self.leads),
            number: number(&customer),
            e164: format!("+86{customer}"),
            until: None,
            place: None,
        };
        self.centre.give(Input::Leads { campaign: CAMPAIGN, leads: vec![lead] });
        let dialled = |effect: &Effect| match effect {
            Effect::Switch(SwitchCommand::DialCustomer { call, leg, .. }) => Some((*call, *leg)),
            _ => None,
        };
        let (call, customer) = self.told(from, "the attempt", dialled).await;
        Conversation { call, customer, from }
    }

    /// The sender talks with a customer.
    async fn talk(&mut self) -> Conversation {
        self.ready(SENDER).await;
        let talk = self.dial().await;
        self.stands(talk.call, CallStateKind::Talking).await;
        self.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
        talk
    }

    /// The telephones hear just these tones, while the floor works on.
    async fn hear(&mut self, expected: &[(&str, &[u64])]) {
        let Day { centre, people, .. } = self;
        let heard = people.hear(expected);
        tokio::pin!(heard);
        loop {
            tokio::select! {
                biased;
                () = &mut heard => return,
                _ = centre.step() => {}
            }
        }
    }

    async fn ready(&mut self, agent: i64) {
        let now = self.centre.floor.agent_live(AgentId(agent)).map(|live| live.kind);
        if now != Some(AgentStateKind::Ready) {
            self.centre.ask(agent, AgentCommand::Ready);
            self.is(agent, AgentStateKind::Ready).await;
        }
    }

    async fn customer_hangs_up(&mut self, talk: Conversation) {
        self.people.hang_up("line", talk.customer).await;
    }

    async fn sender_hangs_up(&mut self, talk: Conversation) {
        let connected = |effect: &Effect| match effect {
            Effect::Record(Fact::CallConnected { call, agent_leg, .. }) if *call == talk.call => {
                Some(*agent_leg)
            }
            _ => None,
        };
        let sender = self.told(talk.from, "the connection", connected).await;
        self.people.hang_up("1001", sender).await;
    }

    async fn ended(&mut self, talk: Conversation) -> (CallResult, EndedBy) {
        let ended = |effect: &Effect| match effect {
            Effect::Record(Fact::CallEnded { call, result, ended_by, .. }) if *call == talk.call => {
                Some((*result, *ended_by))
            }
            _ => None,
        };
        self.told(talk.from, "the end of the call", ended).await
    }

    async fn outcome(&mut self, talk: Conversation) -> TransferOutcome {
        let outcome = |effect: &Effect| match effect {
            Effect::Record(Fact::TransferEnded { call, outcome, .. }) if *call == talk.call => Some(*outcome),
            _ => None,
        };
        self.told(talk.from, "the end of the transfer", outcome).await
    }

    /// The leg of a colleague's phone that rings for the call.
    async fn rung(&mut self, talk: Conversation, agent: i64) -> LegId {
        let rung = |effect: &Effect| match effect {
            Effect::Switch(SwitchCommand::RingAgent { agent: who, leg, .. }) if who.0 == agent => Some(*leg),
            _ => None,
        };
        self.told(talk.from, "the colleague's phone", rung).await
    }

    /// The call is over for everybody, and nothing of it is left on a phone.
    async fn all_is_quiet(&mut self) {
        self.is(SENDER, AgentStateKind::WrapUp).await;
        self.people.does("1002", PhoneDoes::Answer).await;
        self.hear(&[("1001", &[]), ("1002", &[])]).await;
    }

    async fn ends_with_the_customer(&mut self, talk: Conversation, when: impl Debug) {
        self.customer_hangs_up(talk).await;
        assert_eq!(self.ended(talk).await, (CallResult::Answered, EndedBy::Customer), "{when:?}");
        self.all_is_quiet().await;
    }
}

fn colleague() -> Party {
    Party::Agent(AgentId(OTHER))
}

fn consult() -> AgentCommand {
    AgentCommand::Consult { to: colleague(), note: None }
}

fn transfer() -> AgentCommand {
    AgentCommand::Transfer { to: colleague(), note: None }
}

/// The only agent goes away while it rings; the customer answers and gives up.
async fn nobody_is_there(day: &mut Day) {
    let talk = day.dial().await;
    day.centre.ask(SENDER, AgentCommand::Pause { reason: "break".into() });
    day.stands(talk.call, CallStateKind::Waiting).await;
    day.customer_hangs_up(talk).await;
    let (result, by) = day.ended(talk).await;
    assert_eq!((result, by), (CallResult::AbandonedEarly, EndedBy::Customer));
    assert_eq!(day.centre.floor.agent_live(AgentId(SENDER)).unwrap().kind, AgentStateKind::Paused);
}

/// An on-hook phone is rung for a customer who hangs up before it is answered.
async fn a_phone_rings_for_a_customer_who_leaves(day: &mut Day) {
    day.people.does("1002", PhoneDoes::RingOn).await;
    day.dial_over("line", &[OTHER]);
    let talk = day.dial().await;
    day.stands(talk.call, CallStateKind::Connecting).await;
    day.rung(talk, OTHER).await;
    day.customer_hangs_up(talk).await;
    assert_eq!(day.ended(talk).await, (CallResult::AbandonedEarly, EndedBy::Customer));
    day.is(OTHER, AgentStateKind::Ready).await;
    day.people.does("1002", PhoneDoes::Answer).await;
    day.dial_over("line", &[SENDER]);
}

async fn the_customer_leaves(day: &mut Day, stage: Stage) {
    day.ready(OTHER).await;
    if matches!(stage, Stage::Ringing | Stage::RingingBlind) {
        day.people.does("1002", PhoneDoes::RingOn).await;
    }
    let talk = day.talk().await;
    match stage {
        Stage::Talking => {}
        Stage::Held => {
            day.done(AgentCommand::Hold).await;
            day.hear(&[("line", &[MUSIC]), ("1001", &[])]).await;
        }
        Stage::Ringing | Stage::RingingBlind => {
            day.centre.ask(SENDER, if stage == Stage::Ringing { consult() } else { transfer() });
            day.stands(talk.call, CallStateKind::Transferring).await;
            day.rung(talk, OTHER).await;
            day.hear(&[("line", &[MUSIC])]).await;
        }
        Stage::Consulting | Stage::Aside | Stage::Conference => {
            day.done(consult()).await;
            day.stands(talk.call, CallStateKind::Consulting).await;
            day.may(AgentAction::Swap).await;
            day.hear(&[("line", &[MUSIC]), ("1001", &[COLLEAGUE]), ("1002", &[AGENT])]).await;
            if stage == Stage::Aside {
                day.done(AgentCommand::Swap).await;
                day.hear(&[("line", &[AGENT]), ("1002", &[MUSIC])]).await;
            }
            if stage == Stage::Conference {
                day.done(AgentCommand::Conference).await;
                day.hear(&[("line", &[AGENT, COLLEAGUE]), ("1002", &[CUSTOMER, AGENT])]).await;
            }
        }
        Stage::HandedOver => {
            day.done(transfer()).await;
            day.is(OTHER, AgentStateKind::Talking).await;
            day.hear(&[("line", &[COLLEAGUE]), ("1002", &[CUSTOMER]), ("1001", &[])]).await;
        }
    }
    day.ends_with_the_customer(talk, stage).await;
    let after = if stage == Stage::HandedOver { AgentStateKind::WrapUp } else { AgentStateKind::Ready };
    day.is(OTHER, after).await;
    if matches!(stage, Stage::Talking | Stage::Held) {
        return;
    }
    let expected =
        if stage == Stage::HandedOver { TransferOutcome::Completed } else { TransferOutcome::CustomerLeft };
    assert_eq!(day.outcome(talk).await, expected, "{stage:?}");
}

/// The customer comes back to the sender, who is told why.
async fn a_colleague_is_not_reached(
    day: &mut Day,
    phone: PhoneDoes,
    attended: bool,
    outcome: TransferOutcome,
) {
    day.ready(OTHER).await;
    day.people.does("1002", phone).await;
    let talk = day.talk().await;
    day.centre.ask(SENDER, if attended { consult() } else { transfer() });
    assert_eq!(day.outcome(talk).await, outcome, "{phone:?} {attended}");
    day.stands(talk.call, CallStateKind::Talking).await;
    day.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    day.ends_with_the_customer(talk, outcome).await;
}

/// The colleague hangs up while they are asked: the customer is the sender's.
async fn the_colleague_leaves_in_the_middle(day: &mut Day) {
    day.ready(OTHER).await;
    let talk = day.talk().await;
    day.done(consult()).await;
    day.may(AgentAction::Swap).await;
    day.hear(&[("1001", &[COLLEAGUE])]).await;
    let leg = day.rung(talk, OTHER).await;
    day.people.hang_up("1002", leg).await;
    assert_eq!(day.outcome(talk).await, TransferOutcome::LeftEarly);
    day.stands(talk.call, CallStateKind::Talking).await;
    day.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    day.ends_with_the_customer(talk, "the colleague left").await;
}

/// The sender's phone hangs up: the call ends, or is the colleague's who is asked.
async fn the_sender_leaves_in_the_middle(day: &mut Day) {
    let talk = day.talk().await;
    day.sender_hangs_up(talk).await;
    assert_eq!(day.ended(talk).await, (CallResult::Answered, EndedBy::Agent));
    day.all_is_quiet().await;
    for swapped in [false, true] {
        day.ready(OTHER).await;
        let talk = day.talk().await;
        day.done(consult()).await;
        day.may(AgentAction::Swap).await;
        day.hear(&[("line", &[MUSIC]), ("1001", &[COLLEAGUE])]).await;
        if swapped {
            day.done(AgentCommand::Swap).await;
            day.hear(&[("line", &[AGENT]), ("1002", &[MUSIC])]).await;
        }
        day.sender_hangs_up(talk).await;
        assert_eq!(day.outcome(talk).await, TransferOutcome::Completed, "swapped: {swapped}");
        day.hear(&[("line", &[COLLEAGUE]), ("1002", &[CUSTOMER])]).await;
        day.is(OTHER, AgentStateKind::Talking).await;
        day.ends_with_the_customer(talk, "handed over").await;
        day.is(OTHER, AgentStateKind::WrapUp).await;
    }
}

async fn commands_at_once_twice_and_too_late(day: &mut Day) {
    let talk = day.talk().await;
    // At once: the second waits for nothing.
    let first = day.centre.ask(SENDER, AgentCommand::Hold);
    let second = day.centre.ask(SENDER, AgentCommand::Mute(true));
    assert_eq!(day.answer(second).await, Some(Refusal::StillBusy));
    assert_eq!(day.answer(first).await, None);
    // Twice: it is on hold already, and stays so.
    day.done(AgentCommand::Hold).await;
    day.hear(&[("line", &[MUSIC])]).await;
    day.done(AgentCommand::Resume).await;
    day.done(AgentCommand::Resume).await;
    day.hear(&[("line", &[AGENT])]).await;
    // Of a call whose customer hangs up in the same moment: answered within the
    // deadline, and not "done" unless the music came first.
    day.customer_hangs_up(talk).await;
    let too_late = day.centre.ask(SENDER, AgentCommand::Hold);
    if let Some(refusal) = day.answer(too_late).await {
        let code = refusal.code();
        let fits = ["call_ended", "switch_refused", "no_conversation", "not_confirmed"].contains(&code);
        assert!(fits, "{code}");
    }
    assert_eq!(day.ended(talk).await, (CallResult::Answered, EndedBy::Customer));
    day.all_is_quiet().await;
    for command in [AgentCommand::Hold, consult(), transfer()] {
        day.refused(command).await;
    }
}

/// The supervisor's phone goes away while they barge: the two talk on.
async fn a_supervisor_goes_away(day: &mut Day) {
    let talk = day.talk().await;
    let ticket = day.centre.ticket();
    let command = SupervisorCommand::Monitor {
        agent: AgentId(SENDER),
        mode: MonitorMode::Barge,
        may: vec![MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge],
    };
    day.centre.give(Input::Supervisor { supervisor: AgentId(LISTENER), command, ticket });
    assert_eq!(day.answer(ticket).await, None);
    let barges = |effect: &Effect| match effect {
        Effect::Record(Fact::Monitored { call, mode: Some(MonitorMode::Barge), .. })
            if *call == talk.call =>
        {
            Some(())
        }
        _ => None,
    };
    day.told(talk.from, "the barge", barges).await;
    day.hear(&[("line", &[AGENT, SUPERVISOR]), ("1001", &[CUSTOMER, SUPERVISOR])]).await;
    let ear = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::Monitor { leg, .. }) => Some(*leg),
        _ => None,
    };
    let ear = day.told(talk.from, "the supervisor's phone", ear).await;
    day.people.hang_up("1003", ear).await;
    let gone = |effect: &Effect| match effect {
        Effect::Record(Fact::Monitored { call, mode: None, .. }) if *call == talk.call => Some(()),
        _ => None,
    };
    day.told(talk.from, "the end of the barge", gone).await;
    day.hear(&[("line", &[AGENT]), ("1001", &[CUSTOMER])]).await;
    day.ends_with_the_customer(talk, "the supervisor left").await;
}

/// Numbers outside that are busy, refuse, or do not exist: the customer comes
/// back to the sender. One that answers takes the customer along.
async fn numbers_outside_are_not_reached(day: &mut Day) {
    day.dial_over("customers", &[SENDER]);
    for (outside, outcome) in [
        ("13800138086", TransferOutcome::Busy),
        ("13800138003", TransferOutcome::Rejected),
        ("13800138004", TransferOutcome::Unreachable),
    ] {
        for attended in [true, false] {
            day.ready(SENDER).await;
            let talk = day.dial().await;
            day.stands(talk.call, CallStateKind::Talking).await;
            let (to, note) = (Party::Outside(number(outside)), None);
            let command = if attended {
                AgentCommand::Consult { to, note }
            } else {
                AgentCommand::Transfer { to, note }
            };
            day.centre.ask(SENDER, command);
            assert_eq!(day.outcome(talk).await, outcome, "{outside} {attended}");
            day.stands(talk.call, CallStateKind::Talking).await;
            day.done(AgentCommand::HangUp).await;
            assert_eq!(day.ended(talk).await, (CallResult::Answered, EndedBy::Agent));
            day.is(SENDER, AgentStateKind::WrapUp).await;
        }
    }
}
