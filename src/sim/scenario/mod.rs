//! A pacing scenario: a described world of leads and agents in which policies
//! of dialling are compared, call by call the same for each of them.
//!
//! In: a scenario ([`format`], or one of the [`grid`]), a [`Policy`], a seed.
//! Out: an [`Outcome`], what was achieved and what it cost in abandoned calls.
//! The real floor dials and connects; of the world only the people are
//! simulated, in virtual time ([`run()`]). Its figures can be compared with those
//! of any other program that reads the format, because every random number is
//! a function of seed, purpose and place ([`chance`]).
//!
//! `day` tries what can go wrong; here everything works at once (the switch
//! obeys within the millisecond, phones answer), so that only the pacing is
//! measured.

mod agents;
mod baseline;
mod carry;
mod chance;
pub mod format;
pub mod grid;
mod leads;
mod measure;
mod run;
mod setting;
#[cfg(test)]
mod tests;
mod world;

pub use format::{Refused, Scenario};
pub use leads::LeadFate;
pub use measure::Outcome;
pub use run::run;

use std::fmt;
use std::str::FromStr;

/// The most calls under way for each free agent that can be asked for.
const RATIO_MAX: f64 = 50.0;

/// Who decides how many calls are launched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The floor's own pacing, under the cap on dropped calls.
    Predictive,
    /// The floor, one call for each free agent.
    Progressive,
    /// The floor, so many calls for each free agent, per mille.
    Ratio(u32),
    /// VICIdial's adaptive tapered mode with the defaults it is shipped with,
    /// for comparison.
    VicidialTapered,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::Predictive => f.write_str("predictive"),
            Policy::Progressive => f.write_str("progressive"),
            Policy::Ratio(permille) => write!(f, "ratio:{}", f64::from(*permille) / 1_000.0),
            Policy::VicidialTapered => f.write_str("vicidial-tapered"),
        }
    }
}

impl FromStr for Policy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = [Policy::Predictive, Policy::Progressive, Policy::VicidialTapered];
        if let Some(policy) = known.into_iter().find(|policy| policy.to_string() == text) {
            return Ok(policy);
        }
        let Some(ratio) = text.strip_prefix("ratio:") else {
            return Err("the policy is predictive, progressive, ratio:R or vicidial-tapered".to_owned());
        };
        match ratio.parse::<f64>() {
            Ok(ratio) if (1.0..=RATIO_MAX).contains(&ratio) => {
                Ok(Policy::Ratio((ratio * 1_000.0).round() as u32))
            }
            _ => Err(format!("the R of ratio:R is a number from 1 to {RATIO_MAX}")),
        }
    }
}
