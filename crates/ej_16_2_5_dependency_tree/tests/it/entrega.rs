//! What crosses between arrow-rs and Polars, by addresses.

use ecommerce_model::{ConfigGenerador, Generador};
use ej_16_2_5_dependency_tree::handover::{
    Case, Crossing, Handover, handover_table, handovers, model_cases, neighbour_cases,
};
use std::sync::LazyLock;

const PAGINA: &str = include_str!("../../README.md");

fn modelo() -> &'static [Handover] {
    static MODELO: LazyLock<Vec<Handover>> = LazyLock::new(|| {
        let config = ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, 2_000);
        handovers(&model_cases(&Generador::new(config).unwrap()).unwrap())
    });
    &MODELO
}

fn vecinos() -> &'static [Handover] {
    static VECINOS: LazyLock<Vec<Handover>> =
        LazyLock::new(|| handovers(&neighbour_cases().unwrap()));
    &VECINOS
}

fn de_tipo<'a>(todas: &'a [Handover], tipo: &str) -> Vec<&'a Handover> {
    let de_tipo: Vec<_> = todas.iter().filter(|h| h.arrow_type == tipo).collect();
    assert!(!de_tipo.is_empty(), "{tipo}");
    de_tipo
}

/// The parts of the buffers that are shared, or new.
fn partes(cruce: &Crossing, compartidas: bool) -> Vec<&str> {
    let Crossing::Arrived { buffers, .. } = cruce else {
        panic!("{cruce:?}")
    };
    let mut partes: Vec<&str> = buffers
        .iter()
        .filter(|(_, c)| *c == compartidas)
        .map(|(p, _)| p.as_str())
        .collect();
    partes.dedup();
    partes
}

#[test]
fn los_doce_campos_del_modelo_cruzan_y_vuelven_intactos() {
    let nombres: Vec<&str> = modelo().iter().map(|h| h.name.as_str()).collect();
    for (columna, ..) in ecommerce_arrow::COLUMNS {
        assert!(nombres.contains(&columna), "{columna}");
    }
    for cruce in modelo() {
        assert!(cruce.intact, "{cruce:?}");
    }
}

#[test]
fn numeros_instantes_y_vistas_de_texto_no_se_copian_en_ningun_sentido() {
    for tipo in ["Float64", "Timestamp(µs, \"UTC\")", "Utf8View"] {
        for cruce in de_tipo(modelo(), tipo)
            .into_iter()
            .filter(|h| !h.name.starts_with("trozo"))
        {
            assert!(cruce.to_polars.is_zero_copy(), "{cruce:?}");
            assert!(cruce.to_arrow.as_ref().unwrap().is_zero_copy(), "{cruce:?}");
        }
    }
}

#[test]
fn utf8_recibe_vistas_nuevas_sobre_el_mismo_texto_y_no_vuelve_como_utf8() {
    for cruce in de_tipo(modelo(), "Utf8") {
        assert_eq!(partes(&cruce.to_polars, false), ["vistas"], "{cruce:?}");
        // Texts of up to twelve bytes lie in the views: where all are so, nothing of the text is left to share.
        let corto = ["user_id", "producto_id", "region"].contains(&cruce.name.as_str());
        assert_eq!(
            partes(&cruce.to_polars, true).contains(&"contenido"),
            !corto,
            "{cruce:?}"
        );
        let Some(Crossing::Arrived { as_type, .. }) = &cruce.to_arrow else {
            panic!("{cruce:?}")
        };
        assert_eq!(as_type, "Utf8View");
    }
}

#[test]
fn un_trozo_con_nulos_comparte_los_valores_y_copia_el_bitmap() {
    let trozos: Vec<_> = modelo()
        .iter()
        .filter(|h| h.name == "trozo de monto")
        .collect();
    let [trozo] = trozos[..] else { panic!("one") };
    // The C Data Interface has one offset for all buffers, and arrow-rs moves that of the values into their pointer.
    assert_eq!(partes(&trozo.to_polars, false), ["validez"]);
    assert_eq!(partes(&trozo.to_polars, true), ["valores"]);
    assert!(trozo.to_arrow.as_ref().unwrap().is_zero_copy());
}

#[test]
fn los_vecinos_que_cruzan_sin_copia_y_los_que_se_convierten() {
    for tipo in [
        "Int64",
        "Int32",
        "UInt32",
        "Int8",
        "Float32",
        "Boolean",
        "BinaryView",
        "Date32",
        "Date64",
        "Timestamp(µs)",
        "Timestamp(ms, \"UTC\")",
        "Duration(µs)",
        "LargeList(Float64)",
    ] {
        for cruce in de_tipo(vecinos(), tipo) {
            assert!(cruce.to_polars.is_zero_copy() && cruce.intact, "{cruce:?}");
            assert!(cruce.to_arrow.as_ref().unwrap().is_zero_copy(), "{cruce:?}");
        }
    }
    for (tipo, nuevo) in [
        // Polars counts in milliseconds and finer.
        ("Timestamp(s, \"UTC\")", "valores"),
        ("LargeUtf8", "vistas"),
        ("Binary", "vistas"),
        // Offsets grow from 32 to 64 bits.
        ("List(Float64)", "desplazamientos"),
    ] {
        for cruce in de_tipo(vecinos(), tipo) {
            assert_eq!(partes(&cruce.to_polars, false), [nuevo], "{cruce:?}");
            assert!(cruce.intact, "{cruce:?}");
        }
    }
}

#[test]
fn lo_que_este_polars_no_lleva_compilado_falla_con_su_nombre_y_lo_que_lleva_llega_intacto() {
    for (tipo, feature) in [
        ("Decimal128(18, 2)", "dtype-decimal"),
        ("Dictionary(Int32, Utf8)", "dtype-categorical"),
        ("Struct(\"monto\": Float64, \"region\": Utf8View)", "Struct"),
        ("Time64(µs)", "dtype-time"),
    ] {
        for cruce in de_tipo(vecinos(), tipo) {
            match &cruce.to_polars {
                Crossing::Arrived { .. } => assert!(cruce.intact, "{cruce:?}"),
                Crossing::Refused(dicho) | Crossing::Panicked(dicho) => {
                    assert!(dicho.contains(feature), "{dicho}");
                    assert_eq!((cruce.to_arrow.as_ref(), cruce.intact), (None, false));
                }
            }
        }
    }
}

#[test]
fn la_tabla_de_la_pagina_es_la_de_hoy() {
    let hoy = handover_table(modelo());
    assert!(PAGINA.contains(&hoy), "the page should have:\n{hoy}");
}

#[test]
fn una_copia_se_reconoce_como_copia() {
    // The same rows in another place are not shared: else the table could say "sin copia" of everything.
    use arrow::array::{Array as _, ArrayRef, Int64Array, TimestampSecondArray};
    use std::sync::Arc;
    let caso = |array: ArrayRef| Case {
        name: "x".into(),
        array,
        slice: None,
    };
    let iguales: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
    let segundos: ArrayRef = Arc::new(TimestampSecondArray::from_iter_values(0..100));
    let [comparte, copia] = &handovers(&[caso(iguales), caso(segundos.slice(0, 100))])[..] else {
        panic!("two")
    };
    assert!(comparte.to_polars.is_zero_copy());
    assert!(!copia.to_polars.is_zero_copy());
    assert!(copia.intact, "same instants, other bytes");
}
