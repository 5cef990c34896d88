//! Whom a scope covers: the one filter that lists apply.

use crate::auth::Caller;
use crate::auth::permission::{Permission, Scope};
use crate::auth::store;
use crate::base::ids::{DepartmentId, TeamId, UserId};
use crate::store::{ConnectionTrait, Db, DbErr};
use std::collections::{HashMap, HashSet};

/// Whose things may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserFilter {
    /// Everybody's, and nobody's.
    All,
    /// Those of these users alone.
    Ids(Vec<UserId>),
}

impl UserFilter {
    /// Whether this user's things may be seen.
    pub fn allows(&self, user: UserId) -> bool {
        match self {
            UserFilter::All => true,
            UserFilter::Ids(ids) => ids.contains(&user),
        }
    }

    /// Whether a thing with this owner may be seen; one without an owner only
    /// by those who see everything.
    pub fn allows_owner(&self, owner: Option<UserId>) -> bool {
        match owner {
            Some(owner) => self.allows(owner),
            None => *self == UserFilter::All,
        }
    }

    /// Whether everything that `other` lets see may be seen.
    pub fn covers(&self, other: &UserFilter) -> bool {
        match (self, other) {
            (UserFilter::All, _) => true,
            (UserFilter::Ids(_), UserFilter::All) => false,
            (UserFilter::Ids(ids), UserFilter::Ids(others)) => others.iter().all(|id| ids.contains(id)),
        }
    }
}

/// The users whose things `caller` may see with a permission of this scope.
/// The caller is always among them; deactivated users stay in their team.
pub async fn visible_users(db: &Db, caller: &Caller, scope: Scope) -> Result<UserFilter, DbErr> {
    visible_to(db, caller.user_id, scope).await
}

async fn visible_to(db: &Db, user: UserId, scope: Scope) -> Result<UserFilter, DbErr> {
    match scope {
        Scope::All => Ok(UserFilter::All),
        Scope::Own => Ok(UserFilter::Ids(vec![user])),
        Scope::Team | Scope::Department => {
            let chart = store::load_chart(db.read()).await?;
            Ok(UserFilter::Ids(chart.covered(user, scope)))
        }
    }
}

/// Whose things a user may see with a permission as things are now: for what is
/// done in their name while they are not signed in. `None`: they are inactive,
/// or their role does not hold it.
pub async fn reach_of(db: &Db, user: UserId, permission: Permission) -> Result<Option<UserFilter>, DbErr> {
    let held = store::load_permissions(db.read(), user).await?;
    match held.and_then(|held| held.scope(permission)) {
        Some(scope) => visible_to(db, user, scope).await.map(Some),
        None => Ok(None),
    }
}

/// Whether somebody placed in this team and department would be among those
/// that `scope` covers: nobody may place a user where they could not see them.
pub async fn covers_place(
    db: &Db,
    caller: &Caller,
    scope: Scope,
    team: Option<TeamId>,
    department: Option<DepartmentId>,
) -> Result<bool, DbErr> {
    if scope == Scope::All {
        return Ok(true);
    }
    let chart = store::load_chart(db.read()).await?;
    Ok(chart.covers_place(caller.user_id, scope, (team.map(|id| id.0), department.map(|id| id.0))))
}

/// Whose departments' things may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentFilter {
    /// Those of all.
    All,
    /// Those of these alone.
    Ids(Vec<DepartmentId>),
}

impl DepartmentFilter {
    /// Whether this department's things may be seen.
    pub fn allows(&self, department: DepartmentId) -> bool {
        match self {
            DepartmentFilter::All => true,
            DepartmentFilter::Ids(ids) => ids.contains(&department),
        }
    }
}

/// The departments whose things `caller` may see with a permission of this scope:
/// with that of a team, the department the team belongs to.
pub async fn visible_departments(db: &Db, caller: &Caller, scope: Scope) -> Result<DepartmentFilter, DbErr> {
    match scope {
        Scope::All => Ok(DepartmentFilter::All),
        Scope::Own => Ok(DepartmentFilter::Ids(Vec::new())),
        Scope::Team | Scope::Department => {
            let chart = store::load_chart(db.read()).await?;
            Ok(DepartmentFilter::Ids(chart.departments_covered(caller.user_id, scope)))
        }
    }
}

/// The departments to which any of these users belong, with all above them.
pub async fn departments_above(db: &impl ConnectionTrait, users: Vec<i64>) -> Result<HashSet<i64>, DbErr> {
    Ok(store::load_chart(db).await?.above(users))
}

/// A user's team and department.
type Place = (Option<i64>, Option<i64>);

/// Who belongs where.
#[derive(Debug, Default)]
pub struct Chart {
    /// Each department's parent.
    pub departments: HashMap<i64, Option<i64>>,
    /// Each team's department.
    pub teams: HashMap<i64, i64>,
    /// Each user's team and department.
    pub users: HashMap<i64, Place>,
}

impl Chart {
    fn covered(&self, caller: UserId, scope: Scope) -> Vec<UserId> {
        let inside = |place: &Place| self.covers_place(caller, scope, *place);
        let mut ids: HashSet<i64> =
            self.users.iter().filter(|(_, place)| inside(place)).map(|(id, _)| *id).collect();
        ids.insert(caller.0);
        let mut ids: Vec<UserId> = ids.into_iter().map(UserId).collect();
        ids.sort_unstable();
        ids
    }

    fn covers_place(&self, caller: UserId, scope: Scope, place: Place) -> bool {
        let own = self.users.get(&caller.0).copied().unwrap_or_default();
        match scope {
            Scope::All => true,
            Scope::Own => false,
            Scope::Team => own.0.is_some() && place.0 == own.0,
            Scope::Department => self.department_of(own).is_some_and(|root| self.is_below(place, root)),
        }
    }

    fn departments_covered(&self, caller: UserId, scope: Scope) -> Vec<DepartmentId> {
        let own = self.users.get(&caller.0).copied().unwrap_or_default();
        let Some(root) = self.department_of(own) else { return Vec::new() };
        let covered = |id: &i64| match scope {
            Scope::All => true,
            Scope::Own => false,
            Scope::Team => *id == root,
            Scope::Department => self.is_below((None, Some(*id)), root),
        };
        let mut ids: Vec<DepartmentId> =
            self.departments.keys().copied().filter(covered).map(DepartmentId).collect();
        ids.sort_unstable();
        ids
    }

    fn above(&self, users: impl IntoIterator<Item = i64>) -> HashSet<i64> {
        let mut above = HashSet::new();
        for user in users {
            let mut at = self.users.get(&user).and_then(|place| self.department_of(*place));
            // What is there already has been climbed from; so a circle ends, too.
            while let Some(department) = at.filter(|department| above.insert(*department)) {
                at = self.departments.get(&department).copied().flatten();
            }
        }
        above
    }

    /// A user's department: their own, or their team's.
    fn department_of(&self, (team, department): Place) -> Option<i64> {
        department.or_else(|| self.teams.get(&team?).copied())
    }

    fn is_below(&self, place: Place, root: i64) -> bool {
        let mut at = self.department_of(place);
        // As many steps as there are departments: a circle ends, too.
        for _ in 0..=self.departments.len() {
            match at {
                Some(department) if department == root => return true,
                Some(department) => at = self.departments.get(&department).copied().flatten(),
                None => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Department 1 has teams 10 and 11 and the sub-department 2 with team 20;
    /// department 3 stands apart.
    fn chart() -> Chart {
        Chart {
            departments: HashMap::from([(1, None), (2, Some(1)), (3, None)]),
            teams: HashMap::from([(10, 1), (11, 1), (20, 2), (30, 3)]),
            users: HashMap::from([
                (100, (None, Some(1))),
                (101, (Some(10), None)),
                (102, (Some(10), Some(1))),
                (111, (Some(11), None)),
                (120, (Some(20), None)),
                (130, (Some(30), None)),
                (140, (None, None)),
            ]),
        }
    }

    fn covered(user: i64, scope: Scope) -> Vec<i64> {
        chart().covered(UserId(user), scope).into_iter().map(|user| user.0).collect()
    }

    #[test]
    fn a_team_covers_its_members_and_a_department_its_sub_tree() {
        assert_eq!(covered(101, Scope::Team), [101, 102]);
        assert_eq!(covered(100, Scope::Department), [100, 101, 102, 111, 120]);
        assert_eq!(covered(111, Scope::Department), [100, 101, 102, 111, 120]);
        assert_eq!(covered(120, Scope::Department), [120]);
    }

    #[test]
    fn who_belongs_nowhere_sees_only_themselves() {
        assert_eq!(covered(140, Scope::Team), [140]);
        assert_eq!(covered(140, Scope::Department), [140]);
        assert_eq!(covered(999, Scope::Team), [999]);
    }

    #[test]
    fn nobody_is_placed_out_of_sight() {
        let may = |user, scope, place| chart().covers_place(UserId(user), scope, place);
        assert!(may(100, Scope::Department, (Some(20), None)));
        assert!(may(100, Scope::Department, (None, Some(2))));
        assert!(!may(100, Scope::Department, (Some(30), None)));
        assert!(!may(100, Scope::Department, (None, None)));
        assert!(may(101, Scope::Team, (Some(10), None)) && !may(101, Scope::Team, (Some(11), None)));
        assert!(!may(140, Scope::Team, (None, None)));
    }

    #[test]
    fn a_team_covers_its_own_department_alone() {
        let covered = |user, scope| -> Vec<i64> {
            chart().departments_covered(UserId(user), scope).into_iter().map(|id| id.0).collect()
        };
        assert_eq!(covered(101, Scope::Team), [1]);
        assert_eq!(covered(101, Scope::Department), [1, 2]);
        assert_eq!(covered(120, Scope::Department), [2]);
        assert_eq!(covered(140, Scope::Department), [0_i64; 0]);
        assert_eq!(covered(101, Scope::Own), [0_i64; 0]);
    }

    #[test]
    fn a_user_belongs_to_their_department_and_all_above_it() {
        let above = |users: &[i64]| {
            let mut ids: Vec<i64> = chart().above(users.iter().copied()).into_iter().collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(above(&[120]), [1, 2]);
        assert_eq!(above(&[101, 130]), [1, 3]);
        assert_eq!(above(&[140, 999]), [0_i64; 0]);
        let mut circle = chart();
        circle.departments.insert(1, Some(2));
        assert_eq!(circle.above([120]).len(), 2);
    }

    #[test]
    fn a_filter_covers_one_that_lets_see_no_more() {
        let ids = |ids: &[i64]| UserFilter::Ids(ids.iter().copied().map(UserId).collect());
        assert!(UserFilter::All.covers(&UserFilter::All) && UserFilter::All.covers(&ids(&[1])));
        assert!(ids(&[1, 2]).covers(&ids(&[2])) && ids(&[1]).covers(&ids(&[])));
        assert!(!ids(&[1, 2]).covers(&ids(&[2, 3])) && !ids(&[1]).covers(&UserFilter::All));
    }

    #[test]
    fn a_circle_of_departments_ends() {
        let mut chart = chart();
        chart.departments.insert(1, Some(2));
        assert!(!chart.covered(UserId(130), Scope::Department).contains(&UserId(120)));
    }
}
