//! What has no percentile.

use ej_16_6_1_pyo3::{
    Method, Options, PercentileError, UnknownMethod, calcular_percentil, percentiles,
};

use crate::{GUIDE_DATA, shuffled};

#[test]
fn de_nada_no_hay_percentil_tampoco_en_varios_trozos() {
    assert_eq!(calcular_percentil(&[], 50.0), Err(PercentileError::Empty));
    let several = percentiles(&[&[], &[]], &[50.0], Method::Linear, &Options::default());
    assert_eq!(several, Err(PercentileError::Empty));
}

#[test]
fn el_primer_nan_se_dice_donde_esta_haya_los_valores_que_haya() {
    for n in [1, 3, 1000, 40_000, 150_000] {
        let mut data = shuffled(n);
        let position = data.len() * 2 / 3;
        data[position] = f64::NAN;
        *data.last_mut().unwrap() = f64::NAN;
        let error = Err(PercentileError::Nan { position });
        assert_eq!(calcular_percentil(&data, 50.0), error, "{n}");
        let (left, right) = data.split_at(position / 2);
        let several = percentiles(
            &[left, right],
            &[1.0, 99.0],
            Method::Hazen,
            &Options::default(),
        );
        assert_eq!(several, Err(PercentileError::Nan { position }), "{n}");
    }
}

#[test]
fn un_percentil_fuera_de_0_a_100_o_nan_dice_cual_y_donde() {
    for bad in [-1.0, -1e-9, 100.000_000_1, f64::INFINITY, f64::NEG_INFINITY] {
        let error = PercentileError::OutOfRange {
            percentile: bad,
            position: None,
        };
        assert_eq!(calcular_percentil(&GUIDE_DATA, bad), Err(error));
        let several = percentiles(
            &[&GUIDE_DATA],
            &[50.0, bad],
            Method::Linear,
            &Options::default(),
        );
        let error = PercentileError::OutOfRange {
            percentile: bad,
            position: Some(1),
        };
        assert_eq!(several, Err(error));
    }
    let nan = calcular_percentil(&GUIDE_DATA, f64::NAN).unwrap_err();
    assert_eq!(
        nan.to_string(),
        "the percentile must be between 0 and 100, not NaN"
    );
}

#[test]
fn un_metodo_que_no_existe_no_se_toma_por_otro() {
    assert_eq!("median_unbiased".parse(), Ok(Method::MedianUnbiased));
    for name in ["", "Lower", "lower ", "mediana"] {
        let error = UnknownMethod {
            name: name.to_owned(),
        };
        assert_eq!(name.parse::<Method>(), Err(error));
    }
}

#[test]
fn los_infinitos_son_valores_y_entre_dos_no_hay_camino() {
    let data = [f64::NEG_INFINITY, 1.0, f64::INFINITY];
    assert_eq!(calcular_percentil(&data, 0.0), Ok(f64::NEG_INFINITY));
    assert_eq!(calcular_percentil(&data, 100.0), Ok(f64::INFINITY));
    let options = Options::default();
    let linear = percentiles(&[&data], &[0.0, 50.0, 100.0], Method::Linear, &options).unwrap();
    // What numpy 2.4.6 gives for them: inf - inf, on the way from one to the other.
    assert!(linear.iter().all(|x| x.is_nan()), "{linear:?}");
}
