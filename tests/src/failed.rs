//! The failed set and the jobs over it, as tests use them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{Api, created};
use crate::wait::{SOON, within};

const JOB: &str =
    "id kind status total done skipped ratePerSecond errorMessage createdBy createdAt updatedAt finishedAt
    filter { tenantId errorCode channelType channelConfigId businessType failedFrom failedTo }";

impl Api {
    /// The failed tasks that `filter` lets through, newest first.
    pub async fn failed_tasks(&self, filter: Value) -> Vec<Value> {
        let query = "query($filter: FailedTaskFilter, $after: String) {
            it: failedTasks(filter: $filter, first: 100, after: $after) {
                nodes { id messageId channelType status errorCode resultMessage finishedAt discardedAt }
                pageInfo { hasNextPage endCursor } } }";
        let mut all = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = self.gql(query, json!({ "filter": filter, "after": after })).await["it"].take();
            all.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                return all;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// The payload of `retryTasks` or `discardTasks`.
    pub async fn try_bulk(&self, mutation: &str, input: Value) -> Value {
        let query = format!(
            "mutation($input: BulkTasksInput!) {{ it: {mutation}(input: $input) {{ it: bulkJob {{ {JOB} }} userErrors {{ field message code }} }} }}"
        );
        self.gql(&query, json!({ "input": input })).await["it"].take()
    }

    /// The new job of `retryTasks` or `discardTasks`.
    pub async fn bulk(&self, mutation: &str, input: Value) -> Value {
        created(&self.try_bulk(mutation, input).await)
    }

    /// The payload of `pauseBulkJob`, `resumeBulkJob` or `cancelBulkJob`.
    pub async fn try_steer(&self, mutation: &str, id: &Value) -> Value {
        let query = format!(
            "mutation($id: ID!) {{ it: {mutation}(id: $id) {{ it: bulkJob {{ {JOB} }} userErrors {{ field message code }} }} }}"
        );
        self.gql(&query, json!({ "id": id })).await["it"].take()
    }

    pub async fn steer(&self, mutation: &str, id: &Value) -> Value {
        created(&self.try_steer(mutation, id).await)
    }

    /// The job, or null.
    pub async fn bulk_job(&self, id: &Value) -> Value {
        let query = format!("query($id: ID!) {{ it: bulkJob(id: $id) {{ {JOB} }} }}");
        self.gql(&query, json!({ "id": id })).await["it"].take()
    }

    /// The newest jobs.
    pub async fn bulk_jobs(&self) -> Vec<Value> {
        let query = format!("{{ it: bulkJobs(first: 100) {{ nodes {{ {JOB} }} }} }}");
        self.gql(&query, json!({})).await["it"]["nodes"].as_array().unwrap().clone()
    }

    /// Waits until the job is as `wanted` says.
    pub async fn wait_job(&self, id: &Value, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_job_within(SOON, id, what, wanted).await
    }

    pub async fn wait_job_within(
        &self,
        deadline: Duration,
        id: &Value,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        within(deadline, &format!("a bulk job {what}"), async || {
            let job = self.bulk_job(id).await;
            assert!(job.is_object(), "there is no bulk job {id}");
            wanted(&job).then_some(job)
        })
        .await
    }

    /// Waits until the job is through.
    pub async fn wait_done(&self, id: &Value) -> Value {
        self.wait_job(id, "to be done", |job| {
            assert!(["RUNNING", "DONE"].contains(&job["status"].as_str().unwrap()), "{job:#}");
            job["status"] == "DONE"
        })
        .await
    }
}
