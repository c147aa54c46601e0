//! The witness: what a log says, and what is done to it before others read.

use ej_16_5_3_delta_rs_vs_spark::{Feature, Log, RunError, catalogue};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

fn tabla(commits: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("_delta_log")).unwrap();
    for (version, commit) in commits.iter().enumerate() {
        fs::write(commit_en(dir.path(), version), commit).unwrap();
    }
    dir
}

fn commit_en(tabla: &Path, version: usize) -> std::path::PathBuf {
    tabla.join(format!("_delta_log/{version:020}.json"))
}

fn funcion(clave: &str) -> &'static Feature {
    catalogue().iter().find(|f| f.key == clave).unwrap()
}

#[test]
fn un_archivo_que_sale_y_vuelve_en_el_mismo_commit_sigue_vivo() {
    let dir = tabla(&[
        "{\"add\":{\"path\":\"a\"}}\n{\"add\":{\"path\":\"b\"}}\n",
        "{\"add\":{\"path\":\"a\",\"deletionVector\":{\"cardinality\":1}}}\n{\"remove\":{\"path\":\"a\"}}\n{\"remove\":{\"path\":\"b\"}}\n",
    ]);
    let registro = Log::read(dir.path()).unwrap();
    assert_eq!(registro.live().into_iter().collect::<Vec<_>>(), ["a"]);
    assert!(funcion("vectores").is_used(&registro).unwrap());
    assert!(!funcion("rastreo").is_used(&registro).unwrap());
}

#[test]
fn un_nulo_no_es_una_huella_y_el_ultimo_commit_se_mira_aparte() {
    let dir = tabla(&[
        "{\"add\":{\"path\":\"a\",\"baseRowId\":0}}\n",
        "{\"add\":{\"path\":\"b\",\"baseRowId\":null}}\n",
    ]);
    let registro = Log::read(dir.path()).unwrap();
    let rastreo = funcion("rastreo");
    assert!(rastreo.is_used(&registro).unwrap());
    assert!(!rastreo.is_kept(&registro).unwrap());
}

#[test]
fn manda_la_ultima_propiedad_y_el_ultimo_esquema() {
    let meta = |esquema: &str, valor: &str| {
        format!(
            "{{\"metaData\":{{\"schemaString\":\"{esquema}\",\"configuration\":{{\"delta.appendOnly\":\"{valor}\"}}}}}}\n"
        )
    };
    let dir = tabla(&[&meta("uno", "true"), &meta("dos", "false")]);
    let registro = Log::read(dir.path()).unwrap();
    assert_eq!(
        (registro.schema(), registro.property("delta.appendOnly")),
        ("dos", Some("false"))
    );
    assert_eq!(registro.property("delta.otra"), None);
    assert!(!funcion("solo_anadir").is_used(&registro).unwrap());
}

#[test]
fn sobran_archivos_si_hay_mas_de_los_que_dice_el_registro() {
    let dir = tabla(&["{\"add\":{\"path\":\"a.parquet\"}}\n"]);
    fs::write(dir.path().join("a.parquet"), "").unwrap();
    let limpia = funcion("vacuum");
    assert!(limpia.is_used(&Log::read(dir.path()).unwrap()).unwrap());
    fs::write(dir.path().join("viejo.parquet"), "").unwrap();
    assert!(!limpia.is_used(&Log::read(dir.path()).unwrap()).unwrap());
}

#[test]
fn un_commit_que_no_es_json_se_dice() {
    let dir = tabla(&["{\"add\":\n"]);
    let error = Log::read(dir.path()).unwrap_err();
    assert!(
        matches!(error, RunError::Commit { ref path, .. } if path == &commit_en(dir.path(), 0)),
        "{error:?}"
    );
    assert!(matches!(
        Log::read(&dir.path().join("no")),
        Err(RunError::File { .. })
    ));
}

#[test]
fn antes_de_leer_un_checkpoint_se_borran_los_commits_anteriores() {
    let dir = tabla(&["{}", "{}", "{}"]);
    let checkpoint = dir
        .path()
        .join("_delta_log/00000000000000000002.checkpoint.json");
    fs::write(&checkpoint, "{}").unwrap();
    // Hadoop lays a checksum beside every file.
    let suma = ".00000000000000000002.checkpoint.json.crc";
    fs::write(dir.path().join("_delta_log").join(suma), "crc").unwrap();
    assert!(Log::read(dir.path()).unwrap().has_checkpoint_v2().unwrap());
    funcion("checkpoint_v2").prepare(dir.path()).unwrap();
    let quedan: Vec<_> = Log::read(dir.path()).unwrap().versions().collect();
    assert_eq!(quedan, [2]);
    assert!(checkpoint.is_file());
}

#[test]
fn un_checkpoint_que_no_es_parquet_se_dice() {
    let dir = tabla(&["{}"]);
    fs::write(
        dir.path()
            .join("_delta_log/00000000000000000000.checkpoint.parquet"),
        "no",
    )
    .unwrap();
    let registro = Log::read(dir.path()).unwrap();
    assert!(matches!(
        registro.has_checkpoint_v2(),
        Err(RunError::Checkpoint { .. })
    ));
    assert!(funcion("checkpoint").is_used(&registro).unwrap());
}

#[test]
fn el_viaje_por_fecha_pone_dos_horas_entre_el_ultimo_commit_y_los_demas() {
    let dir = tabla(&["{}", "{}", "{}"]);
    funcion("fecha").prepare(dir.path()).unwrap();
    let fecha = |version| {
        fs::metadata(commit_en(dir.path(), version))
            .unwrap()
            .modified()
            .unwrap()
    };
    let hora = Duration::from_secs(3600);
    assert!(fecha(2) <= SystemTime::now() - hora);
    let entre = fecha(2).duration_since(fecha(1)).unwrap();
    assert!(entre > hora && entre < 2 * hora, "{entre:?}");
    assert!(fecha(1) > fecha(0));
}
