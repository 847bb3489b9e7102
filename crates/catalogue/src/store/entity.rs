//! The tables as sea-orm entities. Columns are explained in the migrations.

#![expect(unreachable_pub, reason = "sea-orm's derives want public items")]

/// Declares the entity of a table.
macro_rules! table {
    ($module:ident, $table:literal { $(#[$first:meta])* $key:ident: $key_type:ty, $($(#[$meta:meta])* $column:ident: $type:ty),* $(,)? }) => {
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub $key: $key_type,
                $($(#[$meta])* pub $column: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(change, "change" {
    sequence: i64, entity: String, key: String, subject_id: i64, version: i64, actor: String, reason: Option<String>,
    at: ChronoDateTimeUtc, before: Option<String>, after: Option<String>, form: i64, actor_kind: String,
});
table!(change_chain, "change_chain" { sequence: i64, hash: Vec<u8> });
table!(change_lineage, "change_lineage" {
    number: i64, log_id: String, sequence: i64, hash: Vec<u8>, began_at: ChronoDateTimeUtc, occasion: String,
});
table!(site, "site" { key: String, value: String, id: i64, version: i64 });
table!(search_count, "search_count" {
    day: ChronoDate, #[sea_orm(primary_key, auto_increment = false)] text: String, searches: i64, empty: i64, clicks: i64,
});
table!(job, "job" {
    kind: String, run_after: ChronoDateTimeUtc, lease_owner: Option<String>,
    lease_until: Option<ChronoDateTimeUtc>, last_run_at: Option<ChronoDateTimeUtc>, last_outcome: Option<String>,
    failures: i64,
});
table!(source, "source" {
    id: i64, kind: String, citation: String, retrieved_on: Option<ChronoDate>, hash: String,
});
table!(field, "field" {
    id: i64, slug: String, name: String, sort_key: String, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(agency, "agency" { id: i64, slug: String, name: String, version: i64, changed_at: ChronoDateTimeUtc });
table!(event, "event" {
    id: i64, slug: String, name: String, kind: String, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(unit, "unit" { id: i64, tier: String });
table!(unit_period, "unit_period" {
    id: i64, unit_id: i64, code: String, valid_from: ChronoDate, valid_to: ChronoDate, kind: String, name: String,
    full_name: String, sort_key: String, parent_unit_id: Option<i64>, parent_code: Option<String>,
    province_code: String, continues: bool, lat: Option<f64>, lon: Option<f64>, extra: Option<String>,
    source_id: i64, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(unit_succession, "unit_succession" {
    id: i64, predecessor_unit_id: i64, predecessor_code: String, successor_unit_id: Option<i64>,
    successor_code: Option<String>, effective_on: ChronoDate, extent: String, is_default: bool,
    extra: Option<String>, source_id: i64, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(centre, "centre" {
    id: i64, slug: String, valid_from: ChronoDate, valid_to: ChronoDate, name: String, sort_key: String,
    tier: String, unit_id: i64, unit_code: String, sites: String, portal: Option<String>, note: Option<String>,
    extra: Option<String>, source_id: i64, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(procedure, "procedure" { id: i64, code: String, base_code: String });
table!(procedure_period, "procedure_period" {
    id: i64, procedure_id: i64, valid_from: ChronoDate, valid_to: ChronoDate, name: String, sort_key: String,
    scope: String, tiers: String, tiers_inferred: bool, applicants: String, details: String, source_id: i64,
    version: i64, changed_at: ChronoDateTimeUtc,
});
table!(decision, "decision" {
    id: i64, number: String, issuer: String, signed_on: Option<ChronoDate>, effective_on: Option<ChronoDate>,
    source_id: i64, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(availability, "availability" {
    id: i64, procedure_id: i64, case_code: String, centre_id: i64, valid_from: ChronoDate, valid_to: ChronoDate,
    offered: String, scheme: Option<String>, level: Option<String>, converted: bool, checklist: Option<String>,
    partial_kind: Option<String>, partial_clause: Option<String>, partial_text: Option<String>,
    proactive: Option<i64>, boundary_free: String, decision: Option<String>, assured_on: Option<ChronoDate>, assured_by: Option<String>,
    review_due: Option<ChronoDate>, channels: Option<String>, evidence: Option<String>, source_id: i64,
    version: i64, changed_at: ChronoDateTimeUtc,
});
table!(centre_figure, "centre_figure" {
    id: i64, centre_id: i64, month: ChronoDate, received: Option<i64>, received_online: Option<i64>,
    resolved: Option<i64>, on_time: Option<i64>, overdue: Option<i64>, satisfaction_permille: Option<i64>,
    source_id: i64, version: i64, changed_at: ChronoDateTimeUtc,
});
table!(work, "work" {
    id: i64, number: String, kind: String, centre_id: Option<i64>, unit_id: Option<i64>,
    procedure_id: Option<i64>, state: String, due_on: Option<ChronoDate>, details: String, answer: Option<String>,
    answered_at: Option<ChronoDateTimeUtc>, answered_by: Option<String>, accepted: Option<i64>, version: i64,
    changed_at: ChronoDateTimeUtc,
});
table!(run, "run" {
    number: i64, name: String, kind: String, actor_kind: String, actor: String, staff: Option<String>,
    reason: Option<String>, note: Option<String>, decision: Option<String>, at: ChronoDateTimeUtc,
    first_sequence: i64, last_sequence: i64, last_hash: Option<Vec<u8>>, counts: String, details: Option<String>,
    undoes: Option<i64>, undone_by: Option<i64>,
});
table!(change_set, "change_set" {
    id: i64, kind: String, title: String, state: String, actor_kind: String, actor: String, staff: Option<String>,
    reason: Option<String>, note: Option<String>, decision: Option<String>, effective_on: Option<ChronoDate>,
    base_log: String, base_sequence: i64, base_hash: Vec<u8>, run_number: Option<i64>, version: i64,
    created_at: ChronoDateTimeUtc, changed_at: ChronoDateTimeUtc,
});
table!(change_set_item, "change_set_item" {
    change_set_id: i64, #[sea_orm(primary_key, auto_increment = false)] position: i64, entity: String, key: String,
    base_version: i64, form: i64, before: Option<String>, after: Option<String>, outcome: String,
    refusal: Option<String>, left_out: i64,
});
table!(change_set_event, "change_set_event" {
    change_set_id: i64, #[sea_orm(primary_key, auto_increment = false)] position: i64, from_state: Option<String>,
    to_state: String, actor_kind: String, actor: String, staff: Option<String>, note: Option<String>,
    at: ChronoDateTimeUtc,
});
table!(withdrawal, "withdrawal" {
    table_name: String, #[sea_orm(primary_key, auto_increment = false)] row_id: i64, sequence: i64,
});

/// Declares the entity of a table whose key has two columns.
macro_rules! part_table {
    ($module:ident, $table:literal { $owner:ident, $($column:ident: $type:ty),* }) => {
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub $owner: i64,
                #[sea_orm(primary_key, auto_increment = false)]
                pub position: i64,
                $(pub $column: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

part_table!(procedure_field, "procedure_field" { procedure_period_id, field_id: i64 });
part_table!(procedure_agency, "procedure_agency" { procedure_period_id, role: String, agency_id: i64 });
part_table!(decision_effect, "decision_effect" { decision_id, procedure_code: String, action: String });
