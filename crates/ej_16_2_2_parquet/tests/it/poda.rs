//! What each kind of pruning does not read, counted by the reader itself.

use crate::bases::eventos;
use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{sort_to_indices, take_record_batch};
use arrow::datatypes::{Float64Type, TimestampMicrosecondType};
use ecommerce_arrow::{Limits, SafeParquet};
use ecommerce_testlake::CountingReader;
use ej_16_2_2_parquet::{
    Condition, ParquetFileError, Pruning, escribir_flujo, query, row_groups_by_bloom_filter,
    row_groups_by_statistics,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::basic::Compression;
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::LazyLock;

const FILAS: usize = 60_000;
const GRUPO: usize = 10_000;
const PAGINA: usize = 1_000;

/// Events in order of time: six row groups of ten pages, with page index and Bloom filters.
struct Archivo {
    _dir: tempfile::TempDir,
    ruta: PathBuf,
    eventos: RecordBatch,
}

static ARCHIVO: LazyLock<Archivo> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    let lote = eventos(FILAS as u64);
    let orden = sort_to_indices(lote.column(9), None, None).unwrap();
    let eventos = take_record_batch(&lote, &orden).unwrap();
    // What never repeats has no dictionary, as in every file of the system: it would be larger than the pages.
    let unicas = [
        "evento_id",
        "session_id",
        "user_id",
        "timestamp",
        "monto",
        "lat",
        "lon",
    ];
    let propiedades = unicas
        .into_iter()
        .fold(WriterProperties::builder(), |p, c| {
            p.set_column_dictionary_enabled(c.into(), false)
        })
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GRUPO))
        .set_data_page_row_count_limit(PAGINA)
        .set_write_batch_size(PAGINA)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_bloom_filter_enabled("evento_id".into(), true)
        .set_column_bloom_filter_max_ndv("evento_id".into(), GRUPO as u64)
        .build();
    let lotes = [Ok::<_, ParquetFileError>(eventos.clone())];
    let escrito = escribir_flujo(eventos.schema(), lotes, &ruta, propiedades).unwrap();
    assert_eq!(escrito.grupos, FILAS / GRUPO);
    Archivo {
        _dir: dir,
        ruta,
        eventos,
    }
});

type Contado = SafeParquet<CountingReader<File>>;

/// The file, open, and the count of what is read from now on.
fn abrir() -> (Contado, ecommerce_testlake::Reads) {
    let lector = CountingReader::new(File::open(&ARCHIVO.ruta).unwrap());
    let leido = lector.reads();
    let archivo = SafeParquet::over(lector, "eventos.parquet", &Limits::default()).unwrap();
    leido.clear();
    (archivo, leido)
}

/// Where a column of a row group stands in the file.
fn trozo(archivo: &Contado, grupo: usize, hoja: usize) -> Range<u64> {
    let (inicio, largo) = archivo
        .metadata()
        .row_group(grupo)
        .column(hoja)
        .byte_range();
    inicio..inicio + largo
}

fn largo(archivo: &Contado, grupos: &[usize], hojas: Range<usize>) -> u64 {
    let uno = |g: usize| hojas.clone().map(move |h| (g, h));
    grupos
        .iter()
        .flat_map(|g| uno(*g))
        .map(|(g, h)| trozo(archivo, g, h))
        .map(|r| r.end - r.start)
        .sum()
}

/// An instant in the middle of the file, and one a page later.
fn instantes() -> (i64, i64) {
    let columna = ARCHIVO
        .eventos
        .column(9)
        .as_primitive::<TimestampMicrosecondType>();
    (columna.value(25_300), columna.value(25_800))
}

const SIN_NADA: Pruning = Pruning::NONE;

#[test]
fn sin_poda_se_leen_todas_las_paginas_del_archivo() {
    let (archivo, leido) = abrir();
    let todo = largo(&archivo, &[0, 1, 2, 3, 4, 5], 0..12);
    let filas: usize = archivo
        .scan()
        .batches()
        .unwrap()
        .map(|l| l.unwrap().num_rows())
        .sum();
    assert_eq!((filas, leido.distinct_bytes()), (FILAS, todo));
}

#[test]
fn la_proyeccion_no_toca_las_otras_columnas() {
    let (archivo, leido) = abrir();
    let esquema = archivo.metadata().file_metadata().schema_descr();
    let monto = ProjectionMask::leaves(esquema, [5]);
    let filas: usize = archivo
        .scan()
        .columns(monto)
        .batches()
        .unwrap()
        .map(|l| l.unwrap().num_rows())
        .sum();
    let todo = largo(&archivo, &[0, 1, 2, 3, 4, 5], 0..12);
    assert_eq!(filas, FILAS);
    assert_eq!(
        leido.distinct_bytes(),
        largo(&archivo, &[0, 1, 2, 3, 4, 5], 5..6)
    );
    assert!(
        leido.distinct_bytes() * 100 < todo,
        "{} de {todo}",
        leido.distinct_bytes()
    );
    for grupo in 0..6 {
        for hoja in (0..12).filter(|h| *h != 5) {
            assert!(
                !leido.touched(&trozo(&archivo, grupo, hoja)),
                "{grupo} {hoja}"
            );
        }
    }
    println!("proyección: {} de {todo} bytes", leido.distinct_bytes());
}

#[test]
fn las_estadisticas_dejan_un_grupo_de_seis() {
    let (desde, hasta) = instantes();
    let condicion = Condition::integer("timestamp", Some(desde), Some(hasta));
    let (archivo, leido) = abrir();
    let grupos = row_groups_by_statistics(&archivo, &[0, 1, 2, 3, 4, 5], &condicion).unwrap();
    assert_eq!(grupos, [2]);
    assert_eq!(leido.bytes(), 0, "las estadísticas están en el pie");

    let esperado = largo(&archivo, &[2], 0..12);
    let todo = largo(&archivo, &[0, 1, 2, 3, 4, 5], 0..12);
    let poda = Pruning {
        statistics: true,
        ..SIN_NADA
    };
    let respuesta = query(archivo, &["evento_id"], &condicion, poda).unwrap();
    assert_eq!(
        (respuesta.row_groups.clone(), respuesta.candidates),
        (vec![2], GRUPO as u64)
    );
    let filas: usize = respuesta.map(|l| l.unwrap().num_rows()).sum();
    assert_eq!(filas, 501);
    assert_eq!(leido.distinct_bytes(), esperado);
    assert!(esperado * 5 < todo);
    println!("estadísticas: 1 grupo de 6, {esperado} de {todo} bytes");
}

#[test]
fn el_indice_de_paginas_deja_una_pagina_de_diez() {
    let (desde, hasta) = instantes();
    let condicion = Condition::integer("timestamp", Some(desde), Some(hasta));
    let grupo = Pruning {
        statistics: true,
        ..SIN_NADA
    };
    let paginas = Pruning {
        page_index: true,
        ..grupo
    };
    let mut leidos = Vec::new();
    for poda in [grupo, paginas] {
        let (archivo, leido) = abrir();
        let respuesta = query(archivo, &["evento_id"], &condicion, poda).unwrap();
        let candidatas = respuesta.candidates;
        leido.clear();
        let filas: usize = respuesta.map(|l| l.unwrap().num_rows()).sum();
        assert_eq!(filas, 501);
        leidos.push((candidatas, leido.distinct_bytes()));
    }
    assert_eq!((leidos[0].0, leidos[1].0), (GRUPO as u64, PAGINA as u64));
    assert!(leidos[1].1 * 7 < leidos[0].1, "{leidos:?}");
    println!(
        "índice de páginas: 1 000 filas de 10 000, {} de {} bytes del grupo",
        leidos[1].1, leidos[0].1
    );
}

/// The pages left out are not read at all: of the column that is only fetched, the one page wanted and the dictionary.
#[test]
fn de_una_columna_se_lee_la_pagina_y_no_su_trozo() {
    let (desde, hasta) = instantes();
    let condicion = Condition::integer("timestamp", Some(desde), Some(hasta));
    let poda = Pruning {
        projection: true,
        statistics: true,
        page_index: true,
        ..SIN_NADA
    };
    let (archivo, leido) = abrir();
    let indexado = archivo.with_page_index().unwrap();
    let paginas = indexado.metadata().offset_index().unwrap()[2][0]
        .page_locations()
        .clone();
    assert_eq!(paginas.len(), 10);
    let cuerpo = |i: usize| {
        // Headers are looked at; what follows the first hundred bytes is the page.
        let inicio = paginas[i].offset as u64;
        inicio + 100..inicio + paginas[i].compressed_page_size as u64
    };
    let respuesta = query(indexado, &["evento_id"], &condicion, poda).unwrap();
    leido.clear();
    assert_eq!(respuesta.map(|l| l.unwrap().num_rows()).sum::<usize>(), 501);
    for i in 0..10 {
        assert_eq!(leido.touched(&cuerpo(i)), i == 5, "página {i}");
    }
}

#[test]
fn el_filtro_de_bloom_deja_el_grupo_que_tiene_el_valor() {
    let nombre = ARCHIVO
        .eventos
        .column(0)
        .as_string::<i32>()
        .value(43_210)
        .to_owned();
    let condicion = Condition::text("evento_id", &nombre);
    let (archivo, leido) = abrir();
    let todos = [0, 1, 2, 3, 4, 5];
    let grupos = row_groups_by_bloom_filter(&archivo, &todos, &condicion).unwrap();
    assert_eq!(grupos, [4]);
    let filtros = leido.distinct_bytes();
    // The names of one day start alike, so their smallest and largest exclude nothing.
    assert_eq!(
        row_groups_by_statistics(&archivo, &todos, &condicion).unwrap(),
        todos
    );

    let esperado = largo(&archivo, &grupos, 0..12);
    leido.clear();
    let poda = Pruning {
        bloom: true,
        ..SIN_NADA
    };
    let respuesta = query(archivo, &["evento_id"], &condicion, poda).unwrap();
    assert_eq!(respuesta.row_groups, grupos);
    let filas: usize = respuesta.map(|l| l.unwrap().num_rows()).sum();
    assert_eq!(filas, 1);
    assert_eq!(leido.distinct_bytes(), esperado + filtros);
    println!(
        "bloom: {} grupos de 6, {filtros} bytes de filtros",
        grupos.len()
    );
}

#[test]
fn un_valor_que_no_esta_no_lee_casi_nada() {
    let condicion = Condition::text("evento_id", "no-existe");
    let (archivo, leido) = abrir();
    let grupos = row_groups_by_bloom_filter(&archivo, &[0, 1, 2, 3, 4, 5], &condicion).unwrap();
    assert_eq!(grupos, [0usize; 0]);
    leido.clear();
    let poda = Pruning {
        bloom: true,
        ..SIN_NADA
    };
    assert_eq!(
        query(archivo, &["evento_id"], &condicion, poda)
            .unwrap()
            .count(),
        0
    );
    assert!(
        leido.distinct_bytes() < 200_000,
        "{}",
        leido.distinct_bytes()
    );
}

/// The amount that only a handful of rows exceeds.
fn umbral() -> f64 {
    let montos = ARCHIVO.eventos.column(5).as_primitive::<Float64Type>();
    let mut finitos: Vec<f64> = montos.iter().flatten().filter(|m| m.is_finite()).collect();
    finitos.sort_by(f64::total_cmp);
    finitos[finitos.len() - 6]
}

#[test]
fn el_filtro_de_filas_lee_lo_demas_solo_donde_se_cumple() {
    let condicion = Condition::number("monto", Some(umbral()), None);
    let columnas = ["evento_id", "user_id", "session_id"];
    let montos = ARCHIVO.eventos.column(5).as_primitive::<Float64Type>();
    let cumplen = montos.iter().flatten().filter(|m| *m >= umbral()).count();
    assert!((6..60).contains(&cumplen), "{cumplen}");
    let proyeccion = Pruning {
        projection: true,
        ..SIN_NADA
    };
    let filtro = Pruning {
        row_filter: true,
        ..proyeccion
    };
    let mut leidos = Vec::new();
    for poda in [proyeccion, filtro] {
        let (archivo, leido) = abrir();
        let montos = largo(&archivo, &[0, 1, 2, 3, 4, 5], 5..6);
        let respuesta = query(archivo, &columnas, &condicion, poda).unwrap();
        let lotes: Vec<RecordBatch> = respuesta.map(Result::unwrap).collect();
        let filas: usize = lotes.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(filas, cumplen);
        leidos.push((crate::celdas::de(&lotes), leido.distinct_bytes(), montos));
    }
    let [(todas, sin, _), (filtradas, con, montos)] = &leidos[..] else {
        unreachable!()
    };
    assert_eq!(todas, filtradas);
    // So many rows lie in as many of the 60 pages at most, and the amounts are read whole.
    assert!(con - montos < (sin - montos) / 5, "{con} {sin} {montos}");
    println!("filtro de filas: {con} de {sin} bytes, {montos} de ellos la condición");
}

/// Every combination of what may be left out: the same rows in the same order.
#[test]
fn los_resultados_no_dependen_de_la_poda() {
    let (desde, hasta) = instantes();
    let nombre = ARCHIVO
        .eventos
        .column(0)
        .as_string::<i32>()
        .value(31_415)
        .to_owned();
    let condiciones = [
        Condition::integer("timestamp", Some(desde), Some(hasta)),
        Condition::text("evento_id", &nombre),
        Condition::text("region", "norte"),
        Condition::number("monto", Some(umbral()), None),
        Condition::number("monto", None, Some(-1.0)),
    ];
    for condicion in &condiciones {
        let mut primera = None;
        for bits in 0..32u8 {
            let poda = Pruning {
                projection: bits & 1 > 0,
                statistics: bits & 2 > 0,
                bloom: bits & 4 > 0,
                page_index: bits & 8 > 0,
                row_filter: bits & 16 > 0,
            };
            let archivo = SafeParquet::open(&ARCHIVO.ruta, "e", &Limits::default()).unwrap();
            let lotes: Vec<RecordBatch> =
                query(archivo, &["region", "evento_id", "monto"], condicion, poda)
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
            let celdas = crate::celdas::de(&lotes);
            let primera = primera.get_or_insert_with(|| celdas.clone());
            assert!(
                *primera == celdas,
                "{condicion:?} {poda:?}: {} y {}",
                primera.len(),
                celdas.len()
            );
        }
    }
}

/// The library's own way to the same rows: row groups and a `RowFilter` given to its builder.
#[test]
fn el_row_filter_de_la_biblioteca_da_las_mismas_filas_y_lee_parecido() {
    let minimo = umbral();
    let lector = CountingReader::new(File::open(&ARCHIVO.ruta).unwrap());
    let leido = lector.reads();
    let opciones = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let constructor =
        ParquetRecordBatchReaderBuilder::try_new_with_options(lector, opciones).unwrap();
    let esquema = constructor.parquet_schema();
    let (condicion, proyeccion) = (
        ProjectionMask::leaves(esquema, [5]),
        ProjectionMask::leaves(esquema, [0]),
    );
    let predicado = ArrowPredicateFn::new(condicion, move |lote: RecordBatch| {
        let montos = lote.column(0).as_primitive::<Float64Type>();
        Ok(montos
            .iter()
            .map(|m| m.map(|m| m >= minimo))
            .collect::<BooleanArray>())
    });
    leido.clear();
    let suyas: Vec<RecordBatch> = constructor
        .with_row_filter(RowFilter::new(vec![Box::new(predicado)]))
        .with_projection(proyeccion)
        .build()
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let suyo = leido.distinct_bytes();

    let (archivo, leido) = abrir();
    let condicion = Condition::number("monto", Some(minimo), None);
    let poda = Pruning {
        projection: true,
        row_filter: true,
        ..SIN_NADA
    };
    let nuestras: Vec<RecordBatch> = query(archivo, &["evento_id"], &condicion, poda)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(crate::celdas::de(&suyas), crate::celdas::de(&nuestras));
    let nuestro = leido.distinct_bytes();
    println!("RowFilter: la biblioteca {suyo} bytes, el lector seguro {nuestro}");
    // The safe reader looks at every page header of the columns it reads; that is all it reads more.
    let paginas = 2 * 6 * 11;
    assert!(nuestro < suyo + paginas * 128, "{nuestro} {suyo}");
}

#[test]
fn una_columna_que_no_existe_se_nombra() {
    let abrir = || SafeParquet::open(&ARCHIVO.ruta, "e.parquet", &Limits::default()).unwrap();
    let condicion = Condition::text("region", "norte");
    let Err(error) = query(abrir(), &["provincia"], &condicion, Pruning::ALL) else {
        panic!("se leyó");
    };
    assert_eq!(
        error.to_string(),
        "e.parquet: there is no column 'provincia'"
    );
    let Err(error) = query(
        abrir(),
        &["region"],
        &Condition::text("provincia", "x"),
        Pruning::ALL,
    ) else {
        panic!("se leyó");
    };
    assert_eq!(
        error.to_string(),
        "e.parquet: there is no column 'provincia'"
    );
    let condicion = Condition::text("monto", "mucho");
    let Err(error) = query(abrir(), &["region"], &condicion, Pruning::ALL) else {
        panic!("se leyó");
    };
    assert!(
        matches!(error, ParquetFileError::Incomparable { .. }),
        "{error}"
    );
}
