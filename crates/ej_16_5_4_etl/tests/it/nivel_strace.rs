//! Calls that the operating system refuses, one kind at a time: the table is the old one, and the exit says why.

use crate::bancada::{Bancada, FECHA, FILAS, copiar, falla};
use ecommerce_testkit::process::{Steps, Strace, When};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn con_tabla_vieja() -> (Bancada, Option<String>) {
    let b = Bancada::vacia();
    b.eventos(7, 1, FILAS);
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    std::fs::remove_dir_all(b.ruta("eventos")).unwrap();
    b.eventos(42, 1, FILAS);
    let nueva = b.contenido_esperado();
    assert_ne!(b.contenido("ventas"), nueva);
    (b, nueva)
}

/// Killed on entering every single call that names a file of the log, those that only open one included; a kill before the next call
/// is a kill after this one.
#[test]
#[ignore = "tier strace: cargo xtask test"]
fn muerto_antes_y_despues_de_cada_llamada_del_commit() {
    let (b, nueva) = con_tabla_vieja();
    let vieja = b.contenido("ventas");
    copiar(&b.ruta("ventas"), &b.ruta("vieja"));
    let llamadas = [
        "openat",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
        "unlink",
        "unlinkat",
    ];
    let pasos = Steps::of(&llamadas)
        .unwrap()
        .under(b.ruta("ventas/_delta_log"));
    let entero = pasos.count(&b.comando(&[])).unwrap();
    assert!(entero.finished.success());
    // Reading the log opens files as well, so there are more steps than the commit's own.
    let total = entero.calls.len();
    assert!(total >= 4, "{:?}", entero.calls);
    let (mut muertes, mut antes, mut despues) = (0, 0, 0);
    for n in 1..=total + 1 {
        std::fs::remove_dir_all(b.ruta("ventas")).unwrap();
        copiar(&b.ruta("vieja"), &b.ruta("ventas"));
        let golpe = pasos.kill_at(n, &b.comando(&[])).unwrap();
        muertes += usize::from(golpe.landed);
        let hallada = b.contenido("ventas");
        assert!(
            hallada == vieja || hallada == nueva,
            "paso {n}: {:?}",
            golpe.calls.last()
        );
        if hallada == vieja {
            antes += 1;
        } else {
            despues += 1;
        }
    }
    println!("{muertes} muertes: {antes} con la tabla vieja, {despues} con la nueva");
    assert!(
        muertes + 1 >= total && antes > 0 && despues > 0,
        "{muertes} of {total}, {antes} before, {despues} after"
    );
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(b.contenido("ventas"), nueva);
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn una_llamada_que_el_sistema_niega_deja_la_tabla_vieja_y_se_dice_por_que() {
    let (b, nueva) = con_tabla_vieja();
    let vieja = b.contenido("ventas");
    let cambian = ["rename", "renameat", "renameat2", "link", "linkat"];
    for (error, palabras) in [
        ("EIO", "error de entrada y salida"),
        ("EACCES", "sin permiso"),
        ("EROFS", "solo lectura"),
    ] {
        let f = Strace::new()
            .unwrap()
            .fail(&cambian, error, When::Always)
            .run(&b.comando(&[]))
            .unwrap();
        assert!(f.landed > 0, "{error} hit nothing: the test proves nothing");
        falla(&f.finished, 5, &[palabras]);
        assert_eq!(b.contenido("ventas"), vieja, "{error}");
    }
    let f = b.comando(&[]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(b.contenido("ventas"), nueva);
}

/// With `--duradero`, a sync that fails is a failure: what may not be on the disk is not called done.
#[test]
#[ignore = "tier strace: cargo xtask test"]
fn un_fsync_que_falla_no_se_calla() {
    let (b, nueva) = con_tabla_vieja();
    let vieja = b.contenido("ventas");
    let f = Strace::new()
        .unwrap()
        .fail(&["fsync", "fdatasync"], "EIO", When::Always)
        .run(&b.comando(&["--duradero"]))
        .unwrap();
    assert!(f.landed > 0);
    falla(&f.finished, 5, &["error de entrada y salida"]);
    assert_eq!(b.contenido("ventas"), vieja);
    let f = b.comando(&["--duradero"]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(b.contenido("ventas"), nueva);
}

/// Every sync with the file it was made on, as strace tells it; what the table is made of is among them before the exit.
#[test]
#[ignore = "tier strace: cargo xtask test"]
fn con_duradero_el_dato_el_commit_y_sus_directorios_estan_en_el_disco() {
    let b = Bancada::con_eventos();
    let f = Strace::new()
        .unwrap()
        .trace(&["fsync", "fdatasync"])
        .run(&b.comando(&["--duradero"]))
        .unwrap();
    assert_eq!(f.finished.code, Some(0), "{}", f.finished.stderr_text());
    // `fsync(9</a/b>) = 0`
    let en_disco: BTreeSet<PathBuf> = f
        .calls
        .iter()
        .filter_map(|c| Some(c.text.split_once('<')?.1.split_once('>')?.0.into()))
        .collect();
    let tabla = b.ruta("ventas").canonicalize().unwrap();
    let (registro, dia) = (
        tabla.join("_delta_log"),
        tabla.join(format!("fecha={FECHA}")),
    );
    let datos: Vec<PathBuf> = std::fs::read_dir(&dia)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(datos.len(), 1, "{datos:?}");
    for directorio in [&dia, &registro, &tabla] {
        assert!(
            en_disco.contains(directorio),
            "{}: {en_disco:?}",
            directorio.display()
        );
    }
    // A file is synced under the name it is written by, with a `#` behind, before it gets its own.
    for archivo in [&datos[0], &registro.join("00000000000000000000.json")] {
        let previo = archivo.to_string_lossy().into_owned() + "#";
        let mut nombres = en_disco.iter().map(|p| p.to_string_lossy());
        assert!(
            nombres.any(|n| n.starts_with(&previo)),
            "{previo}: {en_disco:?}"
        );
    }
}
