//! The monoid laws: properties where they hold, kept counterexamples where they do not.

use ej_16_1_2_traits::{
    Agregable, Centavos, Maximo, Media, Minimo, SumaCentavos, reduce_all, reducir,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Debug;

/// The same cases in every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(1612),
        ..ProptestConfig::default()
    }
}

/// Identity on both sides, grouping, and order.
fn keeps_the_laws<T: Agregable + PartialEq + Debug>(a: &T, b: &T, c: &T) {
    assert_eq!(&T::identidad().sumar(a), a);
    assert_eq!(&a.sumar(&T::identidad()), a);
    assert_eq!(a.sumar(b).sumar(c), a.sumar(&b.sumar(c)));
    assert_eq!(a.sumar(b), b.sumar(a));
}

/// What the laws are for: cut anywhere, reduce in parts, put together.
fn may_be_cut<T: Agregable + Copy + PartialEq + Debug>(datos: &[T], cut: usize) {
    let (left, right) = datos.split_at(cut.min(datos.len()));
    assert_eq!(reducir(left).sumar(&reducir(right)), reducir(datos));
}

fn amount() -> impl Strategy<Value = Centavos> {
    const MAX: i64 = 999_999_999_999_999_999;
    prop_oneof![-MAX..=MAX, -500_i64..500, Just(MAX), Just(-MAX)]
        .prop_map(|cents| Centavos::new(cents).unwrap())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn i64_cumple_las_leyes_tambien_cuando_desborda(
        a in any::<i64>(), b in any::<i64>(), c in any::<i64>(),
        datos in prop::collection::vec(any::<i64>(), 0..40), cut in 0_usize..40,
    ) {
        keeps_the_laws(&a, &b, &c);
        may_be_cut(&datos, cut);
    }

    #[test]
    fn el_dinero_cumple_las_leyes_y_su_total_es_el_exacto(
        datos in prop::collection::vec(amount(), 3..40), cut in 0_usize..40,
    ) {
        let sums: Vec<SumaCentavos> = datos.iter().copied().map(SumaCentavos::from).collect();
        keeps_the_laws(&sums[0], &sums[1], &sums[2]);
        may_be_cut(&sums, cut);
        let exact: i128 = datos.iter().map(|amount| i128::from(amount.get())).sum();
        prop_assert_eq!(reducir(&sums).get(), exact);
        prop_assert_eq!(reducir(&sums).total(), datos.iter().copied().sum::<Option<Centavos>>());
    }

    #[test]
    fn la_media_el_minimo_y_el_maximo_las_cumplen_y_los_pares_tambien(
        datos in prop::collection::vec(amount(), 3..40), cut in 0_usize..40,
    ) {
        let all: Vec<_> = datos
            .iter()
            .map(|amount| (Media::<SumaCentavos>::of(*amount), (Minimo::of(*amount), Maximo::of(*amount))))
            .collect();
        keeps_the_laws(&all[0], &all[1], &all[2]);
        may_be_cut(&all, cut);
        let (media, (minimo, maximo)) = reducir(&all);
        prop_assert_eq!(media.cuenta(), datos.len() as u64);
        prop_assert_eq!((minimo.get(), maximo.get()), (datos.iter().min().copied(), datos.iter().max().copied()));
    }

    /// Checked money keeps them among amounts of one sign, where a partial total cannot pass the whole.
    #[test]
    fn el_dinero_comprobado_las_cumple_entre_montos_de_un_signo(
        datos in prop::collection::vec(amount(), 3..40), cut in 0_usize..40,
    ) {
        let spent: Vec<Option<Centavos>> = datos.iter().map(|amount| Centavos::new(amount.get().abs())).collect();
        keeps_the_laws(&spent[0], &spent[1], &spent[2]);
        may_be_cut(&spent, cut);
    }

    /// f64 keeps what rounding leaves: order of two, and identity by `==`.
    #[test]
    fn f64_conmuta_y_su_identidad_lo_es_para_la_igualdad(a in -1e300_f64..1e300, b in -1e300_f64..1e300) {
        prop_assert_eq!(a.sumar(&b).to_bits(), b.sumar(&a).to_bits());
        prop_assert_eq!(a.sumar(&f64::identidad()), a);
    }
}

/// The counterexample that is kept. Each addition rounds to 53 bits: 0.1 + 0.2 already lies a step above 0.3, and adding 0.3 keeps
/// that step; 0.2 + 0.3 happens to round to 0.5 exactly.
#[test]
fn f64_no_es_asociativo_y_el_contraejemplo_se_guarda() {
    let (a, b, c) = (0.1_f64, 0.2, 0.3);
    let (left, right) = (a.sumar(&b).sumar(&c), a.sumar(&b.sumar(&c)));
    assert_eq!((left, right), (0.6000000000000001, 0.6));
    assert_eq!(left.to_bits() - right.to_bits(), 1); // neighbours: one unit in the last place

    // A step becomes a whole amount when sizes differ: 1 is less than half the distance between floats at 1e16.
    let datos = [1e16, 1.0, -1e16, 1.0];
    assert_eq!(reducir(&datos), 1.0);
    let parts = [reducir(&datos[..1]), reducir(&datos[1..])];
    assert_eq!(reducir(&parts), 0.0);
    let sorted = [1e16, -1e16, 1.0, 1.0];
    assert_eq!(reducir(&sorted), 2.0); // the right answer
}

/// In cents the same amounts add up to the same total, cut anywhere, in any order.
#[test]
fn los_mismos_montos_en_centavos_suman_lo_mismo() {
    let cents =
        [0.1, 0.2, 0.3].map(|monto| SumaCentavos::from(Centavos::from_monto(monto).unwrap()));
    let [a, b, c] = cents;
    assert_eq!(a.sumar(&b).sumar(&c), a.sumar(&b.sumar(&c)));
    assert_eq!(reducir(&cents).total(), Centavos::new(60));
}

#[test]
fn el_cero_de_la_guia_no_es_la_identidad_bit_a_bit() {
    let negative_zero = -0.0_f64;
    let kept = negative_zero.sumar(&f64::identidad());
    assert_eq!(kept, negative_zero);
    assert_ne!(kept.to_bits(), negative_zero.to_bits());
    assert_eq!(reducir::<f64>(&[]).to_bits(), 0.0_f64.to_bits());
    // The standard library starts from the other zero, which is the neutral one.
    assert_eq!(
        [0.0_f64; 0].iter().sum::<f64>().to_bits(),
        (-0.0_f64).to_bits()
    );
}

#[test]
fn nan_e_infinito_se_propagan_y_no_se_recuperan() {
    assert!(reducir(&[1.0, f64::NAN, 2.0]).is_nan());
    assert!(reducir(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    assert_eq!(reducir(&[f64::MAX, f64::MAX, -f64::MAX]), f64::INFINITY);
}

/// Saturating and checked sums depend on grouping; wrapping does not.
#[test]
fn saturar_y_comprobar_no_son_asociativos_con_dos_signos() {
    let (max, one, back) = (i64::MAX, 1_i64, -1_i64);
    let saturating = |a: i64, b: i64| a.saturating_add(b);
    assert_ne!(
        saturating(saturating(max, one), back),
        saturating(max, saturating(one, back))
    );

    let largest = Centavos::new(999_999_999_999_999_999);
    let (cent, refund) = (Centavos::new(1), Centavos::new(-1));
    assert_eq!(largest.sumar(&cent).sumar(&refund), None);
    assert_eq!(largest.sumar(&cent.sumar(&refund)), largest);

    assert_eq!(max.sumar(&one).sumar(&back), max.sumar(&one.sumar(&back)));
    assert_eq!(reduce_all([max, one]), i64::MIN); // the price of wrapping: nobody is told
}

/// Averaging averages is no monoid: the result depends on how the rows were parted.
#[test]
fn la_media_de_medias_no_es_la_media() {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (parts, others) = (
        [mean(&[1.0, 2.0, 3.0]), mean(&[10.0])],
        [mean(&[1.0]), mean(&[2.0, 3.0, 10.0])],
    );
    assert_eq!((mean(&parts), mean(&others)), (6.0, 3.0));
    let right = reducir(&[1.0, 2.0, 3.0, 10.0].map(Media::<f64>::of));
    assert_eq!(right.mean(), Some(4.0));
}
