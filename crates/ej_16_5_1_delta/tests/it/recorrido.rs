//! The walk: twelve versions, the same on disk and in S3.

use crate::bancada::{ambos, en_disco, numeros};
use ej_16_5_1_delta::{TableError, history, read_sales, walk, walk_vacuum};

/// What each version of the walk holds: files, and sales by number with their cents.
const VERSIONES: [(usize, &[(i64, i64)]); 12] = [
    (0, &[]),
    (1, &[(1, 15_050), (2, 9_999), (3, 50), (4, 120_000)]),
    (
        2,
        &[
            (1, 15_050),
            (2, 9_999),
            (3, 50),
            (4, 120_000),
            (11, 3_000),
            (12, 4_500),
            (13, 70),
            (14, 8_000),
            (15, 6_100),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (3, 50),
            (4, 120_000),
            (11, 3_000),
            (12, 4_500),
            (13, 70),
            (14, 8_000),
            (15, 6_100),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (3, 50),
            (4, 120_000),
            (11, 3_000),
            (12, 4_500),
            (13, 70),
            (14, 8_000),
            (15, 6_100),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (11, 3_000),
            (12, 4_500),
            (14, 8_000),
            (15, 6_100),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
    (
        3,
        &[
            (1, 15_500),
            (4, 120_000),
            (5, 7_200),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (5, 7_200),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (5, 7_200),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
    (
        2,
        &[
            (1, 15_500),
            (4, 120_000),
            (14, 8_800),
            (15, 6_100),
            (16, 2_500),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn las_operaciones_hacen_lo_mismo_en_disco_y_en_s3_y_cada_version_se_relee() {
    let mut corridas = Vec::new();
    for sitio in ambos() {
        let pasos = walk(&sitio.place).await.unwrap();
        for (version, (paso, (archivos, ventas))) in pasos.iter().zip(VERSIONES).enumerate() {
            let vistas: Vec<_> = paso
                .ventas
                .iter()
                .map(|v| (v.venta_id, v.monto.get()))
                .collect();
            assert_eq!(paso.version, version as u64, "{}", paso.titulo);
            assert_eq!(
                (paso.archivos, vistas.as_slice()),
                (archivos, ventas),
                "{} {}",
                sitio.nombre,
                paso.titulo
            );
            let tabla = sitio.place.open_at(paso.version).await.unwrap();
            assert_eq!(
                read_sales(&tabla).await.unwrap(),
                paso.ventas,
                "{}",
                paso.titulo
            );
        }
        assert_eq!(pasos.len(), 12);
        let regiones: Vec<_> = pasos[4]
            .ventas
            .iter()
            .filter(|v| v.region.as_deref() == Some("sin región"))
            .collect();
        assert_eq!(regiones.len(), 2);
        corridas.push((pasos, sitio));
    }
    assert_eq!(corridas[0].0, corridas[1].0);

    for (pasos, sitio) in &corridas {
        let tabla = sitio.place.open().await.unwrap();
        let commits = history(&tabla).await.unwrap();
        let operaciones: Vec<_> = commits.iter().rev().map(|c| c.operation.as_str()).collect();
        assert_eq!(
            operaciones,
            [
                "CREATE TABLE",
                "WRITE",
                "WRITE",
                "WRITE",
                "UPDATE",
                "DELETE",
                "MERGE",
                "ADD CONSTRAINT",
                "WRITE",
                "OPTIMIZE",
                "OPTIMIZE",
                "RESTORE"
            ]
        );
        let barrido = walk_vacuum(&sitio.place).await.unwrap();
        assert_eq!(barrido.dichos, barrido.borrados);
        assert!(!barrido.borrados.is_empty());
        assert_eq!(numeros(&barrido.ultimo.ventas), numeros(&pasos[11].ventas));
        let vieja = sitio.place.open_at(1).await.unwrap();
        assert!(read_sales(&vieja).await.is_err(), "{}", sitio.nombre);
    }
}

#[tokio::test]
async fn el_recorrido_no_empieza_donde_hay_algo() {
    let sitio = en_disco();
    walk(&sitio.place).await.unwrap();
    let antes = sitio.arbol();
    let error = walk(&sitio.place).await;
    assert!(matches!(error, Err(TableError::Occupied(_))), "{error:?}");
    assert_eq!(antes.changes(&sitio.arbol()), []);
}
