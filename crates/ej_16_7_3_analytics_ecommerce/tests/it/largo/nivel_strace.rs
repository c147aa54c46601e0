//! The long forms that need mount namespaces and strace.

use crate::bancada::Bancada;
use crate::nivel_strace::{discos_llenos, lleno_dicho, una_a_una};
use ecommerce_testkit::faults::FaultReport;

/// Faults 14: tmpfs of one to five MiB, with every four KiB of room.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn el_disco_se_llena_en_cualquier_momento() {
    let falta = FaultReport::begin(
        14,
        "tabla",
        "tmpfs de 1 a 5 MiB lleno bajo la tabla, con 0 a 80 KiB libres",
    );
    let tamanos = ["1m", "2m", "3m", "4m", "5m"];
    let discos: Vec<(&str, u32)> = tamanos
        .into_iter()
        .flat_map(|tamano| (0..=80).step_by(4).map(move |libre| (tamano, libre)))
        .collect();
    let [llenos, cabidos] = discos_llenos(&Bancada::chica(), &discos);
    assert!(llenos >= 20 && cabidos >= 20, "{llenos} {cabidos}");
    falta.passed(llenos, lleno_dicho(cabidos));
}

/// Faults 15: one call after the other, in each of the three tables.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn cada_llamada_negada_una_vez() {
    let falta = FaultReport::begin(
        15,
        "negadas",
        "EIO y EACCES en cada paso del commit de cada tabla, uno por corrida",
    );
    let [veces, casos] = una_a_una(&Bancada::chica(), 8);
    assert!(casos >= 27, "{casos}");
    falta.passed(veces, format!("{casos} corridas; INV; la repetición vale"));
}
