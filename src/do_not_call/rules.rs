//! The decisions about the do-not-call list: pure.
//!
//! In: entries, who is about to dial, a time. Out: whether an entry bars it, which
//! of several is named, how long an entry counts that is asked for again.

use crate::base::clock::Moment;
use crate::do_not_call::model::{Audience, Target};
use crate::store::entity::do_not_call_entries;
use std::cmp::Ordering;

/// Whether an entry for `target` counts for those who dial.
pub fn bars(target: Target, audience: &Audience) -> bool {
    match target {
        Target::System => true,
        Target::Department(department) => audience.departments.contains(&department.0),
        Target::Campaign(campaign) => audience.campaign == Some(campaign.0),
    }
}

/// Whether an entry counts at this time.
pub fn is_active(entry: &do_not_call_entries::Model, now: Moment) -> bool {
    entry.removed_at.is_none() && entry.expires_at.is_none_or(|at| now.to_utc() < at)
}

/// The order in which entries are named: the farthest reach first, then the
/// oldest.
pub fn by_reach(a: &do_not_call_entries::Model, b: &do_not_call_entries::Model) -> Ordering {
    let rank = |entry: &do_not_call_entries::Model| match Target::of(entry) {
        Target::System => 0,
        Target::Department(_) => 1,
        Target::Campaign(_) => 2,
    };
    (rank(a), a.id).cmp(&(rank(b), b.id))
}

/// Until when a number stays that is put on the list again; `None`: it stays as
/// long as it would have, or longer than is asked for now. A refusal never
/// shortens one before it.
pub fn extended(before: Option<Moment>, asked: Option<Moment>) -> Option<Option<Moment>> {
    match (before, asked) {
        (None, _) => None,
        (Some(_), None) => Some(None),
        (Some(before), Some(asked)) => (asked > before).then_some(Some(asked)),
    }
}

/// The digits of a number by which it is looked for: people write the 0 before an
/// area code, which E.164 does not have.
pub fn searched(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (!digits.is_empty()).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{CampaignId, DepartmentId};

    fn entry(id: i64, target: Target) -> do_not_call_entries::Model {
        let (department_id, campaign_id) = target.columns();
        do_not_call_entries::Model {
            id,
            e164: "+8613800138000".to_owned(),
            scope: target.scope().as_str().to_owned(),
            department_id,
            campaign_id,
            source: "typed".to_owned(),
            reason: String::new(),
            note: None,
            call_id: None,
            created_by: None,
            created_at: Moment(0).to_utc(),
            expires_at: None,
            removed_at: None,
            removed_by: None,
            leads_back_at: None,
        }
    }

    const DEPARTMENT: Target = Target::Department(DepartmentId(7));
    const CAMPAIGN: Target = Target::Campaign(CampaignId(7));

    #[test]
    fn an_entry_counts_for_whom_it_is() {
        let of = |departments: &[i64], campaign| Audience {
            departments: departments.iter().copied().collect(),
            campaign,
        };
        let nobody = of(&[], None);
        assert!(bars(Target::System, &nobody) && !bars(DEPARTMENT, &nobody) && !bars(CAMPAIGN, &nobody));
        assert!(bars(DEPARTMENT, &of(&[1, 7], None)) && !bars(DEPARTMENT, &of(&[1], Some(7))));
        assert!(bars(CAMPAIGN, &of(&[], Some(7))) && !bars(CAMPAIGN, &of(&[7], Some(8))));
    }

    #[test]
    fn an_entry_ends_at_its_instant_or_when_it_is_taken_off() {
        let mut some = entry(1, Target::System);
        assert!(is_active(&some, Moment(i64::from(u32::MAX))));
        some.expires_at = Some(Moment(1_000).to_utc());
        assert!(is_active(&some, Moment(999)) && !is_active(&some, Moment(1_000)));
        some.removed_at = Some(Moment(5).to_utc());
        assert!(!is_active(&some, Moment(10)));
    }

    #[test]
    fn the_farthest_reach_is_named_and_then_the_oldest() {
        let mut entries =
            [entry(1, CAMPAIGN), entry(2, DEPARTMENT), entry(4, Target::System), entry(3, Target::System)];
        entries.sort_by(by_reach);
        assert_eq!(entries.map(|entry| entry.id), [3, 4, 2, 1]);
    }

    #[test]
    fn who_asks_again_never_shortens() {
        let (soon, late) = (Some(Moment(1)), Some(Moment(2)));
        assert_eq!(extended(None, None), None);
        assert_eq!(extended(None, soon), None);
        assert_eq!(extended(soon, None), Some(None));
        assert_eq!(extended(soon, late), Some(late));
        assert_eq!(extended(late, soon), None);
        assert_eq!(extended(late, late), None);
    }

    #[test]
    fn a_number_is_found_by_any_part_as_people_write_it() {
        assert_eq!(searched(" 0755-888 "), Some("755888".to_owned()));
        assert_eq!(searched("+86 138"), Some("86138".to_owned()));
        assert_eq!(searched("0"), None);
        assert_eq!(searched("abc"), None);
    }
}
