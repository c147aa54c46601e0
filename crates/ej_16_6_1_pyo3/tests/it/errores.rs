//! What has no percentile.

use ej_16_6_1_pyo3::{
    Metodo, MetodoDesconocido, Opciones, PercentilError, calcular_percentil, percentiles,
};

use crate::{DE_LA_GUIA, revueltos};

#[test]
fn de_nada_no_hay_percentil_tampoco_en_varios_trozos() {
    assert_eq!(calcular_percentil(&[], 50.0), Err(PercentilError::Vacio));
    let varios = percentiles(&[&[], &[]], &[50.0], Metodo::Linear, &Opciones::default());
    assert_eq!(varios, Err(PercentilError::Vacio));
}

#[test]
fn el_primer_nan_se_dice_donde_esta_haya_los_valores_que_haya() {
    for n in [1, 3, 1000, 40_000, 150_000] {
        let mut datos = revueltos(n);
        let posicion = datos.len() * 2 / 3;
        datos[posicion] = f64::NAN;
        *datos.last_mut().unwrap() = f64::NAN;
        let error = Err(PercentilError::Nan { posicion });
        assert_eq!(calcular_percentil(&datos, 50.0), error, "{n}");
        let (izquierda, derecha) = datos.split_at(posicion / 2);
        let varios = percentiles(
            &[izquierda, derecha],
            &[1.0, 99.0],
            Metodo::Hazen,
            &Opciones::default(),
        );
        assert_eq!(varios, Err(PercentilError::Nan { posicion }), "{n}");
    }
}

#[test]
fn un_percentil_fuera_de_0_a_100_o_nan_dice_cual_y_donde() {
    for malo in [-1.0, -1e-9, 100.000_000_1, f64::INFINITY, f64::NEG_INFINITY] {
        let error = PercentilError::FueraDeRango {
            percentil: malo,
            posicion: None,
        };
        assert_eq!(calcular_percentil(&DE_LA_GUIA, malo), Err(error));
        let varios = percentiles(
            &[&DE_LA_GUIA],
            &[50.0, malo],
            Metodo::Linear,
            &Opciones::default(),
        );
        let error = PercentilError::FueraDeRango {
            percentil: malo,
            posicion: Some(1),
        };
        assert_eq!(varios, Err(error));
    }
    let nan = calcular_percentil(&DE_LA_GUIA, f64::NAN).unwrap_err();
    assert_eq!(
        nan.to_string(),
        "the percentile must be between 0 and 100, not NaN"
    );
}

#[test]
fn un_metodo_que_no_existe_no_se_toma_por_otro() {
    assert_eq!("median_unbiased".parse(), Ok(Metodo::MedianUnbiased));
    for nombre in ["", "Lower", "lower ", "mediana"] {
        let error = MetodoDesconocido {
            nombre: nombre.to_owned(),
        };
        assert_eq!(nombre.parse::<Metodo>(), Err(error));
    }
}

#[test]
fn los_infinitos_son_valores_y_entre_dos_no_hay_camino() {
    let datos = [f64::NEG_INFINITY, 1.0, f64::INFINITY];
    assert_eq!(calcular_percentil(&datos, 0.0), Ok(f64::NEG_INFINITY));
    assert_eq!(calcular_percentil(&datos, 100.0), Ok(f64::INFINITY));
    let opciones = Opciones::default();
    let lineal = percentiles(&[&datos], &[0.0, 50.0, 100.0], Metodo::Linear, &opciones).unwrap();
    // What numpy 2.4.6 gives for them: inf - inf, on the way from one to the other.
    assert!(lineal.iter().all(|x| x.is_nan()), "{lineal:?}");
}
