//! Import files made for the tests: a small province that does not exist, in the formats of `docs/file-formats.md`.

use serde_json::json;

/// Units until the merger: a province, a district, two communes.
pub const UNITS_2020: &str = "\
code,level,type,name,full_name,parent_code,province_code
98,province,tỉnh,Thử Nghiệm,Tỉnh Thử Nghiệm,,98
981,district,huyện,Thử Một,Huyện Thử Một,98,98
98001,commune,xã,Thử A,Xã Thử A,981,98
98002,commune,xã,Thử B,Xã Thử B,981,98
";

/// Units after it: the province and one commune.
pub const UNITS_2025: &str = "\
code,level,type,name,full_name,parent_code,province_name,formed_from
98,province,tỉnh,Thử Nghiệm,Tỉnh Thử Nghiệm,,Tỉnh Thử Nghiệm,giữ nguyên
98001,commune,xã,Thử Chung,Xã Thử Chung,98,Tỉnh Thử Nghiệm,Xã Thử A và xã Thử B
";

/// What became of the two communes.
pub const MERGERS: &str = "\
old_code,old_name,old_district_code,old_district,old_province_code,old_province,mid_2025_code,mid_2025_name,mid_2025_district,step1,new_code,new_name,new_province_code,new_province,step2,is_default
98001,Xã Thử A,981,Huyện Thử Một,98,Tỉnh Thử Nghiệm,98001,Xã Thử A,Huyện Thử Một,same_code_same_name,98001,Xã Thử Chung,98,Tỉnh Thử Nghiệm,whole,1
98002,Xã Thử B,981,Huyện Thử Một,98,Tỉnh Thử Nghiệm,98002,Xã Thử B,Huyện Thử Một,same_code_same_name,98001,Xã Thử Chung,98,Tỉnh Thử Nghiệm,whole,1
";

/// The provincial centre and one commune's seat.
pub const CENTRES: &str = "\
kind,unit_code,unit_name,name,address_or_seat,phone,email,portal,date,note,source
province_centre,98,Tỉnh Thử Nghiệm,Trung tâm Phục vụ hành chính công tỉnh Thử Nghiệm,số 1 đường Thử,,,https://motcua.thunghiem.example,2026-07,,made for a test
commune_seat,98001,Xã Thử Chung,,UBND xã Thử Chung,,,,2026-07,,made for a test
";

/// A procedure as the national list writes it, with every part.
pub fn procedure(code: &str, name: &str) -> String {
    json!({
        "code": code,
        "name": name,
        "sector": "Hộ tịch",
        "sectors": ["Hộ tịch"],
        "promulgating_agency": "Bộ Thử nghiệm",
        "scope": "national",
        "agency": ["Ủy ban nhân dân cấp xã"],
        "levels_of_administration": ["commune"],
        "online_level": null,
        "applicants": ["Công dân Việt Nam"],
        "time_limit": "3 Ngày làm việc",
        "fees": ["8,000 VNĐ"],
        "channels": [
            {"method": "online", "time_limit": "3 Ngày làm việc", "fees": [{"amount": "8,000 VNĐ", "note": "mỗi bản"}], "note": null},
            {"method": "in_person", "time_limit": "5 Ngày", "fees": [], "note": "nộp tại xã"}
        ],
        "documents": [
            {"group": "Giấy tờ phải nộp", "name": "Tờ khai theo mẫu", "has_form": true, "form_files": ["mau.docx"], "originals": 1, "copies": 0}
        ],
        "steps": "Bước 1: Nộp hồ sơ.\nBước 2: Nhận kết quả.",
        "results": [{"name": "Giấy xác nhận", "code": "KQ.TN.000001"}],
        "legal_basis": [{"code": "1/2020/NĐ-TN", "name": "Nghị định thử nghiệm"}],
        "conditions": "Không có.",
        "detail_level": "full",
        "in_catalogue_2026_07": true,
        "retrieved": "2026-07-18",
        "source": {"repo": "example/data", "path": "procedures.json", "commit": "0000000"}
    })
    .to_string()
        + "\n"
}

/// A line of a list: code and name, and little else.
pub fn listed_procedure(code: &str, name: &str) -> String {
    json!({
        "code": code,
        "name": name,
        "sector": "Đất đai",
        "sectors": ["Đất đai"],
        "promulgating_agency": "Bộ Thử nghiệm",
        "scope": "national",
        "agency": ["Ủy ban nhân dân cấp xã"],
        "levels_of_administration": [],
        "levels_inferred": ["commune"],
        "online_level": null,
        "applicants": ["Doanh nghiệp"],
        "time_limit": null,
        "fees": [],
        "documents": [],
        "steps": null,
        "legal_basis": [],
        "in_catalogue_2026_07": true,
        "detail_level": "catalogue",
        "retrieved": "2026-07-18",
        "source": {"repo": "example/data", "path": "list.json", "commit": "0000000"}
    })
    .to_string()
        + "\n"
}
