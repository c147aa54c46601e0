//! Directories as Hive lays them out: found, excluded unopened, read as one.

use crate::bases::eventos;
use arrow::array::{Array, AsArray};
use arrow::compute::filter_record_batch;
use ecommerce_arrow::Limits;
use ej_16_2_2_parquet::{ParquetFileError, Part, Partitioned, escribir_parquet};
use std::fs;
use std::path::Path;

/// `fecha=…/region=…/part-0.parquet`, one file per day and region, `filas` events a day.
fn escribir(raiz: &Path, dias: &[&str], filas: u64) {
    let lote = eventos(filas);
    let regiones = lote.column(6).as_string::<i32>();
    for dia in dias {
        for region in ["norte", "sur", "centro"] {
            let suyas = (0..lote.num_rows())
                .map(|i| Some(!regiones.is_null(i) && regiones.value(i) == region))
                .collect();
            let parte = filter_record_batch(&lote, &suyas).unwrap();
            let directorio = raiz.join(format!("fecha={dia}/region={region}"));
            fs::create_dir_all(&directorio).unwrap();
            let ruta = directorio.join("part-0.parquet");
            escribir_parquet(&[parte], ruta.to_str().unwrap()).unwrap();
        }
    }
}

fn nombres(partes: &Partitioned) -> Vec<String> {
    let uno = |p: &Part| {
        format!(
            "{} {}",
            p.value("fecha").unwrap_or("∅"),
            p.value("region").unwrap_or("∅")
        )
    };
    partes.parts().iter().map(uno).collect()
}

#[test]
fn se_leen_todas_las_partes_con_sus_claves_como_columnas() {
    let dir = tempfile::tempdir().unwrap();
    escribir(dir.path(), &["2024-01-15", "2024-01-16"], 600);
    let partes = Partitioned::find(dir.path()).unwrap();
    assert_eq!(
        nombres(&partes),
        [
            "2024-01-15 centro",
            "2024-01-15 norte",
            "2024-01-15 sur",
            "2024-01-16 centro",
            "2024-01-16 norte",
            "2024-01-16 sur"
        ]
    );
    let lotes = partes
        .batches(&Limits::default())
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    assert_eq!(lotes.len(), 6);
    for lote in &lotes {
        // The column `region` of the file gives way to the directory's, and stands last.
        assert_eq!(lote.num_columns(), 13);
        assert_eq!(
            (
                lote.schema().field(11).name().as_str(),
                lote.schema().field(12).name().as_str()
            ),
            ("fecha", "region")
        );
    }
    let fechas: Vec<&str> = lotes
        .iter()
        .map(|l| l.column(11).as_string_view().value(0))
        .collect();
    assert_eq!(fechas[..3], ["2024-01-15"; 3]);
    let filas: usize = lotes.iter().map(|l| l.num_rows()).sum();
    let esperadas = eventos(600);
    let regiones = esperadas.column(6).as_string::<i32>();
    let con_region = regiones
        .iter()
        .flatten()
        .filter(|r| ["norte", "sur", "centro"].contains(r))
        .count();
    assert_eq!(filas, 2 * con_region);
}

/// A file that nobody could read lies in the partition left out: it is never opened. Without pruning it is, and says so.
#[test]
fn la_particion_podada_no_se_abre() {
    let dir = tempfile::tempdir().unwrap();
    escribir(dir.path(), &["2024-01-15", "2024-01-16"], 300);
    let roto = dir
        .path()
        .join("fecha=2024-01-16/region=sur/part-0.parquet");
    fs::write(&roto, "esto no es Parquet").unwrap();
    let partes = Partitioned::find(dir.path()).unwrap();
    let un_dia = partes
        .clone()
        .keep(|p| p.value("fecha") == Some("2024-01-15"));
    assert_eq!(un_dia.parts().len(), 3);
    assert!(un_dia.batches(&Limits::default()).all(|lote| lote.is_ok()));

    let mut todos = partes.batches(&Limits::default());
    let Some(Err(error)) = todos.find(Result::is_err) else {
        panic!("se leyó lo que no es Parquet");
    };
    assert!(
        error.to_string().starts_with(roto.to_str().unwrap()),
        "{error}"
    );
    assert!(todos.next().is_none(), "tras un error no hay más");
}

#[test]
fn nulos_escapes_y_archivos_de_servicio() {
    let dir = tempfile::tempdir().unwrap();
    let lote = [eventos(5)];
    for (directorio, archivo) in [
        ("region=__HIVE_DEFAULT_PARTITION__", "a.parquet"),
        ("region=a%2Fb%20c", "a.parquet"),
        ("region=100%", "a.parquet"),
        ("region=", "a.parquet"),
        ("region=a%2Fb%20c", ".oculto.parquet"),
        ("region=a%2Fb%20c", "_SUCCESS"),
        ("_temporal", "a.parquet"),
    ] {
        fs::create_dir_all(dir.path().join(directorio)).unwrap();
        escribir_parquet(
            &lote,
            dir.path().join(directorio).join(archivo).to_str().unwrap(),
        )
        .unwrap();
    }
    let partes = Partitioned::find(dir.path()).unwrap();
    let valores: Vec<Option<&str>> = partes.parts().iter().map(|p| p.value("region")).collect();
    assert_eq!(valores, [Some(""), Some("100%"), None, Some("a/b c")]);
    let lotes = partes
        .batches(&Limits::default())
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let nula = lotes[2].column(11).as_string_view();
    assert_eq!((nula.len(), nula.null_count()), (5, 5));
}

#[test]
fn lo_que_no_es_una_particion_se_nombra() {
    let dir = tempfile::tempdir().unwrap();
    escribir(dir.path(), &["2024-01-15"], 60);
    fs::create_dir(dir.path().join("suelto")).unwrap();
    let error = Partitioned::find(dir.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: not a partition: no key=value",
            dir.path().join("suelto").display()
        )
    );
    fs::remove_dir(dir.path().join("suelto")).unwrap();
    escribir_parquet(
        &[eventos(3)],
        dir.path()
            .join("fecha=2024-01-15/x.parquet")
            .to_str()
            .unwrap(),
    )
    .unwrap();
    let error = Partitioned::find(dir.path()).unwrap_err();
    assert!(
        matches!(error, ParquetFileError::NotAPartition { .. }),
        "{error}"
    );
    assert!(matches!(
        Partitioned::find(&dir.path().join("nada")).unwrap_err(),
        ParquetFileError::Io { .. }
    ));
}

#[test]
fn un_archivo_con_otras_columnas_se_nombra() {
    let dir = tempfile::tempdir().unwrap();
    for (dia, lote) in [
        ("1", eventos(3)),
        ("2", eventos(3).project(&[0, 1]).unwrap()),
    ] {
        let directorio = dir.path().join(format!("dia={dia}"));
        fs::create_dir(&directorio).unwrap();
        escribir_parquet(&[lote], directorio.join("a.parquet").to_str().unwrap()).unwrap();
    }
    let mut lotes = Partitioned::find(dir.path())
        .unwrap()
        .batches(&Limits::default());
    assert!(lotes.next().unwrap().is_ok());
    let Some(Err(ParquetFileError::OtherSchema { file, found, .. })) = lotes.next() else {
        panic!("se leyó");
    };
    assert_eq!(file, dir.path().join("dia=2/a.parquet"));
    assert_eq!(found, "evento_id Utf8View, tipo Utf8View, dia Utf8View");
    assert!(lotes.next().is_none());
}

/// A link to the directory above has no end; it is not followed.
#[test]
fn un_enlace_hacia_arriba_no_se_sigue() {
    let dir = tempfile::tempdir().unwrap();
    escribir(dir.path(), &["2024-01-15"], 60);
    std::os::unix::fs::symlink(dir.path(), dir.path().join("fecha=2024-01-15/region=bucle"))
        .unwrap();
    assert_eq!(Partitioned::find(dir.path()).unwrap().parts().len(), 3);
}
