//! What the rules of filing look at: the place, the centres that may be of use, and what they say.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::centres::works_on;
use super::units::holds_on;
use crate::catalogue::Catalogue;
use crate::code::UnitCode;
use crate::filing::{FilingCandidate, FilingPlace};
use crate::level::Tier;
use crate::read::{AvailabilityAt, CentreAt, ProcedureAt, Stored, UnitName};
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::entity::{availability, centre, unit_period};
use crate::store::{read, rows, sources};

impl Catalogue {
    /// The unit that has a code on a day, with what lies above and below it.
    pub async fn filing_place(
        &self,
        code: &UnitCode,
        as_of: NaiveDate,
    ) -> Result<Option<FilingPlace>, StorageError> {
        let Some(unit) = self.unit(code, as_of).await? else { return Ok(None) };
        let below = match unit.stored.record.tier {
            Tier::Province | Tier::District => self.units_below(Some(code), as_of).await?,
            _ => Vec::new(),
        };
        let is_district = |code: &UnitCode| code.tier() == Tier::District;
        let has_districts = is_district(code)
            || unit.ancestors.iter().any(|above| is_district(&above.code))
            || below.iter().any(|unit| unit.stored.record.tier == Tier::District);
        let below = below
            .into_iter()
            .map(|unit| UnitName { code: unit.stored.record.code, full_name: unit.stored.record.full_name })
            .collect();
        Ok(Some(FilingPlace { unit, below, has_districts }))
    }

    /// The centres of a place and of the units above it that work on a day, and further ones by row id, each with what
    /// it says about a procedure on the day.
    pub async fn filing_candidates(
        &self,
        procedure: &ProcedureAt,
        place: &FilingPlace,
        further: &[i64],
        as_of: NaiveDate,
    ) -> Result<Vec<FilingCandidate>, StorageError> {
        let db = self.db.reader();
        let units: Vec<i64> = unit_period::Entity::find()
            .select_only()
            .column(unit_period::Column::UnitId)
            .filter(unit_period::Column::Code.is_in(place.chain().map(UnitCode::as_str)))
            .filter(holds_on(as_of))
            .into_tuple()
            .all(db)
            .await?;
        let wanted = Condition::any()
            .add(centre::Column::UnitId.is_in(units))
            .add(centre::Column::Id.is_in(further.iter().copied()));
        let centres = centre::Entity::find().filter(works_on(as_of)).filter(wanted).all(db).await?;
        let ids: BTreeSet<i64> = centres.iter().map(|row| row.id).collect();
        let listings = availability::Entity::find()
            .filter(availability::Column::ProcedureId.eq(procedure.procedure_id))
            .filter(availability::Column::CentreId.is_in(ids))
            .filter(availability::Column::ValidFrom.lte(as_of))
            .filter(availability::Column::ValidTo.gt(as_of))
            .all(db)
            .await?;
        let sources = sources::sources_by_id(db, listings.iter().map(|row| row.source_id)).await?;
        let mut by_centre: HashMap<i64, Vec<availability::Model>> = HashMap::new();
        for row in listings {
            by_centre.entry(row.centre_id).or_default().push(row);
        }
        let mut candidates = Vec::with_capacity(centres.len());
        for centre in self.complete_centres(centres).await? {
            let mut listings = Vec::new();
            for row in by_centre.remove(&centre.stored.id).unwrap_or_default() {
                listings.push(listing(&row, procedure, &centre, &sources)?);
            }
            listings.sort_by(|a, b| a.stored.record.case.cmp(&b.stored.record.case));
            candidates.push(FilingCandidate { centre, listings });
        }
        Ok(candidates)
    }
}

fn listing(
    row: &availability::Model,
    procedure: &ProcedureAt,
    centre: &CentreAt,
    sources: &HashMap<i64, Source>,
) -> Result<AvailabilityAt, StorageError> {
    let keys = rows::availability::Keys {
        procedure: &procedure.stored.record.code,
        centre: &centre.stored.record.id,
    };
    Ok(AvailabilityAt {
        stored: Stored {
            id: row.id,
            version: read::version(row.version),
            changed_at: row.changed_at,
            record: rows::availability::record(row, &keys, sources)?,
        },
        procedure_name: procedure.stored.record.name.clone(),
        centre_name: centre.stored.record.name.clone(),
        centre_tier: centre.stored.record.tier,
        unit: centre.unit.clone(),
        parent_unit: centre.ancestors.last().cloned(),
    })
}
