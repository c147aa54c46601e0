//! What takes minutes: MERGE of one million rows into ten.

use crate::bancada::copiar;
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_5_1_delta::scale::{Measured, Variant};
use std::collections::BTreeMap;
use std::time::Duration;

const FUENTE: usize = 1_000_000;
const DESTINO: usize = 10_000_000;

/// Each variant in a process of its own, under a limit that it must not reach.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn un_millon_en_diez_millones_cabe_en_cuatro_gib_y_acotado_en_la_mitad_de_lo_que_pide() {
    let dir = temp::dir().unwrap();
    let orden = |argumentos: &[&str]| {
        Child::new(env!("CARGO_BIN_EXE_ej_16_5_1_delta"))
            .args(argumentos)
            .current_dir(dir.path())
            .limit_data(4 << 30)
            .timeout(Duration::from_secs(3_600))
    };
    let (fuente, destino) = (FUENTE.to_string(), DESTINO.to_string());
    let hecho = orden(&["merge-preparar", "tabla", "--destino", &destino])
        .run()
        .unwrap();
    assert_eq!(hecho.code, Some(0), "{hecho:?}");
    let mut picos = BTreeMap::new();
    for variante in ["upsert", "acotada", "completa"] {
        copiar(&dir.path().join("tabla"), &dir.path().join(variante));
        let fin = orden(&["merge-correr", variante, "--variante", variante])
            .args(["--fuente", &fuente, "--destino", &destino])
            .args(["--memoria-mb", "512"])
            .run()
            .unwrap();
        assert_eq!(fin.code, Some(0), "{fin:?}");
        let m: Measured = serde_json::from_slice(&fin.stdout).unwrap();
        let pico = fin.peak_rss >> 20;
        println!("{variante}: pico {pico} MiB, {:.1} s", m.segundos);
        let esperado = match m.variante {
            Variant::Upsert | Variant::Acotada => (FUENTE / 2, FUENTE / 2, 0),
            // A tenth of those found is cancelled; of the first day, a million, nineteen of twenty did not come.
            Variant::Completa => (
                FUENTE / 2,
                FUENTE / 2 - FUENTE / 20,
                FUENTE / 20 + DESTINO / 10 - DESTINO / 200,
            ),
        };
        assert_eq!(
            (m.insertadas, m.actualizadas, m.borradas),
            esperado,
            "{m:?}"
        );
        // The process's own account and the kernel's agree.
        let propio = m.pico_mb.unwrap();
        assert!(propio.abs_diff(pico) <= 64, "{propio} {pico}");
        picos.insert(m.variante, pico);
        std::fs::remove_dir_all(dir.path().join(variante)).unwrap();
    }
    assert!(
        picos[&Variant::Acotada] * 2 < picos[&Variant::Upsert],
        "{picos:?}"
    );
}
