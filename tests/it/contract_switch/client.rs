//! A plain Event Socket client for the contract: it keeps every frame as it
//! came, so that the test judges the wire and not a library's reading of it.

use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Longer than anything in the contract takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// One frame: the outer headers, and what they announce.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Frame {
    pub fn kind(&self) -> &str {
        self.headers.get("Content-Type").map_or("", String::as_str)
    }

    /// The text of a reply, wherever the protocol puts it.
    pub fn reply(&self) -> &str {
        self.headers.get("Reply-Text").map_or(self.body.as_str(), String::as_str)
    }
}

/// An event: its headers, decoded, and its body.
#[derive(Debug, Clone, Default)]
pub struct Event {
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Event {
    /// Reads the inside of a `text/event-plain` frame.
    pub fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        Self { headers: parse_headers(head), body: body.to_owned() }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn name(&self) -> &str {
        self.get("Event-Name").unwrap_or_default()
    }
}

pub fn parse_headers(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_owned(), percent_decode(value))).collect()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%').then(|| tail.get(..2)).flatten();
        match code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub struct Client {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// Every event so far, in order of arrival.
    pub events: Vec<Event>,
}

impl Client {
    pub async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the switch accepts the connection");
        let (read, writer) = stream.into_split();
        Self { reader: BufReader::new(read), writer, events: Vec::new() }
    }

    /// Sends a request and waits for its reply; events on the way are kept.
    pub async fn ask(&mut self, request: &str) -> Frame {
        self.writer.write_all(request.as_bytes()).await.expect("the request is written");
        loop {
            let frame = self.frame().await.expect("a reply");
            match frame.kind() {
                "text/event-plain" => self.events.push(Event::parse(&frame.body)),
                _ => return frame,
            }
        }
    }

    /// Reads events until `enough` says so.
    pub async fn wait_for(&mut self, what: &str, enough: impl Fn(&[Event]) -> bool) {
        while !enough(&self.events) {
            let Some(frame) = self.frame().await else { panic!("the connection ended before {what}") };
            self.events.push(Event::parse(&frame.body));
        }
    }

    /// The next frame; `None` at the end of the connection.
    pub async fn frame(&mut self) -> Option<Frame> {
        let read = tokio::time::timeout(PATIENCE, self.read_frame()).await;
        read.unwrap_or_else(|_| panic!("nothing came for {PATIENCE:?}; so far: {:#?}", self.names()))
    }

    fn names(&self) -> Vec<&str> {
        self.events.iter().map(Event::name).collect()
    }

    async fn read_frame(&mut self) -> Option<Frame> {
        let mut head = String::new();
        while !head.ends_with("\n\n") {
            if self.reader.read_line(&mut head).await.expect("readable") == 0 {
                return None;
            }
        }
        let headers: BTreeMap<String, String> =
            head.lines().filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.into(), v.into())).collect();
        let length = headers.get("Content-Length").map_or(0, |n| n.parse().expect("a length"));
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await.expect("the announced body");
        Some(Frame { headers, body: String::from_utf8(body).expect("UTF-8") })
    }
}
