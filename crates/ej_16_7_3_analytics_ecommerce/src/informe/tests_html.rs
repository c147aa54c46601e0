//! The document: well formed, self-contained, accessible, and whole under hostile or extreme data.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::{
    DatosInforme, DiaRegion, MotivoCuarentena, ProductoVendido, TablaLeida, informe_html,
    resumen::Resumen,
    series::huecos,
    tests::{datos, fila},
};

/// Parses the body as XML: `maud` closes every element and the body has no void ones.
fn cuerpo(html: &str) -> roxmltree::Document<'_> {
    let desde = html.find("<body>").unwrap();
    let hasta = html.find("</body>").unwrap() + "</body>".len();
    roxmltree::Document::parse(&html[desde..hasta]).unwrap()
}

fn texto(nodo: roxmltree::Node<'_, '_>) -> String {
    nodo.descendants()
        .filter(roxmltree::Node::is_text)
        .filter_map(|n| n.text())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn los_dias_que_faltan_se_ven_como_hueco_y_no_se_inventan() {
    let dias = [date(2027, 3, 1), date(2027, 3, 2), date(2027, 3, 6)];
    let datos = DatosInforme {
        dias: dias.map(|f| fila(f, "norte", 500)).into(),
        ..DatosInforme::default()
    };
    let r = Resumen::nuevo(&datos);
    assert_eq!(huecos(&r), [(date(2027, 3, 3), date(2027, 3, 5))]);
    assert_eq!(r.total.revenue, 1_500);
    let html = informe_html(&datos);
    assert!(html.contains("Sin datos: 3–5 mar 2027"));
    assert!(html.contains("3 días sin datos después del mar 2 mar 2027"));
    let doc = cuerpo(&html);
    let grafico = doc
        .descendants()
        .find(|n| n.attribute("class") == Some("ancho"))
        .unwrap();
    let columnas = grafico
        .descendants()
        .filter(|n| n.attribute("class") == Some("f0"))
        .count();
    assert_eq!(columnas, 3);
}

#[test]
fn sin_filas_el_informe_dice_que_hacer_y_conserva_la_cuarentena() {
    let mut datos = DatosInforme {
        titulo: "Vacío".into(),
        ..DatosInforme::default()
    };
    assert!(informe_html(&datos).contains("No hay métricas que mostrar"));
    datos.cuarentena.push(MotivoCuarentena {
        motivo: "falta_region".into(),
        filas: 1,
    });
    let html = informe_html(&datos);
    let doc = cuerpo(&html);
    assert!(html.contains("1 fila apartada; conserva"));
    assert!(texto(doc.root_element()).contains("region"));
}

#[test]
fn sin_visitantes_no_hay_conversion_ni_division_por_cero() {
    let mut datos = datos(3, 2, 0);
    datos.dias.iter_mut().for_each(|f| f.visitantes = 0);
    let html = informe_html(&datos);
    assert!(html.contains("No hay visitantes identificados"));
    assert!(!html.contains("NaN") && !html.contains("inf"));
}

#[test]
fn el_texto_hostil_se_escapa_se_acorta_y_no_reordena_la_pagina() {
    let nombres = [
        "<script>alert(1)</script>".to_string(),
        "\"><img src=x onerror='1'>&amp;".into(),
        "منطقة الشمال".into(),
        "\u{202e}\u{0}\u{7}\u{ffff}\u{2066}revés\n".into(),
        "x".repeat(10_240),
        "   ".into(),
    ];
    let mut datos = DatosInforme {
        titulo: "</title><script>".into(),
        ..DatosInforme::default()
    };
    datos.versiones_pipeline = nombres.to_vec();
    for nombre in &nombres {
        datos
            .dias
            .push(fila(date(2027, 3, 1), nombre, 10i128.pow(15)));
        let producto_id = Some(nombre.clone());
        datos.productos.push(ProductoVendido {
            producto_id,
            revenue_centavos: 10i128.pow(15),
            transacciones: 2,
        });
        datos.cuarentena.push(MotivoCuarentena {
            motivo: nombre.clone(),
            filas: 1,
        });
        datos.tablas.push(TablaLeida {
            nombre: nombre.clone(),
            ruta: nombre.clone(),
            version: None,
        });
    }
    let html = informe_html(&datos);
    let doc = cuerpo(&html);
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(!html.contains(['\u{202e}', '\u{2066}', '\0', '\u{7}', '\u{ffff}']));
    assert!(
        doc.descendants()
            .filter_map(|n| n.text())
            .all(|t| !t.contains(&"x".repeat(170)))
    );
    let visible = texto(doc.root_element());
    assert!(
        visible.contains("<script>alert(1)</script>"),
        "escaped, it is still legible"
    );
    assert!(visible.contains("منطقة الشمال") && visible.contains("(en blanco)"));
    assert!(
        visible.contains("60.000.000.000.000,00"),
        "the exact figure stands beside the short one"
    );
}

#[test]
fn el_archivo_no_pide_nada_a_la_red() {
    let html = informe_html(&datos(40, 3, 7));
    for prohibido in [
        "http:",
        "https:",
        "//",
        "<script",
        "<link",
        "src=",
        "@import",
        "@font-face",
        "<iframe",
    ] {
        assert!(!html.contains(prohibido), "{prohibido}");
    }
    assert!(html.contains("default-src 'none'"));
    assert!(
        html.match_indices("url(")
            .all(|(i, _)| html[i..].starts_with("url(#"))
    );
}

#[test]
fn cada_imagen_tiene_nombre_y_los_ids_son_unicos_y_existen() {
    let html = informe_html(&datos(40, 3, 7));
    let doc = cuerpo(&html);
    let ids: Vec<_> = doc
        .descendants()
        .filter_map(|n| n.attribute("id"))
        .collect();
    let unicos: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unicos.len());
    let imagenes: Vec<_> = doc
        .descendants()
        .filter(|n| n.attribute("role") == Some("img"))
        .collect();
    assert!(imagenes.len() > 8);
    for imagen in imagenes {
        let titulo = imagen.children().find(|n| n.has_tag_name("title")).unwrap();
        assert!(!titulo.text().unwrap().is_empty());
    }
    for n in doc.descendants() {
        for referencia in [
            n.attribute("aria-labelledby"),
            n.attribute("aria-describedby"),
        ]
        .into_iter()
        .flatten()
        {
            assert!(unicos.contains(referencia), "{referencia}");
        }
    }
}

#[test]
fn dos_mil_dias_por_cuarenta_regiones_caben_en_tres_megas() {
    let html = informe_html(&datos(2_000, 40, 97));
    assert!(html.len() < 3_000_000, "{}", html.len());
    assert!(html.contains("otras 32\u{a0}regiones") && html.contains("Revenue por mes y región"));
    cuerpo(&html);
}

#[test]
fn si_productos_y_regiones_no_suman_lo_mismo_se_avisa() {
    let mut datos = datos(2, 2, 0);
    datos.productos[0].revenue_centavos += 1;
    assert!(informe_html(&datos).contains("no cuadra"));
}

#[test]
fn los_valores_extremos_no_hacen_fallar_el_informe() {
    let extremo = |fecha, centavos, n| DiaRegion {
        revenue_premium_centavos: centavos,
        transacciones: n,
        usuarios_unicos: n,
        visitantes: n,
        usuarios_unicos_dia: n,
        ..fila(fecha, "norte", centavos)
    };
    for (a, b) in [
        (i128::MAX, i128::MAX),
        (i128::MIN, i128::MIN),
        (i128::MIN, i128::MAX),
        (-1, 0),
    ] {
        let dias = vec![
            extremo(Date::MIN, a, i64::MAX),
            extremo(date(2027, 1, 1), b, i64::MIN),
            extremo(Date::MAX, b, -1),
        ];
        let html = informe_html(&DatosInforme {
            dias,
            ..DatosInforme::default()
        });
        assert!(html.len() < 3_000_000);
        cuerpo(&html);
    }
}
