//! What was asked of the switch and is not answered yet.
//!
//! In: requests, whose lines are sent at once, and the session's own questions.
//! Out: for the floor, what came of each. Nothing here waits for an answer: the
//! session takes them as they come, between events.

use super::{ORIGINATE_GRACE_MS, Pending, Session};
use crate::base::clock;
use crate::base::ids::LegId;
use crate::base::limits;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::{CommandName, Input, LegLabel};
use crate::floor::phone::PhoneNews;
use crate::switch::encode::{self, Line};
use crate::switch::link::Request;
use crate::switch::orders::{launched, metric_name, proved_by_reply};
use crate::switch::problem::{Problem, address};
use crate::switch::wire::{self, CHANNELS, CORE, Failure};
use crate::switch::{meters, registrations, snapshot};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use std::future::Future;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// What is not answered yet.
pub(super) type UnderWay = FuturesUnordered<BoxFuture<'static, Answered>>;

/// What was asked.
enum Question {
    /// A command of the floor, of this leg.
    Command(LegId, CommandName),
    /// Whether the switch is there.
    IsThere,
    /// Which channels there are.
    Roll,
    /// Which phones are registered.
    Phones,
    /// Something that no leg waits for.
    Aside(Line),
}

/// What came of it.
pub(in crate::switch) struct Answered {
    question: Question,
    answer: Result<String, Failure>,
}

impl Session<'_> {
    /// Does what the floor asks.
    pub(super) fn carry_out(&mut self, request: Request) {
        match request {
            Request::Command { command, at_once } => {
                if let Some(command) = self.hold_back(command, at_once) {
                    self.send(&command, at_once);
                }
            }
            Request::RescanGateways => self.rescan_gateways(),
            Request::ForgetGateway(name) => match encode::forget_gateway(&name) {
                Ok(line) => self.ask(line.clone(), Question::Aside(line), "gateways"),
                Err(refused) => tracing::error!(%refused, "a gateway cannot be taken away"),
            },
        }
    }

    /// Lets the switch read its gateways again.
    pub(super) fn rescan_gateways(&mut self) {
        for line in encode::rescan_gateways() {
            self.ask(line.clone(), Question::Aside(line), "gateways");
        }
    }

    /// Sends a command of the floor.
    pub(super) fn send(&mut self, command: &SwitchCommand, at_once: bool) {
        let (leg, name) = command.subject();
        let recording = match command {
            SwitchCommand::StartRecording { call, .. } | SwitchCommand::TakeMessage { call, .. } => {
                encode::recording_path(&self.site, *call, clock::now(), Uuid::new_v4())
            }
            SwitchCommand::RecordVoice { call, supervisor, .. } => {
                encode::voice_path(&self.site, *call, *supervisor, clock::now(), Uuid::new_v4())
            }
            _ => String::new(),
        };
        let question = Question::Command(leg, name);
        let mut lines = match encode::encode(command, &self.site, &recording) {
            Ok(lines) => lines,
            Err(refused) => {
                let refused = Failure::Refused(refused.to_string());
                return self.wait_for(question, std::future::ready(Err(refused)));
            }
        };
        // Noted before it is sent: an originate that is not answered in time may
        // have happened all the same.
        if let Some((label, ring_seconds)) = launched(command)
            && self.pending.len() < limits::SWITCH_COMMANDS
        {
            let until = clock::now() + i64::from(ring_seconds) * 1000 + ORIGINATE_GRACE_MS;
            self.pending.insert(leg, Pending { label, made: false, parked: false, until });
        }
        if let Some((LegLabel::Agent { agent, .. }, _)) = launched(command) {
            self.agents.insert(leg, agent);
        }
        if let SwitchCommand::LabelAgent { agent, .. } = command {
            self.agents.insert(leg, *agent);
        }
        if let SwitchCommand::Bridge { first, second, .. } = command {
            let named = [(*first, *second), (*second, *first)].into_iter();
            let named =
                named.filter_map(|(leg, other)| Some(encode::name_agent(leg, *self.agents.get(&other)?)));
            lines = named.chain(lines).collect();
            self.delays.commanded(leg, at_once);
        }
        let answer = self.wire.post_all(lines, metric_name(name));
        self.wait_for(question, answer);
    }

    /// Asks whether the switch is there, unless it has just shown that it is.
    pub(super) fn try_if_quiet(&mut self) {
        let silent = Duration::from_millis(clock::now().since_ms(self.heard_at).unsigned_abs());
        if self.on_trial || !self.suspect && silent < self.config.quiet_max {
            return;
        }
        self.on_trial = true;
        let answer = self.wire.post(&Line::Api(CORE.into()), "list", self.config.try_for);
        self.wait_for(Question::IsThere, answer);
    }

    /// Compares the switch's list of channels with ours, and tells the floor
    /// every registration there is.
    pub(super) fn call_the_roll(&mut self) {
        self.ask(Line::Api(CHANNELS.into()), Question::Roll, "list");
        self.ask(Line::Api(registrations::QUESTION.into()), Question::Phones, "list");
    }

    fn ask(&mut self, line: Line, question: Question, name: &'static str) {
        let answer = self.wire.post(&line, name, self.config.command_timeout);
        self.wait_for(question, answer);
    }

    fn wait_for(
        &mut self,
        question: Question,
        answer: impl Future<Output = Result<String, Failure>> + Send + 'static,
    ) {
        self.under_way.push(Box::pin(async move { Answered { question, answer: answer.await } }));
    }

    /// Takes an answer. False: nobody reads the inputs any more. The connection
    /// is over when the switch does not say that it is there.
    pub(super) async fn settle(&mut self, answered: Answered) -> Result<bool, Problem> {
        let Answered { question, answer } = answered;
        if !matches!(answer, Err(Failure::NoAnswer(_))) {
            self.resync_due |= self.stalled;
        }
        Ok(match question {
            Question::Command(leg, name) => self.settle_command(leg, name, answer).await,
            Question::IsThere => {
                self.on_trial = false;
                if answer.is_err() {
                    let silent_ms = clock::now().since_ms(self.heard_at);
                    return Err(Problem::Silent(silent_ms.unsigned_abs() / 1_000));
                }
                self.heard_at = clock::now();
                self.suspect = false;
                true
            }
            Question::Roll => {
                self.compare(answer);
                true
            }
            // When the list cannot be had, what is known stays.
            Question::Phones => match wire::phones(answer) {
                Some(list) => self.tell(Input::Phone(PhoneNews::Listed(list))).await,
                None => true,
            },
            Question::Aside(line) => {
                if let Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) = answer {
                    tracing::warn!(?line, reason, "the switch did not take a command");
                }
                true
            }
        })
    }

    async fn settle_command(
        &mut self,
        leg: LegId,
        name: CommandName,
        answer: Result<String, Failure>,
    ) -> bool {
        let reason = match answer {
            Ok(text) if name == CommandName::Exists && text != "true" => "no such leg".into(),
            Ok(_) if proved_by_reply(name) => {
                return self.tell(Input::CommandDone { leg, command: name }).await;
            }
            Ok(_) => return true,
            Err(Failure::NoAnswer(reason)) => {
                self.suspect = true;
                match name {
                    // Silence is no answer to the question whether a leg exists.
                    CommandName::Exists => {
                        tracing::warn!(leg.id = %leg, reason, "could not ask for a leg");
                        return true;
                    }
                    // It may have happened all the same; its events or the list tell.
                    CommandName::Originate => {
                        meters::command_failed(metric_name(name));
                        tracing::warn!(leg.id = %leg, reason, "nobody knows yet whether a leg is dialled");
                        return true;
                    }
                    _ => reason,
                }
            }
            Err(Failure::Refused(reason)) => {
                if name == CommandName::Originate {
                    self.pending.remove(&leg);
                }
                reason
            }
        };
        meters::command_failed(metric_name(name));
        self.tell(Input::CommandFailed { leg, command: name, reason }).await
    }

    /// When the list cannot be had, the next time will do: a broken or silent
    /// connection shows by itself.
    fn compare(&mut self, answer: Result<String, Failure>) {
        let legs = match answer.map(|list| snapshot::channels(&list)) {
            Ok(Ok(legs)) => legs,
            Ok(Err(error)) => return tracing::warn!(%error, "no roll call"),
            Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => {
                self.suspect = true;
                return tracing::warn!(reason, "no roll call");
            }
        };
        let lost = self.roll.call(legs);
        if lost > 0 {
            meters::lost(lost as u64);
            self.resync_due = true;
        }
    }

    /// When an answer takes long, the floor is told that the switch is away, so
    /// that it does not take silence for failure: what it would do then would be
    /// done on top of what is only late. A full list follows when the switch
    /// answers again.
    pub(super) async fn note_stall(&mut self) -> bool {
        let waits = self.wire.socket.waits_since();
        if self.stalled || waits.is_none_or(|since| since.elapsed() < self.config.stall_after) {
            return true;
        }
        self.stalled = true;
        let reason = Problem::Stalled(address(self.config)).to_string();
        tracing::warn!(switch.reason = %reason, "waiting for the switch");
        self.tell(Input::SwitchDown { reason }).await
    }

    /// After the end of the connection: what was asked has failed, as far as
    /// anybody knows. False: nobody reads the inputs any more.
    pub(in crate::switch) async fn give_up(&mut self) -> bool {
        self.wire.socket.close();
        for held in std::mem::take(&mut self.held) {
            if !refuse(held.into_request(), self.inputs).await {
                return false;
            }
        }
        let mut unsettled = std::mem::take(&mut self.unsettled);
        while let Some(answered) = self.under_way.next().await {
            unsettled.push(answered);
        }
        for answered in unsettled {
            // That the switch does not say that it is there is known by now.
            if let Ok(false) = self.settle(answered).await {
                return false;
            }
        }
        true
    }
}

/// Answers a request that cannot be carried out for want of a connection. False:
/// nobody reads the inputs any more.
pub(in crate::switch) async fn refuse(request: Request, inputs: &mpsc::Sender<Input>) -> bool {
    let Request::Command { command, .. } = request else { return true };
    let (leg, name) = command.subject();
    if name == CommandName::Exists {
        // Not known; the next SwitchUp tells.
        return true;
    }
    let reason = "not connected to the switch".to_owned();
    inputs.send(Input::CommandFailed { leg, command: name, reason }).await.is_ok()
}
