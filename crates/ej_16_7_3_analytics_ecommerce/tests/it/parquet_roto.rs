//! Damaged Parquet, alone and among nine good files: named and refused in time and memory, and the good ones still serve.

use crate::bancada::{Bancada, FECHA, falla, json};
use crate::testigo::{Inv, Testigo};
use ecommerce_arrow::{Format, generate_batch};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Child;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use std::fs;
use std::io::Write as _;
use std::time::Duration;

/// Twenty seconds and two gibibytes: more than any damaged file may take.
fn acotado(orden: Child) -> Child {
    orden.limit_data(2 << 30).timeout(Duration::from_secs(20))
}

/// How damaged files ended.
#[derive(Default)]
pub(crate) struct Cuenta {
    pub(crate) rechazados: usize,
    /// Read as if nothing had happened: the damage is where no checksum covers it.
    pub(crate) leidos: usize,
}

/// Each of these files, alone and among nine good ones.
pub(crate) fn danados(
    b: &Bancada,
    testigo: Testigo,
    archivos: impl Iterator<Item = Vec<u8>>,
) -> Cuenta {
    b.eventos_en("nueve", 42, 1, 1_800, Format::Parquet);
    assert_eq!(
        fs::read_dir(b.ruta(&format!("nueve/fecha={FECHA}")))
            .unwrap()
            .count(),
        9
    );
    b.publica("nueve", FECHA);
    b.guarda("nueve");
    let solo = b.ruta(&format!("solo/fecha={FECHA}/part-00000.parquet"));
    let entre = b.ruta(&format!("nueve/fecha={FECHA}/part-90000.parquet"));
    fs::create_dir_all(solo.parent().unwrap()).unwrap();
    let mut cuenta = Cuenta::default();
    let inv = Inv::de(b, "metricas", testigo);
    let esperado = inv.como_esta();
    for (i, bytes) in archivos.enumerate() {
        fs::write(&solo, &bytes).unwrap();
        let f = acotado(b.dia_de("solo", FECHA)).run().unwrap();
        fs::remove_file(&solo).unwrap();
        if f.code == Some(0) {
            cuenta.leidos += 1;
            b.restaura("nueve");
            continue;
        }
        falla(&f, 3, &[&format!("fecha={FECHA}/part-00000.parquet")]);
        fs::write(&entre, &bytes).unwrap();
        let nombre = format!("fecha={FECHA}/part-90000.parquet");
        let f = acotado(b.dia_de("nueve", FECHA)).run().unwrap();
        falla(&f, 3, &[&nombre]);
        let f = acotado(b.dia_de("nueve", FECHA).args(["--tolerante", "--json"]))
            .run()
            .unwrap();
        fs::remove_file(&entre).unwrap();
        assert_eq!(f.code, Some(3), "{i}: {}", f.stderr_text());
        assert_eq!(json(&f)["archivos_rechazados"][0]["archivo"], nombre);
        inv.exactamente(&esperado, &format!("archivo {i}"));
        cuenta.rechazados += 1;
    }
    cuenta
}

fn bueno() -> Vec<u8> {
    let b = Bancada::vacia();
    b.eventos_en("otros", 44, 1, 1_000, Format::Parquet);
    fs::read(b.ruta(&format!("otros/fecha={FECHA}/part-00000.parquet"))).unwrap()
}

/// A good file cut at `n` places, evenly.
pub(crate) fn cortados(n: usize) -> impl Iterator<Item = Vec<u8>> {
    let bueno = bueno();
    (0..n).map(move |i| bueno[..bueno.len() * i / n].to_vec())
}

/// A good file with one bit flipped, at `n` places.
pub(crate) fn con_un_bit(n: usize) -> impl Iterator<Item = Vec<u8>> {
    let bueno = bueno();
    (0..n).map(move |i| {
        let mut bytes = bueno.clone();
        // The last quarter is footer: half of the flips go there.
        let (desde, largo) = if i % 2 == 0 {
            (0, bytes.len())
        } else {
            (bytes.len() * 3 / 4, bytes.len() / 4)
        };
        bytes[desde + (i * 7_919 + 13) % largo] ^= 1 << (i % 8);
        bytes
    })
}

#[test]
fn un_parquet_cortado_se_rechaza_solo_y_entre_nueve_buenos() {
    let falta = FaultReport::begin(11, "truncado", "un Parquet cortado, solo y entre 9 buenos");
    let cuenta = danados(&Bancada::vacia(), Testigo::de_aqui(), cortados(6));
    assert_eq!(cuenta.leidos, 0);
    falta.passed(cuenta.rechazados, dicho(&cuenta));
}

#[test]
fn un_bit_cambiado_no_hace_caer_nada() {
    let falta = FaultReport::begin(11, "bits", "un bit cambiado, solo y entre 9 buenos");
    let cuenta = danados(&Bancada::vacia(), Testigo::de_aqui(), con_un_bit(12));
    falta.passed(cuenta.rechazados + cuenta.leidos, dicho(&cuenta));
}

pub(crate) fn dicho(cuenta: &Cuenta) -> String {
    format!(
        "{} rechazados por su nombre con 3, con --tolerante entran los 9; {} se leen: el daño está donde no hay CRC",
        cuenta.rechazados, cuenta.leidos
    )
}

/// A file of four rows whose last page says that it takes 2 GiB when decompressed.
fn promete_dos_gib(codec: Compression) -> Vec<u8> {
    let config = ConfigGenerador::new(1, FECHA.parse().unwrap(), 1, 100);
    let batch = generate_batch(&Generador::new(config).unwrap(), 0..4).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(codec)
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new_with_options(&mut bytes, batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let chunk = reader.metadata().row_group(0).column(11);
    let at = usize::try_from(chunk.data_page_offset()).unwrap();
    // Thrift, compact: field 1 (the kind of page, 0), then field 2 (its length decompressed), a zigzag varint.
    assert_eq!(bytes[at..at + 3], [0x15, 0x00, 0x15]);
    let end = at + 3 + bytes[at + 3..].iter().position(|b| b & 0x80 == 0).unwrap();
    bytes.splice(at + 3..=end, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]);
    bytes
}

#[test]
fn un_archivo_de_4_kb_que_promete_2_gib_se_rechaza_sin_reservarlos() {
    let falta = FaultReport::begin(
        16,
        "promesa",
        "un Parquet de 4 KB cuya página dice ocupar 2 GiB, con 512 MiB",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    let inv = Inv::de(&b, "metricas", Testigo::de_aqui());
    let esperado = inv.como_esta();
    let (mut veces, mut pico) = (0, 0);
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::ZSTD(Default::default()),
        Compression::GZIP(Default::default()),
    ] {
        let bytes = promete_dos_gib(codec);
        assert!(bytes.len() <= 4_096, "{} bytes", bytes.len());
        let path = b.parte(90_000);
        fs::write(&path, bytes).unwrap();
        let f = b.comando(&[]).limit_data(512 << 20).run().unwrap();
        fs::remove_file(&path).unwrap();
        falla(&f, 3, &["part-90000.parquet"]);
        assert!(f.peak_rss < 512 << 20, "{codec}: {}", f.peak_rss);
        pico = pico.max(f.peak_rss);
        veces += 1;
        inv.exactamente(&esperado, &codec.to_string());
    }
    falta.passed(
        veces,
        format!(
            "salen con 3 por su nombre; pico {} MiB; tabla intacta",
            pico >> 20
        ),
    );
}
