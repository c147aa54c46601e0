//! The guide's own example: what its code gives, and what its comments say.

use std::panic;

use ej_16_6_1_pyo3::{
    Method, Options, PercentileError, ProcesadorDatos, calcular_percentil, percentile,
    percentile_by_sorting,
};

use crate::GUIDE_DATA;

#[test]
fn el_percentil_75_de_la_guia_es_5_y_su_comentario_dice_7() {
    let idx = ((75.0 / 100.0) * (GUIDE_DATA.len() - 1) as f64) as usize;
    let mut sorted = GUIDE_DATA.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!((idx, sorted[idx]), (4, 5.0));

    assert_eq!(calcular_percentil(&GUIDE_DATA, 75.0), Ok(5.0));
    assert_eq!(percentile_by_sorting(&GUIDE_DATA, 75.0), Ok(5.0));
    let proc = ProcesadorDatos::nuevo(GUIDE_DATA.to_vec());
    assert_eq!(
        proc.percentil(75.0, Method::Lower, &Options::default()),
        Ok(5.0)
    );
}

#[test]
fn ninguno_de_los_trece_metodos_da_7() {
    let options = Options::default();
    let all = Method::ALL.map(|method| percentile(&[&GUIDE_DATA], 75.0, method, &options).unwrap());
    assert!(!all.contains(&7.0), "{all:?}");
    let (smallest, largest) = (5.0, 8.0);
    assert!(
        all.iter().all(|x| (smallest..=largest).contains(x)),
        "{all:?}"
    );
}

#[test]
fn el_percentil_95_y_la_media_de_la_guia() {
    assert_eq!(calcular_percentil(&GUIDE_DATA, 95.0), Ok(8.0));
    let proc = ProcesadorDatos::nuevo(GUIDE_DATA.to_vec());
    assert_eq!(proc.suma(), 32.0);
    assert_eq!(proc.media(), Ok(32.0 / 7.0));
    assert_eq!(format!("{:.2}", proc.media().unwrap()), "4.57");
}

#[test]
fn con_un_nan_la_ordenacion_de_la_guia_panica_y_aqui_es_un_error() {
    let data = [1.0, f64::NAN, 2.0];
    let guide = panic::catch_unwind(|| {
        let mut sorted = data.to_vec();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    });
    assert!(guide.is_err());
    let error = Err(PercentileError::Nan { position: 1 });
    assert_eq!(calcular_percentil(&data, 50.0), error);
    assert_eq!(percentile_by_sorting(&data, 50.0), error);
}

#[test]
fn la_media_de_nada_es_un_error_y_la_de_la_guia_un_nan() {
    let nothing = ProcesadorDatos::nuevo(Vec::new());
    assert!((nothing.suma() / 0.0).is_nan());
    assert_eq!(nothing.media(), Err(PercentileError::Empty));
    assert_eq!(nothing.suma().to_bits(), 0.0_f64.to_bits());
}

#[test]
fn un_percentil_negativo_en_la_guia_es_el_minimo_sin_decirlo_y_aqui_un_error() {
    let idx = ((-10.0 / 100.0) * (GUIDE_DATA.len() - 1) as f64) as usize;
    assert_eq!(idx, 0);
    let error = Err(PercentileError::OutOfRange {
        percentile: -10.0,
        position: None,
    });
    assert_eq!(calcular_percentil(&GUIDE_DATA, -10.0), error);
    assert_eq!(percentile_by_sorting(&GUIDE_DATA, -10.0), error);
}

#[test]
fn un_percentil_de_150_en_la_guia_se_sale_del_vector_y_aqui_es_un_error() {
    let guide = panic::catch_unwind(|| {
        let idx = ((150.0 / 100.0) * (GUIDE_DATA.len() - 1) as f64) as usize;
        GUIDE_DATA.to_vec()[idx]
    });
    assert!(guide.is_err());
    let error = Err(PercentileError::OutOfRange {
        percentile: 150.0,
        position: None,
    });
    assert_eq!(calcular_percentil(&GUIDE_DATA, 150.0), error);
    assert_eq!(percentile_by_sorting(&GUIDE_DATA, 150.0), error);
}
