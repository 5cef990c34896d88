//! The real router on a database of its own, and requests to it.
//!
//! In: a [`Db`] from `both_databases!`. Out: [`TestApp`]; [`TestApp::user`]
//! makes people, [`TestApp::as_user`] signs them in without the cost of a
//! password, [`Call`] is a request.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::{Extension, Router};
use http_body_util::BodyExt;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use trunkline::api::Settings;
use trunkline::auth::AuthKeys;
use trunkline::base::clock;
use trunkline::base::ids::{AgentId, CallId, UserId};
use trunkline::conductor::{Conductor, Parts, SwitchPort};
use trunkline::customers::jobs::ImportPoke;
use trunkline::floor::effect::{SwitchCommand, Tell};
use trunkline::floor::input::Input;
use trunkline::http::{Services, app};
use trunkline::live::hub::{Hub, Viewer};
use trunkline::mail::Mailer;
use trunkline::reports::schedules::jobs::ReportPoke;
use trunkline::store::changes::{ChangeListener, Changes};
use trunkline::store::entity::{departments, refresh_tokens, roles, teams, users};
use trunkline::store::{Db, write_tx};
use uuid::Uuid;

/// The password of every user that [`TestApp::user`] makes.
pub const PASSWORD: &str = "correct horse battery";
/// With which the switch signs in.
pub const SWITCH_SECRET: &str = "the switch's own secret";

/// The application.
pub struct TestApp {
    /// Its store.
    pub db: Db,
    /// Its live feed.
    pub hub: Hub,
    router: Router,
    keys: Arc<AuthKeys>,
    changes: Changes,
    // Of uploads and recordings; gone after the test.
    _folder: tempfile::TempDir,
    // The conductor hears of the switch through this, and ends with the token.
    _inputs: mpsc::Sender<Input>,
    _running: DropGuard,
}

/// A switch that takes every command and never says anything.
struct SilentSwitch;

impl SwitchPort for SilentSwitch {
    fn send(&self, _command: SwitchCommand) -> bool {
        true
    }

    fn reload_gateways(&self, _names: &[String]) {}
}

impl TestApp {
    /// The application on this database, without a mail server.
    pub fn on(db: Db) -> TestApp {
        Self::with_mail(db, Mailer::none())
    }

    /// The same with what sends mail. Its jobs do not run by themselves.
    pub fn with_mail(db: Db, mailer: Mailer) -> TestApp {
        let keys = Arc::new(AuthKeys::new(b"a secret that is only used in tests").expect("keys"));
        let changes = Changes::new();
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            home_country: "CN".to_owned(),
            zone: chrono_tz::Asia::Shanghai,
            recordings_dir: folder.path().join("recordings"),
            recordings_free_mib_min: 0,
            uploads_dir: folder.path().join("uploads"),
            sip_domain: "trunkline".to_owned(),
            switch_secret: SWITCH_SECRET.to_owned().into(),
            secure_cookies: true,
        };
        let hub = Hub::default();
        let shutdown = CancellationToken::new();
        let (conductor, handle) = Conductor::prepare(Parts {
            db: db.clone(),
            changes: changes.clone(),
            hub: hub.clone(),
            zone: settings.zone,
            home: settings.home_country.clone(),
            run: 1,
            shutdown: shutdown.clone(),
        });
        let (inputs, heard) = mpsc::channel(16);
        tokio::spawn(conductor.run(Arc::new(SilentSwitch), heard));
        let services = Services {
            db: db.clone(),
            changes: changes.clone(),
            keys: keys.clone(),
            settings,
            hub: hub.clone(),
            metrics: None,
        };
        let router = app(services)
            .layer(Extension(handle))
            .layer(Extension(mailer))
            .layer(Extension(ImportPoke::default()))
            .layer(Extension(ReportPoke::default()));
        TestApp {
            db,
            hub,
            router,
            keys,
            changes,
            _folder: folder,
            _inputs: inputs,
            _running: shutdown.drop_guard(),
        }
    }

    /// Hears what rooms tell from now on.
    pub fn listen(&self) -> ChangeListener {
        self.changes.listen()
    }

    /// The folder of uploads and recordings; gone after the test.
    pub fn folder(&self) -> &std::path::Path {
        self._folder.path()
    }

    /// A user of a role, without team and phone, whose password is [`PASSWORD`].
    pub async fn user(&self, username: &str, role: &str) -> UserId {
        self.user_in(username, role, None).await
    }

    /// The same in a team.
    pub async fn user_in(&self, username: &str, role: &str, team: Option<i64>) -> UserId {
        let tx = write_tx(&self.db).await.expect("begin");
        let role = roles::Entity::find().filter(roles::Column::Key.eq(role)).one(&tx).await.expect("role");
        let now = clock::now().to_utc();
        let row = users::ActiveModel {
            username: Set(username.to_owned()),
            display_name: Set(format!("{username} (test)")),
            password_hash: Set(password_hash().await),
            role_id: Set(role.expect("a seeded role").id),
            team_id: Set(team),
            phone_mode: Set("off_hook".to_owned()),
            active: Set(true),
            must_change_password: Set(false),
            failed_logins: Set(0),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        let row = row.insert(&tx).await.expect("insert a user");
        tx.commit().await.expect("commit");
        UserId(row.id)
    }

    /// An agent with a desk phone, on the live floor. The administrator is
    /// signed in by `admin`.
    pub async fn agent(&self, admin: &str, username: &str, extension: &str, team: Option<i64>) -> UserId {
        let viewer =
            Viewer { own: AgentId(0), agents: None, campaigns: false, queues: false, overheard: None };
        let (_, mut changes) = self.hub.subscribe(&viewer);
        let body = json!({ "username": username, "display_name": username, "role": "agent", "team_id": team,
                           "extension": extension, "password": PASSWORD });
        let made = self.post(admin, "/users", body).await.expect(201);
        let user = UserId(made["id"].as_i64().expect("an id"));
        loop {
            if let Tell::Agent(live) = changes.recv().await.expect("the conductor runs")
                && live.agent == AgentId(user.0)
            {
                break;
            }
        }
        let tx = write_tx(&self.db).await.expect("begin");
        let signed_in =
            users::ActiveModel { id: Set(user.0), must_change_password: Set(false), ..Default::default() };
        signed_in.update(&tx).await.expect("as after the first sign-in");
        tx.commit().await.expect("commit");
        user
    }

    /// Returns when the place is on the live floor: the conductor reads the store
    /// while the server answers already.
    pub async fn keeps(&self, place: CallId) {
        let viewer =
            Viewer { own: AgentId(0), agents: None, campaigns: false, queues: true, overheard: None };
        let (_, mut changes) = self.hub.subscribe(&viewer);
        while self.hub.kept_place(place).is_none() {
            changes.recv().await.expect("the conductor runs");
        }
    }

    /// A department, and a team in it.
    pub async fn team(&self, name: &str) -> (i64, i64) {
        let tx = write_tx(&self.db).await.expect("begin");
        let department = departments::ActiveModel { name: Set(name.to_owned()), ..Default::default() };
        let department = department.insert(&tx).await.expect("insert a department");
        let team = teams::ActiveModel {
            name: Set(format!("{name} 1")),
            department_id: Set(department.id),
            ..Default::default()
        };
        let team = team.insert(&tx).await.expect("insert a team");
        tx.commit().await.expect("commit");
        (department.id, team.id)
    }

    /// An access token of a new session.
    pub async fn token(&self, user: UserId) -> String {
        let now = clock::now();
        let session = Uuid::new_v4();
        let row = refresh_tokens::ActiveModel {
            id: Set(Uuid::new_v4()),
            user_id: Set(user.0),
            family: Set(session),
            token_hash: Set(session.to_string()),
            expires_at: Set((now + 3_600_000).to_utc()),
            used_at: Set(None),
            revoked_at: Set(None),
            created_at: Set(now.to_utc()),
        };
        let tx = write_tx(&self.db).await.expect("begin");
        refresh_tokens::Entity::insert(row).exec_without_returning(&tx).await.expect("insert a session");
        tx.commit().await.expect("commit");
        self.keys.issue(user, session, now).expect("token")
    }

    /// Signs a new user of this role in.
    pub async fn as_role(&self, role: &str) -> String {
        let user = self.user(&format!("{}-{}", role.replace('_', "-"), Uuid::new_v4().simple()), role).await;
        self.token(user).await
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }

    /// A request to `/api/v1`, as nobody.
    pub fn call<'a>(&'a self, method: &str, path: &str) -> Call<'a> {
        let method = method.parse::<Method>().expect("a method");
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        Call { app: self, request, body: Body::empty() }
    }

    /// GET as somebody.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.call("GET", path).bearer(token).send().await
    }

    /// POST as somebody.
    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call("POST", path).bearer(token).json(body).send().await
    }

    /// PATCH as somebody.
    pub async fn patch(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call("PATCH", path).bearer(token).json(body).send().await
    }
}

/// Hashed once for all tests: it is slow on purpose.
async fn password_hash() -> String {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    HASH.get_or_init(|| async { trunkline::auth::password::hash(PASSWORD).await.expect("hash") })
        .await
        .clone()
}

/// A request being put together.
pub struct Call<'a> {
    app: &'a TestApp,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call<'_> {
    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.request = self.request.header(header::CONTENT_TYPE, "application/json");
        self.body = Body::from(body.to_string());
        self
    }

    /// With a body as it is.
    pub fn body(mut self, body: &'static str) -> Self {
        self.body = Body::from(body);
        self
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        self.app.send(self.request.body(self.body).expect("a request")).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json
    }

    /// A problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"));
        assert_eq!(self.json["request_id"].as_str(), self.header("x-request-id"), "{}", self.text);
        self.json
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
