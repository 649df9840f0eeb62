//! The schema put together, and how every transport runs operations on it.

mod begin;

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{MergedObject, Request, Response, Schema, SchemaBuilder, Upload, Value};
use futures::StreamExt;
use futures::stream::{BoxStream, once};

use self::begin::begun;
use super::cursor::{LastEventId, Reached};
use super::error::{ApiError, Result, dress, refusal};
use super::event::Subscription;
use super::limits::{MAX_COMPLEXITY, MAX_DEPTH, check_document, check_text, only_introspects};
use super::live::Live;
use super::loaders::Loaders;
use super::session::Session;
use super::{
    api_key, backlog, bulk_job, business_type, channel_config, channel_copy, channel_type, explain, failed, inbox,
    many, message, node, reveal, send, settings, stats, template, tenant, trial,
};
use crate::services::Services;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    api_key::AccessQuery,
    node::NodeQuery,
    message::MessageQuery,
    failed::FailedQuery,
    bulk_job::BulkJobQuery,
    stats::StatsQuery,
    backlog::BacklogQuery,
    inbox::InboxQuery,
    channel_type::ChannelTypeQuery,
    channel_config::ChannelConfigQuery,
    template::TemplateQuery,
    explain::ExplainQuery,
    business_type::BusinessTypeQuery,
    settings::SettingsQuery,
    tenant::TenantQuery,
);

/// What can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    send::MessageMutation,
    many::ManyMutation,
    reveal::RevealMutation,
    bulk_job::BulkJobMutation,
    inbox::InboxMutation,
    channel_config::ChannelConfigMutation,
    channel_copy::ChannelCopyMutation,
    template::TemplateMutation,
    trial::TrialMutation,
    business_type::BusinessTypeMutation,
    settings::SettingsMutation,
    tenant::TenantMutation,
    api_key::AccessMutation,
);

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_input_type::<Upload>()
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .disable_suggestions()
}

/// The public schema as text: the file `schema.graphql`. The same code always yields the same text.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .prefer_single_line_descriptions()
        .include_specified_by()
        .use_space_ident();
    let text = builder().finish().sdl_with_options(options);
    format!("{}\n", text.trim())
}

/// The schema with its services: what transports hand operations to. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    schema: Schema<Query, Mutation, Subscription>,
    services: Services,
}

impl Api {
    pub fn new(services: Services) -> Self {
        let live = Live::new(&services);
        Self { schema: builder().data(services.clone()).data(live).finish(), services }
    }

    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Runs a query or mutation. Without a session only the schema itself can be asked for.
    pub async fn execute(&self, request: Request, session: Option<Arc<Session>>, request_id: &str) -> Response {
        let mut response = match self.prepare(request, session) {
            Ok(request) => self.schema.execute(request).await,
            Err(error) => refusal(error),
        };
        dress(&mut response, request_id);
        response
    }

    /// Runs any operation; only a subscription yields more than one response.
    pub fn stream(
        &self,
        request: Request,
        session: Option<Arc<Session>>,
        request_id: String,
        resuming: Resuming,
    ) -> BoxStream<'static, Response> {
        let api = self.clone();
        begun(async move { api.responses(request, session, request_id, resuming) })
    }

    /// The same where the session was made some time ago: its key may have been revoked since.
    pub fn stream_later(
        &self,
        request: Request,
        session: Option<Arc<Session>>,
        request_id: String,
        resuming: Resuming,
    ) -> BoxStream<'static, Response> {
        let api = self.clone();
        begun(async move {
            if let Some(session) = &session
                && !session.still_valid(&api.services).await
            {
                return once(async { refusal(ApiError::unauthenticated()) }).boxed();
            }
            api.responses(request, session, request_id, resuming)
        })
    }

    fn responses(
        &self,
        request: Request,
        session: Option<Arc<Session>>,
        request_id: String,
        resuming: Resuming,
    ) -> BoxStream<'static, Response> {
        let mut request = request.data(resuming.reached);
        if let Some(id) = resuming.last_event_id {
            request = request.data(LastEventId(id));
        }
        let responses = match self.prepare(request, session) {
            Ok(request) => self.schema.execute_stream(request),
            Err(error) => once(async { refusal(error) }).boxed(),
        };
        responses
            .map(move |mut response| {
                dress(&mut response, &request_id);
                response
            })
            .boxed()
    }

    /// Checks what must be checked before async-graphql walks the operation, and gives resolvers what they need.
    fn prepare(&self, mut request: Request, session: Option<Arc<Session>>) -> Result<Request> {
        check_text(&request.query)?;
        let document = request.parsed_query().map_err(|error| ApiError::bad_input(error.message))?;
        check_document(document)?;
        let open = only_introspects(document);
        set_absent_variables(&mut request);
        Ok(match session {
            Some(session) => request.data(session).data(Loaders::new(self.services.clone())),
            None if open => request.only_introspection(),
            None => return Err(ApiError::unauthenticated()),
        })
    }
}

/// What a transport does for subscribers that come back.
#[derive(Default)]
pub struct Resuming {
    /// Where to note how far the subscription has come.
    pub reached: Arc<Reached>,
    /// An `after` beside the operation's own.
    pub last_event_id: Option<String>,
}

/// Sets variables that may be absent, and are, to null. async-graphql would refuse to reckon the complexity of a page
/// whose `first` is such a variable. Operations that are not chosen are looked at too, so theirs are set as well.
fn set_absent_variables(request: &mut Request) {
    let chosen = request.operation_name.clone();
    let given = std::mem::take(&mut request.variables);
    let mut absent = Vec::new();
    if let Ok(document) = request.parsed_query() {
        for (name, operation) in document.operations.iter() {
            let runs = chosen.as_deref().is_none_or(|chosen| name.is_some_and(|name| name == chosen));
            for variable in operation.node.variable_definitions.iter().map(|variable| &variable.node) {
                let may_be_absent = !runs || (variable.var_type.node.nullable && variable.default_value.is_none());
                if may_be_absent && !given.contains_key(&variable.name.node) {
                    absent.push(variable.name.node.clone());
                }
            }
        }
    }
    request.variables = given;
    request.variables.extend(absent.into_iter().map(|name| (name, Value::Null)));
}

/// The kind of operation that a request would run; none when it is malformed or names no operation.
pub fn kind_of(request: &mut Request) -> Option<OperationType> {
    check_text(&request.query).ok()?;
    let name = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let mut operations = document.operations.iter();
    match name {
        Some(name) => operations
            .find(|(own, _)| own.is_some_and(|own| own.as_str() == name))
            .map(|(_, operation)| operation.node.ty),
        None => operations.next().map(|(_, operation)| operation.node.ty),
    }
}

#[cfg(test)]
mod tests;
