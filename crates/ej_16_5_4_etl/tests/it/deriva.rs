//! Input that is not what it was yesterday: columns that changed, a day that is empty, one that is not there.

use crate::bancada::{Bancada, FECHA, falla, hacer, json};
use arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testkit::temp::tree_digest;
use parquet::arrow::ArrowWriter;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Runs the bad day; not a byte may change, neither in the table nor anywhere else.
#[track_caller]
fn nada_cambia(b: &Bancada, codigo: i32, partes: &[&str]) {
    let antes = tree_digest(b.ruta("")).unwrap();
    falla(&b.comando(&[]).run().unwrap(), codigo, partes);
    assert_eq!(
        tree_digest(b.ruta("")).unwrap(),
        antes,
        "something was written"
    );
}

fn con_tabla() -> Bancada {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    b
}

fn escribir(path: &Path, batch: &RecordBatch) {
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// A hundred good rows of the day.
fn cien() -> RecordBatch {
    let config = ConfigGenerador {
        defectos: 0.0,
        ..ConfigGenerador::new(1, FECHA.parse().unwrap(), 1, 100)
    };
    generate_batch(&Generador::new(config).unwrap(), 0..100).unwrap()
}

/// The same with column `i` replaced, or left out.
fn con_columna(i: usize, nueva: Option<(&str, ArrayRef)>) -> RecordBatch {
    let batch = cien();
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
    let mut columns = batch.columns().to_vec();
    match nueva {
        Some((name, column)) => {
            fields[i] = Arc::new(Field::new(name, column.data_type().clone(), true));
            columns[i] = column;
        }
        None => {
            fields.remove(i);
            columns.remove(i);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

const USER: usize = 2;
const MONTO: usize = 5;
const REGION: usize = 6;
const TIMESTAMP: usize = 9;

#[test]
fn una_columna_que_falta_cambia_de_nombre_o_de_tipo_se_nombra() {
    let textos: ArrayRef = Arc::new(StringArray::from(vec!["1,5"; 100]));
    let enteros: ArrayRef = Arc::new(Int64Array::from(vec![7; 100]));
    let montos: ArrayRef = Arc::new(Float64Array::from(vec![1.0; 100]));
    let ingenuos: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0; 100]));
    let casos: [(RecordBatch, &str); 9] = [
        (con_columna(MONTO, None), "falta la columna 'monto'"),
        (con_columna(REGION, None), "falta la columna 'region'"),
        (con_columna(USER, None), "falta la columna 'user_id'"),
        (con_columna(TIMESTAMP, None), "falta la columna 'timestamp'"),
        (
            con_columna(MONTO, Some(("Monto", montos))),
            "falta la columna 'monto' (hay 'Monto')",
        ),
        (
            con_columna(MONTO, Some(("monto", textos))),
            "la columna 'monto' es Utf8 y debe ser Float64",
        ),
        (
            con_columna(MONTO, Some(("monto", Arc::clone(&enteros)))),
            "la columna 'monto' es Int64 y debe ser Float64",
        ),
        (
            con_columna(USER, Some(("user_id", enteros))),
            "la columna 'user_id' es Int64 y debe ser Utf8",
        ),
        // Without a zone nobody knows which day an instant belongs to.
        (
            con_columna(TIMESTAMP, Some(("timestamp", ingenuos))),
            "la columna 'timestamp' es Timestamp",
        ),
    ];
    let b = con_tabla();
    for (batch, mensaje) in casos {
        escribir(&b.parte(99), &batch);
        nada_cambia(&b, 3, &["part-00099.parquet", mensaje, "queda como estaba"]);
    }
}

#[test]
fn una_columna_de_mas_se_dice_y_el_orden_no_importa() {
    let b = Bancada::con_eventos();
    escribir(&b.parte(99), &cien());
    hacer(&b.etl(FECHA));
    let esperado = b.contenido("ventas");
    // The same hundred rows, last column first, with one that nobody knows between them.
    let batch = cien();
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().rev().collect();
    let mut columns: Vec<_> = batch.columns().iter().cloned().rev().collect();
    fields.insert(
        3,
        Arc::new(Field::new(
            "color",
            arrow::datatypes::DataType::Float64,
            true,
        )),
    );
    columns.insert(3, Arc::new(Float64Array::from(vec![1e6; 100])));
    escribir(
        &b.parte(99),
        &RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap(),
    );
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    let archivo = format!("fecha={FECHA}/part-00099.parquet");
    assert_eq!(json(&f)["columnas_ignoradas"][&archivo][0], "color");
    assert_eq!(b.contenido("ventas"), esperado);
}

#[test]
fn un_archivo_danado_se_nombra_con_los_demas_que_lo_esten() {
    let b = con_tabla();
    let bueno = fs::read(b.parte(1)).unwrap();
    fs::write(b.parte(98), &bueno[..bueno.len() / 2]).unwrap();
    fs::write(b.parte(99), "no soy un Parquet").unwrap();
    nada_cambia(
        &b,
        3,
        &["part-00098.parquet", "part-00099.parquet", "2 de "],
    );
}

#[test]
fn un_dia_vacio_no_reemplaza_nada_con_archivos_o_sin_ellos() {
    let b = con_tabla();
    fs::remove_dir_all(b.dia()).unwrap();
    fs::create_dir(b.dia()).unwrap();
    nada_cambia(&b, 3, &["no hay ningún archivo .parquet ni .csv"]);
    escribir(&b.parte(0), &cien().slice(0, 0));
    nada_cambia(&b, 3, &[&format!("el día {FECHA} no tiene ninguna fila")]);
    let nulos: ArrayRef = Arc::new(Float64Array::from(vec![None; 100]));
    escribir(&b.parte(0), &con_columna(MONTO, Some(("monto", nulos))));
    nada_cambia(&b, 3, &["ninguna de las 100 filas", "todas sin monto"]);
    let malos: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN; 100]));
    escribir(&b.parte(0), &con_columna(MONTO, Some(("monto", malos))));
    nada_cambia(&b, 3, &["ninguna de las 100 filas", "monto_no_finito"]);
}

#[test]
fn un_dia_que_falta_dice_que_dias_hay() {
    let b = con_tabla();
    fs::remove_dir_all(b.dia()).unwrap();
    let hay = "hay 1 días, del 2024-01-16 al 2024-01-16";
    nada_cambia(&b, 3, &[&format!("no tiene datos del {FECHA}"), hay]);
    fs::remove_dir_all(b.ruta("eventos")).unwrap();
    nada_cambia(&b, 3, &["eventos no existe"]);
}

#[test]
fn la_salida_que_no_es_esta_tabla_se_respeta() {
    let b = Bancada::con_eventos();
    fs::write(b.ruta("ventas"), "soy un archivo").unwrap();
    nada_cambia(&b, 2, &["es un archivo, no una tabla Delta"]);
    fs::remove_file(b.ruta("ventas")).unwrap();
    fs::create_dir(b.ruta("ventas")).unwrap();
    fs::write(b.ruta("ventas/tesis.docx"), "importante").unwrap();
    nada_cambia(&b, 2, &["directorio con otros archivos"]);
    fs::remove_dir_all(b.ruta("ventas")).unwrap();

    hacer(&b.etl(FECHA));
    let commit = b.ruta("ventas/_delta_log/00000000000000000000.json");
    let bueno = fs::read(&commit).unwrap();
    fs::write(&commit, "{ roto").unwrap();
    nada_cambia(&b, 3, &["dañado"]);
    // Somebody else's table: the same log with another name for one of our columns.
    let ajena = String::from_utf8(bueno)
        .unwrap()
        .replace("segmento", "segment");
    fs::write(&commit, ajena).unwrap();
    nada_cambia(&b, 3, &["otras columnas", "'segmento' is missing"]);
}

#[test]
fn un_registro_con_un_hueco_o_de_una_version_futura_se_respeta() {
    let b = con_tabla();
    hacer(&b.etl(FECHA));
    hacer(&b.etl(FECHA));
    let commit = |n: u32| b.ruta(&format!("ventas/_delta_log/{n:020}.json"));
    let uno = fs::read(commit(1)).unwrap();
    fs::remove_file(commit(1)).unwrap();
    nada_cambia(&b, 3, &["dañado"]);
    fs::write(commit(1), uno).unwrap();
    let bueno = fs::read_to_string(commit(0)).unwrap();
    for (campo, codigo) in [("minReaderVersion", 3), ("minWriterVersion", 3)] {
        let (antes, despues) = bueno.split_once(&format!("\"{campo}\":")).unwrap();
        let despues = despues.trim_start_matches(|c: char| c.is_ascii_digit());
        fs::write(commit(0), format!("{antes}\"{campo}\":99{despues}")).unwrap();
        nada_cambia(&b, codigo, &["ventas", "no se toca"]);
    }
    fs::write(commit(0), bueno).unwrap();
    assert_eq!(b.comando(&[]).run().unwrap().code, Some(0));
}

#[test]
fn un_archivo_de_datos_que_desaparecio_vuelve_al_repetir_su_dia() {
    let b = con_tabla();
    let hash = b.contenido("ventas");
    let datos = b.ruta(&format!("ventas/fecha={FECHA}"));
    for entry in fs::read_dir(&datos).unwrap().flatten() {
        fs::remove_file(entry.path()).unwrap();
    }
    hacer(&b.etl(FECHA));
    assert_eq!(b.contenido("ventas"), hash);
}
