//! The output: never onto an input, whole or not at all, whatever happens on the way.

use crate::bancada::{Bancada, error};
use ecommerce_testkit::process::{Signal, Steps, Trigger};
use ecommerce_testkit::temp::Tree;
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

fn bancada(filas: usize) -> Bancada {
    let b = Bancada::nueva();
    let mut texto = String::from("n,region,texto\n");
    for i in 0..filas {
        texto.push_str(&format!("{i},r{},fila número {i}\n", i % 3));
    }
    b.escribe("v.csv", texto);
    b
}

fn yaml(salida: &str) -> String {
    format!("entradas: {{ v: {{ ruta: v.csv }} }}\nsalida: {salida}\n")
}

#[test]
fn la_salida_no_es_nunca_una_entrada_se_escriba_como_se_escriba() {
    let b = bancada(3);
    fs::create_dir(b.ruta("sub")).unwrap();
    symlink("v.csv", b.ruta("enlace.csv")).unwrap();
    symlink("..", b.ruta("sub/arriba")).unwrap();
    fs::hard_link(b.ruta("v.csv"), b.ruta("duro.csv")).unwrap();
    symlink("no_hay.csv", b.ruta("roto.csv")).unwrap();
    let absoluta = b.ruta("v.csv").display().to_string();
    let antes = Tree::of(b.raiz()).unwrap();
    for (ruta, dice) in [
        ("v.csv", "es la entrada «v»"),
        ("./sub/../v.csv", "es la entrada «v»"),
        ("enlace.csv", "es la entrada «v»"),
        ("sub/arriba/v.csv", "es la entrada «v»"),
        ("duro.csv", "es la entrada «v»"),
        (&absoluta, "es la entrada «v»"),
        ("roto.csv", "no lleva a nada"),
        ("sub", "la extensión no dice el formato"),
        ("/dev/null", "formato"),
    ] {
        let (codigo, mensaje) = b.falla(&yaml(&format!("{{ ruta: '{ruta}' }}")));
        assert!(codigo == 2 && mensaje.contains(dice), "{ruta}: {mensaje}");
    }
    let (codigo, mensaje) = b.falla(&yaml("{ ruta: sub, formato: csv }"));
    assert!(
        codigo == 2 && mensaje.contains("es un directorio"),
        "{mensaje}"
    );
    let (codigo, mensaje) = b.falla(&yaml("{ ruta: /dev/null, formato: csv }"));
    assert!(
        codigo == 2 && mensaje.contains("no es un archivo normal"),
        "{mensaje}"
    );
    fs::remove_file(b.ruta("t.yaml")).unwrap();
    assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
}

#[test]
fn la_salida_no_cae_donde_la_proxima_vez_se_leeria() {
    let b = Bancada::nueva();
    b.escribe("d/a.csv", "x\n1\n");
    for (entrada, salida) in [
        ("d/*.csv", "d/nuevo.csv"),
        ("d/**/*.csv", "d/nuevo.csv"),
        ("**/*.csv", "nuevo.csv"),
        ("d", "d/nuevo.csv"),
    ] {
        let (codigo, mensaje) = b.falla(&format!("entradas: {{ v: {{ ruta: '{entrada}', formato: csv }} }}\nsalida: {{ ruta: {salida} }}\n"));
        assert!(
            codigo == 2 && mensaje.contains("se leería a sí misma"),
            "{entrada}: {mensaje}"
        );
    }
    let (codigo, mensaje) = b.falla(
        "entradas: { v: { ruta: d/a.csv } }\nsalida: { ruta: d, formato: csv, particionar: x }\n",
    );
    assert_eq!(codigo, 2, "{mensaje}");
    assert!(!b.ruta("d/nuevo.csv").exists());
}

#[test]
fn un_fallo_a_medias_deja_la_salida_anterior_byte_a_byte() {
    let b = bancada(50_000);
    let mut texto = b.lee("v.csv");
    texto.push_str("uno,r1,x\n");
    b.escribe("v.csv", texto);
    b.escribe("o.csv", "lo de antes\n");
    b.escribe("o.parquet", "lo de antes\n");
    for salida in ["{ ruta: o.csv }", "{ ruta: o.parquet }"] {
        b.escribe("t.yaml", yaml(salida));
        let antes = Tree::of(b.raiz()).unwrap();
        let (codigo, mensaje) = error(&b.corre(&["t.yaml"]));
        assert!(codigo == 3 && mensaje.contains("v.csv:50002:"), "{mensaje}");
        assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
    }
}

#[test]
fn una_salida_que_es_un_enlace_escribe_donde_el_enlace_lleva() {
    let b = bancada(3);
    b.escribe("real/o.csv", "viejo\n");
    symlink("real/o.csv", b.ruta("o.csv")).unwrap();
    assert_eq!(b.tuberia(&yaml("{ ruta: o.csv }")).code, Some(0));
    assert!(fs::symlink_metadata(b.ruta("o.csv")).unwrap().is_symlink());
    assert!(b.lee("real/o.csv").starts_with("n,region,texto\n0,"));
}

#[test]
fn muerto_en_cualquier_paso_un_archivo_es_el_viejo_o_el_nuevo() {
    let b = bancada(50);
    b.escribe(
        "t.yaml",
        yaml(&format!("{{ ruta: '{}' }}", b.ruta("o.csv").display())),
    );
    let vieja = "lo de antes\n";
    let pasos = Steps::namespace().under(b.raiz());
    let comando = b.comando(&["t.yaml", "--silencioso"]);
    b.escribe("o.csv", vieja);
    let entero = pasos.count(&comando).unwrap();
    assert_eq!(entero.finished.code, Some(0), "{:?}", entero.finished);
    let nueva = b.lee("o.csv");
    let n = entero.calls.len();
    assert!(n >= 1, "{:?}", entero.calls);
    for paso in 1..=n {
        b.escribe("o.csv", vieja);
        let run = pasos.kill_at(paso, &comando).unwrap();
        assert!(run.landed);
        assert_eq!(b.lee("o.csv"), vieja, "paso {paso}");
    }
    // What the dead left is gone after the next run.
    assert_eq!(b.corre(&["t.yaml"]).code, Some(0));
    assert_eq!(b.lee("o.csv"), nueva);
    let restos: Vec<_> = fs::read_dir(b.raiz())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .filter(|n| n.to_string_lossy().starts_with('.'))
        .collect();
    assert_eq!(restos, Vec::<std::ffi::OsString>::new());
}

#[test]
fn muerto_en_cualquier_paso_un_directorio_es_el_viejo_o_el_nuevo() {
    let b = bancada(30);
    let destino = b.ruta("partes");
    b.escribe(
        "t.yaml",
        yaml(&format!(
            "{{ ruta: '{}', particionar: region }}",
            destino.display()
        )),
    );
    let comando = b.comando(&["t.yaml", "--silencioso"]);
    let pasos = Steps::namespace().under(b.raiz());
    let pone_la_vieja = || {
        let _ = fs::remove_dir_all(&destino);
        let _ = fs::remove_dir_all(b.ruta(".partes.transforma-anterior"));
        b.escribe("partes/region=vieja/00000000.parquet", "viejo");
        Tree::of(&destino).unwrap().digest()
    };
    let vieja = pone_la_vieja();
    let entero = pasos.count(&comando).unwrap();
    assert_eq!(entero.finished.code, Some(0), "{:?}", entero.finished);
    let nueva = Tree::of(&destino).unwrap().digest();
    assert!(entero.calls.len() >= 4, "{:?}", entero.calls);
    let mut apartada = 0;
    for paso in 1..=entero.calls.len() {
        assert_eq!(pone_la_vieja(), vieja);
        assert!(pasos.kill_at(paso, &comando).unwrap().landed);
        if destino.exists() {
            let digest = Tree::of(&destino).unwrap().digest();
            assert!(digest == vieja || digest == nueva, "paso {paso}");
        } else {
            // Between the two renames: the old one is whole under the other name.
            apartada += 1;
            assert_eq!(
                Tree::of(b.ruta(".partes.transforma-anterior"))
                    .unwrap()
                    .digest(),
                vieja
            );
        }
        assert_eq!(b.corre(&["t.yaml", "--silencioso"]).code, Some(0));
        assert_eq!(Tree::of(&destino).unwrap().digest(), nueva);
        let restos = fs::read_dir(b.raiz())
            .unwrap()
            .filter(|e| {
                e.as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with('.')
            })
            .count();
        assert_eq!(restos, 0, "paso {paso}");
    }
    assert_eq!(apartada, 1);
}

#[test]
fn un_directorio_con_otras_cosas_no_se_reemplaza() {
    let b = bancada(9);
    b.escribe("partes/notas.txt", "mías");
    b.escribe("otro/region=x/foto.png", "mía");
    for dir in ["partes", "otro"] {
        let antes = Tree::of(b.ruta(dir)).unwrap();
        let (codigo, mensaje) = b.falla(&yaml(&format!("{{ ruta: {dir}, particionar: region }}")));
        assert!(
            codigo == 2 && mensaje.contains("no se reemplaza"),
            "{mensaje}"
        );
        assert_eq!(antes.changes(&Tree::of(b.ruta(dir)).unwrap()), []);
    }
    b.escribe("archivo", "x");
    let (codigo, mensaje) = b.falla(&yaml("{ ruta: archivo, particionar: region }"));
    assert!(
        codigo == 2 && mensaje.contains("es un archivo"),
        "{mensaje}"
    );
    let (codigo, mensaje) = b.falla(&yaml("{ ruta: p, particionar: [n, region, texto] }"));
    assert!(
        codigo == 2 && mensaje.contains("ninguna columna"),
        "{mensaje}"
    );
}

#[test]
fn las_particiones_de_valores_hostiles_no_salen_del_directorio() {
    let b = Bancada::nueva();
    b.escribe("v.csv", "clave,n\n..,1\na/b,2\n../../fuera,3\n,4\nx=y,5\n");
    assert_eq!(b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: p, formato: csv, particionar: clave }\n").code, Some(0));
    let mut encontrado = std::collections::BTreeMap::new();
    for archivo in Tree::of(b.ruta("p")).unwrap().files() {
        assert_eq!(archivo.components().count(), 2, "{archivo:?}");
        let carpeta = archivo.parent().unwrap().display().to_string();
        encontrado.insert(carpeta, b.lee(&format!("p/{}", archivo.display())));
    }
    let valores: Vec<&str> = encontrado
        .values()
        .map(|t| t.lines().nth(1).unwrap())
        .collect();
    let mut ordenados = valores.clone();
    ordenados.sort_unstable();
    assert_eq!(ordenados, ["1", "2", "3", "4", "5"]);
    assert!(encontrado.contains_key("clave=__HIVE_DEFAULT_PARTITION__"));
    assert_eq!(fs::read_dir(b.raiz()).unwrap().count(), 3);
}

#[test]
fn las_celdas_que_serian_formulas_se_escapan_solo_en_csv() {
    let b = Bancada::nueva();
    b.escribe(
        "v.csv",
        "=n,t\n-5,=1+1\n6,+34\n7,-x\n8,@y\n9,\"\tz\"\n10,normal\n11,\n12,a=b\n",
    );
    assert_eq!(
        b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv }\n")
            .code,
        Some(0)
    );
    assert_eq!(
        b.lee("o.csv"),
        "'=n,t\n-5,'=1+1\n6,'+34\n7,'-x\n8,'@y\n9,'\tz\n10,normal\n11,\n12,a=b\n"
    );
    assert_eq!(b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.csv, csv: { escapar_formulas: false } }\n").code, Some(0));
    assert!(b.lee("o.csv").starts_with("=n,t\n-5,=1+1\n"));
    assert_eq!(
        b.tuberia("entradas: { v: { ruta: v.csv } }\nsalida: { ruta: o.parquet }\n")
            .code,
        Some(0)
    );
    let lote = &b.parquet("o.parquet")[0];
    assert_eq!(lote.schema().field(0).name(), "=n");
    let texto = arrow::compute::cast(lote.column(1), &arrow::datatypes::DataType::Utf8).unwrap();
    assert_eq!(
        arrow::array::AsArray::as_string::<i32>(&texto).value(0),
        "=1+1"
    );
}

#[test]
fn el_dialecto_de_salida_es_el_que_se_pide() {
    let b = Bancada::nueva();
    b.escribe("v.csv", "a,b\n1.5,x;y\n,z\n");
    let salida = "{ ruta: o.csv, csv: { separador: ';', coma_decimal: true, cabecera: false, nulo: NA, bom: true } }";
    assert_eq!(b.tuberia(&yaml(salida)).code, Some(0));
    assert_eq!(b.lee("o.csv"), "\u{feff}1,5;\"x;y\"\nNA;z\n");
}

#[test]
fn las_cinco_compresiones_se_leen_igual() {
    let b = bancada(500);
    for compresion in ["zstd", "snappy", "lz4", "gzip", "ninguna"] {
        let run = b.tuberia(&yaml(&format!(
            "{{ ruta: o.parquet, compresion: {compresion}, filas_por_grupo: 200 }}"
        )));
        assert_eq!(run.code, Some(0), "{run:?}");
        let filas: usize = b
            .parquet("o.parquet")
            .iter()
            .map(arrow::array::RecordBatch::num_rows)
            .sum();
        assert_eq!(filas, 500, "{compresion}");
    }
}

#[test]
fn con_el_disco_lleno_queda_la_salida_anterior_y_sale_con_6() {
    let b = bancada(20_000);
    b.escribe("o.csv", "lo de antes\n");
    b.escribe("t.yaml", yaml("{ ruta: o.csv }"));
    let antes = Tree::of(b.raiz()).unwrap();
    // A limit on the size of files fails as a full disk does, in the middle of a write.
    let run = b
        .comando(&["t.yaml"])
        .limit_file_size(64 << 10)
        .run()
        .unwrap();
    let (codigo, mensaje) = error(&run);
    assert_eq!(codigo, 6, "{mensaje}");
    assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
}

#[test]
fn ctrl_c_deja_la_salida_anterior_y_ningun_resto() {
    let b = bancada(400_000);
    b.escribe("o.csv", "lo de antes\n");
    b.escribe(
        "t.yaml",
        format!(
            "{}pasos: [ {{ ordenar: [texto, -n] }} ]\n",
            yaml("{ ruta: o.csv }")
        ),
    );
    let antes = Tree::of(b.raiz()).unwrap();
    let run = b
        .comando(&["t.yaml"])
        .timeout(Duration::from_secs(60))
        .spawn()
        .unwrap()
        .signal_when(
            Signal::Interrupt,
            &Trigger::EntryIn(b.raiz().to_owned(), ".o.csv.transforma-".into()),
        )
        .unwrap();
    let (codigo, mensaje) = error(&run);
    assert_eq!(
        (codigo, mensaje.as_str()),
        (130, "interrumpido; la salida queda como estaba")
    );
    assert_eq!(antes.changes(&Tree::of(b.raiz()).unwrap()), []);
}
