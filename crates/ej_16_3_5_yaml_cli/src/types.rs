//! The types of the YAML, and what each is in Polars.

use crate::nearest::hint;
use crate::problem::{Place, Problem};
use polars::prelude::{DataType, TimeUnit};

const NAMES: [&str; 6] = [
    "texto",
    "entero",
    "flotante",
    "booleano",
    "fecha",
    "fecha_hora",
];

/// The Polars type of a type's name: `decimal(18,2)` besides the six plain ones.
pub(crate) fn data_type(name: &str, at: Place) -> Result<DataType, Problem> {
    Ok(match name.trim() {
        "texto" => DataType::String,
        "entero" => DataType::Int64,
        "flotante" => DataType::Float64,
        "booleano" => DataType::Boolean,
        "fecha" => DataType::Date,
        "fecha_hora" => DataType::Datetime(TimeUnit::Microseconds, None),
        other => match decimal(other) {
            Some((precision, scale)) => DataType::Decimal(precision, scale),
            None => {
                return Err(Problem::yaml(
                    at,
                    format!(
                        "el tipo «{other}» no existe{}",
                        hint(other, NAMES.into_iter().chain(["decimal(18,2)"]))
                    ),
                ));
            }
        },
    })
}

/// Precision and scale of `decimal(p,e)`, 1 ≤ p ≤ 38 and e ≤ p.
fn decimal(name: &str) -> Option<(usize, usize)> {
    let inner = name.strip_prefix("decimal(")?.strip_suffix(')')?;
    let (precision, scale) = inner.split_once(',')?;
    let precision: usize = precision.trim().parse().ok()?;
    let scale: usize = scale.trim().parse().ok()?;
    ((1..=38).contains(&precision) && scale <= precision).then_some((precision, scale))
}

/// The name of a Polars type, in the YAML's words where it has one.
pub(crate) fn spanish(dtype: &DataType) -> String {
    match dtype {
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => "texto".into(),
        t if t.is_integer() => "entero".into(),
        t if t.is_float() => "flotante".into(),
        DataType::Boolean => "booleano".into(),
        DataType::Date => "fecha".into(),
        DataType::Datetime(_, None) => "fecha_hora".into(),
        DataType::Datetime(_, Some(zone)) => format!("fecha_hora con zona {zone}"),
        DataType::Decimal(p, s) => format!("decimal({p},{s})"),
        DataType::List(inner) => format!("lista de {}", spanish(inner)),
        DataType::Null => "siempre nulo".into(),
        DataType::Binary => "binario".into(),
        DataType::Time => "hora".into(),
        DataType::Duration(_) => "duración".into(),
        other => other.to_string(),
    }
}

/// Days since 1970-01-01 of `AAAA-MM-DD`, if that day exists.
pub(crate) fn days(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Days before a year that begins in March, so that February's length falls at the end.
    let (shifted_year, shifted_month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).ok()
}

/// Microseconds since 1970 of `AAAA-MM-DDTHH:MM:SS` (or with a blank), without a zone.
pub(crate) fn microseconds(text: &str) -> Option<i64> {
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes()[10], b'T' | b' ') || time.len() != 8 {
        return None;
    }
    let mut parts = time.split(':').map(|part| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i64>().ok())
            .flatten()
    });
    let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
    if h > 23 || m > 59 || s > 59 {
        return None;
    }
    Some((i64::from(days(date)?) * 86_400 + h * 3_600 + m * 60 + s) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn las_fechas_cuentan_los_dias_desde_1970_y_las_que_no_existen_no_son_fechas() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("2024-01-15", Some(19_737)),
            ("9999-12-31", Some(2_932_896)),
            ("0001-01-01", Some(-719_162)),
            ("2023-02-29", None),
            ("1900-02-29", None),
            ("2024-13-01", None),
            ("2024-00-10", None),
            ("2024-1-15", None),
            ("2024-01-15' OR 'a'='a", None),
            ("+024-01-15", None),
        ] {
            assert_eq!(days(text), expected, "{text}");
        }
        assert_eq!(microseconds("1970-01-02T00:00:01"), Some(86_401_000_000));
        assert_eq!(microseconds("1970-01-02 00:00:01"), Some(86_401_000_000));
        assert_eq!(microseconds("1970-01-02T24:00:00"), None);
        assert_eq!(microseconds("1970-01-02"), None);
        assert_eq!(microseconds("1970-01-0é 00:00:01"), None);
    }

    #[test]
    fn un_decimal_lleva_precision_y_escala_posibles() {
        assert_eq!(decimal("decimal(18,2)"), Some((18, 2)));
        assert_eq!(decimal("decimal( 38 , 38 )"), Some((38, 38)));
        assert_eq!(decimal("decimal(39,2)"), None);
        assert_eq!(decimal("decimal(5,6)"), None);
        assert_eq!(decimal("decimal"), None);
    }
}
