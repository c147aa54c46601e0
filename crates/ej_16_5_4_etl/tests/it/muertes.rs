//! Killed before every step of the commit, and at what can be seen of it from outside: the table is the old or the new one.

use crate::bancada::{Bancada, FECHA, FILAS, copiar};
use ecommerce_testkit::process::{Steps, Trigger};
use std::fs;

/// The bench with a table of other events, and the content that the day has afterwards.
fn con_tabla_vieja() -> (Bancada, Option<String>, Option<String>) {
    let b = Bancada::vacia();
    b.eventos(7, 1, FILAS);
    let vieja = b.contenido_esperado();
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    copiar(&b.ruta("ventas"), &b.ruta("vieja"));
    fs::remove_dir_all(b.ruta("eventos")).unwrap();
    b.eventos(42, 1, FILAS);
    let nueva = b.contenido_esperado();
    assert_ne!(vieja, nueva);
    (b, vieja, nueva)
}

/// The table as it was before the run: the old one, or none.
fn preparar(b: &Bancada, ausente: bool) {
    let _ = fs::remove_dir_all(b.ruta("ventas"));
    if !ausente {
        copiar(&b.ruta("vieja"), &b.ruta("ventas"));
    }
}

/// After a death: nothing but the old or the new table, and the next run makes it the new one. Whether it was new already.
#[track_caller]
fn sigue_entera(
    b: &Bancada,
    ausente: bool,
    vieja: &Option<String>,
    nueva: &Option<String>,
    donde: &str,
) -> bool {
    let hallada = b.contenido("ventas");
    let antes = if ausente { &None } else { vieja };
    assert!(
        hallada == *antes || hallada == *nueva,
        "{donde}: neither the old table nor the new one"
    );
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{donde}: {}", f.stderr_text());
    assert_eq!(b.contenido("ventas"), *nueva, "{donde}");
    hallada == *nueva
}

#[test]
fn muerto_antes_de_cada_paso_la_tabla_es_la_vieja_o_la_nueva() {
    let (b, vieja, nueva) = con_tabla_vieja();
    let pasos = Steps::namespace().under(b.ruta("ventas"));
    let (mut muertes, mut ya_nueva) = (0, 0);
    for ausente in [true, false] {
        preparar(&b, ausente);
        let entero = pasos.count(&b.comando(&[])).unwrap();
        assert!(
            entero.finished.success(),
            "{}",
            entero.finished.stderr_text()
        );
        let total = entero.calls.len();
        // The data file gets its name, the commit gets its own, and the name it was written under goes.
        assert!(total >= 3, "{:?}", entero.calls);
        for n in 1..=total {
            preparar(&b, ausente);
            let golpe = pasos.kill_at(n, &b.comando(&[])).unwrap();
            muertes += usize::from(golpe.landed);
            let donde = format!("paso {n} de {total}, {:?}", golpe.calls.last());
            ya_nueva += usize::from(sigue_entera(&b, ausente, &vieja, &nueva, &donde));
        }
    }
    assert!(muertes >= 6, "{muertes}");
    // Some step lies behind the commit, and most before it.
    assert!(ya_nueva < muertes, "{ya_nueva} of {muertes}");
    println!("{muertes} muertes; en {ya_nueva} el commit ya estaba");
}

/// What can be seen from outside: a data file being written, one that no commit names yet, a commit that is there.
#[test]
fn muerto_en_cuanto_se_ve_un_archivo_la_tabla_es_la_vieja_o_la_nueva() {
    let (b, vieja, nueva) = con_tabla_vieja();
    let (datos, registro) = (
        b.ruta(&format!("ventas/fecha={FECHA}")),
        b.ruta("ventas/_delta_log"),
    );
    let mut muertes = 0;
    for ausente in [true, false] {
        let primera = if ausente { "00000" } else { "00001" };
        for (nombre, cuando) in [
            ("el directorio del día", Trigger::Exists(datos.clone())),
            (
                "un archivo de datos",
                Trigger::EntryIn(datos.clone(), "part-".into()),
            ),
            (
                "el commit, entero o no",
                Trigger::EntryIn(registro.clone(), format!("{primera}.json")),
            ),
        ] {
            preparar(&b, ausente);
            let f = b.comando(&[]).spawn().unwrap().kill_when(&cuando).unwrap();
            assert!(!f.timed_out, "{nombre}");
            muertes += usize::from(f.signal == Some(9));
            // Old or new: a loaded machine may kill some steps later than it saw. Which step is whose is the test above.
            sigue_entera(&b, ausente, &vieja, &nueva, nombre);
        }
    }
    assert!(muertes >= 2, "{muertes} of 6 landed");
}

/// `--duradero`: data, log and directories are synced before the exit, and a death at any sync leaves a whole table too.
#[test]
fn duradero_sincroniza_y_una_muerte_entre_medias_no_rompe_nada() {
    let (b, vieja, nueva) = con_tabla_vieja();
    let pasos = Steps::of(&["fsync", "fdatasync"]).unwrap();
    preparar(&b, true);
    let sin = pasos.count(&b.comando(&[])).unwrap();
    assert_eq!(sin.calls.len(), 0);
    preparar(&b, false);
    let con = pasos.count(&b.comando(&["--duradero"])).unwrap();
    // A data file and a commit, each with its file and the directories above it.
    let total = con.calls.len();
    assert!(con.finished.success() && total >= 2 * 3, "{total}");
    for n in [1, total / 2, total] {
        preparar(&b, false);
        let golpe = pasos.kill_at(n, &b.comando(&["--duradero"])).unwrap();
        assert!(golpe.landed, "{n} de {total}");
        sigue_entera(&b, false, &vieja, &nueva, &format!("fsync {n} de {total}"));
    }
}
