//! Killed, raced, cut off: the table is exactly the old or exactly the new one, and a rerun heals the rest.

use crate::bancada::{Bancada, FECHA};
use ecommerce_testkit::process::Steps;
use std::collections::BTreeSet;

/// Killed before each of a spread of calls that change names on disk, before and after the commits.
#[test]
fn muerto_en_cualquier_paso_la_tabla_es_la_vieja_o_la_nueva() {
    let b = Bancada::con_eventos();
    let esperado = b.contenido_esperado();
    let pasos = Steps::namespace().under(b.ruta("metricas").parent().unwrap());
    let entero = pasos.count(&b.comando(&["--silencioso"])).unwrap();
    assert!(
        entero.finished.success(),
        "{}",
        entero.finished.stderr_text()
    );
    let total = entero.calls.len();
    assert!(total >= 9, "{:?}", entero.calls);
    let (mut muertes, mut nuevas) = (0, 0);
    // The table exists now; each round kills a rerun of the same day over it, or over nothing.
    for n in 1..=total {
        for ausente in [true, false] {
            if ausente {
                for tabla in ["metricas", "metricas_productos", "metricas_cuarentena"] {
                    let _ = std::fs::remove_dir_all(b.ruta(tabla));
                }
            }
            let golpe = pasos.kill_at(n, &b.comando(&["--silencioso"])).unwrap();
            muertes += usize::from(golpe.landed);
            let metricas = b.contenido("metricas")[2].clone();
            assert!(
                metricas.is_none() || metricas == esperado[2],
                "paso {n}: {:?}",
                golpe.calls.last()
            );
            nuevas += usize::from(metricas.is_some());
            let f = b.correr(&["--silencioso"]);
            assert_eq!(f.code, Some(0), "tras el paso {n}: {}", f.stderr_text());
            assert_eq!(b.contenido("metricas"), esperado, "tras el paso {n}");
        }
    }
    assert!(
        muertes >= total && nuevas < muertes,
        "{muertes} muertes, {nuevas} tras publicar, {total} pasos"
    );
    println!("{muertes} muertes en {total} pasos; en {nuevas} la tabla ya estaba");
}

#[test]
fn ocho_procesos_con_el_mismo_dia_dejan_una_copia() {
    let b = Bancada::con_eventos();
    let esperado = b.contenido_esperado();
    for ronda in 0..2 {
        let procesos: Vec<_> = (0..8)
            .map(|_| b.comando(&["--silencioso"]).spawn().unwrap())
            .collect();
        for p in procesos {
            let f = p.wait().unwrap();
            assert!(
                matches!(f.code, Some(0 | 4)),
                "{:?} {}",
                f.code,
                f.stderr_text()
            );
        }
        assert_eq!(b.contenido("metricas"), esperado, "ronda {ronda}");
    }
}

#[test]
fn procesos_con_dias_distintos_no_se_pierden() {
    let b = Bancada::con_eventos();
    let dias = [FECHA, "2024-01-16"];
    let procesos: Vec<_> = dias
        .iter()
        .map(|d| {
            b.crudo(&["-f", d, "-e", "eventos", "-s", "metricas", "--silencioso"])
                .spawn()
                .unwrap()
        })
        .collect();
    for p in procesos {
        let f = p.wait().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    }
    let f = b
        .crudo(&[
            "consultar",
            "SELECT DISTINCT fecha FROM metricas_diarias",
            "--tabla",
            "metricas",
            "--formato",
            "csv",
        ])
        .run()
        .unwrap();
    let visto: BTreeSet<String> = f.stdout_text().lines().skip(1).map(str::to_owned).collect();
    assert_eq!(visto, dias.iter().map(|d| (*d).to_owned()).collect());
}

/// Ctrl-C while reading: exit code 130, and the table as it was.
#[test]
fn ctrl_c_deja_la_tabla_entera() {
    use ecommerce_testkit::process::{Signal, Trigger};
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let esperado = b.contenido("metricas");
    b.eventos(42, 1_000_000, ecommerce_arrow::Format::Csv);
    let antes = esperado.clone();
    // The directory for temporary files gets its first entry when the reading begins.
    std::fs::create_dir(b.ruta("tmp")).unwrap();
    let corriendo = b.comando(&[]).env("TMPDIR", b.ruta("tmp")).spawn().unwrap();
    let leyendo = Trigger::EntryIn(b.ruta("tmp"), ".tmp".into());
    let f = corriendo.signal_when(Signal::Interrupt, &leyendo).unwrap();
    assert_eq!(f.code, Some(130), "{}", f.stderr_text());
    assert_eq!(b.contenido("metricas"), antes);
}

/// `--duradero`: data, log and directories are synced before the exit; without it nothing is.
#[test]
fn duradero_sincroniza_datos_registro_y_directorios() {
    let b = Bancada::con_eventos();
    let pasos = Steps::of(&["fsync", "fdatasync"]).unwrap();
    let sin = pasos.count(&b.comando(&["--silencioso"])).unwrap();
    let con = pasos
        .count(&b.comando(&["--silencioso", "--duradero"]))
        .unwrap();
    assert!(con.finished.success() && sin.finished.success());
    // Three tables, each a data file and a commit, each with its file and the directories above it.
    assert!(con.calls.len() >= 3 * 2 * 3, "{}", con.calls.len());
    assert_eq!(sin.calls.len(), 0);
    assert_eq!(b.contenido("metricas"), b.contenido_esperado());
}
