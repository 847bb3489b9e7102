//! Complete newer editions of lists: what they no longer have is asked about, and stays until somebody answers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use super::seen::Seen;
use super::words::gone;
use super::{FileKind, ImportError};
use crate::centre_figure::Month;
use crate::change::EntityKind;
use crate::change_set::Comparison;
use crate::command::{Command, Expected};
use crate::log_key::LogKey;
use crate::source::Source;
use crate::store::of_list::List;
use crate::work::{Work, WorkKind, WorkSubject};

/// What the newer edition of a list no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// What the list holds.
    pub kind: FileKind,
    /// Records that are asked about now.
    pub asked: u64,
    /// Records that an open question of an earlier import is about.
    pub open: u64,
    /// Records about which an earlier question was answered by "it stays".
    pub stays: u64,
    /// Whether nothing was asked because rows were refused: a refused row is not a missing one.
    pub is_unread: bool,
}

/// Questions that are opened at a time.
const GROUP: usize = 1_000;

/// The editions of a run, by what they hold; the files of one kind are one edition.
#[derive(Debug, Default)]
pub(super) struct Editions(BTreeMap<FileKind, Edition>);

#[derive(Debug, Default)]
struct Edition {
    files: BTreeSet<String>,
    /// What the rows name as their source: the file itself where they name none.
    named: HashSet<List>,
    /// What the stored records of the same keys cite, and how many do.
    cited: HashMap<List, u64>,
    /// Days of successions and months of figures.
    days: BTreeSet<NaiveDate>,
    months: BTreeSet<NaiveDate>,
    refused: u64,
}

impl Editions {
    /// Begins or goes on with the edition of a kind.
    pub(super) fn begin_file(&mut self, kind: FileKind, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.0.entry(kind).or_default().files.insert(name);
    }

    /// Notes a row as it stands in its file, and what is stored under its key.
    pub(super) fn note(&mut self, kind: FileKind, row: &Command, stored: Option<&Command>) {
        let Some(edition) = self.0.get_mut(&kind) else { return };
        let list = |source: &Source| (source.kind, source.citation.clone());
        if let Some(source) = source_of(row) {
            edition.named.insert(list(source));
        }
        if let Some(source) = stored.and_then(source_of) {
            *edition.cited.entry(list(source)).or_default() += 1;
        }
        match row {
            Command::Succession(record) => {
                edition.days.insert(record.effective_on);
            }
            Command::CentreFigure(record) => {
                edition.months.insert(record.month.first_day());
            }
            _ => {}
        }
    }

    /// Notes how many rows of a file were refused.
    pub(super) fn end_file(&mut self, kind: FileKind, refused: u64) {
        if let Some(edition) = self.0.get_mut(&kind) {
            edition.refused += refused;
        }
    }

    /// Asks about the stored records of the same lists that no row of the run is about.
    pub(super) async fn ask(
        self,
        comparison: &mut Comparison,
        seen: &Seen,
        today: NaiveDate,
    ) -> Result<Vec<Gone>, ImportError> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let asked = comparison.writer().asked().await?;
        let prefix = format!("gone-{today}-");
        let earlier = comparison.writer().numbers_like(&prefix).await?;
        let run = earlier
            .iter()
            .filter_map(|number| number.strip_prefix(&prefix)?.split('.').next()?.parse::<u32>().ok());
        let mut questions = Questions {
            prefix: format!("{prefix}{}", run.max().unwrap_or(0) + 1),
            count: 0,
            today,
            waiting: Vec::new(),
        };
        let mut all = Vec::with_capacity(self.0.len());
        for (kind, edition) in self.0 {
            let mut gone = Gone { kind, asked: 0, open: 0, stays: 0, is_unread: edition.refused > 0 };
            if !gone.is_unread {
                let sources = comparison.writer().sources_of(&edition.lists()).await?;
                let mut after = 0;
                loop {
                    let (keys, last) =
                        comparison.writer().keys_of_sources(kind.entity(), &sources, after).await?;
                    for key in keys.into_iter().filter(|key| edition.covers(key) && !seen.holds(key)) {
                        match asked.get(&(key.kind(), key.to_string())) {
                            Some(true) => gone.open += 1,
                            Some(false) => gone.stays += 1,
                            None => {
                                gone.asked += 1;
                                questions.add(&key, &edition);
                                questions.put(comparison, GROUP).await?;
                            }
                        }
                    }
                    match last {
                        Some(last) => after = last,
                        None => break,
                    }
                }
            }
            all.push(gone);
        }
        questions.put(comparison, 1).await?;
        Ok(all)
    }
}

impl Edition {
    /// The lists that this is an edition of: those that its rows name, and those that a tenth or more of the stored records
    /// of the same keys cite. A few records of other sources among them, such as corrections, do not make it an edition of
    /// those.
    fn lists(&self) -> HashSet<List> {
        let all: u64 = self.cited.values().sum();
        let many = self.cited.iter().filter(|(_, count)| **count * 10 >= all).map(|(list, _)| list);
        self.named.iter().chain(many).cloned().collect()
    }

    /// Whether the edition speaks of the day or month of a record; other kinds have none.
    fn covers(&self, key: &LogKey) -> bool {
        match key {
            LogKey::Succession { on, .. } => self.days.contains(on),
            LogKey::CentreFigure { month, .. } => self.months.contains(&Month::first_day(*month)),
            _ => true,
        }
    }
}

struct Questions {
    prefix: String,
    count: u64,
    today: NaiveDate,
    waiting: Vec<Command>,
}

impl Questions {
    fn add(&mut self, key: &LogKey, edition: &Edition) {
        self.count += 1;
        let mut work = Work {
            number: format!("{}.{:07}", self.prefix, self.count),
            kind: WorkKind::GoneFromList,
            opened_on: self.today,
            centre: None,
            unit: None,
            procedure: None,
            case: None,
            about: Some(WorkSubject { kind: key.kind(), key: key.to_string() }),
            fact: None,
            message: Some(gone(key, &edition.files)),
            due_on: None,
            shown: None,
            found: Vec::new(),
            answer: None,
        };
        // A centre or unit that work points at cannot be taken out any more, which is what the question is about.
        match key {
            LogKey::Availability { procedure, case, centre, .. } => {
                work.procedure = Some(procedure.clone());
                work.case.clone_from(case);
                work.centre = Some(centre.clone());
            }
            LogKey::CentreFigure { centre, .. } => work.centre = Some(centre.clone()),
            _ => {}
        }
        self.waiting.push(Command::Work(Box::new(work)));
    }

    /// Opens the questions that wait, once they are so many.
    async fn put(&mut self, comparison: &mut Comparison, least: usize) -> Result<(), ImportError> {
        if self.waiting.len() < least {
            return Ok(());
        }
        let questions = std::mem::take(&mut self.waiting);
        let questions = questions.into_iter().map(|question| (question, Expected::Absent)).collect();
        for outcome in comparison.put(questions).await? {
            outcome.map_err(ImportError::Question)?;
        }
        Ok(())
    }
}

fn source_of(command: &Command) -> Option<&Source> {
    match command {
        Command::Unit(record) => Some(&record.source),
        Command::Succession(record) => Some(&record.source),
        Command::Centre(record) => Some(&record.source),
        Command::Availability(record) => Some(&record.source),
        Command::CentreFigure(record) => Some(&record.source),
        _ => None,
    }
}

impl FileKind {
    /// Kind of the records of such a file.
    fn entity(self) -> EntityKind {
        match self {
            Self::Units => EntityKind::Unit,
            Self::Mergers => EntityKind::Succession,
            Self::Centres => EntityKind::Centre,
            Self::Procedures => EntityKind::Procedure,
            Self::Availability => EntityKind::Availability,
            Self::Figures => EntityKind::CentreFigure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceKind;

    fn list(citation: &str) -> List {
        (SourceKind::Dataset, citation.to_owned())
    }

    #[test]
    fn an_edition_is_one_of_the_lists_that_many_of_its_records_come_from() {
        let mut edition = Edition { named: HashSet::from([list("Tệp mới.csv")]), ..Edition::default() };
        edition.cited = HashMap::from([(list("Tệp cũ.csv"), 95), (list("Sở Nội vụ"), 5)]);
        assert_eq!(edition.lists(), HashSet::from([list("Tệp mới.csv"), list("Tệp cũ.csv")]));
        // Nothing of it is stored yet.
        edition.cited.clear();
        assert_eq!(edition.lists(), HashSet::from([list("Tệp mới.csv")]));
    }

    #[test]
    fn an_edition_of_successions_speaks_of_its_own_days_only() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let edition = Edition { days: BTreeSet::from([day("2025-07-01")]), ..Edition::default() };
        let key =
            |on| LogKey::Succession { predecessor: "98001".parse().expect("a code"), successor: None, on };
        assert!(edition.covers(&key(day("2025-07-01"))) && !edition.covers(&key(day("2027-01-01"))));
        assert!(edition.covers(&LogKey::Centre("p98".parse().expect("an id"))));
    }
}
