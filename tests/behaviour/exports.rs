//! Messages as a file: as CSV and XLSX, in pages, for who may read them.

use std::time::Duration;

use posthorn_tests::api::http_client_within;
use posthorn_tests::*;

const PATH: &str = "/api/v1/messages/export";

/// Status, content type and body.
async fn export(api: &Api, query: &str) -> (u16, String, Vec<u8>) {
    let request = http_client_within(Duration::from_secs(300)).get(format!("{}{PATH}{query}", api.url));
    let response = request.bearer_auth(api.key.as_deref().unwrap()).send().await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (status, kind, response.bytes().await.unwrap().to_vec())
}

async fn csv(api: &Api, query: &str) -> Vec<String> {
    let (status, kind, body) = export(api, query).await;
    assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8; header=present"));
    let text = String::from_utf8(body).unwrap();
    assert!(text.starts_with("id,messageId,"), "no mark at the beginning: {text:.20}");
    text.split_terminator("\r\n").skip(1).map(str::to_owned).collect()
}

/// Resident memory of the server, in MiB.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

both! {
    async fn the_file_has_what_the_list_has(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.accept(text_with("x", json!({ "messageId": "=1+1", "storeId": "S,1" }))).await;
        stage.api.accept(text_with("x", json!({ "messageId": "plain", "recipients": [{ "userId": "zhangsan", "mobile": "13812348000" }] }))).await;
        let failing = json!({ "messageId": "bad", "content": null, "businessType": "NO_TEMPLATE" });
        stage.api.accept(text_with("x", failing)).await;
        for (id, status) in [("=1+1", "SUCCESS"), ("plain", "SUCCESS"), ("bad", "FAILED")] {
            stage.api.wait_status(id, status).await;
        }
        let rows = csv(&stage.api, "").await;
        assert_eq!(rows.len(), 3, "{rows:#?}");
        // Newest first.
        assert!(rows[0].contains(",bad,") && rows[0].contains(",FAILED,") && rows[0].contains("TEMPLATE_NOT_FOUND"), "{}", rows[0]);
        assert!(rows[1].contains(",plain,") && rows[1].contains(",1,1,0,1,zhangsan,"), "{}", rows[1]);
        assert!(rows[2].contains(",'=1+1,") && rows[2].contains(",\"S,1\","), "{}", rows[2]);
        let viewer = stage.with_role("VIEWER").await;
        assert!(csv(&viewer, "").await[1].contains(",zh****an,"));

        assert_eq!(csv(&stage.api, "?status=FAILED").await.len(), 1);
        assert_eq!(csv(&stage.api, "?status=FAILED,SUCCESS&limit=2").await.len(), 2);
        assert_eq!(csv(&stage.api, "?recipient=13812348000").await.len(), 1);
        assert_eq!(csv(&stage.api, "?businessType=NONE").await.len(), 0);
        assert_eq!(csv(&stage.platform, &format!("?tenantId={}", stage.tenant)).await.len(), 3);
        let (_, other) = stage.another_tenant().await;
        assert_eq!(csv(&other, "").await.len(), 0);
        assert_eq!(csv(&stage.with_role("SENDER").await, "").await.len(), 0, "it sent nothing");

        let (status, kind, file) = export(&stage.api, "?format=xlsx").await;
        assert_eq!((status, kind.as_str()), (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"));
        assert_eq!(&file[..4], b"PK\x03\x04");
        for (query, code) in [("?format=pdf", "VALIDATION_ERROR"), ("?limit=0", "VALIDATION_ERROR"), ("?what=1", "VALIDATION_ERROR")] {
            let (status, answer) = stage.api.get(&format!("{PATH}{query}")).await;
            assert_eq!((status, answer["errorCode"].as_str()), (400, Some(code)), "{query}");
        }
        assert_eq!(stage.server.anonymous().get(PATH).await.0, 401);
    }

    async fn ten_thousand_rows_stream_through_without_growing_memory(stage: Stage) {
        // Large rows, so that a file is many times what the server may grow by.
        let recipients: Vec<_> = (0..20).map(|n| json!({ "customerNo": format!("{n:0>200}") })).collect();
        for batch in 0..10 {
            let input = |n| text_with("x", json!({ "messageId": format!("{batch}-{n}"), "recipients": recipients }));
            let sent = stage.api.send_batch((0..1000).map(input).collect()).await;
            assert_eq!(sent["successCount"], 1000);
        }
        stage.api.wait_all_finished(Duration::from_secs(120)).await;
        let mut sizes = Vec::new();
        let mut before = 0;
        for query in ["", "?format=xlsx", "", "?format=xlsx", ""] {
            let (status, _, file) = export(&stage.api, query).await;
            assert_eq!(status, 200);
            if query.is_empty() {
                assert_eq!(file.iter().filter(|byte| **byte == b'\n').count(), 10_001);
                sizes.push(file.len());
            }
            // The first two fill what is kept for the next ones: connections, statements, pages.
            if sizes.len() == 1 && before == 0 && !query.is_empty() {
                before = memory(&stage.server);
            }
        }
        let after = memory(&stage.server);
        let size = sizes[0] as u64 >> 20;
        assert!(size >= 40, "{size} MiB");
        assert!(after < before + size / 3, "from {before} to {after} MiB, by files of {size} MiB");
    }
}
