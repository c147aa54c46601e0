//! Exactness: numbers, dates, sums, weeks.

#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::{
    DatosInforme, DiaRegion, ProductoVendido, TablaLeida, formato, informe_html,
    resumen::Resumen,
    semanas::cambio,
    series::{Grano, columnas},
};

/// One row of two sales.
pub(super) fn fila(fecha: Date, region: &str, centavos: i128) -> DiaRegion {
    DiaRegion {
        fecha,
        region: region.into(),
        revenue_centavos: centavos,
        transacciones: 2,
        usuarios_unicos: 1,
        visitantes: 10,
        carritos: 3,
        usuarios_unicos_dia: 1,
        ..DiaRegion::default()
    }
}

/// `dias` days × `regiones` regions with amounts that are all different; every `salta`-th day is missing.
pub(super) fn datos(dias: i32, regiones: usize, salta: i32) -> DatosInforme {
    let mut filas = Vec::new();
    for i in (0..dias).filter(|i| salta == 0 || i % salta != salta - 1) {
        for r in 0..regiones {
            let centavos =
                1_000_003 * i128::from(i) + 7_919 * (r as i128 + 1) * (r as i128 + 1) + 1;
            filas.push(fila(
                date(2026, 1, 1) + i.days(),
                &format!("región {r:02}"),
                centavos,
            ));
        }
    }
    let total = filas.iter().map(|f| f.revenue_centavos).sum();
    DatosInforme {
        titulo: "Ventas".into(),
        dias: filas,
        productos: vec![ProductoVendido {
            producto_id: None,
            revenue_centavos: total,
            transacciones: 1,
        }],
        tablas: vec![TablaLeida {
            nombre: "metricas_diarias".into(),
            ruta: "/datos/m".into(),
            version: Some(12),
        }],
        ..DatosInforme::default()
    }
}

#[test]
fn los_numeros_se_escriben_en_espanol_y_exactos() {
    assert_eq!(formato::dinero(123_456_789), "1.234.567,89");
    assert_eq!(formato::dinero(-5), "−0,05");
    assert_eq!(formato::dinero(10i128.pow(15) + 1), "10.000.000.000.000,01");
    assert_eq!(
        formato::entero(i128::MIN),
        "−170.141.183.460.469.231.731.687.303.715.884.105.728"
    );
    assert_eq!(formato::porcentaje(1, 3), "33,3\u{a0}%");
    assert_eq!(formato::porcentaje(1, 0), "—");
    assert_eq!(formato::compacto(202_146_804_828), "2,02\u{a0}mil\u{a0}M");
    assert_eq!(formato::cociente(5, 2), Some(3));
    assert_eq!(formato::cociente(-5, 2), Some(-3));
    assert_eq!(formato::cociente(1, 0), None);
}

#[test]
fn el_cambio_es_nulo_si_antes_no_hubo_nada_y_conserva_su_signo() {
    assert_eq!(formato::cambio(5, 0), None);
    assert_eq!(
        formato::cambio_texto(formato::cambio(75, 100)),
        "−25,0\u{a0}%"
    );
    assert_eq!(
        formato::cambio_texto(formato::cambio(103, 100)),
        "+3,0\u{a0}%"
    );
    assert_eq!(formato::cambio_texto(formato::cambio(1150, 100)), "×11,5");
    assert_eq!(formato::cambio_texto(None), "—");
}

#[test]
fn las_fechas_llevan_dia_de_la_semana_e_intervalos_breves() {
    assert_eq!(
        formato::fecha_larga(date(2027, 6, 14)),
        "lunes 14 de junio de 2027"
    );
    assert_eq!(formato::fecha_corta(date(2027, 6, 16)), "mié 16 jun 2027");
    assert_eq!(
        formato::intervalo(date(2027, 6, 14), date(2027, 6, 20)),
        "14–20 jun 2027"
    );
    assert_eq!(
        formato::intervalo(date(2026, 12, 28), date(2027, 1, 3)),
        "28 dic 2026 – 3 ene 2027"
    );
}

#[test]
fn las_sumas_coinciden_por_dia_region_semana_y_columna_en_todo_grano() {
    for (dias, grano) in [
        (50, Grano::Dia),
        (300, Grano::Semana),
        (2_000, Grano::Mes),
        (12_000, Grano::Anio),
    ] {
        let datos = datos(dias, 11, 13);
        let total: i128 = datos.dias.iter().map(|f| f.revenue_centavos).sum();
        let r = Resumen::nuevo(&datos);
        let (elegido, columnas) = columnas(&r);
        assert_eq!(elegido, grano, "{dias}");
        assert!(columnas.len() <= 130, "{}", columnas.len());
        assert_eq!(r.total.revenue, total);
        assert_eq!(r.series.len(), 9);
        assert_eq!((r.series[8].region, r.series[8].regiones), (None, 3));
        assert_eq!(r.series.iter().map(|s| s.suma.revenue).sum::<i128>(), total);
        assert_eq!(
            r.regiones.iter().map(|(_, s)| s.revenue).sum::<i128>(),
            total
        );
        assert_eq!(
            r.dias.values().flat_map(|d| &d.revenue).sum::<i128>(),
            total
        );
        assert_eq!(
            r.semanas.iter().flat_map(|s| &s.revenue).sum::<i128>(),
            total
        );
        assert_eq!(
            columnas.iter().flat_map(|c| &c.revenue).sum::<i128>(),
            total
        );
        assert_eq!(
            columnas.iter().map(|c| c.dias).sum::<i128>(),
            r.dias.len() as i128
        );
        assert_eq!(
            columnas.iter().map(|c| c.calendario).sum::<i128>(),
            r.dias_calendario()
        );
        assert!(informe_html(&datos).contains("cuadra al centavo"));
    }
}

#[test]
fn nueve_regiones_se_dibujan_todas_y_diez_pliegan_dos() {
    let (nueve, diez) = (datos(3, 9, 0), datos(3, 10, 0));
    assert!(
        Resumen::nuevo(&nueve)
            .series
            .iter()
            .all(|s| s.region.is_some())
    );
    assert_eq!(
        Resumen::nuevo(&diez)
            .series
            .last()
            .map(|s| (s.region, s.regiones)),
        Some((None, 2))
    );
}

#[test]
fn las_semanas_son_iso_y_solo_se_comparan_con_la_semana_anterior_del_calendario() {
    let dias = [
        (date(2026, 12, 31), 100),
        (date(2027, 1, 3), 100),
        (date(2027, 1, 4), 150),
        (date(2027, 1, 18), 80),
        (date(2027, 1, 25), 0),
        (date(2027, 2, 1), 70),
    ];
    let datos = DatosInforme {
        dias: dias.map(|(f, c)| fila(f, "norte", c)).into(),
        ..DatosInforme::default()
    };
    let r = Resumen::nuevo(&datos);
    let vistas: Vec<_> = r
        .semanas
        .iter()
        .map(|s| (s.anio, s.numero, s.total.revenue, cambio(&r, s)))
        .collect();
    let esperadas = [
        (2026, 53, 200, None),
        (2027, 1, 150, Some(-250)),
        (2027, 3, 80, None),
        (2027, 4, 0, Some(-1000)),
        (2027, 5, 70, None),
    ];
    assert_eq!(vistas, esperadas);
}
