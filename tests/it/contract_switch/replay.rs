//! Replays a recorded trace against a switch and compares the legs' stories.

use super::Switch;
use super::client::{Client, Event, Frame};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Not compared: CHANNEL_CALLSTATE says nothing that the others do not (and the
/// simulator does not send it), HEARTBEAT comes when it comes.
const LEFT_OUT: [&str; 2] = ["CHANNEL_CALLSTATE", "HEARTBEAT"];

#[derive(Debug, Deserialize)]
struct Line {
    dir: String,
    text: String,
}

/// One recorded connection.
pub struct Trace(Vec<Line>);

impl Trace {
    pub fn load(name: &str) -> Self {
        let path = format!("{}/tests/data/esl/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("the trace is there");
        Self(text.lines().map(|line| serde_json::from_str(line).expect("a line of a trace")).collect())
    }

    /// What the switch sent, events left out.
    pub fn frames(&self) -> impl Iterator<Item = Frame> {
        let received = self.0.iter().filter(|line| line.dir == "recv");
        received.map(|line| frame(&line.text)).filter(|frame| frame.kind() != "text/event-plain")
    }

    /// The events that the switch sent.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        let received = self.0.iter().filter(|line| line.dir == "recv");
        let frames = received.map(|line| frame(&line.text));
        frames.filter(|frame| frame.kind() == "text/event-plain").map(|frame| Event::parse(&frame.body))
    }

    pub fn requests(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|line| line.dir == "sent").map(|line| line.text.as_str())
    }
}

fn frame(text: &str) -> Frame {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let headers = head.lines().filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.into(), v.into()));
    Frame { headers: headers.collect(), body: body.to_owned() }
}

/// One step in a leg's story: what the product reads of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Deed {
    name: String,
    application: Option<String>,
    cause: Option<String>,
    sip_status: Option<String>,
    answer_state: Option<String>,
    /// The legs of the bridge, by their letters.
    bridge: Option<(char, char)>,
}

/// The letters of legs, by order of appearance, as in the digests of traces.
#[derive(Default)]
struct Letters(BTreeMap<String, char>);

impl Letters {
    fn of(&mut self, leg: &str) -> char {
        let next = char::from(b'A' + u8::try_from(self.0.len()).expect("few legs"));
        *self.0.entry(leg.to_owned()).or_insert(next)
    }
}

/// The stories of all legs: by letter, their deeds in order. Results of jobs
/// are told apart, because their place among a leg's events varies.
#[derive(Default)]
struct Stories {
    letters: Letters,
    legs: BTreeMap<char, Vec<Deed>>,
    jobs: Vec<String>,
}

impl Stories {
    fn add(&mut self, event: &Event) {
        if LEFT_OUT.contains(&event.name()) {
            return;
        }
        if event.name() == "BACKGROUND_JOB" {
            let words = event.body.split_whitespace().map(|word| match self.letters.0.get(word) {
                Some(letter) => letter.to_string(),
                None => word.to_owned(),
            });
            self.jobs.push(words.collect::<Vec<_>>().join(" "));
            return;
        }
        let text = |name: &str| event.get(name).map(str::to_owned);
        let leg = self.letters.of(event.get("Unique-ID").expect("an event of a leg"));
        let ends = event.get("Bridge-A-Unique-ID").zip(event.get("Bridge-B-Unique-ID"));
        let bridge = ends.map(|(a, b)| (self.letters.of(a), self.letters.of(b)));
        self.legs.entry(leg).or_default().push(Deed {
            name: event.name().to_owned(),
            application: text("Application"),
            cause: text("Hangup-Cause"),
            sip_status: text("variable_sip_term_status"),
            answer_state: text("Answer-State"),
            bridge,
        });
    }

    /// How many events are in the stories.
    fn len(&self) -> usize {
        self.jobs.len() + self.legs.values().map(Vec::len).sum::<usize>()
    }
}

/// Whether events that arrived hold at least what the trace had at this point:
/// as many of every leg, and as many results of jobs.
fn caught_up(events: &[Event], expected: &Stories) -> bool {
    let mut seen = Stories::default();
    events.iter().for_each(|event| seen.add(event));
    let told = |stories: &Stories, leg: &char| stories.legs.get(leg).map_or(0, Vec::len);
    seen.jobs.len() >= expected.jobs.len()
        && expected.legs.keys().all(|leg| told(&seen, leg) >= told(expected, leg))
}

/// Rewrites recorded requests for the switch under test.
struct Rewriter<'a> {
    switch: &'a Switch,
    ids: BTreeMap<String, String>,
    recording: String,
}

impl Rewriter<'_> {
    fn request(&mut self, recorded: &str) -> String {
        let mut request = self.fresh_ids(recorded);
        request = request.replace("auth ClueCon", &format!("auth {}", self.switch.password));
        request = request.replace("/var/lib/freeswitch/recordings/t1.wav", &self.recording);
        // Nothing is learnt by waiting 8 s for nobody.
        request = request.replace("originate_timeout=8", "originate_timeout=4");
        self.dial_string(&request)
    }

    /// The test phones of the recording were told apart by port.
    fn dial_string(&self, request: &str) -> String {
        let Some(from) = request.find("sofia/external/") else { return request.to_owned() };
        let end = request[from..].find(' ').map_or(request.len(), |space| from + space);
        let (address, port) = request[from..end].rsplit_once(':').expect("a port");
        let number = match port {
            "5092" => {
                let user = address.trim_start_matches("sofia/external/").split('@').next();
                let url = self.switch.phone.replace("{}", user.expect("an extension"));
                return format!("{}{url}{}", &request[..from], &request[end..]);
            }
            "5091" => "13800138000",
            "5093" => "13800138086",
            "5094" => "13800138003",
            "5095" => "13800138004",
            "5096" => "13800138080",
            "5097" => "13800138053",
            "5098" => "13800138099",
            other => panic!("no number for port {other}"),
        };
        let url = self.switch.customer.replace("{}", number);
        format!("{}{url}{}", &request[..from], &request[end..])
    }

    fn fresh_ids(&mut self, text: &str) -> String {
        let mut fresh = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let id = rest.get(..36).filter(|word| Uuid::parse_str(word).is_ok());
            let taken = match id {
                Some(id) => {
                    let new = self.ids.entry(id.to_owned()).or_insert_with(|| Uuid::new_v4().to_string());
                    fresh.push_str(new);
                    36
                }
                None => {
                    fresh.push(first);
                    first.len_utf8()
                }
            };
            rest = &rest[taken..];
        }
        fresh
    }
}

/// Replays the trace and compares.
pub async fn check(switch: &Switch, name: &str, trace: &Trace) {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = folder.path().join("new/t1.wav").to_str().expect("text").to_owned();
    let mut rewriter = Rewriter { switch, ids: BTreeMap::new(), recording };
    let mut client = Client::connect(&switch.address).await;
    client.frame().await.expect("a greeting");
    let (mut expected, mut replies) = (Stories::default(), Vec::new());
    for line in &trace.0 {
        let recorded = frame(&line.text);
        match line.dir.as_str() {
            "recv" if recorded.kind() == "text/event-plain" => expected.add(&Event::parse(&recorded.body)),
            "recv" if recorded.kind() != "auth/request" => {
                let reply: Frame = replies.pop().expect("a reply for every recorded one");
                compare_replies(&mut rewriter, &line.text, &recorded, &reply);
            }
            "sent" => {
                client.wait_for(name, |events| caught_up(events, &expected)).await;
                let request = rewriter.request(&line.text);
                replies.push(client.ask(&request).await);
            }
            _ => {}
        }
    }
    client.wait_for(name, |events| caught_up(events, &expected)).await;
    let mut seen = Stories::default();
    client.events.iter().for_each(|event| seen.add(event));
    for (leg, story) in &expected.legs {
        assert_eq!(&seen.legs[leg], story, "{name}: the story of leg {leg}");
    }
    assert_eq!(seen.jobs, expected.jobs, "{name}: results of jobs");
    assert_eq!(seen.len(), expected.len(), "{name}: events that the trace does not have");
}

/// Replies must say the same. Lists and dumps differ in what is outside of the
/// contract: there the fields that Trunkline reads must be the same.
fn compare_replies(rewriter: &mut Rewriter<'_>, request: &str, recorded: &Frame, reply: &Frame) {
    assert_eq!(reply.kind(), recorded.kind(), "{request}");
    let expected = rewriter.fresh_ids(recorded.reply());
    match serde_json::from_str::<serde_json::Value>(&expected) {
        Ok(list) => {
            let seen: serde_json::Value = serde_json::from_str(reply.reply()).expect("JSON");
            let fields =
                ["Unique-ID", "Answer-State", "Other-Leg-Unique-ID", "variable_tl_call_id", "row_count"];
            for field in fields {
                assert_eq!(seen.get(field), list.get(field), "{field} of {request}");
            }
            let rows = |list: &serde_json::Value| {
                let rows = list.get("rows").and_then(|rows| rows.as_array()).cloned().unwrap_or_default();
                let read = |row: &serde_json::Value, name: &str| row.get(name).cloned();
                let fields = ["uuid", "b_uuid", "direction", "callstate", "call_uuid", "application"];
                rows.iter().map(|row| fields.map(|field| read(row, field))).collect::<Vec<_>>()
            };
            assert_eq!(rows(&seen), rows(&list), "rows");
        }
        Err(_) => assert_eq!(reply.reply(), expected),
    }
}
