//! Creating, appending, overwriting, and what is refused.

use crate::bancada::{ambos, dia, en_disco, en_s3, lote_de, numeros, venta, venta_del};
use datafusion::prelude::{Expr, col, lit};
use datafusion::scalar::ScalarValue;
use ecommerce_testkit::temp::Change;
use ej_16_5_1_delta::{
    Place, Sale, TableError, TableSpec, append, delete_where, overwrite, read_sales, replace_where,
};
use std::path::Path;

fn del_dia(n: i8) -> Expr {
    let days = dia(n).days_since_epoch();
    col("fecha").eq(lit(ScalarValue::Date32(Some(days))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crear_hace_la_version_cero_y_solo_donde_no_hay_nada() {
    for sitio in ambos() {
        let tabla = sitio.place.create(&TableSpec::sales()).await.unwrap();
        assert_eq!(tabla.version(), Some(0));
        assert_eq!(sitio.ventas().await, []);
        let antes = sitio.arbol();
        let otra = sitio.place.create(&TableSpec::sales()).await;
        assert!(
            matches!(otra, Err(TableError::Occupied(_))),
            "{}",
            sitio.nombre
        );
        assert_eq!(antes.changes(&sitio.arbol()), []);
    }
    // Not over a stranger's files either.
    let sitio = en_disco();
    std::fs::create_dir_all(&sitio.raiz).unwrap();
    std::fs::write(sitio.raiz.join("foto.jpg"), "no es una tabla").unwrap();
    let antes = sitio.arbol();
    let creada = sitio.place.create(&TableSpec::sales()).await;
    assert!(matches!(creada, Err(TableError::Occupied(_))));
    assert!(matches!(
        sitio.place.open().await,
        Err(TableError::NoTable(_))
    ));
    assert_eq!(antes.changes(&sitio.arbol()), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn de_ocho_que_crean_a_la_vez_lo_hace_uno() {
    for sitio in ambos() {
        let tareas: Vec<_> = (0..8)
            .map(|_| {
                let place = sitio.place.clone();
                tokio::spawn(async move { place.create(&TableSpec::sales()).await })
            })
            .collect();
        let mut creadas = 0;
        for tarea in tareas {
            match tarea.await.unwrap() {
                Ok(_) => creadas += 1,
                Err(TableError::Occupied(_)) => {}
                Err(otro) => panic!("{}: {otro}", sitio.nombre),
            }
        }
        assert_eq!(creadas, 1, "{}", sitio.nombre);
        assert_eq!(sitio.place.open().await.unwrap().version(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anadir_suma_filas_y_sobrescribir_las_cambia_todas() {
    for sitio in ambos() {
        let (a, b, c) = (
            venta(1, "norte", 100),
            venta(2, "sur", 200),
            venta(3, "sur", 300),
        );
        let tabla = sitio
            .con(&[std::slice::from_ref(&a), std::slice::from_ref(&b)])
            .await;
        assert_eq!(sitio.ventas().await, [a.clone(), b]);
        let tabla = overwrite(tabla, [lote_de(std::slice::from_ref(&c))])
            .await
            .unwrap();
        assert_eq!(tabla.version(), Some(3));
        assert_eq!(sitio.ventas().await, [c]);
        // The files of older versions are still there, and so are the versions.
        let vieja = sitio.place.open_at(1).await.unwrap();
        assert_eq!(read_sales(&vieja).await.unwrap(), [a]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reemplazar_una_parte_no_toca_el_resto_y_rechaza_lo_que_no_es_suyo() {
    for sitio in ambos() {
        let forma = TableSpec::sales().partitioned_by("fecha");
        let lunes = [venta_del(1, 1, "norte", 100), venta_del(1, 2, "sur", 200)];
        let martes = [venta_del(2, 11, "este", 300)];
        let tabla = sitio.con_forma(&forma, &[&lunes, &martes]).await;
        let nuevas = [venta_del(1, 3, "oeste", 400)];
        let tabla = replace_where(tabla, del_dia(1), [lote_de(&nuevas)])
            .await
            .unwrap();
        assert_eq!(numeros(&sitio.ventas().await), [3, 11]);

        let antes = sitio.ventas().await;
        let ajena = replace_where(tabla, del_dia(1), [lote_de(&[venta_del(2, 4, "sur", 1)])]).await;
        assert!(matches!(ajena, Err(TableError::Rows(_))), "{ajena:?}");
        assert_eq!(sitio.ventas().await, antes);
        assert_eq!(sitio.place.open().await.unwrap().version(), Some(3));
    }
}

/// A region that is an attack where predicates are texts.
const ATAQUE: &str = "norte' OR 'a'='a";

fn tres() -> [Sale; 3] {
    [
        venta(1, "norte", 100),
        venta(2, ATAQUE, 200),
        venta(3, "sur", 300),
    ]
}

#[tokio::test]
async fn un_literal_con_tipo_no_se_deja_ampliar_y_un_texto_pegado_si() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&tres()]).await;
    let (_, metricas) = delete_where(tabla, col("region").eq(lit(ATAQUE)))
        .await
        .unwrap();
    assert_eq!(metricas.num_deleted_rows, Some(1));
    assert_eq!(numeros(&sitio.ventas().await), [1, 3]);

    // What the library also takes: a text that it parses. Glued from the same region it means every row.
    let otro = en_disco();
    let tabla = otro.con(&[&tres()]).await;
    tabla
        .delete()
        .with_predicate(format!("region = '{ATAQUE}'"))
        .await
        .unwrap();
    assert_eq!(otro.ventas().await, []);
}

#[tokio::test]
async fn una_direccion_que_no_puede_ser_se_rechaza_sin_repetirla() {
    for (texto, dice) in [
        ("", "empty"),
        ("s3://clave:secreta@lago/x", "credentials"),
        ("ftp://lago/x", "expected"),
        ("s3:///x", "bucket"),
    ] {
        let error = Place::parse(texto, []).err().unwrap().to_string();
        assert!(error.contains(dice), "{texto}: {error}");
        assert!(!error.contains("secreta"), "{error}");
    }
    let http = [(
        "aws_endpoint_url".to_owned(),
        "http://ejemplo.es".to_owned(),
    )];
    let error = Place::parse("s3://lago/x", http).err().unwrap();
    assert!(error.to_string().contains("plain http"), "{error}");
    let rara = [("aws_clave_secreta".to_owned(), "canario".to_owned())];
    let error = Place::parse("s3://lago/x", rara).err().unwrap().to_string();
    assert!(
        error.contains("unknown option") && !error.contains("canario"),
        "{error}"
    );
}

#[tokio::test]
async fn un_archivo_en_lugar_de_una_tabla_no_es_una_tabla() {
    let sitio = en_disco();
    std::fs::write(&sitio.raiz, "un archivo").unwrap();
    let abierta = sitio.place.open().await;
    assert!(abierta.is_err());
    assert!(sitio.place.create(&TableSpec::sales()).await.is_err());
    assert_eq!(std::fs::read(&sitio.raiz).unwrap(), b"un archivo");
}

#[tokio::test]
async fn lo_que_la_biblioteca_sola_hace_sobre_archivos_ajenos_es_otra_tabla() {
    let sitio = en_disco();
    std::fs::create_dir_all(&sitio.raiz).unwrap();
    std::fs::write(sitio.raiz.join("foto.jpg"), "no es una tabla").unwrap();
    let antes = sitio.arbol();
    let tabla = append(sitio.place.unopened(), [lote_de(&[venta(1, "sur", 1)])])
        .await
        .unwrap();
    assert_eq!(tabla.version(), Some(0));
    let cambios = antes.changes(&sitio.arbol());
    let nuevo =
        |c: &Change| matches!(c, Change::Added(p) if p.starts_with(Path::new("_delta_log")));
    assert!(cambios.iter().any(nuevo), "{cambios:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn si_s3_no_responde_se_dice_donde_y_no_que_no_hay_tabla() {
    let sitio = en_s3();
    drop(sitio.con(&[&tres()]).await);
    let proxy = sitio.proxy.as_ref().unwrap();
    proxy.add(ecommerce_testlake::Rule::any(
        ecommerce_testlake::Fault::Refuse(403, "AccessDenied"),
    ));
    let error = sitio.place.open().await.unwrap_err();
    assert!(
        matches!(&error, TableError::Unavailable { place, .. } if place == "s3://lago/ventas"),
        "{error}"
    );
    proxy.clear();
    assert_eq!(sitio.ventas().await.len(), 3);
}
