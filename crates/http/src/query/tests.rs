use super::*;
use crate::state::Present;
use motcua_catalogue::{Tier, UnitCode};

struct ListParams {
    q: Option<String>,
    tiers: Vec<Tier>,
    unit: Option<UnitCode>,
    facets: bool,
    as_of: NaiveDate,
    page: PlacePage,
}

impl QueryParams for ListParams {
    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            q: query.text("q", 20),
            tiers: query.parse_list("tier"),
            unit: query.parse("unit"),
            facets: query.flag("facets"),
            as_of: query.as_of(),
            page: query.page(),
        }
    }
}

fn site() -> Site {
    let date = "2021-03-01".parse().ok();
    Site { date, ..Site::new("test") }
}

fn read_at(site: &Site, path: &str, query: &str) -> (ListParams, Vec<ParameterError>) {
    let (pairs, errors) = decode::pairs(query);
    let mut reader = QueryReader::new(site, path, &pairs);
    reader.errors = errors;
    let params = ListParams::read(&mut reader);
    (params, reader.finish())
}

fn read(query: &str) -> (ListParams, Vec<ParameterError>) {
    read_at(&site(), "/list", query)
}

#[test]
fn empty_fields_of_a_form_are_absent() {
    let (params, errors) = read("q=&tier=&unit=&facets=&as_of=&per_page=&cursor=");
    assert_eq!(errors, []);
    assert_eq!((params.q, params.unit, params.facets), (None, None, false));
    assert!(params.tiers.is_empty());
    assert_eq!(params.as_of.to_string(), "2021-03-01");
    assert_eq!((params.page.size, params.page.after), (20, None));
}

#[test]
fn lists_may_repeat_and_single_values_may_not() {
    let (params, errors) = read("tier=commune&tier=district&tier=commune");
    assert_eq!((params.tiers, errors), (vec![Tier::Commune, Tier::District], vec![]));
    let (_, errors) = read("unit=42&unit=43");
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].parameter.as_str(), errors[0].code), ("unit", ErrorCode::Repeated));
}

#[test]
fn every_fault_is_told_at_once() {
    let (_, errors) = read("tier=city&unit=4&per_page=101&as_of=2021-02-30&page=2&page=3&q=%FF");
    let told: Vec<_> = errors.iter().map(|error| (error.parameter.as_str(), error.code)).collect();
    let expected = [
        ("q", ErrorCode::Malformed),
        ("tier", ErrorCode::Malformed),
        ("unit", ErrorCode::Malformed),
        ("as_of", ErrorCode::Malformed),
        ("per_page", ErrorCode::OutOfRange),
        ("page", ErrorCode::Unknown),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        errors[5].remedy,
        "leave it out or use one of q, tier, unit, facets, as_of, per_page, cursor, after"
    );
}

#[test]
fn long_or_odd_text_is_refused() {
    assert_eq!(read(&format!("q={}", "đ".repeat(21))).1[0].code, ErrorCode::OutOfRange);
    assert_eq!(read("q=a%07b").1[0].code, ErrorCode::Malformed);
    let (params, _) = read("q=%20h%6F%CC%A3%20");
    assert_eq!(params.q.as_deref(), Some("họ"));
}

#[test]
fn a_cursor_continues_only_its_own_list() {
    let place = motcua_catalogue::Place { sort: "x".into(), id: 7 };
    let (params, _) = read("tier=commune");
    let cursor = params.page.info(Some(place.clone()), 50).next_cursor.expect("a cursor");
    let (params, errors) = read(&format!("tier=commune&per_page=5&facets=true&cursor={cursor}"));
    assert_eq!((params.page.after, errors), (Some(place), vec![]));
    for query in ["tier=district&", "", "tier=commune&as_of=2021-03-02&"] {
        let (params, errors) = read(&format!("{query}cursor={cursor}"));
        assert_eq!((params.page.after, errors[0].code), (None, ErrorCode::ForeignCursor), "{query}");
    }
    let (_, errors) = read_at(&site(), "/other", &format!("tier=commune&cursor={cursor}"));
    assert_eq!(errors[0].code, ErrorCode::ForeignCursor);
    assert_eq!(read("cursor=nonsense").1[0].code, ErrorCode::Malformed);
}

#[test]
fn a_cursor_of_another_log_says_to_begin_anew() {
    let place = motcua_catalogue::Place { sort: "x".into(), id: 7 };
    let of_log =
        |log: &str| Site { present: Present::Stated { is_sample: false, log: log.to_owned() }, ..site() };
    let (params, _) = read_at(&of_log("0a1b2c3d"), "/list", "tier=commune");
    let cursor = params.page.info(Some(place.clone()), 50).next_cursor.expect("a cursor");
    let query = format!("tier=commune&cursor={cursor}");
    let (params, errors) = read_at(&of_log("0a1b2c3d"), "/list", &query);
    assert_eq!((params.page.after, errors), (Some(place), vec![]));
    let (params, errors) = read_at(&of_log("4e5f6071"), "/list", &query);
    assert_eq!((params.page.after, errors[0].code), (None, ErrorCode::AnotherLog));
    assert_eq!(errors[0].remedy, "begin the list anew, without a cursor");
}

#[test]
fn made_up_data_have_a_day_of_their_own_unless_the_site_has_one() {
    let day = |is_sample, date: Option<&str>| {
        let present = Present::Stated { is_sample, log: String::new() };
        let date = date.map(|date| date.parse().expect("a site date"));
        let clock = crate::clock::Clock::Fixed("2026-11-23T03:00:00Z".parse().expect("a moment"));
        Site { present, date, clock, ..Site::new("test") }.day().to_string()
    };
    assert_eq!(day(true, None), "2021-03-01");
    assert_eq!(day(false, None), "2026-11-23");
    assert_eq!(day(true, Some("today")), "2026-11-23");
    assert_eq!(day(false, Some("2025-07-01")), "2025-07-01");
}

#[test]
fn a_list_begun_before_midnight_ends_on_its_day() {
    let place = motcua_catalogue::Place { sort: "x".into(), id: 7 };
    let (params, _) = read("");
    let cursor = params.page.info(Some(place), 50).next_cursor.expect("a cursor");
    let next_day = Site { date: "2021-03-02".parse().ok(), ..site() };
    let (params, errors) = read_at(&next_day, "/list", &format!("cursor={cursor}"));
    assert_eq!((params.as_of.to_string().as_str(), errors.len()), ("2021-03-01", 0));
}

#[test]
fn decimals_are_plain_and_within_their_range() {
    let site = site();
    let degrees = |text: &str| {
        let pairs = [("lat".to_owned(), text.to_owned())];
        let mut reader = QueryReader::new(&site, "/list", &pairs);
        let number = reader.decimal("lat", -90..=90);
        (number, reader.finish().into_iter().map(|error| (error.code, error.reason)).next())
    };
    assert_eq!(degrees("18.3428"), (Some(18.3428), None));
    assert_eq!(degrees("-90"), (Some(-90.0), None));
    for text in ["90.01", "999", "-91"] {
        let reason = "it is not between -90 and 90".to_owned();
        assert_eq!(degrees(text), (None, Some((ErrorCode::OutOfRange, reason))), "{text}");
    }
    for text in ["abc", "NaN", "inf", "1e1", "+5", "18,3", "0x12"] {
        let reason = "it is not a number".to_owned();
        assert_eq!(degrees(text), (None, Some((ErrorCode::Malformed, reason))), "{text}");
    }
}
