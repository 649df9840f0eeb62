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
COMMENT ON COLUMN tenants.id IS 'UUIDv7; in the API ten_ and its hex digits';
COMMENT ON COLUMN tenants.code IS 'what operators and callers call it; never changes';
COMMENT ON COLUMN tenants.name IS 'for people';
COMMENT ON COLUMN tenants.timezone IS 'IANA name; time windows without a zone of their own use it';
COMMENT ON COLUMN tenants.enabled IS 'false: its messages are refused, and those that wait fail';
COMMENT ON COLUMN tenants.strict_business_types IS 'true: a business type that is not registered is refused';
COMMENT ON COLUMN tenants.created_at IS 'when it was made, microseconds since 1970 (UTC)';

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
COMMENT ON COLUMN api_keys.id IS 'UUIDv7; in the API key_ and its hex digits';
COMMENT ON COLUMN api_keys.name IS 'for people; timelines and logs name the key by it';
COMMENT ON COLUMN api_keys.tenant_id IS 'null: a platform key';
COMMENT ON COLUMN api_keys.role IS 'PLATFORM_ADMIN, TENANT_ADMIN, OPERATOR, SENDER or VIEWER';
COMMENT ON COLUMN api_keys.prefix IS 'first characters of the key, to tell keys apart';
COMMENT ON COLUMN api_keys.secret_hash IS 'SHA-256 of the whole key (keys are 256 random bits, so no salt is needed)';
COMMENT ON COLUMN api_keys.created_at IS 'when it was made, microseconds since 1970 (UTC)';
COMMENT ON COLUMN api_keys.last_used_at IS 'when it was last used, give or take a minute, microseconds since 1970 (UTC); null: never';
COMMENT ON COLUMN api_keys.expires_at IS 'from then on it is refused, microseconds since 1970 (UTC); null: never';
COMMENT ON COLUMN api_keys.revoked_at IS 'when it was revoked, microseconds since 1970 (UTC); null: it was not';

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
COMMENT ON TABLE business_types IS 'Kinds of events that messages are about: how urgent they are, and in which lane they travel';
COMMENT ON COLUMN business_types.id IS 'UUIDv7; in the API biz_ and its hex digits';
COMMENT ON COLUMN business_types.tenant_id IS 'whose it is';
COMMENT ON COLUMN business_types.code IS 'what messages and templates name it by, unique in the tenant';
COMMENT ON COLUMN business_types.name IS 'for people';
COMMENT ON COLUMN business_types.enabled IS 'false: messages of it are refused';
COMMENT ON COLUMN business_types.priority IS '0 (first) to 9 (last)';
COMMENT ON COLUMN business_types.lane IS 'green-channel lane; null: the general lane';
COMMENT ON COLUMN business_types.created_at IS 'when it was made, microseconds since 1970 (UTC)';
COMMENT ON COLUMN business_types.updated_at IS 'when it was last changed, microseconds since 1970 (UTC)';

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
COMMENT ON COLUMN channel_configs.id IS 'UUIDv7; in the API chc_ and its hex digits';
COMMENT ON COLUMN channel_configs.tenant_id IS 'whose it is';
COMMENT ON COLUMN channel_configs.store_id IS 'the store within the tenant that it is for; null: the whole tenant';
COMMENT ON COLUMN channel_configs.channel_type IS 'LOCAL, DINGTALK, WECHAT_WORK, WEBHOOK, …: which adapter sends';
COMMENT ON COLUMN channel_configs.name IS 'for people';
COMMENT ON COLUMN channel_configs.config IS 'JSON: the adapter''s settings, each secret sealed (AEAD)';
COMMENT ON COLUMN channel_configs.priority IS 'smaller first';
COMMENT ON COLUMN channel_configs.enabled IS 'false: new messages are not routed to it';
COMMENT ON COLUMN channel_configs.rate_limit IS 'JSON: count, window, unit; null: no limit';
COMMENT ON COLUMN channel_configs.on_rate_limit IS 'DEFER or REJECT: what happens to a message beyond the limit';
COMMENT ON COLUMN channel_configs.time_window IS 'JSON: hours of the day, and the time zone, in which it sends; null: always';
COMMENT ON COLUMN channel_configs.on_closed_window IS 'DEFER or REJECT: what happens to a message while the window is closed';
COMMENT ON COLUMN channel_configs.on_unknown IS 'RETRY or FAIL: what an unknown outcome means where the provider has no idempotency key';
COMMENT ON COLUMN channel_configs.delivery_mode IS 'IMMEDIATE; SCHEDULED is kept for later';
COMMENT ON COLUMN channel_configs.schedule IS 'cron expression for delivery_mode SCHEDULED; null: none';
COMMENT ON COLUMN channel_configs.created_at IS 'when it was made, microseconds since 1970 (UTC)';
COMMENT ON COLUMN channel_configs.updated_at IS 'when it was last changed, microseconds since 1970 (UTC)';
COMMENT ON COLUMN channel_configs.deleted_at IS 'when it was deleted, microseconds since 1970 (UTC); null: it was not. Deleted configs stay for the tasks that name them';

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
COMMENT ON TABLE templates IS 'What is said about a business type over a channel, in a language: the newest version of each template';
COMMENT ON COLUMN templates.id IS 'UUIDv7; in the API tpl_ and its hex digits';
COMMENT ON COLUMN templates.tenant_id IS 'whose it is';
COMMENT ON COLUMN templates.business_type IS 'business_types.code; it need not be registered';
COMMENT ON COLUMN templates.channel_type IS 'the channel that it is for';
COMMENT ON COLUMN templates.message_type IS 'TEXT, MARKDOWN, …: the form of its content';
COMMENT ON COLUMN templates.name IS 'for people';
COMMENT ON COLUMN templates.content IS 'JSON by message type; every string is a Liquid template';
COMMENT ON COLUMN templates.locale IS 'BCP 47; empty: the default variant';
COMMENT ON COLUMN templates.enabled IS 'false: it is not used for new messages';
COMMENT ON COLUMN templates.variables IS 'JSON list of the names that the content reads';
COMMENT ON COLUMN templates.sample_data IS 'JSON object to try the template with; null: none';
COMMENT ON COLUMN templates.version IS '1 at first, one more with each change';
COMMENT ON COLUMN templates.created_at IS 'when its first version was saved, microseconds since 1970 (UTC)';
COMMENT ON COLUMN templates.updated_at IS 'when this version was saved, microseconds since 1970 (UTC)';

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
COMMENT ON COLUMN template_versions.template_id IS 'templates.id; a template''s versions go with it';
COMMENT ON COLUMN template_versions.version IS '1 at first, one more with each change';
COMMENT ON COLUMN template_versions.message_type IS 'as in templates, at that version';
COMMENT ON COLUMN template_versions.name IS 'as in templates, at that version';
COMMENT ON COLUMN template_versions.content IS 'as in templates, at that version';
COMMENT ON COLUMN template_versions.sample_data IS 'as in templates, at that version';
COMMENT ON COLUMN template_versions.enabled IS 'as in templates, at that version';
COMMENT ON COLUMN template_versions.created_at IS 'when the version was saved, microseconds since 1970 (UTC)';
COMMENT ON COLUMN template_versions.created_by IS 'name of the API key that saved it; null: the server itself';

CREATE TABLE system_settings (
    version integer PRIMARY KEY,
    body text NOT NULL,
    updated_at bigint NOT NULL,
    updated_by text
);
COMMENT ON TABLE system_settings IS 'Every version of the platform settings; the highest is in force';
COMMENT ON COLUMN system_settings.version IS '1 at first, one more with each change';
COMMENT ON COLUMN system_settings.body IS 'JSON: all settings';
COMMENT ON COLUMN system_settings.updated_at IS 'when the version was saved, microseconds since 1970 (UTC)';
COMMENT ON COLUMN system_settings.updated_by IS 'name of the API key that saved it; null: the server itself';

CREATE TABLE revisions (
    scope text PRIMARY KEY,
    revision bigint NOT NULL
);
INSERT INTO revisions (scope, revision) VALUES ('*', 0);
COMMENT ON TABLE revisions IS 'What changed last: instances poll it and forget what they have cached of that scope. Row * is the counter and serialises writers';
COMMENT ON COLUMN revisions.scope IS 'a tenant''s id, keys, settings or *';
COMMENT ON COLUMN revisions.revision IS 'number of the change, from a counter that all scopes share';

CREATE TABLE facts (
    name text PRIMARY KEY,
    value text NOT NULL
);
COMMENT ON TABLE facts IS 'What an installation knows of itself: secret_check is a known text sealed with its secret key, so that a wrong key is noticed at start';
COMMENT ON COLUMN facts.name IS 'which fact, e.g. secret_check or timeline_mark';
COMMENT ON COLUMN facts.value IS 'the fact, as whoever reads it wrote it';

CREATE TABLE message_keys (
    tenant_id uuid NOT NULL,
    message_id text NOT NULL,
    id uuid NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
COMMENT ON TABLE message_keys IS 'Idempotency: a caller''s messageId is accepted once per tenant. Generated ones need no row: they are the id';
COMMENT ON COLUMN message_keys.tenant_id IS 'whose messageId it is';
COMMENT ON COLUMN message_keys.message_id IS 'the messageId that the caller chose';
COMMENT ON COLUMN message_keys.id IS 'messages.id of what was accepted under it';
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
    CHECK (status NOT IN ('FAILED', 'SKIPPED') OR error_code IS NOT NULL),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX messages_tenant ON messages (tenant_id, id);
CREATE INDEX messages_error ON messages (tenant_id, id) WHERE error_code IS NOT NULL;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE messages IS 'What business systems handed in, and where it is';
COMMENT ON COLUMN messages.id IS 'UUIDv7 of the instant of acceptance; in the API msg_ and its hex digits';
COMMENT ON COLUMN messages.message_id IS 'the caller''s messageId, or the generated one';
COMMENT ON COLUMN messages.tenant_id IS 'whose it is';
COMMENT ON COLUMN messages.store_id IS 'the store within the tenant that it is about; null: none';
COMMENT ON COLUMN messages.business_type IS 'business_types.code, as the caller gave it';
COMMENT ON COLUMN messages.business_data IS 'JSON object that templates render';
COMMENT ON COLUMN messages.options IS 'JSON: targetChannels, channelOptions, content, attributes';
COMMENT ON COLUMN messages.recipients IS 'JSON list';
COMMENT ON COLUMN messages.execution_mode IS 'PARALLEL, SEQUENTIAL or PRIORITY: in which order its channels are used';
COMMENT ON COLUMN messages.lane IS 'green-channel lane, from its business type; null: the general lane';
COMMENT ON COLUMN messages.priority IS '0 (first) to 9 (last) within its lane, from its business type';
COMMENT ON COLUMN messages.status IS 'PENDING, SCHEDULED, PROCESSING, and the ends SUCCESS, PARTIAL_SUCCESS, FAILED, SKIPPED, CANCELLED';
COMMENT ON COLUMN messages.error_code IS 'why it ended other than well, a stable code; never null where it is FAILED or SKIPPED';
COMMENT ON COLUMN messages.error_message IS 'the same in words';
COMMENT ON COLUMN messages.total_channels IS 'tasks that the chain made of it';
COMMENT ON COLUMN messages.success_channels IS 'tasks of it that succeeded';
COMMENT ON COLUMN messages.failed_channels IS 'tasks of it that failed';
COMMENT ON COLUMN messages.open_channels IS 'tasks that have not ended: at zero the message ends';
COMMENT ON COLUMN messages.verdicts IS 'JSON: what each handler of the chain decided (timeline), or which of verdict_lists, with the times';
COMMENT ON COLUMN messages.sent_by IS 'the API key that sent it';
COMMENT ON COLUMN messages.due_at IS 'when the chain is to run, microseconds since 1970 (UTC); null: at once (see fresh_batches), or it has run';
COMMENT ON COLUMN messages.scheduled_at IS 'when the caller wants it sent, microseconds since 1970 (UTC); null: at once';
COMMENT ON COLUMN messages.expires_at IS 'from then on it is not worth sending, microseconds since 1970 (UTC); null: never';
COMMENT ON COLUMN messages.created_at IS 'when it was accepted, microseconds since 1970 (UTC)';
COMMENT ON COLUMN messages.updated_at IS 'when this row was last changed, microseconds since 1970 (UTC)';
COMMENT ON COLUMN messages.finished_at IS 'when it ended, microseconds since 1970 (UTC); null: it is under way';
COMMENT ON INDEX messages_error IS 'lists of what failed or was skipped; its condition does not name the status, so that a message that goes well is updated in place';
CREATE TABLE messages_default PARTITION OF messages DEFAULT WITH (fillfactor = 50);

CREATE TABLE verdict_lists (
    id uuid PRIMARY KEY,
    body text NOT NULL
);
COMMENT ON TABLE verdict_lists IS 'What the chain decides of most messages of a kind: stored once, and named by messages.verdicts';
COMMENT ON COLUMN verdict_lists.id IS 'UUIDv8 made of a SHA-256 of the list';
COMMENT ON COLUMN verdict_lists.body IS 'JSON list, without times';

CREATE TABLE fresh_batches (
    look_at bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    ids bytea NOT NULL,
    PRIMARY KEY (look_at, id)
);
COMMENT ON TABLE fresh_batches IS 'Rows that were written together and are expected to be dealt with at once: one row here in place of an index entry on due_at for each of them. What is left of them at look_at gets its due_at';
COMMENT ON COLUMN fresh_batches.id IS 'UUIDv7';
COMMENT ON COLUMN fresh_batches.kind IS 'MESSAGES or TASKS';
COMMENT ON COLUMN fresh_batches.look_at IS 'when somebody is to look at what is left of it, microseconds since 1970 (UTC)';
COMMENT ON COLUMN fresh_batches.ids IS 'ids of 16 bytes each, one behind the other';

CREATE TABLE recipients (
    tenant_id uuid NOT NULL,
    address text NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, address, message_id)
) PARTITION BY RANGE (message_id);
COMMENT ON TABLE recipients IS 'Finds the messages of a userId, mobile, email or deviceNo; the recipients themselves are on the message';
COMMENT ON COLUMN recipients.tenant_id IS 'whose message it is';
COMMENT ON COLUMN recipients.address IS 'userId, mobile, email or deviceNo, in clear';
COMMENT ON COLUMN recipients.message_id IS 'messages.id';
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
COMMENT ON COLUMN channel_tasks.id IS 'UUIDv7 of the instant of planning; in the API task_ and its hex digits';
COMMENT ON COLUMN channel_tasks.message_id IS 'messages.id';
COMMENT ON COLUMN channel_tasks.tenant_id IS 'messages.tenant_id';
COMMENT ON COLUMN channel_tasks.message_key IS 'messages.message_id, so that a status event needs no join';
COMMENT ON COLUMN channel_tasks.business_type IS 'messages.business_type';
COMMENT ON COLUMN channel_tasks.channel_type IS 'the kind of channel that it goes out by';
COMMENT ON COLUMN channel_tasks.channel_config_id IS 'channel_configs.id: what it is sent with';
COMMENT ON COLUMN channel_tasks.message_type IS 'TEXT, MARKDOWN, …: the form of its content';
COMMENT ON COLUMN channel_tasks.rendered_content IS 'JSON: the provider''s body, rendered by the chain';
COMMENT ON COLUMN channel_tasks.recipient_from IS 'first of the message''s recipients that this task serves, from 0';
COMMENT ON COLUMN channel_tasks.recipient_count IS 'how many of the message''s recipients it serves, from recipient_from on';
COMMENT ON COLUMN channel_tasks.status IS 'PENDING, SENDING, RETRY, and the ends SUCCESS, FAILED, CANCELLED';
COMMENT ON COLUMN channel_tasks.retry_count IS 'attempts that counted, without the first';
COMMENT ON COLUMN channel_tasks.max_retry IS 'so many retries at most';
COMMENT ON COLUMN channel_tasks.priority IS 'order of the channels within the message, smaller first';
COMMENT ON COLUMN channel_tasks.lane IS 'messages.lane, so that the queue needs no join';
COMMENT ON COLUMN channel_tasks.lane_priority IS 'messages.priority, so that the queue needs no join';
COMMENT ON COLUMN channel_tasks.due_at IS 'microseconds since 1970 (UTC). PENDING, RETRY: when it may be sent, or, with send_at, when it has waited too long; SENDING: when the claimer''s lease ends, null for who sends what he made (see fresh_batches); null: it has ended';
COMMENT ON COLUMN channel_tasks.step IS 'tasks of a step go out when those of earlier steps have ended; 0: no order';
COMMENT ON COLUMN channel_tasks.send_at IS 'set while it waits for an earlier step: when it may be sent once that has ended, microseconds since 1970 (UTC)';
COMMENT ON COLUMN channel_tasks.claim IS 'changes with each claim: an outcome counts only under the claim it was made with';
COMMENT ON COLUMN channel_tasks.result_message IS 'the last outcome in words';
COMMENT ON COLUMN channel_tasks.third_party_response IS 'what the provider answered to the last attempt, its beginning, with secrets struck out';
COMMENT ON COLUMN channel_tasks.attempts IS 'JSON list of attempts (timeline)';
COMMENT ON COLUMN channel_tasks.error_code IS 'the last attempt''s outcome, unless it went well';
COMMENT ON COLUMN channel_tasks.sent_by IS 'messages.sent_by';
COMMENT ON COLUMN channel_tasks.expires_at IS 'messages.expires_at, microseconds since 1970 (UTC); null: never, or an operator sent it again';
COMMENT ON COLUMN channel_tasks.created_at IS 'when the chain made it, microseconds since 1970 (UTC)';
COMMENT ON COLUMN channel_tasks.updated_at IS 'when this row was last changed, microseconds since 1970 (UTC)';
COMMENT ON COLUMN channel_tasks.finished_at IS 'when it ended, microseconds since 1970 (UTC); null: it has not';
COMMENT ON COLUMN channel_tasks.discarded_at IS 'when an operator took this FAILED task out of the failed set, microseconds since 1970 (UTC); null: nobody did';
COMMENT ON COLUMN channel_tasks.cancel_at IS 'when the message was cancelled while this was being sent, microseconds since 1970 (UTC): it is not tried again; null: it was not';
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
COMMENT ON COLUMN timeline_entries.id IS 'UUIDv7';
COMMENT ON COLUMN timeline_entries.message_id IS 'messages.id';
COMMENT ON COLUMN timeline_entries.at IS 'when it happened, microseconds since 1970 (UTC)';
COMMENT ON COLUMN timeline_entries.stage IS 'who did it: OPERATOR, RECEIPT';
COMMENT ON COLUMN timeline_entries.outcome IS 'what was done: CANCELLED, RETRIED, DISCARDED, …';
COMMENT ON COLUMN timeline_entries.detail IS 'the same in words, with the operator''s key; null: nothing to add';
COMMENT ON COLUMN timeline_entries.task_id IS 'channel_tasks.id; null: it is about the whole message';
CREATE TABLE timeline_entries_default PARTITION OF timeline_entries DEFAULT;

CREATE TABLE timeline_later (
    message_id uuid PRIMARY KEY
);
COMMENT ON TABLE timeline_later IS 'Messages whose timeline could not yet be emptied when its turn came, because they had not ended: retention looks at them again';
COMMENT ON COLUMN timeline_later.message_id IS 'messages.id';

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
COMMENT ON COLUMN inbox.tenant_id IS 'messages.tenant_id';
COMMENT ON COLUMN inbox.user_id IS 'the recipient''s userId: whose inbox it is in';
COMMENT ON COLUMN inbox.task_id IS 'channel_tasks.id of the LOCAL task that delivered it';
COMMENT ON COLUMN inbox.message_id IS 'messages.message_id';
COMMENT ON COLUMN inbox.business_type IS 'messages.business_type';
COMMENT ON COLUMN inbox.message_type IS 'TEXT or MARKDOWN: what body is';
COMMENT ON COLUMN inbox.title IS 'rendered title; null: none';
COMMENT ON COLUMN inbox.body IS 'rendered text';
COMMENT ON COLUMN inbox.content IS 'JSON: the whole rendered content';
COMMENT ON COLUMN inbox.read_at IS 'when the user read it, microseconds since 1970 (UTC); null: unread';
COMMENT ON COLUMN inbox.created_at IS 'when it was delivered, microseconds since 1970 (UTC)';
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
COMMENT ON COLUMN bulk_jobs.id IS 'UUIDv7; in the API bulk_ and its hex digits';
COMMENT ON COLUMN bulk_jobs.tenant_id IS 'null: every tenant''s tasks';
COMMENT ON COLUMN bulk_jobs.kind IS 'RETRY or DISCARD';
COMMENT ON COLUMN bulk_jobs.status IS 'RUNNING, PAUSED, and the ends DONE, CANCELLED, FAILED';
COMMENT ON COLUMN bulk_jobs.filter IS 'JSON: which failed tasks; only those that had failed when the job was made';
COMMENT ON COLUMN bulk_jobs.rate_per_second IS 'tasks a second at most';
COMMENT ON COLUMN bulk_jobs.total IS 'how many there were at the start; null where they took too long to count';
COMMENT ON COLUMN bulk_jobs.done IS 'tasks that were sent again or discarded so far';
COMMENT ON COLUMN bulk_jobs.skipped IS 'tasks that were no longer failed when their turn came';
COMMENT ON COLUMN bulk_jobs.position IS 'the last task that was handled: the next page begins behind it';
COMMENT ON COLUMN bulk_jobs.error_message IS 'why it failed, in words; null: it did not';
COMMENT ON COLUMN bulk_jobs.created_by IS 'name of the API key that asked for it';
COMMENT ON COLUMN bulk_jobs.created_at IS 'when it was asked for, microseconds since 1970 (UTC); tasks that failed later are not its own';
COMMENT ON COLUMN bulk_jobs.updated_at IS 'when it last went on or was changed, microseconds since 1970 (UTC)';
COMMENT ON COLUMN bulk_jobs.finished_at IS 'when it ended, microseconds since 1970 (UTC); null: it has not';

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
COMMENT ON COLUMN stat_deltas.at IS 'beginning of the minute, microseconds since 1970 (UTC)';
COMMENT ON COLUMN stat_deltas.tenant_id IS 'whose messages were counted';
COMMENT ON COLUMN stat_deltas.kind IS 'ACCEPTED, ENDED, REOPENED: messages; TASK: channel tasks';
COMMENT ON COLUMN stat_deltas.business_type IS 'messages.business_type';
COMMENT ON COLUMN stat_deltas.channel_type IS 'of tasks, the kind of channel; of messages empty';
COMMENT ON COLUMN stat_deltas.channel_config_id IS 'the nil UUID, and channel_type empty, on messages';
COMMENT ON COLUMN stat_deltas.status IS 'the end, or the one that was left by REOPENED; of tasks also RETRY (an attempt after which it waits) and REOPENED';
COMMENT ON COLUMN stat_deltas.error_code IS 'empty: none';
COMMENT ON COLUMN stat_deltas.latency IS 'step of the log scale: from acceptance to the end, or how long the attempt took; -1: not measured';
COMMENT ON COLUMN stat_deltas.count IS 'how many; what was counted alike in a batch is one row';

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
COMMENT ON COLUMN stat_rollups.tenant_id IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.at IS 'beginning of the minute or hour, microseconds since 1970 (UTC)';
COMMENT ON COLUMN stat_rollups.kind IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.business_type IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.channel_type IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.channel_config_id IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.status IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.error_code IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.latency IS 'as in stat_deltas';
COMMENT ON COLUMN stat_rollups.count IS 'how many';

CREATE TABLE channel_health (
    channel_config_id uuid PRIMARY KEY,
    last_success_at bigint,
    last_failure_at bigint,
    last_error_code text,
    last_error_message text
);
COMMENT ON TABLE channel_health IS 'When each channel config last sent and last failed, as instances note it every few seconds; the latest counts';
COMMENT ON COLUMN channel_health.channel_config_id IS 'channel_configs.id';
COMMENT ON COLUMN channel_health.last_success_at IS 'when it last sent something, microseconds since 1970 (UTC); null: never';
COMMENT ON COLUMN channel_health.last_failure_at IS 'when an attempt with it last failed, microseconds since 1970 (UTC); null: never';
COMMENT ON COLUMN channel_health.last_error_code IS 'that failure''s outcome; null: none';
COMMENT ON COLUMN channel_health.last_error_message IS 'that failure in words; null: none';

-- Made by whatever runs these files, before the first of them.
COMMENT ON TABLE __diesel_schema_migrations IS 'Which of these migrations have run; written by posthorn migrate';
COMMENT ON COLUMN __diesel_schema_migrations.version IS 'the migration''s date and number';
COMMENT ON COLUMN __diesel_schema_migrations.run_on IS 'when it ran (UTC)';
