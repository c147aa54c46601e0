//! The long forms whose invariant an independent reader checks.

use crate::bancada::{Bancada, FECHA};
use crate::escritores::{Estado, Hasta, cada_uno_su_dia, carrera, convivencia};
use crate::muertes::{al_azar, cuenta_pasos, en_cada_paso, limpia};
use crate::nivel_python::Reales;
use crate::parquet_roto::{con_un_bit, cortados, danados, dicho};
use crate::s3::{Lago, carrera_ambigua};
use crate::testigo::{Inv, Testigo};
use ecommerce_arrow::Format;
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Steps;
use std::sync::atomic::Ordering;

/// Faults 1: before every call by which a file is opened, named, made or removed.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn muerto_antes_de_cada_llamada_que_toca_un_archivo() {
    let falta = FaultReport::begin(
        1,
        "pasos",
        "SIGKILL antes de cada open, rename, link, unlink y mkdir, con tabla y sin ella",
    );
    let b = Bancada::chica();
    let nombres = [
        "open",
        "openat",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
    ];
    let pasos = Steps::of(&nombres)
        .unwrap()
        .under(b.ruta("metricas").parent().unwrap());
    let cuenta = en_cada_paso(&b, &pasos, Testigo::python());
    cuenta_pasos(falta, &cuenta);
}

/// Faults 2 and 3: 200 deaths spread evenly over a run, half of them at least before the commit; then nothing is left over.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn doscientas_muertes_al_azar() {
    let falta = FaultReport::begin(
        2,
        "azar",
        "SIGKILL repartidos por toda la corrida, 200 000 filas",
    );
    let b = Bancada::vacia();
    for (nombre, semilla) in [("eventos", 42), ("nuevos", 43)] {
        b.eventos_en(nombre, semilla, 2, 200_000, Format::Parquet);
    }
    let inv = Inv::de(&b, "metricas", Testigo::python());
    let [antes, despues, tarde] = al_azar(&b, &inv, 220, true);
    assert!(
        antes >= 100 && antes + despues >= 200,
        "{antes} {despues} {tarde}"
    );
    falta.passed(
        antes + despues,
        format!(
            "{antes} antes del commit, {despues} después; {tarde} llegaron tarde; tras cada una, repetir la deja como debe"
        ),
    );
    let falta = FaultReport::begin(3, "restos", "lo que dejan las muertes al azar");
    // Their leftovers stand before the commits that healed them; one more death leaves some for certain.
    let pasos = Steps::namespace().under(b.ruta("metricas").parent().unwrap());
    let orden = b.dia_de("eventos", FECHA);
    let total = pasos.count(&orden).unwrap().calls.len();
    for n in 1..=total {
        pasos.kill_at(n, &orden).unwrap();
    }
    b.publica("eventos", FECHA);
    let restos = limpia(&b, &inv);
    falta.passed(
        restos,
        "los jóvenes quedan, con retención 0 no queda ninguno",
    );
}

fn mismo_dia(parte: &'static str, estado: Estado) {
    let falta = FaultReport::begin(
        5,
        parte,
        format!("8 escritores del mismo día × 50 rondas, tabla {parte}"),
    );
    let cuenta = carrera(&Bancada::chica(), 50, estado, Testigo::python());
    falta.passed(cuenta.procesos(), cuenta.dicho());
}

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn ocho_procesos_cincuenta_rondas_sin_tabla() {
    mismo_dia("ausente", Estado::Ausente);
}

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn ocho_procesos_cincuenta_rondas_con_otro_dia() {
    mismo_dia("vacía", Estado::Vacia);
}

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn ocho_procesos_cincuenta_rondas_con_el_dia() {
    mismo_dia("llena", Estado::Llena);
}

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn ocho_dias_a_la_vez_veinte_rondas() {
    let falta = FaultReport::begin(6, "días", "8 escritores × 20 rondas, cada uno su día");
    let cuenta = cada_uno_su_dia(&Bancada::chica(), 20, Testigo::python());
    falta.passed(
        cuenta.compromisos,
        "todos salen con 0 y ningún día se pierde",
    );
}

/// Faults 7: ten minutes, or `ECOMMERCE_LARGO_SEGUNDOS`.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn el_lector_no_ve_nunca_medio_dia() {
    let segundos = std::env::var("ECOMMERCE_LARGO_SEGUNDOS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(600);
    let falta = FaultReport::begin(
        7,
        "a la vez",
        format!(
            "dos reemplazos, añadidos, compactación, limpieza y dos lectores, a la vez, {segundos} s"
        ),
    );
    let obras = convivencia(
        &Bancada::chica(),
        Hasta::Segundos(segundos),
        Some(Testigo::python()),
    );
    let n = |cuenta: &std::sync::atomic::AtomicUsize| cuenta.load(Ordering::Relaxed);
    assert!(
        n(&obras.borrados) > 0,
        "nada era bastante viejo para borrarse"
    );
    falta.passed(n(&obras.reemplazos) + n(&obras.anadidos), obras.dicho());
}

/// Faults 9: writers whose commits' answers are lost half of the time.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn treinta_carreras_con_respuestas_perdidas() {
    let falta = FaultReport::begin(
        9,
        "carrera",
        "4 escritores × 30 rondas; la mitad de los PUT de commit pierde la respuesta",
    );
    let (faltas, compromisos) = carrera_ambigua(&Lago::nuevo(), 30, Testigo::python());
    falta.passed(
        faltas,
        format!("{compromisos} corridas con 0, cada una una vez en el registro; INV"),
    );
}

/// Faults 11: cut at sixty places, and two hundred single bits.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn cientos_de_parquet_danados() {
    let falta = FaultReport::begin(
        11,
        "truncado",
        "un Parquet cortado en 60 sitios, solo y entre 9 buenos",
    );
    let cuenta = danados(&Bancada::vacia(), Testigo::python(), cortados(60));
    assert_eq!(cuenta.leidos, 0);
    falta.passed(cuenta.rechazados, dicho(&cuenta));
    let falta = FaultReport::begin(
        11,
        "bits",
        "un bit cambiado en 200 sitios, solo y entre 9 buenos",
    );
    let cuenta = danados(&Bancada::vacia(), Testigo::python(), con_un_bit(200));
    falta.passed(cuenta.rechazados + cuenta.leidos, dicho(&cuenta));
}

/// CDNOW and Complete Journey over all their days: 911 commits.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn los_datos_reales_de_todos_los_dias_cuadran_con_pandas_al_centavo() {
    Reales::CDNOW.cuadran("1997-01-01", "1998-06-30");
    Reales::COMPLETE_JOURNEY.cuadran("2017-01-01", "2017-12-31");
}
