//! Bodies that are slow, late or cut.

use super::*;

#[tokio::test]
async fn a_body_that_breaks_off_is_fetched_from_there_on() {
    let lake = lake();
    let bytes: Vec<u8> = (0..300_000u32).map(|i| (i % 251) as u8).collect();
    let key = lake.given("grande", bytes.clone()).await;
    lake.proxy.add(Rule::get(Fault::CutBody(100_000)).times(1));
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        bytes
    );
    let attempts = lake.proxy.attempts("GET", "/lago/grande");
    assert_eq!((attempts.len(), attempts[0].range.as_deref()), (2, None));
    // A reset may take with it the last bytes that were on their way, so "there" is where the client's bytes end.
    let range = attempts[1].range.as_deref().unwrap();
    let start = range
        .strip_prefix("bytes=")
        .and_then(|r| r.strip_suffix("-299999"));
    let start: u64 = start.unwrap().parse().unwrap();
    assert!((1..=100_000).contains(&start), "{range}");
}

#[tokio::test]
async fn a_body_no_longer_than_the_cut_passes_whole() {
    let lake = lake();
    let key = lake.given("x", vec![7; 100]).await;
    lake.proxy.add(Rule::get(Fault::CutBody(100)));
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        vec![7; 100]
    );
    assert_eq!(lake.statuses("GET").len(), 1);
}

#[tokio::test]
async fn a_throttled_body_takes_its_time_and_arrives_whole() {
    let lake = lake();
    let key = lake.given("x", vec![7; 3000]).await;
    lake.proxy.add(Rule::any(Fault::Throttle(10_000)));
    for slow in [true, false] {
        let before = Instant::now();
        assert_eq!(
            lake.store
                .get(&key)
                .await
                .unwrap()
                .bytes()
                .await
                .unwrap()
                .len(),
            3000
        );
        assert_eq!(before.elapsed() >= Duration::from_millis(300), slow);
        lake.proxy.clear();
    }
    lake.proxy.add(Rule::put(Fault::Throttle(10_000)));
    let before = Instant::now();
    lake.store.put(&key, vec![8; 3000].into()).await.unwrap();
    assert!(before.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn one_byte_per_second_is_an_error_in_time() {
    let lake = lake().impatient();
    let key = lake.given("x", vec![7; 3000]).await;
    lake.proxy.add(Rule::get(Fault::Throttle(1)));
    let before = Instant::now();
    let read = async { lake.store.get(&key).await?.bytes().await }.await;
    assert!(read.is_err());
    assert!(before.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_delayed_answer_is_late_and_right() {
    let lake = lake();
    let key = lake.given("x", b"abc".to_vec()).await;
    lake.proxy
        .add(Rule::get(Fault::Delay(Duration::from_millis(200))));
    let before = Instant::now();
    assert_eq!(
        lake.store.get(&key).await.unwrap().bytes().await.unwrap(),
        "abc"
    );
    assert!(before.elapsed() >= Duration::from_millis(200));
}
