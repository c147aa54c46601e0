//! What the query computes, on files and by any engine.

use crate::eventos::{Carpeta, escribir, pocos, revenue_de_pocos};
use ecommerce_arrow::generate_batch;
use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use ej_16_3_1_polars_api::{
    Origen, RegionRevenue, calcular_revenue, calcular_revenue_de, escanear, plan_revenue, recoger,
    revenue_directo,
};
use parquet::arrow::ArrowWriter;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

#[test]
fn la_funcion_de_la_guia_da_una_fila_por_region_de_mayor_a_menor() {
    let carpeta = Carpeta::con(pocos());
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    assert!(revenue.equals_missing(&revenue_de_pocos()), "{revenue}");
    let tipos: Vec<_> = revenue.dtypes();
    assert_eq!(
        tipos,
        [
            DataType::String,
            DataType::Float64,
            DataType::UInt32,
            DataType::Float64
        ]
    );
    let con_tipos = calcular_revenue_de(&Origen::new(carpeta.eventos())).unwrap();
    assert!(con_tipos.equals_missing(&revenue));
}

#[test]
fn los_dos_motores_y_la_cuenta_directa_dan_lo_mismo() {
    let carpeta = Carpeta::con(pocos());
    let esperado = revenue_de_pocos();
    for motor in [Engine::InMemory, Engine::Streaming, Engine::Auto] {
        let consulta = plan_revenue(escanear(&carpeta.eventos()).unwrap());
        let revenue = recoger(consulta, motor).unwrap();
        assert!(revenue.equals_missing(&esperado), "{motor:?}: {revenue}");
    }
    let fila = |region: Option<&str>, revenue, usuarios_unicos, ticket_promedio| RegionRevenue {
        region: region.map(str::to_owned),
        revenue,
        usuarios_unicos,
        ticket_promedio,
    };
    assert_eq!(
        revenue_directo(&pocos()).unwrap(),
        [
            fila(Some("norte"), 11.0, 2, 5.5),
            fila(None, 3.0, 1, 3.0),
            fila(Some("sur"), 2.25, 1, 2.25),
        ]
    );
}

/// The model's events, summed in cents by the standard library alone.
#[test]
fn con_los_eventos_del_modelo_coincide_con_enteros() {
    const FILAS: u64 = 20_000;
    let config = ConfigGenerador {
        defectos: 0.0,
        ..ConfigGenerador::new(42, "2024-01-15".parse().unwrap(), 1, FILAS)
    };
    let generador = Generador::new(config).unwrap();
    let carpeta = Carpeta::nueva();
    let lote = generate_batch(&generador, 0..FILAS).unwrap();
    let file = File::create(carpeta.eventos()).unwrap();
    let mut writer = ArrowWriter::try_new(file, lote.schema(), None).unwrap();
    writer.write(&lote).unwrap();
    writer.close().unwrap();

    let mut esperado: BTreeMap<String, (i64, i64, BTreeSet<Option<String>>)> = BTreeMap::new();
    let mut generada = FilaGenerada::new();
    for i in 0..FILAS {
        generador.fill(i, &mut generada);
        let fila = generada.as_fila();
        if let Some(monto) = fila.monto {
            let suma = esperado.entry(fila.region.unwrap().to_owned()).or_default();
            suma.0 += (monto * 100.0).round() as i64;
            suma.1 += 1;
            suma.2.insert(fila.user_id.map(str::to_owned));
        }
    }
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    assert_eq!(revenue.height(), esperado.len());
    let (regiones, sumas, usuarios, medias) = (
        revenue.column("region").unwrap().str().unwrap(),
        revenue.column("revenue").unwrap().f64().unwrap(),
        revenue.column("usuarios_unicos").unwrap().u32().unwrap(),
        revenue.column("ticket_promedio").unwrap().f64().unwrap(),
    );
    let mut anterior = f64::INFINITY;
    for i in 0..revenue.height() {
        let (centavos, compras, distintos) = &esperado[regiones.get(i).unwrap()];
        let suma = sumas.get(i).unwrap();
        assert_eq!((suma * 100.0).round() as i64, *centavos);
        assert_eq!(usuarios.get(i).unwrap() as usize, distintos.len());
        let media = *centavos as f64 / *compras as f64 / 100.0;
        assert!((medias.get(i).unwrap() - media).abs() < 1e-9);
        assert!(suma <= anterior);
        anterior = suma;
    }
}

#[test]
fn un_nan_pasa_el_filtro_de_la_guia_y_se_lleva_su_region() {
    let mut eventos = pocos();
    let montos = [
        Some(10.5),
        Some(f64::NAN),
        Some(3.0),
        None,
        None,
        Some(2.25),
    ];
    eventos
        .with_column(Column::new("monto".into(), montos))
        .unwrap();
    let carpeta = Carpeta::con(eventos.clone());
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    let region = revenue.column("region").unwrap().str().unwrap().get(0);
    let suma = revenue.column("revenue").unwrap().f64().unwrap().get(0);
    // Polars ranks NaN above everything: it is not filtered out, it spoils the sum, and it sorts first.
    assert_eq!(region, Some("sur"));
    assert!(suma.unwrap().is_nan());
    assert!(revenue_directo(&eventos).unwrap()[0].revenue.is_nan());
}

#[test]
fn un_usuario_que_falta_cuenta_como_uno_mas() {
    let eventos = df!(
        "region" => ["sur"; 3],
        "monto" => [1.0, 1.0, 1.0],
        "user_id" => [Some("u1"), None, None],
    )
    .unwrap();
    let carpeta = Carpeta::con(eventos);
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    let usuarios = revenue.column("usuarios_unicos").unwrap().u32().unwrap();
    assert_eq!(usuarios.get(0), Some(2));
}

#[test]
fn un_patron_y_un_directorio_son_todos_sus_archivos() {
    let carpeta = Carpeta::nueva();
    for nombre in ["a.parquet", "b.parquet"] {
        escribir(&carpeta.dir().join(nombre), &mut pocos());
    }
    for ruta in [
        carpeta.ruta("*.parquet"),
        carpeta.dir().to_str().unwrap().to_owned(),
    ] {
        let revenue = calcular_revenue(&ruta).unwrap();
        let sumas = revenue.column("revenue").unwrap().f64().unwrap();
        assert_eq!(sumas.sum(), Some(2.0 * (11.0 + 3.0 + 2.25)), "{ruta}");
    }
}

#[test]
fn sin_un_monto_mayor_que_cero_no_hay_filas_y_si_columnas() {
    let carpeta = Carpeta::con(pocos().head(Some(0)));
    let revenue = calcular_revenue(&carpeta.eventos()).unwrap();
    assert_eq!((revenue.height(), revenue.width()), (0, 4));
    assert_eq!(revenue.dtypes(), revenue_de_pocos().dtypes());
    assert_eq!(revenue_directo(&pocos().head(Some(0))).unwrap(), []);
}
