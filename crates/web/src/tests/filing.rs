//! The templates on filing, written with full, bare and hostile contexts.

use askama::Template;
use motcua_catalogue::{Level, OnlineLevel, Scheme, WayKind};

use crate::address::Address;
use crate::frame::Part;
use crate::listing::{Link, Pager};
use crate::offer::{PointView, ReasonView};
use crate::pages::level_map::{
    LegendLine, LevelMapPage, ProvinceRow, SortLink, Symbol, Tile, TileGroup, UnitRow,
};
use crate::pages::ways::parts::{PhoneLine, SiteLine};
use crate::pages::ways::{AskPlace, ElsewhereLine, FindPlace, Originals, Paper, WayCard, WaysPage};
use crate::spread::SpreadView;
use crate::tests::markup::faults;
use crate::tests::samples::{HOSTILE, chosen_view, frame, l10n, spread, view};
use crate::words::{CodeView, LevelView};

fn check(template: &impl Template) -> String {
    let html = template.render().expect("writes");
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(!html.contains("<script>alert"), "it does not escape");
    assert!(html.contains("Dữ liệu mẫu"), "it hides that its data is made up");
    html
}

fn link(label: &str) -> Link {
    Link { label: label.to_owned(), href: Address::new("/vi/thu-tuc/1.001193/noi-nop") }
}

fn three() -> LevelView {
    LevelView::of(l10n(), OnlineLevel::new(Scheme::Nd43, Level::Three).expect("exists"))
}

fn card(kind: WayKind, is_full: bool) -> WayCard {
    let site = |text: &str| SiteLine {
        name: is_full.then(|| text.to_owned()),
        address: is_full.then(|| text.to_owned()),
        phones: if is_full { vec![PhoneLine::new(text)] } else { Vec::new() },
        hours: text.to_owned(),
        distance: text.to_owned(),
    };
    WayCard {
        kind,
        title: HOSTILE.into(),
        assumed: is_full.then(|| HOSTILE.into()),
        centre: HOSTILE.into(),
        centre_href: Address::new("/vi/trung-tam/c18070"),
        relation: "Nơi tiếp nhận theo địa bàn".into(),
        level: three(),
        derived: is_full.then(|| HOSTILE.into()),
        warning: is_full.then(|| HOSTILE.into()),
        is_online: kind != WayKind::Desk,
        reason: (kind == WayKind::PartlyOnline).then(|| ReasonView {
            kind: HOSTILE.into(),
            text: HOSTILE.into(),
            clause: HOSTILE.into(),
        }),
        link: is_full.then(|| "https://dvc.example/a?b=1&c=2".into()),
        time: None,
        fees: Vec::new(),
        fees_from: None,
        sites: if is_full { vec![site(HOSTILE), site("x")] } else { Vec::new() },
        source: is_full.then(|| HOSTILE.into()),
        is_elsewhere: is_full,
    }
}

fn ways(is_full: bool) -> WaysPage {
    let view = if is_full { chosen_view() } else { view() };
    let one = |kind| vec![card(kind, is_full)];
    WaysPage {
        frame: frame(&view, "/vi/thu-tuc/1.001193/noi-nop", HOSTILE, Part::Procedures),
        name: HOSTILE.into(),
        code: CodeView::new(&" 1.014325".parse().expect("a code")),
        procedure: Address::new("/vi/thu-tuc/1.001193"),
        map: Address::new("/vi/thu-tuc/1.001193/cac-noi"),
        ask: is_full.then(|| AskPlace {
            question: HOSTILE.into(),
            choices: vec![link(HOSTILE)],
            anew: Some(Address::new("/vi/thu-tuc/1.001193/noi-nop")),
            find: FindPlace {
                action: Address::new("/vi/thu-tuc/1.001193/noi-nop").with("as_of", HOSTILE),
                text: HOSTILE.into(),
                said: Some(HOSTILE.into()),
                choices: vec![link(HOSTILE)],
            },
        }),
        cases: if is_full { vec![link(HOSTILE)] } else { Vec::new() },
        chosen_case: is_full.then(|| link(HOSTILE)),
        notes: vec![HOSTILE.into()],
        change: is_full.then(|| Address::new("/vi/thu-tuc/1.001193/noi-nop")),
        best: Some(card(WayKind::FullyOnline, is_full)),
        best_why: is_full.then(|| HOSTILE.into()),
        others: one(WayKind::PartlyOnline),
        more_others: if is_full { one(WayKind::Post) } else { Vec::new() },
        desks: one(WayKind::Desk),
        more_desks: if is_full { one(WayKind::Desk) } else { Vec::new() },
        alternatives: is_full.then(|| HOSTILE.into()),
        paper: is_full.then(|| Paper {
            intro: HOSTILE.into(),
            points: vec![PointView { label: HOSTILE.into(), state: HOSTILE.into() }],
        }),
        originals: is_full.then(|| Originals { items: vec![HOSTILE.into()], none: Some(HOSTILE.into()) }),
        not_here: vec![HOSTILE.into()],
        elsewhere: vec![ElsewhereLine {
            centre: HOSTILE.into(),
            href: Address::new("/vi/trung-tam/c18070"),
            unit: HOSTILE.into(),
            level: three(),
            distance: is_full.then(|| HOSTILE.into()),
            boundary: is_full.then(|| HOSTILE.into()),
        }],
        elsewhere_count: Some(HOSTILE.into()),
        shown_date: "01/03/2021".into(),
    }
}

#[test]
fn where_to_file() {
    let full = check(&ways(true));
    assert!(full.contains("https://dvc.example/a?b=1") && !full.contains("b=1&c=2"));
    let bare = check(&ways(false));
    assert!(bare.contains("Chưa có đường dẫn") && bare.contains(&l10n().t("unknown-info").to_string()));
}

fn map(is_full: bool) -> LevelMapPage {
    let href = || Address::new("/vi/thu-tuc/1.001193").with("centre", "c18070");
    let symbol = |class| Symbol { class, short: "4".into(), words: HOSTILE.into() };
    LevelMapPage {
        frame: frame(&view(), "/vi/thu-tuc/1.001193/cac-noi", HOSTILE, Part::Procedures),
        name: HOSTILE.into(),
        code: CodeView::new(&"1.001193".parse().expect("a code")),
        procedure: Address::new("/vi/thu-tuc/1.001193"),
        ways: Address::new("/vi/thu-tuc/1.001193/noi-nop"),
        spread: if is_full {
            SpreadView::new(l10n(), &spread(), HOSTILE.into())
        } else {
            SpreadView { title: "Cả nước".into(), lines: Vec::new() }
        },
        unlisted: is_full.then(|| HOSTILE.into()),
        hidden: is_full.then(|| HOSTILE.into()),
        groups: if is_full {
            let tile = |class| Tile { symbol: symbol(class), unit: HOSTILE.into(), href: href() };
            vec![TileGroup { title: HOSTILE.into(), tiles: ["top", "off"].map(tile).into() }]
        } else {
            Vec::new()
        },
        legend: vec![LegendLine { symbol: symbol("top"), count: 3 }],
        sorts: vec![SortLink { label: HOSTILE.into(), href: href(), is_chosen: true }],
        rows: vec![UnitRow {
            unit: HOSTILE.into(),
            href: href(),
            above: HOSTILE.into(),
            tier: "Cấp xã".into(),
            level: three(),
        }],
        pager: Pager { previous: None, next: Some(href()), position: HOSTILE.into() },
        provinces: if is_full {
            Vec::new()
        } else {
            vec![ProvinceRow {
                name: HOSTILE.into(),
                href: href(),
                highest: Some(three()),
                weakest: None,
                offered: "3/5".into(),
                unknown: 2,
            }]
        },
        caption: HOSTILE.into(),
        empty: (!is_full).then(|| HOSTILE.into()),
    }
}

#[test]
fn the_map_of_levels() {
    let full = check(&map(true));
    assert!(full.contains("class=\"lv off\"") && full.contains("aria-current=\"true\""));
    let nation = check(&map(false));
    assert!(nation.contains("3/5") && !nation.contains("class=\"tiles\""));
}
