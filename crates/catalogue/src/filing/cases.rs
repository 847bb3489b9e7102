//! Cases: which of a centre's listings counts, and when the case must be asked for.

use super::{FilingCandidate, FilingCase};
use crate::procedure::DossierItem;
use crate::read::AvailabilityAt;

/// A case to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingCaseChoice {
    /// Code of the case.
    pub code: String,
    /// Its name; absent where the procedure's record has no such case.
    pub name: Option<String>,
}

impl FilingCase {
    /// Whether the chosen case is one of the procedure or of a listing that was read; true where none is chosen.
    #[must_use]
    pub fn knows_case(&self) -> bool {
        let Some(chosen) = &self.case else { return true };
        self.procedure.details.cases.iter().any(|case| case.code == *chosen)
            || self.listings().any(|at| at.stored.record.case.as_ref() == Some(chosen))
    }

    fn listings(&self) -> impl Iterator<Item = &AvailabilityAt> {
        self.candidates.iter().flat_map(|candidate| &candidate.listings)
    }

    /// The listing of a centre that counts: that of the chosen case, else that of the procedure as a whole. Without a
    /// chosen case and without a whole, the first by code where all its cases say the same, else none: the case
    /// decides.
    pub(super) fn listing_of<'a>(&self, candidate: &'a FilingCandidate) -> Option<&'a AvailabilityAt> {
        let of = |case: Option<&String>| {
            candidate.listings.iter().find(|at| at.stored.record.case.as_ref() == case)
        };
        if let Some(chosen) = &self.case {
            return of(Some(chosen)).or_else(|| of(None));
        }
        if let Some(whole) = of(None) {
            return Some(whole);
        }
        let first =
            candidate.listings.iter().min_by(|a, b| a.stored.record.case.cmp(&b.stored.record.case))?;
        candidate.listings.iter().all(|other| say_the_same(first, other)).then_some(first)
    }

    /// The cases to choose from, in the procedure's order and then by code: those that any of these centres lists by
    /// itself, where two of one centre's listings differ and no case is chosen.
    pub(super) fn choices<'a>(
        &self,
        candidates: impl Iterator<Item = &'a FilingCandidate>,
    ) -> Vec<FilingCaseChoice> {
        if self.case.is_some() {
            return Vec::new();
        }
        let mut codes: Vec<&str> = Vec::new();
        let mut differ = false;
        for candidate in candidates {
            let first = candidate.listings.first();
            for listing in &candidate.listings {
                differ |= first.is_some_and(|first| !say_the_same(first, listing));
                if let Some(code) = listing.stored.record.case.as_deref()
                    && !codes.contains(&code)
                {
                    codes.push(code);
                }
            }
        }
        if !differ {
            return Vec::new();
        }
        let known = &self.procedure.details.cases;
        let place = |code: &str| known.iter().position(|case| case.code == code).unwrap_or(usize::MAX);
        codes.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
        let name = |code: &str| known.iter().find(|case| case.code == code).map(|case| case.name.clone());
        codes.into_iter().map(|code| FilingCaseChoice { code: code.to_owned(), name: name(code) }).collect()
    }

    /// The dossier items of which the source names originals. With a case chosen, those under another case's heading
    /// are left out.
    pub(super) fn originals(&self) -> Vec<DossierItem> {
        let details = &self.procedure.details;
        let is_of_other_case = |item: &DossierItem| {
            let (Some(chosen), Some(group)) = (&self.case, &item.group) else { return false };
            let group = group.trim();
            let mut others = details.cases.iter().filter(|case| case.code != *chosen);
            others.any(|case| case.code == group || case.name.trim() == group)
        };
        let wanted = details.dossier.iter().filter(|item| item.originals > 0 && !is_of_other_case(item));
        wanted.cloned().collect()
    }
}

/// Whether two listings say the same to one who files.
fn say_the_same(a: &AvailabilityAt, b: &AvailabilityAt) -> bool {
    let (a, b) = (&a.stored.record, &b.stored.record);
    (a.offered, a.level, a.checklist, a.boundary_free, &a.channels)
        == (b.offered, b.level, b.checklist, b.boundary_free, &b.channels)
}
