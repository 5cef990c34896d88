//! The schema can be built, taken down and built again on both databases, and
//! what it looks like is kept in `tests/it/golden/`, so that a review sees the
//! result of a migration. UPDATE=1 rewrites the golden files.

use crate::both_databases;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use std::path::Path;
use trunkline::store::Db;
use trunkline_migrations::{Migrator, MigratorTrait};

both_databases!(up_down_up_leaves_the_golden_schema, an_audit_entry_cannot_be_changed);

async fn up_down_up_leaves_the_golden_schema(db: Db) {
    let first = schema(db.read()).await;
    // One connection: another may still have the old schema in mind.
    let tx = db.read().begin().await.expect("begin");
    Migrator::down(&tx, None).await.expect("down");
    assert_eq!(schema(&tx).await.trim(), "", "left behind");
    Migrator::up(&tx, None).await.expect("up again");
    tx.commit().await.expect("commit");
    assert_eq!(schema(db.read()).await, first);
    assert_eq!(db.pending_migrations().await.expect("pending"), 0);

    let file = match db.read().get_database_backend() {
        DbBackend::Postgres => "schema.postgres.txt",
        _ => "schema.sqlite.sql",
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &first).expect("write the golden schema");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == first,
        "the schema differs from {file}; run the tests with UPDATE=1 and review the change"
    );
}

async fn an_audit_entry_cannot_be_changed(db: Db) {
    let insert = "INSERT INTO audit_log (at, action, thing, detail) \
                  VALUES ('2026-11-23T00:00:00+00:00', 'test', 'test', '{}')";
    db.read().execute_unprepared(insert).await.expect("insert");
    for sql in ["UPDATE audit_log SET action = 'other'", "DELETE FROM audit_log"] {
        let refused = db.read().execute_unprepared(sql).await.expect_err(sql);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

/// Every table, index and trigger but those of the migrator itself, one after
/// the other in a fixed order.
async fn schema(db: &impl ConnectionTrait) -> String {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => POSTGRES_SCHEMA,
        _ => {
            "SELECT sql || ';' AS line FROM sqlite_master WHERE sql IS NOT NULL \
              AND tbl_name NOT IN ('seaql_migrations', 'sqlite_sequence') ORDER BY tbl_name, type DESC, name"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.expect("read the schema");
    let lines: Vec<String> = rows.iter().map(|row| row.try_get("", "line").expect("line")).collect();
    lines.join("\n").replace(", \"", ",\n    \"").replace(", CONSTRAINT", ",\n    CONSTRAINT") + "\n"
}

const POSTGRES_SCHEMA: &str = "
SELECT line FROM (
    SELECT table_name::text AS t, 1 AS part, ordinal_position::int AS position,
           table_name || '.' || column_name || ' ' || data_type
           || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
           || COALESCE(' default ' || column_default, '')
           || CASE WHEN is_identity = 'YES' THEN ' identity' ELSE '' END AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT tablename::text, 2, 0, indexdef || ';' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT conrelid::regclass::text, 3, 0,
           conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f'
    UNION ALL
    SELECT tgrelid::regclass::text, 4, 0, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
) AS parts WHERE t <> 'seaql_migrations' ORDER BY t, part, position, line";
