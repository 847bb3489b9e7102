//! Taking back what a stretch of the log did: records that it made are withdrawn, records that it changed or withdrew
//! are put back as they were before. What was written since is never overwritten.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};

use super::db::StorageError;
use super::entity::change;
use super::read::{damaged, document, sequence};
use super::rows::site::SiteFact;
use super::writer::Writer;
use crate::change::EntityKind;
use crate::command::{Applied, Command, Expected};
use crate::form::upcast;
use crate::log_key::LogKey;
use crate::refusal::Refusal;

/// A stretch of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// Number of its first entry.
    pub(crate) first: u64,
    /// Number of its last entry.
    pub(crate) last: u64,
}

/// What taking back came to.
#[derive(Debug, Default)]
pub(crate) struct TakenBack {
    /// Records that the stretch had made and that are withdrawn.
    pub(crate) withdrawn: u64,
    /// Records that are as before.
    pub(crate) restored: u64,
    /// Records that were left alone.
    pub(crate) left: Vec<Left>,
}

/// A record that was left alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// Kind of the record.
    pub kind: EntityKind,
    /// Its key.
    pub key: String,
    /// Why; absent where it was written since.
    pub refusal: Option<Refusal>,
}

/// Told how many records are done; answers whether to go on.
pub(crate) type OnTakenBack<'a> = &'a mut (dyn FnMut(u64) -> bool + Send);

/// How many records are named where something stands in the way.
const NAMED: usize = 50;

/// Entries that are read and taken back at a time.
const PAGE: u64 = 1_000;

/// Entries of work were written as tasks once.
const SAME_ENTITY: &str = "r.entity IN (l.entity, CASE WHEN l.entity = 'work' THEN 'task' ELSE l.entity END)";

/// What refers to others goes first.
const MADE_FIRST: [EntityKind; 8] = [
    EntityKind::Work,
    EntityKind::CentreFigure,
    EntityKind::Availability,
    EntityKind::Procedure,
    EntityKind::Decision,
    EntityKind::Centre,
    EntityKind::Succession,
    EntityKind::Unit,
];

/// What others refer to comes back first.
const CHANGED: [EntityKind; 12] = [
    EntityKind::Site,
    EntityKind::Field,
    EntityKind::Agency,
    EntityKind::Event,
    EntityKind::Unit,
    EntityKind::Succession,
    EntityKind::Centre,
    EntityKind::Procedure,
    EntityKind::Decision,
    EntityKind::Availability,
    EntityKind::CentreFigure,
    EntityKind::Work,
];

/// Coded lists go last: what was changed may have used their new entries.
const MADE_LAST: [EntityKind; 4] =
    [EntityKind::Event, EntityKind::Agency, EntityKind::Field, EntityKind::Site];

/// Whether records are wanted that the stretch made, or those that it changed or withdrew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Made,
    Changed,
}

/// The first entry of a record in a stretch.
#[derive(Clone)]
struct First {
    key: String,
    form: u32,
    code: String,
    before: Option<String>,
    /// Whether the entry took the record out.
    is_taken_out: bool,
}

/// Records that are left alone because others need them, each with its refusal.
pub(crate) type Spared = HashMap<(EntityKind, String), Refusal>;

/// What an attempt to take a stretch back came to.
pub(crate) enum Attempt {
    /// It is written, and can be committed.
    Done(TakenBack),
    /// Records that would go back are needed by others as they are. The transaction is to be given up and begun again
    /// with these spared.
    Needed(Spared),
    /// The caller asked to stop; nothing may be committed.
    Stopped,
}

/// Takes a stretch back, but for the records that are spared.
pub(crate) async fn take_back(
    writer: &mut Writer,
    stretch: Stretch,
    spared: &Spared,
    progress: OnTakenBack<'_>,
) -> Result<Attempt, StorageError> {
    writer.take_back();
    let mut taken = TakenBack::default();
    let same = writer.same_since(stretch.last).await?;
    let mut touched = writer.touched_since(stretch).await?;
    touched.retain(|record| !same.contains(record));
    let mut work =
        Work { writer, stretch, touched, same, spared, taken: &mut taken, again: Vec::new(), progress };
    let made_first = MADE_FIRST.map(|kind| (kind, Wanted::Made));
    let changed = CHANGED.map(|kind| (kind, Wanted::Changed));
    let made_last = MADE_LAST.map(|kind| (kind, Wanted::Made));
    for (kind, wanted) in made_first.into_iter().chain(changed).chain(made_last) {
        if !work.each(kind, wanted).await? {
            return Ok(Attempt::Stopped);
        }
    }
    let needed = writer.needed().await?;
    if needed.is_empty() {
        return Ok(Attempt::Done(taken));
    }
    let spare = |(key, refusal): (LogKey, Refusal)| ((key.kind(), key.to_string()), refusal);
    Ok(Attempt::Needed(needed.into_iter().map(spare).collect()))
}

struct Work<'a> {
    writer: &'a mut Writer,
    stretch: Stretch,
    /// Records that were written since and are not as the stretch left them.
    touched: HashSet<(EntityKind, String)>,
    /// Records that were written since and are as the stretch left them: written and taken back, in whatever row.
    same: HashSet<(EntityKind, String)>,
    spared: &'a Spared,
    taken: &'a mut TakenBack,
    /// Records of the kind at hand whose periods overlap others.
    again: Vec<(First, Refusal)>,
    progress: OnTakenBack<'a>,
}

impl Work<'_> {
    /// Takes back every record of a kind. Answers whether to go on.
    async fn each(&mut self, kind: EntityKind, wanted: Wanted) -> Result<bool, StorageError> {
        // A stretch may have millions of entries, so of each record only a hash of its key is kept.
        let mut seen: HashSet<u64> = HashSet::new();
        let mut units: Vec<First> = Vec::new();
        let mut after = self.stretch.first.saturating_sub(1);
        loop {
            if !(self.progress)(self.taken.withdrawn + self.taken.restored) {
                return Ok(false);
            }
            let rows = self.writer.entries(kind, self.stretch, after).await?;
            let Some(last) = rows.last() else { break };
            after = sequence(last.sequence);
            let mut firsts = Vec::new();
            for row in rows {
                let mut hasher = DefaultHasher::new();
                row.key.hash(&mut hasher);
                let is_first = seen.insert(hasher.finish());
                let is_wanted = row.before.is_none() == (wanted == Wanted::Made);
                if !is_first || !is_wanted {
                    continue;
                }
                if self.touched.contains(&(kind, row.key.clone())) {
                    self.taken.left.push(Left { kind, key: row.key, refusal: None });
                    continue;
                }
                if let Some(refusal) = self.spared.get(&(kind, row.key.clone())) {
                    self.taken.left.push(Left { kind, key: row.key, refusal: Some(refusal.clone()) });
                    continue;
                }
                let form = super::read::version(row.form);
                let is_taken_out = row.after.is_none();
                firsts.push(First { key: row.key, form, code: row.entity, before: row.before, is_taken_out });
            }
            match (wanted, kind) {
                // Units need each other, so all of them are gone through together.
                (_, EntityKind::Unit) => units.append(&mut firsts),
                (Wanted::Made, _) => self.withdraw(kind, firsts).await?,
                (Wanted::Changed, _) => self.restore(kind, firsts).await?,
            }
        }
        // They come back from the province down and go the other way: each needs the one above.
        units.sort_by_key(|first| first.key.split('@').next().map_or(0, str::len));
        match wanted {
            Wanted::Made => self.withdraw(kind, units).await?,
            Wanted::Changed => self.restore(kind, units).await?,
        }
        // A period may be in the way of another one until it is itself as it was.
        while !self.again.is_empty() {
            let (before, waiting) = (self.again.len(), std::mem::take(&mut self.again));
            let firsts = waiting.iter().map(|(first, _)| first.clone()).collect();
            self.restore(kind, firsts).await?;
            if self.again.len() == before {
                for (first, refusal) in std::mem::take(&mut self.again) {
                    self.taken.left.push(Left { kind, key: first.key, refusal: Some(refusal) });
                }
            }
        }
        Ok(true)
    }

    async fn withdraw(&mut self, kind: EntityKind, firsts: Vec<First>) -> Result<(), StorageError> {
        // The newest first: a later record may need an earlier one.
        let keys: Vec<String> = firsts.into_iter().rev().map(|first| first.key).collect();
        let mut commands = Vec::with_capacity(keys.len());
        for key in &keys {
            let key = LogKey::parse(kind, key).map_err(|error| damaged("change", key, error.to_string()))?;
            commands.push((Command::Withdraw { key }, Expected::Any));
        }
        let outcomes = self.writer.put(commands).await?;
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            match outcome {
                Ok(_) => self.taken.withdrawn += 1,
                // The stretch itself took it out again.
                Err(Refusal::NotThere) => {}
                Err(refusal) => self.taken.left.push(Left { kind, key, refusal: Some(refusal) }),
            }
        }
        Ok(())
    }

    async fn restore(&mut self, kind: EntityKind, firsts: Vec<First>) -> Result<(), StorageError> {
        let mut written = Vec::with_capacity(firsts.len());
        let mut commands = Vec::with_capacity(firsts.len());
        for first in firsts {
            let First { key, form, code, before, is_taken_out, .. } = first.clone();
            let record = document("change", &key, before.as_deref().unwrap_or("null"))?;
            let record =
                upcast(&code, form, record).map_err(|error| damaged("change", &key, error.to_string()))?;
            if kind == EntityKind::Site {
                let fact = SiteFact::of_log(key.clone(), record)
                    .map_err(|error| damaged("change", &key, error.to_string()))?;
                let outcome = self.writer.put_site(&fact.key, &fact.value).await?;
                self.count(kind, key, outcome);
                continue;
            }
            let command = Command::of_record(kind, record)
                .map_err(|error| damaged("change", &key, error.to_string()))?;
            // One that was taken out and made anew since is another record under the same key.
            let expected = if is_taken_out { Expected::Absent } else { Expected::Any };
            written.push((first, is_taken_out.then(|| command.clone())));
            commands.push((command, expected));
        }
        let mut restated = Vec::new();
        for ((first, again), outcome) in written.into_iter().zip(self.writer.put(commands).await?) {
            match outcome {
                Err(refusal @ Refusal::Overlap { .. }) => self.again.push((first, refusal)),
                Err(Refusal::Stale { .. }) if first.is_taken_out => {
                    restated.extend(again.map(|command| (first, command)));
                }
                outcome => self.count(kind, first.key, outcome),
            }
        }
        let keys: Vec<String> = restated.iter().map(|(first, _)| first.key.clone()).collect();
        let since = self.writer.written_since(kind, &keys, self.stretch.last).await?;
        for (First { key, .. }, command) in restated {
            let record = (kind, key.clone());
            // Made anew by the stretch itself, it goes back; by others since, it is left alone.
            if since.contains(&record) && !self.same.contains(&record) {
                self.taken.left.push(Left { kind, key, refusal: None });
                continue;
            }
            if let Some(outcome) = self.writer.put(vec![(command, Expected::Any)]).await?.pop() {
                self.count(kind, key, outcome);
            }
        }
        Ok(())
    }

    fn count(&mut self, kind: EntityKind, key: String, outcome: Result<Applied, Refusal>) {
        match outcome {
            Ok(_) => self.taken.restored += 1,
            Err(refusal) => self.taken.left.push(Left { kind, key, refusal: Some(refusal) }),
        }
    }
}

/// What a kind is called in the log, for SQL.
fn codes(kind: EntityKind) -> String {
    match kind {
        EntityKind::Work => "'work', 'task'".to_owned(),
        kind => format!("'{}'", kind.as_str()),
    }
}

impl Writer {
    /// A page of the entries of a kind in a stretch, after a number, in order.
    async fn entries(
        &self,
        kind: EntityKind,
        stretch: Stretch,
        after: u64,
    ) -> Result<Vec<change::Model>, StorageError> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(change::Entity::find()
            .filter(change::Column::Sequence.gt(number(after)))
            .filter(change::Column::Sequence.lte(number(stretch.last)))
            // Not by the index of kinds: it would sort all of a kind for every page.
            .filter(Expr::cust(format!("entity || '' IN ({})", codes(kind))))
            .order_by_asc(change::Column::Sequence)
            .limit(PAGE)
            .all(&self.tx)
            .await?)
    }

    /// Records of a stretch that were written since.
    async fn touched_since(&self, stretch: Stretch) -> Result<HashSet<(EntityKind, String)>, StorageError> {
        let Stretch { first, last } = stretch;
        let postgres = self.tx.get_database_backend() == sea_orm::DbBackend::Postgres;
        // SQLite keeps the order of a CROSS JOIN: what came later is little, the run may be millions of entries.
        let join = if postgres { "JOIN" } else { "CROSS JOIN" };
        let sql = format!(
            "SELECT DISTINCT l.entity, l.key FROM change l {join} change r ON {SAME_ENTITY} \
             AND r.subject_id = l.subject_id AND r.key = l.key AND r.sequence BETWEEN {first} AND {last} \
             WHERE l.sequence > {last}"
        );
        self.records_named(sql).await
    }

    /// Records that were written after a place in the log and say what they said there.
    async fn same_since(&self, last: u64) -> Result<HashSet<(EntityKind, String)>, StorageError> {
        // Numbers compare, the texts of two entries a record are read.
        let sql = format!(
            "SELECT f.entity, f.key FROM (SELECT min(sequence) AS first, max(sequence) AS last FROM change \
             WHERE sequence > {last} GROUP BY CASE WHEN entity = 'task' THEN 'work' ELSE entity END, key) s \
             JOIN change f ON f.sequence = s.first JOIN change l ON l.sequence = s.last \
             WHERE f.form = l.form AND f.before IS NOT DISTINCT FROM l.after"
        );
        self.records_named(sql).await
    }

    /// Records whose kinds and keys a statement tells.
    async fn records_named(&self, sql: String) -> Result<HashSet<(EntityKind, String)>, StorageError> {
        let statement = Statement::from_string(self.tx.get_database_backend(), sql);
        let rows = self.tx.query_all_raw(statement).await?;
        let mut records = HashSet::with_capacity(rows.len());
        for row in rows {
            let (code, key): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let kind = EntityKind::of_log(&code)
                .ok_or_else(|| damaged("change", &key, format!("{code:?} is not a kind of record")))?;
            records.insert((kind, key));
        }
        Ok(records)
    }

    /// Which of some records of a kind were written after a place in the log.
    async fn written_since(
        &self,
        kind: EntityKind,
        keys: &[String],
        last: u64,
    ) -> Result<HashSet<(EntityKind, String)>, StorageError> {
        let mut written = HashSet::new();
        for group in keys.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            let entries = change::Entity::find()
                .filter(change::Column::Sequence.gt(i64::try_from(last).unwrap_or(i64::MAX)))
                .filter(Expr::cust(format!("entity || '' IN ({})", codes(kind))))
                .filter(change::Column::Key.is_in(group))
                .all(&self.tx)
                .await?;
            written.extend(entries.into_iter().map(|entry| (kind, entry.key)));
        }
        Ok(written)
    }

    /// What was written after a stretch and stands in the way of taking it back: records of the stretch that changed
    /// again, and records that refer to what it made.
    pub(crate) async fn in_the_way(&self, stretch: Stretch) -> Result<Vec<String>, StorageError> {
        let Stretch { first, last } = stretch;
        let postgres = self.tx.get_database_backend() == sea_orm::DbBackend::Postgres;
        // SQLite keeps the order of a CROSS JOIN: what came later is little, the run may be millions of entries.
        let join = if postgres { "JOIN" } else { "CROSS JOIN" };
        // The key without its first day: another period of the same procedure, case and centre counts too.
        let head = |column: &str| {
            if postgres {
                format!("split_part({column}.key, '@', 1)")
            } else {
                format!("substr({column}.key, 1, instr({column}.key || '@', '@') - 1)")
            }
        };
        let of_run = format!("r.sequence BETWEEN {first} AND {last}");
        let (later_head, run_head) = (head("l"), head("r"));
        let made = |entity: &str| {
            format!(
                "SELECT r.subject_id FROM change r WHERE r.entity = '{entity}' AND r.before IS NULL AND {of_run}"
            )
        };
        let statements = [
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l {join} change r ON {SAME_ENTITY} \
                 AND r.subject_id = l.subject_id AND {of_run} AND {run_head} = {later_head} \
                 WHERE l.sequence > {last} AND l.entity <> 'site'"
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l WHERE l.sequence > {last} \
                 AND l.entity = 'availability' AND l.subject_id IN ({})",
                made("centre")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN centre c ON c.id = l.subject_id \
                 WHERE l.sequence > {last} AND l.entity = 'centre' AND c.unit_id IN ({})",
                made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN unit_period p ON p.unit_id = l.subject_id \
                 WHERE l.sequence > {last} AND l.entity = 'unit' \
                 AND (p.parent_unit_id IN ({made}) OR p.unit_id IN ({made}))",
                made = made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l \
                 JOIN unit_succession s ON s.predecessor_unit_id = l.subject_id \
                 WHERE l.sequence > {last} AND l.entity = 'succession' \
                 AND (s.successor_unit_id IN ({made}) OR s.predecessor_unit_id IN ({made}))",
                made = made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN work t ON t.id = l.subject_id \
                 WHERE l.sequence > {last} AND l.entity = 'work' \
                 AND (t.centre_id IN ({}) OR t.unit_id IN ({}))",
                made("centre"),
                made("unit")
            ),
            format!(
                "SELECT DISTINCT l.entity, l.key FROM change l JOIN centre_figure f ON f.id = l.subject_id \
                 WHERE l.sequence > {last} AND l.entity = 'centre_figure' AND f.centre_id IN ({})",
                made("centre")
            ),
        ];
        let same = self.same_since(last).await?;
        let mut found = BTreeSet::new();
        for sql in statements {
            let mut records = self.records_named(sql).await?;
            // What was written and taken back since stands in nobody's way.
            records.retain(|record| !same.contains(record));
            found.extend(records.into_iter().map(|(kind, key)| format!("{} {key}", kind.as_str())));
        }
        Ok(found.into_iter().take(NAMED).collect())
    }
}
