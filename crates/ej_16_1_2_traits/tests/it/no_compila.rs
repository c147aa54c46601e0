//! What the type system refuses: each case with the compiler's message, word by word.

use std::fs;
use std::path::Path;

/// Every case and the error it must end in. A lint has a name and no code.
const CASES: [(&str, &str); 8] = [
    ("agregable_no_es_dyn", "error[E0038]"),
    ("falta_un_caso", "error[E0004]"),
    ("implementacion_incompleta", "error[E0046]"),
    ("las_guardas_no_cuentan", "error[E0004]"),
    ("minimo_de_f64", "error[E0277]"),
    ("option_no_es_su_valor", "error[E0308]"),
    ("regla_del_huerfano", "error[E0117]"),
    ("resultado_ignorado", "error"),
];

#[test]
fn lo_que_falta_o_no_encaja_no_compila_y_el_mensaje_es_el_esperado() {
    trybuild::TestCases::new().compile_fail("tests/no_compila/*.rs");
}

/// trybuild compares messages; this pins which error each message is, and that no case is left out.
#[test]
fn cada_caso_acaba_en_el_error_que_dice_la_pagina() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/no_compila");
    let mut found: Vec<(String, String)> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| {
            let told = fs::read_to_string(path.with_extension("stderr")).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, told.split_once(':').unwrap().0.to_owned())
        })
        .collect();
    found.sort();
    let wanted = CASES.map(|(name, error)| (name.to_owned(), error.to_owned()));
    assert_eq!(found, wanted);
}
