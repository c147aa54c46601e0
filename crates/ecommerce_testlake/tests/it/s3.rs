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
async fn what_other_keys_begin_with_is_no_object() {
    let server = server();
    let store = client(server.storage_options());
    store
        .put(&Path::from("t/dia=a b/uno.txt"), "1".into())
        .await
        .unwrap();
    for prefix in ["t", "t/dia=a b"] {
        let (head, get) = (
            store.head(&Path::from(prefix)).await,
            store.get(&Path::from(prefix)).await,
        );
        assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
        assert!(matches!(get, Err(Error::NotFound { .. })), "{prefix}");
    }
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
async fn what_an_unfinished_upload_leaves_is_seen_until_it_is_aborted() {
    let server = server();
    let store = client(server.storage_options());
    let mut upload = store.put_multipart(&Path::from("g")).await.unwrap();
    upload.put_part(vec![1; 5 << 20].into()).await.unwrap();
    let left = server.unfinished_uploads().unwrap();
    assert_eq!(left.len(), 3, "record, attributes and a part: {left:?}");
    upload.abort().await.unwrap();
    assert_eq!(
        server.unfinished_uploads().unwrap(),
        [""; 0].map(std::path::PathBuf::from)
    );
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_said_so_and_not_made() {
    let server = S3Server::start().unwrap();
    let store = client(server.storage_options());
    let key = Path::from("x");
    for error in [
        store.get(&key).await.unwrap_err(),
        store.put(&key, "x".into()).await.unwrap_err(),
        // The client files this one under `Generic`.
        store.list(None).try_collect::<Vec<_>>().await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("NoSuchBucket"), "{error}");
    }
    assert!(!server.path_of(BUCKET, "").exists());
}

#[tokio::test]
async fn the_server_in_memory_puts_gets_and_cuts() {
    let server = S3Server::start_in_memory().unwrap();
    let store = client(server.storage_options());
    let key = Path::from("a/b");
    let bytes: Vec<u8> = (0..3 << 20).map(|i: u32| (i % 251) as u8).collect();
    let written = store.put(&key, bytes.clone().into()).await.unwrap();
    let read = store.get(&key).await.unwrap();
    assert_eq!(read.meta.e_tag, written.e_tag);
    assert!(read.bytes().await.unwrap() == bytes);
    assert_eq!(store.get_range(&key, 7..12).await.unwrap(), bytes[7..12]);
    assert_eq!(store.head(&key).await.unwrap().size, bytes.len() as u64);
    let missing = store.get(&Path::from("c")).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })));
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
