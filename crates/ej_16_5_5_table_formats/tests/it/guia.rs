//! What the guide says of Delta Kernel, held against what is compiled here.

/// The package in this workspace's lock file, with its dependencies.
fn paquete(nombre: &str) -> Option<&'static str> {
    let lock = include_str!("../../../../Cargo.lock");
    let cabecera = format!("name = \"{nombre}\"\n");
    lock.split("[[package]]\n")
        .find(|paquete| paquete.starts_with(&cabecera))
}

#[test]
fn deltalake_compila_un_kernel_y_no_es_el_paquete_de_ese_nombre() {
    let nucleo = paquete("deltalake-core").unwrap();
    assert!(nucleo.contains("\"buoyant_kernel\""), "{nucleo}");
    assert!(paquete("delta_kernel").is_none());
}
