//! An input of eight times the memory: what finishes, what does not, and how it ends.
//!
//! The limit is RLIMIT_DATA, set by the working process on itself: it needs no privilege, and counts heap and stacks but not the
//! mapped program and input. Everything else in the process counts: some 30 MiB before the first row.

use crate::datos::{bien, eventos, generacion, procesar, regiones, regiones_de, una_linea};
use ecommerce_testkit::temp::Tree;
use ej_16_3_3_larger_than_ram::{Generation, Input, escribir_clientes};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const LIMITE: u64 = 112;

/// An input of at least eight times the limit, in row groups of about `grupo` MiB.
pub(crate) struct Grande {
    pub(crate) dir: TempDir,
    pub(crate) que: Generation,
    pub(crate) entrada: PathBuf,
    pub(crate) clientes: PathBuf,
    pub(crate) salida: PathBuf,
}

impl Grande {
    pub(crate) fn de(mib: u64, grupo: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let que = generacion(mib << 8, 4096, grupo << 8);
        let de = |nombre: &str| dir.path().join(nombre);
        let (entrada, clientes, salida) = (de("e.parquet"), de("c.parquet"), de("s.parquet"));
        eventos(que, &entrada);
        escribir_clientes(que, &clientes).unwrap();
        assert!(Input::open(&entrada).unwrap().decoded_bytes >= mib << 20);
        Self {
            dir,
            que,
            entrada,
            clientes,
            salida,
        }
    }

    pub(crate) fn unir(&self) -> String {
        format!("--operacion unir --con {}", self.clientes.display())
    }

    /// Fails for memory, in one line, and leaves nothing.
    pub(crate) fn sin_memoria(&self, orden: &str, limite: u64) {
        let antes = Tree::of(self.dir.path()).unwrap();
        let fin = procesar(
            &format!("{orden} --limite {limite}"),
            &self.entrada,
            &self.salida,
        )
        .run()
        .unwrap();
        let linea = una_linea(&fin, 6);
        assert!(
            linea.starts_with("sin memoria: ")
                && linea.contains(&format!(" bajo el límite de {limite} MiB; llegó a ")),
            "{orden}: {linea}"
        );
        assert_eq!(
            antes.changes(&Tree::of(self.dir.path()).unwrap()),
            [],
            "{orden}"
        );
    }

    /// Finishes, and the kernel counted no more than the limit; the rows of the result.
    pub(crate) fn termina(&self, orden: &str, limite: u64) -> u64 {
        self.informe(orden, limite)["filas"].as_u64().unwrap()
    }

    /// The same; what the program tells of it.
    fn informe(&self, orden: &str, limite: u64) -> serde_json::Value {
        let fin = procesar(
            &format!("{orden} --limite {limite}"),
            &self.entrada,
            &self.salida,
        )
        .run()
        .unwrap();
        let informe = bien(&fin);
        assert!(
            informe["pico_datos"].as_u64().unwrap() <= limite << 20,
            "{orden}: {informe}"
        );
        assert_eq!(informe["filas_entrada"].as_u64().unwrap(), self.que.rows);
        informe
    }
}

#[test]
fn con_ocho_veces_la_memoria_el_streaming_agrega_y_el_motor_en_memoria_no() {
    let grande = Grande::de(8 * LIMITE, 4);
    let informe = grande.informe("--operacion agregar --motor streaming", LIMITE);
    // What RLIMIT_AS would have counted: it could not have told a mapped file from memory.
    assert!(
        informe["pico_mapeado"].as_u64().unwrap() > LIMITE << 20,
        "{informe}"
    );
    assert_eq!(regiones_de(&grande.salida), regiones(grande.que));
    std::fs::remove_file(&grande.salida).unwrap();

    grande.sin_memoria("--operacion agregar --motor memoria", LIMITE);
    // A full sort is the in-memory engine's on both: it needs all rows.
    grande.sin_memoria("--operacion ordenar --motor streaming", LIMITE);
    grande.sin_memoria("--operacion ordenar --motor memoria", LIMITE);
    // A join keeps one side whole: the file itself does not fit.
    let consigo = format!(
        "--operacion unir --clave evento_id --con {}",
        grande.entrada.display()
    );
    grande.sin_memoria(&consigo, LIMITE);
}

#[test]
fn con_ocho_veces_la_memoria_unir_con_una_tabla_pequena_y_ordenar_por_tramos_terminan() {
    let grande = Grande::de(8 * LIMITE, 1);
    let unidas = grande.termina(&grande.unir(), LIMITE);
    assert_eq!(unidas, crate::datos::leer(&grande.salida).height() as u64);
    assert!(unidas < grande.que.rows, "hay eventos sin cliente");
    grande.sin_memoria(&format!("{} --motor memoria", grande.unir()), LIMITE);

    let tramos = "--operacion ordenar-por-tramos --tramo 16";
    assert_eq!(grande.termina(tramos, LIMITE), grande.que.rows);
    comprobar_orden(&grande.salida, grande.que.rows);
}

/// Strictly increasing keys: all rows, each once.
pub(crate) fn comprobar_orden(salida: &Path, filas: u64) {
    use polars::prelude::{ParquetReader, SerReader as _};
    let claves = ParquetReader::new(std::fs::File::open(salida).unwrap())
        .with_columns(Some(vec!["evento_id".into()]))
        .finish()
        .unwrap();
    let claves = claves
        .column("evento_id")
        .unwrap()
        .as_materialized_series()
        .clone();
    let claves = claves.str().unwrap();
    assert_eq!(claves.len() as u64, filas);
    let valores: Vec<&str> = claves.iter().map(Option::unwrap).collect();
    assert!(valores.windows(2).all(|par| par[0] < par[1]));
}

/// The peak of anonymous memory of an aggregation or a join without a limit.
fn pico(orden: &str, entrada: &Path, salida: &Path) -> u64 {
    let fin = procesar(orden, entrada, salida).run().unwrap();
    bien(&fin)["pico_anonimo"].as_u64().unwrap()
}

/// The same rows, 96 MiB of them, in one row group and in forty-eight.
#[test]
fn un_archivo_de_un_solo_grupo_no_se_lee_por_partes() {
    let dir = tempfile::tempdir().unwrap();
    let de = |nombre: &str| dir.path().join(nombre);
    let pico_de = |filas_por_grupo| {
        eventos(generacion(24_576, 4_096, filas_por_grupo), &de("e.parquet"));
        pico("--operacion agregar", &de("e.parquet"), &de("s.parquet"))
    };
    let (uno, muchos) = (pico_de(24_576), pico_de(512));
    assert!(uno > 96 << 20 && muchos < 64 << 20, "{uno} {muchos}");
}

/// Polars samples both sides before it chooses; told which is the smaller, it keeps that one alone.
#[test]
fn decir_el_lado_pequeno_ahorra_guardar_el_grande() {
    let dir = tempfile::tempdir().unwrap();
    let de = |nombre: &str| dir.path().join(nombre);
    let que = generacion(80_000, 4_096, 256);
    eventos(que, &de("e.parquet"));
    escribir_clientes(que, &de("c.parquet")).unwrap();
    let unir = format!("--operacion unir --con {}", de("c.parquet").display());
    let dicho = pico(&unir, &de("e.parquet"), &de("s.parquet"));
    let adivinado = pico(
        &format!("{unir} --adivinar"),
        &de("e.parquet"),
        &de("s.parquet"),
    );
    assert!(adivinado > dicho + dicho / 2, "{adivinado} {dicho}");
}
