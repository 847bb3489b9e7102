//! Counting what is touched.

use std::collections::BTreeMap;

use serde::Serialize;

use super::TouchList;

/// What is done to one record or page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A unit ends.
    UnitEnds,
    /// A unit that ends went to several new ones.
    UnitSplits,
    /// A new unit begins.
    UnitBegins,
    /// A unit goes on under another name, kind or parent.
    UnitContinues,
    /// A unit that the file names, or one above, goes on as it is.
    UnitStays,
    /// A centre closes.
    CentreCloses,
    /// A centre opens.
    CentreOpens,
    /// A listing of a closing centre ends.
    ListingEnds,
    /// A listing ends at a centre of a tier that has no successor.
    ListingWithoutSuccessor,
    /// A listing of a new centre says what all former ones said.
    ListingCarried,
    /// A listing of a new centre shows the weakest of what the former ones said.
    ListingWeakened,
    /// A listing of a new centre says that nothing is known.
    ListingUnknown,
    /// A detail in which former listings differ is left out of the carried one.
    DetailDropped,
    /// A task is opened.
    TaskOpened,
    /// The page of a former unit leads to its one successor.
    PageRedirects,
    /// The page of a former unit offers a choice.
    PageOffersChoice,
    /// The page of a former unit leads nowhere.
    PageGone,
}

impl Effect {
    /// Every effect, in the order of the report.
    pub const ALL: [Self; 17] = [
        Self::UnitEnds,
        Self::UnitSplits,
        Self::UnitBegins,
        Self::UnitContinues,
        Self::UnitStays,
        Self::CentreCloses,
        Self::CentreOpens,
        Self::ListingEnds,
        Self::ListingWithoutSuccessor,
        Self::ListingCarried,
        Self::ListingWeakened,
        Self::ListingUnknown,
        Self::DetailDropped,
        Self::TaskOpened,
        Self::PageRedirects,
        Self::PageOffersChoice,
        Self::PageGone,
    ];

    /// The code used in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnitEnds => "unit_ends",
            Self::UnitSplits => "unit_splits",
            Self::UnitBegins => "unit_begins",
            Self::UnitContinues => "unit_continues",
            Self::UnitStays => "unit_stays",
            Self::CentreCloses => "centre_closes",
            Self::CentreOpens => "centre_opens",
            Self::ListingEnds => "listing_ends",
            Self::ListingWithoutSuccessor => "listing_without_successor",
            Self::ListingCarried => "listing_carried",
            Self::ListingWeakened => "listing_weakened",
            Self::ListingUnknown => "listing_unknown",
            Self::DetailDropped => "detail_dropped",
            Self::TaskOpened => "task_opened",
            Self::PageRedirects => "page_redirects",
            Self::PageOffersChoice => "page_offers_choice",
            Self::PageGone => "page_gone",
        }
    }
}

/// One record or page that is touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Touch {
    /// Its key: code of a unit, id of a centre, procedure and centre of a listing, number of a task.
    pub key: String,
    /// Names, and what it becomes.
    pub detail: String,
}

/// How many records are touched, by effect. Effects that do not occur are not there.
pub type Counts = BTreeMap<Effect, u64>;

/// A few records of each effect.
pub type Examples = Vec<(Effect, Vec<Touch>)>;

/// Examples kept of each effect.
const EXAMPLES: usize = 3;

/// Counts as the work goes on, keeps a few examples, and passes everything on where somebody wants the list.
pub(super) struct Tally<'a> {
    pub(super) counts: Counts,
    examples: BTreeMap<Effect, Vec<Touch>>,
    list: Option<&'a mut TouchList>,
    failed: Option<std::io::Error>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(mut list: Option<&'a mut TouchList>) -> Self {
        let failed = list.as_mut().and_then(|list| list.restart().err());
        Self { counts: Counts::new(), examples: BTreeMap::new(), list, failed }
    }

    /// Counts one; what it is called is only worked out where somebody wants to know.
    pub(super) fn add(&mut self, effect: Effect, touch: impl FnOnce() -> Touch) {
        *self.counts.entry(effect).or_default() += 1;
        let examples = self.examples.entry(effect).or_default();
        let as_example = examples.len() < EXAMPLES;
        if !as_example && self.list.is_none() {
            return;
        }
        let touch = touch();
        if let (Some(list), None) = (&mut self.list, &self.failed)
            && let Err(error) = list.add(effect, &touch)
        {
            self.failed = Some(error);
        }
        if as_example {
            examples.push(touch);
        }
    }

    /// Counts some that are not told one by one.
    pub(super) fn count(&mut self, effect: Effect, number: u64) {
        if number > 0 {
            *self.counts.entry(effect).or_default() += number;
        }
    }

    /// What was counted, and the examples; or why the list could not be written.
    pub(super) fn finish(self) -> std::io::Result<(Counts, Examples)> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok((self.counts, self.examples.into_iter().filter(|(_, all)| !all.is_empty()).collect())),
        }
    }
}
