//! Addresses, strangers, versions, functions.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use ecommerce_cluster::{Address, Cluster, ClusterError, Engine, Functions, Options, versions};

use crate::scene::{join, options, scene, scheduler};

fn soon() -> Options {
    Options {
        connect: Duration::from_millis(400),
        ..Options::default()
    }
}

async fn refused(url: &str) -> ClusterError {
    match Cluster::connect(url, soon()).await {
        Ok(_) => panic!("{url} should not connect"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn an_address_is_df_host_and_port() {
    for (url, why) in [
        ("127.0.0.1:50050", "does not begin with df://"),
        ("http://127.0.0.1:50050", "does not begin with df://"),
        ("df://127.0.0.1", "has no port"),
        ("df://127.0.0.1:0", "port 0"),
        ("df://127.0.0.1:70000", "no number below 65536"),
        (
            "df://planificador.example:50050",
            "neither an IP address nor localhost",
        ),
    ] {
        let error = refused(url).await;
        assert!(matches!(error, ClusterError::Address { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    let address: Address = "df://localhost:50050/".parse().unwrap();
    assert_eq!(address.to_string(), "df://127.0.0.1:50050");
    assert_eq!(
        "df://[::1]:1".parse::<Address>().unwrap().to_string(),
        "df://[::1]:1"
    );
}

#[tokio::test]
async fn nobody_at_the_address_is_an_error_within_the_time_to_connect() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let start = Instant::now();
    let error = refused(&format!("df://{free}")).await;
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.to_string().contains(&free.to_string()), "{error}");
    assert!(Options::default().connect < Duration::from_secs(10));
}

#[tokio::test]
async fn someone_who_says_nothing_is_an_error_within_the_time_to_connect() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = refused(&format!("df://{}", silent.local_addr().unwrap())).await;
    assert!(matches!(error, ClusterError::Stranger { .. }), "{error}");
}

/// Answers the first line of one connection with this one.
fn answering(line: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("df://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = String::new();
        BufReader::new(&stream).read_line(&mut hello).unwrap();
        writeln!(stream, "{line}").unwrap();
        let _ = stream.read(&mut [0]);
    });
    url
}

#[tokio::test]
async fn another_protocol_is_a_stranger() {
    let error = refused(&answering("HTTP/1.1 400 Bad Request".to_owned())).await;
    assert!(matches!(error, ClusterError::Stranger { .. }), "{error}");
}

#[tokio::test]
async fn a_scheduler_of_other_versions_is_refused_by_the_client() {
    let theirs = "ecommerce_cluster 9.9.9, ballista 99.0.0, datafusion 99.0.0";
    let welcome = format!(
        r#"{{"welcome":{{"instance":"x","versions":"{theirs}","pid":1,"engine":"ballista","scheduler":null,"expected":0,"members":[],"lost":[],"functions":[]}}}}"#
    );
    match refused(&answering(welcome)).await {
        ClusterError::Version {
            theirs: found,
            ours,
        } => {
            assert_eq!((found.as_str(), ours), (theirs, versions()));
        }
        other => panic!("{other}"),
    }
}

/// Says this line to the scheduler and returns its answer.
fn say(address: &Address, line: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", address.port())).unwrap();
    writeln!(stream, "{line}").unwrap();
    let mut answer = String::new();
    BufReader::new(stream.try_clone().unwrap())
        .read_line(&mut answer)
        .unwrap();
    (stream, answer)
}

fn executor_line(engine: &str, versions: &str) -> String {
    format!(
        r#"{{"executor":[{{"id":"e1","pid":1,"engine":"{engine}","address":"http://127.0.0.1:1","functions":[]}},"{versions}"]}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_of_other_versions_or_of_another_engine_is_refused_by_the_scheduler() {
    let (address, _serving) = scheduler(Engine::Distribuido, 1, Functions::default()).await;
    let (_, answer) = say(
        &address,
        &executor_line("distribuido", "ecommerce_cluster 0.0.1"),
    );
    assert!(
        answer.contains("refused") && answer.contains("0.0.1"),
        "{answer}"
    );
    let (_, answer) = say(&address, &executor_line("ballista", &versions()));
    assert!(
        answer.contains("refused") && answer.contains("ballista"),
        "{answer}"
    );
    let (_stays, answer) = say(&address, &executor_line("distribuido", &versions()));
    assert!(answer.contains("welcome"), "{answer}");
    let (_, answer) = say(&address, &executor_line("distribuido", &versions()));
    assert!(answer.contains("there already"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_executors_are_an_error_that_counts_them() {
    let (address, _serving) = scheduler(Engine::Distribuido, 3, Functions::default()).await;
    let (_stays, _) = say(&address, &executor_line("distribuido", &versions()));
    let error = refused(&address.to_string()).await;
    assert!(
        matches!(
            error,
            ClusterError::NotReady {
                present: 1,
                expected: 3,
                ..
            }
        ),
        "{error}"
    );
}

fn double(volatility: Volatility) -> ScalarUDF {
    create_udf(
        "doble",
        vec![DataType::Int64],
        DataType::Int64,
        volatility,
        std::sync::Arc::new(|arguments: &[ColumnarValue]| {
            let arrays = ColumnarValue::values_to_arrays(arguments)?;
            let doubled =
                datafusion::arrow::compute::kernels::numeric::add(&arrays[0], &arrays[0])?;
            Ok(ColumnarValue::Array(doubled))
        }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_of_our_own_runs_on_executors_that_have_it_and_is_an_error_where_one_does_not() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let with = || Functions::new([double(Volatility::Immutable)]);
        let mut here = scene(engine).await;
        here.table().await;
        // The scene's executors have none; these clients have it.
        let (address, _serving) = scheduler(engine, 2, with()).await;
        let work = here.directory.path().join("with");
        std::fs::create_dir(&work).unwrap();
        here.executors.push(join(&address, &work, with()));
        let other = Functions::new([double(Volatility::Volatile)]);
        let work = here.directory.path().join("other");
        std::fs::create_dir(&work).unwrap();
        here.executors.push(join(&address, &work, other));
        let options = Options {
            functions: with(),
            ..options()
        };
        let cluster = Cluster::connect(&address.to_string(), options.clone())
            .await
            .unwrap();
        let dir = here.directory.path().join("t");
        cluster
            .parquet("t", &format!("{}/", dir.display()))
            .await
            .unwrap();
        let error = cluster
            .sql("SELECT sum(doble(id)) FROM t")
            .await
            .unwrap_err();
        assert!(
            matches!(error, ClusterError::FunctionMissing { .. }),
            "{error}"
        );
        assert!(
            error.to_string().contains("doble(Int64) immutable"),
            "{error}"
        );
        // Without the function the same cluster answers.
        assert_eq!(
            cluster.sql("SELECT sum(id) FROM t").await.unwrap().rows(),
            1
        );

        let (address, _serving) = scheduler(engine, 1, with()).await;
        let work = here.directory.path().join("alone");
        std::fs::create_dir(&work).unwrap();
        here.executors.push(join(&address, &work, with()));
        let cluster = Cluster::connect(&address.to_string(), options)
            .await
            .unwrap();
        cluster
            .parquet("t", &format!("{}/", dir.display()))
            .await
            .unwrap();
        let answer = cluster
            .sql("SELECT CAST(sum(doble(id)) AS BIGINT) AS s FROM t")
            .await
            .unwrap();
        assert_eq!(crate::queries::numbers(&answer, 0), [Some(999 * 1000)]);
    }
}
