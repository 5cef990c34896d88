//! The lead that an agent looks at before they dial: shown with its customer, dialled
//! or skipped.
//!
//! In: requests about one's own lead alone, which name it, so that one that is gone
//! from the screen is not dialled by mistake. Out: inputs of the floor; what it
//! refuses comes back as 409 with its words.

use crate::api::{ApiResult, Check, Json, Problem};
use crate::base::clock;
use crate::base::ids::{CampaignId, LeadId};
use crate::base::phone::PhoneNumber;
use crate::conductor::Handle;
use crate::customers::http::CustomerView;
use crate::desk::http::{Answer, command, desk_of};
use crate::do_not_call::http::BarView;
use crate::floor::input::AgentCommand;
use crate::floor::preview::{PreviewTimeout, SkipReason};
use crate::live::hub::Hub;
use crate::live::view::PreviewLiveView;
use crate::places::{Home, home_of};
use crate::store::Db;
use crate::{auth::Caller, campaigns, customers, do_not_call};
use axum::Extension;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(post_preview_dial)).routes(routes!(post_preview_skip))
}

/// The lead on the desk, with whom it is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskPreviewView {
    /// Which lead.
    pub lead_id: LeadId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// The campaign's name.
    pub campaign_name: Option<String>,
    /// What the campaign wants said.
    pub script: Option<String>,
    /// The number that would be dialled.
    pub number: String,
    /// Where it comes from; null when nobody knows.
    pub home: Option<Home>,
    /// The entries of the do-not-call list that have this number now.
    pub bars: Vec<BarView>,
    /// Since when the agent has looked at it.
    pub since: DateTime<Utc>,
    /// Until when they may; null: as long as they like.
    pub until: Option<DateTime<Utc>>,
    /// What happens then.
    pub timeout: PreviewTimeout,
    /// How many leads they may still skip in a row, this one included; null: any
    /// number.
    pub skips_left: Option<u32>,
    /// The customer with their history; null once they are deleted.
    pub customer: Option<CustomerView>,
}

/// The lead to dial.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewDialRequest {
    /// As the desk shows it.
    lead_id: LeadId,
}

/// The lead to skip.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewSkipRequest {
    /// As the desk shows it.
    lead_id: LeadId,
    /// Why.
    reason: SkipReason,
    /// More of it; with the reason `other` it must be given.
    note: Option<String>,
}

/// Dials the lead that the agent looks at; they are kept free for the answer.
#[utoipa::path(post, path = "/desk/preview/dial", tag = "desk", request_body = PreviewDialRequest,
    responses((status = 200, body = crate::live::view::AgentLiveView), (status = 400, body = Problem),
        (status = 409, body = Problem)))]
async fn post_preview_dial(
    caller: Caller,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Json(request): Json<PreviewDialRequest>,
) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Dial { lead: request.lead_id }).await
}

/// Skips the lead that the agent looks at; it rests for as long as its campaign says.
#[utoipa::path(post, path = "/desk/preview/skip", tag = "desk", request_body = PreviewSkipRequest,
    responses((status = 200, body = crate::live::view::AgentLiveView), (status = 400, body = Problem),
        (status = 409, body = Problem)))]
async fn post_preview_skip(
    caller: Caller,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Json(request): Json<PreviewSkipRequest>,
) -> Answer {
    desk_of(&caller)?;
    let command_of = read(request)?;
    command(&caller, &handle, &hub, command_of).await
}

/// The command, or every fault at once.
fn read(request: PreviewSkipRequest) -> ApiResult<AgentCommand> {
    let PreviewSkipRequest { lead_id, reason, note } = request;
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let mut check = Check::new();
    check.text("note", note.as_deref().unwrap_or_default());
    let said = reason != SkipReason::Other || note.is_some();
    check.that(said, "note", "must say why, with the reason \"other\"");
    check.done()?;
    Ok(AgentCommand::Skip { lead: lead_id, reason, note })
}

/// What the desk shows of the lead that its agent looks at.
pub(super) async fn find_desk_preview(
    db: &Db,
    home_country: &str,
    live: &PreviewLiveView,
) -> ApiResult<DeskPreviewView> {
    let texts = campaigns::store::find_script(db, live.campaign_id).await?;
    let (campaign_name, script) = texts.map(|texts| (texts.name, texts.script)).unzip();
    let read = PhoneNumber::parse(&live.number, home_country).ok();
    let bars = match &read {
        Some(number) => {
            let numbers = vec![number.e164.clone()];
            let mut found = do_not_call::store::find_of_numbers(db.read(), numbers, clock::now()).await?;
            found.remove(&number.e164).unwrap_or_default()
        }
        None => Vec::new(),
    };
    Ok(DeskPreviewView {
        lead_id: live.lead_id,
        campaign_id: live.campaign_id,
        campaign_name,
        script: script.flatten(),
        number: live.number.clone(),
        home: read.and_then(|number| home_of(&number.e164)),
        bars: bars.iter().map(BarView::from).collect(),
        since: live.since,
        until: live.until,
        timeout: live.timeout,
        skips_left: live.skips_left,
        customer: customers::http::view_for_call(db, live.customer_id).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(reason: SkipReason, note: Option<&str>) -> PreviewSkipRequest {
        PreviewSkipRequest { lead_id: LeadId(7), reason, note: note.map(str::to_owned) }
    }

    #[test]
    fn another_reason_must_be_said() {
        for note in [None, Some("  ")] {
            let error = read(request(SkipReason::Other, note)).expect_err("nothing is said");
            assert_eq!(error.problem().fields[0].field, "note");
        }
        let command = read(request(SkipReason::Other, Some(" moved "))).expect("said");
        let note = Some("moved".to_owned());
        assert_eq!(command, AgentCommand::Skip { lead: LeadId(7), reason: SkipReason::Other, note });
        assert!(read(request(SkipReason::BadTime, None)).is_ok());
    }
}
