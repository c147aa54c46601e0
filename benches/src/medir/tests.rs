use super::breakeven::break_even;
use super::figures;
use super::record::{METHOD, Record};
use super::results::{self, Measured};
use super::run::{self, FILE, Run, locked};
use super::{cli, table};
use crate::machine::Machine;
use jiff::{SignedDuration, Timestamp};
use std::fs::File;
use std::path::Path;

fn run_at(date: &str) -> Run {
    Run {
        seccion: "16.1".into(),
        fecha: date.into(),
        maquina: Machine {
            cpu: "CPU".into(),
            nucleos: 2,
            ram_gb: 23.5,
            sistema: "Linux (6.1)".into(),
            disco: "ext4".into(),
            carga: Some(0.1),
        },
        commit: Some("abc".into()),
        rustc: Some("rustc 1.95.0".into()),
        crates: [("rayon".to_owned(), "1.12.0".to_owned())].into(),
        python: [("numpy".to_owned(), "2.4.6".to_owned())].into(),
    }
}

/// Leaves a benchmark as criterion 0.8 does: three files in `<id>/new`, and a copy in `<id>/base`.
fn benchmark(house: &Path, id: &str, median: f64, throughput: &str) {
    let estimate = |value: f64| {
        format!(
            r#"{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{},"upper_bound":{}}},"point_estimate":{value},"standard_error":1.5}}"#,
            value * 0.99,
            value * 1.02
        )
    };
    let estimates = format!(
        r#"{{"mean":{m},"median":{m},"median_abs_dev":{d},"slope":null,"std_dev":{d}}}"#,
        m = estimate(median),
        d = estimate(median / 100.0)
    );
    let about = format!(
        r#"{{"group_id":"g","function_id":"f","value_str":"v","throughput":{throughput},"full_id":"{id}","directory_name":"d","title":"{id}"}}"#
    );
    for state in ["new", "base"] {
        let directory = house.join(id.replace('/', "_")).join(state);
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("estimates.json"), &estimates).unwrap();
        let sample = r#"{"sampling_mode":"Flat","iters":[2.0,2.0,2.0],"times":[1.0,2.0,3.0]}"#;
        std::fs::write(directory.join("sample.json"), sample).unwrap();
        std::fs::write(directory.join("benchmark.json"), &about).unwrap();
    }
}

fn age(house: &Path, id: &str, hours: i64) {
    let file = house.join(id.replace('/', "_")).join("new/benchmark.json");
    let then = Timestamp::now() - SignedDuration::from_hours(hours);
    let file = File::options().write(true).open(file).unwrap();
    file.set_modified(then.into()).unwrap();
}

fn an_hour_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(1)
}

/// The filtered sum at three sizes: Rayon loses the first, wins the others.
fn sums(house: &Path) {
    for (variant, times) in [
        ("for", [1e4, 1e6, 1e8]),
        ("rayon-1", [2e4, 1.1e6, 1e8]),
        ("rayon-2", [4e4, 0.5e6, 0.5e8]),
        ("polars", [4e5, 2e6, 1.5e8]),
    ] {
        for (rows, time) in [10_000_u64, 1_000_000, 100_000_000].into_iter().zip(times) {
            let throughput = format!(
                r#"{{"ElementsAndBytes":{{"elements":{rows},"bytes":{}}}}}"#,
                8 * rows
            );
            let id = format!("16.1.3/suma_filtrada/{variant}/{rows}");
            benchmark(house, &id, time, &throughput);
        }
    }
}

#[test]
fn only_this_section_and_this_run_are_read_in_natural_order() {
    let house = tempfile::tempdir().unwrap();
    let house = house.path();
    benchmark(house, "16.1.3/g/for/100000", 2e5, r#"{"Elements":100000}"#);
    benchmark(house, "16.1.3/g/for/20000", 4e4, r#"{"Bytes":160000}"#);
    benchmark(house, "16.1.1/mover", 1.5, "null");
    benchmark(house, "16.2.1/otra/x", 1.0, "null");
    benchmark(house, "16.1.4/vieja/x", 1.0, "null");
    age(house, "16.1.4/vieja/x", 3);
    let found = results::read(house, "16.1", an_hour_ago()).unwrap();
    let ids: Vec<_> = found.measured.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(
        ids,
        ["16.1.1/mover", "16.1.3/g/for/20000", "16.1.3/g/for/100000"]
    );
    assert_eq!(found.stale, ["16.1.4/vieja/x"]);
    assert_eq!(
        found.measured[2],
        Measured {
            id: "16.1.3/g/for/100000".into(),
            mediana_ns: 2e5,
            intervalo_ns: [1.98e5, 2.04e5],
            confianza: 0.95,
            mad_ns: 2e3,
            muestras: 3,
            elementos: Some(100_000),
            bytes: None,
            ns_por_elemento: Some(2.0),
            gb_s: None,
        }
    );
    assert_eq!(found.measured[1].gb_s, Some(4.0));
    assert_eq!(found.measured[0].ns_por_elemento, None);
}

#[test]
fn damaged_files_are_named() {
    let house = tempfile::tempdir().unwrap();
    let house = house.path();
    benchmark(house, "16.1.1/a", 1.0, "null");
    let file = house.join("16.1.1_a/new/estimates.json");
    std::fs::write(&file, "{").unwrap();
    let error = results::read(house, "16.1", an_hour_ago()).unwrap_err();
    assert!(format!("{error:#}").contains("estimates.json no es de criterion"));
    std::fs::remove_file(&file).unwrap();
    let error = results::read(house, "16.1", an_hour_ago()).unwrap_err();
    assert!(format!("{error:#}").contains("no se puede leer"));
    benchmark(house, "16.1.1/a", 0.0, "null");
    let error = results::read(house, "16.1", an_hour_ago()).unwrap_err();
    assert!(format!("{error:#}").contains("la mediana es 0 ns"));
}

#[test]
fn a_house_is_emptied_only_if_a_run_of_ours_lived_there() {
    let parent = tempfile::tempdir().unwrap();
    let house = parent.path().join("casa");
    let run = run_at("2026-11-22T03:00:00Z");
    run.open(&house).unwrap();
    std::fs::write(house.join("resto"), "").unwrap();
    run.open(&house).unwrap();
    assert!(!house.join("resto").exists());
    assert_eq!(Run::of(&house).unwrap(), Some(run.clone()));

    let strange = parent.path().join("ajena");
    std::fs::create_dir(&strange).unwrap();
    std::fs::write(strange.join("tesis.tex"), "").unwrap();
    assert!(run.open(&strange).is_err());
    assert!(strange.join("tesis.tex").exists());
    assert_eq!(Run::of(&strange).unwrap(), None);
    std::fs::write(strange.join(FILE), "{}").unwrap();
    assert!(Run::of(&strange).is_err());
}

#[test]
fn a_run_names_its_directory_by_day_and_machine() {
    let run = run_at("2026-11-22T23:59:59Z");
    assert_eq!(run.directory().unwrap(), "2026-11-22-2c24g");
    assert_eq!(run::name("16.1").unwrap(), "s16_1");
    assert_eq!(run::name("16.2.4").unwrap(), "s16_2_4");
    for none in [
        "16", "16.8", "16.0", "16.1.6", "16.1.", "16.1.3.1", "17.1", "16.10",
    ] {
        assert!(run::name(none).is_err(), "{none}");
    }
    assert!(run_at("ayer").directory().is_err());
}

#[test]
fn a_run_of_this_checkout_knows_its_compiler_and_its_crates() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let run = Run::now("16.1", root, None).unwrap();
    assert!(run.rustc.unwrap().starts_with("rustc 1."));
    assert!(run.crates["criterion"].starts_with("0."));
    assert!(run.python.is_empty());
    assert!(Run::now("16.9", root, None).is_err());
}

#[test]
fn versions_come_from_the_lock_and_two_of_one_crate_stand_together() {
    let lock = "version = 4\n\n[[package]]\nname = \"arrow\"\nversion = \"57.0.0\"\n\n[[package]]\nname = \"arrow-ipc\"\n\
                version = \"1.0.0\"\n\n[[package]]\nname = \"arrow\"\nversion = \"59.3.2\"\ndependencies = [\n \"x\",\n]\n";
    assert_eq!(
        locked(lock, &["arrow", "polars"]),
        [("arrow".to_owned(), "57.0.0, 59.3.2".to_owned())].into()
    );
}

#[test]
fn the_break_even_is_where_a_variant_wins_for_good() {
    let at = |points: &[(f64, f64)]| {
        let found = break_even("a", "b", points);
        (found.desde, found.nota)
    };
    assert_eq!(
        at(&[(1e4, 0.5), (1e5, 0.8), (1e6, 1.25)]),
        (
            Some(320_000),
            "interpolado entre 100 000 y 1 000 000".into()
        )
    );
    // A win that does not last is none.
    assert_eq!(at(&[(1e4, 1.1), (1e5, 0.5), (1e6, 2.0)]).0, Some(320_000));
    assert_eq!(at(&[(1e4, 0.5), (1e5, 1.0), (1e6, 2.0)]).0, Some(100_000));
    for tie in [0.99, 1.01] {
        assert_eq!(
            at(&[(1e4, 0.7), (1e5, tie)]),
            (
                None,
                "empata en el mayor tamaño medido: menos de un 5 %".into()
            )
        );
    }
    assert_eq!(
        at(&[(1e4, 1.5), (1e5, 2.0)]),
        (None, "gana ya en el menor tamaño medido, 10 000".into())
    );
    assert_eq!(
        at(&[(1e4, 0.1), (1e5, 0.9)]),
        (None, "no gana en el mayor tamaño medido".into())
    );
    assert_eq!(at(&[]), (None, "sin medidas".into()));
}

#[test]
fn a_run_is_archived_whole() {
    let (house, results) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sums(house.path());
    let run = run_at(&run::seconds(an_hour_ago()));
    let told = cli::archive(run.clone(), house.path(), results.path()).unwrap();
    let text = std::fs::read_to_string(results.path().join("s16_1.json")).unwrap();
    let record: Record = serde_json::from_str(&text).unwrap();
    assert_eq!(record.corrida, run);
    assert_eq!(record.resultados.len(), 12);
    let rayon = &record.umbrales[2];
    assert_eq!(rayon.id, "16.1.3/suma_filtrada/rayon-2");
    // From a quarter to twice as fast over two decades: two thirds of the way.
    assert_eq!(rayon.desde, Some(220_000));
    assert!(told.iter().any(|line| line.contains("desde 220 000 filas")));
    assert!(
        told.iter()
            .any(|line| line == "sin datos para s16_1_simd.svg")
    );
    assert!(results.path().join("s16_1_iteradores.svg").is_file());
    assert!(!results.path().join("s16_1_simd.svg").exists());

    let page = std::fs::read_to_string(results.path().join("s16_1.md")).unwrap();
    for expected in [
        "# Sección 16.1: lo medido",
        "CPU, 2 núcleos, 23,5 GiB · Linux (6.1) · carga previa 0,10",
        "commit `abc` · rustc 1.95.0",
        "## 16.1.3/suma_filtrada",
        "| for/1000000 | 1 ms | 990 µs … 1,02 ms | 10 µs | 3 | 1 | 8 |",
        "| filas | polars | rayon-1 | rayon-2 |",
        "| 100 000 000 | × 0,667 | × 1 (100 %) | × 2 (100 %) |",
        "- `16.1.3/suma_filtrada/rayon-2` frente a `16.1.3/suma_filtrada/for`: desde 220 000 filas, interpolado entre 10 000 y 1 000 000",
    ] {
        assert!(page.contains(expected), "falta «{expected}» en\n{page}");
    }
}

#[test]
fn nothing_measured_is_an_error_and_what_is_old_is_told() {
    let (house, results) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let run = run_at(&run::seconds(an_hour_ago()));
    benchmark(house.path(), "16.1.1/a", 1.0, "null");
    age(house.path(), "16.1.1/a", 2);
    let error = cli::archive(run.clone(), house.path(), results.path()).unwrap_err();
    assert!(error.to_string().contains("(1 anteriores)"), "{error}");
    benchmark(house.path(), "16.1.1/b", 1.0, "null");
    let told = cli::archive(run, house.path(), results.path()).unwrap();
    assert_eq!(told[0], "no se archivan, son de antes: 16.1.1/a");
}

#[test]
fn ratios_are_written_with_three_digits() {
    assert_eq!(table::ratio(0.012_34), "× 0,0123");
    assert_eq!(table::ratio(500.0), "× 500");
}

fn record(results: Vec<Measured>) -> Record {
    let mut record = Record {
        corrida: run_at("2026-11-22T03:00:00Z"),
        metodo: METHOD.into(),
        umbrales: Vec::new(),
        resultados: results,
    };
    record.umbrales = figures::break_evens(&record);
    record
}

fn rate(id: &str, gb_s: f64) -> Measured {
    Measured {
        id: id.into(),
        mediana_ns: 1.0,
        intervalo_ns: [1.0, 1.0],
        confianza: 0.95,
        mad_ns: 0.0,
        muestras: 10,
        elementos: None,
        bytes: Some(1),
        ns_por_elemento: None,
        gb_s: Some(gb_s),
    }
}

fn figure(file: &str) -> &'static figures::Figure {
    let mut all = figures::FIGURES.iter();
    all.find(|figure| figure.file == file).unwrap()
}

#[test]
fn the_speed_up_drawing_names_every_line_and_marks_the_break_even() {
    let house = tempfile::tempdir().unwrap();
    sums(house.path());
    let found = results::read(house.path(), "16.1", an_hour_ago()).unwrap();
    let record = record(found.measured);
    let svg = figures::draw(figure("s16_1_iteradores.svg"), &record);
    let svg = svg.unwrap().unwrap();
    for words in [
        "aceleración sobre el bucle for",
        "CPU, 2 núcleos",
        "rayon-2 · × 2",
        "rayon-1 · × 1",
        "polars · × 0,667",
        "for · × 1",
        "rayon-2 compensa desde unas 220 000 filas",
        "100 M",
    ] {
        assert!(svg.contains(words), "falta «{words}»");
    }
}

#[test]
fn the_bandwidth_drawing_has_the_ceiling_by_level_or_across() {
    let mut results = vec![
        rate("16.1.4/suma/escalar/L1", 6.0),
        rate("16.1.4/suma/escalar/RAM", 5.5),
        rate("16.1.4/suma/avx512_x8/L1", 120.0),
        rate("16.1.4/suma/avx512_x8/RAM", 14.0),
    ];
    let simd = figure("s16_1_simd.svg");
    let across = rate("16.1.4/lectura/seguida/todo", 15.0);
    results.push(across);
    let svg = figures::draw(simd, &record(results.clone())).unwrap();
    let svg = svg.unwrap();
    for words in [
        "escalar · 6",
        "avx512_x8 · 120",
        "ancho de banda: todo · 15",
    ] {
        assert!(svg.contains(words), "falta «{words}»");
    }
    results.pop();
    results.push(rate("16.1.4/lectura/seguida/L1", 130.0));
    results.push(rate("16.1.4/lectura/seguida/RAM", 15.0));
    let svg = figures::draw(simd, &record(results)).unwrap().unwrap();
    assert!(svg.contains("ancho de banda de lectura · 130"));
    assert_eq!(figures::draw(simd, &record(Vec::new())).unwrap(), None);
}
