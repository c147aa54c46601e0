//! The processes: where they listen, how they end, what happens when one of the family dies.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use ecommerce_cluster::faults::{Fault, inject};
use ecommerce_cluster::{Cluster, Engine};
use ecommerce_testkit::process::{Child, Signal, Trigger};
use ej_16_4_4_ballista::{Raised, Shape};

use crate::escenario::{PROGRAM, options};

/// The addresses on which a process listens, from its open sockets and the kernel's list.
fn listening(pid: u32) -> Vec<(Ipv4Addr, u16)> {
    let sockets: BTreeSet<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| std::fs::read_link(fd.path()).ok())
        .filter_map(|link| {
            Some(
                link.to_str()?
                    .strip_prefix("socket:[")?
                    .strip_suffix(']')?
                    .to_owned(),
            )
        })
        .collect();
    let v6 = std::fs::read_to_string(format!("/proc/{pid}/net/tcp6")).unwrap_or_default();
    for line in v6.lines().skip(1) {
        let fields: Vec<_> = line.split_whitespace().collect();
        assert!(
            !(fields[3] == "0A" && sockets.contains(fields[9])),
            "{pid} listens on IPv6: {line}"
        );
    }
    std::fs::read_to_string(format!("/proc/{pid}/net/tcp"))
        .unwrap()
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let (address, port) = fields[1].split_once(':')?;
            let listens = fields[3] == "0A" && sockets.contains(fields[9]);
            let address = u32::from_str_radix(address, 16).ok()?.to_ne_bytes();
            listens.then(|| {
                (
                    Ipv4Addr::from(address),
                    u16::from_str_radix(port, 16).unwrap(),
                )
            })
        })
        .collect()
}

fn alive(pid: u32) -> bool {
    // A process that ended and was not waited for yet is a zombie.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .trim_start()
            .starts_with('Z')
    })
}

/// Waits until none of them is there; the condition is the end, the time only bounds it.
fn gone(pids: &[u32]) -> bool {
    let start = Instant::now();
    while pids.iter().any(|pid| alive(*pid)) {
        if start.elapsed() > Duration::from_secs(20) {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

async fn family(raised: &Raised) -> Vec<u32> {
    let cluster = Cluster::connect(raised.url(), options()).await.unwrap();
    let mut pids: Vec<u32> = cluster.members().iter().map(|member| member.pid).collect();
    pids.push(cluster.scheduler_pid());
    pids
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn todo_escucha_en_127_0_0_1_y_en_ningun_otro_sitio() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let raised = Raised::start(Path::new(PROGRAM), &Shape::of(engine)).unwrap();
        let pids = family(&raised).await;
        assert_eq!(pids.len(), 3);
        for pid in &pids {
            let addresses = listening(*pid);
            assert!(!addresses.is_empty(), "{engine}: {pid} listens nowhere");
            for (address, port) in addresses {
                assert_eq!(
                    address,
                    Ipv4Addr::LOCALHOST,
                    "{engine}: {pid} listens on {address}:{port}"
                );
            }
        }
        assert_eq!(listening(raised.pid()), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn al_soltarlo_no_queda_ningun_proceso() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let raised = Raised::start(Path::new(PROGRAM), &Shape::of(engine)).unwrap();
        let mut pids = family(&raised).await;
        pids.push(raised.pid());
        drop(raised);
        assert!(gone(&pids), "{engine}: {pids:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn si_matan_a_levantar_sus_procesos_terminan_solos() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let raised = Raised::start(Path::new(PROGRAM), &Shape::of(engine)).unwrap();
        let pids = family(&raised).await;
        inject(Fault::Kill, raised.pid()).unwrap();
        assert!(gone(&pids), "{engine}: {pids:?}");
    }
}

#[test]
#[ignore = "tier cluster: cargo xtask test"]
fn ctrl_c_termina_con_codigo_0() {
    for engine in ["ballista", "distribuido"] {
        let ended = Child::new(PROGRAM)
            .args([
                "levantar",
                "--puerto",
                "0",
                "--ejecutores",
                "2",
                "--motor",
                engine,
            ])
            .timeout(Duration::from_secs(90))
            .spawn()
            .unwrap()
            .signal_when(Signal::Interrupt, &Trigger::Stdout(1))
            .unwrap();
        assert_eq!((ended.code, ended.timed_out), (Some(0), false), "{ended:?}");
        assert!(
            ended.stdout_text().starts_with("listo df://127.0.0.1:"),
            "{ended:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sin_reinicios_la_muerte_de_un_ejecutor_termina_con_error_y_sin_restos() {
    let mut shape = Shape::of(Engine::Ballista);
    shape.restarts = 0;
    let raised = Raised::start(Path::new(PROGRAM), &shape).unwrap();
    let pids = family(&raised).await;
    inject(Fault::Kill, pids[0]).unwrap();
    assert!(gone(&pids));
    assert!(
        raised
            .ready(Duration::from_secs(20))
            .unwrap_err()
            .to_string()
            .contains("it ended")
    );
}

#[test]
#[ignore = "tier cluster: cargo xtask test"]
fn un_planificador_que_no_esta_es_un_error_de_una_linea_en_menos_de_10_segundos() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("df://{free}");
    for arguments in [
        vec!["consultar", "--planificador", &url, "SELECT 1"],
        vec!["ejecutor", "--planificador", &url],
    ] {
        let start = Instant::now();
        let ended = Child::new(PROGRAM)
            .args(&arguments)
            .timeout(Duration::from_secs(30))
            .run()
            .unwrap();
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let text = ended.stderr_text();
        assert!(text.lines().count() == 1 && text.contains(&url), "{text}");
        assert!(
            start.elapsed() < Duration::from_secs(12),
            "{:?}",
            start.elapsed()
        );
    }
}
