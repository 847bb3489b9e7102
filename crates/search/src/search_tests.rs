//! Searches over small catalogues.

use chrono::NaiveDate;
use motcua_catalogue::{Applicant, BoundaryFree, Listing, Offered, OnlineLevel, Period, Scheme, Tier};
use serde_json::json;

use super::*;
use crate::answer::ReadAs;
use crate::fixture::{Fixture, procedure};
use crate::levels::ListingState;
use crate::places::Places;
use crate::places::tests::{centre, unit};
use crate::request::Filters;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn today() -> NaiveDate {
    date("2021-03-01")
}

fn places() -> Places {
    let ever = |row_id, id, unit| centre(row_id, id, unit, Day::MIN, Day::MAX);
    Places::new(
        vec![
            unit(1, "42", None, Day::MIN, Day::MAX),
            unit(2, "18073", Some("42"), Day::MIN, Day::MAX),
            unit(3, "01", None, Day::MIN, Day::MAX),
        ],
        vec![ever(1, "p42", "42"), ever(2, "c18073", "18073"), ever(3, "p01", "01")],
        Vec::new(),
    )
}

fn listing(procedure_id: i64, level: usize) -> Listing {
    let level = OnlineLevel::all().nth(level);
    Listing {
        procedure_id,
        case: false,
        offered: Offered::Yes,
        level,
        period: Period::since(date("2021-01-01")),
        boundary_free: BoundaryFree::Unknown,
    }
}

fn unknown(procedure_id: i64) -> Listing {
    Listing { offered: Offered::Unknown, level: None, ..listing(procedure_id, 0) }
}

fn catalogue() -> Fixture {
    let birth = json!({
        "details": {
            "steps": [{"text": "Người yêu cầu nộp giấy chứng sinh tại bộ phận một cửa."}],
            "results": [{"name": "Giấy khai sinh"}],
            "dossier": [{"name": "Tờ khai theo mẫu"}],
        },
    });
    let batches = vec![
        vec![
            procedure(1, "1.001193", "Đăng ký khai sinh", &birth),
            procedure(2, "1.000656", "Đăng ký khai tử", &json!({})),
            procedure(3, "2.001406", "Đăng ký lại khai sinh", &json!({ "tiers": ["district", "commune"] })),
        ],
        vec![
            procedure(
                4,
                "1.012753",
                "Tách thửa đất",
                &json!({ "fields": ["dat-dai"], "applicants": ["enterprise"] }),
            ),
            procedure(
                5,
                "1.012753.H19",
                "Tách thửa đất hoặc hợp thửa đất",
                &json!({ "fields": ["dat-dai"] }),
            ),
            procedure(6, "1.000001", "Cấp đổi thẻ", &json!({ "period": { "valid_to": "2021-03-01" } })),
        ],
    ];
    let of_centres = [
        (1, vec![listing(1, 3), listing(2, 2), unknown(4)]),
        (2, vec![listing(1, 1), listing(4, 2)]),
        (3, vec![listing(3, 0)]),
    ];
    Fixture::new(batches, places(), &of_centres)
}

fn ask(fixture: &Fixture, request: &SearchRequest) -> SearchAnswer {
    answer(&fixture.state, request).expect("an answer")
}

fn codes(answer: &SearchAnswer) -> Vec<&str> {
    answer.hits.iter().map(|hit| hit.code.as_str()).collect()
}

fn search(text: &str) -> (Matching, Vec<String>) {
    let fixture = catalogue();
    let answer = ask(&fixture, &SearchRequest::new(text, today()));
    assert_eq!(answer.total as usize, answer.hits.len());
    (answer.matching, codes(&answer).into_iter().map(str::to_owned).collect())
}

#[test]
fn words_are_found_with_and_without_diacritics_and_decomposed() {
    for text in
        ["đăng ký khai sinh", "dang ky khai sinh", "ĐĂNG KÝ KHAI SINH", "đa\u{306}ng ky\u{301} khai sinh"]
    {
        let (matching, found) = search(text);
        assert_eq!(
            (matching, &found[..2]),
            (Matching::AllWords, &["1.001193".to_owned(), "2.001406".to_owned()][..])
        );
    }
}

#[test]
fn words_of_the_body_and_of_results_are_found() {
    assert_eq!(search("giay chung sinh").1[0], "1.001193");
}

#[test]
fn the_last_word_may_be_unfinished() {
    assert_eq!(search("tach thu"), (Matching::AllWords, vec!["1.012753".into(), "1.012753.H19".into()]));
    let fixture = catalogue();
    let finished = ask(&fixture, &SearchRequest::new("tach thu ", today()));
    assert_eq!(finished.read_as.corrected.as_deref(), Some("tach thua"), "a finished word is misspelt");
}

#[test]
fn without_a_text_that_has_every_word_the_nearest_are_shown() {
    let (matching, found) = search("khai tử xyz");
    assert_eq!(matching, Matching::SomeWords);
    assert_eq!(found, ["1.000656"]);
    assert_eq!(search("xyz").1, [""; 0]);
}

#[test]
fn a_code_answers_directly() {
    assert_eq!(search("1001193"), (Matching::Code, vec!["1.001193".into()]));
    assert_eq!(search("1.012753.H19"), (Matching::Code, vec!["1.012753.H19".into(), "1.012753".into()]));
    assert_eq!(search("khai sinh 1.000656").1, ["1.000656", "1.001193", "2.001406"]);
}

#[test]
fn nothing_typed_lists_everything_valid_by_name() {
    let (matching, found) = search("  ");
    assert_eq!(matching, Matching::Everything);
    assert_eq!(found, ["1.001193", "1.000656", "2.001406", "1.012753", "1.012753.H19"]);
    let fixture = catalogue();
    let before = ask(&fixture, &SearchRequest::new("", date("2021-02-28")));
    assert_eq!(before.total, 6, "the day before, one more text held");
}

#[test]
fn parts_of_a_list_follow_each_other() {
    let fixture = catalogue();
    for text in ["", "đăng ký", "1.0127"] {
        let whole = ask(&fixture, &SearchRequest::new(text, today()));
        let mut parts = Vec::new();
        for offset in 0..7 {
            let request = SearchRequest { offset, limit: 1, ..SearchRequest::new(text, today()) };
            let part = ask(&fixture, &request);
            assert_eq!((part.total, &part.facets), (whole.total, &whole.facets));
            parts.extend(part.hits);
        }
        assert_eq!(parts, whole.hits);
    }
}

#[test]
fn places_and_levels_filter() {
    let fixture = catalogue();
    let with = |unit: Option<&str>, centre: Option<&str>, level: Option<&str>| {
        let filters = Filters {
            unit: unit.map(|code| code.parse().expect("a unit")),
            centre: centre.map(|id| id.parse().expect("a centre")),
            level: level.map(|level| level.parse().expect("a level")),
            ..Filters::default()
        };
        let answer = ask(&fixture, &SearchRequest { filters, ..SearchRequest::new("", today()) });
        codes(&answer).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    // Unknown is not offered.
    assert_eq!(with(None, Some("p42"), None), ["1.001193", "1.000656"]);
    assert_eq!(with(Some("42"), None, None), ["1.001193", "1.000656", "1.012753"]);
    assert_eq!(with(Some("18073"), None, None), ["1.001193", "1.012753"]);
    assert_eq!(with(Some("18073"), Some("p42"), None), [""; 0]);
    assert_eq!(with(Some("42"), Some("p42"), Some("4")), ["1.001193"]);
    assert_eq!(with(None, None, Some("3")), ["1.000656", "1.012753"]);
    assert_eq!(with(None, None, Some("nd42-2022:full")), [""; 0]);
    assert_eq!(with(Some("99"), None, None), [""; 0]);
    assert_eq!(with(None, Some("nowhere"), None), [""; 0]);
}

#[test]
fn hits_tell_the_levels_of_the_place_asked_about() {
    let fixture = catalogue();
    let all = ask(&fixture, &SearchRequest::new("1.001193", today()));
    let level = |number| OnlineLevel::all().nth(number);
    let levels = &all.hits[0].levels;
    assert_eq!((levels.highest, levels.weakest, levels.scheme), (level(3), level(1), Some(Scheme::Nd43)));
    assert_eq!(all.hits[0].at_centre, None);
    let filters = Filters { centre: Some("c18073".parse().expect("an id")), ..Filters::default() };
    let there = ask(&fixture, &SearchRequest { filters, ..SearchRequest::new("1.001193", today()) });
    assert_eq!(there.hits[0].at_centre, level(1).map(ListingState::Level));
    assert_eq!(there.hits[0].levels.counts.total(), 1);
}

#[test]
fn a_facet_disregards_its_own_filter_only() {
    let fixture = catalogue();
    let filters = Filters {
        fields: vec!["dat-dai".parse().expect("a slug")],
        applicants: vec![Applicant::Enterprise],
        tiers: vec![Tier::Commune],
        ..Filters::default()
    };
    let found = ask(&fixture, &SearchRequest { filters, ..SearchRequest::new("", today()) });
    assert_eq!(codes(&found), ["1.012753"]);
    let fields: Vec<_> = found.facets.fields.iter().map(|field| (field.slug.as_str(), field.count)).collect();
    assert_eq!(fields, [("dat-dai", 1)]);
    let applicants: Vec<_> =
        found.facets.applicants.iter().map(|count| (count.applicant, count.count)).collect();
    assert_eq!(applicants, [(Applicant::Citizen, 1), (Applicant::Enterprise, 1)]);
    let levels: Vec<_> =
        found.facets.levels.iter().map(|count| (count.level.to_string(), count.count)).collect();
    assert_eq!(levels, [("nd43-2011:3".to_owned(), 1)]);
    assert_eq!(found.facets.states.len(), 1, "one centre says unknown");
}

#[test]
fn names_and_excerpts_are_marked() {
    let fixture = catalogue();
    let request = SearchRequest { snippets: true, ..SearchRequest::new("khai sinh chung", today()) };
    let found = ask(&fixture, &request);
    let hit = &found.hits[0];
    let marked: Vec<&str> = hit.name_marks.iter().map(|range| &hit.name[range.clone()]).collect();
    assert_eq!(marked, ["khai", "sinh"]);
    let snippet = hit.snippet.as_ref().expect("an excerpt");
    let marked: Vec<&str> = snippet.marks.iter().map(|range| &snippet.text[range.clone()]).collect();
    assert_eq!(marked, ["chứng", "sinh"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_answered_and_the_counts_are_those_of_the_list(
        text in "(\\PC{0,40}|[a-zđăâêôơưáàảãạ0-9 .,()\"']{0,210}|(khai|sinh|đăng|ký|Kỳ|Anh|1.001193|tử|dat|xã| ){0,40})",
        verbatim in proptest::bool::ANY,
    ) {
        static CATALOGUE: std::sync::LazyLock<std::sync::Mutex<Fixture>> =
            std::sync::LazyLock::new(|| std::sync::Mutex::new(catalogue()));
        let fixture = CATALOGUE.lock().expect("not poisoned");
        let request = SearchRequest { verbatim, explain: true, snippets: true, limit: 50, ..SearchRequest::new(text, today()) };
        let found = ask(&fixture, &request);
        proptest::prop_assert_eq!(found.total as usize, found.hits.len());
        for tier in &found.facets.tiers {
            let listed = found.hits.iter().filter(|hit| hit.tiers.contains(&tier.tier)).count();
            proptest::prop_assert_eq!(tier.count as usize, listed);
        }
        let mut codes: Vec<&str> = codes(&found);
        codes.sort_unstable();
        codes.dedup();
        proptest::prop_assert_eq!(codes.len(), found.hits.len(), "no hit twice");
        for hit in &found.hits {
            for mark in &hit.name_marks {
                proptest::prop_assert!(hit.name.get(mark.clone()).is_some());
            }
            if let Some(snippet) = &hit.snippet {
                proptest::prop_assert!(snippet.marks.iter().all(|mark| snippet.text.get(mark.clone()).is_some()));
            }
        }
        if verbatim {
            proptest::prop_assert_eq!(&found.read_as, &ReadAs::default());
        }
        let variants = found.explanation.map_or(0, |explanation| explanation.variants.len());
        proptest::prop_assert!(variants <= 13, "{} ways", variants);
    }
}

#[test]
fn scores_do_not_depend_on_how_the_index_came_about() {
    let history = catalogue();
    let rows = |fixture: &Fixture| {
        ["khai sinh", "dang ky", "thua dat xyz", "giấy chứng sinh"]
            .map(|text| ask(fixture, &SearchRequest::new(text, today())))
    };
    // The same records in one commit, after others that were replaced by them.
    let text = |id: i64, code: &str, name: &str, rest: serde_json::Value| procedure(id, code, name, &rest);
    let stale = (1..7).map(|id| text(id, "9.000000", "Đăng ký cũ khai sinh khai sinh", json!({}))).collect();
    let mut now = Vec::new();
    let birth = json!({
        "details": {
            "steps": [{"text": "Người yêu cầu nộp giấy chứng sinh tại bộ phận một cửa."}],
            "results": [{"name": "Giấy khai sinh"}],
            "dossier": [{"name": "Tờ khai theo mẫu"}],
        },
    });
    now.push(text(1, "1.001193", "Đăng ký khai sinh", birth));
    now.push(text(2, "1.000656", "Đăng ký khai tử", json!({})));
    now.push(text(3, "2.001406", "Đăng ký lại khai sinh", json!({ "tiers": ["district", "commune"] })));
    now.push(text(
        4,
        "1.012753",
        "Tách thửa đất",
        json!({ "fields": ["dat-dai"], "applicants": ["enterprise"] }),
    ));
    now.push(text(5, "1.012753.H19", "Tách thửa đất hoặc hợp thửa đất", json!({ "fields": ["dat-dai"] })));
    now.push(text(6, "1.000001", "Cấp đổi thẻ", json!({ "period": { "valid_to": "2021-03-01" } })));
    let of_centres = [
        (1, vec![listing(1, 3), listing(2, 2), unknown(4)]),
        (2, vec![listing(1, 1), listing(4, 2)]),
        (3, vec![listing(3, 0)]),
    ];
    let fresh = Fixture::new(vec![stale, now], places(), &of_centres);
    assert_eq!(rows(&history), rows(&fresh));
}
