//! Several at once: two dates, the same date by eight processes, eight dates by eight processes.

use crate::bancada::{Bancada, FECHA, OTRA, fecha, filas_y_version, hacer, json, runtime};
use std::collections::BTreeSet;

#[test]
fn dos_fechas_a_la_vez_sobre_la_misma_tabla_quedan_las_dos() {
    let b = Bancada::con_eventos();
    let (uno, otro) = (b.etl(FECHA), b.etl(OTRA));
    let table = uno.table().unwrap();
    let (a, c) = runtime()
        .block_on(async { tokio::try_join!(uno.run_on(&table), otro.run_on(&table)) })
        .unwrap();
    assert_eq!(
        BTreeSet::from([a.version_tabla, c.version_tabla]),
        BTreeSet::from([0, 1])
    );
    let seguidas = Bancada::con_eventos();
    hacer(&seguidas.etl(FECHA));
    hacer(&seguidas.etl(OTRA));
    assert_eq!(b.contenido("ventas"), seguidas.contenido("ventas"));
}

#[test]
fn la_misma_fecha_por_ocho_procesos_a_la_vez_deja_una_copia() {
    let b = Bancada::con_eventos();
    let esperado = b.contenido_esperado();
    // Round 0 on no table, round 1 on the one that is there.
    for ronda in 0..2 {
        let procesos: Vec<_> = (0..8).map(|_| b.comando(&[]).spawn().unwrap()).collect();
        let mut versiones = BTreeSet::new();
        for p in procesos {
            let f = p.wait().unwrap();
            // Losing forty times in a row is allowed, if it is said; doubling the rows is not.
            assert!(matches!(f.code, Some(0 | 4)), "{}", f.stderr_text());
            if f.code == Some(0) {
                let version = json(&f)["version_tabla"].as_u64().unwrap();
                assert!(
                    versiones.insert(version),
                    "two runs claim version {version}"
                );
            }
        }
        assert!(!versiones.is_empty());
        assert_eq!(b.contenido("ventas"), esperado, "ronda {ronda}");
    }
}

#[test]
fn ocho_fechas_por_ocho_procesos_a_la_vez_quedan_todas() {
    let b = Bancada::vacia();
    b.eventos(42, 8, 16_000);
    let fechas: Vec<String> = fecha(FECHA)
        .through(fecha("2024-01-22"))
        .map(|f| f.to_string())
        .collect();
    let procesos: Vec<_> = fechas
        .iter()
        .map(|f| b.para(f, "ventas").spawn().unwrap())
        .collect();
    let mut filas = 0;
    for p in procesos {
        let f = p.wait().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        filas += json(&f)["filas_procesadas"].as_u64().unwrap() as usize;
    }
    assert_eq!(filas_y_version(&b.lugar("ventas")), (filas, 7));
    for f in &fechas {
        let p = b.para(f, "seguidas").run().unwrap();
        assert_eq!(p.code, Some(0), "{}", p.stderr_text());
    }
    assert_eq!(b.contenido("ventas"), b.contenido("seguidas"));
}
