//! Access to S3: what must be in the environment, what is refused before a byte leaves the machine, and what must not be printed.

use crate::problem::{Class, Problem};
use polars::prelude::cloud::{CloudOptions, CloudRetryConfig};
use std::time::Duration;

/// Variables whose values are never printed.
const SECRETS: [&str; 4] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// How to reach S3: credentials, region and endpoint come from the environment (or `~/.aws`), as everywhere else.
///
/// An unencrypted endpoint is refused outside this machine, and so is asking without credentials: the client would go looking
/// for an EC2 instance's metadata over plain HTTP and wait for it.
pub(crate) fn options(url: &str) -> Result<CloudOptions, Problem> {
    check(url, |name| {
        std::env::var(name).ok().filter(|v| !v.is_empty())
    })?;
    begin_again_prepared()?;
    Ok(CloudOptions::default().with_retry_config(CloudRetryConfig {
        max_retries: Some(4),
        retry_timeout: Some(Duration::from_secs(15)),
        retry_init_backoff: Some(Duration::from_millis(100)),
        retry_max_backoff: Some(Duration::from_secs(2)),
        retry_base_multiplier: None,
    }))
}

/// Says that the environment is as the client needs it.
const PREPARED: &str = "TRANSFORMA_ENTORNO_S3";

/// Starts this program again, once, with what Polars takes from nowhere but the environment: a connection attempt that ends
/// after ten seconds instead of five minutes, and a directory for its cache, without which it panics where neither `USER` nor
/// `HOME` is set. Changing one's own environment needs `unsafe`; beginning again does not, and nothing was done yet.
fn begin_again_prepared() -> Result<(), Problem> {
    use std::os::unix::process::CommandExt as _;
    let has = |name: &str| std::env::var_os(name).is_some();
    if has(PREPARED) || cfg!(test) {
        return Ok(());
    }
    let mut again = std::process::Command::new("/proc/self/exe");
    again.args(std::env::args_os().skip(1)).env(PREPARED, "1");
    if !has("POLARS_HTTP_CONNECT_TIMEOUT_SECONDS") {
        again.env("POLARS_HTTP_CONNECT_TIMEOUT_SECONDS", "10");
    }
    if !["POLARS_TEMP_DIR", "USER", "HOME"].into_iter().any(has) {
        let own = format!("transforma-{}", std::process::id());
        again.env("POLARS_TEMP_DIR", std::env::temp_dir().join(own));
    }
    let e = again.exec();
    Err(Problem::new(
        Class::Resource,
        format!("no se puede volver a empezar con el entorno de S3: {e}"),
    ))
}

fn check(url: &str, environment: impl Fn(&str) -> Option<String>) -> Result<(), Problem> {
    let usage = |message: String| Err(Problem::new(Class::Usage, message));
    let endpoints = [
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT",
        "AWS_METADATA_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_ENDPOINT_URL_STS",
    ];
    let mut named = false;
    for variable in endpoints {
        let Some(endpoint) = environment(variable) else {
            continue;
        };
        named |= variable.starts_with("AWS_ENDPOINT");
        let Ok(parsed) = url::Url::parse(&endpoint) else {
            return usage(format!("{variable} no es una URL"));
        };
        let here = match parsed.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if parsed.scheme() != "https" && !here {
            return usage(format!(
                "{variable}: http sin cifrar solo se usa en esta máquina; el extremo debe ser https"
            ));
        }
    }
    let home = environment("HOME").unwrap_or_default();
    let file = |name: &str| !home.is_empty() && std::path::Path::new(&home).join(name).is_file();
    let credentials = ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"]
        .into_iter()
        .chain([
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ])
        .any(|name| environment(name).is_some())
        || environment("AWS_SKIP_SIGNATURE").is_some_and(|v| v != "false")
        || file(".aws/credentials");
    if !credentials {
        return usage(format!(
            "faltan credenciales para {url}: defina AWS_ACCESS_KEY_ID y AWS_SECRET_ACCESS_KEY (o AWS_SKIP_SIGNATURE=true si es público)"
        ));
    }
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .iter()
        .any(|name| environment(name).is_some());
    if !region && !named && !file(".aws/config") {
        return usage(format!("falta la región para {url}: defina AWS_REGION"));
    }
    Ok(())
}

/// The text with every secret of the environment blotted out.
pub(crate) fn without_secrets(text: &str) -> String {
    SECRETS
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        // A value of a letter or two would blot out half the message and hide nothing.
        .filter(|secret| secret.len() >= 4)
        .fold(text.to_owned(), |text, secret| text.replace(&secret, "***"))
}

/// The problem with S3 that the client's message tells, naming the object. The client says it in English and at length.
pub(crate) fn problem(message: &str, url: Option<&str>) -> Option<Problem> {
    let lower = url
        .map_or_else(|| message.to_owned(), |url| without_name(message, url))
        .to_lowercase();
    let any = |needles: &[&str]| needles.iter().any(|n| lower.contains(n));
    let place = url.unwrap_or("S3");
    let (class, why) = if any(&["nosuchbucket"]) {
        (Class::Input, "el cubo no existe")
    } else if any(&[
        "accessdenied",
        "403 forbidden",
        "signaturedoesnotmatch",
        "invalidaccesskeyid",
    ]) {
        (
            Class::Storage,
            "acceso denegado: revise las credenciales y los permisos",
        )
    } else if any(&["expiredtoken", "401 unauthorized"]) {
        (Class::Storage, "las credenciales no valen o han caducado")
    } else if any(&["not found", "nosuchkey", "no such key"]) {
        (Class::Input, "el objeto no existe")
    } else if any(&[
        "error sending request",
        "connect",
        "connection",
        "dns",
        "timed out",
        "timeout",
        "500 internal",
        "502 bad",
        "503 service",
        "504 gateway",
        "429 too many",
        "slowdown",
        "error decoding response body",
        "request or response body error",
    ]) {
        (
            Class::Storage,
            "el almacenamiento no responde, o corta la respuesta; se ha reintentado",
        )
    } else {
        return None;
    };
    Some(Problem::new(class, format!("{place}: {why}")))
}

/// The message without the object's name: `s3://lago/403/connections.parquet` says nothing about what went wrong.
fn without_name(message: &str, url: &str) -> String {
    let key = url.splitn(4, '/').nth(3).unwrap_or_default();
    let text = message.replace(url, "");
    // As a path, so that a key of one letter does not blot out every such letter.
    text.replace(&format!("/{key}"), "")
        .replace(&format!(" {key}"), "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn with(variables: &[(&str, &str)]) -> Result<(), Problem> {
        let map: HashMap<&str, &str> = variables.iter().copied().collect();
        check("s3://a/b", |name| map.get(name).map(|v| (*v).to_owned()))
    }

    #[test]
    fn http_sin_cifrar_solo_en_esta_maquina() {
        let keys = [("AWS_ACCESS_KEY_ID", "k"), ("AWS_REGION", "us-east-1")];
        let at = |endpoint| with(&[keys[0], keys[1], ("AWS_ENDPOINT_URL", endpoint)]);
        for good in [
            "http://127.0.0.1:9000",
            "http://localhost:9000",
            "http://[::1]:9000",
            "https://s3.example.com",
        ] {
            assert_eq!(at(good), Ok(()), "{good}");
        }
        for bad in [
            "http://10.0.0.1:9000",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "ftp://example.com",
            "nada",
        ] {
            assert_eq!(at(bad).unwrap_err().class(), Class::Usage, "{bad}");
        }
    }

    #[test]
    fn el_nombre_del_objeto_no_dice_que_ha_pasado() {
        let url = "s3://lago/403/not found/connection-404.parquet";
        let key = "403/not found/connection-404.parquet";
        let class = |said: &str| problem(said, Some(url)).map(|p| p.class());
        let denied = format!(
            "Error performing GET http://127.0.0.1:9/lago/{key}: status code: 403 Forbidden: "
        );
        let down = format!(
            "Error performing GET http://127.0.0.1:9/lago/{key}: status code: 503 Service Unavailable: "
        );
        let absent = format!("Object at location {key} not found: status code: 404 Not Found: ");
        assert_eq!(class(&down), Some(Class::Storage));
        assert!(
            problem(&down, Some(url))
                .unwrap()
                .to_string()
                .contains("no responde")
        );
        assert!(
            problem(&denied, Some(url))
                .unwrap()
                .to_string()
                .contains("acceso denegado")
        );
        assert_eq!(class(&absent), Some(Class::Input));
        assert_eq!(
            class(&format!("{url}: 500 filas fuera de 404: conversion failed")),
            None
        );
    }

    #[test]
    fn sin_credenciales_o_sin_region_no_se_pregunta_a_nadie() {
        assert!(
            with(&[])
                .unwrap_err()
                .to_string()
                .contains("AWS_ACCESS_KEY_ID")
        );
        let no_region = with(&[("AWS_ACCESS_KEY_ID", "k")]).unwrap_err();
        assert!(no_region.to_string().contains("AWS_REGION"));
        assert_eq!(
            with(&[("AWS_SKIP_SIGNATURE", "true"), ("AWS_REGION", "x")]),
            Ok(())
        );
    }
}
