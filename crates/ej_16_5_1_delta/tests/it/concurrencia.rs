//! ACID, seen from outside: writers in processes of their own, a reader meanwhile, and answers that get lost.

use crate::bancada::{Sitio, ambos, en_disco, en_s3, lote_de, numeros, venta};
use datafusion::prelude::{col, lit};
use deltalake::kernel::{DataType, StructField};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testlake::{Fault, Rule};
use ej_16_5_1_delta::log;
use ej_16_5_1_delta::{
    Appended, Batches, Sale, TableError, append, append_once, compact, delete_where, overwrite,
    query, read_sales, update_where,
};
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::thread::JoinHandle;
use std::time::Duration;

const ESCRITORES: u32 = 8;
const LOTES: u32 = 3;
const FILAS: u32 = 40;

/// A writer's process, waited for by a thread of its own.
fn escritor(sitio: &Sitio, id: u32) -> JoinHandle<Finished> {
    let proceso = Child::new(env!("CARGO_BIN_EXE_ej_16_5_1_delta"))
        .args(["escritor", &sitio.direccion, "--id", &id.to_string()])
        .args(["--lotes", &LOTES.to_string(), "--filas", &FILAS.to_string()])
        .envs(&sitio.entorno)
        .timeout(Duration::from_secs(300))
        .spawn()
        .unwrap();
    std::thread::spawn(move || proceso.wait().unwrap())
}

/// How many rows each batch of each writer has in a version.
async fn por_lote(tabla: &deltalake::DeltaTable) -> BTreeMap<(String, String), i64> {
    let sql = "SELECT region, CAST(monto AS VARCHAR) AS lote, COUNT(*) AS filas FROM ventas GROUP BY region, monto";
    let filas = query(tabla, sql).await.unwrap();
    let celdas = ej_16_5_1_delta::cells(&filas, &["region", "lote", "filas"]).unwrap();
    celdas
        .iter()
        .map(|fila| {
            let partes: Vec<&str> = fila.split(" | ").collect();
            (
                (partes[0].to_owned(), partes[1].to_owned()),
                partes[2].parse().unwrap(),
            )
        })
        .collect()
}

/// Eight processes, each making the table if it is first, write their batches; meanwhile every version that a reader finds is whole.
async fn ocho_escritores(sitio: Sitio) {
    let mut en_marcha: Vec<_> = (1..=ESCRITORES).map(|id| escritor(&sitio, id)).collect();
    let todos = usize::try_from(ESCRITORES * LOTES).unwrap();
    let (mut vistas, mut terminados) = (BTreeMap::new(), Vec::new());
    while !en_marcha.is_empty() {
        // One look, then whoever has ended is collected: the reader never waits for a writer.
        match sitio.place.open().await {
            Ok(tabla) => {
                let lotes = por_lote(&tabla).await;
                assert!(
                    lotes.values().all(|filas| *filas == i64::from(FILAS)),
                    "a part of a commit: {lotes:?}"
                );
                let version = tabla.version().unwrap();
                assert_eq!(
                    lotes.len() as u64,
                    version,
                    "one batch per commit after the first"
                );
                if let Some(antes) = vistas.insert(version, lotes.clone()) {
                    assert_eq!(antes, lotes, "a version never changes");
                }
            }
            Err(TableError::NoTable(_)) => {}
            Err(otro) => panic!("{}: {otro}", sitio.nombre),
        }
        let (han_acabado, siguen) = en_marcha.into_iter().partition(JoinHandle::is_finished);
        en_marcha = siguen;
        let han_acabado: Vec<JoinHandle<Finished>> = han_acabado;
        terminados.extend(han_acabado.into_iter().map(|uno| uno.join().unwrap()));
    }
    let mut reconocidos = 0;
    for fin in &terminados {
        assert_eq!(fin.code, Some(0), "{fin:?}");
        reconocidos += fin.stdout_text().lines().count();
    }
    assert_eq!(reconocidos, todos);

    // None lost, none doubled: every row of every writer, once.
    let mut esperadas: Vec<Sale> = Vec::new();
    for writer in 1..=ESCRITORES {
        let lotes = Batches {
            writer,
            batches: LOTES,
            rows: FILAS,
        };
        (1..=LOTES).for_each(|n| esperadas.extend(lotes.sales(n)));
    }
    esperadas.sort();
    assert_eq!(sitio.ventas().await, esperadas, "{}", sitio.nombre);
    let files = log::files(&sitio.place).await.unwrap();
    let versiones: Vec<u64> = (0..=todos as u64).collect();
    assert_eq!(files.commits, versiones, "one commit each, without gaps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ocho_procesos_en_disco_no_pierden_ni_doblan_y_un_lector_solo_ve_commits_enteros() {
    ocho_escritores(en_disco()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ocho_procesos_en_s3_no_pierden_ni_doblan_y_un_lector_solo_ve_commits_enteros() {
    ocho_escritores(en_s3()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_archivo_sin_commit_no_es_de_la_tabla() {
    let sitio = en_s3();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let proxy = sitio.proxy.as_ref().unwrap();
    let al_commit = || Rule::put(Fault::Refuse(403, "AccessDenied")).path("_delta_log/");
    proxy.add(al_commit());
    let archivos = |sitio: &Sitio| {
        sitio
            .arbol()
            .files()
            .filter(|f| f.extension().is_some_and(|e| e == "parquet"))
            .count()
    };
    let antes = archivos(&sitio);
    let error = append(tabla, [lote_de(&[venta(2, "sur", 200)])]).await;
    assert!(error.is_err());
    assert_eq!(archivos(&sitio), antes + 1, "the data were written");
    assert_eq!(numeros(&sitio.ventas().await), [1], "and are not seen");
}

/// The commit is applied and its answer lost. Told 503, the store's client asks again, hears that the version exists, and the library
/// commits the same file once more: a version too many, whose rows count once. Cut off, nobody asks again, and the caller does not know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn si_la_respuesta_del_commit_se_pierde_repetir_un_append_lo_dobla_y_repetir_append_once_no()
{
    let sitio = en_s3();
    let mut tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let proxy = sitio.proxy.as_ref().unwrap();
    let al_commit = |fallo| {
        Rule::put(fallo)
            .path("_delta_log/")
            .suffix(".json")
            .times(1)
    };
    let fallos = || proxy.faults().len();

    proxy.add(al_commit(Fault::ApplyThenAnswer(503)));
    tabla = append(tabla, [lote_de(&[venta(2, "sur", 200)])])
        .await
        .unwrap();
    assert_eq!(
        (fallos(), tabla.version()),
        (1, Some(3)),
        "two versions for one append"
    );
    assert_eq!(
        log::read(&sitio.place, 2).await.unwrap().actions.len(),
        log::read(&sitio.place, 3).await.unwrap().actions.len()
    );
    assert_eq!(numeros(&sitio.ventas().await), [1, 2]);

    proxy.add(al_commit(Fault::ApplyThenDrop));
    let a_ciegas = append(tabla.clone(), [lote_de(&[venta(3, "este", 300)])]).await;
    assert!(a_ciegas.is_err(), "although it was applied");
    tabla.update_state().await.unwrap();
    tabla = append(tabla, [lote_de(&[venta(3, "este", 300)])])
        .await
        .unwrap();
    assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 3]);

    let mut hechos = Vec::new();
    for (numero, fallo) in [(1, Fault::ApplyThenAnswer(503)), (2, Fault::ApplyThenDrop)] {
        let (antes, version) = (fallos(), tabla.version().unwrap());
        proxy.add(al_commit(fallo));
        let lote = lote_de(&[venta(10 + numero, "este", 400)]);
        for _ in 0..2 {
            let hecho;
            (tabla, hecho) = append_once(tabla, "caja-3", numero, &lote).await.unwrap();
            hechos.push(hecho);
        }
        assert_eq!(
            (fallos(), tabla.version()),
            (antes + 1, Some(version + 1)),
            "one version"
        );
    }
    assert_eq!(
        hechos,
        [Appended::Already; 4],
        "recognised as its own, both times"
    );
    assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 3, 11, 12]);
    let (_, nuevo) = append_once(tabla, "caja-3", 3, &lote_de(&[venta(13, "este", 400)]))
        .await
        .unwrap();
    assert_eq!(nuevo, Appended::Now);
}

/// Both look, both see nothing, and the first commit of one is late: the library tries it again as version 1.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn la_biblioteca_sola_deja_que_dos_creen_la_misma_tabla() {
    let sitio = en_s3();
    let proxy = sitio.proxy.as_ref().unwrap();
    let tarde = Fault::Delay(Duration::from_secs(2));
    proxy.add(Rule::put(tarde).path("_delta_log/").times(1));
    let creacion = |columna: &str| {
        let columna = StructField::nullable(columna, DataType::LONG);
        sitio.place.unopened().create().with_columns([columna])
    };
    let (una, otra) = tokio::join!(creacion("a").into_future(), creacion("b").into_future());
    let (una, otra) = (una.unwrap(), otra.unwrap());
    let segunda = if una.version() == Some(1) { "a" } else { "b" };
    let mut versiones = [una.version(), otra.version()];
    versiones.sort();
    assert_eq!(
        versiones,
        [Some(0), Some(1)],
        "both were told that they made it"
    );
    let tabla = sitio.place.open().await.unwrap();
    let esquema = tabla.snapshot().unwrap().schema();
    let columnas: Vec<_> = esquema.fields().map(|f| f.name().as_str()).collect();
    assert_eq!(
        columnas,
        [segunda],
        "the second one's stand over the first one's"
    );
}

/// Two operations from one version, the second against what the first did: rebased, or refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dos_operaciones_de_la_misma_version_conviven_o_una_se_rechaza() {
    for sitio in ambos() {
        let tabla = sitio
            .con(&[&[venta(1, "norte", 100)], &[venta(2, "sur", 200)]])
            .await;
        let sur = || col("region").eq(lit("sur"));

        // Append after append: rebased.
        let a = append(tabla.clone(), [lote_de(&[venta(3, "este", 300)])])
            .await
            .unwrap();
        let b = append(tabla.clone(), [lote_de(&[venta(4, "este", 400)])])
            .await
            .unwrap();
        assert_eq!((a.version(), b.version()), (Some(3), Some(4)));

        // Append after another's delete: refused, although it reads nothing; tried again it is taken.
        let base = sitio.place.open().await.unwrap();
        delete_where(base.clone(), col("venta_id").eq(lit(4i64)))
            .await
            .unwrap();
        let lote = lote_de(&[venta(5, "oeste", 500)]);
        let c = append(base.clone(), [lote.clone()]).await;
        assert!(matches!(c, Err(TableError::Conflict(_))), "{c:?}");
        let (c, _) = append_once(base, "caja-1", 1, &lote).await.unwrap();
        assert_eq!(c.version(), Some(6));

        // Two that rewrite the same file: the second is refused, and nothing of it stays.
        let base = sitio.place.open().await.unwrap();
        let (ganadora, _) = update_where(base.clone(), sur(), [("region", lit("sureste"))])
            .await
            .unwrap();
        let perdedora = delete_where(base.clone(), sur()).await;
        assert!(
            matches!(perdedora, Err(TableError::Conflict(_))),
            "{perdedora:?}"
        );
        let perdedora = overwrite(base, [lote_de(&[venta(9, "norte", 900)])]).await;
        assert!(
            matches!(perdedora, Err(TableError::Conflict(_))),
            "{perdedora:?}"
        );
        assert_eq!(
            sitio.place.open().await.unwrap().version(),
            ganadora.version()
        );
        assert_eq!(numeros(&sitio.ventas().await), [1, 2, 3, 5]);

        // A compaction and an append: both stand.
        let base = sitio.place.open().await.unwrap();
        append(base.clone(), [lote_de(&[venta(6, "norte", 600)])])
            .await
            .unwrap();
        let (compacta, _) = compact(base, NonZeroU64::new(1 << 20).unwrap())
            .await
            .unwrap();
        assert_eq!(
            numeros(&read_sales(&compacta).await.unwrap()),
            [1, 2, 3, 5, 6],
            "{}",
            sitio.nombre
        );
    }
}
