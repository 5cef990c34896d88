//! Limits of trunks and campaigns through the API, and as the floor gets them.

use super::world::{MONDAY_10, World};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::UTC;
use serde_json::json;
use trunkline::floor::trunks::{GatewayProfile, Standing};
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::{campaigns, people};

both_databases!(limits_of_a_trunk_are_set_and_reach_the_floor, a_campaign_stands_beside_others);

async fn limits_of_a_trunk_are_set_and_reach_the_floor(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let path = format!("/gateways/{}", world.gateway);
    let floor = async || people::store::load_gateway_profiles(&world.db).await.expect("gateways");
    let limits = |calls_max, calls_per_second| GatewayProfile {
        name: "trunk".to_owned(),
        calls_max,
        calls_per_second,
    };
    assert_eq!(floor().await, [limits(None, None)]);
    let mut changes = app.listen();
    let changed =
        app.patch(&token, &path, json!({ "calls_max": 30, "calls_per_second": 5 })).await.expect(200);
    assert_eq!((&changed["calls_max"], &changed["calls_per_second"]), (&json!(30), &json!(5)));
    assert_eq!(changes.next().await, Some(Change::Gateways));
    assert_eq!(floor().await, [limits(Some(30), Some(5))]);
    app.patch(&token, &path, json!({ "calls_max": 0 })).await.expect(200);
    assert_eq!(floor().await, [limits(None, Some(5))]);
    for (field, value) in [("calls_max", 10_001), ("calls_max", -1), ("calls_per_second", 1_001)] {
        let refused = app.patch(&token, &path, json!({ field: value })).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{value}");
    }
    let body = json!({ "name": "second", "proxy": "192.0.2.2", "caller_id": "1", "calls_max": 2 });
    let made = app.post(&token, "/gateways", body).await.expect(201);
    assert_eq!((&made["calls_max"], &made["calls_per_second"]), (&json!(2), &json!(0)));
}

async fn a_campaign_stands_beside_others(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let path = format!("/campaigns/{}", world.campaign);
    let standing = async || {
        let profile = campaigns::store::load_profile(&world.db, world.campaign, MONDAY_10, UTC).await;
        profile.expect("reads").expect("a campaign").standing
    };
    assert_eq!(standing().await, Standing::default());
    let patch = json!({ "calls_per_second": 3, "priority": -5, "share": 250 });
    app.patch(&token, &path, patch).await.expect(200);
    assert_eq!(standing().await, Standing { priority: -5, share: 250, calls_per_second: Some(3) });
}
