use crate::*;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

fn generador(semilla: u64, dias: u32, filas: u64) -> Generador {
    Generador::new(ConfigGenerador::new(
        semilla,
        "2024-01-15".parse().unwrap(),
        dias,
        filas,
    ))
    .unwrap()
}

fn dump(g: &Generador, rows: impl Iterator<Item = u64>) -> Vec<String> {
    let mut row = FilaGenerada::new();
    rows.map(|i| {
        g.fill(i, &mut row);
        format!("{:?} {:?} {}", row.as_fila(), row.defect(), row.is_fraud())
    })
    .collect()
}

#[test]
fn a_row_depends_on_seed_and_index_alone() {
    let g = generador(7, 3, 5_000);
    let forwards = dump(&g, 0..5_000);
    let mut backwards = dump(&g, (0..5_000).rev());
    backwards.reverse();
    assert_eq!(forwards, backwards);
    assert_ne!(forwards, dump(&generador(8, 3, 5_000), 0..5_000));
}

#[test]
fn the_first_rows_of_seed_42_are_pinned() {
    let g = generador(42, 1, 1_000);
    let rows = dump(&g, [0, 1, 999].into_iter());
    assert_eq!(rows, PINNED_ROWS);
}

const PINNED_ROWS: [&str; 3] = [
    r#"FilaEvento { evento_id: Some("01ed03ccdcf2c7a9"), tipo: Some("click"), user_id: Some("u0000017"), session_id: Some("d43d41509bda6357"), producto_id: None, monto: None, region: Some("este"), pagina: Some("/inicio"), mensaje: None, timestamp: Some(1705277032973556), lat: Some(39.07772), lon: Some(-0.49972) } None false"#,
    r#"FilaEvento { evento_id: Some("51a7cce1f954c9a8"), tipo: Some("click"), user_id: None, session_id: Some("02112e1d35bc06f8"), producto_id: Some("p02030"), monto: None, region: Some("centro"), pagina: Some("/producto/p02030"), mensaje: None, timestamp: Some(1705277118280244), lat: Some(40.3593), lon: Some(-3.99649) } None false"#,
    r#"FilaEvento { evento_id: Some("f869522b531db555"), tipo: Some("click"), user_id: Some("u0000007"), session_id: Some("af54cdf900ff0b29"), producto_id: Some("p00005"), monto: None, region: Some("centro"), pagina: Some("/producto/p00005"), mensaje: None, timestamp: Some(1705363119142288), lat: None, lon: None } None false"#,
];

#[test]
fn the_days_cover_all_rows_once_and_follow_the_week() {
    let g = generador(1, 14, 100_003);
    let mut next = 0;
    let mut by_weekday = [0u64; 7];
    for (fecha, rows) in g.dias() {
        assert_eq!(rows.start, next);
        next = rows.end;
        by_weekday[usize::from(fecha.weekday())] += rows.end - rows.start;
    }
    assert_eq!(next, 100_003);
    assert!(
        by_weekday[5] > by_weekday[1] * 13 / 10,
        "saturday {} tuesday {}",
        by_weekday[5],
        by_weekday[1]
    );
}

/// The contract, told about duplicates, finds in every row exactly the defect that was planted.
#[test]
fn the_contract_finds_every_planted_defect_and_no_other() {
    let filas = 200_000;
    let g = generador(3, 2, filas);
    let mut found: HashMap<Motivo, u64> = HashMap::new();
    let mut row = FilaGenerada::new();
    for (fecha, rows) in g.dias() {
        let contrato = Contrato::new(Dia::new(fecha, &Zona::utc()).unwrap());
        let mut seen = HashSet::new();
        for i in rows {
            g.fill(i, &mut row);
            let fila = row.as_fila();
            let repeated =
                !Contrato::lacks_id(&fila) && !seen.insert(fila.evento_id.unwrap().to_owned());
            let verdict = if repeated {
                Err(Motivo::Duplicado)
            } else {
                contrato.check(&fila)
            };
            assert_eq!(verdict.err(), row.defect(), "row {i}: {fila:?}");
            if let Some(m) = row.defect() {
                *found.entry(m).or_default() += 1;
            }
        }
    }
    for m in Motivo::ALL {
        assert!(found.contains_key(&m), "{m} never planted in {filas} rows");
    }
    let bad: u64 = found.values().sum();
    assert!(
        (filas / 100..=filas * 3 / 100).contains(&bad),
        "{bad} bad rows of {filas}"
    );
}

#[test]
fn the_funnel_narrows_and_users_are_skewed() {
    let g = generador(5, 1, 100_000);
    let (mut kinds, mut users) = (HashMap::new(), HashMap::new());
    let mut row = FilaGenerada::new();
    for i in 0..100_000 {
        g.fill(i, &mut row);
        if row.defect().is_none() {
            *kinds
                .entry(row.as_fila().tipo.unwrap().to_owned())
                .or_insert(0) += 1;
            if let Some(u) = row.as_fila().user_id {
                *users.entry(u.to_owned()).or_insert(0u64) += 1;
            }
        }
    }
    assert!(
        kinds["click"] > 10 * kinds["agregar_carrito"] / 2,
        "{kinds:?}"
    );
    assert!(
        kinds["agregar_carrito"] > kinds["compra"] && kinds["compra"] > kinds["error"],
        "{kinds:?}"
    );
    let mut counts: Vec<u64> = users.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: u64 = counts.iter().take(counts.len() / 10).sum();
    assert!(
        top * 100 > counts.iter().sum::<u64>() * 30,
        "the top tenth makes more than 30 % of the events"
    );
}

#[test]
fn the_labels_are_the_rows_of_planted_fraud() {
    let g = generador(11, 1, 30_003);
    let mut row = FilaGenerada::new();
    let mut labelled = Vec::new();
    for i in 0..30_003 {
        g.fill(i, &mut row);
        if row.is_fraud() {
            labelled.push(i);
        }
    }
    assert_eq!(g.fraud_rows().collect::<Vec<_>>(), labelled);
    assert!((30..300).contains(&labelled.len()), "{}", labelled.len());
}

#[test]
fn a_bad_configuration_is_an_error() {
    let good = ConfigGenerador::new(1, "2024-01-15".parse().unwrap(), 1, 10);
    let with = |f: fn(&mut ConfigGenerador)| {
        let mut c = good.clone();
        f(&mut c);
        Generador::new(c).err()
    };
    assert_eq!(with(|c| c.dias = 0), Some(GeneratorError::Zero("dias")));
    assert_eq!(with(|c| c.defectos = 0.7), Some(GeneratorError::Share(0.7)));
    assert_eq!(with(|c| c.desde = Fecha::new(2098, 12, 31).unwrap()), None);
    assert_eq!(
        with(|c| (c.desde, c.dias) = (Fecha::new(2098, 12, 31).unwrap(), 2)),
        Some(GeneratorError::Calendar)
    );
}

#[test]
fn dates_have_one_spelling() {
    for bad in [
        "",
        "2024-1-15",
        "2024-01-15 ",
        "20240115",
        "2024-13-01",
        "2024-W03-1",
        "0000-01-01",
        "2024-01-15T00:00",
    ] {
        assert!(bad.parse::<Fecha>().is_err(), "{bad}");
    }
    let last: Fecha = "9999-12-31".parse().unwrap();
    assert_eq!(last.next(), None);
    assert!(Dia::new(last, &Zona::utc()).is_err());
    assert!("Europe/Nowhere".parse::<Zona>().is_err());
    assert!("../../etc/passwd".parse::<Zona>().is_err());
}

#[test]
fn a_day_in_a_zone_is_not_the_day_in_utc() {
    let lima = Dia::new(
        "2024-01-15".parse().unwrap(),
        &"America/Lima".parse().unwrap(),
    )
    .unwrap();
    assert_eq!(lima.start_micros(), 1_705_294_800_000_000); // 2024-01-15T05:00:00Z
    assert!(!lima.contains(lima.end_micros()));
}

proptest! {
    #[test]
    fn days_round_trip(days in -719_162i32..2_932_896) {
        let fecha = Fecha::from_days_since_epoch(days).unwrap();
        prop_assert_eq!(fecha.days_since_epoch(), days);
        prop_assert_eq!(fecha.to_string().parse::<Fecha>().unwrap(), fecha);
    }

    #[test]
    fn cents_print_and_read_back(cents in -1_000_000_000_000i64..1_000_000_000_000) {
        let c = Centavos::new(cents).unwrap();
        prop_assert_eq!(Centavos::from_monto(c.to_string().parse().unwrap()).unwrap(), c);
    }

    #[test]
    fn a_rounded_ratio_is_within_half_a_unit(n in -1_000_000_000i128..1_000_000_000, d in 1i128..100_000) {
        let q = ratio_half_up(n, d).unwrap();
        prop_assert!((2 * (q * d - n)).abs() <= d);
        prop_assert_eq!(ratio_half_up(-n, d), Some(-q));
    }

    #[test]
    fn no_row_makes_the_contract_panic(
        id in proptest::option::of(".{0,20}"), tipo in proptest::option::of("compra|click|error|agregar_carrito|.{0,6}"),
        monto in proptest::option::of(proptest::num::f64::ANY), ts in proptest::option::of(any::<i64>()),
        lat in proptest::option::of(proptest::num::f64::ANY), user in proptest::option::of(" ?u?"),
    ) {
        let contrato = Contrato::new(Dia::new("2024-01-15".parse().unwrap(), &Zona::utc()).unwrap());
        let fila = FilaEvento {
            evento_id: id.as_deref(), tipo: tipo.as_deref(), monto, timestamp: ts, lat, user_id: user.as_deref(),
            region: Some("norte"), ..FilaEvento::default()
        };
        if let Ok(a) = contrato.check(&fila) {
            prop_assert!(a.clase != Clase::Compra || a.centavos > Centavos::ZERO);
        }
    }
}

#[test]
fn cells_agree_to_the_last_decimal_that_both_show_and_to_the_cent() {
    for (one, other, same) in [
        ("4423659", "4423659", true),
        ("4423659", "4423658", false),
        ("38.2557", "38.255710", true),
        ("38.25", "38.26", false),
        ("34.50", "34.51", false),
        ("100", "100.00", true),
        ("0.0344", "0.0345", false),
        ("0.03", "0.0344", true),
        ("0.049985", "0.04998529583840328", true),
        ("55909065222.827692", "55909065222.82769", true),
        ("55909065222.827692", "55909065222.83", true),
        ("55909065222.827692", "55909065222.84", false),
        ("1.5e3", "1500", true),
        ("1995-03-15", "1995-03-16", false),
        ("NaN", "1.0", false),
        ("a", "a ", true),
        ("a", "b", false),
    ] {
        for (one, other) in [(one, other), (other, one)] {
            assert_eq!(cells_agree(Some(one), Some(other)), same, "{one} {other}");
        }
    }
}

#[test]
fn answers_agree_up_to_the_order_of_ties() {
    let rows = |text: &str| -> Vec<Vec<Option<String>>> {
        text.split_whitespace()
            .map(|row| row.split(',').map(|cell| Some(cell.to_owned())).collect())
            .collect()
    };
    let ours = rows("a,9 b,7 c,7 d,7 e,1");
    for (theirs, order, first) in [
        ("a,9 b,7 c,7 d,7 e,1", &[0, 1][..], None),
        ("a,9 d,7 b,7 c,7 e,1", &[1], None),
        ("a,9 d,7 b,7 c,7 e,1", &[0], Some(1)),
        ("e,1 a,9 b,7 c,7 d,7", &[1], Some(0)),
        ("e,1 a,9 b,7 c,7 d,7", &[], None),
        // A row too many in the place of one too few.
        ("a,9 b,7 b,7 d,7 e,1", &[1], Some(2)),
        ("a,9 b,7 c,7 d,7", &[1], Some(4)),
        ("a,9 b,7 c,7 d,7 e,1 f,0", &[1], Some(5)),
        ("a b,7 c,7 d,7 e,1", &[0], Some(0)),
    ] {
        assert_eq!(
            first_disagreement(&ours, &rows(theirs), order),
            first,
            "{theirs}"
        );
    }
    assert_eq!(first_disagreement(&[], &[], &[]), None);
}
