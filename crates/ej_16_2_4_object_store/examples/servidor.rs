//! Un servidor S3 en esta máquina hasta que se pulse Ctrl-C, para probar contra él la orden del ejercicio:
//!
//! `cargo run -p ej_16_2_4_object_store --example servidor [FALLOS]`
//!
//! FALLOS es la parte de las peticiones que responde con 503, de 0 a 1.
#![forbid(unsafe_code)]

use ecommerce_testlake::{Fault, FaultProxy, Rule, S3Server};
use std::error::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fallos: f64 = match std::env::args().nth(1) {
        Some(texto) => texto.parse()?,
        None => 0.0,
    };
    let server = S3Server::start()?;
    server.create_bucket("lago")?;
    let proxy = FaultProxy::before(&server, 42)?;
    proxy.add(Rule::any(Fault::Answer(503)).probability(fallos));
    println!("# El bucket es s3://lago y desaparece con el servidor. En otro terminal:");
    // Keys made for this run, of a server that only this machine reaches.
    for (nombre, valor) in proxy.storage_options(&server) {
        println!("export {nombre}={valor}");
    }
    tokio::signal::ctrl_c().await?;
    let faults = proxy.faults().len();
    println!("# {} peticiones, {faults} con 503", proxy.exchanges().len());
    Ok(())
}
