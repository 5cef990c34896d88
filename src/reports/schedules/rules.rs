//! Decides, without doing anything: which day a report is about, and what
//! follows from an attempt to send it.

use crate::base::clock::Moment;
use crate::base::day;
use crate::reports::agents::Days;
use crate::reports::schedules::model::{Delivery, DeliveryState, RunState, Settled};
use chrono_tz::Tz;

const MINUTE_MS: i64 = 60_000;
/// The wait after the first, second … attempt. A mail server that is away for a
/// night's maintenance is waited for; after the last there is nothing but a
/// person who looks.
const WAIT_MS: [i64; 6] =
    [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 3 * 60 * MINUTE_MS, 6 * 60 * MINUTE_MS];
/// Attempts of a run at most.
pub const ATTEMPTS_MAX: i32 = WAIT_MS.len() as i32 + 1;
/// An attempt that has not ended after this long was cut off, e.g. by a crash.
/// Longer than [`super::jobs`] lets one take.
pub const CUT_OFF_MS: i64 = 10 * MINUTE_MS;

/// The last full day before a report is due; `None` at the ends of the calendar.
pub fn report_days(due: Moment, zone: Tz) -> Option<Days> {
    let day = day::day_of(due, zone).pred_opt()?;
    Days::new(day, day, zone)
}

/// What follows from an attempt, the `attempts`th, that ended at `now`.
/// `problem` is one that concerned every recipient.
pub fn settle(mut deliveries: Vec<Delivery>, attempts: i32, problem: Option<String>, now: Moment) -> Settled {
    let waits = |delivery: &Delivery| delivery.state == DeliveryState::Waiting;
    let wait = usize::try_from(attempts - 1).ok().and_then(|done| WAIT_MS.get(done));
    let again = deliveries.iter().any(waits).then_some(wait).flatten();
    if again.is_none() {
        for delivery in deliveries.iter_mut().filter(|delivery| waits(delivery)) {
            delivery.state = DeliveryState::Failed;
        }
    }
    let error = problem.or_else(|| in_words(&deliveries));
    let all = deliveries.iter().all(|delivery| delivery.state == DeliveryState::Sent);
    let state = match (again, all) {
        (Some(_), _) => RunState::Waiting,
        (None, true) => RunState::Sent,
        (None, false) => RunState::Failed,
    };
    Settled { state, next_attempt_at: again.map(|wait| now + *wait), deliveries, error }
}

/// An attempt that cannot succeed later either.
pub fn give_up(mut deliveries: Vec<Delivery>, problem: String) -> Settled {
    for delivery in deliveries.iter_mut().filter(|delivery| delivery.state == DeliveryState::Waiting) {
        delivery.state = DeliveryState::Failed;
    }
    Settled { state: RunState::Failed, next_attempt_at: None, deliveries, error: Some(problem) }
}

fn in_words(deliveries: &[Delivery]) -> Option<String> {
    let missing = deliveries.iter().filter(|delivery| delivery.state != DeliveryState::Sent);
    let told = missing.map(|delivery| {
        let error = delivery.error.as_deref().unwrap_or("not tried yet");
        format!("{}: {error}", delivery.address)
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::New_York;
    use chrono_tz::Asia::Shanghai;

    const NOW: Moment = Moment(1_795_399_200_000);

    fn delivery(state: DeliveryState, error: Option<&str>) -> Delivery {
        Delivery { address: "a@example.com".to_owned(), state, error: error.map(str::to_owned) }
    }

    #[test]
    fn everybody_has_it_or_it_is_tried_again_ever_later_and_then_given_up() {
        let sent = settle(vec![delivery(DeliveryState::Sent, None)], 1, None, NOW);
        assert_eq!((sent.state, sent.next_attempt_at, sent.error), (RunState::Sent, None, None));

        let both =
            || vec![delivery(DeliveryState::Sent, None), delivery(DeliveryState::Waiting, Some("busy"))];
        let mut before = 0;
        for attempts in 1..ATTEMPTS_MAX {
            let settled = settle(both(), attempts, None, NOW);
            assert_eq!(settled.state, RunState::Waiting);
            let wait = settled.next_attempt_at.map_or(0, |at| at.since_ms(NOW));
            assert!(wait > before, "attempt {attempts}: {wait} after {before}");
            before = wait;
        }
        let last = settle(both(), ATTEMPTS_MAX, None, NOW);
        assert_eq!((last.state, last.next_attempt_at), (RunState::Failed, None));
        assert_eq!(last.deliveries[1].state, DeliveryState::Failed);
        assert_eq!(last.error.as_deref(), Some("a@example.com: busy"));
    }

    #[test]
    fn who_is_refused_is_not_tried_again() {
        let refused = settle(vec![delivery(DeliveryState::Refused, Some("550"))], 1, None, NOW);
        assert_eq!((refused.state, refused.next_attempt_at), (RunState::Failed, None));
        assert_eq!(refused.error.as_deref(), Some("a@example.com: 550"));
    }

    #[test]
    fn a_report_is_about_the_day_before_it_is_due() {
        let day = |due, zone| report_days(due, zone).map(|days| days.from.to_string());
        // Monday 10:00 in Shanghai, Sunday evening in New York.
        assert_eq!(day(NOW, Shanghai).as_deref(), Some("2026-11-22"));
        assert_eq!(day(NOW, New_York).as_deref(), Some("2026-11-21"));
    }
}
