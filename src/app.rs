//! Wiring: from a data folder and a configuration to a running server.
//!
//! In: [`ServeOptions`]. Out: a [`Server`] that listens, with its conductor,
//! switch link and jobs running; stopping it writes every fact at hand first,
//! closes the database and leaves the calls on the switch alone.

use crate::auth::AuthKeys;
use crate::base::clock;
use crate::conductor::{Conductor, Parts};
use crate::config::{Config, LogFormat, Overrides};
use crate::http::Services;
use crate::live::hub::Hub;
use crate::sim::cdr::CdrTarget;
use crate::sim::customer::{CustomerShares, Customers};
use crate::sim::server::SimConfig;
use crate::sim::world::WorldConfig;
use crate::store::Db;
use crate::store::changes::Changes;
use crate::{auth, demo, http, jobs, people, secrets, sim, switch};
use anyhow::{Context, bail};
use axum::Extension;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What `trunkline serve` is told.
#[derive(Debug, Clone, Default)]
pub struct ServeOptions {
    /// The data folder; made when missing.
    pub data: PathBuf,
    /// What the command line sets.
    pub overrides: Overrides,
    /// With the built-in switch, demo agents and a demo campaign.
    pub demo: bool,
}

/// How long requests and jobs under way may keep the database from being closed
/// at the end.
const CLOSE: Duration = Duration::from_secs(5);

/// A running server.
pub struct Server {
    address: SocketAddr,
    note: Option<String>,
    stop: CancellationToken,
    signals: StopSignals,
    web: JoinHandle<std::io::Result<()>>,
    conductor: JoinHandle<()>,
    demo: Option<demo::Demo>,
    db: Db,
}

/// Starts everything. Fails before it listens, with one line that says what to
/// do; a switch that cannot be reached is not a failure.
pub async fn start(options: ServeOptions) -> anyhow::Result<Server> {
    let signals = StopSignals::listen()?;
    let data = data_folder(&options.data)?;
    let mut config = Config::read(&data, &options.overrides)?;
    start_logging(config.log_format);
    let secrets = secrets::read_or_make(&data)?;
    if config.switch.secret.expose_secret().is_empty() {
        config.switch.secret = secrets.switch_secret.clone();
    }
    if !options.demo && config.switch.password.expose_secret().is_empty() {
        tracing::warn!("no Event Socket password is set: put it into TRUNKLINE_ESL_PASSWORD");
    }
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    let db = open_store(&config).await?;
    let demo = if options.demo { Some(demo::Demo::start(&mut config).await?) } else { None };
    let settings = config.settings(&data)?;
    let metrics = metrics()?;
    let changes = Changes::new();
    let hub = Hub::default();
    let stop = CancellationToken::new();

    let note = match &demo {
        Some(demo) => Some(demo.seed(&db, &settings).await?),
        None => first_administrator(&db).await?,
    };
    let keys = Arc::new(AuthKeys::new(secrets.token_key.expose_secret().as_bytes())?);
    let parts = Parts {
        db: db.clone(),
        changes: changes.clone(),
        hub: hub.clone(),
        zone: settings.zone,
        home: settings.home_country.clone(),
        run: run_number(),
        shutdown: stop.clone(),
    };
    let (conductor, handle) = Conductor::prepare(parts);
    let (inputs, from_switch) = mpsc::channel(crate::base::limits::FLOOR_INPUTS);
    let link = switch::link::spawn(config.link(&settings), inputs, stop.clone());
    let conductor = tokio::spawn(conductor.run(Arc::new(link), from_switch));
    let mailer = config.mailer()?;
    let floor = handle.clone();
    let tell_space = move |space| floor.recording_space(space);
    let pokes = jobs::spawn(&db, &settings, &data, &changes, &mailer, tell_space, &stop);
    if let Some(demo) = &demo {
        demo.staff(&db, &hub, &handle, &stop).await?;
    }
    let services = Services { db: db.clone(), changes, keys, settings, hub, metrics: Some(metrics) };
    let router = http::app(services)
        .layer(Extension(handle))
        .layer(Extension(mailer))
        .layer(Extension(pokes.imports))
        .layer(Extension(pokes.reports));
    let stopping = stop.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let web = tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await
    });
    Ok(Server { address, note, stop, signals, web, conductor, demo, db })
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The one line for whoever started it.
    pub fn announcement(&self) -> String {
        let note = self.note.as_deref().map(|note| format!(" · {note}")).unwrap_or_default();
        format!("Trunkline is at http://{}{note}", self.address)
    }

    /// Runs until it is told to stop by a signal, then stops.
    pub async fn run_until_signal(mut self) -> anyhow::Result<()> {
        self.signals.wait().await;
        tracing::info!("stopping: calls in progress stay on the switch");
        self.stop().await
    }

    /// Stops: no new requests, every fact at hand is written, the database is
    /// closed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.conductor.await.context("the conductor ended badly")?;
        // Live connections of consoles are not waited for.
        self.web.abort();
        if let Some(demo) = self.demo {
            demo.stop();
        }
        match tokio::time::timeout(CLOSE, self.db.close()).await {
            Ok(closed) => closed.context("the database cannot be closed")?,
            Err(_) => tracing::warn!("the database is still in use and is left as after a crash"),
        }
        Ok(())
    }
}

/// Runs the built-in switch alone, until a signal; prints where it listens.
pub async fn run_simulator(
    port: u16,
    seed: u64,
    scripted: bool,
    records_to: Option<&str>,
    orders: bool,
) -> anyhow::Result<()> {
    let mut signals = StopSignals::listen()?;
    let password = std::env::var("TRUNKLINE_ESL_PASSWORD")
        .context("the simulator's password must be in TRUNKLINE_ESL_PASSWORD")?;
    let customers = if scripted { Customers::Scripted } else { Customers::Drawn(CustomerShares::default()) };
    let world = WorldConfig { seed, customers, ..WorldConfig::default() };
    let cdr = records_to.map(records_target).transpose()?;
    let config = SimConfig { port, cdr, ..SimConfig::new(password.into(), world) };
    let switch = sim::server::start(config).await.with_context(|| {
        format!("the simulator cannot listen on port {port} of 127.0.0.1: choose another with --port")
    })?;
    let mut lines = if orders { lines_of_stdin() } else { mpsc::channel(1).1 };
    println!("the simulated switch listens on {}", switch.addr);
    let obey = async {
        while let Some(line) = lines.recv().await {
            if let Err(not_obeyed) = switch.obey(&line) {
                eprintln!("{not_obeyed}");
            }
        }
        // Nobody gives orders any more; the switch runs on.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = signals.wait() => {}
        () = obey => {}
    }
    switch.stop();
    Ok(())
}

/// The lines of the standard input. They are read by a thread of their own, which
/// may wait for ever and ends with the program.
fn lines_of_stdin() -> mpsc::Receiver<String> {
    let (lines, read) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    read
}

/// Where the simulated switch posts its call records.
fn records_target(trunkline: &str) -> anyhow::Result<CdrTarget> {
    let authority = trunkline.trim_end_matches('/').strip_prefix("http://");
    let authority =
        authority.with_context(|| format!("--records-to: {trunkline:?} is not http://HOST:PORT"))?;
    let secret = std::env::var("TRUNKLINE_SWITCH_SECRET")
        .context("--records-to: the switch's secret must be in TRUNKLINE_SWITCH_SECRET")?;
    Ok(CdrTarget {
        authority: authority.to_owned(),
        path: "/switch/cdr".to_owned(),
        user: "freeswitch".to_owned(),
        password: secret.into(),
        spool: std::env::var_os("TRUNKLINE_SPOOL_DIR").map(PathBuf::from),
    })
}

/// The signals that ask the program to stop. They are listened for before the
/// program says that it runs, or one that comes at once would end it unheard.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened for");
        let (terminate, interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Brings the database's schema up to date.
pub async fn migrate(data: &Path, overrides: &Overrides) -> anyhow::Result<()> {
    let config = Config::read(&data_folder(data)?, overrides)?;
    open_store(&config).await?.close().await.context("the database cannot be closed")
}

/// The configuration that would be used.
pub fn describe_config(data: &Path, overrides: &Overrides) -> anyhow::Result<String> {
    Ok(Config::read(data, overrides)?.describe())
}

fn data_folder(data: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(data).with_context(|| {
        format!(
            "the data folder {} cannot be made: check its place and owner, or name another with --data",
            data.display()
        )
    })?;
    std::path::absolute(data).context("the data folder has no absolute path")
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "{address} is taken by another program: stop that program, or choose another address with --listen"
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

async fn open_store(config: &Config) -> anyhow::Result<Db> {
    let db = Db::connect(&config.database).await?;
    db.migrate().await.context("the database's schema cannot be brought up to date")?;
    Ok(db)
}

/// With an empty database, somebody must be able to sign in.
async fn first_administrator(db: &Db) -> anyhow::Result<Option<String>> {
    let password = secrets::random().chars().take(16).collect::<String>();
    let hash = auth::password::hash(&password).await?;
    let made = people::store::make_first_administrator(db, "admin", &hash, clock::now()).await?;
    Ok(made.then(|| {
        let password: SecretString = password.into();
        format!("first start: sign in as admin with the password {} and change it", password.expose_secret())
    }))
}

/// Differs between runs: half time, half chance.
fn run_number() -> u64 {
    rand::random::<u64>()
}

/// What is measured, for `/metrics`. One recorder serves every server of a
/// process.
fn metrics() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    let install = || {
        let builder =
            switch::meters::DELAYS.into_iter().try_fold(PrometheusBuilder::new(), |all, (name, buckets)| {
                all.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)
            });
        builder.and_then(PrometheusBuilder::install_recorder).map_err(|error| error.to_string())
    };
    RECORDER.get_or_init(install).clone().map_err(|error| anyhow::anyhow!("metrics cannot be kept: {error}"))
}

/// Logs go to standard error; standard output is for the announcement.
fn start_logging(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TRUNKLINE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn,sea_orm=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second server in one process, as in tests, keeps the first one's log.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
