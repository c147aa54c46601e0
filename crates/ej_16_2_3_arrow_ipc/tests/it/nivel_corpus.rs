//! The malformed streams and files by which Arrow's implementations were broken before: each an error that names the file.

use crate::PROGRAMA;
use crate::mutador::overwrite;
use ecommerce_testkit::process::{Child, Finished};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn entradas(which: &str) -> Vec<PathBuf> {
    let root = PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(root.join("arrow-testing/data").join(which))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Two of the inputs are whole: pyarrow, too, reads and fully validates their 200 rows.
const SANAS: [&str; 2] = ["6088759971217408", "6295340960776192"];

fn leer(way: &str, path: &Path) -> Finished {
    Child::new(PROGRAMA)
        .args(["leer", way])
        .arg(path)
        .limit_memory(2 << 30)
        .timeout(Duration::from_secs(20))
        .run()
        .unwrap()
}

fn rechazadas(which: &str, ways: &[&str], wanted: usize) {
    let files = entradas(which);
    let mut rejected = 0;
    for path in &files {
        let name = path.to_str().unwrap();
        for way in ways {
            let run = leer(way, path);
            if SANAS.iter().any(|whole| name.ends_with(whole)) {
                assert!(
                    run.stdout_text()
                        .starts_with("recibido: 1 lotes, 200 filas"),
                    "{name}: {run:?}"
                );
                continue;
            }
            let text = run.stderr_text();
            assert_eq!(run.code, Some(3), "{name}: {run:?}");
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(text.starts_with("error: ") && text.contains(name), "{text}");
            rejected += 1;
        }
    }
    assert_eq!(rejected, wanted * ways.len(), "{} archivos", files.len());
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn cada_flujo_malformado_se_rechaza_por_su_nombre() {
    rechazadas("arrow-ipc-stream", &["--flujo"], 33);
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn cada_archivo_malformado_se_rechaza_por_su_nombre_copiado_y_mapeado() {
    rechazadas("arrow-ipc-file", &["--archivo", "--mapa"], 28);
}

/// Many inputs fall at the first bytes: a magic word that is not there, frames of before 2019. With those put right, the rest
/// of their damage is met too.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn con_los_primeros_bytes_arreglados_tampoco_hay_panico() {
    let dir = tempfile::tempdir().unwrap();
    let mut deeper = 0;
    for (which, way, repair) in [
        (
            "arrow-ipc-file",
            "--archivo",
            con_palabra_magica as fn(&[u8]) -> Vec<u8>,
        ),
        ("arrow-ipc-file", "--mapa", con_palabra_magica),
        ("arrow-ipc-stream", "--flujo", con_marcos_de_hoy),
    ] {
        for path in entradas(which) {
            let bytes = fs::read(&path).unwrap();
            let repaired = repair(&bytes);
            let copy = dir.path().join(path.file_name().unwrap());
            fs::write(&copy, &repaired).unwrap();
            let run = leer(way, &copy);
            assert!(
                matches!(run.code, Some(0 | 3)),
                "{}: {run:?}",
                path.display()
            );
            deeper += usize::from(
                repaired != bytes && !run.stderr_text().contains("no continuation marker"),
            );
        }
    }
    assert!(deeper > 50, "{deeper}");
}

fn con_palabra_magica(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    overwrite(&mut out, 0, b"ARROW1");
    out
}

/// The stream with a continuation marker before every length that has none, as far as its messages can be followed.
fn con_marcos_de_hoy(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), bytes);
    while let Some((word, after)) = rest.split_first_chunk::<4>() {
        if *word == [0xff; 4] {
            break;
        }
        out.extend([0xff; 4]);
        out.extend(word);
        rest = after;
        let Some((metadata, after)) = after.split_at_checked(u32::from_le_bytes(*word) as usize)
        else {
            break;
        };
        out.extend(metadata);
        rest = after;
        let Ok(message) = arrow_ipc::root_as_message(metadata) else {
            break;
        };
        let (body, after) = rest.split_at((message.bodyLength().max(0) as usize).min(rest.len()));
        out.extend(body);
        rest = after;
    }
    out.extend(rest);
    out
}
