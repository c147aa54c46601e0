//! Writing: complete or not at all, as a stream, with what must not be written refused.

use crate::bases::eventos;
use arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch};
use ecommerce_arrow::{Limits, SafeParquet, generate_batch};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testkit::alloc;
use ecommerce_testkit::process::{Child, Trigger};
use ej_16_2_2_parquet::{
    ParquetFileError, escribir_flujo, escribir_parquet, leer_parquet, propiedades_de_la_guia,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn una(columna: impl arrow::array::Array + 'static) -> ArrayRef {
    std::sync::Arc::new(columna)
}

fn texto(ruta: &Path) -> &str {
    ruta.to_str().unwrap()
}

/// The guide's way to the schema, on a list without batches.
fn schema_como_la_guia(batches: &[RecordBatch]) -> arrow::datatypes::SchemaRef {
    batches[0].schema()
}

#[test]
fn una_lista_sin_lotes_es_un_error_y_no_un_panic() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("vacia.parquet");
    let error = escribir_parquet(&[], texto(&ruta)).unwrap_err();
    assert!(
        matches!(&error, ParquetFileError::NoBatches { file } if *file == ruta),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        format!("{}: no batches, and so no schema to write", ruta.display())
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    let (fallo, panicos) =
        crate::panicos::oyendo(|| std::panic::catch_unwind(|| schema_como_la_guia(&[])));
    assert!(fallo.is_err());
    assert_eq!(panicos.len(), 1);
}

#[test]
fn lo_escrito_se_lee_igual() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    let lotes: Vec<RecordBatch> = [0..700, 700..701, 701..2_000]
        .into_iter()
        .map(|filas: std::ops::Range<usize>| eventos(2_000).slice(filas.start, filas.len()))
        .collect();
    escribir_parquet(&lotes, texto(&ruta)).unwrap();
    let lectura = leer_parquet(texto(&ruta)).unwrap();
    assert_eq!(lectura.filas(), 2_000);
    let leidos = lectura.collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(crate::celdas::de(&leidos), crate::celdas::de(&lotes));
}

#[test]
fn un_flujo_sin_lotes_deja_un_archivo_sin_filas() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("nada.parquet");
    let nada = std::iter::empty::<Result<RecordBatch, ParquetFileError>>();
    let escrito =
        escribir_flujo(eventos(1).schema(), nada, &ruta, propiedades_de_la_guia()).unwrap();
    assert_eq!((escrito.filas, escrito.grupos), (0, 0));
    let lectura = leer_parquet(texto(&ruta)).unwrap();
    assert_eq!(
        (
            lectura.filas(),
            lectura.schema().fields().len(),
            lectura.count()
        ),
        (0, 12, 0)
    );
}

#[test]
fn un_flujo_que_falla_deja_el_archivo_que_habia() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    escribir_parquet(&[eventos(100)], texto(&ruta)).unwrap();
    let antes = fs::read(&ruta).unwrap();
    let otro = RecordBatch::try_from_iter([("n", una(Int64Array::from(vec![1])))]).unwrap();
    let error = escribir_parquet(&[eventos(50), otro], texto(&ruta)).unwrap_err();
    assert!(
        matches!(&error, ParquetFileError::OtherSchema { batch: 1, found, .. } if found == "n Int64"),
        "{error}"
    );
    assert_eq!(fs::read(&ruta).unwrap(), antes);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        1,
        "nada a medias al lado"
    );
}

#[test]
fn un_lote_con_los_mismos_tipos_y_otros_nombres_no_se_cuela() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("x.parquet");
    let lote =
        |nombre| RecordBatch::try_from_iter([(nombre, una(Int32Array::from(vec![1])))]).unwrap();
    // The library's writer looks at types alone.
    let mut suyo = ArrowWriter::try_new(Vec::new(), lote("a").schema(), None).unwrap();
    assert!(suyo.write(&lote("b")).is_ok());
    let error = escribir_parquet(&[lote("a"), lote("b")], texto(&ruta)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: batch 1 has another schema: b Int32 instead of a Int32",
            ruta.display()
        )
    );
}

#[test]
fn un_directorio_que_no_existe_es_un_error_con_su_nombre() {
    let error = escribir_parquet(&[eventos(1)], "/no/existe/x.parquet").unwrap_err();
    assert!(matches!(&error, ParquetFileError::Io { .. }), "{error}");
    assert!(
        error.to_string().starts_with("/no/existe/x.parquet: "),
        "{error}"
    );
}

#[test]
fn el_archivo_tiene_los_permisos_de_cualquier_otro() {
    let dir = tempfile::tempdir().unwrap();
    let (nuestro, otro) = (dir.path().join("n.parquet"), dir.path().join("otro"));
    escribir_parquet(&[eventos(1)], texto(&nuestro)).unwrap();
    fs::write(&otro, "").unwrap();
    let modo = |ruta: &Path| fs::metadata(ruta).unwrap().permissions().mode() & 0o777;
    assert_eq!(modo(&nuestro), modo(&otro));
}

/// Killed once a megabyte is on the disk: the old file is there byte for byte, and the next run writes a whole one.
#[test]
fn matar_el_proceso_a_mitad_deja_el_archivo_que_habia() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    escribir_parquet(&[eventos(1_000)], texto(&ruta)).unwrap();
    let antes = fs::read(&ruta).unwrap();
    let escribir = Child::new(env!("CARGO_BIN_EXE_ej_16_2_2_parquet"))
        .args(["escribir", "--filas", "100000000"])
        .arg(&ruta);
    let mitad = Trigger::TreeBytes(dir.path().to_owned(), antes.len() as u64 + (1 << 20));
    let muerto = escribir.spawn().unwrap().kill_when(&mitad).unwrap();
    assert_eq!(
        (muerto.signal, muerto.timed_out),
        (Some(9), false),
        "{muerto:?}"
    );
    assert_eq!(fs::read(&ruta).unwrap(), antes);
    let restos: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n != "eventos.parquet")
        .collect();
    assert!(
        restos.len() == 1 && restos[0].starts_with('.') && restos[0].ends_with(".parcial"),
        "{restos:?}"
    );
    escribir_parquet(&[eventos(10)], texto(&ruta)).unwrap();
    assert_eq!(leer_parquet(texto(&ruta)).unwrap().filas(), 10);
}

/// Four times the rows, the same memory: what is held is the row group being encoded.
#[test]
fn escribir_un_flujo_no_guarda_los_lotes() {
    let dir = tempfile::tempdir().unwrap();
    let pico = |filas: u64| {
        let config = ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, 200_000);
        let generador = Generador::new(config).unwrap();
        let lotes = (0..filas).step_by(5_000).map(|desde| {
            let lote = generate_batch(&generador, desde..desde + 5_000).unwrap();
            Ok::<_, ParquetFileError>(lote)
        });
        let propiedades = WriterProperties::builder()
            .set_max_row_group_row_count(Some(20_000))
            .build();
        let ruta = dir.path().join(format!("{filas}.parquet"));
        let (escrito, visto) = alloc::in_this_thread(|| {
            escribir_flujo(eventos(1).schema(), lotes, &ruta, propiedades).unwrap()
        });
        assert_eq!(
            (escrito.filas, escrito.grupos as u64),
            (filas, filas / 20_000)
        );
        assert_eq!(escrito.bytes, fs::metadata(&ruta).unwrap().len());
        visto.peak as f64
    };
    let (corto, largo) = (pico(40_000), pico(160_000));
    println!("pico al escribir: 40 000 filas {corto} bytes, 160 000 filas {largo} bytes");
    assert!(largo < corto * 1.1, "{corto} {largo}");
}

/// The guide's writing, but for its unwraps: the file is emptied before the first batch has been looked at.
fn escribir_como_la_guia(batches: &[RecordBatch], ruta: &str) -> parquet::errors::Result<()> {
    let archivo = fs::File::create(ruta)?;
    let schema = batches[0].schema();
    let mut escritor = ArrowWriter::try_new(archivo, schema, Some(propiedades_de_la_guia()))?;
    for batch in batches {
        escritor.write(batch)?;
    }
    escritor.close()?;
    Ok(())
}

#[test]
fn la_forma_de_la_guia_pierde_el_archivo_que_habia() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("eventos.parquet");
    escribir_como_la_guia(&[eventos(100)], texto(&ruta)).unwrap();
    assert_eq!(leer_parquet(texto(&ruta)).unwrap().filas(), 100);
    let otro = RecordBatch::try_from_iter([("n", una(Int64Array::from(vec![1])))]).unwrap();
    escribir_como_la_guia(&[eventos(50), otro], texto(&ruta)).unwrap_err();
    assert_eq!(fs::read(&ruta).unwrap(), b"PAR1");
}

/// Rows per page, for the first column of a file of 100,000 rows.
fn filas_por_pagina(propiedades: WriterProperties) -> Vec<u64> {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("n.parquet");
    let lote = RecordBatch::try_from_iter([("n", una(Int32Array::from_iter_values(0..100_000)))]);
    let lote = lote.unwrap();
    let lotes = [Ok::<_, ParquetFileError>(lote.clone())];
    escribir_flujo(lote.schema(), lotes, &ruta, propiedades).unwrap();
    let archivo = SafeParquet::open(&ruta, "n", &Limits::default()).unwrap();
    let archivo = archivo.with_page_index().unwrap();
    let paginas = archivo.metadata().offset_index().unwrap()[0][0].page_locations();
    let inicios = paginas.iter().map(|p| p.first_row_index as u64);
    let finales = inicios.clone().skip(1).chain([100_000]);
    finales.zip(inicios).map(|(b, a)| b - a).collect()
}

/// A page ends where the writer looks up, and it looks up after each write batch: 65,536 values at a time make pages of that many
/// rows, where the default limit is 20,000.
#[test]
fn el_lote_de_escritura_de_la_guia_hace_paginas_tres_veces_mayores() {
    let guia = filas_por_pagina(propiedades_de_la_guia());
    let usual = filas_por_pagina(WriterProperties::default());
    assert_eq!(guia, [65_536, 34_464]);
    assert_eq!(usual, [20_480, 20_480, 20_480, 20_480, 18_080]);
}

#[test]
fn la_guia_comprime_con_snappy_y_el_escritor_por_omision_no_comprime() {
    assert_eq!(
        propiedades_de_la_guia().compression(&"monto".into()),
        Compression::SNAPPY
    );
    assert_eq!(
        WriterProperties::default().compression(&"monto".into()),
        Compression::UNCOMPRESSED
    );
}
