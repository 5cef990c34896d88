//! Pools of caller IDs through the API, and as the floor gets them.

use super::world::{MONDAY_10, World};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::UTC;
use serde_json::{Value, json};
use trunkline::base::ids::CallerIdPoolId;
use trunkline::campaigns;
use trunkline::campaigns::caller_ids::store::{list_pools, load_caller_ids};
use trunkline::floor::caller_ids::{CallerIdPool, Place, PoolNumber, Region};
use trunkline::store::Db;
use trunkline::store::changes::Change;

both_databases!(
    a_pool_is_made_used_and_deleted,
    what_is_wrong_with_a_pool_is_said,
    numbers_are_counted_by_the_hour_and_the_day,
);

fn pool() -> Value {
    json!({ "name": "South", "numbers": [
        { "number": "075588880000", "regions": [{ "kind": "city", "province": "广东", "city": "深圳" }],
          "hour_max": 40, "day_max": 200 },
        { "number": "02160000000" },
        { "number": "02160000001", "enabled": false },
    ] })
}

async fn a_pool_is_made_used_and_deleted(db: Db) {
    let world = World::with_leads(db, 2).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let mut changes = app.listen();
    let made = app.post(&token, "/caller-id-pools", pool()).await.expect(201);
    assert_eq!(changes.next().await, Some(Change::CallerIds));
    assert_eq!((&made["numbers"][0]["hour_max"], &made["numbers"][1]["enabled"]), (&json!(40), &json!(true)));
    let id = CallerIdPoolId(made["id"].as_i64().expect("id"));
    let path = format!("/caller-id-pools/{id}");

    let floor = load_caller_ids(&world.db, MONDAY_10, UTC).await.expect("pools");
    let number = |text: &str| trunkline::base::phone::Dialable::new(text).expect("digits");
    let city = Region::City { province: "广东".into(), city: "深圳".into() };
    let numbers = vec![
        PoolNumber {
            number: number("075588880000"),
            regions: vec![city],
            hour_max: Some(40),
            day_max: Some(200),
        },
        PoolNumber { number: number("02160000000"), regions: vec![], hour_max: None, day_max: None },
    ];
    assert_eq!(floor.pools, [CallerIdPool { pool: id, numbers }], "only those in use");

    let campaign = format!("/campaigns/{}", world.campaign);
    let refused = app.patch(&token, &campaign, json!({ "caller_id_pool_id": 999 })).await;
    assert_eq!(refused.refused(400, "invalid")["fields"][0]["field"], "caller_id_pool_id");
    let changed = app.patch(&token, &campaign, json!({ "caller_id_pool_id": id.0 })).await.expect(200);
    assert_eq!(changed["caller_id_pool_id"], id.0);
    let profile = campaigns::store::load_profile(&world.db, world.campaign, MONDAY_10, UTC).await;
    assert_eq!(profile.expect("reads").expect("a campaign").caller_id_pool, Some(id));
    app.call("DELETE", &path).bearer(&token).send().await.refused(409, "pool_in_use");
    assert_eq!(app.get(&token, &path).await.expect(200)["campaigns"][0]["name"], "Autumn");
    let without = app.patch(&token, &campaign, json!({ "caller_id_pool_id": 0 })).await.expect(200);
    assert_eq!(without["caller_id_pool_id"], json!(null));
    app.call("DELETE", &path).bearer(&token).send().await.expect(204);
    app.get(&token, &path).await.refused(404, "not_found");

    // A lead comes with its number's home.
    let leads =
        campaigns::store::claim_leads(&world.db, world.campaign, 1, MONDAY_10, UTC).await.expect("leads");
    let expected = trunkline::places::place_of(&leads[0].e164);
    assert_eq!(leads[0].place, expected);
    let place = |province: &str, city: &str| Place { province: province.into(), city: city.into() };
    assert_eq!(trunkline::places::place_of("+8675588888888"), Some(place("广东", "深圳")));
    let places = app.get(&token, "/number-places").await.expect(200);
    let shanghai = json!({ "province": "上海", "cities": ["上海"] });
    assert!(places["items"].as_array().is_some_and(|items| items.contains(&shanghai)));
}

async fn what_is_wrong_with_a_pool_is_said(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let made = app.post(&token, "/caller-id-pools", pool()).await.expect(201);
    let path = format!("/caller-id-pools/{}", made["id"]);
    let only_local = json!([{ "number": "1", "regions": [{ "kind": "prefix", "prefix": "+852" }] }]);
    let injected = json!([{ "number": "021" }, { "number": "1,2}" }]);
    let nowhere =
        json!([{ "number": "021" }, { "number": "1", "regions": [{ "kind": "province", "province": "X" }] }]);
    for numbers in [json!([]), only_local, injected, nowhere] {
        let refused = app.patch(&token, &path, json!({ "numbers": numbers })).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], "numbers", "{refused}");
    }
    let refused = app.post(&token, "/caller-id-pools", pool()).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "name");
}

async fn numbers_are_counted_by_the_hour_and_the_day(db: Db) {
    let world = World::with_leads(db, 3).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    app.post(&token, "/caller-id-pools", pool()).await.expect(201);
    // Attempts of the world show 02160000000.
    let hours = [0, 0, 1];
    for ((n, hour), lead) in (1..).zip(hours).zip(&world.leads) {
        world.write_facts(&[world.dialled(lead, n, MONDAY_10 + hour * 3_600_000)]).await;
    }
    let floor = load_caller_ids(&world.db, MONDAY_10 + 3_600_000, UTC).await.expect("pools");
    let counted: Vec<u32> =
        floor.counted.iter().flat_map(|(_, hours)| hours.iter().map(|(_, n)| *n)).collect();
    assert_eq!(counted.iter().sum::<u32>(), 3, "{counted:?}");
    let pools = list_pools(&world.db, MONDAY_10 + 3_600_000, UTC).await.expect("pools");
    let used = pools[0].used["02160000000"];
    assert_eq!((used.hour, used.today), (1, 3));
    let tomorrow = load_caller_ids(&world.db, MONDAY_10 + 86_400_000, UTC).await.expect("pools");
    assert!(tomorrow.counted.is_empty());
}
