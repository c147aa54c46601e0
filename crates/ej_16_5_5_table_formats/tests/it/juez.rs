//! The judge on cases whose verdict is known.

use ej_16_5_5_table_formats::conflict::{
    Command, Commit, End, Line, Lost, judge_appends, judge_delete, judge_replace,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn hecho(id: &str, version: u64) -> Commit {
    Commit {
        id: id.into(),
        hecho: true,
        version: Some(version),
        error: None,
    }
}

fn rechazado(id: &str) -> Commit {
    Commit {
        id: id.into(),
        hecho: false,
        version: None,
        error: Some("conflicto".into()),
    }
}

fn ids(textos: &[&str]) -> Vec<String> {
    textos.iter().map(|t| (*t).to_owned()).collect()
}

#[test]
fn un_commit_confirmado_que_no_esta_es_una_perdida_y_el_log_dice_quien_tiene_su_version() {
    let rust = [hecho("r0", 1), hecho("r1", 3)];
    let spark = [hecho("s0", 2), rechazado("s1")];
    let log = BTreeMap::from([(1, "r0".into()), (2, "s0".into()), (3, "s9".into())]);
    let fin = judge_appends(&rust, &spark, &ids(&["r0", "s0"]), &log);
    let perdido = Lost {
        id: "r1".into(),
        version: Some(3),
        la_tiene: Some("s9".into()),
    };
    assert_eq!(fin.perdidos_rust, [perdido]);
    assert_eq!(fin.perdidos_spark, []);
    assert_eq!((fin.confirmados_rust, fin.confirmados_spark), (2, 1));
    assert_eq!(fin.rechazados, [rechazado("s1")]);
    assert_eq!(fin.alternancias, 1);
}

#[test]
fn lo_que_esta_dos_veces_y_lo_que_nadie_confirmo_se_dicen_aparte() {
    let fin = judge_appends(
        &[hecho("r0", 1)],
        &[rechazado("s0")],
        &ids(&["r0", "r0", "s0"]),
        &BTreeMap::new(),
    );
    assert_eq!(fin.doblados, ["r0"]);
    assert_eq!(fin.sin_confirmar, ["s0"]);
}

#[test]
fn un_dia_reemplazado_es_de_uno_entero_o_esta_roto() {
    let (base, r, s) = (ids(&["b"]), ids(&["r-0", "r-1"]), ids(&["s-0", "s-1"]));
    let (si_r, si_s) = (hecho("r", 1), hecho("s", 2));
    let juicio = |rust: &Commit, spark: &Commit, hay: &[String]| {
        judge_replace(&base, (rust, &r), (spark, &s), hay)
    };
    assert_eq!(juicio(&si_r, &si_s, &s), End::Spark);
    assert_eq!(juicio(&si_r, &rechazado("s"), &r), End::Rust);
    assert_eq!(
        juicio(&rechazado("r"), &rechazado("s"), &base),
        End::Ninguno
    );
    // Rows of a writer that was refused, a mix, and a day that nobody changed although somebody was told so.
    assert_eq!(
        juicio(&rechazado("r"), &si_s, &r),
        End::Roto(ids(&["r-0", "r-1"]))
    );
    assert!(matches!(
        juicio(&si_r, &si_s, &ids(&["r-0", "s-0"])),
        End::Roto(_)
    ));
    assert!(matches!(
        juicio(&si_r, &rechazado("s"), &base),
        End::Roto(_)
    ));
}

#[test]
fn una_fila_borrada_que_vuelve_rompe_la_ronda() {
    let base = ids(&["r", "s", "q"]);
    let (si_r, si_s) = (hecho("r", 1), hecho("s", 2));
    assert_eq!(judge_delete(&base, &si_r, &si_s, &ids(&["q"])), End::Ambos);
    assert_eq!(
        judge_delete(&base, &si_r, &rechazado("s"), &ids(&["q", "s"])),
        End::Rust
    );
    // The second rewrote the file it had read before the first: the row of the first is back.
    assert_eq!(
        judge_delete(&base, &si_r, &si_s, &ids(&["q", "r"])),
        End::Roto(ids(&["q", "r"]))
    );
}

#[test]
fn cada_orden_y_cada_respuesta_se_leen_como_se_escriben() {
    for orden in [
        Command::Append("spark".into(), 3),
        Command::AppendUntilStopped("rust".into()),
        Command::Stop,
        Command::Replace("d".into(), "r0".into()),
        Command::Delete("d".into(), "r0".into()),
        Command::End,
    ] {
        assert_eq!(orden.to_string().parse(), Ok(orden));
    }
    assert!("agregar spark muchos".parse::<Command>().is_err());
    assert!("formatear /".parse::<Command>().is_err());
    // As Python writes it.
    let linea =
        r#"{"que": "commit", "id": "spark-0", "hecho": true, "version": null, "error": null}"#;
    let Line::Commit(commit) = serde_json::from_str(linea).unwrap() else {
        panic!("no es un commit");
    };
    assert_eq!((commit.id.as_str(), commit.hecho), ("spark-0", true));
}

proptest! {
    /// Whatever is acknowledged and whatever is found: the four counts agree with plain sets.
    #[test]
    fn las_cuentas_cuadran(casos in prop::collection::vec((any::<bool>(), any::<bool>(), 0..3usize), 0..40)) {
        let mut commits: [Vec<Commit>; 2] = [Vec::new(), Vec::new()];
        let mut hay = Vec::new();
        let (mut perdidos, mut doblados, mut callados) = (0, 0, 0);
        for (i, (de_rust, confirmado, veces)) in casos.into_iter().enumerate() {
            let id = format!("id-{i}");
            commits[usize::from(de_rust)].push(if confirmado { hecho(&id, i as u64) } else { rechazado(&id) });
            hay.extend(std::iter::repeat_n(id, veces));
            perdidos += usize::from(confirmado && veces == 0);
            doblados += usize::from(veces > 1);
            callados += usize::from(!confirmado && veces > 0);
        }
        let fin = judge_appends(&commits[1], &commits[0], &hay, &BTreeMap::new());
        prop_assert_eq!(fin.perdidos_rust.len() + fin.perdidos_spark.len(), perdidos);
        prop_assert_eq!(fin.doblados.len(), doblados);
        prop_assert_eq!(fin.sin_confirmar.len(), callados);
    }
}
