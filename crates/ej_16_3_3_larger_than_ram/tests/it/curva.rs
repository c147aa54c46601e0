//! `curva`: every series over every size, the largest again under a limit, written whole.

use crate::datos::programa;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn la_curva_mide_cada_serie_y_la_mayor_otra_vez_bajo_el_limite() {
    let dir = tempfile::tempdir().unwrap();
    let (json, svg) = (dir.path().join("c.json"), dir.path().join("c.svg"));
    fs::write(&json, "lo que había").unwrap();
    let fin = programa()
        .args([
            "curva",
            "--filas",
            "3000,1500",
            "--ancho",
            "100",
            "--filas-por-grupo",
            "500",
        ])
        .arg("--directorio")
        .arg(dir.path())
        .arg("--json")
        .arg(&json)
        .arg("--svg")
        .arg(&svg)
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(0), "{fin:?}");
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        2,
        "las entradas se borran"
    );

    let medido: serde_json::Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(
        (&medido["ejercicio"], &medido["hilos"]),
        (&"16.3.3".into(), &2.into())
    );
    let filas: Vec<_> = medido["entradas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["filas"].as_u64())
        .collect();
    assert_eq!(filas, [Some(1_500), Some(3_000)]);
    let corridas = medido["corridas"].as_array().unwrap();
    let series: BTreeSet<_> = corridas
        .iter()
        .map(|c| c["serie"].as_str().unwrap())
        .collect();
    assert_eq!((corridas.len(), series.len()), (14, 7));
    for corrida in corridas {
        assert_eq!(corrida["resultado"], "bien", "{corrida}");
        let (todo, anonimo) = (&corrida["pico_residente"], &corrida["pico_anonimo"]);
        assert!(
            todo.as_u64() >= anonimo.as_u64() && anonimo.as_u64() > Some(1 << 20),
            "{corrida}"
        );
    }
    // A megabyte is less than the process itself.
    assert_eq!(medido["limite"]["mib"], 1);
    for corrida in medido["limite"]["corridas"].as_array().unwrap() {
        assert!(
            corrida["resultado"]
                .as_str()
                .unwrap()
                .starts_with("sin memoria: "),
            "{corrida}"
        );
        assert!(corrida["segundos"].is_null(), "{corrida}");
    }

    let dibujo = fs::read_to_string(&svg).unwrap();
    assert!(dibujo.starts_with("<svg ") && dibujo.trim_end().ends_with("</svg>"));
    for serie in series {
        assert!(dibujo.contains(serie), "{serie}");
    }
    assert_eq!(dibujo.matches("<circle ").count(), 14);
}

#[test]
fn si_no_se_puede_escribir_lo_medido_se_dice() {
    let fin = programa()
        .args([
            "curva",
            "--filas",
            "100",
            "--ancho",
            "0",
            "--json",
            "/no/existe/c.json",
            "--svg",
            "/no/existe/c.svg",
        ])
        .run()
        .unwrap();
    assert_eq!(fin.code, Some(5), "{fin:?}");
    assert!(
        fin.stderr_text()
            .starts_with("error: no se puede escribir: /no/existe/c.json"),
        "{fin:?}"
    );
}
