//! The chain of the change log: how an entry is hashed, how a log that has no chain yet gets one, and how a chain is
//! checked. `docs/log.md` has the canonical form for those who check it with programs of their own.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use sha2::{Digest, Sha256};

use super::db::{Db, StorageError};
use super::entity::{change, change_chain, change_lineage};
use super::read::damaged;
use super::turn::Turn;
use crate::log_place::{LogHash, LogId, LogPlace};

/// Begins the hashed text of an entry's content.
const CONTENT: &[u8] = b"motcua log content 1\n";

/// Begins the hashed text of a link of the chain.
const LINK: &[u8] = b"motcua log link 1\n";

/// Entries that are read and chained at a time.
const PAGE: u64 = 5_000;

/// Hash of what an entry says: kind, key, version, form, actor and its kind, reason, moment, record before and after, in
/// this order. Each is a byte 0 where it is absent, or a byte 1, its length in bytes as eight bytes with the highest
/// first, and its text in UTF-8; numbers are written as decimal digits, moments as seconds since 1970.
pub(super) fn content_hash(entry: &change::Model) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(CONTENT);
    let mut part = |text: Option<&str>| match text {
        None => hash.update([0]),
        Some(text) => {
            hash.update([1]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
    };
    part(Some(&entry.entity));
    part(Some(&entry.key));
    part(Some(&entry.version.to_string()));
    part(Some(&entry.form.to_string()));
    part(Some(&entry.actor));
    part(Some(&entry.actor_kind));
    part(entry.reason.as_deref());
    part(Some(&entry.at.timestamp().to_string()));
    part(entry.before.as_deref());
    part(entry.after.as_deref());
    hash.finalize().into()
}

/// Hash of an entry: of its predecessor's hash, of its own number as eight bytes with the highest first, and of the hash
/// of its content.
pub(super) fn link(before: LogHash, entry: &change::Model) -> LogHash {
    let mut hash = Sha256::new();
    hash.update(LINK);
    hash.update(before.as_bytes());
    hash.update(entry.sequence.to_be_bytes());
    hash.update(content_hash(entry));
    LogHash::new(hash.finalize().into())
}

/// The hash in a column.
pub(super) fn stored_hash(sequence: i64, bytes: &[u8]) -> Result<LogHash, StorageError> {
    let bytes = bytes
        .try_into()
        .map_err(|_| damaged("change", &sequence.to_string(), format!("a hash of {} bytes", bytes.len())))?;
    Ok(LogHash::new(bytes))
}

/// The head of the log. `lock` keeps other writers out until the transaction ends.
pub(crate) async fn head(db: &impl ConnectionTrait, lock: bool) -> Result<LogPlace, StorageError> {
    let (sequence, log, hash) = raw_head(db, lock).await?;
    let (Ok(log), Some(hash)) = (LogId::try_from(log), hash) else {
        return Err(damaged("change", "head", "the log is not chained"));
    };
    Ok(LogPlace { log, sequence: u64::try_from(sequence).unwrap_or(0), hash: stored_hash(sequence, &hash)? })
}

async fn raw_head(
    db: &impl ConnectionTrait,
    lock: bool,
) -> Result<(i64, String, Option<Vec<u8>>), StorageError> {
    let backend = db.get_database_backend();
    let lock = if lock && backend == DbBackend::Postgres { " FOR UPDATE" } else { "" };
    let sql = format!("SELECT sequence, log_id, hash FROM change_head WHERE id = 1{lock}");
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("change_head".to_owned()))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?))
}

/// Moves the head of the log.
pub(super) async fn move_head(db: &impl ConnectionTrait, place: &LogPlace) -> Result<(), StorageError> {
    let backend = db.get_database_backend();
    let (sequence, log, hash) =
        if backend == DbBackend::Postgres { ("$1", "$2", "$3") } else { ("?", "?", "?") };
    let sql =
        format!("UPDATE change_head SET sequence = {sequence}, log_id = {log}, hash = {hash} WHERE id = 1");
    let values = [
        i64::try_from(place.sequence).unwrap_or(i64::MAX).into(),
        place.log.as_str().into(),
        place.hash.as_bytes().to_vec().into(),
    ];
    db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// The hash of an entry; none where the log has no entry of this number.
pub(crate) async fn hash_at(
    db: &impl ConnectionTrait,
    sequence: u64,
) -> Result<Option<LogHash>, StorageError> {
    if sequence == 0 {
        return Ok(Some(LogHash::ORIGIN));
    }
    let Ok(number) = i64::try_from(sequence) else { return Ok(None) };
    let row = change_chain::Entity::find_by_id(number).one(db).await?;
    row.map(|row| stored_hash(row.sequence, &row.hash)).transpose()
}

/// The hashes of some entries in a row, in their order.
pub(crate) async fn hashes_after(
    db: &impl ConnectionTrait,
    after: u64,
    limit: u64,
) -> Result<Vec<(u64, LogHash)>, StorageError> {
    let rows = change_chain::Entity::find()
        .filter(change_chain::Column::Sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order_by_asc(change_chain::Column::Sequence)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| Ok((u64::try_from(row.sequence).unwrap_or(0), stored_hash(row.sequence, &row.hash)?)))
        .collect()
}

/// On which occasion a log got an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// An empty log.
    Created,
    /// A log from before there were chains.
    Chained,
    /// A log that was restored from a copy.
    Restored,
}

impl Occasion {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Chained => "chained",
            Self::Restored => "restored",
        }
    }
}

/// Gives a log that has none a chain and an id, in one transaction. `progress` is told how many entries are chained.
pub(crate) async fn ensure(db: &Db, progress: &mut (dyn FnMut(u64) + Send)) -> Result<(), StorageError> {
    if !raw_head(db.writer(), false).await?.1.is_empty() {
        return Ok(());
    }
    let tx = db.begin_write().await?;
    let _turn = Turn::note(db).await;
    if !raw_head(&tx, true).await?.1.is_empty() {
        tx.rollback().await?;
        return Ok(());
    }
    let mut place = (0, LogHash::ORIGIN);
    loop {
        let entries = change::Entity::find()
            .filter(change::Column::Sequence.gt(place.0))
            .order_by_asc(change::Column::Sequence)
            .limit(PAGE)
            .all(&tx)
            .await?;
        if entries.is_empty() {
            break;
        }
        let mut links = Vec::with_capacity(entries.len());
        for entry in &entries {
            place = (entry.sequence, link(place.1, entry));
            links.push(
                change_chain::Model { sequence: entry.sequence, hash: place.1.as_bytes().to_vec() }
                    .into_active_model(),
            );
        }
        change_chain::Entity::insert_many(links).exec_without_returning(&tx).await?;
        progress(u64::try_from(place.0).unwrap_or(0));
    }
    let occasion = if place.0 == 0 { Occasion::Created } else { Occasion::Chained };
    give_id(&tx, (u64::try_from(place.0).unwrap_or(0), place.1), occasion).await?;
    tx.commit().await?;
    Ok(())
}

/// 32 random hexadecimal digits. Both databases have good randomness of their own.
pub(crate) async fn random_digits(db: &impl ConnectionTrait) -> Result<String, StorageError> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => "SELECT replace(gen_random_uuid()::text, '-', '')",
        _ => "SELECT lower(hex(randomblob(16)))",
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a random number".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}

/// Gives a log a new id from a place on, and notes it among its ids.
pub(crate) async fn give_id(
    db: &impl ConnectionTrait,
    (sequence, hash): (u64, LogHash),
    occasion: Occasion,
) -> Result<LogPlace, StorageError> {
    let log = LogId::try_from(random_digits(db).await?)
        .map_err(|error| damaged("change", "head", error.to_string()))?;
    let number = change_lineage::Entity::find()
        .order_by_desc(change_lineage::Column::Number)
        .one(db)
        .await?
        .map_or(1, |last| last.number + 1);
    let row = change_lineage::Model {
        number,
        log_id: log.to_string(),
        sequence: i64::try_from(sequence).unwrap_or(i64::MAX),
        hash: hash.as_bytes().to_vec(),
        began_at: chrono::SubsecRound::trunc_subsecs(crate::clock::now(), 0),
        occasion: occasion.as_str().to_owned(),
    };
    change_lineage::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    let place = LogPlace { log, sequence, hash };
    move_head(db, &place).await?;
    Ok(place)
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenLog {
    /// An entry is not there.
    Missing(u64),
    /// An entry has no hash, or there is a hash without an entry.
    Unchained(u64),
    /// What an entry says, or what its hash says of it, was altered.
    Altered(u64),
    /// The head says otherwise than the last entry.
    Head {
        /// Number of the last entry.
        last: u64,
        /// Number in the head.
        head: u64,
    },
}

/// What checking the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheck {
    /// Entries that are sound, from the first on.
    pub sound: u64,
    /// The head of the log.
    pub head: LogPlace,
    /// The first fault; none in a sound log.
    pub broken: Option<BrokenLog>,
}

/// Checks every entry from the first on, and the head, in a transaction that sees one state of the database. `progress` is
/// told how many entries are sound, and answers whether to go on; a check that was stopped tells what it saw by then.
pub(crate) async fn verify(
    db: &impl ConnectionTrait,
    progress: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<LogCheck, StorageError> {
    let head = head(db, false).await?;
    let mut sound = 0_u64;
    let mut hash = LogHash::ORIGIN;
    let broken = loop {
        let after = i64::try_from(sound).unwrap_or(i64::MAX);
        let entries = change::Entity::find()
            .filter(change::Column::Sequence.gt(after))
            .order_by_asc(change::Column::Sequence)
            .limit(PAGE)
            .all(db)
            .await?;
        let links = hashes_after(db, sound, PAGE).await?;
        if entries.is_empty() && links.is_empty() {
            break None;
        }
        if let Some(broken) = first_fault(&entries, &links, &mut sound, &mut hash) {
            break Some(broken);
        }
        if !progress(sound) {
            return Ok(LogCheck { sound, head, broken: None });
        }
    };
    let broken = broken.or_else(|| {
        (head.sequence != sound || head.hash != hash)
            .then_some(BrokenLog::Head { last: sound, head: head.sequence })
    });
    Ok(LogCheck { sound, head, broken })
}

fn first_fault(
    entries: &[change::Model],
    links: &[(u64, LogHash)],
    sound: &mut u64,
    hash: &mut LogHash,
) -> Option<BrokenLog> {
    let mut links = links.iter();
    for entry in entries {
        let wanted = *sound + 1;
        if u64::try_from(entry.sequence) != Ok(wanted) {
            return Some(BrokenLog::Missing(wanted));
        }
        match links.next() {
            Some((sequence, stored)) if *sequence == wanted => {
                *hash = link(*hash, entry);
                if hash != stored {
                    return Some(BrokenLog::Altered(wanted));
                }
            }
            _ => return Some(BrokenLog::Unchained(wanted)),
        }
        *sound = wanted;
    }
    // A page of entries that is shorter than its page of hashes ends the log before its chain.
    match links.next() {
        Some((sequence, _)) if entries.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) => {
            Some(BrokenLog::Unchained(*sequence))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn entry() -> change::Model {
        change::Model {
            sequence: 1,
            entity: "field".to_owned(),
            key: "ho-tich".to_owned(),
            subject_id: 7,
            version: 1,
            actor: "import".to_owned(),
            reason: None,
            at: DateTime::UNIX_EPOCH,
            before: None,
            after: Some(r#"{"slug":"ho-tich","name":"Hộ tịch"}"#.to_owned()),
            form: 1,
            actor_kind: "program".to_owned(),
        }
    }

    #[test]
    fn the_canonical_form_stays() {
        // Worked out by another program from docs/log.md. Whoever changes the form breaks every copy of every log.
        assert_eq!(
            link(LogHash::ORIGIN, &entry()).to_string(),
            "ac34847efb320304b46447740de8b13137f939f2e33bd105bd9f09294fb19a40"
        );
    }

    #[test]
    fn everything_that_an_entry_says_is_in_its_hash() {
        type Alter = fn(&mut change::Model);
        let alterations: [Alter; 10] = [
            |e| e.sequence = 2,
            |e| e.entity = "agency".to_owned(),
            |e| e.key.push('x'),
            |e| e.version = 2,
            |e| e.form = 2,
            |e| e.actor = "sample".to_owned(),
            |e| e.actor_kind = "office".to_owned(),
            |e| e.reason = Some(String::new()),
            |e| e.at += chrono::TimeDelta::seconds(1),
            |e| e.before = e.after.take(),
        ];
        let known = link(LogHash::ORIGIN, &entry());
        for alter in alterations {
            let mut other = entry();
            alter(&mut other);
            assert_ne!(link(LogHash::ORIGIN, &other), known, "{other:?}");
        }
        assert_ne!(link(known, &entry()), known);
        // The row that followers look a record up by is a matter of each database.
        assert_eq!(link(LogHash::ORIGIN, &change::Model { subject_id: 8, ..entry() }), known);
    }
}
