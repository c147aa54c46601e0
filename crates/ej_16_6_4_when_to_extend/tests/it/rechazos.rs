//! Every error names the line, the field and the reason; and it is the first of the file.

use ej_16_6_4_when_to_extend::{Execution, read_extract};

const FILE: [&str; 6] = [
    "C¦MAYOR¦03¦2024015¦0000000007¦EUR¦BANCO",
    "M¦0000000007¦2024015¦2024016¦004912345678¦0000000123D¦000000000500}¦101¦PAGO¦ANA",
    "N¦0000000007¦urgente",
    "M¦0000000008¦2024015¦0000000¦004912345678¦0000000000A¦000000000050}¦102¦¦",
    "Z¦0000000002¦0000000001¦00000000000000123E¦000009824691356¦0000000000",
    "",
];

/// The file's bytes, with the sum of them put where it belongs.
fn bytes(lines: &[String]) -> Vec<u8> {
    let text = lines.join("\n");
    let mut bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let close = bytes
        .windows(2)
        .rposition(|pair| pair == [b'\n', b'Z'])
        .unwrap_or(0)
        + 1;
    let sum: u32 = bytes.iter().take(close).map(|&byte| u32::from(byte)).sum();
    if let Some(place) = bytes
        .windows(11)
        .rposition(|window| window == b"\xA60000000000")
        && place > close
    {
        bytes[place + 1..place + 11].copy_from_slice(format!("{sum:010}").as_bytes());
    }
    bytes
}

fn lines() -> Vec<String> {
    FILE.iter().map(|&line| line.to_owned()).collect()
}

fn error(lines: &[String]) -> String {
    read_extract(&bytes(lines), Execution::default())
        .unwrap_err()
        .to_string()
}

/// The error after `from` became `to` in a line, counted from 1.
fn after(line: usize, from: &str, to: &str) -> String {
    let mut lines = lines();
    assert!(lines[line - 1].contains(from), "{from}");
    lines[line - 1] = lines[line - 1].replacen(from, to, 1);
    error(&lines)
}

#[test]
fn el_archivo_sin_tocar_se_lee() {
    let extract = read_extract(&bytes(&lines()), Execution::default()).unwrap();
    assert_eq!(extract.closing.importe_total, 1_235);
    let columns = &extract.batches[0].movements;
    assert_eq!(columns.saldo, [-5_000, -500]);
    assert_eq!(columns.importe, [1_234, 1]);
    assert_eq!(extract.batches[0].notes.numero, [7]);
}

#[test]
fn cada_campo_dice_que_tiene_mal() {
    for (line, from, to, expected) in [
        (
            1,
            "C¦",
            "H¦",
            "línea 1, campo «tipo»: ningún registro empieza por el byte 0x48",
        ),
        (
            1,
            "MAYOR",
            "MENOR",
            "línea 1, campo «formato»: tiene que ser «MAYOR»",
        ),
        (
            1,
            "¦03¦",
            "¦02¦",
            "línea 1, campo «versión»: tiene que ser «03»",
        ),
        (
            1,
            "2024015",
            "2023366",
            "línea 1, campo «fecha»: el año 2023 no tiene día 366",
        ),
        (
            1,
            "0000000007",
            "0000000000",
            "línea 1, campo «primer número»: es 0 y toca 1",
        ),
        (
            1,
            "EUR",
            "eur",
            "línea 1, campo «moneda»: tienen que ser tres mayúsculas",
        ),
        (1, "¦BANCO", "", "línea 1, campo «origen»: falta"),
        (
            2,
            "M¦",
            "MM¦",
            "línea 2, campo «tipo»: tiene 2 caracteres y tienen que ser 1",
        ),
        (
            2,
            "0000000007",
            "0000000009",
            "línea 2, campo «número»: es 9 y toca 7",
        ),
        (
            2,
            "0000000007",
            "000000007",
            "línea 2, campo «número»: tiene 9 caracteres y tienen que ser 10",
        ),
        (
            2,
            "2024015",
            "2024O15",
            "línea 2, campo «fecha»: el byte 0x4F no es un dígito",
        ),
        (
            2,
            "2024015",
            "0000000",
            "línea 2, campo «fecha»: el año 0000 no tiene día 000",
        ),
        (
            2,
            "2024016",
            "2024000",
            "línea 2, campo «fecha valor»: el año 2024 no tiene día 000",
        ),
        (
            2,
            "004912345678",
            "00491234567-",
            "línea 2, campo «cuenta»: el byte 0x2D no es un dígito",
        ),
        (
            2,
            "123D",
            "1234",
            "línea 2, campo «importe»: acaba en el byte 0x34, que no es un dígito con signo",
        ),
        (
            2,
            "0000000123D",
            "0000000000}",
            "línea 2, campo «importe»: es un cero negativo",
        ),
        (
            2,
            "500}",
            "50-}",
            "línea 2, campo «saldo»: el byte 0x2D no es un dígito",
        ),
        (
            2,
            "¦101¦",
            "¦1010¦",
            "línea 2, campo «clave»: tiene 4 caracteres y tienen que ser 3",
        ),
        (
            2,
            "PAGO",
            "PA\tGO",
            "línea 2, campo «concepto»: el byte 0x09 no es texto",
        ),
        (
            2,
            "PAGO",
            "PA\u{85}GO",
            "línea 2, campo «concepto»: el byte 0x85 no es texto",
        ),
        (
            2,
            "PAGO",
            "PA\\GO",
            "línea 2, campo «concepto»: una barra inversa que no va delante de otra ni de un separador",
        ),
        (
            2,
            "¦ANA",
            "¦ANA\\",
            "línea 2, campo «contrapartida»: una barra inversa que no va delante de otra ni de un separador",
        ),
        (
            2,
            "¦ANA",
            "¦ANA\r",
            "línea 2, campo «contrapartida»: el byte 0x0D no es texto",
        ),
        (2, "¦ANA", "", "línea 2, campo «contrapartida»: falta"),
        (
            2,
            "¦ANA",
            "¦ANA¦",
            "línea 2, campo «contrapartida»: hay más campos después de él",
        ),
        (
            3,
            "0000000007",
            "0000000008",
            "línea 3, campo «número»: es 8 y toca 7",
        ),
        (
            4,
            "0000000008",
            "0000000007",
            "línea 4, campo «número»: es 7 y toca 8",
        ),
        (
            5,
            "0000000002",
            "0000000003",
            "línea 5, campo «movimientos»: el cierre dice 3 y lo leído da 2",
        ),
        (
            5,
            "0000000001",
            "0000000000",
            "línea 5, campo «notas»: el cierre dice 0 y lo leído da 1",
        ),
        (
            5,
            "123E",
            "123F",
            "línea 5, campo «importe total»: el cierre dice 1236 y lo leído da 1235",
        ),
        (
            5,
            "9824691356",
            "9824691357",
            "línea 5, campo «suma de cuentas»: el cierre dice 9824691357 y lo leído da 9824691356",
        ),
        (
            5,
            "Z¦",
            "z¦",
            "línea 5, campo «tipo»: ningún registro empieza por el byte 0x7A",
        ),
    ] {
        assert_eq!(after(line, from, to), expected);
    }
}

#[test]
fn un_texto_largo_dice_cuanto_cabe() {
    assert_eq!(
        after(2, "PAGO", &"X".repeat(141)),
        "línea 2, campo «concepto»: pasa de 140 caracteres"
    );
    // As many characters as fit, in more bytes: escapes do not count.
    let mut fits = lines();
    fits[1] = fits[1].replace("PAGO", &"\\¦".repeat(140));
    assert!(read_extract(&bytes(&fits), Execution::default()).is_ok());
    assert_eq!(
        after(2, "PAGO", &"X".repeat(5_000)),
        "línea 2, campo «línea»: pasa de 4096 caracteres"
    );
}

#[test]
fn una_suma_de_bytes_distinta_ve_lo_que_los_campos_no_ven() {
    let mut file = bytes(&lines());
    let place = file
        .windows(4)
        .position(|window| window == b"PAGO")
        .unwrap();
    file[place] = b'V';
    let error = read_extract(&file, Execution::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("línea 5, campo «suma de bytes»: el cierre dice "),
        "{error}"
    );
}

#[test]
fn el_orden_de_los_registros_tambien_se_comprueba() {
    let remove = |at: usize| {
        let mut lines = lines();
        lines.remove(at - 1);
        lines
    };
    assert_eq!(
        error(&remove(1)),
        "línea 1, campo «tipo»: el primer registro tiene que ser la cabecera (C)"
    );
    assert_eq!(
        error(&remove(2)),
        "línea 2, campo «número»: una nota sin movimiento delante"
    );
    assert_eq!(
        error(&remove(5)),
        "línea 5, campo «tipo»: el archivo acaba sin el cierre (Z): está cortado"
    );
    assert_eq!(
        error(&remove(6)),
        "línea 5, campo «línea»: el archivo acaba a mitad de línea: está cortado"
    );
    let mut again = lines();
    again.insert(2, again[0].clone());
    assert_eq!(
        error(&again),
        "línea 3, campo «tipo»: hay otra cabecera (C)"
    );
    let mut more = lines();
    more.insert(5, more[2].clone());
    assert_eq!(
        error(&more),
        "línea 6, campo «tipo»: hay algo después del cierre (Z)"
    );
    let mut blank = lines();
    blank.insert(3, String::new());
    assert_eq!(error(&blank), "línea 4, campo «tipo»: falta");
    assert_eq!(error(&[]), "línea 1, campo «línea»: el archivo está vacío");
}
