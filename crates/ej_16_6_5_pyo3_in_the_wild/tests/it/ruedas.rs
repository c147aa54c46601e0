//! Whole wheels, sound ones.

use ej_16_6_5_pyo3_in_the_wild::{Abi3, Contents, Problem, Verdict, verdict};

use crate::make::{Elf, Rueda};

const LINUX: &str = "m-1.0-py3-none-manylinux_2_17_x86_64.whl";

fn problems(rueda: &Rueda) -> Vec<Problem> {
    rueda.read().unwrap().problems()
}

#[test]
fn una_extension_se_describe_entera() {
    let rueda = Rueda::extension();
    let wheel = rueda.read().unwrap();
    assert_eq!(wheel.contents(), Contents::Pyo3Extension);
    assert_eq!(
        (
            wheel.metadata.name.as_str(),
            wheel.metadata.version.as_str()
        ),
        ("m", "1.0")
    );
    assert_eq!(wheel.metadata.generator.as_deref(), Some("a mano"));
    assert_eq!(wheel.bytes, rueda.bytes().len() as u64);
    assert_eq!(
        wheel.unpacked,
        rueda
            .files
            .iter()
            .map(|(_, content)| content.len() as u64)
            .sum::<u64>()
    );
    assert_eq!(
        wheel.files,
        [
            "m-1.0.dist-info/WHEEL",
            "m-1.0.dist-info/METADATA",
            "m/__init__.py",
            "m/_m.abi3.so"
        ]
    );
    let paths: Vec<&str> = wheel
        .extensions()
        .map(|binary| binary.path.as_str())
        .collect();
    assert_eq!(paths, ["m/_m.abi3.so"]);
}

#[test]
fn cada_clase_de_contenido_se_reconoce() {
    let contents = |rueda: Rueda| rueda.read().unwrap().contents();
    let program = Rueda::named(LINUX).with("m-1.0.data/scripts/m", Elf::program().build());
    let pure = Rueda::named("m-1.0-py3-none-any.whl").with("m.py", b"x = 1\n".to_vec());
    let in_c = Elf {
        rodata: b"hola".to_vec(),
        ..Elf::extension()
    };
    let windows =
        Rueda::named("m-1.0-cp311-abi3-win_amd64.whl").with("m.pyd", b"MZ\x90\0".to_vec());
    assert_eq!(
        contents(Rueda::extension().with("m/_m.abi3.so", in_c.build())),
        Contents::OtherExtension
    );
    assert_eq!(contents(program), Contents::Program);
    assert_eq!(contents(pure), Contents::Pure);
    assert_eq!(contents(windows), Contents::OtherBinaries);
}

#[test]
fn un_programa_con_pyo3_en_sus_textos_sigue_siendo_un_programa() {
    let elf = Elf {
        rodata: crate::make::PYO3.to_vec(),
        ..Elf::program()
    };
    let wheel = Rueda::named(LINUX)
        .with("m-1.0.data/scripts/m", elf.build())
        .read()
        .unwrap();
    assert_eq!(wheel.contents(), Contents::Program);
    assert_eq!(verdict([&wheel]), Verdict::Refutada);
}

#[test]
fn el_veredicto_mira_todas_las_ruedas_del_proyecto() {
    let pure = Rueda::named("m-1.0-py3-none-any.whl").read().unwrap();
    let extension = Rueda::extension().read().unwrap();
    let program = Rueda::named(LINUX)
        .with("m-1.0.data/scripts/m", Elf::program().build())
        .read()
        .unwrap();
    assert_eq!(verdict([&pure, &extension]), Verdict::Confirmada);
    assert_eq!(verdict([&pure, &program]), Verdict::Refutada);
    assert_eq!(verdict([&pure]), Verdict::NoComprobable);
    assert_eq!(pure.abi3(), Abi3::No);
}

#[test]
fn lo_que_una_rueda_dice_y_no_es_se_encuentra() {
    let wheel_text = |text: &str| Rueda::extension().with("m-1.0.dist-info/WHEEL", text.into());
    let tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-abi3-linux_x86_64\n";
    assert_eq!(problems(&wheel_text(tag)), [Problem::Tags]);
    let pure = "Wheel-Version: 1.0\nRoot-Is-Purelib: TRUE\nTag: cp311-abi3-manylinux_2_17_x86_64\n";
    assert_eq!(problems(&wheel_text(pure)), [Problem::Purelib]);
    let other = Rueda::extension().with(
        "m-1.0.dist-info/METADATA",
        b"Name: n\nVersion: 1.0\n".to_vec(),
    );
    assert_eq!(problems(&other), [Problem::Name]);

    let with = |elf: Elf| Rueda::extension().with("m/_m.abi3.so", elf.build());
    let path = || "m/_m.abi3.so".to_owned();
    let renamed = Elf {
        exports: vec!["PyInit_otro"],
        ..Elf::extension()
    };
    assert_eq!(problems(&with(renamed)), [Problem::NoInit(path())]);
    let newer = Elf {
        glibc: vec!["GLIBC_2.34", "GLIBC_2.9"],
        ..Elf::extension()
    };
    assert_eq!(
        problems(&with(newer)),
        [Problem::Glibc(path(), (2, 34), (2, 17))]
    );
    let linked = Elf {
        needed: vec!["libpython3.11.so.1.0"],
        ..Elf::extension()
    };
    assert_eq!(problems(&with(linked)), [Problem::LinksPython(path())]);
}

#[test]
fn los_nombres_de_una_distribucion_se_comparan_normalizados() {
    let rueda = Rueda::named("a_b.c-1.0-py3-none-any.whl").with(
        "a_b.c-1.0.dist-info/METADATA",
        b"Name: A-B_C\nVersion: 1.0\n".to_vec(),
    );
    assert_eq!(problems(&rueda), []);
}

#[test]
fn una_licencia_con_parrafos_no_acaba_los_metadatos() {
    let metadata = b"Name: m\nVersion: 1.0\nLicense: uno\n        \n        Name: otro\nRequires-Dist: n==2\n\nRequires-Dist: texto\n";
    let wheel = Rueda::extension()
        .with("m-1.0.dist-info/METADATA", metadata.to_vec())
        .read()
        .unwrap();
    assert_eq!(
        (wheel.metadata.name.as_str(), &*wheel.metadata.requires),
        ("m", &["n==2".to_owned()][..])
    );
}
