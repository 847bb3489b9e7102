//! The chain of the change log from outside: an operator sees whether the log is as it was written, and where it ends.

use motcua_tests::{Database, Site, databases, fixtures};

/// A site with some entries in its log.
fn filled(database: Database) -> Site {
    let site = Site::new(database);
    let lines: String =
        (0..5).map(|n| fixtures::procedure(&format!("9.00001{n}"), &format!("Thủ tục thử số {n}"))).collect();
    let file = site.write("procedures.ndjson", lines);
    let _ = site.import(&[file]).ok();
    site
}

/// Lets the log be altered behind the program's back.
fn unguard(site: &Site, database: Database) {
    for table in ["change", "change_chain"] {
        if database == Database::Sqlite {
            site.sql(&format!("DROP TRIGGER {table}_no_update"));
            site.sql(&format!("DROP TRIGGER {table}_no_delete"));
        } else {
            site.sql(&format!("DROP TRIGGER {table}_append_only ON {table}"));
        }
    }
}

#[test]
fn an_operator_is_told_which_entry_was_altered_and_what_to_do() {
    for database in databases() {
        let site = filled(database);
        let sound = site.run(["log", "verify"]).ok();
        assert!(sound.stdout.starts_with("The change log is sound"), "{}", sound.stdout);
        let json = site.run(["log", "verify", "--json"]).ok().json();
        assert_eq!(json["sound"], true, "{json}");
        let entries = json["sound_entries"].as_u64().expect("a number");
        assert!(entries >= 5 && json["head"]["sequence"] == entries, "{json}");
        let doctor = site.run(["doctor"]).ok();
        let line = format!("ok       chain of the change log: {entries} entries");
        assert!(doctor.stdout.contains(&line), "{}", doctor.stdout);

        unguard(&site, database);
        site.sql("UPDATE change_head SET sequence = sequence + 7");
        let told = site.run(["log", "verify"]).exits_with(1).stdout;
        assert!(
            told.contains(&format!("ends at entry {}, but it ends at entry {entries}", entries + 7)),
            "{told}"
        );
        site.sql("UPDATE change_head SET sequence = sequence - 7");
        site.sql("UPDATE change SET reason = 'rewritten' WHERE sequence = 3");
        let told = site.run(["log", "verify"]).exits_with(1).stdout;
        assert!(told.contains("entry 3, or its hash, was altered"), "{told}");
        assert!(told.contains("What to do: ") && told.contains("restore the last good backup"), "{told}");
        let json = site.run(["log", "verify", "--json"]).exits_with(1).json();
        assert_eq!(
            (&json["broken"]["kind"], &json["broken"]["entry"]),
            (&"altered".into(), &3.into()),
            "{json}"
        );
        assert_eq!(json["sound_entries"], 2, "{json}");
        let doctor = site.run(["doctor"]).exits_with(1).stdout;
        assert!(doctor.contains("PROBLEM  chain of the change log: entry 3,"), "{database:?}\n{doctor}");
    }
}

#[test]
fn a_restored_log_gets_a_new_id_and_ends_where_it_did() {
    for database in databases() {
        let site = filled(database);
        let place = || site.run(["log", "place", "--json"]).ok().json();
        let before = place();
        let text = site.run(["log", "place"]).ok().stdout;
        assert_eq!(Some(text.trim()), before["place"].as_str());
        let told = site.run(["log", "restored"]).ok().stdout;
        assert!(told.contains(before["log"].as_str().expect("an id")), "{told}");
        let after = place();
        assert_ne!(after["log"], before["log"], "{database:?}");
        for same in ["sequence", "hash"] {
            assert_eq!(after[same], before[same], "{database:?}");
        }
        let _ = site.run(["log", "verify"]).ok();
        let again = site.run(["log", "restored", "--json"]).ok().json();
        assert_ne!(again["log"], after["log"]);
    }
}
