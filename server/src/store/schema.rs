//! The tables, as Diesel sees them; both databases have the same. `Id` is a UUID with one encoding per database.

use super::types::Id;

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    tenants (id) {
        id -> Id,
        code -> Text,
        name -> Text,
        timezone -> Text,
        enabled -> Bool,
        strict_business_types -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    api_keys (id) {
        id -> Id,
        name -> Text,
        tenant_id -> Nullable<Id>,
        role -> Text,
        prefix -> Text,
        secret_hash -> Binary,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    business_types (id) {
        id -> Id,
        tenant_id -> Id,
        code -> Text,
        name -> Text,
        enabled -> Bool,
        priority -> Integer,
        lane -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    channel_configs (id) {
        id -> Id,
        tenant_id -> Id,
        store_id -> Nullable<Text>,
        channel_type -> Text,
        name -> Text,
        config -> Text,
        priority -> Integer,
        enabled -> Bool,
        rate_limit -> Nullable<Text>,
        on_rate_limit -> Text,
        time_window -> Nullable<Text>,
        on_closed_window -> Text,
        on_unknown -> Text,
        delivery_mode -> Text,
        schedule -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    templates (id) {
        id -> Id,
        tenant_id -> Id,
        business_type -> Text,
        channel_type -> Text,
        message_type -> Text,
        name -> Text,
        content -> Text,
        locale -> Text,
        enabled -> Bool,
        variables -> Text,
        sample_data -> Nullable<Text>,
        version -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    template_versions (template_id, version) {
        template_id -> Id,
        version -> Integer,
        message_type -> Text,
        name -> Text,
        content -> Text,
        sample_data -> Nullable<Text>,
        enabled -> Bool,
        created_at -> BigInt,
        created_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    system_settings (version) {
        version -> Integer,
        body -> Text,
        updated_at -> BigInt,
        updated_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    revisions (scope) {
        scope -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    facts (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    message_keys (tenant_id, message_id) {
        tenant_id -> Id,
        message_id -> Text,
        id -> Id,
        digest -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    messages (id) {
        id -> Id,
        message_id -> Text,
        tenant_id -> Id,
        store_id -> Nullable<Text>,
        business_type -> Text,
        business_data -> Text,
        options -> Text,
        recipients -> Text,
        execution_mode -> Text,
        lane -> Nullable<Text>,
        priority -> SmallInt,
        status -> Text,
        error_code -> Nullable<Text>,
        error_message -> Nullable<Text>,
        total_channels -> Integer,
        success_channels -> Integer,
        failed_channels -> Integer,
        open_channels -> Integer,
        verdicts -> Nullable<Text>,
        sent_by -> Nullable<Id>,
        due_at -> Nullable<BigInt>,
        scheduled_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    recipients (tenant_id, address, message_id) {
        tenant_id -> Id,
        address -> Text,
        message_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    verdict_lists (id) {
        id -> Id,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    fresh_batches (look_at, id) {
        look_at -> BigInt,
        id -> Id,
        kind -> Text,
        ids -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    channel_tasks (id) {
        id -> Id,
        message_id -> Id,
        tenant_id -> Id,
        message_key -> Text,
        business_type -> Text,
        channel_type -> Text,
        channel_config_id -> Id,
        message_type -> Text,
        rendered_content -> Text,
        recipient_from -> Integer,
        recipient_count -> Integer,
        status -> Text,
        retry_count -> Integer,
        max_retry -> Integer,
        priority -> Integer,
        lane -> Nullable<Text>,
        lane_priority -> SmallInt,
        due_at -> Nullable<BigInt>,
        step -> Integer,
        send_at -> Nullable<BigInt>,
        claim -> BigInt,
        result_message -> Nullable<Text>,
        third_party_response -> Nullable<Text>,
        attempts -> Text,
        error_code -> Nullable<Text>,
        sent_by -> Nullable<Id>,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        discarded_at -> Nullable<BigInt>,
        cancel_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    timeline_entries (id) {
        id -> Id,
        message_id -> Id,
        at -> BigInt,
        stage -> Text,
        outcome -> Text,
        detail -> Nullable<Text>,
        task_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    timeline_later (message_id) {
        message_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    inbox (id) {
        id -> Id,
        tenant_id -> Id,
        user_id -> Text,
        task_id -> Id,
        message_id -> Text,
        business_type -> Text,
        message_type -> Text,
        title -> Nullable<Text>,
        body -> Text,
        content -> Text,
        read_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    bulk_jobs (id) {
        id -> Id,
        tenant_id -> Nullable<Id>,
        kind -> Text,
        status -> Text,
        filter -> Text,
        rate_per_second -> Integer,
        total -> Nullable<Integer>,
        done -> Integer,
        skipped -> Integer,
        position -> Nullable<Id>,
        error_message -> Nullable<Text>,
        created_by -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Id;

    channel_health (channel_config_id) {
        channel_config_id -> Id,
        last_success_at -> Nullable<BigInt>,
        last_failure_at -> Nullable<BigInt>,
        last_error_code -> Nullable<Text>,
        last_error_message -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    api_keys,
    business_types,
    channel_configs,
    templates,
    template_versions,
    system_settings,
    revisions,
    facts,
    message_keys,
    messages,
    recipients,
    channel_tasks,
    timeline_entries,
    timeline_later,
    inbox,
    bulk_jobs,
    channel_health
);
