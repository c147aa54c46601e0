//! Spilling: what Polars does with a budget of memory and a place on the disk.

use crate::datos::{bien, eventos, generacion, procesar};
use std::fs;

/// Polars counts what is allocated in an allocator of its own (`polars_ooc::Allocator`), and spills when the count passes the
/// budget. A program that does not install it is at zero for ever: the budget is read, and nothing is spilled.
#[test]
fn sin_su_asignador_polars_no_derrama_aunque_se_le_de_un_presupuesto() {
    let dir = tempfile::tempdir().unwrap();
    let (entrada, salida) = (dir.path().join("e.parquet"), dir.path().join("s.parquet"));
    eventos(generacion(12_000, 4_096, 500), &entrada);
    let unir = format!(
        "--operacion unir --clave evento_id --con {}",
        entrada.display()
    );
    for orden in [unir.as_str(), "--operacion ordenar"] {
        let derrame = dir.path().join("derrame");
        fs::create_dir_all(&derrame).unwrap();
        let fin = procesar(orden, &entrada, &salida)
            .env("POLARS_OOC_MEMORY_BUDGET_MB", "8")
            .env("POLARS_OOC_SPILL_DIR", &derrame)
            .run()
            .unwrap();
        let informe = bien(&fin);
        // Polars makes a directory per process there before it spills anything.
        assert_eq!(fs::read_dir(&derrame).unwrap().count(), 0, "{orden}");
        assert!(
            informe["pico_anonimo"].as_u64().unwrap() > 4 * 8_000_000,
            "{orden}: {informe}"
        );
    }
}

mod nivel_python {
    use crate::datos::{eventos, generacion};
    use ecommerce_testkit::process::Child;
    use std::fs;
    use std::time::Duration;

    /// Polars in Python comes with that allocator: it spills, the answer is the same, and the budget is not a bound.
    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn en_python_polars_derrama_y_el_presupuesto_no_es_una_cota() {
        let python = std::env::var("ECOMMERCE_PYTHON").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let entrada = dir.path().join("e.parquet");
        eventos(generacion(60_000, 4_096, 500), &entrada);
        let correr = |operacion: &str, mb: u64| {
            let derrame = dir.path().join(format!("{operacion}-{mb}"));
            fs::create_dir(&derrame).unwrap();
            let fin = Child::new(&python)
                .arg(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/tests/python/derrame.py"
                ))
                .arg(operacion)
                .arg(&entrada)
                .arg(dir.path().join("s.parquet"))
                .env("POLARS_MAX_THREADS", "2")
                .env("POLARS_OOC_SPILL_DIR", &derrame)
                .env("POLARS_OOC_MEMORY_BUDGET_MB", mb.to_string())
                .timeout(Duration::from_secs(120))
                .run()
                .unwrap();
            assert_eq!(fin.code, Some(0), "{fin:?}");
            let derramo = fs::read_dir(&derrame).unwrap().count() > 0;
            println!(
                "{operacion} con {mb} MB: pico {} MB, derrama: {derramo}",
                fin.peak_rss / 1_000_000
            );
            (fin.stdout_text(), derramo, fin.peak_rss)
        };
        for (operacion, derrama) in [("unir", true), ("ordenar", true), ("agrupar", false)] {
            let (sin_presupuesto, holgado, _) = correr(operacion, 100_000);
            let (con_presupuesto, apretado, pico) = correr(operacion, 32);
            assert_eq!((holgado, apretado), (false, derrama), "{operacion}");
            assert_eq!(sin_presupuesto, con_presupuesto, "{operacion}");
            assert!(pico > 2 * 32_000_000, "{operacion}: {pico}");
        }
    }
}
