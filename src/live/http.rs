//! `/api/v1/live`: the WebSocket of the live feed.
//!
//! In: one frame with an access token. Out: a snapshot, then numbered changes,
//! each only if the viewer's scope covers it. The rights are read again every
//! minute and with each token, so that a revoked session goes dark. A viewer
//! who falls behind is sent a new snapshot.

use crate::auth::{AuthKeys, Caller, Permission, UserFilter, identify, visible_users};
use crate::base::ids::AgentId;
use crate::live::hub::{Hub, Viewer};
use crate::live::view::{LiveMessage, LiveRequest};
use crate::store::{Db, DbErr};
use axum::Extension;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

/// How long a console may take to say who it is.
const SAY_WHO: Duration = Duration::from_secs(10);
/// How often the viewer's rights are read again, and the connection is tried.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// How long a console may take to take a frame.
const SEND: Duration = Duration::from_secs(10);
/// The largest frame a console has reason to send.
const FRAME_BYTES: usize = 16 * 1024;

/// The route; outside the layer that asks for a bearer token, since a browser
/// cannot set headers on a WebSocket.
pub fn open_routes() -> Router {
    Router::new().route("/live", get(open))
}

async fn open(
    upgrade: WebSocketUpgrade,
    Extension(hub): Extension<Hub>,
    Extension(db): Extension<Db>,
    Extension(keys): Extension<Arc<AuthKeys>>,
) -> Response {
    upgrade.max_message_size(FRAME_BYTES).on_upgrade(move |socket| async move {
        let mut feed = Feed { socket, hub, db, keys, token: String::new(), seq: 0 };
        if let Err(Over::Refused(detail)) = feed.run().await {
            let _ = feed.send(LiveMessage::Refused { seq: feed.seq, detail }).await;
        }
    })
}

/// Why a feed ended.
enum Over {
    /// The console went away, or takes nothing.
    Gone,
    /// It may not see anything (any more).
    Refused(String),
}

struct Feed {
    socket: WebSocket,
    hub: Hub,
    db: Db,
    keys: Arc<AuthKeys>,
    token: String,
    seq: u64,
}

impl Feed {
    async fn run(&mut self) -> Result<(), Over> {
        self.token = self.ask_who().await?;
        let mut viewer = self.viewer().await?;
        loop {
            let (snapshot, mut changes) = self.hub.subscribe(&viewer);
            self.send_numbered(snapshot).await?;
            let mut look_again = tokio::time::interval(LOOK_AGAIN);
            look_again.tick().await;
            loop {
                tokio::select! {
                    change = changes.recv() => match change {
                        Ok(tell) => {
                            if let Some(message) = self.hub.message(&viewer, self.seq, tell) {
                                self.send_numbered(message).await?;
                            }
                        }
                        Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => return Err(Over::Gone),
                    },
                    frame = self.socket.recv() => self.hear(frame)?,
                    _ = look_again.tick() => {
                        let seen = self.viewer().await?;
                        if seen != viewer {
                            viewer = seen;
                            break;
                        }
                        self.put(Message::Ping(Default::default())).await?;
                    }
                }
            }
        }
    }

    async fn ask_who(&mut self) -> Result<String, Over> {
        let refused =
            || Over::Refused("the first frame must be {\"type\":\"authenticate\",\"token\":…}".into());
        match timeout(SAY_WHO, self.socket.recv()).await {
            Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
                Ok(LiveRequest::Authenticate { token }) => Ok(token),
                Err(_) => Err(refused()),
            },
            Ok(Some(Ok(_))) | Err(_) => Err(refused()),
            Ok(Some(Err(_)) | None) => Err(Over::Gone),
        }
    }

    /// A console sends a fresh token before the old one ends.
    fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), Over> {
        match frame {
            None | Some(Err(_) | Ok(Message::Close(_))) => Err(Over::Gone),
            Some(Ok(Message::Text(text))) => {
                if let Ok(LiveRequest::Authenticate { token }) = serde_json::from_str(&text) {
                    self.token = token;
                }
                Ok(())
            }
            Some(Ok(_)) => Ok(()),
        }
    }

    async fn viewer(&mut self) -> Result<Viewer, Over> {
        let over = || Over::Refused("the session is over; please sign in again".to_owned());
        let caller = identify(&self.db, &self.keys, &self.token).await.map_err(|_| over())?;
        viewer_of(&self.db, &caller).await.map_err(|error| {
            tracing::warn!(%error, "the rights of a live viewer cannot be read");
            Over::Gone
        })
    }

    async fn send_numbered(&mut self, mut message: LiveMessage) -> Result<(), Over> {
        if let LiveMessage::Snapshot { seq, .. } = &mut message {
            *seq = self.seq;
        }
        self.seq += 1;
        self.send(message).await
    }

    async fn send(&mut self, message: LiveMessage) -> Result<(), Over> {
        match serde_json::to_string(&message) {
            Ok(text) => self.put(Message::Text(text.into())).await,
            Err(error) => {
                tracing::error!(%error, "a live message cannot be written as JSON");
                Err(Over::Gone)
            }
        }
    }

    async fn put(&mut self, frame: Message) -> Result<(), Over> {
        match timeout(SEND, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over::Gone),
        }
    }
}

/// What a caller may see of the live floor. Everybody sees their own desk.
async fn viewer_of(db: &Db, caller: &Caller) -> Result<Viewer, DbErr> {
    let campaigns = caller.permissions.scope(Permission::CampaignRead).is_some();
    Ok(Viewer {
        own: AgentId(caller.user_id.0),
        agents: agents_within(db, caller, Permission::LiveRead).await?,
        campaigns,
        queues: caller.permissions.scope(Permission::QueueRead).is_some(),
        overheard: agents_within(db, caller, Permission::CallListen).await?,
    })
}

/// The agents that a permission covers; `None`: all of them.
async fn agents_within(
    db: &Db,
    caller: &Caller,
    permission: Permission,
) -> Result<Option<HashSet<AgentId>>, DbErr> {
    let Some(scope) = caller.permissions.scope(permission) else { return Ok(Some(HashSet::new())) };
    Ok(match visible_users(db, caller, scope).await? {
        UserFilter::All => None,
        UserFilter::Ids(ids) => Some(ids.into_iter().map(|id| AgentId(id.0)).collect()),
    })
}
