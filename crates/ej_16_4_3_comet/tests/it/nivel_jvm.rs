//! Spark with and without Comet on small tables: one run of the program, and what its plans show.

mod comet {
    use ecommerce_testkit::process::Child;
    use ej_16_4_3_comet::table::Measured;
    use ej_16_4_3_comet::{Coverage, Engine, Motor, Plan};
    use std::sync::OnceLock;
    use std::time::Duration;

    /// One run for all tests: two sessions are half a minute.
    fn medido() -> &'static Measured {
        static CORRIDA: OnceLock<Measured> = OnceLock::new();
        CORRIDA.get_or_init(|| {
            let dir = tempfile::tempdir().unwrap();
            let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_4_3_comet"))
                .args([
                    "medir",
                    "--ventas",
                    "40000",
                    "--clientes",
                    "2000",
                    "--sf",
                    "0.01",
                ])
                .args(["--rondas", "1", "--repeticiones", "2", "--hilos", "2"])
                .args([
                    "--monton-mb",
                    "1024",
                    "--fuera-mb",
                    "1024",
                    "--limite-s",
                    "280",
                ])
                .arg("--salida")
                .arg(dir.path())
                .arg("--datos")
                .arg(dir.path().join("datos"))
                .timeout(Duration::from_secs(600))
                .run()
                .unwrap();
            // The report is refused when an answer differs: this is the check of every query.
            assert_eq!(fin.code, Some(0), "{fin:?}");
            for archivo in ["comet.md", "comet-cifras.json"] {
                assert!(dir.path().join(archivo).is_file());
            }
            let texto = std::fs::read_to_string(dir.path().join("comet.json")).unwrap();
            assert!(
                !texto.contains("file:/"),
                "a plan names a directory of this machine"
            );
            serde_json::from_str(&texto).unwrap()
        })
    }

    fn plan(motor: Motor, nombre: &str, variante: &str) -> Plan {
        let planes = medido().planes.iter();
        let suyo = planes
            .clone()
            .find(|p| p.motor == motor && p.nombre == nombre && p.variante == variante);
        Plan::parse(&suyo.unwrap().plan).unwrap()
    }

    fn de_comet(nombre: &str) -> Plan {
        plan(Motor::Comet, nombre, "completa")
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn con_comet_y_sin_el_se_responde_lo_mismo_en_todas_las_consultas() {
        let informe = &medido().informe;
        assert_eq!(
            (informe.spark.as_str(), informe.comet.as_str()),
            ("3.5.7", "0.12.0")
        );
        assert_eq!(
            (
                informe.consultas.len(),
                informe.udf.len(),
                informe.retrocesos.len()
            ),
            (9, 3, 6)
        );
        assert!(informe.consultas.iter().all(|c| c.filas > 0));
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn leer_filtrar_agregar_e_intercambiar_son_nativos_y_ordenar_tambien() {
        let nativos = de_comet("revenue");
        let nombres = nativos.names(Engine::Native);
        for parte in [
            "Scan",
            "CometFilter",
            "CometHashAggregate",
            "CometExchange",
            "CometSort",
        ] {
            assert!(
                nombres.iter().any(|n| n.contains(parte)),
                "{parte}: {nombres:?}"
            );
        }
        assert_eq!(nativos.coverage().jvm, 0, "{nombres:?}");
        assert_eq!(
            plan(Motor::Spark, "revenue", "completa").coverage().nativos,
            0
        );
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn la_cuenta_de_operadores_es_la_que_hace_comet() {
        let mut comparadas = 0;
        let informe = &medido().informe;
        for consulta in informe.consultas.iter().chain(&informe.udf) {
            // Comet counts a reused exchange once more for every reuse; the plan draws it once.
            if !de_comet(&consulta.nombre)
                .names(Engine::Frame)
                .contains(&"ReusedExchange")
            {
                let Coverage {
                    nativos,
                    jvm,
                    transiciones,
                    ..
                } = consulta.plan_comet;
                let dicho = format!(
                    "Comet accelerated {nativos} out of {} eligible operators",
                    nativos + jvm
                );
                let cruces = format!("contains {transiciones} transitions");
                let resumen = consulta.resumen.as_deref().unwrap();
                assert!(
                    resumen.contains(&dicho) && resumen.contains(&cruces),
                    "{}: {resumen} · {dicho}, {cruces}",
                    consulta.nombre
                );
                comparadas += 1;
            }
        }
        assert!(comparadas >= 6, "{comparadas}");
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn una_funcion_de_python_devuelve_su_etapa_a_spark_y_la_de_sql_no() {
        let (python, sql) = (de_comet("centavos_python"), de_comet("centavos_sql"));
        assert_eq!(python.names(Engine::Python), ["BatchEvalPython"]);
        assert_eq!(sql.coverage().python, 0);
        assert!(python.coverage().jvm > sql.coverage().jvm);
        assert!(
            python.coverage().transiciones + python.coverage().conversiones_ocultas
                > sql.coverage().transiciones
        );
        let motivos = medido()
            .informe
            .udf
            .iter()
            .find(|c| c.nombre == "centavos_python")
            .unwrap();
        assert!(
            motivos
                .motivos
                .iter()
                .any(|m| m.contains("BatchEvalPython")),
            "{:?}",
            motivos.motivos
        );
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn round_de_un_double_se_queda_en_spark_y_floor_no() {
        assert_eq!(de_comet("centavos_sql").coverage().jvm, 0);
        assert!(de_comet("centavos_round").coverage().jvm > 0);
        let udf = medido().informe.udf.iter();
        let round = udf.clone().find(|c| c.nombre == "centavos_round").unwrap();
        assert!(
            round.motivos.iter().any(|m| m.contains("rounding")),
            "{:?}",
            round.motivos
        );
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn las_consultas_de_tpch_son_nativas_enteras() {
        let tpch = medido()
            .informe
            .consultas
            .iter()
            .filter(|c| c.nombre.starts_with("tpch_"));
        for consulta in tpch {
            assert_eq!(
                (consulta.plan_comet.jvm, consulta.plan_comet.transiciones),
                (0, 1),
                "{consulta:?}"
            );
        }
    }

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn al_quitar_un_operador_vuelve_a_la_jvm_con_lo_que_tiene_encima() {
        let entera = de_comet("usuarios").coverage();
        for (variante, operador) in [
            ("sin_join", "Join"),
            ("sin_agregacion", "HashAggregate"),
            ("sin_filtro", "Filter"),
        ] {
            let plan = plan(Motor::Comet, "usuarios", variante);
            let jvm = plan.names(Engine::Jvm);
            assert!(
                jvm.iter().any(|n| n.ends_with(operador)),
                "{variante}: {jvm:?}"
            );
            assert!(plan.coverage().nativos < entera.nativos, "{variante}");
            assert!(plan.coverage().nativos > 0, "{variante}");
        }
        // Only what moves data is native: the scans and the exchanges, and whatever lies between needs its way back to rows.
        let lectura = plan(Motor::Comet, "usuarios", "solo_lectura");
        let mueven = |n: &&str| n.contains("Scan") || n.contains("Exchange");
        assert!(
            lectura.names(Engine::Native).iter().all(mueven),
            "{lectura:?}"
        );
        assert!(lectura.coverage().transiciones > entera.transiciones);
        let nada = plan(Motor::Comet, "usuarios", "nada").coverage();
        assert_eq!(nada.nativos, 0);
        assert_eq!(
            nada.transiciones,
            plan(Motor::Spark, "usuarios", "completa")
                .coverage()
                .transiciones
        );
    }
}
