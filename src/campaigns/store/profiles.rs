//! Campaigns as the floor needs them.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CampaignId};
use crate::base::phone::Dialable;
use crate::campaigns::model::{CampaignState, dial_mode_from_name};
use crate::campaigns::rules;
use crate::floor::input::{CampaignProfile, WindowCounts};
use crate::store::Db;
use crate::store::entity::{calls, campaign_agents, campaigns, gateways, users};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The window over which the cap on dropped calls holds, as in the floor.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// One campaign; `None` when there is none of this id, or it is finished.
pub async fn load_profile(
    db: &Db,
    campaign: CampaignId,
    now: Moment,
    zone: Tz,
) -> Result<Option<CampaignProfile>, DbErr> {
    match campaigns::Entity::find_by_id(campaign.0).one(db.read()).await? {
        Some(row) => profile(db, row, now, zone).await,
        None => Ok(None),
    }
}

/// Every campaign that is not finished.
pub async fn load_profiles(db: &Db, now: Moment, zone: Tz) -> Result<Vec<CampaignProfile>, DbErr> {
    let rows = campaigns::Entity::find().order_by_asc(campaigns::Column::Id).all(db.read()).await?;
    let mut profiles = Vec::with_capacity(rows.len());
    for row in rows {
        profiles.extend(profile(db, row, now, zone).await?);
    }
    Ok(profiles)
}

async fn profile(
    db: &Db,
    row: campaigns::Model,
    now: Moment,
    zone: Tz,
) -> Result<Option<CampaignProfile>, DbErr> {
    let state = CampaignState::from_name(&row.state);
    let broken = |column: &str| DbErr::Custom(format!("campaign {}: {column} cannot be used", row.id));
    if state == Some(CampaignState::Finished) {
        return Ok(None);
    }
    let gateway = gateways::Entity::find_by_id(row.gateway_id).one(db.read()).await?;
    let gateway = gateway.ok_or_else(|| broken("gateway_id"))?;
    let hours = rules::hours_of(&row.hours_from, &row.hours_to, row.weekdays);
    let hours = hours.ok_or_else(|| broken("hours"))?;
    let whole = |column: &str, value: i32| u32::try_from(value).map_err(|_| broken(column));
    Ok(Some(CampaignProfile {
        campaign: CampaignId(row.id),
        running: state == Some(CampaignState::Running) && gateway.enabled,
        mode: dial_mode_from_name(&row.mode).ok_or_else(|| broken("mode"))?,
        ratio_permille: 1_000,
        agents: load_members(db, row.id).await?,
        gateway: gateway.name,
        caller_id: Dialable::new(&row.caller_id).map_err(|_| broken("caller_id"))?,
        ring_seconds: whole("ring_seconds", row.ring_seconds)?,
        wrap_up_seconds: whole("wrap_up_seconds", row.wrap_up_seconds)?,
        drop_cap_permille: whole("drop_cap_permille", row.drop_cap_permille)?,
        drop_after_ms: i64::from(row.drop_after_ms),
        wait_ms_max: i64::from(row.wait_ms_max),
        lines_max: whole("lines_max", row.lines_max)?,
        hours: rules::calling_hours(hours, now, zone),
        window: load_window(db, row.id, now).await?,
    }))
}

/// The campaign's agents who can take calls: active, with a desk phone.
async fn load_members(db: &Db, campaign: i64) -> Result<Vec<AgentId>, DbErr> {
    let members: Vec<i64> = campaign_agents::Entity::find()
        .select_only()
        .column(campaign_agents::Column::UserId)
        .filter(campaign_agents::Column::CampaignId.eq(campaign))
        .into_tuple()
        .all(db.read())
        .await?;
    let agents: Vec<i64> = users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .filter(users::Column::Id.is_in(members))
        .filter(users::Column::Active.eq(true))
        .filter(users::Column::Extension.is_not_null())
        .order_by_asc(users::Column::Id)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(agents.into_iter().map(AgentId).collect())
}

async fn load_window(db: &Db, campaign: i64, now: Moment) -> Result<WindowCounts, DbErr> {
    let counts: Option<(i64, i64)> = calls::Entity::find()
        .select_only()
        .column_as(calls::Column::AnsweredAt.count(), "answered")
        .column_as(calls::Column::DroppedAt.count(), "dropped")
        .filter(calls::Column::CampaignId.eq(campaign))
        .filter(calls::Column::StartedAt.gte((now - WINDOW_MS).to_utc()))
        .into_tuple()
        .one(db.read())
        .await?;
    let (answered, dropped) = counts.unwrap_or_default();
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(WindowCounts { answered: count(answered), dropped: count(dropped) })
}
