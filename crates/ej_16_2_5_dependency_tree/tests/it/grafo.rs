//! Reading the graph, from cargo and from the lock file.

use crate::{REDUCIDO, este_workspace, metadatos, raiz, reducido, reducido_con};
use cargo_metadata::Metadata;
use ej_16_2_5_dependency_tree::{Graph, GraphError, Package, impact, shared_by_all};
use std::collections::BTreeSet;

fn nombres<'a>(paquetes: impl IntoIterator<Item = &'a Package>) -> Vec<&'a str> {
    paquetes.into_iter().map(|p| p.name.as_str()).collect()
}

#[test]
fn un_lock_da_paquetes_versiones_y_miembros() {
    let grafo = reducido();
    assert_eq!(grafo.packages().len(), 17);
    assert_eq!(grafo.versions("object_store"), ["0.12.4", "0.13.2"]);
    assert!(grafo.versions("arrow2").is_empty());
    let miembros = grafo.packages().iter().filter(|p| p.member);
    assert_eq!(nombres(miembros), ["mi_lago"]);
}

#[test]
fn una_version_escrita_elige_entre_dos_copias() {
    let grafo = reducido();
    // Nobody depends on 0.12.4, whether the entry names a version or the source too.
    let de_nadie = grafo
        .edges()
        .all(|(_, dependencia)| dependencia.version != "0.12.4");
    assert!(de_nadie);
    let usan = grafo
        .edges()
        .filter(|(_, d)| d.name == "object_store")
        .count();
    assert_eq!(usan, 4);
}

#[test]
fn el_camino_es_el_mas_corto_y_no_hay_camino_hacia_atras() {
    let grafo = reducido();
    let a = |nombre: &'static str| move |p: &Package| p.name == nombre;
    assert_eq!(
        grafo.path("polars", a("tokio")).unwrap(),
        ["polars", "polars-io", "tokio"]
    );
    assert_eq!(grafo.path("mi_lago", a("bytes")).unwrap().len(), 4);
    assert_eq!(grafo.path("arrow", a("arrow")).unwrap(), ["arrow"]);
    assert_eq!(grafo.path("arrow", a("parquet")), None);
    assert_eq!(grafo.path("no-existe", a("arrow")), None);
}

#[test]
fn dependencias_y_dependientes_son_inversos() {
    let grafo = reducido();
    assert_eq!(
        nombres(grafo.dependencies("parquet")),
        ["arrow-array", "bytes", "object_store", "parquet", "tokio"]
    );
    for paquete in grafo.packages() {
        for otro in grafo.packages() {
            if grafo.versions(&paquete.name).len() == 1 && grafo.versions(&otro.name).len() == 1 {
                let abajo = grafo.dependencies(&paquete.name).contains(otro);
                assert_eq!(abajo, grafo.dependents(&otro.name).contains(paquete));
            }
        }
    }
}

#[test]
fn lo_que_cae_con_un_paquete_y_lo_que_comparten_los_tres() {
    let grafo = reducido();
    let [arrow, store] = &impact(&grafo, &["arrow-array", "no-existe", "object_store"])[..] else {
        panic!("two of the three are there");
    };
    let motores = |i: &ej_16_2_5_dependency_tree::Impact| {
        i.engines.iter().map(|e| e.name()).collect::<Vec<_>>()
    };
    assert_eq!((arrow.packages, arrow.members), (6, 1));
    assert_eq!(motores(arrow), ["DataFusion", "Delta-rs"]);
    assert_eq!(motores(store), ["Polars", "DataFusion", "Delta-rs"]);
    assert_eq!(store.versions, ["0.12.4", "0.13.2"]);
    assert_eq!(
        shared_by_all(&grafo),
        BTreeSet::from(["bytes", "object_store", "tokio"])
    );
}

#[test]
fn aqui_un_fallo_de_arrow_rs_no_llega_a_polars_y_uno_de_tokio_llega_a_los_tres() {
    let motores = |paquete: &str| {
        let [uno] = &impact(este_workspace(), &[paquete])[..] else {
            panic!("{paquete}")
        };
        assert!(uno.members > 0 && uno.packages > uno.members);
        uno.engines.iter().map(|e| e.name()).collect::<Vec<_>>()
    };
    for de_arrow_rs in ["arrow-buffer", "arrow-array", "parquet", "object_store"] {
        assert_eq!(
            motores(de_arrow_rs),
            ["DataFusion", "Delta-rs"],
            "{de_arrow_rs}"
        );
    }
    assert_eq!(motores("polars-arrow"), ["Polars"]);
    let compartidos = shared_by_all(este_workspace());
    for de_todos in ["tokio", "bytes", "libc", "hashbrown"] {
        assert_eq!(
            motores(de_todos),
            ["Polars", "DataFusion", "Delta-rs"],
            "{de_todos}"
        );
        assert!(compartidos.contains(de_todos));
    }
    assert!(!compartidos.contains("arrow-buffer"));
}

#[test]
fn un_lock_roto_dice_que_le_falta() {
    assert!(matches!(
        Graph::from_lock("[[package").unwrap_err(),
        GraphError::Toml(_)
    ));
    let error = |texto: &str| Graph::from_lock(texto).unwrap_err().to_string();
    assert_eq!(error("version = 4"), "lock file: it lists no packages");
    assert_eq!(
        error("[[package]]\nname = \"a\""),
        "lock file: a package lacks its name or version"
    );
    assert_eq!(
        error("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b\"]"),
        "lock file: 'b' is not a package of it"
    );
    let otra_version = REDUCIDO.replacen("object_store 0.13.2\"", "object_store 0.14.0\"", 1);
    assert_eq!(
        error(&otra_version),
        "lock file: 'object_store 0.14.0' is not a package of it"
    );
}

#[test]
fn un_ciclo_no_cuelga_la_busqueda() {
    let grafo = reducido_con(
        "name = \"bytes\"\nversion = \"1.12.1\"",
        "name = \"bytes\"\nversion = \"1.12.1\"\ndependencies = [\"tokio\"]",
    );
    assert_eq!(grafo.path("tokio", |p| p.name == "arrow"), None);
    assert_eq!(nombres(grafo.dependencies("tokio")), ["bytes", "tokio"]);
}

#[test]
fn sin_resolver_no_hay_grafo() {
    let sin = r#"{"packages":[],"workspace_members":[],"resolve":null,"workspace_root":"x","target_directory":"x","version":1,"metadata":null}"#;
    let metadatos: Metadata = serde_json::from_str(sin).unwrap();
    assert!(matches!(
        Graph::from_metadata(&metadatos).unwrap_err(),
        GraphError::Unresolved
    ));
}

#[test]
fn donde_no_hay_workspace_cargo_lo_dice() {
    let vacio = tempfile::tempdir().unwrap();
    let error = Graph::of_workspace(Some(&vacio.path().join("Cargo.toml"))).unwrap_err();
    assert!(matches!(error, GraphError::Metadata(_)), "{error}");
}

#[test]
fn lo_compilado_esta_en_cargo_metadata_y_eso_en_cargo_lock() {
    let clave = |p: &Package| (p.name.clone(), p.version.clone(), p.member);
    let claves = |grafo: &Graph| grafo.packages().iter().map(clave).collect::<BTreeSet<_>>();
    let texto = std::fs::read_to_string(raiz().join("Cargo.lock")).unwrap();
    let bloqueado = claves(&Graph::from_lock(&texto).unwrap());
    let resuelto = claves(&Graph::from_metadata(metadatos()).unwrap());
    let compilado = claves(este_workspace());
    assert!(
        compilado.is_subset(&resuelto),
        "{:?}",
        compilado.difference(&resuelto)
    );
    assert!(
        resuelto.is_subset(&bloqueado),
        "{:?}",
        resuelto.difference(&bloqueado)
    );
    // What tests and benches alone need is resolved and not part of the tree.
    assert!(compilado.len() > 300 && compilado.len() < resuelto.len());
    assert!(
        este_workspace()
            .packages()
            .iter()
            .any(|p| p.member && p.name == env!("CARGO_PKG_NAME"))
    );
    assert!(
        este_workspace()
            .packages()
            .iter()
            .all(|p| p.optional.is_some())
    );
}

#[test]
fn la_salida_de_cargo_tree_se_lee_por_su_profundidad() {
    let texto = "0 a v1.0.0 (/x)\n1 b v2.0.0\n2 c v3.0.0+meta.1\n1 c v3.0.0+meta.1 (*)\n\n0 d v1.0.0\n1 b v2.0.0 (*)\n";
    let grafo = Graph::from_tree(texto, metadatos()).unwrap();
    let aristas: Vec<_> = grafo
        .edges()
        .map(|(a, b)| (a.name.as_str(), b.name.as_str()))
        .collect();
    assert_eq!(aristas, [("a", "b"), ("a", "c"), ("b", "c"), ("d", "b")]);
    assert_eq!(grafo.versions("c"), ["3.0.0+meta.1"]);
    for mala in [
        "x",
        "0 a",
        "0 a 1.0.0",
        "1 a v1.0.0",
        "0 a v1.0.0\n2 b v1.0.0",
    ] {
        let error = Graph::from_tree(mala, metadatos()).unwrap_err();
        assert!(matches!(error, GraphError::Tree(_)), "{mala}: {error}");
    }
}

#[test]
fn solo_cuentan_las_dependencias_normales() {
    // insta and tempfile are for the tests of this crate, and the lock does not say so.
    let grafo = este_workspace();
    let directas = |g: &Graph| {
        let mias = g.edges().filter(|(p, _)| p.name == env!("CARGO_PKG_NAME"));
        mias.map(|(_, d)| d.name.clone()).collect::<BTreeSet<_>>()
    };
    assert!(!directas(grafo).contains("insta"));
    assert!(directas(grafo).contains("cargo_metadata"));
    let texto = std::fs::read_to_string(raiz().join("Cargo.lock")).unwrap();
    assert!(directas(&Graph::from_lock(&texto).unwrap()).contains("insta"));
}
