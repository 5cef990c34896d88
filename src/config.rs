//! The configuration: a TOML file, then environment variables, then the
//! command line; the later wins. Unknown keys are refused, so that a typing
//! mistake is not silently a default.
//!
//! In: `trunkline.toml` in the data folder (or `--config`), variables such as
//! `TRUNKLINE__SWITCH__HOST`, and the two that the switch's own configuration
//! shares with us, `TRUNKLINE_ESL_PASSWORD` and `TRUNKLINE_SWITCH_SECRET`.
//! Out: [`Config`], or one line that names the key and what would be right.

use crate::api::Settings;
use crate::mail::{MailServer, Mailer, TlsMode};
use crate::switch::link::LinkConfig;
use anyhow::{Context, bail};
use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything an operator can set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the console and the API listen.
    pub listen: SocketAddr,
    /// `sqlite://…` or `postgres://…`; empty: a SQLite file in the data folder.
    pub database: String,
    /// ISO 3166 code of the country whose numbers are written without prefix.
    pub home_country: String,
    /// Time zone of the centre, e.g. `Asia/Shanghai`.
    pub zone: String,
    /// Whether the console is reached over HTTPS (a proxy in front), so that
    /// cookies are marked secure.
    pub https: bool,
    /// Folder of the recordings, as the switch and Trunkline both see it;
    /// empty: in the data folder.
    pub recordings_dir: PathBuf,
    /// While the disk of that folder has less free space than this, in MiB, no
    /// new recording is started: the disk is left to calls and the database.
    pub recordings_free_mib_min: u64,
    /// The connection to the switch.
    pub switch: SwitchConfig,
    /// The server that takes mail.
    pub mail: MailConfig,
    /// `text` or `json`.
    pub log_format: LogFormat,
}

/// The connection to FreeSWITCH.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchConfig {
    /// Host of the Event Socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its password.
    pub password: SecretString,
    /// The secret with which the switch calls us; empty: made at first start
    /// and kept in the data folder.
    pub secret: SecretString,
    /// The domain of the desk phones, as in freeswitch-conf.
    pub domain: String,
    /// A file to which every event is appended as a line of JSON; empty: none.
    pub event_log: PathBuf,
}

/// The mail server, for reports on a schedule. For example:
///
/// ```toml
/// [mail]
/// host = "smtp.example.com"
/// sender = "Trunkline <reports@example.com>"
/// username = "reports@example.com"
/// # The password is better in the variable TRUNKLINE__MAIL__PASSWORD.
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Its host; empty: no mail is sent.
    pub host: String,
    /// Its port; unless given 587 for `starttls`, 465 for `tls`, 25 for `none`.
    pub port: Option<u16>,
    /// The account with it; empty: it wants none.
    pub username: String,
    /// The account's password.
    pub password: SecretString,
    /// Whom mail comes from: `reports@example.com` or `Name <address>`.
    pub sender: String,
    /// `none`, `starttls` (unless given) or `tls`.
    pub tls: TlsMode,
    /// A file with certificates (PEM) of an authority to trust besides the
    /// usual ones, such as the company's own; empty: none.
    pub ca_file: PathBuf,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: String::new(),
            home_country: "CN".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            https: false,
            recordings_dir: PathBuf::new(),
            recordings_free_mib_min: 1_024,
            switch: SwitchConfig::default(),
            mail: MailConfig::default(),
            log_format: LogFormat::Text,
        }
    }
}

impl Default for SwitchConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8021,
            password: SecretString::default(),
            secret: SecretString::default(),
            domain: "trunkline".to_owned(),
            event_log: PathBuf::new(),
        }
    }
}

/// What the command line sets.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
    /// `--database`.
    pub database: Option<String>,
    /// `--freeswitch HOST[:PORT]`.
    pub freeswitch: Option<String>,
}

impl Config {
    /// Reads file, environment and command line.
    pub fn read(data: &Path, overrides: &Overrides) -> anyhow::Result<Self> {
        let file = overrides.file.clone().unwrap_or_else(|| data.join("trunkline.toml"));
        let source = config::File::from(file.clone()).required(overrides.file.is_some());
        let environment =
            config::Environment::with_prefix("TRUNKLINE").prefix_separator("__").separator("__");
        let mut config: Self = config::Config::builder()
            .add_source(source)
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .with_context(|| format!("the configuration cannot be used (file {})", file.display()))?;
        // Shared with freeswitch-conf/, which knows them by these names.
        if let Some(password) = variable("TRUNKLINE_ESL_PASSWORD") {
            config.switch.password = password.into();
        }
        if let Some(secret) = variable("TRUNKLINE_SWITCH_SECRET") {
            config.switch.secret = secret.into();
        }
        if let Some(listen) = overrides.listen {
            config.listen = listen;
        }
        if let Some(database) = &overrides.database {
            config.database.clone_from(database);
        }
        if let Some(address) = &overrides.freeswitch {
            (config.switch.host, config.switch.port) = host_and_port(address)?;
        }
        config.fill(data);
        config.check()?;
        Ok(config)
    }

    fn fill(&mut self, data: &Path) {
        if self.database.is_empty() {
            self.database = format!("sqlite://{}", data.join("trunkline.db").display());
        }
        if self.recordings_dir.as_os_str().is_empty() {
            self.recordings_dir = data.join("recordings");
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        self.zone()?;
        self.mailer()?;
        if rlibphonenumber_region(&self.home_country).is_none() {
            bail!("home_country: {:?} is not an ISO 3166 country code such as CN", self.home_country);
        }
        Ok(())
    }

    fn zone(&self) -> anyhow::Result<Tz> {
        self.zone
            .parse()
            .map_err(|_| anyhow::anyhow!("zone: {:?} is no time zone; e.g. Asia/Shanghai", self.zone))
    }

    /// What sends mail; nothing is sent unless a host is set.
    pub fn mailer(&self) -> anyhow::Result<Mailer> {
        let mail = &self.mail;
        if mail.host.is_empty() {
            return Ok(Mailer::none());
        }
        let has_password = !mail.password.expose_secret().is_empty();
        let account = match (mail.username.is_empty(), has_password) {
            (true, false) => None,
            (false, true) => Some((mail.username.clone(), mail.password.clone())),
            (false, false) => bail!("mail.password: is not set, but mail.username is: set both or neither"),
            (true, true) => bail!("mail.username: is not set, but mail.password is: set both or neither"),
        };
        let authority = if mail.ca_file.as_os_str().is_empty() {
            Vec::new()
        } else {
            let file = mail.ca_file.display();
            std::fs::read(&mail.ca_file).with_context(|| format!("mail.ca_file: {file} cannot be read"))?
        };
        let server = MailServer {
            host: mail.host.clone(),
            port: self.mail_port(),
            account,
            sender: mail.sender.clone(),
            tls: mail.tls,
            authority,
        };
        Mailer::new(&server).map_err(|refused| anyhow::anyhow!("mail.{refused}"))
    }

    fn mail_port(&self) -> u16 {
        self.mail.port.unwrap_or_else(|| self.mail.tls.usual_port())
    }

    /// What the rooms need to know. Makes the folders.
    pub fn settings(&self, data: &Path) -> anyhow::Result<Settings> {
        let uploads_dir = data.join("uploads");
        for folder in [&self.recordings_dir, &uploads_dir] {
            std::fs::create_dir_all(folder).with_context(|| {
                format!("the folder {} cannot be made: make it, or name another one", folder.display())
            })?;
        }
        Ok(Settings {
            home_country: self.home_country.clone(),
            zone: self.zone()?,
            recordings_dir: std::path::absolute(&self.recordings_dir)?,
            recordings_free_mib_min: self.recordings_free_mib_min,
            uploads_dir,
            sip_domain: self.switch.domain.clone(),
            switch_secret: self.switch.secret.clone(),
            secure_cookies: self.https,
        })
    }

    /// The link's part. `recordings_dir` as in [`Settings`].
    pub fn link(&self, settings: &Settings) -> LinkConfig {
        let switch = &self.switch;
        let event_log = (!switch.event_log.as_os_str().is_empty()).then(|| switch.event_log.clone());
        LinkConfig {
            event_log,
            ..LinkConfig::new(
                &switch.host,
                switch.port,
                switch.password.clone(),
                &switch.domain,
                settings.recordings_dir.clone(),
            )
        }
    }

    /// The effective values for people, secrets masked.
    pub fn describe(&self) -> String {
        format!(
            "listen = {}\ndatabase = {}\nhome_country = {}\nzone = {}\nhttps = {}\nrecordings_dir = {}\n\
             recordings_free_mib_min = {}\nswitch.host = {}\nswitch.port = {}\nswitch.password: {}\nswitch.secret: {}\nswitch.domain = {}\n{}",
            self.listen,
            without_password(&self.database),
            self.home_country,
            self.zone,
            self.https,
            self.recordings_dir.display(),
            self.recordings_free_mib_min,
            self.switch.host,
            self.switch.port,
            mask(&self.switch.password),
            mask(&self.switch.secret),
            self.switch.domain,
            self.describe_mail(),
        )
    }

    fn describe_mail(&self) -> String {
        let mail = &self.mail;
        if mail.host.is_empty() {
            return "mail.host: not set, no mail is sent".to_owned();
        }
        format!(
            "mail.host = {}\nmail.port = {}\nmail.tls = {}\nmail.sender = {}\nmail.username = {}\n\
             mail.password: {}\nmail.ca_file = {}",
            mail.host,
            self.mail_port(),
            mail.tls.as_str(),
            mail.sender,
            mail.username,
            mask(&mail.password),
            mail.ca_file.display(),
        )
    }
}

fn mask(secret: &SecretString) -> &'static str {
    if secret.expose_secret().is_empty() { "not set" } else { "set" }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn rlibphonenumber_region(code: &str) -> Option<rlibphonenumber::Region> {
    // The type takes any two letters; only countries have a calling code.
    let region = code.parse().ok()?;
    rlibphonenumber::PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| region)
}

/// `HOST`, `HOST:PORT` or `[V6]:PORT`.
fn host_and_port(address: &str) -> anyhow::Result<(String, u16)> {
    if let Ok(socket) = address.parse::<SocketAddr>() {
        return Ok((socket.ip().to_string(), socket.port()));
    }
    match address.rsplit_once(':') {
        None if !address.is_empty() => Ok((address.to_owned(), SwitchConfig::default().port)),
        Some((host, port)) if !host.is_empty() && !host.contains(':') => {
            let port = port
                .parse()
                .with_context(|| format!("--freeswitch: {port:?} is not a port; give HOST or HOST:PORT"))?;
            Ok((host.to_owned(), port))
        }
        _ => bail!("--freeswitch: {address:?} is not HOST or HOST:PORT"),
    }
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_leave_the_port_out() {
        assert_eq!(host_and_port("10.0.0.5").ok(), Some(("10.0.0.5".into(), 8021)));
        assert_eq!(host_and_port("switch:18021").ok(), Some(("switch".into(), 18021)));
        assert_eq!(host_and_port("[::1]:8021").ok(), Some(("::1".into(), 8021)));
        for wrong in ["", "host:", "host:port", ":8021", "a:b:c"] {
            assert!(host_and_port(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_typing_mistake_in_the_file_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("trunkline.toml"), "listne = \"127.0.0.1:1\"\n").expect("written");
        let error = Config::read(folder.path(), &Overrides::default()).expect_err("refused");
        assert!(format!("{error:#}").contains("listne"), "{error:#}");
    }

    fn with_mail(mail: &str) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("trunkline.toml"), format!("[mail]\n{mail}\n")).expect("written");
        Config::read(folder.path(), &Overrides::default())
    }

    #[test]
    fn mail_needs_a_host_and_then_a_sender() {
        let off = with_mail("").expect("no mail");
        assert_eq!(off.mailer().expect("none").sender(), None);
        assert!(off.describe().ends_with("mail.host: not set, no mail is sent"));
        let on = with_mail(
            "host = \"smtp.example.com\"\nsender = \"Reports <r@example.com>\"\n\
             username = \"r\"\npassword = \"hush-hush\"\ntls = \"tls\"",
        )
        .expect("mail");
        assert!(
            on.mailer().expect("a mailer").sender().is_some_and(|sender| sender.contains("r@example.com"))
        );
        let described = on.describe();
        assert!(described.contains("mail.port = 465\n") && described.contains("mail.password: set\n"));
        assert!(!described.contains("hush-hush"), "{described}");
    }

    #[test]
    fn a_wrong_mail_setting_is_refused_by_name() {
        let host = "host = \"smtp.example.com\"";
        let sender = "sender = \"r@example.com\"";
        for (mail, name) in [
            (host.to_owned(), "mail.sender"),
            (format!("{host}\nsender = \"nobody\""), "mail.sender"),
            (format!("{host}\n{sender}\nusername = \"r\""), "mail.password"),
            (format!("{host}\n{sender}\npassword = \"x\""), "mail.username"),
            (format!("{host}\n{sender}\ntls = \"yes\""), "tls"),
            (format!("{host}\n{sender}\nca_file = \"/nowhere/ca.pem\""), "mail.ca_file"),
            (format!("{host}\n{sender}\nport = 70000"), "port"),
            (format!("{host}\nsendr = \"r@example.com\""), "sendr"),
        ] {
            let error = with_mail(&mail).map(|_| ()).expect_err(&mail);
            assert!(format!("{error:#}").contains(name), "{mail}: {error:#}");
        }
    }

    #[test]
    fn the_password_is_not_described() {
        assert_eq!(without_password("postgres://me:secret@db/x"), "postgres://…@db/x");
    }
}
