//! Which procedures of the national catalogue the centres of Hà Tĩnh offer in the sample, by a fixed rule on their
//! tiers, fields and agencies.

use std::collections::{HashMap, HashSet};

use crate::sample::book::{Book, is_of};
use crate::text::fold;
use crate::{AgencyRole, Procedure, Scope, Slug, Tier};

/// Places of procedures in the book, each list in the book's order.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// At the provincial centre.
    pub(super) province: Vec<usize>,
    /// At a district centre, until 1 July 2025.
    pub(super) district: Vec<usize>,
    /// At a commune's unit, until 1 July 2025.
    pub(super) commune: Vec<usize>,
    /// At a commune's centre since 1 July 2025: what the communes took over from the districts is in it.
    pub(super) commune_today: Vec<usize>,
}

impl Selection {
    /// Every procedure that is offered somewhere.
    pub(super) fn all(&self) -> HashSet<usize> {
        [&self.province, &self.district, &self.commune, &self.commune_today]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}

/// Fields that bodies of the central government carry out at offices of their own, not at a province's centres.
const NOT_AT_CENTRES: [&str; 36] = [
    "Bảo đảm an ninh hàng không",
    "Bảo hiểm",
    "Bảo hiểm xã hội",
    "Chi trả các chế độ BHXH",
    "Chính sách",
    "Chứng khoán",
    "Công tác lãnh sự",
    "Cấp sổ BHXH, thẻ BHYT",
    "Dân quân tự vệ",
    "Dự trữ",
    "Hoạt động khác",
    "Hoạt động kho quỹ",
    "Hoạt động ngoại hối",
    "Hoạt động thanh toán",
    "Hoạt động thông tin tín dụng",
    "Hoạt động tiền tệ",
    "Hàng hải và đường thủy nội địa",
    "Hàng không",
    "Hải quan",
    "Khí tượng, thủy văn",
    "Kho bạc Nhà nước",
    "Quản lý biên giới",
    "Quản lý bán hàng đa cấp",
    "Quản lý vùng trời",
    "Sở giao dịch hàng hóa",
    "Sở hữu trí tuệ",
    "Thi hành án dân sự",
    "Thu BHXH, BHYT, BHTN, BH tai nạn lao động, BNN",
    "Thuế",
    "Thành lập và hoạt động ngân hàng",
    "Thực hiện chính sách BHXH",
    "Thực hiện chính sách BHYT",
    "Tuyển sinh quân sự",
    "Tòa án",
    "Tần số vô tuyến điện",
    "Ưu đãi, miễn trừ",
];

/// Fields that communes carried out themselves before 1 July 2025.
const OF_COMMUNES: [&str; 33] = [
    "Bảo trợ xã hội",
    "Chăn nuôi",
    "Chứng thực",
    "Công tác dân tộc",
    "Giáo dục và Đào tạo thuộc hệ thống giáo dục quốc dân",
    "Giảm nghèo",
    "Hòa giải ở cơ sở",
    "Hộ tịch",
    "Khiếu nại, tố cáo",
    "Kinh tế hợp tác và Phát triển nông thôn",
    "Lâm nghiệp",
    "Môi trường",
    "Nghĩa vụ quân sự",
    "Người có công",
    "Nuôi con nuôi",
    "Nông nghiệp",
    "Phòng, chống tệ nạn xã hội",
    "Quản lý nhà nước về hội, quỹ",
    "Quản lý Đê điều và Phòng, chống thiên tai",
    "Thi đua - khen thưởng",
    "Thi đua, khen thưởng",
    "Thành lập và hoạt động của tổ hợp tác",
    "Thể dục thể thao",
    "Thủy lợi",
    "Thủy sản",
    "Trẻ em",
    "Trồng trọt",
    "Tín ngưỡng, tôn giáo",
    "Tổ chức cai nghiên ma túy và quản lý sau cai nghiện",
    "Việc làm",
    "Văn hóa",
    "Đất đai",
    "Đăng ký, quản lý cư trú",
];

/// Fields of communes in which districts had no desk.
const ONLY_OF_COMMUNES: [&str; 5] = [
    "Giảm nghèo",
    "Hòa giải ở cơ sở",
    "Nghĩa vụ quân sự",
    "Quản lý Đê điều và Phòng, chống thiên tai",
    "Đăng ký, quản lý cư trú",
];

/// Fields of the land offices, whose branches sat in the districts.
const OF_LAND_OFFICES: [&str; 2] = ["Đăng ký biện pháp bảo đảm", "Đất đai"];

/// Selects from the whole book. `other_provinces` are the names of all provinces but Hà Tĩnh.
pub(super) fn select(book: &Book, other_provinces: &[&str]) -> Selection {
    let fields = book.field_names();
    let agencies = book.agency_names();
    let mut selection = Selection::default();
    for (place, procedure) in book.procedures.iter().enumerate() {
        let field = procedure.fields.first().and_then(|slug| fields.get(slug)).copied().unwrap_or_default();
        let carriers = Carriers::of(procedure, &agencies, other_provinces);
        let here = procedure.scope == Scope::National || carriers.of_ha_tinh;
        if !here || NOT_AT_CENTRES.contains(&field) {
            continue;
        }
        let of_province = is_of(procedure, Tier::Province) && carriers.province;
        let of_commune = is_of(procedure, Tier::Commune) && carriers.commune;
        let abroad = procedure.name.contains("nước ngoài") && !procedure.name.contains("khu vực biên giới");
        if of_province {
            selection.province.push(place);
        }
        if of_commune {
            selection.commune_today.push(place);
            if OF_COMMUNES.contains(&field) && !abroad {
                selection.commune.push(place);
            }
        }
        if (of_commune && was_of_districts(field, &procedure.name))
            || (of_province && OF_LAND_OFFICES.contains(&field))
        {
            selection.district.push(place);
        }
    }
    selection
}

/// Whether districts had a desk for what communes carry out today.
fn was_of_districts(field: &str, name: &str) -> bool {
    let folded = fold(name);
    if ONLY_OF_COMMUNES.contains(&field) || folded.contains("cap xa") || folded.contains("khu vuc bien gioi")
    {
        return false;
    }
    // Districts registered civil status with a foreign element, changes for grown-ups, and gave extracts.
    field != "Hộ tịch" || ["nuoc ngoai", "cai chinh", "trich luc"].iter().any(|word| folded.contains(word))
}

/// What the agencies of a procedure tell.
#[derive(Debug, Default)]
struct Carriers {
    province: bool,
    commune: bool,
    of_ha_tinh: bool,
}

impl Carriers {
    fn of(procedure: &Procedure, names: &HashMap<&Slug, &str>, other_provinces: &[&str]) -> Self {
        let mut carriers = Self::default();
        for link in &procedure.agencies {
            let Some(name) = names.get(&link.agency) else { continue };
            if link.role == AgencyRole::Promulgating {
                carriers.of_ha_tinh |= *name == "UBND tỉnh Hà Tĩnh";
            }
            if link.role != AgencyRole::Implementing
                || other_provinces.iter().any(|other| name.contains(other))
            {
                continue;
            }
            let folded = fold(name);
            carriers.province |= is_provincial(&folded);
            carriers.commune |= is_communal(&folded);
        }
        carriers
    }
}

fn is_provincial(folded: &str) -> bool {
    const MARKS: [&str; 9] = [
        "cap tinh",
        "ubnd tinh",
        "uy ban nhan dan tinh",
        "cong an tinh",
        "cac tinh",
        "ban quan ly",
        "van phong dang ky dat dai",
        "chi cuc",
        "tinh ha tinh",
    ];
    folded.starts_with("so ") || folded.contains(" so ") || MARKS.iter().any(|mark| folded.contains(mark))
}

fn is_communal(folded: &str) -> bool {
    const BODIES: [&str; 6] = ["uy ban", "ubnd", "chu tich", "co quan chuyen mon", "cong an", "quan su"];
    let commune = folded.contains("cap xa") || folded.ends_with(" xa") || folded.contains(" xa,");
    commune && BODIES.iter().any(|body| folded.contains(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_told_by_their_names() {
        assert!(is_communal(&fold("Ủy ban nhân dân cấp xã")));
        assert!(is_communal(&fold("Công an cấp Xã")));
        assert!(!is_communal(&fold("Bảo hiểm xã hội cấp huyện")));
        assert!(is_provincial(&fold("Sở Tư pháp")));
        assert!(is_provincial(&fold("Chủ tịch ủy ban nhân dân cấp tỉnh")));
        assert!(!is_provincial(&fold("Bộ Tài chính")));
    }

    #[test]
    fn birth_registration_was_at_the_communes_and_company_founding_at_the_province() {
        let book = Book::open().expect("the bundle is sound");
        let selection = select(&book, &["Hà Nội", "Nghệ An"]);
        let at = |list: &[usize], code: &str| {
            list.iter().any(|place| book.procedures[*place].code.as_str() == code)
        };
        assert!(at(&selection.commune, "1.001193") && at(&selection.commune_today, "1.001193"));
        assert!(!at(&selection.district, "1.001193") && !at(&selection.province, "1.001193"));
        // Hộ kinh doanh: the districts' until 2025, the communes' since.
        assert!(at(&selection.district, "1.001612") && !at(&selection.commune, "1.001612"));
        assert!(at(&selection.commune_today, "1.001612"));
        assert!(at(&selection.province, "2.001583"));
    }
}
