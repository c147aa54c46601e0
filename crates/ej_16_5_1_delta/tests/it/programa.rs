//! The program, as a process.

use crate::bancada::{ambos, en_disco, en_s3, venta};
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_5_1_delta::scale::{Report, Variant};
use std::fs;

fn orden(argumentos: &[&str]) -> Child {
    Child::new(env!("CARGO_BIN_EXE_ej_16_5_1_delta")).args(argumentos)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_imprime_cada_accion_de_cada_version() {
    for sitio in ambos() {
        drop(
            sitio
                .con(&[&[venta(1, "norte", 100)], &[venta(2, "sur", 200)]])
                .await,
        );
        let fin = orden(&["log", &sitio.direccion])
            .envs(&sitio.entorno)
            .run()
            .unwrap();
        assert_eq!(fin.code, Some(0), "{fin:?}");
        let dicho = fin.stdout_text();
        for dice in [
            "versión 0 · _delta_log/00000000000000000000.json",
            "  metaData    las columnas de la tabla, desde aquí:",
            "versión 2 · _delta_log/00000000000000000002.json",
            "  add         part-",
            "1 filas, ",
        ] {
            assert!(
                dicho.contains(dice),
                "{}: falta «{dice}» en\n{dicho}",
                sitio.nombre
            );
        }
        if let Some(secreta) = sitio.entorno.get("AWS_SECRET_ACCESS_KEY") {
            assert_eq!(fin.occurrences(secreta), 0);
        }
    }
}

#[test]
fn recorrido_cuenta_las_doce_versiones_y_lo_que_el_vacuum_se_lleva() {
    let sitio = en_s3();
    let en_temporal = orden(&["recorrido"]).run().unwrap();
    let s3 = orden(&["recorrido", "--tabla", &sitio.direccion])
        .envs(&sitio.entorno)
        .run()
        .unwrap();
    for fin in [&en_temporal, &s3] {
        assert_eq!(fin.code, Some(0), "{fin:?}");
        let dicho = fin.stdout_text();
        assert!(dicho.contains("versión  6 · MERGE: los cambios del martes    5 filas en 2 archivos, 1529,00 en total"), "{dicho}");
        assert!(
            dicho.contains("la versión 1 ya no se puede leer: sus archivos no están"),
            "{dicho}"
        );
    }
    assert_eq!(en_temporal.stdout_text(), s3.stdout_text());
}

#[test]
fn lo_que_no_puede_ser_se_dice_en_una_linea_y_con_su_codigo() {
    let sitio = en_disco();
    let direccion = sitio.direccion.as_str();
    for (argumentos, codigo, dice) in [
        (&["log", direccion][..], 3, "no hay ninguna tabla Delta"),
        (
            &["log", "ftp://x/y"][..],
            2,
            "no es la dirección de una tabla",
        ),
        (
            &["log", direccion, "--opcion", "sinvalor"],
            2,
            "CLAVE=VALOR",
        ),
        (
            &["recorrido", "--tabla", env!("CARGO_MANIFEST_DIR")][..],
            2,
            "no está vacío",
        ),
    ] {
        let fin = orden(argumentos).run().unwrap();
        assert_eq!(fin.code, Some(codigo), "{argumentos:?} {fin:?}");
        let dicho = fin.stderr_text();
        assert_eq!(dicho.lines().count(), 1, "{dicho}");
        assert!(
            dicho.starts_with("error: ") && dicho.contains(dice),
            "{dicho}"
        );
    }
}

#[test]
fn merge_mide_cada_variante_en_su_proceso_y_las_tres_cuadran() {
    let dir = temp::dir().unwrap();
    let (tablas, archivo) = (dir.path().join("tablas"), dir.path().join("merge.json"));
    let fin = orden(&["merge", "--fuente", "400", "--destino", "4000"])
        .args(["--memoria-mb", "64", "--carpeta"])
        .arg(&tablas)
        .arg("--json")
        .arg(&archivo)
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    let texto = fs::read_to_string(&archivo).unwrap();
    let Report { merge: medidas } = serde_json::from_str(&texto).unwrap();
    assert_eq!(medidas.len(), 3);
    for variante in [Variant::Upsert, Variant::Acotada] {
        let m = &medidas[&variante];
        assert_eq!(
            (m.variante, m.insertadas, m.actualizadas, m.borradas),
            (variante, 200, 200, 0)
        );
    }
    // Every twentieth of 4000 comes; of those 200 twenty are cancelled. Of the first day, 400 sales, 380 did not come.
    let completa = &medidas[&Variant::Completa];
    assert_eq!(
        (
            completa.insertadas,
            completa.actualizadas,
            completa.borradas
        ),
        (200, 180, 20 + 380)
    );
    // What the page quotes, by the names that it quotes.
    let json: serde_json::Value = serde_json::from_str(&texto).unwrap();
    for variante in ["upsert", "acotada", "completa"] {
        let m = &json["merge"][variante];
        assert!(m["pico_mb"].as_u64().is_some_and(|mb| mb > 20), "{m}");
        assert!(m["segundos"].as_f64().is_some_and(|s| s > 0.0), "{m}");
    }
    // The table for people says the same, and no table of the measurement stays behind.
    assert_eq!(fin.stdout_text().lines().count(), 4, "{fin:?}");
    assert_eq!(fs::read_dir(&tablas).unwrap().count(), 0);
}
