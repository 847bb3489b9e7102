//! The procedure and all its parts.

use serde::{Deserialize, Serialize};

use crate::code::{ProcedureCode, Slug};
use crate::fee::Fee;
use crate::level::Tier;
use crate::period::Period;
use crate::source::Source;
use crate::time_limit::TimeLimit;

/// Administrative procedure (thủ tục hành chính) as it holds during one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// National code as published.
    pub code: ProcedureCode,
    /// When this text of the procedure holds.
    #[serde(default)]
    pub period: Period,
    /// Name (tên thủ tục), Unicode NFC.
    pub name: String,
    /// Field (lĩnh vực) and any further fields, the main one first. Never empty.
    pub fields: Vec<Slug>,
    /// Who promulgates, carries out, decides.
    #[serde(default)]
    pub agencies: Vec<ProcedureAgency>,
    /// Tiers that carry it out. Empty where the source names none.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Whether the tiers were inferred from the agency's name and not published.
    #[serde(default)]
    pub tiers_inferred: bool,
    /// For whom it is (đối tượng thực hiện).
    #[serde(default)]
    pub applicants: Vec<Applicant>,
    /// National, one province's own, or internal.
    #[serde(default)]
    pub scope: Scope,
    /// The parts that only its own page shows.
    #[serde(default)]
    pub details: ProcedureDetails,
    /// Where the record comes from.
    pub source: Source,
}

/// The parts of a procedure beyond its identity, stored and replaced as one whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcedureDetails {
    /// Whether the source gave the full text or only a line of a list.
    pub completeness: Completeness,
    /// Kind of procedure as published (loại thủ tục).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Short description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Number of the announcing decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_number: Option<String>,
    /// Order of steps (trình tự thực hiện).
    pub steps: Vec<Step>,
    /// Ways to file (cách thức thực hiện), each with its time limit and fees.
    pub channels: Vec<Channel>,
    /// Time limit of the procedure where the source gives one for all channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<TimeLimit>,
    /// Fees as the source words them for the whole procedure.
    pub fee_notes: Vec<String>,
    /// Cases (trường hợp), each with its own time limit; their dossier items carry the case's code.
    pub cases: Vec<Case>,
    /// What to hand in (thành phần hồ sơ).
    pub dossier: Vec<DossierItem>,
    /// The dossier as one text where the source's table could not be split with certainty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dossier_wording: Option<String>,
    /// What one gets (kết quả thực hiện).
    pub results: Vec<Outcome>,
    /// Requirements and conditions (yêu cầu, điều kiện).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<String>,
    /// Legal basis (căn cứ pháp lý).
    pub legal_basis: Vec<LegalBasis>,
    /// Keywords as published.
    pub keywords: Vec<String>,
    /// Related procedures, as published.
    pub related: Vec<String>,
    /// Life and business events that call for it.
    pub events: Vec<Slug>,
    /// Where dossiers are received, as published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiving_address: Option<String>,
    /// Level that the national catalogue prints for the procedure as a whole ("toàn trình").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_level: Option<String>,
    /// Whether the source says that it can only be done at the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_only: Option<bool>,
    /// Whether it may be filed at any centre (phi địa giới).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary_free: Option<bool>,
    /// Applicant groups that the source names in words of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_applicants: Vec<String>,
    /// What the source's record says of itself, kept for exchange with the national portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portal: Option<PortalRecord>,
}

/// Whether a record carries its full text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Steps, dossier, fees and channels are there.
    Full,
    /// Only code, name, field, agencies and applicants are known.
    #[default]
    Listed,
}

/// Reach of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Set by the ministry for the whole country.
    National,
    /// One province's own.
    Local,
    /// Between agencies (thủ tục hành chính nội bộ).
    Internal,
    /// The source does not say.
    #[default]
    Unknown,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::National, Self::Local, Self::Internal, Self::Unknown];

    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Local => "local",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }
}

/// An agency in one of its roles for a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureAgency {
    /// What the agency does.
    pub role: AgencyRole,
    /// Key of the agency in the coded list.
    pub agency: Slug,
}

/// Role of an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyRole {
    /// Promulgates the procedure (cơ quan ban hành).
    Promulgating,
    /// Carries it out (cơ quan thực hiện).
    Implementing,
    /// Decides (cơ quan có thẩm quyền quyết định).
    Deciding,
    /// Works with the implementing one (cơ quan phối hợp).
    Coordinating,
    /// Was given the power (cơ quan được ủy quyền).
    Delegated,
}

impl AgencyRole {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Promulgating, Self::Implementing, Self::Deciding, Self::Coordinating, Self::Delegated];

    /// The code used in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promulgating => "promulgating",
            Self::Implementing => "implementing",
            Self::Deciding => "deciding",
            Self::Coordinating => "coordinating",
            Self::Delegated => "delegated",
        }
    }
}

/// Applicant group (đối tượng thực hiện).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicant {
    /// Vietnamese citizen.
    Citizen,
    /// Vietnamese living abroad.
    OverseasVietnamese,
    /// Foreigner.
    Foreigner,
    /// Foreigner who lives in Vietnam.
    ResidentForeigner,
    /// Citizen whose residence cannot be determined.
    CitizenWithoutResidence,
    /// Enterprise.
    Enterprise,
    /// Vietnamese enterprise.
    VietnameseEnterprise,
    /// Enterprise with foreign capital.
    ForeignInvestedEnterprise,
    /// Cooperative.
    Cooperative,
    /// Organisation other than enterprises and cooperatives.
    Organisation,
    /// Foreign organisation.
    ForeignOrganisation,
    /// Official, civil servant, public employee.
    Official,
    /// Organisation of the Party.
    PartyOrganisation,
    /// Member of the Party.
    PartyMember,
}

impl Applicant {
    /// Every group with its code and the words of the national catalogue.
    const LIST: [(Self, &'static str, &'static str); 14] = [
        (Self::Citizen, "citizen", "Công dân Việt Nam"),
        (Self::OverseasVietnamese, "overseas_vietnamese", "Người Việt Nam định cư ở nước ngoài"),
        (Self::Foreigner, "foreigner", "Người nước ngoài"),
        (Self::ResidentForeigner, "resident_foreigner", "Người nước ngoài cư trú tại Việt Nam"),
        (
            Self::CitizenWithoutResidence,
            "citizen_without_residence",
            "Công dân Việt Nam mà không xác định được nơi thường trú hoặc nơi tạm trú",
        ),
        (Self::Enterprise, "enterprise", "Doanh nghiệp"),
        (Self::VietnameseEnterprise, "vietnamese_enterprise", "Doanh nghiệp Việt Nam"),
        (
            Self::ForeignInvestedEnterprise,
            "foreign_invested_enterprise",
            "Doanh nghiệp có vốn đầu tư nước ngoài",
        ),
        (Self::Cooperative, "cooperative", "Hợp tác xã"),
        (Self::Organisation, "organisation", "Tổ chức (không bao gồm doanh nghiệp, HTX)"),
        (Self::ForeignOrganisation, "foreign_organisation", "Tổ chức nước ngoài"),
        (Self::Official, "official", "Cán bộ, công chức, viên chức"),
        (Self::PartyOrganisation, "party_organisation", "Tổ chức Đảng"),
        (Self::PartyMember, "party_member", "Đảng viên"),
    ];

    /// Every group, in the order used for lists.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::LIST.iter().map(|(applicant, _, _)| *applicant)
    }

    /// The code used in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The words of the national catalogue.
    #[must_use]
    pub fn vietnamese(self) -> &'static str {
        self.row().2
    }

    /// Reads the words of the national catalogue; two of its wordings mean the resident foreigner.
    #[must_use]
    pub fn from_vietnamese(words: &str) -> Option<Self> {
        if words == "Người nước ngoài đã cư trú tại Việt Nam" {
            return Some(Self::ResidentForeigner);
        }
        Self::LIST.iter().find(|(_, _, vietnamese)| *vietnamese == words).map(|(applicant, _, _)| *applicant)
    }

    /// Reads a code of the API.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::LIST.iter().find(|(_, known, _)| *known == code).map(|(applicant, _, _)| *applicant)
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        Self::LIST.iter().find(|(applicant, _, _)| *applicant == self).unwrap_or(&Self::LIST[0])
    }
}

/// One step (bước) of the order of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What happens, as published.
    pub text: String,
}

/// Way to file (cách thức thực hiện).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Online (trực tuyến).
    Online,
    /// At the desk (trực tiếp).
    InPerson,
    /// By post (dịch vụ bưu chính).
    Postal,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::Online, Self::InPerson, Self::Postal];

    /// The code used in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::InPerson => "in_person",
            Self::Postal => "postal",
        }
    }
}

/// A channel with its own time limit and fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// How the dossier is filed.
    pub method: Method,
    /// Time limit on this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<TimeLimit>,
    /// A number that the source prints without its unit; kept, not interpreted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_quantity_without_unit: Option<String>,
    /// Fees on this channel.
    #[serde(default)]
    pub fees: Vec<Fee>,
    /// Remark as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Case (trường hợp) of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Code as published: the procedure's code and a running number, `1.001193.02`.
    pub code: String,
    /// Name of the case.
    pub name: String,
    /// Its own time limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<TimeLimit>,
    /// Its own fees, where they differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
}

/// Dossier item (thành phần hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierItem {
    /// Group or case heading it stands under, as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What to hand in.
    pub name: String,
    /// Originals to hand in.
    #[serde(default)]
    pub originals: u32,
    /// Copies to hand in.
    #[serde(default)]
    pub copies: u32,
    /// Whether it must be there; absent where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Whether there is a form to fill in.
    #[serde(default)]
    pub has_form: bool,
    /// File names of the forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_files: Option<Vec<String>>,
    /// Code of the component in the national list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_code: Option<String>,
}

/// Result (kết quả thực hiện).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The paper or entry one gets.
    pub name: String,
    /// Code of the result in the national list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Legal basis (căn cứ pháp lý).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Number of the text, `123/2015/NĐ-CP`; absent where the source prints none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Date as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// The national portal's own marks on a record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalRecord {
    /// Id on the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// State on the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Day or month in which it was read, as the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
    /// Code of the field on the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_code: Option<String>,
    /// Whether it was in the national list on the day of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_catalogue_2026_07: Option<bool>,
    /// Where the data set took it from, as the data set says (repository, path, commit).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<serde_json::Value>,
}
