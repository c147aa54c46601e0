//! Memory and descriptors run out: the same result or exit code 6, and never half a table.

use crate::bancada::{Bancada, FECHA, SIGUIENTE, binario, falla};
use crate::testigo::{Inv, Testigo};
use ecommerce_arrow::Format;
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Child;

/// Faults 16, in small: under a limit that the day needs and then some, it gives the same; under less, it says so.
#[test]
fn con_poca_memoria_da_lo_mismo_o_sale_con_6() {
    let falta = FaultReport::begin(
        16,
        "límite",
        "1 M de filas con 512, 128, 112, 96, 64 y 32 MiB",
    );
    let b = Bancada::vacia();
    b.eventos(42, 1_000_000, Format::Parquet);
    let esperado = b.contenido_esperado();
    let (mut iguales, mut previstos, mut imprevistos) = (0, 0, 0);
    for mib in [512, 128, 112, 96, 64, 32] {
        match en(&b, mib << 20, &esperado) {
            Final::Igual => iguales += 1,
            Final::Previsto => previstos += 1,
            Final::Imprevisto => imprevistos += 1,
        }
    }
    assert!(
        iguales > 0 && previstos > 0,
        "{iguales} iguales, {previstos} previstos"
    );
    falta.passed(
        iguales + previstos + imprevistos,
        format!(
            "{iguales} con el mismo resultado, {previstos} salen con 6 antes del límite, {imprevistos} con 6 al llegar a él"
        ),
    );
}

/// How a run under a memory limit ended.
pub(crate) enum Final {
    /// With the expected tables.
    Igual,
    /// With exit code 6 and a line of ours.
    Previsto,
    /// With exit code 6 after an allocation that nobody foresaw.
    Imprevisto,
}

/// Runs the day under the limit; anything but the three endings, or half a table, fails the test.
pub(crate) fn en(b: &Bancada, bytes: u64, esperado: &[Option<String>]) -> Final {
    let f = b
        .comando(&["--silencioso"])
        .limit_data(bytes)
        .timeout(std::time::Duration::from_secs(1_800))
        .run()
        .unwrap();
    let dicho = f.stderr_text();
    println!("{} MiB: {:?} {}", bytes >> 20, f.code, dicho.trim());
    let tabla = b.contenido("metricas");
    if f.code == Some(0) {
        assert_eq!(tabla, esperado);
        return Final::Igual;
    }
    assert_eq!(f.code, Some(6), "{:?} {dicho}", f.signal);
    assert!(tabla[2].is_none() || tabla[2] == esperado[2]);
    if dicho.contains("memory allocation") {
        return Final::Imprevisto;
    }
    falla(&f, 6, &["la memoria no alcanza"]);
    Final::Previsto
}

/// Faults 15: with 64 descriptors, a day of more files than that.
#[test]
fn un_dia_de_mas_archivos_que_descriptores_sale() {
    let falta = FaultReport::begin(
        15,
        "EMFILE",
        "ulimit -n 64 con 150 archivos; y de 8 en adelante hasta que alcanza",
    );
    let b = Bancada::vacia();
    b.eventos(42, 300_000, Format::Parquet);
    let archivos = std::fs::read_dir(b.dia()).unwrap().count();
    assert!(archivos > 100, "{archivos}");
    let esperado = b.contenido_esperado();
    let f = b.comando(&["--silencioso"]).limit_files(64).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(b.contenido("metricas"), esperado);
    // With fewer than the program itself needs, it says what ran out.
    let f = b.comando(&["--silencioso"]).limit_files(8).run().unwrap();
    falla(&f, 6, &["demasiados archivos abiertos"]);
    assert_eq!(b.contenido("metricas"), esperado);
    let agotados = 1 + descriptores(&Bancada::chica());
    falta.passed(
        agotados,
        "150 archivos caben en 64 descriptores; con menos de los necesarios sale con 6 y lo dice; INV",
    );
}

/// From eight descriptors up, until they are enough. Returns how often they were not.
fn descriptores(b: &Bancada) -> usize {
    for dia in [FECHA, SIGUIENTE] {
        b.publica("eventos", dia);
    }
    b.guarda("vieja");
    let inv = Inv::de(b, "metricas", Testigo::de_aqui());
    let vieja = inv.como_esta();
    b.publica("nuevos", FECHA);
    let nueva = inv.como_esta();
    for (agotados, limite) in (8..64).step_by(2).enumerate() {
        b.restaura("vieja");
        let f = b.dia_de("nuevos", FECHA).limit_files(limite).run().unwrap();
        let donde = format!("{limite} descriptores");
        let publicada = inv.vieja_o_nueva(&vieja, &nueva, &donde);
        if f.code == Some(0) {
            assert!(publicada, "{donde}");
            return agotados;
        }
        falla(&f, 6, &["demasiados archivos abiertos"]);
        assert!(!publicada, "{donde}");
    }
    panic!("64 descriptores no bastan");
}

/// Nobody can be told, for standard error is on a full disk: the exit code still says it, and nothing panics.
#[test]
fn sin_donde_escribir_el_error_el_codigo_lo_dice_igual() {
    let falta = FaultReport::begin(15, "salidas llenas", "stdout y stderr en /dev/full");
    let b = Bancada::chica();
    let mut veces = 0;
    for (fecha, codigo) in [(FECHA, 0), ("2030-01-01", 3), ("ayer", 2)] {
        let f = Child::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" >/dev/full 2>/dev/full"])
            .arg(binario())
            .args(["-f", fecha, "-e", "eventos", "-s", "metricas", "-v"])
            .current_dir(b.ruta(""))
            .run()
            .unwrap();
        assert_eq!(f.code, Some(codigo), "{fecha}: {f:?}");
        veces += 1;
    }
    falta.passed(veces, "el código de salida es el de siempre: 0, 3 y 2");
}
