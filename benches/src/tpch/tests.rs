use super::answers::difference;
use super::*;

fn timed(consulta: u8, median: Option<f64>) -> Timed {
    Timed {
        consulta,
        mediana_s: median,
        min_s: median,
        max_s: median,
        muestras: usize::from(median.is_some()),
        filas: median.map(|_| 1),
        problema: median.is_none().then(|| "SQLInterfaceError: no".into()),
    }
}

fn contender(name: &str, medians: &[Option<f64>]) -> Contender {
    Contender {
        nombre: name.into(),
        opciones: BTreeMap::new(),
        version: Some(format!("{name} 1")),
        apertura_s: Some(0.01),
        pico_mb: Some(100),
        fallo: None,
        consultas: (1..).zip(medians).map(|(q, m)| timed(q, *m)).collect(),
    }
}

fn duel() -> Duel {
    let ours = contender("datafusion", &[Some(1.0), Some(0.4), Some(2.0)]);
    let duck = contender("duckdb", &[Some(0.5), Some(0.8), Some(2.0)]);
    let polars = contender("polars", &[Some(2.0), None, Some(2.0)]);
    let mut pushed = contender("pushdown_filters", &[Some(2.0), Some(0.1), Some(2.0)]);
    pushed.opciones.insert(
        "datafusion.execution.parquet.pushdown_filters".into(),
        "true".into(),
    );
    Duel {
        trabajo: "tpch".into(),
        fecha: "2026-01-01T00:00:00Z".into(),
        maquina: Machine {
            cpu: "una".into(),
            nucleos: 2,
            ram_gb: 24.0,
            sistema: "s".into(),
            disco: "d".into(),
            carga: None,
        },
        commit: None,
        metodo: METHOD.into(),
        rondas: 1,
        repeticiones: 2,
        referencia: "duckdb".into(),
        ajustes: Some(Ablation {
            escala: 1.0,
            variantes: vec![ours.clone(), pushed],
        }),
        escalas: vec![Scale {
            escala: 0.1,
            bytes: 30_000_000,
            contendientes: vec![ours, duck, polars],
        }],
    }
}

#[test]
#[expect(clippy::approx_constant, reason = "√2, as rounded as it is told")]
fn ratios_are_over_the_queries_that_both_answer() {
    let duel = duel();
    let scale = &duel.escalas[0];
    let ours = scale.find("datafusion").unwrap();
    let ratio = scale.find("duckdb").unwrap().ratio(ours).unwrap();
    // (0.5 × 2 × 1)^(1/3)
    assert_eq!((ratio.mean, ratio.queries, ratio.faster), (1.0, 3, 1));
    let ratio = scale.find("polars").unwrap().ratio(ours).unwrap();
    assert_eq!((ratio.mean, ratio.queries, ratio.faster), (1.4142, 2, 0));
    assert!(duel.is_clean());
}

#[test]
fn an_answer_that_differs_is_not_clean_and_a_refusal_is() {
    let mut duel = duel();
    let timed = &mut duel.escalas[0].contendientes[1].consultas[0];
    timed.mediana_s = None;
    timed.problema = Some("otra respuesta: 1 filas y no 2".into());
    assert!(!duel.is_clean());
}

#[test]
fn the_tables_say_times_totals_ratios_and_refusals() {
    let text = markdown(&duel());
    for piece in [
        "## Escala 0,1 (30 MB de Parquet)",
        "| 1 | 1,00 s | 500 ms | 2,00 s |",
        "| 2 | 400 ms | 800 ms | no la hace |",
        "| 4 | – | – | – |",
        "| total | 3,40 s (3) | 3,30 s (3) | 4,00 s (2) |",
        "**duckdb** (duckdb 1, pico 100 MB): media geométrica × 1,00 de lo que tarda `datafusion`, en 3 consultas; más rápido en 1",
        "consulta 2: `SQLInterfaceError: no`",
        "| pushdown_filters: `pushdown_filters=true` | 0,79 | 1 de 3 | 4,10 s | 2 (× 0,25) | 1 (× 2,00) |",
    ] {
        assert!(text.contains(piece), "{piece}\n{text}");
    }
    let figures = figures(&duel());
    assert_eq!(figures["16.4.1/tpch/razon/polars/0.1"], "1,41");
    assert_eq!(figures["16.4.1/tpch/q02/datafusion/0.1"], "400 ms");
    assert_eq!(figures["16.4.1/ajuste/pushdown_filters"], "0,79");
}

#[test]
fn the_drawing_has_a_panel_and_a_mark_per_answer() {
    let svg = draw(&duel()).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("escala 0,1"));
    // Eight answers and three marks of the legend.
    assert_eq!(svg.matches("<circle").count(), 11);
    let mut none = duel();
    none.escalas[0].contendientes.clear();
    assert!(draw(&none).is_err());
}

#[test]
fn a_result_survives_its_file() {
    let duel = duel();
    let text = serde_json::to_string(&duel).unwrap();
    assert_eq!(serde_json::from_str::<Duel>(&text).unwrap(), duel);
}

#[test]
fn two_answers_differ_by_their_rows_or_by_a_cell() {
    let rows = |cells: &[&str]| {
        vec![
            cells
                .iter()
                .map(|c| Some((*c).to_owned()))
                .collect::<Vec<_>>(),
        ]
    };
    let null = vec![vec![None]];
    assert_eq!(difference(1, &null, &null), None);
    let told = difference(1, &rows(&["1", "a"]), &rows(&["1", "b"])).unwrap();
    assert_eq!(told, "fila 1, columna 2: a y no b");
    assert_eq!(difference(1, &rows(&["1"]), &[]).unwrap(), "1 filas y no 0");
    assert_eq!(
        difference(1, &rows(&["1"]), &null).unwrap(),
        "fila 1, columna 1: 1 y no NULL"
    );
}

#[test]
fn rows_that_tie_in_what_a_query_sorts_by_may_change_places() {
    let row = |key: &str, value: &str| vec![Some(key.to_owned()), Some(value.to_owned())];
    let ours = [row("7", "2.50"), row("8", "1.00"), row("9", "1.00")];
    let theirs = [row("7", "2.50"), row("9", "1.00"), row("8", "1.00")];
    // Query 11 sorts by its second column, query 16 by its first and others.
    assert_eq!(difference(11, &ours, &theirs), None);
    assert_eq!(
        difference(16, &ours, &theirs).unwrap(),
        "fila 2, columna 1: 8 y no 9"
    );
    let twice = [row("7", "2.50"), row("9", "1.00"), row("9", "1.00")];
    assert_eq!(
        difference(11, &theirs, &twice).unwrap(),
        "fila 3, columna 1: 8 y no 9"
    );
    assert_eq!(
        difference(11, &twice, &theirs).unwrap(),
        "fila 3, columna 1: 9 y no 8"
    );
}
