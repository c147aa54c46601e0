//! What takes long: Spark with the window opened on purpose, and Hudi, whose client is half a thousand packages.

mod nivel_jvm {
    mod nivel_strace {
        use crate::{escritor_de_spark, espera, plan};
        use ej_16_5_5_table_formats::conflict;
        use std::ffi::OsString;

        fn retenido(tabla: &str) -> Vec<OsString> {
            let mut orden: Vec<OsString> = conflict::strace_that_delays_renames(200)
                .iter()
                .map(OsString::from)
                .collect();
            orden.extend(escritor_de_spark(tabla));
            orden
        }

        #[test]
        #[ignore = "largo: cargo xtask test --largo"]
        fn con_la_ventana_abierta_spark_borra_commits_confirmados_de_rust() {
            let carpeta = tempfile::tempdir().unwrap();
            let fin = espera(conflict::run(&plan(carpeta.path(), retenido, 15, 0))).unwrap();
            let agregados = &fin.agregados;
            assert!(!agregados.perdidos_rust.is_empty(), "{agregados:?}");
            for perdido in &agregados.perdidos_rust {
                assert!(
                    perdido.la_tiene.as_deref().unwrap().starts_with("spark-"),
                    "{perdido:?}"
                );
            }
            assert!(agregados.perdidos_spark.is_empty(), "{agregados:?}");
            assert!(agregados.doblados.is_empty(), "{agregados:?}");
        }
    }
}

mod nivel_python {
    mod formatos {
        use crate::{archivos, dias, esperado, otros_formatos, python};
        use ecommerce_testkit::temp;
        use ej_16_5_5_table_formats::matrix::{Capability, Outcome};
        use ej_16_5_5_table_formats::{Content, Format, OtherFormats, Problem};
        use std::fs;
        use std::path::{Path, PathBuf};

        fn hudi() -> OtherFormats {
            otros_formatos(Format::Hudi)
        }

        fn tabla_hudi(carpeta: &Path) -> PathBuf {
            let tabla = carpeta.join("hudi");
            let escritas = hudi().hudi_create(&tabla, &archivos(carpeta)).unwrap();
            assert_eq!(escritas.filas, 600);
            tabla
        }

        #[test]
        #[ignore = "largo: cargo xtask test --largo"]
        fn hudi_escrito_y_leido_en_rust_tiene_las_mismas_filas_y_un_lector_sin_hudi_tambien() {
            let carpeta = tempfile::tempdir().unwrap();
            let tabla = tabla_hudi(carpeta.path());
            let salida = carpeta.path().join("hudi.parquet");
            assert_eq!(hudi().hudi_read(&tabla, &salida).unwrap().filas, 600);
            assert_eq!(Content::of_parquet(&salida).unwrap(), esperado());
            let aparte = carpeta.path().join("pyarrow.parquet");
            python([Path::new("hudi-leer"), &tabla, &aparte]);
            assert_eq!(Content::of_parquet(&aparte).unwrap(), esperado());
        }

        fn falla(carpeta: &Path, dano: impl Fn(&Path), problema: Problem) {
            let tabla = tabla_hudi(carpeta);
            dano(&tabla);
            let error = hudi()
                .hudi_read(&tabla, &carpeta.join("x.parquet"))
                .unwrap_err();
            assert_eq!(error.problem(), Some(problema), "{error}");
            assert_eq!(error.to_string().lines().count(), 1);
        }

        #[test]
        #[ignore = "largo: cargo xtask test --largo"]
        fn hudi_de_una_version_futura_danado_incompleto_o_ausente_da_un_error_claro() {
            let carpetas: Vec<_> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
            falla(
                carpetas[0].path(),
                |tabla| {
                    let propiedades = tabla.join(".hoodie/hoodie.properties");
                    let texto = fs::read_to_string(&propiedades).unwrap();
                    let futura = texto.lines().map(|linea| {
                        if linea.starts_with("hoodie.table.version=") {
                            "hoodie.table.version=99"
                        } else {
                            linea
                        }
                    });
                    fs::write(&propiedades, futura.collect::<Vec<_>>().join("\n")).unwrap();
                },
                Problem::VersionNueva,
            );
            falla(
                carpetas[1].path(),
                |tabla| fs::write(tabla.join(".hoodie/hoodie.properties"), "¿?").unwrap(),
                Problem::MetadatosDanados,
            );
            falla(
                carpetas[2].path(),
                |tabla| {
                    let dia = tabla.join(format!("fecha={}", dias()[1].fecha));
                    let archivos = temp::tree_list(&dia).unwrap();
                    let datos = archivos
                        .iter()
                        .find(|a| a.extension().is_some_and(|e| e == "parquet"));
                    fs::remove_file(dia.join(datos.unwrap())).unwrap();
                },
                Problem::FaltaArchivo,
            );
            falla(
                carpetas[3].path(),
                |tabla| fs::remove_dir_all(tabla.join(".hoodie")).unwrap(),
                Problem::NoEsTabla,
            );
        }

        #[test]
        #[ignore = "largo: cargo xtask test --largo"]
        fn lo_que_puede_el_cliente_de_hudi_es_lo_que_dice_la_pagina() {
            let carpeta = tempfile::tempdir().unwrap();
            let datos = archivos(carpeta.path());
            let pruebas = hudi()
                .trials(&carpeta.path().join("almacen"), &datos)
                .unwrap();
            assert_eq!(pruebas.len(), Capability::ALL.len());
            for prueba in &pruebas {
                let es_lo_dicho = match prueba.capacidad {
                    Capability::Columna | Capability::Arbitrar => {
                        matches!(prueba.fin, Outcome::No(_))
                    }
                    Capability::Compactar => matches!(prueba.fin, Outcome::EnParte(_)),
                    Capability::Expirar => matches!(prueba.fin, Outcome::SinApi(_)),
                    _ => matches!(prueba.fin, Outcome::Si(_)),
                };
                assert!(es_lo_dicho, "{prueba:?}");
            }
        }
    }
}
