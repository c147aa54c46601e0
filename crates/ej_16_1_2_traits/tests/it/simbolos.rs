//! Monomorphization in the symbol table of this very test binary: a function for each type, one for `dyn`.
//!
//! The table is read with the standard library alone. It says more than comparing addresses of functions would: equal code may be
//! merged into one address, and one function may have several.
#![cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little"
))]

use ej_16_1_2_traits::dispatch::{Above, Between, count_dyn, count_dyn_column, count_static};
use ej_16_1_2_traits::reducir;
use std::collections::BTreeMap;
use std::hint::black_box;

/// The machine code of `module::function` of this crate: mangled name and address of each copy.
///
/// Both of Rust's manglings spell a path as lengths and names (`9agregable7reducir`). Another function that merely mentions
/// this one has it later in its name; a closure inside is told apart by each mangling's mark.
fn copies(module: &str, function: &str) -> BTreeMap<String, u64> {
    const CRATE: &str = "16ej_16_1_2_traits";
    let path = format!(
        "{CRATE}{}{module}{}{function}",
        module.len(),
        function.len()
    );
    let is_its_own = |name: &str| {
        name.find(&path).is_some_and(|at| {
            let next = name[at + path.len()..].chars().next();
            let ends = next.is_none_or(|next| !next.is_ascii_lowercase() || name.starts_with("_R"));
            at <= 24 && ends
        })
    };
    let is_closure = |name: &str| name.contains("closure") || name.starts_with("_RNC");
    symbols(&std::fs::read("/proc/self/exe").unwrap())
        .into_iter()
        .filter(|(name, _)| is_its_own(name) && !is_closure(name))
        .collect()
}

/// Every function symbol of an ELF file of 64 bits, little endian: its name and its address.
fn symbols(elf: &[u8]) -> Vec<(String, u64)> {
    const SYMBOL_TABLE: u64 = 2;
    const FUNCTION: u8 = 2;
    const ENTRY: usize = 24;
    let number = |at: usize, bytes: usize| {
        let mut wide = [0; 8];
        wide[..bytes].copy_from_slice(&elf[at..at + bytes]);
        u64::from_le_bytes(wide)
    };
    assert_eq!(elf[..6], *b"\x7fELF\x02\x01");
    let headers = number(0x28, 8) as usize;
    let (header_size, count) = (number(0x3a, 2) as usize, number(0x3c, 2) as usize);
    let section = |index: usize| headers + index * header_size;
    let table = (0..count)
        .map(section)
        .find(|header| number(header + 4, 4) == SYMBOL_TABLE)
        .expect("the profile that runs the tests does not strip symbols");
    let names = number(section(number(table + 0x28, 4) as usize) + 0x18, 8) as usize;
    let (start, size) = (
        number(table + 0x18, 8) as usize,
        number(table + 0x20, 8) as usize,
    );
    (start..start + size)
        .step_by(ENTRY)
        .filter(|at| elf[at + 4] & 0xf == FUNCTION)
        .map(|at| {
            let name = &elf[names + number(at, 4) as usize..];
            let end = name.iter().position(|byte| *byte == 0).unwrap();
            let name = String::from_utf8_lossy(&name[..end]).into_owned();
            (name, number(at + 8, 8))
        })
        .collect()
}

#[test]
fn reducir_esta_en_el_binario_una_vez_por_cada_tipo() {
    // As pointers, so that both are there however much is inlined.
    let of_floats = black_box(reducir::<f64> as fn(&[f64]) -> f64);
    let of_integers = black_box(reducir::<i64> as fn(&[i64]) -> i64);
    assert_eq!((of_floats(&[1.0, 2.0]), of_integers(&[1, 2])), (3.0, 3));

    let found = copies("agregable", "reducir");
    assert!(found.len() >= 2, "{found:#?}"); // other tests use more types
    let mut addresses: Vec<u64> = found.values().copied().collect();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), found.len(), "{found:#?}");
    // Adding floats and adding integers are different instructions, so these two cannot be one.
    assert_ne!(of_floats as usize, of_integers as usize);
}

#[test]
fn el_generico_se_compila_por_tipo_y_el_dyn_una_sola_vez() {
    let montos = [1.0, 2.0, 3.0];
    let (above, between) = (Above(1.0), Between(1.0, 3.0));
    assert_eq!(count_static(&above, &montos), 2);
    assert_eq!(count_static(&between, &montos), 2);
    assert_eq!(count_dyn(&above, &montos), count_dyn(&between, &montos));
    assert_eq!(count_dyn_column(&above, &montos), 2);

    // Above, Between, and the enum of the other tests.
    assert_eq!(copies("dispatch", "count_static").len(), 3);
    assert_eq!(copies("dispatch", "count_dyn").len(), 1);
    assert_eq!(copies("dispatch", "count_dyn_column").len(), 1);
}
