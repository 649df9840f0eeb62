-- Instants are microseconds since the Unix epoch (bigint). Ids are UUIDv7: ordered by time, so that tables which grow
-- with the messages are partitioned by month by range of their id (partitions are made by the server, ahead of time).

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    enabled boolean NOT NULL,
    strict_business_types boolean NOT NULL,
    created_at bigint NOT NULL
);
COMMENT ON TABLE tenants IS 'Whose messages, configs and keys are kept apart from everyone else''s';
COMMENT ON COLUMN tenants.timezone IS 'IANA name; time windows without a zone of their own use it';
COMMENT ON COLUMN tenants.strict_business_types IS 'true: a business type that is not registered is refused';

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    tenant_id uuid REFERENCES tenants (id),
    role text NOT NULL,
    prefix text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    last_used_at bigint,
    expires_at bigint,
    revoked_at bigint
);
COMMENT ON TABLE api_keys IS 'API keys; the key itself is not stored';
COMMENT ON COLUMN api_keys.secret_hash IS 'SHA-256 of the whole key (keys are 256 random bits, so no salt is needed)';
COMMENT ON COLUMN api_keys.tenant_id IS 'null: a platform key';

CREATE TABLE business_types (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    code text NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL,
    priority integer NOT NULL,
    lane text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (tenant_id, code)
);
COMMENT ON COLUMN business_types.priority IS '0 (first) to 9 (last)';
COMMENT ON COLUMN business_types.lane IS 'green-channel lane; null: the general lane';

CREATE TABLE channel_configs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
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
COMMENT ON TABLE channel_configs IS 'How a tenant (store_id null) or one of its stores reaches a channel';
COMMENT ON COLUMN channel_configs.config IS 'JSON: the adapter''s settings, each secret sealed (AEAD)';
COMMENT ON COLUMN channel_configs.priority IS 'smaller first';
COMMENT ON COLUMN channel_configs.on_unknown IS 'RETRY or FAIL: what an unknown outcome means where the provider has no idempotency key';
COMMENT ON COLUMN channel_configs.deleted_at IS 'deleted configs stay for the tasks that name them';

CREATE TABLE templates (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
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
COMMENT ON COLUMN templates.content IS 'JSON by message type; every string is a Liquid template';
COMMENT ON COLUMN templates.locale IS 'BCP 47; empty: the default variant';
COMMENT ON COLUMN templates.variables IS 'JSON list of the names that the content reads';
COMMENT ON COLUMN templates.sample_data IS 'JSON object to try the template with; null: none';

CREATE TABLE template_versions (
    template_id uuid NOT NULL,
    version integer NOT NULL,
    message_type text NOT NULL,
    name text NOT NULL,
    content text NOT NULL,
    sample_data text,
    enabled boolean NOT NULL,
    created_at bigint NOT NULL,
    created_by text,
    PRIMARY KEY (template_id, version)
);
COMMENT ON TABLE template_versions IS 'Every version that a template had, the present one included';

CREATE TABLE system_settings (
    version integer PRIMARY KEY,
    body text NOT NULL,
    updated_at bigint NOT NULL,
    updated_by text
);
COMMENT ON TABLE system_settings IS 'Every version of the platform settings; the highest is in force';

CREATE TABLE revisions (
    scope text PRIMARY KEY,
    revision bigint NOT NULL
);
INSERT INTO revisions (scope, revision) VALUES ('*', 0);
COMMENT ON TABLE revisions IS 'What changed last: instances poll it and forget what they have cached of that scope. Row * is the counter and serialises writers';
COMMENT ON COLUMN revisions.scope IS 'a tenant''s id, keys, settings or *';

CREATE TABLE facts (
    name text PRIMARY KEY,
    value text NOT NULL
);
COMMENT ON TABLE facts IS 'What an installation knows of itself: secret_check is a known text sealed with its secret key, so that a wrong key is noticed at start';

CREATE TABLE message_keys (
    tenant_id uuid NOT NULL,
    message_id text NOT NULL,
    id uuid NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
COMMENT ON TABLE message_keys IS 'Idempotency: a caller''s messageId is accepted once per tenant. Generated ones need no row: they are the id';
COMMENT ON COLUMN message_keys.digest IS 'SHA-256 of what was asked for: the same messageId with other content is a conflict';

CREATE TABLE messages (
    id uuid NOT NULL,
    message_id text NOT NULL,
    tenant_id uuid NOT NULL,
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
    sent_by uuid,
    due_at bigint,
    scheduled_at bigint,
    expires_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id) ;
CREATE INDEX messages_tenant ON messages (tenant_id, id);
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE messages IS 'What business systems handed in, and where it is';
COMMENT ON COLUMN messages.message_id IS 'the caller''s messageId, or the generated one';
COMMENT ON COLUMN messages.business_data IS 'JSON object that templates render';
COMMENT ON COLUMN messages.options IS 'JSON: targetChannels, channelOptions, content, attributes';
COMMENT ON COLUMN messages.recipients IS 'JSON list';
COMMENT ON COLUMN messages.open_channels IS 'tasks that have not ended: at zero the message ends';
COMMENT ON COLUMN messages.verdicts IS 'JSON: what each handler of the chain decided (timeline), or which of verdict_lists, with the times';
COMMENT ON COLUMN messages.due_at IS 'when the chain is to run; null: at once (see fresh_batches), or it has run';
COMMENT ON COLUMN messages.sent_by IS 'the API key that sent it';
CREATE TABLE messages_default PARTITION OF messages DEFAULT WITH (fillfactor = 50);

CREATE TABLE verdict_lists (
    id uuid PRIMARY KEY,
    body text NOT NULL
);
COMMENT ON TABLE verdict_lists IS 'What the chain decides of most messages of a kind: stored once, and named by messages.verdicts';
COMMENT ON COLUMN verdict_lists.id IS 'UUIDv8 made of a SHA-256 of the list';
COMMENT ON COLUMN verdict_lists.body IS 'JSON list, without times';

CREATE TABLE fresh_batches (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    look_at bigint NOT NULL,
    ids bytea NOT NULL
);
CREATE INDEX fresh_batches_look ON fresh_batches (look_at);
COMMENT ON TABLE fresh_batches IS 'Rows that were written together and are expected to be dealt with at once: one row here in place of an index entry on due_at for each of them. What is left of them at look_at gets its due_at';
COMMENT ON COLUMN fresh_batches.kind IS 'MESSAGES or TASKS';
COMMENT ON COLUMN fresh_batches.ids IS 'ids of 16 bytes each, one behind the other';

CREATE TABLE recipients (
    tenant_id uuid NOT NULL,
    address text NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, address, message_id)
) PARTITION BY RANGE (message_id);
COMMENT ON TABLE recipients IS 'Finds the messages of a userId, mobile, email or deviceNo; the recipients themselves are on the message';
CREATE TABLE recipients_default PARTITION OF recipients DEFAULT;

CREATE TABLE channel_tasks (
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    message_key text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id uuid NOT NULL,
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
    sent_by uuid,
    expires_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint,
    discarded_at bigint,
    cancel_at bigint,
    CHECK (status <> 'FAILED' OR error_code IS NOT NULL),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX channel_tasks_message ON channel_tasks (message_id);
CREATE INDEX channel_tasks_due ON channel_tasks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX channel_tasks_failed ON channel_tasks (id, tenant_id) WHERE error_code IS NOT NULL AND discarded_at IS NULL;
COMMENT ON TABLE channel_tasks IS 'One channel''s share of a message (and of its recipients)';
COMMENT ON COLUMN channel_tasks.message_key IS 'messages.message_id, so that a status event needs no join';
COMMENT ON COLUMN channel_tasks.recipient_from IS 'first of the message''s recipients that this task serves, from 0';
COMMENT ON COLUMN channel_tasks.due_at IS 'PENDING, RETRY: when it may be sent, or, with send_at, when it has waited too long; SENDING: when the claimer''s lease ends, null for who sends what he made (see fresh_batches); null: it has ended';
COMMENT ON COLUMN channel_tasks.step IS 'tasks of a step go out when those of earlier steps have ended; 0: no order';
COMMENT ON COLUMN channel_tasks.send_at IS 'set while it waits for an earlier step: when it may be sent once that has ended';
COMMENT ON COLUMN channel_tasks.claim IS 'changes with each claim: an outcome counts only under the claim it was made with';
COMMENT ON COLUMN channel_tasks.attempts IS 'JSON list of attempts (timeline)';
COMMENT ON COLUMN channel_tasks.error_code IS 'the last attempt''s outcome, unless it went well';
COMMENT ON COLUMN channel_tasks.discarded_at IS 'set where an operator took a FAILED task out of the failed set';
COMMENT ON COLUMN channel_tasks.cancel_at IS 'set where the message was cancelled while this was being sent: it is not tried again';
COMMENT ON INDEX channel_tasks_failed IS 'the failed set, and a few tasks that wait to be tried again; its condition does not name the status, so that a task that is sent is updated in place';
CREATE TABLE channel_tasks_default PARTITION OF channel_tasks DEFAULT WITH (fillfactor = 50);

CREATE TABLE timeline_entries (
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    at bigint NOT NULL,
    stage text NOT NULL,
    outcome text NOT NULL,
    detail text,
    task_id uuid,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX timeline_entries_message ON timeline_entries (message_id);
COMMENT ON TABLE timeline_entries IS 'The rare things in a message''s timeline: operator actions, receipts';
CREATE TABLE timeline_entries_default PARTITION OF timeline_entries DEFAULT;

CREATE TABLE timeline_later (
    message_id uuid PRIMARY KEY
);
COMMENT ON TABLE timeline_later IS 'Messages whose timeline could not yet be emptied when its turn came, because they had not ended: retention looks at them again';

CREATE TABLE inbox (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    user_id text NOT NULL,
    task_id uuid NOT NULL,
    message_id text NOT NULL,
    business_type text NOT NULL,
    message_type text NOT NULL,
    title text,
    body text NOT NULL,
    content text NOT NULL,
    read_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX inbox_user ON inbox (tenant_id, user_id, id);
CREATE INDEX inbox_unread ON inbox (tenant_id, user_id) WHERE read_at IS NULL;
COMMENT ON TABLE inbox IS 'What users received over LOCAL';
COMMENT ON COLUMN inbox.id IS 'made from the task and the user, so that a task sent twice is stored once';
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;

CREATE TABLE bulk_jobs (
    id uuid PRIMARY KEY,
    tenant_id uuid REFERENCES tenants (id),
    kind text NOT NULL,
    status text NOT NULL,
    filter text NOT NULL,
    rate_per_second integer NOT NULL,
    total integer,
    done integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    position uuid,
    error_message text,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    finished_at bigint
);
CREATE INDEX bulk_jobs_running ON bulk_jobs (id) WHERE status = 'RUNNING';
COMMENT ON TABLE bulk_jobs IS 'What operators do to many failed tasks at once, and how far it has come';
COMMENT ON COLUMN bulk_jobs.tenant_id IS 'null: every tenant''s tasks';
COMMENT ON COLUMN bulk_jobs.filter IS 'JSON: which failed tasks; only those that had failed when the job was made';
COMMENT ON COLUMN bulk_jobs.total IS 'how many there were at the start; null where they took too long to count';
COMMENT ON COLUMN bulk_jobs.position IS 'the last task that was handled: the next page begins behind it';

CREATE TABLE stat_deltas (
    at bigint NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id uuid NOT NULL,
    status text NOT NULL,
    error_code text NOT NULL,
    latency smallint NOT NULL,
    count bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
COMMENT ON TABLE stat_deltas IS 'What was counted lately: rows of a batch or transaction, written by it, so that nothing is counted twice or lost. Never updated, so that writers do not wait for each other; moved into stat_rollups every few seconds';
COMMENT ON COLUMN stat_deltas.at IS 'the minute''s beginning';
COMMENT ON COLUMN stat_deltas.kind IS 'ACCEPTED, ENDED, REOPENED: messages; TASK: channel tasks';
COMMENT ON COLUMN stat_deltas.channel_config_id IS 'the nil UUID, and channel_type empty, on messages';
COMMENT ON COLUMN stat_deltas.status IS 'the end, or the one that was left by REOPENED; of tasks also RETRY (an attempt after which it waits) and REOPENED';
COMMENT ON COLUMN stat_deltas.error_code IS 'empty: none';
COMMENT ON COLUMN stat_deltas.latency IS 'step of the log scale: from acceptance to the end, or how long the attempt took; -1: not measured';

CREATE TABLE stat_rollups (
    width integer NOT NULL,
    tenant_id uuid NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    business_type text NOT NULL,
    channel_type text NOT NULL,
    channel_config_id uuid NOT NULL,
    status text NOT NULL,
    error_code text NOT NULL,
    latency smallint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (width, tenant_id, at, kind, business_type, channel_type, channel_config_id, status, error_code, latency)
);
COMMENT ON TABLE stat_rollups IS 'The same summed up by minute and by hour';
COMMENT ON COLUMN stat_rollups.width IS 'seconds that a row stands for: 60 or 3600';

CREATE TABLE channel_health (
    channel_config_id uuid PRIMARY KEY,
    last_success_at bigint,
    last_failure_at bigint,
    last_error_code text,
    last_error_message text
);
COMMENT ON TABLE channel_health IS 'When each channel config last sent and last failed, as instances note it every few seconds; the latest counts';
