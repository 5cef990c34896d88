//! What the switch sends over the Event Socket, frame by frame: header lines
//! up to an empty one, then as many bytes as `Content-Length` says.
//!
//! In: a stream of bytes. Out: [`Frame`]s. What an answer and an event say is
//! read by the client library.

use freeswitch_esl::{EslError, EslEvent, EslResponse, parse_channel_dump};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// Bytes of a line above a body.
const LINE_BYTES: u64 = 64 * 1024;
/// Lines above a body.
const LINES: usize = 64;
/// Bytes of a body; the longest is the list of all channels.
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// One thing that the switch says.
#[derive(Debug)]
pub(super) enum Frame {
    /// Who connects is asked for the password.
    LogIn,
    /// The answer to the oldest command without one.
    Answer(EslResponse),
    /// An event, or why it cannot be read.
    Event(Result<EslEvent, EslError>),
    /// The access list of the Event Socket knows us not.
    Refused,
    /// The switch is about to close the connection.
    Goodbye,
}

/// What came is no frame, or the connection broke.
#[derive(Debug, thiserror::Error)]
pub(super) enum Garbled {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it says {0:?} where a frame should be")]
    NoFrame(String),
}

/// The next frame; `None` when the switch has closed the connection. Given up
/// half-way it leaves half a frame behind: the connection is of no use then.
pub(super) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Frame>, Garbled> {
    let mut headers: Vec<(String, String)> = Vec::new();
    loop {
        let mut line = Vec::new();
        if (&mut *from).take(LINE_BYTES).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        match line.trim_end_matches(['\r', '\n']) {
            // Also between frames: some builds end an event with one more.
            "" if headers.is_empty() => {}
            "" => break,
            text => match text.split_once(':') {
                Some((name, value)) if line.ends_with('\n') && headers.len() < LINES => {
                    headers.push((name.to_owned(), value.trim_start().to_owned()));
                }
                _ => return Err(no_frame(text)),
            },
        }
    }
    let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v);
    let body = match header("Content-Length") {
        None => None,
        Some(length) => {
            let bytes = length.parse().ok().filter(|bytes| *bytes <= BODY_BYTES);
            let mut body = vec![0; bytes.ok_or_else(|| no_frame(length))?];
            from.read_exact(&mut body).await?;
            Some(
                String::from_utf8(body)
                    .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
            )
        }
    };
    Ok(Some(match header("Content-Type").unwrap_or_default() {
        "auth/request" => Frame::LogIn,
        "command/reply" | "api/response" => {
            Frame::Answer(EslResponse::new(headers.into_iter().collect(), body))
        }
        // A dump is written as an event is, and this is the library's reader of both.
        "text/event-plain" => Frame::Event(parse_channel_dump(&body.unwrap_or_default())),
        "text/rude-rejection" => Frame::Refused,
        "text/disconnect-notice" => Frame::Goodbye,
        other => return Err(no_frame(other)),
    }))
}

fn no_frame(text: &str) -> Garbled {
    Garbled::NoFrame(text.chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use freeswitch_esl::EslEventType;

    async fn frames(mut bytes: &[u8]) -> Result<Vec<Frame>, Garbled> {
        let mut frames = Vec::new();
        while let Some(frame) = read(&mut bytes).await? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[tokio::test]
    async fn answers_and_events_are_told_apart_and_read() {
        let job = "Event-Name: BACKGROUND_JOB\nJob-Command-Arg: %7Ba%3D1%7Dx%20%26park()\nContent-Length: 14\n\n-ERR NO_ANSWER\n";
        let said = format!(
            "Content-Type: auth/request\n\n\
             Content-Type: command/reply\r\nReply-Text: +OK Job-UUID: 7\r\nJob-UUID: 7\r\n\r\n\
             Content-Length: {}\nContent-Type: text/event-plain\n\n{job}\n\
             content-type: api/response\nContent-Length: 19\n\n-ERR 没有此人!\n",
            job.len()
        );
        let [Frame::LogIn, Frame::Answer(reply), Frame::Event(event), Frame::Answer(api)] =
            &frames(said.as_bytes()).await.unwrap()[..]
        else {
            panic!("{said}")
        };
        assert_eq!((reply.job_uuid(), reply.is_success()), (Some("7"), true));
        let event = event.as_ref().unwrap();
        assert_eq!(event.event_type(), Some(EslEventType::BackgroundJob));
        assert_eq!(event.header_str("Job-Command-Arg"), Some("{a=1}x &park()"));
        assert_eq!(event.body().map(str::trim), Some("-ERR NO_ANSWER"));
        assert!(api.api_result().unwrap_err().to_string().contains("没有此人"), "{api:?}");
    }

    #[tokio::test]
    async fn what_is_no_frame_ends_the_connection_and_never_the_program() {
        let long = format!("Content-Type: {}", "x".repeat(70_000));
        let many = "A: b\n".repeat(100);
        for said in [
            "HTTP/1.1 400 Bad Request\n\n",
            "Content-Type: text/html\n\n",
            "Content-Length: 5\n\nabcde",
            "Content-Type: api/response\nContent-Length: -1\n\n",
            "Content-Type: api/response\nContent-Length: 99999999999\n\n",
            // Ends in the middle.
            "Content-Type: api/response\nContent-Length: 9\n\nabc",
            &long,
            &many,
        ] {
            assert!(frames(said.as_bytes()).await.is_err(), "{said}");
        }
        assert!(frames(b"").await.unwrap().is_empty());
        let broken = frames(b"Content-Type: text/event-plain\nContent-Length: 4\n\nnono").await.unwrap();
        assert!(matches!(&broken[..], [Frame::Event(event)] if event.is_err()), "{broken:?}");
    }
}
