//! Fields, agencies, events, facts about the site.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::{damaged, id, is_sound, version};
use crate::change::EntityKind;
use crate::command::{Applied, Expected, Refusal};
use crate::reference::{Agency, Event, EventKind, Field};
use crate::store::db::StorageError;
use crate::store::entity::{agency, event, field, site};
use crate::store::writer::{LogEntry, Step, Writer, step};
use crate::text::sort_key;

type Outcome = Result<Result<Applied, Refusal>, StorageError>;

/// A field from its row.
pub(crate) fn field_record(row: &field::Model) -> Result<Field, StorageError> {
    Ok(Field { slug: id("field", &row.slug)?, name: row.name.clone() })
}

/// An agency from its row.
pub(crate) fn agency_record(row: &agency::Model) -> Result<Agency, StorageError> {
    Ok(Agency { slug: id("agency", &row.slug)?, name: row.name.clone() })
}

/// An event from its row.
pub(crate) fn event_record(row: &event::Model) -> Result<Event, StorageError> {
    let kind = match row.kind.as_str() {
        "life" => EventKind::Life,
        "business" => EventKind::Business,
        other => return Err(damaged("event", &row.slug, format!("{other:?} is not a kind"))),
    };
    Ok(Event { slug: id("event", &row.slug)?, name: row.name.clone(), kind })
}

/// Writes one list entry; the three lists differ only in their columns.
macro_rules! put_entry {
    ($name:ident, $table:ident, $record:ty, $read:ident, $kind:ident, $label:literal,
     |$entry:ident| { $($column:ident: $value:expr),* }) => {
        /// Creates or renames an entry of the list.
        pub(crate) async fn $name(writer: &mut Writer, record: $record, expected: Expected) -> Outcome {
            if !is_sound(&record.name) {
                return Ok(Err(Refusal::BadText { part: "name" }));
            }
            let row =
                $table::Entity::find().filter($table::Column::Slug.eq(record.slug.as_str())).one(&writer.tx).await?;
            let stored = row.as_ref().map(|row| Ok::<_, StorageError>(($read(row)?, version(row.version)))).transpose()?;
            let version = match step(stored.as_ref().map(|(record, version)| (record, *version)), &record, expected) {
                Err(refusal) => return Ok(Err(refusal)),
                Ok(Step::Same) => return Ok(Ok(Applied::Same)),
                Ok(Step::Write(version)) => version,
            };
            let row_id = match &row {
                Some(row) => row.id,
                None => writer.next_id($label).await?,
            };
            let $entry = &record;
            let model = $table::Model {
                id: row_id,
                slug: record.slug.to_string(),
                name: record.name.clone(),
                $($column: $value,)*
                version: i64::from(version),
                changed_at: writer.at(),
            };
            let model = model.into_active_model();
            if row.is_some() {
                $table::Entity::update(model.reset_all()).exec(&writer.tx).await?;
            } else {
                $table::Entity::insert(model).exec_without_returning(&writer.tx).await?;
            }
            writer.known.forget_lists();
            let before = stored.as_ref().map(|(record, _)| record);
            let sequence = writer
                .log(LogEntry {
                    entity: EntityKind::$kind,
                    key: record.slug.to_string(),
                    row_id,
                    version,
                    before,
                    after: &record,
                })
                .await?;
            Ok(Ok(if before.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) }))
        }
    };
}

put_entry!(put_field, field, Field, field_record, Field, "field", |entry| { sort_key: sort_key(&entry.name) });
put_entry!(put_agency, agency, Agency, agency_record, Agency, "agency", |_entry| {});
put_entry!(put_event, event, Event, event_record, Event, "event", |entry| {
    kind: match entry.kind { EventKind::Life => "life", EventKind::Business => "business" }.to_owned()
});

/// Writes a fact about the site.
pub(crate) async fn put_site(writer: &mut Writer, key: &str, value: &str) -> Result<Applied, StorageError> {
    let stored = site::Entity::find_by_id(key.to_owned()).one(&writer.tx).await?;
    if stored.as_ref().is_some_and(|row| row.value == value) {
        return Ok(Applied::Same);
    }
    let model = site::Model { key: key.to_owned(), value: value.to_owned() }.into_active_model();
    if stored.is_some() {
        site::Entity::update(model.reset_all()).exec(&writer.tx).await?;
    } else {
        site::Entity::insert(model).exec_without_returning(&writer.tx).await?;
    }
    let before = stored.as_ref().map(|row| json!({ "value": row.value }));
    let sequence = writer
        .log(LogEntry {
            entity: EntityKind::Site,
            key: key.to_owned(),
            row_id: 0,
            version: 1,
            before: before.as_ref(),
            after: &json!({ "value": value }),
        })
        .await?;
    Ok(if stored.is_some() { Applied::Changed(sequence) } else { Applied::Created(sequence) })
}

impl super::Known {
    /// Makes the next look-up of a field or agency read the tables again.
    fn forget_lists(&mut self) {
        self.fields.clear();
        self.agencies.clear();
    }
}
