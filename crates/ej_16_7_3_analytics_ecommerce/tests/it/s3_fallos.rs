//! Storage that fails: what passes is retried and the day is there; what stays ends with 5 before the deadline, by its name.

use crate::bancada::{FECHA, TABLAS, falla};
use crate::s3::Lago;
use crate::testigo::{Inv, Testigo, ninguna};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testlake::{Fault, Rule};
use std::time::Duration;

/// A fault that does not last: the run ends well, with the tables of a run without it.
fn pasajero(parte: &'static str, inyectado: &str, reglas: Vec<Rule>, opciones: &[&str]) {
    let falta = FaultReport::begin(10, parte, inyectado);
    let lago = Lago::nuevo();
    lago.b.publica("eventos", FECHA);
    let esperado = Inv::de(&lago.b, "metricas", Testigo::de_aqui()).como_esta();
    let inv = lago.inv(Testigo::de_aqui());
    let proxy = lago.proxy(11, reglas);
    let f = lago
        .comando(proxy.storage_options(&lago.server), opciones)
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{parte}: {}", f.stderr_text());
    inv.exactamente(&esperado, parte);
    falta.passed(
        proxy.faults().len(),
        format!("pasajero: sale con 0 en {:.1} s; INV", f.wall.as_secs_f64()),
    );
}

#[test]
fn los_fallos_pasajeros_se_reintentan() {
    for (parte, codigo) in [("500", 500), ("503", 503), ("429", 429)] {
        pasajero(
            parte,
            &format!("{codigo} al 30 % de las peticiones"),
            vec![Rule::any(Fault::Answer(codigo)).probability(0.3)],
            &[],
        );
    }
}

#[test]
fn una_lectura_cortada_sigue_donde_estaba() {
    pasajero(
        "corte",
        "3 GET cortados a los 1000 bytes y 2 sin respuesta",
        vec![
            Rule::get(Fault::CutBody(1_000)).path("/eventos/").times(3),
            Rule::get(Fault::Drop).path("/eventos/").times(2),
        ],
        &[],
    );
}

/// The commit's request is lost before it is applied: seen in the log, which does not have it, and sent again.
#[test]
fn un_commit_que_no_llego_se_repite() {
    let reglas = TABLAS.map(|tabla| {
        Rule::put(Fault::Drop)
            .path(format!("/{tabla}/_delta_log/"))
            .suffix(".json")
            .times(1)
    });
    pasajero(
        "commit perdido",
        "el PUT de cada commit se corta antes de aplicarse",
        reglas.into(),
        &[],
    );
}

#[test]
fn una_lectura_a_un_byte_por_segundo_se_abandona_y_se_repite() {
    pasajero(
        "lento",
        "un GET a 1 B/s",
        vec![Rule::get(Fault::Throttle(1)).path("/eventos/").times(1)],
        &["--opcion", "timeout=2s"],
    );
}

#[test]
fn un_almacen_que_tarda_en_todo_da_lo_mismo() {
    pasajero(
        "tarda",
        "50 ms más en cada petición",
        vec![Rule::any(Fault::Delay(Duration::from_millis(50)))],
        &[],
    );
}

/// The longest that a run may take to say that storage is not there.
const PLAZO: Duration = Duration::from_secs(60);

/// A fault that lasts: 5, in time, naming the place, and no table.
fn permanente(parte: &'static str, inyectado: &str, reglas: Vec<Rule>, nombra: &str) {
    let falta = FaultReport::begin(10, parte, inyectado);
    let lago = Lago::nuevo();
    let inv = lago.inv(Testigo::de_aqui());
    let proxy = lago.proxy(3, reglas);
    if parte == "caído" {
        proxy.down().unwrap();
    }
    let opciones = ["--opcion", "timeout=1s", "--opcion", "retry_timeout=3s"];
    let f = lago
        .comando(proxy.storage_options(&lago.server), &opciones)
        .run()
        .unwrap();
    falla(&f, 5, &[nombra]);
    assert!(f.wall < PLAZO, "{parte}: {:?}", f.wall);
    inv.exactamente(&ninguna(), parte);
    // With the endpoint down there is nobody to count the refused connections: the run itself is the one.
    let veces = proxy.faults().len().max(usize::from(parte == "caído"));
    falta.passed(
        veces,
        format!(
            "permanente: sale con 5 en {:.1} s y nombra {nombra}",
            f.wall.as_secs_f64()
        ),
    );
}

#[test]
fn sin_servidor_o_sin_permiso_sale_con_5_y_nombra_el_lugar() {
    let tabla = "s3://tienda/metricas";
    let parte = format!("s3://tienda/eventos/fecha={FECHA}/part-00000.parquet");
    permanente(
        "caducado",
        "ExpiredToken a todo",
        vec![Rule::any(Fault::Refuse(400, "ExpiredToken"))],
        tabla,
    );
    permanente("caído", "el extremo no escucha", Vec::new(), tabla);
    permanente(
        "prohibido",
        "AccessDenied al leer un objeto",
        vec![Rule::get(Fault::Refuse(403, "AccessDenied")).suffix("part-00000.parquet")],
        &parte,
    );
    permanente(
        "no se escribe",
        "AccessDenied a todo PUT",
        vec![Rule::put(Fault::Refuse(403, "AccessDenied"))],
        tabla,
    );
}

#[test]
fn lo_que_no_responde_nunca_sale_con_5_en_su_plazo() {
    let parte = format!("s3://tienda/eventos/fecha={FECHA}/part-00000.parquet");
    permanente(
        "siempre 503",
        "503 a todo, siempre",
        vec![Rule::any(Fault::Answer(503))],
        "s3://tienda/metricas",
    );
    permanente(
        "siempre lento",
        "1 B/s en un objeto, siempre",
        vec![Rule::get(Fault::Throttle(1)).suffix("part-00000.parquet")],
        &parte,
    );
    permanente(
        "cuelgue",
        "sin respuesta nunca",
        vec![Rule::get(Fault::Hang).suffix("part-00000.parquet")],
        &parte,
    );
}
