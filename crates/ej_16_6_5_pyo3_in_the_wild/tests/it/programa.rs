//! The program, from outside.

use std::path::Path;
use std::time::Duration;

use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp;

use crate::hostiles::{SIZE, patch};
use crate::make::{NAME, Rueda};

fn program() -> Child {
    Child::new(env!("CARGO_BIN_EXE_ej_16_6_5_pyo3_in_the_wild"))
        .env_clear()
        .timeout(Duration::from_secs(60))
}

fn open(path: &Path) -> Finished {
    program().arg("abrir").arg(path).run().unwrap()
}

#[test]
fn abre_una_rueda_y_la_resume() {
    let dir = temp::dir().unwrap();
    let rueda = Rueda::extension();
    let path = dir.path().join(NAME);
    std::fs::write(&path, rueda.bytes()).unwrap();
    let run = open(&path);
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = run.stdout_text();
    assert!(
        text.starts_with("m 1.0: extensión con PyO3, abi3: sí, desde 3.11; "),
        "{text}"
    );
    assert!(
        text.contains("bytes; PyInit__m; PyO3: 0.29.2; pide libgcc_s.so.1, libc.so.6"),
        "{text}"
    );
    let json = program()
        .arg("abrir")
        .arg("--json")
        .arg(&path)
        .run()
        .unwrap();
    let value: serde_json::Value = serde_json::from_str(&json.stdout_text()).unwrap();
    assert_eq!(value[0]["binaries"][0]["role"], "extension");
    assert_eq!(value[0]["file"]["tags"][0]["abi"], "abi3");
}

#[test]
fn una_rueda_danada_sale_con_3_y_una_linea_y_las_demas_se_abren() {
    let dir = temp::dir().unwrap();
    let (good, bad) = (
        dir.path().join(NAME),
        dir.path().join("n-1.0-py3-none-any.whl"),
    );
    std::fs::write(&good, Rueda::extension().bytes()).unwrap();
    std::fs::write(&bad, "hola").unwrap();
    let run = program().arg("abrir").arg(&bad).arg(&good).run().unwrap();
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stdout_text().starts_with("m 1.0: "), "{run:?}");
    let said = run.stderr_text();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("n-1.0-py3-none-any.whl: no es un ZIP, o está cortado"),
        "{said}"
    );
}

#[test]
fn un_directorio_o_un_nombre_que_no_es_sale_con_3() {
    let dir = temp::dir().unwrap();
    let path = dir.path().join(NAME);
    std::fs::create_dir(&path).unwrap();
    let run = open(&path);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr_text().contains("no es un archivo"), "{run:?}");
    assert_eq!(open(Path::new("/no/hay-1-py3-none-any.whl")).code, Some(3));
    assert_eq!(program().run().unwrap().code, Some(2));
}

#[test]
fn una_bomba_no_gasta_memoria() {
    let dir = temp::dir().unwrap();
    let path = dir.path().join(NAME);
    let with_bomb = Rueda::extension().with("m/ceros.bin", vec![0; 256 << 20]);
    let bytes = with_bomb.bytes();
    drop(with_bomb);
    assert!(bytes.len() < 1 << 20);
    let run = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let run = program()
            .limit_data(48 << 20)
            .arg("abrir")
            .arg(&path)
            .run()
            .unwrap();
        assert!(!run.crashed() && !run.timed_out, "{run:?}");
        assert!(run.peak_rss < 48 << 20, "{}", run.peak_rss);
        run
    };
    // Cabe en los límites: pasa por la memoria a trozos.
    assert_eq!(run(&bytes).code, Some(0));
    // Dice ser pequeño: se deja en cuanto se pasa.
    let mut small = bytes.clone();
    patch(&mut small, "m/ceros.bin", SIZE, &1000u32.to_le_bytes());
    let run_small = run(&small);
    assert_eq!(run_small.code, Some(3));
    assert!(
        run_small
            .stderr_text()
            .contains("dice tener 1000 bytes y tiene más"),
        "{run_small:?}"
    );
    // Dice no caber: no se empieza.
    let mut big = bytes;
    patch(&mut big, "m/ceros.bin", SIZE, &(600u32 << 20).to_le_bytes());
    let run_big = run(&big);
    assert_eq!(run_big.code, Some(3));
    assert!(
        run_big.stderr_text().contains("y el límite es 536870912"),
        "{run_big:?}"
    );
}

#[test]
fn sin_las_ruedas_la_tabla_dice_cual_falta() {
    let dir = temp::dir().unwrap();
    let run = program()
        .arg("tabla")
        .arg("--carpeta")
        .arg(dir.path())
        .run()
        .unwrap();
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr_text()
            .starts_with("error: falta la rueda de polars 2.1.0 en "),
        "{run:?}"
    );
}
