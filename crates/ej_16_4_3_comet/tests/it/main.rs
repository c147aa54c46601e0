//! The exercise from outside: plans of a real run, sessions compared, the report, and Spark itself in its tier.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod informe;
mod nivel_jvm;
mod planes;
mod sesiones;

use ej_16_4_3_comet::{Column, Motor, QueryRun, Session};

/// A run with this answer in these seconds, in a plan of one scan.
fn corrida(nombre: &str, variante: &str, segundos: &[f64], filas: &[&[Option<&str>]]) -> QueryRun {
    let celdas = |fila: &&[Option<&str>]| fila.iter().map(|c| c.map(str::to_owned)).collect();
    QueryRun {
        nombre: nombre.into(),
        variante: variante.into(),
        ajustes: Default::default(),
        segundos: segundos.to_vec(),
        columnas: vec![
            Column {
                nombre: "region".into(),
                tipo: "string".into(),
            },
            Column {
                nombre: "revenue".into(),
                tipo: "double".into(),
            },
        ],
        filas: filas.iter().map(celdas).collect(),
        plan: "CometColumnarToRow\n+- CometFilter [monto#1]\n   +- CometScan parquet [monto#1]"
            .into(),
        motivos: vec![],
        resumen: None,
        error: None,
    }
}

fn sesion(motor: Motor, consultas: Vec<QueryRun>) -> Session {
    Session {
        motor,
        spark: "3.5.7".into(),
        comet: (motor == Motor::Comet).then(|| "0.12.0".into()),
        java: "17.0.15".into(),
        monton_mb: 2048,
        fuera_mb: 2048,
        hilos: 2,
        arranque_s: 4.0,
        pico_mb: Some(1500),
        consultas,
    }
}
