//! The agents' states as the floor's writer stores them.

use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::{EntityTrait, QueryOrder};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{AgentId, CallId};
use trunkline::floor::effect::{AgentStateKind, Fact};
use trunkline::floor::input::StoredState;
use trunkline::people::store::{OpenState, load_open_states, write_fact};
use trunkline::store::entity::agent_states;
use trunkline::store::{Db, write_tx};
use uuid::Uuid;

both_databases!(spans_tile_the_shift_and_repeating_changes_nothing, an_open_state_is_taken_up_again);

fn state(agent: AgentId, kind: AgentStateKind, at: i64) -> Fact {
    let call = matches!(kind, AgentStateKind::Talking | AgentStateKind::WrapUp)
        .then_some(CallId(Uuid::from_u128(9)));
    let reason = (kind == AgentStateKind::Paused).then(|| "lunch".to_owned());
    Fact::AgentState { agent, kind, reason, call, at: Moment(at) }
}

async fn write(db: &Db, facts: &[Fact]) {
    let tx = write_tx(db).await.expect("begin");
    for fact in facts {
        write_fact(&tx, fact).await.expect("write");
    }
    tx.commit().await.expect("commit");
}

async fn spans(db: &Db) -> Vec<(String, i64, Option<i64>)> {
    let rows =
        agent_states::Entity::find().order_by_asc(agent_states::Column::StartedAt).all(db.read()).await;
    let ms = |at: chrono::DateTime<chrono::Utc>| at.timestamp_millis();
    rows.expect("read").into_iter().map(|row| (row.kind, ms(row.started_at), row.ended_at.map(ms))).collect()
}

async fn spans_tile_the_shift_and_repeating_changes_nothing(db: Db) {
    use AgentStateKind::*;
    let app = TestApp::on(db);
    let agent = AgentId(app.user("li.na", "agent").await.0);
    let shift = [
        state(agent, Paused, 1_000),
        state(agent, Ready, 2_000),
        // No time passed: not a span.
        state(agent, Ringing, 3_000),
        state(agent, Talking, 3_000),
        state(agent, WrapUp, 9_000),
        state(agent, LoggedOut, 9_500),
    ];
    for count in 1..=shift.len() {
        write(&app.db, &shift[..count]).await;
    }
    let tiled = [
        ("paused".to_owned(), 1_000, Some(2_000)),
        ("ready".to_owned(), 2_000, Some(3_000)),
        ("talking".to_owned(), 3_000, Some(9_000)),
        ("wrap_up".to_owned(), 9_000, Some(9_500)),
    ];
    assert_eq!(spans(&app.db).await, tiled);
    write(&app.db, &shift).await;
    assert_eq!(spans(&app.db).await, tiled);

    // The next shift begins in the instant in which the last one ended.
    write(&app.db, &[state(agent, Paused, 9_500), state(agent, LoggedOut, 9_500)]).await;
    write(&app.db, &[state(agent, Paused, 20_000)]).await;
    let all = spans(&app.db).await;
    assert_eq!(all[4..], [("paused".to_owned(), 9_500, Some(9_500)), ("paused".to_owned(), 20_000, None)]);
}

async fn an_open_state_is_taken_up_again(db: Db) {
    use AgentStateKind::*;
    let app = TestApp::on(db);
    let mut agents = Vec::new();
    for (name, kind) in [("a1", Paused), ("a2", Talking), ("a3", WrapUp), ("a4", LoggedOut)] {
        let agent = AgentId(app.user(name, "agent").await.0);
        write(&app.db, &[state(agent, Ready, 1_000), state(agent, kind, 5_000)]).await;
        agents.push(agent);
    }
    let open = |agent, state| OpenState { agent, state, since: Moment(5_000) };
    let expect = [
        open(agents[0], StoredState::Paused { reason: "lunch".to_owned() }),
        open(agents[1], StoredState::Working),
        open(agents[2], StoredState::WrapUp { call: CallId(Uuid::from_u128(9)) }),
    ];
    assert_eq!(load_open_states(&app.db).await.expect("open states"), expect);
}
