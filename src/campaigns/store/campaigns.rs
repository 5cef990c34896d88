//! Campaigns as people see and change them.

use crate::base::clock::Moment;
use crate::base::ids::{CampaignId, UserId};
use crate::calendars;
use crate::campaigns::caller_ids;
use crate::campaigns::model::{
    AttemptCounts, CampaignCounts, CampaignEntry, CampaignForm, CampaignRefused, CampaignScript,
    CampaignState, LeadState,
};
use crate::campaigns::retry::model::LeadRule;
use crate::campaigns::retry::store::look_again;
use crate::campaigns::store::{barred, called};
use crate::store::entity::{calls, campaign_agents, campaigns, lead_lists, leads};
use crate::store::{Db, WriteTx, lookup};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Every campaign with its figures, by name.
pub async fn list_campaigns(db: &Db) -> Result<Vec<CampaignEntry>, DbErr> {
    let rows = campaigns::Entity::find()
        .order_by_asc(campaigns::Column::Name)
        .order_by_asc(campaigns::Column::Id)
        .all(db.read())
        .await?;
    with_figures(db.read(), rows).await
}

/// One campaign with its figures.
pub async fn find_campaign(db: &Db, id: CampaignId) -> Result<Option<CampaignEntry>, DbErr> {
    let row = campaigns::Entity::find_by_id(id.0).all(db.read()).await?;
    Ok(with_figures(db.read(), row).await?.pop())
}

/// What the desk shows of a campaign. Nothing is counted: every desk asks with
/// every call, and a ledger is big.
pub async fn find_script(db: &Db, id: CampaignId) -> Result<Option<CampaignScript>, DbErr> {
    let found: Option<(String, Option<String>)> = campaigns::Entity::find_by_id(id.0)
        .select_only()
        .columns([campaigns::Column::Name, campaigns::Column::Script])
        .into_tuple()
        .one(db.read())
        .await?;
    Ok(found.map(|(name, script)| CampaignScript { name, script }))
}

async fn with_figures(
    db: &impl ConnectionTrait,
    rows: Vec<campaigns::Model>,
) -> Result<Vec<CampaignEntry>, DbErr> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let list_ids: HashSet<i64> = rows.iter().map(|row| row.list_id).collect();
    let lists = names_of_lists(db, &list_ids).await?;
    let gateways = lookup::gateway_names(db).await?;
    let followed = rows.iter().filter_map(|row| row.calendar_id);
    let calendars = calendars::store::load(db, followed).await?;
    let leads = count_leads(db, &list_ids).await?;
    let attempts = count_attempts(db, &ids).await?;
    let mut agents: HashMap<i64, Vec<i64>> = HashMap::new();
    let members = campaign_agents::Entity::find()
        .filter(campaign_agents::Column::CampaignId.is_in(ids))
        .order_by_asc(campaign_agents::Column::UserId)
        .all(db)
        .await?;
    for member in members {
        agents.entry(member.campaign_id).or_default().push(member.user_id);
    }
    let entry = |campaign: campaigns::Model| CampaignEntry {
        list_name: lists.get(&campaign.list_id).cloned().unwrap_or_default(),
        gateway_name: gateways.get(&campaign.gateway_id).cloned().unwrap_or_default(),
        calendar: campaign.calendar_id.and_then(|id| calendars.get(&id)).cloned(),
        agents: agents.get(&campaign.id).cloned().unwrap_or_default(),
        counts: CampaignCounts {
            attempts: attempts.get(&campaign.id).copied().unwrap_or_default(),
            ..leads.get(&campaign.list_id).copied().unwrap_or_default()
        },
        campaign,
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn names_of_lists(
    db: &impl ConnectionTrait,
    ids: &HashSet<i64>,
) -> Result<HashMap<i64, String>, DbErr> {
    let lists = lead_lists::Entity::find().filter(lead_lists::Column::Id.is_in(ids.iter().copied()));
    Ok(lists.all(db).await?.into_iter().map(|list| (list.id, list.name)).collect())
}

/// Leads by list; the figures of attempts are left at 0.
async fn count_leads(
    db: &impl ConnectionTrait,
    lists: &HashSet<i64>,
) -> Result<HashMap<i64, CampaignCounts>, DbErr> {
    let groups: Vec<(i64, String, i64)> = leads::Entity::find()
        .select_only()
        .column(leads::Column::ListId)
        .column(leads::Column::State)
        .column_as(leads::Column::Id.count(), "leads")
        .filter(leads::Column::ListId.is_in(lists.iter().copied()))
        .group_by(leads::Column::ListId)
        .group_by(leads::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<i64, CampaignCounts> = HashMap::new();
    for (list, state, leads) in groups {
        let of_list = counts.entry(list).or_default();
        of_list.leads += leads;
        match LeadState::from_name(&state) {
            Some(LeadState::Fresh) => of_list.fresh += leads,
            Some(LeadState::Retry) => of_list.retry += leads,
            Some(LeadState::Done) => of_list.done += leads,
            Some(LeadState::Claimed | LeadState::Dialling) | None => {}
        }
    }
    Ok(counts)
}

async fn count_attempts(
    db: &impl ConnectionTrait,
    campaigns: &[i64],
) -> Result<HashMap<i64, AttemptCounts>, DbErr> {
    let groups: Vec<(i64, i64, i64, i64, i64)> = calls::Entity::find()
        .select_only()
        .column(calls::Column::CampaignId)
        // Only columns of the index calls_campaign_figures: the rows are not read.
        .column_as(calls::Column::CampaignId.count(), "attempts")
        .column_as(calls::Column::AnsweredAt.count(), "answered")
        .column_as(calls::Column::ConnectedAt.count(), "connected")
        .column_as(calls::Column::DroppedAt.count(), "dropped")
        .filter(calls::Column::CampaignId.is_in(campaigns.iter().copied()))
        .group_by(calls::Column::CampaignId)
        .into_tuple()
        .all(db)
        .await?;
    let counts = |(campaign, attempts, answered, connected, dropped)| {
        (campaign, AttemptCounts { attempts, answered, connected, dropped })
    };
    Ok(groups.into_iter().map(counts).collect())
}

/// Stores a new campaign as a draft; its settings must have been checked.
pub async fn insert_campaign(
    tx: &WriteTx,
    form: &CampaignForm,
    by: UserId,
    now: Moment,
) -> Result<Result<CampaignId, CampaignRefused>, DbErr> {
    if let Err(refused) = check_references(tx, form, None).await? {
        return Ok(Err(refused));
    }
    let row = campaigns::ActiveModel {
        state: Set(CampaignState::Draft.as_str().to_owned()),
        created_by: Set(by.0),
        created_at: Set(now.to_utc()),
        ..settings(form, now)?
    };
    let id = campaigns::Entity::insert(row).exec(tx).await?.last_insert_id;
    set_agents(tx, id, &form.agents).await?;
    Ok(Ok(CampaignId(id)))
}

/// Changes the settings of a campaign; they must have been checked.
pub async fn update_campaign(
    tx: &WriteTx,
    id: CampaignId,
    form: &CampaignForm,
    now: Moment,
) -> Result<Result<(), CampaignRefused>, DbErr> {
    if let Err(refused) = check_references(tx, form, Some(id)).await? {
        return Ok(Err(refused));
    }
    let row = campaigns::ActiveModel { id: Set(id.0), ..settings(form, now)? };
    campaigns::Entity::update(row).exec(tx).await?;
    set_agents(tx, id.0, &form.agents).await?;
    barred::look_again(tx, id, form.list_id, now).await?;
    called::lift_of_campaign(tx, id, now).await?;
    let waits = [&LeadRule::CAPS[..], &[LeadRule::CalledHours]].concat();
    look_again(tx, &waits, Some(form.list_id)).await?;
    Ok(Ok(()))
}

/// Changes the state of a campaign.
pub async fn mark_state(
    tx: &WriteTx,
    id: CampaignId,
    state: CampaignState,
    now: Moment,
) -> Result<(), DbErr> {
    let row = campaigns::ActiveModel {
        id: Set(id.0),
        state: Set(state.as_str().to_owned()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    };
    let campaign = campaigns::Entity::update(row).exec(tx).await?;
    if state == CampaignState::Running {
        barred::look_again(tx, id, campaign.list_id, now).await?;
    }
    Ok(())
}

fn settings(form: &CampaignForm, now: Moment) -> Result<campaigns::ActiveModel, DbErr> {
    Ok(campaigns::ActiveModel {
        name: Set(form.name.trim().to_owned()),
        list_id: Set(form.list_id),
        mode: Set(form.mode.as_str().to_owned()),
        gateway_id: Set(form.gateway_id),
        caller_id: Set(form.caller_id.clone()),
        caller_id_pool_id: Set(form.caller_id_pool_id),
        ring_seconds: Set(form.ring_seconds),
        wrap_up_seconds: Set(form.wrap_up_seconds),
        drop_cap_permille: Set(form.drop_cap_permille),
        ratio_permille: Set(form.ratio_permille),
        preview: Set(json!(form.preview)),
        cap_window_hours: Set(form.cap_window_hours),
        cap_group: Set(form.cap_group.as_deref().map(|group| group.trim().to_owned())),
        drop_after_ms: Set(form.drop_after_ms),
        wait_ms_max: Set(form.wait_ms_max),
        drop_message: Set(form.drop_message.clone()),
        lines_max: Set(form.lines_max),
        times: Set(form.times.stored().map_err(|error| DbErr::Json(error.to_string()))?),
        calendar_id: Set(form.times.calendar_id),
        calls_per_second: Set(form.calls_per_second),
        priority: Set(form.priority),
        share: Set(form.share),
        max_attempts: Set(form.max_attempts),
        retry: Set(json!(form.retry.clone().complete())),
        caps: Set(json!(form.caps)),
        script: Set(form.script.clone()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    })
}

async fn check_references(
    tx: &WriteTx,
    form: &CampaignForm,
    own: Option<CampaignId>,
) -> Result<Result<(), CampaignRefused>, DbErr> {
    let same_name = campaigns::Entity::find().filter(campaigns::Column::Name.eq(form.name.trim())).one(tx);
    if same_name.await?.is_some_and(|other| Some(CampaignId(other.id)) != own) {
        return Ok(Err(CampaignRefused::NameTaken));
    }
    if lead_lists::Entity::find_by_id(form.list_id).one(tx).await?.is_none() {
        return Ok(Err(CampaignRefused::NoSuchList));
    }
    if lookup::gateway_caller_id(tx, form.gateway_id).await?.is_none() {
        return Ok(Err(CampaignRefused::NoSuchGateway));
    }
    if let Some(calendar) = form.times.calendar_id
        && calendars::store::find_calendar(tx, calendar).await?.is_none()
    {
        return Ok(Err(CampaignRefused::NoSuchCalendar));
    }
    if let Some(pool) = form.caller_id_pool_id {
        if caller_ids::store::find_name(tx, pool).await?.is_none() {
            return Ok(Err(CampaignRefused::NoSuchPool));
        }
        if !caller_ids::store::has_default(tx, pool).await? {
            return Ok(Err(CampaignRefused::EmptyPool));
        }
    }
    let agents = lookup::with_desk_phone(tx, form.agents.iter().copied()).await?;
    match form.agents.iter().find(|agent| !agents.contains(agent)) {
        Some(other) => Ok(Err(CampaignRefused::NotAnAgent(*other))),
        None => Ok(Ok(())),
    }
}

async fn set_agents(tx: &WriteTx, campaign: i64, agents: &[i64]) -> Result<(), DbErr> {
    campaign_agents::Entity::delete_many()
        .filter(campaign_agents::Column::CampaignId.eq(campaign))
        .exec(tx)
        .await?;
    for chunk in agents.chunks(500) {
        let rows = chunk
            .iter()
            .map(|agent| campaign_agents::ActiveModel { campaign_id: Set(campaign), user_id: Set(*agent) });
        campaign_agents::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
