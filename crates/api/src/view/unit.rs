//! Administrative units in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::places::{PlaceUnit, UnitHistory};
use motcua_catalogue::{Stored, UnitAt};

use crate::view::code::{Code, ExtentCode, TierCode};
use crate::view::part::{PeriodView, SourceView, UnitNameView, views};

/// A unit in a list, as it stands on the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitSummary {
    /// Code on the day.
    #[schema(example = "42")]
    pub(crate) code: String,
    /// Name with the kind.
    #[schema(example = "Tỉnh Hà Tĩnh")]
    pub(crate) name: String,
    /// Name without the kind.
    #[schema(example = "Hà Tĩnh")]
    pub(crate) short_name: String,
    /// Kind in Vietnamese, lower case.
    #[schema(example = "tỉnh")]
    pub(crate) kind: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// The units above it on the day, from the province down.
    pub(crate) ancestors: Vec<UnitNameView>,
    /// When it had this code, kind, name and parent.
    pub(crate) period: PeriodView,
    /// Where the record comes from.
    pub(crate) source: SourceView,
}

impl From<UnitAt> for UnitSummary {
    fn from(at: UnitAt) -> Self {
        let UnitAt { stored, ancestors, .. } = at;
        let unit = stored.record;
        Self {
            code: unit.code.into(),
            name: unit.full_name,
            short_name: unit.name,
            kind: unit.kind,
            tier: Code(unit.tier),
            ancestors: views(ancestors),
            period: unit.period.into(),
            source: unit.source.into(),
        }
    }
}

/// Administrative unit (đơn vị hành chính), with what it came from and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitView {
    /// Day on which the unit was looked at.
    #[schema(example = "2021-03-01")]
    pub(crate) as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) notice: Option<&'static str>,
    /// Code on the day.
    #[schema(example = "42")]
    pub(crate) code: String,
    /// Name with the kind.
    #[schema(example = "Tỉnh Hà Tĩnh")]
    pub(crate) name: String,
    /// Name without the kind.
    #[schema(example = "Hà Tĩnh")]
    pub(crate) short_name: String,
    /// Kind in Vietnamese, lower case.
    #[schema(example = "tỉnh")]
    pub(crate) kind: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// The units above it on the day, from the province down.
    pub(crate) ancestors: Vec<UnitNameView>,
    /// When it had this code, kind, name and parent.
    pub(crate) period: PeriodView,
    /// Latitude in degrees (WGS 84).
    #[schema(required, example = 18.3428)]
    pub(crate) lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    #[schema(required, example = 105.9057)]
    pub(crate) lon: Option<f64>,
    /// Every period of the unit, oldest first: its codes, kinds and names in time.
    pub(crate) periods: Vec<UnitPeriodView>,
    /// What it was formed from.
    pub(crate) predecessors: Vec<SuccessionView>,
    /// What became of it.
    pub(crate) successors: Vec<SuccessionView>,
    /// Where the record comes from.
    pub(crate) source: SourceView,
    /// Version of the record, raised by every change.
    #[schema(minimum = 1, example = 1)]
    pub(crate) version: u32,
    /// When the record last changed.
    pub(crate) changed_at: DateTime<Utc>,
}

/// What the view of a unit is made from beside the record.
pub(crate) struct UnitContext {
    pub(crate) as_of: NaiveDate,
    pub(crate) notice: Option<&'static str>,
    pub(crate) history: UnitHistory,
}

impl UnitView {
    pub(crate) fn new(at: UnitAt, context: UnitContext) -> Self {
        let Stored { version, changed_at, record, .. } = at.stored;
        Self {
            as_of: context.as_of,
            notice: context.notice,
            code: record.code.into(),
            name: record.full_name,
            short_name: record.name,
            kind: record.kind,
            tier: Code(record.tier),
            ancestors: views(at.ancestors),
            period: record.period.into(),
            lat: record.lat,
            lon: record.lon,
            periods: views(context.history.periods),
            predecessors: views(context.history.predecessors),
            successors: views(context.history.successors),
            source: record.source.into(),
            version,
            changed_at,
        }
    }
}

/// Code, kind and name of a unit during a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitPeriodView {
    /// Code.
    #[schema(example = "18070")]
    pub(crate) code: String,
    /// Name with the kind.
    #[schema(example = "Phường Trần Phú")]
    pub(crate) name: String,
    /// Kind in Vietnamese, lower case.
    #[schema(example = "phường")]
    pub(crate) kind: String,
    /// Code of the unit above; null for a province.
    #[schema(required, example = "436")]
    pub(crate) parent: Option<String>,
    /// When.
    pub(crate) period: PeriodView,
}

impl From<PlaceUnit> for UnitPeriodView {
    fn from(unit: PlaceUnit) -> Self {
        Self {
            code: unit.code.into(),
            name: unit.full_name,
            kind: unit.kind,
            parent: unit.parent.map(Into::into),
            period: unit.period.into(),
        }
    }
}

/// One end of a succession (sáp nhập, chia tách).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuccessionView {
    /// The other unit; null where the source does not say.
    #[schema(required)]
    pub(crate) unit: Option<UnitNameView>,
    /// Its tier.
    #[schema(required)]
    pub(crate) tier: Option<TierCode>,
    /// First day of the new order.
    #[schema(example = "2025-07-01")]
    pub(crate) effective_on: NaiveDate,
    /// How much went there. Where it is `part`, ask which part: nothing here decides it.
    pub(crate) extent: ExtentCode,
    /// Whether this follows from the unit's communes and is not recorded of the unit itself.
    pub(crate) derived: bool,
    /// The resolution (nghị quyết) by which it happened; null where it is not known for certain.
    #[schema(required, example = "Nghị quyết 1665/NQ-UBTVQH15")]
    pub(crate) resolution: Option<String>,
    /// What is known of land and people, where they part; null where nothing is.
    #[schema(required)]
    pub(crate) remark: Option<String>,
}
