//! The test lake from outside: through object_store's client, over real sockets.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on fails"
)]

mod delta;
mod faults;
mod races;
mod s3;
mod secrets;

use ecommerce_testlake::S3Server;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::collections::HashMap;
use std::time::Duration;

const BUCKET: &str = "lago";

fn server() -> S3Server {
    let server = S3Server::start().unwrap();
    server.create_bucket(BUCKET).unwrap();
    server
}

/// A client that tries five times more, after 20 ms and doubling, and is patient enough for a busy machine.
fn client(options: HashMap<String, String>) -> AmazonS3 {
    client_with_patience(options, Duration::from_secs(20))
}

fn client_with_patience(options: HashMap<String, String>, answer_within: Duration) -> AmazonS3 {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(20),
        max_backoff: Duration::from_millis(200),
        base: 2.0,
    };
    let retry = RetryConfig {
        backoff,
        max_retries: 5,
        retry_timeout: Duration::from_secs(30),
    };
    let builder = AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_retry(retry);
    let configured = options
        .into_iter()
        .filter(|(name, _)| name != "AWS_ALLOW_HTTP");
    let builder = configured.fold(builder, |builder, (name, value)| {
        builder.with_config(name.to_lowercase().parse().unwrap(), value)
    });
    builder
        .with_client_options(
            ClientOptions::new()
                .with_allow_http(true)
                .with_timeout(answer_within),
        )
        .build()
        .unwrap()
}
