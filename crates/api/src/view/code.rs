//! Coded values: texts from a fixed list, which the contract names from the same list as the catalogue.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use motcua_catalogue::{
    AgencyRole, Applicant, BoundaryFree, Doubt, Extent, Level, Method, Offered, PartialReasonKind,
    PointState, Scheme, Scope, SourceKind, Tier, TimeUnit,
};

/// A value of a coded list.
pub(crate) trait Coded: Copy + 'static {
    /// Name of its schema.
    const NAME: &'static str;
    /// Description of its schema.
    const DESCRIPTION: &'static str;

    /// Every code, in the order used for lists.
    fn codes() -> Vec<&'static str>;

    /// The code.
    fn code(self) -> &'static str;
}

/// A coded value in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code<T>(pub(crate) T);

impl<T: Coded> Serialize for Code<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<T: Coded> PartialSchema for Code<T> {
    fn schema() -> RefOr<Schema> {
        let codes = T::codes();
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(T::DESCRIPTION))
            .examples(codes.first().copied())
            .enum_values(Some(codes))
            .build();
        RefOr::T(Schema::Object(object))
    }
}

impl<T: Coded> ToSchema for Code<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

// Aliases, because a generic type in a derived schema would be named after its argument.
pub(crate) type AgencyRoleCode = Code<AgencyRole>;
pub(crate) type ApplicantCode = Code<Applicant>;
pub(crate) type BoundaryFreeCode = Code<BoundaryFree>;
pub(crate) type DoubtCode = Code<Doubt>;
pub(crate) type ExtentCode = Code<Extent>;
pub(crate) type LevelCode = Code<Level>;
pub(crate) type MethodCode = Code<Method>;
pub(crate) type OfferedCode = Code<Offered>;
pub(crate) type PartialReasonCode = Code<PartialReasonKind>;
pub(crate) type PointStateCode = Code<PointState>;
pub(crate) type SchemeCode = Code<Scheme>;
pub(crate) type ScopeCode = Code<Scope>;
pub(crate) type SourceKindCode = Code<SourceKind>;
pub(crate) type TierCode = Code<Tier>;
pub(crate) type TimeUnitCode = Code<TimeUnit>;

/// A listing's state where it is not a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateWithoutLevel {
    Offered,
    Unknown,
    NotOffered,
}

pub(crate) type StateCode = Code<StateWithoutLevel>;

impl Coded for AgencyRole {
    const NAME: &'static str = "AgencyRole";
    const DESCRIPTION: &'static str = "What an agency does for a procedure: promulgates it (ban hành), carries it out \
                                       (thực hiện), decides (quyết định), works along (phối hợp), or was given the \
                                       power (được ủy quyền).";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Applicant {
    const NAME: &'static str = "Applicant";
    const DESCRIPTION: &'static str = "Applicant group (đối tượng thực hiện).";

    fn codes() -> Vec<&'static str> {
        Self::all().map(Self::as_str).collect()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for BoundaryFree {
    const NAME: &'static str = "BoundaryFree";
    const DESCRIPTION: &'static str = "From where a dossier may be filed here (phi địa giới): only from the centre's own \
                                       area (`none`), from the whole province, from the whole nation, or nobody has said.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Doubt {
    const NAME: &'static str = "ConversionDoubt";
    const DESCRIPTION: &'static str = "Why a converted level may be wrong. Mức độ 4 with the result collected at the office \
                                       is not toàn trình (`result_at_office`; `result_not_recorded` where nobody said). \
                                       Mức độ 3 without a fee may be toàn trình (`nothing_to_pay`; \
                                       `payment_not_recorded`). Một phần that is paid online was mức độ 4 \
                                       (`paid_online`; `payment_place_not_recorded`). Not online was mức độ 1 or 2 \
                                       (`one_or_two`). Một phần without its published reason (`no_reason`).";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Extent {
    const NAME: &'static str = "Extent";
    const DESCRIPTION: &'static str = "How much of a unit went to its successor.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Level {
    const NAME: &'static str = "Level";
    const DESCRIPTION: &'static str = "How far online (mức độ). Means nothing without the `scheme` beside it: `1` to `4` \
                                       belong to nd43-2011; `none`, `partial` (một phần) and `full` (toàn trình) to \
                                       nd42-2022 and nd224-2026. Where nobody knows the level, both are null.";

    fn codes() -> Vec<&'static str> {
        let mut codes = Vec::new();
        for level in Scheme::ALL.into_iter().flat_map(Scheme::levels) {
            if !codes.contains(&level.as_str()) {
                codes.push(level.as_str());
            }
        }
        codes
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Method {
    const NAME: &'static str = "Method";
    const DESCRIPTION: &'static str =
        "How a dossier is filed: online (trực tuyến), in person (trực tiếp), by post (bưu chính).";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Offered {
    const NAME: &'static str = "Offered";
    const DESCRIPTION: &'static str = "Whether the centre offers the procedure. `unknown` is an answer: the listing \
                                       exists, and nobody has said.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for PartialReasonKind {
    const NAME: &'static str = "PartialReasonKind";
    const DESCRIPTION: &'static str =
        "Why a service is only partly online: the four kinds of Nghị định 224/2026/NĐ-CP, Article 14.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for PointState {
    const NAME: &'static str = "PointState";
    const DESCRIPTION: &'static str = "How one interaction point is done: online, partly online, at the desk, or it does \
                                       not occur.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Scheme {
    const NAME: &'static str = "Scheme";
    const DESCRIPTION: &'static str = "The legal text whose words a level uses: Nghị định 43/2011, 42/2022 or 224/2026. \
                                       Levels of two schemes cannot be compared.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for Scope {
    const NAME: &'static str = "Scope";
    const DESCRIPTION: &'static str = "Reach of a procedure: set for the whole nation, one province's own (`local`), \
                                       between agencies (`internal`), or not said.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for SourceKind {
    const NAME: &'static str = "SourceKind";
    const DESCRIPTION: &'static str = "Kind of a source. `sample` is made up by a fixed rule for demonstration (dữ liệu \
                                       mẫu) and never a published figure.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for StateWithoutLevel {
    const NAME: &'static str = "StateWithoutLevel";
    const DESCRIPTION: &'static str = "State of a listing that has no level: offered without saying how far online, \
                                       unknown, not offered.";

    fn codes() -> Vec<&'static str> {
        [Self::Offered, Self::Unknown, Self::NotOffered].map(Self::code).to_vec()
    }

    fn code(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Unknown => "unknown",
            Self::NotOffered => "not_offered",
        }
    }
}

impl Coded for Tier {
    const NAME: &'static str = "Tier";
    const DESCRIPTION: &'static str = "Tier that carries a procedure out (cấp thực hiện). The district tier ended on \
                                       30 June 2025.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::as_str).to_vec()
    }

    fn code(self) -> &'static str {
        self.as_str()
    }
}

impl Coded for TimeUnit {
    const NAME: &'static str = "TimeUnit";
    const DESCRIPTION: &'static str = "Unit of a time limit.";

    fn codes() -> Vec<&'static str> {
        Self::ALL.map(Self::code).to_vec()
    }

    fn code(self) -> &'static str {
        match self {
            Self::WorkingDay => "working_day",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coded_value_is_its_code() {
        let json = serde_json::to_string(&[Code(Level::Four), Code(Level::Partial), Code(Level::None)]);
        assert_eq!(json.expect("serialises"), r#"["4","partial","none"]"#);
        assert_eq!(Level::codes(), ["1", "2", "3", "4", "none", "partial", "full"]);
    }
}
