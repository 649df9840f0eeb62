//! `posthorn demo`: serve, a provider simulator and sample data, on a temporary data directory unless told otherwise.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::serve::{Server, greet, show_first_key};
use super::{configure_to_serve, say, stop_signal};
use crate::bus::Topic;
use crate::config::{Given, Role};
use crate::domain::actor::Actor;
use crate::domain::chance::Chance;
use crate::domain::enums::{ChannelType, MessageType, Role as KeyRole};
use crate::domain::recipient::Recipient;
use crate::domain::time::Clock;
use crate::services::api_key::ApiKeyDraft;
use crate::services::channel_config::ChannelConfigDraft;
use crate::services::message::{MessageRef, SendInput};
use crate::services::template::TemplateDraft;
use crate::services::tenant::TenantDraft;
use crate::services::{ServiceError, Services};
use crate::simulate::Simulator;

const TENANT: &str = "demo";

#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    given: Given,
    /// Address of the provider simulator; port 0 picks one
    #[arg(long, default_value = "127.0.0.1:9090")]
    simulator_listen: SocketAddr,
}

pub(super) async fn run(args: DemoArgs) -> Result<(), String> {
    let mut asked_to_stop = Box::pin(stop_signal());
    let mut given = args.given;
    let throw_away = given.data_dir.is_none() && given.database_url.is_none() && given.config.is_none();
    if throw_away {
        given.data_dir = Some(temporary());
    }
    let loopback = "127.0.0.0/8";
    given.target_allow =
        Some(given.target_allow.map_or_else(|| loopback.to_owned(), |allow| format!("{allow},{loopback}")));
    // The story below is the output; the log says only what is wrong.
    given.log.get_or_insert_with(|| "warn".to_owned());
    let (config, traces) = configure_to_serve(given)?;
    let folder = config.data_dir.clone();

    // Real robots take 20 messages a minute; a newcomer's own tries should not wait for that.
    let simulator = listen(args.simulator_listen).await?;
    let mut greeted = false;
    let server = Server::start(&config, Role::All, |address, key| {
        greet(address)?;
        greeted = true;
        // With a temporary directory it ends with the demo, whose own key is shown below.
        if throw_away { Ok(()) } else { show_first_key(key) }
    })
    .await?;
    if !greeted {
        greet(server.address)?;
    }
    say(&format!("provider simulator    on http://{}  (open it to see what arrives)", simulator.addr))?;
    let fate = if throw_away { "  (removed at the end)" } else { "" };
    say(&format!("data directory        {}{fate}", folder.display()))?;
    let told = tokio::select! {
        told = tell(&server, simulator.addr) => told,
        () = &mut asked_to_stop => return end(server, simulator, throw_away.then_some(folder)).await,
    };
    if told.is_ok() {
        asked_to_stop.await;
    }
    end(server, simulator, throw_away.then_some(folder)).await?;
    if let Some(traces) = traces {
        traces.end().await;
    }
    told
}

/// Stops everything, and removes the data directory where it was a temporary one.
async fn end(server: Server, simulator: crate::simulate::Running, folder: Option<PathBuf>) -> Result<(), String> {
    server.stop(std::time::Duration::ZERO).await;
    if let Some(folder) = folder
        && let Err(error) = std::fs::remove_dir_all(&folder)
    {
        tracing::warn!(%error, folder = %folder.display(), "the temporary data directory is left behind");
    }
    simulator.stop().await.map_err(|error| error.to_string())
}

/// Makes the sample data, sends the sample messages and says how to send one's own.
async fn tell(server: &Server, simulator: SocketAddr) -> Result<(), String> {
    let address = server.address;
    let key = prepare(&server.services, simulator).await.map_err(explain)?;
    say("\nSample messages on their way:\n")?;
    for input in samples() {
        follow(&server.services, input).await?;
    }
    let program = std::env::args().next().unwrap_or_else(|| "posthorn".to_owned());
    say(&format!(
        "\nNow yours. This demo's API key (tenant \"{TENANT}\"):\n\n  export POSTHORN_API_KEY={key}\n\n\
         Send with curl:\n\n  curl -s http://{address}/api/messages -H \"Authorization: Bearer $POSTHORN_API_KEY\" \\\n    \
         -H 'Content-Type: application/json' \\\n    \
         -d '{{\"businessType\":\"ORDER_NOTIFY\",\"businessData\":{{\"orderId\":\"1\",\"customer\":\"Ada\",\"amount\":42}}}}'\n\n\
         or with posthorn itself, following the message to its end:\n\n  \
         {program} send --url http://{address} --business-type ORDER_NOTIFY \\\n    \
         --data '{{\"orderId\":\"2\",\"customer\":\"Bob\",\"amount\":7}}' --to userId=bob\n\n\
         or in the browser: http://{address}/graphiql\n\nCtrl-C ends the demo."
    ))
}

/// On the usual port, or on another where that is taken.
async fn listen(wanted: SocketAddr) -> Result<crate::simulate::Running, String> {
    let simulator = Simulator::new(Clock::System, 0);
    match simulator.clone().listen(wanted).await {
        Ok(running) => Ok(running),
        Err(_) => {
            let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            simulator.listen(any).await.map_err(|error| format!("--simulator-listen: {error}"))
        }
    }
}

fn temporary() -> PathBuf {
    std::env::temp_dir().join(format!("posthorn-demo-{}", Chance::System.name()))
}

fn explain(error: ServiceError) -> String {
    match error {
        ServiceError::Invalid(issues) => {
            let texts: Vec<_> = issues.iter().map(ToString::to_string).collect();
            format!("the sample data was refused: {}", texts.join("; "))
        }
        other => format!("the sample data could not be made: {other}"),
    }
}

/// Makes the demo's tenant, channels and templates where they are missing, and a key to send with.
async fn prepare(services: &Services, simulator: SocketAddr) -> Result<String, ServiceError> {
    let me = Actor::system();
    let tenant = || Some(TENANT.to_owned());
    let known = services.tenants(&me).await?.iter().any(|known| known.code == TENANT);
    if !known {
        let draft = TenantDraft {
            code: TENANT.to_owned(),
            name: "Demo".to_owned(),
            timezone: Some("Asia/Shanghai".to_owned()),
            enabled: None,
            strict_business_types: None,
        };
        services.create_tenant(&me, draft).await?;
        for (channel_type, name, config) in channels(simulator) {
            let draft = ChannelConfigDraft {
                tenant: tenant(),
                store_id: None,
                channel_type,
                name: name.to_owned(),
                config,
                priority: None,
                enabled: None,
                rate_limit: None,
                on_rate_limit: None,
                time_window: None,
                on_closed_window: None,
                on_unknown: None,
                delivery_mode: None,
                schedule: None,
            };
            services.create_channel_config(&me, draft).await?;
        }
        for (channel_type, message_type, content) in templates() {
            let draft = TemplateDraft {
                tenant: tenant(),
                business_type: "ORDER_NOTIFY".to_owned(),
                channel_type,
                message_type,
                name: format!("Order, {channel_type}"),
                content,
                locale: None,
                enabled: None,
                sample_data: Some(Some(json!({"orderId": "20261121-0001", "customer": "Ms Li", "amount": "99.00"}))),
            };
            services.create_template(&me, draft).await?;
        }
    }
    let draft = ApiKeyDraft { name: "demo".to_owned(), tenant: tenant(), role: KeyRole::TenantAdmin, expires_at: None };
    Ok(services.create_api_key(&me, draft).await?.1)
}

fn channels(simulator: SocketAddr) -> [(ChannelType, &'static str, Value); 4] {
    let url = |path: &str| format!("http://{simulator}{path}");
    [
        (ChannelType::Local, "Inbox", json!({})),
        (
            ChannelType::Dingtalk,
            "Order robot",
            json!({ "webhook": url("/dingtalk/robot/send?access_token=demo"), "secret": "SECdemo0123456789" }),
        ),
        (ChannelType::WechatWork, "Warehouse robot", json!({ "webhook": url("/wecom/cgi-bin/webhook/send?key=demo") })),
        (
            ChannelType::Webhook,
            "Order service",
            json!({ "url": url("/webhook/orders"), "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }),
        ),
    ]
}

fn templates() -> [(ChannelType, MessageType, Value); 4] {
    let text = "Order ${orderId}: {{ customer }} pays {{ amount }}";
    [
        (ChannelType::Local, MessageType::Markdown, json!({ "title": "Order ${orderId}", "text": text })),
        (
            ChannelType::Dingtalk,
            MessageType::Markdown,
            json!({ "title": "订单 ${orderId}", "text": "### 订单 ${orderId}\n> {{ customer }}，金额 {{ amount }}" }),
        ),
        (ChannelType::WechatWork, MessageType::Text, json!({ "text": text })),
        (ChannelType::Webhook, MessageType::Text, json!({ "text": text })),
    ]
}

fn samples() -> Vec<SendInput> {
    let order = |number: u32, customer: &str, channels: Option<Vec<ChannelType>>| SendInput {
        message_id: None,
        tenant: Some(TENANT.to_owned()),
        store_id: None,
        business_type: "ORDER_NOTIFY".to_owned(),
        business_data: json!({ "orderId": format!("A-{number}"), "customer": customer, "amount": number * 10 }),
        target_channels: channels,
        channel_options: Vec::new(),
        execution_mode: None,
        recipients: vec![Recipient { user_id: Some(customer.to_lowercase()), ..Recipient::default() }],
        content: None,
        scheduled_at: None,
        expires_at: None,
        attributes: None,
        resent_from: None,
    };
    vec![
        order(1, "Ada", None),
        order(2, "Grace", Some(vec![ChannelType::Dingtalk, ChannelType::WechatWork])),
        order(3, "Linus", Some(vec![ChannelType::Local])),
    ]
}

/// Sends a sample and tells its timeline.
async fn follow(services: &Services, input: SendInput) -> Result<(), String> {
    let me = Actor::system();
    let mut watching = services.bus.watch(Topic::All, None).await.map_err(|error| error.to_string())?;
    let accepted = match services.send(&me, input).await.map_err(explain)? {
        Ok(accepted) => accepted,
        Err(refused) => return Err(format!("a sample was refused: {}", refused.failure.message)),
    };
    let ended = async {
        loop {
            let found = services.message(&me, MessageRef::Id(accepted.id)).await.map_err(explain)?;
            if found.is_some_and(|message| message.status.finished()) {
                return Ok::<_, String>(());
            }
            watching.next().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await;
    in_time.map_err(|_elapsed| "a sample message did not end within 30 s".to_owned())??;
    let timelines = services.timelines_of(&[accepted.id]).await.map_err(|error| error.to_string())?;
    say(&format!("  {}", accepted.message_id))?;
    for entry in timelines.get(&accepted.id).into_iter().flatten() {
        let took = entry.duration_us.map_or_else(String::new, |us| format!(" ({:.1} ms)", us as f64 / 1000.0));
        let detail = entry.detail.as_deref().unwrap_or_default();
        say(&format!(
            "    {}  {:<17} {:<8} {detail}{took}",
            entry.at.to_utc().format("%H:%M:%S%.3f"),
            entry.stage,
            entry.outcome
        ))?;
    }
    Ok(())
}
