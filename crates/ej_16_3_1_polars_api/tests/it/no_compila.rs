//! What the compiler refuses, beside what it accepts in its place.

use ecommerce_testkit::compiler::Compiler;

/// Compiles only with the features that the programs below use.
const TESTIGO: &str = "use polars::prelude::*; fn main() { let _ = LazyFrame::scan_parquet(\"x\".into(), ScanArgsParquet::default()); }";

fn compilador() -> Compiler {
    Compiler::with("polars", TESTIGO).unwrap()
}

#[test]
fn la_ruta_de_la_guia_es_un_str_y_hoy_se_pide_otro_tipo() {
    let compilador = compilador();
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
        compilador.errors(&con("ruta")).unwrap(),
        ["error[E0308]: mismatched types"]
    );
    let dicho = compilador.compile(&con("ruta")).unwrap().unwrap_err();
    assert!(
        dicho.contains("expected `PlRefPath`, found `&str`"),
        "{dicho}"
    );
    assert_eq!(compilador.compile(&con("ruta.into()")).unwrap(), Ok(()));
}

/// The compiler's answer to a column that is not there: none.
#[test]
fn la_columna_que_no_existe_compila() {
    let programa = "use polars::prelude::*;
        fn main() {
            let schema = Schema::from_iter([Field::new(\"monto\".into(), DataType::Float64)]);
            let _ = DataFrame::empty_with_schema(&schema).lazy().filter(col(\"mnto\").gt(lit(0.0)));
        }";
    assert_eq!(compilador().compile(programa).unwrap(), Ok(()));
}

/// The names of the page's table that only Python has, one by one: a method, or a function of the prelude.
#[test]
fn lo_que_solo_hay_en_python_no_compila() {
    let compilador = compilador();
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
        let errores = compilador.errors(&programa).unwrap();
        assert_eq!(errores.len(), 1, "{expresion}: {errores:?}");
        assert!(
            errores[0].starts_with(&format!("error[{codigo}]")),
            "{errores:?}"
        );
    }
}
