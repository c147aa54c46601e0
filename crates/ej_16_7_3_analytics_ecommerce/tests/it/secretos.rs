//! Keys made to be searched for: in what is said, in what is written, and in what other users of the machine can see.

use crate::bancada::TABLAS;
use crate::s3::Lago;
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Trigger;
use ecommerce_testlake::{Fault, Rule};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often the keys occur in the names and the contents of all files below.
fn en_archivos(lago: &Lago, raiz: &Path) -> usize {
    let mut veces = 0;
    let mut directorios = vec![raiz.to_owned()];
    while let Some(directorio) = directorios.pop() {
        for entrada in fs::read_dir(directorio).into_iter().flatten().flatten() {
            let path = entrada.path();
            veces += lago
                .server
                .credentials()
                .occurrences(path.to_string_lossy().as_bytes());
            if path.is_dir() {
                directorios.push(path);
            } else {
                veces += lago
                    .server
                    .credentials()
                    .occurrences(fs::read(&path).unwrap_or_default());
            }
        }
    }
    veces
}

#[test]
fn las_claves_no_salen_ni_cuando_todo_falla() {
    let falta = FaultReport::begin(
        30,
        "salidas",
        "claves canario, trazas al máximo y fallos forzados, con eco de la clave incluido",
    );
    let lago = Lago::nuevo();
    let claves = lago.server.credentials().clone();
    let eco = |codigo: &str| {
        format!(
            "<?xml version=\"1.0\"?><Error><Code>{codigo}</Code><Message>no</Message><AWSAccessKeyId>{0}</AWSAccessKeyId>\
             <StringToSign>{0} {1}</StringToSign></Error>",
            claves.access_key(),
            claves.secret_key()
        )
    };
    let escribir = |fault: Fault| Rule::put(fault).path("_delta_log/");
    let casos: Vec<(&str, Option<Rule>, i32)> = vec![
        ("bien", None, 0),
        (
            "caducada",
            Some(Rule::any(Fault::Refuse(400, "ExpiredToken"))),
            5,
        ),
        (
            "eco al listar",
            Some(Rule::get(Fault::AnswerWith(
                403,
                eco("SignatureDoesNotMatch"),
            ))),
            5,
        ),
        (
            "eco al leer",
            Some(Rule::get(Fault::AnswerWith(403, eco("InvalidAccessKeyId"))).suffix(".parquet")),
            5,
        ),
        (
            "eco al escribir",
            Some(escribir(Fault::AnswerWith(403, eco("AccessDenied")))),
            5,
        ),
        (
            "eco y 500",
            Some(Rule::any(Fault::AnswerWith(500, eco("InternalError")))),
            5,
        ),
        ("corte", Some(Rule::any(Fault::Drop)), 5),
        ("cuelgue", Some(Rule::get(Fault::Hang)), 5),
    ];
    let mut veces = 0;
    for (caso, regla, codigo) in casos {
        let proxy = lago.proxy(5, regla.clone());
        let f = lago
            .comando(proxy.storage_options(&lago.server), &["-v", "--json"])
            .args(["--opcion", "timeout=1s", "--opcion", "retry_timeout=2s"])
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .run()
            .unwrap();
        assert_eq!(f.code, Some(codigo), "{caso}: {f:?}");
        let dichas = claves.occurrences(&f.stdout) + claves.occurrences(&f.stderr);
        assert_eq!(dichas, 0, "{caso}");
        if codigo != 0 {
            assert!(f.stderr_text().contains("s3://tienda/"), "{caso}: {f:?}");
        }
        veces += 1;
    }
    for tabla in TABLAS {
        assert_eq!(
            en_archivos(&lago, &lago.server.path_of("tienda", tabla)),
            0,
            "{tabla}"
        );
    }
    assert_eq!(en_archivos(&lago, lago.b.tmp()), 0);
    falta.passed(
        veces,
        "0 apariciones en salida, errores, JSON, _delta_log, datos y temporales",
    );
}

/// While it runs: keys that come by the environment are not among its arguments, nor among those of a process that it started.
#[test]
fn las_claves_del_entorno_no_estan_en_la_linea_de_ordenes() {
    let falta = FaultReport::begin(30, "cmdline", "claves en el entorno, el programa en marcha");
    let lago = Lago::nuevo();
    let claves = lago.server.credentials().clone();
    let proxy = lago.proxy(5, [Rule::get(Fault::Hang).suffix(".parquet")]);
    let corriendo = lago
        .comando(proxy.storage_options(&lago.server), &[])
        .spawn()
        .unwrap();
    let pid = corriendo.pid();
    let limite = Instant::now() + Duration::from_secs(30);
    while proxy.faults().is_empty() {
        assert!(Instant::now() < limite, "no llegó a leer");
        std::thread::yield_now();
    }
    let linea = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(!linea.is_empty());
    assert_eq!(claves.occurrences(&linea), 0);
    assert_eq!(hijos_de(pid), 0, "no arranca a nadie");
    let f = corriendo
        .kill_when(&Trigger::After(Duration::ZERO))
        .unwrap();
    assert_eq!(f.signal, Some(9));
    falta.passed(
        proxy.faults().len(),
        "0 apariciones en su línea de órdenes; no arranca otros procesos",
    );
}

/// How many processes have this one as their parent.
fn hijos_de(pid: u32) -> usize {
    let padre = |entrada: fs::DirEntry| -> Option<u32> {
        let stat = fs::read_to_string(entrada.path().join("stat")).ok()?;
        // `pid (name) state parent …`, and the name may hold anything.
        let (_, resto) = stat.rsplit_once(')')?;
        resto.split_ascii_whitespace().nth(1)?.parse().ok()
    };
    let procesos = fs::read_dir("/proc").unwrap().flatten();
    procesos.filter_map(padre).filter(|p| *p == pid).count()
}
