//! Facts about the whole site.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QuerySelect, Statement};
use serde::{Deserialize, Serialize, Serializer};

use crate::change::EntityKind;
use crate::log_key::LogKey;
use crate::refusal::Refusal;
use crate::source::SourceKind;
use crate::store::db::StorageError;
use crate::store::entity::site;
use crate::store::keep::{Kept, Row, Stored};
use crate::store::writer::Writer;

/// A fact about the site. In the log it is its value; the key stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteFact {
    /// Its key.
    pub(crate) key: String,
    /// Its value.
    pub(crate) value: String,
}

/// Tables whose rows name a source.
const WITH_SOURCE: [&str; 7] = [
    "availability",
    "centre",
    "centre_figure",
    "procedure_period",
    "decision",
    "unit_period",
    "unit_succession",
];

/// A fact as the log has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    value: String,
}

impl SiteFact {
    /// A fact from its entry of the log.
    pub(crate) fn of_log(key: String, record: serde_json::Value) -> Result<Self, serde_json::Error> {
        let Value { value } = serde_json::from_value(record)?;
        Ok(Self { key, value })
    }
}

impl Serialize for SiteFact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value { value: self.value.clone() }.serialize(serializer)
    }
}

impl Kept for SiteFact {
    const KIND: EntityKind = EntityKind::Site;
    const TABLE: &'static str = "site";
    const REFERRED: Option<&'static str> = Some("site");
    type Found = ();

    fn key(&self) -> LogKey {
        LogKey::Site(self.key.clone())
    }

    fn check(&self, _today: NaiveDate) -> Result<(), Refusal> {
        Ok(())
    }

    async fn resolve(&self, _writer: &mut Writer) -> Result<Result<(), Refusal>, StorageError> {
        Ok(Ok(()))
    }

    async fn load(writer: &mut Writer, key: &LogKey) -> Result<Option<Stored<Self>>, StorageError> {
        let LogKey::Site(key) = key else { return Ok(None) };
        let row = site::Entity::find_by_id(key.clone()).one(&writer.tx).await?;
        let stored = row.map(|row| Stored {
            row_id: row.id,
            version: crate::store::read::version(row.version),
            record: Self { key: row.key, value: row.value },
        });
        Ok(stored)
    }

    async fn write(&self, writer: &mut Writer, (): &(), row: Row) -> Result<(), StorageError> {
        let model = site::Model {
            key: self.key.clone(),
            value: self.value.clone(),
            id: row.row_id,
            version: i64::from(row.version),
        }
        .into_active_model();
        if row.is_new {
            site::Entity::insert(model).exec_without_returning(&writer.tx).await?;
        } else {
            site::Entity::update(model.reset_all()).exec(&writer.tx).await?;
        }
        Ok(())
    }

    async fn stored_subject(&self, _writer: &mut Writer, _row_id: i64) -> Result<i64, StorageError> {
        Ok(0)
    }

    /// Facts about the site are found by their keys alone; the log never gave them rows.
    fn subject(&self, (): &(), _row_id: i64) -> i64 {
        0
    }
}

/// The value of a fact.
pub(crate) async fn value(
    db: &impl sea_orm::ConnectionTrait,
    key: &str,
) -> Result<Option<String>, StorageError> {
    let query = site::Entity::find_by_id(key.to_owned()).select_only().column(site::Column::Value);
    Ok(query.into_tuple().one(db).await?)
}

/// A table with made-up records, where there is one.
pub(crate) async fn made_up(writer: &Writer) -> Result<Option<String>, StorageError> {
    for table in WITH_SOURCE {
        let sql = format!(
            "SELECT 1 FROM {table} r JOIN source s ON s.id = r.source_id WHERE s.kind = '{}' LIMIT 1",
            SourceKind::Sample.as_str()
        );
        let statement = Statement::from_string(writer.tx.get_database_backend(), sql);
        if writer.tx.query_one_raw(statement).await?.is_some() {
            return Ok(Some(format!("made-up records in {table}")));
        }
    }
    Ok(None)
}
