//! `posthorn send`: hands one message to a running server and follows it to its end, a line per change.
//!
//! - [`call`]: what is asked of the server; [`story`]: how it is told

mod call;
mod story;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use chrono::DateTime;
use clap::Args;
use serde_json::{Map, Value, json};

use crate::domain::enums::{ChannelType, ExecutionMode, MessageType};
use crate::domain::time::Clock;
use call::Server;
use story::Story;

/// First and longest pause between two looks at the message.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Keys of a recipient, as the schema names them.
const RECIPIENT_KEYS: [&str; 10] = [
    "userId",
    "userType",
    "mobile",
    "email",
    "deviceNo",
    "deviceType",
    "customerNo",
    "customerType",
    "customerName",
    "customerTag",
];

/// Send one message through a running server and follow it to the end.
#[derive(Debug, Clone, Args)]
pub struct SendArgs {
    /// Where the server is.
    #[arg(long, env = "POSTHORN_URL", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub url: String,
    /// API key.
    #[arg(long, env = "POSTHORN_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
    /// File that holds the API key.
    #[arg(long, env = "POSTHORN_API_KEY_FILE", conflicts_with = "key", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Tenant, needed with a platform key only.
    #[arg(long, value_name = "ID")]
    pub tenant: Option<String>,
    /// Store within the tenant.
    #[arg(long, value_name = "ID")]
    pub store: Option<String>,
    /// Business type, e.g. ORDER_NOTIFY.
    #[arg(long, value_name = "CODE")]
    pub business_type: String,
    /// Business data: a JSON object, @file to read it from a file, or - for standard input.
    #[arg(long, default_value = "{}", value_name = "JSON")]
    pub data: String,
    /// Only over this channel, e.g. DINGTALK; may be repeated.
    #[arg(long = "channel", value_name = "TYPE")]
    pub channels: Vec<ChannelType>,
    /// A recipient, e.g. userId=u1,mobile=13800000000; may be repeated.
    #[arg(long = "to", value_name = "KEY=VALUE,…", value_parser = parse_recipient)]
    pub to: Vec<Recipient>,
    /// Text to send as it is, without a template.
    #[arg(long, value_name = "TEXT")]
    pub content: Option<String>,
    /// Title that goes with --content.
    #[arg(long, requires = "content", value_name = "TEXT")]
    pub title: Option<String>,
    /// Form of --content, e.g. MARKDOWN.
    #[arg(long, requires = "content", value_name = "TYPE")]
    pub message_type: Option<MessageType>,
    /// PARALLEL, SEQUENTIAL or PRIORITY.
    #[arg(long, value_name = "MODE")]
    pub mode: Option<ExecutionMode>,
    /// Your own id of the message; sending it again sends nothing twice.
    #[arg(long, value_name = "ID")]
    pub message_id: Option<String>,
    /// Send at this time (RFC 3339), not now.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Give up following after this many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub timeout: u64,
    /// Be content with the message having been accepted.
    #[arg(long)]
    pub no_follow: bool,
    /// Print one JSON object at the end, and nothing else.
    #[arg(long)]
    pub json: bool,
}

/// A recipient's fields by the schema's names.
pub type Recipient = BTreeMap<String, String>;

fn parse_recipient(text: &str) -> Result<Recipient, String> {
    let mut recipient = Recipient::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not key=value"))?;
        if !RECIPIENT_KEYS.contains(&key) {
            return Err(format!("`{key}` is none of {}", RECIPIENT_KEYS.join(", ")));
        }
        recipient.insert(key.to_owned(), value.to_owned());
    }
    if recipient.is_empty() { Err("a recipient needs at least one key=value".to_owned()) } else { Ok(recipient) }
}

/// Sends and follows; reports on standard output, troubles on standard error.
///
/// `Ok(true)`: the message ended in SUCCESS, or was accepted where it is not followed (`--no-follow`, or scheduled for
/// later): exit code 0. `Ok(false)`: anything else that happened, exit code 1. `Err`: the arguments make no sense, exit
/// code 2; nothing was sent.
pub async fn run(args: SendArgs) -> Result<bool, String> {
    let input = input(&args)?;
    let key = key(&args)?;
    let server = Server::new(&args.url, key.as_deref())?;
    let told = tell(&args, &server, input, &mut std::io::stdout()).await;
    Ok(told.unwrap_or_else(|trouble| {
        // where standard error is closed there is nobody left to tell
        let _ = writeln!(std::io::stderr(), "posthorn send: {trouble}");
        false
    }))
}

/// The whole conversation, written to `out`.
async fn tell(args: &SendArgs, server: &Server, input: Value, out: &mut impl Write) -> Result<bool, String> {
    let result = server.send(input).await?;
    let accepted = result["success"] == true;
    let mut story = Story::new(&result);
    if !args.json {
        write_lines(out, &[story.opening()])?;
    }
    let mut message = Value::Null;
    if accepted && !args.no_follow {
        message = follow(args, server, &result, &mut story, out).await?;
    }
    let settled = if message.is_null() { &result["message"] } else { &message };
    let waits = settled["status"] == "SCHEDULED";
    let good = accepted && (args.no_follow || waits || settled["status"] == "SUCCESS");
    if args.json {
        let whole = json!({"result": result, "message": message});
        write_lines(out, &[whole.to_string()])?;
    } else if !message.is_null() {
        write_lines(out, &story::timeline(&message))?;
    }
    Ok(good)
}

/// Looks at the message, with growing pauses, until it is finished, waits for its time, or patience is at its end.
async fn follow(
    args: &SendArgs,
    server: &Server,
    result: &Value,
    story: &mut Story,
    out: &mut impl Write,
) -> Result<Value, String> {
    let message_id = result["messageId"].as_str().ok_or("the server gave no messageId to follow")?;
    let tenant = args.tenant.as_deref().or_else(|| result["message"]["tenantId"].as_str());
    let clock = Clock::System;
    let deadline = clock.instant() + Duration::from_secs(args.timeout);
    let mut pause = FIRST_PAUSE;
    loop {
        let message = server.message(message_id, tenant).await?;
        if !args.json {
            write_lines(out, &story.changes(&message))?;
        }
        if story::finished(&message) || message["status"] == "SCHEDULED" {
            return Ok(message);
        }
        if clock.instant() + pause > deadline {
            if !args.json {
                let status = message["status"].as_str().unwrap_or("unknown");
                write_lines(out, &[format!("still {status} after {} s: not followed further", args.timeout)])?;
            }
            return Ok(message);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 5 / 4).min(LONGEST_PAUSE);
    }
}

fn write_lines(out: &mut impl Write, lines: &[String]) -> Result<(), String> {
    for line in lines {
        writeln!(out, "{line}").map_err(|error| format!("cannot write the report: {error}"))?;
    }
    out.flush().map_err(|error| format!("cannot write the report: {error}"))
}

fn key(args: &SendArgs) -> Result<Option<String>, String> {
    let Some(file) = &args.key_file else { return Ok(args.key.clone()) };
    let text = std::fs::read_to_string(file).map_err(|error| format!("--key-file {}: {error}", file.display()))?;
    Ok(Some(text.trim().to_owned()))
}

/// `SendMessageInput` as the schema has it; what is not given is left out.
fn input(args: &SendArgs) -> Result<Value, String> {
    let data = match args.data.as_str() {
        "-" => std::io::read_to_string(std::io::stdin()).map_err(|error| format!("--data: {error}"))?,
        text => match text.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file).map_err(|error| format!("--data {file}: {error}"))?,
            None => text.to_owned(),
        },
    };
    let data: Map<String, Value> =
        serde_json::from_str(&data).map_err(|error| format!("--data is not a JSON object: {error}"))?;
    let mut input = Map::new();
    input.insert("businessType".to_owned(), json!(args.business_type));
    input.insert("businessData".to_owned(), Value::Object(data));
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            input.insert(name.to_owned(), value);
        }
    };
    put("messageId", args.message_id.as_ref().map(|id| json!(id)));
    put("tenantId", args.tenant.as_ref().map(|id| json!(id)));
    put("storeId", args.store.as_ref().map(|id| json!(id)));
    put("targetChannels", (!args.channels.is_empty()).then(|| json!(args.channels)));
    put("recipients", (!args.to.is_empty()).then(|| json!(args.to)));
    put("executionMode", args.mode.map(|mode| json!(mode)));
    if let Some(body) = &args.content {
        let mut content = json!({"body": body});
        if let Some(title) = &args.title {
            content["title"] = json!(title);
        }
        if let Some(kind) = args.message_type {
            content["messageType"] = json!(kind);
        }
        put("content", Some(content));
    }
    if let Some(at) = &args.at {
        DateTime::parse_from_rfc3339(at).map_err(|_| format!("--at `{at}` is not a time like 2026-11-21T09:00:00Z"))?;
        put("scheduledAt", Some(json!(at)));
    }
    Ok(Value::Object(input))
}

#[cfg(test)]
mod tests;
