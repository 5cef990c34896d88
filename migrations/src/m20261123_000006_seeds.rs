//! What a new centre starts with: six roles and the usual dispositions. Both
//! can be edited afterwards; nothing in the code refers to a disposition's key.
//!
//! A permission that a role does not name is not held. The names are those of
//! `auth::Permission`; a test there reads every role seeded here.

use crate::parts::run;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[ROLES, DISPOSITIONS]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DELETE FROM dispositions", "DELETE FROM roles"]).await
    }
}

const ROLES: &str = r#"
INSERT INTO roles ("key", name, builtin, permissions) VALUES
('administrator', 'Administrator', TRUE, '{
    "user:read": "all", "user:write": "all",
    "customer:read": "all", "customer:write": "all", "customer:import": "all",
    "campaign:read": "all", "campaign:write": "all", "campaign:run": "all",
    "call:read": "all", "recording:listen": "all",
    "report:read": "all", "report:export": "all",
    "live:read": "all", "desk:use": "own",
    "gateway:read": "all", "gateway:write": "all", "audit:read": "all"}'),
('manager', 'Department manager', TRUE, '{
    "user:read": "department", "user:write": "department",
    "customer:read": "all", "customer:write": "all", "customer:import": "all",
    "campaign:read": "all", "campaign:write": "all", "campaign:run": "all",
    "call:read": "department", "recording:listen": "department",
    "report:read": "department", "report:export": "department",
    "live:read": "department", "desk:use": "own", "gateway:read": "all"}'),
('team_lead', 'Team lead', TRUE, '{
    "user:read": "team",
    "customer:read": "team", "customer:write": "team",
    "campaign:read": "all", "campaign:run": "all",
    "call:read": "team", "recording:listen": "team",
    "report:read": "team", "report:export": "team",
    "live:read": "team", "desk:use": "own"}'),
('qa_lead', 'QA lead', TRUE, '{
    "user:read": "department",
    "customer:read": "department", "campaign:read": "all",
    "call:read": "department", "recording:listen": "department",
    "report:read": "department", "report:export": "department",
    "live:read": "department", "desk:use": "own"}'),
('qa', 'QA', TRUE, '{
    "user:read": "department",
    "customer:read": "department", "campaign:read": "all",
    "call:read": "department", "recording:listen": "department",
    "report:read": "own", "desk:use": "own"}'),
('agent', 'Agent', TRUE, '{
    "customer:read": "own", "customer:write": "own",
    "call:read": "own", "recording:listen": "own",
    "report:read": "own", "desk:use": "own"}')
"#;

const DISPOSITIONS: &str = r#"
INSERT INTO dispositions
    ("key", label_zh, label_en, contact, sale, refusal, do_not_call, callback, visit, invalid, "position")
VALUES
('sale',         '成交',     'Sale',              TRUE,  TRUE,  FALSE, FALSE, FALSE, FALSE, FALSE, 1),
('interested',   '意向',     'Interested',        TRUE,  FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, 2),
('visit',        '预约到访', 'Visit agreed',      TRUE,  FALSE, FALSE, FALSE, FALSE, TRUE,  FALSE, 3),
('callback',     '需回访',   'Call back',         FALSE, FALSE, FALSE, FALSE, TRUE,  FALSE, FALSE, 4),
('refusal',      '拒绝',     'Refused',           TRUE,  FALSE, TRUE,  FALSE, FALSE, FALSE, FALSE, 5),
('invalid',      '无效',     'Invalid',           FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, TRUE,  6),
('do_not_call',  '勿再拨打', 'Do not call again', TRUE,  FALSE, TRUE,  TRUE,  FALSE, FALSE, FALSE, 7),
('wrong_person', '非本人',   'Wrong person',      FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, TRUE,  8)
"#;
