//! From a procedure of the catalogue to what the engine keeps of it: an entry in memory and a document of the index.

use std::fmt::Write as _;

use motcua_catalogue::{AgencyRole, Applicant, Field, ProcedureAt, ProcedureCode, Scope, Slug, Tier};
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;

use crate::analysis::normal;
use crate::days::Days;
use crate::schema::{TextField, TextSchema};

/// Characters of the body that are searched. Beyond them stand only long tables of a few procedures.
const BODY_CHARS: usize = 12_000;

/// What is kept in memory, and in the view's file, of one dated text of a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EntryData {
    pub(crate) record_id: i64,
    pub(crate) procedure_id: i64,
    pub(crate) code: ProcedureCode,
    /// NFC.
    pub(crate) name: String,
    pub(crate) fields: Vec<Slug>,
    /// Bit by place in [`Tier::ALL`].
    pub(crate) tiers: u8,
    /// Bit by place in [`Applicant::all`].
    pub(crate) applicants: u16,
    pub(crate) days: Days,
    pub(crate) scope: Scope,
    /// Names of the agencies where it is one province's own: they tell which one's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) local_agencies: String,
    /// Keys of the agencies that carry it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) agencies: Vec<Slug>,
    /// Whether the record says that it is never done online; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offline_only: Option<bool>,
}

/// The searched texts of one dated text of a procedure, all NFC.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Texts {
    pub(crate) fields: String,
    pub(crate) results: String,
    pub(crate) body: String,
}

/// One dated text of a procedure, ready for the index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared {
    pub(crate) entry: EntryData,
    pub(crate) fields: Vec<Field>,
    pub(crate) texts: Texts,
}

impl Prepared {
    pub(crate) fn new(at: ProcedureAt) -> Self {
        let texts = texts_of(&at);
        let local_agencies = match at.stored.record.scope {
            Scope::Local => {
                at.agencies.iter().map(|(_, agency)| agency.name.as_str()).collect::<Vec<_>>().join("; ")
            }
            _ => String::new(),
        };
        let implementing = at.agencies.iter().filter(|(role, _)| *role == AgencyRole::Implementing);
        let mut agencies: Vec<Slug> = implementing.map(|(_, agency)| agency.slug.clone()).collect();
        agencies.sort();
        agencies.dedup();
        let procedure = at.stored.record;
        let entry = EntryData {
            record_id: at.stored.id,
            procedure_id: at.procedure_id,
            code: procedure.code,
            name: normal(&procedure.name),
            fields: procedure.fields,
            tiers: tier_bits(&procedure.tiers),
            applicants: applicant_bits(&procedure.applicants),
            days: Days::of(procedure.period),
            scope: procedure.scope,
            local_agencies,
            agencies,
            offline_only: procedure.details.offline_only,
        };
        Self { entry, fields: at.fields, texts }
    }

    pub(crate) fn document(&self, schema: &TextSchema) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_i64(schema.record, self.entry.record_id);
        document.add_i64(schema.procedure, self.entry.procedure_id);
        document.add_text(schema.text(TextField::NameExact), &self.entry.name);
        document.add_text(schema.text(TextField::NameFolded), &self.entry.name);
        document.add_text(schema.text(TextField::FieldFolded), &self.texts.fields);
        document.add_text(schema.text(TextField::ResultFolded), &self.texts.results);
        document.add_text(schema.text(TextField::BodyFolded), &self.texts.body);
        document.add_text(schema.body_text, &self.texts.body);
        document
    }
}

fn texts_of(at: &ProcedureAt) -> Texts {
    let details = &at.stored.record.details;
    let mut fields = String::new();
    for field in &at.fields {
        line(&mut fields, &field.name);
    }
    let mut results = String::new();
    for outcome in &details.results {
        line(&mut results, &outcome.name);
    }
    for keyword in &details.keywords {
        line(&mut results, keyword);
    }
    // The order matters: the body is cut at its end, and excerpts prefer what comes first.
    let mut body = String::new();
    for text in details.description.iter().chain(&details.conditions) {
        line(&mut body, text);
    }
    for case in &details.cases {
        line(&mut body, &case.name);
    }
    for item in &details.dossier {
        if let Some(group) = &item.group {
            line(&mut body, group);
        }
        line(&mut body, &item.name);
    }
    if let Some(text) = &details.dossier_wording {
        line(&mut body, text);
    }
    for step in &details.steps {
        line(&mut body, &step.text);
    }
    for note in &details.fee_notes {
        line(&mut body, note);
    }
    let mut body = normal(&body);
    if let Some((cut, _)) = body.char_indices().nth(BODY_CHARS) {
        body.truncate(cut);
    }
    Texts { fields: normal(&fields), results: normal(&results), body }
}

fn line(out: &mut String, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{text}");
    }
}

pub(crate) fn tier_bits(tiers: &[Tier]) -> u8 {
    tiers
        .iter()
        .filter_map(|tier| Tier::ALL.iter().position(|known| known == tier))
        .fold(0, |bits, place| bits | 1 << place)
}

pub(crate) fn tiers_of(bits: u8) -> impl Iterator<Item = Tier> {
    Tier::ALL.into_iter().enumerate().filter(move |(place, _)| bits & (1 << place) != 0).map(|(_, tier)| tier)
}

pub(crate) fn applicant_bits(applicants: &[Applicant]) -> u16 {
    applicants
        .iter()
        .filter_map(|applicant| Applicant::all().position(|known| known == *applicant))
        .fold(0, |bits, place| bits | 1 << place)
}

pub(crate) fn applicants_of(bits: u16) -> impl Iterator<Item = Applicant> {
    Applicant::all()
        .enumerate()
        .filter(move |(place, _)| bits & (1 << place) != 0)
        .map(|(_, applicant)| applicant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_and_applicant_has_its_bit() {
        assert_eq!(tiers_of(tier_bits(&Tier::ALL)).collect::<Vec<_>>(), Tier::ALL);
        let all: Vec<_> = Applicant::all().collect();
        assert!(all.len() <= 16);
        assert_eq!(applicants_of(applicant_bits(&all)).collect::<Vec<_>>(), all);
        assert_eq!(
            tiers_of(tier_bits(&[Tier::Commune, Tier::Ministry])).collect::<Vec<_>>(),
            [Tier::Ministry, Tier::Commune]
        );
    }
}
