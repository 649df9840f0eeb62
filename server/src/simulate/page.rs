//! The simulator's front page: the newest messages, so that a newcomer sees them arrive. No script, it reloads itself.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::log::Fate;
use super::place::Place;
use super::received::Received;
use super::{Count, Simulator};

const SHOWN: usize = 50;
/// Characters of a body that are shown.
const EXCERPT: usize = 400;
const HEAD: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

pub async fn list(State(simulator): State<Simulator>) -> Response {
    let everything = Place::default();
    let html = render(&simulator.inner.log.newest(SHOWN), simulator.count(&everything));
    ([(header::CONTENT_SECURITY_POLICY, "default-src 'self'")], Html(html)).into_response()
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

fn render<R: AsRef<Received>>(newest: &[R], count: Count) -> String {
    let mut rows = String::new();
    for received in newest.iter().map(AsRef::as_ref) {
        row(&mut rows, received);
    }
    if newest.is_empty() {
        rows.push_str("<tr><td colspan=\"5\" class=\"empty\">还没有消息 · nothing arrived yet</td></tr>");
    }
    HEAD.replace("{count}", &count.count.to_string())
        .replace("{accepted}", &count.accepted.to_string())
        .replace("{refused}", &count.refused.to_string())
        .replace("{duplicates}", &count.duplicates.to_string())
        .replace("{rows}", &rows)
}

fn row(rows: &mut String, received: &Received) {
    let (class, fate) = match (received.silence(), received.fate()) {
        (Some(_), _) => ("quiet", "未应答 no answer"),
        (None, Fate::Accepted) => ("good", "已收 taken"),
        (None, Fate::Refused) => ("bad", "拒绝 refused"),
        (None, Fate::Duplicate) => ("quiet", "重复 repeated"),
    };
    let answer = match received.silence() {
        Some(_) => String::new(),
        None => format!("{} {}", received.status(), received.answer_text()),
    };
    // writing to a String does not fail
    let _ = write!(
        rows,
        "<tr><td>{}</td><td><time>{}</time></td><td class=\"path\"><code>{}</code></td><td><pre>{}</pre></td>\
         <td><span class=\"{class}\">{fate}</span><small>{}</small></td></tr>",
        received.seq,
        received.at.to_utc().format("%H:%M:%S%.3f"),
        escaped(&received.path),
        escaped(&excerpt(&received.body_text())),
        escaped(&excerpt(&answer)),
    );
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::received::sample;
    use std::sync::Arc;

    #[test]
    fn what_arrives_is_shown_as_text() {
        let html = render(&[Arc::new(sample("/webhook/<script>"))], Count { count: 7, ..Count::default() });
        assert!(html.contains("/webhook/&lt;script&gt;") && !html.contains("<script"), "{html}");
        assert!(html.contains(">7<"), "{html}");
        assert!(!html.contains("nothing arrived yet") && !html.contains("{rows}"));
    }

    #[test]
    fn an_empty_list_says_so() {
        let none: [Arc<Received>; 0] = [];
        assert!(render(&none, Count::default()).contains("nothing arrived yet"));
    }

    #[test]
    fn excerpts_end_between_characters() {
        assert_eq!(excerpt("短"), "短");
        assert_eq!(excerpt(&"长".repeat(EXCERPT + 1)).chars().count(), EXCERPT + 1);
    }
}
