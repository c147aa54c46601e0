//! Calendar days and the zone that says when each one begins.

use jiff::ToSpan as _;
use jiff::civil;
use jiff::tz::TimeZone;
use std::fmt;
use std::str::FromStr;

/// A civil day, `YYYY-MM-DD`, from year 1 to 9999.
///
/// The only way from text to a partition: what does not parse never reaches a path or a predicate.
///
/// ```
/// use ecommerce_model::Fecha;
/// let fecha: Fecha = "2024-02-29".parse()?;
/// assert_eq!(fecha.to_string(), "2024-02-29");
/// assert_eq!(fecha.days_since_epoch(), 19_782);
/// assert!("2024-01-01' OR 'a'='a".parse::<Fecha>().is_err());
/// assert!("2023-02-29".parse::<Fecha>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fecha(civil::Date);

/// Why a text is no day, no zone, or a day cannot be placed on the time line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text is not exactly `YYYY-MM-DD`, or no such day exists.
    #[error("'{0}' is not a date of the form YYYY-MM-DD")]
    NotADate(String),
    /// The name is not in the IANA time zone database.
    #[error("'{0}' is not an IANA time zone such as Europe/Madrid")]
    UnknownZone(String),
    /// The day's midnight lies outside the representable time line.
    #[error("{0} is outside the supported range")]
    OutOfRange(Fecha),
}

impl Fecha {
    /// The day for year, month (1–12) and day of month, or `None` if it does not exist.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        (year >= 1)
            .then(|| civil::Date::new(year, month, day).ok())
            .flatten()
            .map(Self)
    }

    /// The day `days` days after 1970-01-01, or `None` outside years 1–9999.
    pub fn from_days_since_epoch(days: i32) -> Option<Self> {
        EPOCH
            .checked_add(i64::from(days).days())
            .ok()
            .filter(|d| d.year() >= 1)
            .map(Self)
    }

    /// Days since 1970-01-01: Arrow's `Date32`.
    pub fn days_since_epoch(self) -> i32 {
        let days = self.0.duration_since(EPOCH).as_hours() / 24;
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// The following day, or `None` after 9999-12-31.
    pub fn next(self) -> Option<Self> {
        self.0.tomorrow().ok().map(Self)
    }

    /// The day of the week, Monday = 0 … Sunday = 6.
    pub fn weekday(self) -> u8 {
        self.0.weekday().to_monday_zero_offset().unsigned_abs()
    }

    /// The same day as the calendar library's type.
    pub fn civil(self) -> civil::Date {
        self.0
    }

    /// Every day from `self` to `last`, both included; empty if `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |d| d.next()).take_while(move |d| *d <= last)
    }
}

const EPOCH: civil::Date = civil::date(1970, 1, 1);

impl FromStr for Fecha {
    type Err = DateError;

    fn from_str(s: &str) -> Result<Self, DateError> {
        let fail = || DateError::NotADate(s.chars().take(40).collect());
        let b = s.as_bytes();
        // Stricter than the calendar library, which also takes week dates and times: a day has one spelling here.
        let shape = b.len() == 10
            && b.iter().enumerate().all(|(i, c)| {
                if i == 4 || i == 7 {
                    *c == b'-'
                } else {
                    c.is_ascii_digit()
                }
            });
        if !shape {
            return Err(fail());
        }
        s.parse::<civil::Date>()
            .ok()
            .filter(|d| d.year() >= 1)
            .map(Self)
            .ok_or_else(fail)
    }
}

impl fmt::Display for Fecha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

/// The time zone whose midnights separate the days; UTC unless told otherwise.
///
/// The database is compiled in, so a machine without `/usr/share/zoneinfo` gives the same days.
#[derive(Clone, Debug, PartialEq)]
pub struct Zona(TimeZone);

impl Zona {
    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for Zona {
    type Err = DateError;

    fn from_str(s: &str) -> Result<Self, DateError> {
        if s.eq_ignore_ascii_case("utc") {
            return Ok(Self::utc());
        }
        jiff_tz(s)
            .map(Self)
            .ok_or_else(|| DateError::UnknownZone(s.chars().take(60).collect()))
    }
}

fn jiff_tz(name: &str) -> Option<TimeZone> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).ok()
}

impl fmt::Display for Zona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

/// One civil day as a half-open interval on the time line: what "belongs to the day" means.
///
/// Its length is 23 or 25 hours on the days a zone changes its clocks.
///
/// ```
/// use ecommerce_model::{Dia, Zona};
/// let dia = Dia::new("2024-03-31".parse()?, &"Europe/Madrid".parse::<Zona>()?)?;
/// assert_eq!(dia.end_micros() - dia.start_micros(), 23 * 3_600_000_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dia {
    fecha: Fecha,
    start_micros: i64,
    end_micros: i64,
}

impl Dia {
    /// The day `fecha` as lived in `zona`.
    ///
    /// # Errors
    /// * [`DateError::OutOfRange`] if its midnight or the next one is not representable.
    pub fn new(fecha: Fecha, zona: &Zona) -> Result<Self, DateError> {
        let out = || DateError::OutOfRange(fecha);
        let midnight = |f: Fecha| -> Option<i64> {
            f.civil()
                .to_zoned(zona.0.clone())
                .ok()
                .map(|z| z.timestamp().as_microsecond())
        };
        let start_micros = midnight(fecha).ok_or_else(out)?;
        let end_micros = fecha.next().and_then(midnight).ok_or_else(out)?;
        Ok(Self {
            fecha,
            start_micros,
            end_micros,
        })
    }

    /// The civil day.
    pub fn fecha(&self) -> Fecha {
        self.fecha
    }

    /// Its first instant, in microseconds since the epoch (UTC).
    pub fn start_micros(&self) -> i64 {
        self.start_micros
    }

    /// The first instant of the next day, in microseconds since the epoch (UTC).
    pub fn end_micros(&self) -> i64 {
        self.end_micros
    }

    /// Whether the instant belongs to the day.
    pub fn contains(&self, micros: i64) -> bool {
        (self.start_micros..self.end_micros).contains(&micros)
    }
}

/// Microseconds since the epoch of an RFC 3339 instant; `None` without an offset, or if it is no instant.
///
/// A blank may stand for the `T`, as Pandas writes it. Fractions beyond microseconds are cut off.
///
/// ```
/// use ecommerce_model::parse_instant_micros;
/// assert_eq!(parse_instant_micros("2024-01-15 10:00:00.5+01:00"), Some(1_705_309_200_500_000));
/// assert_eq!(parse_instant_micros("2024-01-15T10:00:00"), None);
/// ```
pub fn parse_instant_micros(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_microsecond)
}

/// The instant in RFC 3339 with six decimals and `Z`, or `None` outside years -9999 to 9999.
///
/// ```
/// use ecommerce_model::format_instant;
/// assert_eq!(format_instant(1_705_309_200_500_000).as_deref(), Some("2024-01-15T09:00:00.500000Z"));
/// ```
pub fn format_instant(micros: i64) -> Option<String> {
    jiff::Timestamp::from_microsecond(micros)
        .ok()
        .map(|t| format!("{t:.6}"))
}
