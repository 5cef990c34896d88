//! Commands to the switch and its answers, one at a time and each to its end.
//!
//! In: lines of text. Out: the switch's words, or why there are none; and the
//! lists that are put together from several answers.

use crate::base::clock;
use crate::floor::input::ChannelSnapshot;
use crate::floor::phone::Registration;
use crate::switch::encode::{self, Line};
use crate::switch::problem::Problem;
use crate::switch::{meters, readiness, registrations, snapshot};
use freeswitch_esl::{EslClient, EslError};
use std::collections::{HashSet, VecDeque};
use std::time::Duration;

/// Why a command did not do.
pub(super) enum Failure {
    /// The switch, or our own check, said no.
    Refused(String),
    /// Nobody knows: the deadline passed or the connection broke.
    NoAnswer(String),
}

/// The sending side of a connection.
pub(super) struct Wire {
    pub(super) client: EslClient,
    /// For people.
    pub(super) address: String,
    /// The deadline of every command, for people; the client keeps it.
    pub(super) command_timeout: Duration,
}

impl Wire {
    /// Sends one line and waits for its answer; `name` is for the metrics.
    pub(super) async fn send(&self, line: &Line, name: &'static str) -> Result<String, Failure> {
        let sent_at = clock::now();
        let answer = match line {
            Line::Api(text) | Line::Setting(text) => match self.client.api(text).await {
                Ok(response) => response.api_result().map(|t| t.trim().to_owned()),
                Err(error) => Err(error),
            },
            Line::Background(text) => match self.client.bgapi(text).await {
                Ok(response) => response.into_result().map(|_| String::new()),
                Err(error) => Err(error),
            },
        };
        let took_ms = u64::try_from(clock::now().since_ms(sent_at)).unwrap_or_default();
        meters::command(name, Duration::from_millis(took_ms));
        answer.map_err(|error| match error {
            EslError::Timeout { .. } => {
                Failure::NoAnswer(format!("no answer within {} ms", self.command_timeout.as_millis()))
            }
            error if error.is_connection_error() => Failure::NoAnswer(error.to_string()),
            EslError::CommandFailed { reply_text } => Failure::Refused(reply_text),
            error => Failure::Refused(error.to_string()),
        })
    }

    /// A command that no leg waits for.
    pub(super) async fn send_aside(&self, line: &Line) {
        if let Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) = self.send(line, "gateways").await {
            tracing::warn!(?line, reason, "the switch did not take a command");
        }
    }

    /// Lets the switch read its gateways again.
    pub(super) async fn rescan_gateways(&self) {
        for line in encode::rescan_gateways() {
            self.send_aside(&line).await;
        }
    }

    /// An answer without which the connection is of no use.
    async fn ask(&self, question: String) -> Result<String, Problem> {
        match self.send(&Line::Api(question), "list").await {
            Ok(answer) => Ok(answer),
            Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => {
                Err(Problem::Unusable(self.address.clone(), reason))
            }
        }
    }

    /// The id of the switch's process: another one means that it was restarted.
    pub(super) async fn core(&self) -> Result<String, Problem> {
        self.ask("global_getvar core_uuid".into()).await
    }

    /// The SIP profiles that do not run yet, or not any more.
    pub(super) async fn missing_profiles(&self) -> Result<Vec<&'static str>, Problem> {
        match self.send(&Line::Api("sofia status".into()), "list").await {
            Ok(answer) => Ok(readiness::missing(&answer)),
            // The SIP module is not loaded yet.
            Err(Failure::Refused(_)) => Ok(readiness::PROFILES.into()),
            Err(Failure::NoAnswer(reason)) => Err(Problem::Broken(reason)),
        }
    }

    /// The desk phones that are registered; `None` when the list cannot be had.
    pub(super) async fn registrations(&self) -> Option<Vec<Registration>> {
        let reason = match self.send(&Line::Api(registrations::QUESTION.into()), "list").await {
            Ok(answer) => match registrations::list(&answer) {
                Ok(list) => return Some(list),
                Err(error) => error.to_string(),
            },
            Err(Failure::NoAnswer(reason) | Failure::Refused(reason)) => reason,
        };
        tracing::warn!(reason, "no list of the registered phones");
        None
    }

    /// Every channel that the switch has.
    pub(super) async fn channels(&self) -> Result<Vec<ChannelSnapshot>, Problem> {
        let unreadable =
            |error: snapshot::Unreadable| Problem::Unusable(self.address.clone(), error.to_string());
        let listed =
            snapshot::channels(&self.ask("show channels as json".into()).await?).map_err(unreadable)?;
        let mut unasked = VecDeque::from(listed);
        let mut asked = HashSet::new();
        let mut channels = Vec::with_capacity(unasked.len());
        while let Some(leg) = unasked.pop_front() {
            if !asked.insert(leg) {
                continue;
            }
            match self.send(&Line::Api(format!("uuid_dump {leg} json")), "list").await {
                Ok(dump) => {
                    let channel = snapshot::channel(leg, &dump).map_err(unreadable)?;
                    // The list is a table that lags behind: the leg of a desk phone that was
                    // rung a moment ago may be missing while its partner is there.
                    unasked.extend(channel.bridged_to);
                    channels.push(channel);
                }
                // It ended since the list was made.
                Err(Failure::Refused(_)) => {}
                Err(Failure::NoAnswer(reason)) => return Err(Problem::Broken(reason)),
            }
        }
        Ok(channels)
    }
}
