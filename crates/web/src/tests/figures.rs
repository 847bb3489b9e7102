//! The statistics page, and centres' own figures, from hand-made numbers.

use std::sync::Arc;

use motcua_catalogue::figures::{
    Coverage, IndicatorRules, ListingState, OnlineIndicator, Share, ShareSpread, UnitShare,
};
use motcua_catalogue::{CentreFigure, OnlineLevel, Stored, Tier};
use motcua_search::{CoverageAnswer, CoverageGroup, QuickWin, QuickWins, Series, SeriesPoint};

use crate::address::Address;
use crate::centre_work::WorkView;
use crate::frame::{Part, View};
use crate::pages::statistics::{Counted, Order, StatisticsPage, StatisticsParams, figures};
use crate::tests::pages::check;
use crate::tests::samples::{HOSTILE, frame, l10n, view};

fn coverage(levels: &[(usize, u64)], unknown: u64, not_listed: u64) -> Coverage {
    let mut coverage = Coverage { not_listed, ..Coverage::default() };
    for (place, count) in levels {
        let level = OnlineLevel::all().nth(*place).expect("a level");
        coverage.counts.add(ListingState::Level(level), *count);
    }
    coverage.counts.add(ListingState::Unknown, unknown);
    coverage
}

fn group(key: &str, name: Option<&str>, coverage: Coverage) -> CoverageGroup {
    CoverageGroup {
        key: key.to_owned(),
        name: name.map(str::to_owned),
        tier: Some(Tier::Commune),
        is_own: false,
        coverage,
    }
}

fn answer(groups: Vec<CoverageGroup>) -> Arc<CoverageAnswer> {
    let unit = |group: &CoverageGroup| UnitShare { code: group.key.clone(), share: group.coverage.online() };
    Arc::new(CoverageAnswer {
        total: coverage(&[(1, 40), (2, 30), (3, 20)], 5, 5),
        centres: 12,
        procedures: 25,
        spread: ShareSpread::of(groups.iter().filter(|group| !group.is_own).map(unit)),
        groups,
    })
}

fn counted() -> Counted {
    let point = |day: &str, online| SeriesPoint {
        day: day.parse().expect("a day"),
        centres: 12,
        coverage: coverage(&[(1, 100 - online), (3, online)], 0, 0),
    };
    let unrecorded = |day: &str| SeriesPoint { coverage: coverage(&[], 0, 100), ..point(day, 0) };
    let win = QuickWin {
        code: "1.001193".parse().expect("a code"),
        name: HOSTILE.to_owned(),
        tier: Tier::Commune,
        listings: 40,
        here: coverage(&[(1, 40)], 0, 0),
        online_centres: 176,
        online_elsewhere: 3,
        concerned_centres: 229,
        effect: Share::of(40, 1000),
    };
    let units = vec![
        group("18070", Some(HOSTILE), coverage(&[(1, 9), (2, 1)], 2, 1)),
        group("18073", Some("Phường Thành Sen"), coverage(&[(1, 1), (3, 9)], 0, 0)),
        CoverageGroup { is_own: true, ..group("42", Some("Tỉnh Hà Tĩnh"), coverage(&[(3, 4)], 0, 0)) },
    ];
    Counted {
        tiers: answer(vec![
            group("commune", None, coverage(&[(1, 30), (2, 20)], 4, 3)),
            group("province", None, coverage(&[(2, 10), (3, 20)], 1, 2)),
        ]),
        units: answer(units),
        fields: answer(vec![group("ho-tich", Some("Hộ tịch"), coverage(&[(1, 4)], 0, 0))]),
        series: Series {
            points: vec![
                unrecorded("2020-11-01"),
                point("2020-12-01", 10),
                point("2021-01-01", 35),
                point("2021-03-01", 50),
            ],
            recorded_from: Some("2020-11-20".parse().expect("a day")),
            breaks: vec!["2021-01-01".parse().expect("a day")],
            is_cut: false,
        },
        indicator: Some(OnlineIndicator {
            online: Share::of(20, 25),
            full: Share::of(9, 24),
            offline_only: 1,
            unmarked: 3,
            by_old_levels: 20,
        }),
        wins: QuickWins { honest: vec![win.clone()], official: vec![win] },
    }
}

fn page(view: &View, counted: Option<&Counted>, rules: &IndicatorRules) -> StatisticsPage {
    let frame = frame(view, "/vi/thong-ke", "Thống kê mức độ trực tuyến: Tỉnh Hà Tĩnh", Part::None);
    let here = Address::new("/vi/thong-ke").with("unit", "42");
    let params = StatisticsParams { tier: None, field: None, order: Order::Weakest, view: view.clone() };
    StatisticsPage {
        intro: l10n().t("statistics-intro").arg("place", HOSTILE).arg("date", "01/03/2021").to_string(),
        filters: Vec::new(),
        figures: counted.map(|counted| figures(l10n(), rules, &params, &frame, &here, counted)),
        frame,
    }
}

#[test]
fn statistics() {
    let rules = IndicatorRules { points: Some(4), ..IndicatorRules::default() };
    let counted = counted();
    let html = check("statistics", &page(&view(), Some(&counted), &rules));
    for said in [
        "50,0% (50/100)",
        "80,0% (20/25)",
        "4,00/4 điểm",
        "Thấp hơn đơn vị dẫn đầu (Phường Thành Sen: 90,0% (9/10)) 82,3 điểm phần trăm.",
        "Quyết định 766/QĐ-TTg ban hành ngày 23/06/2022; số của ngày 01/03/2021 chỉ là tính lùi",
        "Trước ngày 20/11/2020 chưa có trung tâm nào công bố.",
        "Ngày 01/01/2021: đơn vị hành chính hoặc cách gọi mức độ thay đổi",
        "chưa có số liệu",
        "class=\"break\"",
        "176/229 trung tâm cùng cấp đã cung cấp trực tuyến, trong đó 3 ở nơi khác.",
        "Trung tâm của chính Tỉnh Hà Tĩnh",
        "Mức độ 3 (NĐ 43/2011)",
        "tăng 4,0 điểm phần trăm",
        "format=csv",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(html.contains("assets/charts."), "the styles of charts are linked");
    assert!(
        !html.contains(">0,0%</td>"),
        "where nothing is recorded there is no share, not even one of nought"
    );
    assert!(!html.contains("Chuỗi quá dài"));
    let mut cut = counted;
    cut.series.is_cut = true;
    cut.wins.official.clear();
    cut.wins.honest.iter_mut().for_each(|win| win.online_elsewhere = 0);
    let html = check("statistics-cut", &page(&view(), Some(&cut), &rules));
    assert!(html.contains("Chuỗi quá dài nên chỉ có từ ngày 01/11/2020"));
    assert!(html.contains("Không có thủ tục nào chỉ cần một trung tâm là tăng chỉ số."));
    assert!(html.contains("đã cung cấp trực tuyến.</span>"), "no tail of nought");
    let html = check("statistics-empty", &page(&view(), None, &rules));
    assert!(html.contains("Không có số liệu nào"));
}

#[test]
fn a_place_with_one_centre_names_what_helps_once() {
    let mut counted = counted();
    let tiers = CoverageAnswer { centres: 1, ..CoverageAnswer::clone(&counted.tiers) };
    counted.tiers = Arc::new(tiers);
    let html = check("statistics-one", &page(&view(), Some(&counted), &IndicatorRules::default()));
    assert_eq!(html.matches("176/229").count(), 1);
    assert!(html.contains("Tăng cả tỷ lệ nộp được qua mạng và chỉ số 766"));
}

/// The number before each `</text>` of a class, in order.
fn texts(svg: &str, class: &str) -> Vec<String> {
    let mark = format!("class=\"{class}\"");
    let text =
        |part: &str| part.split_once('>').and_then(|(_, rest)| rest.split('<').next()).map(str::to_owned);
    svg.split(&mark).skip(1).filter_map(text).collect()
}

#[test]
fn every_number_of_a_chart_stands_in_the_table_beside_it() {
    let html = check("statistics-charts", &page(&view(), Some(&counted()), &IndicatorRules::default()));
    let (_, after) = html.split_once("id=\"theo-cap\"").expect("the section");
    let section = after.split("</section>").next().expect("its end");
    let (svg, table) = section.split_once("</figure>").expect("a chart before its table");
    let numbers = texts(svg, "number");
    assert!(numbers.len() >= 8, "{numbers:?}");
    for number in &numbers {
        assert!(table.contains(&format!(">{number}</td>")), "{number} is not in the table");
    }
    for note in texts(svg, "note") {
        assert!(table.contains(&format!(">{note} (")), "{note} is not in the table");
    }
    let desc = svg.split("<desc").nth(1).and_then(|rest| rest.split("</desc>").next()).expect("words");
    assert!(desc.contains("Cấp xã: "), "{desc}");
    let patterns: Vec<&str> = svg.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(patterns.iter().all(|pattern| html.contains(&format!("id=\"{pattern}\""))), "{patterns:?}");
}

/// Figures of some months, the last of them February 2021.
pub(crate) fn work(months: usize) -> Option<WorkView> {
    let figure = |month: &str, on_time: u32| CentreFigure {
        centre: "p42".parse().expect("an id"),
        month: month.parse().expect("a month"),
        received: Some(1200),
        received_online: Some(480),
        resolved: Some(1150),
        on_time: Some(on_time),
        overdue: None,
        satisfaction: Some(motcua_catalogue::Quantity::from_tenths(985)),
        source: serde_json::from_value(serde_json::json!({"kind": "sample", "citation": "dữ liệu mẫu"}))
            .expect("a source"),
    };
    let all = [("2021-02", 1139), ("2021-01", 1100), ("2020-12", 900)];
    let stored = |(month, on_time): &(&str, u32)| Stored {
        id: 1,
        version: 1,
        changed_at: "2021-03-01T00:00:00Z".parse().expect("a moment"),
        record: figure(month, *on_time),
    };
    let figures: Vec<_> = all.iter().take(months).map(stored).collect();
    WorkView::new(l10n(), &figures, Address::new("/api/v1/centres/p42/figures").with("format", "csv"))
}

#[test]
fn a_centre_shows_its_latest_month_and_what_is_not_known() {
    let work = work(3).expect("three months");
    assert_eq!(work.latest.month, "02/2021");
    assert_eq!(work.latest.on_time.as_deref(), Some("99,0% (1.139/1.150)"));
    assert_eq!(work.latest.online.as_deref(), Some("40,0% (480/1.200)"));
    assert_eq!(work.latest.satisfaction.as_deref(), Some("98,5%"));
    assert_eq!(work.latest.overdue, None);
    assert!(work.chart.is_some());
    assert!(self::work(1).expect("one month").chart.is_none());
    assert_eq!(self::work(0), None);
}
