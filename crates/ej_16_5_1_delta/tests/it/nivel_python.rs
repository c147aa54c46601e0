//! A reader that is not ours: Python's deltalake and pyarrow see what Rust wrote, version by version.

use crate::bancada::{ambos, en_disco, lote_de, venta};
use ecommerce_testlake::delta::{Day, Expected, IndependentReader, Invariant, content};
use ej_16_5_1_delta::{
    Appended, Sale, TableError, append_once, checkpoint, read_sales, walk, walk_vacuum,
};
use std::fs;

/// The rows of every version by deltalake, the way [`escrita`] writes them.
const POR_VERSION: &str = "
import json, sys
from deltalake import DeltaTable
for version in range(int(sys.argv[2]) + 1):
    tabla = DeltaTable(sys.argv[1], version=version).to_pyarrow_table()
    filas = zip(*(tabla.column(c).to_pylist() for c in ('venta_id', 'fecha', 'region', 'monto')))
    print(json.dumps(sorted(f'{i}|{d}|{r}|{m}' for i, d, r, m in filas)))
";

fn escrita(venta: &Sale) -> String {
    let region = venta.region.as_deref().unwrap_or("None");
    format!(
        "{}|{}|{region}|{}",
        venta.venta_id, venta.fecha, venta.monto
    )
}

fn escritas(ventas: &[Sale]) -> Vec<String> {
    let mut filas: Vec<String> = ventas.iter().map(escrita).collect();
    filas.sort();
    filas
}

/// A sale as the content hash writes it, with a null for `canal` where the version has that column.
fn fila(venta: &Sale) -> String {
    let (id, fecha, monto) = (
        venta.venta_id.to_string(),
        venta.fecha.to_string(),
        venta.monto.to_string(),
    );
    content::row([
        Some(id.as_str()),
        Some(&fecha),
        venta.region.as_deref(),
        Some(&monto),
    ])
}

fn esperado(ventas: &[Sale]) -> Expected {
    let mut dias: Vec<String> = ventas.iter().map(|v| v.fecha.to_string()).collect();
    dias.dedup();
    dias.iter().fold(Expected::new(), |esperado, dia| {
        let suyas = ventas
            .iter()
            .filter(|v| v.fecha.to_string() == *dia)
            .map(fila);
        esperado.day(dia, Day::exactly(suyas))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "tier python: cargo xtask test"]
async fn python_lee_en_cada_version_lo_que_rust_escribio_y_la_ultima_esta_entera() {
    let reader = IndependentReader::from_env().unwrap();
    for sitio in ambos() {
        let pasos = walk(&sitio.place).await.unwrap();
        let fin = reader
            .program(POR_VERSION)
            .arg(&sitio.raiz)
            .arg("11")
            .run()
            .unwrap();
        assert!(fin.success(), "{fin:?}");
        let leidas: Vec<Vec<String>> = fin
            .stdout_text()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(leidas.len(), pasos.len());
        for (paso, leidas) in pasos.iter().zip(&leidas) {
            assert_eq!(
                leidas,
                &escritas(&paso.ventas),
                "{} {}",
                sitio.nombre,
                paso.titulo
            );
        }
        // Files, log and table agree, before the vacuum and after it.
        let alrededor = sitio.raiz.parent().unwrap().to_owned();
        let inv = Invariant::watch(&sitio.raiz, alrededor).unwrap();
        let ultimo = esperado(&pasos[11].ventas);
        let hallado = inv.check(&reader, &ultimo).unwrap();
        assert_eq!((hallado.version(), hallado.residue().len()), (Some(11), 0));
        walk_vacuum(&sitio.place).await.unwrap();
        let hallado = inv.check(&reader, &ultimo).unwrap();
        assert_eq!(hallado.version(), Some(13));
    }
}

#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn python_lee_nuestro_checkpoint_sin_los_commits_y_rust_el_suyo() {
    let reader = IndependentReader::from_env().unwrap();
    let sitio = en_disco();
    let ventas = [
        venta(1, "norte", 100),
        venta(2, "sur", 200),
        venta(3, "este", 300),
    ];
    let tabla = sitio.con(&[&ventas[..2], &ventas[2..]]).await;
    checkpoint(&tabla).await.unwrap();
    // To read none is needed; to write, both want that of the version they read.
    for version in 0..=1 {
        fs::remove_file(sitio.commit(version)).unwrap();
    }
    let inv = Invariant::watch(&sitio.raiz, sitio.raiz.parent().unwrap()).unwrap();
    let esperado = Expected::new().day("\\N", Day::exactly(ventas.iter().map(fila)));
    inv.check(&reader, &esperado).unwrap();

    // Python appends, writes its own checkpoint, and loses every commit but that.
    let fin = reader
        .program(
            "
import sys, datetime, decimal, pyarrow as pa
from deltalake import DeltaTable, write_deltalake
t = DeltaTable(sys.argv[1])
dia = datetime.date(2024, 1, 15)
fila = pa.table({'venta_id': pa.array([4], pa.int64()), 'fecha': pa.array([dia], pa.date32()),
                 'region': pa.array([None], pa.string()), 'monto': pa.array([decimal.Decimal('4.00')], pa.decimal128(18, 2))})
write_deltalake(t, fila, mode='append')
DeltaTable(sys.argv[1]).create_checkpoint()
",
        )
        .arg(&sitio.raiz)
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    for version in 2..=3 {
        fs::remove_file(sitio.commit(version)).unwrap();
    }
    let mut todas = ventas.to_vec();
    todas.push(Sale {
        region: None,
        ..venta(4, "", 400)
    });
    assert_eq!(sitio.ventas().await, todas);
}

/// Python knows application transactions too: what it wrote under a name is known here under that name.
#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn las_transacciones_de_aplicacion_valen_entre_python_y_rust() {
    let reader = IndependentReader::from_env().unwrap();
    let sitio = en_disco();
    let tabla = sitio.con(&[]).await;
    let (_, hecho) = append_once(tabla, "caja-3", 7, &lote_de(&[venta(1, "sur", 100)]))
        .await
        .unwrap();
    assert_eq!(hecho, Appended::Now);
    let fin = reader
        .program(
            "
import sys
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
t = DeltaTable(sys.argv[1])
assert t.transaction_version('caja-3') == 7, t.transaction_version('caja-3')
marca = CommitProperties(app_transactions=[Transaction('caja-3', 8)])
write_deltalake(t, t.to_pyarrow_table(), mode='append', commit_properties=marca)
",
        )
        .arg(&sitio.raiz)
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    let tabla = sitio.place.open().await.unwrap();
    let (_, hecho) = append_once(tabla, "caja-3", 8, &lote_de(&[venta(2, "sur", 200)]))
        .await
        .unwrap();
    assert_eq!(hecho, Appended::Already);
    assert_eq!(sitio.ventas().await.len(), 2);
}

#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn un_registro_danado_es_un_error_en_los_dos() {
    let reader = IndependentReader::from_env().unwrap();
    let sitio = en_disco();
    drop(
        sitio
            .con(&[&[venta(1, "sur", 1)], &[venta(2, "sur", 2)]])
            .await,
    );
    fs::remove_file(sitio.commit(1)).unwrap();
    let hallado = reader.read(&sitio.raiz).unwrap();
    assert!(
        matches!(
            hallado.table,
            ecommerce_testlake::delta::Table::Unreadable { .. }
        ),
        "{hallado:?}"
    );
    let error = sitio.place.open().await;
    assert!(matches!(error, Err(TableError::Damaged { .. })));
    assert!(
        read_sales(&sitio.place.open_at(0).await.unwrap())
            .await
            .unwrap()
            .is_empty()
    );
}
