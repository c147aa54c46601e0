use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use crate::horquilla::{Conteo, horquillas};
use crate::metodo::Lugar;
use crate::seleccion::valores_de_rangos;
use crate::{Metodo, Opciones, PercentilError};

/// Values in disorder, a fixed sequence; `distintos` different ones.
fn revueltos(n: u64, distintos: u64) -> Vec<f64> {
    (0..n)
        .map(|i| ((i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % distintos) as f64)
        .collect()
}

fn con_hilos(hilos: usize) -> Opciones<'static> {
    Opciones {
        hilos: NonZeroUsize::new(hilos),
        cancelar: None,
    }
}

#[test]
fn el_lugar_mas_alla_de_un_extremo_es_el_extremo_dos_veces() {
    let Lugar::Entre {
        anterior,
        siguiente,
        ..
    } = Metodo::Weibull.lugar(7, 1.0)
    else {
        panic!("weibull interpola")
    };
    assert_eq!((anterior, siguiente), (6, 6));
    assert_eq!(Metodo::Weibull.lugar(7, 0.0).rangos(), [0, 0]);
    assert_eq!(Metodo::ClosestObservation.lugar(7, 0.0), Lugar::Rango(0));
    assert_eq!(Metodo::InvertedCdf.lugar(7, 0.0), Lugar::Rango(0));
    for metodo in Metodo::TODOS {
        for q in [0.0, 0.3, 0.5, 1.0] {
            assert_eq!(metodo.lugar(1, q).rangos(), [0, 0], "{metodo} {q}");
        }
    }
}

#[test]
fn las_horquillas_aciertan_en_datos_sin_mala_intencion() {
    for datos in [
        revueltos(200_000, u64::MAX),
        revueltos(200_000, 1000),
        revueltos(200_000, 2),
        vec![3.5; 200_000],
        (0..200_000).map(f64::from).collect(),
        (0..200_000).rev().map(f64::from).collect(),
    ] {
        let mut ordenados = datos.clone();
        ordenados.sort_unstable_by(f64::total_cmp);
        for rangos in [vec![0], vec![99_999, 100_000], vec![7, 150_000, 199_999]] {
            let trozos = [datos.as_slice()];
            let horquillas = horquillas(&trozos, datos.len(), &rangos).unwrap();
            let mut conteo = Conteo::de(&trozos, datos.len(), &horquillas, &con_hilos(2)).unwrap();
            let mut valores = Vec::new();
            for (horquilla, cuenta) in horquillas.iter().zip(conteo.cuentas()) {
                let suyos = &rangos[horquilla.rangos.clone()];
                assert!(
                    cuenta
                        .valores(horquilla, suyos, &con_hilos(1), &mut valores)
                        .unwrap()
                );
            }
            let esperados: Vec<f64> = rangos.iter().map(|&rango| ordenados[rango]).collect();
            assert_eq!(valores, esperados);
        }
    }
}

#[test]
fn una_columna_hecha_contra_la_muestra_se_contesta_igual() {
    // The sample sees only what lies at its places: there are the largest values of the column, so every bracket misses.
    let n = 1 << 17;
    let mut datos: Vec<f64> = (0..n).map(f64::from).collect();
    for lugar in lugares_de_la_muestra(datos.len()) {
        datos[lugar] = 1e9 + lugar as f64;
    }
    let trozos = [datos.as_slice()];
    let rangos = [datos.len() / 2];
    let suyas = horquillas(&trozos, datos.len(), &rangos).unwrap();
    let mut conteo = Conteo::de(&trozos, datos.len(), &suyas, &con_hilos(1)).unwrap();
    let acierta = conteo
        .cuentas()
        .next()
        .unwrap()
        .valores(&suyas[0], &rangos, &con_hilos(1), &mut Vec::new())
        .unwrap();
    assert!(!acierta, "la muestra no se dejó engañar");

    let mut ordenados = datos.clone();
    ordenados.sort_unstable_by(f64::total_cmp);
    let valores = valores_de_rangos(&trozos, datos.len(), &rangos, &con_hilos(1)).unwrap();
    assert_eq!(valores, [ordenados[rangos[0]]]);
}

/// The places at which the sample looks: a column of its own positions gives them away.
fn lugares_de_la_muestra(n: usize) -> Vec<usize> {
    let posiciones: Vec<f64> = (0..n).map(|i| i as f64).collect();
    crate::horquilla::muestra(&[&posiciones], n)
        .unwrap()
        .into_iter()
        .map(|posicion| posicion as usize)
        .collect()
}

#[test]
fn con_demasiadas_horquillas_o_un_nan_en_la_muestra_no_hay_ninguna() {
    let mut datos = revueltos(100_000, u64::MAX);
    let muchos: Vec<usize> = (0..10).map(|i| i * 10_000).collect();
    assert!(horquillas(&[&datos], datos.len(), &muchos).is_none());
    datos.fill(f64::NAN);
    assert!(horquillas(&[&datos], datos.len(), &[5]).is_none());
}

#[test]
fn una_operacion_cancelada_termina_con_su_error() {
    let cancelar = AtomicBool::new(true);
    let opciones = Opciones {
        hilos: None,
        cancelar: Some(&cancelar),
    };
    for n in [10, 100_000] {
        let datos = revueltos(n, u64::MAX);
        let valores = valores_de_rangos(&[&datos], datos.len(), &[1], &opciones);
        assert_eq!(valores, Err(PercentilError::Cancelado));
    }
}
