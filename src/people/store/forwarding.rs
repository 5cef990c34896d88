//! Where agents' personal calls go, and after how many rings in vain they are
//! paused: the centre's own settings about its agents.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, TeamId, UserId};
use crate::base::phone::Dialable;
use crate::floor::forward::{ForwardReason, Forwarding};
use crate::floor::input::{MISSED_RINGS_MAX, Party};
use crate::store::entity::{forwardings, teams, users};
use crate::store::lookup;
use crate::store::{Db, DbErr, WriteTx};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ActiveValue::Unchanged, ColumnTrait, ConnectionTrait, EntityTrait,
    QueryFilter,
};
use std::collections::HashMap;

/// The name of the centre's setting.
const MISSED_RINGS: &str = "missed_rings_max";
/// How long a phone rings before a call goes on, if that was lost, in seconds.
const SECONDS: i32 = 20;

/// What all agents' profiles have in common.
#[derive(Debug, Default)]
pub(super) struct Common {
    forwardings: HashMap<i64, Forwarding>,
    missed_rings: HashMap<i64, u32>,
    centre: u32,
}

impl Common {
    pub(super) async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let mut forwardings: HashMap<i64, Forwarding> = HashMap::new();
        for row in forwardings::Entity::find().all(db).await? {
            add(forwardings.entry(row.user_id).or_default(), row);
        }
        let (centre, teams) = load_missed_rings(db).await?;
        let missed_rings = teams.into_iter().filter_map(|(team, most)| Some((team.id, most?))).collect();
        Ok(Self { forwardings, missed_rings, centre })
    }

    pub(super) fn forwarding(&mut self, user: i64) -> Forwarding {
        self.forwardings.remove(&user).unwrap_or_default()
    }

    pub(super) fn missed_rings_max(&self, team: Option<i64>) -> u32 {
        team.and_then(|team| self.missed_rings.get(&team)).copied().unwrap_or(self.centre)
    }
}

fn add(forwarding: &mut Forwarding, row: forwardings::Model) {
    let party = match (row.to_agent, row.to_number) {
        (Some(agent), _) => Some(Party::Agent(AgentId(agent))),
        (None, Some(number)) => Dialable::new(&number).ok().map(Party::Outside),
        (None, None) => None,
    };
    match (ForwardReason::from_name(&row.reason), party) {
        (Some(ForwardReason::Always), party) => forwarding.always = party,
        (Some(ForwardReason::Busy), party) => forwarding.busy = party,
        (Some(ForwardReason::NoAnswer), Some(party)) => {
            let seconds = u32::try_from(row.seconds.unwrap_or(SECONDS)).unwrap_or_default();
            forwarding.no_answer = Some((party, seconds));
        }
        (Some(ForwardReason::NoAnswer), None) => {}
        (None, _) => tracing::error!(user.id = row.user_id, reason = row.reason, "an unknown forwarding"),
    }
}

/// Where a user's personal calls go.
pub async fn find_forwarding(db: &impl ConnectionTrait, user: UserId) -> Result<Forwarding, DbErr> {
    let rows = forwardings::Entity::find().filter(forwardings::Column::UserId.eq(user.0)).all(db).await?;
    let mut forwarding = Forwarding::default();
    for row in rows {
        add(&mut forwarding, row);
    }
    Ok(forwarding)
}

/// Sets where a user's personal calls go.
pub async fn save_forwarding(
    tx: &WriteTx,
    user: UserId,
    forwarding: &Forwarding,
    now: Moment,
) -> Result<(), DbErr> {
    forwardings::Entity::delete_many().filter(forwardings::Column::UserId.eq(user.0)).exec(tx).await?;
    for reason in ForwardReason::ALL {
        let Some(party) = forwarding.to(reason) else { continue };
        let seconds = forwarding.no_answer.as_ref().filter(|_| reason == ForwardReason::NoAnswer);
        let (to_agent, to_number) = match party {
            Party::Agent(agent) => (Some(agent.0), None),
            Party::Outside(number) => (None, Some(number.to_string())),
            // Nobody's calls are forwarded to a queue: the request offers none.
            Party::Queue(_) => continue,
        };
        let row = forwardings::ActiveModel {
            user_id: Set(user.0),
            reason: Set(reason.as_str().to_owned()),
            to_agent: Set(to_agent),
            to_number: Set(to_number),
            seconds: Set(seconds.and_then(|(_, seconds)| i32::try_from(*seconds).ok())),
            updated_at: Set(now.to_utc()),
        };
        forwardings::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The active user with a desk phone of this number.
pub async fn find_by_extension(
    db: &impl ConnectionTrait,
    extension: &str,
) -> Result<Option<users::Model>, DbErr> {
    users::Entity::find()
        .filter(users::Column::Extension.eq(extension))
        .filter(users::Column::Active.eq(true))
        .one(db)
        .await
}

/// After how many rings in vain an agent is paused: the centre's number, and
/// each team's own if it has one.
pub async fn load_missed_rings(
    db: &impl ConnectionTrait,
) -> Result<(u32, Vec<(teams::Model, Option<u32>)>), DbErr> {
    let set = lookup::setting(db, MISSED_RINGS).await?;
    let centre = set.and_then(|value| value.as_u64()).and_then(|most| u32::try_from(most).ok());
    let teams = super::list_teams(db).await?.into_iter();
    let own = |team: &teams::Model| team.missed_rings_max.and_then(|most| u32::try_from(most).ok());
    Ok((
        centre.unwrap_or(MISSED_RINGS_MAX),
        teams.map(|team| (own(&team), team)).map(|(most, team)| (team, most)).collect(),
    ))
}

/// Sets the centre's number.
pub async fn save_missed_rings(tx: &WriteTx, most: u32, now: Moment) -> Result<(), DbErr> {
    lookup::set_setting(tx, MISSED_RINGS, most.into(), now).await
}

/// Sets a team's own number; `None`: the centre's.
pub async fn save_team_missed_rings(tx: &WriteTx, team: TeamId, most: Option<u32>) -> Result<(), DbErr> {
    let row = teams::ActiveModel {
        id: Unchanged(team.0),
        missed_rings_max: Set(most.and_then(|most| i32::try_from(most).ok())),
        ..Default::default()
    };
    row.update(tx).await.map(|_| ())
}

/// For [`super::load_agents`] and [`super::load_agent`].
pub(super) async fn common(db: &Db) -> Result<Common, DbErr> {
    Common::load(db.read()).await
}
