//! Who may put which numbers on the list, and what an entry must be.
//!
//! In: the caller's permissions, what a form holds. Out: whom they may bar numbers
//! for, and the entry to be, or every fault of the form.

use crate::api::{ApiError, ApiResult, Check};
use crate::auth::{Caller, DepartmentFilter, Permission, UserFilter, visible_departments, visible_users};
use crate::base::clock::Moment;
use crate::base::day;
use crate::base::ids::{CampaignId, DepartmentId};
use crate::do_not_call::model::{BarScope, BarSource, NewEntry, Reach, Target};
use crate::do_not_call::store;
use crate::store::Db;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use utoipa::ToSchema;

/// For whom a number is to be barred.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct TargetRequest {
    scope: Option<BarScope>,
    /// With the scope `department`.
    department_id: Option<DepartmentId>,
    /// With the scope `campaign`.
    campaign_id: Option<CampaignId>,
}

/// Why, with what note and until when: what entries have in common, however they
/// come.
pub struct Terms<'a> {
    /// One line.
    pub reason: &'a str,
    /// Free text.
    pub note: Option<&'a str>,
    /// The last day, in the centre's zone.
    pub expires_on: Option<NaiveDate>,
}

impl Terms<'_> {
    /// The entry to be; with a fault in `check` it is of no use.
    pub fn read(
        &self,
        check: &mut Check,
        target: &TargetRequest,
        source: BarSource,
        zone: Tz,
        now: Moment,
    ) -> Option<NewEntry> {
        let target = target.read(check);
        let reason = self.reason.trim();
        check.line("reason", reason);
        let note = self.note.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
        check.text("note", note.as_deref().unwrap_or_default());
        let expires_at = self.expires_on.and_then(|day| day::end_of_day(day, zone));
        let lies_ahead = self.expires_on.is_none() || expires_at.is_some_and(|at| now < at);
        check.that(lies_ahead, "expires_on", "must be today or a later day");
        let reason = reason.to_owned();
        Some(NewEntry { target: target?, source, reason, note, call: None, by: None, expires_at })
    }
}

impl TargetRequest {
    /// With what a form holds.
    pub fn new(scope: Option<BarScope>, department: Option<i64>, campaign: Option<i64>) -> Self {
        Self { scope, department_id: department.map(DepartmentId), campaign_id: campaign.map(CampaignId) }
    }

    fn read(&self, check: &mut Check) -> Option<Target> {
        let target = match (self.scope, self.department_id, self.campaign_id) {
            (Some(BarScope::System), None, None) => Ok(Target::System),
            (Some(BarScope::Department), Some(id), None) => Ok(Target::Department(id)),
            (Some(BarScope::Campaign), None, Some(id)) => Ok(Target::Campaign(id)),
            (None, _, _) => Err(("scope", "must be given: system, department or campaign")),
            (Some(BarScope::Department), None, _) => Err(("department_id", "must be given with this scope")),
            (Some(BarScope::Campaign), _, None) => Err(("campaign_id", "must be given with this scope")),
            (Some(BarScope::Department), Some(_), Some(_)) | (Some(BarScope::System), None, Some(_)) => {
                Err(("campaign_id", "must be left out with this scope"))
            }
            (Some(BarScope::System | BarScope::Campaign), Some(_), _) => {
                Err(("department_id", "must be left out with this scope"))
            }
        };
        target.map_err(|(field, message)| check.fault(field, message)).ok()
    }
}

/// Which entries the caller reaches with this permission, beside the system's.
pub async fn reach(db: &Db, caller: &Caller, permission: Permission) -> ApiResult<Reach> {
    let scope = caller.require(permission)?;
    let departments = match visible_departments(db, caller, scope).await? {
        DepartmentFilter::All => return Ok(Reach::All),
        DepartmentFilter::Ids(ids) => ids.into_iter().map(|id| id.0).collect(),
    };
    let users: UserFilter = visible_users(db, caller, scope).await?;
    Ok(Reach::Of { departments, campaigns: store::campaigns_of(db.read(), &users).await? })
}

/// Whether entries for this target are within reach.
pub fn covers(reach: &Reach, target: Target) -> bool {
    match (reach, target) {
        (_, Target::System) | (Reach::All, _) => true,
        (Reach::Of { departments, .. }, Target::Department(id)) => departments.contains(&id.0),
        (Reach::Of { campaigns, .. }, Target::Campaign(id)) => campaigns.contains(&id.0),
    }
}

/// What somebody may put on the list and take off it.
pub struct Writer {
    reach: Option<Reach>,
    system: bool,
}

impl Writer {
    /// What the caller may write, if anything.
    pub async fn of(db: &Db, caller: &Caller) -> ApiResult<Self> {
        let system = caller.permissions.scope(Permission::DoNotCallSystem).is_some();
        let reach = match caller.permissions.scope(Permission::DoNotCallWrite) {
            Some(_) => Some(reach(db, caller, Permission::DoNotCallWrite).await?),
            None => None,
        };
        Ok(Self { reach, system })
    }

    /// The same for somebody who must be allowed to write at all.
    pub async fn require(db: &Db, caller: &Caller) -> ApiResult<Self> {
        let writer = Self::of(db, caller).await?;
        if writer.reach.is_none() && !writer.system {
            return Err(ApiError::forbidden());
        }
        Ok(writer)
    }

    /// Whether entries for this target may be changed.
    pub fn writes(&self, target: Target) -> bool {
        match target {
            Target::System => self.system,
            other => self.reach.as_ref().is_some_and(|reach| covers(reach, other)),
        }
    }

    /// Whether entries for this target may be changed: 403 for the system's, 400
    /// for a department or campaign that is not there or is out of reach.
    pub async fn may_write(&self, db: &Db, target: Target) -> ApiResult<()> {
        if target == Target::System && !self.system {
            return Err(ApiError::forbidden());
        }
        if self.writes(target) && store::target_exists(db.read(), target).await? {
            return Ok(());
        }
        let (field, thing) = match target {
            Target::Campaign(_) => ("campaign_id", "campaign"),
            Target::System | Target::Department(_) => ("department_id", "department"),
        };
        Err(ApiError::bad_request(field, format!("there is no such {thing} in your scope")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn read(
        scope: Option<BarScope>,
        department: Option<i64>,
        campaign: Option<i64>,
    ) -> Result<Target, String> {
        let mut check = Check::new();
        let target = TargetRequest::new(scope, department, campaign).read(&mut check);
        target.ok_or_else(|| check.at_fault().concat())
    }

    #[test]
    fn a_scope_names_its_own_target_and_no_other() {
        use BarScope::{Campaign, Department, System};
        assert_eq!(read(Some(System), None, None), Ok(Target::System));
        assert_eq!(read(Some(Department), Some(1), None), Ok(Target::Department(DepartmentId(1))));
        assert_eq!(read(Some(Campaign), None, Some(2)), Ok(Target::Campaign(CampaignId(2))));
        for (scope, department, campaign, fault) in [
            (None, None, None, "scope"),
            (Some(System), Some(1), None, "department_id"),
            (Some(System), None, Some(1), "campaign_id"),
            (Some(Department), None, None, "department_id"),
            (Some(Department), Some(1), Some(1), "campaign_id"),
            (Some(Campaign), None, None, "campaign_id"),
            (Some(Campaign), Some(1), Some(1), "department_id"),
        ] {
            assert_eq!(read(scope, department, campaign), Err(fault.to_owned()), "{scope:?}");
        }
    }

    #[test]
    fn the_last_day_counts_to_its_end() {
        let zone = chrono_tz::Asia::Shanghai;
        let now = Moment::from(DateTime::parse_from_rfc3339("2026-11-23T10:00:00+08:00").unwrap().to_utc());
        let expires = |day: &str| {
            let mut check = Check::new();
            let terms = Terms { reason: "x", note: None, expires_on: Some(day.parse().unwrap()) };
            let target = TargetRequest::new(Some(BarScope::System), None, None);
            let new = terms.read(&mut check, &target, BarSource::Typed, zone, now);
            check.done().ok().and(new).and_then(|new| new.expires_at).map(|at| at.to_utc().to_rfc3339())
        };
        assert_eq!(expires("2026-11-23").as_deref(), Some("2026-11-23T16:00:00+00:00"));
        assert_eq!(expires("2026-11-22"), None);
    }
}
