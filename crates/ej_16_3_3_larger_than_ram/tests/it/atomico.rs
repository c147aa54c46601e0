//! The output appears whole or not at all, whatever happens to the process.

use crate::datos::{eventos, generacion, leer, procesar, programa};
use ecommerce_testkit::process::{Child, Steps, Trigger};
use ecommerce_testkit::temp::Tree;
use ej_16_3_3_larger_than_ram::{escribir_clientes, procesar_grande};
use polars::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

struct Lugar {
    dir: tempfile::TempDir,
    entrada: PathBuf,
    salida: PathBuf,
}

impl Lugar {
    fn nuevo() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (entrada, salida) = (dir.path().join("e.parquet"), dir.path().join("s.parquet"));
        eventos(generacion(3_000, 40, 500), &entrada);
        fs::write(&salida, "lo que había").unwrap();
        Self {
            dir,
            entrada,
            salida,
        }
    }

    fn guia(&self) -> Child {
        programa()
            .args(["guia", "--entrada"])
            .arg(&self.entrada)
            .arg("--salida")
            .arg(&self.salida)
            .env("POLARS_MAX_THREADS", "2")
    }

    /// Whether the output is the old file; if not, it is the whole new one.
    fn es_la_vieja(&self, nueva: &DataFrame) -> bool {
        if fs::read(&self.salida).unwrap() == b"lo que hab\xc3\xada" {
            return true;
        }
        assert!(ordenada(&self.salida).equals_missing(nueva));
        false
    }
}

/// By region, in cents: the last digit of a float sum changes from run to run.
fn ordenada(ruta: &Path) -> DataFrame {
    let centavos = (col("revenue") * lit(100.0)).round(0, RoundMode::HalfToEven);
    leer(ruta)
        .lazy()
        .with_column(centavos.cast(DataType::Int64))
        .sort(["region"], SortMultipleOptions::default())
        .collect()
        .unwrap()
}

/// Killed before every call that opens, renames or removes something in the directory, and before every fsync.
#[test]
fn muerto_en_cualquier_paso_queda_el_archivo_viejo_o_el_nuevo() {
    let lugar = Lugar::nuevo();
    let otra = lugar.dir.path().join("otra.parquet");
    procesar_grande(lugar.entrada.to_str().unwrap(), otra.to_str().unwrap()).unwrap();
    let nueva = ordenada(&otra);

    let con_ruta = [
        "openat",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
    ];
    let pasos = [
        Steps::of(&con_ruta).unwrap().under(lugar.dir.path()),
        Steps::of(&["fsync", "fdatasync"]).unwrap(),
    ];
    let (mut viejas, mut nuevas) = (0, 0);
    for pasos in &pasos {
        let entero = pasos.count(&lugar.guia()).unwrap();
        assert_eq!(entero.finished.code, Some(0), "{entero:?}");
        let todos = entero.calls.len();
        assert!(todos >= 2, "{:?}", entero.calls);
        for paso in 1..=todos {
            fs::write(&lugar.salida, "lo que había").unwrap();
            let run = pasos.kill_at(paso, &lugar.guia()).unwrap();
            assert!(
                run.landed,
                "el paso {paso} de {todos} no llegó: {:?}",
                run.calls
            );
            if lugar.es_la_vieja(&nueva) {
                viejas += 1;
            } else {
                nuevas += 1;
            }
        }
    }
    // Before the rename the old one, after it the new one: both were seen.
    assert!(viejas >= 3 && nuevas >= 1, "{viejas} {nuevas}");

    // What the killed left lies beside, under its own name, and the next run is not bothered.
    assert_eq!(lugar.guia().run().unwrap().code, Some(0));
    assert!(ordenada(&lugar.salida).equals_missing(&nueva));
}

/// The supervisor, its child and a result half written: killed together.
#[test]
fn matar_a_mitad_de_una_union_deja_el_archivo_que_habia() {
    let lugar = Lugar::nuevo();
    let que = generacion(60_000, 512, 1_000);
    eventos(que, &lugar.entrada);
    let clientes = lugar.dir.path().join("c.parquet");
    escribir_clientes(que, &clientes).unwrap();
    let unir = procesar(
        &format!("--operacion unir --con {}", clientes.display()),
        &lugar.entrada,
        &lugar.salida,
    );
    let hay: u64 = [&lugar.entrada, &lugar.salida, &clientes]
        .iter()
        .map(|ruta| fs::metadata(ruta).unwrap().len())
        .sum();
    let mitad = Trigger::TreeBytes(lugar.dir.path().to_owned(), hay + (1 << 18));
    let muerto = unir.spawn().unwrap().kill_when(&mitad).unwrap();
    assert_eq!(
        (muerto.signal, muerto.timed_out),
        (Some(9), false),
        "{muerto:?}"
    );
    assert_eq!(fs::read(&lugar.salida).unwrap(), "lo que había".as_bytes());
    let restos: Vec<String> = fs::read_dir(lugar.dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|nombre| !nombre.ends_with(".parquet"))
        .collect();
    assert!(
        restos.len() == 1 && restos[0].starts_with('.') && restos[0].ends_with(".parcial"),
        "{restos:?}"
    );
}

/// The guide's way to the file, on today's engine.
fn escribir_como_la_guia(resultado: &DataFrame, ruta_salida: &str) -> PolarsResult<()> {
    let mut archivo = fs::File::create(ruta_salida)?;
    ParquetWriter::new(&mut archivo)
        .with_compression(ParquetCompression::Snappy)
        .finish(&mut resultado.clone())?;
    Ok(())
}

/// With the input as output the guide's form puts the sums in the place of the events, and says nothing.
#[test]
fn la_forma_de_la_guia_pierde_el_archivo_que_habia() {
    let lugar = Lugar::nuevo();
    let entrada = lugar.entrada.to_str().unwrap();
    let sumas = LazyFrame::scan_parquet(entrada.into(), ScanArgsParquet::default())
        .unwrap()
        .filter(col("monto").gt(lit(0.0)))
        .group_by([col("region")])
        .agg([col("monto").sum().alias("revenue")])
        .collect_with_engine(Engine::Streaming)
        .unwrap()
        .unwrap_single();
    escribir_como_la_guia(&sumas, entrada).unwrap();
    assert_eq!(
        leer(&lugar.entrada).get_column_names(),
        ["region", "revenue"]
    );
}

#[test]
fn la_salida_no_puede_ser_la_entrada_ni_por_otro_nombre() {
    let lugar = Lugar::nuevo();
    let otro_nombre = lugar.dir.path().join("enlace.parquet");
    std::os::unix::fs::symlink(&lugar.entrada, &otro_nombre).unwrap();
    let antes = Tree::of(lugar.dir.path()).unwrap();
    let entrada = lugar.entrada.to_str().unwrap();
    for salida in [entrada, otro_nombre.to_str().unwrap()] {
        let error = procesar_grande(entrada, salida).unwrap_err();
        assert!(
            matches!(&error, PolarsError::InvalidOperation(what) if what.ends_with("the output is the input")),
            "{error}"
        );
    }
    assert_eq!(antes.changes(&Tree::of(lugar.dir.path()).unwrap()), []);
}

#[test]
fn el_archivo_tiene_los_permisos_de_cualquier_otro() {
    use std::os::unix::fs::PermissionsExt as _;
    let lugar = Lugar::nuevo();
    let otro = lugar.dir.path().join("otro");
    fs::write(&otro, "").unwrap();
    let modo = |ruta: &Path| fs::metadata(ruta).unwrap().permissions().mode() & 0o777;
    assert_eq!(lugar.guia().run().unwrap().code, Some(0));
    assert_eq!(modo(&lugar.salida), modo(&otro));
    let procesado = lugar.dir.path().join("p.parquet");
    let fin = procesar("--operacion agregar", &lugar.entrada, &procesado)
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    assert_eq!(modo(&procesado), modo(&otro));
}
