//! Callers who wait are told their place, told as stories: inputs in, effects out.

use super::announce::Announcements;
use super::effect::{Effect, SwitchCommand};
use super::input::{CommandName, DialMode, HangUp, Input, LegChange, PhoneMode};
use super::queue::{Overflow, QueueProfile};
use super::queue_tests::{SECOND, SERVICE, queue};
use super::tests::{Story, bridges};
use crate::base::ids::{CallId, LegId};

fn told() -> Option<Announcements> {
    Some(Announcements { every_ms: 20_000, sounds: "/sounds/place/".into() })
}

/// Nobody is ready, and callers are told their place every 20 s.
fn service() -> Story {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook]);
    s.give(Input::queue(QueueProfile { announcements: told(), wait_ms_max: 90_000, ..queue(SERVICE, &[1]) }));
    s
}

/// What is said to whom.
fn said(effects: &[Effect]) -> Vec<(LegId, &str)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Switch(SwitchCommand::Announce { leg, sound }) => Some((*leg, sound.as_str())),
            _ => None,
        })
        .collect()
}

fn ended(effects: &[Effect]) -> Vec<LegId> {
    let ended = |effect: &Effect| match effect {
        Effect::Switch(SwitchCommand::EndAnnouncement { leg, .. }) => Some(*leg),
        _ => None,
    };
    effects.iter().filter_map(ended).collect()
}

impl Story {
    fn hears_music(&mut self, n: u128) -> (CallId, LegId, Vec<Effect>) {
        let (call, leg, _) = self.caller(n);
        let effects = self.leg(leg, LegChange::MusicStarted);
        (call, leg, effects)
    }
}

#[test]
fn a_caller_is_told_their_place_when_the_music_plays_and_then_every_so_often() {
    let mut s = service();
    let (_, first, effects) = s.hears_music(91);
    assert_eq!(said(&effects), [(first, "/sounds/place/1.wav")]);
    let (_, second, effects) = s.hears_music(92);
    assert_eq!(said(&effects), [(second, "/sounds/place/2.wav")]);
    assert_eq!(said(&s.later(19_000)), []);
    let effects = s.later(1_100);
    assert_eq!(said(&effects), [(first, "/sounds/place/1.wav"), (second, "/sounds/place/2.wav")]);
    s.leg(first, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(said(&s.later(20_000)), [(second, "/sounds/place/1.wav")]);
}

#[test]
fn who_is_far_behind_hears_one_sound_for_all_of_them() {
    let announcements = told().expect("some");
    assert_eq!(announcements.sound(20), "/sounds/place/20.wav");
    assert_eq!(announcements.sound(21), "/sounds/place/more.wav");
}

#[test]
fn an_agent_is_connected_in_the_middle_of_it_and_the_rest_is_not_heard() {
    let mut s = service();
    let (_, leg, _) = s.hears_music(91);
    s.now = s.now + 500;
    let phone = s.off_hook_ready_for(1);
    let bridge = Effect::Switch(SwitchCommand::Bridge { first: leg, second: phone, stays: None });
    let end = SwitchCommand::EndAnnouncement { leg, sound: "/sounds/place/1.wav".into() };
    let at = |wanted: &Effect| s.effects.iter().position(|effect| effect == wanted);
    assert!(at(&bridge).is_some() && at(&bridge) < at(&Effect::Switch(end)), "the bridge first");
    let effects = s.leg(leg, LegChange::Bridged { other: phone });
    assert_eq!(ended(&effects), [], "once");
    assert_eq!(said(&s.later(60_000)), []);
}

#[test]
fn one_that_was_over_long_ago_is_not_ended() {
    let mut s = service();
    let (_, leg, _) = s.hears_music(91);
    s.later(15_100);
    let phone = s.off_hook_ready_for(1);
    assert_eq!((bridges(&s.effects), ended(&s.effects)), (vec![(leg, phone)], vec![]));
}

#[test]
fn a_caller_without_music_or_before_it_is_told_nothing() {
    let mut s = service();
    let (_, leg, effects) = s.caller(91);
    assert_eq!(said(&effects), []);
    s.later(30_000);
    assert_eq!(said(&s.effects), [], "the music never began");
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
}

#[test]
fn a_sound_that_the_switch_does_not_find_keeps_nobody_from_an_agent() {
    let mut s = service();
    let (_, leg, _) = s.hears_music(91);
    let reason = "-ERR Cannot displace session!".to_owned();
    s.give(Input::CommandFailed { leg, command: CommandName::Announce, reason });
    let phone = s.off_hook_ready_for(1);
    assert_eq!(bridges(&s.effects), [(leg, phone)]);
}

#[test]
fn the_next_queue_tells_its_own_place_and_what_comes_after_the_wait_is_heard_alone() {
    let mut s = service();
    let over = Overflow::Queue(SECOND);
    let first = QueueProfile { announcements: told(), overflow: over, ..queue(SERVICE, &[1]) };
    s.give(Input::queue(first));
    let sounds = Some(Announcements { every_ms: 29_000, sounds: "/sounds/second".into() });
    let message = Some("/sounds/closed.wav".to_owned());
    s.give(Input::queue(QueueProfile { announcements: sounds, message, ..queue(SECOND, &[1]) }));
    let (_, leg, _) = s.hears_music(91);
    let effects = s.later(30_100);
    assert_eq!(said(&effects), [(leg, "/sounds/place/1.wav"), (leg, "/sounds/second/1.wav")]);
    assert_eq!(ended(&effects), [leg], "what the first queue said 10 s before");
    let effects = s.later(30_100);
    let order: Vec<bool> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Switch(SwitchCommand::EndAnnouncement { .. }) => Some(false),
            Effect::Switch(SwitchCommand::TurnAway { .. }) => Some(true),
            _ => None,
        })
        .collect();
    assert_eq!(order, [false, true]);
}

#[test]
fn the_consoles_are_told_the_line() {
    let mut s = service();
    let (first, leg, _) = s.hears_music(91);
    let (second, ..) = s.hears_music(92);
    let line = |s: &Story| s.floor.queue_live(s.now, SERVICE).expect("a queue").line;
    assert_eq!(line(&s), [first, second]);
    s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
    assert_eq!(line(&s), [second]);
}
