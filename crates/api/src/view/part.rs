//! Parts that several records have: sources, periods, money, time limits, names.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{Assurance, Fee, Field, Period, Source, TimeLimit, UnitName};

use crate::view::code::{Code, SourceKindCode, TimeUnitCode};

/// Where a record comes from (nguồn).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// What kind of source it is; `sample` marks made-up data.
    pub(crate) kind: SourceKindCode,
    /// The decision, file or address, as it would be cited.
    #[schema(example = "Quyết định 3005/QĐ-UBND")]
    pub(crate) citation: String,
    /// Day on which the fact was taken from there.
    #[schema(required)]
    pub(crate) retrieved_on: Option<NaiveDate>,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        Self { kind: Code(source.kind), citation: source.citation, retrieved_on: source.retrieved_on }
    }
}

/// Who checked a fact, when, and when it is due again (rà soát).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssuranceView {
    /// Day of the last check; null where it was never checked.
    #[schema(required)]
    pub(crate) assured_on: Option<NaiveDate>,
    /// Office that checked.
    #[schema(required)]
    pub(crate) assured_by: Option<String>,
    /// Day on which the next check is due.
    #[schema(required)]
    pub(crate) review_due: Option<NaiveDate>,
}

impl From<Assurance> for AssuranceView {
    fn from(assurance: Assurance) -> Self {
        let Assurance { assured_on, assured_by, review_due } = assurance;
        Self { assured_on, assured_by, review_due }
    }
}

/// Validity period (thời gian hiệu lực), in calendar days of Vietnam.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PeriodView {
    /// First day; null where no beginning is known.
    #[schema(required, example = "2021-01-01")]
    pub(crate) valid_from: Option<NaiveDate>,
    /// First day on which it no longer holds; null where no end is known.
    #[schema(required, example = "2025-07-01")]
    pub(crate) valid_to: Option<NaiveDate>,
}

impl From<Period> for PeriodView {
    fn from(period: Period) -> Self {
        Self { valid_from: period.valid_from(), valid_to: period.valid_to() }
    }
}

/// Time limit for handling a dossier (thời hạn giải quyết).
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct TimeLimitView {
    /// How many units, in steps of a tenth; null where the published wording is not a number and a unit.
    #[schema(required, example = 7.5)]
    pub(crate) quantity: Option<f64>,
    /// Of what.
    #[schema(required)]
    pub(crate) unit: Option<TimeUnitCode>,
    /// The same in Vietnamese words; where `quantity` is null, the wording as published.
    #[schema(example = "7.5 Ngày làm việc")]
    pub(crate) wording: String,
}

impl From<TimeLimit> for TimeLimitView {
    fn from(limit: TimeLimit) -> Self {
        let wording = limit.to_string();
        match limit {
            TimeLimit::Counted { quantity, unit } => {
                Self { quantity: Some(quantity.into()), unit: Some(Code(unit)), wording }
            }
            TimeLimit::Worded { .. } => Self { quantity: None, unit: None, wording },
        }
    }
}

/// Fee or charge (phí, lệ phí).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeeView {
    /// Whole đồng (VND); 0 is free of charge; null where the source names no amount in đồng.
    #[schema(required, minimum = 0, example = 30000)]
    pub(crate) amount: Option<i64>,
    /// The amount as published where it is not a number of đồng.
    #[schema(required)]
    pub(crate) wording: Option<String>,
    /// When it is due, as published.
    #[schema(required)]
    pub(crate) condition: Option<String>,
    /// Who is exempt or pays less.
    #[schema(required)]
    pub(crate) exemption: Option<String>,
    /// The text that sets it.
    #[schema(required)]
    pub(crate) legal_basis: Option<String>,
    /// When it holds.
    pub(crate) period: PeriodView,
}

impl From<Fee> for FeeView {
    fn from(fee: Fee) -> Self {
        let Fee { amount, wording, condition, exemption, legal_basis, period } = fee;
        let amount = amount.map(motcua_catalogue::Dong::amount);
        Self { amount, wording, condition, exemption, legal_basis, period: period.into() }
    }
}

/// Field of government (lĩnh vực).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldView {
    /// Key, for the filter `field`.
    #[schema(example = "ho-tich")]
    pub(crate) key: String,
    /// Name as published.
    #[schema(example = "Hộ tịch")]
    pub(crate) name: String,
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        Self { key: field.slug.into(), name: field.name }
    }
}

/// Code and name of an administrative unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UnitNameView {
    /// Code on the day in question. A code may be used again by another unit after a merger.
    #[schema(example = "18070")]
    pub(crate) code: String,
    /// Name with the kind.
    #[schema(example = "Phường Trần Phú")]
    pub(crate) name: String,
}

impl From<UnitName> for UnitNameView {
    fn from(unit: UnitName) -> Self {
        Self { code: unit.code.into(), name: unit.full_name }
    }
}

/// Turns a list into its views.
pub(crate) fn views<T, V: From<T>>(list: Vec<T>) -> Vec<V> {
    list.into_iter().map(V::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_always_has_words() {
        let json = |text: &str| {
            serde_json::to_string(&TimeLimitView::from(TimeLimit::parse(text))).expect("serialises")
        };
        let counted = r#"{"quantity":7.5,"unit":"working_day","wording":"7.5 Ngày làm việc"}"#;
        assert_eq!(json("7.5 Ngày làm việc"), counted);
        assert_eq!(json("Trả ngay"), r#"{"quantity":null,"unit":null,"wording":"Trả ngay"}"#);
    }
}
