//! The log as files of JSON: replayed by hand, explained, and damaged.

use crate::bancada::{ambos, en_disco, lote_de, venta, venta_del};
use datafusion::prelude::{col, lit};
use deltalake::kernel::DataType;
use ej_16_5_1_delta::log::{self, Action, explain};
use ej_16_5_1_delta::{
    Appended, TableError, TableSpec, append_once, delete_where, generated, walk,
};
use std::fs;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn el_registro_reproducido_a_mano_da_los_archivos_que_ve_la_biblioteca() {
    for sitio in ambos() {
        for paso in walk(&sitio.place).await.unwrap() {
            let a_mano = log::replay(&sitio.place, paso.version).await.unwrap();
            let tabla = sitio.place.open_at(paso.version).await.unwrap();
            let mut vivos: Vec<String> = tabla
                .snapshot()
                .unwrap()
                .log_data()
                .iter()
                .map(|archivo| archivo.path().into_owned())
                .collect();
            vivos.sort();
            assert_eq!(a_mano, vivos, "{} {}", sitio.nombre, paso.titulo);
            assert_eq!(a_mano.len(), paso.archivos);
        }
    }
}

#[tokio::test]
async fn cada_accion_se_explica_con_sus_cifras() {
    let sitio = en_disco();
    let forma = TableSpec::sales()
        .column(generated("lote", DataType::LONG, "venta_id % 100"))
        .partitioned_by("fecha")
        .property("delta.checkpointInterval", "10");
    let lunes = [venta_del(1, 7, "norte", 150), venta_del(1, 9, "sur", 250)];
    let tabla = sitio.con_forma(&forma, &[&lunes]).await;
    delete_where(tabla, col("region").eq(lit("sur")))
        .await
        .unwrap();

    let crear = log::read(&sitio.place, 0).await.unwrap();
    let dichas: Vec<String> = crear.actions.iter().map(explain).collect();
    let todo = dichas.join("\n");
    for dice in [
        "protocol    para leer hace falta la versión 1 del protocolo, y para escribir la 4",
        "venta_id: long, sin nulos",
        "fecha: date, sin nulos, de partición: está en la ruta y no en los archivos",
        "monto: decimal(18,2), sin nulos",
        "lote: long, generada: venta_id % 100",
        "propiedad delta.checkpointInterval = 10",
        "commitInfo  CREATE TABLE, ",
    ] {
        assert!(todo.contains(dice), "falta «{dice}» en\n{todo}");
    }

    let anadir = log::read(&sitio.place, 1).await.unwrap();
    let suma = anadir
        .actions
        .iter()
        .find(|a| matches!(a, Action::Add(_)))
        .unwrap();
    let dicha = explain(suma);
    assert!(
        dicha.starts_with("add         fecha=2024-01-15/part-"),
        "{dicha}"
    );
    for dice in [
        "2 filas, ",
        "venta_id entre 7 y 9",
        "region entre \"norte\" y \"sur\"",
        "monto entre 1.5 y 2.5",
    ] {
        assert!(dicha.contains(dice), "falta «{dice}» en\n{dicha}");
    }

    let borrar = log::read(&sitio.place, 2).await.unwrap();
    let dichas: Vec<String> = borrar.actions.iter().map(explain).collect();
    let todo = dichas.join("\n");
    assert!(
        todo.contains("remove      fecha=2024-01-15/part-"),
        "{todo}"
    );
    assert!(
        todo.contains(
            "sus filas dejan de estar en la tabla; el archivo queda en el disco hasta un vacuum"
        ),
        "{todo}"
    );
    assert!(todo.contains("predicate = region = 'sur'"), "{todo}");
}

#[tokio::test]
async fn las_transacciones_de_una_aplicacion_quedan_escritas() {
    let sitio = en_disco();
    let tabla = sitio.con(&[]).await;
    let (tabla, hecho) = append_once(tabla, "caja-3", 41, &lote_de(&[venta(1, "sur", 1)]))
        .await
        .unwrap();
    assert_eq!(hecho, Appended::Now);
    let entrada = log::read(&sitio.place, 1).await.unwrap();
    let dichas: Vec<String> = entrada.actions.iter().map(explain).collect();
    assert!(
        dichas.contains(
            &"txn         la aplicación «caja-3» lleva escrito hasta su transacción 41".to_owned()
        ),
        "{dichas:?}"
    );
    let (_, hecho) = append_once(tabla, "caja-3", 41, &lote_de(&[venta(1, "sur", 1)]))
        .await
        .unwrap();
    assert_eq!(hecho, Appended::Already);
    assert_eq!(sitio.ventas().await.len(), 1);
}

#[tokio::test]
async fn una_linea_que_no_es_una_accion_se_dice_con_su_version_y_su_numero() {
    let sitio = en_disco();
    drop(sitio.con(&[&[venta(1, "sur", 1)]]).await);
    let ruta = sitio.commit(1);
    let bueno = fs::read_to_string(&ruta).unwrap();
    for malo in [
        "{\"add\":",
        "[]",
        "{}",
        "{\"add\":{\"size\":\"mucho\"}}",
        "\u{0}\u{0}",
    ] {
        fs::write(&ruta, format!("{bueno}\n{malo}\n")).unwrap();
        let lineas = bueno.lines().count() + 2;
        match log::read(&sitio.place, 1).await {
            // The file may or may not end in a line feed.
            Err(TableError::Action {
                version: 1, line, ..
            }) => assert!(line.abs_diff(lineas) <= 1, "{malo:?}: {line} {lineas}"),
            otro => panic!("{malo:?}: {otro:?}"),
        }
    }
    assert!(matches!(
        log::read(&sitio.place, 2).await,
        Err(TableError::NoVersion(2))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_registro_cortado_o_vacio_es_un_error_y_no_una_tabla_vacia() {
    for sitio in ambos() {
        drop(
            sitio
                .con(&[&[venta(1, "sur", 1)], &[venta(2, "sur", 2)]])
                .await,
        );
        let ruta = sitio.commit(0);
        let bueno = fs::read(&ruta).unwrap();
        for malo in [&bueno[..bueno.len() / 2], b"".as_slice(), b"no es JSON"] {
            fs::write(&ruta, malo).unwrap();
            let antes = sitio.arbol();
            let error = sitio.place.open_or_create(&TableSpec::sales()).await;
            assert!(
                matches!(error, Err(TableError::Damaged { .. })),
                "{} {error:?}",
                sitio.nombre
            );
            assert_eq!(antes.changes(&sitio.arbol()), []);
        }
        fs::write(&ruta, &bueno).unwrap();
        assert_eq!(sitio.ventas().await.len(), 2);
    }
}

#[tokio::test]
async fn un_protocolo_mas_nuevo_se_rechaza_por_su_nombre() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "sur", 1)]]).await;
    drop(tabla);
    let ruta = sitio.commit(0);
    let bueno = fs::read_to_string(&ruta).unwrap();
    let viejo = "\"minReaderVersion\":1,\"minWriterVersion\":2";
    assert!(bueno.contains(viejo), "{bueno}");
    for (nuevo, dice) in [
        (
            "\"minReaderVersion\":9,\"minWriterVersion\":9",
            "reader version 9",
        ),
        (
            "\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"telepatia\"],\"writerFeatures\":[\"telepatia\"]",
            "telepatia",
        ),
    ] {
        fs::write(&ruta, bueno.replace(viejo, nuevo)).unwrap();
        let antes = sitio.arbol();
        let abierta = match sitio.place.open().await {
            Err(e) => Err(e),
            Ok(tabla) => ej_16_5_1_delta::read_sales(&tabla).await.map(drop),
        };
        let error = abierta.unwrap_err().to_string();
        assert!(error.contains(dice), "{error}");
        assert_eq!(antes.changes(&sitio.arbol()), []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_archivo_de_datos_que_falta_es_un_error_al_leer_y_no_menos_filas() {
    for sitio in ambos() {
        drop(
            sitio
                .con(&[&[venta(1, "sur", 1)], &[venta(2, "sur", 2)]])
                .await,
        );
        let vivos = log::replay(&sitio.place, 2).await.unwrap();
        fs::remove_file(sitio.raiz.join(&vivos[0])).unwrap();
        let tabla = sitio.place.open().await.unwrap();
        let leidas = ej_16_5_1_delta::read_sales(&tabla).await;
        assert!(matches!(leidas, Err(TableError::Query(_))), "{leidas:?}");
    }
}
