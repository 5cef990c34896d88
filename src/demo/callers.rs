//! Customers who call the demo: most are in the list, some nobody knows, a few
//! withhold their number.

use super::seed::SERVICE_NUMBER;
use crate::auth::UserFilter;
use crate::base::ids::LegId;
use crate::customers;
use crate::sim::callers::CallIn;
use crate::sim::server::Lines;
use crate::store::Db;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Customers of the list who may call.
const REGULARS: u64 = 200;
/// Between two calls, in milliseconds.
const PAUSE_MS: std::ops::Range<u64> = 6_000..30_000;

/// Lets customers call until the server stops.
pub(super) async fn call(db: &Db, lines: Lines, stop: &CancellationToken) -> anyhow::Result<()> {
    let regulars = customers::store::list_customers(db, &UserFilter::All, None, None, REGULARS).await?;
    let numbers: Vec<String> = regulars
        .into_iter()
        .filter_map(|entry| entry.phones.first().map(|phone| phone.dial.clone()))
        .collect();
    let stop = stop.clone();
    tokio::spawn(async move {
        let mut chance = StdRng::seed_from_u64(20_261_125);
        loop {
            let pause = Duration::from_millis(chance.random_range(PAUSE_MS));
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => lines.call_in(caller(&numbers, &mut chance)),
            };
        }
    });
    Ok(())
}

fn caller(numbers: &[String], chance: &mut StdRng) -> CallIn {
    let number = match chance.random_range(0..10) {
        0..7 => numbers.choose(chance).cloned(),
        7..9 => Some(format!("1390000{:04}", chance.random_range(0..10_000))),
        _ => None,
    };
    CallIn {
        leg: LegId(uuid::Uuid::from_u128(chance.random())),
        gateway: "demo_trunk".to_owned(),
        called: SERVICE_NUMBER.to_owned(),
        number,
        patience_ms: Some(chance.random_range(20_000..150_000)),
        talk_ms: Some(chance.random_range(20_000..120_000)),
    }
}
