//! Places for tables, on disk and in S3, and sales to put into them.

use arrow::array::RecordBatch;
use deltalake::DeltaTable;
use ecommerce_model::{Centavos, Fecha};
use ecommerce_testkit::temp::{self, TempDir, Tree};
use ecommerce_testlake::{FaultProxy, S3Server};
use ej_16_5_1_delta::{Place, Sale, TableSpec, append, read_sales, sales_batch};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub(crate) const BUCKET: &str = "lago";

/// A place for a table, and the directory of this machine in which its files lie either way.
pub(crate) struct Sitio {
    pub(crate) nombre: &'static str,
    pub(crate) place: Place,
    pub(crate) raiz: PathBuf,
    /// What a child needs to find it.
    pub(crate) direccion: String,
    pub(crate) entorno: HashMap<String, String>,
    pub(crate) proxy: Option<FaultProxy>,
    _s3: Option<S3Server>,
    _dir: Option<TempDir>,
}

pub(crate) fn en_disco() -> Sitio {
    let dir = temp::dir().unwrap();
    let raiz = dir.path().join("ventas");
    Sitio {
        nombre: "disco",
        place: Place::local(&raiz).unwrap(),
        direccion: raiz.display().to_string(),
        raiz,
        entorno: HashMap::new(),
        proxy: None,
        _s3: None,
        _dir: Some(dir),
    }
}

/// In S3, behind a proxy that passes everything until it is told otherwise.
///
/// For a runtime of several threads. With one, a checkpoint blocks the thread that drives its connections, and each of its requests
/// waits for the client's time-out: see `checkpoints::con_un_solo_hilo_…`.
pub(crate) fn en_s3() -> Sitio {
    let s3 = S3Server::start().unwrap();
    s3.create_bucket(BUCKET).unwrap();
    let proxy = FaultProxy::before(&s3, 1651).unwrap();
    let mut entorno = proxy.storage_options(&s3);
    // Requests are signed, their bodies are not: hashing them is most of what this server does when nothing is optimised.
    entorno.insert("AWS_UNSIGNED_PAYLOAD".to_owned(), "true".to_owned());
    let direccion = format!("s3://{BUCKET}/ventas");
    Sitio {
        nombre: "s3",
        place: Place::parse(&direccion, entorno.clone()).unwrap(),
        raiz: s3.path_of(BUCKET, "ventas"),
        direccion,
        entorno,
        proxy: Some(proxy),
        _s3: Some(s3),
        _dir: None,
    }
}

pub(crate) fn ambos() -> [Sitio; 2] {
    [en_disco(), en_s3()]
}

impl Sitio {
    pub(crate) async fn ventas(&self) -> Vec<Sale> {
        read_sales(&self.place.open().await.unwrap()).await.unwrap()
    }

    /// A table with one commit per batch, after the one that makes it.
    pub(crate) async fn con(&self, lotes: &[&[Sale]]) -> DeltaTable {
        self.con_forma(&TableSpec::sales(), lotes).await
    }

    pub(crate) async fn con_forma(&self, forma: &TableSpec, lotes: &[&[Sale]]) -> DeltaTable {
        let mut tabla = self.place.create(forma).await.unwrap();
        for lote in lotes {
            tabla = append(tabla, [lote_de(lote)]).await.unwrap();
        }
        tabla
    }

    /// What lies there, file by file, with a digest of each.
    pub(crate) fn arbol(&self) -> Tree {
        Tree::of(&self.raiz).unwrap()
    }

    pub(crate) fn commit(&self, version: u64) -> PathBuf {
        self.raiz.join(format!("_delta_log/{version:020}.json"))
    }
}

pub(crate) fn lote_de(ventas: &[Sale]) -> RecordBatch {
    sales_batch(ventas).unwrap()
}

/// Day 1 is 2024-01-15.
pub(crate) fn dia(n: i8) -> Fecha {
    Fecha::new(2024, 1, 14 + n).unwrap()
}

pub(crate) fn venta(venta_id: i64, region: &str, cents: i64) -> Sale {
    venta_del(1, venta_id, region, cents)
}

pub(crate) fn venta_del(n: i8, venta_id: i64, region: &str, cents: i64) -> Sale {
    Sale {
        venta_id,
        fecha: dia(n),
        region: Some(region.to_owned()),
        monto: Centavos::new(cents).unwrap(),
    }
}

pub(crate) fn numeros(ventas: &[Sale]) -> Vec<i64> {
    ventas.iter().map(|venta| venta.venta_id).collect()
}

/// The whole of a directory elsewhere.
pub(crate) fn copiar(desde: &Path, hasta: &Path) {
    std::fs::create_dir_all(hasta).unwrap();
    for entrada in std::fs::read_dir(desde).unwrap() {
        let entrada = entrada.unwrap();
        let destino = hasta.join(entrada.file_name());
        if entrada.file_type().unwrap().is_dir() {
            copiar(&entrada.path(), &destino);
        } else {
            std::fs::copy(entrada.path(), destino).unwrap();
        }
    }
}
