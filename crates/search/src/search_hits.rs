//! What is told about the texts that a search found.

use super::{Found, Search, Stage};
use crate::answer::{Hit, HitField, Matching, PlaceUnit, ReadAs, ReadCorrection, ReadPlace, SearchAnswer};
use crate::document::{applicants_of, tiers_of};
use crate::error::SearchError;
use crate::explain::{Explanation, HitExplanation, LikenessExplanation};
use crate::facets::Counter;
use crate::listings::StateCode;
use crate::marks;
use crate::ranking::{Likeness, Ranking};
use crate::scope::Scope;
use crate::table::Row;

impl Search<'_> {
    pub(super) fn finish(
        &self,
        matching: Matching,
        found: &[Found],
        counter: &Counter,
        ranking: &Ranking,
    ) -> Result<SearchAnswer, SearchError> {
        let total = found.len();
        let from = self.request.offset as usize;
        let to = from.saturating_add(self.request.limit as usize).min(total);
        let shown = found.get(from.min(to)..to).unwrap_or_default();
        let hits = shown.iter().map(|found| self.hit(found, ranking)).collect::<Result<_, _>>()?;
        let explanation = self.request.explain.then(|| {
            let knowledge = &self.state.language.knowledge;
            let actions = (0..16)
                .zip(&knowledge.actions)
                .filter(|(bit, _)| self.actions(0) & (1 << bit) != 0)
                .map(|(_, action)| action.name.clone())
                .collect();
            let best_bet = found.first().is_some_and(|found| found.stage == Stage::BestBet);
            Explanation::new(self.reading, ranking, actions, best_bet)
        });
        Ok(SearchAnswer {
            matching,
            total: total as u64,
            hits,
            facets: counter.facets(&self.state.view.table, &self.levels),
            read_as: self.read_as(),
            explanation,
        })
    }

    fn read_as(&self) -> ReadAs {
        let reading = self.reading;
        let corrections = reading.corrections.iter().map(|correction| ReadCorrection {
            kind: correction.kind,
            typed: correction.typed.clone(),
            read: correction.read.clone(),
        });
        let places = reading.places.iter().zip(&reading.place_ranges).map(|(place, range)| ReadPlace {
            typed: reading.text.get(range.clone()).unwrap_or(&place.name).to_owned(),
            units: place
                .units
                .iter()
                .map(|code| PlaceUnit {
                    code: code.clone(),
                    full_name: self
                        .state
                        .view
                        .places
                        .full_name(code, self.day)
                        .unwrap_or_default()
                        .to_owned(),
                })
                .collect(),
        });
        ReadAs {
            corrected: reading.corrected_text(),
            corrections: corrections.collect(),
            places: places.collect(),
            without_places: reading.without_places(),
        }
    }

    fn hit(&self, found: &Found, ranking: &Ranking) -> Result<Hit, SearchError> {
        let table = &self.state.view.table;
        let lost = || SearchError::Damaged("a text that was found is not in the table".to_owned());
        let entry = table.entry(found.entry).ok_or_else(lost)?;
        let row = table.rows.get(found.entry as usize).ok_or_else(lost)?;
        let wanted: &[marks::Mark] = if self.reading.variants.is_empty() {
            &[]
        } else {
            ranking.marks(found.likeness.map_or(0, |likeness| likeness.variant))
        };
        let missing = if self.request.snippets { marks::not_in_name(entry, wanted) } else { Vec::new() };
        let snippet = if missing.is_empty() {
            None
        } else {
            self.state.text.body(found.entry)?.and_then(|body| marks::excerpt(&body, &missing, wanted))
        };
        let fields = table.fields_of(row).iter().filter_map(|&number| table.fields.get(usize::from(number)));
        let at_centre =
            matches!(self.scope, Scope::Centre(_)).then(|| self.levels.only_state_of(row.procedure));
        Ok(Hit {
            procedure_id: entry.data.procedure_id,
            record_id: entry.data.record_id,
            code: entry.data.code.clone(),
            name: entry.data.name.clone(),
            name_marks: marks::in_name(entry, wanted),
            snippet,
            fields: fields
                .map(|field| HitField { slug: field.slug.clone(), name: field.name.clone() })
                .collect(),
            tiers: tiers_of(entry.data.tiers).collect(),
            applicants: applicants_of(entry.data.applicants).collect(),
            levels: self.levels.spread_of(row.procedure),
            at_centre: at_centre.flatten().map(StateCode::state),
            period: entry.data.days.period(),
            score: found.score,
            same_as: (found.leader != found.entry).then(|| self.code(found.leader).cloned()).flatten(),
            explanation: self.request.explain.then(|| self.explain(found, row)),
        })
    }

    fn explain(&self, found: &Found, row: &Row) -> HitExplanation {
        let language = &self.state.language;
        let traits = language.titles.traits(found.entry);
        let name_of = |likeness: &Likeness| {
            let name = traits.and_then(|traits| language.titles.names(traits).get(likeness.name_number));
            let words = name.map(|name| language.titles.words(name)).unwrap_or_default();
            let shown = words.iter().filter_map(|(_, exact)| language.lexicon.exacts.get(*exact as usize));
            shown.map(|exact| exact.shown.as_str()).collect::<Vec<_>>().join(" ")
        };
        let actions = self.actions(found.likeness.map_or(0, |likeness| likeness.variant));
        HitExplanation {
            stage: found.stage.as_str(),
            coverage: found.coverage,
            likeness: found
                .likeness
                .as_ref()
                .map(|likeness| LikenessExplanation::new(likeness, name_of(likeness))),
            factors: traits.map(|traits| self.factors().list(row, traits, actions)).unwrap_or_default(),
            score: found.score,
        }
    }
}
