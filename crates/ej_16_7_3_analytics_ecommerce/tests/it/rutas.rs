//! Paths that lead elsewhere: nothing is read or written outside the input and the tables, and nothing hangs.

use crate::bancada::{Bancada, FECHA, SIGUIENTE, falla};
use crate::registro_roto::error_claro;
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp::{Tree, tree_digest};
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

fn pronto(orden: Child) -> Finished {
    let f = orden.timeout(Duration::from_secs(20)).run().unwrap();
    assert!(!f.timed_out, "se cuelga: {f:?}");
    f
}

#[test]
fn de_fuera_de_la_entrada_no_se_lee_nada() {
    let falta = FaultReport::begin(
        22,
        "entrada",
        "..; NUL; tuberías; /dev/zero; enlaces que salen de la entrada",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    // What must not be read: a good file of events, with a name of its own.
    b.eventos_en("fuera", 9, 1, 1_000, ecommerce_arrow::Format::Csv);
    let secreto = b.ruta(&format!("fuera/fecha={FECHA}/part-00000.csv"));
    let fifo = b.ruta("tuberia.parquet");
    let mkfifo = Child::new("mkfifo").arg(&fifo).run().unwrap();
    assert!(mkfifo.success());
    let antes = Tree::of(b.ruta("metricas")).unwrap().digest();
    let entrada = |texto: &str| pronto(b.crudo(&["-f", FECHA, "-e", texto, "-s", "metricas"]));
    let mut veces = 0;
    for (texto, codigo) in [
        ("file:///tmp/%00x", 2),
        ("/dev/zero", 3),
        ("/dev/null", 3),
        ("tuberia.parquet", 3),
        ("/proc/self/mem", 3),
        ("no/../../no", 3),
        ("", 2),
    ] {
        let f = entrada(texto);
        falla(&f, codigo, &[]);
        veces += 1;
    }
    type Trampa<'a> = (&'a str, &'a std::path::Path);
    let trampas: [Trampa<'_>; 4] = [
        ("part-90000.csv", &secreto),
        ("part-90000.parquet", std::path::Path::new("/dev/zero")),
        ("part-90000.csv", std::path::Path::new("/etc/passwd")),
        ("part-90000.parquet", &fifo),
    ];
    for (nombre, destino) in trampas {
        let enlace = b.dia().join(nombre);
        symlink(destino, &enlace).unwrap();
        falla(
            &pronto(b.comando(&[])),
            3,
            &[nombre, "fuera del directorio de entrada"],
        );
        fs::remove_file(&enlace).unwrap();
        veces += 1;
    }
    // The day's directory itself leads out.
    fs::create_dir(b.ruta("enlazada")).unwrap();
    symlink(
        b.ruta(&format!("fuera/fecha={FECHA}")),
        b.ruta(&format!("enlazada/fecha={FECHA}")),
    )
    .unwrap();
    falla(
        &entrada("enlazada"),
        3,
        &["fuera del directorio de entrada"],
    );
    veces += 1;
    assert_eq!(Tree::of(b.ruta("metricas")).unwrap().digest(), antes);
    // `..` inside a path that a person types is resolved, and means what it says.
    assert_eq!(entrada("nuevos/../eventos").code, Some(0));
    falta.passed(veces, "salen con 2 o 3 en menos de 20 s; la tabla, intacta");
}

#[test]
fn fuera_de_la_tabla_no_se_escribe_ni_se_borra_nada() {
    let falta = FaultReport::begin(
        22,
        "salida",
        "enlaces dentro de la tabla y rutas del registro que salen de ella",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    b.guarda("sana");
    fs::create_dir_all(b.ruta("fuera/dentro")).unwrap();
    let origen = fs::read_dir(b.dia()).unwrap().flatten().next().unwrap();
    fs::copy(origen.path(), b.ruta("fuera/dentro/part-0.parquet")).unwrap();
    fs::write(b.ruta("fuera/nota.txt"), "importante").unwrap();
    let fuera = || tree_digest(b.ruta("fuera")).unwrap();
    let antes = fuera();
    let mantiene = || {
        let orden = [
            "mantener",
            "--tabla",
            "metricas",
            "--ejecutar",
            "--retencion",
            "0",
        ];
        pronto(b.crudo(&orden))
    };
    let consulta = || {
        let sql = "SELECT count(*) AS n FROM metricas_diarias";
        let orden = ["consultar", sql, "--tabla", "metricas", "--formato", "csv"];
        pronto(b.crudo(&orden))
    };
    let sanas = consulta().stdout_text();
    let mut veces = 0;
    // A day, the log, or something deep inside is a link that leads out.
    for enlace in [
        format!("metricas/fecha={SIGUIENTE}"),
        "metricas/otra".to_owned(),
        "metricas/_delta_log".to_owned(),
    ] {
        b.restaura("sana");
        let _ = fs::remove_dir_all(b.ruta(&enlace));
        symlink(b.ruta("fuera"), b.ruta(&enlace)).unwrap();
        for f in [
            pronto(b.dia_de("eventos", SIGUIENTE)),
            mantiene(),
            consulta(),
        ] {
            falla(&f, 2, &["un enlace que lleva fuera"]);
            veces += 1;
        }
        fs::remove_file(b.ruta(&enlace)).unwrap();
    }
    b.restaura("sana");
    symlink(
        b.ruta("fuera"),
        b.ruta(&format!("metricas/fecha={FECHA}/hondo")),
    )
    .unwrap();
    falla(&mantiene(), 2, &["un enlace que lleva fuera"]);
    veces += 1;
    // The log names files outside: to be read, and to be removed.
    let raiz = b.ruta("fuera/dentro/part-0.parquet");
    let tamano = fs::metadata(&raiz).unwrap().len();
    let absoluta = raiz.display().to_string();
    for ruta in [
        "../fuera/dentro/part-0.parquet".to_owned(),
        "fecha=2024-01-15/../../fuera/dentro/part-0.parquet".to_owned(),
        absoluta.clone(),
        format!("file://{absoluta}"),
    ] {
        for accion in [
            format!(
                r#"{{"add":{{"path":"{ruta}","partitionValues":{{"fecha":"{FECHA}"}},"size":{tamano},"modificationTime":1,"dataChange":true}}}}"#
            ),
            format!(
                r#"{{"remove":{{"path":"{ruta}","deletionTimestamp":1,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{{"fecha":"{FECHA}"}},"size":{tamano}}}}}"#
            ),
        ] {
            b.restaura("sana");
            let commit = b.ruta("metricas/_delta_log/00000000000000000001.json");
            fs::write(commit, format!("{accion}\n")).unwrap();
            let f = consulta();
            if f.code == Some(0) {
                assert_eq!(f.stdout_text(), sanas, "{accion}");
            } else {
                error_claro(&f, &accion);
            }
            // It may do its work or refuse; what is outside stays.
            let f = mantiene();
            assert!(!f.crashed(), "{accion}: {f:?}");
            assert_eq!(fuera(), antes, "{accion}");
            veces += 1;
        }
    }
    assert_eq!(fuera(), antes);
    falta.passed(veces, "lo de fuera, byte a byte; ni leído ni borrado");
}
