//! Coded lists: fields, agencies, events; and announcing decisions.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::code::{ProcedureCode, Slug};
use crate::source::Source;

/// Field of government (lĩnh vực).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key.
    pub slug: Slug,
    /// Name as published.
    pub name: String,
}

/// Agency (cơ quan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Key.
    pub slug: Slug,
    /// Name as published.
    pub name: String,
}

/// Life or business event (sự kiện).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Key.
    pub slug: Slug,
    /// Name, such as "Sinh con".
    pub name: String,
    /// Whether a person's life or a business calls for it.
    pub kind: EventKind,
}

/// Kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// In a person's life.
    Life,
    /// In the life of a business.
    Business,
}

/// Announcing decision (quyết định công bố).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Number, `3005/QĐ-UBND`; unique together with the issuer.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Day of signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_on: Option<NaiveDate>,
    /// First day of force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<NaiveDate>,
    /// What it does to which procedure.
    #[serde(default)]
    pub effects: Vec<DecisionEffect>,
    /// Where the record comes from.
    pub source: Source,
}

/// What a decision does to a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionEffect {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// Adds, changes or abolishes it.
    pub action: DecisionAction,
}

/// Effect of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAction {
    /// Ban hành mới.
    Adds,
    /// Sửa đổi, bổ sung.
    Changes,
    /// Bãi bỏ.
    Abolishes,
}
