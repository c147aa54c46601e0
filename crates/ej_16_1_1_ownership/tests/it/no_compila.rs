//! What the rules forbid: each case with the compiler's message, word by word.

use std::fs;
use std::path::Path;

/// Every case and the error it must end in.
const CASES: [(&str, &str); 9] = [
    ("ciclo_de_cajas", "E0382"),
    ("dos_hilos_con_mut", "E0499"),
    ("dos_prestamos_mutables", "E0499"),
    ("leer_mientras_se_modifica", "E0502"),
    ("liberar_dos_veces", "E0382"),
    ("prestado_a_un_hilo_sin_fin", "E0373"),
    ("prestamo_que_sobrevive_a_su_valor", "E0597"),
    ("usar_tras_liberar", "E0505"),
    ("usar_tras_mover", "E0382"),
];

#[test]
fn lo_prohibido_no_compila_y_el_mensaje_es_el_esperado() {
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
            let code = told
                .strip_prefix("error[")
                .and_then(|rest| rest.split_once(']'));
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, code.unwrap().0.to_owned())
        })
        .collect();
    found.sort();
    let wanted = CASES.map(|(name, code)| (name.to_owned(), code.to_owned()));
    assert_eq!(found, wanted);
}
