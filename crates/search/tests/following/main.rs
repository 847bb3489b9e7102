//! The engine over a real catalogue: following, restarting, damage.

mod forks;
mod site;
mod waiting;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use motcua_catalogue::{Command, Permit};
use motcua_search::{Engine, EngineOptions, Filters, Matching, SearchError};
use serde_json::json;

use crate::site::{
    Site, answers, ask, availability, builds, centre, codes, day, field, procedure, read, unit,
};

#[tokio::test]
async fn an_empty_catalogue_can_be_searched() {
    let site = Site::new().await;
    let engine = site.open().await;
    assert_eq!(ask(&engine, "khai sinh", Filters::default()).total, 0);
    assert_eq!(ask(&engine, "", Filters::default()).matching, Matching::Everything);
}

#[tokio::test]
async fn every_kind_of_change_reaches_the_answers() {
    let site = Site::new().await;
    let engine = site.open().await;
    let filled = Site::filled().await;
    drop(engine);
    let engine = filled.open().await;
    assert_eq!(codes(&engine, "khai sinh"), ["1.001193"]);

    for command in [
        procedure("1.001193", "Đăng ký khai sinh tại xã", "Nộp giấy chứng sinh, tờ khai."),
        procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt."),
        availability("2.000635", "p42", "2"),
        availability("1.000656", "c18073", "4"),
        field("ho-tich", "Hộ tịch và quốc tịch"),
        centre("d436", "district", "436"),
        availability("1.000656", "d436", "3"),
        unit("18070", "commune", "Phường Bắc Hà", Some("436")),
        centre("c18070", "commune", "18070"),
        availability("2.000635", "c18070", "3"),
    ] {
        let before = (engine.generation(), answers(&engine));
        filled.put(command).await;
        engine.catch_up().await.expect("caught up");
        let after = (engine.generation(), answers(&engine));
        assert!(before.1 == after.1 || before.0 != after.0, "answers changed under one generation");
        filled.assert_equals_rebuilt(&engine).await;
    }
    assert_eq!(codes(&engine, "quốc tịch").len(), 3);
    assert_eq!(codes(&engine, "kết hôn"), ["2.000635"]);

    let spread = engine.procedure_levels(
        &"2.000635.H28".parse().expect("a code"),
        Some(&"436".parse().expect("a code")),
        day("2021-03-01"),
    );
    assert_eq!(spread.counts.total(), 1, "a suffixed code is tried by its base");
    let centre = engine.centre_summary(&"c18073".parse().expect("an id"), day("2021-03-01")).expect("known");
    assert_eq!((centre.total(), centre.online()), (2, 2));
    assert_eq!(
        engine.centre_summary(&"c18073".parse().expect("an id"), day("2014-03-01")).expect("known").total(),
        0
    );
    assert!(engine.centre_summary(&"nobody".parse().expect("an id"), day("2021-03-01")).is_none());
}

#[tokio::test]
async fn a_reorganisation_and_its_undoing_are_followed() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let before = answers(&engine);
    let file = site.dir.path().join("sap-xep.csv");
    let rows = "old_code,step2,new_code,new_name,new_province_code\n18073,whole,18075,Phường Thành Sen,42\n";
    fs::write(&file, rows).expect("writable");
    let request = motcua_catalogue::reorganise::ReorganiseRequest {
        path: file,
        effective: day("2021-03-01"),
        resolution: None,
        permit: Permit::program("test"),
        scratch: None,
    };
    let mut go_on = |_| true;
    let run = motcua_catalogue::reorganise::run(&site.catalogue, &request, None, &mut go_on);
    let run = Box::pin(run).await.expect("a sound file").run;
    engine.catch_up().await.expect("caught up");
    site.assert_equals_rebuilt(&engine).await;
    assert_ne!(answers(&engine), before);
    let permit = Permit::program("test");
    let undo = motcua_catalogue::reorganise::undo(&site.catalogue, &run, &permit, &mut go_on);
    Box::pin(undo).await.expect("nothing in the way");
    engine.catch_up().await.expect("caught up");
    site.assert_equals_rebuilt(&engine).await;
    assert_eq!(answers(&engine), before);
}

#[tokio::test]
async fn a_change_that_no_answer_depends_on_leaves_the_generation() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let generation = engine.generation();
    site.put(Command::Agency(read(json!({ "slug": "ubnd-xa", "name": "Ủy ban nhân dân xã" })))).await;
    let applied = engine.catch_up().await.expect("caught up");
    assert_eq!(applied, site.catalogue.last_sequence().await.expect("read"));
    assert_eq!(engine.generation(), generation);
}

#[tokio::test]
async fn a_restart_replays_what_the_files_do_not_have() {
    for close in [false, true] {
        let site = Site::filled().await;
        let engine = site.open().await;
        site.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
        site.put(availability("2.000635", "p42", "2")).await;
        engine.catch_up().await.expect("caught up");
        if close {
            engine.close().await.expect("closed");
        }
        drop(engine);
        site.put(availability("2.000635", "c18073", "4")).await;
        let engine = site.open().await;
        assert_eq!(codes(&engine, "kết hôn"), ["2.000635"]);
        site.assert_equals_rebuilt(&engine).await;
    }
}

#[tokio::test]
async fn a_long_backlog_is_answered_by_building_anew() {
    let site = Site::filled().await;
    let engine =
        site.open_in(&site.index(), EngineOptions { rebuild_after: 1, ..EngineOptions::default() }).await;
    site.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
    site.put(availability("2.000635", "p42", "2")).await;
    engine.catch_up().await.expect("caught up");
    site.assert_equals_rebuilt(&engine).await;
    assert_eq!(builds(&site.index()).len(), 1, "the build before is removed");
}

#[tokio::test]
async fn whatever_file_is_damaged_the_index_is_built_again() {
    let site = Site::filled().await;
    drop(site.open().await);
    let names = || {
        let [build] = builds(&site.index()).try_into().expect("one build");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&build).expect("a folder").flatten().map(|file| file.path()).collect();
        files.push(build.parent().expect("a layout").join("current"));
        files.retain(|file| !file.to_string_lossy().ends_with(".lock"));
        files.sort();
        files
    };
    for damage in ["removed", "emptied", "overwritten", "flipped"] {
        for number in 0..names().len() {
            let Some(file) = names().into_iter().nth(number) else { continue };
            let mut bytes = fs::read(&file).expect("read");
            match damage {
                "removed" => fs::remove_file(&file).expect("removed"),
                "emptied" => fs::write(&file, "").expect("written"),
                "overwritten" => fs::write(&file, vec![0x5a; bytes.len()]).expect("written"),
                _ => {
                    let middle = bytes.len() / 2;
                    if let Some(byte) = bytes.get_mut(middle) {
                        *byte ^= 0x04;
                    }
                    fs::write(&file, bytes).expect("written");
                }
            }
            let engine = site.open().await;
            assert_eq!(codes(&engine, "khai sinh"), ["1.001193"], "{} {damage}", file.display());
            drop(engine);
        }
    }
    site.assert_equals_rebuilt(&site.open().await).await;
}

#[tokio::test]
async fn another_catalogue_gets_another_index() {
    let one = Site::filled().await;
    drop(one.open().await);
    let other = Site::new().await;
    for command in [field("ho-tich", "Hộ tịch"), procedure("9.000001", "Thủ tục khác", "Nộp.")] {
        other.put(command).await;
    }
    // Shorter than the log that the index knows, and then longer.
    let engine = other.open_in(&one.index(), EngineOptions::default()).await;
    assert_eq!(codes(&engine, ""), ["9.000001"]);
    drop(engine);
    let engine = one.open().await;
    assert_eq!(codes(&engine, "khai sinh"), ["1.001193"]);
    one.assert_equals_rebuilt(&engine).await;
}

#[tokio::test]
async fn two_processes_do_not_write_one_index() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let second = Engine::open(site.catalogue.clone(), &site.index(), EngineOptions::default()).await;
    assert!(matches!(second, Err(SearchError::InUse(_))));
    drop(engine);
    site.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn following_takes_changes_in_by_itself_until_it_is_stopped() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let follower = engine.clone();
    let following = tokio::spawn(async move {
        follower
            .follow(async {
                let _ = stopped.await;
            })
            .await
    });
    for number in 0..5 {
        site.put(procedure(&format!("3.00000{number}"), &format!("Cấp giấy phép số {number}"), "Nộp.")).await;
    }
    let last = site.catalogue.last_sequence().await.expect("read");
    tokio::time::timeout(Duration::from_secs(20), async {
        while engine.applied_sequence() < last {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("taken in");
    assert_eq!(codes(&engine, "cấp giấy phép").len(), 5);
    stop.send(()).expect("still following");
    following.await.expect("no panic").expect("ends well");
    site.assert_equals_rebuilt(&engine).await;
}
