//! Business types: their registry, priority and green-channel lanes.

use posthorn_tests::*;

both! {
    async fn business_types_are_kept_per_tenant(stage: Stage) {
        let created = stage.api.create_business_type(json!({ "code": "ORDER", "name": "Order", "priority": 2, "lane": "vip" })).await;
        assert_holds(&created, &json!({ "code": "ORDER", "name": "Order", "enabled": true, "priority": 2, "lane": "vip" }));
        let taken = stage.api.try_create_business_type(json!({ "code": "ORDER", "name": "Again" })).await;
        assert_eq!(refused(&taken), [("TAKEN".to_owned(), "input.code".to_owned())]);
        for (input, code, path) in [
            (json!({ "code": "", "name": "x" }), "REQUIRED", "input.code"),
            (json!({ "code": "P", "name": "x", "priority": 10 }), "INVALID", "input.priority"),
            (json!({ "code": "P", "name": "x", "priority": -1 }), "INVALID", "input.priority"),
        ] {
            let errors = refused(&stage.api.try_create_business_type(input).await);
            assert_eq!(errors, [(code.to_owned(), path.to_owned())]);
        }

        let list = "{ it: businessTypes(first: 10) { totalCount nodes { id code priority } } }";
        let listed = stage.api.gql(list, json!({})).await["it"].take();
        assert_eq!(listed, json!({ "totalCount": 1, "nodes": [{ "id": created["id"], "code": "ORDER", "priority": 2 }] }));

        let update = "mutation($id: ID!, $input: BusinessTypeInput!) { it: updateBusinessType(id: $id, input: $input) {
            it: businessType { name priority enabled } userErrors { field code message } } }";
        let input = json!({ "code": "ORDER", "name": "Orders", "priority": 3, "enabled": false });
        let updated = stage.api.gql(update, json!({ "id": created["id"], "input": input })).await;
        assert_eq!(posthorn_tests::api::created(&updated["it"]), json!({ "name": "Orders", "priority": 3, "enabled": false }));

        let delete = "mutation($id: ID!) { it: deleteBusinessType(id: $id) { deletedId userErrors { code } } }";
        let deleted = stage.api.gql(delete, json!({ "id": created["id"] })).await;
        assert_eq!(deleted["it"], json!({ "deletedId": created["id"], "userErrors": [] }));
        assert_eq!(stage.api.gql(list, json!({})).await["it"]["totalCount"], 0);
        let again = stage.api.gql(delete, json!({ "id": created["id"] })).await;
        assert_eq!(again["it"], json!({ "deletedId": null, "userErrors": [{ "code": "NOT_FOUND" }] }));
    }

    async fn a_green_channel_has_workers_of_its_own(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/slow", json!({})).await;
        stage.local(json!({})).await;
        stage.api.create_business_type(json!({ "code": "URGENT", "name": "Urgent", "lane": "green", "priority": 0 })).await;
        // The general lane is full of sends that get no answer.
        receiver.hold();
        let stuck: Vec<_> = (0..200).map(|_| text_with("slow", json!({ "targetChannels": ["WEBHOOK"] }))).collect();
        assert_eq!(stage.api.send_batch(stuck).await["successCount"], 200);
        let urgent = text_with("urgent", json!({ "businessType": "URGENT", "targetChannels": ["LOCAL"] }));
        let id = stage.api.accept(urgent).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        receiver.release();
        let all = stage.api.wait_all_finished(SOON * 2).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 201);
        assert_eq!(receiver.all().len(), 200);
    }
}
