//! The ten pipelines of `data/tuberias`, each against the same computation in plain Rust.

use crate::bancada::{Bancada, centavos, registros, tuberias};
use arrow::array::{Array, AsArray as _};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, UInt32Type};
use ecommerce_testlake::S3Server;
use ej_16_3_5_yaml_cli::hash_of;
use std::collections::{BTreeMap, BTreeSet};

/// venta_id, fecha, cliente_id, region, producto, monto in cents, cantidad
type Venta = (String, String, String, Option<String>, String, i64, i64);

fn ventas() -> Vec<Venta> {
    let texto = std::fs::read_to_string(tuberias().join("datos/ventas.csv")).unwrap();
    registros(&texto, ',')
        .into_iter()
        .skip(1)
        .map(|f| {
            let region = Some(f[3].clone()).filter(|r| !r.is_empty());
            (
                f[0].clone(),
                f[1].clone(),
                f[2].clone(),
                region,
                f[4].clone(),
                centavos(&f[5]),
                f[6].parse().unwrap(),
            )
        })
        .collect()
}

fn clientes() -> Vec<Vec<String>> {
    let texto = std::fs::read_to_string(tuberias().join("datos/clientes.csv")).unwrap();
    registros(&texto, ',').into_iter().skip(1).collect()
}

fn corre(bancada: &Bancada, nombre: &str) {
    let run = bancada.corre(&[nombre]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// Cents of a float, which must be within a thousandth of one.
fn en_centavos(x: f64) -> i64 {
    let centavos = (x * 100.0).round();
    assert!((x * 100.0 - centavos).abs() < 0.1, "{x}");
    centavos as i64
}

#[test]
fn ejemplo_01_revenue_por_region() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "01_revenue_por_region.yaml");
    let mut esperado: BTreeMap<String, (i64, i64, BTreeSet<String>)> = BTreeMap::new();
    for (_, _, cliente, region, _, monto, cantidad) in ventas() {
        if let Some(region) = region
            && monto > 0
        {
            let fila = esperado.entry(region).or_default();
            fila.0 += monto * cantidad;
            fila.1 += 1;
            fila.2.insert(cliente);
        }
    }
    let mut esperado: Vec<_> = esperado.into_iter().collect();
    esperado.sort_by_key(|(region, (revenue, ..))| (-revenue, region.clone()));
    let lotes = bancada.parquet("salida/revenue.parquet");
    let filas: Vec<_> = lotes
        .iter()
        .flat_map(|lote| {
            let region = lote.column_by_name("region").unwrap().clone();
            let region = arrow::compute::cast(&region, &DataType::Utf8).unwrap();
            let revenue = lote
                .column_by_name("revenue")
                .unwrap()
                .as_primitive::<Float64Type>()
                .clone();
            let ventas = lote
                .column_by_name("ventas")
                .unwrap()
                .as_primitive::<UInt32Type>()
                .clone();
            let clientes = lote
                .column_by_name("clientes")
                .unwrap()
                .as_primitive::<UInt32Type>()
                .clone();
            let ticket = lote
                .column_by_name("ticket_medio")
                .unwrap()
                .as_primitive::<Float64Type>()
                .clone();
            (0..lote.num_rows())
                .map(move |i| {
                    let n = ventas.value(i);
                    assert!((ticket.value(i) - revenue.value(i) / f64::from(n)).abs() < 1e-9);
                    (
                        region.as_string::<i32>().value(i).to_owned(),
                        en_centavos(revenue.value(i)),
                        i64::from(n),
                        clientes.value(i) as usize,
                    )
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let esperado: Vec<_> = esperado
        .into_iter()
        .map(|(region, (revenue, n, clientes))| (region, revenue, n, clientes.len()))
        .collect();
    assert_eq!(filas, esperado);
    assert_eq!(filas.len(), 5);
}

#[test]
fn ejemplo_02_csv_europeo() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "02_csv_europeo.yaml");
    let texto = std::fs::read_to_string(tuberias().join("datos/facturas.csv")).unwrap();
    let texto = texto.split_once('\n').unwrap().1;
    let mut esperado: Vec<Vec<String>> = registros(texto, ';')
        .into_iter()
        .skip(1)
        .filter(|f| f[3] != "s/d" && f[4] == "no")
        .map(|f| {
            let partes: Vec<i32> = f[1].split('/').map(|p| p.parse().unwrap()).collect();
            let vence = mas_dias(partes[2], partes[1], partes[0], 30);
            let pendiente = centavos(&f[3].replace(',', "."));
            vec![
                f[0].clone(),
                f[2].clone(),
                vence,
                format!("{}.{:02}", pendiente / 100, pendiente % 100),
            ]
        })
        .collect();
    esperado.sort_by(|a, b| (&a[2], &a[0]).cmp(&(&b[2], &b[0])));
    let filas = registros(&bancada.lee("salida/pendientes.csv"), ',');
    assert_eq!(filas[0], ["factura", "proveedor", "vence", "pendiente"]);
    assert_eq!(filas[1..], esperado);
    assert!(esperado.len() > 10);
}

/// The day so many days later, counted one by one.
fn mas_dias(mut año: i32, mut mes: i32, mut dia: i32, dias: i32) -> String {
    for _ in 0..dias {
        dia += 1;
        let bisiesto = año % 4 == 0 && (año % 100 != 0 || año % 400 == 0);
        let largo = match mes {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + i32::from(bisiesto),
            _ => 31,
        };
        if dia > largo {
            dia = 1;
            mes += 1;
        }
        if mes > 12 {
            mes = 1;
            año += 1;
        }
    }
    format!("{año:04}-{mes:02}-{dia:02}")
}

#[test]
fn ejemplo_03_unir_clientes() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "03_unir_clientes.yaml");
    let norte: BTreeMap<_, _> = clientes()
        .into_iter()
        .filter(|c| c[2] == "Bilbao" || c[2] == "Vigo")
        .map(|c| (c[0].clone(), (c[2].clone(), c[3].clone())))
        .collect();
    let mut esperado: BTreeMap<String, (i64, u32, Option<String>)> = BTreeMap::new();
    for (_, _, cliente, _, _, monto, _) in ventas() {
        if monto <= 0 {
            continue;
        }
        let (zona, alta) = match norte.get(&cliente) {
            Some((ciudad, alta)) => (ciudad.clone(), Some(alta.clone())),
            None => ("otra".to_owned(), None),
        };
        let fila = esperado.entry(zona).or_insert((0, 0, alta.clone()));
        fila.0 += monto;
        fila.1 += 1;
        fila.2 = fila.2.take().into_iter().chain(alta).min();
    }
    let lotes = bancada.parquet("salida/por_zona.parquet");
    let mut filas = BTreeMap::new();
    for lote in &lotes {
        let texto = |nombre: &str| {
            arrow::compute::cast(lote.column_by_name(nombre).unwrap(), &DataType::Utf8).unwrap()
        };
        let (zona, alta) = (texto("zona"), texto("primera_alta"));
        let revenue = lote
            .column_by_name("revenue")
            .unwrap()
            .as_primitive::<Float64Type>();
        let ventas = lote
            .column_by_name("ventas")
            .unwrap()
            .as_primitive::<UInt32Type>();
        for i in 0..lote.num_rows() {
            let alta = alta.as_string::<i32>();
            filas.insert(
                zona.as_string::<i32>().value(i).to_owned(),
                (
                    en_centavos(revenue.value(i)),
                    ventas.value(i),
                    (!alta.is_null(i)).then(|| alta.value(i).to_owned()),
                ),
            );
        }
    }
    assert_eq!(filas, esperado);
    assert_eq!(filas.len(), 3);
}

#[test]
fn ejemplo_04_clientes_sin_compras() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "04_clientes_sin_compras.yaml");
    let compradores: BTreeSet<String> = ventas().into_iter().map(|v| v.2).collect();
    let inerte = |c: &String| match c.chars().next() {
        Some('=' | '+' | '-' | '@') => format!("'{c}"),
        _ => c.clone(),
    };
    let esperado: Vec<Vec<String>> = clientes()
        .iter()
        .filter(|c| !compradores.contains(&c[0]))
        .map(|c| c.iter().map(inerte).collect())
        .collect();
    let filas = registros(&bancada.lee("salida/sin_compras.csv"), ';');
    assert_eq!(filas[0], ["id", "nombre", "ciudad", "alta"]);
    assert_eq!(filas[1..], esperado);
    assert!(esperado.iter().any(|c| c[1].starts_with('\'')));
}

#[test]
fn ejemplo_05_particiones() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "05_particiones.yaml");
    let mut esperado: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, _, _, region, producto, _, _) in ventas() {
        if let Some(region) = region {
            // Whatever is not plain ASCII in a value is percent-encoded in the path.
            let producto = producto.replace('ó', "%C3%B3");
            esperado
                .entry(format!("region={region}/producto={producto}"))
                .or_default()
                .insert(id);
        }
    }
    let raiz = bancada.ruta("salida/ventas_por_region");
    let mut encontrado: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for archivo in ecommerce_testkit::temp::Tree::of(&raiz).unwrap().files() {
        let carpeta = archivo.parent().unwrap().to_string_lossy().into_owned();
        for lote in crate::bancada::lotes(&raiz.join(archivo)) {
            assert!(lote.column_by_name("region").is_none());
            let ids =
                arrow::compute::cast(lote.column_by_name("venta_id").unwrap(), &DataType::Utf8)
                    .unwrap();
            let ids = ids.as_string::<i32>();
            encontrado
                .entry(carpeta.clone())
                .or_default()
                .extend(ids.iter().flatten().map(str::to_owned));
        }
    }
    assert_eq!(encontrado, esperado);
    assert!(encontrado.len() > 20);
}

#[test]
fn ejemplo_06_sql() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "06_sql.yaml");
    let mut grandes: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for (_, _, cliente, _, _, monto, _) in ventas() {
        if monto >= 10_000 {
            let fila = grandes.entry(cliente).or_default();
            fila.0 += monto;
            fila.1 += 1;
        }
    }
    let ciudades: BTreeMap<_, _> = clientes()
        .into_iter()
        .map(|c| (c[0].clone(), c[2].clone()))
        .collect();
    let mut esperado: Vec<_> = grandes
        .into_iter()
        .map(|(id, (total, compras))| (-total, id.clone(), ciudades[&id].clone(), compras))
        .collect();
    esperado.sort();
    esperado.truncate(5);
    let filas: Vec<_> = registros(&bancada.lee("salida/mejores.csv"), ',')[1..]
        .iter()
        .map(|f| {
            let total = en_centavos(f[2].parse().unwrap());
            (-total, f[1].clone(), f[0].clone(), f[3].parse().unwrap())
        })
        .collect();
    assert_eq!(filas, esperado);
}

#[test]
fn ejemplo_07_ultima_version() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "07_ultima_version.yaml");
    let texto = std::fs::read_to_string(tuberias().join("datos/precios.csv")).unwrap();
    let mut esperado: BTreeMap<String, (i64, i128)> = BTreeMap::new();
    for f in registros(&texto, ',').into_iter().skip(1) {
        let version: i64 = f[1].parse().unwrap();
        let fila = esperado.entry(f[0].clone()).or_insert((0, 0));
        if version > fila.0 {
            *fila = (version, i128::from(centavos(&f[2])));
        }
    }
    let lotes = bancada.parquet("salida/precios.parquet");
    let mut filas = Vec::new();
    for lote in &lotes {
        let producto =
            arrow::compute::cast(lote.column_by_name("producto").unwrap(), &DataType::Utf8)
                .unwrap();
        let version = lote
            .column_by_name("version")
            .unwrap()
            .as_primitive::<Int64Type>();
        let precio = lote.column_by_name("precio").unwrap();
        assert_eq!(precio.data_type(), &DataType::Decimal128(10, 2));
        let precio = precio.as_primitive::<Decimal128Type>();
        for i in 0..lote.num_rows() {
            filas.push((
                producto.as_string::<i32>().value(i).to_owned(),
                (version.value(i), precio.value(i)),
            ));
        }
    }
    assert_eq!(filas, esperado.into_iter().collect::<Vec<_>>());
}

#[test]
fn ejemplo_08_muestra() {
    let bancada = Bancada::de_ejemplos();
    corre(&bancada, "08_muestra.yaml");
    let texto = bancada.lee("salida/muestra.csv");
    let texto = texto.strip_prefix('\u{feff}').unwrap();
    let mut azar: Vec<(u64, usize)> = (0..ventas().len())
        .map(|i| (hash_of(1635, i as u64), i))
        .collect();
    azar.sort_unstable();
    let mut elegidas: Vec<usize> = azar[..20].iter().map(|(_, i)| *i).collect();
    elegidas.sort_unstable();
    let todas = ventas();
    let esperado: Vec<&str> = elegidas.iter().map(|i| todas[*i].0.as_str()).collect();
    let filas = registros(texto, ',');
    assert_eq!(filas[0].last().unwrap(), "nota");
    let ids: Vec<&str> = filas[1..].iter().map(|f| f[0].as_str()).collect();
    assert_eq!(ids, esperado);
    assert!(
        filas[1..]
            .iter()
            .all(|f| f.last().unwrap() == "muestra del 16.3.5")
    );
    // Again, and it is the same sample to the byte.
    let antes = bancada.lee("salida/muestra.csv");
    corre(&bancada, "08_muestra.yaml");
    assert_eq!(bancada.lee("salida/muestra.csv"), antes);
}

#[test]
fn ejemplo_09_varios_archivos() {
    let bancada = Bancada::de_ejemplos();
    let run = bancada
        .comando(&["09_varios_archivos.yaml"])
        .env("TRANSFORMA_MES", "2024-03")
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut sumas: BTreeMap<(String, String), (i64, usize)> = BTreeMap::new();
    for dia in 1..=4 {
        let fecha = format!("2024-03-{dia:02}");
        let texto =
            std::fs::read_to_string(tuberias().join(format!("datos/diarias/visitas-{fecha}.csv")))
                .unwrap();
        for f in registros(&texto, ',').into_iter().skip(1) {
            let (hora, visitas): (i64, i64) = (f[0].parse().unwrap(), f[2].parse().unwrap());
            if hora >= 8 && visitas > 0 {
                let fila = sumas.entry((fecha.clone(), f[1].clone())).or_default();
                fila.0 += visitas;
                fila.1 += 1;
            }
        }
    }
    let mut esperado: Vec<_> = sumas
        .into_iter()
        .map(|((dia, pagina), (v, h))| (dia, -v, pagina, h))
        .collect();
    esperado.sort();
    let filas: Vec<_> = registros(&bancada.lee("salida/visitas.csv"), ',')[1..]
        .iter()
        .map(|f| {
            let visitas: i64 = f[2].parse().unwrap();
            (f[0].clone(), -visitas, f[1].clone(), f[3].parse().unwrap())
        })
        .collect();
    assert_eq!(filas, esperado[1..7]);
}

#[test]
fn ejemplo_10_de_s3_a_s3() {
    let bancada = Bancada::de_ejemplos();
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("tienda").unwrap();
    bancada.escribe(
        "a_parquet.yaml",
        "entradas: { v: { ruta: datos/ventas.csv } }\nsalida: { ruta: salida/ventas.parquet }\n",
    );
    corre(&bancada, "a_parquet.yaml");
    let objeto = s3.path_of("tienda", "ventas/parte-1.parquet");
    std::fs::create_dir_all(objeto.parent().unwrap()).unwrap();
    std::fs::copy(bancada.ruta("salida/ventas.parquet"), objeto).unwrap();
    let run = bancada
        .comando(&["10_s3.yaml"])
        .envs(s3.storage_options())
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.occurrences(s3.credentials().secret_key()), 0);
    let mut esperado: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for (_, _, _, region, _, monto, _) in ventas() {
        if let Some(region) = region
            && monto > 0
        {
            let fila = esperado.entry(region).or_default();
            fila.0 += monto;
            fila.1 += 1;
        }
    }
    let texto = std::fs::read_to_string(s3.path_of("tienda", "informes/revenue.csv")).unwrap();
    let filas: BTreeMap<_, _> = registros(&texto, ',')[1..]
        .iter()
        .map(|f| {
            (
                f[0].clone(),
                (en_centavos(f[1].parse().unwrap()), f[2].parse().unwrap()),
            )
        })
        .collect();
    assert_eq!(filas, esperado);
    assert!(s3.unfinished_uploads().unwrap().is_empty());
}
