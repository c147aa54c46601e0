//! Iceberg: its program built and run, and a reader in Python that shares no code with it.

mod formatos {
    use crate::{archivos, dias, espera, esperado, otros_formatos, python};
    use ecommerce_testkit::temp::Tree;
    use ej_16_5_5_table_formats::matrix::{Capability, Outcome, Trial};
    use ej_16_5_5_table_formats::{
        Committed, Content, Format, FormatError, OtherFormats, Place, Problem, delta,
        transaction_actions,
    };
    use std::fs;
    use std::path::{Path, PathBuf};

    fn otros() -> OtherFormats {
        otros_formatos(Format::Iceberg)
    }

    /// Two days in a first commit, the third appended by another process.
    fn tabla_iceberg(carpeta: &Path) -> Committed {
        let datos = archivos(carpeta);
        let creada = otros()
            .iceberg_create(&carpeta.join("almacen"), &datos[..2])
            .unwrap();
        otros()
            .iceberg_append(&creada.metadatos, &datos[2..])
            .unwrap()
    }

    fn leida(tabla: &Committed, carpeta: &Path) -> Result<Content, FormatError> {
        let salida = carpeta.join("leido.parquet");
        otros().iceberg_read(&tabla.metadatos, &salida)?;
        Content::of_parquet(&salida)
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn delta_e_iceberg_escritos_y_leidos_en_rust_tienen_las_mismas_filas() {
        let carpeta = tempfile::tempdir().unwrap();
        let iceberg = tabla_iceberg(carpeta.path());
        assert_eq!(iceberg.filas, 600);
        assert_eq!(leida(&iceberg, carpeta.path()).unwrap(), esperado());

        let lugar = Place::local(&carpeta.path().join("delta")).unwrap();
        let delta = espera(async {
            let lotes = dias().into_iter().map(|dia| dia.batch).collect();
            let nada = lugar.nothing_yet();
            let tabla = delta::append(&lugar, nada, lotes, "fecha", Default::default()).await?;
            delta::read(&lugar, &tabla).await
        });
        assert_eq!(Content::of(&delta.unwrap()).unwrap(), esperado());
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn pyiceberg_lee_de_la_tabla_de_rust_las_mismas_filas() {
        let carpeta = tempfile::tempdir().unwrap();
        let iceberg = tabla_iceberg(carpeta.path());
        let salida = carpeta.path().join("pyiceberg.parquet");
        python([Path::new("iceberg-leer"), &iceberg.metadatos, &salida]);
        assert_eq!(Content::of_parquet(&salida).unwrap(), esperado());
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn dos_procesos_sin_catalogo_bifurcan_la_tabla_iceberg_y_los_dos_creen_haber_escrito() {
        let carpeta = tempfile::tempdir().unwrap();
        let datos = archivos(carpeta.path());
        let base = otros()
            .iceberg_create(&carpeta.path().join("almacen"), &datos[..1])
            .unwrap();
        let uno = otros()
            .iceberg_append(&base.metadatos, &datos[1..2])
            .unwrap();
        let otro = otros()
            .iceberg_append(&base.metadatos, &datos[2..3])
            .unwrap();
        // Both were told that they had committed on top of the same table, and each has a table without the other's rows.
        assert_ne!(uno.metadatos, otro.metadatos);
        let filas: Vec<u64> = dias().iter().map(|d| d.batch.num_rows() as u64).collect();
        assert_eq!(
            (uno.filas, otro.filas),
            (filas[0] + filas[1], filas[0] + filas[2])
        );
        assert_ne!(
            leida(&uno, carpeta.path()).unwrap(),
            leida(&otro, carpeta.path()).unwrap()
        );
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn con_un_catalogo_ningun_commit_confirmado_de_iceberg_se_pierde() {
        let carpeta = tempfile::tempdir().unwrap();
        let carrera = otros().iceberg_race(carpeta.path(), 4, 5).unwrap();
        assert_eq!(carrera.confirmados + carrera.rechazados, 20);
        assert!(carrera.confirmados > 0, "{carrera:?}");
        assert_eq!(carrera.filas, carrera.confirmados, "{carrera:?}");
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn la_transaccion_de_iceberg_no_tiene_ninguna_accion_que_quite_filas() {
        // When a new version adds one, this list fails and the page has to change.
        assert_eq!(
            transaction_actions().unwrap(),
            [
                "expire_snapshots",
                "fast_append",
                "replace_sort_order",
                "update_location",
                "update_schema",
                "update_statistics",
                "update_table_properties",
                "upgrade_table_version",
            ]
        );
    }

    /// A directory is no table, neither for one nor for the other.
    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn lo_que_no_es_una_tabla_se_dice_igual_en_delta_y_en_iceberg() {
        let carpeta = tempfile::tempdir().unwrap();
        let vacia = carpeta.path().join("vacia");
        fs::create_dir(&vacia).unwrap();
        let salida = carpeta.path().join("x.parquet");
        let delta = espera(Place::local(&vacia).unwrap().open()).err().unwrap();
        let metadatos = vacia.join("00000.metadata.json");
        let iceberg = otros().iceberg_read(&metadatos, &salida).unwrap_err();
        for (error, formato) in [(delta, Format::Delta), (iceberg, Format::Iceberg)] {
            assert_eq!(error.problem(), Some(Problem::NoEsTabla), "{error}");
            assert!(error.to_string().contains(&formato.to_string()), "{error}");
        }
        assert!(!salida.exists());
    }

    fn falla_iceberg(carpeta: &Path, dano: impl Fn(&Committed), problema: Problem) -> String {
        let tabla = tabla_iceberg(carpeta);
        dano(&tabla);
        let antes = Tree::of(carpeta.join("almacen")).unwrap();
        let error = leida(&tabla, carpeta).unwrap_err();
        assert_eq!(error.problem(), Some(problema), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
        assert_eq!(
            antes.changes(&Tree::of(carpeta.join("almacen")).unwrap()),
            []
        );
        error.to_string()
    }

    fn reescribir(archivo: &Path, cambio: impl Fn(String) -> String) {
        let texto = fs::read_to_string(archivo).unwrap();
        let nuevo = cambio(texto.clone());
        assert_ne!(nuevo, texto, "el cambio no cambió nada");
        fs::write(archivo, nuevo).unwrap();
    }

    /// The files below `carpeta` whose name ends so.
    fn con_final(carpeta: &Path, final_: &str) -> Vec<PathBuf> {
        ecommerce_testkit::temp::tree_list(carpeta)
            .unwrap()
            .into_iter()
            .filter(|ruta| ruta.to_string_lossy().ends_with(final_))
            .map(|ruta| carpeta.join(ruta))
            .collect()
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn iceberg_de_una_version_futura_danado_o_incompleto_da_un_error_claro() {
        let carpetas: Vec<_> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
        let dentro = |i: usize| carpetas[i].path();
        falla_iceberg(
            dentro(0),
            |tabla| {
                reescribir(&tabla.metadatos, |texto| {
                    texto.replace(r#""format-version":2"#, r#""format-version":9"#)
                });
            },
            Problem::VersionNueva,
        );
        falla_iceberg(
            dentro(1),
            |tabla| reescribir(&tabla.metadatos, |texto| texto[..texto.len() / 2].into()),
            Problem::MetadatosDanados,
        );
        let dicho = falla_iceberg(
            dentro(2),
            |_| {
                let datos = con_final(&dentro(2).join("almacen"), ".parquet");
                fs::remove_file(&datos[0]).unwrap();
            },
            Problem::FaltaArchivo,
        );
        assert!(dicho.contains(".parquet"), "{dicho}");
        falla_iceberg(
            dentro(3),
            |_| {
                for avro in con_final(&dentro(3).join("almacen"), ".avro") {
                    fs::write(avro, b"esto no es avro").unwrap();
                }
            },
            Problem::MetadatosDanados,
        );
    }

    fn fin_de(pruebas: &[Trial], capacidad: Capability) -> &Outcome {
        &pruebas
            .iter()
            .find(|prueba| prueba.capacidad == capacidad)
            .unwrap()
            .fin
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn lo_que_puede_el_cliente_de_iceberg_es_lo_que_dice_la_pagina() {
        let carpeta = tempfile::tempdir().unwrap();
        let datos = archivos(carpeta.path());
        let pruebas = otros()
            .trials(&carpeta.path().join("almacen"), &datos)
            .unwrap();
        assert_eq!(pruebas.len(), Capability::ALL.len());
        for capacidad in [
            Capability::Agregar,
            Capability::Podar,
            Capability::Viajar,
            Capability::Columna,
        ] {
            let fin = fin_de(&pruebas, capacidad);
            assert!(matches!(fin, Outcome::Si(_)), "{capacidad:?}: {fin:?}");
        }
        for capacidad in [
            Capability::Sobrescribir,
            Capability::Borrar,
            Capability::Actualizar,
            Capability::Fusionar,
            Capability::Compactar,
        ] {
            let fin = fin_de(&pruebas, capacidad);
            assert!(matches!(fin, Outcome::SinApi(_)), "{capacidad:?}: {fin:?}");
        }
        let expirar = fin_de(&pruebas, Capability::Expirar);
        assert!(matches!(expirar, Outcome::EnParte(_)), "{expirar:?}");
        let arbitrar = fin_de(&pruebas, Capability::Arbitrar);
        assert!(matches!(arbitrar, Outcome::No(_)), "{arbitrar:?}");
    }
}
