//! Many kills.

use ecommerce_cluster::Engine;
use ej_16_4_4_ballista::Phase;

use crate::escenario::scene;
use crate::muertes::rounds;
use crate::nivel_cluster::respuestas::wrong_joins;

const ROUNDS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "largo: cargo xtask test --largo"]
async fn cuarenta_y_dos_muertes_con_ballista_y_ni_una_respuesta_falsa() {
    assert_eq!(
        rounds(Engine::Ballista, ROUNDS).await,
        ROUNDS * Phase::ALL.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "largo: cargo xtask test --largo"]
async fn cuarenta_y_dos_muertes_con_datafusion_distributed_y_ni_una_respuesta_falsa() {
    assert_eq!(
        rounds(Engine::Distribuido, ROUNDS).await,
        ROUNDS * Phase::ALL.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "largo: cargo xtask test --largo"]
async fn trescientas_formas_de_unir_responden_como_un_proceso() {
    for engine in [Engine::Ballista, Engine::Distribuido] {
        let scene = scene(engine).await;
        assert_eq!(
            wrong_joins(&scene, 300).await,
            Vec::<String>::new(),
            "{engine}"
        );
    }
}
