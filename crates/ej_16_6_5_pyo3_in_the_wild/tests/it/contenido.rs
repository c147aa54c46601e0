//! Sound archives with something inside that no wheel should have.

use std::io::{Cursor, Write};

use ej_16_6_5_pyo3_in_the_wild::WheelError;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::hostiles::{FLAGS, METHOD, MODULE, NAME_LENGTH, PACKED, error, patch, rename};
use crate::make::{NAME, Rueda, read};

#[test]
fn una_ruta_que_sale_o_engana_se_rechaza() {
    for (path, reason) in [
        ("../../etc", "sale de su directorio con «..»"),
        ("m/../../x", "sale de su directorio con «..»"),
        ("/etc/pass", "es absoluta"),
        ("..\\..\\etc", "tiene «\\» o «:», que en Windows separan"),
        ("C:\\x\\y\\z", "tiene «\\» o «:», que en Windows separan"),
        ("m//xxxxxx", "tiene una parte vacía o «.»"),
        ("./xxxxxxx", "tiene una parte vacía o «.»"),
        ("m/x\0.so.py", "tiene caracteres de control"),
        ("m/x\n.so.py", "tiene caracteres de control"),
    ] {
        let plain: String = "q".repeat(path.len());
        let mut bytes = Rueda::extension().with(&plain, vec![1]).bytes();
        rename(&mut bytes, &plain, path);
        let error = error(bytes);
        assert!(
            matches!(error, WheelError::Path { .. }),
            "{path:?}: {error}"
        );
        assert!(error.to_string().ends_with(reason), "{error}");
    }
    let mut bytes = Rueda::extension().with("q", vec![]).bytes();
    patch(&mut bytes, "q", NAME_LENGTH, &[0, 0]);
    assert!(read(NAME, bytes).is_err());
}

#[test]
fn lo_que_no_es_un_archivo_se_rechaza() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in Rueda::extension().files {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.add_symlink("m/enlace", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let link = error(zip.finish().unwrap().into_inner());
    assert_eq!(
        link.to_string(),
        "\"m/enlace\" no es un archivo, sino un enlace o un dispositivo"
    );

    let mut encrypted = Rueda::extension().bytes();
    patch(&mut encrypted, MODULE, FLAGS, &[1]);
    assert!(error(encrypted).to_string().contains("está cifrado"));
    let mut method = Rueda::extension().bytes();
    patch(&mut method, MODULE, METHOD, &[12, 0]);
    assert!(matches!(
        error(method),
        WheelError::NotAFile { .. } | WheelError::NotZip(_)
    ));
    let mut stored = Rueda::extension().bytes();
    patch(&mut stored, MODULE, METHOD, &[0, 0]);
    assert!(matches!(error(stored), WheelError::ImpossibleSize { .. }));
    let mut packed = Rueda::extension().bytes();
    patch(&mut packed, MODULE, PACKED, &[0xff, 0xff, 0xff, 0]);
    assert!(read(NAME, packed).is_err());
}

#[test]
fn sin_sus_dos_textos_no_es_una_rueda() {
    for (what, gone) in [
        ("WHEEL", "m-1.0.dist-info/WHEEL"),
        ("METADATA", "m-1.0.dist-info/METADATA"),
    ] {
        let mut none = Rueda::extension();
        none.files.retain(|(path, _)| path != gone);
        assert_eq!(
            none.read().unwrap_err().to_string(),
            format!("hay 0 {what}, y tiene que haber uno")
        );
        let two = Rueda::extension().with(&format!("n-1.0.dist-info/{what}"), vec![]);
        assert_eq!(
            two.read().unwrap_err().to_string(),
            format!("hay 2 {what}, y tiene que haber uno")
        );
        let not_text = Rueda::extension().with(gone, vec![0xff, 0xfe]);
        assert_eq!(
            not_text.read().unwrap_err().to_string(),
            format!("{what}: no es UTF-8")
        );
        let big = Rueda::extension().with(gone, vec![b'a'; (8 << 20) + 1]);
        assert!(matches!(big.read(), Err(WheelError::TooBig { .. })));
    }
    for (text, says) in [
        ("", "WHEEL: no dice su versión"),
        (
            "Wheel-Version: 2.0\nTag: a",
            "WHEEL: es de la versión 2.0, no 1.x",
        ),
        (
            "Wheel-Version: 1.0\n",
            "WHEEL: no dice para qué sistemas es",
        ),
    ] {
        let rueda = Rueda::extension().with("m-1.0.dist-info/WHEEL", text.into());
        assert_eq!(rueda.read().unwrap_err().to_string(), says);
    }
    let nameless = Rueda::extension().with("m-1.0.dist-info/METADATA", b"Version: 1.0\n".to_vec());
    assert_eq!(
        nameless.read().unwrap_err().to_string(),
        "METADATA: no dice nombre y versión"
    );
}

#[test]
fn mas_binarios_de_los_que_nadie_lleva_se_rechazan() {
    let mut rueda = Rueda::named("m-1.0-cp311-abi3-win_amd64.whl");
    for index in 0..1025 {
        rueda
            .files
            .push((format!("m/{index}.pyd"), b"MZ\x90\0".to_vec()));
    }
    let error = rueda.read().unwrap_err();
    assert_eq!(
        error.to_string(),
        "los binarios de dentro: 1025, y el límite es 1024"
    );
}

#[test]
fn una_extension_danada_dentro_de_una_rueda_sana_se_nombra() {
    let rueda = Rueda::extension().with(MODULE, b"\x7fELF y nada mas".to_vec());
    assert!(matches!(rueda.read(), Err(WheelError::Elf { member, .. }) if member == MODULE));
}
