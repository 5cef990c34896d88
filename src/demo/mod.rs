//! The demo: the built-in switch, a small centre, and robots at the desks, so
//! that the whole floor is alive within seconds and without a phone line.
//!
//! In: an empty database. Out: users, a list of customers and a running
//! campaign and an inbound queue in it, made through the rooms' own functions; robots that work
//! through the same handle as the console. Nothing here is used by a server
//! on a real switch.

mod callers;
mod robots;
mod seed;

use crate::api::Settings;
use crate::conductor::Handle;
use crate::config::Config;
use crate::live::hub::Hub;
use crate::secrets;
use crate::sim::server::{self, SimConfig, SimHandle};
use crate::sim::world::WorldConfig;
use crate::store::Db;
use tokio_util::sync::CancellationToken;

/// The demo of a running server.
pub struct Demo {
    switch: SimHandle,
}

impl Demo {
    /// Starts the simulated switch and points the configuration at it.
    pub async fn start(config: &mut Config) -> anyhow::Result<Self> {
        let password = secrets::random();
        let switch = server::start(SimConfig::new(password.clone().into(), WorldConfig::default())).await?;
        config.switch.host = switch.addr.ip().to_string();
        config.switch.port = switch.addr.port();
        config.switch.password = password.into();
        Ok(Self { switch })
    }

    /// Fills an empty database; says how to sign in.
    pub async fn seed(&self, db: &Db, settings: &Settings) -> anyhow::Result<String> {
        seed::seed(db, settings).await
    }

    /// Puts robots at the desks that no person uses, and lets customers call.
    pub async fn staff(
        &self,
        db: &Db,
        hub: &Hub,
        handle: &Handle,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        robots::staff(db, hub, handle, stop).await?;
        callers::call(db, self.switch.lines(), stop).await
    }

    /// Stops the simulated switch.
    pub fn stop(self) {
        self.switch.stop();
    }
}
