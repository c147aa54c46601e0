//! Case d: nothing of the future gets into a feature, and a service answers what the model was trained on.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
use ecommerce_model::{ConfigGenerador, FilaEvento, FilaGenerada, Generador};
use ej_16_7_5_synthesis::features::{Entity, Features, History, Horizon, Seen, label};
use proptest::prelude::*;

const DAY: i64 = 86_400_000_000;
const CUT: i64 = 1_706_745_600_000_000;

fn seen() -> impl Strategy<Value = Seen> {
    (
        -40 * DAY..40 * DAY,
        prop::option::of(1_i64..100_000),
        any::<bool>(),
    )
        .prop_map(|(offset, cents, click)| Seen {
            instant: CUT + offset,
            cents,
            click: click && cents.is_none(),
        })
}

proptest! {
    #[test]
    fn nada_desde_el_corte_cambia_lo_que_se_sabe(
        events in prop::collection::vec(seen(), 0..60), later in prop::collection::vec(seen(), 0..60),
    ) {
        let horizon = Horizon::days(28, 7);
        let (before, after): (Vec<Seen>, Vec<Seen>) = events.iter().partition(|e| e.instant < CUT);
        let known = Features::of(&before, CUT, horizon);
        // Whatever the future was to be, and in whatever order it comes.
        let other: Vec<Seen> = later.iter().copied().filter(|e| e.instant >= CUT).chain(before.iter().rev().copied()).collect();
        prop_assert_eq!(Features::of(&events, CUT, horizon), known);
        prop_assert_eq!(Features::of(&other, CUT, horizon), known);
        // And nothing before it changes what is to be predicted.
        prop_assert_eq!(label(&events, CUT, horizon), label(&after, CUT, horizon));
    }
}

#[test]
fn el_instante_del_corte_ya_es_futuro() {
    let horizon = Horizon::days(28, 7);
    let buy = |instant| Seen {
        instant,
        cents: Some(1_000),
        click: false,
    };
    for (instant, known, predicted) in [
        (CUT - 28 * DAY - 1, false, false),
        (CUT - 28 * DAY, true, false),
        (CUT - 1, true, false),
        (CUT, false, true),
        (CUT + 7 * DAY - 1, false, true),
        (CUT + 7 * DAY, false, false),
    ] {
        let events = [buy(instant)];
        assert_eq!(
            !Features::of(&events, CUT, horizon).is_empty(),
            known,
            "{instant}"
        );
        assert_eq!(label(&events, CUT, horizon), predicted, "{instant}");
    }
}

fn history(entity: Entity) -> History {
    let config = ConfigGenerador::new(3, "2024-01-05".parse().unwrap(), 40, 8_000);
    let generator = Generador::new(config).unwrap();
    let (mut row, mut history) = (FilaGenerada::new(), History::new(entity).unwrap());
    for index in 0..8_000 {
        generator.fill(index, &mut row);
        history.add(&row.as_fila());
    }
    assert!(history.rejected() > 0);
    history
}

#[test]
fn el_servicio_responde_lo_mismo_con_lo_que_se_entreno() {
    let horizon = Horizon::days(28, 7);
    for entity in [Entity::User, Entity::Product] {
        let history = history(entity);
        let set = history
            .training_set(&[CUT - 7 * DAY, CUT], horizon)
            .unwrap();
        assert!(set.num_rows() > 300, "{}", set.num_rows());
        let names = set.column(0).as_string::<i32>();
        let cuts = set.column(1).as_primitive::<TimestampMicrosecondType>();
        let number =
            |column: usize, row: usize| set.column(column).as_primitive::<Int64Type>().value(row);
        let means = set.column(7).as_primitive::<Float64Type>();
        for row in 0..set.num_rows() {
            let now = history
                .now(names.value(row), cuts.value(row), horizon)
                .unwrap();
            let served = [
                now.purchases,
                now.cents,
                now.clicks,
                now.recent,
                now.since_last.unwrap(),
            ];
            assert_eq!(served, [2, 3, 4, 5, 6].map(|column| number(column, row)));
            assert_eq!(
                now.mean_cents,
                means.is_valid(row).then(|| means.value(row))
            );
        }
        assert!(history.now("nadie", CUT, horizon).is_none());
    }
}

#[test]
fn lo_que_incumple_el_contrato_no_es_un_dato() {
    let good = FilaEvento {
        evento_id: Some("e"),
        tipo: Some("compra"),
        user_id: Some("u"),
        region: Some("norte"),
        monto: Some(10.0),
        timestamp: Some(CUT - DAY),
        ..FilaEvento::default()
    };
    let mut history = History::new(Entity::User).unwrap();
    history.add(&good);
    history.add(&FilaEvento {
        monto: Some(f64::NAN),
        ..good
    });
    history.add(&FilaEvento {
        timestamp: None,
        ..good
    });
    let known = history.now("u", CUT, Horizon::days(28, 7)).unwrap();
    assert_eq!(
        (known.purchases, known.cents, history.rejected()),
        (1, 1_000, 2)
    );
    assert_eq!(known.mean_cents, Some(1_000.0));
}
