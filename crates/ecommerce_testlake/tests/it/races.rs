use super::*;
use ecommerce_testlake::FaultProxy;
use futures::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};

const KEYS: usize = 40;
const RACERS: usize = 32;

/// How many of the racers created each key, and who is found there in the end.
async fn winners(store: &AmazonS3) -> Vec<(Vec<usize>, usize)> {
    let mut all = Vec::new();
    for k in 0..KEYS {
        let key = Path::from(format!("carrera/{k}"));
        let race = futures::stream::iter(0..RACERS).map(|racer| {
            let key = key.clone();
            async move {
                match store
                    .put_opts(&key, racer.to_string().into(), PutMode::Create.into())
                    .await
                {
                    Ok(_) => Some(racer),
                    Err(Error::AlreadyExists { .. }) => None,
                    Err(other) => panic!("{other}"),
                }
            }
        });
        let won: Vec<usize> = race
            .buffer_unordered(RACERS)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let found = store.get(&key).await.unwrap().bytes().await.unwrap();
        all.push((
            won,
            String::from_utf8(found.to_vec()).unwrap().parse().unwrap(),
        ));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creators_exactly_one_wins_and_its_bytes_stay() {
    let server = server();
    for (won, found) in winners(&client(server.storage_options())).await {
        assert_eq!(won, [found]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_it_is_through_a_proxy() {
    let server = server();
    let proxy = FaultProxy::before(&server, 0).unwrap();
    for (won, found) in winners(&client(proxy.storage_options(&server))).await {
        assert_eq!(won, [found]);
    }
    let attempts = proxy.attempts("PUT", "/carrera/");
    assert_eq!(attempts.len(), KEYS * RACERS);
    assert!(
        attempts
            .iter()
            .all(|attempt| attempt.conditional && attempt.status == attempt.upstream)
    );
}
