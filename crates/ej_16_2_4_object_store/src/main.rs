//! Listar, leer y copiar por URL: lo que el ejercicio enseña, en una orden.
#![forbid(unsafe_code)]

mod messages;

use ej_16_2_4_object_store::{Parts, StoreError, StoreOptions, Stores, copy};
use futures::TryStreamExt;
use messages::{codigo, en_espanol};
use std::io::{self, Write};
use std::ops::Range;
use std::process::ExitCode;

const USO: &str = "\
Uso: ej_16_2_4_object_store ORDEN [OPCIONES]

  listar URL                  los objetos que hay debajo
  leer URL [--rango A..B]     el objeto, o sus bytes de A a B sin B, por la salida estándar
  copiar DESDE HASTA          de un almacén a otro, por partes

  --opcion CLAVE=VALOR        ajuste de object_store (aws_endpoint_url, aws_region…); se puede repetir
  --en-vuelo N                partes a la vez, 4 si no se dice; la memoria crece con ellas

URL: file:///ruta, memory:///clave, s3://bucket/clave, gs://bucket/clave, az://contenedor/clave
Las credenciales se toman del entorno (AWS_*, GOOGLE_*, AZURE_*) y no se muestran nunca.
Termina con 0 si todo fue bien, 2 si la orden no tiene sentido, 3 si falta el objeto, 5 si falla el almacén.
";

/// What was asked for.
enum Orden {
    Ayuda,
    Listar(String),
    Leer(String, Option<Range<u64>>),
    Copiar(String, String),
}

struct Peticion {
    orden: Orden,
    opciones: StoreOptions,
    partes: Parts,
}

fn main() -> ExitCode {
    let peticion = match leer_argumentos(std::env::args().skip(1), StoreOptions::from_env()) {
        Ok(peticion) => peticion,
        Err(que) => {
            eprintln!("error: {que}\n\n{USO}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("error: no se puede empezar: {e}");
            return ExitCode::from(6);
        }
    };
    match runtime.block_on(cumplir(peticion)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fallo::Salida(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Fallo::Salida(e)) => {
            eprintln!("error: la salida estándar: {e}");
            ExitCode::from(6)
        }
        Err(Fallo::Almacen(e)) => {
            eprintln!("error: {}", en_espanol(&e));
            ExitCode::from(codigo(&e))
        }
    }
}

enum Fallo {
    Almacen(StoreError),
    Salida(io::Error),
}

impl From<StoreError> for Fallo {
    fn from(e: StoreError) -> Self {
        Self::Almacen(e)
    }
}

impl From<io::Error> for Fallo {
    fn from(e: io::Error) -> Self {
        Self::Salida(e)
    }
}

async fn cumplir(peticion: Peticion) -> Result<(), Fallo> {
    let (almacenes, mut salida) = (Stores::new(peticion.opciones), io::stdout());
    match peticion.orden {
        Orden::Ayuda => salida.write_all(USO.as_bytes())?,
        Orden::Listar(url) => {
            let mut objetos = almacenes.open(&url)?.list();
            while let Some(objeto) = objetos.try_next().await? {
                writeln!(salida, "{:>14}  {}", objeto.size, objeto.place)?;
            }
        }
        Orden::Leer(url, rango) => {
            let objeto = almacenes.open(&url)?;
            let mut trozos = match rango {
                Some(rango) => objeto.stream_range(rango, peticion.partes),
                None => objeto.stream(peticion.partes),
            };
            while let Some(trozo) = trozos.try_next().await? {
                salida.write_all(&trozo)?;
            }
        }
        Orden::Copiar(desde, hasta) => {
            let (desde, hasta) = (almacenes.open(&desde)?, almacenes.open(&hasta)?);
            let copiado = copy(&desde, &hasta, peticion.partes).await?;
            writeln!(
                salida,
                "{} bytes en {} partes: {}",
                copiado.bytes,
                copiado.parts.max(1),
                hasta.place()
            )?;
        }
    }
    Ok(salida.flush()?)
}

fn leer_argumentos(
    mut argumentos: impl Iterator<Item = String>,
    mut opciones: StoreOptions,
) -> Result<Peticion, String> {
    let (mut sueltos, mut rango, mut partes) = (Vec::new(), None, Parts::default());
    while let Some(argumento) = argumentos.next() {
        let mut valor = || {
            argumentos
                .next()
                .ok_or(format!("a {argumento} le falta su valor"))
        };
        match argumento.as_str() {
            "--opcion" => {
                let par = valor()?;
                let (clave, valor) = par.split_once('=').ok_or("--opcion es CLAVE=VALOR")?;
                if StoreOptions::is_secret(clave) {
                    return Err(format!(
                        "'{clave}' es secreta y la línea de órdenes la ve cualquiera: póngala en el entorno"
                    ));
                }
                opciones = opciones.with_option(clave, valor);
            }
            "--rango" => rango = Some(leer_rango(&valor()?)?),
            "--en-vuelo" => {
                let n = valor()?.parse().ok().filter(|n| (1..=64).contains(n));
                partes = Parts::new(partes.bytes, n.ok_or("--en-vuelo es un número de 1 a 64")?);
            }
            "--ayuda" | "--help" | "-h" => sueltos.insert(0, "ayuda".to_owned()),
            otra if otra.starts_with("--") => return Err(format!("no existe la opción {otra}")),
            _ => sueltos.push(argumento),
        }
    }
    let mut sueltos = sueltos.into_iter();
    let orden = sueltos.next().ok_or("falta la orden")?;
    let mut url = || sueltos.next().ok_or(format!("a {orden} le falta una URL"));
    let orden = match orden.as_str() {
        "ayuda" => Orden::Ayuda,
        "listar" => Orden::Listar(url()?),
        "leer" => Orden::Leer(url()?, rango.take()),
        "copiar" => Orden::Copiar(url()?, url()?),
        otra => return Err(format!("no existe la orden '{otra}'")),
    };
    if rango.is_some() || (sueltos.next().is_some() && !matches!(orden, Orden::Ayuda)) {
        return Err("sobran argumentos".to_owned());
    }
    Ok(Peticion {
        orden,
        opciones,
        partes,
    })
}

fn leer_rango(texto: &str) -> Result<Range<u64>, String> {
    let (a, b) = texto.split_once("..").unwrap_or((texto, ""));
    match (a.parse(), b.parse()) {
        (Ok(a), Ok(b)) if a <= b => Ok(a..b),
        _ => Err("--rango es A..B, con A ≤ B".to_owned()),
    }
}
