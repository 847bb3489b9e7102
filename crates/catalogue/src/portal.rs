//! The line format of the national catalogue (NDJSON), read and written.
//!
//! One JSON object a procedure, with the keys of the July 2026 edition. Keys that this edition does not have
//! (`valid_from`, `valid_to`, `events`, a fee's exemption …) are accepted and written where there is something to say.

mod parts;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::level::Tier;
use crate::procedure::{AgencyRole, Applicant, Completeness, Outcome, PortalRecord, Scope, Step};
use crate::procedure::{Procedure, ProcedureDetails};
use crate::read::ProcedureAt;
use crate::source::{Source, SourceKind};
use parts::{CaseLine, ChannelLine, DocumentLine, LegalLine, limit};

/// A line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) sector: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sector_code: Option<String>,
    pub(crate) sectors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) promulgating_agency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    pub(crate) agency: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) deciding_agency: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) coordinating_agency: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delegated_agency: Option<OneOrMany>,
    levels_of_administration: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    levels_inferred: Option<Vec<String>>,
    online_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offline_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_territorial: Option<bool>,
    applicants: Vec<String>,
    time_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit_by_case: Option<Vec<CaseLine>>,
    fees: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<Vec<ChannelLine>>,
    documents: Vec<DocumentLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents_raw: Option<String>,
    steps: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Vec<Outcome>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<String>,
    legal_basis: Vec<LegalLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    procedure_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keywords: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<crate::code::Slug>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiving_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_catalogue_2026_07: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portal_state: Option<String>,
    detail_level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retrieved: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_sources: Vec<Value>,
    /// Kind, citation and day of the source as the catalogue keeps them; only in our own exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue_source: Option<Source>,
}

/// A text or a list of texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// One text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub(crate) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }

    fn of(mut texts: Vec<String>) -> Option<Self> {
        match texts.len() {
            0 => None,
            1 => texts.pop().map(Self::One),
            _ => Some(Self::Many(texts)),
        }
    }
}

/// The tiers by the words of the line format.
const TIERS: [(&str, Tier); 5] = [
    ("central", Tier::Ministry),
    ("province", Tier::Province),
    ("district", Tier::District),
    ("commune", Tier::Commune),
    ("other", Tier::Other),
];

/// The scopes by the words of the line format.
const SCOPES: [(&str, Scope); 3] =
    [("national", Scope::National), ("local", Scope::Local), ("national_internal", Scope::Internal)];

/// A value of a line that is not understood: key, value, what is accepted.
pub(crate) struct BadValue {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    pub(crate) accepted: String,
}

fn tiers(words: &[String]) -> Result<Vec<Tier>, BadValue> {
    words
        .iter()
        .map(|word| {
            TIERS.iter().find(|(known, _)| known == word).map(|(_, tier)| *tier).ok_or_else(|| BadValue {
                key: "levels_of_administration",
                value: word.clone(),
                accepted: TIERS.map(|(known, _)| known).join(", "),
            })
        })
        .collect()
}

/// Reads applicant groups. The national list cuts "Tổ chức (không bao gồm doanh nghiệp, HTX)" at its comma; the two
/// halves are one group again. Words that are no known group are kept as words.
fn applicants(words: &[String]) -> (Vec<Applicant>, Vec<String>) {
    let (mut known, mut other) = (Vec::new(), Vec::new());
    for word in words {
        let found = match word.as_str() {
            "Tổ chức (không bao gồm doanh nghiệp" => Some(Applicant::Organisation),
            "HTX)" => continue,
            word => Applicant::from_vietnamese(word),
        };
        match found {
            Some(applicant) if known.contains(&applicant) => {}
            Some(applicant) => known.push(applicant),
            None => other.push(word.clone()),
        }
    }
    (known, other)
}

impl Line {
    /// Everything of the record but its code, name, period, fields and agencies.
    pub(crate) fn into_parts(self) -> Result<Parts, BadValue> {
        let published = tiers(&self.levels_of_administration)?;
        let inferred = tiers(self.levels_inferred.as_deref().unwrap_or_default())?;
        let tiers_inferred = published.is_empty() && !inferred.is_empty();
        let scope = match self.scope.as_deref() {
            None => Scope::Unknown,
            Some(word) => {
                SCOPES.iter().find(|(known, _)| *known == word).map(|(_, scope)| *scope).ok_or_else(|| {
                    BadValue {
                        key: "scope",
                        value: word.to_owned(),
                        accepted: SCOPES.map(|(known, _)| known).join(", "),
                    }
                })?
            }
        };
        let completeness = match self.detail_level.as_deref() {
            Some("full") => Completeness::Full,
            None | Some("catalogue" | "name_only") => Completeness::Listed,
            Some(other) => {
                return Err(BadValue {
                    key: "detail_level",
                    value: other.to_owned(),
                    accepted: "full, catalogue".to_owned(),
                });
            }
        };
        let (applicants, other_applicants) = applicants(&self.applicants);
        let source = self.catalogue_source.unwrap_or_else(|| Source {
            kind: SourceKind::Dataset,
            citation: citation(self.source.as_ref()),
            retrieved_on: day(self.retrieved.as_deref()),
        });
        let portal = PortalRecord {
            id: self.portal_id,
            state: self.portal_state,
            retrieved: self.retrieved,
            field_code: self.sector_code,
            in_catalogue_2026_07: self.in_catalogue_2026_07,
            origins: self.source.into_iter().chain(self.other_sources).collect(),
        };
        let details = ProcedureDetails {
            completeness,
            kind: self.procedure_type,
            description: self.description,
            decision_number: self.decision_number,
            steps: self
                .steps
                .map(|steps| steps.split('\n').map(|text| Step { text: text.to_owned() }).collect())
                .unwrap_or_default(),
            channels: self.channels.unwrap_or_default().into_iter().map(Into::into).collect(),
            time_limit: limit(self.time_limit),
            fee_notes: self.fees,
            cases: self.time_limit_by_case.unwrap_or_default().into_iter().map(Into::into).collect(),
            dossier: self.documents.into_iter().map(Into::into).collect(),
            dossier_wording: self.documents_raw,
            results: self.results.unwrap_or_default(),
            conditions: self.conditions,
            legal_basis: self.legal_basis.into_iter().map(Into::into).collect(),
            keywords: self.keywords.map(OneOrMany::into_vec).unwrap_or_default(),
            related: self.related.map(OneOrMany::into_vec).unwrap_or_default(),
            events: self.events,
            receiving_address: self.receiving_address,
            published_level: self.online_level,
            offline_only: self.offline_only,
            boundary_free: self.non_territorial,
            other_applicants,
            portal: (portal != PortalRecord::default()).then_some(portal),
        };
        let tiers = if tiers_inferred { inferred } else { published };
        Ok(Parts { tiers, tiers_inferred, applicants, scope, details, source })
    }

    /// The line of a procedure.
    pub(crate) fn of(procedure: ProcedureAt) -> Self {
        let Procedure {
            code, period, name, tiers, tiers_inferred, applicants, scope, details, source, ..
        } = procedure.stored.record;
        let agencies = |role: AgencyRole| -> Vec<String> {
            let matching = procedure.agencies.iter().filter(|(own, _)| *own == role);
            matching.map(|(_, agency)| agency.name.clone()).collect()
        };
        let words: Vec<String> = tiers
            .iter()
            .filter_map(|tier| TIERS.iter().find(|(_, known)| known == tier))
            .map(|(word, _)| (*word).to_owned())
            .collect();
        let portal = details.portal.unwrap_or_default();
        let mut origins = portal.origins.into_iter();
        let own_source = origins.next();
        let by_line = Source {
            kind: SourceKind::Dataset,
            citation: citation(own_source.as_ref()),
            retrieved_on: day(portal.retrieved.as_deref()),
        };
        Self {
            code: code.to_string(),
            name,
            valid_from: period.valid_from(),
            valid_to: period.valid_to(),
            sector: procedure.fields.first().map(|field| field.name.clone()).unwrap_or_default(),
            sector_code: portal.field_code,
            sectors: procedure.fields.into_iter().map(|field| field.name).collect(),
            promulgating_agency: agencies(AgencyRole::Promulgating).pop(),
            scope: SCOPES.iter().find(|(_, known)| *known == scope).map(|(word, _)| (*word).to_owned()),
            agency: agencies(AgencyRole::Implementing),
            deciding_agency: agencies(AgencyRole::Deciding),
            coordinating_agency: agencies(AgencyRole::Coordinating),
            delegated_agency: OneOrMany::of(agencies(AgencyRole::Delegated)),
            levels_inferred: tiers_inferred.then(|| words.clone()),
            levels_of_administration: if tiers_inferred { Vec::new() } else { words },
            online_level: details.published_level,
            offline_only: details.offline_only,
            non_territorial: details.boundary_free,
            applicants: applicants
                .into_iter()
                .map(|applicant| applicant.vietnamese().to_owned())
                .chain(details.other_applicants)
                .collect(),
            time_limit: details.time_limit.map(|limit| limit.to_string()),
            time_limit_by_case: (!details.cases.is_empty())
                .then(|| details.cases.into_iter().map(Into::into).collect()),
            fees: details.fee_notes,
            channels: (!details.channels.is_empty())
                .then(|| details.channels.into_iter().map(Into::into).collect()),
            documents: details.dossier.into_iter().map(Into::into).collect(),
            documents_raw: details.dossier_wording,
            steps: (!details.steps.is_empty())
                .then(|| details.steps.into_iter().map(|step| step.text).collect::<Vec<_>>().join("\n")),
            results: (!details.results.is_empty()).then_some(details.results),
            conditions: details.conditions,
            legal_basis: details.legal_basis.into_iter().map(Into::into).collect(),
            procedure_type: details.kind,
            decision_number: details.decision_number,
            keywords: OneOrMany::of(details.keywords),
            description: details.description,
            related: OneOrMany::of(details.related),
            events: details.events,
            receiving_address: details.receiving_address,
            in_catalogue_2026_07: portal.in_catalogue_2026_07,
            portal_id: portal.id,
            portal_state: portal.state,
            detail_level: Some(
                if details.completeness == Completeness::Full { "full" } else { "catalogue" }.to_owned(),
            ),
            retrieved: portal.retrieved,
            source: own_source,
            other_sources: origins.collect(),
            catalogue_source: (source != by_line).then_some(source),
        }
    }
}

/// The parts of a record that a line gives without the coded lists.
pub(crate) struct Parts {
    pub(crate) tiers: Vec<Tier>,
    pub(crate) tiers_inferred: bool,
    pub(crate) applicants: Vec<Applicant>,
    pub(crate) scope: Scope,
    pub(crate) details: ProcedureDetails,
    pub(crate) source: Source,
}

/// The day of a `retrieved` mark; some name only the month, which is no day.
fn day(text: Option<&str>) -> Option<NaiveDate> {
    text?.parse().ok()
}

/// How the origin of a line is cited.
fn citation(origin: Option<&Value>) -> String {
    let part = |key: &str| origin.and_then(|origin| origin.get(key)).and_then(Value::as_str);
    match (part("repo"), part("path")) {
        (Some(repo), Some(path)) => format!("{repo}: {path}"),
        (Some(repo), None) => repo.to_owned(),
        _ => "Danh mục thủ tục hành chính quốc gia".to_owned(),
    }
}
