//! The decisions about campaigns and leads: pure.
//!
//! In: settings, a result, a time. Out: whether settings can be used and if not
//! which field is at fault. What becomes of a lead after an attempt is in `retry`,
//! how often a number is dialled in `caps`, when in `times`.

use crate::api::Check;
use crate::base::limits;
use crate::base::phone::Dialable;
use crate::campaigns::model::{CampaignForm, CampaignState};
use crate::campaigns::{caps, retry, times};
use crate::floor::effect::CallResult;
use crate::floor::input::CAP_WINDOW_HOURS_MAX;
use std::collections::HashSet;

/// A dropped customer is left in peace this long.
pub const REST_AFTER_DROP_HOURS: i64 = 72;

/// Whether an attempt with this result counts against the campaign's maximum.
/// One that we took back ourselves does not.
pub fn counts_as_attempt(result: CallResult) -> bool {
    result != CallResult::Cancelled
}

/// Whether people may move a campaign from one state to the other. Doing it
/// twice is no fault.
pub fn may_become(from: CampaignState, to: CampaignState) -> bool {
    use CampaignState::{Draft, Finished, Paused, Running};
    match to {
        Draft => from == Draft,
        Running => matches!(from, Draft | Paused | Running),
        Paused => matches!(from, Running | Paused),
        Finished => true,
    }
}

/// Everything that is wrong with the settings of a campaign, field by field.
/// Whether the list, gateway and agents exist is for the store to say.
pub fn check(form: &CampaignForm) -> Check {
    let mut check = Check::new();
    check.name(&form.name, "campaign");
    if let Err(refused) = Dialable::new(&form.caller_id) {
        check.fault("caller_id", format!("the number shown to customers: {refused}"));
    }
    // Less than three rings reaches nobody and is forbidden in many countries.
    check.range("ring_seconds", form.ring_seconds, 15..=120, "seconds");
    check.range("wrap_up_seconds", form.wrap_up_seconds, 0..=3_600, "seconds");
    check.range("drop_cap_permille", form.drop_cap_permille, 0..=100, "per mille");
    check.range("drop_after_ms", form.drop_after_ms, 500..=10_000, "milliseconds");
    check.range("wait_ms_max", form.wait_ms_max, 500..=60_000, "milliseconds");
    if form.wait_ms_max < form.drop_after_ms {
        check.fault("wait_ms_max", "must not be shorter than drop_after_ms");
    }
    check.range("ratio_permille", form.ratio_permille, 1_000..=5_000, "per mille");
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    check.range("preview.seconds", whole(form.preview.seconds), 0..=3_600, "seconds");
    let skips = whole(form.preview.skips_max.unwrap_or_default());
    check.range("preview.skips_max", skips, 0..=1_000, "leads, or null for any number");
    check.range("preview.skip_minutes", whole(form.preview.skip_minutes), 1..=10_080, "minutes");
    check.range("cap_window_hours", form.cap_window_hours, 1..=CAP_WINDOW_HOURS_MAX as i32, "hours");
    if let Some(group) = &form.cap_group {
        check.line("cap_group", group);
    }
    check.sound("drop_message", form.drop_message.as_deref());
    check.range("lines_max", form.lines_max, 1..=2_000, "lines");
    times::rules::check(&form.times, &mut check);
    check.range("calls_per_second", form.calls_per_second, 0..=1_000, "calls");
    check.range("priority", form.priority, -100..=100, "(higher goes first)");
    check.range("share", form.share, 1..=1_000, "(twice the share, twice the calls)");
    check.range("max_attempts", form.max_attempts, 1..=20, "attempts");
    retry::rules::check(&form.retry, &mut check);
    caps::rules::check_own(&form.caps, &mut check);
    if form.script.as_ref().is_some_and(|script| script.chars().count() > limits::TEXT_CHARS) {
        check.fault("script", format!("at most {} characters", limits::TEXT_CHARS));
    }
    if form.agents.len() > limits::AGENTS_PER_CAMPAIGN {
        check.fault("agents", format!("at most {} agents", limits::AGENTS_PER_CAMPAIGN));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = form.agents.iter().find(|agent| !seen.insert(**agent)) {
        check.fault("agents", format!("user {twice} is named twice"));
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::caps::model::CampaignCaps;
    use crate::campaigns::retry::model::RetryRules;
    use crate::campaigns::times::model::TimesForm;
    use crate::floor::preview::PreviewRules;

    #[test]
    fn only_an_attempt_taken_back_does_not_count() {
        let uncounted: Vec<CallResult> =
            CallResult::ALL.into_iter().filter(|result| !counts_as_attempt(*result)).collect();
        assert_eq!(uncounted, [CallResult::Cancelled]);
    }

    #[test]
    fn a_finished_campaign_stays_finished_and_a_draft_is_not_paused() {
        use CampaignState::{Draft, Finished, Paused, Running};
        for (from, to, may) in [
            (Draft, Running, true),
            (Paused, Running, true),
            (Finished, Running, false),
            (Running, Paused, true),
            (Draft, Paused, false),
            (Finished, Paused, false),
            (Running, Finished, true),
            (Running, Draft, false),
        ] {
            assert_eq!(may_become(from, to), may, "{from:?} -> {to:?}");
        }
    }

    fn form() -> CampaignForm {
        CampaignForm::new("Autumn".into(), 1, 1, "02160000000".into())
    }

    fn at_fault(form: CampaignForm) -> Vec<String> {
        check(&form).at_fault().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn the_defaults_are_in_order() {
        assert!(check(&form()).at_fault().is_empty());
    }

    #[test]
    fn every_field_out_of_bounds_is_named() {
        assert_eq!(at_fault(CampaignForm { ring_seconds: 14, ..form() }), ["ring_seconds"]);
        assert_eq!(at_fault(CampaignForm { wrap_up_seconds: -1, ..form() }), ["wrap_up_seconds"]);
        assert_eq!(at_fault(CampaignForm { drop_cap_permille: 101, ..form() }), ["drop_cap_permille"]);
        assert_eq!(at_fault(CampaignForm { wait_ms_max: 1_000, ..form() }), ["wait_ms_max"]);
        assert_eq!(at_fault(CampaignForm { lines_max: 0, ..form() }), ["lines_max"]);
        let never = TimesForm { windows: Vec::new(), ..TimesForm::default() };
        assert_eq!(at_fault(CampaignForm { times: never, ..form() }), ["times.windows"]);
        assert_eq!(at_fault(CampaignForm { calls_per_second: -1, ..form() }), ["calls_per_second"]);
        assert_eq!(at_fault(CampaignForm { priority: 101, ..form() }), ["priority"]);
        assert_eq!(at_fault(CampaignForm { share: 0, ..form() }), ["share"]);
        let odd = PreviewRules {
            seconds: u32::MAX,
            skips_max: Some(1_001),
            skip_minutes: 0,
            ..PreviewRules::default()
        };
        let fields = ["preview.seconds", "preview.skips_max", "preview.skip_minutes"];
        assert_eq!(at_fault(CampaignForm { preview: odd, ..form() }), fields);
        assert_eq!(at_fault(CampaignForm { max_attempts: 0, ..form() }), ["max_attempts"]);
        assert_eq!(at_fault(CampaignForm { retry: RetryRules::every(0), ..form() })[0], "retry");
        let caps = CampaignCaps { per_day: Some(0), ..CampaignCaps::default() };
        assert_eq!(at_fault(CampaignForm { caps, ..form() }), ["caps"]);
        assert_eq!(at_fault(CampaignForm { name: "  ".into(), ..form() }), ["name"]);
        assert_eq!(at_fault(CampaignForm { caller_id: "1{2}".into(), ..form() }), ["caller_id"]);
        assert_eq!(at_fault(CampaignForm { agents: vec![3, 4, 3], ..form() }), ["agents"]);
        let two = CampaignForm { ring_seconds: 0, lines_max: -1, ..form() };
        assert_eq!(at_fault(two), ["ring_seconds", "lines_max"]);
    }
}
