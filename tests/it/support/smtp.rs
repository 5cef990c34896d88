//! A mail server for tests: takes mail over loopback and keeps it.
//!
//! In: what it is to say to whom ([`SmtpSink::answer`]), whether it is there at
//! all ([`Manner`]). Out: the mail it took, read by a parser that is not the
//! sender's own.

use calamine::{Data, Range, Reader, Xlsx};
use mail_parser::{MessageParser, MimeHeaders};
use std::collections::HashMap;
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use trunkline::mail::{MailServer, Mailer, TlsMode};

/// Whom test mail comes from.
pub const SENDER: &str = "Trunkline 中心 <reports@example.com>";

/// How the server behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Takes mail.
    #[default]
    Takes,
    /// Hangs up on everybody.
    Away,
    /// Takes a letter and never says so.
    FallsSilent,
}

/// The server; it ends when dropped.
pub struct SmtpSink {
    address: SocketAddr,
    tls: TlsMode,
    authority: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    took: Notify,
}

#[derive(Default)]
struct State {
    manner: Manner,
    answers: HashMap<String, String>,
    account: Option<String>,
    taken: Vec<Taken>,
    connections: usize,
}

/// A letter that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// What the client gave as `user password`, if it had to.
    pub account: Option<String>,
    bytes: Vec<u8>,
}

/// What is in it.
#[derive(Debug)]
pub struct Read {
    pub subject: String,
    /// The addresses in the header.
    pub to: Vec<String>,
    pub from: String,
    pub text: String,
    pub message_id: String,
    /// Seconds since 1970.
    pub sent: i64,
    pub file_name: String,
    pub file_type: String,
    pub file: Vec<u8>,
}

impl SmtpSink {
    /// A server without TLS.
    pub async fn start() -> SmtpSink {
        Self::with_tls(TlsMode::None).await
    }

    /// A server on 127.0.0.1 with a certificate of its own.
    pub async fn with_tls(tls: TlsMode) -> SmtpSink {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a server");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(listen(listener, tls, acceptor, shared.clone()));
        SmtpSink { address, tls, authority: made.cert.pem(), shared, task }
    }

    /// A mailer that uses this server.
    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.server()).expect("a mailer")
    }

    /// The settings for this server.
    pub fn server(&self) -> MailServer {
        MailServer {
            host: "127.0.0.1".to_owned(),
            port: self.address.port(),
            account: None,
            sender: SENDER.to_owned(),
            tls: self.tls,
            authority: self.authority.clone().into_bytes(),
        }
    }

    /// From now on the server behaves like this.
    pub fn is(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// What it says to a letter for this recipient, e.g. `550 no such user`.
    pub fn answer(&self, recipient: &str, reply: &str) {
        self.state().answers.insert(recipient.to_owned(), reply.to_owned());
    }

    /// Takes mail only from somebody who signs in like this.
    pub fn wants(&self, user: &str, password: &str) {
        self.state().account = Some(format!("{user} {password}"));
    }

    /// The letters it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.state().taken.clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// Waits until a letter has been taken since the last wait.
    pub async fn took_one(&self) {
        self.shared.took.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("the sink's state")
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Taken {
    /// Reads the message.
    pub fn read(&self) -> Read {
        let message = MessageParser::default().parse(&self.bytes).expect("a message");
        let addresses = |list: Option<&mail_parser::Address>| -> Vec<String> {
            let list = list.expect("addresses").iter();
            list.map(|each| each.address().expect("an address").to_owned()).collect()
        };
        let mut files = message.attachments();
        let file = files.next().expect("an attachment");
        assert!(files.next().is_none(), "one attachment");
        let kind = file.content_type().expect("a type");
        let auto = message.header("Auto-Submitted").and_then(|value| value.as_text());
        assert_eq!(auto, Some("auto-generated"), "out-of-office robots are told not to answer");
        Read {
            subject: message.subject().expect("a subject").to_owned(),
            to: addresses(message.to()),
            from: addresses(message.from()).join(","),
            text: message.body_text(0).expect("a text").replace("\r\n", "\n"),
            message_id: message.message_id().expect("an id").to_owned(),
            sent: message.date().expect("a date").to_timestamp(),
            file_name: file.attachment_name().expect("a name").to_owned(),
            file_type: format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()),
            file: file.contents().to_vec(),
        }
    }
}

impl Read {
    /// A sheet of the attached workbook.
    pub fn sheet(&self, name: &str) -> Range<Data> {
        let mut workbook = Xlsx::new(Cursor::new(self.file.clone())).expect("a workbook");
        workbook.worksheet_range(name).expect("the sheet")
    }
}

async fn listen(listener: TcpListener, tls: TlsMode, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let manner = {
            let mut state = shared.state.lock().expect("the sink's state");
            state.connections += 1;
            state.manner
        };
        if manner == Manner::Away {
            continue;
        }
        let (acceptor, shared) = (acceptor.clone(), shared.clone());
        // A client that goes away ends its session with an error.
        tokio::spawn(async move {
            let _ = serve(stream, tls, acceptor, &shared).await;
        });
    }
}

async fn serve(
    stream: TcpStream,
    tls: TlsMode,
    acceptor: TlsAcceptor,
    shared: &Shared,
) -> std::io::Result<()> {
    match tls {
        TlsMode::Tls => {
            Session::new(acceptor.accept(stream).await?, shared, true).run(true).await.map(|_| ())
        }
        TlsMode::None => Session::new(stream, shared, false).run(true).await.map(|_| ()),
        TlsMode::Starttls => {
            let Some(stream) = Session::new(stream, shared, false).offering_tls().run(true).await? else {
                return Ok(());
            };
            Session::new(acceptor.accept(stream).await?, shared, true).run(false).await.map(|_| ())
        }
    }
}

struct Session<'a, S> {
    stream: BufReader<S>,
    shared: &'a Shared,
    encrypted: bool,
    offers_tls: bool,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    fn new(stream: S, shared: &'a Shared, encrypted: bool) -> Self {
        Self { stream: BufReader::new(stream), shared, encrypted, offers_tls: false }
    }

    fn offering_tls(self) -> Self {
        Self { offers_tls: true, ..self }
    }

    async fn say(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// Serves until the client leaves (`None`) or TLS is to begin.
    async fn run(mut self, greets: bool) -> std::io::Result<Option<S>> {
        if greets {
            self.say("220 sink ESMTP").await?;
        }
        let (mut from, mut to, mut account) = (String::new(), Vec::new(), None);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            let wanted = self.shared.state.lock().expect("the sink's state").account.clone();
            let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => {
                    self.say("250-sink").await?;
                    if self.offers_tls {
                        self.say("250-STARTTLS").await?;
                    }
                    self.say("250 AUTH PLAIN").await?;
                }
                "STARTTLS" if self.offers_tls => {
                    self.say("220 go ahead").await?;
                    return Ok(Some(self.stream.into_inner()));
                }
                "AUTH" => {
                    account = plain_account(rest);
                    let right = account.is_some() && account == wanted;
                    self.say(if right { "235 welcome" } else { "535 wrong user or password" }).await?;
                }
                "MAIL" if wanted.is_some() && wanted != account => self.say("530 sign in first").await?,
                "MAIL" => {
                    from = in_brackets(rest);
                    self.say("250 ok").await?;
                }
                "RCPT" => {
                    let address = in_brackets(rest);
                    let answers = self.shared.state.lock().expect("the sink's state").answers.clone();
                    let reply = answers.get(&address).cloned().unwrap_or_else(|| "250 ok".to_owned());
                    if reply.starts_with('2') {
                        to.push(address);
                    }
                    self.say(&reply).await?;
                }
                "DATA" => {
                    self.say("354 go on").await?;
                    let bytes = self.read_message().await?;
                    let taken = Taken {
                        from: from.clone(),
                        to: std::mem::take(&mut to),
                        encrypted: self.encrypted,
                        account: account.clone(),
                        bytes,
                    };
                    let manner = {
                        let mut state = self.shared.state.lock().expect("the sink's state");
                        state.taken.push(taken);
                        state.manner
                    };
                    self.shared.took.notify_one();
                    if manner == Manner::FallsSilent {
                        // Until the client hangs up.
                        self.stream.read_to_end(&mut Vec::new()).await?;
                        return Ok(None);
                    }
                    self.say("250 taken").await?;
                }
                "RSET" | "NOOP" => self.say("250 ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(None);
                }
                _ => self.say("502 what?").await?,
            }
        }
    }

    /// Up to the line with a single dot, which is not part of it.
    async fn read_message(&mut self) -> std::io::Result<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            match line.as_slice() {
                b".\r\n" => return Ok(message),
                [b'.', rest @ ..] => message.extend_from_slice(rest),
                line => message.extend_from_slice(line),
            }
        }
    }
}

fn in_brackets(text: &str) -> String {
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// `PLAIN base64(\0user\0password)` as `user password`.
fn plain_account(text: &str) -> Option<String> {
    use base64::Engine;
    let encoded = text.trim().strip_prefix("PLAIN ")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0').skip(1);
    Some(format!("{} {}", parts.next()?, parts.next()?))
}
