//! Days as people and programs write them.

use chrono::{Datelike, NaiveDate};

/// Years that a catalogue of today can be asked about.
const YEARS: std::ops::RangeInclusive<i32> = 1945..=2199;

/// Reads `2021-03-01`, `01/03/2021`, `1/3/2021` or `today`. The error says why not.
pub fn parse_day(text: &str, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    let text = text.trim();
    if text == "today" {
        return Ok(today);
    }
    let is_number = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let (year, month, day) = match (separator, parts.as_slice()) {
        ('-', &[year, month, day]) if is_number(month, &[2]) && is_number(day, &[2]) => (year, month, day),
        ('/', &[day, month, year]) if is_number(month, &[1, 2]) && is_number(day, &[1, 2]) => {
            (year, month, day)
        }
        _ => return Err("it is not a date"),
    };
    if !is_number(year, &[4]) {
        return Err("it is not a date");
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let date = i32::try_from(number(year))
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, number(month), number(day)))
        .ok_or("the calendar has no such day")?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err("the year is not between 1945 and 2199") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_day_are_read() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let read = |text| parse_day(text, today).map(|day| day.to_string());
        for text in ["2021-03-01", "01/03/2021", "1/3/2021", " 1/03/2021 "] {
            assert_eq!(read(text).as_deref(), Ok("2021-03-01"), "{text}");
        }
        assert_eq!(read("today").as_deref(), Ok("2026-11-23"));
        assert_eq!(read("2021-02-30"), Err("the calendar has no such day"));
        assert_eq!(read("31/04/2021"), Err("the calendar has no such day"));
        for text in
            ["2021-3-1", "2021", "20210301", "01-03-2021", "1/3/21", "+021-03-01", "2021-03-01T00:00:00", "đ"]
        {
            assert_eq!(read(text), Err("it is not a date"), "{text}");
        }
        assert!(read("0001-01-01").is_err());
    }
}
