//! What needs no process: the line through measured sizes, the windows' laws, the checkpoint's integrity.

use crate::batch::{BatchError, Growth, Measured};
use crate::window::{Closed, Latencies, WindowError, WindowSpec, Windows};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn measured(points: &[(u64, f64)]) -> Vec<Measured> {
    let point = |&(bytes, seconds): &(u64, f64)| Measured {
        rows: bytes,
        bytes,
        seconds,
    };
    points.iter().map(point).collect()
}

#[test]
fn una_recta_exacta_se_prolonga_exacta() {
    let growth = Growth::of(&measured(&[(100, 1.5), (200, 2.5), (400, 4.5)])).unwrap();
    assert!((growth.fixed - 0.5).abs() < 1e-9 && (growth.per_byte - 0.01).abs() < 1e-12);
    let (total, [least, most]) = growth.project(4_000, 10).unwrap();
    for time in [total, least, most] {
        assert!((time.as_secs_f64() - 45.0).abs() < 1e-6, "{time:?}");
    }
}

#[test]
fn un_dia_mayor_que_los_medidos_no_se_estima() {
    let growth = Growth::of(&measured(&[(100, 1.5), (200, 2.5), (400, 4.5)])).unwrap();
    assert_eq!(growth.fewest_days(4_001), 11);
    assert!(growth.project(4_001, 11).is_ok());
    assert!(matches!(
        growth.project(4_001, 10),
        Err(BatchError::DayTooLarge {
            day: 401,
            largest: 400
        })
    ));
}

#[test]
fn lo_que_crece_como_el_cuadrado_no_se_prolonga() {
    let squares = measured(&[(100, 1.0), (200, 4.0), (400, 16.0), (800, 64.0)]);
    assert!(matches!(
        Growth::of(&squares),
        Err(BatchError::NotLinear { off, .. }) if off > 15.0
    ));
    assert!(matches!(
        Growth::of(&measured(&[(100, 1.0), (200, 2.0), (200, 2.1)])),
        Err(BatchError::TooFew)
    ));
}

#[test]
fn un_cuantil_es_un_valor_medido() {
    let all: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
    let latencies = Latencies::new(all);
    for (quantile, ms) in [(0.5, 100), (0.99, 198), (1.0, 200), (0.0, 1)] {
        assert_eq!(latencies.quantile(quantile), Duration::from_millis(ms));
    }
    assert_eq!(Latencies::default().quantile(0.99), Duration::ZERO);
}

fn spec(size: u64, slide: u64, disorder: u64) -> WindowSpec {
    let micros = Duration::from_micros;
    WindowSpec::new(micros(size), micros(slide), micros(disorder)).unwrap()
}

#[test]
fn una_ventana_imposible_es_un_error() {
    let second = Duration::from_secs(1);
    for (size, slide, error) in [
        (second, Duration::ZERO, WindowError::Slide),
        (second, second * 2, WindowError::Slide),
        (Duration::MAX, second, WindowError::TooLong),
    ] {
        assert_eq!(WindowSpec::new(size, slide, second), Err(error));
    }
}

#[test]
fn el_evento_que_llega_tras_la_marca_cuenta_como_tardio_en_su_ventana_y_no_en_la_abierta() {
    // Windows [0, 10), [5, 15), [10, 20) …, an event may be 3 late.
    let mut windows = Windows::new(spec(10, 5, 3));
    windows.add("norte", 100, 7);
    assert_eq!(windows.observe(7), []);
    assert_eq!(windows.observe(12), [], "la marca está en 9");
    let closed = windows.observe(13);
    assert_eq!(
        closed.iter().map(|c| (c.start, c.end)).collect::<Vec<_>>(),
        [(0, 10)]
    );
    let late = windows.add("norte", 100, 6);
    assert_eq!((late.taken, late.missed), (1, 1));
    let sums: Vec<_> = windows
        .end()
        .into_iter()
        .map(|c| (c.start, c.sums.cents))
        .collect();
    assert_eq!(sums, [(5, 200)]);
    assert_eq!(windows.entries(), 0);
    assert_eq!(
        windows.add("norte", 1, 1_000_000).taken,
        0,
        "tras el final no hay ventana abierta"
    );
}

type Event = (u8, i64, i64);

/// The same by definition: every event into every window that holds it.
fn by_definition(events: &[Event], size: i64, slide: i64) -> BTreeMap<(i64, String), (u64, i64)> {
    let mut sums = BTreeMap::new();
    for (key, cents, instant) in events {
        // Instants are up to 1000 and windows up to 50: no other start can matter.
        for start in (-100..=1000_i64).filter(|start| start.rem_euclid(slide) == 0) {
            if (start..start + size).contains(instant) {
                let entry: &mut (u64, i64) = sums.entry((start, format!("k{key}"))).or_default();
                entry.0 += 1;
                entry.1 += cents;
            }
        }
    }
    sums
}

fn gathered(closed: &[Closed]) -> BTreeMap<(i64, String), (u64, i64)> {
    closed
        .iter()
        .map(|c| ((c.start, c.key.clone()), (c.sums.purchases, c.sums.cents)))
        .collect()
}

proptest! {
    #[test]
    fn con_desorden_acotado_nada_llega_tarde_y_las_ventanas_son_las_de_la_definicion(
        mut events in prop::collection::vec((0_u8..4, 1_i64..1000, 0_i64..1000), 0..120),
        size in 1_u64..50, slide in 1_u64..50, disorder in 0_u64..40,
    ) {
        let slide = slide.min(size);
        // Out of order by at most `disorder`: sorted by instant plus a delay that repeats.
        events.sort_by_key(|(_, cents, instant)| (instant + cents % (disorder as i64 + 1), *cents));
        let mut windows = Windows::new(spec(size, slide, disorder));
        let mut closed = Vec::new();
        for (key, cents, instant) in &events {
            prop_assert_eq!(windows.add(&format!("k{key}"), *cents, *instant).missed, 0);
            closed.extend(windows.observe(*instant));
        }
        closed.extend(windows.end());
        prop_assert_eq!(gathered(&closed).len(), closed.len(), "una ventana se cierra una vez");
        prop_assert!(closed.is_sorted_by_key(|c| c.start));
        prop_assert_eq!(gathered(&closed), by_definition(&events, size as i64, slide as i64));
    }

    #[test]
    fn en_cualquier_orden_lo_tomado_y_lo_perdido_suman_todo(
        events in prop::collection::vec((0_u8..4, 1_i64..1000, 0_i64..1000), 0..120),
        size in 1_u64..50, slide in 1_u64..50, disorder in 0_u64..40,
    ) {
        let slide = slide.min(size);
        let mut windows = Windows::new(spec(size, slide, disorder));
        let (mut closed, mut missed) = (Vec::new(), 0);
        for (key, cents, instant) in &events {
            missed += u64::from(windows.add(&format!("k{key}"), *cents, *instant).missed);
            closed.extend(windows.observe(*instant));
        }
        closed.extend(windows.end());
        let taken: u64 = closed.iter().map(|c| c.sums.purchases).sum();
        let all: u64 = by_definition(&events, size as i64, slide as i64).values().map(|s| s.0).sum();
        prop_assert_eq!(taken + missed, all);
    }
}
