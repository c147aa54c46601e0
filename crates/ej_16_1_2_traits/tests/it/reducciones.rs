//! `reducir`, its values, its cost, and what the guide's comments say it prints.

use ecommerce_testkit::alloc::{self, Allocations};
use ej_16_1_2_traits::{
    Agregable, Centavos, Maximo, Media, Minimo, SumaCentavos, reduce_all, reducir,
};

#[test]
fn los_dos_ejemplos_de_la_guia() {
    let floats = vec![1.0_f64, 2.0, 3.0, 4.0];
    let enteros = vec![10_i64, 20, 30];
    assert_eq!(reducir(&floats), 10.0);
    assert_eq!(reducir(&enteros), 60);
}

/// The guide's comment says 10.0; `{}` writes a whole float without its point, `{:?}` with it.
#[test]
fn println_escribe_10_y_no_10_0() {
    let total = reducir(&[1.0_f64, 2.0, 3.0, 4.0]);
    assert_eq!(format!("{total}"), "10");
    assert_eq!(format!("{total:?}"), "10.0");
}

#[test]
fn de_nada_sale_la_identidad_de_cada_tipo() {
    assert_eq!(reducir::<f64>(&[]), 0.0);
    assert_eq!(reducir::<i64>(&[]), 0);
    assert_eq!(reducir::<SumaCentavos>(&[]).total(), Some(Centavos::ZERO));
    assert_eq!(reducir::<Option<Centavos>>(&[]), Some(Centavos::ZERO));
    assert_eq!(reducir::<Media<SumaCentavos>>(&[]).mean(), None);
    assert_eq!(reducir::<Minimo<Centavos>>(&[]).get(), None);
    assert_eq!(reducir::<Maximo<i64>>(&[]).get(), None);
}

#[test]
fn la_media_redondea_al_centavo_y_la_mitad_se_aleja_de_cero() {
    let mean = |cents: &[i64]| {
        let amounts = cents.iter().map(|c| Centavos::new(*c).unwrap());
        reduce_all(amounts.map(Media::<SumaCentavos>::of))
            .mean()
            .unwrap()
            .get()
    };
    assert_eq!(mean(&[1, 2]), 2); // 1.5
    assert_eq!(mean(&[-1, -2]), -2);
    assert_eq!(mean(&[1, 1, 2]), 1); // 1.33
    assert_eq!(mean(&[999_999_999_999_999_999; 3]), 999_999_999_999_999_999); // the sum alone would not fit
}

#[test]
fn un_total_que_no_cabe_en_decimal_18_2_se_dice() {
    let largest = Centavos::new(999_999_999_999_999_999).unwrap();
    assert_eq!(reducir(&[SumaCentavos::from(largest); 2]).total(), None);
    assert_eq!(reducir(&[Some(largest); 2]), None);
    assert_eq!(reducir(&[Some(largest), None, Centavos::new(1)]), None);
}

/// The guide's bound `Copy` is for nothing: a type that owns memory can be reduced too.
#[test]
fn sin_copy_tambien_se_reduce() {
    #[derive(PartialEq, Debug)]
    struct Paginas(Vec<String>);
    impl Agregable for Paginas {
        fn sumar(&self, otro: &Self) -> Self {
            Self([&self.0[..], &otro.0[..]].concat())
        }
        fn identidad() -> Self {
            Self(Vec::new())
        }
    }
    let visited = ["/inicio", "/pago"].map(|page| Paginas(vec![page.to_owned()]));
    assert_eq!(reduce_all(visited).0, ["/inicio", "/pago"]);
}

#[test]
fn reducir_no_reserva_memoria() {
    let datos: Vec<i64> = (0..100_000).collect();
    let (total, visto) = alloc::in_this_thread(|| reducir(&datos));
    assert_eq!((total, visto), (4_999_950_000, Allocations::default()));
}
