//! The guide's form of the expression, piece by piece: what the compiler says to each, and what it accepts in its place.

use ecommerce_testkit::compiler::Compiler;

/// Compiles only with the features that the programs below use.
const TESTIGO: &str = "use polars::prelude::*; fn main() { let _ = col(\"lat1\").radians().abs().clip_max(lit(1.0)); }";

fn compilador() -> Compiler {
    Compiler::with("polars", TESTIGO).unwrap()
}

/// A program around a piece of the guide's function.
fn con(uso: &str, cuerpo: &str) -> String {
    format!(
        "{uso}
         fn main() {{
             let d_lat = col(\"lat2\") - col(\"lat1\");
             let _ = {cuerpo};
         }}"
    )
}

const PRELUDIO: &str = "use polars::prelude::*;";

#[test]
fn polars_plan_no_se_importa_de_un_programa_que_depende_de_polars() {
    let compilador = compilador();
    let guia = con(
        "use polars::prelude::*; use polars_plan::dsl::Expr;",
        "d_lat.abs()",
    );
    let errores = compilador.errors(&guia).unwrap();
    assert_eq!(errores.len(), 1, "{errores:?}");
    assert!(
        errores[0].starts_with("error[E0432]: unresolved import `polars_plan`")
            || errores[0].starts_with("error[E0433]"),
        "{errores:?}"
    );
    // The prelude has it.
    assert_eq!(
        compilador
            .compile(&con(PRELUDIO, "{ let e: Expr = d_lat.abs(); e }"))
            .unwrap(),
        Ok(())
    );
}

/// The guide's lines, whole.
#[test]
fn apply_con_get_output_y_un_option_es_de_otra_version() {
    let compilador = compilador();
    let guia = con(
        PRELUDIO,
        "d_lat.apply(
            |s| Ok(Some(s * std::f64::consts::PI / 180.0)),
            GetOutput::from_type(DataType::Float64),
        )",
    );
    assert_eq!(
        compilador.errors(&guia).unwrap(),
        [
            "error[E0433]: cannot find type `GetOutput` in this scope",
            "error[E0308]: mismatched types",
        ]
    );

    // With the output's type as it is given today, the closure is left: a column comes in and a column goes out.
    let con_campo = |hecho: &str| {
        con(
            PRELUDIO,
            &format!("d_lat.apply(|s| Ok({hecho}), |_: &Schema, campo: &Field| Ok(campo.clone()))"),
        )
    };
    let dicho = compilador
        .compile(&con_campo("Some(s * std::f64::consts::PI / 180.0)"))
        .unwrap()
        .unwrap_err();
    assert!(
        dicho.contains("expected `Column`, found `Option<Column>`"),
        "{dicho}"
    );
    assert_eq!(
        compilador
            .compile(&con_campo("s * std::f64::consts::PI / 180.0"))
            .unwrap(),
        Ok(())
    );
    // The engine's own function needs no closure.
    assert_eq!(
        compilador
            .compile(&con(PRELUDIO, "d_lat.radians()"))
            .unwrap(),
        Ok(())
    );
}

#[test]
fn una_columna_y_una_serie_se_multiplican_por_un_numero_y_no_al_reves() {
    let compilador = compilador();
    for producto in ["c * 2.0", "s * 2.0", "&s * 2.0"] {
        let programa = format!(
            "{PRELUDIO} fn f(c: Column, s: Series) {{ let _ = {producto}; }} fn main() {{}}"
        );
        assert_eq!(compilador.compile(&programa).unwrap(), Ok(()), "{producto}");
    }
    for producto in ["2.0 * c", "2.0 * s"] {
        let programa = format!(
            "{PRELUDIO} fn f(c: Column, s: Series) {{ let _ = {producto}; }} fn main() {{}}"
        );
        let errores = compilador.errors(&programa).unwrap();
        assert!(
            errores[0].starts_with("error[E0277]: cannot multiply"),
            "{errores:?}"
        );
    }
}
