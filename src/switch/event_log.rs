//! The optional raw log of events: one JSON line for every event frame as it
//! was received, before anything is made of it, so that an independent script
//! can count calls without trusting our code.

use crate::base::clock;
use freeswitch_esl::EslEvent;
use serde_json::{Map, Value};
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// The headers kept, and their names in the log. All but the first may be
/// missing.
const HEADERS: [(&str, &str); 18] = [
    ("name", "Event-Name"),
    ("sequence", "Event-Sequence"),
    ("core", "Core-UUID"),
    ("switch_time_us", "Event-Date-Timestamp"),
    ("uuid", "Unique-ID"),
    ("other", "Other-Leg-Unique-ID"),
    ("bridge_a", "Bridge-A-Unique-ID"),
    ("bridge_b", "Bridge-B-Unique-ID"),
    ("cause", "Hangup-Cause"),
    ("sip_term_status", "variable_sip_term_status"),
    ("answer_state", "Answer-State"),
    ("path", "Record-File-Path"),
    ("job_command", "Job-Command"),
    ("tl_call", "variable_tl_call"),
    ("tl_role", "variable_tl_role"),
    ("tl_agent", "variable_tl_agent"),
    ("tl_nailed", "variable_tl_nailed"),
    ("session_count", "Session-Count"),
];

/// The open log.
pub struct EventLog {
    file: File,
}

impl EventLog {
    /// Opens the log to append to it.
    pub async fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::options().create(true).append(true).open(path).await? })
    }

    /// Appends one event.
    pub async fn write(&mut self, event: &EslEvent) -> std::io::Result<()> {
        self.file.write_all(line(event, clock::now().0).as_bytes()).await?;
        self.file.flush().await
    }
}

fn line(event: &EslEvent, t_ms: i64) -> String {
    let mut fields = Map::new();
    fields.insert("t_ms".into(), t_ms.into());
    for (name, header) in HEADERS {
        if let Some(value) = event.header_str(header) {
            fields.insert(name.into(), value.into());
        }
    }
    if let Some(body) = event.body() {
        fields.insert("body".into(), body.trim_end().into());
    }
    format!("{}\n", Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use freeswitch_esl::EslEventType;

    #[test]
    fn an_event_is_one_line_of_the_headers_that_it_has() {
        let mut event = EslEvent::with_type(EslEventType::ChannelHangupComplete);
        event.set_header("Event-Name", "CHANNEL_HANGUP_COMPLETE");
        event.set_header("Unique-ID", "a\nb");
        event.set_header("Hangup-Cause", "USER_BUSY");
        event.set_header("variable_sip_term_status", "486");
        event.set_header("Caller-Caller-ID-Number", "02112345678");
        assert_eq!(
            line(&event, 5),
            "{\"cause\":\"USER_BUSY\",\"name\":\"CHANNEL_HANGUP_COMPLETE\",\"sip_term_status\":\"486\",\
             \"t_ms\":5,\"uuid\":\"a\\nb\"}\n"
        );
    }
}
