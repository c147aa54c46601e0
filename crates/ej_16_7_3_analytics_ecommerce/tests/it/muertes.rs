//! Killed at any moment: the table is exactly the old or exactly the new one, a rerun heals the rest, and nothing is left over.

use crate::bancada::{Bancada, FECHA, SIGUIENTE};
use crate::testigo::{Inv, Testigo, Tres, ninguna};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::{Child, Steps};

/// How many kills landed, how many of them before the commit of record, at how many steps.
pub(crate) struct Golpes {
    pub(crate) pasos: usize,
    pub(crate) golpes: usize,
    pub(crate) antes: usize,
}

/// Kills a run before each of its steps, over nothing and over a table that has the day and another; after each, exactly the
/// old or the new one is there, and a rerun leaves the new one.
pub(crate) fn en_cada_paso(b: &Bancada, pasos: &Steps, testigo: Testigo) -> Golpes {
    for dia in [FECHA, SIGUIENTE] {
        b.publica("eventos", dia);
    }
    b.guarda("llena");
    let inv = Inv::de(b, "metricas", testigo);
    let mut cuenta = Golpes {
        pasos: 0,
        golpes: 0,
        antes: 0,
    };
    for estado in ["ausente", "llena"] {
        b.restaura(estado);
        let vieja = inv.como_esta();
        let orden = b.dia_de("nuevos", FECHA);
        let entero = pasos.count(&orden).unwrap();
        assert!(entero.finished.success(), "{:?}", entero.finished);
        let nueva = inv.como_esta();
        assert_ne!(vieja, nueva);
        cuenta.pasos += entero.calls.len();
        for n in 1..=entero.calls.len() {
            b.restaura(estado);
            let golpe = pasos.kill_at(n, &orden).unwrap();
            let donde = format!("{estado}, paso {n}: {:?}", golpe.calls.last());
            let publicada = inv.vieja_o_nueva(&vieja, &nueva, &donde);
            cuenta.golpes += usize::from(golpe.landed);
            cuenta.antes += usize::from(golpe.landed && !publicada);
            b.publica("nuevos", FECHA);
            inv.exactamente(&nueva, &donde);
        }
    }
    cuenta
}

#[test]
fn muerto_en_cualquier_paso_la_tabla_es_la_vieja_o_la_nueva() {
    let falta = FaultReport::begin(
        1,
        "pasos",
        "SIGKILL antes de cada rename, link, unlink y mkdir, con tabla y sin ella",
    );
    let b = Bancada::chica();
    let pasos = Steps::namespace().under(b.ruta("metricas").parent().unwrap());
    let cuenta = en_cada_paso(&b, &pasos, Testigo::de_aqui());
    cuenta_pasos(falta, &cuenta);
}

pub(crate) fn cuenta_pasos(falta: FaultReport, cuenta: &Golpes) {
    let Golpes {
        pasos,
        golpes,
        antes,
    } = *cuenta;
    // Threads run differently each time: the last steps of a counted run may not come in another.
    assert!(
        golpes * 10 >= pasos * 9 && antes >= 20 && antes < golpes,
        "{golpes} golpes en {pasos} pasos, {antes} antes del commit"
    );
    falta.passed(
        golpes,
        format!(
            "{pasos} pasos; {antes} antes del commit; vieja o nueva siempre, y repetir la deja nueva"
        ),
    );
}

/// Kills runs at moments spread evenly over their length, each towards what the table does not have yet. Returns how many
/// came before the commit of record, after it, and after the end.
pub(crate) fn al_azar(b: &Bancada, inv: &Inv, veces: u32, rehacer: bool) -> [usize; 3] {
    b.publica("eventos", FECHA);
    let vieja = inv.como_esta();
    let entero = b.dia_de("nuevos", FECHA).run().unwrap();
    assert_eq!(entero.code, Some(0), "{}", entero.stderr_text());
    let nueva = inv.como_esta();
    let contenidos: [(&str, &Tres); 2] = [("eventos", &vieja), ("nuevos", &nueva)];
    let (mut ahora, mut cuenta, mut dura) = (1, [0; 3], entero.wall);
    for n in 0..veces {
        if rehacer && n % 2 == 0 {
            b.sin_tablas();
        }
        let ausente = ninguna();
        let (orden, meta) = contenidos[1 - ahora];
        let previa = if rehacer && n % 2 == 0 {
            &ausente
        } else {
            contenidos[ahora].1
        };
        let hijo: Child = b.dia_de(orden, FECHA);
        let f = hijo.spawn().unwrap().kill_after(dura * n / veces).unwrap();
        let publicada = inv.vieja_o_nueva(previa, meta, &format!("muerte {n}"));
        match (f.signal, publicada) {
            (Some(_), false) => cuenta[0] += 1,
            (Some(_), true) => cuenta[1] += 1,
            (None, _) => {
                // The machine has more time for it than it had for the run that was measured.
                dura = f.wall;
                cuenta[2] += 1;
            }
        }
        if rehacer {
            b.publica(orden, FECHA);
            inv.exactamente(meta, &format!("tras la muerte {n}"));
        }
        if rehacer || publicada {
            ahora = 1 - ahora;
        }
    }
    let (orden, meta) = contenidos[1 - ahora];
    b.publica(orden, FECHA);
    inv.exactamente(meta, "al final");
    cuenta
}

/// What dead writers left is kept while it is young, and is all gone after; what is alive stays. Returns how much there was.
pub(crate) fn limpia(b: &Bancada, inv: &Inv) -> usize {
    let vivo = inv.como_esta();
    let restos = inv.residuo();
    b.mantiene("1");
    inv.exactamente(&vivo, "tras mantener lo joven");
    let aun: Vec<String> = inv.residuo();
    assert!(
        restos.iter().all(|resto| aun.contains(resto)),
        "{restos:?} {aun:?}"
    );
    b.mantiene("0");
    inv.exactamente(&vivo, "tras mantener");
    let queda = inv.residuo();
    assert!(queda.is_empty(), "{queda:?}");
    restos.len()
}

#[test]
fn veinticuatro_muertes_repartidas_no_dejan_media_tabla() {
    let falta = FaultReport::begin(2, "azar", "SIGKILL repartidos por toda la corrida");
    let b = Bancada::chica();
    let inv = Inv::de(&b, "metricas", Testigo::de_aqui());
    let [antes, despues, tarde] = al_azar(&b, &inv, 24, false);
    assert!(antes >= 12, "{antes} {despues} {tarde}");
    falta.passed(
        antes + despues,
        format!("{antes} antes del commit, {despues} después; {tarde} llegaron tarde"),
    );
}

#[test]
fn lo_que_dejan_los_muertos_se_limpia_cuando_es_viejo() {
    let falta = FaultReport::begin(
        3,
        "restos",
        "lo que dejan procesos muertos entre el archivo de datos y el commit",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    let inv = Inv::de(&b, "metricas", Testigo::de_aqui());
    let pasos = Steps::namespace().under(b.ruta("metricas").parent().unwrap());
    let total = {
        b.guarda("antes");
        let entero = pasos.count(&b.dia_de("nuevos", FECHA)).unwrap();
        b.restaura("antes");
        entero.calls.len()
    };
    for n in 1..=total {
        pasos.kill_at(n, &b.dia_de("nuevos", FECHA)).unwrap();
    }
    b.publica("nuevos", FECHA);
    let restos = limpia(&b, &inv);
    falta.passed(
        restos,
        format!("restos de {total} muertes; los jóvenes quedan, con retención 0 no queda ninguno"),
    );
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
