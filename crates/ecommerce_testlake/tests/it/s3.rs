use super::*;
use ecommerce_testlake::LakeError;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, UpdateVersion};
use std::net::TcpStream;

#[tokio::test]
async fn objects_are_written_read_listed_copied_and_deleted() {
    let server = server();
    let store = client(server.storage_options());
    let key = Path::from("a/uno.txt");
    let written = store.put(&key, "hola, lago".into()).await.unwrap();
    assert_eq!(
        store.get(&key).await.unwrap().bytes().await.unwrap(),
        "hola, lago"
    );
    assert_eq!(store.get_range(&key, 6..10).await.unwrap(), "lago");
    let head = store.head(&key).await.unwrap();
    assert_eq!((head.size, head.e_tag), (10, written.e_tag));
    store.copy(&key, &Path::from("a/b/dos.txt")).await.unwrap();
    let mut all: Vec<String> = store
        .list(None)
        .map_ok(|found| found.location.to_string())
        .try_collect()
        .await
        .unwrap();
    all.sort();
    assert_eq!(all, ["a/b/dos.txt", "a/uno.txt"]);
    let level = store
        .list_with_delimiter(Some(&Path::from("a")))
        .await
        .unwrap();
    assert_eq!(
        (level.objects.len(), level.common_prefixes),
        (1, vec![Path::from("a/b")])
    );
    store.delete(&key).await.unwrap();
    assert!(matches!(store.get(&key).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn an_upload_in_parts_is_one_object() {
    let server = server();
    let store = client(server.storage_options());
    let key = Path::from("grande.bin");
    let mut upload = store.put_multipart(&key).await.unwrap();
    for part in 0..3u8 {
        upload.put_part(vec![part; 5 << 20].into()).await.unwrap();
    }
    assert!(!server.path_of(BUCKET, "grande.bin").exists());
    upload.complete().await.unwrap();
    let bytes = store.get(&key).await.unwrap().bytes().await.unwrap();
    assert_eq!(
        (
            bytes.len(),
            bytes[0],
            bytes[(5 << 20) + 1],
            bytes[(15 << 20) - 1]
        ),
        (15 << 20, 0, 1, 2)
    );
}

#[tokio::test]
async fn a_conditional_update_needs_the_current_version() {
    let server = server();
    let store = client(server.storage_options());
    let key = Path::from("estado");
    let first = store
        .put_opts(&key, "1".into(), PutMode::Create.into())
        .await
        .unwrap();
    let version = || UpdateVersion {
        e_tag: first.e_tag.clone(),
        version: None,
    };
    store
        .put_opts(&key, "2".into(), PutMode::Update(version()).into())
        .await
        .unwrap();
    let stale = store
        .put_opts(&key, "3".into(), PutMode::Update(version()).into())
        .await;
    assert!(
        matches!(stale, Err(Error::Precondition { .. })),
        "{stale:?}"
    );
    assert_eq!(store.get(&key).await.unwrap().bytes().await.unwrap(), "2");
}

#[tokio::test]
async fn an_object_is_a_plain_file_where_path_of_says() {
    let server = server();
    client(server.storage_options())
        .put(&Path::from("t/_delta_log/0.json"), "{}".into())
        .await
        .unwrap();
    assert_eq!(
        std::fs::read(server.path_of(BUCKET, "t/_delta_log/0.json")).unwrap(),
        b"{}"
    );
}

#[tokio::test]
async fn other_credentials_are_refused() {
    let server = server();
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let mut options = server.storage_options();
        options.insert(name.into(), "wrong".into());
        let refused = client(options).put(&Path::from("x"), "x".into()).await;
        assert!(
            matches!(
                refused,
                Err(Error::PermissionDenied { .. } | Error::Unauthenticated { .. })
            ),
            "{name}: {refused:?}"
        );
    }
    assert!(!server.path_of(BUCKET, "x").exists());
}

#[test]
fn a_bucket_has_a_name_that_s3_allows() {
    let server = S3Server::start().unwrap();
    for name in ["ab", "Mayus", "../x", "a/b", "..."] {
        assert!(
            matches!(server.create_bucket(name), Err(LakeError::BucketName(refused)) if refused == name),
            "{name}"
        );
    }
    server.create_bucket("lago-1.de-prueba").unwrap();
    server.create_bucket("lago-1.de-prueba").unwrap();
}

#[test]
fn dropping_it_closes_the_port_and_removes_the_objects() {
    let server = server();
    let (address, objects) = (server.address(), server.path_of(BUCKET, ""));
    assert!(TcpStream::connect(address).is_ok() && objects.exists());
    drop(server);
    assert!(TcpStream::connect(address).is_err() && !objects.exists());
}

#[tokio::test]
async fn it_can_be_started_and_dropped_inside_a_runtime() {
    drop(server());
}
