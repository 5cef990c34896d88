//! Lines to the switch and its answers.
//!
//! In: lines of text, sent at once and in order. Out: the switch's words, or why
//! there are none; and the lists that are put together from several answers.

use crate::base::clock::Stopwatch;
use crate::base::ids::LegId;
use crate::floor::input::ChannelSnapshot;
use crate::floor::phone::Registration;
use crate::switch::encode::Line;
use crate::switch::problem::Problem;
use crate::switch::socket::Socket;
use crate::switch::{meters, readiness, registrations, snapshot};
use freeswitch_esl::{EslCommand, EslError};
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

/// Why a command did not do.
#[derive(Debug)]
pub(super) enum Failure {
    /// The switch, or our own check, said no.
    Refused(String),
    /// Nobody knows: the deadline passed or the connection broke.
    NoAnswer(String),
}

impl From<EslError> for Failure {
    fn from(error: EslError) -> Self {
        match error {
            EslError::CommandFailed { reply_text } => Self::Refused(reply_text),
            error => Self::Refused(error.to_string()),
        }
    }
}

/// The question that shows whether the switch is there.
pub(super) const CORE: &str = "global_getvar core_uuid";
/// The list of channels.
pub(super) const CHANNELS: &str = "show channels as json";

/// The sending side of a connection; cheap to clone.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) socket: Socket,
    /// For people.
    pub(super) address: String,
    /// The deadline of every line.
    pub(super) command_timeout: Duration,
}

impl Wire {
    /// Sends one line now; then waits for its answer. `name` is for the metrics.
    pub(super) fn post(
        &self,
        line: &Line,
        name: &'static str,
        within: Duration,
    ) -> impl Future<Output = Result<String, Failure>> + Send + use<> {
        let (command, background) = match line {
            Line::Api(text) | Line::Setting(text) => (EslCommand::Api { command: text.clone() }, false),
            Line::Background(text) => (EslCommand::BgApi { command: text.clone() }, true),
        };
        let sent = Stopwatch::start();
        let answer = self.socket.post(&command, within);
        async move {
            let answer = answer.await;
            meters::command(name, sent.elapsed());
            let response = answer?;
            if background {
                response.check()?;
                return Ok(String::new());
            }
            Ok(response.api_result()?.trim().to_owned())
        }
    }

    /// Sends the lines of a command, in order and now, up to the first that is
    /// more than a setting; each that follows waits until the one before it has
    /// worked. Then the answer to the last.
    pub(super) fn post_all(
        &self,
        lines: Vec<Line>,
        name: &'static str,
    ) -> impl Future<Output = Result<String, Failure>> + Send + use<> {
        let mut lines = lines.into_iter();
        let mut sent = Vec::new();
        for line in lines.by_ref() {
            let is_setting = matches!(line, Line::Setting(_));
            sent.push((is_setting, self.post(&line, name, self.command_timeout)));
            if !is_setting {
                break;
            }
        }
        let wire = self.clone();
        async move {
            let mut last = String::new();
            for (is_setting, answer) in sent {
                match answer.await {
                    Err(Failure::Refused(_)) if is_setting => {}
                    answer => last = answer?,
                }
            }
            for line in lines {
                match wire.post(&line, name, wire.command_timeout).await {
                    Err(Failure::Refused(_)) if matches!(line, Line::Setting(_)) => {}
                    answer => last = answer?,
                }
            }
            Ok(last)
        }
    }

    fn list(&self, question: String) -> impl Future<Output = Result<String, Failure>> + Send + use<> {
        self.post(&Line::Api(question), "list", self.command_timeout)
    }

    /// An answer without which the connection is of no use.
    async fn ask(&self, question: String) -> Result<String, Problem> {
        match self.list(question).await {
            Ok(answer) => Ok(answer),
            Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => {
                Err(Problem::Unusable(self.address.clone(), reason))
            }
        }
    }

    /// The id of the switch's process: another one means that it was restarted.
    pub(super) async fn core(&self) -> Result<String, Problem> {
        self.ask(CORE.into()).await
    }

    /// The SIP profiles that do not run yet, or not any more.
    pub(super) async fn missing_profiles(&self) -> Result<Vec<&'static str>, Problem> {
        match self.list("sofia status".into()).await {
            Ok(answer) => Ok(readiness::missing(&answer)),
            // The SIP module is not loaded yet.
            Err(Failure::Refused(_)) => Ok(readiness::PROFILES.into()),
            Err(Failure::NoAnswer(reason)) => Err(Problem::Broken(reason)),
        }
    }

    /// The desk phones that are registered; `None` when the list cannot be had.
    pub(super) async fn registrations(&self) -> Option<Vec<Registration>> {
        phones(self.list(registrations::QUESTION.into()).await)
    }

    /// The channels that the switch lists. The list is a table that lags behind.
    pub(super) async fn legs(&self) -> Result<Vec<LegId>, Problem> {
        snapshot::channels(&self.ask(CHANNELS.into()).await?).map_err(|error| self.unreadable(&error))
    }

    /// How each channel stands, and those that they are bridged with: the leg of
    /// a desk phone that was rung a moment ago may be missing in the list while
    /// its partner is there.
    pub(super) async fn channels(&self, legs: Vec<LegId>) -> Result<Vec<ChannelSnapshot>, Problem> {
        let (mut asked, mut channels) = (HashSet::new(), Vec::with_capacity(legs.len()));
        let mut unasked = legs;
        while !unasked.is_empty() {
            unasked.retain(|leg| asked.insert(*leg));
            let questions = unasked.drain(..).map(|leg| (leg, self.list(format!("uuid_dump {leg} json"))));
            // All at once: each takes a way to the switch and back.
            for (leg, answer) in questions.collect::<Vec<_>>() {
                match answer.await {
                    Ok(dump) => {
                        let channel = snapshot::channel(leg, &dump).map_err(|e| self.unreadable(&e))?;
                        unasked.extend(channel.bridged_to);
                        channels.push(channel);
                    }
                    // It ended since the list was made.
                    Err(Failure::Refused(_)) => {}
                    Err(Failure::NoAnswer(reason)) => return Err(Problem::Broken(reason)),
                }
            }
        }
        Ok(channels)
    }

    fn unreadable(&self, error: &snapshot::Unreadable) -> Problem {
        Problem::Unusable(self.address.clone(), error.to_string())
    }
}

/// The registered desk phones in an answer; `None` when they are not in it.
pub(super) fn phones(answer: Result<String, Failure>) -> Option<Vec<Registration>> {
    let reason = match answer.map(|list| registrations::list(&list)) {
        Ok(Ok(list)) => return Some(list),
        Ok(Err(error)) => error.to_string(),
        Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => reason,
    };
    tracing::warn!(reason, "no list of the registered phones");
    None
}
