//! Files that are not what they should be: one line that says what and where, and no panic.

use crate::eventos::{Carpeta, escribir, pocos};
use ej_16_3_1_polars_api::{
    Origen, RevenueError, calcular_revenue, calcular_revenue_de, mas_parecida, revenue_directo,
};
use polars::prelude::*;
use std::fs;

/// The typed error of a path, which is one line and begins with the path.
fn error_de(ruta: &str) -> RevenueError {
    let error = calcular_revenue_de(&Origen::new(ruta)).unwrap_err();
    let texto = error.to_string();
    assert!(texto.starts_with(ruta), "{texto}");
    assert_eq!(texto.lines().count(), 1, "{texto}");
    // The guide's function says no as well; how well is the business of `momentos`.
    assert!(calcular_revenue(ruta).is_err(), "{ruta}");
    error
}

#[test]
fn un_archivo_un_directorio_o_un_patron_sin_nada_no_es_un_resultado_vacio() {
    let carpeta = Carpeta::nueva();
    fs::create_dir(carpeta.dir().join("vacio")).unwrap();
    for nombre in [
        "falta.parquet",
        "*.parquet",
        "sub/*.parquet",
        "vacio",
        "vacio/",
    ] {
        let ruta = carpeta.ruta(nombre);
        let error = error_de(&ruta);
        assert!(
            matches!(error, RevenueError::NoFiles { .. }),
            "{nombre}: {error:?}"
        );
        assert_eq!(error.to_string(), format!("{ruta}: there is no such file"));
    }
}

#[test]
fn lo_que_no_es_parquet_se_dice_con_el_nombre_del_archivo() {
    let carpeta = Carpeta::con(pocos());
    let entero = fs::read(carpeta.eventos()).unwrap();
    let sin_cola = &entero[..entero.len() - 1];
    let casos: [(&str, &[u8], &str); 4] = [
        (
            "vacio.parquet",
            b"",
            "A Parquet file must contain a header and footer with at least 12 bytes",
        ),
        (
            "texto.parquet",
            b"region,monto,user_id\nnorte,10.5,u1\n",
            "The file must end with PAR1",
        ),
        (
            "mitad.parquet",
            &entero[..entero.len() / 2],
            "The file must end with PAR1",
        ),
        ("casi.parquet", sin_cola, "The file must end with PAR1"),
    ];
    for (nombre, bytes, detalle) in casos {
        fs::write(carpeta.dir().join(nombre), bytes).unwrap();
        let ruta = carpeta.ruta(nombre);
        let error = error_de(&ruta);
        assert_eq!(
            error.to_string(),
            format!("{ruta}: not a Parquet file: {detalle}")
        );
        // Polars' own message does not say which file it was.
        let de_polars = calcular_revenue(&ruta).unwrap_err().to_string();
        assert!(!de_polars.contains(nombre), "{de_polars}");
    }
}

#[test]
fn cortado_en_cualquier_lugar_es_un_error() {
    let carpeta = Carpeta::con(pocos());
    let entero = fs::read(carpeta.eventos()).unwrap();
    let cortado = carpeta.dir().join("cortado.parquet");
    for hasta in (0..entero.len()).step_by(37) {
        fs::write(&cortado, &entero[..hasta]).unwrap();
        let error = error_de(cortado.to_str().unwrap());
        assert!(
            matches!(error, RevenueError::NotParquet { .. }),
            "{hasta}: {error:?}"
        );
    }
}

#[test]
fn la_columna_que_falta_se_nombra_con_la_mas_parecida() {
    let carpeta = Carpeta::nueva();
    let mut eventos = pocos();
    eventos.rename("user_id", "userId".into()).unwrap();
    escribir(&carpeta.dir().join("eventos.parquet"), &mut eventos);
    let ruta = carpeta.eventos();
    let error = error_de(&ruta);
    assert_eq!(
        error.to_string(),
        format!(
            "{ruta}: there is no column 'user_id'; did you mean 'userId'?; there are: region, monto, userId, pagina"
        )
    );
    let RevenueError::NoColumn {
        column, nearest, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((column, nearest.as_deref()), ("user_id", Some("userId")));

    // Nothing like it: no suggestion rather than a bad one.
    let mut eventos = pocos().drop("monto").unwrap();
    escribir(&carpeta.dir().join("eventos.parquet"), &mut eventos);
    assert_eq!(
        error_de(&ruta).to_string(),
        format!("{ruta}: there is no column 'monto'; there are: region, user_id, pagina")
    );
}

#[test]
fn la_mas_parecida_lo_es_de_verdad_o_no_hay() {
    let nombres = ["region", "monto_eur", "user_id", "página"];
    let casos = [
        ("regiom", Some("region")),
        ("REGION", Some("region")),
        ("egion", Some("region")),
        ("monto", Some("monto_eur")),
        ("userid", Some("user_id")),
        ("pagina", Some("página")),
        ("revenue", None),
        ("x", None),
        ("", None),
    ];
    for (pedido, esperado) in casos {
        assert_eq!(
            mas_parecida(pedido, nombres).as_deref(),
            esperado,
            "{pedido}"
        );
    }
    // Equally like: the first. Closer: that one.
    assert_eq!(mas_parecida("ab", ["ax", "ay"]).as_deref(), Some("ax"));
    assert_eq!(
        mas_parecida("montos", ["mintas", "monto"]).as_deref(),
        Some("monto")
    );
    assert_eq!(mas_parecida("monto", []), None);
}

#[test]
fn una_columna_de_otro_tipo_se_dice_aunque_polars_la_aceptaria() {
    let carpeta = Carpeta::nueva();
    let casos = [
        (
            Column::new("monto".into(), ["10.5"; 6]),
            "the column 'monto' is str, not f64",
        ),
        (
            Column::new("monto".into(), [10i64; 6]),
            "the column 'monto' is i64, not f64",
        ),
        (
            Column::new("user_id".into(), [7i64; 6]),
            "the column 'user_id' is i64, not str",
        ),
    ];
    for (columna, esperado) in casos {
        let mut eventos = pocos();
        eventos.with_column(columna).unwrap();
        escribir(&carpeta.dir().join("eventos.parquet"), &mut eventos);
        let ruta = carpeta.eventos();
        let error = calcular_revenue_de(&Origen::new(&ruta)).unwrap_err();
        assert_eq!(error.to_string(), format!("{ruta}: {esperado}"));
    }
    // Whole numbers pass the guide's function, and its revenue is of another type than yesterday's.
    let mut eventos = pocos();
    eventos
        .with_column(Column::new("monto".into(), [10i64; 6]))
        .unwrap();
    escribir(&carpeta.dir().join("eventos.parquet"), &mut eventos);
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    assert_eq!(revenue.column("revenue").unwrap().dtype(), &DataType::Int64);
}

/// The schema is the first file's: what the second lacks shows when it is read.
#[test]
fn un_segundo_archivo_sin_la_columna_falla_al_leerlo() {
    let carpeta = Carpeta::nueva();
    escribir(&carpeta.dir().join("a.parquet"), &mut pocos());
    let mut sin = pocos().drop("monto").unwrap();
    escribir(&carpeta.dir().join("b.parquet"), &mut sin);
    let ruta = carpeta.ruta("*.parquet");
    let error = error_de(&ruta);
    assert!(matches!(error, RevenueError::Query { .. }), "{error:?}");
    assert!(error.to_string().contains("monto"), "{error}");
}

#[test]
fn la_cuenta_directa_dice_que_columna_falta_o_es_de_otro_tipo() {
    let sin = pocos().drop("monto").unwrap();
    assert!(matches!(
        revenue_directo(&sin),
        Err(PolarsError::ColumnNotFound(_))
    ));
    let mut otra = pocos();
    otra.with_column(Column::new("monto".into(), [1i64; 6]))
        .unwrap();
    assert!(matches!(
        revenue_directo(&otra),
        Err(PolarsError::SchemaMismatch(_))
    ));
}
