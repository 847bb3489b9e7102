//! Corrections of dated records: what somebody means by one act, as the rows that it takes.

use chrono::NaiveDate;

use super::db::StorageError;
use super::keep::{Outcome, Stored, stored};
use super::period_columns::{beginning, columns, end as no_end, period};
use super::rows;
use super::writer::Writer;
use crate::availability::Availability;
use crate::centre::Centre;
use crate::change::EntityKind;
use crate::command::{Command, Expected};
use crate::log_key::LogKey;
use crate::period::Period;
use crate::procedure::Procedure;
use crate::refusal::{Refusal, Rule};
use crate::unit::UnitPeriod;

/// A record with a period, whatever its kind.
#[derive(Debug, Clone)]
struct Dated {
    command: Command,
    version: u32,
}

impl Dated {
    fn period(&self) -> Period {
        period_of(&self.command).unwrap_or(Period::ALWAYS)
    }

    /// The same with another period.
    fn over(&self, period: Period) -> Command {
        let mut command = self.command.clone();
        set_period(&mut command, period);
        command
    }
}

/// Period of a record that has one.
pub(crate) fn period_of(command: &Command) -> Option<Period> {
    match command {
        Command::Availability(record) => Some(record.period),
        Command::Procedure(record) => Some(record.period),
        Command::Unit(record) => Some(record.period),
        Command::Centre(record) => Some(record.period),
        _ => None,
    }
}

/// Gives a record with a period another one.
pub(crate) fn set_period(command: &mut Command, period: Period) {
    match command {
        Command::Availability(record) => record.period = period,
        Command::Procedure(record) => record.period = period,
        Command::Unit(record) => record.period = period,
        Command::Centre(record) => record.period = period,
        _ => {}
    }
}

/// From its first day on it is as the record says. Where the record names no end, it reaches as far as the period in
/// whose place it comes, and at most to the next one.
pub(super) async fn state_from(writer: &mut Writer, command: Command, expected: Expected) -> Outcome {
    let Some(from) = period_of(&command).and_then(Period::valid_from) else {
        return Ok(Err(Rule::NoPeriod.into()));
    };
    if matches!(command, Command::Centre(_)) {
        return Ok(Err(Rule::NoPeriod.into()));
    }
    let others = periods_beside(writer, &command).await?;
    let before = others.iter().find(|other| {
        let (first, after) = columns(other.period());
        first < from && from < after
    });
    let next = others.iter().map(|other| columns(other.period()).0).filter(|first| *first > from).min();
    let mut command = command;
    if period_of(&command).and_then(Period::valid_to).is_none() {
        let same_day = others.iter().find(|other| columns(other.period()).0 == from);
        let reach = before.or(same_day).map_or_else(no_end, |other| columns(other.period()).1);
        let to = next.map_or(reach, |next| next.min(reach));
        set_period(&mut command, period(from, to)?);
    }
    let Some(before) = before else {
        return Box::pin(writer.put_one(command, expected)).await;
    };
    // Whoever expects a version has seen the period that now ends.
    if let Expected::Version(version) = expected
        && version != before.version
    {
        return Ok(Err(Refusal::Stale { current_version: before.version, current: None }));
    }
    let shortened = before.over(period(columns(before.period()).0, from)?);
    if let Err(refusal) = Box::pin(writer.put_one(shortened, Expected::Version(before.version))).await? {
        return Ok(Err(refusal));
    }
    let outcome = Box::pin(writer.put_one(command, Expected::Any)).await?;
    if outcome.is_err() {
        // A refused command changes nothing: what was shortened for it is put back.
        let back = before.command.clone();
        if let Err(refusal) = Box::pin(writer.put_one(back, Expected::Any)).await? {
            return Ok(Err(refusal));
        }
    }
    Ok(outcome)
}

/// The period in whose place a command would come that says how it is from its first day on: that of the same first day,
/// or the one that holds then.
pub(crate) async fn replaced_from(
    writer: &mut Writer,
    command: &Command,
) -> Result<Option<Command>, StorageError> {
    let Some(from) = period_of(command).and_then(Period::valid_from) else { return Ok(None) };
    let others = periods_beside(writer, command).await?;
    let holds = |other: &&Dated| {
        let (first, after) = columns(other.period());
        first <= from && from < after
    };
    Ok(others.iter().find(holds).map(|other| other.command.clone()))
}

/// A record ends on a day.
pub(super) async fn end(writer: &mut Writer, key: LogKey, on: NaiveDate, expected: Expected) -> Outcome {
    let dated = match dated(writer, &key).await? {
        Ok(dated) => dated,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let from = columns(dated.period()).0;
    if on <= from {
        return Ok(Err(Rule::EndsBeforeItBegins.into()));
    }
    let command = dated.over(period(from, on)?);
    Box::pin(writer.put_one(command, expected)).await
}

/// A record began on another day than it says.
pub(super) async fn rebegin(
    writer: &mut Writer,
    key: LogKey,
    from: NaiveDate,
    expected: Expected,
) -> Outcome {
    let dated = match dated(writer, &key).await? {
        Ok(dated) => dated,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let to = columns(dated.period()).1;
    if from >= to {
        return Ok(Err(Rule::EndsBeforeItBegins.into()));
    }
    let command = dated.over(period(from, to)?);
    // A centre is found by its id alone; other records by their first day, so the one with the wrong day goes.
    if matches!(key, LogKey::Centre(_)) || columns(dated.period()).0 == from {
        return Box::pin(writer.put_one(command, expected)).await;
    }
    if let Err(refusal) = writer.withdraw(key, expected).await? {
        return Ok(Err(refusal));
    }
    let outcome = Box::pin(writer.put_one(command, Expected::Any)).await?;
    if outcome.is_err() {
        let back = dated.command;
        if let Err(refusal) = Box::pin(writer.put_one(back, Expected::Any)).await? {
            return Ok(Err(refusal));
        }
    }
    Ok(outcome)
}

/// The stored record of a key, for kinds that have periods.
async fn dated(writer: &mut Writer, key: &LogKey) -> Result<Result<Dated, Refusal>, StorageError> {
    let found = match key {
        LogKey::Availability { .. } => {
            let found = rows::listings_by_key::stored_by_key(writer, std::slice::from_ref(key)).await?;
            found.into_iter().next().flatten().map(|(stored, _)| listing(stored))
        }
        LogKey::Procedure { .. } => stored::<Procedure>(writer, key).await?.map(|stored| Dated {
            command: Command::Procedure(Box::new(stored.record)),
            version: stored.version,
        }),
        LogKey::Unit { .. } => stored::<UnitPeriod>(writer, key)
            .await?
            .map(|stored| Dated { command: Command::Unit(stored.record), version: stored.version }),
        LogKey::Centre(_) => stored::<Centre>(writer, key)
            .await?
            .map(|stored| Dated { command: Command::Centre(stored.record), version: stored.version }),
        _ => return Ok(Err(Rule::NoPeriod.into())),
    };
    Ok(found.ok_or(Refusal::NotThere))
}

fn listing(stored: Stored<Availability>) -> Dated {
    Dated { command: Command::Availability(Box::new(stored.record)), version: stored.version }
}

/// Every stored period of what a record is a period of.
async fn periods_beside(writer: &mut Writer, command: &Command) -> Result<Vec<Dated>, StorageError> {
    let days: Vec<NaiveDate> = match command {
        Command::Availability(record) => {
            let periods = rows::listings_written::periods_of(writer, record).await?;
            return Ok(periods.into_iter().map(listing).collect());
        }
        Command::Procedure(record) => {
            let Some(procedure_id) = writer.known.procedure(&writer.tx, record.code.as_str()).await? else {
                return Ok(Vec::new());
            };
            let periods = writer.known.periods_of(&writer.tx, procedure_id).await?;
            periods.iter().map(|period| period.from).collect()
        }
        Command::Unit(record) => {
            writer.units().await?.spans(&record.code).iter().map(|span| span.from).collect()
        }
        _ => return Ok(Vec::new()),
    };
    let mut periods = Vec::with_capacity(days.len());
    for day in days {
        let from = (day != beginning()).then_some(day);
        let key = match command {
            Command::Procedure(record) => LogKey::Procedure { code: record.code.clone(), from },
            Command::Unit(record) => LogKey::Unit { code: record.code.clone(), from },
            _ => continue,
        };
        debug_assert!(matches!(key.kind(), EntityKind::Procedure | EntityKind::Unit));
        if let Ok(period) = dated(writer, &key).await? {
            periods.push(period);
        }
    }
    Ok(periods)
}
