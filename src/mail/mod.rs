//! Sends e-mail through the centre's mail server; the only room that knows
//! SMTP.
//!
//! In: [`MailServer`] from the configuration, then one [`Letter`] at a time.
//! Out: the letter is with the server, or [`SendError`] says whether another
//! try may help. Nothing is kept here: who sends remembers what was sent.

use crate::base::clock::Moment;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How long the server may take over a connection or a command.
const PATIENCE: Duration = Duration::from_secs(30);
/// Characters of an error that are kept.
const ERROR_CHARS: usize = 500;

/// How the way to the server is kept secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not at all: for a relay on this machine or in a closed network.
    None,
    /// Plain at first, then TLS before anything is said; a server that does not
    /// offer it is not talked to.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
}

impl TlsMode {
    /// The port that belongs to it by custom.
    pub fn usual_port(self) -> u16 {
        match self {
            TlsMode::None => 25,
            TlsMode::Starttls => 587,
            TlsMode::Tls => 465,
        }
    }

    /// The name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            TlsMode::None => "none",
            TlsMode::Starttls => "starttls",
            TlsMode::Tls => "tls",
        }
    }
}

/// The server that takes our mail.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User name and password, if it wants them.
    pub account: Option<(String, SecretString)>,
    /// Whom the mail comes from: `reports@example.com` or `Name <address>`.
    pub sender: String,
    /// How the connection is secured.
    pub tls: TlsMode,
    /// Certificates in PEM of an authority that is trusted besides the usual
    /// ones, e.g. a company's own; empty: none.
    pub authority: Vec<u8>,
}

/// Why a [`MailServer`] cannot be used: the setting and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailRefused {
    /// Not an address.
    #[error("sender: {0:?} is no mail address; e.g. reports@example.com or Trunkline <reports@example.com>")]
    Sender(String),
    /// Not a certificate, or not a host.
    #[error("{0}")]
    Tls(String),
}

/// One message to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The file that comes with it.
    pub file: AttachedFile,
    /// The same for every try of the same letter, so that a mailbox can tell a
    /// repeated one; letters, digits, dots and dashes.
    pub id: String,
    /// Its date.
    pub at: Moment,
}

/// A file in a letter.
#[derive(Debug, Clone)]
pub struct AttachedFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server will not take it for this recipient; trying again is no use.
    #[error("{0}")]
    Refused(String),
    /// Another try may succeed.
    #[error("{0}")]
    NotNow(String),
}

/// Sends letters; cheap to clone. Handlers have it as an extension.
#[derive(Clone, Default)]
pub struct Mailer(Option<Arc<Configured>>);

struct Configured {
    sender: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mailer {
    /// Sends nothing: no server is configured.
    pub fn none() -> Self {
        Self(None)
    }

    /// Sends through this server. Connects only when there is something to send.
    pub fn new(server: &MailServer) -> Result<Self, MailRefused> {
        let sender: Mailbox =
            server.sender.parse().map_err(|_| MailRefused::Sender(server.sender.clone()))?;
        let tls = match server.tls {
            TlsMode::None => Tls::None,
            TlsMode::Starttls => Tls::Required(parameters(server)?),
            TlsMode::Tls => Tls::Wrapper(parameters(server)?),
        };
        // "Dangerous" because it begins without TLS; the line below says which.
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .tls(tls)
            .port(server.port)
            .timeout(Some(PATIENCE));
        if let Some((name, password)) = &server.account {
            let password = password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(name.clone(), password));
        }
        Ok(Self(Some(Arc::new(Configured { sender, transport: transport.build() }))))
    }

    /// Whom mail comes from; `None` when no server is configured.
    pub fn sender(&self) -> Option<String> {
        self.0.as_ref().map(|configured| configured.sender.to_string())
    }

    /// Hands a letter to the server.
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let Some(configured) = &self.0 else {
            return Err(SendError::NotNow("no mail server is configured".to_owned()));
        };
        let message = message(&configured.sender, letter)?;
        match configured.transport.send(message).await {
            Ok(_) => Ok(()),
            // About the mailbox itself. Other refusals (a password, a limit) are
            // put right by somebody, and then the next try succeeds.
            Err(error) if error.status().is_some_and(|code| matches!(u16::from(code), 550 | 551 | 553)) => {
                Err(SendError::Refused(in_words(&error)))
            }
            Err(error) => Err(SendError::NotNow(in_words(&error))),
        }
    }
}

/// Whether mail can be sent to this, as far as its form goes.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

fn parameters(server: &MailServer) -> Result<TlsParameters, MailRefused> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if !server.authority.is_empty() {
        let pem = String::from_utf8_lossy(&server.authority).contains("-----BEGIN CERTIFICATE-----");
        // The library takes a text without certificates for none.
        let certificates = Certificate::from_pem(&server.authority).ok().filter(|_| pem);
        let refused = || MailRefused::Tls("ca_file: holds no certificates in PEM".to_owned());
        builder = builder.add_root_certificate(certificates.ok_or_else(refused)?);
    }
    builder.build_rustls().map_err(|error| MailRefused::Tls(format!("host: {}", in_words(&error))))
}

fn message(sender: &Mailbox, letter: &Letter) -> Result<Message, SendError> {
    let refused = |what: &str, error: &dyn std::fmt::Display| SendError::Refused(format!("{what}: {error}"));
    let to: Address = letter.to.parse().map_err(|error| refused(&letter.to, &error))?;
    let media_type = ContentType::parse(letter.file.media_type)
        .map_err(|error| refused(letter.file.media_type, &error))?;
    let file = Attachment::new(letter.file.name.clone()).body(letter.file.bytes.clone(), media_type);
    let milliseconds = u64::try_from(letter.at.0).unwrap_or_default();
    Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone())
        .date(UNIX_EPOCH + Duration::from_millis(milliseconds))
        .message_id(Some(format!("<{}@{}>", letter.id, sender.email.domain())))
        .header(AutoSubmitted)
        .multipart(MultiPart::mixed().singlepart(SinglePart::plain(letter.text.clone())).singlepart(file))
        .map_err(|error| refused("the message", &error))
}

/// Tells out-of-office robots not to answer (RFC 3834).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// An error with its causes on one line; what a server says may be anything.
fn in_words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(each) = cause {
        let more = each.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = each.source();
    }
    let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    text.collect::<Vec<_>>().join(" ").chars().take(ERROR_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> MailServer {
        MailServer {
            host: "mail.example.com".to_owned(),
            port: 587,
            account: None,
            sender: "坐席日报 <reports@example.com>".to_owned(),
            tls: TlsMode::Starttls,
            authority: Vec::new(),
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        assert!(Mailer::new(&server()).is_ok());
        let sender = |sender: &str| {
            Mailer::new(&MailServer { sender: sender.to_owned(), ..server() }).err().map(|e| e.to_string())
        };
        for wrong in ["", "reports", "reports@", "a@b c", "a@example.com\r\nBcc: b@example.com"] {
            assert!(sender(wrong).is_some_and(|text| text.starts_with("sender: ")), "{wrong:?}");
        }
        let authority = MailServer { authority: b"not a certificate".to_vec(), ..server() };
        let error = Mailer::new(&authority).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.starts_with("ca_file: ")));
    }

    #[test]
    fn addresses_are_told_from_others() {
        for right in ["a@example.com", "li.wei+reports@mail.example.cn", "a@localhost"] {
            assert!(is_address(right), "{right}");
        }
        for wrong in
            ["", "a", "a@", "@b", "a b@example.com", "a@example.com\r\nX: y", "A <a@example.com>", "a@b@c"]
        {
            assert!(!is_address(wrong), "{wrong:?}");
        }
    }
}
