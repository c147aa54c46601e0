//! A process that is gone: who is told, and how soon.

use std::time::Duration;

use ecommerce_cluster::{Cluster, ClusterError, Engine, Functions, versions};

use crate::scene::{options, scheduler};

/// An executor that only keeps its connection.
fn phantom(address: &ecommerce_cluster::Address, id: &str) -> std::net::TcpStream {
    use std::io::{BufRead as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", address.port())).unwrap();
    writeln!(
        stream,
        r#"{{"executor":[{{"id":"{id}","pid":1,"engine":"distribuido","address":"http://127.0.0.1:1","functions":[]}},"{}"]}}"#,
        versions()
    )
    .unwrap();
    let mut answer = String::new();
    std::io::BufReader::new(stream.try_clone().unwrap())
        .read_line(&mut answer)
        .unwrap();
    assert!(answer.contains("welcome"), "{answer}");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_executor_is_told_before_a_query_and_to_new_clients() {
    let (address, _serving) = scheduler(Engine::Distribuido, 2, Functions::default()).await;
    let (one, _two) = (phantom(&address, "uno"), phantom(&address, "dos"));
    let cluster = Cluster::connect(&address.to_string(), options())
        .await
        .unwrap();
    assert_eq!(cluster.members().len(), 2);
    drop(one);
    // A plan that needs no executor: what is wrong is the cluster.
    let plan = cluster.plan("SELECT 1").await.unwrap();
    let lost = |error: ClusterError| match error {
        ClusterError::ExecutorLost { executor, .. } => executor,
        other => panic!("{other}"),
    };
    assert_eq!(lost(cluster.collect(plan).await.unwrap_err()), "uno");
    let Err(error) = Cluster::connect(&address.to_string(), options()).await else {
        panic!("a cluster that lost an executor is not whole")
    };
    assert_eq!(lost(error), "uno");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_keeps_its_connection_and_does_not_answer_is_lost_at_the_end_of_a_query() {
    let (address, _serving) = scheduler(Engine::Distribuido, 1, Functions::default()).await;
    let _mute = phantom(&address, "mudo");
    let cluster = Cluster::connect(&address.to_string(), options())
        .await
        .unwrap();
    let plan = cluster.plan("SELECT 1").await.unwrap();
    match cluster.collect(plan).await.unwrap_err() {
        ClusterError::ExecutorLost { executor, reason } => {
            assert_eq!(
                (executor.as_str(), reason.as_str()),
                ("mudo", "it does not answer")
            );
        }
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_restart_reconnecting_ends_at_its_deadline() {
    let (address, _serving) = scheduler(Engine::Distribuido, 1, Functions::default()).await;
    let gone = phantom(&address, "uno");
    let cluster = Cluster::connect(&address.to_string(), options())
        .await
        .unwrap();
    drop(gone);
    let plan = cluster.plan("SELECT 1").await.unwrap();
    let error = cluster
        .collect_with_restart(plan, 3, Duration::from_millis(300))
        .await
        .unwrap_err();
    assert!(error.is_loss(), "{error}");
}
