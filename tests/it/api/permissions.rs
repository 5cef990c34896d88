//! Every operation of the API × every role has an expected answer.
//!
//! The operations are read from the OpenAPI document: one that is not in the
//! table below fails the test, so a new route cannot be forgotten. A role that
//! may is answered anything but 401 and 403 (a made-up id is a 404); a role
//! that may not is answered 403; nobody is answered 401.

use crate::both_databases;
use crate::support::app::TestApp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trunkline::store::Db;

both_databases!(every_route_answers_every_role_as_expected);

const EVERYBODY: &[&str] = &["administrator", "manager", "team_lead", "qa_lead", "qa", "agent"];
const ADMINISTRATOR: &[&str] = &["administrator"];
const MANAGERS: &[&str] = &["administrator", "manager"];
const RUNNERS: &[&str] = &["administrator", "manager", "team_lead"];
const CUSTOMER_WRITERS: &[&str] = &["administrator", "manager", "team_lead", "agent"];
const EXPORTERS: &[&str] = &["administrator", "manager", "team_lead", "qa_lead"];
const LISTENERS: &[&str] = &["administrator", "manager", "team_lead", "qa_lead", "qa"];
const ALL_BUT_AGENTS: &[&str] = &["administrator", "manager", "team_lead", "qa_lead", "qa"];

/// What is expected of an operation.
struct Expected {
    /// The `operationId`.
    operation: &'static str,
    /// Who may; `None`: nobody needs to be signed in.
    roles: Option<&'static [&'static str]>,
    /// A body that passes the first checks.
    body: Option<Value>,
}

fn reads(operation: &'static str, roles: &'static [&'static str]) -> Expected {
    Expected { operation, roles: Some(roles), body: None }
}

fn writes(operation: &'static str, roles: &'static [&'static str], body: Value) -> Expected {
    Expected { operation, roles: Some(roles), body: Some(body) }
}

fn open(operation: &'static str) -> Expected {
    Expected { operation, roles: None, body: None }
}

fn table() -> Vec<Expected> {
    let user =
        json!({ "username": "x.y", "display_name": "x", "role": "agent", "password": "given on paper" });
    let gateway = json!({ "name": "g", "proxy": "192.0.2.1", "caller_id": "1" });
    let mapping = json!({ "name": 0, "phones": [1], "city": null, "remark": null });
    let import = json!({ "list_name": "x", "mapping": mapping, "duplicates": "skip" });
    let password = json!({ "current": "x", "new": "y" });
    let schedule = json!({ "name": "x", "cron": "0 8 * * *", "recipients": ["x@example.com"] });
    let consent = json!({ "e164": "+8613800138000", "kind": "given", "source": "written" });
    // For the whole system; others reach their own scope, see features::do_not_call.
    let listed = json!({ "number": "13800138000", "scope": "system", "reason": "x" });
    let caps = json!({ "per_day": 3, "in_all": 10, "days": 30, "spacing_minutes": 5 });
    let recycle = json!({ "filter": { "results": ["no_answer"] }, "reset": false });
    vec![
        // auth
        open("post_login"),
        open("post_refresh"),
        reads("post_logout", EVERYBODY),
        reads("get_me", EVERYBODY),
        writes("post_password", EVERYBODY, password),
        // people
        reads("get_users", ALL_BUT_AGENTS),
        reads("get_user", ALL_BUT_AGENTS),
        // A manager without a department may place nobody; see api::people.
        writes("post_user", ADMINISTRATOR, user),
        writes("patch_user", MANAGERS, json!({})),
        reads("get_roles", ALL_BUT_AGENTS),
        reads("get_teams", ALL_BUT_AGENTS),
        writes("post_team", ADMINISTRATOR, json!({ "department_id": 1, "name": "x" })),
        reads("get_departments", ALL_BUT_AGENTS),
        writes("post_department", ADMINISTRATOR, json!({ "name": "x" })),
        reads("get_user_forwarding", RUNNERS),
        writes("put_user_forwarding", RUNNERS, json!({})),
        reads("get_missed_rings", ALL_BUT_AGENTS),
        writes("put_missed_rings", ADMINISTRATOR, json!({})),
        reads("get_gateways", MANAGERS),
        writes("post_gateway", ADMINISTRATOR, gateway),
        writes("patch_gateway", ADMINISTRATOR, json!({})),
        // customers
        reads("get_customers", EVERYBODY),
        reads("get_customer", EVERYBODY),
        writes("post_customer", CUSTOMER_WRITERS, json!({ "name": "x", "phones": ["13800138000"] })),
        reads("get_lists", ALL_BUT_AGENTS),
        reads("post_import", MANAGERS),
        reads("get_imports", MANAGERS),
        reads("get_import", MANAGERS),
        writes("post_import_start", MANAGERS, import),
        reads("post_import_cancel", MANAGERS),
        reads("get_import_rejected", MANAGERS),
        reads("get_consents", EVERYBODY),
        writes("post_consent", CUSTOMER_WRITERS, consent),
        // do-not-call list
        reads("get_do_not_call", ALL_BUT_AGENTS),
        writes("post_do_not_call_check", ALL_BUT_AGENTS, json!({ "number": "13800138000" })),
        writes("post_do_not_call", ADMINISTRATOR, listed),
        reads("delete_do_not_call", RUNNERS),
        reads("post_do_not_call_import", RUNNERS),
        reads("post_call_do_not_call", EVERYBODY),
        reads("delete_call_do_not_call", EVERYBODY),
        // campaigns
        reads("get_campaigns", ALL_BUT_AGENTS),
        reads("get_campaign", ALL_BUT_AGENTS),
        reads("get_campaign_leads", ALL_BUT_AGENTS),
        writes("post_campaign", MANAGERS, json!({})),
        writes("patch_campaign", MANAGERS, json!({})),
        writes("post_campaign_week", ALL_BUT_AGENTS, json!({ "times": {} })),
        reads("post_campaign_start", RUNNERS),
        reads("post_campaign_pause", RUNNERS),
        reads("post_campaign_finish", RUNNERS),
        reads("get_attempt_caps", ALL_BUT_AGENTS),
        writes("put_attempt_caps", MANAGERS, caps),
        writes("post_recycle_preview", RUNNERS, recycle.clone()),
        writes("post_recycle", RUNNERS, recycle),
        writes("post_leads_priority", RUNNERS, json!({ "priority": 1 })),
        reads("get_lead_history", ALL_BUT_AGENTS),
        reads("get_caller_id_pools", ALL_BUT_AGENTS),
        reads("get_caller_id_pool", ALL_BUT_AGENTS),
        reads("get_number_places", ALL_BUT_AGENTS),
        writes("post_caller_id_pool", MANAGERS, json!({})),
        writes("patch_caller_id_pool", MANAGERS, json!({})),
        reads("delete_caller_id_pool", MANAGERS),
        // queues
        reads("get_queues", ALL_BUT_AGENTS),
        reads("get_queue", ALL_BUT_AGENTS),
        writes("post_queue", MANAGERS, json!({})),
        writes("patch_queue", MANAGERS, json!({})),
        reads("get_calendars", ALL_BUT_AGENTS),
        reads("get_calendar", ALL_BUT_AGENTS),
        writes("post_calendar", MANAGERS, json!({})),
        writes("patch_calendar", MANAGERS, json!({})),
        reads("delete_calendar", MANAGERS),
        reads("get_public_holidays", ALL_BUT_AGENTS),
        // calls, recordings, reports
        reads("get_calls", EVERYBODY),
        reads("get_call", EVERYBODY),
        reads("get_dispositions", EVERYBODY),
        reads("get_pause_reasons", EVERYBODY),
        reads("get_recording_audio", EVERYBODY),
        reads("get_voicemails", EVERYBODY),
        reads("get_voicemail_counts", EVERYBODY),
        writes("patch_voicemail", EVERYBODY, json!({ "handled": true })),
        reads("get_voicemail_audio", EVERYBODY),
        reads("get_agents_report", EVERYBODY),
        reads("get_agents_workbook", EXPORTERS),
        reads("get_report_schedules", EXPORTERS),
        writes("post_report_schedule", EXPORTERS, schedule),
        reads("get_report_schedule_preview", EXPORTERS),
        writes("patch_report_schedule", EXPORTERS, json!({})),
        reads("delete_report_schedule", EXPORTERS),
        reads("post_report_schedule_send", EXPORTERS),
        reads("get_report_runs", EXPORTERS),
        // desk
        reads("get_desk", EVERYBODY),
        reads("post_log_in", EVERYBODY),
        reads("post_log_out", EVERYBODY),
        reads("post_ready", EVERYBODY),
        writes("post_pause", EVERYBODY, json!({ "reason": "lunch" })),
        reads("post_hang_up", EVERYBODY),
        writes("post_preview_dial", EVERYBODY, json!({ "lead_id": 999_999 })),
        writes("post_preview_skip", EVERYBODY, json!({ "lead_id": 999_999, "reason": "bad_time" })),
        reads("post_answer", EVERYBODY),
        reads("post_hold", EVERYBODY),
        reads("post_resume", EVERYBODY),
        reads("post_mute", EVERYBODY),
        reads("post_unmute", EVERYBODY),
        writes("post_keys", EVERYBODY, json!({ "keys": "1#" })),
        reads("post_recording_pause", EVERYBODY),
        reads("post_recording_resume", EVERYBODY),
        reads("get_colleagues", EVERYBODY),
        reads("get_desk_queues", EVERYBODY),
        writes("post_transfer", EVERYBODY, json!({ "agent_id": 999_999 })),
        writes("post_consult", EVERYBODY, json!({ "number": "13800138000" })),
        reads("post_swap", EVERYBODY),
        reads("post_complete_transfer", EVERYBODY),
        reads("post_cancel_transfer", EVERYBODY),
        reads("post_conference", EVERYBODY),
        reads("get_forwarding", EVERYBODY),
        writes("put_forwarding", EVERYBODY, json!({})),
        writes("post_disposition", EVERYBODY, json!({ "disposition_id": 1, "note": null })),
        // supervision
        writes("post_monitor", LISTENERS, json!({ "agent_id": 999_999, "mode": "listen" })),
        reads("post_stop", LISTENERS),
        reads("post_take_over", RUNNERS),
        reads("post_agent_hang_up", RUNNERS),
        writes("post_agent_state", RUNNERS, json!({ "state": "ready" })),
        reads("delete_kept_place", RUNNERS),
        // platform
        open("get_health"),
    ]
}

/// Method and path of each operation, with a made-up id for each variable.
fn operations() -> BTreeMap<String, (String, String)> {
    let document: Value = serde_json::from_str(&trunkline::http::openapi_json()).expect("JSON");
    let mut found = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let name = operation["operationId"].as_str().expect("operationId").to_owned();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let mut path = path.trim_start_matches("/api/v1").to_owned();
            for parameter in parameters.iter().filter(|parameter| parameter["in"] == "path") {
                let uuid = parameter["schema"]["format"] == "uuid";
                let value = if uuid { "00000000-0000-4000-8000-000000000000" } else { "999999" };
                path = path.replace(&format!("{{{}}}", parameter["name"].as_str().expect("name")), value);
            }
            assert!(!path.contains('{'), "{name}: {path} has an undocumented variable");
            found.insert(name, (method.to_uppercase(), path));
        }
    }
    found
}

async fn every_route_answers_every_role_as_expected(db: Db) {
    let app = TestApp::on(db);
    let (operations, table) = (operations(), table());
    let known: Vec<_> = table.iter().map(|expected| expected.operation).collect();
    let missing: Vec<_> = operations.keys().filter(|name| !known.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "no expected answer for {missing:?}: add them to the table");

    for expected in &table {
        let (method, path) = operations.get(expected.operation).expect(expected.operation);
        let call = |token: Option<&str>| {
            let mut call = app.call(method, path);
            if let Some(token) = token {
                call = call.bearer(token);
            }
            match &expected.body {
                Some(body) => call.json(body.clone()).send(),
                None => call.send(),
            }
        };
        let nobody = call(None).await;
        let Some(roles) = expected.roles else {
            assert_ne!(nobody.json["detail"], "please sign in", "{method} {path}");
            continue;
        };
        nobody.refused(401, "unauthenticated");
        call(Some("not.a.token")).await.refused(401, "unauthenticated");
        for role in EVERYBODY {
            // A new session for each: logging out is one of the operations.
            let token = app.as_role(role).await;
            let answer = call(Some(&token)).await;
            let what = format!("{role}: {method} {path}: {} {}", answer.status, answer.text);
            if roles.contains(role) {
                assert!(!matches!(answer.status.as_u16(), 401 | 403 | 500..), "{what}");
            } else {
                assert_eq!(answer.status, 403, "{what}");
            }
        }
    }
}
