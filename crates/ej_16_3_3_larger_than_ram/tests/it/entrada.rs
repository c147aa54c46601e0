//! Bad input and bad places: one line that says which, and nothing written.

use crate::datos::{eventos, generacion, procesar, programa, una_linea};
use ecommerce_testkit::temp::Tree;
use polars::prelude::{ParquetWriter, df};
use std::fs::{self, File};
use std::path::PathBuf;

struct Lugar {
    dir: tempfile::TempDir,
}

impl Lugar {
    fn nuevo() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lugar = Self { dir };
        eventos(generacion(2_000, 60, 400), &lugar.ruta("e.parquet"));
        let bytes = fs::read(lugar.ruta("e.parquet")).unwrap();
        fs::write(lugar.ruta("cortado.parquet"), &bytes[..bytes.len() / 2]).unwrap();
        fs::write(lugar.ruta("vacio.parquet"), "").unwrap();
        fs::write(lugar.ruta("texto.parquet"), "region,monto\nnorte,1\n").unwrap();
        fs::create_dir(lugar.ruta("directorio")).unwrap();
        fs::hard_link(lugar.ruta("e.parquet"), lugar.ruta("e2.parquet")).unwrap();
        let mut otra = df!["zona" => ["norte"], "monto" => [1.0]].unwrap();
        ParquetWriter::new(File::create(lugar.ruta("otra.parquet")).unwrap())
            .finish(&mut otra)
            .unwrap();
        lugar
    }

    fn ruta(&self, nombre: &str) -> PathBuf {
        self.dir.path().join(nombre)
    }
}

#[test]
fn una_entrada_que_no_sirve_sale_con_3_y_se_nombra() {
    let lugar = Lugar::nuevo();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    for (nombre, porque) in [
        ("falta.parquet", "no existe"),
        ("vacio.parquet", "archivo dañado"),
        ("cortado.parquet", "archivo dañado"),
        ("texto.parquet", "archivo dañado"),
        ("directorio", "no es un archivo"),
        (
            "otra.parquet",
            "falta la columna 'region'; tiene zona, monto",
        ),
    ] {
        let (entrada, salida) = (lugar.ruta(nombre), lugar.ruta("s.parquet"));
        let guia = programa()
            .args(["guia", "--entrada"])
            .arg(&entrada)
            .arg("--salida")
            .arg(&salida);
        let ordenes = [
            guia,
            procesar("--operacion agregar", &entrada, &salida),
            procesar("--operacion agregar --motor memoria", &entrada, &salida),
        ];
        for orden in ordenes {
            let linea = una_linea(&orden.run().unwrap(), 3);
            let principio = format!("{}: {porque}", entrada.display());
            assert!(linea.starts_with(&principio), "{linea}");
        }
    }
    assert_eq!(antes.changes(&Tree::of(lugar.dir.path()).unwrap()), []);
}

#[test]
fn la_otra_tabla_de_una_union_se_comprueba_tambien() {
    let lugar = Lugar::nuevo();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    for (con, porque) in [
        ("cortado.parquet", "archivo dañado"),
        (
            "otra.parquet",
            "falta la columna 'user_id'; tiene zona, monto",
        ),
    ] {
        let orden = format!("--operacion unir --con {}", lugar.ruta(con).display());
        let fin = procesar(&orden, &lugar.ruta("e.parquet"), &lugar.ruta("s.parquet"))
            .run()
            .unwrap();
        let linea = una_linea(&fin, 3);
        assert!(
            linea.starts_with(&format!("{}: {porque}", lugar.ruta(con).display())),
            "{linea}"
        );
    }
    assert_eq!(antes.changes(&Tree::of(lugar.dir.path()).unwrap()), []);
}

#[test]
fn la_salida_que_es_la_entrada_sale_con_2() {
    let lugar = Lugar::nuevo();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    let entrada = lugar.ruta("e.parquet");
    for salida in ["e.parquet", "e2.parquet"] {
        let salida = lugar.ruta(salida);
        let fin = procesar("--operacion agregar", &entrada, &salida)
            .run()
            .unwrap();
        let dicho = format!("la salida {} es la entrada: elija otra", salida.display());
        assert_eq!(una_linea(&fin, 2), dicho);
    }
    let con = format!(
        "--operacion unir --con {}",
        lugar.ruta("otra.parquet").display()
    );
    let fin = procesar(&con, &entrada, &lugar.ruta("otra.parquet"))
        .run()
        .unwrap();
    assert!(una_linea(&fin, 2).ends_with("es la entrada: elija otra"));
    assert_eq!(antes.changes(&Tree::of(lugar.dir.path()).unwrap()), []);
}

#[test]
fn una_salida_donde_no_se_puede_escribir_sale_con_5_y_se_nombra() {
    let lugar = Lugar::nuevo();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    let entrada = lugar.ruta("e.parquet");
    for (salida, nombra) in [
        (lugar.ruta("no/existe/s.parquet"), lugar.ruta("no/existe")),
        (
            lugar.ruta("vacio.parquet/s.parquet"),
            lugar.ruta("vacio.parquet"),
        ),
        (lugar.ruta("directorio"), lugar.ruta("directorio")),
        ("/proc/s.parquet".into(), "/proc".into()),
    ] {
        let guia = programa()
            .args(["guia", "--entrada"])
            .arg(&entrada)
            .arg("--salida")
            .arg(&salida);
        for orden in [guia, procesar("--operacion agregar", &entrada, &salida)] {
            let linea = una_linea(&orden.run().unwrap(), 5);
            assert!(linea.starts_with("no se puede escribir: "), "{linea}");
            assert!(linea.contains(nombra.to_str().unwrap()), "{linea}");
        }
    }
    assert_eq!(antes.changes(&Tree::of(lugar.dir.path()).unwrap()), []);
}

/// A file that may not grow past a few bytes: what a full disk looks like to the writer.
#[test]
fn un_disco_sin_sitio_sale_con_5_y_no_deja_nada() {
    let lugar = Lugar::nuevo();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    let (entrada, salida) = (lugar.ruta("e.parquet"), lugar.ruta("s.parquet"));
    for operacion in ["ordenar", "ordenar-por-tramos"] {
        let orden = procesar(&format!("--operacion {operacion}"), &entrada, &salida);
        let fin = orden.limit_file_size(4096).run().unwrap();
        let linea = una_linea(&fin, 5);
        assert!(linea.starts_with("no se puede escribir: "), "{linea}");
        assert_eq!(
            antes.changes(&Tree::of(lugar.dir.path()).unwrap()),
            [],
            "{operacion}"
        );
    }
}

#[test]
fn los_argumentos_que_no_se_entienden_salen_con_2() {
    for (orden, dicho) in [
        (
            "agregar",
            "la orden 'agregar' no existe; ¿quería decir 'generar'? (ver --help)",
        ),
        ("guia --entrada a", "falta --salida <RUTA> (ver --help)"),
        (
            "procesar --operacion sumar --entrada a --salida b",
            "valor no admitido en --operacion <OPERACIÓN>: se espera agregar, ordenar, ordenar-por-tramos, unir (ver --help)",
        ),
        (
            "procesar --operacion unir --entrada a --salida b",
            "falta --con <RUTA> (ver --help)",
        ),
        (
            "procesar --operacion agregar --limite 0 --entrada a --salida b",
            "valor no válido en --limite <MIB>: se espera un número entero en 1..16777216 (ver --help)",
        ),
        (
            "generar --filas muchas --salida a",
            "valor no válido en --filas <N>: no es un número entero (ver --help)",
        ),
        (
            "retrocesos --nodo",
            "la opción '--nodo' no existe; ¿quería decir '--nodos'? (ver --help)",
        ),
    ] {
        let fin = programa().args(orden.split_whitespace()).run().unwrap();
        assert_eq!(una_linea(&fin, 2), dicho);
    }
}

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos() {
    for (orden, trae) in [
        ("", "Ejemplos:\n  ej_16_3_3_larger_than_ram generar"),
        ("generar", "Filas por grupo de filas"),
        ("guia", "Parquet de una fila por región"),
        ("procesar", "Límite de memoria privada (RLIMIT_DATA)"),
        ("curva", "Repite la entrada mayor"),
        ("retrocesos", "Añade los nodos"),
    ] {
        let fin = programa()
            .args(orden.split_whitespace())
            .arg("--help")
            .run()
            .unwrap();
        assert_eq!(fin.code, Some(0));
        let ayuda = fin.stdout_text();
        assert!(ayuda.contains(trae) && ayuda.contains("\nUso: "), "{ayuda}");
        for ingles in ["Options", "Usage", "possible", "Print", "default"] {
            assert!(!ayuda.contains(ingles), "{orden}: {ingles}\n{ayuda}");
        }
    }
}
