//! Footers, page indexes and Bloom filters that claim too much.

use super::{MIB, limites, rechazada, rechazada_con};
use crate::artesania::{
    self as a, Columna, Estructura, INT32, PLAIN, Pagina, archivo, con_pie, pie,
};
use ecommerce_arrow::SafeParquet;
use ecommerce_testkit::alloc;
use std::fs;

#[test]
fn dos_mil_millones_de_grupos_en_un_pie_de_setenta_bytes() {
    let raiz = Estructura::default().texto(4, b"raiz").i32(5, 0).fin();
    let bytes = con_pie(b"PAR1".to_vec(), &pie(1, &[raiz], 0, (1 << 31) - 1, &[]));
    assert!(bytes.len() < 70, "{}", bytes.len());
    assert_eq!(
        rechazada(&bytes),
        "damaged: claims a list of 2147483647 elements in 1 bytes"
    );
}

#[test]
fn un_esquema_de_cien_mil_niveles_no_desborda_la_pila() {
    let mut esquema = vec![Estructura::default().texto(4, b"raiz").i32(5, 1).fin()];
    for _ in 0..100_000 {
        let grupo = Estructura::default().i32(3, 0).texto(4, b"g").i32(5, 1);
        esquema.push(grupo.fin());
    }
    esquema.push(
        Estructura::default()
            .i32(1, INT32)
            .i32(3, 0)
            .texto(4, b"h")
            .fin(),
    );
    let n = esquema.len() as u64;
    let bytes = con_pie(b"PAR1".to_vec(), &pie(n, &esquema, 0, 0, &[]));
    assert_eq!(
        rechazada_con(&bytes, 2 * bytes.len()),
        "damaged: the schema is nested deeper than 64"
    );
}

#[test]
fn diez_mil_hojas_bajo_un_nombre_de_medio_mega_no_se_copian_diez_mil_veces() {
    let mut esquema = vec![Estructura::default().texto(4, b"raiz").i32(5, 1).fin()];
    let nombre = vec![b'n'; MIB / 2];
    esquema.push(
        Estructura::default()
            .i32(3, 0)
            .texto(4, &nombre)
            .i32(5, 10_000)
            .fin(),
    );
    for _ in 0..10_000 {
        esquema.push(
            Estructura::default()
                .i32(1, INT32)
                .i32(3, 0)
                .texto(4, b"h")
                .fin(),
        );
    }
    let n = esquema.len() as u64;
    let bytes = con_pie(b"PAR1".to_vec(), &pie(n, &esquema, 0, 0, &[]));
    assert!(
        rechazada_con(&bytes, 2 * bytes.len()).starts_with("the list of column paths takes"),
        "{}",
        bytes.len()
    );
}

#[test]
fn filas_que_no_caben_en_sus_bytes() {
    let columna = Columna::nueva(INT32, a::SIN, vec![Pagina::datos(i32::MAX, PLAIN, vec![])]);
    let bytes = archivo(i64::from(i32::MAX), &[columna]);
    assert_eq!(
        rechazada(&bytes),
        format!("damaged: claims 2147483647 rows in {} bytes", bytes.len())
    );
}

/// A file of three numbers whose page index, or Bloom filter, is these bytes.
fn con_anexo(indice: Option<Vec<u8>>, bloom: Option<Vec<u8>>) -> Vec<u8> {
    let enteros = [7i32, 8, 9].map(i32::to_le_bytes).concat();
    let mut columna = Columna::nueva(INT32, a::SIN, vec![Pagina::datos(3, PLAIN, enteros)]);
    (columna.indice, columna.bloom) = (indice, bloom);
    archivo(3, &[columna])
}

#[test]
fn un_indice_de_dos_mil_millones_de_paginas_en_siete_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("bomba.parquet");
    let indice = Estructura::default().lista(1, 12, (1 << 31) - 1, &[]).fin();
    fs::write(&ruta, con_anexo(Some(indice), None)).unwrap();
    let (error, visto) = alloc::in_this_thread(|| {
        let abierto = SafeParquet::open(&ruta, "bomba.parquet", &limites()).unwrap();
        abierto.with_page_index().unwrap_err().to_string()
    });
    assert_eq!(
        error,
        "bomba.parquet: damaged: claims a list of 2147483647 elements in 1 bytes"
    );
    assert!(visto.peak < MIB as u64, "{visto:?}");
}

#[test]
fn un_filtro_de_bloom_de_dos_gigas_en_diez_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("bomba.parquet");
    let eleccion = || Estructura::default().dentro(1, Estructura::default());
    let cabecera = |bytes: i32| {
        Estructura::default()
            .i32(1, bytes)
            .dentro(2, eleccion())
            .dentro(3, eleccion())
            .dentro(4, eleccion())
            .fin()
    };
    for (bytes, dice) in [
        (i32::MAX - 31, "a Bloom filter beyond the file"),
        (0, "a Bloom filter of an impossible size"),
        (-32, "a Bloom filter of an impossible size"),
        (33, "a Bloom filter of an impossible size"),
    ] {
        fs::write(&ruta, con_anexo(None, Some(cabecera(bytes)))).unwrap();
        let (error, visto) = alloc::in_this_thread(|| {
            let abierto = SafeParquet::open(&ruta, "bomba.parquet", &limites()).unwrap();
            abierto.bloom_filter(0, 0).unwrap_err().problem.to_string()
        });
        assert_eq!(error, format!("damaged: {dice}"));
        assert!(visto.peak < MIB as u64, "{visto:?}");
    }
    // Thirty-two bytes that are there are a filter, and an empty one excludes everything.
    let filtro = [cabecera(32), vec![0; 32]].concat();
    fs::write(&ruta, con_anexo(None, Some(filtro))).unwrap();
    let abierto = SafeParquet::open(&ruta, "bomba.parquet", &limites()).unwrap();
    assert!(!abierto.bloom_filter(0, 0).unwrap().unwrap().check(&7i32));
}
