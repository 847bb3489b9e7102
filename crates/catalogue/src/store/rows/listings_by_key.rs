//! Listings found by their keys, and taken out by them, many at a time.

use std::collections::{HashMap, HashSet};

use sea_orm::{EntityTrait, QueryFilter};

use super::availability::{Keys, log_key, record};
use super::listings_written::{GROUP, pairs};
use crate::availability::Availability;
use crate::change::EntityKind;
use crate::code::{CentreId, ProcedureCode};
use crate::command::{Applied, Expected};
use crate::log_key::LogKey;
use crate::permit::Belongs;
use crate::refusal::Refusal;
use crate::store::compared_listings::{day_of, days, listing_key};
use crate::store::db::StorageError;
use crate::store::entity::availability;
use crate::store::keep::{Stored, step};
use crate::store::period_columns;
use crate::store::read::{text_of, version};
use crate::store::sources::sources_by_id;
use crate::store::writer::{Entry, Writer};

/// Stored listings by their keys, in the order of the keys.
pub(crate) async fn stored_by_key(
    writer: &mut Writer,
    keys: &[LogKey],
) -> Result<Vec<Option<(Stored<Availability>, i64)>>, StorageError> {
    let mut wanted = Vec::with_capacity(keys.len());
    for key in keys {
        let LogKey::Availability { procedure, centre, .. } = key else {
            wanted.push(None);
            continue;
        };
        // What the transaction took out before its listings still has its row.
        let procedure_id = writer.known.procedure(&writer.tx, procedure.as_str()).await?;
        let procedure_id = procedure_id.or_else(|| writer.buried(EntityKind::Procedure, procedure.as_str()));
        let known = writer.known.centre_even_gone(&writer.tx, centre.as_str()).await?;
        let centre_id = known.map(|centre| centre.row_id);
        wanted.push(centre_id.zip(procedure_id).map(|ids| (ids, (procedure, centre))));
    }
    let names: HashMap<(i64, i64), (&ProcedureCode, &CentreId)> = wanted.iter().flatten().copied().collect();
    let mut found: HashMap<LogKey, (Stored<Availability>, i64)> = HashMap::new();
    if !names.is_empty() {
        let rows = availability::Entity::find().filter(pairs(names.keys().copied())).all(&writer.tx).await?;
        let sources = sources_by_id(&writer.tx, rows.iter().map(|row| row.source_id)).await?;
        for row in rows {
            let Some((procedure, centre)) = names.get(&(row.centre_id, row.procedure_id)) else { continue };
            let mut record = record(&row, &Keys { procedure, centre }, &sources)?;
            let key = log_key(&record);
            // Of one that a comparison does not keep whole it knows the period, and whether it is gone.
            let compared_key = listing_key(row.procedure_id, row.centre_id, &row.case_code);
            match writer.compared_period(compared_key, days(record.period).0) {
                Some((from, to)) if from == to => continue,
                Some((from, to)) => record.period = period_columns::period(day_of(from), day_of(to))?,
                None => {}
            }
            let stored = Stored { row_id: row.id, version: version(row.version), record };
            found.insert(key, (stored, row.centre_id));
        }
    }
    Ok(keys
        .iter()
        .map(|key| match writer.compared::<Stored<Availability>>(key) {
            Some(compared) => {
                let centre_id = found.get(key).map_or(0, |(_, centre_id)| *centre_id);
                compared.map(|stored| (stored, centre_id))
            }
            // A key may be asked for twice: each time it is stored.
            None => found.get(key).cloned(),
        })
        .collect())
}

/// Takes listings out as mistakes, many at a time; outcomes are appended in order.
pub(crate) async fn withdraw_group(
    writer: &mut Writer,
    keys: Vec<(LogKey, Expected)>,
    outcomes: &mut Vec<Result<Applied, Refusal>>,
) -> Result<(), StorageError> {
    for group in keys.chunks(GROUP) {
        let names: Vec<LogKey> = group.iter().map(|(key, _)| key.clone()).collect();
        let stored = stored_by_key(writer, &names).await?;
        let mut gone = Vec::with_capacity(group.len());
        let mut named = HashSet::new();
        for ((key, expected), stored) in group.iter().zip(stored) {
            // Named twice, it is gone the second time.
            let Some((stored, centre_id)) = stored.filter(|_| named.insert(key)) else {
                outcomes.push(Err(Refusal::NotThere));
                continue;
            };
            let belongs = Belongs::Centre(stored.record.centre.clone());
            if !writer.covers(EntityKind::Availability, &belongs).await? {
                outcomes.push(Err(Refusal::Forbidden));
                continue;
            }
            // Compared with itself a record is the same; only the version can differ.
            if let Err(refusal) = step(Some((&stored.record, stored.version)), &stored.record, *expected) {
                outcomes.push(Err(refusal));
                continue;
            }
            let entry = Entry {
                kind: EntityKind::Availability,
                key: key.to_string(),
                subject_id: centre_id,
                version: stored.version + 1,
                before: Some(text_of("availability", &stored.record)?),
                after: None,
            };
            let sequence = writer.log(entry).await?;
            gone.push((stored.row_id, sequence));
            if !writer.writes() {
                writer.note::<Stored<Availability>>(key.clone(), None);
                let procedure = stored.record.procedure.as_str();
                let procedure_id = writer.known.procedure(&writer.tx, procedure).await?;
                let procedure_id = procedure_id.or_else(|| writer.buried(EntityKind::Procedure, procedure));
                let procedure_id = procedure_id.unwrap_or_default();
                let case = stored.record.case.as_deref().unwrap_or_default();
                let compared_key = listing_key(procedure_id, centre_id, case);
                if let Some(compared) = writer.compared_listings() {
                    compared.remove(compared_key, days(stored.record.period).0);
                }
            }
            outcomes.push(Ok(Applied::Withdrawn(sequence)));
        }
        if writer.writes() {
            writer.delete("availability", &gone).await?;
        }
    }
    Ok(())
}
