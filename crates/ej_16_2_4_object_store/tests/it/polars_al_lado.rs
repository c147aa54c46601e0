//! Synchronous code beside the runtime: what goes on meanwhile, and what does not.

use super::lago::{BUCKET, lago};
use super::parquet_remoto::{POR_GRUPO, archivo, eventos};
use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use ecommerce_arrow::generate_batch;
use ecommerce_arrow::polars_bridge::frame_from_batch;
use ecommerce_model::Centavos;
use ej_16_2_4_object_store::{
    Limits, ParquetObject, Stores, off_the_runtime, revenue_by_region, sum_by_region,
};
use futures::FutureExt;
use object_store::ObjectStoreExt;
use polars::prelude::ChunkAgg;
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use tokio::runtime::Handle;

fn esperado(grupo: u64) -> BTreeMap<String, i64> {
    let filas = grupo * POR_GRUPO as u64..(grupo + 1) * POR_GRUPO as u64;
    let batch = generate_batch(&eventos(), filas).unwrap();
    let region = batch.column_by_name("region").unwrap().as_string::<i32>();
    let monto = batch
        .column_by_name("monto")
        .unwrap()
        .as_primitive::<Float64Type>();
    let mut sumas = BTreeMap::new();
    for (region, monto) in region.iter().zip(monto) {
        if let (Some(region), Some(monto)) = (region, monto) {
            *sumas.entry(region.to_owned()).or_default() +=
                Centavos::from_monto(monto).unwrap().get();
        }
    }
    sumas
}

#[tokio::test]
async fn la_venta_por_region_desde_s3_es_la_de_los_eventos_al_centavo() {
    let lago = lago();
    let objeto = lago.dado("eventos.parquet", archivo()).await;
    let parquet = ParquetObject::open(&objeto, Limits::default())
        .await
        .unwrap();
    let ventas = revenue_by_region(&parquet, &[4]).await.unwrap();
    let region = ventas.column("region").unwrap().str().unwrap();
    let centavos = ventas.column("centavos").unwrap().i64().unwrap();
    let found: BTreeMap<String, i64> = region
        .iter()
        .zip(centavos.iter())
        .map(|(r, c)| (r.unwrap().to_owned(), c.unwrap()))
        .collect();
    assert_eq!(found, esperado(4));
    assert!(found.len() > 2);
}

/// Counts as often as the runtime lets it.
fn latido() -> (Arc<AtomicU64>, tokio::task::JoinHandle<()>) {
    let latidos = Arc::new(AtomicU64::new(0));
    let cuenta = Arc::clone(&latidos);
    let tarea = tokio::spawn(async move {
        loop {
            cuenta.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    });
    (latidos, tarea)
}

#[tokio::test(flavor = "current_thread")]
async fn mientras_polars_calcula_fuera_el_runtime_sigue_latiendo() {
    let batches = vec![generate_batch(&eventos(), 0..10_000).unwrap()];
    let (latidos, tarea) = latido();
    let (testigo, visto) = mpsc::channel();
    let cuenta = Arc::clone(&latidos);
    let ventas = off_the_runtime(move || {
        let ventas = sum_by_region(&batches).unwrap();
        // The query does not end before the heart has beaten a hundred times more: it ends, so the heart beats.
        let limite = cuenta.load(Ordering::SeqCst) + 100;
        while cuenta.load(Ordering::SeqCst) < limite {
            std::thread::yield_now();
        }
        testigo.send(()).unwrap();
        ventas
    })
    .await
    .unwrap();
    tarea.abort();
    assert!(visto.try_recv().is_ok() && ventas.height() > 2);
}

#[tokio::test(flavor = "current_thread")]
async fn una_consulta_lazy_en_el_hilo_de_un_runtime_de_uno_es_un_panic() {
    let batches = vec![generate_batch(&eventos(), 0..1_000).unwrap()];
    // `collect` waits for a runtime of Polars' own, by means that only a runtime of several threads has.
    let panico = catch_unwind(AssertUnwindSafe(|| sum_by_region(&batches))).unwrap_err();
    let texto = dicho(&panico);
    assert!(
        texto.contains("can call blocking only when running on the multi-threaded runtime"),
        "{texto}"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn lo_que_polars_hace_sin_runtime_para_el_del_que_llama() {
    let frame = frame_from_batch(&generate_batch(&eventos(), 0..100_000).unwrap()).unwrap();
    let (latidos, tarea) = latido();
    tokio::task::yield_now().await;
    let antes = latidos.load(Ordering::SeqCst);
    assert!(antes > 0);
    let total = frame.column("monto").unwrap().f64().unwrap().sum();
    // The one thread there is was busy: not one beat, however long it took.
    assert_eq!(latidos.load(Ordering::SeqCst), antes);
    tarea.abort();
    assert!(total.unwrap() > 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn en_un_runtime_de_varios_hilos_se_para_al_menos_la_propia_tarea() {
    let batches = vec![generate_batch(&eventos(), 0..10_000).unwrap()];
    let latidos = Cell::new(0);
    let hecho = Cell::new(false);
    let consulta = async {
        tokio::task::yield_now().await;
        let antes = latidos.get();
        let ventas = sum_by_region(&batches).unwrap();
        hecho.set(true);
        (latidos.get() - antes, ventas)
    };
    // The other branch of the same task, as a time limit or a heartbeat beside the query would be.
    let latido = async {
        while !hecho.get() {
            latidos.set(latidos.get() + 1);
            tokio::task::yield_now().await;
        }
    };
    let ((durante, ventas), ()) = tokio::join!(consulta, latido);
    assert!(latidos.get() > 0 && ventas.height() > 2);
    assert_eq!(durante, 0);
}

/// What a panic said.
fn dicho(panico: &Box<dyn Any + Send>) -> String {
    let texto = panico.downcast_ref::<String>().cloned();
    texto
        .or_else(|| Some((*panico.downcast_ref::<&str>()?).to_owned()))
        .unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn esperar_con_block_on_es_un_panic_en_el_runtime_y_vale_fuera() {
    let lago = lago();
    let objeto = lago.dado("x", b"abc".to_vec()).await;
    let aqui = Handle::current();
    let dentro = catch_unwind(AssertUnwindSafe(|| aqui.block_on(objeto.get())));
    let texto = dicho(&dentro.unwrap_err());
    assert!(
        texto.contains("Cannot start a runtime from within a runtime"),
        "{texto}"
    );
    // Synchronous code that needs bytes in the middle of its work gets them there.
    let fuera = off_the_runtime(move || Handle::current().block_on(objeto.get()))
        .await
        .unwrap();
    assert_eq!(fuera.unwrap(), "abc");
}

#[tokio::test]
async fn un_panic_del_trabajo_es_un_error_de_quien_espera() {
    let error = off_the_runtime(|| panic!("la consulta no vale"))
        .await
        .unwrap_err();
    assert!(error.is_panic());
}

#[test]
fn sin_tokio_el_disco_y_la_memoria_sirven_y_s3_no() {
    let lago = lago();
    std::fs::write(lago.server.path_of(BUCKET, "x"), "abc").unwrap();
    let dir = super::lago::carpeta();
    std::fs::write(dir.path().join("x"), "abc").unwrap();
    let lee = |objeto: &ej_16_2_4_object_store::Object| {
        let key = objeto.place().key();
        let leido = async { objeto.store().get(key).await?.bytes().await };
        futures::executor::block_on(AssertUnwindSafe(leido).catch_unwind())
    };
    let memoria = Stores::default().open("memory:///x").unwrap();
    futures::executor::block_on(memoria.store().put(memoria.place().key(), "abc".into())).unwrap();
    assert_eq!(lee(&memoria).unwrap().unwrap(), "abc");
    let disco = Stores::default()
        .open(&super::lago::url_de(&dir.path().join("x")))
        .unwrap();
    assert_eq!(lee(&disco).unwrap().unwrap(), "abc");
    let texto = dicho(&lee(&lago.objeto("x")).unwrap_err());
    assert!(texto.contains("there is no reactor running"), "{texto}");
}
