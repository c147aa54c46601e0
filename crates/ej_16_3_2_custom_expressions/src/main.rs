//! The exercise's program: the two ways to write the distance, their plans, and where they agree.
#![forbid(unsafe_code)]

use ej_16_3_2_custom_expressions::{distancia_haversine, distancia_haversine_columnas};
use polars::prelude::*;

fn main() -> anyhow::Result<()> {
    let rutas = df!(
        "ruta" => ["Madrid–Buenos Aires", "antípodas de Madrid", "de polo a polo", "por la línea de fecha", "el mismo sitio"],
        "lat_origen" => [40.4168, 40.4168, 90.0, -17.7, 40.4168],
        "lon_origen" => [-3.7038, -3.7038, 0.0, 178.0, -3.7038],
        "lat_destino" => [-34.6037, -40.4168, -90.0, -13.8, 40.4168],
        "lon_destino" => [-58.3816, 176.2962, 0.0, -172.1, -3.7038],
    )?;
    let puntos = || {
        [
            col("lat_origen"),
            col("lon_origen"),
            col("lat_destino"),
            col("lon_destino"),
        ]
    };
    let [a, b, c, d] = puntos();
    let nativa = distancia_haversine(a, b, c, d);
    let [a, b, c, d] = puntos();
    let columnas = distancia_haversine_columnas(a, b, c, d);

    let consulta = rutas.lazy().select([
        col("ruta"),
        nativa.alias("nativa_km"),
        columnas.alias("columnas_km"),
    ]);
    println!("{}\n", consulta.explain(true)?);
    println!("{}", consulta.collect()?);
    Ok(())
}
