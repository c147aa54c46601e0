//! Wheels that are damaged, or made to hurt.

use std::io::{Cursor, Write};

use ej_16_6_5_pyo3_in_the_wild::{Limits, Wheel, WheelError};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::make::{NAME, Rueda, read};

/// Where a field stands in a member's own header and in the directory's.
#[derive(Clone, Copy)]
pub(crate) struct Field(usize, usize);

pub(crate) const FLAGS: Field = Field(6, 8);
pub(crate) const METHOD: Field = Field(8, 10);
pub(crate) const CRC: Field = Field(14, 16);
pub(crate) const PACKED: Field = Field(18, 20);
pub(crate) const SIZE: Field = Field(22, 24);
pub(crate) const NAME_LENGTH: Field = Field(26, 28);

/// Where `name` has its own header, and where in the directory.
fn headers(bytes: &[u8], name: &str) -> (usize, usize) {
    let at = |signature: &[u8], length: usize| {
        bytes
            .windows(4)
            .enumerate()
            .filter(|(_, four)| *four == signature)
            .map(|(at, _)| at)
            .find(|at| bytes[at + length..].starts_with(name.as_bytes()))
            .unwrap()
    };
    (at(b"PK\x03\x04", 30), at(b"PK\x01\x02", 46))
}

/// Writes `value` into both headers of `name`.
pub(crate) fn patch(bytes: &mut [u8], name: &str, field: Field, value: &[u8]) {
    let (own, directory) = headers(bytes, name);
    for at in [own + field.0, directory + field.1] {
        bytes[at..at + value.len()].copy_from_slice(value);
    }
}

/// Writes `new` wherever `old`, as long as it, stands.
pub(crate) fn rename(bytes: &mut [u8], old: &str, new: &str) {
    assert_eq!(old.len(), new.len());
    let places: Vec<usize> = (0..=bytes.len() - old.len())
        .filter(|&at| bytes[at..].starts_with(old.as_bytes()))
        .collect();
    assert_eq!(places.len(), 2, "en su cabecera y en el directorio");
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    }
}

pub(crate) fn error(bytes: Vec<u8>) -> WheelError {
    read(NAME, bytes).unwrap_err()
}

pub(crate) const MODULE: &str = "m/_m.abi3.so";

#[test]
fn lo_que_no_es_un_zip_se_dice() {
    for bytes in [
        vec![],
        b"hola".to_vec(),
        vec![0; 100_000],
        b"PK\x03\x04".to_vec(),
        b"PK\x05\x06".to_vec(),
    ] {
        assert!(matches!(error(bytes), WheelError::NotZip(_)));
    }
}

#[test]
fn una_rueda_cortada_en_cualquier_byte_es_un_error() {
    let whole = Rueda::extension().bytes();
    for length in 0..whole.len() {
        let error = error(whole[..length].to_vec());
        assert!(matches!(error, WheelError::NotZip(_)), "{length}: {error}");
    }
}

#[test]
fn dos_archivos_en_uno_se_rechazan() {
    let whole = Rueda::extension().bytes();
    let twice = [whole.clone(), whole.clone()].concat();
    assert_eq!(
        error(twice).to_string(),
        "el ZIP se puede leer de dos maneras: tiene más de un final de directorio"
    );
    let before = [b"#!/bin/sh\n".to_vec(), whole.clone()].concat();
    assert!(matches!(error(before), WheelError::Ambiguous(_)));
    let after = [whole, b"y algo".to_vec()].concat();
    assert_eq!(
        error(after).to_string(),
        "el ZIP se puede leer de dos maneras: hay bytes detrás del final del directorio"
    );
}

#[test]
fn un_comentario_no_molesta() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in Rueda::extension().files {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.set_comment("firmado por nadie").unwrap();
    assert!(read(NAME, zip.finish().unwrap().into_inner()).is_ok());
}

#[test]
fn un_zip64_o_un_directorio_que_no_cuadra_se_rechaza() {
    let whole = Rueda::extension().bytes();
    let end = whole.len() - 22;
    for (at, value) in [(8, [0xff; 4]), (12, [0xff; 4]), (16, [0xff; 4])] {
        let mut bytes = whole.clone();
        bytes[end + at..end + at + 4].copy_from_slice(&value);
        assert!(error(bytes).to_string().contains("ZIP64"), "{at}");
    }
    let mut fewer = whole.clone();
    for at in [8, 10] {
        fewer[end + at] -= 1;
    }
    assert!(read(NAME, fewer).is_err());
    let mut volumes = whole.clone();
    volumes[end + 4] = 1;
    assert!(error(volumes).to_string().contains("varios volúmenes"));
    let mut elsewhere = whole;
    elsewhere[end + 16] ^= 1;
    assert!(
        error(elsewhere)
            .to_string()
            .contains("no está justo delante")
    );
}

#[test]
fn los_limites_se_miran_antes_de_descomprimir() {
    let read = |limits: Limits| {
        let rueda = Rueda::extension().with("m/ceros", vec![0; 3 << 20]);
        Wheel::read(NAME, Cursor::new(rueda.bytes()), limits)
    };
    let most = Limits::default();
    assert!(read(most).is_ok());
    for (limits, what) in [
        (Limits { file: 1000, ..most }, "los bytes del archivo: "),
        (
            Limits { members: 4, ..most },
            "los archivos de dentro: 5, y el límite es 4",
        ),
        (
            Limits {
                member: 1 << 20,
                ..most
            },
            "los bytes de \"m/ceros\": 3145728, y el límite es 1048576",
        ),
        (
            Limits {
                total: 3 << 20,
                ..most
            },
            "los bytes de todos los archivos de dentro: ",
        ),
    ] {
        let error = read(limits).unwrap_err();
        assert!(matches!(error, WheelError::TooBig { .. }), "{error}");
        assert!(error.to_string().starts_with(what), "{error}");
    }
}

#[test]
fn un_directorio_enorme_se_rechaza() {
    // Nombres de 60 000 letras: el directorio ocupa más que la dieciseisava parte de lo que se admite.
    let mut rueda = Rueda::extension();
    for index in 0..20 {
        rueda = rueda.with(&format!("{index:060000}"), vec![]);
    }
    let limits = Limits {
        file: 16 << 20,
        ..Limits::default()
    };
    let error = Wheel::read(NAME, Cursor::new(rueda.bytes()), limits).unwrap_err();
    assert!(
        error.to_string().starts_with("los bytes del directorio: "),
        "{error}"
    );
}

#[test]
fn un_tamano_que_ningun_compresor_logra_se_rechaza_sin_leer() {
    let mut bytes = Rueda::extension().bytes();
    patch(&mut bytes, MODULE, SIZE, &(400u32 << 20).to_le_bytes());
    let error = error(bytes);
    assert!(
        matches!(error, WheelError::ImpossibleSize { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("\"m/_m.abi3.so\" dice ocupar 419430400 bytes y solo guarda "),
        "{error}"
    );
}

#[test]
fn un_archivo_que_da_mas_o_menos_de_lo_que_dice_esta_danado() {
    for (path, size, ends) in [
        ("m/ceros", 1000u32, "dice tener 1000 bytes y tiene más"),
        ("m/ceros", 70_000, "dice tener 70000 bytes y tiene 65536"),
        (MODULE, 100, "dice tener 100 bytes y tiene más"),
    ] {
        let mut bytes = Rueda::extension().with("m/ceros", vec![0; 65_536]).bytes();
        patch(&mut bytes, path, SIZE, &size.to_le_bytes());
        let error = error(bytes);
        assert!(matches!(error, WheelError::Damaged { .. }), "{error}");
        assert!(error.to_string().ends_with(ends), "{error}");
    }
}

#[test]
fn un_byte_cambiado_en_cualquier_archivo_se_nota() {
    let whole = Rueda::extension().bytes();
    for name in ["m/__init__.py", MODULE, "m-1.0.dist-info/METADATA"] {
        let (own, _) = headers(&whole, name);
        let mut bytes = whole.clone();
        // El tercero de los datos comprimidos.
        bytes[own + 30 + name.len() + 2] ^= 0x10;
        let error = error(bytes);
        assert!(
            matches!(&error, WheelError::Damaged { member, .. } if member == name),
            "{error}"
        );
        let mut bytes = whole.clone();
        patch(&mut bytes, name, CRC, &[1, 2, 3, 4]);
        assert!(matches!(read(NAME, bytes), Err(WheelError::Damaged { .. })));
    }
}

#[test]
fn si_las_dos_cabeceras_no_dicen_lo_mismo_se_rechaza() {
    let whole = Rueda::extension().bytes();
    let (own, directory) = headers(&whole, "m/__init__.py");
    for at in [own + SIZE.0, own + 30, directory + 46] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        let error = error(bytes);
        assert!(matches!(error, WheelError::Ambiguous(_)), "{at}: {error}");
    }
    // Dos archivos que comparten los bytes: así crecen las bombas que no se anidan.
    let (shared, _) = headers(&whole, MODULE);
    let mut bytes = whole;
    bytes[directory + 42..directory + 46].copy_from_slice(&(shared as u32).to_le_bytes());
    assert!(matches!(error(bytes), WheelError::Ambiguous(_)));
}

#[test]
fn dos_archivos_del_mismo_nombre_se_rechazan() {
    let mut bytes = Rueda::extension()
        .with("m/aaaa", vec![1])
        .with("m/bbbb", vec![2])
        .bytes();
    rename(&mut bytes, "m/bbbb", "m/aaaa");
    assert!(
        error(bytes)
            .to_string()
            .ends_with("dos archivos tienen el mismo nombre")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn una_rueda_con_bytes_cambiados_da_un_resultado_o_un_error(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = Rueda::extension().bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Err(error) = read(NAME, bytes) {
            prop_assert!(!error.to_string().is_empty() && !error.to_string().contains('\n'));
        }
    }
}
