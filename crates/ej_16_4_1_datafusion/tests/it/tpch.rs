//! TPC-H at a hundredth: the data, the answers, and what a directory must have.

use ecommerce_testkit::temp::{self, TempDir};
use ej_16_4_1_datafusion::tpch::{
    Answer, Dataset, Difference, GREATEST_SCALE, QUERIES, Table, generate, query,
};
use ej_16_4_1_datafusion::{Engine, EngineError, Settings, run};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tpchgen::generators::{CustomerGenerator, OrderGenerator};

/// Made once for all tests of this binary.
pub(crate) fn centesima() -> &'static Path {
    static DATOS: OnceLock<TempDir> = OnceLock::new();
    DATOS
        .get_or_init(|| {
            let dir = temp::dir().unwrap();
            generate(0.01, dir.path(), |_| {}).unwrap();
            dir
        })
        .path()
}

/// The published answers to query 11 are to the text for scale 1: see `answers/ORIGEN.md`.
pub(crate) const PUBLICADA: f64 = 1.0;

/// The answer to a query over the data of [`centesima`]: the published one, or for query 13 what a loop over the orders counts.
pub(crate) fn esperada(numero: usize) -> Answer {
    if numero == 13 {
        return pedidos_por_cliente();
    }
    let ruta =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("answers/sf0.01/q{numero:02}.csv"));
    Answer::parse(&fs::read_to_string(&ruta).unwrap())
}

/// How many customers have how many orders without `special…requests` in the comment.
fn pedidos_por_cliente() -> Answer {
    let sin_pedir = |comentario: &str| {
        let tras = comentario.split_once("special").map(|(_, tras)| tras);
        !tras.is_some_and(|tras| tras.contains("requests"))
    };
    let mut pedidos: BTreeMap<i64, u64> = CustomerGenerator::new(0.01, 1, 1)
        .iter()
        .map(|cliente| (cliente.c_custkey, 0))
        .collect();
    for pedido in OrderGenerator::new(0.01, 1, 1).iter() {
        if sin_pedir(pedido.o_comment) {
            *pedidos.get_mut(&pedido.o_custkey).unwrap() += 1;
        }
    }
    let mut clientes: BTreeMap<u64, u64> = BTreeMap::new();
    for cuantos in pedidos.into_values() {
        *clientes.entry(cuantos).or_default() += 1;
    }
    let mut filas: Vec<_> = clientes.into_iter().collect();
    filas.sort_by_key(|(pedidos, clientes)| Reverse((*clientes, *pedidos)));
    Answer {
        columns: vec!["c_count".into(), "custdist".into()],
        rows: filas
            .into_iter()
            .map(|(pedidos, clientes)| vec![Some(pedidos.to_string()), Some(clientes.to_string())])
            .collect(),
    }
}

/// Where the answer differs from the right one, in the columns that this one has.
pub(crate) fn diferencia(dada: &Answer, correcta: &Answer) -> Option<Difference> {
    dada.only(&correcta.columns).difference(correcta)
}

pub(crate) async fn sesion(datos: &Path, ajustes: &Settings) -> (Engine, f64) {
    let datos = Dataset::open(datos).unwrap();
    let engine = Engine::new(ajustes).unwrap();
    datos.register(&engine).await.unwrap();
    (engine, datos.scale())
}

pub(crate) async fn respuesta(engine: &Engine, escala: f64, numero: usize) -> Answer {
    let frame = engine.query(&query(numero, escala).unwrap()).await.unwrap();
    let columnas = frame.schema().fields().iter().map(|f| f.name().clone());
    let columnas = columnas.collect();
    let (lotes, _) = run(frame).await.unwrap();
    Answer::of(columnas, &lotes).unwrap()
}

#[tokio::test]
async fn las_22_respuestas_son_las_de_referencia() {
    let (engine, _) = sesion(centesima(), &Settings::default()).await;
    for numero in 1..=QUERIES.len() {
        let dada = respuesta(&engine, PUBLICADA, numero).await;
        let diferencia = diferencia(&dada, &esperada(numero));
        assert_eq!(diferencia, None, "consulta {numero}");
    }
}

/// The settings that the duel changes one at a time change no answer.
#[tokio::test]
async fn ningun_ajuste_cambia_una_respuesta() {
    let con = |ajustes: &[(&str, &str)]| crate::tienda::con(ajustes);
    for ajustes in [
        con(&[
            ("execution.parquet.pushdown_filters", "true"),
            ("execution.parquet.reorder_filters", "true"),
            ("execution.target_partitions", "4"),
        ]),
        con(&[
            ("execution.collect_statistics", "false"),
            ("execution.parquet.pruning", "false"),
            ("optimizer.enable_dynamic_filter_pushdown", "false"),
            ("optimizer.prefer_hash_join", "false"),
            ("execution.target_partitions", "1"),
        ]),
    ] {
        let (engine, _) = sesion(centesima(), &ajustes).await;
        for numero in 1..=QUERIES.len() {
            let dada = respuesta(&engine, PUBLICADA, numero).await;
            assert_eq!(diferencia(&dada, &esperada(numero)), None, "{numero}");
        }
    }
}

#[test]
fn las_tablas_tienen_las_filas_de_la_especificacion_en_varios_grupos() {
    let datos = Dataset::open(centesima()).unwrap();
    let filas: BTreeMap<_, _> = datos
        .files()
        .iter()
        .map(|archivo| (archivo.name.as_str(), archivo.rows))
        .collect();
    let esperadas = [
        ("customer", 1_500),
        ("lineitem", 60_175),
        ("nation", 25),
        ("orders", 15_000),
        ("part", 2_000),
        ("partsupp", 8_000),
        ("region", 5),
        ("supplier", 100),
    ];
    assert_eq!(filas, BTreeMap::from(esperadas));
    for archivo in datos.files() {
        let ruta = centesima().join(format!("{}.parquet", archivo.name));
        let pie = SerializedFileReader::new(File::open(ruta).unwrap()).unwrap();
        assert_eq!(pie.metadata().num_row_groups(), archivo.groups);
        assert_eq!(
            pie.metadata().file_metadata().num_rows() as u64,
            archivo.rows
        );
    }
    let lineitem = datos.files().iter().find(|a| a.name == "lineitem").unwrap();
    assert_eq!(lineitem.groups, 9);
}

#[test]
fn generar_dice_como_va_y_repetirlo_da_los_mismos_bytes() {
    let dir = temp::dir().unwrap();
    let mut visto = Vec::new();
    let datos = generate(0.001, dir.path(), |progreso| visto.push(progreso)).unwrap();
    assert!(visto.iter().all(|p| p.rows <= p.of));
    for tabla in Table::ALL {
        let ultimo = visto.iter().rfind(|p| p.table == tabla).unwrap();
        let archivo = datos.files().iter().find(|a| a.name == tabla.name());
        assert_eq!(ultimo.rows, archivo.unwrap().rows);
    }
    let antes = temp::Tree::of(dir.path()).unwrap();
    generate(0.001, dir.path(), |_| {}).unwrap();
    assert_eq!(antes.changes(&temp::Tree::of(dir.path()).unwrap()), []);
    assert_eq!(antes.files().count(), 9);
}

#[test]
fn una_escala_absurda_se_rechaza_antes_de_escribir_nada() {
    let dir = temp::dir().unwrap();
    let nuevo = dir.path().join("tpch");
    for escala in [
        0.0,
        -1.0,
        0.0001,
        f64::NAN,
        f64::INFINITY,
        GREATEST_SCALE * 1.01,
        1e300,
    ] {
        let error = generate(escala, &nuevo, |_| {}).unwrap_err();
        assert!(matches!(error, EngineError::Scale { .. }), "{error}");
    }
    assert!(!nuevo.exists());
}

#[test]
fn sin_manifiesto_o_con_otro_archivo_los_datos_no_estan_enteros() {
    let dir = temp::dir().unwrap();
    generate(0.001, dir.path(), |_| {}).unwrap();
    let falla = |dice: &str| {
        let error = Dataset::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains(dice), "{error}");
    };
    Dataset::open(dir.path()).unwrap();
    let nacion = dir.path().join("nation.parquet");
    let bytes = fs::read(&nacion).unwrap();
    fs::write(&nacion, &bytes[..bytes.len() - 1]).unwrap();
    falla("nation.parquet has");
    fs::remove_file(&nacion).unwrap();
    falla("nation.parquet: ");
    fs::write(&nacion, &bytes).unwrap();
    fs::write(dir.path().join("tpch.json"), "{}").unwrap();
    falla("tpch.json says nothing of use");
    fs::remove_file(dir.path().join("tpch.json")).unwrap();
    falla("no tpch.json");
}

#[test]
fn dos_respuestas_se_comparan_al_centavo_y_a_la_letra() {
    let una = |celda: &str| Answer {
        columns: vec!["x".into()],
        rows: vec![vec![Some(celda.into())]],
    };
    for (esta, aquella, iguales) in [
        ("4423659", "4423658", false),
        ("55909065222.827692", "55909065222.83", true),
        ("Supplier#1", "Supplier#1  ", true),
    ] {
        let diferencia = una(esta).difference(&una(aquella));
        assert_eq!(diferencia.is_none(), iguales, "{esta} {aquella}");
    }
    let vacia = Answer {
        columns: vec!["x".into()],
        rows: vec![],
    };
    assert_eq!(una("1").difference(&vacia), Some(Difference::Rows(1, 0)));
}
