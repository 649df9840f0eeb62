DROP TABLE channel_health, stat_rollups, stat_deltas, bulk_jobs, inbox, timeline_later, timeline_entries, channel_tasks, recipients, messages, fresh_batches, verdict_lists, message_keys, facts, revisions, system_settings,
    template_versions, templates, channel_configs, business_types, api_keys, tenants;
