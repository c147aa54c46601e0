//! The faults that the batch has to survive, and the parts of each that some test must report.

/// A fault, by its number in the project's list. 23 to 29 belong to the streaming half, 31 to 35 are checked elsewhere.
pub(crate) struct Fault {
    pub(super) number: u8,
    pub(super) title: &'static str,
    pub(super) parts: &'static [Part],
}

/// A way to inject it, as its tests name it.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(super) name: &'static str,
    /// The tier of its short form; `None` if it has only the long one.
    pub(super) tier: Option<&'static str>,
    /// It has a long form, which only `--largo` runs.
    pub(super) long: bool,
}

const fn plain(name: &'static str) -> Part {
    in_tier(name, "cargo")
}

const fn in_tier(name: &'static str, tier: &'static str) -> Part {
    Part {
        name,
        tier: Some(tier),
        long: false,
    }
}

/// A part with a short form in a tier, and a long one.
const fn both(name: &'static str, tier: &'static str) -> Part {
    Part {
        name,
        tier: Some(tier),
        long: true,
    }
}

const fn long(name: &'static str) -> Part {
    Part {
        name,
        tier: None,
        long: true,
    }
}

const fn fault(number: u8, title: &'static str, parts: &'static [Part]) -> Fault {
    Fault {
        number,
        title,
        parts,
    }
}

/// Every fault, in order.
pub(crate) const FAULTS: [Fault; 23] = [
    fault(1, "muerte en cada paso", &[both("pasos", "cargo")]),
    fault(2, "muerte al azar", &[both("azar", "cargo")]),
    fault(3, "restos", &[both("restos", "cargo")]),
    fault(
        4,
        "corte de luz",
        &[
            in_tier("fsync", "strace"),
            in_tier("fsync fallido", "strace"),
        ],
    ),
    fault(
        5,
        "N escritores, el mismo día",
        &[
            both("ausente", "cargo"),
            both("vacía", "cargo"),
            both("llena", "cargo"),
        ],
    ),
    fault(6, "N escritores, días distintos", &[both("días", "cargo")]),
    fault(7, "todo a la vez", &[both("a la vez", "cargo")]),
    fault(8, "el mismo día otra vez", &[plain("repetir")]),
    fault(
        9,
        "commit ambiguo",
        &[
            plain("500"),
            plain("503"),
            plain("corte"),
            plain("cuelgue"),
            both("carrera", "cargo"),
        ],
    ),
    fault(
        10,
        "almacenamiento que falla",
        &[
            plain("500"),
            plain("503"),
            plain("429"),
            plain("corte"),
            plain("commit perdido"),
            plain("lento"),
            plain("tarda"),
            plain("caducado"),
            plain("caído"),
            plain("prohibido"),
            plain("no se escribe"),
            plain("siempre 503"),
            plain("siempre lento"),
            plain("cuelgue"),
        ],
    ),
    fault(
        11,
        "Parquet dañado",
        &[
            both("truncado", "cargo"),
            both("bits", "cargo"),
            in_tier("corpus", "corpus"),
            in_tier("tolerante", "corpus"),
        ],
    ),
    fault(12, "CRC que no cuadra", &[in_tier("CRC", "python")]),
    fault(
        13,
        "registro Delta dañado",
        &[
            plain("registro"),
            plain("datos"),
            in_tier("corpus", "corpus"),
        ],
    ),
    fault(
        14,
        "disco lleno",
        &[both("tabla", "strace"), in_tier("temporales", "strace")],
    ),
    fault(
        15,
        "EIO, EACCES, EMFILE, solo lectura",
        &[
            both("negadas", "strace"),
            plain("EMFILE"),
            in_tier("solo lectura", "strace"),
            plain("salidas llenas"),
        ],
    ),
    fault(
        16,
        "memoria",
        &[plain("límite"), plain("promesa"), long("5 GiB")],
    ),
    fault(
        17,
        "deriva del esquema",
        &[plain("columnas"), plain("orden")],
    ),
    fault(18, "filas malas", &[plain("filas")]),
    fault(
        19,
        "texto malo",
        &[plain("texto"), in_tier("corpus", "corpus")],
    ),
    fault(20, "exportar a CSV", &[plain("celdas")]),
    fault(21, "inyección", &[plain("argumentos"), plain("SQL")]),
    fault(22, "rutas", &[plain("entrada"), plain("salida")]),
    fault(
        30,
        "secretos",
        &[plain("salidas"), plain("cmdline"), plain("opciones")],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_list_is_whole_and_in_order() {
        let numbers: Vec<u8> = FAULTS.iter().map(|fault| fault.number).collect();
        let expected: Vec<u8> = (1..=22).chain([30]).collect();
        assert_eq!(numbers, expected);
        for fault in &FAULTS {
            let names: BTreeSet<_> = fault.parts.iter().map(|part| part.name).collect();
            assert_eq!(names.len(), fault.parts.len(), "falta {}", fault.number);
        }
    }

    /// Every text of the tests, without blanks: a report may be written over several lines.
    fn sources(dir: &Path, all: &mut String) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, all);
            } else {
                let text = fs::read_to_string(path).unwrap();
                all.extend(text.split_whitespace());
            }
        }
    }

    /// A part without a test would be missing from every run; a test of an unknown part would be missing from every table.
    #[test]
    fn every_part_is_named_by_a_test() {
        let mut text = String::new();
        let tests = "../crates/ej_16_7_3_analytics_ecommerce/tests/it";
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(tests),
            &mut text,
        );
        for fault in &FAULTS {
            let begun = format!("FaultReport::begin({},", fault.number);
            assert!(text.contains(&begun), "falta {} sin prueba", fault.number);
            for part in fault.parts {
                let name: String = part.name.split_whitespace().collect();
                assert!(
                    text.contains(&format!("\"{name}\"")),
                    "falta {}: ninguna prueba dice «{}»",
                    fault.number,
                    part.name
                );
            }
        }
    }
}
