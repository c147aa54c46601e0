//! The guide's own example: what its code gives, and what its comments say.

use std::panic;

use ej_16_6_1_pyo3::{
    Metodo, Opciones, PercentilError, ProcesadorDatos, calcular_percentil, percentil,
    percentil_ordenando,
};

use crate::DE_LA_GUIA;

#[test]
fn el_percentil_75_de_la_guia_es_5_y_su_comentario_dice_7() {
    let idx = ((75.0 / 100.0) * (DE_LA_GUIA.len() - 1) as f64) as usize;
    let mut sorted = DE_LA_GUIA.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!((idx, sorted[idx]), (4, 5.0));

    assert_eq!(calcular_percentil(&DE_LA_GUIA, 75.0), Ok(5.0));
    assert_eq!(percentil_ordenando(&DE_LA_GUIA, 75.0), Ok(5.0));
    let proc = ProcesadorDatos::nuevo(DE_LA_GUIA.to_vec());
    assert_eq!(
        proc.percentil(75.0, Metodo::Lower, &Opciones::default()),
        Ok(5.0)
    );
}

#[test]
fn ninguno_de_los_trece_metodos_da_7() {
    let opciones = Opciones::default();
    let todos =
        Metodo::TODOS.map(|metodo| percentil(&[&DE_LA_GUIA], 75.0, metodo, &opciones).unwrap());
    assert!(!todos.contains(&7.0), "{todos:?}");
    let (menor, mayor) = (5.0, 8.0);
    assert!(
        todos.iter().all(|x| (menor..=mayor).contains(x)),
        "{todos:?}"
    );
}

#[test]
fn el_percentil_95_y_la_media_de_la_guia() {
    assert_eq!(calcular_percentil(&DE_LA_GUIA, 95.0), Ok(8.0));
    let proc = ProcesadorDatos::nuevo(DE_LA_GUIA.to_vec());
    assert_eq!(proc.suma(), 32.0);
    assert_eq!(proc.media(), Ok(32.0 / 7.0));
    assert_eq!(format!("{:.2}", proc.media().unwrap()), "4.57");
}

#[test]
fn con_un_nan_la_ordenacion_de_la_guia_panica_y_aqui_es_un_error() {
    let datos = [1.0, f64::NAN, 2.0];
    let de_la_guia = panic::catch_unwind(|| {
        let mut sorted = datos.to_vec();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    });
    assert!(de_la_guia.is_err());
    let error = Err(PercentilError::Nan { posicion: 1 });
    assert_eq!(calcular_percentil(&datos, 50.0), error);
    assert_eq!(percentil_ordenando(&datos, 50.0), error);
}

#[test]
fn la_media_de_nada_es_un_error_y_la_de_la_guia_un_nan() {
    let nada = ProcesadorDatos::nuevo(Vec::new());
    assert!((nada.suma() / 0.0).is_nan());
    assert_eq!(nada.media(), Err(PercentilError::Vacio));
    assert_eq!(nada.suma().to_bits(), 0.0_f64.to_bits());
}

#[test]
fn un_percentil_negativo_en_la_guia_es_el_minimo_sin_decirlo_y_aqui_un_error() {
    let idx = ((-10.0 / 100.0) * (DE_LA_GUIA.len() - 1) as f64) as usize;
    assert_eq!(idx, 0);
    let error = Err(PercentilError::FueraDeRango {
        percentil: -10.0,
        posicion: None,
    });
    assert_eq!(calcular_percentil(&DE_LA_GUIA, -10.0), error);
    assert_eq!(percentil_ordenando(&DE_LA_GUIA, -10.0), error);
}

#[test]
fn un_percentil_de_150_en_la_guia_se_sale_del_vector_y_aqui_es_un_error() {
    let de_la_guia = panic::catch_unwind(|| {
        let idx = ((150.0 / 100.0) * (DE_LA_GUIA.len() - 1) as f64) as usize;
        DE_LA_GUIA.to_vec()[idx]
    });
    assert!(de_la_guia.is_err());
    let error = Err(PercentilError::FueraDeRango {
        percentil: 150.0,
        posicion: None,
    });
    assert_eq!(calcular_percentil(&DE_LA_GUIA, 150.0), error);
    assert_eq!(percentil_ordenando(&DE_LA_GUIA, 150.0), error);
}
