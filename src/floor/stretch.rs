//! Stretches of time and what can be made of them: one out of those that overlap or
//! touch, and what is left of one when others are taken out. Pure; queues' hours and
//! campaigns' times are computed with it.

use crate::base::clock::Moment;

/// How far ahead a change is looked for, in days.
const DAYS_AHEAD: i64 = 400;
/// How much of that at once, in days.
const DAYS_AT_ONCE: i64 = 16;
const DAY_MS: i64 = 24 * 3_600_000;

/// From one instant until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The first instant.
    pub from: Moment,
    /// The first instant after it.
    pub to: Moment,
}

impl Stretch {
    /// The part of it that lies in another; `None`: they do not overlap.
    pub fn within(self, other: Stretch) -> Option<Stretch> {
        let both = Stretch { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }

    /// What is left of it without these.
    pub fn without(self, taken: &[Stretch]) -> Vec<Stretch> {
        let mut left = vec![self];
        for out in taken {
            left = left.into_iter().flat_map(|each| each.around(*out)).collect();
        }
        left
    }

    /// The parts of it before and after another.
    fn around(self, out: Stretch) -> impl Iterator<Item = Stretch> {
        let before = Stretch { from: self.from, to: self.to.min(out.from) };
        let after = Stretch { from: self.from.max(out.to), to: self.to };
        // Where they do not overlap, one of them is the whole and the other nothing.
        [before, after].into_iter().filter(|part| part.from < part.to)
    }
}

/// These in order, those that overlap or touch made one.
pub fn merged(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::new();
    for each in stretches {
        match merged.last_mut() {
            Some(last) if each.from <= last.to => last.to = last.to.max(each.to),
            _ => merged.push(each),
        }
    }
    merged
}

/// What lies in both, each in order and without overlaps.
pub fn both(one: &[Stretch], other: &[Stretch]) -> Vec<Stretch> {
    one.iter().flat_map(|a| other.iter().filter_map(|b| a.within(*b))).collect()
}

/// When what is open by `spells` next closes, or, if it is closed, opens; `None`: not
/// within a year. `spells` gives what is open within a stretch, merged.
pub fn next_change(now: Moment, spells: impl Fn(Stretch) -> Vec<Stretch>) -> Option<Moment> {
    let mut open_until: Option<Moment> = None;
    for begin in (0..DAYS_AHEAD).step_by(DAYS_AT_ONCE as usize) {
        let from = now + begin * DAY_MS;
        for spell in spells(Stretch { from, to: from + DAYS_AT_ONCE * DAY_MS }) {
            match open_until {
                None if spell.from > now => return Some(spell.from),
                // One that begins when the one before ends only goes on.
                Some(until) if spell.from > until => return Some(until),
                None | Some(_) => open_until = Some(spell.to),
            }
        }
        // It ends within what has been looked at.
        if let Some(until) = open_until
            && until < from + DAYS_AT_ONCE * DAY_MS
        {
            return Some(until);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: i64, to: i64) -> Stretch {
        Stretch { from: Moment(from), to: Moment(to) }
    }

    #[test]
    fn those_that_overlap_or_touch_are_one() {
        let given = vec![stretch(30, 40), stretch(0, 10), stretch(10, 20), stretch(15, 25), stretch(31, 32)];
        assert_eq!(merged(given), [stretch(0, 25), stretch(30, 40)]);
        assert_eq!(merged(Vec::new()), []);
    }

    #[test]
    fn what_is_taken_out_leaves_its_sides() {
        let day = stretch(0, 100);
        assert_eq!(day.without(&[]), [day]);
        assert_eq!(day.without(&[stretch(-5, 10), stretch(40, 50)]), [stretch(10, 40), stretch(50, 100)]);
        assert_eq!(day.without(&[stretch(100, 200), stretch(-9, 0)]), [day], "those that touch take nothing");
        assert_eq!(day.without(&[stretch(-1, 101)]), []);
        assert_eq!(day.without(&[stretch(20, 20)]), [stretch(0, 20), stretch(20, 100)]);
        assert_eq!(day.within(stretch(90, 200)), Some(stretch(90, 100)));
        assert_eq!(day.within(stretch(100, 200)), None);
    }
}
