//! The run, with engines that are made up: what each answer becomes in the matrix.

use ej_16_5_3_delta_rs_vs_spark::engine::Engine;
use ej_16_5_3_delta_rs_vs_spark::{
    Action, Answer, Cell, Content, Matrix, Outcome, RunError, Who, catalogue, run,
};
use std::fs;
use std::path::Path;

/// Keeps the content of a table in a file of it, and does one thing in its own way.
struct Fingido {
    quien: Who,
    falla: Option<Defecto>,
}

#[derive(Clone, Copy, PartialEq)]
enum Defecto {
    NoSabeHacer,
    NoDejaTabla,
    HaceOtraCosa,
    NoDejaHuella,
    NoSabeLeer,
    NoSabeEscribir,
    EscribeOtraCosa,
    EscribeYFalla,
    EscribeIlegible,
    NoMantiene,
}

const CLAVE: &str = "rastreo";
const HECHA: &str = "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25";
const ESCRITA: &str = "id region monto | 1 norte 10.5 | 2 sur 20.0 | 3 norte 30.25 | 4 este 40.0";

impl Fingido {
    fn dejar(tabla: &Path, contenido: &str, huella: bool) {
        let registro = tabla.join("_delta_log");
        fs::create_dir_all(&registro).unwrap();
        fs::write(tabla.join("contenido"), contenido).unwrap();
        let commits = fs::read_dir(&registro).unwrap().count();
        let accion = if huella {
            r#"{"add":{"path":"a","baseRowId":0}}"#
        } else {
            r#"{"add":{"path":"a"}}"#
        };
        fs::write(registro.join(format!("{commits:020}.json")), accion).unwrap();
    }
}

impl Engine for Fingido {
    fn who(&self) -> Who {
        self.quien
    }

    fn versions(&mut self) -> Result<Vec<(String, String)>, RunError> {
        Ok(vec![(self.quien.to_string(), "1".into())])
    }

    fn ask(&mut self, accion: Action, clave: &str, tabla: &Path) -> Result<Answer, RunError> {
        assert_eq!(clave, CLAVE);
        let falla = self.falla;
        let dicho: Answer = match accion {
            Action::Hacer if falla == Some(Defecto::NoSabeHacer) => Err("no sé hacerla".into()),
            Action::Hacer if falla == Some(Defecto::NoDejaTabla) => Ok(None),
            Action::Hacer => {
                let hecha = if falla == Some(Defecto::HaceOtraCosa) {
                    "id region monto"
                } else {
                    HECHA
                };
                Self::dejar(tabla, hecha, falla != Some(Defecto::NoDejaHuella));
                Ok(None)
            }
            Action::Leer if falla == Some(Defecto::NoSabeLeer) => Err("no sé leerla".into()),
            Action::Leer => match fs::read_to_string(tabla.join("contenido"))
                .unwrap()
                .as_str()
            {
                "ilegible" => Err("está rota".into()),
                texto => Ok(Some(Content::of(texto))),
            },
            Action::Escribir => match falla {
                Some(Defecto::NoSabeEscribir) => Err("no sé escribirla".into()),
                Some(Defecto::EscribeYFalla) => {
                    Self::dejar(tabla, ESCRITA, true);
                    Err("se cayó".into())
                }
                _ => {
                    let escrita = match falla {
                        Some(Defecto::EscribeOtraCosa) => HECHA,
                        Some(Defecto::EscribeIlegible) => "ilegible",
                        _ => ESCRITA,
                    };
                    Self::dejar(tabla, escrita, falla != Some(Defecto::NoMantiene));
                    Ok(None)
                }
            },
        };
        Ok(dicho)
    }
}

/// Rust does one thing wrong; Python and Spark do everything right.
fn con(falla: Option<Defecto>) -> Matrix {
    let dir = tempfile::tempdir().unwrap();
    let mut motores: Vec<Box<dyn Engine>> = Who::ALL
        .into_iter()
        .map(|quien| {
            let falla = falla.filter(|_| quien == Who::Rust);
            Box::new(Fingido { quien, falla }) as Box<dyn Engine>
        })
        .collect();
    let funciones: Vec<_> = catalogue()
        .iter()
        .filter(|f| f.key == CLAVE)
        .copied()
        .collect();
    let mut vistas = 0;
    let matriz = run(&mut motores, &funciones, dir.path(), &mut |_| vistas += 1).unwrap();
    assert_eq!(vistas, 1);
    matriz
}

fn celda(falla: Defecto, celda: Cell) -> Outcome {
    con(Some(falla)).row(CLAVE).unwrap().at(celda).clone()
}

#[test]
fn si_todos_lo_hacen_bien_todo_es_si() {
    let matriz = con(None);
    assert_eq!(matriz.count(|_| true), (15, 15));
    assert_eq!(matriz.versions.len(), 3);
}

#[test]
fn lo_que_no_se_sabe_hacer_es_su_error_y_los_demas_no_tienen_tabla() {
    let matriz = con(Some(Defecto::NoSabeHacer));
    let fila = matriz.row(CLAVE).unwrap();
    assert_eq!(
        fila.at(Cell::Made(Who::Rust)),
        &Outcome::Failed("no sé hacerla".into())
    );
    for otra in [
        Cell::Read(Who::Rust, Who::Spark),
        Cell::Written(Who::Rust, Who::Python),
    ] {
        assert_eq!(fila.at(otra), &Outcome::NoTable);
    }
    // It may still read and write what others made.
    assert_eq!(fila.at(Cell::Written(Who::Spark, Who::Rust)), &Outcome::Yes);
    assert_eq!(matriz.count(|_| true), (10, 11));
}

#[test]
fn hacer_otra_cosa_no_hacer_nada_y_no_usarla_se_distinguen() {
    let hecha = Cell::Made(Who::Rust);
    assert_eq!(
        celda(Defecto::NoDejaTabla, hecha),
        Outcome::Wrong("no hay tabla".into())
    );
    let otra = celda(Defecto::HaceOtraCosa, hecha);
    assert_eq!(
        otra,
        Outcome::Wrong("falta la fila (1, 10.5, norte)".into())
    );
    assert_eq!(celda(Defecto::NoDejaHuella, hecha), Outcome::Unused);
    // A table without the feature proves nothing about those who read it.
    assert_eq!(
        celda(Defecto::NoDejaHuella, Cell::Read(Who::Rust, Who::Spark)),
        Outcome::NoTable
    );
}

#[test]
fn no_saber_leer_se_ve_en_la_tabla_de_otro() {
    let leida = celda(Defecto::NoSabeLeer, Cell::Read(Who::Spark, Who::Rust));
    assert_eq!(leida, Outcome::Failed("no sé leerla".into()));
}

#[test]
fn el_error_al_escribir_es_limpio_solo_si_la_tabla_queda_como_estaba() {
    let escrita = Cell::Written(Who::Spark, Who::Rust);
    assert_eq!(
        celda(Defecto::NoSabeEscribir, escrita),
        Outcome::Failed("no sé escribirla".into())
    );
    assert_eq!(
        celda(Defecto::EscribeYFalla, escrita),
        Outcome::Wrong("falla a medias: se cayó".into())
    );
    assert_eq!(
        celda(Defecto::NoSabeEscribir, Cell::Made(Who::Rust)),
        Outcome::Failed("al seguir escribiendo: no sé escribirla".into())
    );
}

#[test]
fn escribir_mal_se_nota_aunque_nadie_de_un_error() {
    let escrita = Cell::Written(Who::Spark, Who::Rust);
    assert_eq!(
        celda(Defecto::EscribeOtraCosa, escrita),
        Outcome::Wrong("falta la fila (4, 40.0, este)".into())
    );
    assert_eq!(
        celda(Defecto::EscribeIlegible, escrita),
        Outcome::Wrong("Spark ya no la lee: está rota".into())
    );
    assert!(
        matches!(celda(Defecto::NoMantiene, escrita), Outcome::Wrong(que) if que.contains("la función promete"))
    );
}
