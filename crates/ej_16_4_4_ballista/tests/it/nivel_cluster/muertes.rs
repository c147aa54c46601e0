//! A handful of kills, a frozen process, and the cycle of restart and resubmission.

use std::time::{Duration, Instant};

use ecommerce_cluster::faults::{Fault, inject};
use ecommerce_cluster::{ClusterError, Engine, Options};
use ej_16_4_4_ballista::{Outcome, Phase, Shape, difference, strike};

use crate::escenario::{options, scene, scene_of, scene_with};
use crate::muertes::rounds;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn ballista_muera_quien_muera_da_la_respuesta_correcta_o_un_error_claro() {
    assert_eq!(rounds(Engine::Ballista, 1).await, Phase::ALL.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn datafusion_distributed_muera_quien_muera_da_la_respuesta_correcta_o_un_error_claro() {
    assert_eq!(rounds(Engine::Distribuido, 1).await, Phase::ALL.len());
}

/// Asks the engine itself while what a dead executor had written is needed.
async fn unprotected(engine: Engine) -> Outcome {
    let limit = Options {
        deadline: Duration::from_secs(25),
        ..options()
    };
    // Left as it is: with its scheduler and the other executor.
    let shape = Shape {
        arguments: vec!["--sin-vigilar".to_owned()],
        ..Shape::of(engine)
    };
    let here = scene_with(shape, limit).await;
    let strike = strike(
        &here.cluster,
        &here.gates,
        Phase::SecondStageOther,
        "solo",
        false,
    )
    .await
    .unwrap();
    assert!(strike.landed, "{strike:?}");
    strike.outcome
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sin_proteccion_ballista_no_responde_si_muere_un_ejecutor_entre_dos_etapas() {
    let outcome = unprotected(Engine::Ballista).await;
    assert_eq!(outcome, Outcome::Late);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn sin_proteccion_datafusion_distributed_da_un_error() {
    let outcome = unprotected(Engine::Distribuido).await;
    assert!(
        matches!(outcome, Outcome::Failed(_) | Outcome::Right),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn tras_el_reinicio_la_consulta_reenviada_tiene_la_respuesta_correcta() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        let query = "SELECT k, compuerta('otra', s) AS s FROM (SELECT id % 10 AS k, sum(id) AS s FROM a GROUP BY id % 10)";
        let plain = "SELECT id % 10 AS k, sum(id) AS s FROM a GROUP BY id % 10";
        let expected = here
            .alone
            .sql(plain)
            .await
            .unwrap()
            .collect()
            .await
            .unwrap();
        let plan = here.cluster.plan(query).await.unwrap();
        let answered = here
            .cluster
            .collect_with_restart(plan, 3, Duration::from_secs(60));
        let killing = async {
            let pid = here
                .gates
                .arrival("otra", Duration::from_secs(20))
                .await
                .unwrap();
            inject(Fault::Kill, pid).unwrap();
            here.gates.open("otra").unwrap();
        };
        let (answer, ()) = tokio::join!(answered, killing);
        assert_eq!(
            difference(&expected, &answer.unwrap().batches, false).unwrap(),
            None,
            "{engine}"
        );
        // The same address, other processes.
        assert_eq!(
            here.raised.ready(Duration::from_secs(60)).unwrap(),
            here.raised.url()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn un_ejecutor_congelado_acaba_en_error_dentro_del_plazo() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let limit = Options {
            deadline: Duration::from_secs(8),
            ..options()
        };
        let here = scene_of(engine, limit).await;
        let plan = here
            .cluster
            .plan("SELECT id % 10 AS k, sum(compuerta('hielo', id)) AS s FROM a GROUP BY id % 10")
            .await
            .unwrap();
        let start = Instant::now();
        let freezing = async {
            let pid = here
                .gates
                .arrival("hielo", Duration::from_secs(20))
                .await
                .unwrap();
            inject(Fault::Freeze, pid).unwrap();
            here.gates.open("hielo").unwrap();
            pid
        };
        let (answer, pid) = tokio::join!(here.cluster.collect(plan), freezing);
        let took = start.elapsed();
        // A frozen process does not notice that its cluster ends: it would have to be killed.
        inject(Fault::Kill, pid).unwrap();
        let error = answer.unwrap_err();
        assert!(
            matches!(
                error,
                ClusterError::Deadline(_) | ClusterError::ExecutorLost { .. }
            ),
            "{engine}: {error}"
        );
        assert!(took < Duration::from_secs(15), "{engine}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "tier cluster: cargo xtask test"]
async fn una_tabla_borrada_durante_la_consulta_es_un_error_o_la_respuesta_entera() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let here = scene(engine).await;
        let plain = "SELECT count(*) AS n, sum(id) AS s FROM a";
        let expected = here
            .alone
            .sql(plain)
            .await
            .unwrap()
            .collect()
            .await
            .unwrap();
        let plan = here
            .cluster
            .plan("SELECT count(*) AS n, sum(compuerta('borrada', id)) AS s FROM a")
            .await
            .unwrap();
        let deleting = async {
            here.gates
                .arrival("borrada", Duration::from_secs(20))
                .await
                .unwrap();
            std::fs::remove_dir_all(here.tables.directory().join("a")).unwrap();
            here.gates.open("borrada").unwrap();
        };
        match tokio::join!(here.cluster.collect(plan), deleting).0 {
            Ok(answer) => assert_eq!(
                difference(&expected, &answer.batches, false).unwrap(),
                None,
                "{engine}"
            ),
            Err(ClusterError::Changed { table, .. }) => assert_eq!(table, "a", "{engine}"),
            Err(ClusterError::Execution(error)) => {
                assert!(error.to_string().contains("parte-"), "{engine}: {error}");
            }
            Err(other) => panic!("{engine}: {other}"),
        }
        // A new query over it says what is missing.
        let error = here.cluster.sql(plain).await.unwrap_err();
        assert!(
            matches!(error, ClusterError::Source { .. }),
            "{engine}: {error}"
        );
    }
}
