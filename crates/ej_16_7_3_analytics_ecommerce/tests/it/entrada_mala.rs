//! Bad input: one clear line in Spanish, the exit code of the design, nothing written and nothing lost.

use crate::bancada::{Bancada, FECHA, falla, json};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use ecommerce_arrow::{Format, generate_batch};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::temp::{Tree, tree_digest};
use parquet::arrow::ArrowWriter;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Runs the bad day twice: with no table yet, and with a table that must stay as it is, byte by byte.
#[track_caller]
fn nada_cambia(b: &Bancada, code: i32, partes: &[&str]) {
    let antes = tree_digest(b.ruta("")).unwrap();
    falla(&b.correr(&[]), code, partes);
    assert_eq!(tree_digest(b.ruta("")).unwrap(), antes, "algo se escribió");
}

/// A table from good events, in front of which the day's input then turns bad.
fn con_tabla() -> Bancada {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    b
}

#[test]
fn un_dia_que_falta_dice_que_dias_hay() {
    let b = con_tabla();
    fs::remove_dir_all(b.dia()).unwrap();
    nada_cambia(
        &b,
        3,
        &[
            "no tiene datos del 2024-01-15",
            "hay 1 días, del 2024-01-16 al 2024-01-16",
        ],
    );
}

#[test]
fn un_dia_vacio_no_reemplaza_nada() {
    let b = con_tabla();
    fs::remove_dir_all(b.dia()).unwrap();
    fs::create_dir(b.dia()).unwrap();
    nada_cambia(&b, 3, &["no hay ningún archivo .parquet ni .csv"]);
    let config = ConfigGenerador::new(1, FECHA.parse().unwrap(), 1, 10);
    let vacio = generate_batch(&Generador::new(config).unwrap(), 0..0).unwrap();
    escribir(&b.parte(0), &vacio);
    nada_cambia(&b, 3, &["2024-01-15 no tiene ninguna fila"]);
}

#[test]
fn una_entrada_que_no_existe_se_nombra() {
    let b = Bancada::vacia();
    nada_cambia(&b, 3, &["la entrada", "eventos no existe"]);
}

#[test]
fn la_salida_que_no_es_una_tabla_se_respeta() {
    let b = Bancada::con_eventos();
    fs::write(b.ruta("metricas"), "soy un archivo").unwrap();
    nada_cambia(&b, 2, &["metricas es un archivo"]);
    fs::remove_file(b.ruta("metricas")).unwrap();
    fs::create_dir(b.ruta("metricas")).unwrap();
    fs::write(b.ruta("metricas/tesis.docx"), "importante").unwrap();
    nada_cambia(&b, 2, &["directorio con otros archivos"]);
    let f = b
        .crudo(&["-f", FECHA, "-e", "eventos", "-s", "eventos"])
        .run()
        .unwrap();
    falla(&f, 2, &["directorio con otros archivos"]);
}

#[test]
fn un_registro_delta_danado_no_se_toma_por_una_tabla_vacia() {
    let b = con_tabla();
    fs::write(
        b.ruta("metricas/_delta_log/00000000000000000000.json"),
        "{ roto",
    )
    .unwrap();
    nada_cambia(&b, 3, &["metricas", "dañado"]);
}

fn escribir(path: &Path, batch: &RecordBatch) {
    let mut writer =
        ArrowWriter::try_new(fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// The good rows of a batch with column `i` replaced, or left out.
fn con_columna(i: usize, nueva: Option<(&str, DataType, ArrayRef)>) -> RecordBatch {
    let config = ConfigGenerador::new(1, FECHA.parse().unwrap(), 1, 100);
    let batch = generate_batch(&Generador::new(config).unwrap(), 0..100).unwrap();
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
    let mut columns = batch.columns().to_vec();
    match nueva {
        Some((name, dtype, column)) => {
            fields[i] = Arc::new(Field::new(name, dtype, true));
            columns[i] = column;
        }
        None => {
            fields.remove(i);
            columns.remove(i);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

#[test]
fn la_deriva_del_esquema_nombra_la_columna() {
    let falta = FaultReport::begin(
        17,
        "columnas",
        "una columna quitada, renombrada o de otro tipo",
    );
    let mut veces = 0;
    let montos: ArrayRef = Arc::new(Float64Array::from(vec![1.0; 100]));
    let textos: ArrayRef = Arc::new(StringArray::from(vec!["1,5"; 100]));
    let casos: [(RecordBatch, &str); 3] = [
        (con_columna(5, None), "falta la columna 'monto'"),
        (
            con_columna(5, Some(("Monto", DataType::Float64, montos))),
            "falta la columna 'monto' (hay 'Monto')",
        ),
        (
            con_columna(5, Some(("monto", DataType::Utf8, textos))),
            "la columna 'monto' es Utf8 y debe ser Float64",
        ),
    ];
    for (batch, mensaje) in casos {
        let b = con_tabla();
        escribir(&b.parte(99), &batch);
        nada_cambia(&b, 3, &["part-00099.parquet", mensaje]);
        veces += 1;
    }
    falta.passed(
        veces,
        "sale con 3 y nombra archivo y columna; tabla intacta",
    );
}

/// Columns are found by their names: nothing shifts and nothing is filled with nulls.
#[test]
fn columnas_de_mas_o_en_otro_orden_no_mueven_nada() {
    let falta = FaultReport::begin(17, "orden", "columnas en otro orden, y una de más");
    let b = Bancada::vacia();
    let config = ConfigGenerador::new(7, FECHA.parse().unwrap(), 1, 300);
    let batch = generate_batch(&Generador::new(config).unwrap(), 0..300).unwrap();
    let n = batch.num_columns();
    let revueltas: Vec<usize> = (0..n).map(|i| (i * 5 + 3) % n).collect();
    let revuelto = batch.project(&revueltas).unwrap();
    let mut fields: Vec<_> = revuelto.schema().fields().iter().cloned().collect();
    fields.insert(2, Arc::new(Field::new("color", DataType::Float64, true)));
    let mut columns = revuelto.columns().to_vec();
    columns.insert(2, Arc::new(Float64Array::from(vec![0.5; 300])));
    let con_una_mas = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let del_reves = batch.project(&(0..n).rev().collect::<Vec<_>>()).unwrap();
    let parte = format!("fecha={FECHA}/part-00000.parquet");
    let mut esperado = None;
    for (entrada, lote) in [("recto", batch), ("reves", del_reves), ("mas", con_una_mas)] {
        let path = b.ruta(entrada).join(&parte);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        escribir(&path, &lote);
        b.publica(entrada, FECHA);
        let contenido = b.contenido("metricas");
        assert_eq!(
            esperado.get_or_insert(contenido.clone()),
            &contenido,
            "{entrada}"
        );
    }
    falta.passed(2, "el mismo contenido, por hash");
}

#[test]
fn una_columna_de_mas_se_ignora_y_se_dice() {
    let b = Bancada::con_eventos();
    let config = ConfigGenerador::new(7, FECHA.parse().unwrap(), 1, 100);
    let batch = generate_batch(&Generador::new(config).unwrap(), 0..100).unwrap();
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
    fields.insert(0, Arc::new(Field::new("color", DataType::Float64, true)));
    let mut columns = batch.columns().to_vec();
    columns.insert(0, Arc::new(Float64Array::from(vec![0.0; 100])));
    escribir(
        &b.parte(99),
        &RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap(),
    );
    let f = b.correr(&["--json"]);
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(
        json(&f)["columnas_ignoradas"][format!("fecha={FECHA}/part-00099.parquet")][0],
        "color"
    );
}

#[test]
fn un_parquet_truncado_entre_buenos_para_el_dia_y_tolerante_lo_deja_fuera() {
    let b = con_tabla();
    let esperado = b.contenido("metricas");
    let bytes = fs::read(b.parte(1)).unwrap();
    fs::write(b.parte(99), &bytes[..bytes.len() / 2]).unwrap();
    nada_cambia(&b, 3, &["part-00099.parquet", "truncated", "--tolerante"]);
    let f = b.correr(&["--tolerante", "--json"]);
    assert_eq!(f.code, Some(3));
    assert_eq!(
        json(&f)["archivos_rechazados"][0]["archivo"],
        format!("fecha={FECHA}/part-00099.parquet")
    );
    assert_eq!(b.contenido("metricas"), esperado);
}

#[test]
fn una_linea_rota_de_un_csv_se_dice_con_su_numero() {
    let b = Bancada::vacia();
    b.eventos(42, 4_000, Format::Csv);
    let path = b.dia().join("part-00001.csv");
    let mut lineas: Vec<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lineas[499] = "demasiado,corta".into();
    fs::write(&path, lineas.join("\n")).unwrap();
    nada_cambia(&b, 3, &["part-00001.csv", "línea 500"]);
}

#[test]
fn si_ninguna_fila_vale_el_dia_no_se_reemplaza() {
    let b = con_tabla();
    for n in 0..20 {
        let _ = fs::remove_file(b.parte(n));
    }
    let malos: ArrayRef = Arc::new(StringArray::from(vec!["comprar"; 100]));
    escribir(
        &b.parte(0),
        &con_columna(1, Some(("tipo", DataType::Utf8, malos))),
    );
    nada_cambia(
        &b,
        3,
        &[
            "ninguna de las 100 filas del 2024-01-15",
            "tipo_desconocido",
        ],
    );
}

#[test]
fn lo_que_no_es_un_archivo_normal_no_se_abre_ni_cuelga() {
    let b = con_tabla();
    let fifo = b.dia().join("part-90000.parquet");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    nada_cambia_con_fifo(&b);
    fs::remove_file(&fifo).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", b.dia().join("part-90001.csv")).unwrap();
    let antes = Tree::of(b.ruta("metricas")).unwrap().digest();
    falla(
        &b.correr(&[]),
        3,
        &["part-90001.csv", "fuera del directorio de entrada"],
    );
    assert_eq!(Tree::of(b.ruta("metricas")).unwrap().digest(), antes);
}

fn nada_cambia_con_fifo(b: &Bancada) {
    let antes = tree_digest(b.ruta("metricas")).unwrap();
    falla(
        &b.correr(&[]),
        3,
        &["part-90000.parquet", "no es un archivo normal"],
    );
    assert_eq!(tree_digest(b.ruta("metricas")).unwrap(), antes);
}

#[test]
fn sin_permiso_de_escritura_sale_con_5() {
    let b = Bancada::con_eventos();
    // Modes do not bind root: a read-only place that binds everybody.
    let f = b
        .crudo(&["-f", FECHA, "-e", "eventos", "-s", "/proc/metricas"])
        .run()
        .unwrap();
    falla(&f, 5, &["/proc/metricas"]);
}

#[test]
fn con_pocos_descriptores_el_fallo_es_limpio() {
    let b = con_tabla();
    let antes = b.contenido("metricas");
    let f = b.comando(&[]).limit_files(8).run().unwrap();
    assert!(
        !f.crashed() && f.code != Some(0),
        "{:?} {}",
        f.code,
        f.stderr_text()
    );
    assert_eq!(b.contenido("metricas"), antes);
}
