//! The file format `pacing-scenario/1`: the world in which policies are
//! compared, in JSON.
//!
//! In: the text of a file. Out: a [`Scenario`] that makes sense, or the field
//! that does not, in words. All times are in seconds.

use crate::base::limits;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The only format there is.
const FORMAT: &str = "pacing-scenario/1";
/// The longest shift, in seconds.
const DURATION_MAX_S: f64 = 86_400.0;
/// The longest of all other times, in seconds.
const TIME_MAX_S: f64 = 86_400.0;
/// The floor's clock has whole milliseconds.
const TICK_MIN_S: f64 = 0.001;

/// Why a scenario cannot be used: the field, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Refused {
    /// Which field, as a path: `talk[1].sigma`.
    pub field: String,
    /// Why.
    pub why: String,
}

/// A world, and a shift in it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Which format it is.
    pub format: String,
    /// What it is called.
    pub name: String,
    /// The source of all chance.
    pub seed: u64,
    /// How long the shift lasts.
    pub duration_s: f64,
    /// How often calls may be launched.
    #[serde(default = "tick_s")]
    pub tick_s: f64,
    /// How long a customer who has answered waits for an agent; then the call
    /// is abandoned.
    pub patience_s: f64,
    /// The share of answered calls that may be abandoned.
    pub target_abandon: f64,
    /// The share of calls that are answered, over the shift.
    pub answer_prob: AnswerProb,
    /// The share of calls that fail soon.
    pub fail_prob: f64,
    /// When they do, from the launch.
    pub fail_time: Distribution,
    /// From the launch until it rings.
    pub setup: Distribution,
    /// From ringing to the answer.
    pub ring_answered: Distribution,
    /// How long it rings at most.
    pub ring_timeout_s: f64,
    /// Those who do not answer.
    pub unanswered: Unanswered,
    /// Conversations: a mixture.
    pub talk: Vec<Component>,
    /// After-call work.
    pub wrap: Distribution,
    /// The agents.
    pub agents: Staff,
    /// Calls in progress at most; none: any number.
    #[serde(default)]
    pub trunk_channels: Option<u32>,
    /// For people.
    #[serde(default)]
    pub note: Option<String>,
}

fn tick_s() -> f64 {
    0.1
}

/// A share that changes over the shift.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerProb {
    /// From when on which share, in the order of time.
    pub points: Vec<(f64, f64)>,
    /// What holds between the points.
    #[serde(default)]
    pub interp: Interpolation,
}

/// What holds between two points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The earlier one's.
    #[default]
    Step,
    /// A straight line.
    Linear,
}

/// How calls end that nobody answers: when their time is up, or sooner.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unanswered {
    /// The share that ends sooner: busy, rejected.
    pub early_prob: f64,
    /// When, from ringing.
    pub early: Distribution,
}

/// A random time.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "dist", rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same.
    Const {
        /// How long.
        value: f64,
        /// At most.
        max: Option<f64>,
    },
    /// Anything between two times.
    Uniform {
        /// From.
        lo: f64,
        /// To.
        hi: f64,
        /// At most.
        max: Option<f64>,
    },
    /// Without memory.
    Exp {
        /// On average.
        mean: f64,
        /// At most.
        max: Option<f64>,
    },
    /// Many short, few long.
    Lognormal {
        /// On average.
        mean: f64,
        /// The standard deviation of the logarithm.
        sigma: f64,
        /// At most.
        max: Option<f64>,
    },
}

/// One part of a mixture.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Component {
    /// Its share.
    pub w: f64,
    /// Its times.
    pub distribution: Distribution,
}

/// A share stands among the fields of its distribution, whose unknown fields
/// are to be refused all the same.
impl TryFrom<Map<String, Value>> for Component {
    type Error = String;
    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let w = fields.remove("w").ok_or("missing field `w`")?;
        let w = w.as_f64().ok_or("`w` is not a number")?;
        let distribution =
            serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?;
        Ok(Self { w, distribution })
    }
}

/// The agents of a shift.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// How many.
    pub n: u32,
    /// When each begins.
    pub login: Distribution,
    /// How long each works between two pauses; none: no pauses of their own.
    #[serde(default)]
    pub work_between_pauses: Option<Distribution>,
    /// How long such a pause is.
    #[serde(default)]
    pub pause: Option<Distribution>,
    /// When many pause together.
    #[serde(default)]
    pub mass_pause: Vec<MassPause>,
    /// Who begins later.
    #[serde(default)]
    pub join: Vec<Group>,
    /// Who leaves before the end.
    #[serde(default)]
    pub leave: Vec<Group>,
}

/// Many agents pause together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MassPause {
    /// From when on.
    pub at: f64,
    /// Within how long they go.
    pub within: f64,
    /// The share of agents who do.
    pub fraction: f64,
    /// How long each is away.
    pub duration: f64,
}

/// Agents who come or go together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The first of them, from 0.
    pub first: u32,
    /// How many.
    pub count: u32,
    /// From when on.
    pub at: f64,
    /// Within how long.
    pub within: f64,
}

impl Scenario {
    /// Reads a scenario and checks it.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let mut json = serde_json::Deserializer::from_str(text);
        let scenario: Scenario = serde_path_to_error::deserialize(&mut json).map_err(|error| Refused {
            field: error.path().to_string(),
            why: error.into_inner().to_string(),
        })?;
        json.end().map_err(|error| Refused { field: "the file".to_owned(), why: error.to_string() })?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Whether it makes sense.
    pub fn check(&self) -> Result<(), Refused> {
        hold("format", self.format == FORMAT, || format!("{FORMAT} is read, not {:?}", self.format))?;
        between("duration_s", self.duration_s, 1.0, DURATION_MAX_S)?;
        between("tick_s", self.tick_s, TICK_MIN_S, 60.0)?;
        between("patience_s", self.patience_s, TICK_MIN_S, TIME_MAX_S)?;
        share("target_abandon", self.target_abandon)?;
        let permille = self.target_abandon * 1_000.0;
        hold("target_abandon", (permille - permille.round()).abs() < 1e-9, || {
            "a campaign's cap is in whole per mille: 0.03, not finer than 0.001".to_owned()
        })?;
        self.check_calls()?;
        self.check_agents()?;
        hold("trunk_channels", self.trunk_channels != Some(0), || "at least 1, or null".to_owned())
    }

    fn check_calls(&self) -> Result<(), Refused> {
        let points = &self.answer_prob.points;
        hold("answer_prob.points", !points.is_empty(), || "at least one point is needed".to_owned())?;
        for (n, (at, p)) in points.iter().enumerate() {
            time(&format!("answer_prob.points[{n}][0]"), *at)?;
            share(&format!("answer_prob.points[{n}][1]"), *p)?;
        }
        let ordered = points.windows(2).all(|pair| pair[0].0 < pair[1].0);
        hold("answer_prob.points", ordered, || "the points are to be in the order of time".to_owned())?;
        share("fail_prob", self.fail_prob)?;
        self.fail_time.check("fail_time")?;
        self.setup.check("setup")?;
        self.ring_answered.check("ring_answered")?;
        between("ring_timeout_s", self.ring_timeout_s, 1.0, 600.0)?;
        share("unanswered.early_prob", self.unanswered.early_prob)?;
        self.unanswered.early.check("unanswered.early")?;
        hold("talk", !self.talk.is_empty(), || "at least one component is needed".to_owned())?;
        for (n, component) in self.talk.iter().enumerate() {
            share(&format!("talk[{n}].w"), component.w)?;
            component.distribution.check(&format!("talk[{n}]"))?;
        }
        let all: f64 = self.talk.iter().map(|component| component.w).sum();
        hold("talk", (all - 1.0).abs() < 1e-6, || format!("the shares w must add up to 1, not {all}"))?;
        self.wrap.check("wrap")
    }

    fn check_agents(&self) -> Result<(), Refused> {
        let staff = &self.agents;
        between("agents.n", f64::from(staff.n), 1.0, limits::AGENTS_PER_CAMPAIGN as f64)?;
        staff.login.check("agents.login")?;
        match (&staff.work_between_pauses, &staff.pause) {
            (Some(work), Some(pause)) => {
                work.check("agents.work_between_pauses")?;
                pause.check("agents.pause")?;
            }
            (None, None) => {}
            (Some(_), None) => return refuse("agents.pause", "needed with work_between_pauses"),
            (None, Some(_)) => return refuse("agents.work_between_pauses", "needed with pause"),
        }
        for (n, pause) in staff.mass_pause.iter().enumerate() {
            let field = |name: &str| format!("agents.mass_pause[{n}].{name}");
            time(&field("at"), pause.at)?;
            time(&field("within"), pause.within)?;
            share(&field("fraction"), pause.fraction)?;
            time(&field("duration"), pause.duration)?;
        }
        for (name, groups) in [("join", &staff.join), ("leave", &staff.leave)] {
            for (n, group) in groups.iter().enumerate() {
                let field = |part: &str| format!("agents.{name}[{n}].{part}");
                let last = u64::from(group.first) + u64::from(group.count);
                hold(&field("count"), last <= u64::from(staff.n), || {
                    format!("first + count is {last}, and there are {} agents", staff.n)
                })?;
                time(&field("at"), group.at)?;
                time(&field("within"), group.within)?;
            }
        }
        Ok(())
    }
}

impl Distribution {
    fn check(&self, field: &str) -> Result<(), Refused> {
        let of = |name: &str| format!("{field}.{name}");
        let max = match *self {
            Distribution::Const { value, max } => {
                time(&of("value"), value)?;
                max
            }
            Distribution::Uniform { lo, hi, max } => {
                time(&of("lo"), lo)?;
                time(&of("hi"), hi)?;
                hold(&of("hi"), lo <= hi, || format!("not less than lo, which is {lo}"))?;
                max
            }
            Distribution::Exp { mean, max } => {
                between(&of("mean"), mean, TICK_MIN_S, TIME_MAX_S)?;
                max
            }
            Distribution::Lognormal { mean, sigma, max } => {
                between(&of("mean"), mean, TICK_MIN_S, TIME_MAX_S)?;
                between(&of("sigma"), sigma, 0.0, 10.0)?;
                max
            }
        };
        max.map_or(Ok(()), |max| time(&of("max"), max))
    }
}

fn refuse(field: &str, why: &str) -> Result<(), Refused> {
    Err(Refused { field: field.to_owned(), why: why.to_owned() })
}

fn hold(field: &str, holds: bool, why: impl FnOnce() -> String) -> Result<(), Refused> {
    if holds { Ok(()) } else { refuse(field, &why()) }
}

fn between(field: &str, value: f64, low: f64, high: f64) -> Result<(), Refused> {
    hold(field, (low..=high).contains(&value), || format!("{value} is not from {low} to {high}"))
}

fn share(field: &str, value: f64) -> Result<(), Refused> {
    between(field, value, 0.0, 1.0)
}

fn time(field: &str, value: f64) -> Result<(), Refused> {
    between(field, value, 0.0, TIME_MAX_S)
}
