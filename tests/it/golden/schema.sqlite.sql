CREATE TABLE "agent_states" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "agent_id" integer NOT NULL,
    "kind" text NOT NULL,
    "reason" text NULL,
    "call_id" uuid_text NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX agent_states_agent_started ON agent_states (agent_id, started_at);
CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL;
CREATE INDEX agent_states_started ON agent_states (started_at);
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TABLE "audit_log" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" timestamp_with_timezone_text NOT NULL,
    "user_id" integer NULL,
    "action" text NOT NULL,
    "thing" text NOT NULL,
    "thing_id" text NULL,
    "detail" jsonb_text NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") );
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_thing ON audit_log (thing, thing_id);
CREATE TABLE "calendars" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE,
    "week" jsonb_text NOT NULL,
    "holidays" jsonb_text NOT NULL,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE TABLE "call_forwards" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "agent_id" integer NOT NULL,
    "reason" text NOT NULL,
    "to_agent" integer NULL,
    "to_number" text NULL,
    "at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id"), FOREIGN KEY ("to_agent") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX call_forwards_call_at_agent ON call_forwards (call_id, at, agent_id);
CREATE TABLE "call_legs" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "leg" uuid_text NOT NULL,
    "agent_id" integer NULL,
    "number" text NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "hangup_cause" text NULL,
    "sip_status" integer NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE INDEX call_legs_agent ON call_legs (agent_id, call_id) WHERE agent_id IS NOT NULL;
CREATE UNIQUE INDEX call_legs_call_leg_started ON call_legs (call_id, leg, started_at);
CREATE INDEX call_legs_leg ON call_legs (leg);
CREATE TABLE "call_monitors" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "supervisor_id" integer NOT NULL,
    "mode" text NOT NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("supervisor_id") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX call_monitors_call_supervisor_started ON call_monitors (call_id, supervisor_id, started_at);
CREATE UNIQUE INDEX call_monitors_open ON call_monitors (call_id, supervisor_id) WHERE ended_at IS NULL;
CREATE TABLE "call_notes" ( "call_id" uuid_text NOT NULL,
    "agent_id" integer NOT NULL,
    "disposition_id" integer NOT NULL,
    "note" text NULL,
    "saved_at" timestamp_with_timezone_text NOT NULL,
    CONSTRAINT "pk_call_notes" PRIMARY KEY ("call_id",
    "agent_id"), FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id"), FOREIGN KEY ("disposition_id") REFERENCES "dispositions" ("id") );
CREATE TABLE "call_spans" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "kind" text NOT NULL,
    "agent_id" integer NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX call_spans_call_started ON call_spans (call_id, started_at);
CREATE UNIQUE INDEX call_spans_open ON call_spans (call_id) WHERE ended_at IS NULL;
CREATE TABLE "call_transfers" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "from_agent" integer NOT NULL,
    "to_agent" integer NULL,
    "to_number" text NULL,
    "attended" boolean NOT NULL,
    "note" text NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "outcome" text NULL, to_queue bigint NULL REFERENCES queues (id), FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("from_agent") REFERENCES "users" ("id"), FOREIGN KEY ("to_agent") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX call_transfers_call_started ON call_transfers (call_id, started_at);
CREATE UNIQUE INDEX call_transfers_open ON call_transfers (call_id) WHERE ended_at IS NULL;
CREATE TABLE "caller_id_numbers" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "pool_id" integer NOT NULL,
    "number" text NOT NULL,
    "regions" jsonb_text NOT NULL,
    "enabled" boolean NOT NULL DEFAULT TRUE,
    "hour_max" integer NOT NULL DEFAULT 0,
    "day_max" integer NOT NULL DEFAULT 0, FOREIGN KEY ("pool_id") REFERENCES "caller_id_pools" ("id") );
CREATE UNIQUE INDEX caller_id_numbers_pool_number ON caller_id_numbers (pool_id, number);
CREATE TABLE "caller_id_pools" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE TABLE "calls" ( "id" uuid_text NOT NULL PRIMARY KEY,
    "leg" uuid_text NOT NULL,
    "campaign_id" integer NULL,
    "lead_id" integer NULL,
    "customer_id" integer NULL,
    "number" text NOT NULL,
    "e164" text NOT NULL,
    "caller_id" text NOT NULL,
    "gateway" text NOT NULL,
    "mode" text NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ringing_at" timestamp_with_timezone_text NULL,
    "answered_at" timestamp_with_timezone_text NULL,
    "dropped_at" timestamp_with_timezone_text NULL,
    "connected_at" timestamp_with_timezone_text NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "agent_id" integer NULL,
    "agent_leg" uuid_text NULL,
    "result" text NULL,
    "hangup_cause" text NULL,
    "sip_status" integer NULL,
    "ended_by" text NULL,
    "talk_ms" integer NOT NULL DEFAULT 0,
    "cdr_at" timestamp_with_timezone_text NULL,
    "disposition_id" integer NULL,
    "note" text NULL,
    "disposed_at" timestamp_with_timezone_text NULL,
    "disposed_by" integer NULL,
    "hold_ms" integer NOT NULL DEFAULT 0,
    "handed_at" timestamp_with_timezone_text NULL,
    "unrecorded_reason" text NULL,
    "direction" text NOT NULL DEFAULT 'outbound',
    "queue_id" integer NULL,
    "callback_of" uuid_text NULL, FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("lead_id") REFERENCES "leads" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customers" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id"), FOREIGN KEY ("disposition_id") REFERENCES "dispositions" ("id"), FOREIGN KEY ("disposed_by") REFERENCES "users" ("id") );
CREATE INDEX calls_agent_started ON calls (agent_id, started_at);
CREATE INDEX calls_callback_of ON calls (callback_of) WHERE callback_of IS NOT NULL;
CREATE INDEX calls_campaign_figures ON calls (campaign_id, answered_at, connected_at, dropped_at);
CREATE INDEX calls_campaign_started ON calls (campaign_id, started_at);
CREATE INDEX calls_customer ON calls (customer_id);
CREATE INDEX calls_e164_started ON calls (e164, started_at);
CREATE INDEX calls_handed ON calls (started_at) WHERE handed_at IS NOT NULL;
CREATE UNIQUE INDEX calls_leg ON calls (leg);
CREATE INDEX calls_open ON calls (started_at) WHERE ended_at IS NULL;
CREATE INDEX calls_queue_started ON calls (queue_id, started_at) WHERE queue_id IS NOT NULL;
CREATE INDEX calls_started ON calls (started_at);
CREATE TABLE "campaign_agents" ( "campaign_id" integer NOT NULL,
    "user_id" integer NOT NULL,
    CONSTRAINT "pk_campaign_agents" PRIMARY KEY ("campaign_id",
    "user_id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("user_id") REFERENCES "users" ("id") );
CREATE INDEX campaign_agents_user ON campaign_agents (user_id);
CREATE TABLE "campaigns" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE,
    "list_id" integer NOT NULL,
    "state" text NOT NULL DEFAULT 'draft',
    "mode" text NOT NULL DEFAULT 'predictive',
    "gateway_id" integer NOT NULL,
    "caller_id" text NOT NULL,
    "ring_seconds" integer NOT NULL DEFAULT 30,
    "wrap_up_seconds" integer NOT NULL DEFAULT 30,
    "drop_cap_permille" integer NOT NULL DEFAULT 30,
    "drop_after_ms" integer NOT NULL DEFAULT 2000,
    "wait_ms_max" integer NOT NULL DEFAULT 10000,
    "lines_max" integer NOT NULL DEFAULT 100,
    "max_attempts" integer NOT NULL DEFAULT 3,
    "script" text NULL,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "cap_window_hours" integer NOT NULL DEFAULT 24,
    "cap_group" text NULL,
    "drop_message" text NULL,
    "ratio_permille" integer NOT NULL DEFAULT 1500,
    "times" jsonb_text NOT NULL DEFAULT '{}', calendar_id bigint NULL REFERENCES calendars (id),
    "retry" jsonb_text NOT NULL DEFAULT '{}',
    "caps" jsonb_text NOT NULL DEFAULT '{}',
    "calls_per_second" integer NOT NULL DEFAULT 0,
    "priority" integer NOT NULL DEFAULT 0,
    "share" integer NOT NULL DEFAULT 100,
    "caller_id_pool_id" integer NULL,
    "preview" jsonb_text NOT NULL DEFAULT '{}', FOREIGN KEY ("list_id") REFERENCES "lead_lists" ("id"), FOREIGN KEY ("gateway_id") REFERENCES "gateways" ("id"), FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE INDEX campaigns_calendar ON campaigns (calendar_id) WHERE calendar_id IS NOT NULL;
CREATE TABLE "centre_settings" ( "key" text NOT NULL,
    "value" jsonb_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    CONSTRAINT "pk_centre_settings" PRIMARY KEY ("key") );
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TABLE "consents" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "e164" text NOT NULL,
    "customer_id" integer NULL,
    "kind" text NOT NULL,
    "source" text NOT NULL,
    "note" text NULL,
    "call_id" uuid_text NULL,
    "said_at" timestamp_with_timezone_text NOT NULL,
    "recorded_at" timestamp_with_timezone_text NOT NULL,
    "recorded_by" integer NULL, FOREIGN KEY ("customer_id") REFERENCES "customers" ("id"), FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("recorded_by") REFERENCES "users" ("id") );
CREATE INDEX consents_e164 ON consents (e164);
CREATE TABLE "customer_phones" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_id" integer NOT NULL,
    "e164" text NOT NULL,
    "dial" text NOT NULL,
    "position" integer NOT NULL DEFAULT 0,
    "live" boolean NOT NULL DEFAULT TRUE, FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") );
CREATE INDEX customer_phones_customer ON customer_phones (customer_id);
CREATE UNIQUE INDEX customer_phones_e164 ON customer_phones (e164) WHERE live;
CREATE TABLE "customers" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL,
    "city" text NULL,
    "remark" text NULL,
    "owner_id" integer NULL,
    "source" text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "deleted_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("owner_id") REFERENCES "users" ("id") );
CREATE INDEX customers_name ON customers (name);
CREATE INDEX customers_owner ON customers (owner_id);
CREATE TABLE "departments" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "parent_id" integer NULL,
    "name" text NOT NULL, FOREIGN KEY ("parent_id") REFERENCES "departments" ("id") );
CREATE TABLE "dispositions" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" text NOT NULL UNIQUE,
    "label_zh" text NOT NULL,
    "label_en" text NOT NULL,
    "contact" boolean NOT NULL DEFAULT FALSE,
    "sale" boolean NOT NULL DEFAULT FALSE,
    "refusal" boolean NOT NULL DEFAULT FALSE,
    "do_not_call" boolean NOT NULL DEFAULT FALSE,
    "callback" boolean NOT NULL DEFAULT FALSE,
    "visit" boolean NOT NULL DEFAULT FALSE,
    "invalid" boolean NOT NULL DEFAULT FALSE,
    "position" integer NOT NULL DEFAULT 0,
    "active" boolean NOT NULL DEFAULT TRUE );
CREATE TABLE "do_not_call_blocks" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "entry_id" integer NULL,
    "kind" text NOT NULL,
    "subject" text NOT NULL,
    "e164" text NOT NULL,
    "lead_id" integer NULL,
    "customer_id" integer NULL,
    "campaign_id" integer NULL,
    "queue_id" integer NULL,
    "agent_id" integer NULL,
    "call_id" uuid_text NULL,
    "held" boolean NOT NULL DEFAULT FALSE,
    "times" integer NOT NULL DEFAULT 1,
    "first_at" timestamp_with_timezone_text NOT NULL,
    "last_at" timestamp_with_timezone_text NOT NULL,
    "lifted_at" timestamp_with_timezone_text NULL,
    "rule" text NOT NULL DEFAULT 'do_not_call',
    "until_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("entry_id") REFERENCES "do_not_call_entries" ("id"), FOREIGN KEY ("lead_id") REFERENCES "leads" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customers" ("id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE INDEX do_not_call_blocks_campaign ON do_not_call_blocks (campaign_id);
CREATE INDEX do_not_call_blocks_customer ON do_not_call_blocks (customer_id);
CREATE INDEX do_not_call_blocks_entry ON do_not_call_blocks (entry_id);
CREATE INDEX do_not_call_blocks_lead ON do_not_call_blocks (lead_id, campaign_id);
CREATE UNIQUE INDEX do_not_call_blocks_rule ON do_not_call_blocks (subject, rule) WHERE entry_id IS NULL;
CREATE UNIQUE INDEX do_not_call_blocks_subject ON do_not_call_blocks (subject, entry_id);
CREATE TABLE "do_not_call_entries" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "e164" text NOT NULL,
    "scope" text NOT NULL,
    "department_id" integer NULL,
    "campaign_id" integer NULL,
    "source" text NOT NULL,
    "reason" text NOT NULL,
    "note" text NULL,
    "call_id" uuid_text NULL,
    "created_by" integer NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "expires_at" timestamp_with_timezone_text NULL,
    "removed_at" timestamp_with_timezone_text NULL,
    "removed_by" integer NULL,
    "leads_back_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("department_id") REFERENCES "departments" ("id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("created_by") REFERENCES "users" ("id"), FOREIGN KEY ("removed_by") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX do_not_call_entries_active ON do_not_call_entries (e164, scope, COALESCE(department_id, 0), COALESCE(campaign_id, 0)) WHERE removed_at IS NULL;
CREATE INDEX do_not_call_entries_call ON do_not_call_entries (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX do_not_call_entries_ended ON do_not_call_entries (removed_at) WHERE removed_at IS NOT NULL AND leads_back_at IS NULL;
CREATE INDEX do_not_call_entries_expiring ON do_not_call_entries (expires_at) WHERE removed_at IS NULL AND expires_at IS NOT NULL;
CREATE TABLE "forwardings" ( "user_id" integer NOT NULL,
    "reason" text NOT NULL,
    "to_agent" integer NULL,
    "to_number" text NULL,
    "seconds" integer NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    CONSTRAINT "pk_forwardings" PRIMARY KEY ("user_id",
    "reason"), FOREIGN KEY ("user_id") REFERENCES "users" ("id"), FOREIGN KEY ("to_agent") REFERENCES "users" ("id") );
CREATE TABLE "gateways" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE,
    "proxy" text NOT NULL,
    "username" text NULL,
    "secret" text NULL,
    "register" boolean NOT NULL DEFAULT FALSE,
    "caller_id" text NOT NULL,
    "enabled" boolean NOT NULL DEFAULT TRUE ,
    "calls_max" integer NOT NULL DEFAULT 0,
    "calls_per_second" integer NOT NULL DEFAULT 0);
CREATE TABLE "hours_blocks" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "lead_id" integer NOT NULL,
    "campaign_id" integer NOT NULL,
    "e164" text NOT NULL,
    "zone" text NOT NULL,
    "next_at" timestamp_with_timezone_text NOT NULL,
    "times" integer NOT NULL DEFAULT 1,
    "first_at" timestamp_with_timezone_text NOT NULL,
    "last_at" timestamp_with_timezone_text NOT NULL,
    "lifted_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("lead_id") REFERENCES "leads" ("id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") );
CREATE UNIQUE INDEX hours_blocks_lead ON hours_blocks (lead_id, campaign_id);
CREATE INDEX hours_blocks_waiting ON hours_blocks (campaign_id) WHERE lifted_at IS NULL;
CREATE TABLE "idempotency_keys" ( "key" text NOT NULL,
    "user_id" integer NOT NULL,
    "method_path" text NOT NULL,
    "fingerprint" text NOT NULL,
    "status" integer NOT NULL,
    "body" text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    CONSTRAINT "pk_idempotency_keys" PRIMARY KEY ("key",
    "user_id"), FOREIGN KEY ("user_id") REFERENCES "users" ("id") );
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
CREATE TABLE "import_rejects" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "import_id" integer NOT NULL,
    "row" integer NOT NULL,
    "column_name" text NULL,
    "reason" text NOT NULL,
    "cells" jsonb_text NOT NULL, FOREIGN KEY ("import_id") REFERENCES "imports" ("id") );
CREATE INDEX import_rejects_import ON import_rejects (import_id);
CREATE TABLE "imports" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "file_name" text NOT NULL,
    "state" text NOT NULL DEFAULT 'uploaded',
    "columns" jsonb_text NOT NULL,
    "sample" jsonb_text NOT NULL,
    "mapping" jsonb_text NULL,
    "list_id" integer NULL,
    "rows_total" integer NULL,
    "rows_done" integer NOT NULL DEFAULT 0,
    "rows_imported" integer NOT NULL DEFAULT 0,
    "rows_merged" integer NOT NULL DEFAULT 0,
    "rows_rejected" integer NOT NULL DEFAULT 0,
    "error" text NULL,
    "path" text NOT NULL,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "finished_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("list_id") REFERENCES "lead_lists" ("id"), FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE TABLE "kept_places" ( "call_id" uuid_text NOT NULL PRIMARY KEY,
    "queue_id" integer NOT NULL,
    "number" text NOT NULL,
    "e164" text NOT NULL,
    "customer_id" integer NULL,
    "since" timestamp_with_timezone_text NOT NULL,
    "kept_at" timestamp_with_timezone_text NOT NULL,
    "tries" integer NOT NULL DEFAULT 0,
    "next_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "outcome" text NULL,
    "ended_by_call" uuid_text NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") );
CREATE INDEX kept_places_open ON kept_places (queue_id, since) WHERE ended_at IS NULL;
CREATE TABLE "lead_lists" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL,
    "import_id" integer NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "created_by" integer NOT NULL, FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE TABLE "leads" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "list_id" integer NOT NULL,
    "customer_id" integer NOT NULL,
    "state" text NOT NULL DEFAULT 'fresh',
    "attempts" integer NOT NULL DEFAULT 0,
    "next_phone" integer NOT NULL DEFAULT 0,
    "next_attempt_at" timestamp_with_timezone_text NULL,
    "last_result" text NULL,
    "last_attempt_at" timestamp_with_timezone_text NULL,
    "priority" integer NOT NULL DEFAULT 0,
    "rule" text NULL,
    "counts_from" timestamp_with_timezone_text NULL, FOREIGN KEY ("list_id") REFERENCES "lead_lists" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") );
CREATE INDEX leads_customer ON leads (customer_id);
CREATE INDEX leads_due ON leads (list_id, state, priority DESC, attempts, last_attempt_at, id, next_attempt_at);
CREATE INDEX leads_held ON leads (customer_id) WHERE state IN ('claimed', 'dialling');
CREATE UNIQUE INDEX leads_list_customer ON leads (list_id, customer_id);
CREATE TABLE "previews" ( "lead_id" integer NOT NULL,
    "offered_at" timestamp_with_timezone_text NOT NULL,
    "campaign_id" integer NOT NULL,
    "customer_id" integer NOT NULL,
    "agent_id" integer NOT NULL,
    "ended_at" timestamp_with_timezone_text NOT NULL,
    "end" text NOT NULL,
    "reason" text NULL,
    "note" text NULL,
    "rests_until" timestamp_with_timezone_text NULL,
    "call_id" uuid_text NULL,
    CONSTRAINT "pk_previews" PRIMARY KEY ("lead_id",
    "offered_at"), FOREIGN KEY ("lead_id") REFERENCES "leads" ("id"), FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("customer_id") REFERENCES "customers" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE INDEX previews_customer ON previews (customer_id, offered_at);
CREATE TABLE "queue_members" ( "queue_id" integer NOT NULL,
    "user_id" integer NOT NULL,
    "level" integer NOT NULL DEFAULT 1,
    "position" integer NOT NULL DEFAULT 0,
    CONSTRAINT "pk_queue_members" PRIMARY KEY ("queue_id",
    "user_id"), FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("user_id") REFERENCES "users" ("id") );
CREATE INDEX queue_members_user ON queue_members (user_id);
CREATE TABLE "queue_numbers" ( "e164" text NOT NULL PRIMARY KEY,
    "queue_id" integer NOT NULL,
    "number" text NOT NULL,
    "position" integer NOT NULL DEFAULT 0, FOREIGN KEY ("queue_id") REFERENCES "queues" ("id") );
CREATE INDEX queue_numbers_queue ON queue_numbers (queue_id);
CREATE TABLE "queue_visits" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "queue_id" integer NOT NULL,
    "entered_at" timestamp_with_timezone_text NOT NULL,
    "left_at" timestamp_with_timezone_text NULL,
    "outcome" text NULL,
    "agent_id" integer NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX queue_visits_call_entered ON queue_visits (call_id, queue_id, entered_at);
CREATE INDEX queue_visits_queue_entered ON queue_visits (queue_id, entered_at);
CREATE TABLE "queues" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL UNIQUE,
    "enabled" boolean NOT NULL DEFAULT TRUE,
    "strategy" text NOT NULL DEFAULT 'longest_idle',
    "priority" integer NOT NULL DEFAULT 0,
    "inbound_first" boolean NOT NULL DEFAULT TRUE,
    "own_agent_seconds" integer NOT NULL DEFAULT 0,
    "wait_seconds_max" integer NOT NULL DEFAULT 120,
    "overflow" text NOT NULL DEFAULT 'hang_up',
    "overflow_queue_id" integer NULL,
    "overflow_agent_id" integer NULL,
    "overflow_number" text NULL,
    "wrap_up_seconds" integer NOT NULL DEFAULT 30,
    "short_abandon_seconds" integer NOT NULL DEFAULT 5,
    "service_level_seconds" integer NOT NULL DEFAULT 20,
    "gateway_id" integer NOT NULL,
    "caller_id" text NOT NULL,
    "music" text NULL,
    "message" text NULL,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL, calendar_id bigint NULL REFERENCES calendars (id), closed text NOT NULL DEFAULT 'hang_up', closed_queue_id bigint NULL REFERENCES queues (id), closed_agent_id bigint NULL REFERENCES users (id), closed_number text NULL, closed_message text NULL, voicemail_greeting text NULL, voicemail_seconds_max integer NOT NULL DEFAULT 120,
    "announce_every_seconds" integer NOT NULL DEFAULT 0,
    "position_sounds" text NULL, callback_offer boolean NOT NULL DEFAULT FALSE, callback_after_seconds integer NOT NULL DEFAULT 60, callback_key text NOT NULL DEFAULT '1', callback_invitation text NULL, callback_confirmation text NULL, callback_retry_seconds integer NOT NULL DEFAULT 120, callback_tries_max integer NOT NULL DEFAULT 3, FOREIGN KEY ("overflow_queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("overflow_agent_id") REFERENCES "users" ("id"), FOREIGN KEY ("gateway_id") REFERENCES "gateways" ("id"), FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE TABLE "recording_pauses" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "agent_id" integer NOT NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX recording_pauses_call_started ON recording_pauses (call_id, started_at);
CREATE UNIQUE INDEX recording_pauses_open ON recording_pauses (call_id) WHERE ended_at IS NULL;
CREATE TABLE "recordings" ( "id" uuid_text NOT NULL PRIMARY KEY,
    "call_id" uuid_text NOT NULL,
    "agent_id" integer NOT NULL,
    "path" text NOT NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "stopped_at" timestamp_with_timezone_text NULL,
    "bytes" integer NULL,
    "sha256" text NULL,
    "duration_ms" integer NULL, speaker_id bigint NULL REFERENCES users (id), FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("agent_id") REFERENCES "users" ("id") );
CREATE INDEX recordings_call ON recordings (call_id);
CREATE TABLE "recycled_leads" ( "recycle_id" integer NOT NULL,
    "lead_id" integer NOT NULL,
    "attempts" integer NOT NULL,
    "last_result" text NULL,
    CONSTRAINT "pk_recycled_leads" PRIMARY KEY ("recycle_id",
    "lead_id"), FOREIGN KEY ("recycle_id") REFERENCES "recycles" ("id"), FOREIGN KEY ("lead_id") REFERENCES "leads" ("id") );
CREATE INDEX recycled_leads_lead ON recycled_leads (lead_id);
CREATE TABLE "recycles" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "campaign_id" integer NOT NULL,
    "list_id" integer NOT NULL,
    "filter" jsonb_text NOT NULL,
    "reset" boolean NOT NULL,
    "leads" integer NOT NULL,
    "created_by" integer NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id"), FOREIGN KEY ("list_id") REFERENCES "lead_lists" ("id"), FOREIGN KEY ("created_by") REFERENCES "users" ("id") );
CREATE INDEX recycles_campaign ON recycles (campaign_id);
CREATE TABLE "refresh_tokens" ( "id" uuid_text NOT NULL PRIMARY KEY,
    "user_id" integer NOT NULL,
    "family" uuid_text NOT NULL,
    "token_hash" text NOT NULL UNIQUE,
    "expires_at" timestamp_with_timezone_text NOT NULL,
    "used_at" timestamp_with_timezone_text NULL,
    "revoked_at" timestamp_with_timezone_text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("user_id") REFERENCES "users" ("id") );
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE TABLE "report_runs" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "schedule_id" integer NOT NULL,
    "due_at" timestamp_with_timezone_text NOT NULL,
    "state" text NOT NULL,
    "attempts" integer NOT NULL,
    "next_attempt_at" timestamp_with_timezone_text NULL,
    "deliveries" jsonb_text NOT NULL,
    "error" text NULL,
    "requested_by" integer NULL,
    "sent_at" timestamp_with_timezone_text NULL, FOREIGN KEY ("schedule_id") REFERENCES "report_schedules" ("id"), FOREIGN KEY ("requested_by") REFERENCES "users" ("id") );
CREATE UNIQUE INDEX report_runs_due ON report_runs (schedule_id, due_at);
CREATE INDEX report_runs_waiting ON report_runs (next_attempt_at) WHERE state = 'waiting';
CREATE TABLE "report_schedules" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" text NOT NULL,
    "cron" text NOT NULL,
    "recipients" jsonb_text NOT NULL,
    "language" text NOT NULL,
    "active" boolean NOT NULL,
    "owner_id" integer NOT NULL,
    "last_due_at" timestamp_with_timezone_text NOT NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL, FOREIGN KEY ("owner_id") REFERENCES "users" ("id") );
CREATE TABLE "roles" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" text NOT NULL UNIQUE,
    "name" text NOT NULL,
    "permissions" jsonb_text NOT NULL,
    "builtin" boolean NOT NULL DEFAULT FALSE );
CREATE TABLE "switch_cdrs" ( "leg" uuid_text NOT NULL PRIMARY KEY,
    "body" jsonb_text NOT NULL,
    "received_at" timestamp_with_timezone_text NOT NULL );
CREATE TABLE "teams" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "department_id" integer NOT NULL,
    "name" text NOT NULL,
    "missed_rings_max" integer NULL, FOREIGN KEY ("department_id") REFERENCES "departments" ("id") );
CREATE TABLE "users" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "username" text NOT NULL UNIQUE,
    "display_name" text NOT NULL,
    "password_hash" text NOT NULL,
    "role_id" integer NOT NULL,
    "team_id" integer NULL,
    "department_id" integer NULL,
    "extension" text NULL UNIQUE,
    "phone_secret" text NULL,
    "phone_mode" text NOT NULL DEFAULT 'off_hook',
    "active" boolean NOT NULL DEFAULT TRUE,
    "must_change_password" boolean NOT NULL DEFAULT FALSE,
    "failed_logins" integer NOT NULL DEFAULT 0,
    "locked_until" timestamp_with_timezone_text NULL,
    "created_at" timestamp_with_timezone_text NOT NULL,
    "updated_at" timestamp_with_timezone_text NOT NULL,
    "remote_answer" boolean NULL, FOREIGN KEY ("role_id") REFERENCES "roles" ("id"), FOREIGN KEY ("team_id") REFERENCES "teams" ("id"), FOREIGN KEY ("department_id") REFERENCES "departments" ("id") );
CREATE INDEX users_department ON users (department_id);
CREATE INDEX users_team ON users (team_id);
CREATE TABLE "voicemails" ( "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "call_id" uuid_text NOT NULL,
    "queue_id" integer NOT NULL,
    "path" text NOT NULL UNIQUE,
    "state" text NOT NULL,
    "started_at" timestamp_with_timezone_text NOT NULL,
    "ended_at" timestamp_with_timezone_text NULL,
    "bytes" integer NULL,
    "sha256" text NULL,
    "duration_ms" integer NULL,
    "handled_at" timestamp_with_timezone_text NULL,
    "handled_by" integer NULL, FOREIGN KEY ("call_id") REFERENCES "calls" ("id"), FOREIGN KEY ("queue_id") REFERENCES "queues" ("id"), FOREIGN KEY ("handled_by") REFERENCES "users" ("id") );
CREATE INDEX voicemails_call ON voicemails (call_id);
CREATE INDEX voicemails_queue_state ON voicemails (queue_id, state);
CREATE INDEX voicemails_unmeasured ON voicemails (ended_at) WHERE bytes IS NULL;
