//! Bad input: addresses, options and credentials. Each is a typed error that names what is wrong, before any request.

use super::lago::carpeta;
use ej_16_2_4_object_store::{Parts, Place, PlaceError, StoreError, StoreOptions, Stores};
use object_store::ObjectStoreScheme;
use std::time::{Duration, Instant};
use url::Url;

fn con(entorno: &[(&str, &str)]) -> StoreOptions {
    let entorno = entorno
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    StoreOptions::with_environment(entorno)
}

const CLAVES: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "id"),
    ("AWS_SECRET_ACCESS_KEY", "secreto"),
];

#[test]
fn lo_que_no_es_una_direccion_se_nombra_en_el_error() {
    let error = |url: &str| Place::parse(url).unwrap_err();
    for (url, esperado) in [
        ("datos.csv", PlaceError::NoScheme("datos.csv".into())),
        ("", PlaceError::NoScheme(String::new())),
        ("ftp://host/x", PlaceError::UnknownScheme("ftp".into())),
        ("S3://lago/x", PlaceError::UnknownScheme("S3".into())),
        ("s3:///x", PlaceError::NoBucket("s3:///x".into())),
        ("gs://", PlaceError::NoBucket("gs://".into())),
        (
            "s3://lago:9000/x",
            PlaceError::NoBucket("s3://lago:9000/x".into()),
        ),
        (
            "s3://la%67o/x",
            PlaceError::NoBucket("s3://la%67o/x".into()),
        ),
        ("file://host/x", PlaceError::Host("file://host/x".into())),
        ("file:///a/b#12", PlaceError::Credentials),
        (
            "file:///a/b%2312",
            PlaceError::Reserved("file:///a/b%2312".into()),
        ),
    ] {
        assert_eq!(error(url), esperado, "{url}");
    }
    let mensaje = error("ftp://host/x").to_string();
    assert_eq!(
        mensaje,
        "'ftp://' is not supported: file, memory, s3, gs and az are"
    );
}

#[test]
fn los_puntos_los_vacios_y_el_nul_no_son_claves() {
    for url in [
        "s3://lago/ventas/../secreto",
        "s3://lago/..",
        "s3://lago/./x",
        "s3://lago/ventas/%2e%2e/secreto",
        "s3://lago/ventas/%2E%2e/%2e%2E/secreto",
        "file:///datos/../etc/passwd",
        "memory:///a/..",
        "az://contenedor/a//b",
        "s3://lago//x",
        "s3://lago/a\0b",
        "s3://lago/a%00b",
        "s3://lago/a\nb",
        "gs://lago/a%0Ab",
        "s3://lago/%ff",
    ] {
        let error = Place::parse(url).unwrap_err();
        assert!(
            matches!(&error, PlaceError::Key { url: named, .. } if *named == url.escape_debug().to_string()),
            "{url:?}: {error}"
        );
        // Nothing that a terminal would act upon.
        assert!(!error.to_string().contains(char::is_control), "{error}");
    }
    let error = Place::parse("s3://lago/a/../b").unwrap_err().to_string();
    assert!(
        error.contains("s3://lago/a/../b") && error.contains("\"..\\\""),
        "{error}"
    );
}

#[test]
fn el_analizador_de_url_en_cambio_los_resuelve_sin_decir_nada() {
    let url = Url::parse("s3://lago/ventas/../../secreto").unwrap();
    assert_eq!(url.as_str(), "s3://lago/secreto");
    let (_, key) = ObjectStoreScheme::parse(&url).unwrap();
    assert_eq!(key.as_ref(), "secreto");
    // And throws line ends and tabs away.
    assert_eq!(
        Url::parse("s3://la\ngo/x\ty").unwrap().as_str(),
        "s3://lago/xy"
    );
    // `Path::from` accepts them too, as another key.
    assert_eq!(
        object_store::path::Path::from("a/../b").as_ref(),
        "a/%2E%2E/b"
    );
}

#[test]
fn una_direccion_con_credenciales_se_rechaza_sin_repetirlas() {
    for url in [
        "s3://AKIACANARIO:CANARIO@lago/x",
        "az://contenedor@cuenta/x",
        "az://contenedor/x?sig=CANARIO",
        "s3://lago/x#CANARIO",
        "file:///x?CANARIO",
    ] {
        let error = Place::parse(url).unwrap_err();
        assert_eq!(error, PlaceError::Credentials, "{url}");
        assert!(!format!("{error} {error:?}").contains("CANARIO"));
    }
}

#[test]
fn lo_que_se_muestra_lleva_al_mismo_sitio() {
    let raros = [
        "a", "%", "#", "?", "ñ", " ", "..x", "%41", "🦀", "=", "&", "\\", "\"",
    ];
    for a in raros {
        for b in raros {
            for base in [
                "s3://lago/",
                "file:///",
                "memory:///",
                "gs://b_1/",
                "az://c/",
            ] {
                let escrito = |s: &str| {
                    s.replace('%', "%25")
                        .replace('#', "%23")
                        .replace('?', "%3F")
                };
                let place = Place::parse(&format!("{base}{}/{}", escrito(a), escrito(b))).unwrap();
                assert_eq!(place.key().as_ref(), format!("{a}/{b}"));
                assert_eq!(Place::parse(&place.to_string()).unwrap(), place, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn un_bucket_entero_no_es_un_objeto() {
    let stores = Stores::new(con(&CLAVES));
    for url in ["s3://lago", "s3://lago/", "memory:///", "file:///"] {
        let objeto = stores.open(url).unwrap();
        for error in [
            objeto.get().await.unwrap_err(),
            objeto.head().await.unwrap_err(),
            objeto.get_range(0..1).await.unwrap_err(),
            objeto.put("x").await.unwrap_err(),
            objeto.create("x").await.unwrap_err(),
            objeto.delete().await.unwrap_err(),
            objeto
                .upload(objeto.stream(Parts::default()), Parts::default())
                .await
                .unwrap_err(),
        ] {
            assert!(
                matches!(&error, StoreError::Place(PlaceError::NoKey(named)) if named.starts_with(url)),
                "{url}: {error}"
            );
        }
    }
}

#[test]
fn sin_credenciales_el_error_dice_cuales_sin_preguntar_a_la_red() {
    for (url, entorno, pide) in [
        ("s3://lago/x", vec![], "AWS_ACCESS_KEY_ID"),
        (
            "s3://lago/x",
            vec![("AWS_REGION", "eu-west-1"), ("AWS_PROFILE", "trabajo")],
            "profiles of ~/.aws are not read",
        ),
        ("gs://lago/x", vec![], "GOOGLE_APPLICATION_CREDENTIALS"),
        (
            "az://lago/x",
            vec![("AZURE_STORAGE_ACCOUNT_NAME", "cuenta")],
            "AZURE_STORAGE_ACCOUNT_KEY",
        ),
    ] {
        let antes = Instant::now();
        let error = Stores::new(con(&entorno)).open(url).unwrap_err();
        assert!(matches!(error, StoreError::NoCredentials { .. }), "{error}");
        let mensaje = error.to_string();
        assert!(
            mensaje.starts_with(url) && mensaje.contains(pide),
            "{mensaje}"
        );
        assert!(antes.elapsed() < Duration::from_secs(1));
    }
    // Half of a pair.
    let error = Stores::new(con(&CLAVES[..1]))
        .open("s3://lago/x")
        .unwrap_err();
    assert!(error.to_string().contains("SecretAccessKey"), "{error}");
}

#[test]
fn una_opcion_desconocida_se_nombra_y_las_de_otro_proveedor_se_dejan_estar() {
    let abre = |nombre: &str| {
        let opciones = con(&CLAVES).with_option(nombre, "valor-CANARIO");
        Stores::new(opciones).open("s3://lago/x").map(drop)
    };
    for mala in ["aws_regoin", "regoin"] {
        let error = abre(mala).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("s3://lago/x: unknown option '{mala}'")
        );
    }
    abre("AWS_REGION").unwrap();
    abre("azure_regoin").unwrap();
    // In the environment there are names that are nobody's here.
    let entorno = [
        CLAVES[0],
        CLAVES[1],
        ("AWS_PAGER", "less"),
        ("AWS_PROFILE", "x"),
    ];
    Stores::new(con(&entorno)).open("s3://lago/x").unwrap();
}

#[test]
fn sin_cifrar_solo_se_habla_con_esta_maquina() {
    let abre = |url: &str, opcion: &str, endpoint: &str| {
        let opciones = con(&CLAVES)
            .with_option("azure_storage_account_name", "cuenta")
            .with_option("azure_storage_account_key", "c2VjcmV0bw==")
            .with_option("google_skip_signature", "true")
            .with_option(opcion, endpoint)
            // Asking for it does not help.
            .with_option("allow_http", "true");
        Stores::new(opciones).open(url).map(drop)
    };
    for (url, opcion) in [
        ("s3://lago/x", "aws_endpoint_url"),
        ("gs://lago/x", "google_base_url"),
        ("az://lago/x", "azure_storage_endpoint"),
    ] {
        for lejos in [
            "http://10.0.0.7:9000",
            "http://s3.example.com",
            "http://localhost.example.com",
        ] {
            let error = abre(url, opcion, lejos).unwrap_err();
            assert!(
                matches!(error, StoreError::PlainHttp { .. }),
                "{lejos}: {error}"
            );
        }
        for cerca in [
            "http://127.0.0.1:9000",
            "http://localhost:9000",
            "http://[::1]:9000",
            "https://s3.example.com",
        ] {
            abre(url, opcion, cerca).unwrap();
        }
    }
}

#[tokio::test]
async fn un_directorio_no_es_un_objeto_y_un_archivo_no_es_un_directorio() {
    let dir = carpeta();
    let stores = Stores::default();
    let url = format!("file://{}", dir.path().display());
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    std::fs::write(dir.path().join("archivo"), "x").unwrap();
    let sub = stores.open(&format!("{url}/sub")).unwrap();
    assert!(matches!(sub.get().await, Err(StoreError::NoObject { .. })));
    let debajo = stores.open(&format!("{url}/archivo/x")).unwrap();
    let error = debajo.put("y").await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Failed { detail, .. } if detail.contains("Not a directory")),
        "{error}"
    );
    assert!(
        error.to_string().starts_with(&format!("{url}/archivo/x")),
        "{error}"
    );
    assert_eq!(std::fs::read(dir.path().join("archivo")).unwrap(), b"x");
}
