//! Between the floor and the world of a scenario: gives the floor its inputs,
//! carries out what it wants, and confirms it in the same moment, as a switch
//! without delays would.

use super::run::{Owner, Shift};
use super::setting;
use crate::base::ids::LegId;
use crate::floor::effect::{Effect, Fact, SwitchCommand};
use crate::floor::input::{CommandName, HangUp, Input, LegChange, LegEvent};
use crate::floor::queue::Known;
use crate::sim::VIOLATIONS_KEPT;
use std::collections::VecDeque;

impl Shift<'_> {
    /// Gives the floor an input, and everything that follows from it at once.
    pub(super) fn give(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let effects = self.floor.apply(self.clock.now(), input);
            // Most ticks come to nothing, and break nothing.
            if effects.is_empty() {
                continue;
            }
            for effect in effects {
                self.carry_out(effect, &mut inputs);
            }
            self.inputs += 1;
            if self.inputs.is_multiple_of(self.check_every) {
                let broken = self.floor.violations();
                broken.into_iter().for_each(|what| self.blame(what));
            }
        }
    }

    fn blame(&mut self, what: String) {
        self.broken += 1;
        if self.violations.len() < VIOLATIONS_KEPT {
            self.violations.push(format!("{:.3} s: {what}", self.t));
        }
    }

    fn carry_out(&mut self, effect: Effect, replies: &mut VecDeque<Input>) {
        match effect {
            Effect::Switch(command) => self.obey(command, replies),
            Effect::Record(fact) => {
                if let Fact::AttemptStarted { lead, leg, .. } = &fact {
                    self.at_hand = self.at_hand.saturating_sub(1);
                    self.dial(lead.0 as u64, *leg);
                }
                self.measure.write(&fact);
            }
            Effect::WantLeads { count, .. } => self.wanted += count as u64,
            Effect::WantCaller { call, .. } => {
                replies.push_back(Input::Caller { call, known: Known::NOTHING });
            }
            Effect::ReturnLeads { leads, .. } => self.blame(format!("leads are handed back: {leads:?}")),
            Effect::Answer { refusal: Some(refusal), .. } => {
                self.blame(format!("an agent was refused: {refusal:?}"));
            }
            Effect::Answer { refusal: None, .. } | Effect::Tell(_) => {}
        }
    }

    /// The switch does at once what it is told. Nothing is recorded, and nobody
    /// asks for more than a call here; a leg that is asked for is there, or its
    /// end has been told.
    fn obey(&mut self, command: SwitchCommand, replies: &mut VecDeque<Input>) {
        let mut tell = |leg: LegId, what: LegChange| {
            replies.push_back(Input::Switch(LegEvent { leg, what }));
        };
        match command {
            SwitchCommand::RingAgent { leg, agent, .. } => {
                self.desks[setting::index(agent)] = Some(leg);
                self.legs.insert(leg, Owner::Agent(setting::index(agent)));
                tell(leg, LegChange::Answered);
            }
            SwitchCommand::AnswerCaller { leg, .. } => tell(leg, LegChange::Answered),
            SwitchCommand::Entertain { leg, .. } => tell(leg, LegChange::MusicStarted),
            SwitchCommand::Bridge { first, second, .. } => {
                if let (Some(Owner::Lead(lead)), Some(Owner::Agent(agent))) =
                    (self.legs.get(&first).copied(), self.legs.get(&second).copied())
                {
                    self.talk_begins(lead, agent);
                    tell(first, LegChange::Bridged { other: second });
                    tell(second, LegChange::Bridged { other: first });
                } else {
                    self.blame(format!("legs are joined of which one is over: {first}, {second}"));
                }
            }
            SwitchCommand::HangUp { leg, cause } => {
                match self.legs.remove(&leg) {
                    Some(Owner::Lead(lead)) => drop(self.move_to(lead, None)),
                    Some(Owner::Agent(agent)) => self.desks[agent] = None,
                    None => return self.blame(format!("leg {leg} is hung up, and is over")),
                }
                let by_far_end = Some(false);
                tell(leg, LegChange::HungUp(HangUp { by_far_end, ..HangUp::cause(cause.as_str()) }));
            }
            SwitchCommand::Check { leg } if !self.legs.contains_key(&leg) => {
                let reason = "No such channel!".to_owned();
                replies.push_back(Input::CommandFailed { leg, command: CommandName::Exists, reason });
            }
            _ => {}
        }
    }
}
