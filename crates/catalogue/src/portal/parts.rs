//! The parts of a line: cases, channels, fees, documents, legal texts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fee::Fee;
use crate::period::Period;
use crate::procedure::{Case, Channel, DossierItem, LegalBasis, Method};
use crate::time_limit::TimeLimit;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseLine {
    pub(super) case_code: String,
    pub(super) case_name: String,
    #[serde(default)]
    pub(super) time_limit: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) fees: Vec<FeeLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelLine {
    pub(super) method: Method,
    #[serde(default)]
    pub(super) time_limit: Option<String>,
    #[serde(default)]
    pub(super) fees: Vec<FeeLine>,
    #[serde(default)]
    pub(super) note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) time_quantity_without_unit: Option<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeeLine {
    #[serde(default)]
    pub(super) amount: Option<String>,
    #[serde(default)]
    pub(super) note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exemption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) legal_basis: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) period: Option<Period>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentLine {
    #[serde(default)]
    pub(super) group: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) has_form: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) form_files: Option<Vec<String>>,
    #[serde(default)]
    pub(super) originals: u32,
    #[serde(default)]
    pub(super) copies: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) component_code: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LegalLine {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) issuer: Option<String>,
}

/// A time limit in words, as a record keeps it.
pub(super) fn limit(text: Option<String>) -> Option<TimeLimit> {
    text.filter(|text| !text.trim().is_empty()).map(|text| TimeLimit::parse(&text))
}

impl From<FeeLine> for Fee {
    fn from(line: FeeLine) -> Self {
        let amount = line.amount.as_deref().and_then(crate::fee::parse_amount);
        Self {
            wording: line.amount.filter(|_| amount.is_none()),
            amount,
            condition: line.note.filter(|note| !note.is_empty()),
            exemption: line.exemption,
            legal_basis: line.legal_basis,
            period: line.period.unwrap_or_default(),
        }
    }
}

impl From<Fee> for FeeLine {
    fn from(fee: Fee) -> Self {
        let amount = fee.amount.map(|amount| match amount.amount() {
            0 => "Miễn phí".to_owned(),
            _ => format!("{} đồng", amount.to_string().replace('.', ",")),
        });
        Self {
            amount: amount.or(fee.wording),
            note: fee.condition,
            exemption: fee.exemption,
            legal_basis: fee.legal_basis,
            period: (fee.period != Period::ALWAYS).then_some(fee.period),
        }
    }
}

impl From<CaseLine> for Case {
    fn from(line: CaseLine) -> Self {
        let fees = line.fees.into_iter().map(Into::into).collect();
        Self { code: line.case_code, name: line.case_name, time_limit: limit(line.time_limit), fees }
    }
}

impl From<Case> for CaseLine {
    fn from(case: Case) -> Self {
        Self {
            case_code: case.code,
            case_name: case.name,
            time_limit: case.time_limit.map(|limit| limit.to_string()),
            fees: case.fees.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ChannelLine> for Channel {
    fn from(line: ChannelLine) -> Self {
        Self {
            method: line.method,
            time_limit: limit(line.time_limit),
            time_quantity_without_unit: line.time_quantity_without_unit.filter(|value| !value.is_null()).map(
                |value| match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                },
            ),
            fees: line.fees.into_iter().map(Into::into).collect(),
            note: line.note,
        }
    }
}

impl From<Channel> for ChannelLine {
    fn from(channel: Channel) -> Self {
        Self {
            method: channel.method,
            time_limit: channel.time_limit.map(|limit| limit.to_string()),
            fees: channel.fees.into_iter().map(Into::into).collect(),
            note: channel.note,
            time_quantity_without_unit: channel.time_quantity_without_unit.map(Value::String),
        }
    }
}

impl From<DocumentLine> for DossierItem {
    fn from(line: DocumentLine) -> Self {
        let DocumentLine { group, name, has_form, form_files, originals, copies, required, component_code } =
            line;
        Self { group, name, originals, copies, required, has_form, form_files, component_code }
    }
}

impl From<DossierItem> for DocumentLine {
    fn from(item: DossierItem) -> Self {
        let DossierItem { group, name, originals, copies, required, has_form, form_files, component_code } =
            item;
        Self { group, name, has_form, form_files, originals, copies, required, component_code }
    }
}

impl From<LegalLine> for LegalBasis {
    fn from(line: LegalLine) -> Self {
        Self { number: line.code, title: line.name, date: line.date, issuer: line.issuer }
    }
}

impl From<LegalBasis> for LegalLine {
    fn from(basis: LegalBasis) -> Self {
        Self { code: basis.number, name: basis.title, date: basis.date, issuer: basis.issuer }
    }
}
