//! The generated sales: what they are made of, and that every engine adds them up alike.

use crate::archivos::{MOTORES, consultar};
use datafusion::arrow::array::{Array as _, AsArray as _, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Float64Type, TimestampMicrosecondType};
use datafusion::arrow::ipc::reader::StreamReader;
use ecommerce_model::Centavos;
use ej_16_3_4_polars_benchmark::SalesFile;
use ej_16_3_4_polars_benchmark::sales::{Sales, schema, stream_sales, write_sales};

const FILAS: u64 = 70_000;

fn ventas() -> Sales {
    Sales::new(42, FILAS).unwrap()
}

fn entero(ventas: &Sales) -> RecordBatch {
    ventas.batch(0..ventas.rows()).unwrap()
}

#[test]
fn la_misma_semilla_da_las_mismas_filas_por_cualquier_camino() {
    let ventas = ventas();
    let todas = entero(&ventas);
    let mitades = [
        ventas.batch(0..30_001).unwrap(),
        ventas.batch(30_001..FILAS).unwrap(),
    ];
    assert_eq!(concat_batches(&schema(), &mitades).unwrap(), todas);

    let mut flujo = Vec::new();
    stream_sales(&ventas, &mut flujo).unwrap();
    let lotes: Vec<_> = StreamReader::try_new(flujo.as_slice(), None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(concat_batches(&schema(), &lotes).unwrap(), todas);
    assert_ne!(entero(&Sales::new(43, FILAS).unwrap()), todas);
}

#[test]
fn el_filtro_tiene_trabajo_y_todo_monto_tiene_centavos_enteros() {
    let todas = entero(&ventas());
    let montos = todas
        .column_by_name("monto")
        .unwrap()
        .as_primitive::<Float64Type>();
    let cuenta =
        |que: &dyn Fn(f64) -> bool| montos.iter().flatten().filter(|m| que(*m)).count() as f64;
    let parte = |n: f64| n / FILAS as f64;
    assert!((parte(cuenta(&|m| m < 0.0)) - 0.04).abs() < 0.005);
    assert!((parte(cuenta(&|m| m == 0.0)) - 0.01).abs() < 0.003);
    assert!((parte(montos.null_count() as f64) - 0.02).abs() < 0.004);
    for monto in montos.iter().flatten() {
        let centavos = Centavos::from_monto(monto).unwrap().get();
        assert_eq!(monto, centavos as f64 / 100.0);
    }
}

#[test]
fn los_instantes_suben_y_cada_texto_tiene_su_forma() {
    let todas = entero(&ventas());
    let instantes = todas.column(4).as_primitive::<TimestampMicrosecondType>();
    assert!(instantes.values().is_sorted());
    assert_eq!(instantes.value(0), 1_704_067_200_000_000); // 2024-01-01T00:00:00Z
    assert!(instantes.value(FILAS as usize - 1) < 1_735_689_600_000_000); // 2025-01-01T00:00:00Z
    let forma = |columna: usize, letra: char, cifras: usize| {
        todas
            .column(columna)
            .as_string::<i32>()
            .iter()
            .flatten()
            .all(|texto| {
                texto
                    .strip_prefix(letra)
                    .is_some_and(|n| n.len() == cifras && n.bytes().all(|b| b.is_ascii_digit()))
            })
    };
    assert!(forma(0, 'u', 7) && forma(1, 'p', 5));
}

#[test]
fn los_motores_dan_al_centavo_lo_que_dice_el_generador() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    let ventas = ventas();
    write_sales(&ventas, &ruta).unwrap();
    let esperado: Vec<_> = ventas
        .expected()
        .into_iter()
        .map(|(r, c)| (r.to_owned(), c))
        .collect();
    assert_eq!(esperado.len(), 5);
    let archivo = SalesFile::open(&ruta).unwrap();
    assert_eq!(archivo.rows(), FILAS);
    for motor in MOTORES {
        let dinero = consultar(motor, &archivo).unwrap().cents().unwrap();
        let dinero: Vec<_> = dinero
            .into_iter()
            .map(|(r, c)| (r.unwrap(), c.get()))
            .collect();
        assert_eq!(dinero, esperado, "{motor}");
    }
}

#[test]
fn cero_ventas_son_un_archivo_sin_filas_y_una_respuesta_sin_regiones() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    write_sales(&Sales::new(1, 0).unwrap(), &ruta).unwrap();
    let archivo = SalesFile::open(&ruta).unwrap();
    for motor in MOTORES {
        assert_eq!(consultar(motor, &archivo).unwrap().rows(), [], "{motor}");
    }
}
