//! "The compiler checks that `monto` exists": it does not. Who does, when, and what is said.

use crate::eventos::{Carpeta, pocos};
use ej_16_3_1_polars_api::escanear;
use polars::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The error without the contexts around it.
fn dentro(error: PolarsError) -> PolarsError {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => {
            dentro(*error)
        }
        otro => otro,
    }
}

/// That this compiles is the proof: the name is text, and `Schema` is a value.
#[test]
fn una_columna_que_no_existe_compila_tambien_con_schema() {
    let schema = Schema::from_iter([Field::new("monto".into(), DataType::Float64)]);
    assert!(schema.get("mnto").is_none());
    let frame = DataFrame::empty_with_schema(&schema);
    let mut consulta = frame.lazy().filter(col("mnto").gt(lit(0.0)));
    assert!(matches!(
        consulta.collect_schema(),
        Err(PolarsError::ColumnNotFound(_))
    ));
}

#[test]
fn al_escanear_no_se_comprueba_nada_ni_que_el_archivo_exista() {
    let consulta = escanear("/no/existe.parquet").unwrap();
    let consulta = consulta.filter(col("mnto").gt(lit(0.0))).select([col("x")]);
    let error = dentro(consulta.collect().unwrap_err());
    let PolarsError::IO { error, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        "No such file or directory (os error 2): /no/existe.parquet"
    );
}

#[test]
fn la_columna_que_falta_se_dice_al_resolver_el_plan_con_la_mas_parecida() {
    let carpeta = Carpeta::con(pocos());
    let mala = || {
        let eventos = escanear(&carpeta.eventos()).unwrap();
        eventos.filter(col("mnto").gt(lit(0.0)))
    };
    let errores = [
        mala().collect_schema().map(drop).unwrap_err(),
        mala().explain(false).unwrap_err(),
        mala().explain(true).unwrap_err(),
        mala().collect().unwrap_err(),
    ];
    for error in errores {
        let error = dentro(error);
        assert!(matches!(error, PolarsError::ColumnNotFound(_)), "{error:?}");
        let texto = error.to_string();
        assert!(
            texto.starts_with(
                "not found: unable to find column \"mnto\"; valid columns: \
                 [\"region\", \"monto\", \"user_id\", \"pagina\"]\n\nDid you mean \"monto\"?"
            ),
            "{texto}"
        );
        // It also shows the plan up to there, file and all.
        assert!(texto.contains("FAILED HERE"), "{texto}");
        assert!(texto.contains(&carpeta.eventos()), "{texto}");
    }
    // Without a plan the message is poorer, and one of the two ways panics.
    let frame = pocos();
    let error = frame.column("mnto").unwrap_err();
    assert_eq!(error.to_string(), "not found: \"mnto\" not found");
}

#[test]
fn una_suma_de_textos_se_dice_al_resolver_y_sin_nombrar_la_columna() {
    let carpeta = Carpeta::con(pocos());
    let mut consulta = escanear(&carpeta.eventos())
        .unwrap()
        .select([col("region").sum()]);
    let error = dentro(consulta.collect_schema().map(drop).unwrap_err());
    assert!(matches!(error, PolarsError::InvalidOperation(_)));
    let texto = error.to_string();
    assert!(
        texto.starts_with("`sum` operation not supported for dtype `str`"),
        "{texto}"
    );
    assert!(!texto.contains("region"), "{texto}");
}

/// The worst of the three moments: schema and plan are fine, and what fails is an expression nobody wrote.
#[test]
fn comparar_un_texto_con_un_numero_solo_falla_al_ejecutar() {
    let carpeta = Carpeta::con(pocos());
    let mut consulta = escanear(&carpeta.eventos())
        .unwrap()
        .filter(col("region").gt(lit(0.0)));
    assert!(consulta.collect_schema().is_ok());
    assert!(consulta.explain(true).is_ok());
    let error = consulta.collect().unwrap_err();
    let PolarsError::ExprContext { expr, .. } = &error else {
        panic!("{error:?}");
    };
    // The footer's statistics, which the filter became a question about.
    assert!(expr.contains("region_max"), "{expr}");
    let error = dentro(error);
    assert!(matches!(error, PolarsError::ComputeError(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "cannot compare string with numeric type (f64)"
    );

    let mut seno = pocos().lazy().select([col("region").sin()]);
    let schema = seno.collect_schema().unwrap();
    assert_eq!(schema.get("region"), Some(&DataType::Float64));
    assert_eq!(
        dentro(seno.collect().unwrap_err()).to_string(),
        "trigonometry operation not supported for dtype `str`"
    );
}

/// "Errors are `Result`, not exceptions": where the library offers one. An index is not among those places.
#[test]
fn los_errores_son_result_salvo_donde_la_biblioteca_entra_en_panico() {
    let frame = pocos();
    assert!(frame.column("mnto").is_err());
    assert!(frame.column("region").unwrap().f64().is_err());
    let indice = catch_unwind(AssertUnwindSafe(|| frame["mnto"].len()));
    assert!(indice.is_err());
}
