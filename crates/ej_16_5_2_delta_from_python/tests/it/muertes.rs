//! A writer of Rust killed while it overwrites: whatever the step, the table is the old one until the commit, and the new one after it.

use crate::programa::ventas;
use crate::{copiar, espera};
use ecommerce_testkit::process::{Child, Steps, Trigger};
use ej_16_5_2_delta_from_python::{Sale, contents, contents_at, latest, overwrite, sales};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Rows of the table and of what overwrites it. Large enough that the data file is written in several pieces.
pub(crate) const FILAS: u64 = 200_000;

/// A table at version 0, and the two contents that it may have.
pub(crate) struct Antes {
    dir: TempDir,
    pub(crate) vieja: Vec<Sale>,
    pub(crate) nueva: Vec<Sale>,
}

impl Antes {
    pub(crate) fn nueva() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ordenadas = |marca| {
            let mut filas = sales(marca, FILAS);
            filas.sort_by(|a, b| a.partial_cmp(b).unwrap());
            filas
        };
        espera(overwrite(&dir.path().join("original"), &sales(0, FILAS))).unwrap();
        Self {
            vieja: ordenadas(0),
            nueva: ordenadas(1),
            dir,
        }
    }

    /// A copy to be overwritten.
    pub(crate) fn copia(&self, nombre: &str) -> PathBuf {
        let copia = self.dir.path().join(nombre);
        copiar(&self.dir.path().join("original"), &copia);
        copia
    }

    pub(crate) fn raiz(&self) -> &Path {
        self.dir.path()
    }

    /// Whether the new version is there; the content must be one of the two either way.
    pub(crate) fn es_la_nueva(&self, tabla: &Path) -> bool {
        let version = espera(latest(tabla)).unwrap();
        let hay = espera(contents(tabla)).unwrap();
        assert_eq!(
            espera(contents_at(tabla, 0)).unwrap(),
            self.vieja,
            "{}",
            tabla.display()
        );
        match version {
            0 => assert!(hay == self.vieja, "{}", tabla.display()),
            1 => assert!(hay == self.nueva, "{}", tabla.display()),
            otra => panic!("versión {otra}"),
        }
        version == 1
    }
}

/// How kills landed.
#[derive(Default, Debug)]
pub(crate) struct Cuenta {
    pub(crate) antes_del_commit: usize,
    pub(crate) despues: usize,
    pub(crate) tarde: usize,
}

impl Cuenta {
    fn anota(&mut self, senal: Option<i32>, es_la_nueva: bool) {
        match (senal, es_la_nueva) {
            (Some(9), false) => self.antes_del_commit += 1,
            (Some(9), true) => self.despues += 1,
            _ => self.tarde += 1,
        }
    }
}

impl Antes {
    /// A writer killed before each call that changes a name on the disk, and after it has written ever more of its data.
    pub(crate) fn muertes(&self, escribir: impl Fn(&Path) -> Child, puntos: u64) -> Cuenta {
        let mut cuenta = Cuenta::default();
        let entera = self.copia("entera");
        let pasos = Steps::namespace().under(self.raiz());
        let todos = pasos.count(&escribir(&entera)).unwrap();
        assert!(todos.finished.success(), "{:?}", todos.finished);
        assert!(self.es_la_nueva(&entera));
        for n in 1..=todos.calls.len() {
            let tabla = self.copia(&format!("paso{n}"));
            let golpe = pasos.kill_at(n, &escribir(&tabla)).unwrap();
            assert!(golpe.landed, "paso {n} de {:?}", todos.calls);
            cuenta.anota(Some(9), self.es_la_nueva(&tabla));
            std::fs::remove_dir_all(&tabla).unwrap();
        }
        for umbral in bytes(&self.copia("medida"), puntos) {
            let tabla = self.copia("bytes");
            self.muere(
                &escribir,
                &tabla,
                Trigger::TreeBytes(tabla.clone(), umbral),
                &mut cuenta,
            );
            // Whoever comes next is not in the way of the dead.
            if !self.es_la_nueva(&tabla) {
                assert!(escribir(&tabla).run().unwrap().success());
            }
            std::fs::remove_dir_all(&tabla).unwrap();
        }
        println!("pasos {:?}", todos.calls);
        cuenta
    }

    /// A writer killed at this moment, counted.
    pub(crate) fn muere(
        &self,
        escribir: impl Fn(&Path) -> Child,
        tabla: &Path,
        cuando: Trigger,
        cuenta: &mut Cuenta,
    ) {
        let golpe = escribir(tabla).spawn().unwrap().kill_when(&cuando).unwrap();
        cuenta.anota(golpe.signal, self.es_la_nueva(tabla));
    }
}

/// Bytes of the data file that are there when a writer is killed: a spread over its length.
pub(crate) fn bytes(tabla: &Path, puntos: u64) -> Vec<u64> {
    let ahora: u64 = std::fs::read_dir(tabla)
        .unwrap()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "parquet"))
        .map(|e| e.metadata().unwrap().len())
        .sum();
    // The new file is about as long as the old one.
    (0..puntos)
        .map(|n| ahora + 1 + n * ahora / puntos)
        .collect()
}

#[test]
fn un_escritor_de_rust_muerto_en_cualquier_paso_deja_la_tabla_vieja_o_la_nueva() {
    let antes = Antes::nueva();
    let filas = FILAS.to_string();
    let escribir =
        |tabla: &Path| ventas("sobrescribir", tabla, &["--filas", &filas, "--marca", "1"]);
    let cuenta = antes.muertes(escribir, 6);
    println!("{cuenta:?}");
    assert!(cuenta.antes_del_commit >= 4, "{cuenta:?}");
}
