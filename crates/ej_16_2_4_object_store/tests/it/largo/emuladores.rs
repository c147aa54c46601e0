//! Azure and Google Cloud Storage, as their emulators do them: Azurite from npm, fake-gcs-server from the Go modules. Each is
//! installed below `target/tmp` when it is first needed, and runs on a free port of this machine while its test does.

use crate::carrera::gana_uno;
use crate::lago::{almacenes, paciencia};
use crate::suite;
use ecommerce_testlake::GcsFront;
use ej_16_2_4_object_store::Stores;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const AZURITE: &str = "3.37.0";
const FAKE_GCS: &str = "v1.56.1";
/// Azurite's one account and its key, which are public.
const CUENTA: &str = "devstoreaccount1";
const CLAVE: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A server that ends with the test.
struct Servidor(Child);

impl Drop for Servidor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, installed by `orden` unless it is there. What cannot be installed is said, and the test fails: it did not run.
fn instalado(programa: PathBuf, orden: &mut Command) -> PathBuf {
    // One at a time: two tests may need the same.
    static INSTALANDO: Mutex<()> = Mutex::new(());
    let _turno = INSTALANDO.lock();
    if !programa.exists() {
        eprintln!("instalando: {orden:?}");
        match orden.status() {
            Ok(estado) if estado.success() => {}
            otro => panic!(
                "NO EJECUTADO: `{orden:?}` no pudo instalar {}: {otro:?}",
                programa.display()
            ),
        }
    }
    programa
}

fn herramientas(nombre: &str) -> PathBuf {
    let carpeta = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(nombre);
    std::fs::create_dir_all(&carpeta).unwrap();
    carpeta
}

/// npm install --no-audit --no-fund --prefix target/tmp/azurite-3.37.0 azurite@3.37.0
fn azurite() -> (Servidor, Stores) {
    let carpeta = herramientas(&format!("azurite-{AZURITE}"));
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(&carpeta)
        .arg(format!("azurite@{AZURITE}"));
    let programa = instalado(carpeta.join("node_modules/.bin/azurite-blob"), &mut npm);
    let mut azurite = Command::new(programa)
        .args(["--blobHost", "127.0.0.1", "--blobPort", "0"])
        .args([
            "--inMemoryPersistence",
            "--skipApiVersionCheck",
            "--silent",
            "--disableTelemetry",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut dicho = BufReader::new(azurite.stdout.take().unwrap()).lines();
    let servidor = Servidor(azurite);
    let endpoint = dicho
        .find_map(|linea| Some(linea.unwrap().split_once("listens on ")?.1.to_owned()))
        .expect("Azurite says where it listens");
    // What it says later is read, so that it does not wait to be heard.
    std::thread::spawn(move || dicho.for_each(drop));
    let cuenta = format!("{endpoint}/{CUENTA}");
    crea_contenedor(&cuenta, "lago");
    let entorno = [
        ("AZURE_STORAGE_ACCOUNT_NAME", CUENTA),
        ("AZURE_STORAGE_ACCOUNT_KEY", CLAVE),
        ("AZURE_STORAGE_ENDPOINT", &cuenta),
    ];
    let entorno = entorno.map(|(k, v)| (k.to_owned(), v.to_owned()));
    (servidor, almacenes(entorno.into(), paciencia()))
}

/// object_store makes no containers. Node is there, since Azurite runs on it, and signs the request.
fn crea_contenedor(cuenta: &str, nombre: &str) {
    let programa = r"
        const { createHmac } = require('node:crypto');
        const [url_, clave] = process.argv.slice(1);
        const url = new URL(url_), fecha = new Date().toUTCString(), version = '2021-08-06';
        const cuenta = url.pathname.split('/')[1];
        const texto = `PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${fecha}\nx-ms-version:${version}\n/${cuenta}${url.pathname}\nrestype:container`;
        const firma = createHmac('sha256', Buffer.from(clave, 'base64')).update(texto, 'utf8').digest('base64');
        fetch(url, { method: 'PUT', headers: { 'x-ms-date': fecha, 'x-ms-version': version, authorization: `SharedKey ${cuenta}:${firma}` } })
            .then((r) => process.exit(r.status === 201 ? 0 : 1));";
    let url = format!("{cuenta}/{nombre}?restype=container");
    let estado = Command::new("node")
        .args(["-e", programa, &url, CLAVE])
        .status()
        .unwrap();
    assert!(estado.success(), "the container was not made");
}

/// GOBIN=target/tmp/fake-gcs-server-v1.56.1 go install github.com/fsouza/fake-gcs-server@v1.56.1
fn fake_gcs() -> (Servidor, SocketAddr) {
    let carpeta = herramientas(&format!("fake-gcs-server-{FAKE_GCS}"));
    let mut go = Command::new("go");
    go.args([
        "install",
        &format!("github.com/fsouza/fake-gcs-server@{FAKE_GCS}"),
    ])
    .env("GOBIN", &carpeta)
    .env("GOPATH", carpeta.join("go"))
    .env("GOFLAGS", "-modcacherw");
    let programa = instalado(carpeta.join("fake-gcs-server"), &mut go);
    // What it was built from is ten times as large.
    let _ = std::fs::remove_dir_all(carpeta.join("go"));
    // Asked for port 0 it does not say which one it took.
    let libre = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gcs = Command::new(programa)
        .args([
            "-scheme",
            "http",
            "-host",
            "127.0.0.1",
            "-backend",
            "memory",
            "-log-level",
            "error",
        ])
        .args([
            "-port",
            &libre.port().to_string(),
            "-public-host",
            &libre.to_string(),
        ])
        .spawn()
        .unwrap();
    let servidor = Servidor(gcs);
    let limite = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(libre).is_err() {
        assert!(Instant::now() < limite, "fake-gcs-server does not listen");
        std::thread::yield_now();
    }
    let respuesta = pide(
        libre,
        "POST /storage/v1/b?project=p",
        "{\"name\": \"lago\"}",
    );
    assert!(respuesta.starts_with("HTTP/1.1 200"), "{respuesta}");
    (servidor, libre)
}

fn gcs_en(endpoint: &str) -> Stores {
    let entorno = [
        ("GOOGLE_BASE_URL", endpoint),
        (
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            "{\"disable_oauth\": true, \"client_email\": \"\", \"private_key\": \"\", \"private_key_id\": \"\"}",
        ),
    ];
    let entorno = entorno.map(|(k, v)| (k.to_owned(), v.to_owned()));
    almacenes(entorno.into(), paciencia())
}

/// One request by hand.
fn pide(a: SocketAddr, orden: &str, cuerpo: &str) -> String {
    let mut socket = TcpStream::connect(a).unwrap();
    write!(
        socket,
        "{orden} HTTP/1.1\r\nHost: {a}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{cuerpo}",
        cuerpo.len()
    )
    .unwrap();
    let mut respuesta = String::new();
    socket.read_to_string(&mut respuesta).unwrap();
    respuesta
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "largo: cargo xtask test --largo"]
async fn la_misma_suite_pasa_en_azure_y_la_gana_uno() {
    let (_azurite, stores) = azurite();
    suite::pasa(&stores, "az://lago/suite").await;
    gana_uno(&stores, "az://lago").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "largo: cargo xtask test --largo"]
async fn la_misma_suite_pasa_en_gcs_y_la_gana_uno() {
    let (_gcs, donde) = fake_gcs();
    let front = GcsFront::before(donde).unwrap();
    let stores = gcs_en(&front.endpoint());
    suite::pasa(&stores, "gs://lago/suite").await;
    gana_uno(&stores, "gs://lago").await;
}

#[tokio::test]
#[ignore = "largo: cargo xtask test --largo"]
async fn fake_gcs_server_solo_no_acepta_las_escrituras_de_object_store() {
    let (_gcs, donde) = fake_gcs();
    let objeto = gcs_en(&format!("http://{donde}"))
        .open("gs://lago/x")
        .unwrap();
    // The day this fails, the front can go.
    let error = objeto.put("x").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "gs://lago/x: refused to write: status 400"
    );
}
