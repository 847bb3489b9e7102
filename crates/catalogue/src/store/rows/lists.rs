//! Coded lists: fields, agencies, events.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use chrono::NaiveDate;

use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::reference::{Agency, Event, EventKind, Field};
use crate::refusal::{Part, Refusal};
use crate::store::db::StorageError;
use crate::store::entity::{agency, event, field};
use crate::store::keep::{Kept, Place, Row, Stored};
use crate::store::read::{damaged, id, is_sound, version};
use crate::store::writer::Writer;
use crate::text::sort_key;

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

fn named(name: &str) -> Result<(), Refusal> {
    if is_sound(name) { Ok(()) } else { Err(Refusal::BadText { part: Part::Name }) }
}

impl Kept for Field {
    const KIND: EntityKind = EntityKind::Field;
    const TABLE: &'static str = "field";
    const REFERRED: Option<&'static str> = Some("field");
    type Found = ();

    fn key(&self) -> LogKey {
        LogKey::Field(self.slug.clone())
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        named(&self.name)
    }

    async fn resolve(&self, _writer: &mut Writer) -> Result<Result<(), Refusal>, StorageError> {
        Ok(Ok(()))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Field(slug) = key else { return Ok(None) };
        let row = field::Entity::find().filter(field::Column::Slug.eq(slug.as_str())).one(&writer.tx).await?;
        row.map(|row| {
            Ok(Stored { row_id: row.id, version: version(row.version), record: field_record(&row)? })
        })
        .transpose()
    }

    async fn write(&self, writer: &mut Writer, (): &(), row: Row) -> Result<(), StorageError> {
        let model = field::Model {
            id: row.row_id,
            slug: self.slug.to_string(),
            name: self.name.clone(),
            sort_key: sort_key(&self.name),
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            field::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            field::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    fn remember(&self, writer: &mut Writer, _subject: i64, place: Place) {
        match place {
            Place::In(row_id) => writer.known.add_field(self.slug.as_str(), row_id),
            Place::GoneFrom(_) => writer.known.remove_field(self.slug.as_str()),
        }
    }
}

impl Kept for Agency {
    const KIND: EntityKind = EntityKind::Agency;
    const TABLE: &'static str = "agency";
    const REFERRED: Option<&'static str> = Some("agency");
    type Found = ();

    fn key(&self) -> LogKey {
        LogKey::Agency(self.slug.clone())
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        named(&self.name)
    }

    async fn resolve(&self, _writer: &mut Writer) -> Result<Result<(), Refusal>, StorageError> {
        Ok(Ok(()))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Agency(slug) = key else { return Ok(None) };
        let row =
            agency::Entity::find().filter(agency::Column::Slug.eq(slug.as_str())).one(&writer.tx).await?;
        row.map(|row| {
            Ok(Stored { row_id: row.id, version: version(row.version), record: agency_record(&row)? })
        })
        .transpose()
    }

    async fn write(&self, writer: &mut Writer, (): &(), row: Row) -> Result<(), StorageError> {
        let model = agency::Model {
            id: row.row_id,
            slug: self.slug.to_string(),
            name: self.name.clone(),
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            agency::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            agency::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    fn remember(&self, writer: &mut Writer, _subject: i64, place: Place) {
        match place {
            Place::In(row_id) => writer.known.add_agency(self.slug.as_str(), row_id),
            Place::GoneFrom(_) => writer.known.remove_agency(self.slug.as_str()),
        }
    }
}

impl Kept for Event {
    const KIND: EntityKind = EntityKind::Event;
    const TABLE: &'static str = "event";
    type Found = ();

    fn key(&self) -> LogKey {
        LogKey::Event(self.slug.clone())
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        named(&self.name)
    }

    async fn resolve(&self, _writer: &mut Writer) -> Result<Result<(), Refusal>, StorageError> {
        Ok(Ok(()))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Event(slug) = key else { return Ok(None) };
        let row = event::Entity::find().filter(event::Column::Slug.eq(slug.as_str())).one(&writer.tx).await?;
        row.map(|row| {
            Ok(Stored { row_id: row.id, version: version(row.version), record: event_record(&row)? })
        })
        .transpose()
    }

    async fn write(&self, writer: &mut Writer, (): &(), row: Row) -> Result<(), StorageError> {
        let kind = match self.kind {
            EventKind::Life => "life",
            EventKind::Business => "business",
        };
        let model = event::Model {
            id: row.row_id,
            slug: self.slug.to_string(),
            name: self.name.clone(),
            kind: kind.to_owned(),
            version: i64::from(row.version),
            changed_at: writer.at(),
        }
        .into_active_model();
        if row.is_new {
            event::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            event::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }
}
