//! The guide's lines, one by one, against the library that this test was built with.

use ecommerce_testkit::compiler::Compiler;

/// Compiles only with the features that the programs below use.
const TESTIGO: &str = "use deltalake::{DeltaTable, DeltaTableBuilder, protocol::SaveMode, datafusion::prelude::SessionContext};
    fn main() { let _ = DeltaTableBuilder::from_url; let _ = SessionContext::new(); let _ = SaveMode::Append; let _ = DeltaTable::new_in_memory; }";

/// A program with one line of the guide in an async function that has a table.
fn con(uso: &str, linea: &str) -> String {
    format!(
        "use std::sync::Arc;
         use deltalake::{{DeltaTable, DeltaTableError, protocol::SaveMode, datafusion::prelude::SessionContext}};
         {uso}
         async fn f(tabla: DeltaTable, ctx: SessionContext) -> Result<(), DeltaTableError> {{ {linea}; Ok(()) }}
         fn main() {{}}"
    )
}

#[test]
fn seis_lineas_de_la_guia_ya_no_compilan_y_las_de_ahora_si() {
    let compilador = Compiler::with("deltalake", TESTIGO).unwrap();
    let casos = [
        (
            "use deltalake::DeltaOps;",
            "let _ = 0",
            "error[E0432]: unresolved import `deltalake::DeltaOps`",
        ),
        (
            "use deltalake::DeltaTableBuilder;",
            "let _ = DeltaTableBuilder::from_uri(\"s3://mi-bucket/tabla-ventas\")",
            "error[E0599]: no function or associated item named `from_uri` found for struct `DeltaTableBuilder`",
        ),
        (
            "",
            "println!(\"Versión actual: {}\", tabla.version())",
            "error[E0277]: `Option<u64>` doesn't implement `std::fmt::Display`",
        ),
        (
            "",
            "println!(\"Schema: {:?}\", tabla.schema())",
            "error[E0599]: no method named `schema` found for struct `DeltaTable`",
        ),
        (
            "",
            "let _ = ctx.register_table(\"ventas\", Arc::new(tabla))",
            "error[E0277]: the trait bound `DeltaTable: TableProvider` is not satisfied",
        ),
        (
            "",
            "let (t, m): (DeltaTable, _) = tabla.write([]).with_save_mode(SaveMode::Append).await?",
            "error[E0308]: `?` operator has incompatible types",
        ),
    ];
    for (uso, linea, dice) in casos {
        let errores = compilador.errors(&con(uso, linea)).unwrap();
        assert_eq!(errores.len(), 1, "{linea}: {errores:?}");
        assert!(errores[0].starts_with(dice), "{linea}: {errores:?}");
    }
    let ahora = [
        "let _ = deltalake::DeltaTableBuilder::from_url(deltalake::ensure_table_uri(\"s3://mi-bucket/tabla-ventas\")?)?",
        "println!(\"{:?} {:?}\", tabla.version(), tabla.snapshot()?.schema())",
        "let _ = ctx.register_table(\"ventas\", tabla.table_provider().await.unwrap())",
        "let _: DeltaTable = tabla.write([]).with_save_mode(SaveMode::Append).await?",
    ];
    for linea in ahora {
        assert_eq!(
            compilador.compile(&con("", linea)).unwrap(),
            Ok(()),
            "{linea}"
        );
    }
}
