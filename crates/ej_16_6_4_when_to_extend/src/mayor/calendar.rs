//! Days by year and day of the year.

/// Days since 1970-01-01 of the day `day` (from 1) of a year from 1 to 9999 of the Gregorian calendar; nothing if the year has no such day.
#[inline]
pub(super) fn days(year: u16, day: u16) -> Option<i32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if year == 0 || day == 0 || day > 365 + u16::from(is_leap) {
        return None;
    }
    let before = i32::from(year) - 1;
    Some(before * 365 + before / 4 - before / 100 + before / 400 + i32::from(day) - 719_163)
}

/// The year and the day in it, from 1; nothing outside the years 1 to 9999.
pub(super) fn year_and_day(days_since_1970: i32) -> Option<(u16, u16)> {
    // A year before, exactly or after: tried, because it is only written.
    let guess = (i64::from(days_since_1970) + 719_162) * 400 / 146_097 + 1;
    (guess - 1..=guess + 1).find_map(|year| {
        let year = u16::try_from(year).ok().filter(|&year| year <= 9999)?;
        let first = days(year, 1)?;
        let day = u16::try_from(days_since_1970.checked_sub(first)? + 1).ok()?;
        (days(year, day) == Some(days_since_1970)).then_some((year, day))
    })
}

/// A year: the next date is mostly of the same.
#[derive(Clone, Copy)]
pub(super) struct Year {
    /// What its first day is written as.
    first: u64,
    length: u64,
    /// The number of its first day.
    days: i32,
}

impl Year {
    /// No day is in it.
    pub(super) const NONE: Self = Self {
        first: 0,
        length: 0,
        days: 0,
    };

    /// The day that is written as `written`: year and day of the year.
    #[inline(always)]
    pub(super) fn day(&mut self, written: u64) -> Option<i32> {
        if written.wrapping_sub(self.first) >= self.length {
            *self = Self::of(written)?;
        }
        Some(self.days + (written - self.first) as i32)
    }

    /// The year of a day that exists.
    #[cold]
    fn of(written: u64) -> Option<Self> {
        let year = (written / 1000) as u16;
        days(year, (written % 1000) as u16)?;
        Some(Self {
            first: u64::from(year) * 1000 + 1,
            length: 365 + u64::from(days(year, 366).is_some()),
            days: days(year, 1)?,
        })
    }
}
