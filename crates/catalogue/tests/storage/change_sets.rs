//! Change sets and runs: compared without a lock, published whole or not at all, undone as a whole; permits on every way.

use std::collections::BTreeMap;

use motcua_catalogue::change_set::{Compared, DraftError, DraftState, NewDraft, PublishError};
use motcua_catalogue::{
    Actor, Applied, Catalogue, Command, CommandError, EntityKind, Expected, Level, LogKey, Permit, Reach,
    Reason, Refusal, Right, RunKind, RunNote, Scheme, Tier, UndoError,
};

use crate::common::{availability, centre, databases, day, field, period, procedure, put, small_world, unit};

fn program() -> Permit {
    Permit::program("test")
}

fn listing(centre: &str, level: Level, from: &str, to: Option<&str>) -> Command {
    Command::Availability(Box::new(availability(
        "1.001193",
        centre,
        Some((Scheme::Nd43, level)),
        period(from, to),
    )))
}

fn key(kind: EntityKind, text: &str) -> LogKey {
    LogKey::parse(kind, text).expect("a key of ours")
}

/// Everything that is stored, by kind and key; versions and moments apart.
async fn stored(catalogue: &Catalogue) -> BTreeMap<String, serde_json::Value> {
    let mut all = BTreeMap::new();
    let mut snapshot = catalogue.snapshot().await.expect("readable");
    let json = |value: &dyn erased::Json| value.json();
    for record in snapshot.fields().await.expect("readable") {
        all.insert(format!("field {}", record.slug), json(&record));
    }
    for record in snapshot.units().await.expect("readable") {
        let record = record.stored.record;
        all.insert(format!("unit {} {:?}", record.code, record.period), json(&record));
    }
    for record in snapshot.centres().await.expect("readable") {
        all.insert(format!("centre {}", record.stored.record.id), json(&record.stored.record));
    }
    for record in snapshot.procedures().await.expect("readable") {
        let record = record.stored.record;
        all.insert(format!("procedure {} {:?}", record.code, record.period), json(&record));
    }
    let mut listings = Vec::new();
    let mut keep = |record| {
        listings.push(record);
        Ok(())
    };
    snapshot.each_availability(&mut keep).await.expect("readable").expect("kept");
    for record in listings {
        let name =
            format!("listing {} {:?} {} {:?}", record.procedure, record.case, record.centre, record.period);
        all.insert(name, json(&record));
    }
    all
}

mod erased {
    pub(super) trait Json {
        fn json(&self) -> serde_json::Value;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> serde_json::Value {
            serde_json::to_value(self).expect("records serialise")
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_a_comparison_and_a_stale_item_comes_back_with_theirs_mine_and_base() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("c18070", Level::Two, "2021-01-01", None.or(Some("2025-07-01")))).await;
        put(&catalogue, listing("p42", Level::Two, "2021-01-01", None)).await;

        let mut comparison = catalogue.compare(&program(), &Reason::none(), None).await.expect("begun");
        let commands = vec![
            (listing("c18070", Level::Three, "2021-01-01", Some("2025-07-01")), Expected::Any),
            (listing("p42", Level::Three, "2021-01-01", None), Expected::Any),
            (listing("p42", Level::Three, "2021-01-01", None), Expected::Any),
            (listing("c99999", Level::Three, "2021-01-01", None), Expected::Any),
        ];
        let outcomes = comparison.put(commands).await.expect("compared");
        assert_eq!(outcomes[0], Ok(Compared::Changed));
        assert_eq!((&outcomes[1], &outcomes[2]), (&Ok(Compared::Changed), &Ok(Compared::Same)));
        assert!(matches!(outcomes[3], Err(Refusal::Missing { kind: EntityKind::Centre, .. })));

        // Somebody else writes while the comparison is open, and is not held up.
        let (permit, reason) = (program(), Reason::none());
        let command = listing("p42", Level::Four, "2021-01-01", None);
        let other = catalogue.apply(&permit, &reason, Expected::Any, command);
        let other =
            tokio::time::timeout(std::time::Duration::from_secs(2), other).await.expect("nobody waits");
        let applied = other.map(|written| written.applied);
        assert!(matches!(applied, Ok(Applied::Changed(_))), "{applied:?}");
        let before = (stored(&catalogue).await, catalogue.head().await.expect("readable"));

        let prepared = comparison.finish().await.expect("finished");
        assert_eq!(prepared.items.len(), 2);
        let note = RunNote::of(RunKind::ChangeSet);
        let outcome = catalogue.publish(&program(), &Reason::none(), prepared, note, &mut |_| true).await;
        let Err(PublishError::Conflicts(conflicts)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        let conflict = &conflicts[0];
        assert_eq!(conflict.key, "1.001193/p42@2021-01-01");
        let level = |record: &serde_json::Value| record["level"]["level"].as_str().map(str::to_owned);
        let Refusal::Stale { current_version: 2, current: Some(theirs) } = &conflict.refusal else {
            panic!("{:?}", conflict.refusal)
        };
        let told = [Some(&**theirs), conflict.mine.as_ref(), conflict.base.as_ref()]
            .map(|record| level(record.expect("told")));
        assert_eq!(told, ["4", "3", "2"].map(|level| Some(level.to_owned())));
        let after = (stored(&catalogue).await, catalogue.head().await.expect("readable"));
        assert!(after == before, "all or nothing on {}", database.name);
    }
}

#[tokio::test]
async fn a_run_is_undone_exactly_and_what_was_written_since_is_left_alone() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", Level::Two, "2021-01-01", None)).await;
        let before = stored(&catalogue).await;

        // One run that makes, changes and ends records of every layer.
        let mut comparison = catalogue.compare(&program(), &Reason::none(), None).await.expect("begun");
        let mut new_procedure = procedure("2.000001", "Thủ tục mới", motcua_catalogue::Period::ALWAYS);
        new_procedure.fields = vec!["dat-dai".parse().expect("a slug")];
        let mut renamed = centre("p42", "42", Tier::Province, period("2017-07-13", None));
        renamed.name = "Trung tâm đổi tên".to_owned();
        let commands = vec![
            Command::Field(field("dat-dai", "Đất đai")),
            Command::Unit(unit("18999", "xã", "Mới", Some("42"), period("2025-07-01", None))),
            Command::Centre(centre("c18999", "18999", Tier::Commune, period("2025-07-01", None))),
            Command::Centre(renamed),
            Command::Procedure(Box::new(new_procedure)),
            Command::StateFrom(Box::new(listing("p42", Level::Four, "2023-01-01", None))),
            listing("c18999", Level::Three, "2025-07-01", None),
        ];
        let commands = commands.into_iter().map(|command| (command, Expected::Any)).collect();
        for outcome in comparison.put(commands).await.expect("compared") {
            outcome.expect("sound");
        }
        let prepared = comparison.finish().await.expect("finished");
        let note = RunNote { decision: Some("3005/QĐ-UBND".to_owned()), ..RunNote::of(RunKind::ChangeSet) };
        let reason = Reason::public("theo quyết định");
        let published = catalogue.publish(&program(), &reason, prepared, note, &mut |_| true).await;
        let name = published.expect("published").run.expect("something was written");
        let run = catalogue.run(&name).await.expect("readable").expect("there");
        assert_eq!((run.kind, run.decision.as_deref()), (RunKind::ChangeSet, Some("3005/QĐ-UBND")));
        assert_eq!(run.last_sequence + 1 - run.first_sequence, 8, "StateFrom is two entries");
        let with_run = stored(&catalogue).await;

        let undone =
            catalogue.undo_run(&program(), &Reason::none(), &name, &mut |_| true).await.expect("undone");
        assert_eq!((undone.withdrawn, undone.restored, undone.left.len()), (6, 2, 0), "{undone:?}");
        assert!(stored(&catalogue).await == before, "as before on {}", database.name);
        let again = catalogue.undo_run(&program(), &Reason::none(), &name, &mut |_| true).await;
        assert!(matches!(again, Err(UndoError::UndoneAlready(_))), "{again:?}");

        // Undoing is a run itself: undone, the records are there again.
        let back = catalogue
            .undo_run(&program(), &Reason::none(), undone.by.as_deref().expect("written"), &mut |_| true)
            .await
            .expect("undone");
        assert!(back.left.is_empty(), "{back:?}");
        assert!(stored(&catalogue).await == with_run, "as with the run on {}", database.name);

        // What was written since stays, and so does what it needs.
        let since = listing("c18999", Level::Four, "2025-07-01", None);
        put(&catalogue, since).await;
        let partly = catalogue
            .undo_run(&program(), &Reason::none(), back.by.as_deref().expect("written"), &mut |_| true)
            .await
            .expect("undone");
        let mut left: Vec<(EntityKind, bool)> =
            partly.left.iter().map(|left| (left.kind, left.refusal.is_none())).collect();
        left.sort();
        assert_eq!(
            left,
            [(EntityKind::Unit, false), (EntityKind::Centre, false), (EntityKind::Availability, true)],
            "{partly:?}"
        );
        let now = stored(&catalogue).await;
        assert!(now.keys().any(|key| key.starts_with("centre c18999")));
        let listing =
            now.iter().find(|(key, _)| key.starts_with("listing 1.001193 None c18999")).expect("kept");
        assert_eq!(listing.1["level"]["level"], "4", "nothing was overwritten");
        assert!(
            !now.keys().any(|key| key.starts_with("procedure 2.000001") || key.starts_with("field dat-dai"))
        );
        let check = catalogue.verify_log(&mut |_| true).await.expect("checked");
        assert_eq!(check.broken, None);
    }
}

#[tokio::test]
async fn a_dated_record_is_corrected_in_one_act() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", Level::Two, "2021-01-01", None)).await;
        let apply = |command: Command| {
            let catalogue = catalogue.clone();
            async move { catalogue.apply(&program(), &Reason::public("sửa"), Expected::Any, command).await }
        };
        let periods = || async {
            let all = stored(&catalogue).await;
            let listings = all.into_iter().filter(|(key, _)| key.starts_with("listing 1.001193 None p42"));
            let mut periods: Vec<String> = listings
                .map(|(_, record)| {
                    let period = &record["period"];
                    let day = |part: &str| period[part].as_str().unwrap_or("…").to_owned();
                    format!(
                        "{} {} {}",
                        day("valid_from"),
                        day("valid_to"),
                        record["level"]["level"].as_str().unwrap_or("?")
                    )
                })
                .collect();
            periods.sort();
            periods
        };
        // From this day on it is so.
        apply(Command::StateFrom(Box::new(listing("p42", Level::Four, "2023-01-01", None))))
            .await
            .expect("stated");
        assert_eq!(periods().await, ["2021-01-01 2023-01-01 2", "2023-01-01 … 4"]);
        // In between: it reaches as far as the period in whose place it comes.
        apply(Command::StateFrom(Box::new(listing("p42", Level::Three, "2022-01-01", None))))
            .await
            .expect("stated");
        assert_eq!(periods().await, ["2021-01-01 2022-01-01 2", "2022-01-01 2023-01-01 3", "2023-01-01 … 4"]);
        // It began on another day.
        let last = key(EntityKind::Availability, "1.001193/p42@2023-01-01");
        apply(Command::Rebegin { key: last.clone(), from: day("2023-06-01") }).await.expect("moved");
        assert_eq!(periods().await, ["2021-01-01 2022-01-01 2", "2022-01-01 2023-01-01 3", "2023-06-01 … 4"]);
        let gone = apply(Command::End { key: last, on: day("2024-01-01") }).await;
        assert!(matches!(gone, Err(CommandError::Refused(Refusal::NotThere))), "{gone:?}");
        // It began where another one still holds: refused, and nothing is lost.
        let last = key(EntityKind::Availability, "1.001193/p42@2023-06-01");
        let refused = apply(Command::Rebegin { key: last.clone(), from: day("2022-06-01") }).await;
        assert!(matches!(refused, Err(CommandError::Refused(Refusal::Overlap { .. }))), "{refused:?}");
        assert_eq!(periods().await.last().map(String::as_str), Some("2023-06-01 … 4"));
        // It ends; an end before its beginning is refused.
        apply(Command::End { key: last.clone(), on: day("2024-01-01") }).await.expect("ended");
        let refused = apply(Command::End { key: last.clone(), on: day("2023-06-01") }).await;
        assert!(matches!(refused, Err(CommandError::Refused(Refusal::Contradiction { .. }))), "{refused:?}");
        // This was a mistake: it is gone from every day, and its history keeps it.
        let withdrawn = apply(Command::Withdraw { key: last.clone() }).await.expect("withdrawn");
        let Applied::Withdrawn(sequence) = withdrawn.applied else { panic!("{withdrawn:?}") };
        assert_eq!(periods().await, ["2021-01-01 2022-01-01 2", "2022-01-01 2023-01-01 3"]);
        let entry = catalogue.changes_after(sequence - 1, 1).await.expect("readable").remove(0);
        assert_eq!((entry.key.as_str(), entry.after.is_none()), ("1.001193/p42@2023-06-01", true));
        assert_eq!((entry.before.is_some(), entry.reason.as_deref()), (true, Some("sửa")));
        // A record that others need is not withdrawn.
        let needed = apply(Command::Withdraw { key: key(EntityKind::Centre, "p42") }).await;
        assert!(matches!(needed, Err(CommandError::Refused(Refusal::Needed { .. }))), "{needed:?}");
        let needed = apply(Command::Withdraw { key: key(EntityKind::Field, "ho-tich") }).await;
        assert!(matches!(needed, Err(CommandError::Refused(Refusal::Needed { .. }))), "{needed:?}");
        assert_eq!(database.open().await.verify_log(&mut |_| true).await.expect("checked").broken, None);
    }
}

#[tokio::test]
async fn runs_on_one_record_are_undone_one_after_another_the_newest_first() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let mut states = vec![stored(&catalogue).await];
        let mut runs = Vec::new();
        for level in [Level::Two, Level::Three, Level::Four] {
            put(&catalogue, listing("p42", level, "2021-01-01", None)).await;
            states.push(stored(&catalogue).await);
            runs.push(catalogue.runs(1).await.expect("readable").remove(0).name);
        }
        let key = key(EntityKind::Availability, "1.001193/p42@2021-01-01");
        let command = Command::Withdraw { key };
        catalogue.apply(&program(), &Reason::none(), Expected::Any, command).await.expect("withdrawn");
        runs.push(catalogue.runs(1).await.expect("readable").remove(0).name);
        let first = catalogue.undo_run(&program(), &Reason::none(), &runs[0], &mut |_| true).await;
        assert!(matches!(first, Err(UndoError::NothingLeft { .. })), "{first:?}");
        for (run, wanted) in runs.iter().zip(&states).rev() {
            let undone = catalogue.undo_run(&program(), &Reason::none(), run, &mut |_| true).await;
            assert!(undone.expect("undone").left.is_empty());
            let wanted =
                if run == runs.last().expect("four") { states.last().expect("four") } else { wanted };
            assert!(stored(&catalogue).await == *wanted, "{run} on {}", database.name);
        }
    }
}

/// The permit of a member of staff whose reach is one district.
#[expect(clippy::disallowed_methods, reason = "stands for the policy of accounts")]
fn clerk(rights: &[Right]) -> Permit {
    let office = "Văn phòng thành phố".to_owned().try_into().expect("a name");
    let actor = Actor::Staff { office, staff: Some("s-17".to_owned().try_into().expect("an id")) };
    let reach = Reach::Within {
        kinds: [EntityKind::Availability, EntityKind::Centre].into(),
        centres: ["p42".parse().expect("an id")].into(),
        units: ["436".parse().expect("a code")].into(),
    };
    Permit::granted(actor, reach, rights.iter().copied())
}

#[tokio::test]
async fn a_permit_is_asked_for_every_row_on_every_way() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(
            &catalogue,
            Command::Centre(centre("c18073", "18073", Tier::Commune, period("2025-07-01", None))),
        )
        .await;
        put(&catalogue, listing("c18073", Level::Two, "2025-07-01", None)).await;
        let clerk = clerk(&Right::ALL);
        let write = |command: Command| {
            let (catalogue, clerk) = (catalogue.clone(), clerk.clone());
            async move { catalogue.apply(&clerk, &Reason::none(), Expected::Any, command).await }
        };
        // Centres of the district and the one that is named.
        for centre in ["c18070", "d436", "p42"] {
            let to = (centre != "p42").then_some("2025-07-01");
            write(listing(centre, Level::Three, "2021-01-01", to)).await.expect("within reach");
        }
        let mut stolen = centre("c18073", "18070", Tier::Commune, period("2017-01-01", Some("2025-07-01")));
        stolen.name = "Của tôi".to_owned();
        let own = key(EntityKind::Availability, "1.001193/c18073@2025-07-01");
        let forbidden = [
            listing("c18073", Level::Four, "2025-07-01", None),
            Command::StateFrom(Box::new(listing("c18073", Level::Four, "2026-01-01", None))),
            Command::End { key: own.clone(), on: day("2026-01-01") },
            Command::Rebegin { key: own.clone(), from: day("2025-08-01") },
            Command::Withdraw { key: own },
            Command::Field(field("dat-dai", "Đất đai")),
            Command::Procedure(Box::new(procedure("2.000001", "Thử", motcua_catalogue::Period::ALWAYS))),
            Command::Unit(unit("18100", "phường", "Đổi", Some("42"), period("2025-07-01", None))),
            // A centre of others is not reached by claiming that it lies within reach.
            Command::Centre(stolen),
        ];
        let before = stored(&catalogue).await;
        for command in forbidden {
            let what = format!("{command:?}");
            let outcome = write(command.clone()).await;
            assert!(
                matches!(outcome, Err(CommandError::Refused(Refusal::Forbidden))),
                "{outcome:?} for {what}"
            );
            let mut comparison = catalogue.compare(&clerk, &Reason::none(), None).await.expect("begun");
            let compared = comparison.put(vec![(command, Expected::Any)]).await.expect("compared");
            assert_eq!(compared, [Err(Refusal::Forbidden)], "{what}");
        }
        assert!(stored(&catalogue).await == before);
        // What somebody else compared is not published by one whose reach is smaller.
        let mut comparison = catalogue.compare(&program(), &Reason::none(), None).await.expect("begun");
        let command = listing("c18073", Level::Four, "2025-07-01", None);
        comparison.put(vec![(command, Expected::Any)]).await.expect("compared");
        let prepared = comparison.finish().await.expect("finished");
        let note = RunNote::of(RunKind::ChangeSet);
        let outcome = catalogue.publish(&clerk, &Reason::none(), prepared, note, &mut |_| true).await;
        assert!(
            matches!(&outcome, Err(PublishError::Conflicts(conflicts)) if conflicts[0].refusal == Refusal::Forbidden),
            "{outcome:?}"
        );
        // Undoing asks as well.
        let run = catalogue.runs(1).await.expect("readable").remove(0).name;
        let nobody = self::clerk(&[Right::Propose]);
        let outcome = catalogue.undo_run(&nobody, &Reason::none(), &run, &mut |_| true).await;
        assert!(matches!(outcome, Err(UndoError::Forbidden)), "{outcome:?}");
        assert!(stored(&catalogue).await == before);
    }
}

#[tokio::test]
async fn a_draft_is_seen_by_nobody_and_goes_its_way_by_permits() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", Level::Two, "2021-01-01", None)).await;
        let before = (stored(&catalogue).await, catalogue.head().await.expect("readable"));
        let reason =
            Reason { public: Some("QĐ 3005".to_owned()), note: Some("hỏi lại chị Lan".to_owned()) };
        let mut comparison = catalogue.compare(&program(), &reason, None).await.expect("begun");
        let commands = vec![
            (listing("p42", Level::Four, "2021-01-01", None), Expected::Any),
            (listing("c18070", Level::Three, "2021-01-01", Some("2025-07-01")), Expected::Any),
        ];
        comparison.put(commands).await.expect("compared");
        let prepared = comparison.finish().await.expect("finished");
        let new = NewDraft {
            title: "Công bố mức độ".to_owned(),
            decision: Some("3005/QĐ-UBND".to_owned()),
            effective_on: Some(day("2026-12-15")),
        };
        let proposer = clerk(&[Right::Propose]);
        let draft = catalogue.save_draft(&proposer, &reason, prepared, new).await.expect("kept");
        assert_eq!((draft.state, draft.staff.is_some()), (DraftState::Draft, true));
        let unseen = (stored(&catalogue).await, catalogue.head().await.expect("readable"));
        assert!(unseen == before, "a draft is a change that has not been made");

        let go = |permit: Permit, version: u32, to: DraftState| {
            let catalogue = catalogue.clone();
            async move { catalogue.move_draft(&permit, draft.id, version, to, Some("được")).await }
        };
        catalogue.leave_out(&proposer, draft.id, 2, true).await.expect("left out");
        let nowhere = catalogue.leave_out(&proposer, draft.id, 9, true).await;
        assert!(matches!(nowhere, Err(DraftError::NoItem(9))), "{nowhere:?}");
        let moved = go(proposer.clone(), 2, DraftState::InReview).await.expect("sent");
        assert_eq!((moved.state, moved.version), (DraftState::InReview, 3));
        assert!(matches!(go(proposer.clone(), 3, DraftState::Approved).await, Err(DraftError::Forbidden)));
        assert!(matches!(go(program(), 1, DraftState::Approved).await, Err(DraftError::Stale(3))));
        assert!(matches!(go(program(), 3, DraftState::Published).await, Err(DraftError::NoWay { .. })));
        go(program(), 3, DraftState::Approved).await.expect("approved");

        // Its day has not come.
        let early = catalogue.publish_draft(&program(), draft.id, day("2026-12-14"), &mut |_| true).await;
        assert!(matches!(early, Err(DraftError::NotDue(_))), "{early:?}");
        assert!(catalogue.publish_due(&program(), day("2026-12-14")).await.expect("looked").is_empty());
        let done = catalogue.publish_due(&program(), day("2026-12-15")).await.expect("looked");
        assert!(matches!(done.as_slice(), [(id, Ok(_))] if *id == draft.id), "{done:?}");
        assert!(catalogue.publish_due(&program(), day("2026-12-16")).await.expect("looked").is_empty());

        let now = stored(&catalogue).await;
        let listing =
            now.iter().find(|(key, _)| key.starts_with("listing 1.001193 None p42")).expect("there");
        assert_eq!(listing.1["level"]["level"], "4");
        assert!(!now.keys().any(|key| key.contains(" c18070 ")), "it was left out");
        let draft = catalogue.draft(draft.id).await.expect("readable").expect("there");
        let run =
            catalogue.run(draft.run.as_deref().expect("published")).await.expect("readable").expect("there");
        assert_eq!((run.reason.as_deref(), run.note.as_deref()), (Some("QĐ 3005"), Some("hỏi lại chị Lan")));
        let log = format!("{:?}", catalogue.changes_after(0, 1_000).await.expect("readable"));
        assert!(!log.contains("chị Lan") && !log.contains("s-17"));
        let states: Vec<DraftState> = catalogue
            .draft_events(draft.id)
            .await
            .expect("readable")
            .into_iter()
            .map(|event| event.to)
            .collect();
        assert_eq!(
            states,
            [DraftState::Draft, DraftState::InReview, DraftState::Approved, DraftState::Published]
        );
    }
}

#[tokio::test]
async fn a_draft_about_a_record_that_was_taken_out_and_made_anew_is_in_conflict() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        put(&catalogue, listing("p42", Level::Two, "2021-01-01", None)).await;
        let reason = Reason::public("QĐ 3005");
        let mut comparison = catalogue.compare(&program(), &reason, None).await.expect("begun");
        let better = listing("p42", Level::Three, "2021-01-01", None);
        comparison.put(vec![(better, Expected::Any)]).await.expect("compared");
        let prepared = comparison.finish().await.expect("finished");
        let new = NewDraft { title: "Nâng mức độ".to_owned(), ..NewDraft::default() };
        let draft = catalogue.save_draft(&program(), &reason, prepared, new).await.expect("kept");
        // Versions begin again at 1, so they alone would not tell.
        let taken_out = Command::Withdraw { key: key(EntityKind::Availability, "1.001193/p42@2021-01-01") };
        put(&catalogue, taken_out).await;
        put(&catalogue, listing("p42", Level::Four, "2021-01-01", None)).await;

        let conflicts = catalogue.draft_conflicts(&program(), draft.id).await.expect("looked over");
        assert!(matches!(&conflicts[..], [(1, _)]), "{conflicts:?}");
        for (version, to) in [(1, DraftState::InReview), (2, DraftState::Approved)] {
            catalogue.move_draft(&program(), draft.id, version, to, None).await.expect("moved");
        }
        let published = catalogue.publish_draft(&program(), draft.id, day("2026-12-15"), &mut |_| true).await;
        let Err(DraftError::Publish(PublishError::Conflicts(conflicts))) = published else {
            panic!("{published:?} on {}", database.name)
        };
        let Refusal::Stale { current: Some(theirs), .. } = &conflicts[0].refusal else {
            panic!("{conflicts:?}")
        };
        assert_eq!(theirs["level"]["level"], "4");
    }
}
