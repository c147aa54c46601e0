//! Good files cut and scratched: an error that names the file, every time.

use crate::bases;
use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use ecommerce_arrow::{Limits, SafeParquet};
use ej_16_2_2_parquet::leer_parquet;
use parquet::file::properties::WriterProperties;
use std::fs;
use std::sync::Arc;

/// Cut at every 4 KiB and at each of the last hundred bytes, no file of any kind is read.
#[test]
fn truncado_en_cualquier_lugar_es_un_error_con_su_nombre() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("cortado.parquet");
    let nombre = ruta.to_str().unwrap();
    let mut cortes = 0;
    for (base, bytes) in bases::todas() {
        let finales = bytes.len() - 100..bytes.len();
        for largo in (0..bytes.len()).step_by(4_096).chain(finales) {
            fs::write(&ruta, &bytes[..largo]).unwrap();
            let leido = leer_parquet(nombre).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let error = leido.map(|_| ()).expect_err(base);
            assert!(error.to_string().starts_with(nombre), "{error}");
            cortes += 1;
        }
        fs::write(&ruta, &bytes).unwrap();
        assert!(
            leer_parquet(nombre).unwrap().all(|lote| lote.is_ok()),
            "{base}"
        );
    }
    assert!(cortes > 8 * 100, "{cortes}");
}

#[test]
fn lo_que_no_es_un_archivo_normal_no_se_abre() {
    for ruta in ["/dev/zero", "/dev/null", "/tmp"] {
        let Err(error) = leer_parquet(ruta) else {
            panic!("{ruta}");
        };
        assert_eq!(error.to_string(), format!("{ruta}: not a regular file"));
    }
}

#[test]
fn un_texto_cualquiera_no_es_parquet() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("x.parquet");
    for (contenido, dice) in [
        ("", "damaged: 0 bytes are too few for a Parquet file"),
        (
            "PAR1PAR1",
            "damaged: 8 bytes are too few for a Parquet file",
        ),
        (
            "hola, no soy Parquet",
            "damaged: no Parquet footer at the end: truncated, or not Parquet",
        ),
        (
            "PAR1xxxxPAR1",
            "damaged: the footer claims to be longer than the file",
        ),
        ("PAR1aaaa\0\0\0\0PARE", "damaged: the footer is encrypted"),
    ] {
        fs::write(&ruta, contenido).unwrap();
        let error = SafeParquet::open(&ruta, "x", &Limits::default()).unwrap_err();
        assert_eq!(error.problem.to_string(), dice);
    }
}

/// What no reader can see: a bit that flips in a value of a page without a checksum. `ArrowWriter` writes none.
#[test]
fn sin_suma_de_comprobacion_un_bit_cambiado_es_otro_valor() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("x.parquet");
    let numeros: ArrayRef = Arc::new(Int64Array::from_iter_values(1_000_000..1_001_000));
    let lote = RecordBatch::try_from_iter([("n", numeros)]).unwrap();
    let plano = WriterProperties::builder().set_dictionary_enabled(false);
    let mut bytes = bases::archivo(&lote, plano.build());
    let donde = bytes
        .windows(8)
        .position(|w| w == 1_000_500i64.to_le_bytes())
        .unwrap();
    bytes[donde + 4] ^= 1;
    fs::write(&ruta, &bytes).unwrap();
    let lotes = leer_parquet(ruta.to_str().unwrap())
        .unwrap()
        .collect::<Result<Vec<_>, _>>();
    let leidos = lotes.unwrap();
    let leidos = leidos[0].column(0).as_primitive::<Int64Type>();
    assert_eq!(leidos.value(500), 1_000_500 + (1 << 32));
    assert_eq!(leidos.value(501), 1_000_501);
}
