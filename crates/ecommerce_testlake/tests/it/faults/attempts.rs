//! How often a client tries, and how long it waits.

use super::*;
use futures::StreamExt;

#[tokio::test]
async fn without_rules_signed_requests_pass_unchanged() {
    let lake = lake();
    let key = Path::from("a b/ñ+%.txt");
    lake.store.put(&key, "x".into()).await.unwrap();
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        "x"
    );
    assert_eq!(lake.store.head(&key).await.unwrap().size, 1);
    assert!(lake.proxy.faults().is_empty() && lake.proxy.exchanges().len() == 3);
}

#[tokio::test]
async fn busy_twice_is_three_attempts_with_growing_waits() {
    for status in [500, 503, 429] {
        let lake = lake();
        lake.proxy.add(Rule::put(Fault::Answer(status)).times(2));
        lake.store.put(&Path::from("x"), "x".into()).await.unwrap();
        assert_eq!(
            lake.statuses("PUT"),
            [Some(status), Some(status), Some(200)]
        );
        let attempts = lake.proxy.attempts("PUT", "/lago/x");
        assert!(
            attempts[..2]
                .iter()
                .all(|attempt| attempt.upstream.is_none()),
            "not forwarded"
        );
        let waits: Vec<_> = attempts
            .windows(2)
            .map(|pair| pair[1].at - pair[0].at)
            .collect();
        assert!(
            waits.iter().all(|wait| *wait >= Duration::from_millis(15)),
            "{waits:?}"
        );
    }
}

#[tokio::test]
async fn an_error_that_is_no_accident_is_not_tried_again() {
    let lake = lake();
    let key = lake.given("x", b"x".to_vec()).await;
    lake.proxy
        .add(Rule::get(Fault::Refuse(400, "ExpiredToken")));
    let error = lake.store.get(&key).await.unwrap_err();
    assert!(error.to_string().contains("ExpiredToken"), "{error}");
    assert_eq!(lake.statuses("GET"), [Some(400)]);
}

#[tokio::test]
async fn a_dropped_read_is_tried_again() {
    let lake = lake();
    let key = lake.given("x", b"abc".to_vec()).await;
    lake.proxy.add(Rule::get(Fault::Drop).times(1));
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        "abc"
    );
    assert_eq!(lake.statuses("GET"), [None, Some(200)]);
}

#[tokio::test]
async fn a_third_of_all_requests_failing_is_survived_and_always_the_same_ones() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let lake = lake();
        lake.proxy
            .add(Rule::any(Fault::Answer(503)).probability(0.3));
        for i in 0..20 {
            lake.store
                .put(&Path::from(format!("k{i}")), "x".into())
                .await
                .unwrap();
        }
        assert!(!lake.proxy.faults().is_empty());
        runs.push(lake.statuses("PUT"));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn an_endpoint_that_is_down_refuses_in_time_and_comes_back_at_the_same_port() {
    let lake = lake();
    let key = lake.given("x", b"abc".to_vec()).await;
    lake.store.get(&key).await.unwrap().bytes().await.unwrap();
    lake.proxy.down().unwrap();
    lake.proxy.down().unwrap();
    lake.proxy.forget();
    let before = Instant::now();
    let error = lake.store.get(&key).await.unwrap_err();
    assert!(before.elapsed() < Duration::from_secs(10), "{error}");
    assert!(lake.proxy.exchanges().is_empty());
    lake.proxy.up().unwrap();
    lake.proxy.up().unwrap();
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        "abc"
    );
}

#[tokio::test]
async fn the_first_rule_that_is_due_decides() {
    let lake = lake();
    lake.proxy
        .add(Rule::put(Fault::Answer(500)).suffix("/a").times(1));
    lake.proxy.add(Rule::put(Fault::Answer(503)).times(2));
    lake.store.put(&Path::from("a"), "x".into()).await.unwrap();
    lake.store.put(&Path::from("b"), "x".into()).await.unwrap();
    assert_eq!(lake.statuses("PUT"), [500, 503, 503, 200, 200].map(Some));
}

#[tokio::test]
async fn the_bytes_of_every_answer_are_counted_and_the_number_survives_forgetting() {
    let lake = lake();
    let key = lake.given("x", vec![7; 100_000]).await;
    lake.store.get(&key).await.unwrap().bytes().await.unwrap();
    lake.store.get_range(&key, 10..30).await.unwrap();
    lake.store.head(&key).await.unwrap();
    let sent = |lake: &Lake| {
        lake.proxy
            .exchanges()
            .iter()
            .map(|e| e.sent)
            .collect::<Vec<_>>()
    };
    assert_eq!(sent(&lake), [100_000, 20, 0]);
    // Half read when the log is forgotten: its rest is not added to the next request.
    let mut slow = lake.store.get(&key).await.unwrap().into_stream();
    slow.next().await.unwrap().unwrap();
    lake.proxy.forget();
    lake.store.get_range(&key, 0..5).await.unwrap();
    while let Some(piece) = slow.next().await {
        piece.unwrap();
    }
    assert_eq!(sent(&lake), [5]);
}

#[tokio::test]
async fn an_answer_can_have_any_body() {
    let lake = lake();
    let text =
        "<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>";
    lake.proxy
        .add(Rule::get(Fault::AnswerWith(403, text.to_owned())));
    let error = lake.store.get(&Path::from("x")).await.unwrap_err();
    assert!(matches!(error, Error::PermissionDenied { .. }), "{error}");
    assert!(error.to_string().contains(text), "{error}");
}
