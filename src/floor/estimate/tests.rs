//! What the estimates make of worlds whose truth is known.

use super::*;
use std::iter::empty;

/// Launches a call every `every_ms` for so long; every `one_in`th is answered
/// after 10 s, the others end after 20 s.
struct World {
    estimates: Estimates,
    now: Moment,
    calls: Vec<(Moment, bool)>,
    launched: usize,
}

impl World {
    fn new() -> Self {
        Self { estimates: Estimates::default(), now: Moment(50_000), calls: Vec::new(), launched: 0 }
    }

    fn run(&mut self, seconds: i64, every_ms: i64, one_in: usize) {
        let until = self.now + seconds * 1_000;
        while self.now < until {
            self.now = self.now + 100;
            if self.now.0 % every_ms == 0 {
                self.launched += 1;
                self.estimates.launched(self.now);
                self.calls.push((self.now, self.launched.is_multiple_of(one_in)));
            }
            let (now, estimates) = (self.now, &mut self.estimates);
            self.calls.retain(|(launched, answers)| {
                let age_ms = now.since_ms(*launched);
                match (answers, age_ms) {
                    (true, 10_000..) => estimates.answered(age_ms),
                    (false, 20_000..) => estimates.unanswered(age_ms),
                    _ => return true,
                }
                false
            });
            self.estimates.refresh(now, 2_000, empty(), empty());
        }
    }
}

#[test]
fn the_answer_rate_is_right_while_calls_still_ring() {
    let mut world = World::new();
    world.run(15, 100, 5);
    // 150 launched, hardly 50 of them old enough to be answered.
    let rate = world.estimates.answer_rate();
    assert!((0.14..0.30).contains(&rate), "{rate}");
    world.run(600, 500, 5);
    let rate = world.estimates.answer_rate();
    assert!((rate - 0.2).abs() < 0.02, "{rate}");
}

#[test]
fn a_step_in_the_answer_rate_is_followed_within_minutes() {
    let mut world = World::new();
    world.run(1_800, 500, 10);
    assert!((world.estimates.answer_rate() - 0.1).abs() < 0.02, "{}", world.estimates.answer_rate());
    world.run(150, 500, 2);
    let rate = world.estimates.answer_rate();
    assert!((0.3..0.55).contains(&rate), "{rate}");
}

#[test]
fn calls_that_the_trunk_fails_say_nothing_of_the_people() {
    let mut world = World::new();
    world.run(600, 500, 4);
    let before = world.estimates.answer_rate();
    for _ in 0..100 {
        world.now = world.now + 100;
        world.estimates.launched(world.now);
        world.now = world.now + 330;
        world.estimates.withdrawn(world.now, 330);
    }
    world.estimates.refresh(world.now, 2_000, empty(), empty());
    let after = world.estimates.answer_rate();
    assert!((after - before).abs() < 0.05, "{before} {after}");
}

#[test]
fn a_long_silence_leaves_what_was_believed_at_first() {
    let mut world = World::new();
    world.run(600, 500, 20);
    world.now = world.now + 30 * 24 * 3_600_000;
    world.estimates.refresh(world.now, 2_000, empty(), empty());
    let rate = world.estimates.answer_rate();
    assert!((rate - 0.3).abs() < 0.01, "{rate}");
}

#[test]
fn the_chance_of_a_call_follows_its_age() {
    let mut world = World::new();
    world.run(3_600, 500, 4);
    let by_last = |age_ms| world.estimates.call(Estimates::call_step(age_ms))[HORIZONS - 1];
    assert!((by_last(0) - 0.25).abs() < 0.03, "a new call: {}", by_last(0));
    assert!(by_last(11_000) < 0.03, "older than any answer: {}", by_last(11_000));
    let soon = world.estimates.call(Estimates::call_step(9_500))[0];
    assert!(soon > 0.2, "about to be answered: {soon}");
    assert!(by_last(100_000_000) < 0.2, "forgotten by the switch");
}

#[test]
fn a_conversation_that_never_lasts_longer_is_expected_to_end() {
    let mut estimates = Estimates::default();
    for n in 0..400 {
        estimates.talked(60_000 + n % 5 * 1_000);
        estimates.wrapped_up(4_000);
        estimates.wrap_up_followed(true);
    }
    estimates.refresh(Moment(0), 2_000, empty(), empty());
    let talking = |ms| estimates.talking(Estimates::talk_step(ms))[3];
    let (early, late) = (talking(10_000), talking(58_000));
    assert!(early < 0.05 && late > 0.6, "10.5 s ahead: {early} {late}");
    let wrap_up = estimates.wrapping_up(Estimates::wrap_up_step(3_000), None, 2_000);
    assert!(wrap_up[0] < wrap_up[4] && wrap_up[4] > 0.8, "{wrap_up:?}");
    // And one that ends by itself is known to.
    let timed = estimates.wrapping_up(Estimates::wrap_up_step(0), Some(3_000), 2_000);
    assert!(timed[0] > 0.9, "{timed:?}");
}

#[test]
fn agents_who_go_on_breaks_are_counted_on_less() {
    let mut estimates = Estimates::default();
    let faithful = estimates.ready();
    for n in 0..200 {
        estimates.was_ready(5_000, n % 4 == 0);
        estimates.wrapped_up(10_000);
        estimates.wrap_up_followed(n % 2 == 0);
    }
    estimates.refresh(Moment(0), 2_000, empty(), empty());
    let fickle = estimates.ready();
    assert!(faithful[8] > 0.99 && fickle[8] < 0.8, "{faithful:?} {fickle:?}");
    let after_work = estimates.wrapping_up(Estimates::wrap_up_step(9_000), None, 2_000)[8];
    assert!(after_work < 0.65, "every second one goes on a break: {after_work}");
}
