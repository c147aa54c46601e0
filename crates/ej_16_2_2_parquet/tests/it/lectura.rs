//! Reading as a stream: what a batch takes, and what the whole file would.

use crate::bases::eventos;
use arrow::array::Array;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use ecommerce_testkit::alloc;
use ej_16_2_2_parquet::{
    FILAS_POR_LOTE, ParquetFileError, escribir_flujo, leer_parquet, leer_por_lotes,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;

/// A file of `filas` events in row groups of 40,000.
fn archivo(dir: &Path, filas: u64) -> String {
    let ruta = dir.join(format!("{filas}.parquet"));
    let propiedades = WriterProperties::builder()
        .set_max_row_group_row_count(Some(40_000))
        .set_dictionary_enabled(false)
        .build();
    let lote = Ok::<_, ParquetFileError>(eventos(filas));
    escribir_flujo(eventos(1).schema(), [lote], &ruta, propiedades).unwrap();
    ruta.to_str().unwrap().to_owned()
}

#[test]
fn el_lote_de_la_guia_tiene_65536_filas() {
    assert_eq!(FILAS_POR_LOTE, 65_536);
}

#[test]
fn el_vector_de_la_guia_es_un_collect() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = archivo(dir.path(), 1_000);
    let lotes = leer_parquet(&ruta)
        .unwrap()
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let la_guia: Vec<_> = ParquetRecordBatchReaderBuilder::try_new(File::open(&ruta).unwrap())
        .unwrap()
        .with_batch_size(65_536)
        .build()
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(crate::celdas::de(&lotes), crate::celdas::de(&la_guia));
}

#[test]
fn los_lotes_tienen_las_filas_pedidas_y_no_cruzan_grupos() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = archivo(dir.path(), 90_000);
    let filas: Vec<usize> = leer_por_lotes(&ruta, 30_000)
        .unwrap()
        .map(|lote| lote.unwrap().num_rows())
        .collect();
    assert_eq!(filas, [30_000, 10_000, 30_000, 10_000, 10_000]);
}

/// The peak while every batch is dropped before the next, by rows per batch; and that of the guide's vector.
#[test]
fn el_tamano_del_lote_manda_en_la_memoria_y_el_archivo_no() {
    let dir = tempfile::tempdir().unwrap();
    let (corto, largo) = (archivo(dir.path(), 80_000), archivo(dir.path(), 240_000));
    let pico = |ruta: &str, filas: usize| {
        let (leidas, visto) = alloc::in_this_thread(|| {
            leer_por_lotes(ruta, filas)
                .unwrap()
                .map(|lote| lote.unwrap().num_rows())
                .sum::<usize>()
        });
        assert!(leidas > 0);
        visto.peak as f64 / 1e6
    };
    let picos: Vec<(usize, f64, f64)> = [1_024, 8_192, 65_536]
        .into_iter()
        .map(|filas| (filas, pico(&corto, filas), pico(&largo, filas)))
        .collect();
    let (_, todo) = alloc::in_this_thread(|| {
        leer_parquet(&largo)
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
    });
    let todo = todo.peak as f64 / 1e6;
    println!(
        "filas por lote, MB con 80 000 filas, MB con 240 000: {picos:?}; el vector entero: {todo}"
    );
    for (filas, corto, largo) in &picos {
        assert!(
            (largo / corto - 1.0).abs() < 0.1,
            "{filas}: el archivo no cuenta: {corto} {largo}"
        );
    }
    // More rows, more memory, but not in proportion: the pages of the columns are there whatever the batch.
    assert!(
        picos[0].1 < picos[1].1 && picos[1].1 < picos[2].1,
        "{picos:?}"
    );
    assert!(picos[2].1 < 64.0 * picos[0].1, "{picos:?}");
    assert!(picos[2].2 < todo / 5.0, "{picos:?} {todo}");
    assert!((80.0..110.0).contains(&todo), "{todo}");
    // What the page says, in MB.
    let paginas = [2.0..4.0, 4.5..7.0, 12.0..18.0];
    assert!(
        picos
            .iter()
            .zip(paginas)
            .all(|((_, mb, _), dice)| dice.contains(mb)),
        "{picos:?}"
    );
    // The batch of the guide is larger than the row group, which then is what bounds it.
    assert!(pico(&corto, 40_000) <= picos[2].1 && picos[2].1 < 1.5 * pico(&corto, 40_000));
}

#[test]
fn un_archivo_que_no_existe_es_un_error_con_su_nombre() {
    let Err(error) = leer_parquet("/no/existe.parquet") else {
        panic!("se abrió");
    };
    assert!(matches!(error, ParquetFileError::Read(_)));
    assert!(
        error.to_string().starts_with("/no/existe.parquet: "),
        "{error}"
    );
}

/// Whoever replaces a file between opening and reading is noticed: the footer that was checked is another file's.
#[test]
fn un_archivo_reemplazado_tras_abrirlo_no_se_lee_con_el_pie_del_otro() {
    use ecommerce_arrow::{Limits, SafeParquet};
    let dir = tempfile::tempdir().unwrap();
    let (uno, otro) = (archivo(dir.path(), 1_000), archivo(dir.path(), 2_000));
    let abierto = SafeParquet::open(Path::new(&uno), "uno", &Limits::default()).unwrap();
    std::fs::rename(&otro, &uno).unwrap();
    let Err(error) = abierto.scan().batches() else {
        panic!("se leyó");
    };
    assert_eq!(
        error.to_string(),
        "uno: damaged: it has changed since it was opened"
    );
}

/// A view keeps the page that its text is in: who keeps one row keeps a page of each column, until the text is copied out.
#[test]
fn quien_guarda_una_fila_guarda_sus_paginas() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = archivo(dir.path(), 40_000);
    let una_fila = || {
        let lote = leer_por_lotes(&ruta, 1_024).unwrap().next().unwrap();
        lote.unwrap().project(&[0]).unwrap().slice(5, 1)
    };
    let (guardada, vista) = alloc::in_this_thread(una_fila);
    let (copiada, copia) = alloc::in_this_thread(|| cast(una_fila().column(0), &DataType::Utf8));
    assert_eq!((guardada.num_rows(), copiada.unwrap().len()), (1, 1));
    assert!(vista.net > 300_000, "{vista:?}");
    assert!(copia.net < 2_000, "{copia:?}");
}
