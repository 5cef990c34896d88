//! Adding a customer by hand, as an agent does while an unknown caller is on
//! the line.

use super::world::{MONDAY_10, World, call_id, leg_id, user};
use crate::both_databases;
use crate::support::app::TestApp;
use serde_json::{Value, json};
use trunkline::base::ids::UserId;
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::Fact;
use trunkline::store::Db;
use trunkline::store::changes::Change;

both_databases!(
    an_unknown_caller_becomes_a_customer_with_their_earlier_calls,
    a_number_is_one_customers_whoever_adds_it_first,
    what_is_wrong_with_a_customer_is_said_field_by_field,
);

const CALLER: &str = "13800138000";

/// Somebody whom nobody knows called, as the floor writes it down.
fn unknown_call(n: u64) -> [Fact; 2] {
    let (call, leg) = (call_id(n), leg_id(n));
    let number = Some(Dialable::new(CALLER).expect("digits"));
    let called = Dialable::new("02160000001").expect("digits");
    [
        Fact::CallArrived { call, leg, number, called, gateway: None, at: MONDAY_10 },
        Fact::CallerKnown { call, e164: Some(format!("+86{CALLER}")), customer: None, at: MONDAY_10 },
    ]
}

async fn an_unknown_caller_becomes_a_customer_with_their_earlier_calls(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.write_facts(&unknown_call(1)).await;
    let app = TestApp::on(world.db.clone());
    let mut changes = app.listen();
    let anna = app.token(UserId(world.agents[0].0)).await;
    let body =
        json!({ "name": " 李\n雷 ", "phones": ["138-0013-8000", "", "0755 8888 8888"], "city": "北京" });
    let added = app.post(&anna, "/customers", body).await.expect(201);
    assert_eq!(
        [&added["name"], &added["city"], &added["remark"], &added["source"], &added["owner_id"]],
        [&json!("李 雷"), &json!("北京"), &Value::Null, &Value::Null, &json!(world.agents[0])]
    );
    let home = |operator: Value, province: &str, city: &str| json!({ "province": province, "city": city, "operator": operator, "resold": false });
    assert_eq!(
        added["phones"],
        json!([
            { "number": CALLER, "e164": format!("+86{CALLER}"), "home": home(json!("china_mobile"), "北京", "北京"), "bars": [] },
            { "number": "075588888888", "e164": "+8675588888888", "home": home(Value::Null, "广东", "深圳"), "bars": [] },
        ])
    );
    assert_eq!(changes.next().await, Some(Change::Numbers), "whoever is on the line is looked up again");

    // The call of before is theirs now; an agent sees the customer as their owner.
    let boss = app.token(world.boss).await;
    let seen = app.get(&boss, &format!("/customers/{}", added["id"])).await.expect(200);
    assert_eq!(seen["history"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["history"][0]["id"], json!(call_id(1)));
    let call = app.get(&boss, &format!("/calls/{}", call_id(1))).await.expect(200);
    assert_eq!(call["customer_name"], "李 雷");
    app.get(&anna, &format!("/customers/{}", added["id"])).await.expect(200);
}

async fn a_number_is_one_customers_whoever_adds_it_first(db: Db) {
    let world = World::with_leads(db, 1).await;
    let app = TestApp::on(world.db.clone());
    let [anna, carl] = [
        app.token(UserId(world.agents[0].0)).await,
        app.token(user(&world.db, "carl", "agent", Some("1003")).await).await,
    ];
    let body = |name: &str| json!({ "name": name, "phones": ["13912345678", CALLER] });
    let (first, second) =
        tokio::join!(app.post(&anna, "/customers", body("one")), app.post(&anna, "/customers", body("two")));
    let (added, refused) = if first.status == 201 { (first, second) } else { (second, first) };
    let added = added.expect(201);
    let told = refused.refused(409, "number_taken")["detail"].to_string();
    assert!(told.contains("another customer's already") || told.contains(&added["id"].to_string()), "{told}");

    let again = json!({ "name": "three", "phones": ["+86 138 0013 8000"] });
    let told =
        app.post(&anna, "/customers", again.clone()).await.refused(409, "number_taken")["detail"].clone();
    let name = added["name"].as_str().expect("a name");
    assert_eq!(told, format!("{CALLER} is customer {}'s already ({name})", added["id"]));
    // Somebody outside may not learn whose.
    let told = app.post(&carl, "/customers", again).await.refused(409, "number_taken")["detail"].clone();
    assert_eq!(told, format!("{CALLER} is another customer's already, outside what you may see"));
    let boss = app.token(world.boss).await;
    let found = app.get(&boss, "/customers?q=13912345678").await.expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "nothing is left of the refused ones");
}

async fn what_is_wrong_with_a_customer_is_said_field_by_field(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let good = json!({ "name": "x", "phones": [CALLER] });
    for (field, value, named) in [
        ("name", json!(" \n"), "name"),
        ("name", json!("x".repeat(201)), "name"),
        ("phones", json!([]), "phones.0"),
        ("phones", json!(["", " "]), "phones.0"),
        ("phones", json!([CALLER, "call me"]), "phones.1"),
        ("phones", json!((0..50).map(|n| format!("138001380{n:02}")).collect::<Vec<_>>()), "phones"),
        ("city", json!("x".repeat(201)), "city"),
        ("remark", json!("x".repeat(4_001)), "remark"),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let refused = app.post(&boss, "/customers", body).await.refused(400, "invalid");
        let fields: Vec<&Value> =
            refused["fields"].as_array().expect("fields").iter().map(|f| &f["field"]).collect();
        assert_eq!(fields, [named], "{value}");
    }
    assert_eq!(app.get(&boss, "/customers").await.expect(200)["items"], json!([]));
}
