//! Centres in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::{CentreAt, HoursException, OpeningHours, Scheme, Site};
use motcua_search::LevelCounts;

use crate::view::code::{Code, TierCode};
use crate::view::level::LevelCountsView;
use crate::view::part::{PeriodView, SourceView, UnitNameView, views};

/// A centre in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreSummary {
    /// Permanent id.
    #[schema(example = "p42")]
    pub(crate) id: String,
    /// Name.
    #[schema(example = "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh")]
    pub(crate) name: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// Its unit during its period.
    pub(crate) unit: UnitNameView,
    /// The units above that unit, from the province down.
    pub(crate) ancestors: Vec<UnitNameView>,
    /// From when to when it worked.
    pub(crate) period: PeriodView,
    /// Where the record comes from.
    pub(crate) source: SourceView,
}

impl From<CentreAt> for CentreSummary {
    fn from(at: CentreAt) -> Self {
        let centre = at.stored.record;
        Self {
            id: centre.id.into(),
            name: centre.name,
            tier: Code(centre.tier),
            unit: at.unit.into(),
            ancestors: views(at.ancestors),
            period: centre.period.into(),
            source: centre.source.into(),
        }
    }
}

/// Service centre (trung tâm phục vụ hành chính công, bộ phận tiếp nhận và trả kết quả).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CentreView {
    /// Day on which `procedures` was counted and `active` was looked at.
    #[schema(example = "2021-03-01")]
    pub(crate) as_of: NaiveDate,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) notice: Option<&'static str>,
    /// Permanent id.
    #[schema(example = "p42")]
    pub(crate) id: String,
    /// Name.
    #[schema(example = "Trung tâm Phục vụ hành chính công tỉnh Hà Tĩnh")]
    pub(crate) name: String,
    /// Its tier.
    pub(crate) tier: TierCode,
    /// Its unit during its period.
    pub(crate) unit: UnitNameView,
    /// The units above that unit, from the province down.
    pub(crate) ancestors: Vec<UnitNameView>,
    /// From when to when it worked.
    pub(crate) period: PeriodView,
    /// Whether the centre works on the day `as_of`.
    pub(crate) active: bool,
    /// Where it receives dossiers.
    pub(crate) sites: Vec<SiteView>,
    /// Address of its portal.
    #[schema(required, example = "https://dvc.example/p42")]
    pub(crate) portal: Option<String>,
    /// Remark.
    #[schema(required)]
    pub(crate) note: Option<String>,
    /// Its procedures by level on the day `as_of`; null where it works on another day only.
    #[schema(required)]
    pub(crate) procedures: Option<LevelCountsView>,
    /// Where the record comes from.
    pub(crate) source: SourceView,
    /// Version of the record, raised by every change.
    #[schema(minimum = 1, example = 1)]
    pub(crate) version: u32,
    /// When the record last changed.
    pub(crate) changed_at: DateTime<Utc>,
}

/// What the view of a centre is made from beside the record.
pub(crate) struct CentreContext {
    pub(crate) as_of: NaiveDate,
    pub(crate) notice: Option<&'static str>,
    pub(crate) procedures: Option<LevelCounts>,
    pub(crate) scheme: Option<Scheme>,
}

impl CentreView {
    pub(crate) fn new(at: CentreAt, context: CentreContext) -> Self {
        let CentreAt { stored, unit, ancestors } = at;
        let centre = stored.record;
        Self {
            as_of: context.as_of,
            notice: context.notice,
            id: centre.id.into(),
            name: centre.name,
            tier: Code(centre.tier),
            unit: unit.into(),
            ancestors: views(ancestors),
            active: centre.period.contains(context.as_of),
            period: centre.period.into(),
            sites: views(centre.sites),
            portal: centre.portal,
            note: centre.note,
            procedures: context.procedures.map(|counts| LevelCountsView::said_in(counts, context.scheme)),
            source: centre.source.into(),
            version: stored.version,
            changed_at: stored.changed_at,
        }
    }
}

/// Site (điểm tiếp nhận) of a centre.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiteView {
    /// Name of the site where there are several.
    #[schema(required)]
    pub(crate) name: Option<String>,
    /// Street address or seat.
    #[schema(required)]
    pub(crate) address: Option<String>,
    /// Telephone numbers.
    pub(crate) phones: Vec<String>,
    /// E-mail address.
    #[schema(required)]
    pub(crate) email: Option<String>,
    /// Weekly hours; empty where they are not known.
    pub(crate) hours: Vec<OpeningHoursView>,
    /// Days that differ from the weekly hours.
    pub(crate) exceptions: Vec<HoursExceptionView>,
    /// Latitude in degrees (WGS 84).
    #[schema(required, example = 18.3428)]
    pub(crate) lat: Option<f64>,
    /// Longitude in degrees (WGS 84).
    #[schema(required, example = 105.9057)]
    pub(crate) lon: Option<f64>,
}

impl From<Site> for SiteView {
    fn from(site: Site) -> Self {
        let Site { name, address, phones, email, hours, exceptions, lat, lon } = site;
        Self { name, address, phones, email, hours: views(hours), exceptions: views(exceptions), lat, lon }
    }
}

/// Opening hours of one weekday; a day may have several.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpeningHoursView {
    /// 1 Monday to 7 Sunday (ISO 8601).
    #[schema(minimum = 1, maximum = 7, example = 1)]
    pub(crate) weekday: u8,
    /// Opens at, `HH:MM`.
    #[schema(example = "07:30")]
    pub(crate) opens: String,
    /// Closes at, `HH:MM`.
    #[schema(example = "11:30")]
    pub(crate) closes: String,
}

impl From<OpeningHours> for OpeningHoursView {
    fn from(hours: OpeningHours) -> Self {
        Self { weekday: hours.weekday, opens: hours.opens, closes: hours.closes }
    }
}

/// A day on which the hours differ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoursExceptionView {
    /// The day.
    #[schema(example = "2021-04-21")]
    pub(crate) day: NaiveDate,
    /// Hours on that day; empty when closed.
    pub(crate) hours: Vec<OpeningHoursView>,
    /// Why.
    #[schema(required, example = "Giỗ Tổ Hùng Vương")]
    pub(crate) reason: Option<String>,
}

impl From<HoursException> for HoursExceptionView {
    fn from(exception: HoursException) -> Self {
        Self { day: exception.day, hours: views(exception.hours), reason: exception.reason }
    }
}
