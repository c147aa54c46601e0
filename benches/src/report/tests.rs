use super::*;

fn sample(wall: f64, peak: u64) -> Sample {
    Sample {
        pared_s: wall,
        consulta_s: Some(1.0),
        cpu_s: 2.0,
        pico_mb: peak,
        pico_cota_mb: peak,
        procesos: 1,
        hilos: 4,
        escrito_mb: None,
        partes_s: BTreeMap::new(),
        sesion_s: None,
    }
}

fn outcome() -> Outcome {
    let ok = Entry {
        nombre: "rust".into(),
        estado: State::Ok,
        mediana_s: Some(1.25),
        consulta_s: Some(1.0),
        min_s: Some(1.0),
        max_s: Some(1.5),
        cpu_s: Some(2.0),
        pico_mb: Some(1200),
        hash: Some("ab".into()),
        desviacion: None,
        version: Some("1".into()),
        detalle: None,
        comando: "analytics-ecommerce".into(),
        muestras: vec![sample(1.0, 1200), sample(1.5, 1100)],
        arranque_s: None,
        caliente: None,
        escrito_mb: None,
        partes_s: BTreeMap::new(),
        sesion_s: None,
    };
    let slow = Entry {
        nombre: "polars-python".into(),
        mediana_s: Some(2.5),
        pico_mb: Some(2400),
        ..ok.clone()
    };
    let none = Entry {
        nombre: "pyspark".into(),
        estado: State::Distinto,
        mediana_s: None,
        consulta_s: None,
        min_s: None,
        max_s: None,
        cpu_s: None,
        pico_mb: None,
        detalle: Some("metricas: 1 filas, distintas de la referencia\n+ a".into()),
        muestras: vec![],
        ..ok.clone()
    };
    Outcome {
        trabajo: "etl".into(),
        filas: 1_000_000,
        maquina: Machine {
            cpu: "CPU".into(),
            nucleos: 2,
            ram_gb: 23.5,
            sistema: "Linux (6.1)".into(),
            disco: "ext4".into(),
            carga: Some(0.1),
        },
        contendientes: vec![ok, slow, none],
        corridas: 2,
        calentamiento: 1,
        hilos: 2,
        limite_mb: None,
        cache: "caliente".into(),
        almacen: None,
        entrada: InputNote {
            escritor: "pyarrow".into(),
            archivos: 1,
            mb: 1.5,
            decodificado_mb: None,
        },
        referencia: "ab".into(),
        aa: Some(AaPair {
            nombre: "rust".into(),
            mediana_a_s: 1.25,
            mediana_b_s: 1.3,
            razon: 1.04,
            muestras_b: vec![],
            razon_caliente: None,
        }),
        metodo: "m".into(),
        commit: Some("c".into()),
        fecha: "2026-11-01T00:00:00Z".into(),
    }
}

/// The keys of the first object in `text`, in order.
fn keys_of(text: &str, depth: usize) -> Vec<String> {
    let indent = "  ".repeat(depth);
    let lines = text.lines().filter_map(|l| {
        l.strip_prefix(&indent)?
            .strip_prefix('"')?
            .split_once("\":")
    });
    lines.map(|(key, _)| key.to_owned()).collect()
}

#[test]
fn the_result_starts_with_the_agreed_keys_in_the_agreed_order() {
    let text = serde_json::to_string_pretty(&outcome()).unwrap();
    assert_eq!(
        keys_of(&text, 1)[..4],
        ["trabajo", "filas", "maquina", "contendientes"]
    );
    let agreed = [
        "nombre",
        "estado",
        "mediana_s",
        "consulta_s",
        "min_s",
        "max_s",
        "cpu_s",
        "pico_mb",
        "hash",
        "version",
    ];
    let contestants = text.split_once("\"contendientes\"").unwrap().1;
    assert_eq!(keys_of(contestants, 3)[..10], agreed);
}

#[test]
fn a_result_survives_being_written_and_read() {
    let text = serde_json::to_string(&outcome()).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome());
}

#[test]
fn a_contestant_without_times_has_nulls_and_is_told_apart() {
    let text = serde_json::to_value(outcome()).unwrap();
    let last = &text["contendientes"][2];
    assert_eq!(
        (
            last["estado"].as_str(),
            last["mediana_s"].is_null(),
            last["pico_mb"].is_null()
        ),
        (Some("distinto"), true, true)
    );
    assert!(!outcome().is_clean());
    // Who sums floats may be a cent off.
    let mut floats = outcome();
    floats.contendientes[2].nombre = "duckdb-flotante".into();
    assert!(floats.is_clean());
    floats.contendientes[2].estado = State::Error;
    assert!(!floats.is_clean());
}

#[test]
fn the_table_reads_in_spanish() {
    insta::assert_snapshot!(outcome().table(), @r"
    etl · 1 000 000 filas · corridas: 2 y 1 de calentamiento · 2 hilos · caché caliente
    CPU · Linux (6.1) · 23,5 GiB · ext4

    contendiente       estado     mediana s         mín … máx consulta s     CPU s   pico MB  × tiempo  × memoria
    rust               ok             1,250     1,000 … 1,500      1,000      2,00     1 200      1,00       1,00
    polars-python      ok             2,500     1,000 … 1,500      1,000      2,00     2 400      2,00       2,00
    pyspark            distinto           –                 –          –         –         –         –          –
    A/A rust: la segunda vez, × 1,040 (el tamaño del ruido)
    pyspark: metricas: 1 filas, distintas de la referencia
      + a
    ");
}

#[test]
fn warm_queries_have_their_columns_and_a_death_for_memory_its_word() {
    let mut race = outcome();
    race.contendientes[0].caliente = Some(WarmEntry {
        mediana_s: 0.0125,
        min_s: 0.0121,
        max_s: 0.02,
        primera_s: Some(0.5),
        pico_mb: 1300,
        procesos: vec![vec![0.0121, 0.0125, 0.02]],
    });
    race.contendientes[2].estado = State::SinMemoria;
    race.contendientes[2].detalle = None;
    race.aa = None;
    assert!(race.is_clean());
    insta::assert_snapshot!(race.table(), @r"
    etl · 1 000 000 filas · corridas: 2 y 1 de calentamiento · 2 hilos · caché caliente
    CPU · Linux (6.1) · 23,5 GiB · ext4

    contendiente       estado       mediana s         mín … máx consulta s     CPU s   pico MB  × tiempo  × memoria  caliente s  × caliente
    rust               ok               1,250     1,000 … 1,500      1,000      2,00     1 200      1,00       1,00      0,0125        1,00
    polars-python      ok               2,500     1,000 … 1,500      1,000      2,00     2 400      2,00       2,00           –           –
    pyspark            sin memoria          –                 –          –         –         –         –          –           –           –
    ");
    let written = serde_json::to_value(&race).unwrap();
    assert_eq!(written["contendientes"][2]["estado"], "sin_memoria");
    assert!(written["contendientes"][1].get("caliente").is_none());
}

#[test]
fn both_drawings_name_every_contestant() {
    let mut bigger = outcome();
    bigger.filas *= 10;
    let both = [outcome(), bigger];
    for kind in [crate::chart::Kind::Tiempos, crate::chart::Kind::Memoria] {
        let svg = crate::chart::draw(&both, kind).unwrap();
        assert!(
            svg.starts_with("<svg")
                && svg.contains("polars-python")
                && svg.contains("pyspark") == (kind == crate::chart::Kind::Tiempos)
        );
    }
    assert!(crate::chart::draw(&[], crate::chart::Kind::Tiempos).is_err());
}
