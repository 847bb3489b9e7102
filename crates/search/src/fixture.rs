//! A state made from plain data, for tests.

use std::sync::Arc;

use motcua_catalogue::{Field, Listing, Procedure, ProcedureAt, Slug, Stored};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::build::Build;
use crate::document::Prepared;
use crate::language::Language;
use crate::language::tests::plain_knowledge;
use crate::listings::Listings;
use crate::places::Places;
use crate::schema::TextSchema;
use crate::state::State;
use crate::table::{Entry, Table};
use crate::view::View;

/// A state and the folder of its files.
pub(crate) struct Fixture {
    pub(crate) state: State,
    _build: Build,
    _dir: TempDir,
}

/// A procedure with the fields that stand in `record`, and sound values for the rest.
pub(crate) fn procedure(id: i64, code: &str, name: &str, record: &Value) -> ProcedureAt {
    let mut all = json!({
        "code": code, "name": name, "fields": ["ho-tich"], "tiers": ["commune"], "applicants": ["citizen"],
        "source": { "kind": "dataset", "citation": "test" },
    });
    for (key, value) in record.as_object().cloned().unwrap_or_default() {
        all[key] = value;
    }
    let record: Procedure = serde_json::from_value(all).expect("a procedure");
    let named = |slug: &Slug| Field { slug: slug.clone(), name: slug.as_str().replace('-', " ") };
    ProcedureAt {
        procedure_id: id,
        fields: record.fields.iter().map(named).collect(),
        agencies: Vec::new(),
        periods: Vec::new(),
        stored: Stored { id: id * 10, version: 1, changed_at: chrono::DateTime::UNIX_EPOCH, record },
    }
}

impl Fixture {
    /// Indexes procedures and listings; `batches` are committed one by one, which gives as many segments.
    pub(crate) fn new(
        batches: Vec<Vec<ProcedureAt>>,
        places: Places,
        of_centres: &[(i64, Vec<Listing>)],
    ) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let schema = TextSchema::new();
        let mut build = Build::create(dir.path(), &schema, 0).expect("an index");
        let mut listings = Listings::default();
        for (centre, of_centre) in of_centres {
            listings.set_centre(*centre, of_centre);
        }
        let mut table = Table::default();
        let (places, mut state) = (Arc::new(places), None);
        let place = format!("{}.1.{}", "0".repeat(32), "1".repeat(64)).parse().expect("a place");
        for batch in batches {
            let prepared: Vec<Prepared> = batch.into_iter().map(Prepared::new).collect();
            let ids = prepared.iter().map(|prepared| prepared.entry.procedure_id).collect();
            build.replace_texts(&ids, &prepared).expect("written");
            let fields = prepared.iter().flat_map(|prepared| prepared.fields.clone()).collect();
            let entries = prepared.into_iter().map(|prepared| Arc::new(Entry::new(prepared.entry))).collect();
            table = table.replaced(&ids, entries, fields, &mut listings.ids);
            let again = table.replaced(&[].into(), Vec::new(), Vec::new(), &mut listings.ids);
            let language = Arc::new(Language::new(plain_knowledge(), &again, &places));
            let view = View::new(Arc::new(again), Arc::clone(&places), Arc::new(listings.clone()));
            state = Some(build.commit(view, language, &place).expect("committed"));
        }
        Self { state: state.expect("at least one batch"), _build: build, _dir: dir }
    }
}
