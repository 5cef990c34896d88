//! Frames of the Event Socket as the switch's side reads and writes them.
//!
//! In: bytes of a connection. Out: [`Request`]s, and the text of replies. A
//! request is a line of text, perhaps header lines, an empty line, and a body
//! when a header says so.

use std::collections::{BTreeMap, BTreeSet};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// Bytes of a request's line, header or body; more ends the connection.
const REQUEST_BYTES: u64 = 64 * 1024;

/// What one client asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The first line.
    pub line: String,
    /// The headers after it, by their names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Request {
    /// The command and its arguments.
    pub fn split(&self) -> (&str, &str) {
        self.line.split_once(' ').map_or((self.line.as_str(), ""), |(name, rest)| (name, rest.trim()))
    }
}

/// Reads one request; `None` when the client has gone.
pub async fn read_request<R: AsyncRead + Unpin>(
    reader: &mut BufReader<R>,
) -> std::io::Result<Option<Request>> {
    let mut request = Request::default();
    loop {
        let mut line = String::new();
        if (&mut *reader).take(REQUEST_BYTES).read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if !line.ends_with('\n') {
            return Err(std::io::Error::other("a line of a request is too long, or was cut off"));
        }
        let line = line.trim_end_matches(['\r', '\n']);
        match (line.is_empty(), request.line.is_empty()) {
            // Empty lines between requests mean nothing.
            (true, true) => {}
            (true, false) => break,
            (false, true) => request.line = line.to_owned(),
            (false, false) => {
                if let Some((name, value)) = line.split_once(':') {
                    request.headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
                }
            }
        }
    }
    let length: u64 = request.headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    if length > REQUEST_BYTES {
        return Err(std::io::Error::other("the body of a request is too long"));
    }
    // No command that is served looks at its body.
    let mut body = Vec::new();
    (&mut *reader).take(length).read_to_end(&mut body).await?;
    Ok(Some(request))
}

/// What every connection begins with.
pub const GREETING: &str = "Content-Type: auth/request\n\n";

/// The reply to a command of the protocol itself.
pub fn command_reply(text: &str) -> String {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n")
}

/// The reply to `bgapi`.
pub fn job_reply(job: uuid::Uuid) -> String {
    format!("Content-Type: command/reply\nReply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n")
}

/// The reply to `api`.
pub fn api_reply(text: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len())
}

/// The last word on a connection.
pub fn goodbye() -> String {
    let text = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
    format!("Content-Type: text/disconnect-notice\nContent-Length: {}\n\n{text}", text.len())
}

/// The events that one client listens to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    all: bool,
    names: BTreeSet<String>,
    subclasses: BTreeSet<String>,
}

impl Subscription {
    /// `event plain A B CUSTOM x::y`; the reply's text.
    pub fn add(&mut self, arguments: &str) -> &'static str {
        let mut words = arguments.split_whitespace();
        match words.next() {
            Some("plain") => {}
            Some("json" | "xml") => return "-ERR the simulator sends plain events only",
            _ => return "-ERR no keywords supplied",
        }
        let mut custom = false;
        for word in words {
            match word {
                "all" | "ALL" => self.all = true,
                "CUSTOM" => custom = true,
                subclass if custom => {
                    self.subclasses.insert(subclass.to_owned());
                }
                name => {
                    self.names.insert(name.to_owned());
                }
            }
        }
        "+OK event listener enabled plain"
    }

    /// `nixevent A B CUSTOM x::y`.
    pub fn remove(&mut self, arguments: &str) {
        for word in arguments.split_whitespace() {
            self.names.remove(word);
            self.subclasses.remove(word);
            self.all &= word != "all" && word != "ALL";
        }
    }

    /// Whether an event is to be sent; `subclass` is that of a CUSTOM event.
    pub fn wants(&self, name: &str, subclass: Option<&str>) -> bool {
        self.all
            || match subclass {
                Some(subclass) => self.subclasses.contains(subclass),
                None => self.names.contains(name),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> Vec<Request> {
        let mut reader = BufReader::new(text.as_bytes());
        let mut requests = Vec::new();
        while let Ok(Some(request)) = read_request(&mut reader).await {
            requests.push(request);
        }
        requests
    }

    #[tokio::test]
    async fn requests_with_headers_and_bodies_are_told_apart() {
        let text = "auth ClueCon\n\nbgapi originate {a=b}user/1001 &park()\nJob-UUID: x\n\n\
                    sendmsg abc\r\ncontent-length: 5\r\n\r\nhelloapi status\n\n";
        let requests = read(text).await;
        let lines: Vec<&str> = requests.iter().map(|r| r.line.as_str()).collect();
        assert_eq!(
            lines,
            ["auth ClueCon", "bgapi originate {a=b}user/1001 &park()", "sendmsg abc", "api status"]
        );
        assert_eq!(requests[1].headers.get("job-uuid").map(String::as_str), Some("x"));
        assert_eq!(requests[3].split(), ("api", "status"));
    }

    #[tokio::test]
    async fn an_endless_line_is_refused() {
        let endless = "a".repeat(70_000);
        assert!(read_request(&mut BufReader::new(endless.as_bytes())).await.is_err());
    }

    #[test]
    fn subscriptions_name_events_and_subclasses() {
        let mut subscription = Subscription::default();
        assert_eq!(
            subscription.add("plain CHANNEL_ANSWER CUSTOM sofia::register"),
            "+OK event listener enabled plain"
        );
        assert!(subscription.wants("CHANNEL_ANSWER", None));
        assert!(!subscription.wants("CHANNEL_CREATE", None));
        assert!(subscription.wants("CUSTOM", Some("sofia::register")));
        assert!(!subscription.wants("CUSTOM", Some("sofia::expire")));
        subscription.remove("CHANNEL_ANSWER");
        assert!(!subscription.wants("CHANNEL_ANSWER", None));
        assert_eq!(subscription.add(""), "-ERR no keywords supplied");
    }
}
