//! Canary keys, searched for wherever something is said.

use super::lago::{BUCKET, MIB, almacenes, bytes, carpeta, lago, paciencia, servidor, url_de};
use ecommerce_testkit::process::Child;
use ecommerce_testlake::{Fault, FaultProxy, Rule};
use ej_16_2_4_object_store::{Parts, Patience, StoreError, StoreOptions, Stores, copy};
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing_subscriber::util::SubscriberInitExt;

/// What is written to it, for all of its copies.
#[derive(Clone, Default)]
struct Oido(Arc<Mutex<Vec<u8>>>);

impl Write for Oido {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that `tracing` and `log` say on this thread until the guard is dropped.
fn escucha() -> (Oido, tracing::subscriber::DefaultGuard) {
    // Once per process: sends records of `log` to the thread's subscriber. Elsewhere nobody listens.
    let _ = tracing_subscriber::registry().try_init();
    let oido = Oido::default();
    let escribe = oido.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || escribe.clone())
        .finish();
    (oido, subscriber.set_default())
}

/// Every operation, well and badly, with all that it says.
async fn todo_lo_que_puede_pasar(
    stores: &Stores,
    breves: &Stores,
    proxy: &FaultProxy,
) -> Vec<String> {
    let mut dicho = vec![format!("{stores:?}")];
    let objeto = stores.open(&format!("s3://{BUCKET}/x")).unwrap();
    dicho.push(format!(
        "{objeto:?} {:?} {}",
        objeto.place(),
        objeto.place()
    ));
    objeto.put("x").await.unwrap();
    objeto.create("y").await.unwrap();
    objeto.list().try_collect::<Vec<_>>().await.unwrap();
    let grande = stores.open(&format!("s3://{BUCKET}/grande")).unwrap();
    grande.put(bytes(11 * MIB, 1)).await.unwrap();
    copy(
        &grande,
        &stores.open(&format!("s3://{BUCKET}/copia")).unwrap(),
        Parts::new(0, 2),
    )
    .await
    .unwrap();
    for fault in [
        Fault::Answer(503),
        Fault::Drop,
        Fault::Hang,
        Fault::Refuse(400, "ExpiredToken"),
        Fault::Refuse(403, "AccessDenied"),
        Fault::AnswerWith(200, "no es xml".to_owned()),
    ] {
        proxy.clear();
        proxy.add(Rule::any(fault));
        dicho.extend(errores(&breves.open(&format!("s3://{BUCKET}/x")).unwrap()).await);
    }
    proxy.clear();
    dicho
}

/// Both renderings of the error of every operation.
async fn errores(objeto: &ej_16_2_4_object_store::Object) -> Vec<String> {
    let trozos =
        futures::stream::iter((0..2).map(|_| Ok::<_, StoreError>(vec![0; 5 * MIB].into())));
    let parts = Parts::new(0, 1);
    let todos = [
        objeto.get().await.err(),
        objeto.head().await.err(),
        objeto.get_range(0..9).await.err(),
        objeto.put("x").await.err(),
        objeto.create("z").await.err(),
        objeto.upload(trozos, parts).await.err(),
        objeto.delete().await.err(),
        objeto.list().try_collect::<Vec<_>>().await.err(),
    ];
    let dichos = todos.into_iter().flatten();
    dichos
        .map(|error| {
            format!(
                "{error} {error:?} {:?}",
                std::error::Error::source(&error).map(ToString::to_string)
            )
        })
        .collect()
}

#[tokio::test(flavor = "current_thread")]
async fn las_claves_no_salen_en_debug_ni_en_errores_ni_en_trazas() {
    let server = servidor();
    let proxy = FaultProxy::before(&server, 1).unwrap();
    let (oido, guarda) = escucha();
    let breve = Patience {
        retries: 1,
        first_wait: Duration::from_millis(5),
        attempt: Duration::from_millis(100),
        ..paciencia()
    };
    let opciones =
        StoreOptions::with_environment(proxy.storage_options(&server)).with_patience(paciencia());
    let mostradas = format!("{opciones:?}");
    assert!(
        mostradas.contains("aws_secret_access_key"),
        "names are shown: {mostradas}"
    );
    let breves = Stores::new(opciones.clone().with_patience(breve));
    let stores = Stores::new(opciones);
    let mut dicho = todo_lo_que_puede_pasar(&stores, &breves, &proxy).await;
    dicho.push(mostradas);
    // What S3 itself repeats.
    let claves = server.credentials();
    let eco = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>{0}</AWSAccessKeyId><StringToSign>{0} {1}</StringToSign></Error>",
        claves.access_key(),
        claves.secret_key(),
    );
    proxy.add(Rule::any(Fault::AnswerWith(403, eco)));
    let objeto = stores.open(&format!("s3://{BUCKET}/x")).unwrap();
    let con_eco = errores(&objeto).await;
    assert!(
        con_eco
            .iter()
            .all(|e| e.contains("SignatureDoesNotMatch") || e.contains("403")),
        "{con_eco:?}"
    );
    dicho.extend(con_eco);
    drop(guarda);

    let trazas = oido.0.lock().unwrap().clone();
    let texto = String::from_utf8_lossy(&trazas);
    for esperado in ["object_store", "hyper_util", "TRACE", "backing off"] {
        assert!(
            texto.contains(esperado),
            "the traces were heard: {esperado}"
        );
    }
    assert_eq!(
        claves.occurrences(&trazas),
        0,
        "{}",
        contexto(&texto, claves.access_key())
    );
    for algo in &dicho {
        assert_eq!(claves.occurrences(algo), 0, "{algo}");
    }
}

fn contexto(texto: &str, clave: &str) -> String {
    texto
        .lines()
        .find(|linea| linea.contains(clave))
        .unwrap_or_default()
        .chars()
        .take(300)
        .collect()
}

#[test]
fn lo_que_object_store_mostraria_de_ellas() {
    let server = servidor();
    let claves = server.credentials();
    let veces = |texto: String, clave: &str| texto.matches(clave).count();
    let builder = || {
        AmazonS3Builder::new()
            .with_bucket_name(BUCKET)
            .with_access_key_id(claves.access_key())
            .with_secret_access_key(claves.secret_key())
    };
    // The builder shows both, the store the access key. So neither is ever formatted here.
    assert_eq!(veces(format!("{:?}", builder()), claves.secret_key()), 1);
    assert_eq!(veces(format!("{:?}", builder()), claves.access_key()), 1);
    let store = builder().build().unwrap();
    assert_eq!(veces(format!("{store:?}"), claves.secret_key()), 0);
    assert_eq!(veces(format!("{store:?}"), claves.access_key()), 1);
    assert_eq!(veces(store.to_string(), claves.access_key()), 0);
    // Google's builder shows the service account whole; Azure's store, a shared access signature.
    let google =
        GoogleCloudStorageBuilder::new().with_service_account_key("{\"private_key\": \"CANARIO\"}");
    assert_eq!(veces(format!("{google:?}"), "CANARIO"), 1);
    let azure = MicrosoftAzureBuilder::new()
        .with_account("cuenta")
        .with_container_name("contenedor")
        .with_config(AzureConfigKey::SasKey, "sv=2021-08-06&sig=CANARIO");
    assert_eq!(veces(format!("{azure:?}"), "CANARIO"), 0);
    assert_eq!(veces(format!("{:?}", azure.build().unwrap()), "CANARIO"), 1);
}

#[test]
fn los_ajustes_que_no_encajan_se_cuentan_sin_sus_valores() {
    let canario = "CANARIO1234567890";
    for (url, entorno) in [
        ("s3://lago/x", vec![("AWS_SECRET_ACCESS_KEY", canario)]),
        (
            "az://lago/x",
            vec![
                ("AZURE_STORAGE_ACCOUNT_NAME", "c"),
                ("AZURE_STORAGE_ACCOUNT_KEY", canario),
            ],
        ),
        (
            "az://lago/x",
            vec![
                ("AZURE_STORAGE_ACCOUNT_NAME", "c"),
                ("AZURE_STORAGE_SAS_KEY", canario),
            ],
        ),
        (
            "gs://lago/x",
            vec![(
                "GOOGLE_SERVICE_ACCOUNT_KEY",
                "{\"private_key\": {\"CANARIO1234567890\": 1}}",
            )],
        ),
        (
            "gs://lago/x",
            vec![(
                "GOOGLE_SERVICE_ACCOUNT_KEY",
                "{\"private_key\": \"CANARIO1234567890\", \"private_key_id\": \"CANARIO1234567890\", \"client_email\": \"x\"}",
            )],
        ),
    ] {
        let entorno = entorno
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let stores = Stores::new(StoreOptions::with_environment(entorno));
        let dicho = match stores.open(url) {
            Ok(objeto) => format!("{objeto:?} {stores:?}"),
            Err(error) => {
                assert!(matches!(error, StoreError::Settings { .. }), "{error}");
                format!("{error} {error:?} {stores:?}")
            }
        };
        assert!(!dicho.contains(canario), "{dicho}");
    }
}

#[test]
fn la_linea_de_ordenes_no_las_dice_ni_las_acepta_como_argumento() {
    let (lago, dir) = (lago(), carpeta());
    let claves = lago.server.credentials();
    let destino = url_de(&dir.path().join("x"));
    let fuente = format!("s3://{BUCKET}/x");
    let corre = |argumentos: &[&str]| {
        Child::new(env!("CARGO_BIN_EXE_ej_16_2_4_object_store"))
            .args(argumentos)
            .env_clear()
            .envs(lago.proxy.storage_options(&lago.server))
            .env("RUST_LOG", "trace")
            .run()
            .unwrap()
    };
    let eco = format!(
        "<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>{}</AWSAccessKeyId></Error>",
        claves.access_key()
    );
    lago.proxy.add(Rule::any(Fault::AnswerWith(403, eco)));
    let secreta = format!("aws_secret_access_key={}", claves.secret_key());
    for (argumentos, codigo) in [
        (vec!["listar", &fuente[..]], 5),
        (vec!["leer", &fuente[..]], 5),
        (vec!["copiar", &fuente[..], &destino[..]], 5),
        (vec!["leer", &fuente[..], "--opcion", &secreta[..]], 2),
    ] {
        let hecho = corre(&argumentos);
        assert_eq!(hecho.code, Some(codigo), "{hecho:?}");
        let salida = [hecho.stdout, hecho.stderr].concat();
        assert!(!salida.is_empty());
        assert_eq!(
            claves.occurrences(&salida),
            0,
            "{}",
            String::from_utf8_lossy(&salida)
        );
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn otras_claves_son_un_no_y_el_almacen_no_cambia() {
    let server = servidor();
    for nombre in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let mut entorno = server.storage_options();
        entorno.insert(nombre.to_owned(), "CANARIO-OTRO".to_owned());
        let objeto = almacenes(entorno, paciencia())
            .open(&format!("s3://{BUCKET}/x"))
            .unwrap();
        let error = objeto.put("x").await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("CANARIO"));
    }
    assert!(!server.path_of(BUCKET, "x").exists());
}
