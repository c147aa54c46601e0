//! The verdicts on this workspace, and that another graph gets others.

use crate::{este_workspace, metadatos, reducido, reducido_con};
use ej_16_2_5_dependency_tree::{Family, Graph, Observation, Verdict, observations};

fn veredictos(grafo: &Graph) -> Vec<Verdict> {
    observations(grafo).iter().map(|o| o.verdict).collect()
}

fn de(grafo: &Graph, n: usize) -> Observation {
    observations(grafo).swap_remove(n - 1)
}

#[test]
fn los_veredictos_de_este_workspace() {
    use Verdict::{Confirmada, Matizada, Refutada};
    assert_eq!(
        veredictos(este_workspace()),
        [
            Refutada, Refutada, Matizada, Refutada, Confirmada, Refutada, Confirmada, Confirmada
        ]
    );
}

#[test]
fn polars_no_comparte_arrow_rs_ni_parquet_rs_y_los_otros_dos_si() {
    let grafo = este_workspace();
    for (n, familia, propio) in [
        (1, Family::ArrowRs, "polars-arrow"),
        (2, Family::ParquetRs, "polars-parquet, opcional"),
    ] {
        let observacion = de(grafo, n);
        let [polars, datafusion, delta] = &observacion.proofs[..] else {
            panic!("one per engine")
        };
        assert_eq!(
            (polars.from, polars.to, polars.holds()),
            (Family::Polars, familia, false)
        );
        assert!(datafusion.holds() && delta.holds());
        assert_eq!(
            observacion.because,
            format!("DataFusion y Delta-rs sí; Polars no: tiene {propio}")
        );
    }
    // Not one crate of arrow-rs below Polars, whatever its name.
    assert!(
        grafo
            .dependencies("polars")
            .iter()
            .all(|p| Family::of(p) != Some(Family::ArrowRs))
    );
}

#[test]
fn cada_camino_es_una_cadena_de_dependencias_directas() {
    let grafo = este_workspace();
    let mut pasos = 0;
    for observacion in observations(grafo) {
        for prueba in &observacion.proofs {
            for paso in prueba.path.windows(2) {
                assert!(
                    grafo
                        .edges()
                        .any(|(a, b)| a.name == paso[0] && b.name == paso[1]),
                    "{paso:?}"
                );
                pasos += 1;
            }
        }
    }
    assert!(pasos > 10);
}

#[test]
fn object_store_lo_compila_polars_solo_si_se_le_pide() {
    let grafo = este_workspace();
    let observacion = de(grafo, 3);
    assert_eq!(
        observacion.because,
        "DataFusion y Delta-rs sí; Polars solo si se le pide: es opcional en polars-error, polars-io"
    );
    assert!(
        grafo
            .dependencies("polars")
            .iter()
            .all(|p| p.name != "object_store")
    );
}

#[test]
fn datafusion_no_es_ni_opcional_en_polars_y_en_delta_es_opcional() {
    let motor = de(este_workspace(), 4);
    assert!(
        motor
            .because
            .starts_with("ni siquiera es opcional en ninguno de los "),
        "{}",
        motor.because
    );
    // Nor in those crates of Polars that are locked but not compiled.
    let polars = metadatos()
        .packages
        .iter()
        .filter(|p| p.name.starts_with("polars"));
    let mut crates = 0;
    for paquete in polars {
        crates += 1;
        assert!(
            paquete
                .dependencies
                .iter()
                .all(|d| !d.name.starts_with("datafusion")),
            "{}",
            paquete.name
        );
    }
    assert!(crates > 20);
    let delta = de(este_workspace(), 5);
    assert_eq!(
        delta.because,
        "es opcional en deltalake-core, y aquí está activado"
    );
}

#[test]
fn polars_llama_arrow_a_su_propio_polars_arrow() {
    let core = metadatos()
        .packages
        .iter()
        .find(|p| p.name.as_str() == "polars-core")
        .unwrap();
    let arrow = core
        .dependencies
        .iter()
        .find(|d| d.rename.as_deref() == Some("arrow"))
        .unwrap();
    assert_eq!(arrow.name, "polars-arrow");
    let descripcion = metadatos()
        .packages
        .iter()
        .find(|p| p.name.as_str() == "polars-arrow")
        .unwrap();
    assert!(
        descripcion
            .description
            .as_deref()
            .unwrap()
            .contains("forked from arrow2")
    );
}

#[test]
fn cargo_metadata_da_por_compilado_lo_que_una_feature_debil_solo_nombra() {
    // rust-lang/cargo#10801: when this is mended, the three ways to read the tree agree and the page can say so.
    let segun_metadata = Graph::from_metadata(metadatos()).unwrap();
    let a_store = |p: &ej_16_2_5_dependency_tree::Package| p.name == "object_store";
    assert!(segun_metadata.path("polars", a_store).is_some());
    assert!(este_workspace().path("polars", a_store).is_none());
    assert_eq!(
        de(&segun_metadata, 3).verdict,
        Verdict::Confirmada,
        "so its verdict is wrong"
    );
}

#[test]
fn el_dibujo_tiene_una_flecha_al_reves() {
    let flecha = de(este_workspace(), 6);
    assert_eq!(
        flecha.because,
        "es al revés: parquet-rs depende de arrow-rs"
    );
    assert_eq!(flecha.proofs[1].to_string(), "parquet → arrow-array");
    assert_eq!(
        flecha.proofs[0].to_string(),
        "arrow-rs no llega a parquet-rs"
    );
}

#[test]
fn de_arrow_rs_hay_una_sola_copia_y_por_eso_datafusion_y_delta_comparten_tipos() {
    for paquete in [
        "arrow",
        "arrow-array",
        "parquet",
        "object_store",
        "datafusion",
        "tokio",
    ] {
        assert_eq!(este_workspace().versions(paquete).len(), 1, "{paquete}");
    }
    assert!(este_workspace().versions("arrow2").is_empty());
}

#[test]
fn este_repositorio_usa_polars_y_datafusion_en_el_mismo_programa() {
    let grafo = este_workspace();
    for motor in ["polars", "datafusion", "deltalake"] {
        let camino = grafo.path("ecommerce_pipeline", |p| p.name == motor);
        assert!(camino.is_some(), "{motor}");
    }
}

#[test]
fn con_otras_dependencias_los_veredictos_son_otros() {
    use Verdict::{Confirmada, NoComprobable, Refutada};
    // A lock file does not know what is optional and unused.
    assert_eq!(
        veredictos(&reducido()),
        [
            Refutada,
            Refutada,
            Confirmada,
            NoComprobable,
            Confirmada,
            Refutada,
            Confirmada,
            Confirmada
        ]
    );
    // Polars on arrow-rs, and with DataFusion inside:
    let soñado = reducido_con(
        "[\"polars-arrow\", \"polars-error\", \"polars-io\"]",
        "[\"arrow\", \"datafusion\"]",
    );
    assert_eq!(veredictos(&soñado)[..4], [Confirmada; 4]);
    // delta-rs without its optional engine:
    let sin_motor = reducido_con(
        "[\"arrow\", \"datafusion\", \"object_store 0.13.2\"]",
        "[\"arrow\"]",
    );
    assert_eq!(de(&sin_motor, 5).verdict, Refutada);
    assert_eq!(
        de(&sin_motor, 3).because,
        "Polars y DataFusion sí; Delta-rs no"
    );
    // The arrow as the guide draws it:
    let dibujado = reducido_con(
        "name = \"arrow-array\"\nversion = \"59.3.2\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\ndependencies = [\"bytes\"]",
        "name = \"arrow-array\"\nversion = \"59.3.2\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\ndependencies = [\"parquet\"]",
    );
    assert_eq!(de(&dibujado, 6).verdict, Confirmada);
    // Nothing there at all:
    let vacio = Graph::from_lock("package = []").unwrap();
    assert_eq!(
        veredictos(&vacio),
        [
            Refutada, Refutada, Refutada, Refutada, Refutada, Refutada, Refutada, Refutada
        ]
    );
}

#[test]
fn una_caja_es_de_quien_su_nombre_dice_y_no_de_quien_se_le_parece() {
    let de_nombre = |nombre: &str| {
        let lock = format!("[[package]]\nname = \"{nombre}\"\nversion = \"1.0.0\"\nsource = \"x\"");
        Family::of(&Graph::from_lock(&lock).unwrap().packages()[0])
    };
    assert_eq!(de_nombre("arrow-buffer"), Some(Family::ArrowRs));
    assert_eq!(de_nombre("arrowhead"), None);
    assert_eq!(de_nombre("polars-parquet"), Some(Family::PolarsParquet));
    assert_eq!(de_nombre("polars-core"), Some(Family::Polars));
    assert_eq!(de_nombre("buoyant_kernel"), Some(Family::DeltaRs));
    assert_eq!(de_nombre("parquet2"), None);
    assert_eq!(de_nombre("tokio-util"), Some(Family::Tokio));
    assert_eq!(de_nombre("object_store"), Some(Family::ObjectStore));
}
