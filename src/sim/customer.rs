//! How called customers behave: drawn from shares and distributions, or
//! scripted by the called number's last two digits.
//!
//! In: a number and a source of draws. Out: a [`Conduct`], decided when the
//! call is placed, so that the rest of the world is bookkeeping.

use crate::sim::chance::Chance;

/// What one called party will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conduct {
    /// The network or the phone refuses the call.
    Refuses {
        /// After this many milliseconds.
        after_ms: i64,
        /// FreeSWITCH's cause for it.
        cause: &'static str,
        /// The SIP status on the wire.
        sip_status: u16,
    },
    /// It rings until the caller gives up.
    LetsItRing,
    /// Picks up.
    Answers {
        /// After this many milliseconds of ringing.
        after_ms: i64,
        /// Hangs up when nobody has spoken for so long, in milliseconds;
        /// `None`: waits for ever.
        patience_ms: Option<i64>,
        /// Hangs up after so much talk, in milliseconds; `None`: the other
        /// side has to.
        talk_ms: Option<i64>,
    },
}

/// Cause and SIP status as a real switch pairs them, and the delay seen with
/// each.
pub const BUSY: Conduct = Conduct::Refuses { after_ms: 800, cause: "USER_BUSY", sip_status: 486 };
/// The called party pressed "reject".
pub const REJECTED: Conduct = Conduct::Refuses { after_ms: 1200, cause: "CALL_REJECTED", sip_status: 603 };
/// The number does not exist.
pub const INVALID: Conduct = Conduct::Refuses { after_ms: 400, cause: "UNALLOCATED_NUMBER", sip_status: 404 };
/// Switched off or out of reach.
pub const UNAVAILABLE: Conduct =
    Conduct::Refuses { after_ms: 900, cause: "NO_USER_RESPONSE", sip_status: 480 };
/// The trunk cannot take the call.
pub const TRUNK_FAILURE: Conduct =
    Conduct::Refuses { after_ms: 300, cause: "NORMAL_TEMPORARY_FAILURE", sip_status: 503 };

/// Which customers live at the other end of the trunk.
#[derive(Debug, Clone, PartialEq)]
pub enum Customers {
    /// By the number's last two digits; the SIP test phones of the project do
    /// the same: 86 busy, 03 rejected, 04 invalid, 80 unavailable, 53 trunk
    /// failure, 99 rings for ever, 20 to 29 answer and hang up after 3 s of
    /// talk, others answer and stay.
    Scripted,
    /// As drawn.
    Drawn(CustomerShares),
}

/// Shares (per mille of calls) and times of drawn customers. What is left of
/// the 1000 rings without an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerShares {
    /// Answer.
    pub answer_permille: u32,
    /// Are busy.
    pub busy_permille: u32,
    /// Reject.
    pub rejected_permille: u32,
    /// Do not exist.
    pub invalid_permille: u32,
    /// Are switched off.
    pub unavailable_permille: u32,
    /// Median ringing before an answer, in milliseconds.
    pub ring_median_ms: i64,
    /// Shortest and longest patience while nobody speaks, in milliseconds.
    pub patience_ms: (i64, i64),
    /// Median talk before the customer hangs up, in milliseconds.
    pub talk_median_ms: i64,
    /// Standard deviation of the logarithm of the talk.
    pub talk_spread: f64,
    /// Of the calls that are answered, how many wait for the other side to
    /// hang up.
    pub stays_permille: u32,
    /// Factor on `answer_permille` by hour of the day in UTC, in per cent; an
    /// empty list means 100 throughout.
    pub answer_percent_by_hour: Vec<u32>,
}

impl Default for CustomerShares {
    /// A cold list by day: a third answers, a minute of talk.
    fn default() -> Self {
        Self {
            answer_permille: 330,
            busy_permille: 80,
            rejected_permille: 90,
            invalid_permille: 40,
            unavailable_permille: 110,
            ring_median_ms: 9_000,
            patience_ms: (3_000, 9_000),
            talk_median_ms: 62_000,
            talk_spread: 0.9,
            stays_permille: 0,
            answer_percent_by_hour: Vec::new(),
        }
    }
}

impl Customers {
    /// What the customer of this number does when called in that hour (UTC).
    pub fn conduct(&self, number: &str, hour: u32, chance: &mut Chance) -> Conduct {
        match self {
            Customers::Scripted => scripted(number),
            Customers::Drawn(shares) => shares.draw(hour, chance),
        }
    }
}

/// The conduct written into the last two digits.
fn scripted(number: &str) -> Conduct {
    let tail = number.get(number.len().saturating_sub(2)..).unwrap_or_default();
    match tail {
        "86" => BUSY,
        "03" => REJECTED,
        "04" => INVALID,
        "80" => UNAVAILABLE,
        "53" => TRUNK_FAILURE,
        "99" => Conduct::LetsItRing,
        _ if tail.len() == 2 && tail.starts_with('2') => {
            Conduct::Answers { after_ms: 500, patience_ms: None, talk_ms: Some(3_000) }
        }
        _ => Conduct::Answers { after_ms: 1_500, patience_ms: None, talk_ms: None },
    }
}

impl CustomerShares {
    fn draw(&self, hour: u32, chance: &mut Chance) -> Conduct {
        let percent = self.answer_percent_by_hour.get(hour as usize).copied().unwrap_or(100);
        if chance.permille((self.answer_permille * percent / 100).min(1000)) {
            return self.draw_answer(chance);
        }
        // The rest is shared out in the proportions given.
        let rest = 1000 - self.answer_permille.min(1000);
        let refusals = [
            (self.busy_permille, BUSY),
            (self.rejected_permille, REJECTED),
            (self.invalid_permille, INVALID),
            (self.unavailable_permille, UNAVAILABLE),
        ];
        let mut mark = chance.between(0, i64::from(rest.max(1)) - 1);
        for (permille, conduct) in refusals {
            mark -= i64::from(permille);
            if mark < 0 {
                return delayed(conduct, chance);
            }
        }
        Conduct::LetsItRing
    }

    fn draw_answer(&self, chance: &mut Chance) -> Conduct {
        let stays = chance.permille(self.stays_permille);
        let talk_ms = chance.log_normal_ms(self.talk_median_ms, self.talk_spread);
        Conduct::Answers {
            after_ms: chance.log_normal_ms(self.ring_median_ms, 0.5),
            patience_ms: Some(chance.between(self.patience_ms.0, self.patience_ms.1)),
            talk_ms: (!stays).then_some(talk_ms),
        }
    }
}

/// The same refusal after a drawn delay around the one seen.
fn delayed(conduct: Conduct, chance: &mut Chance) -> Conduct {
    match conduct {
        Conduct::Refuses { after_ms, cause, sip_status } => {
            Conduct::Refuses { after_ms: chance.between(after_ms / 2, after_ms * 4), cause, sip_status }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_digits_tell_the_scripted_customer() {
        let conduct = |number: &str| Customers::Scripted.conduct(number, 9, &mut Chance::new(1));
        assert_eq!(conduct("13800000086"), BUSY);
        assert_eq!(conduct("13800000003"), REJECTED);
        assert_eq!(conduct("13800000004"), INVALID);
        assert_eq!(conduct("13800000080"), UNAVAILABLE);
        assert_eq!(conduct("13800000053"), TRUNK_FAILURE);
        assert_eq!(conduct("13800000099"), Conduct::LetsItRing);
        for number in ["13800000020", "13800000029"] {
            assert!(matches!(conduct(number), Conduct::Answers { talk_ms: Some(3_000), .. }), "{number}");
        }
        for number in ["13800000030", "13800138000", "2"] {
            assert!(matches!(conduct(number), Conduct::Answers { talk_ms: None, .. }), "{number}");
        }
    }

    #[test]
    fn drawn_customers_keep_to_their_shares() {
        let mut chance = Chance::new(5);
        let customers = Customers::Drawn(CustomerShares::default());
        let drawn: Vec<Conduct> = (0..5_000).map(|_| customers.conduct("1", 9, &mut chance)).collect();
        let answers = drawn.iter().filter(|c| matches!(c, Conduct::Answers { .. })).count();
        let busy = drawn.iter().filter(|c| matches!(c, Conduct::Refuses { sip_status: 486, .. })).count();
        let rings = drawn.iter().filter(|c| **c == Conduct::LetsItRing).count();
        assert!((1_500..1_800).contains(&answers), "{answers} of 5000 answered");
        assert!((330..470).contains(&busy), "{busy} of 5000 busy");
        assert!((1_600..1_900).contains(&rings), "{rings} of 5000 rang");
    }

    #[test]
    fn the_hour_changes_how_many_answer() {
        let mut by_hour = vec![100; 24];
        by_hour[3] = 0;
        let shares = CustomerShares { answer_percent_by_hour: by_hour, ..Default::default() };
        let customers = Customers::Drawn(shares);
        let mut chance = Chance::new(5);
        let mut at_night = (0..500).map(|_| customers.conduct("1", 3, &mut chance));
        assert!(!at_night.any(|c| matches!(c, Conduct::Answers { .. })));
    }
}
