use super::*;
use ecommerce_testlake::{Fault, FaultProxy, Rule};
use object_store::ObjectStoreExt;
use object_store::path::Path;

#[tokio::test]
async fn nothing_of_ours_prints_its_keys() {
    let server = server();
    let proxy = FaultProxy::before(&server, 0).unwrap();
    proxy.add(Rule::put(Fault::Answer(503)).times(1));
    client(proxy.storage_options(&server))
        .put(&Path::from("x"), "x".into())
        .await
        .unwrap();
    let keys = server.credentials();
    for text in [
        format!("{server:?}"),
        format!("{proxy:?}"),
        format!("{keys:?}"),
        format!("{:?}", proxy.exchanges()),
    ] {
        assert_eq!(keys.occurrences(&text), 0, "{}", text.len());
    }
    let shown = format!("{:?}", server.storage_options());
    assert_eq!(keys.occurrences(&shown), 2, "the search itself finds both");
}

#[test]
fn every_server_has_keys_of_its_own() {
    let (one, other) = (server(), server());
    assert_ne!(one.credentials(), other.credentials());
    assert_ne!(one.address(), other.address());
}
