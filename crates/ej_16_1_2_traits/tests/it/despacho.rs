//! Four ways to call the same filter: equal answers, different types.

use ecommerce_testkit::alloc::{self, Allocations};
use ej_16_1_2_traits::dispatch::{
    Above, AnyFilter, Between, Filter, count_dyn, count_dyn_column, count_static,
};
use std::any::type_name_of_val;

const MONTOS: [f64; 8] = [
    0.0,
    1.5,
    10.0,
    99.99,
    100.0,
    1500.0,
    f64::NAN,
    f64::INFINITY,
];

#[test]
fn las_cuatro_formas_cuentan_lo_mismo() {
    let (above, between) = (Above(99.99), Between(1.5, 100.0));
    let counted = |filter: &dyn Filter| {
        (
            count_dyn(filter, &MONTOS),
            count_dyn_column(filter, &MONTOS),
        )
    };
    assert_eq!(
        (count_static(&above, &MONTOS), counted(&above)),
        (3, (3, 3))
    );
    assert_eq!(
        (count_static(&between, &MONTOS), counted(&between)),
        (3, (3, 3))
    );
    for (filter, wanted) in [
        (AnyFilter::Above(above), 3),
        (AnyFilter::Between(between), 3),
    ] {
        assert_eq!(
            (count_static(&filter, &MONTOS), counted(&filter)),
            (wanted, (wanted, wanted))
        );
    }
    assert_eq!(count_static(&above, &[]), 0);
}

/// `dyn` is two words, the value and its table of functions; the static reference is one, and the type carries the rest.
#[test]
fn un_dyn_lleva_consigo_su_tabla_de_funciones() {
    assert_eq!(size_of::<&Above>(), size_of::<usize>());
    assert_eq!(size_of::<&dyn Filter>(), 2 * size_of::<usize>());
}

/// Different types in one list need `dyn` or an enum; a generic list has one type.
#[test]
fn una_lista_de_filtros_distintos_necesita_dyn_o_un_enum() {
    let open: Vec<Box<dyn Filter>> = vec![Box::new(Above(99.99)), Box::new(Between(1.5, 100.0))];
    let closed = [
        AnyFilter::Above(Above(99.99)),
        AnyFilter::Between(Between(1.5, 100.0)),
    ];
    let kept = |monto: f64| {
        (
            open.iter().all(|filter| filter.keeps(monto)),
            closed.iter().all(|filter| filter.keeps(monto)),
        )
    };
    assert_eq!(kept(99.99), (false, false));
    assert_eq!(kept(99.995), (true, true));
}

/// The compiler names a function apart for each type; the address of one is not asked, for equal code may be merged.
#[test]
fn cada_tipo_tiene_su_propia_funcion() {
    let names = [
        type_name_of_val(&count_static::<Above>),
        type_name_of_val(&count_static::<Between>),
    ];
    assert!(
        names[0].ends_with("count_static<ej_16_1_2_traits::dispatch::Above>"),
        "{names:?}"
    );
    assert!(
        names[1].ends_with("count_static<ej_16_1_2_traits::dispatch::Between>"),
        "{names:?}"
    );
}

#[test]
fn ni_estatico_ni_dyn_reservan_memoria() {
    let filter = Above(1.0);
    let (_, seen) =
        alloc::in_this_thread(|| count_static(&filter, &MONTOS) + count_dyn(&filter, &MONTOS));
    assert_eq!(seen, Allocations::default());
}
