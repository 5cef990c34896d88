//! The connection to the switch.
//!
//! In: commands through a [`LinkHandle`]. Out: [`Input`]s for the floor: what
//! happens to legs, `SwitchUp` with every channel after each (re)connect and
//! after lost events, `SwitchDown` with a reason for people, `CommandFailed`. A
//! switch that is still starting is down until it can take calls.
//!
//! One task owns the connection. Commands are written in the order in which
//! they were asked for, each without waiting for the answer to the one before
//! (`socket.rs`). This file connects and reconnects; `session.rs` is one
//! connection from that wait to its end.

use crate::base::limits;
use crate::floor::effect::SwitchCommand;
use crate::floor::input::Input;
use crate::switch::encode::Site;
use crate::switch::meters;
use crate::switch::session::{End, Session, refuse};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Where the switch is and how to treat the connection.
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// The Event Socket's host.
    pub host: String,
    /// The Event Socket's port.
    pub port: u16,
    /// The Event Socket's password.
    pub password: SecretString,
    /// The SIP domain of the desk phones.
    pub domain: String,
    /// The folder of the recordings as the switch sees it. The switch makes the
    /// folders below it.
    pub recordings_dir: PathBuf,
    /// Where to append every event as a JSON line; `None`: nowhere.
    pub event_log: Option<PathBuf>,
    /// How long connecting and each step of logging in may take.
    pub connect_timeout: Duration,
    /// How long the switch may take to answer a command.
    pub command_timeout: Duration,
    /// After this without an answer to a command the switch counts as away,
    /// until it answers; less than the floor waits for a bridge.
    pub stall_after: Duration,
    /// How long the switch may be silent before it is asked whether it is there:
    /// half of a broken connection says nothing by itself. With our
    /// configuration it sends a sign of life every 5 s.
    pub quiet_max: Duration,
    /// How long it may then take to answer.
    pub try_for: Duration,
    /// How long the switch may be silent in any case.
    pub silence_max: Duration,
    /// How often the switch's channels are compared with those we know of. A
    /// lost event is noticed after two comparisons.
    pub roll_call_every: Duration,
    /// How far the switch's list of channels may lag behind what it does: so
    /// long after each list the roll is called, and once more.
    pub list_lag: Duration,
    /// The first wait before connecting again; it doubles.
    pub backoff_min: Duration,
    /// The longest wait before connecting again.
    pub backoff_max: Duration,
    /// After this, SIP profiles that do not run yet are a fault to be looked
    /// into and not a switch that is starting.
    pub ready_patience: Duration,
}

impl LinkConfig {
    /// The usual times for a switch at `host:port`.
    pub fn new(host: &str, port: u16, password: SecretString, domain: &str, recordings_dir: PathBuf) -> Self {
        Self {
            host: host.to_owned(),
            port,
            password,
            domain: domain.to_owned(),
            recordings_dir,
            event_log: None,
            connect_timeout: Duration::from_secs(3),
            command_timeout: Duration::from_secs(5),
            stall_after: Duration::from_millis(1_500),
            quiet_max: Duration::from_secs(7),
            try_for: Duration::from_secs(3),
            silence_max: Duration::from_secs(60),
            roll_call_every: Duration::from_secs(30),
            list_lag: Duration::from_secs(2),
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(15),
            ready_patience: Duration::from_secs(30),
        }
    }

    pub(super) fn site(&self) -> Site {
        Site {
            domain: self.domain.clone(),
            recordings_dir: self.recordings_dir.to_string_lossy().into_owned(),
        }
    }
}

/// What the link is asked to do.
#[derive(Debug)]
pub(super) enum Request {
    /// A command of the floor.
    Command {
        /// Which.
        command: SwitchCommand,
        /// It answers an event of its leg that has just been told.
        at_once: bool,
    },
    /// Read the gateways from the directory again.
    RescanGateways,
    /// Take a gateway away.
    ForgetGateway(String),
}

/// The queue to the switch is full, or the link has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue of commands for the switch is full or the link has stopped")]
pub struct LinkFull;

/// The way to the switch; cheap to clone.
#[derive(Debug, Clone)]
pub struct LinkHandle {
    requests: mpsc::Sender<Request>,
}

impl LinkHandle {
    /// Queues a command, in order. That it was queued says nothing; the switch's
    /// events do, or `CommandFailed`. Without a connection it fails at once.
    pub fn send(&self, command: SwitchCommand) -> Result<(), LinkFull> {
        self.queue(Request::Command { command, at_once: false })
    }

    /// The same for what an event of the command's leg has brought about at
    /// once; how long that took is measured.
    pub fn send_at_once(&self, command: SwitchCommand) -> Result<(), LinkFull> {
        self.queue(Request::Command { command, at_once: true })
    }

    /// Lets the switch read the gateways again, so that new ones appear; also
    /// done on every connect. One that exists is left as it is: see
    /// [`LinkHandle::forget_gateway`].
    pub fn rescan_gateways(&self) -> Result<(), LinkFull> {
        self.queue(Request::RescanGateways)
    }

    /// Takes a gateway away that was changed, disabled or removed. A rescan
    /// right after it brings it back as the directory has it now, if it does.
    pub fn forget_gateway(&self, name: &str) -> Result<(), LinkFull> {
        self.queue(Request::ForgetGateway(name.to_owned()))
    }

    fn queue(&self, request: Request) -> Result<(), LinkFull> {
        self.requests.try_send(request).map_err(|_| LinkFull)
    }
}

/// Starts the link. It ends when `shutdown` is cancelled or nobody reads
/// `inputs` any more; calls on the switch go on.
pub fn spawn(config: LinkConfig, inputs: mpsc::Sender<Input>, shutdown: CancellationToken) -> LinkHandle {
    let (requests, queue) = mpsc::channel(limits::SWITCH_COMMANDS);
    tokio::spawn(run(config, inputs, queue, shutdown));
    LinkHandle { requests }
}

async fn run(
    config: LinkConfig,
    inputs: mpsc::Sender<Input>,
    mut requests: mpsc::Receiver<Request>,
    shutdown: CancellationToken,
) {
    let mut backoff = Backoff::new(config.backoff_min, config.backoff_max);
    let mut told: Option<String> = None;
    loop {
        // Nothing is lost when connecting is given up: the socket goes with it.
        let opened = tokio::select! {
            () = shutdown.cancelled() => return,
            opened = Session::open(&config, &inputs) => opened,
        };
        let (problem, ended) = match opened {
            Err(problem) => (problem, None),
            Ok(mut session) => {
                let end = session.run(&mut requests, &shutdown).await;
                meters::disconnected();
                if session.was_up() {
                    backoff.reset();
                }
                if session.has_told() {
                    told = None;
                }
                match end {
                    End::Stop => return,
                    End::Broken(problem) => (problem, Some(session)),
                }
            }
        };
        let reason = problem.to_string();
        // Every attempt fails alike while the switch is away: once is enough.
        if told.as_ref() != Some(&reason) {
            tracing::warn!(switch.reason = %reason, "no connection to the switch");
            if inputs.send(Input::SwitchDown { reason: reason.clone() }).await.is_err() {
                return;
            }
            told = Some(reason);
        }
        // After the floor knows that it is away: silence is not failure.
        if let Some(mut session) = ended
            && !session.give_up().await
        {
            return;
        }
        if !wait(backoff.next(), &mut requests, &inputs, &shutdown).await {
            return;
        }
    }
}

/// Waits before the next attempt and refuses what is asked meanwhile. False:
/// stop.
async fn wait(
    pause: Duration,
    requests: &mut mpsc::Receiver<Request>,
    inputs: &mpsc::Sender<Input>,
    shutdown: &CancellationToken,
) -> bool {
    let over = tokio::time::sleep(pause);
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return false,
            () = &mut over => return true,
            request = requests.recv() => match request {
                None => return false,
                Some(request) => if !refuse(request, inputs).await { return false },
            },
        }
    }
}

/// Waits that double up to a bound, each shortened by chance by up to a half,
/// so that several servers do not knock in step.
pub(super) struct Backoff {
    min: Duration,
    max: Duration,
    current: Duration,
}

impl Backoff {
    pub(super) fn new(min: Duration, max: Duration) -> Self {
        Self { min, max, current: min }
    }

    fn reset(&mut self) {
        self.current = self.min;
    }

    pub(super) fn next(&mut self) -> Duration {
        let full = self.current;
        self.current = (full * 2).min(self.max);
        full.mul_f64(rand::random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_start_again_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(15));
        for full_ms in [500, 1000, 2000, 4000, 8000, 15_000, 15_000] {
            let wait = backoff.next();
            let full = Duration::from_millis(full_ms);
            assert!(wait <= full && wait >= full / 2, "{wait:?} of {full:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(500));
    }
}
