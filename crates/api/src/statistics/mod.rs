//! Statistics: how far online a place is, over many procedures and centres.

pub(crate) mod indicator;
pub(crate) mod overview;
pub(crate) mod quick_wins;
pub(crate) mod series;

use chrono::NaiveDate;
use utoipa::IntoParams;

use motcua_catalogue::{CentreId, Scheme, Slug, Tier, UnitCode};
use motcua_http::{AppState, ErrorCode, Location, ParameterError, Problem, QueryReader};
use motcua_search::{CoverageBy, CoverageRequest};

use crate::place::NamedRecords;
use crate::view::code::{SchemeCode, TierCode};

/// Which pairs of procedure and centre are counted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SelectionParams {
    /// Code of a unit: only centres of this unit and of the units below it.
    #[param(value_type = Option<String>, pattern = "^([0-9]{2}|[0-9]{3}|[0-9]{5})$", example = "42")]
    unit: Option<UnitCode>,
    /// Id of a centre: only this one.
    #[param(value_type = Option<String>, example = "p42")]
    centre: Option<CentreId>,
    /// Only centres of this tier: `province`, `district` or `commune`.
    #[param(value_type = Option<TierCode>, example = "commune")]
    tier: Option<Tier>,
    /// Key of a field: only procedures in it.
    #[param(value_type = Option<String>, example = "ho-tich")]
    field: Option<Slug>,
    /// Key of an agency: only procedures that it carries out. `by=agency` lists the keys.
    #[param(value_type = Option<String>, example = "uy-ban-nhan-dan-cap-xa")]
    agency: Option<Slug>,
    /// Also gives the levels in the words of this scheme, in `in_scheme`: what was stated in them and, apart from it, what was
    /// converted from other words.
    #[param(value_type = Option<SchemeCode>, example = "nd43-2011")]
    scheme: Option<Scheme>,
}

impl SelectionParams {
    /// Reads them.
    pub(crate) fn read(query: &mut QueryReader<'_>) -> Self {
        let tier: Option<Tier> = query.parse("tier");
        if let Some(without) = tier.filter(|tier| matches!(tier, Tier::Ministry | Tier::Other)) {
            query.fault(ParameterError {
                parameter: "tier".to_owned(),
                location: Location::Query,
                value: Some(without.as_str().to_owned()),
                code: ErrorCode::OutOfRange,
                reason: "no centre of the catalogue has this tier".to_owned(),
                remedy: "use province, district or commune".to_owned(),
            });
        }
        Self {
            unit: query.parse("unit"),
            centre: query.parse("centre"),
            tier,
            field: query.parse("field"),
            agency: query.parse("agency"),
            scheme: query.parse("scheme"),
        }
    }

    /// The scheme asked for.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// Checks that what is named exists on a day.
    pub(crate) async fn check(&self, state: &AppState, as_of: NaiveDate) -> Result<(), Problem> {
        let mut named = NamedRecords::new(state, as_of);
        named.unit("unit", self.unit.as_ref()).await?;
        named.centre("centre", self.centre.as_ref()).await?;
        named.fields("field", self.field.as_slice()).await?;
        named.finish()?;
        if let (Some(centre), Some(unit)) = (&self.centre, &self.unit)
            && state.engine.lies_outside(centre, unit, as_of)
        {
            return Err(Problem::parameters(vec![ParameterError {
                parameter: "centre".to_owned(),
                location: Location::Query,
                value: Some(centre.to_string()),
                code: ErrorCode::Conflict,
                reason: format!("it lies outside the unit {unit} on {as_of}"),
                remedy: "leave out `unit` or `centre`, or name the unit in which the centre lies".to_owned(),
            }]));
        }
        if let Some(key) = &self.agency
            && !state.catalogue.has_agency(key).await?
        {
            return Err(Problem::parameters(vec![ParameterError::no_such_record(
                "agency",
                key.as_str(),
                "agency has this key",
                "use a key that /api/v1/statistics?by=agency lists",
            )]));
        }
        Ok(())
    }

    /// The request to the engine.
    pub(crate) fn request(&self, as_of: NaiveDate, by: Option<CoverageBy>) -> CoverageRequest {
        CoverageRequest {
            as_of,
            unit: self.unit.clone(),
            centre: self.centre.clone(),
            tier: self.tier,
            field: self.field.clone(),
            agency: self.agency.clone(),
            by,
        }
    }
}
