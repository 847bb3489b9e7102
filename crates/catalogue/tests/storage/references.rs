//! Nothing loses what it refers to: whoever shortens or takes out a record is told who needs it, and may change both at once.

use motcua_catalogue::{
    Actor, Applied, Catalogue, Command, CommandError, EntityKind, Expected, Inspection, Level, LogKey,
    Period, Permit, Reach, Reason, Refusal, Right, RunKind, RunNote, Scheme, Tier, Written,
};

use motcua_catalogue::change_set::PublishError;
use sea_orm::ConnectionTrait;

use crate::common::{
    availability, centre, databases, day, field, period, procedure, put, refuse, small_world, unit,
};

fn key(kind: EntityKind, text: &str) -> LogKey {
    LogKey::parse(kind, text).expect("a key")
}

fn code<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a code in the test")
}

fn program() -> Permit {
    Permit::program("test")
}

fn listing(centre: &str, from: &str, to: Option<&str>) -> Command {
    let level = Some((Scheme::Nd43, Level::Three));
    Command::Availability(Box::new(availability("1.001193", centre, level, period(from, to))))
}

async fn apply(catalogue: &Catalogue, command: Command) -> Result<Written, CommandError> {
    catalogue.apply(&program(), &Reason::public("sửa"), Expected::Any, command).await
}

/// Who needs the record that a command would shorten or take out.
async fn needed_by(catalogue: &Catalogue, command: Command) -> (String, u64) {
    match refuse(catalogue, Expected::Any, command).await {
        Refusal::Needed { by, others } => (by, others),
        other => panic!("{other:?}"),
    }
}

/// Publishes commands as one set.
async fn publish(catalogue: &Catalogue, commands: Vec<Command>) -> Result<Option<String>, PublishError> {
    let mut comparison =
        Box::pin(catalogue.compare(&program(), &Reason::none(), None)).await.expect("begins");
    let commands = commands.into_iter().map(|command| (command, Expected::Any)).collect();
    for outcome in comparison.put(commands).await.expect("compared") {
        outcome.expect("no refusal by itself");
    }
    let prepared = comparison.finish().await.expect("ended");
    let note = RunNote::of(RunKind::ChangeSet);
    let (permit, reason, mut go_on) = (program(), Reason::none(), |_| true);
    let published = catalogue.publish(&permit, &reason, prepared, note, &mut go_on);
    Box::pin(published).await.map(|published| published.run)
}

#[tokio::test]
async fn a_period_of_a_unit_stays_as_long_as_others_need_its_days() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        // The province has another period now, but its communes since 2025 need this one.
        let mut later = unit("42", "tỉnh", "Hà Tĩnh", None, period("2026-01-01", None));
        later.continues = true;
        put(&catalogue, Command::StateFrom(Box::new(Command::Unit(later)))).await;
        let first = key(EntityKind::Unit, "42@2004-01-01");
        let (by, others) = needed_by(&catalogue, Command::Withdraw { key: first.clone() }).await;
        assert!(by.starts_with("unit 4") || by.starts_with("unit 1") || by.starts_with("centre "), "{by}");
        // The district of before 2025, three communes and the centre.
        assert_eq!(others, 4, "{by} on {}", database.name);
        needed_by(&catalogue, Command::Rebegin { key: first.clone(), from: day("2025-08-01") }).await;
        needed_by(&catalogue, Command::End { key: first.clone(), on: day("2010-01-01") }).await;
        // Three communes and the centre are there since 2026 too, so neither may this period go, nor may either be shorter.
        let second = key(EntityKind::Unit, "42@2026-01-01");
        for taken_away in [
            Command::Withdraw { key: second.clone() },
            Command::End { key: second.clone(), on: day("2030-01-01") },
            Command::Rebegin { key: second.clone(), from: day("2027-01-01") },
            Command::End { key: first.clone(), on: day("2025-10-01") },
        ] {
            let (by, others) = needed_by(&catalogue, taken_away.clone()).await;
            assert_eq!(others, 3, "{taken_away:?}: {by} on {}", database.name);
        }
        // Whoever gives its days to the other period in one act may take it out.
        let whole = unit("42", "tỉnh", "Hà Tĩnh", None, period("2004-01-01", None));
        publish(&catalogue, vec![Command::Withdraw { key: second }, Command::Unit(whole)])
            .await
            .expect("nobody misses a day");
        // It began earlier: all find it still, under the same unit.
        let before = catalogue.unit(&code("18073"), day("2025-08-01")).await.expect("readable");
        apply(&catalogue, Command::Rebegin { key: first, from: day("1991-01-01") })
            .await
            .expect("all still find it");
        assert_eq!(catalogue.unit(&code("18073"), day("2025-08-01")).await.expect("readable"), before);
    }
}

#[tokio::test]
async fn a_centre_does_not_end_under_its_listings_unless_they_end_with_it() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", None)).await;
        let end = Command::End { key: key(EntityKind::Centre, "p42"), on: day("2026-01-01") };
        let (by, others) = needed_by(&catalogue, end.clone()).await;
        assert_eq!((by.as_str(), others), ("availability 1.001193/p42@2021-01-01", 0));
        needed_by(
            &catalogue,
            Command::Rebegin { key: key(EntityKind::Centre, "p42"), from: day("2022-01-01") },
        )
        .await;
        let end_both = vec![
            end,
            Command::End {
                key: key(EntityKind::Availability, "1.001193/p42@2021-01-01"),
                on: day("2026-01-01"),
            },
        ];
        // In either order, since only the whole counts.
        publish(&catalogue, end_both).await.expect("both end");
        // Taken out as mistakes together, what is referred to first.
        let mistakes = vec![
            Command::Withdraw { key: key(EntityKind::Centre, "p42") },
            Command::Withdraw { key: key(EntityKind::Availability, "1.001193/p42@2021-01-01") },
        ];
        let run = publish(&catalogue, mistakes).await.expect("both go").expect("something was written");
        assert!(catalogue.centre(&code("p42")).await.expect("readable").is_none());
        catalogue.undo_run(&program(), &Reason::none(), &run, &mut |_| true).await.expect("both come back");
        assert!(catalogue.centre(&code("p42")).await.expect("readable").is_some());
        // Alone, the comparison tells it before anybody publishes.
        let mut comparison = catalogue.compare(&program(), &Reason::none(), None).await.expect("begins");
        let alone = Command::Withdraw { key: key(EntityKind::Centre, "p42") };
        comparison
            .put(vec![(alone.clone(), Expected::Any)])
            .await
            .expect("compared")
            .remove(0)
            .expect("by itself");
        let needed = comparison.needed().await.expect("asked");
        assert!(matches!(&needed[..], [(_, Refusal::Needed { others: 0, .. })]), "{needed:?}");
        comparison.finish().await.expect("ended");
        let published = publish(&catalogue, vec![alone]).await;
        assert!(
            matches!(&published, Err(PublishError::Conflicts(conflicts)) if conflicts.len() == 1),
            "{published:?}"
        );
        assert!(catalogue.centre(&code("p42")).await.expect("readable").is_some(), "{}", database.name);
    }
}

#[tokio::test]
async fn what_is_taken_out_and_stated_again_goes_on_for_those_who_need_it() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", None)).await;
        // The only text of a procedure began on another day; its listings stay.
        let text = key(EntityKind::Procedure, "1.001193@-");
        apply(&catalogue, Command::Rebegin { key: text, from: day("2015-01-01") }).await.expect("moved");
        let mut right = centre("p42", "42", Tier::Province, period("2018-01-01", None));
        right.name = "Trung tâm phục vụ hành chính công".to_owned();
        let anew = vec![Command::Withdraw { key: key(EntityKind::Centre, "p42") }, Command::Centre(right)];
        publish(&catalogue, anew).await.expect("the listing finds the new one");
        assert_eq!(database.open().await.verify_log(&mut |_| true).await.expect("checked").broken, None);
        let (by, _) = needed_by(&catalogue, Command::Withdraw { key: key(EntityKind::Centre, "p42") }).await;
        assert_eq!(by, "availability 1.001193/p42@2021-01-01");
    }
}

#[tokio::test]
async fn a_record_of_which_nothing_is_right_any_more_can_still_be_taken_out() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        // Someone gives the commune another parent, which does not exist on all of its days; then takes it out.
        let behind = database.behind_the_back().await;
        behind
            .execute_unprepared("UPDATE unit_period SET parent_code = '99' WHERE code = '18652'")
            .await
            .expect("written behind the back");
        // Whoever looks the database over is told of it.
        let found =
            Inspection::of(&database.options, None, &mut |_| ()).await.expect("looks").expect("there");
        assert_eq!((found.orphans, found.orphan_names), (1, vec!["unit 18652@2025-07-01".to_owned()]));
        let withdrawn =
            apply(&catalogue, Command::Withdraw { key: key(EntityKind::Unit, "18652@2025-07-01") }).await;
        assert!(withdrawn.is_ok(), "{withdrawn:?} on {}", database.name);
    }
}

#[tokio::test]
async fn undoing_leaves_what_others_came_to_need_and_everything_above_it() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let new_centre = centre("c18652", "18652", Tier::Commune, period("2025-07-01", None));
        let run = publish(
            &catalogue,
            vec![
                Command::Unit(unit("98", "tỉnh", "Thử", None, period("2025-07-01", None))),
                Command::Unit(unit("98001", "xã", "Một", Some("98"), period("2025-07-01", None))),
                Command::Unit(unit("98002", "xã", "Hai", Some("98"), period("2025-07-01", None))),
                Command::Centre(new_centre),
            ],
        )
        .await
        .expect("published")
        .expect("written");
        put(
            &catalogue,
            Command::Centre(centre("c98001", "98001", Tier::Commune, period("2025-07-01", None))),
        )
        .await;
        let undone =
            catalogue.undo_run(&program(), &Reason::none(), &run, &mut |_| true).await.expect("undone");
        let mut left: Vec<&str> = undone.left.iter().map(|left| left.key.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["98001@2025-07-01", "98@2025-07-01"], "{}", database.name);
        assert!(undone.left.iter().all(|left| matches!(left.refusal, Some(Refusal::Needed { .. }))));
        assert_eq!(undone.withdrawn, 2);
    }
}

#[tokio::test]
async fn undoing_overwrites_no_text_of_a_procedure_that_came_later() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let new = procedure("1.001193", "Đăng ký khai sinh (mới)", period("2025-07-01", None));
        let first =
            apply(&catalogue, Command::StateFrom(Box::new(Command::Procedure(Box::new(new.clone()))))).await;
        let run = first.expect("stated").run.expect("written");
        let newest =
            motcua_catalogue::Procedure { name: "Đăng ký khai sinh (mới nhất)".to_owned(), ..new };
        put(&catalogue, Command::Procedure(Box::new(newest.clone()))).await;
        let undone = catalogue.undo_run(&program(), &Reason::none(), &run, &mut |_| true).await;
        assert!(undone.is_err() || undone.is_ok_and(|undone| !undone.left.is_empty()), "{}", database.name);
        let now = catalogue
            .procedure(&code("1.001193"), day("2026-01-01"))
            .await
            .expect("readable")
            .expect("there");
        assert_eq!(now.stored.record.name, newest.name);
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "stands for the policy of accounts")]
async fn one_row_is_written_by_those_who_may_publish_and_by_nobody_else() {
    let database = databases().await.remove(0);
    let catalogue = database.open().await;
    small_world(&catalogue).await;
    let permit = Permit::granted(Actor::program("test"), Reach::Everything, [Right::Propose, Right::Undo]);
    let refused =
        catalogue.apply(&permit, &Reason::none(), Expected::Any, listing("p42", "2021-01-01", None)).await;
    assert!(matches!(refused, Err(CommandError::Refused(Refusal::Forbidden))), "{refused:?}");
    let undated = procedure("1.001193", "Khác", Period::ALWAYS);
    let refused =
        catalogue.apply(&permit, &Reason::none(), Expected::Any, Command::Procedure(Box::new(undated))).await;
    assert!(matches!(refused, Err(CommandError::Refused(Refusal::Forbidden))), "{refused:?}");
}

#[tokio::test]
async fn whoever_refers_to_a_code_follows_it_to_the_unit_that_has_it() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        // The code goes on after a gap, which makes another unit of it, and a centre is there.
        let mut later = unit("18070", "phường", "Trần Phú", Some("42"), period("2025-07-15", None));
        later.continues = true;
        put(&catalogue, Command::Unit(later)).await;
        put(
            &catalogue,
            Command::Centre(centre("c18070-2025", "18070", Tier::Commune, period("2025-08-01", None))),
        )
        .await;
        // There was no gap: one unit throughout.
        let rebegin =
            Command::Rebegin { key: key(EntityKind::Unit, "18070@2025-07-15"), from: day("2025-07-01") };
        apply(&catalogue, rebegin).await.expect("the centre follows");
        let stored = catalogue.centre(&code("c18070-2025")).await.expect("readable").expect("there");
        assert_eq!(stored.stored.record.unit.as_str(), "18070");
        let found =
            Inspection::of(&database.options, None, &mut |_| ()).await.expect("looks").expect("there");
        assert_eq!(found.orphans, 0, "{:?} on {}", found.orphan_names, database.name);
        let end = Command::End { key: key(EntityKind::Unit, "18070@2025-07-01"), on: day("2025-07-10") };
        assert_eq!(needed_by(&catalogue, end).await, ("centre c18070-2025".to_owned(), 0));
        // Both periods go at once: the centre of the first one stands in the way of that one, and of it alone.
        let mut comparison =
            Box::pin(catalogue.compare(&program(), &Reason::none(), None)).await.expect("begins");
        let both = ["18070@2004-01-01", "18070@2025-07-01"]
            .map(|text| (Command::Withdraw { key: key(EntityKind::Unit, text) }, Expected::Any));
        let c18070_2025 = Command::Withdraw { key: key(EntityKind::Centre, "c18070-2025") };
        let mut commands: Vec<_> = both.into();
        commands.push((c18070_2025, Expected::Any));
        assert!(comparison.put(commands).await.expect("compared").iter().all(Result::is_ok));
        let needed = comparison.needed().await.expect("asked");
        let blamed: Vec<String> = needed.iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(blamed, ["18070@2004-01-01"], "{needed:?} on {}", database.name);
        comparison.finish().await.expect("ended");
    }
}

#[tokio::test]
async fn what_a_set_makes_itself_needs_what_the_set_takes_away() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let new = unit("18999", "xã", "Mới", Some("42"), period("2027-01-01", None));
        let end = Command::End { key: key(EntityKind::Unit, "42@2004-01-01"), on: day("2026-01-01") };
        let mut comparison =
            Box::pin(catalogue.compare(&program(), &Reason::none(), None)).await.expect("begins");
        // Those who are there already end with it.
        let ending = |kind, text: &str| Command::End { key: key(kind, text), on: day("2026-01-01") };
        let commands = vec![
            (ending(EntityKind::Unit, "18073@2025-07-01"), Expected::Any),
            (ending(EntityKind::Unit, "18100@2025-07-01"), Expected::Any),
            (ending(EntityKind::Unit, "18652@2025-07-01"), Expected::Any),
            (ending(EntityKind::Centre, "p42"), Expected::Any),
            (Command::Unit(new), Expected::Any),
            (end, Expected::Any),
        ];
        assert!(comparison.put(commands).await.expect("compared").iter().all(Result::is_ok));
        let needed = comparison.needed().await.expect("asked");
        let told = ("unit 18999@2027-01-01".to_owned(), 0);
        assert!(
            matches!(&needed[..], [(_, Refusal::Needed { by, others })] if (by, others) == (&told.0, &told.1)),
            "{needed:?} on {}",
            database.name
        );
        comparison.finish().await.expect("ended");
    }
}

#[tokio::test]
async fn what_missed_something_before_stands_in_nobodys_way() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", None)).await;
        let behind = database.behind_the_back().await;
        behind
            .execute_unprepared("UPDATE centre SET valid_from = '2022-01-01' WHERE slug = 'p42'")
            .await
            .expect("written behind the back");
        let end = Command::End { key: key(EntityKind::Centre, "p42"), on: day("2030-01-01") };
        let ended = apply(&catalogue, end).await;
        assert!(ended.is_ok(), "{ended:?} on {}", database.name);
    }
}

#[tokio::test]
async fn taking_out_and_stating_again_is_undone_like_everything_else() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", None)).await;
        let before = catalogue.centre(&code("p42")).await.expect("readable").expect("there").stored.record;
        let right = centre("p42", "42", Tier::Province, period("2018-01-01", None));
        let anew = vec![
            Command::Withdraw { key: key(EntityKind::Centre, "p42") },
            Command::Centre(right),
            Command::Withdraw { key: key(EntityKind::Field, "ho-tich") },
            Command::Field(field("ho-tich", "Hộ tịch, quốc tịch")),
        ];
        let run = publish(&catalogue, anew).await.expect("published").expect("written");
        let undone =
            catalogue.undo_run(&program(), &Reason::none(), &run, &mut |_| true).await.expect("undone");
        assert!(undone.left.is_empty(), "{:?} on {}", undone.left, database.name);
        let after = catalogue.centre(&code("p42")).await.expect("readable").expect("there").stored.record;
        assert_eq!(after, before);
        let fields = catalogue.fields().await.expect("readable");
        assert!(fields.iter().any(|field| field.name == "Hộ tịch"), "{fields:?}");
    }
}

#[tokio::test]
async fn a_listing_that_is_named_twice_is_gone_the_second_time() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", None)).await;
        let mistake = || {
            let key = key(EntityKind::Availability, "1.001193/p42@2021-01-01");
            (Command::Withdraw { key }, Expected::Any)
        };
        let mut batch = catalogue.batch(&program(), &Reason::none()).await.expect("begins");
        let outcomes = batch.put(vec![mistake(), mistake()]).await.expect("no failure of the storage");
        assert!(
            matches!(&outcomes[..], [Ok(Applied::Withdrawn(_)), Err(Refusal::NotThere)]),
            "{outcomes:?} on {}",
            database.name
        );
        batch.rollback().await.expect("given up");
    }
}

#[tokio::test]
async fn nothing_lies_in_a_unit_on_days_on_which_another_one_has_its_code() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let unit_18100 = unit("18100", "xã", "Cũ", Some("436"), period("2004-01-01", Some("2025-07-01")));
        put(&catalogue, Command::Unit(unit_18100)).await;
        put(
            &catalogue,
            Command::Centre(centre("c18100", "18100", Tier::Commune, period("2025-07-01", None))),
        )
        .await;
        let earlier = Command::Rebegin { key: key(EntityKind::Centre, "c18100"), from: day("2018-01-01") };
        let refusal = refuse(&catalogue, Expected::Any, earlier).await;
        let Refusal::BeyondUnit { unit: of, held } = refusal else { panic!("{refusal:?}") };
        assert_eq!((of.as_str(), held), ("18100", period("2004-01-01", Some("2025-07-01"))));
        // The same for a new one; where nobody has the code, nobody is meant.
        let both = centre("c18100-x", "18100", Tier::Commune, period("2018-01-01", None));
        let refusal = refuse(&catalogue, Expected::Any, Command::Centre(both)).await;
        assert!(matches!(refusal, Refusal::BeyondUnit { .. }), "{refusal:?} on {}", database.name);
        let below = unit("18999", "xã", "Thử", Some("436"), period("2004-01-01", None));
        put(&catalogue, Command::Unit(below)).await;
        let stands = catalogue.centre(&code("c18100")).await.expect("readable").expect("there");
        assert_eq!(stands.stored.record.period, period("2025-07-01", None));
        let found =
            Inspection::of(&database.options, None, &mut |_| ()).await.expect("looks").expect("there");
        assert_eq!(found.orphans, 0, "{:?}", found.orphan_names);
    }
}

#[tokio::test]
async fn what_was_undone_and_redone_is_undone_again_to_the_same_end() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", "2021-01-01", Some("2024-01-01"))).await;
        let run = publish(
            &catalogue,
            vec![
                Command::Unit(unit("98", "tỉnh", "Thử", None, period("2025-07-01", None))),
                Command::Unit(unit("98001", "xã", "Một", Some("98"), period("2025-07-01", None))),
                Command::Centre(centre("c98001", "98001", Tier::Commune, period("2025-07-01", None))),
                listing("c98001", "2026-01-01", None),
                listing("p42", "2024-01-01", None),
                Command::Withdraw { key: key(EntityKind::Availability, "1.001193/p42@2021-01-01") },
            ],
        )
        .await
        .expect("published")
        .expect("written");
        let undo = |run: String| {
            let catalogue = &catalogue;
            async move {
                let (permit, reason, mut go_on) = (program(), Reason::none(), |_| true);
                let undone = Box::pin(catalogue.undo_run(&permit, &reason, &run, &mut go_on)).await;
                undone.expect("undone")
            }
        };
        let first = undo(run.clone()).await;
        assert!(first.left.is_empty(), "{:?}", first.left);
        let again = undo(first.by.clone().expect("written")).await;
        assert!(again.left.is_empty(), "{:?} on {}", again.left, database.name);
        let second = undo(run.clone()).await;
        assert!(second.left.is_empty(), "{:?} on {}", second.left, database.name);
        assert_eq!((second.withdrawn, second.restored), (first.withdrawn, first.restored));
        assert!(catalogue.centre(&code("c98001")).await.expect("readable").is_none());

        // What somebody wrote between is left alone, in whatever row it stands.
        undo(second.by.expect("written")).await;
        put(&catalogue, listing("c98001", "2026-01-01", Some("2027-01-01"))).await;
        let third = undo(run).await;
        let left: Vec<&str> = third.left.iter().map(|left| left.key.as_str()).collect();
        assert!(left.contains(&"1.001193/c98001@2026-01-01"), "{left:?} on {}", database.name);
    }
}
