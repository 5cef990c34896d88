//! The random numbers of a scenario, as its format lays them down: each is a
//! function of the seed, the stream (what it is for) and a counter (for whom),
//! so that the same lead has the same fate under every policy and in every
//! program.

use super::format::{Component, Distribution};

/// The step of the generator (splitmix64).
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
/// Sets the streams of a seed apart.
const APART: u64 = 0xD134_2543_DE82_EF95;
/// Slack where shares of a mixture meet, for sums that are not quite 1.
const SLACK: f64 = 1e-12;

/// What a number is drawn for. A stream may take the one after it as well.
pub(super) mod stream {
    /// Of a lead: whether it is answered.
    pub const OUTCOME: u64 = 1;
    /// From the launch until it rings.
    pub const SETUP: u64 = 2;
    /// From ringing to the answer.
    pub const RING: u64 = 4;
    /// Whether an unanswered call ends before its time is up.
    pub const IS_EARLY: u64 = 6;
    /// When it does.
    pub const EARLY: u64 = 7;
    /// When a failed call ends.
    pub const FAIL: u64 = 9;
    /// Of what kind the conversation is; how long it is takes the next two.
    pub const TALK: u64 = 11;
    /// After-call work.
    pub const WRAP: u64 = 15;
    /// Of an agent: when the shift begins.
    pub const LOGIN: u64 = 31;
    /// How long a spell of work lasts.
    pub const WORK: u64 = 33;
    /// How long a pause lasts.
    pub const PAUSE: u64 = 35;
    /// Who goes on a pause together with others.
    pub const WHO: u64 = 41;
    /// When.
    pub const WHEN: u64 = 42;
    /// When somebody joins later.
    pub const JOIN: u64 = 43;
    /// When somebody leaves for good.
    pub const LEAVE: u64 = 44;
}

fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(STEP);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number between 0 and 1, both excluded.
pub(super) fn uniform(seed: u64, stream: u64, k: u64) -> f64 {
    let of_stream = mix(seed ^ stream.wrapping_mul(APART));
    let bits = mix(of_stream.wrapping_add(k.wrapping_mul(STEP)));
    ((bits >> 11) as f64 + 0.5) * 2.0_f64.powi(-53)
}

/// A standard normal number (Box and Muller), from this stream and the next.
fn normal(seed: u64, stream: u64, k: u64) -> f64 {
    let angle = std::f64::consts::TAU * uniform(seed, stream + 1, k);
    (-2.0 * uniform(seed, stream, k).ln()).sqrt() * angle.cos()
}

impl Distribution {
    /// The number of this distribution for a counter, from this stream and, for
    /// a log-normal one, the next.
    pub(super) fn draw(&self, seed: u64, stream: u64, k: u64) -> f64 {
        let (drawn, max) = match *self {
            Distribution::Const { value, max } => (value, max),
            Distribution::Uniform { lo, hi, max } => (lo + (hi - lo) * uniform(seed, stream, k), max),
            Distribution::Exp { mean, max } => (-mean * uniform(seed, stream, k).ln(), max),
            Distribution::Lognormal { mean, sigma, max } => {
                let mu = mean.ln() - sigma * sigma / 2.0;
                ((mu + sigma * normal(seed, stream, k)).exp(), max)
            }
        };
        max.map_or(drawn, |max| drawn.min(max))
    }
}

/// The number of a mixture: the component by this stream, its value by the next.
pub(super) fn draw_mixture(mixture: &[Component], seed: u64, stream: u64, k: u64) -> f64 {
    let share = uniform(seed, stream, k);
    let (mut from, mut chosen) = (0.0, None);
    for component in mixture {
        if from <= share && share < from + component.w + SLACK {
            chosen = Some(component);
        }
        from += component.w;
    }
    chosen.map_or(0.0, |component| component.distribution.draw(seed, stream + 1, k))
}
