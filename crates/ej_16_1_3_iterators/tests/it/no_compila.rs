//! What the compiler must refuse, with its message: `cargo test` compares it with the `.stderr` beside each case.

#[test]
fn lo_que_no_es_de_varios_hilos_no_cruza_par_iter() {
    let casos = trybuild::TestCases::new();
    casos.compile_fail("tests/no_compila/*.rs");
}
