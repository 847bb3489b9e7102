//! What the pages on filing share: distances, hours on a day, levels derived from a check-list, the place they are about.

use chrono::{Datelike, NaiveDate};
use motcua_catalogue::{
    Availability, Checklist, HoursOn, OnlineLevel, OpeningHours, PaperPoint, ProcedureAt, SiteOnDay, UnitCode,
};
use motcua_http::{AppState, Problem};
use motcua_search::FilingQuestion;

use crate::address::Address;
use crate::frame::View;
use crate::l10n::L10n;
use crate::listing::Link;
use crate::offer::{POINT_KEYS, PointView};
use crate::words::{self, LevelView};

/// The unit that a page on filing is about: the one in view, or that of the centre in view.
pub(crate) async fn unit_in_view(state: &AppState, view: &View) -> Result<Option<UnitCode>, Problem> {
    if let Some(unit) = view.unit() {
        return Ok(Some(unit));
    }
    let Some(id) = view.centre() else { return Ok(None) };
    Ok(state.catalogue.centre(&id).await?.map(|centre| centre.unit.code))
}

/// Links to the centres that are responsible for the place in view; none where nobody chose one, or where it is too large
/// to say.
pub(crate) async fn responsible_links(
    state: &AppState,
    view: &View,
    at: &ProcedureAt,
) -> Result<Vec<Link>, Problem> {
    let Some(unit) = unit_in_view(state, view).await? else { return Ok(Vec::new()) };
    let question = FilingQuestion { unit, case: None, as_of: view.as_of, standing: None };
    let Some(filing) = state.engine.filing(at, &question).await? else { return Ok(Vec::new()) };
    let responsible = filing.answer.responsible().map(|desk| {
        let centre = &desk.centre.stored.record;
        let href = view.carried.to(Address::of("/vi/trung-tam", centre.id.as_str()));
        Link { label: centre.name.clone(), href }
    });
    Ok(responsible.collect())
}

/// A distance in words; none where it is not known.
pub(crate) fn distance(l10n: &L10n, metres: Option<u32>) -> Option<String> {
    let metres = metres?;
    if metres < 1000 {
        return Some(l10n.t("distance-near").to_string());
    }
    // A point in the middle of a commune does not carry more than this.
    let tenths = (metres + 50) / 100;
    let km = if tenths < 100 {
        format!("{},{}", tenths / 10, tenths % 10)
    } else {
        u64::from((metres + 500) / 1000).to_string()
    };
    Some(l10n.t("distance-km").arg("km", km).to_string())
}

/// The hours of a site on a day in words; where it is closed, with the weekday and when it opens again.
pub(crate) fn hours(l10n: &L10n, on_day: &SiteOnDay, day: NaiveDate) -> String {
    let (text, reason) = match &on_day.hours {
        HoursOn::Unknown => return l10n.t("unknown-info").to_string(),
        HoursOn::Closed { reason } => {
            let text =
                l10n.t("hours-closed").arg("weekday", weekday(l10n, day)).arg("date", words::date(day));
            (text.to_string(), reason)
        }
        HoursOn::Open { spans, reason } => (span_words(spans), reason),
    };
    let text = match reason {
        Some(reason) => format!("{text} ({reason})"),
        None => text,
    };
    if !matches!(on_day.hours, HoursOn::Closed { .. }) {
        return text;
    }
    match on_day.site.opens_after(day) {
        Some((opens, spans)) => {
            let again = l10n.t("hours-again").arg("weekday", weekday(l10n, opens));
            let again = again.arg("date", opens.format("%d/%m").to_string()).arg("hours", span_words(&spans));
            format!("{text}. {again}")
        }
        None => format!("{text}."),
    }
}

fn weekday(l10n: &L10n, day: NaiveDate) -> String {
    let number = u8::try_from(day.weekday().number_from_monday()).unwrap_or_default();
    l10n.t(words::weekday_key(number)).to_string()
}

fn span_words(spans: &[OpeningHours]) -> String {
    spans.iter().map(|span| format!("{}–{}", span.opens, span.closes)).collect::<Vec<_>>().join(", ")
}

/// The level that the check-list allows and the point that decides, to stand beside the claimed one. Where a level is
/// claimed and nothing can be derived, that is said; without a claim there is nothing to compare.
pub(crate) fn derived_words(l10n: &L10n, record: &Availability) -> Option<String> {
    record.level?;
    let Some(derived) = record.derived_level() else {
        return Some(l10n.t("derived-unknown").to_string());
    };
    let level = level_words(l10n, derived.level);
    Some(match derived.deciding_point.and_then(point_label(l10n)) {
        Some(point) => l10n.t("derived-point").arg("level", level).arg("point", point).to_string(),
        None => l10n.t("derived-same").arg("level", level).to_string(),
    })
}

/// `Mức độ 4 (NĐ 43/2011)`.
fn level_words(l10n: &L10n, level: OnlineLevel) -> String {
    let view = LevelView::of(l10n, level);
    format!("{} ({})", view.label, view.scheme)
}

fn point_label(l10n: &L10n) -> impl Fn(&'static str) -> Option<String> {
    move |name| {
        let place = Checklist::POINTS.iter().position(|point| *point == name)?;
        Some(l10n.t(POINT_KEYS.get(place)?).to_string())
    }
}

/// Points that are not online, in words.
pub(crate) fn paper_views(l10n: &L10n, paper: &[PaperPoint]) -> Vec<PointView> {
    let label = point_label(l10n);
    paper
        .iter()
        .filter_map(|point| {
            let state = l10n.t(words::point_state_key(point.state)).to_string();
            Some(PointView { label: label(point.point)?, state })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::PointState;
    use serde_json::json;

    use super::*;
    use crate::tests::samples::availability;

    #[test]
    fn distances_say_no_more_than_is_known() {
        let l10n = L10n::vi();
        let words = |metres| distance(l10n, Some(metres)).unwrap_or_default();
        assert_eq!(words(0), "dưới 1 km (đường chim bay)");
        assert_eq!(words(2449), "khoảng 2,4 km (đường chim bay)");
        assert_eq!(words(9_990), "khoảng 10 km (đường chim bay)");
        assert_eq!(words(1_145_499), "khoảng 1145 km (đường chim bay)");
        assert_eq!(distance(l10n, None), None);
    }

    #[test]
    fn a_closed_day_says_when_the_desk_opens_again() {
        let site: motcua_catalogue::Site = serde_json::from_value(json!({
            "hours": [{"weekday": 1, "opens": "13:30", "closes": "17:00"}, {"weekday": 1, "opens": "07:30", "closes": "11:30"}],
            "exceptions": [{"day": "2026-12-07", "hours": [], "reason": "Nghỉ bù"}]
        }))
        .expect("a site");
        let on = |day: &str| {
            let day: NaiveDate = day.parse().expect("a date");
            let on_day = SiteOnDay { hours: site.hours_on(day), metres: None, site: site.clone() };
            hours(L10n::vi(), &on_day, day)
        };
        assert_eq!(
            on("2026-11-29"),
            "Chủ nhật 29/11/2026: không làm việc. Mở lại Thứ Hai 30/11: 07:30–11:30, 13:30–17:00."
        );
        assert_eq!(on("2026-11-30"), "07:30–11:30, 13:30–17:00");
        assert_eq!(
            on("2026-12-07"),
            "Thứ Hai 07/12/2026: không làm việc (Nghỉ bù). Mở lại Thứ Hai 14/12: 07:30–11:30, 13:30–17:00."
        );
    }

    #[test]
    fn the_deciding_point_is_named() {
        let level = json!({"scheme": "nd43-2011", "level": "3"});
        let mut record = availability("yes", Some(level)).stored.record;
        let words = |record: &Availability| derived_words(L10n::vi(), record);
        assert_eq!(words(&record).as_deref(), Some("Chưa suy ra được mức độ từ bảng đánh giá từng bước."));
        let mut states = [Some(PointState::Online); 7];
        states[3] = Some(PointState::Desk);
        record.checklist = Checklist::from_states(states);
        let said = words(&record).expect("something follows");
        let expected =
            "Suy ra từ từng bước: Mức độ 3 (NĐ 43/2011), vì bước “Nộp phí, lệ phí” chưa làm trọn qua mạng";
        assert_eq!(said, expected);
        record.level = None;
        assert_eq!(words(&record), None);
    }
}
