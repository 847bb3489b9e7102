//! Listings: those of closing centres end, those of their successors begin.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Months, NaiveDate};

use super::carry::{self, Outcome, Predecessor, Verdict};
use super::plan::{Plan, Target};
use super::run::task_number;
use super::tally::Tally;
use super::{Effect, OnProgress, ReorganiseError, ReorganiseProgress, ReorganiseRequest, Touch};
use crate::availability::{Availability, Offered};
use crate::change_set::Comparison;
use crate::code::CentreId;
use crate::command::{Command, Expected};
use crate::period::Period;
use crate::source::{Assurance, Source, SourceKind};
use crate::store::db::StorageError;
use crate::store::read::damaged;
use crate::store::rows::listings::{References, StoredListing, from_day_on};
use crate::work::{Work, WorkFinding};

/// A carried listing is to be checked within so many months.
const REVIEW_MONTHS: u32 = 3;

/// Closing centres without a successor that are read at a time.
const CENTRES: usize = 20;

/// New records that are written at a time.
const GROUP: usize = 1000;

/// Work on the listings of a run.
pub(super) struct Listings<'a, 'b> {
    comparison: &'a mut Comparison,
    references: References,
    effective: NaiveDate,
    eve: NaiveDate,
    run: &'a str,
    tally: &'a mut Tally<'b>,
    tasks_opened: &'a mut u64,
    begun: Vec<Availability>,
    tasks: Vec<Work>,
}

/// What a procedure and case is found by.
type Key = (i64, String);

impl<'a, 'b> Listings<'a, 'b> {
    /// Prepares the work.
    pub(super) async fn new(
        comparison: &'a mut Comparison,
        request: &ReorganiseRequest,
        run: &'a str,
        tally: &'a mut Tally<'b>,
        tasks_opened: &'a mut u64,
    ) -> Result<Self, StorageError> {
        let references = References::load(comparison.writer()).await?;
        Ok(Self {
            comparison,
            references,
            effective: request.effective,
            eve: request.effective.pred_opt().unwrap_or(request.effective),
            run,
            tally,
            tasks_opened,
            begun: Vec::new(),
            tasks: Vec::new(),
        })
    }

    /// Goes through new centres with those that they take from, then through what is left of the closing ones. At no
    /// time are more listings in memory than those of one new centre and its predecessors.
    pub(super) async fn carry_all(
        mut self,
        plan: &Plan,
        progress: OnProgress<'_>,
    ) -> Result<(), ReorganiseError> {
        // Listings never outlive their centre, so those of a centre that ends on the day by itself end with it.
        let ends_anyway: HashSet<i64> = plan
            .closing
            .iter()
            .filter(|closing| closing.record.is_none())
            .map(|closing| closing.row_id)
            .collect();
        let closing: HashSet<i64> = plan.closing.iter().map(|closing| closing.row_id).collect();
        let mut ended: HashSet<i64> = HashSet::new();
        let whole = u64::try_from(closing.len()).ok();
        for target in &plan.targets {
            let centres: Vec<(i64, CentreId)> =
                target.from.iter().filter_map(|one| one.centre.clone()).collect();
            let stored = from_day_on(self.comparison.writer(), &self.references, &centres, self.eve).await?;
            let end_now: Vec<&StoredListing> = stored
                .iter()
                .filter(|one| closing.contains(&one.centre_id) && !ended.contains(&one.centre_id))
                .collect();
            self.end(&end_now, Effect::ListingEnds).await?;
            ended.extend(centres.iter().map(|(row_id, _)| *row_id).filter(|row_id| closing.contains(row_id)));
            self.carry(target, &stored, &ends_anyway).await?;
            if self.begun.len() >= GROUP || self.tasks.len() >= GROUP {
                self.flush().await?;
            }
            let done = u64::try_from(ended.len()).unwrap_or(0);
            if !progress(ReorganiseProgress { stage: "listings", done, whole }) {
                return Err(ReorganiseError::Interrupted);
            }
        }
        self.flush().await?;
        let left: Vec<(i64, CentreId)> = plan
            .closing
            .iter()
            .filter(|closing| !ended.contains(&closing.row_id))
            .map(|closing| (closing.row_id, closing.id.clone()))
            .collect();
        for group in left.chunks(CENTRES) {
            let stored = from_day_on(self.comparison.writer(), &self.references, group, self.eve).await?;
            let all: Vec<&StoredListing> = stored.iter().collect();
            self.end(&all, Effect::ListingWithoutSuccessor).await?;
            ended.extend(group.iter().map(|(row_id, _)| *row_id));
            let done = u64::try_from(ended.len()).unwrap_or(0);
            if !progress(ReorganiseProgress { stage: "listings", done, whole }) {
                return Err(ReorganiseError::Interrupted);
            }
        }
        Ok(())
    }

    /// Ends listings on the day. Those that end on it anyway are counted and left as they are.
    async fn end(&mut self, listings: &[&StoredListing], effect: Effect) -> Result<(), ReorganiseError> {
        for listing in listings {
            self.tally.add(effect, || touch(&listing.record));
        }
        let reaching: Vec<&StoredListing> = listings
            .iter()
            .filter(|one| one.record.period.valid_to() != Some(self.effective))
            .copied()
            .collect();
        let mut commands = Vec::with_capacity(reaching.len());
        let mut names = Vec::with_capacity(reaching.len());
        for listing in reaching {
            let mut record = listing.record.clone();
            record.period = Period::new(record.period.valid_from(), Some(self.effective))
                .map_err(|error| damaged("availability", &name(&listing.record), error.to_string()))?;
            names.push(name(&record));
            commands.push((Command::Availability(Box::new(record)), Expected::Version(listing.version)));
        }
        for (what, outcome) in names.into_iter().zip(self.comparison.put(commands).await?) {
            outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
        }
        Ok(())
    }

    async fn carry(
        &mut self,
        target: &Target,
        stored: &[StoredListing],
        ends_anyway: &HashSet<i64>,
    ) -> Result<(), ReorganiseError> {
        let mut on_eve: BTreeMap<Key, HashMap<i64, &StoredListing>> = BTreeMap::new();
        let mut later: HashMap<Key, NaiveDate> = HashMap::new();
        for listing in stored {
            let key = (listing.procedure_id, listing.record.case.clone().unwrap_or_default());
            let ends_by_itself = listing.record.period.valid_to() == Some(self.effective)
                && !ends_anyway.contains(&listing.centre_id);
            if listing.record.period.contains(self.eve) && ends_by_itself {
                // Its end was stated, though its centre works on: nothing of it goes on.
                on_eve.entry(key).or_default();
            } else if listing.record.period.contains(self.eve) {
                on_eve.entry(key).or_default().insert(listing.centre_id, listing);
            } else if let (Some(own), Some(from)) = (target.own, listing.record.period.valid_from())
                && own == listing.centre_id
            {
                let first = later.entry(key).or_insert(from);
                *first = from.min(*first);
            }
        }
        let mut weakened: Vec<&StoredListing> = Vec::new();
        for (key, by_centre) in &on_eve {
            let listing_of = |centre: &Option<(i64, CentreId)>| {
                centre.as_ref().and_then(|(row_id, _)| by_centre.get(row_id)).map(|stored| &stored.record)
            };
            let predecessors: Vec<Predecessor<'_>> = target
                .from
                .iter()
                .map(|origin| Predecessor { is_whole: origin.is_whole, listing: listing_of(&origin.centre) })
                .collect();
            let Some(verdict) = carry::carry(&predecessors, self.effective) else { continue };
            let own = target.own.and_then(|own| by_centre.get(&own)).copied();
            if let Some(own) = own {
                if (own.record.offered, own.record.level) == (verdict.offered, verdict.level) {
                    // What the centre says of itself stands, with its own links and dates.
                    self.open_task(target, &verdict, &own.record, &listing_of);
                    continue;
                }
                weakened.push(own);
            }
            let Some(any) = by_centre.values().next() else { continue };
            let mut record = self.record(target, &any.record, &verdict);
            if let Some(from) = later.get(key) {
                if *from <= self.effective {
                    // What the centre has stated for the day stands, and the difference is still a question.
                    self.open_task(target, &verdict, &any.record, &listing_of);
                    continue;
                }
                let ends = record.period.valid_to().map_or(*from, |ends| ends.min(*from));
                record.period = Period::new(Some(self.effective), Some(ends)).unwrap_or(record.period);
            }
            let effect = match verdict.outcome {
                Outcome::Carried => Effect::ListingCarried,
                Outcome::Weakened => Effect::ListingWeakened,
                Outcome::Unknown => Effect::ListingUnknown,
            };
            self.tally.add(effect, || touch(&record));
            self.tally.count(Effect::DetailDropped, u64::from(verdict.dropped));
            self.open_task(target, &verdict, &record, &listing_of);
            self.begun.push(record);
        }
        // The period of the centre's own listing must end before the weaker one begins.
        self.end(&weakened, Effect::ListingEnds).await
    }

    fn record(&self, target: &Target, any: &Availability, verdict: &Verdict) -> Availability {
        let ends = verdict.ends.filter(|ends| *ends > self.effective);
        Availability {
            procedure: any.procedure.clone(),
            case: any.case.clone(),
            centre: target.centre.clone(),
            period: Period::new(Some(self.effective), ends).unwrap_or(Period::since(self.effective)),
            offered: verdict.offered,
            level: verdict.level,
            converted: verdict.converted,
            channels: verdict.channels.clone(),
            checklist: verdict.checklist,
            partial_reason: verdict.partial_reason.clone(),
            proactive: verdict.proactive,
            boundary_free: verdict.boundary_free,
            decision: verdict.decision.clone(),
            evidence: verdict.evidence.clone(),
            assurance: Assurance {
                assured_on: None,
                assured_by: None,
                review_due: self.effective.checked_add_months(Months::new(REVIEW_MONTHS)),
            },
            source: carried_source(&target.source, verdict.is_sample),
        }
    }

    fn open_task<'x>(
        &mut self,
        target: &Target,
        verdict: &Verdict,
        shown: &Availability,
        listing_of: &impl Fn(&Option<(i64, CentreId)>) -> Option<&'x Availability>,
    ) {
        let Some(kind) = verdict.task else { return };
        *self.tasks_opened += 1;
        let found = target
            .from
            .iter()
            .filter_map(|origin| {
                let (_, id) = origin.centre.as_ref()?;
                Some(carry::finding(id, listing_of(&origin.centre)))
            })
            .collect();
        let task = Work {
            number: task_number(self.run, *self.tasks_opened),
            kind,
            opened_on: self.effective,
            centre: Some(target.centre.clone()),
            unit: None,
            procedure: Some(shown.procedure.clone()),
            case: shown.case.clone(),
            shown: Some(WorkFinding {
                centre: target.centre.clone(),
                offered: shown.offered,
                level: shown.level,
            }),
            found,
            about: None,
            fact: None,
            message: None,
            due_on: None,
            answer: None,
        };
        self.tally.add(Effect::TaskOpened, || Touch {
            key: task.number.clone(),
            detail: format!("{} {}", kind.as_str(), name(shown)),
        });
        self.tasks.push(task);
    }

    /// Writes what has begun, and the tasks about it.
    async fn flush(&mut self) -> Result<(), ReorganiseError> {
        let begun = std::mem::take(&mut self.begun);
        let names: Vec<String> = begun.iter().map(name).collect();
        let commands =
            begun.into_iter().map(|record| (Command::Availability(Box::new(record)), Expected::Absent));
        for (what, outcome) in names.into_iter().zip(self.comparison.put(commands.collect()).await?) {
            outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
        }
        let tasks = std::mem::take(&mut self.tasks);
        let commands = tasks.into_iter().map(|task| (Command::Work(Box::new(task)), Expected::Absent));
        for outcome in self.comparison.put(commands.collect()).await? {
            let what = "task".to_owned();
            outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
        }
        Ok(())
    }
}

/// Source of a carried listing: the resolution, and that nobody has stated it of the new centre. What is made up stays
/// marked as such.
fn carried_source(source: &Source, is_sample: bool) -> Source {
    let citation =
        format!("{}; mức độ chuyển từ các đơn vị trước khi sắp xếp, chưa rà soát lại", source.citation);
    let kind = if is_sample { SourceKind::Sample } else { source.kind };
    Source { kind, citation, retrieved_on: None }
}

fn name(record: &Availability) -> String {
    let case = record.case.as_deref().map_or_else(String::new, |case| format!("#{case}"));
    format!("{}{case}/{}", record.procedure, record.centre)
}

fn touch(record: &Availability) -> Touch {
    let level = match (record.offered, record.level) {
        (Offered::Yes, Some(level)) => level.to_string(),
        (offered, _) => offered.as_str().to_owned(),
    };
    Touch { key: name(record), detail: level }
}
