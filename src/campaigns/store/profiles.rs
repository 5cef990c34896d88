//! Campaigns as the floor needs them.

use crate::base::clock::{HOUR_MS, Moment};
use crate::base::ids::{AgentId, CallerIdPoolId, CampaignId};
use crate::base::phone::Dialable;
use crate::campaigns::model::CampaignState;
use crate::campaigns::times::store::load_times;
use crate::floor::input::{CAP_WINDOW_HOURS_MAX, CampaignProfile, DialMode, WindowCounts};
use crate::floor::preview::PreviewRules;
use crate::floor::trunks::Standing;
use crate::store::Db;
use crate::store::entity::{calls, campaign_agents, campaigns, gateways, users};
use chrono_tz::Tz;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// One campaign; `None` when there is none of this id. One that is finished
/// does not run.
pub async fn load_profile(
    db: &Db,
    campaign: CampaignId,
    now: Moment,
    zone: Tz,
) -> Result<Option<CampaignProfile>, DbErr> {
    match campaigns::Entity::find_by_id(campaign.0).one(db.read()).await? {
        Some(row) => profile(db, row, now, zone).await.map(Some),
        None => Ok(None),
    }
}

/// Every campaign that is not finished, and those whose calls still count for
/// others of their group.
pub async fn load_profiles(db: &Db, now: Moment, zone: Tz) -> Result<Vec<CampaignProfile>, DbErr> {
    let counts_from = now - i64::from(CAP_WINDOW_HOURS_MAX) * HOUR_MS;
    let counts =
        campaigns::Column::CapGroup.is_not_null().and(campaigns::Column::UpdatedAt.gte(counts_from.to_utc()));
    let rows = campaigns::Entity::find()
        .filter(campaigns::Column::State.ne(CampaignState::Finished.as_str()).or(counts))
        .order_by_asc(campaigns::Column::Id)
        .all(db.read())
        .await?;
    let mut profiles = Vec::with_capacity(rows.len());
    for row in rows {
        profiles.push(profile(db, row, now, zone).await?);
    }
    Ok(profiles)
}

async fn profile(db: &Db, row: campaigns::Model, now: Moment, zone: Tz) -> Result<CampaignProfile, DbErr> {
    let state = CampaignState::from_name(&row.state);
    let broken = |column: &str| DbErr::Custom(format!("campaign {}: {column} cannot be used", row.id));
    let gateway = gateways::Entity::find_by_id(row.gateway_id).one(db.read()).await?;
    let gateway = gateway.ok_or_else(|| broken("gateway_id"))?;
    let times = load_times(db.read(), &row, zone).await?.ok_or_else(|| broken("times"))?;
    let whole = |column: &str, value: i32| u32::try_from(value).map_err(|_| broken(column));
    Ok(CampaignProfile {
        campaign: CampaignId(row.id),
        running: state == Some(CampaignState::Running) && gateway.enabled,
        mode: DialMode::from_name(&row.mode).ok_or_else(|| broken("mode"))?,
        ratio_permille: whole("ratio_permille", row.ratio_permille)?,
        preview: PreviewRules::from_stored(&row.preview),
        agents: load_members(db, row.id).await?,
        gateway: gateway.name,
        caller_id: Dialable::new(&row.caller_id).map_err(|_| broken("caller_id"))?,
        caller_id_pool: row.caller_id_pool_id.map(CallerIdPoolId),
        ring_seconds: whole("ring_seconds", row.ring_seconds)?,
        wrap_up_seconds: whole("wrap_up_seconds", row.wrap_up_seconds)?,
        drop_cap_permille: whole("drop_cap_permille", row.drop_cap_permille)?,
        cap_window_hours: whole("cap_window_hours", row.cap_window_hours)?,
        cap_group: row.cap_group,
        drop_after_ms: i64::from(row.drop_after_ms),
        wait_ms_max: i64::from(row.wait_ms_max),
        drop_message: row.drop_message,
        lines_max: whole("lines_max", row.lines_max)?,
        times: times.calling,
        standing: Standing {
            priority: row.priority,
            share: whole("share", row.share)?,
            calls_per_second: Some(whole("calls_per_second", row.calls_per_second)?).filter(|most| *most > 0),
        },
        counted: load_counts(db, row.id, now).await?,
    })
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

/// Answered and dropped calls by the hour they were answered in, from the index
/// `calls_campaign_figures` alone.
async fn load_counts(db: &Db, campaign: i64, now: Moment) -> Result<Vec<(Moment, WindowCounts)>, DbErr> {
    let hour = match db.read().get_database_backend() {
        DbBackend::Sqlite => "CAST(strftime('%s', answered_at) AS INTEGER) / 3600",
        _ => "CAST(floor(extract(epoch FROM answered_at) / 3600) AS BIGINT)",
    };
    let since = now - i64::from(CAP_WINDOW_HOURS_MAX) * HOUR_MS;
    let hours: Vec<(i64, i64, i64)> = calls::Entity::find()
        .select_only()
        .column_as(Expr::cust(hour), "hour")
        .column_as(calls::Column::AnsweredAt.count(), "answered")
        .column_as(calls::Column::DroppedAt.count(), "dropped")
        .filter(calls::Column::CampaignId.eq(campaign))
        .filter(calls::Column::AnsweredAt.gte(since.to_utc()))
        .group_by(Expr::cust(hour))
        .order_by_asc(Expr::cust(hour))
        .into_tuple()
        .all(db.read())
        .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let counts = |(hour, answered, dropped): (i64, i64, i64)| {
        (Moment(hour * HOUR_MS), WindowCounts { answered: count(answered), dropped: count(dropped) })
    };
    Ok(hours.into_iter().map(counts).collect())
}
