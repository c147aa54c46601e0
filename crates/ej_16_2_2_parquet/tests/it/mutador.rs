//! Good files, damaged on purpose: whatever a file says, reading it ends in rows or in an error that names it.

use crate::azar::Azar;
use crate::bases::{self, Base};
use crate::panicos::oyendo;
use arrow::array::{BooleanArray, RecordBatch};
use ecommerce_arrow::{Limits, ReadError, SafeParquet};
use ecommerce_testkit::alloc;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicateFn, RowSelection, RowSelector};
use parquet::file::metadata::{ParquetMetaDataReader, ParquetMetaDataWriter};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const NOMBRE: &str = "dañado.parquet";

/// Tight, so that a bound that is not kept shows: the good files need a tenth of it.
fn limites() -> Limits {
    Limits {
        batch_rows: 256,
        page_bytes: 4 << 20,
        batch_bytes: 8 << 20,
        footer_bytes: 1 << 20,
        ..Limits::default()
    }
}

/// What may be held at once under those limits, the file's footer and its parsed form included.
const MEMORIA: i64 = 24 << 20;

/// Ways to read, which take different paths through the decoder.
#[derive(Clone, Copy, Debug)]
enum Modo {
    Todo,
    Indice,
    Filtro,
}

fn leer(ruta: &Path, modo: Modo) -> Result<Vec<RecordBatch>, ReadError> {
    let archivo = SafeParquet::open(ruta, NOMBRE, &limites())?;
    let lotes = match modo {
        Modo::Todo => archivo.scan().batches()?,
        Modo::Indice => {
            let archivo = archivo.with_page_index()?;
            let total = archivo.metadata().file_metadata().num_rows() as usize;
            for grupo in 0..archivo.metadata().num_row_groups() {
                for hoja in 0..archivo.metadata().row_group(grupo).num_columns() {
                    archivo.bloom_filter(grupo, hoja)?;
                }
            }
            let filas: Vec<RowSelector> = (0..total.div_ceil(97))
                .flat_map(|_| [RowSelector::skip(90), RowSelector::select(7)])
                .collect();
            let mut filas = RowSelection::from(filas);
            archivo.scan().rows(filas.split_off(total)).batches()?
        }
        Modo::Filtro => {
            let hojas = archivo.metadata().file_metadata().schema_descr();
            let mascara = ProjectionMask::leaves(hojas, [0]);
            let mut n = 0;
            let cada_trece = ArrowPredicateFn::new(mascara, move |lote: RecordBatch| {
                Ok((0..lote.num_rows())
                    .map(|_| {
                        n += 1;
                        Some(n % 13 == 0)
                    })
                    .collect::<BooleanArray>())
            });
            archivo.scan().filter(cada_trece).batches()?
        }
    };
    lotes.collect()
}

/// One way to damage a file; returns its name.
fn danar(bytes: &mut Vec<u8>, azar: &mut Azar) -> &'static str {
    let largo = bytes.len();
    match azar.menor_que(8) {
        0 => {
            bytes.truncate(azar.menor_que(largo));
            "truncado"
        }
        1 => {
            for _ in 0..=azar.menor_que(4) {
                bytes[azar.menor_que(largo)] ^= 1 << azar.menor_que(8);
            }
            "bits"
        }
        2 => {
            let desde = azar.menor_que(largo);
            for byte in bytes.iter_mut().skip(desde).take(1 + azar.menor_que(8)) {
                *byte = azar.u64() as u8;
            }
            "bytes"
        }
        3 | 4 => {
            absurdo(bytes, azar);
            "cuenta absurda en el pie"
        }
        5 => {
            intercambio(bytes, azar);
            "desplazamientos intercambiados"
        }
        6 => {
            // Inside the pages, where headers and lengths are.
            let en = azar.menor_que(largo / 2 + 1);
            let n = 1 + azar.menor_que(5);
            let absurdo = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
            for (byte, valor) in bytes.iter_mut().skip(en).zip(&absurdo[5 - n..]) {
                *byte = *valor;
            }
            "cuenta absurda en las páginas"
        }
        _ => {
            let (de, a) = (azar.menor_que(largo), azar.menor_que(largo));
            let n = 1 + azar.menor_que(64);
            let trozo: Vec<u8> = bytes[de..(de + n).min(largo)].to_vec();
            let fin = (a + trozo.len()).min(largo);
            bytes[a..fin].copy_from_slice(&trozo[..fin - a]);
            "trozo copiado"
        }
    }
}

/// Puts a huge number into the footer and corrects the footer's length, so that it is found.
fn absurdo(bytes: &mut Vec<u8>, azar: &mut Azar) {
    let largo = bytes.len();
    let pie = u32::from_le_bytes(bytes[largo - 8..largo - 4].try_into().unwrap()) as usize;
    let inicio = largo - 8 - pie;
    let en = inicio + azar.menor_que(pie);
    let numero: &[u8] = match azar.menor_que(4) {
        0 => &[0xFC, 0xFF, 0xFF, 0xFF, 0x7F],
        1 => &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        2 => &[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        _ => &[0x80, 0x80, 0x80, 0x80, 0x08],
    };
    let quitados = azar.menor_que(4).min(largo - 8 - en);
    bytes.splice(en..en + quitados, numero.iter().copied());
    let largo = bytes.len();
    let pie = (largo - 8 - inicio) as u32;
    bytes[largo - 8..largo - 4].copy_from_slice(&pie.to_le_bytes());
}

/// Writes a footer in which two column chunks have each other's place, or counts that are not theirs.
fn intercambio(bytes: &mut Vec<u8>, azar: &mut Azar) {
    let largo = bytes.len();
    let pie = u32::from_le_bytes(bytes[largo - 8..largo - 4].try_into().unwrap()) as usize;
    let leido = ParquetMetaDataReader::decode_metadata(&bytes[largo - 8 - pie..largo - 8]).unwrap();
    let mut grupos = leido.row_groups().to_vec();
    let g = azar.menor_que(grupos.len());
    let mut columnas = grupos[g].columns().to_vec();
    let (a, b) = (
        azar.menor_que(columnas.len()),
        azar.menor_que(columnas.len()),
    );
    let (uno, otro) = (columnas[a].clone(), columnas[b].clone());
    let cuenta = [0, 1, -1, 1 << 20, i64::MAX, i64::MIN][azar.menor_que(6)];
    columnas[a] = match azar.menor_que(5) {
        0 | 1 => uno
            .into_builder()
            .set_data_page_offset(otro.data_page_offset())
            .set_dictionary_page_offset(otro.dictionary_page_offset())
            .set_total_compressed_size(otro.compressed_size()),
        2 => uno.into_builder().set_num_values(cuenta),
        3 => uno.into_builder().set_total_compressed_size(cuenta),
        _ => uno
            .into_builder()
            .set_data_page_offset(cuenta)
            .set_dictionary_page_offset(Some(cuenta)),
    }
    .build()
    .unwrap();
    let filas = grupos[g].num_rows();
    let constructor = grupos[g]
        .clone()
        .into_builder()
        .set_column_metadata(columnas);
    let constructor = if azar.menor_que(4) == 0 {
        constructor.set_num_rows(filas.wrapping_add(cuenta))
    } else {
        constructor
    };
    grupos[g] = constructor.build().unwrap();
    let nuevo = leido.into_builder().set_row_groups(grupos).build();
    bytes.truncate(largo - 8 - pie);
    ParquetMetaDataWriter::new(bytes, &nuevo).finish().unwrap();
}

/// What came of the cases, by kind of damage.
#[derive(Default, Debug)]
struct Cuenta {
    filas: u32,
    error: u32,
    /// Errors that were panics in the decoder.
    rendidos: BTreeMap<String, u32>,
    pico: i64,
}

/// Reads every case in every way; panics and runaway memory fail the test that calls it.
fn probar(base: &Base, caso: &[u8], que: &str, dir: &Path, cuenta: &mut BTreeMap<String, Cuenta>) {
    let ruta = dir.join("x.parquet");
    fs::write(&ruta, caso).unwrap();
    for modo in [Modo::Todo, Modo::Indice, Modo::Filtro] {
        let ((leido, visto), panicos) =
            oyendo(|| alloc::in_this_thread(|| leer(&ruta, modo).map(|lotes| lotes.len())));
        let cuenta = cuenta.entry(que.to_owned()).or_default();
        let pico = visto.peak as i64;
        cuenta.pico = cuenta.pico.max(pico);
        assert!(
            pico <= MEMORIA,
            "{} {que} {modo:?}: {pico} bytes: {leido:?}",
            base.0
        );
        for lugar in panicos {
            *cuenta
                .rendidos
                .entry(format!("{} {modo:?} {lugar}", base.0))
                .or_default() += 1;
        }
        match leido {
            Ok(_) => cuenta.filas += 1,
            Err(e) => {
                assert!(e.to_string().starts_with(NOMBRE), "{e}");
                cuenta.error += 1;
            }
        }
    }
}

fn correr(semilla: u64, casos: usize) -> BTreeMap<String, Cuenta> {
    let dir = tempfile::tempdir().unwrap();
    let bases = bases::todas();
    let mut azar = Azar::new(semilla);
    let mut cuenta = BTreeMap::new();
    for n in 0..casos {
        let base = &bases[n % bases.len()];
        let mut caso = base.1.clone();
        let que = danar(&mut caso, &mut azar);
        probar(base, &caso, que, dir.path(), &mut cuenta);
    }
    cuenta
}

/// Where the libraries still panic: places that only decoding reaches, each known. The safe reader makes an error of it.
const CONOCIDOS: [&str; 2] = [
    // `MapArrayReader` unwraps what its list reader says of keys and values that are not as many.
    "/array_reader/map_array.rs",
    // arrow-ipc unwraps fields of the Arrow schema in the file's own metadata.
    "/arrow-ipc-59.3.2/src/convert.rs",
];

fn sin_sorpresas(cuenta: &BTreeMap<String, Cuenta>) {
    for (que, cuenta) in cuenta {
        for lugar in cuenta.rendidos.keys() {
            assert!(
                CONOCIDOS.iter().any(|c| lugar.contains(c)),
                "{que}: {lugar}"
            );
        }
    }
    let (filas, errores) = cuenta
        .values()
        .fold((0, 0), |(f, e), c| (f + c.filas, e + c.error));
    assert!(filas > 0 && errores > 0, "{filas} {errores}");
}

#[test]
fn las_bases_se_leen_enteras_de_las_tres_maneras() {
    let dir = tempfile::tempdir().unwrap();
    for base in bases::todas() {
        let mut cuenta = BTreeMap::new();
        println!("{} {}", base.0, base.1.len());
        probar(&base, &base.1, "nada", dir.path(), &mut cuenta);
        let cuenta = &cuenta["nada"];
        assert_eq!((cuenta.filas, cuenta.error), (3, 0), "{}", base.0);
        println!("{cuenta:?}");
    }
}

#[test]
fn dos_mil_archivos_danados_dan_filas_o_un_error_con_su_nombre() {
    let cuenta = correr(1, 2_000);
    println!("{cuenta:#?}");
    sin_sorpresas(&cuenta);
}

mod largo {
    /// Fifty seeds of the short test's size, none of them its own.
    #[test]
    #[ignore = "largo: cargo xtask test --largo"]
    fn doscientos_mil_archivos_danados_dan_filas_o_un_error() {
        for semilla in 100..150 {
            let cuenta = super::correr(semilla, 4_000);
            println!("{semilla}: {cuenta:#?}");
            super::sin_sorpresas(&cuenta);
        }
    }
}
