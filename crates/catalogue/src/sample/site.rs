//! Names of centres, and their made-up sites: hours and numbers by a fixed rule.

use chrono::NaiveDate;

use super::book::spoken_name;
use super::rule::{Dice, key};
use crate::{HoursException, OpeningHours, Period, Site, Tier};

/// Name of the centre of a unit under the two orders.
pub(crate) fn centre_name(tier: Tier, kind: &str, name: &str, since_2025: bool) -> String {
    let unit = spoken_name(kind, name);
    match tier {
        Tier::District => format!("Trung tâm Hành chính công {unit}"),
        Tier::Commune if !since_2025 => format!("Bộ phận Tiếp nhận và Trả kết quả {unit}"),
        _ => format!("Trung tâm Phục vụ hành chính công {unit}"),
    }
}

/// The site of a centre: address of the authority's seat, hours and telephone number made up.
///
/// No subscriber number in Vietnam begins with 0 after the area code, so these numbers cannot be dialled.
pub(super) fn made_up_site(
    id: &str,
    address: String,
    point: (Option<f64>, Option<f64>),
    period: Period,
) -> Site {
    let mut dice = Dice::of(&[key("site"), key(id)]);
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    let number = key(&digits) % 1_000_000;
    let number: u64 = digits.get(..5.min(digits.len())).and_then(|own| own.parse().ok()).unwrap_or(number);
    let number = if id.ends_with("-2025") { number + 500_000 } else { number };
    Site {
        address: Some(address),
        phones: vec![format!("0239 0{:02} {:04}", number / 10_000, number % 10_000)],
        hours: weekly_hours(&mut dice),
        exceptions: holidays(period),
        lat: point.0,
        lon: point.1,
        ..Site::default()
    }
}

fn weekly_hours(dice: &mut Dice) -> Vec<OpeningHours> {
    const DAYS: [[&str; 4]; 3] = [
        ["07:00", "11:30", "13:30", "17:00"],
        ["07:30", "11:30", "13:30", "17:00"],
        ["07:30", "12:00", "13:00", "16:30"],
    ];
    let [opens, noon, again, closes] = dice.pick(&DAYS).copied().unwrap_or(DAYS[0]);
    let span = |weekday, opens: &str, closes: &str| OpeningHours {
        weekday,
        opens: opens.to_owned(),
        closes: closes.to_owned(),
    };
    let mut hours: Vec<OpeningHours> =
        (1..=5).flat_map(|day| [span(day, opens, noon), span(day, again, closes)]).collect();
    if dice.below(10) < 4 {
        hours.push(span(6, "07:30", "11:00"));
    }
    hours
}

/// Public holidays next to the two days that the sample is looked at from: 1 March 2021 and today.
fn holidays(period: Period) -> Vec<HoursException> {
    const DAYS: [(i32, u32, u32, &str); 4] = [
        (2021, 4, 21, "Giỗ Tổ Hùng Vương"),
        (2021, 4, 30, "Ngày Giải phóng miền Nam"),
        (2021, 5, 3, "Nghỉ bù ngày Quốc tế Lao động"),
        (2027, 1, 1, "Tết Dương lịch"),
    ];
    let days = DAYS.into_iter().filter_map(|(year, month, day, reason)| {
        Some(HoursException {
            day: NaiveDate::from_ymd_opt(year, month, day)?,
            hours: Vec::new(),
            reason: Some(reason.to_owned()),
        })
    });
    days.filter(|exception| period.contains(exception.day)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_official_ones() {
        let name = |tier, kind, name, since| centre_name(tier, kind, name, since);
        assert_eq!(
            name(Tier::Province, "tỉnh", "Hà Tĩnh", false),
            "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh"
        );
        assert_eq!(
            name(Tier::District, "thị xã", "Kỳ Anh", false),
            "Trung tâm Hành chính công thị xã Kỳ Anh"
        );
        assert_eq!(
            name(Tier::Commune, "phường", "Nam Hà", false),
            "Bộ phận Tiếp nhận và Trả kết quả phường Nam Hà"
        );
        assert_eq!(
            name(Tier::Commune, "phường", "Thành Sen", true),
            "Trung tâm Phục vụ hành chính công phường Thành Sen"
        );
    }

    #[test]
    fn numbers_cannot_be_dialled_and_differ() {
        let phone =
            |id: &str| made_up_site(id, String::new(), (None, None), Period::ALWAYS).phones[0].clone();
        assert_eq!(phone("d436"), "0239 000 0436");
        assert_eq!(phone("c18073"), "0239 001 8073");
        assert_eq!(phone("c18073-2025"), "0239 051 8073");
    }

    #[test]
    fn made_up_hours_are_possible() {
        let site = made_up_site("p42", "Hà Tĩnh".to_owned(), (None, None), Period::ALWAYS);
        let json = serde_json::to_string(&site).expect("serialises");
        assert_eq!(serde_json::from_str::<Site>(&json).expect("reads back"), site);
    }
}
