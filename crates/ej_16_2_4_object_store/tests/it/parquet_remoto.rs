//! Parquet over S3: what a query fetches, counted by the proxy; and files that lie.

use super::lago::{BUCKET, Lago, almacenes, lago, paciencia};
use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testlake::{Fault, Rule};
use ej_16_2_4_object_store::{ColumnsError, Limits, ParquetObject, StoreError, Stores};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

pub(crate) const FILAS: u64 = 120_000;
pub(crate) const POR_GRUPO: usize = 10_000;

pub(crate) fn eventos() -> Generador {
    // Without the rows that a contract would put aside: this is about bytes.
    let config = ConfigGenerador {
        defectos: 0.0,
        ..ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, FILAS)
    };
    Generador::new(config).unwrap()
}

/// The model's events in twelve row groups, as a data lake would hold them.
pub(crate) fn archivo() -> Vec<u8> {
    let eventos = eventos();
    let paso = POR_GRUPO as u64;
    let batches =
        (0..FILAS / paso).map(|g| generate_batch(&eventos, g * paso..(g + 1) * paso).unwrap());
    escrito(batches, Compression::SNAPPY)
}

fn escrito(batches: impl Iterator<Item = RecordBatch>, compression: Compression) -> Vec<u8> {
    let mut batches = batches.peekable();
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(POR_GRUPO))
        .build();
    let schema = batches.peek().unwrap().schema();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
    for batch in batches {
        writer.write(&batch).unwrap();
    }
    writer.into_inner().unwrap()
}

struct Medido {
    peticiones: usize,
    bytes: u64,
}

fn medido(lago: &Lago) -> Medido {
    let lecturas = lago.proxy.exchanges();
    Medido {
        peticiones: lecturas.len(),
        bytes: lecturas.iter().map(|e| e.sent).sum(),
    }
}

#[tokio::test]
async fn dos_columnas_de_un_grupo_de_filas_traen_menos_del_5_por_ciento_del_archivo() {
    let lago = lago();
    let archivo = archivo();
    let objeto = lago.dado("eventos.parquet", archivo.clone()).await;
    let parquet = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    assert_eq!(parquet.bytes(), archivo.len() as u64);
    assert_eq!(parquet.metadata().num_row_groups(), 12);
    let batches = parquet.read(&["region", "monto"], &[7]).await.unwrap();

    // A HEAD, one request for the footer, one for the two columns, which are neighbours. Not a byte more.
    let medido = medido(&lago);
    let columnas: u64 = [5, 6]
        .map(|leaf| parquet.metadata().row_group(7).column(leaf).byte_range().1)
        .iter()
        .sum();
    assert_eq!(
        (medido.peticiones, medido.bytes),
        (3, Limits::default().tail + columnas)
    );
    let parte = medido.bytes as f64 / archivo.len() as f64;
    assert!(
        parte <= 0.05,
        "{} of {} bytes: {:.1} %",
        medido.bytes,
        archivo.len(),
        100.0 * parte
    );

    // And they are those columns of those rows.
    let todas = generate_batch(&eventos(), 70_000..80_000).unwrap();
    let columnas = ["monto", "region"].map(|c| todas.schema().index_of(c).unwrap());
    let esperado = todas.project(&columnas).unwrap();
    assert_eq!(
        concat_batches(&esperado.schema(), &batches).unwrap(),
        esperado
    );
}

#[tokio::test]
async fn lo_que_se_trae_crece_con_las_columnas_y_los_grupos_y_con_nada_mas() {
    let lago = lago();
    let objeto = lago.dado("eventos.parquet", archivo()).await;
    let parquet = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    let columnas = |grupos: &[usize], nombres: &[&str]| -> u64 {
        let leaf = |group: usize, nombre: &&str| {
            let group = parquet.metadata().row_group(group);
            let column = group
                .columns()
                .iter()
                .find(|c| c.column_path().string() == **nombre);
            column.unwrap().byte_range().1
        };
        grupos
            .iter()
            .flat_map(|g| nombres.iter().map(move |n| leaf(*g, n)))
            .sum()
    };
    for (grupos, nombres, peticiones) in [
        (&[3][..], &["monto"][..], 1),
        // Not neighbours: two requests, and nothing between them.
        (&[3], &["evento_id", "lon"], 2),
        (&[0, 11], &["region", "monto"], 2),
        (&[5, 2], &["monto"], 2),
    ] {
        lago.proxy.forget();
        let batches = parquet.read(nombres, grupos).await.unwrap();
        assert_eq!(
            batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
            grupos.len() * POR_GRUPO
        );
        let medido = medido(&lago);
        assert_eq!(
            (medido.peticiones, medido.bytes),
            (peticiones, columnas(grupos, nombres)),
            "{nombres:?}"
        );
    }
    // Gaps that cost less than a request are read: here the whole row group, by the crate's own measure of 1 MiB.
    let generoso = Limits {
        gap: object_store::OBJECT_STORE_COALESCE_DEFAULT,
        ..Limits::default()
    };
    let parquet = ParquetObject::open(&objeto, generoso).await.unwrap();
    lago.proxy.forget();
    parquet.read(&["evento_id", "lon"], &[3]).await.unwrap();
    let medido = medido(&lago);
    assert_eq!(medido.peticiones, 1);
    assert!(
        medido.bytes > 2 * columnas(&[3], &["evento_id", "lon"]),
        "{}",
        medido.bytes
    );
}

#[tokio::test]
async fn un_pie_mas_largo_que_la_primera_lectura_cuesta_una_peticion_mas() {
    let lago = lago();
    let objeto = lago.dado("eventos.parquet", archivo()).await;
    let corto = Limits {
        tail: 8,
        ..Limits::default()
    };
    let parquet = ParquetObject::open(&objeto, corto).await.unwrap();
    assert_eq!(
        (
            parquet.metadata().num_row_groups(),
            medido(&lago).peticiones
        ),
        (12, 3)
    );
}

#[tokio::test]
async fn una_lectura_con_fallos_pasajeros_da_lo_mismo() {
    let lago = lago();
    let objeto = lago.dado("eventos.parquet", archivo()).await;
    let limpio = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    let esperado = limpio.read(&["region", "monto"], &[0, 5]).await.unwrap();
    lago.proxy.add(Rule::get(Fault::Answer(503)).nth(1));
    lago.proxy.add(Rule::get(Fault::CutBody(1_000)).times(2));
    lago.proxy.add(Rule::get(Fault::Drop).nth(2));
    let parquet = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    assert_eq!(
        parquet.read(&["region", "monto"], &[0, 5]).await.unwrap(),
        esperado
    );
    assert_eq!(lago.proxy.faults().len(), 4);
}

#[tokio::test]
async fn lo_que_no_hay_se_nombra() {
    let stores = Stores::default();
    let objeto = stores.open("memory:///eventos.parquet").unwrap();
    let abierto = ParquetObject::open(&objeto, Limits::default()).await;
    assert!(matches!(
        abierto.err(),
        Some(ColumnsError::Store(StoreError::NoObject { .. }))
    ));
    objeto.put(archivo()).await.unwrap();
    let parquet = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    let error = parquet.read(&["region", "montos"], &[0]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "memory:///eventos.parquet: there is no column 'montos'"
    );
    let error = parquet.read(&["monto"], &[12]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "memory:///eventos.parquet: there is no row group 12, it has 12"
    );
    assert_eq!(parquet.read(&["monto"], &[]).await.unwrap(), []);
    for (limits, que) in [
        (
            Limits {
                footer: 1_000,
                ..Limits::default()
            },
            "the footer",
        ),
        (
            Limits {
                fetched: 1_000,
                ..Limits::default()
            },
            "the query",
        ),
        (
            Limits {
                decoded: 1_000,
                ..Limits::default()
            },
            "the result",
        ),
    ] {
        let leido = async {
            ParquetObject::open(&objeto, limits)
                .await?
                .read(&["evento_id"], &[0])
                .await
        };
        let error = leido.await.unwrap_err();
        assert!(
            matches!(&error, ColumnsError::TooLarge { what, limit: 1_000, .. } if *what == que),
            "{error}"
        );
    }
}

/// A small file, so that every byte of it can be tried.
fn pequeno() -> Vec<u8> {
    let batch = generate_batch(&eventos(), 0..300).unwrap();
    let columnas = ["monto", "region"].map(|c| batch.schema().index_of(c).unwrap());
    escrito(
        [batch.project(&columnas).unwrap()].into_iter(),
        Compression::UNCOMPRESSED,
    )
}

#[tokio::test]
async fn ningun_byte_danado_ni_ningun_corte_es_un_panic() {
    let objeto = Stores::default().open("memory:///x").unwrap();
    let bueno = pequeno();
    objeto.put(bueno.clone()).await.unwrap();
    let lee = async || {
        ParquetObject::open(&objeto, Limits::default())
            .await?
            .read(&["region", "monto"], &[0])
            .await
    };
    lee().await.unwrap();
    let mut errores = 0;
    let pie = bueno.len()
        - 8
        - u32::from_le_bytes(bueno[bueno.len() - 8..bueno.len() - 4].try_into().unwrap()) as usize;
    // The whole footer, byte by byte; and the pages, every seventh byte.
    let lugares = (pie..bueno.len()).chain((0..pie).step_by(7));
    for lugar in lugares {
        for mascara in [0x01, 0xff] {
            let mut malo = bueno.clone();
            malo[lugar] ^= mascara;
            objeto.put(malo).await.unwrap();
            match lee().await {
                Err(
                    ColumnsError::Damaged { .. }
                    | ColumnsError::TooLarge { .. }
                    | ColumnsError::NoColumn { .. }
                    | ColumnsError::NoRowGroup { .. },
                ) => errores += 1,
                // Names, statistics, and values that are only other values: without checksums nothing tells.
                Ok(_) => {}
                Err(otro) => panic!("byte {lugar}: {otro}"),
            }
        }
    }
    assert!(errores > 200, "{errores}");
    for hasta in (0..bueno.len()).step_by(97) {
        objeto.put(bueno[..hasta].to_vec()).await.unwrap();
        let error = lee().await.unwrap_err();
        assert!(
            matches!(error, ColumnsError::Damaged { .. } | ColumnsError::Store(_)),
            "{hasta}: {error}"
        );
    }
}

#[tokio::test]
async fn un_pie_que_miente_sobre_su_longitud_no_hace_pedir_nada() {
    let lago = lago();
    let mut malo = archivo();
    let final_ = malo.len();
    malo[final_ - 8..final_ - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let objeto = lago.dado("malo.parquet", malo).await;
    let error = ParquetObject::open(&objeto, Limits::default())
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "s3://{BUCKET}/malo.parquet: damaged: the footer claims to be longer than the file"
        )
    );
    assert_eq!(medido(&lago).peticiones, 2);
}

#[tokio::test]
async fn la_misma_consulta_da_lo_mismo_en_disco_en_memoria_y_en_s3() {
    let (server, dir) = (super::lago::servidor(), super::lago::carpeta());
    let stores = almacenes(server.storage_options(), paciencia());
    let archivo = archivo();
    let mut vistos = Vec::new();
    for base in [
        super::lago::url_de(dir.path()),
        "memory://".to_owned(),
        format!("s3://{BUCKET}"),
    ] {
        let objeto = stores.open(&format!("{base}/eventos.parquet")).unwrap();
        objeto.put(archivo.clone()).await.unwrap();
        let parquet = ParquetObject::open(&objeto, Limits::default())
            .await
            .unwrap();
        vistos.push(parquet.read(&["monto", "region"], &[11]).await.unwrap());
    }
    assert!(vistos.iter().all(|v| *v == vistos[0]));
}

#[tokio::test]
async fn un_archivo_reemplazado_tras_leer_su_pie_es_un_error_y_no_una_mezcla() {
    let (server, dir) = (super::lago::servidor(), super::lago::carpeta());
    let stores = almacenes(server.storage_options(), paciencia());
    let archivo = pequeno();
    for base in [
        super::lago::url_de(dir.path()),
        "memory://".to_owned(),
        format!("s3://{BUCKET}"),
    ] {
        let objeto = stores.open(&format!("{base}/x.parquet")).unwrap();
        objeto.put(archivo.clone()).await.unwrap();
        let parquet = ParquetObject::open(&objeto, Limits::default())
            .await
            .unwrap();
        // As long as the other: nothing but its version tells.
        let mut otro = archivo.clone();
        otro[10] ^= 1;
        objeto.put(otro).await.unwrap();
        let error = parquet.read(&["monto"], &[0]).await.unwrap_err();
        assert!(
            matches!(&error, ColumnsError::Store(StoreError::Changed { .. })),
            "{base}: {error}"
        );
    }
}

#[tokio::test]
async fn un_objeto_vacio_no_es_parquet_en_ningun_almacen() {
    let (server, dir) = (super::lago::servidor(), super::lago::carpeta());
    let stores = almacenes(server.storage_options(), paciencia());
    for base in [
        super::lago::url_de(dir.path()),
        "memory://".to_owned(),
        format!("s3://{BUCKET}"),
    ] {
        let objeto = stores.open(&format!("{base}/vacio.parquet")).unwrap();
        for contenido in ["", "PAR1"] {
            objeto.put(contenido).await.unwrap();
            let error = ParquetObject::open(&objeto, Limits::default())
                .await
                .err()
                .unwrap();
            let dice = format!("{base}/vacio.parquet: damaged: no Parquet footer at the end");
            assert_eq!(error.to_string(), dice);
        }
    }
}
