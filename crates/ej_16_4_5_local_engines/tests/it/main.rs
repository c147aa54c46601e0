//! The exercise from outside: results read, places given, the model's laws, and the engines themselves in their tier.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod carreras;
mod modelo;
mod nivel_python;
mod programa;
mod puestos;

use ej_16_4_5_local_engines::{Contestant, Input, Race, State};

/// A race with these times; `None` is out of memory.
fn carrera(tiempos: &[(&str, Option<f64>)]) -> Race {
    let contendiente = |(nombre, segundos): &(&str, Option<f64>)| Contestant {
        nombre: (*nombre).into(),
        estado: if segundos.is_some() {
            State::Ok
        } else {
            State::SinMemoria
        },
        mediana_s: *segundos,
        cpu_s: *segundos,
        pico_mb: Some(900),
        escrito_mb: Some(500),
        partes_s: Default::default(),
        sesion_s: None,
        detalle: None,
    };
    Race {
        trabajo: "motores".into(),
        filas: 1_000_000,
        hilos: 2,
        limite_mb: 1_024,
        entrada: Input {
            mb: 900.0,
            decodificado_mb: 1_677.7,
        },
        contendientes: tiempos.iter().map(contendiente).collect(),
        aa: None,
    }
}
