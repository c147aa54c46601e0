//! The loop and the chain of the gift card: the same answer on any input, right or wrong.

use ecommerce_model::{Centavos, MoneyError};
use ej_16_1_3_iterators::{MontoInvalido, Pago, pagar_con_for, pagar_con_iteradores};
use proptest::prelude::*;
use std::error::Error;

fn centavos(n: i64) -> Centavos {
    Centavos::new(n).unwrap()
}

#[test]
fn la_tarjeta_paga_en_orden_hasta_vaciarse() {
    let casos = [
        (vec![], 500, (0, 500, 0)),
        (vec![1.0, 2.0], 500, (2, 200, 0)),
        (vec![1.0, 2.0, 2.0], 500, (3, 0, 0)),
        (vec![1.0, 5.0, 0.5], 500, (1, 0, 100)),
        (vec![9.0], -100, (0, 0, 900)),
    ];
    for (montos, saldo, (completas, resto, pendiente)) in casos {
        let esperado = Ok(Pago {
            completas,
            saldo: centavos(resto),
            pendiente: centavos(pendiente),
        });
        assert_eq!(pagar_con_for(&montos, centavos(saldo)), esperado);
        assert_eq!(pagar_con_iteradores(&montos, centavos(saldo)), esperado);
    }
}

#[test]
fn un_monto_invalido_da_su_posicion_y_su_causa() {
    let nan = pagar_con_for(&[1.0, f64::NAN], centavos(500)).unwrap_err();
    assert_eq!(
        nan,
        MontoInvalido::NoEsDinero {
            posicion: 1,
            causa: MoneyError::NotFinite
        }
    );
    assert_eq!(nan.to_string(), "purchase 1 has no valid amount");
    assert!(nan.source().is_some());
    let negativo = pagar_con_for(&[-0.01], centavos(500)).unwrap_err();
    assert_eq!(negativo, MontoInvalido::Negativo { posicion: 0 });
}

#[test]
fn lo_que_sigue_a_la_compra_que_vacia_la_tarjeta_no_se_mira() {
    let pago = pagar_con_for(&[9.0, f64::NAN], centavos(500)).unwrap();
    assert_eq!((pago.completas, pago.pendiente), (0, centavos(400)));
}

proptest! {
    #[test]
    fn el_for_y_la_cadena_dan_siempre_lo_mismo(
        montos in proptest::collection::vec(
            prop_oneof![8 => 0.0..50.0, 1 => any::<f64>(), 1 => Just(-1.0)],
            0..20,
        ),
        saldo in -1_000_i64..100_000,
    ) {
        let saldo = centavos(saldo);
        prop_assert_eq!(pagar_con_for(&montos, saldo), pagar_con_iteradores(&montos, saldo));
    }
}
