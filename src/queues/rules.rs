//! What the settings of a queue must hold: pure.
//!
//! In: a form. Out: everything that is wrong with it, field by field. Whether the
//! gateway, agents and other queue exist is for the store to say.

use crate::api::{Check, is_sound};
use crate::base::limits;
use crate::base::phone::Dialable;
use crate::floor::announce::ANNOUNCE_EVERY_SECONDS_MIN;
use crate::queues::model::{HoursForm, OverflowForm, OwnNumber, QueueForm};
use std::collections::HashSet;

/// Everything that is wrong with the settings of a queue. `home`: the country
/// whose numbers need no prefix; `own`: the queue that is changed.
pub fn check(form: &QueueForm, home: &str, own: Option<i64>) -> Check {
    let mut check = Check::new();
    check.name(&form.name, "queue");
    if let Err(refused) = Dialable::new(&form.caller_id) {
        check.fault("caller_id", format!("the number shown on calls outside: {refused}"));
    }
    check.range("priority", form.priority, -100..=100, "(higher is served first)");
    check.range("own_agent_seconds", form.own_agent_seconds, 0..=600, "seconds");
    check.range("wait_seconds_max", form.wait_seconds_max, 5..=3_600, "seconds");
    check.range("wrap_up_seconds", form.wrap_up_seconds, 0..=3_600, "seconds");
    check.range("short_abandon_seconds", form.short_abandon_seconds, 0..=60, "seconds");
    check.range("service_level_seconds", form.service_level_seconds, 1..=600, "seconds");
    if form.own_agent_seconds >= form.wait_seconds_max {
        check.fault("own_agent_seconds", "must be shorter than wait_seconds_max");
    }
    way("overflow", &form.overflow, own, &mut check);
    let mut sounds = vec![("music", &form.music), ("message", &form.message)];
    if let HoursForm::Calendar { closed, message, .. } = &form.hours {
        way("hours", closed, own, &mut check);
        sounds.push(("hours", message));
    }
    form.callback.check(form.wait_seconds_max, &mut check);
    sounds.push(("callback_invitation", &form.callback.invitation));
    sounds.push(("callback_confirmation", &form.callback.confirmation));
    sounds.push(("voicemail", &form.voicemail.greeting));
    check.range("voicemail", form.voicemail.seconds_max, 10..=600, "seconds");
    for (field, sound) in sounds {
        check.sound(field, sound.as_deref());
    }
    announcements(form, &mut check);
    members(form, &mut check);
    numbers(form, home, &mut check);
    check
}

/// Where somebody is sent, in this field.
fn way(field: &str, way: &OverflowForm, own: Option<i64>, check: &mut Check) {
    match way {
        OverflowForm::Queue { queue_id } if Some(*queue_id) == own => {
            check.fault(field, "must be another queue");
        }
        OverflowForm::Outside { number } => {
            if let Err(refused) = Dialable::new(number) {
                check.fault(field, refused);
            }
        }
        OverflowForm::Queue { .. }
        | OverflowForm::Agent { .. }
        | OverflowForm::Voicemail
        | OverflowForm::HangUp => {}
    }
}

fn announcements(form: &QueueForm, check: &mut Check) {
    if form.announce_every_seconds != 0 {
        let least = ANNOUNCE_EVERY_SECONDS_MIN;
        check.range(
            "announce_every_seconds",
            form.announce_every_seconds,
            least..=300,
            "seconds, or 0 for never",
        );
    }
    match &form.position_sounds {
        Some(folder) if !is_sound(folder) => {
            check.fault("position_sounds", "a folder of the switch, of letters, digits and - _ . : /");
        }
        None if form.announce_every_seconds > 0 => {
            check.fault("position_sounds", "is missing: the folder with 1.wav to 20.wav and more.wav");
        }
        Some(_) | None => {}
    }
}

fn members(form: &QueueForm, check: &mut Check) {
    if form.members.len() > limits::MEMBERS_PER_QUEUE {
        check.fault("members", format!("at most {} agents", limits::MEMBERS_PER_QUEUE));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = form.members.iter().find(|member| !seen.insert(member.user_id)) {
        check.fault("members", format!("user {} is named twice", twice.user_id));
    }
    if form.members.iter().any(|member| !(1..=9).contains(&member.level)) {
        check.fault("members", "levels are between 1 (best) and 9");
    }
}

fn numbers(form: &QueueForm, home: &str, check: &mut Check) {
    if form.numbers.len() > limits::NUMBERS_PER_QUEUE {
        check.fault("numbers", format!("at most {} numbers", limits::NUMBERS_PER_QUEUE));
    }
    let mut seen = HashSet::new();
    for text in &form.numbers {
        match OwnNumber::parse(text, home) {
            None => check.fault("numbers", format!("{text:?} is no phone number")),
            Some(number) => {
                if !seen.insert(number.key) {
                    check.fault("numbers", format!("{text} is named twice"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queues::model::{MemberForm, VoicemailForm};

    fn form() -> QueueForm {
        QueueForm {
            numbers: vec!["021-62345678".into()],
            ..QueueForm::new("Service".into(), 1, "02112345678".into())
        }
    }

    fn at_fault(form: QueueForm) -> Vec<String> {
        check(&form, "CN", Some(7)).at_fault().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_defaults_are_in_order() {
        assert!(check(&form(), "CN", None).at_fault().is_empty());
    }

    #[test]
    fn every_field_out_of_bounds_is_named() {
        assert_eq!(at_fault(QueueForm { name: " ".into(), ..form() }), ["name"]);
        assert_eq!(at_fault(QueueForm { caller_id: "1{2}".into(), ..form() }), ["caller_id"]);
        assert_eq!(at_fault(QueueForm { priority: 101, ..form() }), ["priority"]);
        assert_eq!(at_fault(QueueForm { wait_seconds_max: 4, ..form() }), ["wait_seconds_max"]);
        assert_eq!(at_fault(QueueForm { own_agent_seconds: 120, ..form() }), ["own_agent_seconds"]);
        assert_eq!(at_fault(QueueForm { wrap_up_seconds: -1, ..form() }), ["wrap_up_seconds"]);
        assert_eq!(at_fault(QueueForm { short_abandon_seconds: 61, ..form() }), ["short_abandon_seconds"]);
        assert_eq!(at_fault(QueueForm { service_level_seconds: 0, ..form() }), ["service_level_seconds"]);
        let itself = OverflowForm::Queue { queue_id: 7 };
        assert_eq!(at_fault(QueueForm { overflow: itself, ..form() }), ["overflow"]);
        let odd = OverflowForm::Outside { number: "1;2".into() };
        assert_eq!(at_fault(QueueForm { overflow: odd, ..form() }), ["overflow"]);
        assert_eq!(at_fault(QueueForm { music: Some("a.wav\nx".into()), ..form() }), ["music"]);
        assert_eq!(at_fault(QueueForm { message: Some("a.wav,park:".into()), ..form() }), ["message"]);
        let hours = |closed, message: Option<&str>| QueueForm {
            hours: HoursForm::Calendar { calendar_id: 1, closed, message: message.map(str::to_owned) },
            ..form()
        };
        assert_eq!(at_fault(hours(OverflowForm::Queue { queue_id: 7 }, None)), ["hours"]);
        assert_eq!(at_fault(hours(OverflowForm::Outside { number: "1;2".into() }, None)), ["hours"]);
        assert_eq!(at_fault(hours(OverflowForm::HangUp, Some("a b.wav"))), ["hours"]);
        for every in [-1, 14, 301] {
            let told = QueueForm { position_sounds: Some("/sounds/place".into()), ..form() };
            assert_eq!(
                at_fault(QueueForm { announce_every_seconds: every, ..told }),
                ["announce_every_seconds"]
            );
        }
        assert_eq!(at_fault(QueueForm { announce_every_seconds: 15, ..form() }), ["position_sounds"]);
        assert_eq!(
            at_fault(QueueForm { position_sounds: Some("a b".into()), ..form() }),
            ["position_sounds"]
        );
        let voicemail = |greeting: Option<&str>, seconds_max| QueueForm {
            voicemail: VoicemailForm { greeting: greeting.map(str::to_owned), seconds_max },
            ..form()
        };
        assert_eq!(at_fault(voicemail(None, 9)), ["voicemail"]);
        assert_eq!(at_fault(voicemail(None, 601)), ["voicemail"]);
        assert_eq!(at_fault(voicemail(Some("a.wav,park:"), 60)), ["voicemail"]);
        let member = |user_id, level| MemberForm { user_id, level };
        assert_eq!(at_fault(QueueForm { members: vec![member(1, 1), member(1, 2)], ..form() }), ["members"]);
        assert_eq!(at_fault(QueueForm { members: vec![member(1, 0)], ..form() }), ["members"]);
        let numbers = vec!["021-62345678".into(), "+862162345678".into()];
        assert_eq!(at_fault(QueueForm { numbers, ..form() }), ["numbers"], "one number, written twice");
        assert_eq!(at_fault(QueueForm { numbers: vec!["x".into()], ..form() }), ["numbers"]);
    }
}
