-- Twin of migrations/postgres, whose comments tell what tables and columns hold.
-- Instants are microseconds since the Unix epoch. Ids are UUIDv7, 16 bytes, ordered by time.

CREATE TABLE tenants (
    id blob PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    enabled boolean NOT NULL,
    strict_business_types boolean NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE api_keys (
    id blob PRIMARY KEY,
    name text NOT NULL,
    tenant_id blob REFERENCES tenants (id),
    role text NOT NULL,
    prefix text NOT NULL,
    secret_hash blob NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    last_used_at bigint,
    expires_at bigint,
    revoked_at bigint
);

CREATE TABLE business_types (
    id blob PRIMARY KEY,
    tenant_id blob NOT NULL REFERENCES tenants (id),
    code text NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL,
    priority integer NOT NULL,
    lane text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (tenant_id, code)
);

CREATE TABLE channel_configs (
    id blob PRIMARY KEY,
    tenant_id blob NOT NULL REFERENCES tenants (id),
    store_id text,
    channel_type text NOT NULL,
    name text NOT NULL,
    config text NOT NULL,
    priority integer NOT NULL,
    enabled boolean NOT NULL,
    rate_limit text,
    on_rate_limit text NOT NULL,
    time_window text,
    on_closed_window text NOT NULL,
    on_unknown text NOT NULL,
    delivery_mode text NOT NULL,
    schedule text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint
);
CREATE INDEX channel_configs_tenant ON channel_configs (tenant_id, store_id) WHERE deleted_at IS NULL;

CREATE TABLE templates (
    id blob PRIMARY KEY,
    tenant_id blob NOT NULL REFERENCES tenants (id),
    business_type text NOT NULL,
    channel_type text NOT NULL,
    message_type text NOT NULL,
    name text NOT NULL,
    content text NOT NULL,
    locale text NOT NULL,
    enabled boolean NOT NULL,
    variables text NOT NULL,
    sample_data text,
    version integer NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (tenant_id, business_type, channel_type, locale)
);

CREATE TABLE template_versions (
    template_id blob NOT NULL,
    version integer NOT NULL,
    message_type text NOT NULL,
    name text NOT NULL,
    content text NOT NULL,
    sample_data text,
    enabled boolean NOT NULL,
    created_at bigint NOT NULL,
    created_by text,
    PRIMARY KEY (template_id, version)
) WITHOUT ROWID;

CREATE TABLE system_settings (
    version integer PRIMARY KEY,
    body text NOT NULL,
    updated_at bigint NOT NULL,
    updated_by text
);

CREATE TABLE revisions (
    scope text PRIMARY KEY,
    revision bigint NOT NULL
);
INSERT INTO revisions (scope, revision) VALUES ('*', 0);

CREATE TABLE facts (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE message_keys (
    tenant_id blob NOT NULL,
    message_id text NOT NULL,
    id blob NOT NULL,
    digest blob NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
) WITHOUT ROWID;

CREATE TABLE messages (
    id blob NOT NULL,
    message_id text NOT NULL,
    tenant_id blob NOT NULL,
    store_id text,
    business_type text NOT NULL,
    business_data text NOT NULL,
    options text NOT NULL,
    recipients text NOT NULL,
    execution_mode text NOT NULL,
    lane text,
    priority smallint NOT NULL,
    status text NOT NULL,
    error_code text,
    error_message text,
    total_channels integer NOT NULL DEFAULT 0,
    success_channels integer NOT NULL DEFAULT 0,
    failed_channels integer NOT NULL DEFAULT 0,
    open_channels integer NOT NULL DEFAULT 0,
    verdicts text,
    sent_by blob,
    due_at bigint,
    scheduled_at bigint,
    expires_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint,
    CHECK (status NOT IN ('FAILED', 'SKIPPED') OR error_code IS NOT NULL),
    PRIMARY KEY (id)
);
CREATE INDEX messages_tenant ON messages (tenant_id, id);
CREATE INDEX messages_error ON messages (tenant_id, id) WHERE error_code IS NOT NULL;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE verdict_lists (
    id blob PRIMARY KEY,
    body text NOT NULL
) WITHOUT ROWID;

CREATE TABLE fresh_batches (
    look_at bigint NOT NULL,
    id blob NOT NULL,
    kind text NOT NULL,
    ids blob NOT NULL,
    PRIMARY KEY (look_at, id)
) WITHOUT ROWID;

CREATE TABLE recipients (
    tenant_id blob NOT NULL,
    address text NOT NULL,
    message_id blob NOT NULL,
    PRIMARY KEY (tenant_id, address, message_id)
) WITHOUT ROWID;

CREATE TABLE channel_tasks (
    id blob NOT NULL,
    message_id blob NOT NULL,
    tenant_id blob NOT NULL,
    message_key text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id blob NOT NULL,
    message_type text NOT NULL,
    rendered_content text NOT NULL,
    recipient_from integer NOT NULL,
    recipient_count integer NOT NULL,
    status text NOT NULL,
    retry_count integer NOT NULL DEFAULT 0,
    max_retry integer NOT NULL,
    priority integer NOT NULL,
    lane text,
    lane_priority smallint NOT NULL,
    due_at bigint,
    step integer NOT NULL DEFAULT 0,
    send_at bigint,
    claim bigint NOT NULL DEFAULT 0,
    result_message text,
    third_party_response text,
    attempts text NOT NULL DEFAULT '[]',
    error_code text,
    sent_by blob,
    expires_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint,
    discarded_at bigint,
    cancel_at bigint,
    CHECK (status <> 'FAILED' OR error_code IS NOT NULL),
    PRIMARY KEY (id)
);
CREATE INDEX channel_tasks_message ON channel_tasks (message_id);
CREATE INDEX channel_tasks_due ON channel_tasks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX channel_tasks_failed ON channel_tasks (id, tenant_id) WHERE error_code IS NOT NULL AND discarded_at IS NULL;

CREATE TABLE timeline_entries (
    id blob NOT NULL,
    message_id blob NOT NULL,
    at bigint NOT NULL,
    stage text NOT NULL,
    outcome text NOT NULL,
    detail text,
    task_id blob,
    PRIMARY KEY (id)
);
CREATE INDEX timeline_entries_message ON timeline_entries (message_id);

CREATE TABLE timeline_later (
    message_id blob PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE inbox (
    id blob NOT NULL,
    tenant_id blob NOT NULL,
    user_id text NOT NULL,
    task_id blob NOT NULL,
    message_id text NOT NULL,
    business_type text NOT NULL,
    message_type text NOT NULL,
    title text,
    body text NOT NULL,
    content text NOT NULL,
    read_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX inbox_user ON inbox (tenant_id, user_id, id);
CREATE INDEX inbox_unread ON inbox (tenant_id, user_id) WHERE read_at IS NULL;

CREATE TABLE bulk_jobs (
    id blob PRIMARY KEY,
    tenant_id blob REFERENCES tenants (id),
    kind text NOT NULL,
    status text NOT NULL,
    filter text NOT NULL,
    rate_per_second integer NOT NULL,
    total integer,
    done integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    position blob,
    error_message text,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint
);
CREATE INDEX bulk_jobs_running ON bulk_jobs (id) WHERE status = 'RUNNING';

CREATE TABLE stat_deltas (
    at bigint NOT NULL,
    tenant_id blob NOT NULL,
    kind text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id blob NOT NULL,
    status text NOT NULL,
    error_code text NOT NULL,
    latency smallint NOT NULL,
    count bigint NOT NULL
);

CREATE TABLE stat_rollups (
    width integer NOT NULL,
    tenant_id blob NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id blob NOT NULL,
    status text NOT NULL,
    error_code text NOT NULL,
    latency smallint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (width, tenant_id, at, kind, business_type, channel_type, channel_config_id, status, error_code, latency)
) WITHOUT ROWID;

CREATE TABLE channel_health (
    channel_config_id blob PRIMARY KEY,
    last_success_at bigint,
    last_failure_at bigint,
    last_error_code text,
    last_error_message text
) WITHOUT ROWID;
