//! Sample contexts: full, bare and hostile.

use motcua_catalogue::{
    AvailabilityAt, LevelFilter, OnlineLevel, Procedure, ProcedureAt, Scheme, Stored, Tier, UnitName,
};
use motcua_http::{Clock, Present, Site};
use motcua_search::{LevelCounts, LevelSpread};
use serde_json::{Value, json};

use crate::address::{Address, Carried};
use crate::frame::{Frame, Part, PlaceView, View};
use crate::l10n::L10n;

/// Text that would break a page which does not escape it.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script> \"x\" & 'y' </title>";

/// A site that shows the sample on its day.
pub(crate) fn site() -> Site {
    Site {
        name: "Một Cửa Hà Tĩnh".to_owned(),
        date: "2021-03-01".parse().ok(),
        clock: Clock::Fixed("2026-11-23T03:00:00Z".parse().expect("a moment")),
        present: Present::Stated { is_sample: true, log: String::new() },
        ..Site::new("0.1.0")
    }
}

/// The site's day, nothing chosen.
pub(crate) fn view() -> View {
    View { as_of: site().day(), carried: Carried::default() }
}

/// Today, with a place chosen.
pub(crate) fn chosen_view() -> View {
    let carried = Carried { as_of: Some("today".into()), unit: Some("18073".into()), centre: None };
    View { as_of: site().today(), carried }
}

/// A frame with everything in it.
pub(crate) fn frame(view: &View, path: &str, title: &str, part: Part) -> Frame {
    let here = view.carried.to(Address::new(path));
    let mut frame = Frame::new(&site(), view, &here, title.to_owned());
    if view.carried.unit.is_some() {
        frame.place = Some(PlaceView {
            name: "Phường Thành Sen, Tỉnh Hà Tĩnh".into(),
            href: frame.to("/vi/noi/18073"),
            clear: here.without("unit"),
            former: None,
        });
    }
    let way = vec![frame.crumb("Tìm thủ tục", Address::new("/vi/thu-tuc")), frame.last_crumb()];
    frame.within(part, way)
}

fn source() -> Value {
    json!({"kind": "sample", "citation": "dữ liệu mẫu"})
}

fn stored<T>(record: T) -> Stored<T> {
    Stored { id: 1, version: 1, changed_at: "2026-11-20T03:00:00Z".parse().expect("a moment"), record }
}

fn at(record: Value) -> ProcedureAt {
    let record: Procedure = serde_json::from_value(record).expect("a procedure");
    ProcedureAt {
        procedure_id: 1,
        fields: vec![serde_json::from_value(json!({"slug": "ho-tich", "name": "Hộ tịch"})).expect("a field")],
        agencies: vec![(
            motcua_catalogue::AgencyRole::Implementing,
            serde_json::from_value(json!({"slug": "ubnd-cap-xa", "name": "Ủy ban nhân dân cấp xã"}))
                .expect("an agency"),
        )],
        periods: Vec::new(),
        stored: stored(record),
    }
}

/// A procedure with all its parts.
pub(crate) fn full_procedure() -> ProcedureAt {
    at(json!({
        "code": "1.001193", "name": "Thủ tục đăng ký khai sinh", "fields": ["ho-tich"],
        "tiers": ["commune"], "applicants": ["citizen", "resident_foreigner"], "scope": "national",
        "source": source(),
        "details": {
            "completeness": "full", "kind": "TTHC được luật giao quy định chi tiết",
            "decision_number": "528/QĐ-BTP",
            "steps": [{"text": "Nộp hồ sơ."}, {"text": "Kiểm tra, vào sổ.\nKý, trả kết quả."}],
            "channels": [
                {"method": "online", "time_limit": {"quantity": 1, "unit": "working_day"},
                 "fees": [{"amount": 0, "condition": "Đăng ký đúng hạn"}]},
                {"method": "in_person", "time_limit": {"quantity": 7.5, "unit": "working_day"},
                 "fees": [{"amount": 8000, "exemption": "Hộ nghèo", "legal_basis": "Nghị quyết của HĐND tỉnh"}]},
                {"method": "postal", "time_quantity_without_unit": "5", "note": "Cộng thời gian chuyển phát"}
            ],
            "fee_notes": ["Lệ phí do HĐND cấp tỉnh quy định"],
            "cases": [{"code": "1.001193.01", "name": "Trẻ em bị bỏ rơi", "time_limit": {"quantity": 7, "unit": "day"}}],
            "dossier": [
                {"group": "Giấy tờ phải nộp", "name": "Tờ khai đăng ký khai sinh", "originals": 1, "required": true,
                 "has_form": true, "form_files": ["ToKhai.docx"]},
                {"group": "Giấy tờ phải nộp", "name": "Giấy chứng sinh", "originals": 1},
                {"group": "Giấy tờ phải xuất trình", "name": "Căn cước công dân", "copies": 1, "required": false}
            ],
            "dossier_wording": "Nguyên văn", "results": [{"name": "Giấy khai sinh"}],
            "conditions": "Không có tranh chấp.",
            "legal_basis": [{"number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
            "keywords": ["khai sinh"], "related": ["Đăng ký thường trú"], "receiving_address": "Bộ phận một cửa",
            "published_level": "toàn trình", "offline_only": false, "boundary_free": true
        }
    }))
}

/// A procedure of which only a line is known.
pub(crate) fn bare_procedure() -> ProcedureAt {
    at(json!({"code": "1.0133611", "name": HOSTILE, "fields": ["ho-tich"], "source": source()}))
}

/// What a centre says, with every detail.
pub(crate) fn availability(offered: &str, level: Option<Value>) -> AvailabilityAt {
    let mut record = json!({
        "procedure": "1.001193", "centre": "c18073", "period": {}, "offered": offered, "source": source(),
        "case": "1.001193.01",
        "channels": [{"method": "online", "link": "https://dichvucong.hatinh.gov.vn/x?a=1&b=2",
                      "time_limit": {"quantity": 1, "unit": "day"}, "fees": [{"amount": 5000}]}],
        "checklist": {"find": "online", "pay": "desk"},
        "boundary_free": "province", "decision": "493/KH-UBND", "evidence": ["https://example.vn/a"],
        "assurance": {"assured_on": "2021-02-01", "assured_by": "Trung tâm", "review_due": "2021-08-01"}
    });
    if let Some(level) = level {
        record["level"] = level;
    }
    AvailabilityAt {
        stored: stored(serde_json::from_value(record).expect("an availability")),
        procedure_name: "Thủ tục đăng ký khai sinh".into(),
        centre_name: "Bộ phận Tiếp nhận và Trả kết quả Phường Bắc Hà".into(),
        centre_tier: Tier::Commune,
        unit: UnitName { code: "18073".parse().expect("a code"), full_name: "Phường Bắc Hà".into() },
        parent_unit: Some(UnitName {
            code: "436".parse().expect("a code"),
            full_name: "Thành phố Hà Tĩnh".into(),
        }),
    }
}

/// Levels over centres with both ends and unknowns.
pub(crate) fn spread() -> LevelSpread {
    let level = |text: &str| -> OnlineLevel {
        let filter: LevelFilter = text.parse().expect("a level");
        OnlineLevel::all().find(|level| filter.matches(*level)).expect("a level")
    };
    LevelSpread::of(LevelCounts {
        levels: vec![(level("nd43-2011:2"), 30), (level("nd43-2011:3"), 90), (level("nd43-2011:4"), 60)],
        offered_without_level: 2,
        unknown: 34,
        not_offered: 1,
    })
}

/// Words of the texts.
pub(crate) fn l10n() -> &'static L10n {
    L10n::vi()
}

/// Words of a scheme's full name.
pub(crate) fn scheme_name() -> String {
    l10n().t(crate::words::scheme_full_key(Scheme::Nd43)).to_string()
}
