//! With Python: a second S3 server that somebody else wrote, and a second client.

use super::carrera::gana_uno;
use super::lago::{BUCKET, MIB, almacenes, bytes, paciencia, servidor};
use super::suite;
use bytes::Bytes;
use ej_16_2_4_object_store::{Created, Object, Parts, StoreError, Stores};
use futures::stream;
use object_store::{Error, PutMode, PutOptions, UpdateVersion};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A Python program that is spoken to line by line, and ends with its input.
struct Python {
    child: Child,
    hacia: Option<ChildStdin>,
    desde: BufReader<ChildStdout>,
}

impl Python {
    fn nuevo(argumentos: &[&str], entorno: HashMap<String, String>) -> Self {
        let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON says which");
        let mut child = Command::new(interprete)
            .args(argumentos)
            .envs(entorno)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let hacia = child.stdin.take();
        let desde = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            hacia,
            desde,
        }
    }

    fn linea(&mut self) -> String {
        let mut linea = String::new();
        self.desde.read_line(&mut linea).unwrap();
        assert!(!linea.is_empty(), "Python ended early: see above");
        linea.trim_end().to_owned()
    }

    fn pregunta(&mut self, linea: &str) -> String {
        writeln!(self.hacia.as_mut().unwrap(), "{linea}").unwrap();
        self.linea()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.hacia.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const MOTO: &str = "
import logging, sys
logging.getLogger('werkzeug').setLevel(logging.ERROR)
from moto.server import ThreadedMotoServer
import boto3
servidor = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
servidor.start()
url = 'http://%s:%d' % servidor.get_host_and_port()
boto3.client('s3', endpoint_url=url).create_bucket(Bucket='lago')
print(url, flush=True)
sys.stdin.read()
";

/// moto's S3 server on a free port of this machine, with an empty bucket.
fn moto() -> (Python, Stores) {
    let entorno = |endpoint: &str| {
        [
            ("AWS_ACCESS_KEY_ID", "clave"),
            ("AWS_SECRET_ACCESS_KEY", "secreta"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", endpoint),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into_iter()
        .collect::<HashMap<_, _>>()
    };
    let mut python = Python::nuevo(&["-c", MOTO], entorno("http://127.0.0.1:9"));
    let endpoint = python.linea();
    (python, almacenes(entorno(&endpoint), paciencia()))
}

/// What a conditional write came to.
#[derive(Debug, PartialEq, Eq)]
enum Fin {
    Escrito,
    YaExiste,
    OtraVersion,
}

async fn escribe(objeto: &Object, texto: &'static str, modo: PutMode) -> Fin {
    let escrito = objeto
        .store()
        .put_opts(objeto.place().key(), texto.into(), PutOptions::from(modo))
        .await;
    match escrito {
        Ok(_) => Fin::Escrito,
        Err(Error::AlreadyExists { .. }) => Fin::YaExiste,
        Err(Error::Precondition { .. }) => Fin::OtraVersion,
        Err(otro) => panic!("{otro}"),
    }
}

/// Every kind of conditional write, in an order in which each has one right answer.
async fn condiciones(objeto: &Object) -> Vec<Fin> {
    let version = async || {
        let e_tag = objeto.head().await.unwrap().e_tag;
        PutMode::Update(UpdateVersion {
            e_tag,
            version: None,
        })
    };
    let mut fines = Vec::new();
    fines.push(escribe(objeto, "1", PutMode::Create).await);
    fines.push(escribe(objeto, "2", PutMode::Create).await);
    let primera = version().await;
    fines.push(escribe(objeto, "3", primera.clone()).await);
    fines.push(escribe(objeto, "4", primera).await);
    let tercera = version().await;
    fines.push(escribe(objeto, "5", PutMode::Overwrite).await);
    fines.push(escribe(objeto, "6", tercera).await);
    let quinta = version().await;
    objeto.delete().await.unwrap();
    fines.push(escribe(objeto, "7", quinta).await);
    fines.push(escribe(objeto, "8", PutMode::Create).await);
    assert_eq!(objeto.get().await.unwrap(), "8");
    fines
}

#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn dos_servidores_s3_deciden_igual_las_escrituras_condicionales() {
    use Fin::{Escrito, OtraVersion, YaExiste};
    let server = servidor();
    let nuestro = almacenes(server.storage_options(), paciencia());
    let (_moto, suyo) = moto();
    let esperado = [
        Escrito,
        YaExiste,
        Escrito,
        OtraVersion,
        Escrito,
        OtraVersion,
        OtraVersion,
        Escrito,
    ];
    for stores in [&nuestro, &suyo] {
        let objeto = stores.open(&format!("s3://{BUCKET}/condiciones")).unwrap();
        assert_eq!(condiciones(&objeto).await, esperado);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "tier python: cargo xtask test"]
async fn tambien_en_moto_gana_exactamente_uno_y_pasa_la_suite() {
    let (_moto, stores) = moto();
    gana_uno(&stores, &format!("s3://{BUCKET}")).await;
    suite::pasa(&stores, &format!("s3://{BUCKET}/suite")).await;
}

const CLIENTE: &str = "
import os, sys, hashlib, boto3
from botocore.config import Config
s3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'], config=Config(s3={'addressing_style': 'path'}))
for linea in sys.stdin:
    orden, clave = linea.rstrip('\\n').split(' ', 1)
    if orden == 'lee':
        print(hashlib.sha256(s3.get_object(Bucket='lago', Key=clave)['Body'].read()).hexdigest(), flush=True)
    elif orden == 'escribe':
        s3.put_object(Bucket='lago', Key=clave, Body=clave.encode() * 100_000)
        print('hecho', flush=True)
    else:
        print('|'.join(o['Key'] for o in s3.list_objects_v2(Bucket='lago', Prefix=clave).get('Contents', [])), flush=True)
";

#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn lo_que_escribe_uno_lo_lee_boto3_y_al_reves() {
    let server = servidor();
    let stores = almacenes(server.storage_options(), paciencia());
    let mut boto3 = Python::nuevo(&["-c", CLIENTE], server.storage_options());
    let objeto = |clave: &str| stores.open(&format!("s3://{BUCKET}/{clave}")).unwrap();
    for clave in ["llano.txt", "año nuevo/ñ-ü =.txt", "a&b/c;d'e"] {
        let bytes = clave.repeat(100_000);
        objeto(clave).put(bytes.clone()).await.unwrap();
        assert_eq!(
            boto3.pregunta(&format!("lee {clave}")),
            huella(bytes.as_bytes()),
            "{clave}"
        );
        let suya = format!("boto3/{clave}");
        assert_eq!(boto3.pregunta(&format!("escribe {suya}")), "hecho");
        assert_eq!(
            objeto(&suya).get().await.unwrap(),
            suya.repeat(100_000),
            "{suya}"
        );
    }
    let grande = bytes(11 * MIB, 4);
    let trozos = stream::iter([Ok::<_, StoreError>(Bytes::from(grande.clone()))]);
    objeto("partes")
        .upload(trozos, Parts::new(0, 2))
        .await
        .unwrap();
    assert_eq!(boto3.pregunta("lee partes"), huella(&grande));
    assert_eq!(
        objeto("llano.txt").create("otro").await.unwrap(),
        Created::Already
    );
    assert_eq!(
        boto3.pregunta("lista boto3/"),
        "boto3/a&b/c;d'e|boto3/año nuevo/ñ-ü =.txt|boto3/llano.txt"
    );
}

/// The sha256 by Python too: this crate has none.
fn huella(bytes: &[u8]) -> String {
    let programa =
        "import sys, hashlib; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())";
    let mut python = Python::nuevo(&["-c", programa], HashMap::new());
    python.hacia.take().unwrap().write_all(bytes).unwrap();
    python.linea()
}

#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn el_par_del_banco_de_pruebas_escribe_lee_y_cuenta() {
    let server = ecommerce_testlake::S3Server::start_in_memory().unwrap();
    let mut entorno = server.storage_options();
    entorno.insert("LAGO".to_owned(), BUCKET.to_owned());
    let guion = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../benches/peers/s3_boto3.py"
    );
    let mut par = Python::nuevo(&[guion], entorno);
    assert!(par.linea().starts_with("boto3 1."));
    let stores = almacenes(server.storage_options(), paciencia());
    let de = |n: usize| stores.open(&format!("s3://{BUCKET}/100000-{n}")).unwrap();
    for en_vuelo in [1, 4] {
        let nanos: u64 = par
            .pregunta(&format!("put 100000 {en_vuelo} 9"))
            .parse()
            .unwrap();
        assert!(nanos > 0);
        let ultimo = de(en_vuelo - 1).get().await.unwrap();
        assert_eq!(ultimo.len(), 100_000);
        assert_eq!(
            par.pregunta(&format!("huella 100000-{}", en_vuelo - 1)),
            huella(&ultimo)
        );
        assert!(matches!(
            de(en_vuelo).get().await,
            Err(StoreError::NoObject { .. })
        ));
        assert!(
            par.pregunta(&format!("get 100000 {en_vuelo} 9"))
                .parse::<u64>()
                .unwrap()
                > 0
        );
    }
}
