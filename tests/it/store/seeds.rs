//! Every entity can be read on both databases, and the seeds are there.

use crate::both_databases;
use sea_orm::{EntityTrait, QueryOrder};
use trunkline::auth::Permissions;
use trunkline::store::Db;
use trunkline::store::entity::*;

both_databases!(every_table_reads_as_its_entity, the_seeds_are_there);

async fn every_table_reads_as_its_entity(db: Db) {
    macro_rules! read {
        ($($table:ident),+ $(,)?) => {$(
            $table::Entity::find().all(db.read()).await.expect(stringify!($table));
        )+};
    }
    read!(
        agent_states,
        audit_log,
        call_forwards,
        call_legs,
        call_monitors,
        call_notes,
        call_spans,
        call_transfers,
        calls,
        campaign_agents,
        campaigns,
        centre_settings,
        consents,
        customer_phones,
        customers,
        departments,
        dispositions,
        do_not_call_blocks,
        do_not_call_entries,
        forwardings,
        gateways,
        idempotency_keys,
        import_rejects,
        imports,
        lead_lists,
        leads,
        queue_members,
        queue_numbers,
        queue_visits,
        queues,
        recording_pauses,
        recordings,
        refresh_tokens,
        report_runs,
        report_schedules,
        roles,
        switch_cdrs,
        teams,
        users,
    );
}

async fn the_seeds_are_there(db: Db) {
    let roles = roles::Entity::find().order_by_asc(roles::Column::Id).all(db.read()).await.expect("roles");
    let keys: Vec<_> = roles.iter().map(|role| role.key.as_str()).collect();
    assert_eq!(keys, ["administrator", "manager", "team_lead", "qa_lead", "qa", "agent"]);
    assert_eq!(roles[2].permissions["customer:read"], "team");
    // Control of others' calls, each as far as the role reaches; agents have none.
    let listens: Vec<_> = roles.iter().map(|role| role.permissions["call:listen"].as_str()).collect();
    let department = Some("department");
    assert_eq!(listens, [Some("all"), department, Some("team"), department, department, None]);
    for control in ["call:whisper", "call:barge", "call:take_over", "call:hang_up", "agent:set_state"] {
        let reach: Vec<_> = roles.iter().map(|role| role.permissions[control].as_str()).collect();
        assert_eq!(reach, [Some("all"), department, Some("team"), None, None, None], "{control}");
    }
    for role in &roles {
        let named = role.permissions.as_object().expect("an object").len();
        let held = Permissions::from_stored(&role.permissions).by_name().len();
        assert_eq!(named, held, "{} names a permission or scope that does not exist", role.key);
    }
    let dispositions = dispositions::Entity::find().all(db.read()).await.expect("dispositions");
    assert_eq!(dispositions.len(), 8);
    assert!(dispositions[0].sale && dispositions[0].active && dispositions[0].label_zh == "成交");
}
