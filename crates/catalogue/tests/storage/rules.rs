//! Tries to break each rule that the design says types and transactions enforce: through the commands, and behind the
//! catalogue's back in the database itself.

use crate::common::{
    availability, centre, databases, day, field, period, procedure, put, refuse, refused_by_the_database,
    small_world, source, unit,
};
use motcua_catalogue::{
    Applied, AvailabilityFilter, Command, Expected, Extent, InconsistentAvailability, Level, Offered,
    PageRequest, PartialReason, PartialReasonKind, Period, Permit, Reason, Refusal, Scheme, Succession, Tier,
};
use sea_orm::ConnectionTrait;

fn listing(level: Option<(Scheme, Level)>, from: &str, to: Option<&str>) -> Command {
    Command::Availability(Box::new(availability("1.001193", "p42", level, period(from, to))))
}

const LEVEL_3: Option<(Scheme, Level)> = Some((Scheme::Nd43, Level::Three));
const LEVEL_4: Option<(Scheme, Level)> = Some((Scheme::Nd43, Level::Four));

#[tokio::test]
async fn rule_1_overlapping_periods_are_refused() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_3, "2020-01-01", Some("2021-01-01"))).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;

        for (from, to) in
            [("2020-06-01", None), ("2019-01-01", Some("2020-01-02")), ("2021-06-01", Some("2021-06-02"))]
        {
            let refusal = refuse(&catalogue, Expected::Any, listing(LEVEL_4, from, to)).await;
            assert!(matches!(refusal, Refusal::Overlap { .. }), "{refusal:?}");
        }
        // Another case of the procedure is another key.
        let mut case = availability("1.001193", "p42", LEVEL_4, period("2020-06-01", None));
        case.case = Some("1.001193.01".to_owned());
        put(&catalogue, Command::Availability(Box::new(case))).await;

        let texts = procedure("1.000894", "Thủ tục đăng ký kết hôn lần hai", period("2020-01-01", None));
        let refusal = refuse(&catalogue, Expected::Any, Command::Procedure(Box::new(texts))).await;
        assert!(matches!(refusal, Refusal::Overlap { .. }), "{refusal:?}");
        let again = unit("18070", "phường", "Trần Phú B", Some("42"), period("2025-06-30", None));
        let refusal = refuse(&catalogue, Expected::Any, Command::Unit(again)).await;
        assert!(matches!(refusal, Refusal::Overlap { .. }), "{refusal:?}");

        let db = database.behind_the_back().await;
        for sql in [
            "UPDATE availability SET valid_from = '2020-12-31' WHERE valid_from = '2021-01-01' AND case_code = ''",
            "UPDATE unit_period SET code = '18070', valid_from = '2025-06-30' WHERE code = '18073'",
            "UPDATE availability SET valid_to = valid_from",
        ] {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
        // After its end a code may be used again by another unit.
        db.execute_unprepared("UPDATE unit_period SET code = '18070' WHERE code = '18073'")
            .await
            .expect("no overlap");
    }
}

#[tokio::test]
async fn rule_1_every_read_has_its_day() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_3, "2020-01-01", Some("2021-01-01"))).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", Some("2025-07-01"))).await;
        for (on, level) in [
            ("2019-12-31", None),
            ("2020-01-01", Some(Level::Three)),
            ("2020-12-31", Some(Level::Three)),
            ("2021-01-01", Some(Level::Four)),
            ("2025-06-30", Some(Level::Four)),
            ("2025-07-01", None),
        ] {
            let mut filter = AvailabilityFilter::on(day(on));
            filter.procedure = Some("1.001193".parse().expect("a code"));
            let page = PageRequest { size: 10, after: None };
            let found = catalogue.availability(&filter, &page).await.expect("a readable database");
            let levels: Vec<_> = found
                .items
                .iter()
                .map(|item| item.stored.record.level.map(motcua_catalogue::OnlineLevel::level))
                .collect();
            assert_eq!(levels, level.map(Some).into_iter().collect::<Vec<_>>(), "on {on}, {}", database.name);
            assert_eq!(found.total, u64::from(level.is_some()));
        }
        // The code 18070 names a ward until the merger and nothing after it.
        let code = "18070".parse().expect("a code");
        assert!(catalogue.unit(&code, day("2025-06-30")).await.expect("readable").is_some());
        assert!(catalogue.unit(&code, day("2025-07-01")).await.expect("readable").is_none());
        assert_eq!(catalogue.units_ever(&code).await.expect("readable").len(), 1);
    }
}

#[tokio::test]
async fn rule_2_a_level_never_travels_without_its_scheme() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;
        let db = database.behind_the_back().await;
        for change in [
            "scheme = NULL",
            "level = NULL",
            "scheme = 'nd42-2022'",
            "level = 'full'",
            "level = '5'",
            "scheme = 'nd99-2099'",
            "scheme = 'nd224-2026', level = 'partial'",
            "partial_kind = 'presence_required', partial_clause = 'Điều 1', partial_text = 'x'",
            "partial_kind = 'presence_required'",
            // A proactive level is another scheme: neither a level nor possible before it existed.
            "level = '4', scheme = 'nd224-2026-proactive'",
            "proactive = 3",
            "valid_from = '2026-07-01', proactive = 5",
            // From 1 July 2026 on một phần says why, in whatever words it is given.
            "scheme = 'nd42-2022', level = 'partial', valid_from = '2026-07-01'",
            "scheme = 'nd42-2022', level = 'partial', partial_kind = 'presence_required', partial_clause = ' ', \
             partial_text = 'x'",
        ] {
            let sql = format!("UPDATE availability SET {change}");
            refused_by_the_database(&sql, &db.execute_unprepared(&sql).await);
        }
        // The claimed level is kept as claimed; the one that the check-list allows stands beside it.
        let desk = motcua_catalogue::PointState::Desk;
        let online = motcua_catalogue::PointState::Online;
        let mut claimed = availability("1.000894", "p42", LEVEL_4, period("2020-01-01", Some("2021-01-01")));
        claimed.checklist = motcua_catalogue::Checklist::from_states(
            [online, online, online, desk, online, desk, online].map(Some),
        );
        put(&catalogue, Command::Availability(Box::new(claimed.clone()))).await;
        let mut filter = AvailabilityFilter::on(day("2020-06-01"));
        filter.procedure = Some("1.000894".parse().expect("a code"));
        let page =
            catalogue.availability(&filter, &PageRequest { size: 10, after: None }).await.expect("readable");
        let stored = &page.items[0].stored.record;
        assert_eq!(stored.level.map(motcua_catalogue::OnlineLevel::level), Some(Level::Four));
        let derived = stored.derived_level().expect("a full check-list");
        assert_eq!((derived.level.level(), derived.deciding_point), (Level::Three, Some("pay")));
        assert!(stored.level_differs());
        // A level of the oldest scheme is nobody's conversion.
        claimed.converted = true;
        let refusal = refuse(&catalogue, Expected::Any, Command::Availability(Box::new(claimed))).await;
        assert_eq!(refusal, Refusal::Inconsistent(InconsistentAvailability::NothingConverted));
        // Một phần under the decree of 2026 says why; nothing else may.
        let mut partial = availability(
            "1.000894",
            "p42",
            Some((Scheme::Nd224, Level::Partial)),
            period("2026-07-01", None),
        );
        let refusal =
            refuse(&catalogue, Expected::Any, Command::Availability(Box::new(partial.clone()))).await;
        assert_eq!(refusal, Refusal::Inconsistent(InconsistentAvailability::PartialWithoutReason));
        partial.partial_reason = Some(PartialReason {
            kind: PartialReasonKind::PresenceRequired,
            clause: "Điều 18 Luật Hộ tịch".to_owned(),
            text: "hai bên phải có mặt".to_owned(),
        });
        put(&catalogue, Command::Availability(Box::new(partial.clone()))).await;
        partial.level =
            Some(motcua_catalogue::OnlineLevel::new(Scheme::Nd224, Level::Full).expect("a level"));
        let refusal = refuse(&catalogue, Expected::Any, Command::Availability(Box::new(partial))).await;
        assert_eq!(refusal, Refusal::Inconsistent(InconsistentAvailability::ReasonWithoutPartial));
    }
}

#[tokio::test]
async fn rule_3_unknown_never_counts_as_online() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        for offered in [Offered::Unknown, Offered::No] {
            let mut record = availability("1.001193", "p42", LEVEL_4, period("2021-01-01", None));
            record.offered = offered;
            let refusal = refuse(&catalogue, Expected::Any, Command::Availability(Box::new(record))).await;
            assert_eq!(refusal, Refusal::Inconsistent(InconsistentAvailability::LevelWithoutOffer));
        }
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;
        let db = database.behind_the_back().await;
        for sql in
            ["UPDATE availability SET offered = 'unknown'", "UPDATE availability SET offered = 'maybe'"]
        {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
        // Nobody has said how far: that is kept as such, not as level 1.
        let unknown = availability("1.000894", "p42", None, period("2021-01-01", None));
        put(&catalogue, Command::Availability(Box::new(unknown))).await;
        let mut filter = AvailabilityFilter::on(day("2021-03-01"));
        filter.procedure = Some("1.000894".parse().expect("a code"));
        let page = PageRequest { size: 10, after: None };
        let found = catalogue.availability(&filter, &page).await.expect("readable");
        assert_eq!(found.items.first().map(|item| item.stored.record.level), Some(None));
    }
}

#[tokio::test]
async fn rule_4_every_fact_says_where_it_comes_from() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;
        let db = database.behind_the_back().await;
        for table in ["availability", "centre", "procedure_period", "unit_period"] {
            let sql = format!("UPDATE {table} SET source_id = NULL");
            refused_by_the_database(&sql, &db.execute_unprepared(&sql).await);
            let sql = format!("UPDATE {table} SET source_id = 999999");
            refused_by_the_database(&sql, &db.execute_unprepared(&sql).await);
        }
        for sql in
            ["UPDATE source SET kind = 'hearsay'", "UPDATE source SET citation = ''", "DELETE FROM source"]
        {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
        let mut record = availability("1.000894", "p42", LEVEL_4, period("2021-01-01", None));
        record.source.citation = String::new();
        let refusal = refuse(&catalogue, Expected::Any, Command::Availability(Box::new(record))).await;
        assert!(matches!(refusal, Refusal::BadText { .. }), "{refusal:?}");
    }
}

#[tokio::test]
async fn rule_5_a_split_and_a_homonym_are_told_and_not_guessed() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let succession = |from: &str, to: Option<&str>, extent| Succession {
            predecessor: from.parse().expect("a code"),
            successor: to.map(|code| code.parse().expect("a code")),
            effective_on: day("2025-07-01"),
            extent,
            is_default: to == Some("18073"),
            extra: std::collections::BTreeMap::new(),
            source: source(),
        };
        for record in [
            succession("18070", Some("18073"), Extent::Whole),
            succession("18082", Some("18073"), Extent::Part),
            succession("18082", Some("18652"), Extent::Part),
        ] {
            put(&catalogue, Command::Succession(record)).await;
        }
        let history = async |code: &str| {
            let units = catalogue.units_ever(&code.parse().expect("a code")).await.expect("readable");
            catalogue.places().await.expect("readable").history(units[0].unit_id)
        };
        // Phường Đại Nài was split in two: both ends are named, neither as the whole.
        let split = history("18082").await;
        let ends: Vec<_> = split
            .successors
            .iter()
            .map(|end| (end.unit.as_ref().map(|unit| unit.code.to_string()).unwrap_or_default(), end.extent))
            .collect();
        assert_eq!(ends.len(), 2, "{ends:?}");
        assert!(ends.iter().all(|(_, extent)| *extent == Extent::Part), "{ends:?}");
        // The old phường Trần Phú lies in Thành Sen today, although a new Trần Phú exists.
        let old = history("18070").await;
        assert_eq!(old.successors.len(), 1);
        let today = old.successors[0].unit.as_ref().expect("a known successor");
        assert_eq!((today.code.as_str(), today.full_name.as_str()), ("18073", "Phường Thành Sen"));
        assert_eq!(history("18073").await.predecessors.len(), 2);

        let nowhere = refuse(
            &catalogue,
            Expected::Any,
            Command::Succession(succession("18070", Some("99999"), Extent::Whole)),
        )
        .await;
        assert!(matches!(nowhere, Refusal::Missing { .. }), "{nowhere:?}");
        let db = database.behind_the_back().await;
        for sql in ["UPDATE unit_succession SET successor_unit_id = NULL", "DELETE FROM unit_succession"] {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
    }
}

#[tokio::test]
async fn rule_6_history_is_immutable() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;
        let before = catalogue.changes_after(0, 1_000).await.expect("readable");
        let db = database.behind_the_back().await;
        let mut attempts = vec![
            "UPDATE change SET actor = 'nobody'",
            "UPDATE change SET after = '{}' WHERE sequence = 1",
            "DELETE FROM change WHERE sequence = 1",
            "DELETE FROM change",
            "INSERT INTO change (sequence, entity, key, subject_id, version, actor, at) VALUES (1, 'field', 'x', 1, 1, 'x', '2021-01-01 00:00:00+00:00')",
        ];
        if database.name == "PostgreSQL" {
            attempts.push("TRUNCATE change");
        }
        for sql in attempts {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
        assert_eq!(catalogue.changes_after(0, 1_000).await.expect("readable"), before);
        // Nothing that was ever published vanishes, by whatever hand.
        for table in [
            "availability",
            "centre",
            "procedure",
            "procedure_period",
            "unit",
            "unit_period",
            "field",
            "source",
        ] {
            let sql = format!("DELETE FROM {table}");
            refused_by_the_database(&sql, &db.execute_unprepared(&sql).await);
        }
    }
}

#[tokio::test]
async fn a_stale_writer_is_refused_with_the_current_state() {
    for database in databases().await {
        let catalogue = database.open().await;
        let first = field("ho-tich", "Hộ tịch");
        let second = field("ho-tich", "Hộ tịch và quốc tịch");
        let write = async |expected, record: &motcua_catalogue::Field| {
            catalogue
                .apply(&Permit::program("test"), &Reason::none(), expected, Command::Field(record.clone()))
                .await
        };
        assert_eq!(write(Expected::Absent, &first).await.expect("new").applied, Applied::Created(1));
        assert_eq!(write(Expected::Version(1), &second).await.expect("known").applied, Applied::Changed(2));
        assert_eq!(write(Expected::Version(2), &second).await.expect("known").applied, Applied::Same);
        for expected in [Expected::Absent, Expected::Version(1), Expected::Version(3), Expected::Version(0)] {
            let refusal = refuse(&catalogue, expected, Command::Field(first.clone())).await;
            let current = Some(Box::new(serde_json::to_value(&second).expect("it serialises")));
            assert_eq!(refusal, Refusal::Stale { current_version: 2, current }, "{expected:?}");
        }
        let absent =
            refuse(&catalogue, Expected::Version(1), Command::Field(field("dat-dai", "Đất đai"))).await;
        assert_eq!(absent, Refusal::Stale { current_version: 0, current: None });
    }
}

#[tokio::test]
async fn a_record_refers_only_to_what_is_there() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let mut stray = procedure("1.009999", "Thủ tục lạ", Period::ALWAYS);
        stray.fields = vec!["khong-co".parse().expect("a slug")];
        let commands = [
            Command::Procedure(Box::new(stray)),
            Command::Centre(centre("c99999", "99999", Tier::Commune, period("2020-01-01", None))),
            Command::Availability(Box::new(availability(
                "9.999999",
                "p42",
                LEVEL_4,
                period("2021-01-01", None),
            ))),
            Command::Availability(Box::new(availability(
                "1.001193",
                "p99",
                LEVEL_4,
                period("2021-01-01", None),
            ))),
            Command::Unit(unit("18999", "xã", "Vô Danh", Some("999"), period("2004-01-01", None))),
        ];
        for command in commands {
            let what = format!("{command:?}");
            let refusal = refuse(&catalogue, Expected::Any, command).await;
            assert!(matches!(refusal, Refusal::Missing { .. }), "{refusal:?} for {what}");
        }
        // A listing cannot outlive its centre.
        let late = availability("1.001193", "d436", LEVEL_4, period("2021-01-01", None));
        let refusal = refuse(&catalogue, Expected::Any, Command::Availability(Box::new(late))).await;
        assert!(matches!(refusal, Refusal::BeyondCentre { .. }), "{refusal:?}");
    }
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await;
        let before = catalogue.last_sequence().await.expect("a number");
        small_world(&catalogue).await;
        assert_eq!(put(&catalogue, listing(LEVEL_4, "2021-01-01", None)).await, Applied::Same);
        assert_eq!(catalogue.last_sequence().await.expect("a number"), before, "{}", database.name);
        assert_eq!(put(&catalogue, listing(LEVEL_3, "2021-01-01", None)).await, Applied::Changed(before + 1));
        // What was written is there after a restart.
        let again = database.open().await;
        assert_eq!(again.last_sequence().await.expect("a number"), before + 1);
    }
}

#[tokio::test]
async fn texts_are_in_normal_form_or_refused() {
    for database in databases().await {
        let catalogue = database.open().await;
        let decomposed = "Ho\u{323}\u{302} tịch";
        let refusal = refuse(&catalogue, Expected::Any, Command::Field(field("ho-tich", decomposed))).await;
        assert!(matches!(refusal, Refusal::BadText { .. }), "{refusal:?}");
        let refusal = refuse(&catalogue, Expected::Any, Command::Field(field("ho-tich", " "))).await;
        assert!(matches!(refusal, Refusal::BadText { .. }), "{refusal:?}");
    }
}
