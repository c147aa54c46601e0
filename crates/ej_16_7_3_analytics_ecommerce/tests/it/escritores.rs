//! Many at once: writers of the same day, of different days, and all kinds of work on one table while somebody reads.

use crate::bancada::{Bancada, FECHA, SIGUIENTE, json};
use crate::testigo::{Inv, Testigo};
use arrow::array::{ArrayRef, Date32Array, RecordBatch};
use arrow::compute::cast;
use deltalake::DeltaTableError;
use ecommerce_arrow::Format;
use ecommerce_pipeline::{Location, StorageOptions, TableKind, open_table, read_batches};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testlake::delta::Expected;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const PROCESOS: usize = 8;

/// What stands at the output when the writers start.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Estado {
    Ausente,
    /// Made by another day.
    Vacia,
    /// With the day, which the writers replace by other rows each round.
    Llena,
}

/// How writers ended.
#[derive(Default)]
pub(crate) struct Cuenta {
    pub(crate) compromisos: usize,
    pub(crate) rendidos: usize,
}

impl Cuenta {
    pub(crate) fn procesos(&self) -> usize {
        self.compromisos + self.rendidos
    }

    pub(crate) fn dicho(&self) -> String {
        format!(
            "{} compromisos y {} rendidos con 4, cada compromiso una vez en el registro, 0 filas dobles",
            self.compromisos, self.rendidos
        )
    }
}

/// Rounds of eight processes with the same day: one copy of its rows, every acknowledged run once in the log, no other.
pub(crate) fn carrera(b: &Bancada, rondas: usize, estado: Estado, testigo: Testigo) -> Cuenta {
    let inv = Inv::de(b, "metricas", testigo);
    let esperado = ["eventos", "nuevos"].map(|entrada| {
        b.sin_tablas();
        if estado != Estado::Ausente {
            b.publica("eventos", SIGUIENTE);
        }
        if entrada == "eventos" {
            b.guarda(&format!("{estado:?}"));
        }
        b.publica(entrada, FECHA);
        inv.como_esta()
    });
    if estado == Estado::Ausente {
        b.sin_tablas();
    }
    let mut cuenta = Cuenta::default();
    for ronda in 0..rondas {
        if estado != Estado::Llena {
            b.restaura(if estado == Estado::Ausente {
                "ninguna"
            } else {
                "Vacia"
            });
        }
        let entrada = ronda % 2;
        let antes = commits(&b.ruta("metricas")).len();
        let orden = b
            .dia_de(["eventos", "nuevos"][entrada], FECHA)
            .arg("--json");
        let procesos: Vec<_> = (0..PROCESOS).map(|_| orden.spawn().unwrap()).collect();
        let mut hechos = BTreeSet::new();
        for proceso in procesos {
            let f = proceso.wait().unwrap();
            match f.code {
                Some(0) => {
                    let id = json(&f)["ejecucion"].as_str().unwrap().to_owned();
                    assert!(hechos.insert(id), "dos corridas con un nombre");
                }
                Some(4) => cuenta.rendidos += 1,
                other => panic!("{other:?} {}", f.stderr_text()),
            }
        }
        cuenta.compromisos += hechos.len();
        let nuevos: Vec<String> = commits(&b.ruta("metricas")).split_off(antes);
        assert_eq!(nuevos.len(), hechos.len(), "{estado:?}, ronda {ronda}");
        for id in &hechos {
            let veces = nuevos.iter().filter(|commit| commit.contains(id)).count();
            assert_eq!(veces, 1, "{estado:?}, ronda {ronda}: {id}");
        }
        inv.exactamente(&esperado[entrada], &format!("{estado:?}, ronda {ronda}"));
    }
    cuenta
}

/// The texts of a table's commits, in their order.
pub(crate) fn commits(tabla: &Path) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(tabla.join("_delta_log"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn mismo_dia(parte: &'static str, estado: Estado, rondas: usize) {
    let falta = FaultReport::begin(
        5,
        parte,
        format!("{PROCESOS} escritores del mismo día × {rondas} rondas, tabla {parte}"),
    );
    let cuenta = carrera(&Bancada::chica(), rondas, estado, Testigo::de_aqui());
    falta.passed(cuenta.procesos(), cuenta.dicho());
}

#[test]
fn ocho_procesos_con_el_mismo_dia_dejan_una_copia() {
    mismo_dia("ausente", Estado::Ausente, 4);
}

#[test]
fn ocho_procesos_sobre_la_tabla_de_otro_dia_dejan_una_copia() {
    mismo_dia("vacía", Estado::Vacia, 3);
}

#[test]
fn ocho_procesos_que_reemplazan_el_dia_dejan_una_copia() {
    mismo_dia("llena", Estado::Llena, 3);
}

/// Rounds of eight processes, each with its own day, on a table that does not exist: none is lost.
pub(crate) fn cada_uno_su_dia(b: &Bancada, rondas: usize, testigo: Testigo) -> Cuenta {
    b.eventos_en("ocho", 7, PROCESOS as u32, 2_400, Format::Parquet);
    let dias: Vec<String> = (15..15 + PROCESOS)
        .map(|d| format!("2024-01-{d}"))
        .collect();
    for dia in &dias {
        b.publica("ocho", dia);
    }
    let inv = Inv::de(b, "metricas", testigo);
    let esperado = inv.como_esta();
    let mut cuenta = Cuenta::default();
    for ronda in 0..rondas {
        b.sin_tablas();
        let procesos: Vec<_> = dias
            .iter()
            .map(|dia| b.dia_de("ocho", dia).spawn().unwrap())
            .collect();
        for proceso in procesos {
            let f = proceso.wait().unwrap();
            assert_eq!(f.code, Some(0), "ronda {ronda}: {}", f.stderr_text());
            cuenta.compromisos += 1;
        }
        inv.exactamente(&esperado, &format!("ronda {ronda}"));
    }
    cuenta
}

#[test]
fn ocho_procesos_con_dias_distintos_no_se_pierden() {
    let falta = FaultReport::begin(6, "días", "8 escritores × 2 rondas, cada uno su día");
    let cuenta = cada_uno_su_dia(&Bancada::chica(), 2, Testigo::de_aqui());
    falta.passed(
        cuenta.compromisos,
        "todos salen con 0 y ningún día se pierde",
    );
}

#[test]
fn el_mismo_dia_tres_veces_y_luego_con_otra_entrada() {
    let falta = FaultReport::begin(8, "repetir", "el mismo día 3 veces; luego, otra entrada");
    let b = Bancada::chica();
    for dia in [FECHA, SIGUIENTE] {
        b.publica("eventos", dia);
    }
    let inv = Inv::de(&b, "metricas", Testigo::de_aqui());
    let esperado = inv.como_esta();
    let otro = || {
        let tablas = crate::bancada::TABLAS.map(|t| b.ruta(&format!("{t}/fecha={SIGUIENTE}")));
        tablas.map(|t| ecommerce_testkit::temp::tree_digest(t).unwrap())
    };
    let (intacto, mut veces) = (otro(), 0);
    for repeticion in 0..3 {
        b.publica("eventos", FECHA);
        inv.exactamente(&esperado, &format!("repetición {repeticion}"));
        veces += 1;
    }
    b.publica("nuevos", FECHA);
    veces += 1;
    let found = inv.mira();
    for (found, viejo) in found.iter().zip(&esperado) {
        // The day has other rows, and the other day the same: one violation, of this day.
        let violations = found.violations(viejo);
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(
            violations[0].to_string().starts_with(FECHA),
            "{violations:?}"
        );
    }
    assert_eq!(otro(), intacto);
    b.publica("eventos", FECHA);
    inv.exactamente(&esperado, "de vuelta");
    falta.passed(
        veces,
        "contenido igual por hash; luego cambia solo ese día, y el otro sigue byte a byte",
    );
}

/// When the work of [`convivencia`] ends.
#[derive(Clone, Copy)]
pub(crate) enum Hasta {
    Reemplazos(usize),
    Segundos(u64),
}

/// How often each kind of work was done.
#[derive(Default)]
pub(crate) struct Obras {
    pub(crate) reemplazos: AtomicUsize,
    pub(crate) anadidos: AtomicUsize,
    pub(crate) mantenimientos: AtomicUsize,
    pub(crate) borrados: AtomicUsize,
    pub(crate) lecturas: AtomicUsize,
    pub(crate) tardias: AtomicUsize,
}

impl Obras {
    pub(crate) fn dicho(&self) -> String {
        let n = |cuenta: &AtomicUsize| cuenta.load(Ordering::Relaxed);
        format!(
            "{} reemplazos, {} añadidos, {} mantenimientos que borraron {} archivos, {} lecturas: ni medio día ni un añadido perdido",
            n(&self.reemplazos),
            n(&self.anadidos),
            n(&self.mantenimientos),
            n(&self.borrados),
            n(&self.lecturas)
        )
    }
}

/// Files that nobody needs any more are kept this long: a reader that takes longer may find them gone.
const RETENCION: Duration = Duration::from_secs(20);
/// The day to which single rows are added: before all others.
const ANADIDOS: &str = "2023-01-01";

/// Two days replaced over and over by one of two inputs, rows added to a third, compaction and removal, and readers, all
/// at once: a reader sees each day whole, in one of its two forms, and never fewer added rows than before.
pub(crate) fn convivencia(b: &Bancada, hasta: Hasta, testigo: Option<Testigo>) -> Obras {
    let dias = [FECHA, SIGUIENTE];
    let inv = Inv::de(b, "metricas", Testigo::de_aqui());
    // What each day looks like with each input: to the program's own reader, and to the independent one.
    let (mut formas, mut contenidos) = (BTreeSet::new(), BTreeMap::<String, Vec<String>>::new());
    for entrada in ["nuevos", "eventos"] {
        for dia in dias {
            b.publica(entrada, dia);
        }
        formas.extend(lee(b).0);
        let [.., metricas] = inv.mira();
        for dia in dias {
            let contenido = metricas.day(dia).unwrap().content.clone();
            contenidos
                .entry(dia.to_owned())
                .or_default()
                .push(contenido);
        }
    }
    assert_eq!(formas.len(), 4, "{formas:?}");

    let obras = Obras::default();
    let fin = AtomicBool::new(false);
    let inicio = Instant::now();
    let sigue = || {
        !fin.load(Ordering::Relaxed)
            && match hasta {
                Hasta::Reemplazos(n) => obras.reemplazos.load(Ordering::Relaxed) < n,
                Hasta::Segundos(s) => inicio.elapsed() < Duration::from_secs(s),
            }
    };
    // One failure ends the others' work too, so that the test fails at once.
    let guardado = |trabajo: &mut dyn FnMut()| {
        let r = catch_unwind(AssertUnwindSafe(|| {
            trabajo();
            while sigue() {
                trabajo();
            }
        }));
        if r.is_err() {
            fin.store(true, Ordering::Relaxed);
        }
        r.unwrap();
    };
    let (guardado, obras_, formas) = (&guardado, &obras, &formas);
    std::thread::scope(|s| {
        for dia in dias {
            s.spawn(move || {
                let mut turno = 0;
                guardado(&mut || {
                    turno += 1;
                    let f = b
                        .dia_de(["eventos", "nuevos"][turno % 2], dia)
                        .run()
                        .unwrap();
                    assert!(matches!(f.code, Some(0 | 4)), "{}", f.stderr_text());
                    obras_.reemplazos.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
        s.spawn(move || {
            let anade = Anadir::a(b);
            guardado(&mut || {
                anade.una_fila();
                obras_.anadidos.fetch_add(1, Ordering::Relaxed);
            });
        });
        s.spawn(move || guardado(&mut || mantiene(b, obras_)));
        s.spawn(move || {
            let mut vistas = 0;
            guardado(&mut || {
                let inicio = Instant::now();
                match intenta_leer(b) {
                    Ok((vistos, anadidas)) => {
                        assert_eq!(vistos.len(), 2, "{vistos:?}");
                        assert!(vistos.iter().all(|v| formas.contains(v)), "{vistos:?}");
                        assert!(anadidas >= vistas, "{anadidas} de {vistas}");
                        vistas = anadidas;
                        obras_.lecturas.fetch_add(1, Ordering::Relaxed);
                    }
                    // On a machine that stood still meanwhile, what was read is gone: an error, and never half a day.
                    Err(dicho) => {
                        assert!(inicio.elapsed() > RETENCION / 2, "{dicho}");
                        obras_.tardias.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        });
        if let Some(testigo) = testigo {
            let contenidos = &contenidos;
            s.spawn(move || {
                guardado(&mut || {
                    let inicio = Instant::now();
                    let found = testigo.mira(&b.ruta("metricas"));
                    for (dia, formas) in contenidos {
                        match found.day(dia) {
                            Some(d) if formas.contains(&d.content) => {}
                            // The same allowance as above.
                            other => assert!(
                                inicio.elapsed() > RETENCION / 2,
                                "{dia}: {other:?} {:?}",
                                found.table
                            ),
                        }
                    }
                    obras_.lecturas.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
    });
    // At the end all is told: every added row is there, and each day in one of its forms.
    let (vistos, anadidas) = lee(b);
    assert_eq!(anadidas, obras.anadidos.load(Ordering::Relaxed));
    assert!(vistos.iter().all(|v| formas.contains(v)), "{vistos:?}");
    let [.., metricas] = inv.mira();
    let todo: Expected = metricas.as_expected();
    assert_eq!(metricas.violations(&todo), []);
    obras
}

fn mantiene(b: &Bancada, obras: &Obras) {
    let dias = (RETENCION.as_secs_f64() / 86_400.0).to_string();
    let orden = ["mantener", "--tabla", "metricas", "--ejecutar", "--json"];
    let f = b.crudo(&orden).args(["--retencion", &dias]).run().unwrap();
    assert!(matches!(f.code, Some(0 | 4)), "{}", f.stderr_text());
    if f.code == Some(0) {
        let hecho = json(&f);
        let tablas = hecho["tablas"].as_array().unwrap();
        let borrados = tablas
            .iter()
            .map(|t| t["sin_uso"].as_array().unwrap().len());
        obras.borrados.fetch_add(borrados.sum(), Ordering::Relaxed);
    }
    obras.mantenimientos.fetch_add(1, Ordering::Relaxed);
}

/// One line for each replaced day, and how many rows were added to the other.
fn lee(b: &Bancada) -> (Vec<String>, usize) {
    intenta_leer(b).unwrap_or_else(|dicho| panic!("{dicho}"))
}

fn intenta_leer(b: &Bancada) -> Result<(Vec<String>, usize), String> {
    let sql = "SELECT fecha, count(*) AS n, sum(revenue) AS r, sum(transacciones) AS t, sum(visitantes) AS v \
               FROM metricas_diarias GROUP BY fecha ORDER BY fecha";
    let orden = ["consultar", sql, "--tabla", "metricas", "--formato", "csv"];
    let f = b.crudo(&orden).run().unwrap();
    if f.code != Some(0) {
        return Err(f.stderr_text());
    }
    let texto = f.stdout_text();
    let (anadidas, dias): (Vec<&str>, Vec<&str>) = texto
        .lines()
        .skip(1)
        .partition(|linea| linea.starts_with(ANADIDOS));
    let n = anadidas.first().and_then(|linea| linea.split(',').nth(1));
    Ok((
        dias.into_iter().map(str::to_owned).collect(),
        n.map_or(0, |n| n.parse().unwrap()),
    ))
}

/// Somebody who adds rows with the Delta library alone, as another program would.
struct Anadir {
    runtime: tokio::runtime::Runtime,
    lugar: Location,
    fila: RecordBatch,
}

impl Anadir {
    fn a(b: &Bancada) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let lugar = Location::local(&b.ruta("metricas")).unwrap();
        let fila = runtime.block_on(async {
            let table = open_table(&lugar, &StorageOptions::default())
                .await
                .unwrap();
            let batches = read_batches(&table.unwrap()).await.unwrap();
            let una = batches
                .iter()
                .find(|b| b.num_rows() > 0)
                .unwrap()
                .slice(0, 1);
            let schema = TableKind::Metrics.schema();
            let dia: i32 = 19_358;
            let columns: Vec<ArrayRef> = schema
                .fields()
                .iter()
                .map(|field| match field.name().as_str() {
                    "fecha" => Arc::new(Date32Array::from(vec![dia])) as ArrayRef,
                    name => cast(una.column_by_name(name).unwrap(), field.data_type()).unwrap(),
                })
                .collect();
            RecordBatch::try_new(schema, columns).unwrap()
        });
        Self {
            runtime,
            lugar,
            fila,
        }
    }

    fn una_fila(&self) {
        self.runtime.block_on(async {
            // Compaction and replacement win over it now and then: like any writer, it looks again and repeats.
            for _ in 0..20 {
                let table = open_table(&self.lugar, &StorageOptions::default()).await;
                let table = table.unwrap().unwrap();
                match table.write([self.fila.clone()]).await {
                    Ok(_) => return,
                    Err(DeltaTableError::Transaction { .. }) => {}
                    Err(e) => panic!("{e}"),
                }
            }
            panic!("veinte veces llegó otro antes");
        });
    }
}

#[test]
fn todo_a_la_vez_y_el_lector_no_ve_nunca_medio_dia() {
    let falta = FaultReport::begin(
        7,
        "a la vez",
        "dos reemplazos, añadidos, compactación, limpieza y un lector, a la vez",
    );
    let obras = convivencia(&Bancada::chica(), Hasta::Reemplazos(10), None);
    let hechos = [&obras.reemplazos, &obras.anadidos, &obras.lecturas];
    assert!(hechos.iter().all(|n| n.load(Ordering::Relaxed) >= 2));
    falta.passed(
        obras.reemplazos.load(Ordering::Relaxed) + obras.anadidos.load(Ordering::Relaxed),
        obras.dicho(),
    );
}
