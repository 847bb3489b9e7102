//! Hà Tĩnh's units in both orders, their successions and their centres.

use chrono::NaiveDate;

use crate::sample::SampleError;
use crate::sample::book::{Order, succession, unit};
use crate::sample::bundle::{Place, Places};
use crate::sample::levels::made_up;
use crate::sample::site::{centre_name, made_up_site};
use crate::{Centre, CentreId, Period, Succession, Tier, UnitCode, UnitPeriod};

/// Code of the province.
pub(super) const PROVINCE: &str = "42";

/// On this day the districts ended and the communes merged.
pub(super) const REFORM: NaiveDate = super::day(2025, 7, 1);

/// The resolution on the communes of the province.
const RESOLUTION: &str = "Nghị quyết 1665/NQ-UBTVQH15";

/// Where land and people of a commune part ways, by the resolution: old code, new code, what goes there.
const REMARKS: [(&str, &str, &str); 3] = [
    ("18796", "18823", "Toàn bộ diện tích tự nhiên"),
    ("18796", "18754", "Một phần dân số, không kèm diện tích"),
    ("18796", "18832", "Phần dân số còn lại, không kèm diện tích"),
];

/// On this day the provincial centre opened.
const OPENING: NaiveDate = super::day(2017, 7, 13);

/// The units of the province: those of 2020 first, each order from the province down.
pub(super) fn units(places: &Places) -> Result<Vec<UnitPeriod>, SampleError> {
    let before = of_province(&places.before);
    let after = of_province(&places.after);
    let record = |place: &&Place, order, period| unit(&places.kinds, place, PROVINCE, order, period);
    let before = before.iter().map(|place| record(place, Order::Before, Period::until(REFORM)));
    let after = after.iter().map(|place| record(place, Order::After, Period::since(REFORM)));
    before.chain(after).collect()
}

/// What became of the communes.
pub(super) fn successions(places: &Places) -> Result<Vec<Succession>, SampleError> {
    let communes: std::collections::HashSet<&str> =
        of_province(&places.before).into_iter().map(|place| place.code.as_str()).collect();
    let passages = places.successions.iter().filter(|passage| communes.contains(passage.old.as_str()));
    let mut successions = Vec::new();
    for passage in passages {
        let mut record = succession(passage, REFORM)?;
        record.extra.insert("resolution".to_owned(), RESOLUTION.to_owned());
        let remark = REMARKS.iter().find(|(old, new, _)| passage.old == *old && passage.new == *new);
        if let Some((_, _, remark)) = remark {
            record.extra.insert("remark".to_owned(), (*remark).to_owned());
        }
        successions.push(record);
    }
    Ok(successions)
}

/// The centres: the province's, the districts', the communes' before and after the reform.
pub(super) fn centres(places: &Places) -> Result<Vec<Centre>, SampleError> {
    let mut centres = Vec::new();
    for place in of_province(&places.before) {
        centres.push(centre(places, place, false)?);
    }
    for place in of_province(&places.after) {
        if place.code != PROVINCE {
            centres.push(centre(places, place, true)?);
        }
    }
    Ok(centres)
}

fn centre(places: &Places, place: &Place, since_2025: bool) -> Result<Centre, SampleError> {
    let code: UnitCode = place.code.parse()?;
    let tier = code.tier();
    let kind = places.kinds.get(place.kind).map_or("", String::as_str);
    let letter = match tier {
        Tier::District => 'd',
        Tier::Commune => 'c',
        _ => 'p',
    };
    let suffix = if since_2025 { "-2025" } else { "" };
    let id: CentreId = format!("{letter}{code}{suffix}").parse()?;
    let period = match tier {
        Tier::Province => Period::since(OPENING),
        _ if since_2025 => Period::since(REFORM),
        _ => Period::until(REFORM),
    };
    let address = match tier {
        Tier::Province => "Số 02, đường Nguyễn Chí Thanh, phường Thành Sen, tỉnh Hà Tĩnh".to_owned(),
        _ => format!("Trụ sở Ủy ban nhân dân {}", crate::sample::book::spoken_name(kind, &place.name)),
    };
    // The middle of a province says nothing about where its centre stands.
    let point = if tier == Tier::Province { (None, None) } else { (place.lat, place.lon) };
    Ok(Centre {
        name: centre_name(tier, kind, &place.name, since_2025),
        sites: vec![made_up_site(id.as_str(), address, point, period)],
        id,
        period,
        tier,
        unit: code,
        portal: Some(format!("https://dvc.example/{letter}{}{suffix}", place.code)),
        note: None,
        extra: std::collections::BTreeMap::new(),
        source: made_up(
            "giờ làm việc và số điện thoại đặt ra theo quy tắc cố định; vị trí là điểm giữa địa bàn, liên kết không có \
             thật",
        ),
    })
}

/// The province itself and whatever lies in it, in the bundle's order: from the province down.
fn of_province(places: &[Place]) -> Vec<&Place> {
    let mut inside: Vec<&Place> = Vec::new();
    let mut codes = std::collections::HashSet::from([PROVINCE]);
    for place in places {
        if place.code == PROVINCE || codes.contains(place.parent.as_str()) {
            codes.insert(&place.code);
            inside.push(place);
        }
    }
    inside
}
