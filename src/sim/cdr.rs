//! Call records, posted per leg as mod_json_cdr does.
//!
//! In: a leg that is over. Out: `POST URL?uuid=LEG` with a JSON body; a record
//! that cannot be posted is tried again a few times, then left in the spool, a
//! file `LEG.cdr.json`, as the real module does.

use crate::sim::event::EventKind;
use crate::sim::headers::{self, Identity};
use crate::sim::leg::Leg;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Records waiting to be posted.
const WAITING: usize = 10_000;
const ATTEMPTS: u32 = 5;
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where records are posted.
#[derive(Debug, Clone)]
pub struct CdrTarget {
    /// Host and port, e.g. `127.0.0.1:8080`; plain HTTP.
    pub authority: String,
    /// The path, e.g. `/switch/cdr`.
    pub path: String,
    /// For basic authentication.
    pub user: String,
    /// For basic authentication.
    pub password: SecretString,
    /// Where a record is left that cannot be posted; `None`: it is lost.
    pub spool: Option<PathBuf>,
}

/// One leg's record.
#[derive(Debug)]
pub(super) struct LegRecord {
    leg: String,
    body: String,
}

/// The record of a leg that is over.
pub(super) fn record(identity: &Identity, leg: &Leg) -> LegRecord {
    let variables = headers::channel_variables(leg, Some(&EventKind::HangupComplete));
    let variables: Map<String, Value> =
        variables.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let micros = |at: Option<crate::base::clock::Moment>| at.map_or(0, |at| at.0 * 1000).to_string();
    let origin = &leg.origin;
    let body = json!({
        "core-uuid": identity.core.to_string(),
        "switchname": identity.hostname,
        "channel_data": { "state": "CS_REPORTING", "direction": "outbound", "state_number": "11" },
        "variables": variables,
        "callflow": [{
            "profile_index": "1",
            "caller_profile": {
                "caller_id_number": origin.caller_id,
                "destination_number": origin.target.number(),
                "uuid": leg.id().to_string(),
                "chan_name": origin.channel_name,
            },
            "times": {
                "created_time": micros(Some(origin.created_at)),
                "progress_time": micros(leg.progress_at),
                "answered_time": micros(leg.answered_at),
                "bridged_time": micros(leg.bridged_at),
                "hangup_time": micros(leg.ending.map(|ending| ending.at)),
            },
        }],
    });
    LegRecord { leg: leg.id().to_string(), body: body.to_string() }
}

/// Starts the task that posts records, one after the other.
pub(super) fn spawn(target: CdrTarget, stop: CancellationToken) -> mpsc::Sender<LegRecord> {
    let (sender, mut waiting) = mpsc::channel::<LegRecord>(WAITING);
    tokio::spawn(async move {
        loop {
            let record = tokio::select! {
                () = stop.cancelled() => return,
                record = waiting.recv() => record,
            };
            let Some(record) = record else { return };
            deliver(&target, &record).await;
        }
    });
    sender
}

async fn deliver(target: &CdrTarget, record: &LegRecord) {
    let mut wait = Duration::from_millis(200);
    for _ in 1..ATTEMPTS {
        match tokio::time::timeout(TIMEOUT, post(target, record)).await {
            Ok(Ok(status)) if (200..300).contains(&status) => return,
            outcome => tracing::debug!(?outcome, "a call record was not taken"),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    let spooled = match &target.spool {
        Some(folder) => leave(folder, record).await,
        None => Err(std::io::Error::other("there is no spool")),
    };
    if let Err(error) = spooled {
        tracing::warn!(leg.id = record.leg, %error, "a call record could not be posted, and is lost");
    }
}

/// Under another name first: whoever collects it must not find half of it.
async fn leave(folder: &Path, record: &LegRecord) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let file = folder.join(format!("{}.cdr.json", record.leg));
    let part = folder.join(format!("{}.part", record.leg));
    tokio::fs::write(&part, &record.body).await?;
    tokio::fs::rename(&part, &file).await
}

/// One request over a connection of its own; the status of the answer.
async fn post(target: &CdrTarget, record: &LegRecord) -> std::io::Result<u16> {
    let credentials = STANDARD.encode(format!("{}:{}", target.user, target.password.expose_secret()));
    let request = format!(
        "POST {}?uuid={} HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
        target.path,
        record.leg,
        target.authority,
        record.body.len(),
        record.body,
    );
    let mut stream = TcpStream::connect(&target.authority).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await?;
    let status = String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|code| code.parse().ok());
    status.ok_or_else(|| std::io::Error::other("the answer is not HTTP"))
}
