//! Rows of an earlier date that arrive later: what happens to them, and how running the day again takes them in.

use crate::bancada::{Bancada, FECHA, FILAS, OTRA, filas_y_version, hacer};
use arrow::array::{ArrayRef, RecordBatch, TimestampMicrosecondArray};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, Generador};
use parquet::arrow::ArrowWriter;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A thousand good rows of 2024-01-15 that none of the other files has.
fn atrasadas() -> RecordBatch {
    let config = ConfigGenerador {
        defectos: 0.0,
        ..ConfigGenerador::new(99, FECHA.parse().unwrap(), 1, 1_000)
    };
    generate_batch(&Generador::new(config).unwrap(), 0..1_000).unwrap()
}

fn escribir(path: &Path, batch: &RecordBatch) {
    let file = fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// What one run over everything would have left.
fn de_una_vez(b: &Bancada) -> Option<String> {
    for fecha in [FECHA, OTRA] {
        let mut etl = b.etl(fecha);
        etl.destino = b.lugar("de-una-vez");
        hacer(&etl);
    }
    b.contenido("de-una-vez")
}

#[test]
fn un_archivo_que_llega_tarde_a_su_dia_entra_al_repetirlo() {
    let b = Bancada::con_eventos();
    let antes = hacer(&b.etl(FECHA));
    hacer(&b.etl(OTRA));
    let sin = b.contenido("ventas");
    escribir(&b.parte(50), &atrasadas());
    // Nothing happens by itself; running the day again takes the file in, once.
    assert_eq!(b.contenido("ventas"), sin);
    let despues = hacer(&b.etl(FECHA));
    assert!(despues.filas_validas > antes.filas_validas);
    hacer(&b.etl(FECHA));
    assert_ne!(b.contenido("ventas"), sin);
    assert_eq!(b.contenido("ventas"), de_una_vez(&b));
}

#[test]
fn lo_que_llega_en_el_directorio_de_otro_dia_no_cuenta_en_ninguno_y_se_dice_de_cual_es() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    let limpio = hacer(&b.etl(OTRA));
    let sin = b.contenido("ventas");
    let ajeno = b.ruta(&format!("eventos/fecha={OTRA}/part-00050.parquet"));
    escribir(&ajeno, &atrasadas());
    let m = hacer(&b.etl(OTRA));
    // The table is the same: yesterday's sales are no part of today's, nor added to yesterday's behind its back.
    assert_eq!(b.contenido("ventas"), sin);
    let mut esperadas: BTreeMap<String, u64> = limpio.de_otra_fecha.clone();
    let nuevas = m.de_otra_fecha[FECHA] - limpio.de_otra_fecha.get(FECHA).copied().unwrap_or(0);
    *esperadas.entry(FECHA.to_owned()).or_default() += nuevas;
    assert_eq!(m.de_otra_fecha, esperadas);
    let fuera = "fecha_fuera_de_la_particion";
    assert_eq!(m.motivos[fuera], m.de_otra_fecha.values().sum::<u64>());
    assert!(nuevas > 10, "{nuevas}");
    // Moved to where they belong, they come in with the next run of their day: as many as were told.
    fs::rename(&ajeno, b.parte(50)).unwrap();
    let antes = filas_y_version(&b.lugar("ventas")).1;
    let con = hacer(&b.etl(FECHA));
    hacer(&b.etl(OTRA));
    assert_eq!(filas_y_version(&b.lugar("ventas")).1, antes + 2);
    assert_eq!(b.contenido("ventas"), de_una_vez(&b));
    let solo = Bancada::con_eventos();
    assert_eq!(
        con.filas_validas,
        hacer(&solo.etl(FECHA)).filas_validas + nuevas
    );
}

#[test]
fn en_archivos_sueltos_cada_dia_encuentra_lo_suyo_por_el_instante_llegue_cuando_llegue() {
    let b = Bancada::vacia();
    fs::create_dir(b.ruta("eventos")).unwrap();
    let config = ConfigGenerador {
        defectos: 0.0,
        ..ConfigGenerador::new(42, FECHA.parse().unwrap(), 2, FILAS)
    };
    let dos_dias = generate_batch(&Generador::new(config).unwrap(), 0..FILAS).unwrap();
    escribir(&b.ruta("eventos/lunes.parquet"), &dos_dias);
    let primera = hacer(&b.etl(FECHA));
    let segunda = hacer(&b.etl(OTRA));
    assert!(primera.filas_otros_dias > 0 && primera.de_otra_fecha.is_empty());
    assert_eq!(primera.filas_validas, segunda.filas_otros_dias);
    assert_eq!(primera.filas_otros_dias, segunda.filas_validas);
    // A week later another file brings rows of the first day: that day again, and they are in.
    escribir(&b.ruta("eventos/lunes-siguiente.parquet"), &atrasadas());
    let otra_vez = hacer(&b.etl(FECHA));
    assert!(otra_vez.filas_validas > primera.filas_validas);
    assert_eq!(b.contenido("ventas"), de_una_vez(&b));
}

#[test]
fn la_medianoche_es_la_de_la_zona() {
    let b = Bancada::vacia();
    fs::create_dir_all(b.dia()).unwrap();
    let mut batch = atrasadas();
    // Every row at 2024-01-16T04:59:59Z: the last second of the 15th in Lima, and the 16th in UTC.
    let tarde: ArrayRef = Arc::new(
        TimestampMicrosecondArray::from(vec![1_705_381_199_000_000; 1_000]).with_timezone("UTC"),
    );
    let mut columns = batch.columns().to_vec();
    columns[9] = tarde;
    batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    escribir(&b.parte(0), &batch);
    let error = crate::bancada::runtime()
        .block_on(b.etl(FECHA).run())
        .unwrap_err();
    assert!(error.to_string().starts_with("no valid row"), "{error}");
    let mut lima = b.etl(FECHA);
    lima.zona = "America/Lima".parse().unwrap();
    let m = hacer(&lima);
    assert!(
        m.filas_validas > 10 && m.motivos.is_empty(),
        "{:?}",
        m.motivos
    );
}
