//! What the optimizer moves, joins and computes ahead, through the native form and around the closure: the plans, as they are.

use crate::{columnas, nativa};
use ej_16_3_2_custom_expressions::{
    distancia_haversine, distancia_haversine_columnas, pares_al_azar,
};
use polars::prelude::*;
use std::fs::File;
use std::path::Path;
use tempfile::TempDir;

/// Deliveries in a file: pairs of places, an order and a region.
struct Entregas {
    dir: TempDir,
}

impl Entregas {
    fn nuevas() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut entregas = pares_al_azar(21, 200).unwrap();
        let region: Vec<_> = (0..200).map(|i| ["norte", "sur"][i % 2]).collect();
        let pedido: Vec<i64> = (0..200).collect();
        entregas
            .with_column(Column::new("region".into(), region))
            .unwrap();
        entregas
            .with_column(Column::new("pedido".into(), pedido))
            .unwrap();
        let file = File::create(dir.path().join("entregas.parquet")).unwrap();
        ParquetWriter::new(file).finish(&mut entregas).unwrap();
        Self { dir }
    }

    fn escanear(&self) -> LazyFrame {
        let ruta = self.dir.path().join("entregas.parquet");
        LazyFrame::scan_parquet(ruta.to_str().unwrap().into(), ScanArgsParquet::default()).unwrap()
    }

    /// The optimized plan, with the directory and the made-up names left out.
    fn plan(&self, consulta: LazyFrame) -> String {
        let plan = consulta.explain(true).unwrap();
        sin_nombres(&plan, self.dir.path())
    }
}

/// Directories left out, and common subexpressions numbered in their order of appearance.
fn sin_nombres(plan: &str, dir: &Path) -> String {
    const COMUN: &str = "__POLARS_CSER_0x";
    let plan = plan.replace(dir.to_str().unwrap(), "DIR");
    let mut trozos = plan.split(COMUN);
    let mut limpio = trozos.next().unwrap().to_owned();
    let mut vistos: Vec<&str> = Vec::new();
    for trozo in trozos {
        let fin = trozo.find(|c: char| !c.is_ascii_hexdigit()).unwrap();
        let (nombre, resto) = trozo.split_at(fin);
        let conocido = vistos.iter().position(|visto| *visto == nombre);
        let numero = conocido.unwrap_or_else(|| {
            vistos.push(nombre);
            vistos.len() - 1
        });
        limpio.push_str(&format!("COMUN_{}{resto}", numero + 1));
    }
    limpio
}

/// A filter on another column goes down to the file past both; both read only the columns they need.
#[test]
fn un_filtro_de_otra_columna_baja_al_archivo_por_delante_de_las_dos() {
    let entregas = Entregas::nuevas();
    let plan = |distancia| {
        let consulta = entregas.escanear().with_column(distancia);
        let norte = consulta.filter(col("region").eq(lit("norte")));
        entregas.plan(norte.select([col("pedido"), col("distancia_km")]))
    };
    let (n, c) = (plan(nativa()), plan(columnas()));
    for plan in [&n, &c] {
        assert!(
            plan.contains("SELECTION: col(\"region\") == \"norte\""),
            "{plan}"
        );
        assert!(!plan.contains("FILTER"), "{plan}");
    }
    insta::assert_snapshot!("filtro_de_otra_columna_nativa", n);
    insta::assert_snapshot!("filtro_de_otra_columna_columnas", c);
}

/// `apply`, as the guide has it, is for groups: all rows may matter to it, and filters stay above.
#[test]
fn un_apply_como_el_de_la_guia_detiene_los_filtros() {
    let entregas = Entregas::nuevas();
    let radianes = |s: Column| Ok(s * (std::f64::consts::PI / 180.0));
    let plan = |expresion: Expr| {
        let consulta = entregas.escanear().with_column(expresion.alias("d_lat"));
        entregas.plan(consulta.filter(col("region").eq(lit("norte"))))
    };
    let campo = |_: &Schema, campo: &Field| Ok(campo.clone());
    let con_apply = plan(col("lat_origen").apply(radianes, campo));
    let con_map = plan(col("lat_origen").map(radianes, campo));
    assert!(
        con_apply.starts_with("FILTER col(\"region\") == \"norte\""),
        "{con_apply}"
    );
    assert!(
        con_map.contains("SELECTION: col(\"region\") == \"norte\""),
        "{con_map}"
    );
}

/// Nobody asks for the distance: it is not computed, and its columns are not read.
#[test]
fn lo_que_nadie_pide_no_se_calcula_en_ninguna_de_las_dos() {
    let entregas = Entregas::nuevas();
    for distancia in [nativa(), columnas()] {
        let consulta = entregas.escanear().with_column(distancia);
        let plan = entregas.plan(consulta.select([col("pedido")]));
        assert!(plan.contains("PROJECT 1/6 COLUMNS"), "{plan}");
        assert!(!plan.contains("distancia_km"), "{plan}");
    }
}

/// A filter by the distance itself.
#[test]
fn un_filtro_por_la_distancia_baja_al_archivo() {
    let entregas = Entregas::nuevas();
    let plan = |distancia: Expr| {
        entregas.plan(
            entregas
                .escanear()
                .filter(distancia.lt(lit(500.0)))
                .select([col("pedido")]),
        )
    };
    insta::assert_snapshot!("filtro_por_la_distancia_nativa", plan(nativa()));
    insta::assert_snapshot!("filtro_por_la_distancia_columnas", plan(columnas()));
}

/// Ten rows of a million: the others are neither read nor computed.
#[test]
fn un_limite_baja_al_archivo_por_delante_de_las_dos() {
    let entregas = Entregas::nuevas();
    let plan = |distancia| entregas.plan(entregas.escanear().with_column(distancia).limit(10));
    insta::assert_snapshot!("limite_nativa", plan(nativa()));
    insta::assert_snapshot!("limite_columnas", plan(columnas()));
}

/// The same distance, written twice: the native one is recognized by its steps, the closure only by its address.
#[test]
fn la_misma_distancia_escrita_dos_veces_se_calcula_una_vez_solo_si_es_nativa() {
    let entregas = Entregas::nuevas();
    let plan = |una: Expr, otra: Expr| {
        entregas.plan(entregas.escanear().select([
            (una / lit(90.0)).alias("horas"),
            (otra * lit(0.5)).alias("coste"),
        ]))
    };
    let n = plan(nativa(), nativa());
    let dos = plan(columnas(), columnas());
    let una = columnas();
    let clonada = plan(una.clone(), una);
    assert!(n.contains("COMUN_"), "{n}");
    assert!(!dos.contains("COMUN_"), "{dos}");
    assert!(clonada.contains("COMUN_"), "{clonada}");
    insta::assert_snapshot!("comun_nativa", n);
    insta::assert_snapshot!("comun_columnas", dos);
    insta::assert_snapshot!("comun_columnas_clonada", clonada);
}

/// Two distances from the same place share what depends on it alone; the closure computes it twice.
#[test]
fn dos_distancias_desde_el_mismo_sitio_comparten_sus_pasos_solo_si_son_nativas() {
    let entregas = Entregas::nuevas();
    let hasta = |lat: f64, lon: f64, funcion: fn(Expr, Expr, Expr, Expr) -> Expr| {
        funcion(col("lat_origen"), col("lon_origen"), lit(lat), lit(lon))
    };
    let plan = |funcion: fn(Expr, Expr, Expr, Expr) -> Expr| {
        entregas.plan(entregas.escanear().select([
            hasta(40.4168, -3.7038, funcion).alias("a_madrid"),
            hasta(41.3874, 2.1686, funcion).alias("a_barcelona"),
        ]))
    };
    let (n, c) = (
        plan(distancia_haversine),
        plan(distancia_haversine_columnas),
    );
    assert!(n.contains("COMUN_"), "{n}");
    assert!(!c.contains("COMUN_"), "{c}");
    insta::assert_snapshot!("mismo_origen_nativa", n);
    insta::assert_snapshot!("mismo_origen_columnas", c);
}

/// Of literals alone: what is a number in the plan, and what is computed when it runs.
#[test]
fn de_los_literales_se_calcula_por_adelantado_la_aritmetica_y_no_las_funciones() {
    let entregas = Entregas::nuevas();
    let fija = |funcion: fn(Expr, Expr, Expr, Expr) -> Expr| {
        let distancia = funcion(lit(40.4168), lit(-3.7038), lit(-34.6037), lit(-58.3816));
        entregas.plan(entregas.escanear().select([distancia]))
    };
    insta::assert_snapshot!("constante_nativa", fija(distancia_haversine));
    insta::assert_snapshot!("constante_columnas", fija(distancia_haversine_columnas));
}
