//! The compressed executable: it becomes the program behind it, and says so if there is none.

use crate::bancada::Bancada;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const ARRANQUE: &str = env!("CARGO_BIN_EXE_transforma-arranque");

fn con_programa(b: &Bancada, programa: &str) -> std::path::PathBuf {
    let mut archivo = std::fs::read(ARRANQUE).unwrap();
    let entero = std::fs::read(programa).unwrap();
    let (mut tabla, mut piezas) = (Vec::new(), 0_u64);
    for pieza in entero.chunks(entero.len() / 3 + 1) {
        let marco = zstd::encode_all(pieza, 1).unwrap();
        archivo.extend_from_slice(&marco);
        tabla.extend((marco.len() as u64).to_le_bytes());
        tabla.extend((pieza.len() as u64).to_le_bytes());
        piezas += 1;
    }
    archivo.extend_from_slice(&tabla);
    archivo.extend(piezas.to_le_bytes());
    archivo.extend_from_slice(b"TRNSFRM2");
    let ruta = b.escribe("programa", archivo);
    std::fs::set_permissions(&ruta, std::fs::Permissions::from_mode(0o755)).unwrap();
    ruta
}

#[test]
fn lo_comprimido_recibe_los_argumentos_y_da_su_codigo_en_un_entorno_vacio() {
    let b = Bancada::nueva();
    let ruta = con_programa(&b, "/bin/sh");
    let run = Command::new(&ruta)
        .env_clear()
        .args(["-c", "echo \"$0-$1-$X\"; exit 7", "a b", "ñ"])
        .output()
        .unwrap();
    assert_eq!(
        (
            run.status.code(),
            String::from_utf8(run.stdout).unwrap().as_str()
        ),
        (Some(7), "a b-ñ-\n")
    );
    assert_eq!(std::fs::read_dir(b.raiz()).unwrap().count(), 1);
}

#[test]
fn lo_que_no_lleva_nada_dentro_o_esta_cortado_lo_dice_en_una_linea() {
    let b = Bancada::nueva();
    let run = Command::new(ARRANQUE).output().unwrap();
    assert_eq!(run.status.code(), Some(6));
    let ruta = con_programa(&b, "/bin/sh");
    let entero = std::fs::read(&ruta).unwrap();
    let mut roto = entero.clone();
    let medio = entero.len() - 4_000;
    roto[medio..medio + 64].fill(0xA5);
    // The length that the first piece says it has, the number of pieces, and what the table says of the last.
    let fin = entero.len();
    let mentira = |desde: usize, valor: u64| {
        let mut roto = entero.clone();
        roto[desde..desde + 8].copy_from_slice(&valor.to_le_bytes());
        roto
    };
    for roto in [
        roto,
        mentira(fin - 16 - 48 + 8, 1),
        mentira(fin - 16, 2),
        mentira(fin - 16, u64::MAX),
        mentira(fin - 16 - 16, u64::MAX),
        mentira(fin - 16 - 8, u64::MAX),
    ] {
        std::fs::write(&ruta, roto).unwrap();
        let run = Command::new(&ruta).args(["-c", "true"]).output().unwrap();
        assert_eq!(run.status.code(), Some(6), "{run:?}");
        assert_eq!(String::from_utf8(run.stderr).unwrap().lines().count(), 1);
    }
}
