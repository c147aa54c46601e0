//! What the sources of the dependencies contain.

use crate::metadatos;

/// Evidence for 16.2.1: what its page says of `arrow::compute`.
#[test]
fn los_kernels_de_arrow_rs_no_nombran_ninguna_instruccion_vectorial() {
    let mut lineas = 0;
    for nombre in [
        "arrow-arith",
        "arrow-ord",
        "arrow-select",
        "arrow-string",
        "arrow-cast",
    ] {
        let paquete = metadatos()
            .packages
            .iter()
            .find(|p| p.name.as_str() == nombre)
            .unwrap();
        let mut carpetas = vec![paquete.manifest_path.parent().unwrap().join("src")];
        while let Some(carpeta) = carpetas.pop() {
            for entrada in carpeta.read_dir_utf8().unwrap() {
                let ruta = entrada.unwrap().into_path();
                if ruta.is_dir() {
                    carpetas.push(ruta);
                    continue;
                }
                for linea in std::fs::read_to_string(&ruta).unwrap().lines() {
                    lineas += 1;
                    for intrinseco in [
                        "core::arch",
                        "std::arch",
                        "feature_detected",
                        "#[target_feature",
                        "std::simd",
                        "core::simd",
                    ] {
                        assert!(!linea.contains(intrinseco), "{ruta}: {linea}");
                    }
                }
            }
        }
    }
    assert!(lineas > 10_000, "the sources were read");
}
