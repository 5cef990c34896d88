//! Customers of the simulated switch at somebody's command: they call, press keys
//! and hang up when a line says so.
//!
//! In: lines of text, `call CALLED [NUMBER]`, `press NUMBER KEY` or `hang-up NUMBER`.
//! Out: what the customer with that number does, or why nothing came of it.

use crate::base::ids::LegId;
use crate::base::phone::Dialable;
use crate::sim::callers::CallIn;
use crate::sim::server::SimHandle;
use uuid::Uuid;

/// The trunk they call over.
const TRUNK: &str = "trunk";

/// What a customer is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Call, and wait and talk until the other side ends it.
    Call {
        /// The number they call.
        called: Dialable,
        /// Their own; `None`: withheld.
        number: Option<Dialable>,
    },
    /// Press a key.
    Press {
        /// Who.
        number: Dialable,
        /// Which.
        key: char,
    },
    /// Hang up.
    HangUp {
        /// Who.
        number: Dialable,
    },
}

/// Why a line was not obeyed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotObeyed {
    /// It is none of ours.
    #[error("{0:?} is none of: call CALLED [NUMBER], press NUMBER KEY, hang-up NUMBER")]
    Unknown(String),
    /// No such number.
    #[error("{0:?} is no number: digits, with a + at most before them")]
    NoNumber(String),
    /// No such key.
    #[error("{0:?} is no key: one of 0 to 9, * and #")]
    NoKey(String),
    /// Nobody with that number is on the line.
    #[error("{0} is not on the line")]
    NotThere(Dialable),
}

impl Order {
    /// Reads a line.
    pub fn parse(line: &str) -> Result<Self, NotObeyed> {
        let number = |text: &str| {
            Dialable::new(text).map_err(|_| NotObeyed::NoNumber(text.chars().take(40).collect()))
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["call", called] => Ok(Self::Call { called: number(called)?, number: None }),
            ["call", called, from] => Ok(Self::Call { called: number(called)?, number: Some(number(from)?) }),
            ["press", who, key] => {
                let mut chars = key.chars();
                match (chars.next(), chars.next()) {
                    (Some(key), None) if key.is_ascii_digit() || matches!(key, '*' | '#') => {
                        Ok(Self::Press { number: number(who)?, key })
                    }
                    _ => Err(NotObeyed::NoKey(key.chars().take(40).collect())),
                }
            }
            ["hang-up", who] => Ok(Self::HangUp { number: number(who)? }),
            _ => Err(NotObeyed::Unknown(line.chars().take(80).collect())),
        }
    }
}

impl SimHandle {
    /// Has a customer do what a line says.
    pub fn obey(&self, line: &str) -> Result<(), NotObeyed> {
        match Order::parse(line)? {
            Order::Call { called, number } => {
                self.call_in(CallIn {
                    leg: LegId(Uuid::new_v4()),
                    gateway: TRUNK.to_owned(),
                    called: called.to_string(),
                    number: number.map(|number| number.to_string()),
                    patience_ms: None,
                    talk_ms: None,
                });
            }
            Order::Press { number, key } => self.press(self.leg_of(&number)?, key),
            Order::HangUp { number } => {
                self.far_end_hangs_up(self.leg_of(&number)?);
            }
        }
        Ok(())
    }

    fn leg_of(&self, number: &Dialable) -> Result<LegId, NotObeyed> {
        let legs = self.legs();
        let leg = legs.iter().find(|leg| leg.origin.caller_id == number.as_str());
        leg.map(|leg| leg.id()).ok_or_else(|| NotObeyed::NotThere(number.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Dialable {
        Dialable::new(text).expect("digits")
    }

    #[test]
    fn each_line_is_one_order() {
        let (called, from) = (number("02160000001"), number("13800138000"));
        let call = |number| Ok(Order::Call { called: called.clone(), number });
        assert_eq!(Order::parse("call 02160000001"), call(None));
        assert_eq!(Order::parse(" call  02160000001 13800138000 "), call(Some(from.clone())));
        assert_eq!(Order::parse("press 13800138000 #"), Ok(Order::Press { number: from.clone(), key: '#' }));
        assert_eq!(Order::parse("hang-up 13800138000"), Ok(Order::HangUp { number: from }));
    }

    #[test]
    fn what_is_no_order_is_refused_with_what_would_be_one() {
        for line in ["", "call", "call 1 2 3", "ring 1", "press 1", "hang-up"] {
            assert!(matches!(Order::parse(line), Err(NotObeyed::Unknown(_))), "{line:?}");
        }
        assert_eq!(Order::parse("call abc"), Err(NotObeyed::NoNumber("abc".into())));
        assert_eq!(Order::parse("call 1 {x}"), Err(NotObeyed::NoNumber("{x}".into())));
        for key in ["12", "a", "按"] {
            assert_eq!(Order::parse(&format!("press 1 {key}")), Err(NotObeyed::NoKey(key.into())));
        }
        let long = "x".repeat(10_000);
        assert!(Order::parse(&long).unwrap_err().to_string().len() < 200);
    }
}
