//! An S3 server, a proxy that breaks things before it, and stores that reach it either way.

use ecommerce_testkit::temp::TempDir;
use ecommerce_testlake::{FaultProxy, S3Server};
use ej_16_2_4_object_store::{Object, Patience, StoreOptions, Stores};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) const BUCKET: &str = "lago";
pub(crate) const MIB: usize = 1 << 20;

/// Five tries more, soon, and patient enough with a busy machine.
pub(crate) fn paciencia() -> Patience {
    Patience {
        retries: 5,
        first_wait: Duration::from_millis(20),
        longest_wait: Duration::from_millis(200),
        attempt: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
    }
}

pub(crate) fn almacenes(entorno: HashMap<String, String>, paciencia: Patience) -> Stores {
    Stores::new(StoreOptions::with_environment(entorno).with_patience(paciencia))
}

/// Requests are signed, their bodies are not: checking that is most of what this server does when nothing is optimised.
pub(crate) fn sin_firmar(mut entorno: HashMap<String, String>) -> HashMap<String, String> {
    entorno.insert("AWS_UNSIGNED_PAYLOAD".to_owned(), "true".to_owned());
    entorno
}

/// The server, with an empty bucket.
pub(crate) fn servidor() -> S3Server {
    let server = S3Server::start().unwrap();
    server.create_bucket(BUCKET).unwrap();
    server
}

pub(crate) struct Lago {
    pub(crate) server: S3Server,
    pub(crate) proxy: FaultProxy,
    /// Through the proxy.
    pub(crate) stores: Stores,
}

pub(crate) fn lago() -> Lago {
    lago_con(paciencia())
}

pub(crate) fn lago_con(paciencia: Patience) -> Lago {
    let server = servidor();
    let proxy = FaultProxy::before(&server, 42).unwrap();
    let stores = almacenes(sin_firmar(proxy.storage_options(&server)), paciencia);
    Lago {
        server,
        proxy,
        stores,
    }
}

impl Lago {
    /// The object through the proxy.
    pub(crate) fn objeto(&self, clave: &str) -> Object {
        self.stores.open(&format!("s3://{BUCKET}/{clave}")).unwrap()
    }

    /// An object that is there before any fault, written past the proxy.
    pub(crate) async fn dado(&self, clave: &str, bytes: Vec<u8>) -> Object {
        let directo = almacenes(sin_firmar(self.server.storage_options()), paciencia());
        let objeto = directo.open(&format!("s3://{BUCKET}/{clave}")).unwrap();
        objeto.put(bytes).await.unwrap();
        self.objeto(clave)
    }

    /// What the client was told by each attempt of that method.
    pub(crate) fn respuestas(&self, metodo: &str) -> Vec<Option<u16>> {
        let intentos = self.proxy.attempts(metodo, "/");
        intentos.iter().map(|intento| intento.status).collect()
    }

    pub(crate) fn existe(&self, clave: &str) -> bool {
        self.server.path_of(BUCKET, clave).exists()
    }

    pub(crate) fn sin_terminar(&self) -> usize {
        self.server.unfinished_uploads().unwrap().len()
    }
}

pub(crate) fn carpeta() -> TempDir {
    ecommerce_testkit::temp::dir().unwrap()
}

pub(crate) fn url_de(ruta: &Path) -> String {
    format!("file://{}", ruta.display())
}

/// Bytes that say where they are, so that a part out of place is seen.
pub(crate) fn bytes(cuantos: usize, semilla: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(cuantos + 8);
    let mut palabra = semilla;
    while bytes.len() < cuantos {
        palabra = palabra
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&palabra.to_le_bytes());
    }
    bytes.truncate(cuantos);
    bytes
}

/// Whether it comes true within ten seconds.
pub(crate) async fn pronto(cumplido: impl Fn() -> bool) -> bool {
    let limite = Instant::now() + Duration::from_secs(10);
    while !cumplido() && Instant::now() < limite {
        tokio::task::yield_now().await;
    }
    cumplido()
}
