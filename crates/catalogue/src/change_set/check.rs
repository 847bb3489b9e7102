//! Looking a draft over while it waits: how many records it has, and which of them could not be published now.

use std::collections::{HashMap, HashSet};

use super::DraftError;
use super::base::{Base, is_as_wanted, rewritten};
use super::publish::Conflict;
use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::command::{Command, Expected};
use crate::log_key::LogKey;
use crate::permit::Permit;
use crate::store::db::StorageError;
use crate::store::draft_counts;
use crate::store::read::damaged;

/// How many records a draft has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DraftCounts {
    /// All of them.
    pub records: u64,
    /// Those that are left out.
    pub left_out: u64,
    /// Those that could not be written when its publication was last tried.
    pub conflicts: u64,
}

/// Items that are compared at a time.
const GROUP: u32 = 1_000;

impl Catalogue {
    /// How many records a draft has.
    pub async fn draft_counts(&self, id: u64) -> Result<DraftCounts, StorageError> {
        draft_counts::of(self.db.latest(), id).await
    }

    /// The items of a draft that could not be published now, with their positions. They are compared with the present
    /// state outside any lock, in order and as if those before had been written; what is left out is not looked at.
    pub async fn draft_conflicts(
        &self,
        permit: &Permit,
        id: u64,
    ) -> Result<Vec<(u32, Conflict)>, DraftError> {
        self.draft(id).await?.ok_or(DraftError::NotThere(id))?;
        let mut comparison = self.compare(permit, &Reason::none(), None).await?;
        // A draft may have two items of one key, and is never so large that they could not be kept.
        comparison.keep_all();
        let mut conflicts = Vec::new();
        let mut after = None;
        let (mut seen, mut loosening) = (HashSet::new(), HashMap::new());
        loop {
            let items = self.draft_items(id, after, GROUP).await?;
            let Some((last, _)) = items.last() else { break };
            after = Some(*last);
            let items: Vec<_> = items.into_iter().filter(|(_, item)| !item.is_left_out).collect();
            let bases = items.iter().map(|(position, item)| Base {
                position: *position,
                kind: item.kind,
                key: item.key.clone(),
                version: item.base_version,
                before: item.before.clone(),
            });
            let mut rewritten = rewritten(comparison.writer(), bases, &mut seen).await?;
            let mut commands = Vec::with_capacity(items.len());
            for (_, item) in &items {
                let bad = |error: String| damaged("change set", &item.key, error);
                let command = match item.after.clone() {
                    None => LogKey::parse(item.kind, &item.key)
                        .map(|key| Command::Withdraw { key })
                        .map_err(|error| bad(error.to_string()))?,
                    Some(record) => {
                        Command::of_record(item.kind, record).map_err(|error| bad(error.to_string()))?
                    }
                };
                commands.push((command, Expected::Version(item.base_version)));
            }
            for ((position, item), outcome) in items.into_iter().zip(comparison.put(commands).await?) {
                let refusal = outcome.err().or_else(|| rewritten.remove(&position));
                let Some(refusal) = refusal.filter(|refusal| !is_as_wanted(refusal, item.after.as_ref()))
                else {
                    loosening.insert((item.kind, item.key), position);
                    continue;
                };
                let (kind, key, mine, base) = (item.kind, item.key, item.after, item.before);
                conflicts.push((position, Conflict { kind, key, refusal, mine, base }));
            }
        }
        for needed in comparison.needed().await? {
            let conflict = Conflict::needed(needed);
            let position = loosening.get(&(conflict.kind, conflict.key.clone())).copied().unwrap_or_default();
            conflicts.push((position, conflict));
        }
        conflicts.sort_by_key(|(position, _)| *position);
        comparison.finish().await?;
        Ok(conflicts)
    }
}
