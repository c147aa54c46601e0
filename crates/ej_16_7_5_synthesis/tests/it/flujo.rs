//! Case b from outside: what comes out, whatever happens to the process on the way.

use ecommerce_model::{ConfigGenerador, FilaEvento, FilaGenerada, Generador, Zona, format_instant};
use ecommerce_pipeline::{DayJob, Location, run_day};
use ecommerce_testkit::process::{Child, Steps};
use ecommerce_testkit::temp;
use ej_16_7_5_synthesis::window::{Key, Pace, Session, SessionError, WindowSpec, paced};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn line(event: &FilaEvento<'_>) -> String {
    let instant = event.timestamp.and_then(format_instant);
    let line = json!({
        "evento_id": event.evento_id, "tipo": event.tipo, "user_id": event.user_id, "region": event.region,
        "monto": event.monto, "timestamp": instant,
    });
    format!("{line}\n")
}

/// Events of one day in order, one JSON line each.
fn day(rows: u64, defects: f64) -> (Generador, String) {
    let mut config = ConfigGenerador::new(7, "2024-01-15".parse().unwrap(), 1, rows);
    config.defectos = defects;
    let generator = Generador::new(config).unwrap();
    let mut row = FilaGenerada::new();
    let mut lines: Vec<(i64, String)> = (0..rows)
        .map(|index| {
            generator.fill(index, &mut row);
            let event = row.as_fila();
            (event.timestamp.unwrap(), line(&event))
        })
        .collect();
    lines.sort();
    (generator, lines.into_iter().map(|(_, line)| line).collect())
}

fn sintesis(directory: &Path) -> Child {
    Child::new(env!("CARGO_BIN_EXE_sintesis"))
        .arg("b")
        .arg("--entrada")
        .arg(directory.join("eventos.ndjson"))
        .arg("--estado")
        .arg(directory.join("estado.json"))
        .arg("--salida")
        .arg(directory.join("ventanas.ndjson"))
        .args(["--ventana-ms", "1800000", "--paso-ms", "600000"])
        .args(["--desorden-ms", "60000", "--cada", "500", "--final"])
        .timeout(Duration::from_secs(60))
}

fn windows(directory: &Path) -> String {
    fs::read_to_string(directory.join("ventanas.ndjson")).unwrap()
}

#[test]
fn matado_en_cada_paso_y_vuelto_a_empezar_deja_la_misma_salida() {
    let (_, events) = day(1_000, 0.02);
    let prepare = || {
        let directory = temp::dir().unwrap();
        fs::write(directory.path().join("eventos.ndjson"), &events).unwrap();
        directory
    };
    let whole = prepare();
    let run = sintesis(whole.path()).run().unwrap();
    assert!(run.success(), "{run:?}");
    let (expected, summary) = (windows(whole.path()), run.stdout_text());
    assert!(expected.lines().count() > 100, "{expected}");

    // Every moment between two changes of what is on the disk.
    let steps = Steps::of(&["rename", "fsync", "fdatasync", "ftruncate"]).unwrap();
    let counted = prepare();
    let calls = steps.count(&sintesis(counted.path())).unwrap().calls.len();
    assert!(calls >= 4 * 3, "{calls}");
    for step in 1..=calls {
        let directory = prepare();
        let killed = steps.kill_at(step, &sintesis(directory.path())).unwrap();
        assert!(killed.landed, "el paso {step} no llegó");
        let again = sintesis(directory.path()).run().unwrap();
        assert!(again.success(), "tras morir en el paso {step}: {again:?}");
        assert_eq!(windows(directory.path()), expected, "paso {step}");
        assert_eq!(again.stdout_text(), summary, "paso {step}");
    }
}

#[test]
fn una_entrada_estandar_repetida_desde_el_principio_no_cuenta_dos_veces() {
    let (_, events) = day(600, 0.0);
    let half = events.match_indices('\n').nth(300).unwrap().0 + 1;
    let directory = temp::dir().unwrap();
    let run = |input: &str, end: bool| {
        let mut child = Child::new(env!("CARGO_BIN_EXE_sintesis"))
            .args(["b", "--entrada", "-", "--ventana-ms", "600000"])
            .arg("--estado")
            .arg(directory.path().join("estado.json"))
            .arg("--salida")
            .arg(directory.path().join("ventanas.ndjson"))
            .stdin(input.as_bytes());
        if end {
            child = child.arg("--final");
        }
        let run = child.run().unwrap();
        assert!(run.success(), "{run:?}");
        serde_json::from_str::<Value>(&run.stdout_text()).unwrap()
    };
    assert_eq!(run(&events[..half], false)["lines"], 301);
    let all = run(&events, true);
    assert_eq!(all["lines"], 600);
    // And once more, with everything done: nothing changes.
    let before = windows(directory.path());
    assert_eq!(run(&events, true), all);
    assert_eq!(windows(directory.path()), before);
}

#[test]
fn una_linea_mala_se_cuenta_por_su_motivo_y_no_detiene_el_flujo() {
    let good = FilaEvento {
        evento_id: Some("e"),
        tipo: Some("compra"),
        user_id: Some("u"),
        region: Some("norte"),
        monto: Some(10.25),
        timestamp: Some(1_705_276_800_000_000),
        ..FilaEvento::default()
    };
    let lines = [
        line(&good),
        "{\"evento_id\": \n".to_owned(),
        "[1, 2]\n".to_owned(),
        line(&FilaEvento {
            region: None,
            ..good
        }),
        line(&FilaEvento {
            monto: Some(-1.0),
            ..good
        }),
        line(&FilaEvento {
            timestamp: None,
            ..good
        }),
        line(&FilaEvento {
            tipo: Some("click"),
            ..good
        }),
        line(&good),
    ];
    let directory = temp::dir().unwrap();
    let spec = WindowSpec::new(minutes(1), minutes(1), Duration::ZERO).unwrap();
    let (state, output) = (directory.path().join("e"), directory.path().join("v"));
    let mut session = Session::open(spec, Key::Region, &state, &output).unwrap();
    session.read(lines.concat().as_bytes(), 3).unwrap();
    session.end().unwrap();
    let summary = session.summary();
    assert_eq!(
        (summary.lines, summary.purchases, summary.others),
        (8, 2, 1)
    );
    let rejected = [
        ("falta_region", 1),
        ("json", 2),
        ("monto_no_positivo", 1),
        ("timestamp_imposible", 1),
    ];
    assert_eq!(
        summary.rejected,
        rejected.map(|(why, n)| (why.to_owned(), n)).into()
    );
    assert_eq!(
        fs::read_to_string(&output).unwrap(),
        "{\"clave\":\"norte\",\"compras\":2,\"desde\":\"2024-01-15T00:00:00.000000Z\",\"hasta\":\"2024-01-15T00:01:00.000000Z\",\
         \"revenue\":\"20.50\"}\n"
    );
}

#[test]
fn una_linea_a_medio_escribir_espera_a_la_otra_mitad() {
    let (_, events) = day(50, 0.0);
    let cut = events.len() - 20;
    let directory = temp::dir().unwrap();
    let spec = WindowSpec::new(minutes(30), minutes(30), minutes(1)).unwrap();
    let (state, output) = (directory.path().join("e"), directory.path().join("v"));
    let mut session = Session::open(spec, Key::Region, &state, &output).unwrap();
    let unfinished = session.read(&events.as_bytes()[..cut], 7).unwrap();
    assert_eq!(session.summary().lines, 49);
    let position = session.position() as usize;
    assert_eq!(unfinished, &events.as_bytes()[position..cut]);
    drop(session);
    let mut session = Session::open(spec, Key::Region, &state, &output).unwrap();
    assert_eq!(session.position() as usize, position);
    assert!(
        session
            .read(&events.as_bytes()[position..], 7)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        (session.summary().lines, session.summary().rejected.len()),
        (50, 0)
    );
}

#[test]
fn un_evento_de_manana_no_cierra_las_ventanas_de_hoy() {
    let event = |timestamp| FilaEvento {
        evento_id: Some("e"),
        tipo: Some("compra"),
        user_id: Some("u"),
        region: Some("sur"),
        monto: Some(1.0),
        timestamp: Some(timestamp),
        ..FilaEvento::default()
    };
    const THEN: i64 = 1_705_276_800_000_000;
    const YEAR_2099: i64 = 4_070_908_800_000_000;
    let lines: String = [THEN, YEAR_2099, THEN].map(|at| line(&event(at))).concat();
    let directory = temp::dir().unwrap();
    let spec = WindowSpec::new(minutes(1), minutes(1), Duration::ZERO).unwrap();
    let mut session = Session::open(
        spec,
        Key::Region,
        &directory.path().join("e"),
        &directory.path().join("v"),
    )
    .unwrap();
    session.read(lines.as_bytes(), 100).unwrap();
    let summary = session.summary();
    assert_eq!((summary.purchases, summary.late), (2, 0));
    assert_eq!(summary.rejected, [("del_futuro".to_owned(), 1)].into());
}

#[test]
fn lo_tardio_no_se_pierde_sin_decirlo() {
    let at = |minute: i64| FilaEvento {
        evento_id: Some("e"),
        tipo: Some("compra"),
        user_id: Some("u"),
        region: Some("sur"),
        monto: Some(1.0),
        timestamp: Some(1_705_276_800_000_000 + minute * 60_000_000),
        ..FilaEvento::default()
    };
    let lines: String = [0, 5, 0].map(|minute| line(&at(minute))).concat();
    let directory = temp::dir().unwrap();
    let spec = WindowSpec::new(minutes(2), minutes(1), minutes(1)).unwrap();
    let mut session = Session::open(
        spec,
        Key::Region,
        &directory.path().join("e"),
        &directory.path().join("v"),
    )
    .unwrap();
    session.read(lines.as_bytes(), 100).unwrap();
    let summary = session.summary();
    // It missed both windows that hold it.
    assert_eq!(
        (summary.purchases, summary.late, summary.late_cents),
        (2, 1, 200)
    );
}

#[test]
fn un_estado_danado_de_otra_ventana_o_sin_su_salida_se_rechaza() {
    let directory = temp::dir().unwrap();
    let (state, output) = (directory.path().join("e"), directory.path().join("v"));
    let spec = |size| WindowSpec::new(minutes(size), minutes(1), minutes(1)).unwrap();
    let (_, events) = day(200, 0.0);
    let mut session = Session::open(spec(1), Key::Region, &state, &output).unwrap();
    session.read(events.as_bytes(), 50).unwrap();
    drop(session);

    let other = Session::open(spec(2), Key::Region, &state, &output).err();
    assert!(
        matches!(other, Some(SessionError::OtherWindows { .. })),
        "{other:?}"
    );

    let by_user = Session::open(spec(1), Key::User, &state, &output).err();
    assert!(
        matches!(by_user, Some(SessionError::OtherWindows { .. })),
        "{by_user:?}"
    );

    let whole = fs::read(&output).unwrap();
    assert!(!whole.is_empty());
    fs::write(&output, &whole[1..]).unwrap();
    let lost = Session::open(spec(1), Key::Region, &state, &output).err();
    assert!(
        matches!(lost, Some(SessionError::OutputLost { .. })),
        "{lost:?}"
    );
    fs::write(&output, &whole).unwrap();

    let saved = fs::read(&state).unwrap();
    for at in [0, 40, 70, saved.len() - 1] {
        let mut bytes = saved.clone();
        bytes[at] ^= 1;
        fs::write(&state, &bytes).unwrap();
        let damaged = Session::open(spec(1), Key::Region, &state, &output).err();
        assert!(
            matches!(damaged, Some(SessionError::Checkpoint(_))),
            "byte {at}: {damaged:?}"
        );
    }
    fs::write(&state, &saved[..saved.len() / 2]).unwrap();
    assert!(Session::open(spec(1), Key::Region, &state, &output).is_err());
    fs::write(&state, &saved).unwrap();
    assert!(Session::open(spec(1), Key::Region, &state, &output).is_ok());
}

/// A window of one day per region is what the daily batch computes: two programs, one answer.
#[tokio::test(flavor = "multi_thread")]
async fn el_flujo_da_por_dia_lo_mismo_que_el_lote() {
    let (generator, events) = day(3_000, 0.0);
    let directory = temp::dir().unwrap();
    let root = directory.path();
    let layout = ecommerce_arrow::Layout {
        root: root.join("eventos"),
        format: ecommerce_arrow::Format::Parquet,
        rows_per_file: 10_000,
        threads: 1,
    };
    ecommerce_arrow::write_days(&generator, &layout, &|_, _| ()).unwrap();
    let job = DayJob {
        fecha: "2024-01-15".parse().unwrap(),
        zona: Zona::utc(),
        entrada: Location::local(&layout.root).unwrap(),
        salida: Location::local(&root.join("metricas")).unwrap(),
        options: Default::default(),
        tolerant: false,
        durable: false,
        threads: 1,
        limits: Default::default(),
        engine: None,
    };
    let metrics = run_day(&job, &()).await.unwrap().metrics;
    let text = |name: &str| {
        let column = metrics.column_by_name(name).unwrap();
        let texts = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).unwrap();
        let texts: &arrow::array::StringArray = texts.as_any().downcast_ref().unwrap();
        texts
            .iter()
            .map(|t| t.unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let batch: BTreeMap<String, (String, String)> = text("region")
        .into_iter()
        .zip(text("revenue").into_iter().zip(text("transacciones")))
        .filter(|(_, (_, purchases))| purchases != "0")
        .collect();

    let spec = WindowSpec::new(minutes(24 * 60), minutes(24 * 60), Duration::ZERO).unwrap();
    let output = root.join("ventanas");
    let mut session = Session::open(spec, Key::Region, &root.join("estado"), &output).unwrap();
    session.read(events.as_bytes(), 1_000).unwrap();
    session.end().unwrap();
    let stream: BTreeMap<String, (String, String)> = fs::read_to_string(&output)
        .unwrap()
        .lines()
        .map(|line| {
            let window: Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| window[name].as_str().unwrap().to_owned();
            (
                word("clave"),
                (word("revenue"), window["compras"].to_string()),
            )
        })
        .collect();
    assert!(batch.len() > 3, "{batch:?}");
    assert_eq!(stream, batch);
}

#[test]
fn la_medida_cuenta_cada_evento_desde_que_debia_llegar() {
    let directory = temp::dir().unwrap();
    let second = Duration::from_millis(200);
    let spec = WindowSpec::new(second, second, Duration::from_millis(20)).unwrap();
    let pace = Pace {
        per_second: 1_000,
        seconds: 1,
        checkpoint_every: 100,
    };
    let report = paced(spec, Key::User, pace, directory.path()).unwrap();
    assert_eq!(report.events.len(), 1_000);
    // Five windows' worth of events, of which the last is still open.
    assert!((3..=5).contains(&report.results.len()), "{report:?}");
    assert!(report.closed as usize >= report.results.len());
    assert!(
        report.elapsed >= Duration::from_millis(990),
        "{:?}",
        report.elapsed
    );
    assert!(report.events.quantile(0.5) <= report.events.quantile(0.99));
    assert!(report.events.quantile(1.0) < report.elapsed);
}
