//! What a supervisor says to both sides of a call, recorded apart from it: the
//! call's own recording has no channel for them.
//!
//! In: how supervisors take part, and what the switch says of the recording on
//! their leg. Out: commands to record and to stop, and facts. *A whisper is never
//! recorded*: a barge ends, by our key, when the switch has closed the file, and
//! not before. A key that is pressed on the phone the switch obeys at once; the
//! file is closed as soon as we hear of it.

use super::Floor;
use super::effect::{Fact, SwitchCommand};
use super::input::{CommandName, LegChange, MonitorMode};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};

/// How often a file that would not be closed is closed again.
const STOPS_MAX: u8 = 3;
/// The switch's words for a leg of which nothing is recorded.
const NOTHING_TO_STOP: &str = "Cannot stop";

/// Whether the switch records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tape {
    /// It does not.
    Off,
    /// It was asked to.
    Asked,
    /// It has said that it does.
    Runs,
}

/// The recording of what a supervisor says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    tape: Tape,
    /// How they take part when it is closed.
    next: Option<MonitorMode>,
    /// How often it was asked to close since it ran.
    stops: u8,
    /// In which call, and on whose, it was last asked for.
    said_in: (CallId, AgentId),
}

impl Voice {
    /// Nothing is recorded yet.
    pub(super) fn of(call: CallId, agent: AgentId) -> Self {
        Self { tape: Tape::Off, next: None, stops: 0, said_in: (call, agent) }
    }
}

impl Floor {
    /// Records what a supervisor says if everybody hears it, and there is room; not
    /// when another way was asked for, whose key may be obeyed already.
    pub(super) fn begin_voice(&mut self, supervisor: AgentId) {
        if self.asked_for(supervisor).is_some_and(|mode| mode != MonitorMode::Barge) {
            return;
        }
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        let barges = monitor.up && monitor.mode == MonitorMode::Barge && !monitor.own_key;
        if !barges
            || monitor.voice.next.is_some()
            || monitor.voice.tape != Tape::Off
            || self.recordings_stopped
        {
            return;
        }
        let (leg, call) = (monitor.leg, monitor.call);
        monitor.voice = Voice { tape: Tape::Asked, ..Voice::of(call, monitor.agent) };
        self.send(SwitchCommand::RecordVoice { leg, call, supervisor });
    }

    /// They are not heard by everybody any more, or about to be where they are
    /// not.
    pub(super) fn end_voice(&mut self, supervisor: AgentId) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        if monitor.voice.tape != Tape::Off {
            monitor.voice.stops = monitor.voice.stops.saturating_add(1);
            let leg = monitor.leg;
            self.send(SwitchCommand::StopRecording { leg });
        }
    }

    /// Has a supervisor take part in another way, which the switch is to prove.
    pub(super) fn change_mode(&mut self, supervisor: AgentId, mode: MonitorMode) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        if mode != MonitorMode::Barge && monitor.voice.tape != Tape::Off {
            monitor.voice.next = Some(mode);
            monitor.voice.stops = 0;
            return self.end_voice(supervisor);
        }
        monitor.voice.next = None;
        let leg = monitor.leg;
        self.send(SwitchCommand::SetMonitorMode { leg, mode });
    }

    /// A change was not proved in time: back to what is known. The key may have
    /// been obeyed all the same.
    pub(super) fn mode_not_confirmed(&mut self, supervisor: AgentId) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        monitor.voice.next = None;
        monitor.own_key = true;
        let (leg, mode) = (monitor.leg, monitor.mode);
        self.send(SwitchCommand::SetMonitorMode { leg, mode });
    }

    /// There is room again: who barges is recorded from here on.
    pub(super) fn begin_voices(&mut self) {
        let supervisors: Vec<AgentId> = self.monitors.keys().copied().collect();
        for supervisor in supervisors {
            self.begin_voice(supervisor);
        }
    }

    /// After a lost connection: a command to record or to stop may have been
    /// lost, and so may the news of a key. Who barged, barges.
    pub(super) fn renew_voices(&mut self) {
        let ears: Vec<AgentId> = self.monitors.iter().filter(|(_, m)| m.up).map(|(s, _)| *s).collect();
        for supervisor in ears {
            let Some(monitor) = self.monitors.get_mut(&supervisor) else { continue };
            let (leg, mode, tape) = (monitor.leg, monitor.mode, monitor.voice.tape);
            let barges = mode == MonitorMode::Barge;
            monitor.own_key |= barges;
            if tape == Tape::Asked || tape == Tape::Runs && !barges {
                monitor.voice.tape = if barges { Tape::Off } else { tape };
                self.send(SwitchCommand::StopRecording { leg });
            }
            if barges {
                self.send(SwitchCommand::SetMonitorMode { leg, mode });
            }
        }
    }

    /// The switch said something of a recording on a supervisor's leg.
    pub(super) fn on_voice(&mut self, now: Moment, supervisor: AgentId, what: &LegChange) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        match what {
            LegChange::RecordingStarted { path } => {
                monitor.voice.tape = Tape::Runs;
                let barges = monitor.mode == MonitorMode::Barge && monitor.voice.next.is_none();
                let ((call, agent), path) = (monitor.voice.said_in, path.clone());
                self.record(Fact::VoiceStarted { call, agent, supervisor, path, at: now });
                if !barges {
                    self.end_voice(supervisor);
                }
            }
            LegChange::RecordingStopped { path } => {
                self.voice_stopped(now, path.clone());
                self.silent(supervisor);
            }
            _ => {}
        }
    }

    /// Nothing is recorded: now they may be heard in another way.
    fn silent(&mut self, supervisor: AgentId) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        monitor.voice.tape = Tape::Off;
        match monitor.voice.next.take() {
            Some(mode) => {
                let leg = monitor.leg;
                self.send(SwitchCommand::SetMonitorMode { leg, mode });
            }
            // They barge on another call by now.
            None => self.begin_voice(supervisor),
        }
    }

    /// A supervisor's file is closed, perhaps after their leg is an agent's, or
    /// gone.
    pub(super) fn voice_stopped(&mut self, now: Moment, path: String) {
        self.record(Fact::VoiceStopped { path, at: now });
    }

    /// The switch did not begin to record, or to stop.
    pub(super) fn on_voice_failed(&mut self, supervisor: AgentId, command: CommandName, reason: &str) {
        let Some(monitor) = self.monitors.get_mut(&supervisor) else { return };
        match command {
            // Not again: it would be refused again.
            CommandName::Record if monitor.voice.tape == Tape::Asked && monitor.voice.next.is_none() => {
                monitor.voice.tape = Tape::Off;
            }
            CommandName::Record if monitor.voice.tape == Tape::Asked => self.silent(supervisor),
            CommandName::StopRecording if reason.contains(NOTHING_TO_STOP) => self.silent(supervisor),
            CommandName::StopRecording if self.switch_up && monitor.voice.stops < STOPS_MAX => {
                self.end_voice(supervisor);
            }
            _ => {}
        }
    }
}
