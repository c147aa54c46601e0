//! What the compiler refuses, beside what it accepts in its place.

use crate::compilador::Compilador;

#[test]
fn la_ruta_de_la_guia_es_un_str_y_hoy_se_pide_otro_tipo() {
    let compilador = Compilador::nuevo();
    let con = |ruta: &str| {
        format!(
            "use polars::prelude::*;
             fn main() {{
                 let ruta: &str = \"eventos.parquet\";
                 let _ = LazyFrame::scan_parquet({ruta}, ScanArgsParquet::default());
             }}"
        )
    };
    assert_eq!(
        compilador.errores(&con("ruta")),
        ["error[E0308]: mismatched types"]
    );
    let dicho = compilador.compilar(&con("ruta")).unwrap_err();
    assert!(
        dicho.contains("expected `PlRefPath`, found `&str`"),
        "{dicho}"
    );
    assert_eq!(compilador.compilar(&con("ruta.into()")), Ok(()));
}

/// The compiler's answer to a column that is not there: none.
#[test]
fn la_columna_que_no_existe_compila() {
    let programa = "use polars::prelude::*;
        fn main() {
            let schema = Schema::from_iter([Field::new(\"monto\".into(), DataType::Float64)]);
            let _ = DataFrame::empty_with_schema(&schema).lazy().filter(col(\"mnto\").gt(lit(0.0)));
        }";
    assert_eq!(Compilador::nuevo().compilar(programa), Ok(()));
}

/// The names of the page's table that only Python has, one by one: a method, or a function of the prelude.
#[test]
fn lo_que_solo_hay_en_python_no_compila() {
    let compilador = Compilador::nuevo();
    for (expresion, codigo) in [
        ("frame.describe()", "E0599"),
        ("frame.to_pandas()", "E0599"),
        ("frame.write_excel(\"ventas.xlsx\")", "E0599"),
        (
            "frame.write_database(\"ventas\", \"sqlite:///v.db\")",
            "E0599",
        ),
        ("frame.plot()", "E0599"),
        ("frame.style()", "E0599"),
        ("frame.lazy().collect_async()", "E0599"),
        (
            "col(\"monto\").map_elements(|monto: f64| 2.0 * monto)",
            "E0599",
        ),
        ("read_excel(\"ventas.xlsx\")", "E0425"),
        ("read_database(\"SELECT 1\", \"sqlite:///v.db\")", "E0425"),
        ("LazyFrame::scan_delta(\"lago/ventas\")", "E0599"),
        ("LazyFrame::scan_iceberg(\"lago/ventas\")", "E0599"),
    ] {
        let programa = format!(
            "use polars::prelude::*; fn main() {{ let frame = DataFrame::empty(); let _ = {expresion}; }}"
        );
        let errores = compilador.errores(&programa);
        assert_eq!(errores.len(), 1, "{expresion}: {errores:?}");
        assert!(
            errores[0].starts_with(&format!("error[{codigo}]")),
            "{errores:?}"
        );
    }
}
