//! Revisions in JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use motcua_catalogue::{Page, Revision};
use motcua_http::{PageInfo, PlacePage};

use crate::view::part::views;

/// One published state of a record: what it said, between which moments, who changed it, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionView {
    /// Number of its entry in the change log; rises with every change of the catalogue.
    #[schema(example = 4711)]
    pub(crate) sequence: u64,
    /// Key of the record: one for each validity period.
    #[schema(example = "1.001193/c18070@2021-01-01")]
    pub(crate) key: String,
    /// Version of the record, from 1.
    #[schema(minimum = 1, example = 2)]
    pub(crate) version: u32,
    /// Who changed it.
    #[schema(example = "import")]
    pub(crate) actor: String,
    /// Why; null where no reason was given.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Moment from which readers saw it.
    pub(crate) shown_from: DateTime<Utc>,
    /// Moment from which they saw the next one; null while it is shown.
    #[schema(required)]
    pub(crate) shown_to: Option<DateTime<Utc>>,
    /// Members of the record that differ from the state before; empty for the first state.
    #[schema(example = json!(["level"]))]
    pub(crate) changed: Vec<String>,
    /// The record as it was stored, in the catalogue's own form; null where this change withdrew it.
    #[schema(required, value_type = Option<Object>)]
    pub(crate) record: Option<Value>,
}

impl From<Revision> for RevisionView {
    fn from(revision: Revision) -> Self {
        let Revision { sequence, key, version, actor, reason, shown_from, shown_to, record, changed } =
            revision;
        Self { sequence, key, version, actor, reason, shown_from, shown_to, changed, record }
    }
}

/// The history of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevisionList {
    /// The states, newest first.
    items: Vec<RevisionView>,
    /// Place of this answer in the whole list.
    page: PageInfo,
    /// Says that the site shows made-up sample data; absent on every other site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notice: Option<&'static str>,
}

impl RevisionList {
    /// The history in JSON; none where the record never was.
    pub(crate) fn new(found: Page<Revision>, page: &PlacePage, notice: Option<&'static str>) -> Option<Self> {
        let info = page.info(found.next, found.total);
        (found.total > 0).then(|| Self { items: views(found.items), page: info, notice })
    }
}
