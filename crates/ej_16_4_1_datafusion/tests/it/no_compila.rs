//! The guide's last lines, refused by the compiler, and what it accepts in their place.

use ecommerce_testkit::compiler::Compiler;

const TESTIGO: &str = "use datafusion::prelude::*; fn main() { let _ = SessionContext::new(); }";

fn programa(entre: &str) -> String {
    format!(
        "use datafusion::arrow::record_batch::RecordBatch;
         use datafusion::prelude::*;
         async fn guia(ctx: SessionContext) -> Result<(), datafusion::error::DataFusionError> {{
             let df = ctx.sql(\"SELECT 1\").await?;
             let resultados: Vec<RecordBatch> = df{entre}.collect().await?;
             println!(\"{{}}\", resultados.len());
             df.show().await?;
             Ok(())
         }}
         fn main() {{}}"
    )
}

#[test]
fn collect_se_lleva_el_frame_y_show_ya_no_lo_tiene() {
    let compilador = Compiler::with("datafusion", TESTIGO).unwrap();
    assert_eq!(
        compilador.errors(&programa("")).unwrap(),
        ["error[E0382]: use of moved value: `df`"]
    );
    let dicho = compilador.compile(&programa("")).unwrap().unwrap_err();
    assert!(
        dicho.contains("takes ownership of the receiver `self`"),
        "{dicho}"
    );
    assert_eq!(compilador.compile(&programa(".clone()")).unwrap(), Ok(()));
}
