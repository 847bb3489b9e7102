//! Every template, written with sample contexts and checked. To look at the pages, set `MOTCUA_WEB_SAMPLES` to a
//! folder: they are written there together with the assets.

use askama::Template;
use motcua_catalogue::{Level, OnlineLevel, Scheme};
use motcua_http::{Problem, ProblemKind};
use motcua_search::ListingState;
use serde_json::json;

use crate::address::Address;
use crate::frame::{Part, View};
use crate::listing::{Choice, Count, Facet, Link, Pager, Select, SelectOption, Tile};
use crate::marks::pieces;
use crate::offer::OfferView;
use crate::pages::about::AboutPage;
use crate::pages::centre::{CentrePage, HoursLine, LevelLine, PhoneView, ProcedureLine, SiteView};
use crate::pages::centres::{CentreLine, CentresPage, TierTab};
use crate::pages::former::Former;
use crate::pages::help::{HelpPage, schemes};
use crate::pages::history::{HistoryPage, line};
use crate::pages::home::{HomePage, LevelStep};
use crate::pages::places::PlacesPage;
use crate::pages::places::found::{ChoiceLine, FormerLine, FoundView, OneView};
use crate::pages::problem::{problem_page, problem_type_page};
use crate::pages::procedure::{Here, ProcedurePage, parts_of};
use crate::pages::reading::{PlaceNote, ReadView};
use crate::pages::results::{HitView, ResultsPage};
use crate::pages::unit::told::ElsewhenUnit;
use crate::pages::unit::{ElsewhenPage, EndLine, UnitPage};
use crate::spread::{SpreadView, sentence, state_view};
use crate::tests::markup::faults;
use crate::tests::samples::{
    HOSTILE, availability, bare_procedure, chosen_view, frame, full_procedure, l10n, scheme_name, site,
    spread, view,
};
use crate::words::{CodeView, LevelView};

pub(crate) fn check(name: &str, template: &impl Template) -> String {
    let html = template.render().expect("writes");
    assert_eq!(faults(&html), Vec::<String>::new(), "{name}");
    assert!(!html.contains("<script>alert"), "{name} does not escape");
    assert!(html.contains("Dữ liệu mẫu"), "{name} hides that its data is made up");
    if let Some(dir) = std::env::var_os("MOTCUA_WEB_SAMPLES") {
        let dir = std::path::PathBuf::from(dir);
        let assets = crate::assets::Assets::get();
        std::fs::create_dir_all(dir.join("assets")).expect("a folder");
        for (asset, body) in [
            (&assets.css, include_str!("../../assets/motcua.css")),
            (&assets.icon, include_str!("../../assets/favicon.svg")),
            (&assets.charts, include_str!("../../assets/charts.css")),
        ] {
            std::fs::write(dir.join(asset.href.trim_start_matches('/')), body).expect("writes");
        }
        std::fs::write(dir.join(format!("{name}.html")), html.replace("\"/assets/", "\"assets/"))
            .expect("writes");
    }
    html
}

fn nd43(level: Level) -> LevelView {
    LevelView::of(l10n(), OnlineLevel::new(Scheme::Nd43, level).expect("exists"))
}

fn link(label: &str) -> Link {
    Link { label: label.to_owned(), href: Address::new("/vi/thu-tuc") }
}

fn pager() -> Pager {
    Pager {
        previous: Some(Address::new("/vi/thu-tuc")),
        next: Some(Address::new("/vi/thu-tuc").with("cursor", "x")),
        position: "Mục 21–40 trong 143".into(),
    }
}

fn no_pager() -> Pager {
    Pager { previous: None, next: None, position: String::new() }
}

fn tile(label: &str, count: u64) -> Tile {
    Tile {
        label: label.into(),
        note: "Thủ tục dành cho công dân".into(),
        count,
        href: Address::new("/vi/thu-tuc"),
    }
}

#[test]
fn home() {
    for (name, view) in [("home", view()), ("home-today", chosen_view())] {
        let fields =
            ["Đất đai", "Hộ tịch", "Thành lập và hoạt động của hộ kinh doanh", "Nuôi con nuôi", "Chứng thực"];
        let page = HomePage {
            frame: frame(&view, "/vi", &l10n().t("home-title").to_string(), Part::None),
            search: view.carried.to(Address::new("/vi/thu-tuc")),
            examples: ["khai sinh cho con", "đăng ký kết hôn", "tách thửa đất"].map(link).into(),
            numbers: l10n()
                .t("home-numbers")
                .arg("procedures", 1243_u64)
                .arg("date", "01/03/2021")
                .to_string(),
            applicants: vec![tile("Người dân", 802), tile("Doanh nghiệp", 611)],
            tiers: vec![tile("Cấp tỉnh", 900), tile("Cấp huyện", 240), tile("Cấp xã", 130)],
            scheme: scheme_name(),
            levels: [Level::One, Level::Two, Level::Three, Level::Four]
                .map(|level| LevelStep {
                    level: nd43(level),
                    meaning: l10n().t(crate::words::level_meaning_key(level)).to_string(),
                    count: 321,
                    href: (level != Level::One).then(|| Address::new("/vi/thu-tuc")),
                })
                .into(),
            fields: fields.map(|field| tile(field, 60)).into(),
        };
        let html = check(name, &page);
        assert!(html.contains("type=\"search\"") && html.contains("1.243"));
    }
}

fn read_as() -> ReadView {
    ReadView {
        searched: Some("Đang tìm: “công chứng viên”.".into()),
        places: vec![PlaceNote {
            text: HOSTILE.into(), only: vec![link("Tỉnh Khánh Hòa"), link("Xã X")]
        }],
        ways: vec![link("Tìm đúng nguyên văn"), link(HOSTILE)],
    }
}

fn results(view: &View, hits: Vec<HitView>) -> ResultsPage {
    let here = view.carried.to(Address::new("/vi/thu-tuc").with("q", HOSTILE));
    let choice = |label: &str, procedures, chosen| {
        Choice::new(l10n(), &here, "tier", "commune", label.into(), Count { procedures, chosen })
    };
    ResultsPage {
        frame: frame(view, "/vi/thu-tuc", "Kết quả tìm “khai sinh”", Part::Procedures),
        search: here.clone().without("q"),
        query: HOSTILE.into(),
        count: "Có 143 thủ tục cho “khai sinh” vào ngày 01/03/2021.".into(),
        note: None,
        read_as: Some(read_as()),
        chips: vec![link("Cấp xã"), link("Lĩnh vực: Hộ tịch")],
        reset: Address::new("/vi/thu-tuc"),
        ways: vec![link("Bỏ các bộ lọc, giữ nguyên từ khóa")],
        facets: vec![
            Facet::new("Mức độ trực tuyến".into(), vec![choice("Mức độ 4 (NĐ 43/2011)", 60, false)]),
            Facet::new(
                "Cấp thực hiện".into(),
                (0..20).map(|n| choice(&format!("Cấp {n}"), n, n == 3)).collect(),
            ),
        ],
        pager: if hits.is_empty() { no_pager() } else { pager() },
        hits,
    }
}

/// A former place with as many successors.
fn former(successors: usize) -> Former {
    let line = EndLine {
        name: "Phường Thành Sen, Tỉnh Hà Tĩnh".into(),
        href: Some(Address::new("/vi/thu-tuc").with("unit", "18073").with("as_of", "today")),
        detail: "toàn bộ, từ ngày 01/07/2025".into(),
    };
    Former {
        heading: "Nơi đã chọn không có vào ngày 23/11/2026".into(),
        message: HOSTILE.into(),
        title: "Nay là".into(),
        single: (successors == 1).then(|| line.clone()),
        is_unknown: successors == 0,
        choices: if successors > 1 { vec![line; successors] } else { Vec::new() },
        more: None,
        page: Some(link("Xem trang của Thành phố Hà Tĩnh")),
        then: Some(link("Xem ngày 30/06/2025")),
        clear: Some(Address::new("/vi/thu-tuc")),
    }
}

#[test]
fn results_page() {
    let name = "Thủ tục đăng ký khai sinh";
    let start = name.find("khai").expect("there");
    let hit = HitView {
        href: Address::of("/vi/thu-tuc", "1.001193"),
        name: pieces(name, std::slice::from_ref(&(start..name.len()))),
        code: CodeView::new(&"1.001193".parse().expect("a code")),
        field: "Hộ tịch".into(),
        tiers: vec!["Cấp xã".into()],
        snippet: Some(pieces(HOSTILE, std::slice::from_ref(&(0..8)))),
        others: vec![link("Cấp tỉnh (1.001194)"), link("Cấp trung ương (1.001195)")],
        here: None,
        best: Some(nd43(Level::Four)),
        spread: sentence(l10n(), &spread()),
    };
    let bare = HitView { snippet: None, best: None, field: String::new(), tiers: Vec::new(), ..hit.clone() };
    let here = HitView {
        name: pieces(
            "Thủ tục đăng ký khai sinh có yếu tố nước ngoài cho trẻ em đang cư trú tại Việt Nam",
            &[],
        ),
        here: Some(state_view(l10n(), ListingState::NotOffered)),
        ..hit.clone()
    };
    let html =
        check("results", &results(&view(), vec![hit.clone(), bare, here.clone(), hit.clone(), hit.clone()]));
    assert!(html.contains("<mark>khai sinh</mark>"));
    assert!(
        html.contains("60/216 trung tâm") && html.contains("thấp nhất: Mức độ 2"),
        "never the best alone"
    );
    check("results-today", &results(&chosen_view(), vec![here, hit]));
    let html = check("results-empty", &results(&view(), Vec::new()));
    assert!(html.contains("Bạn có thể thử"));
    for count in [0, 1, 2] {
        let mut page = results(&chosen_view(), Vec::new());
        if let Some(place) = &mut page.frame.place {
            place.former = Some(former(count));
        }
        let html = check(&format!("results-former-{count}"), &page);
        assert!(
            !html.contains("Không tìm thấy") && !html.contains("Có 143 thủ tục"),
            "no claim about the place"
        );
        assert!(html.matches("unit=18073&#38;as_of=today").count() >= count);
        assert_eq!(html.contains("Hãy chọn một nơi"), count > 1);
    }
}

fn procedure(view: &View, at: &motcua_catalogue::ProcedureAt, offers: Vec<OfferView>) -> ProcedurePage {
    let record = &at.stored.record;
    let is_full = !offers.is_empty();
    ProcedurePage {
        frame: frame(view, "/vi/thu-tuc/1.001193", &record.name, Part::Procedures),
        name: record.name.clone(),
        code: CodeView::new(&record.code),
        fields: vec![link("Hộ tịch")],
        remarks: if is_full { Vec::new() } else { vec![l10n().t("procedure-listed-only").to_string()] },
        here: view.carried.unit.as_ref().map(|_| Here {
            place: "Phường Thành Sen".into(),
            is_above: false,
            offers: offers.iter().take(1).cloned().collect(),
        }),
        spread: if is_full {
            SpreadView::new(l10n(), &spread(), "Trong 182 trung tâm thực hiện:".into())
        } else {
            SpreadView::default()
        },
        level_notes: Vec::new(),
        parts: parts_of(at),
        offers_total: offers.len() as u64,
        offers_count: "4 trung tâm ghi nhận thủ tục này.".into(),
        offers_form: view.carried.to(Address::new("/vi/thu-tuc/1.001193")).at("noi-lam"),
        selects: vec![Select {
            name: "tier",
            label: "Cấp thực hiện".into(),
            options: vec![SelectOption { value: String::new(), label: "Mọi cấp".into(), chosen: true }],
        }],
        pager: if is_full { pager() } else { no_pager() },
        offers,
        history: Address::new("/vi/thu-tuc/1.001193/lich-su"),
        shown_date: "01/03/2021".into(),
        responsible: vec![link(HOSTILE)],
        ways: link("Nơi nộp"),
        map: link("Các nơi"),
    }
}

#[test]
fn procedure_page() {
    let level = |scheme: &str, level: &str| Some(json!({"scheme": scheme, "level": level}));
    let offer = |offered, level| OfferView::new(l10n(), &availability(offered, level), &chosen_view());
    let offers = || {
        vec![
            offer("yes", level("nd43-2011", "4")),
            offer("yes", level("nd43-2011", "2")),
            offer("yes", level("nd42-2022", "partial")),
            offer("yes", None),
            offer("no", None),
            offer("unknown", None),
        ]
    };
    let html = check("procedure", &procedure(&view(), &full_procedure(), offers()));
    for words in [
        "Cao nhất",
        "Thấp nhất",
        "1 ngày làm việc",
        "7,5 ngày làm việc",
        "8.000 đồng",
        "Miễn phí",
        "Giấy khai sinh",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(html.contains("https://dichvucong.hatinh.gov.vn/x?a=1&#38;b=2"));
    check("procedure-here", &procedure(&chosen_view(), &full_procedure(), offers()));
    let html = check("procedure-bare", &procedure(&chosen_view(), &bare_procedure(), Vec::new()));
    assert!(html.matches("chưa có thông tin").count() >= 8, "unknown is said");
}

#[test]
fn centre_pages() {
    let line = |days: &str, hours: &str| HoursLine { days: days.into(), hours: hours.into() };
    let full = SiteView {
        name: Some("Cơ sở 1".into()),
        address: Some("Số 02, đường Nguyễn Chí Thanh".into()),
        phones: vec![PhoneView { shown: "0239 1234 567".into(), href: "tel:02391234567".into() }],
        email: Some("motcua@example.vn".into()),
        hours: vec![
            line("Thứ Hai – Thứ Sáu", "07:30–11:30, 13:30–17:00"),
            line("Chủ nhật", "Không làm việc"),
        ],
        exceptions: vec![line("02/09/2021", "Không làm việc (Quốc khánh)")],
    };
    let unknown = SiteView {
        name: None,
        address: None,
        phones: Vec::new(),
        email: None,
        hours: Vec::new(),
        exceptions: Vec::new(),
    };
    let name = "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh";
    let here = Address::new("/vi/trung-tam/p42");
    let procedure = ProcedureLine {
        name: "Cấp giấy phép xây dựng mới đối với công trình".into(),
        href: Address::of("/vi/thu-tuc", "1.009974"),
        code: CodeView::new(&" 1.014325".parse().expect("a code")),
        field: None,
        case: Some("Trường hợp 01".into()),
        level: nd43(Level::Three),
        warning: Some(HOSTILE.into()),
        derived: Some(HOSTILE.into()),
        ways: Address::new("/vi/thu-tuc/1.009974/noi-nop"),
    };
    let page = CentrePage {
        frame: frame(&view(), "/vi/trung-tam/p42", name, Part::Centres),
        name: name.into(),
        tier: "Cấp tỉnh".into(),
        places: vec![link("Tỉnh Hà Tĩnh")],
        moved: Some(HOSTILE.into()),
        inactive: None,
        profile: l10n().t("centre-profile").to_string(),
        period: "từ ngày 13/07/2017".into(),
        sites: vec![full, unknown],
        portal: Some("https://motcua.hatinh.gov.vn".into()),
        note: Some(HOSTILE.into()),
        source: "Nguồn: Dữ liệu mẫu – dữ liệu mẫu".into(),
        history: here.clone(),
        counts: [Level::Four, Level::Three, Level::Two]
            .map(|level| LevelLine { level: nd43(level), count: 120, href: Some(here.clone().at("thu-tuc")) })
            .into(),
        online: Some("240 trong 360 thủ tục trung tâm đang thực hiện gửi được hồ sơ qua mạng.".into()),
        search: here.clone(),
        query: HOSTILE.into(),
        count: "360 thủ tục khớp vào ngày 01/03/2021.".into(),
        levels: Facet::new(
            "Lọc theo mức độ".into(),
            vec![Choice::new(
                l10n(),
                &here,
                "level",
                "4",
                "Mức độ 4".into(),
                Count { procedures: 120, chosen: true },
            )],
        ),
        procedures: vec![procedure.clone(), procedure],
        shows_fields: true,
        pager: pager(),
        find_here: Address::new("/vi/thu-tuc").with("centre", "p42"),
        statistics: Address::new("/vi/thong-ke").with("centre", "p42"),
        work: crate::tests::figures::work(3),
        shown_date: "01/03/2021".into(),
    };
    let html = check("centre", &page);
    assert!(html.matches("chưa có thông tin").count() >= 4);
    assert!(html.contains("␠1.014325") && html.contains("mã không theo mẫu chung"));
    let closed = CentrePage { inactive: Some(former(1)), shows_fields: false, ..page };
    let html = check("centre-closed", &closed);
    assert!(html.contains("Nay là") && !html.contains("360 thủ tục khớp"));
    assert!(!html.contains("Tìm thủ tục tại trung tâm này"), "nothing is done at a closed centre");
    let centre = CentreLine {
        name: name.into(),
        href: here,
        tier: "Cấp tỉnh".into(),
        unit: "Tỉnh Hà Tĩnh".into(),
        address: None,
        phone: None,
    };
    let tab =
        |label: &str, chosen| TierTab { label: label.into(), href: Address::new("/vi/trung-tam"), chosen };
    for (name, centres) in [("centres", vec![centre.clone(), centre]), ("centres-empty", Vec::new())] {
        let page = CentresPage {
            frame: frame(&chosen_view(), "/vi/trung-tam", "Trung tâm và bộ phận một cửa", Part::Centres),
            count: "Có 230 trung tâm vào ngày 01/03/2021.".into(),
            tiers: vec![tab("Tất cả các cấp", true), tab("Cấp tỉnh", false), tab("Cấp huyện", false)],
            pager: if centres.is_empty() { no_pager() } else { pager() },
            centres,
            empty: "centres-empty-any",
        };
        check(name, &page);
    }
}

#[test]
fn history_pages() {
    let now = "2026-11-23T03:00:00Z".parse().expect("a moment");
    let record = availability("yes", Some(json!({"scheme": "nd43-2011", "level": "3"}))).stored.record;
    let revision = |shown_to, changed: &[&str], record| motcua_catalogue::Revision {
        sequence: 7,
        key: "1.001193/c18073@2021-01-01".into(),
        version: 2,
        actor_kind: motcua_catalogue::ActorKind::Program,
        actor: "import".into(),
        reason: Some(HOSTILE.into()),
        shown_from: "2021-02-28T17:30:00Z".parse().expect("a moment"),
        shown_to,
        record,
        before: None,
        changed: changed.iter().map(|name| (*name).to_owned()).collect(),
    };
    let record = serde_json::to_value(record).expect("a record");
    let states = [
        revision(None, &[], None),
        revision(Some(now), &["level", "secret_of_tomorrow"], Some(record.clone())),
        revision(Some(now), &[], Some(record)),
    ];
    for (name, states) in [("history", states.as_slice()), ("history-empty", &[])] {
        let page = HistoryPage {
            frame: frame(&chosen_view(), "/vi/thu-tuc/1.001193/lich-su", "Lịch sử công bố", Part::Procedures),
            count: "3 lần công bố".into(),
            states: states.iter().map(|state| line(l10n(), state)).collect(),
            pager: if states.is_empty() { no_pager() } else { pager() },
        };
        let html = check(name, &page);
        if !states.is_empty() {
            assert!(html.contains("từ 00:30:00 01/03/2021 đến 10:00:00 23/11/2026"), "times are Vietnam's");
            assert!(html.contains("Thay đổi: mức độ, thông tin khác (secret_of_tomorrow)"));
            assert!(html.contains("Đã rút lại") && html.contains("Công bố lần đầu"));
        }
    }
}

#[test]
fn place_pages() {
    let names = ["Thành phố Hà Nội", "Tỉnh Hà Giang", "Tỉnh Cao Bằng", "Tỉnh Thừa Thiên Huế", "Tỉnh Hà Tĩnh"];
    for (name, provinces) in [("places", names.map(link).into()), ("places-empty", Vec::new())] {
        let page = PlacesPage {
            frame: frame(&view(), "/vi/noi", "Chọn nơi", Part::Places),
            action: Address::new("/vi/noi").with("as_of", "today"),
            query: HOSTILE.into(),
            is_too_long: provinces.is_empty(),
            found: Some(found(provinces.is_empty())),
            count: "63 tỉnh, thành phố vào ngày 01/03/2021.".into(),
            provinces,
        };
        check(name, &page);
    }
    let end = EndLine {
        name: "Xã Thạch Hạ".into(),
        href: Some(Address::new("/vi/noi/18100").with("as_of", "2025-06-30")),
        detail: "nhập toàn bộ từ ngày 01/07/2025".into(),
    };
    let unknown =
        EndLine { name: "chưa có thông tin".into(), href: None, detail: "từ ngày 01/07/2025".into() };
    for (name, ends) in [("unit", vec![end.clone(), unknown]), ("unit-bare", Vec::new())] {
        let page = UnitPage {
            frame: frame(&view(), "/vi/noi/18100", "Phường Trần Phú", Part::Places),
            name: "Phường Trần Phú".into(),
            tier: "Cấp xã".into(),
            code: "18100".into(),
            moved: (!ends.is_empty()).then(|| HOSTILE.into()),
            search: Address::new("/vi/thu-tuc").with("unit", "18100"),
            choose: Address::new("/vi").with("unit", "18100"),
            statistics: Address::new("/vi/thong-ke").with("unit", "18100"),
            centres: Vec::new(),
            centres_all: (!ends.is_empty()).then(|| link("Xem cả 70 trung tâm trong địa bàn")),
            below_title: "13 huyện, quận, thị xã, thành phố".into(),
            below: if ends.is_empty() {
                Vec::new()
            } else {
                vec![link("Huyện Kỳ Anh"), link("Thị xã Kỳ Anh")]
            },
            predecessors: ends.clone(),
            successors: ends,
            source: "Nguồn: Bộ dữ liệu đã công bố".into(),
        };
        check(name, &page);
    }
    let former = ElsewhenUnit {
        name: "Phường Đại Nài, Thành phố Hà Tĩnh".into(),
        period: "Mang mã 18085 đến trước ngày 01/07/2025.".into(),
        then: Some(link("Xem ngày 30/06/2025, khi đơn vị này còn tồn tại")),
        predecessors: Vec::new(),
        became: "Nay là".into(),
        successors: vec![end.clone(), end],
        is_split: true,
        is_unknown: false,
    };
    let lost = ElsewhenUnit {
        successors: Vec::new(),
        then: None,
        is_split: false,
        is_unknown: true,
        ..former.clone()
    };
    let page = ElsewhenPage {
        frame: frame(&chosen_view(), "/vi/noi/18085", "Phường Đại Nài", Part::Places),
        intro: "Phường Đại Nài không còn vào ngày 23/11/2026.".into(),
        units: vec![former, lost],
    };
    let html = check("unit-elsewhen", &page);
    assert_eq!(html.matches("Nguồn không ghi đơn vị này đã trở thành").count(), 1, "only of the lost one");
}

fn found(is_nothing: bool) -> FoundView {
    let end =
        EndLine {
            name: HOSTILE.into(), href: Some(Address::new("/vi/noi/18073")), detail: "toàn bộ".into()
        };
    let former = FormerLine {
        name: "Phường Nam Hà, Thành phố Hà Tĩnh".into(),
        period: "đến trước ngày 01/07/2025".into(),
        href: Address::new("/vi/noi/18073/lich-su"),
        ends: vec![end],
    };
    let choice = ChoiceLine {
        label: HOSTILE.into(),
        href: Address::new("/vi/noi").with("q", HOSTILE).with("within", "42,44"),
        note: "12 đơn vị".into(),
    };
    let one = OneView {
        name: "Phường Thành Sen".into(),
        open: Address::new("/vi/noi/18073"),
        search: Address::new("/vi/thu-tuc").with("unit", "18073"),
    };
    FoundView {
        title: "Nơi bạn tìm".into(),
        one: (!is_nothing).then_some(one),
        is_nothing,
        question: if is_nothing { String::new() } else { "Nơi nào?".into() },
        choices: vec![choice.clone(), choice],
        back: Some(link("Xem lại mọi khả năng")),
        left_out: HOSTILE.into(),
        laters: vec![former.clone()],
        formers: vec![former.clone(), FormerLine { ends: Vec::new(), ..former }],
        formers_more: Some("Còn 4 đơn vị cũ khác cùng tên.".into()),
    }
}

#[test]
fn information_pages() {
    let help = HelpPage {
        frame: frame(&view(), "/vi/tro-giup", "Trợ giúp", Part::Help),
        schemes: schemes(l10n()),
    };
    let html = check("help", &help);
    assert_eq!(html.matches("class=\"level ").count(), 10, "every level of every scheme");
    let about = AboutPage {
        frame: frame(&view(), "/vi/gioi-thieu", "Giới thiệu", Part::Help),
        build: "0.1.0".into(),
    };
    check("about", &about);
}

#[test]
fn what_is_not_found_is_named() {
    let problem = crate::pages::nothing_has("procedure", "9.999999", &chosen_view());
    let html = check("problem-procedure", &problem_page(&site(), &problem, "id-1"));
    assert!(html.contains("9.999999") && html.contains("23/11/2026"));
}

#[test]
fn problem_pages() {
    for kind in ProblemKind::ALL {
        let slug = kind.row().slug;
        let html = check(&format!("problem-{slug}"), &problem_page(&site(), &Problem::new(kind), "id-1"));
        assert!(html.contains("<title>Lỗi: ") && html.contains("id-1"));
        assert!(!html.contains('`') && !html.contains("errors"), "words for people");
        check(&format!("problem-type-{slug}"), &problem_type_page(&site(), kind));
    }
}
