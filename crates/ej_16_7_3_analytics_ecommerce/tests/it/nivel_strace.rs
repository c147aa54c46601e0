//! Disk full, and calls that the system refuses: a clean exit, the last good version, and a rerun that works.
//! Needs Linux' own means: mount namespaces and strace.

use crate::bancada::{Bancada, FECHA, SIGUIENTE, TABLAS, binario, falla};
use crate::testigo::{Inv, Testigo};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::{Child, Finished, Strace, When};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Mounts a small disk in a namespace of its own, fills all but `$2` KiB of it, runs the command, makes room, and runs it
/// again; what the disk held after each run is copied out before it vanishes with the namespace.
const DISCO: &str = r#"
set -eu
mount -t tmpfs -o size="$1" tmpfs disco
cp -a previo/. disco/
head -c 1G /dev/zero > disco/lastre 2>/dev/null || true
truncate -s "-${2}K" disco/lastre 2>/dev/null || rm disco/lastre
shift 2
set +e
"$@" > dicho1 2> error1; echo $? > codigo1
cp -a disco despues1
rm -f disco/lastre
"$@" > dicho2 2> error2; echo $? > codigo2
cp -a disco despues2
"#;

/// The same with a disk that turns read-only before the first run, and writable before the second.
const SOLO_LECTURA: &str = r#"
set -eu
mount -t tmpfs -o size="$1" tmpfs disco
cp -a previo/. disco/
mount -o remount,ro disco
shift 2
set +e
"$@" > dicho1 2> error1; echo $? > codigo1
cp -a disco despues1
mount -o remount,rw disco
"$@" > dicho2 2> error2; echo $? > codigo2
cp -a disco despues2
"#;

/// A disk of its own: the script, how large, how much of it is free, and under which name temporary files go.
struct Disco<'a> {
    guion: &'a str,
    tamano: &'a str,
    libre_kib: u32,
    tmp: &'a str,
}

impl Disco<'_> {
    fn corre(&self, b: &Bancada, comando: &[&str]) {
        for vieja in ["disco", "despues1", "despues2"] {
            let _ = fs::remove_dir_all(b.ruta(vieja));
        }
        fs::create_dir(b.ruta("disco")).unwrap();
        let f: Finished = Child::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
            .args([self.guion, "sh", self.tamano])
            .arg(self.libre_kib.to_string())
            .arg(binario())
            .args(comando)
            .current_dir(b.ruta(""))
            .env("TMPDIR", b.ruta(self.tmp))
            .run()
            .unwrap();
        assert!(f.success(), "{}", f.stderr_text());
    }
}

fn dicho(b: &Bancada, n: u8) -> (i32, String) {
    let leer = |nombre: String| fs::read_to_string(b.ruta(&nombre)).unwrap();
    (
        leer(format!("codigo{n}")).trim().parse().unwrap(),
        leer(format!("error{n}")),
    )
}

/// A table in `previo`, and the content of the three tables before and after the day has other rows.
fn con_previo(b: &Bancada) -> [Vec<Option<String>>; 2] {
    b.publica("eventos", FECHA);
    let antes = b.contenido("metricas");
    fs::create_dir(b.ruta("previo")).unwrap();
    for tabla in TABLAS {
        crate::bancada::copia(&b.ruta(tabla), &b.ruta("previo").join(tabla));
    }
    b.publica("nuevos", FECHA);
    let nuevo = b.contenido("metricas");
    assert_ne!(antes, nuevo);
    [antes, nuevo]
}

const AL_DISCO: [&str; 7] = [
    "-f",
    FECHA,
    "-e",
    "nuevos",
    "-s",
    "disco/metricas",
    "--silencioso",
];

/// Runs the day on small disks: full before it, or at any moment of it. Returns how often it was full, and how often not.
pub(crate) fn discos_llenos(b: &Bancada, discos: &[(&str, u32)]) -> [usize; 2] {
    let [antes, nuevo] = con_previo(b);
    let mut cuenta = [0, 0];
    for (tamano, libre_kib) in discos {
        let disco = Disco {
            guion: DISCO,
            tamano,
            libre_kib: *libre_kib,
            tmp: "",
        };
        disco.corre(b, &AL_DISCO);
        let donde = format!("{tamano}, {libre_kib} KiB libres");
        let (codigo, error) = dicho(b, 1);
        println!("{donde}: {codigo} {}", error.trim());
        if codigo == 0 {
            cuenta[1] += 1;
            assert_eq!(b.contenido("despues1/metricas"), nuevo, "{donde}");
        } else {
            cuenta[0] += 1;
            assert_eq!(codigo, 6, "{donde}: {error}");
            assert!(error.contains("disco lleno"), "{error}");
            assert_eq!(error.trim().lines().count(), 1, "{error}");
            assert_eq!(b.contenido("despues1/metricas")[2], antes[2], "{donde}");
        }
        let (codigo, error) = dicho(b, 2);
        assert_eq!(codigo, 0, "{donde}: {error}");
        assert_eq!(b.contenido("despues2/metricas"), nuevo, "{donde}");
    }
    cuenta
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn con_el_disco_lleno_queda_la_ultima_version_buena() {
    let falta = FaultReport::begin(14, "tabla", "tmpfs de 1, 3 y 5 MiB lleno bajo la tabla");
    let libres = [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 900];
    let discos: Vec<(&str, u32)> = ["1m", "3m", "5m"].into_iter().cycle().zip(libres).collect();
    let [llenos, cabidos] = discos_llenos(&Bancada::chica(), &discos);
    assert!(
        llenos >= 3 && cabidos >= 1,
        "{llenos} llenos, {cabidos} cabidos"
    );
    falta.passed(llenos, lleno_dicho(cabidos));
}

pub(crate) fn lleno_dicho(cabidos: usize) -> String {
    format!(
        "salen con 6, queda la última versión buena y con sitio la repetición vale; {cabidos} veces cupo"
    )
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn con_el_disco_temporal_lleno_no_se_toca_nada() {
    let falta = FaultReport::begin(
        14,
        "temporales",
        "tmpfs de 1, 3 y 5 MiB lleno bajo los temporales",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    b.guarda("antes");
    let antes = b.contenido("metricas");
    b.publica("nuevos", FECHA);
    let nuevo = b.contenido("metricas");
    fs::create_dir(b.ruta("previo")).unwrap();
    let mut veces = 0;
    for tamano in ["1m", "3m", "5m"] {
        b.restaura("antes");
        let disco = Disco {
            guion: DISCO,
            tamano,
            libre_kib: 0,
            tmp: "disco",
        };
        let comando = [
            "-f",
            FECHA,
            "-e",
            "nuevos",
            "-s",
            "metricas",
            "--silencioso",
        ];
        disco.corre(&b, &comando);
        let (codigo, error) = dicho(&b, 1);
        assert_eq!(codigo, 6, "{error}");
        assert!(error.contains("disco lleno"), "{error}");
        veces += 1;
        assert_eq!(dicho(&b, 2).0, 0);
        assert_eq!(b.contenido("metricas"), nuevo);
    }
    assert_ne!(antes, nuevo);
    falta.passed(
        veces,
        "salen con 6 sin tocar las tablas; con sitio, la repetición vale",
    );
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn un_disco_de_solo_lectura_se_dice_y_la_tabla_queda() {
    let falta = FaultReport::begin(
        15,
        "solo lectura",
        "la tabla en un disco montado de solo lectura",
    );
    let b = Bancada::chica();
    let [antes, nuevo] = con_previo(&b);
    let disco = Disco {
        guion: SOLO_LECTURA,
        tamano: "3m",
        libre_kib: 0,
        tmp: "",
    };
    disco.corre(&b, &AL_DISCO);
    let (codigo, error) = dicho(&b, 1);
    assert_eq!(codigo, 5, "{error}");
    assert!(error.contains("solo lectura"), "{error}");
    assert_eq!(b.contenido("despues1/metricas"), antes);
    assert_eq!(dicho(&b, 2).0, 0, "{}", dicho(&b, 2).1);
    assert_eq!(b.contenido("despues2/metricas"), nuevo);
    falta.passed(
        1,
        "sale con 5 y lo dice; montado para escribir, la repetición vale",
    );
}

const NOMBRES: &[&str] = &["rename", "renameat", "renameat2", "link", "linkat"];
const CREAR: &[&str] = &["mkdir", "mkdirat"];
const LARGO: &[&str] = &["ftruncate", "fallocate", "copy_file_range"];
const ABRIR: &[&str] = &["open", "openat"];
const ESCRIBIR: &[&str] = &["write", "writev", "pwrite64"];

/// A call that the system refuses: which, where, with what, and how the program may end.
struct Negada {
    llamadas: &'static [&'static str],
    error: &'static str,
    cuando: When,
    /// The file it is about, below the workbench; any if empty.
    donde: String,
    codigos: &'static [i32],
    palabras: &'static str,
}

fn negada(
    llamadas: &'static [&'static str],
    error: &'static str,
    donde: impl Into<String>,
    codigos: &'static [i32],
    palabras: &'static str,
) -> Negada {
    Negada {
        llamadas,
        error,
        cuando: When::Always,
        donde: donde.into(),
        codigos,
        palabras,
    }
}

const EIO: &str = "error de entrada y salida";
const EACCES: &str = "sin permiso";

/// Each call on the way of a day, refused: the run ends cleanly, the table is old or new, and a rerun makes it new.
/// Returns how many calls were refused, in how many cases.
fn negadas(b: &Bancada, casos: &[Negada]) -> [usize; 2] {
    for dia in [FECHA, SIGUIENTE] {
        b.publica("eventos", dia);
    }
    b.guarda("vieja");
    let inv = Inv::de(b, "metricas", Testigo::de_aqui());
    let vieja = inv.como_esta();
    b.publica("nuevos", FECHA);
    let nueva = inv.como_esta();
    let mut cuenta = [0, 0];
    for caso in casos {
        b.restaura("vieja");
        let mut strace = Strace::new()
            .unwrap()
            .fail(caso.llamadas, caso.error, caso.cuando);
        if !caso.donde.is_empty() {
            strace = strace.path(b.ruta(&caso.donde));
        }
        let f = strace.run(&b.dia_de("nuevos", FECHA)).unwrap();
        let nombre = format!(
            "{:?} {} {:?} {}",
            caso.llamadas, caso.error, caso.cuando, caso.donde
        );
        println!(
            "{nombre}: {} veces, {}",
            f.landed,
            f.finished.stderr_text().trim()
        );
        let publicada = inv.vieja_o_nueva(&vieja, &nueva, &nombre);
        if f.landed == 0 {
            // Calls are counted per thread: the n-th of none may have come.
            assert!(caso.cuando != When::Always, "{nombre}: no llegó ninguna");
            assert!(publicada);
            continue;
        }
        let codigo = f.finished.code.unwrap_or(-1);
        assert!(caso.codigos.contains(&codigo), "{nombre}: {:?}", f.finished);
        if codigo != 0 {
            falla(&f.finished, codigo, &[caso.palabras]);
            assert!(!publicada, "{nombre}: un error después de publicar");
        }
        cuenta[0] += f.landed;
        cuenta[1] += 1;
        b.publica("nuevos", FECHA);
        inv.exactamente(&nueva, &nombre);
    }
    cuenta
}

#[test]
#[ignore = "tier strace: cargo xtask test"]
fn una_llamada_que_el_sistema_niega_no_deja_media_tabla() {
    let falta = FaultReport::begin(
        15,
        "negadas",
        "EIO, EACCES, EROFS, ENOSPC y EMFILE en nombrar, crear, abrir, leer, listar y escribir",
    );
    let b = Bancada::chica();
    let parte = format!("nuevos/fecha={FECHA}/part-00000.parquet");
    let log = "metricas/_delta_log";
    let commit = format!("{log}/00000000000000000001.json");
    let siguiente = format!("{log}/00000000000000000002.json#1");
    let mut casos = vec![
        negada(NOMBRES, "EIO", "", &[5], EIO),
        negada(NOMBRES, "EACCES", "", &[5], EACCES),
        negada(NOMBRES, "EROFS", "", &[5], "solo lectura"),
        negada(NOMBRES, "ENOSPC", "", &[6], "disco lleno"),
        negada(&["read", "pread64"], "EIO", parte.clone(), &[3], EIO),
        negada(ABRIR, "EACCES", parte.clone(), &[3], EACCES),
        negada(ABRIR, "EMFILE", parte, &[6], "demasiados archivos abiertos"),
        negada(ABRIR, "EACCES", commit.clone(), &[5], EACCES),
        negada(&["read", "pread64"], "EIO", commit, &[5], EIO),
        negada(&["getdents64"], "EIO", log, &[5], EIO),
        negada(ESCRIBIR, "EIO", siguiente.clone(), &[5], EIO),
        negada(ESCRIBIR, "ENOSPC", siguiente.clone(), &[6], "disco lleno"),
        negada(ABRIR, "EACCES", siguiente, &[5], EACCES),
        // What is left to be tidied up after a commit stays as residue.
        negada(&["unlink", "unlinkat"], "EIO", "", &[0, 5], EIO),
    ];
    for n in [1, 2, 3] {
        casos.push(Negada {
            cuando: When::Nth(n),
            ..negada(NOMBRES, "EIO", "", &[5], EIO)
        });
    }
    let [veces, alcanzados] = negadas(&b, &casos);
    assert!(alcanzados >= 15, "{alcanzados}");
    falta.passed(
        veces,
        format!("{alcanzados} casos: salen con 3, 5 o 6 y lo dicen; INV; la repetición vale"),
    );
}

/// Each step of the commit of each table, refused alone, and the n-th naming or creating call of every thread.
pub(crate) fn una_a_una(b: &Bancada, hasta: u16) -> [usize; 2] {
    let mut casos = Vec::new();
    for tabla in TABLAS {
        let log = format!("{tabla}/_delta_log");
        let [ultima, siguiente] = [1, 2].map(|n| format!("{log}/{n:020}.json"));
        let a_medias = format!("{siguiente}#1");
        for (error, palabras) in [("EIO", EIO), ("EACCES", EACCES)] {
            casos.extend([
                negada(ABRIR, error, ultima.clone(), &[5], palabras),
                negada(ABRIR, error, a_medias.clone(), &[5], palabras),
                negada(NOMBRES, error, siguiente.clone(), &[5], palabras),
            ]);
        }
        casos.extend([
            negada(&["read", "pread64"], "EIO", ultima, &[5], EIO),
            negada(&["getdents64"], "EIO", log, &[5], EIO),
            negada(ESCRIBIR, "EIO", a_medias, &[5], EIO),
        ]);
    }
    for (llamadas, error, palabras) in [
        (NOMBRES, "EIO", EIO),
        (NOMBRES, "EACCES", EACCES),
        (CREAR, "EIO", EIO),
        (LARGO, "EIO", EIO),
    ] {
        casos.extend((1..=hasta).map(|n| Negada {
            cuando: When::Nth(n),
            ..negada(llamadas, error, "", &[5], palabras)
        }));
    }
    negadas(b, &casos)
}

/// With `--duradero`, a sync that fails is a failure: what may not be on the disk is not called done.
#[test]
#[ignore = "tier strace: cargo xtask test"]
fn un_fsync_que_falla_no_se_calla() {
    let falta = FaultReport::begin(4, "fsync fallido", "EIO en cada fsync, con --duradero");
    let b = Bancada::con_eventos();
    let f = Strace::new()
        .unwrap()
        .fail(&["fsync", "fdatasync"], "EIO", When::Always)
        .run(&b.comando(&["--silencioso", "--duradero"]))
        .unwrap();
    assert!(f.landed > 0);
    falla(&f.finished, 5, &["error de entrada y salida"]);
    assert!(!existe_commit(&b.ruta("metricas")));
    assert_eq!(b.correr(&["--silencioso", "--duradero"]).code, Some(0));
    assert_eq!(b.contenido("metricas"), b.contenido_esperado());
    falta.passed(f.landed, "sale con 5, sin commit; la repetición vale");
}

fn existe_commit(tabla: &Path) -> bool {
    tabla.join("_delta_log/00000000000000000000.json").exists()
}

/// What a call of strace's log names: the file behind a descriptor, or its paths.
fn nombrados(texto: &str) -> Vec<PathBuf> {
    let partes = texto.split(['<', '>', '"']);
    partes
        .filter(|parte| parte.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}

/// Whether the file was synced, under its name or under the one that it had before.
fn esta(en_disco: &BTreeSet<PathBuf>, archivo: &Path) -> bool {
    let antes = format!("{}#1", archivo.display());
    en_disco.contains(archivo) || en_disco.contains(Path::new(&antes))
}

fn parquets(tabla: &Path) -> Vec<PathBuf> {
    let archivos = ecommerce_testkit::temp::tree_list(tabla).unwrap();
    let de_datos = archivos
        .into_iter()
        .filter(|a| a.extension().is_some_and(|e| e == "parquet"));
    de_datos.map(|a| tabla.join(a)).collect()
}

/// Every file of the tables and every directory above them is synced before the exit, a commit's text before it has its
/// name, and a day's data before the commit that names it.
#[test]
#[ignore = "tier strace: cargo xtask test"]
fn con_duradero_nada_tiene_nombre_antes_de_estar_en_el_disco() {
    let falta = FaultReport::begin(
        4,
        "fsync",
        "corte de luz: cada fsync de --duradero, contado con strace",
    );
    let b = Bancada::chica();
    let raiz = b.ruta("").canonicalize().unwrap();
    let salida = raiz.join("a/b/metricas");
    let orden = b
        .crudo(&[
            "-f",
            FECHA,
            "-e",
            "eventos",
            "--duradero",
            "--silencioso",
            "-s",
        ])
        .arg(&salida);
    let f = Strace::new()
        .unwrap()
        .trace(&["fsync", "fdatasync", "link", "linkat"])
        .run(&orden)
        .unwrap();
    assert_eq!(f.finished.code, Some(0), "{:?}", f.finished);
    let mut en_disco: BTreeSet<PathBuf> = BTreeSet::new();
    let (mut fsyncs, mut enlaces) = (0, 0);
    for call in &f.calls {
        let nombres = nombrados(&call.text);
        if call.name.ends_with("sync") {
            fsyncs += 1;
            en_disco.extend(nombres);
            continue;
        }
        // `link(staging, commit)`: the text is on the disk, and so is the table's data.
        let commit = nombres
            .iter()
            .find(|n| n.extension().is_some_and(|e| e == "json"))
            .unwrap();
        let previo = nombres
            .iter()
            .find(|n| n.to_string_lossy().contains("json#"));
        assert!(en_disco.contains(previo.unwrap()), "{}", call.text);
        let tabla = commit.ancestors().nth(2).unwrap();
        // A table without rows of the day (nothing was rejected) has no data.
        for datos in parquets(tabla) {
            assert!(esta(&en_disco, &datos), "{}: sin sus datos", call.text);
        }
        enlaces += 1;
    }
    assert_eq!(enlaces, 3);
    let mut datos = 0;
    for tabla in TABLAS.map(|t| raiz.join("a/b").join(t)) {
        for archivo in parquets(&tabla) {
            assert!(esta(&en_disco, &archivo), "{}", archivo.display());
            datos += 1;
        }
        for directorio in [
            tabla.join("_delta_log"),
            tabla.join(format!("fecha={FECHA}")),
            tabla.clone(),
        ] {
            if !directorio.exists() {
                continue;
            }
            assert!(en_disco.contains(&directorio), "{}", directorio.display());
        }
    }
    assert!(datos >= 2, "{datos}");
    // The directories made on the way to the table, up to the one that was there.
    for directorio in [raiz.join("a/b"), raiz.join("a"), raiz.clone()] {
        assert!(en_disco.contains(&directorio), "{}", directorio.display());
    }
    falta.passed(
        fsyncs,
        "datos, registro y directorios en el disco antes de salir con 0, y cada commit antes de tener nombre",
    );
}
