use super::*;
use crate::machine::Machine;
use crate::report::InputNote;

fn entry(name: &str, seconds: Option<f64>, state: State) -> Entry {
    Entry {
        nombre: name.into(),
        estado: state,
        mediana_s: seconds,
        consulta_s: seconds,
        min_s: seconds,
        max_s: seconds,
        cpu_s: seconds,
        pico_mb: Some(1_000),
        hash: None,
        version: None,
        desviacion: None,
        detalle: None,
        comando: String::new(),
        muestras: vec![],
        arranque_s: None,
        caliente: None,
        escrito_mb: Some(2_500),
        partes_s: BTreeMap::from([("tops".to_owned(), 4.0)]),
        sesion_s: (name == "pyspark").then_some(3.25),
    }
}

fn outcome(limit_mb: u64, second: Entry) -> Outcome {
    Outcome {
        trabajo: "motores".into(),
        filas: 23_000_000,
        maquina: Machine {
            cpu: "CPU".into(),
            nucleos: 2,
            ram_gb: 23.5,
            sistema: "Linux".into(),
            disco: "ext4".into(),
            carga: None,
        },
        contendientes: vec![entry("duckdb", Some(12.5), State::Ok), second],
        corridas: 1,
        calentamiento: 0,
        hilos: 2,
        limite_mb: Some(limit_mb),
        cache: "caliente".into(),
        almacen: None,
        entrada: InputNote {
            escritor: "motores_entrada.py".into(),
            archivos: 3,
            mb: 900.0,
            decodificado_mb: Some(1_677.7),
        },
        referencia: "ab".into(),
        aa: None,
        metodo: "método".into(),
        commit: None,
        fecha: "2026-11-22T00:00:00Z".into(),
    }
}

fn both() -> Vec<Outcome> {
    let killed = Entry {
        detalle: Some("pasó el límite de memoria\ntops: 3.1 s".into()),
        ..entry("polars-python", None, State::SinMemoria)
    };
    let finished = entry("polars-python", Some(9.0), State::Ok);
    vec![outcome(16_384, finished), outcome(1_024, killed)]
}

#[test]
fn the_tightest_limit_comes_first_and_its_ratio_is_of_equal_units() {
    let outcomes = both();
    let all = Limited::all(&outcomes).unwrap();
    assert_eq!((all[0].limit_mb, all[1].limit_mb), (1_024, 16_384));
    assert!((all[0].ratio() - 1.5625).abs() < 1e-4, "{}", all[0].ratio());
    assert_eq!((all[0].word(), all[1].word()), ("apretado", "holgado"));
}

#[test]
fn who_did_not_finish_says_why_and_how_far_it_got() {
    let told = markdown(&both()).unwrap();
    let row = "| `polars-python` | sin memoria | – | – | 4,0 | – | – | – | 1 000 | 2 500 |";
    assert!(told.contains(row), "{told}");
    assert!(told.contains("- `polars-python`: pasó el límite de memoria · tops: 3.1 s"));
    let svg = draw(&both()).unwrap();
    assert!(svg.contains("sin memoria · pico 1 000 MB"), "{svg}");
    assert!(svg.contains("12,5 s · pico 1 000 MB · disco 2 500 MB"));
}

#[test]
fn figures_have_the_names_that_pages_ask_for() {
    let found = figures(&both()).unwrap();
    let at = |key: &str| found[&format!("16.4.5/{key}")].as_str();
    assert_eq!(at("apretado/polars-python/tiempo"), "sin memoria");
    assert_eq!(at("holgado/polars-python/tiempo"), "9,0 s");
    assert_eq!(at("apretado/duckdb/disco"), "2 500 MB");
    assert_eq!(at("apretado/duckdb/sesiones"), "–");
    assert_eq!(at("apretado/razon"), "1,56");
    let spark = vec![outcome(1_024, entry("pyspark", Some(80.0), State::Ok))];
    assert_eq!(figures(&spark).unwrap()["16.4.5/sesion/pyspark"], "3,2 s");
}

#[test]
fn a_result_of_another_workload_is_refused() {
    let mut other = both();
    other[0].entrada.decodificado_mb = None;
    assert!(
        markdown(&other)
            .unwrap_err()
            .to_string()
            .contains("motores")
    );
    assert!(draw(&[]).is_err());
}
