//! The report: medians of warm runs, ratios, fallbacks, and what it refuses to report.

use crate::{corrida, sesion};
use ej_16_4_3_comet::report::{Report, median};
use ej_16_4_3_comet::workload::{
    ABLATED, Conditions, Job, QUERIES, Scope, UDF, VARIANTS, WHOLE, queries,
};
use ej_16_4_3_comet::{CometError, Motor, QueryRun, Session, figures, markdown, table};

const FILA: &[&[Option<&str>]] = &[&[Some("sur"), Some("10.5")]];

/// Both sessions, every query with these seconds and those of the variants twice as slow as the last.
fn sesiones(spark: &[f64], comet: &[f64]) -> Vec<Session> {
    let alcance = Scope { tpch: false };
    let de = |motor, segundos: &[f64]| {
        let todas = queries(motor, alcance).into_iter().map(|q| {
            let mut hecha = corrida(q.name, q.variant, segundos, FILA);
            if motor == Motor::Spark {
                hecha.plan = "*(1) ColumnarToRow\n+- FileScan parquet [monto#1]".into();
            }
            hecha
        });
        sesion(motor, todas.collect())
    };
    vec![de(Motor::Spark, spark), de(Motor::Comet, comet)]
}

fn cambiada(
    mut todas: Vec<Session>,
    motor: Motor,
    cambiar: impl Fn(&mut QueryRun),
) -> Vec<Session> {
    let suya = todas.iter_mut().find(|s| s.motor == motor).unwrap();
    suya.consultas
        .iter_mut()
        .filter(|c| c.nombre == "revenue")
        .for_each(cambiar);
    todas
}

#[test]
fn la_primera_repeticion_no_cuenta_y_la_razon_es_de_medianas() {
    let informe = Report::of(&sesiones(&[9.0, 3.0, 5.0, 4.0], &[8.0, 2.0, 2.0])).unwrap();
    let revenue = &informe.consultas[0];
    assert_eq!(
        (revenue.spark_s, revenue.comet_s, revenue.razon),
        (4.0, 2.0, 2.0)
    );
    assert_eq!(revenue.primera_s, [9.0, 8.0]);
    assert_eq!(
        (revenue.plan_comet.nativos, revenue.plan_comet.transiciones),
        (2, 1)
    );
    assert_eq!(
        (revenue.plan_spark.jvm, revenue.plan_spark.transiciones),
        (1, 1)
    );
}

#[test]
fn las_repeticiones_de_varias_sesiones_se_juntan() {
    let mut todas = sesiones(&[9.0, 3.0], &[8.0, 2.0]);
    todas.extend(sesiones(&[9.0, 5.0], &[8.0, 2.0]));
    let informe = Report::of(&todas).unwrap();
    assert_eq!(informe.consultas[0].spark_s, 4.0);
}

#[test]
fn una_respuesta_distinta_no_tiene_tiempo() {
    let otra = cambiada(sesiones(&[1.0, 1.0], &[1.0, 0.5]), Motor::Comet, |c| {
        c.filas[0][1] = Some("11".into())
    });
    let error = Report::of(&otra).unwrap_err();
    assert!(
        matches!(&error, CometError::Different { query, .. } if query == "revenue (completa)"),
        "{error}"
    );
}

#[test]
fn tampoco_la_que_cambia_de_una_sesion_a_la_siguiente() {
    let mut todas = sesiones(&[1.0, 1.0], &[1.0, 0.5]);
    let segunda = cambiada(sesiones(&[1.0, 1.0], &[1.0, 0.5]), Motor::Spark, |c| {
        c.filas.clear()
    });
    todas.extend(segunda);
    assert!(matches!(
        Report::of(&todas),
        Err(CometError::Different { .. })
    ));
}

#[test]
fn un_error_de_spark_un_plan_roto_o_una_sesion_de_menos_se_dicen() {
    let base = || sesiones(&[1.0, 1.0], &[1.0, 0.5]);
    let fallo = cambiada(base(), Motor::Comet, |c| {
        c.error = Some("Py4JJavaError: boom".into())
    });
    let dicho = Report::of(&fallo).unwrap_err().to_string();
    assert_eq!(dicho, "revenue (completa) failed: Py4JJavaError: boom");
    let roto = cambiada(base(), Motor::Comet, |c| c.plan = "A\nB".into());
    assert!(matches!(Report::of(&roto), Err(CometError::Plan { .. })));
    let sin_tiempo = cambiada(base(), Motor::Spark, |c| c.segundos.clear());
    assert!(matches!(
        Report::of(&sin_tiempo),
        Err(CometError::NoTime { .. })
    ));
    assert!(matches!(
        Report::of(&base()[..1]),
        Err(CometError::OneSided)
    ));
    let mut falta = base();
    falta[1].consultas.retain(|c| c.nombre != "revenue");
    assert!(matches!(
        Report::of(&falta),
        Err(CometError::Missing { motor: "comet", .. })
    ));
}

#[test]
fn el_veredicto_cuenta_las_consultas_que_cumplen_lo_prometido() {
    let mut informe = Report::of(&sesiones(&[1.0, 2.5], &[1.0, 1.0])).unwrap();
    for (consulta, razon) in informe.consultas.iter_mut().zip([2.0, 0.5]) {
        consulta.razon = razon;
    }
    let veredicto = informe.verdict().unwrap();
    assert_eq!(
        (
            veredicto.dentro,
            veredicto.menos,
            veredicto.mas,
            veredicto.pierde
        ),
        (1, 0, 0, 1)
    );
    assert!((veredicto.media - 1.0).abs() < 1e-12);
    informe.consultas.clear();
    assert_eq!(informe.verdict(), None);
}

#[test]
fn cada_retroceso_se_compara_con_no_tener_comet() {
    let mut todas = sesiones(&[1.0, 1.0], &[1.0, 0.5]);
    for (variante, segundos) in [("sin_join", 3.0), ("nada", 2.0)] {
        let suya = todas[1]
            .consultas
            .iter_mut()
            .find(|c| c.nombre == ABLATED && c.variante == variante);
        suya.unwrap().segundos = vec![9.0, segundos];
    }
    let informe = Report::of(&todas).unwrap();
    let nombres: Vec<_> = informe
        .retrocesos
        .iter()
        .map(|r| r.variante.as_str())
        .collect();
    assert_eq!(
        nombres,
        [
            WHOLE,
            "sin_join",
            "sin_agregacion",
            "sin_filtro",
            "solo_lectura",
            "nada"
        ]
    );
    assert_eq!(informe.retrocesos[0].frente_a_nada, 0.25);
    assert_eq!(informe.retrocesos[1].frente_a_nada, 1.5);
    assert_eq!(informe.retrocesos[5].frente_a_nada, 1.0);
}

#[test]
fn el_trabajo_de_las_dos_sesiones_solo_difiere_en_el_plugin() {
    let condiciones = Conditions {
        threads: 2,
        heap_mb: 1024,
        off_heap_mb: 512,
        repetitions: 3,
    };
    let trabajo = |motor| {
        let job = Job::new(motor, "datos".as_ref(), Scope { tpch: true }, condiciones);
        serde_json::to_value(&job).unwrap()
    };
    let (mut spark, mut comet) = (trabajo(Motor::Spark), trabajo(Motor::Comet));
    assert_eq!(
        spark["consultas"].as_array().unwrap().len(),
        QUERIES.len() + UDF.len()
    );
    assert_eq!(
        comet["consultas"].as_array().unwrap().len(),
        QUERIES.len() + UDF.len() + VARIANTS.len()
    );
    assert_eq!(spark["tablas"]["lineitem"], "datos/lineitem.parquet");
    for una in [&mut spark, &mut comet] {
        una["motor"].take();
        una["consultas"].take();
    }
    assert_eq!(spark, comet);
    let sin_tpch = Job::new(
        Motor::Spark,
        "datos".as_ref(),
        Scope { tpch: false },
        condiciones,
    );
    let tablas = serde_json::to_value(&sin_tpch).unwrap()["tablas"]
        .as_object()
        .unwrap()
        .len();
    assert_eq!(tablas, 2);
}

#[test]
fn el_documento_y_las_cifras_salen_del_mismo_informe() {
    let informe = Report::of(&sesiones(&[9.0, 1.0], &[8.0, 0.4])).unwrap();
    let medido = table::Measured {
        fecha: "2026-11-22T00:00:00Z".into(),
        commit: None,
        maquina: "CPU, 2 núcleos".into(),
        metodo: "método".into(),
        ventas: 4_000_000,
        clientes: 200_000,
        sf: 0.0,
        informe,
        planes: vec![],
    };
    let dicho = markdown(&medido);
    assert!(
        dicho.contains("| `revenue` | 1 | 1,000 | 0,400 | 2,50 | 9,00 → 8,00 | 2 | 0 | 1 | 1 |"),
        "{dicho}"
    );
    assert!(dicho.contains("Ventas: 4 000 000;"));
    let cifras = figures(&medido);
    assert_eq!(cifras["16.4.3/razon/revenue"], "2,50");
    assert_eq!(cifras["16.4.3/cruces/revenue"], "1");
    assert_eq!(cifras["16.4.3/veces_nada/completa"], "1,00");
    let vuelta: table::Measured =
        serde_json::from_str(&serde_json::to_string(&medido).unwrap()).unwrap();
    assert_eq!(vuelta, medido);
}

#[test]
fn la_mediana_de_dos_es_su_media_y_la_de_nada_no_existe() {
    assert_eq!(median(&[4.0, 1.0]), Some(2.5));
    assert_eq!(median(&[]), None);
}
