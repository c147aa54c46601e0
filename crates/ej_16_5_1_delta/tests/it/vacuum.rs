//! Vacuum: first said, then done, and what time travel then loses.

use crate::bancada::{ambos, en_disco, lote_de, numeros, venta};
use chrono::Duration;
use ecommerce_testkit::temp::Change;
use ej_16_5_1_delta::{Vacuum, overwrite, read_sales};
use std::fs;

/// Everything that left the table, however lately.
fn ya() -> Vacuum {
    Vacuum::keeping(Duration::zero()).insisting()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn el_ensayo_dice_lo_que_el_vacuum_borra_y_no_borra_nada() {
    for sitio in ambos() {
        let tabla = sitio
            .con(&[&[venta(1, "norte", 100)], &[venta(2, "sur", 200)]])
            .await;
        let tabla = overwrite(tabla, [lote_de(&[venta(3, "este", 300)])])
            .await
            .unwrap();
        let antes = sitio.arbol();
        let (tabla, dicho) = ya().rehearse(tabla).await.unwrap();
        assert_eq!(dicho.len(), 2);
        assert_eq!(antes.changes(&sitio.arbol()), [], "{}", sitio.nombre);
        assert_eq!(tabla.version(), Some(3));

        let (tabla, hecho) = ya().run(tabla).await.unwrap();
        assert_eq!(hecho, dicho);
        let mut quitados: Vec<String> = antes
            .changes(&sitio.arbol())
            .into_iter()
            .filter_map(|c| match c {
                Change::Removed(ruta) => Some(ruta.display().to_string()),
                _ => None,
            })
            .collect();
        quitados.sort();
        assert_eq!(quitados, dicho);
        // A vacuum is two commits: that it begins and that it ended.
        assert_eq!(tabla.version(), Some(5));
        assert_eq!(numeros(&sitio.ventas().await), [3]);

        // The log still knows version 2; its rows are gone, and reading them is an error, not an empty answer.
        let vieja = sitio.place.open_at(2).await.unwrap();
        assert!(read_sales(&vieja).await.is_err());
        assert_eq!(
            numeros(
                &read_sales(&sitio.place.open_at(3).await.unwrap())
                    .await
                    .unwrap()
            ),
            [3]
        );
    }
}

#[tokio::test]
async fn menos_de_una_semana_se_rechaza_y_lo_joven_se_guarda() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let tabla = overwrite(tabla, [lote_de(&[venta(3, "este", 300)])])
        .await
        .unwrap();
    let antes = sitio.arbol();
    let error = Vacuum::keeping(Duration::hours(167))
        .run(tabla.clone())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("greater than 168 hours, got 167 hours"),
        "{error}"
    );
    let (_, nada) = Vacuum::keeping(Duration::hours(168))
        .run(tabla)
        .await
        .unwrap();
    assert_eq!(nada, Vec::<String>::new());
    assert_eq!(antes.changes(&sitio.arbol()), []);
}

#[tokio::test]
async fn un_archivo_que_ningun_commit_nombra_solo_lo_quita_el_completo() {
    let sitio = en_disco();
    let tabla = sitio.con(&[&[venta(1, "norte", 100)]]).await;
    let suelto = sitio.raiz.join("part-00000-a-medias.parquet");
    fs::write(&suelto, "de un escritor que no llegó a su commit").unwrap();
    fs::write(
        sitio.raiz.join("_notas.txt"),
        "lo que empieza por _ no es de la tabla",
    )
    .unwrap();
    // Of one that is young a writer may still be about to say that it is the table's.
    let reciente = Vacuum::keeping(Duration::hours(168)).with_strays();
    let (tabla, nada) = reciente.run(tabla).await.unwrap();
    assert_eq!(nada, Vec::<String>::new());
    let (tabla, ligero) = ya().run(tabla).await.unwrap();
    assert_eq!(ligero, Vec::<String>::new());
    assert!(suelto.exists());
    let (_, completo) = ya().with_strays().run(tabla).await.unwrap();
    assert_eq!(completo, ["part-00000-a-medias.parquet"]);
    assert!(!suelto.exists() && sitio.raiz.join("_notas.txt").exists());
    assert_eq!(numeros(&sitio.ventas().await), [1]);
}
