//! The log turns out to have another history than the index: a failover lost the last commits, or a copy was restored.

use std::fs;

use motcua_catalogue::{Catalogue, Command, Permit, Reason};
use motcua_search::{Engine, EngineOptions};
use serde_json::json;

use crate::site::{Site, availability, builds, centre, codes, field, procedure, read, unit};

fn procedure_of(code: &str, name: &str, slug: &str) -> Command {
    Command::Procedure(Box::new(read(json!({
        "code": code, "name": name, "fields": [slug], "tiers": ["commune"], "applicants": ["citizen"],
        "details": { "steps": [{ "text": "Nộp hồ sơ." }] }, "source": { "kind": "dataset", "citation": "test" },
    }))))
}

fn build_names(site: &Site) -> Vec<String> {
    let names = builds(&site.index());
    names.iter().filter_map(|build| Some(build.file_name()?.to_str()?.to_owned())).collect()
}

/// An engine that took in what was then lost, and the catalogue that went on without it.
struct Forked {
    old: Site,
    new: Site,
    /// Follows the new history from now on.
    engine: Engine,
}

impl Forked {
    async fn new(options: EngineOptions, lost: Vec<Command>, gained: Vec<Command>) -> Self {
        let (old, new) = Site::filled().await.part().await;
        let engine = old.open_in(&old.index(), options).await;
        for command in lost {
            old.put(command).await;
            engine.catch_up().await.expect("caught up");
        }
        for command in gained {
            new.put(command).await;
        }
        let engine = engine.over(new.catalogue.clone());
        Self { old, new, engine }
    }

    /// Catches up; then the engine answers as one that knows the new history alone, also after a restart.
    async fn assert_put_right(self, build: &str) {
        let Self { old, new, engine } = self;
        engine.catch_up().await.expect("caught up");
        new.assert_equals_rebuilt(&engine).await;
        assert_eq!((engine.histories_left(), engine.another_history()), (1, None));
        assert_eq!(build_names(&old), [build]);
        // What comes next is followed as ever.
        new.put(procedure("4.000001", "Cấp giấy phép xây dựng", "Nộp bản vẽ.")).await;
        engine.catch_up().await.expect("caught up");
        new.assert_equals_rebuilt(&engine).await;
        assert_eq!(engine.histories_left(), 1);
        drop(engine);
        let engine = new.open_in(&old.index(), EngineOptions::default()).await;
        new.assert_equals_rebuilt(&engine).await;
        assert_eq!(build_names(&old), [build], "what was put right is good for the next start");
    }
}

async fn assert_put_right(lost: Vec<Command>, gained: Vec<Command>) {
    Forked::new(EngineOptions::default(), lost, gained).await.assert_put_right("build-1").await;
}

fn a_procedure_at_a_centre(code: &str, name: &str) -> Vec<Command> {
    vec![procedure(code, name, "Nộp hồ sơ."), availability(code, "c18073", "4")]
}

#[tokio::test]
async fn what_was_created_and_lost_is_gone() {
    // The log is shorter than the index.
    assert_put_right(a_procedure_at_a_centre("2.000635", "Đăng ký kết hôn"), Vec::new()).await;
}

#[tokio::test]
async fn the_same_numbers_and_ids_may_stand_for_others() {
    let lost = a_procedure_at_a_centre("2.000635", "Đăng ký kết hôn");
    let gained = a_procedure_at_a_centre("2.000700", "Cấp giấy phép lái xe");
    assert_put_right(lost.clone(), gained.clone()).await;
    // The row of the lost procedure is another one's now, that is offered nowhere.
    assert_put_right(lost.clone(), vec![gained[0].clone(), availability("1.001193", "p42", "2")]).await;
    // The new history is the longer one.
    let mut longer = gained;
    longer.push(availability("2.000700", "p42", "2"));
    assert_put_right(lost, longer).await;
}

#[tokio::test]
async fn lost_changes_are_undone() {
    let lost = vec![
        procedure("1.001193", "Đăng ký khai sinh tại xã", "Nộp giấy chứng sinh, tờ khai."),
        availability("1.000656", "c18073", "4"),
        field("ho-tich", "Hộ tịch và quốc tịch"),
    ];
    assert_put_right(lost.clone(), Vec::new()).await;
    assert_put_right(lost, vec![availability("1.001193", "c18073", "2")]).await;
}

#[tokio::test]
async fn fields_of_another_history_go_with_their_procedures() {
    let lost = vec![field("dat-dai", "Đất đai"), procedure_of("2.000635", "Tách thửa đất", "dat-dai")];
    let gained =
        vec![field("giao-thong", "Giao thông"), procedure_of("2.000700", "Cấp biển số xe", "giao-thong")];
    assert_put_right(lost.clone(), Vec::new()).await;
    assert_put_right(lost, gained).await;
}

#[tokio::test]
async fn places_and_centres_of_another_history_are_replaced() {
    let at = |code: &str, name: &str, id: &str, procedure: &str| {
        vec![
            unit(code, "commune", name, Some("436")),
            centre(id, "commune", code),
            availability(procedure, id, "3"),
        ]
    };
    let lost = at("18070", "Phường Bắc Hà", "c18070", "1.000656");
    let gained = at("18077", "Phường Đại Nài", "c18077", "1.001193");
    assert_put_right(lost.clone(), Vec::new()).await;
    assert_put_right(lost.clone(), gained.clone()).await;
    // The new centre has the row of the lost one and says nothing.
    assert_put_right(lost, gained[..2].to_vec()).await;
}

#[tokio::test]
async fn entries_that_no_answer_depends_on_may_be_lost_too() {
    let agency = |slug: &str| Command::Agency(read(json!({ "slug": slug, "name": "Ủy ban nhân dân" })));
    assert_put_right(vec![agency("ubnd-xa")], vec![agency("ubnd-tinh")]).await;
}

async fn mark_sample(catalogue: &Catalogue, shows_sample: bool) {
    let mut batch = catalogue.batch(&Permit::program("test"), &Reason::none()).await.expect("begins");
    batch.mark_sample(shows_sample).await.expect("written").expect("marked");
    batch.commit().await.expect("committed");
}

#[tokio::test]
async fn the_mark_of_made_up_data_is_followed_in_every_history() {
    let (old, new) = Site::filled().await.part().await;
    let engine = old.open().await;
    for shows_sample in [true, false, true] {
        mark_sample(&old.catalogue, shows_sample).await;
        engine.catch_up().await.expect("caught up");
        assert_eq!(engine.shows_sample(), shows_sample);
        old.assert_equals_rebuilt(&engine).await;
    }
    drop(engine);
    let engine = old.open().await;
    assert!(engine.shows_sample(), "a restart keeps it");
    drop(engine);
    // Lost while the engine runs.
    let engine = old.open().await;
    mark_sample(&old.catalogue, false).await;
    engine.catch_up().await.expect("caught up");
    for _ in 0..3 {
        mark_sample(&new.catalogue, true).await;
        mark_sample(&new.catalogue, false).await;
        mark_sample(&new.catalogue, true).await;
    }
    let engine = engine.over(new.catalogue.clone());
    engine.catch_up().await.expect("caught up");
    assert!(engine.shows_sample());
    new.assert_equals_rebuilt(&engine).await;
}

#[tokio::test]
async fn a_fork_beyond_the_trail_is_answered_by_building_anew() {
    let options = EngineOptions { trail_entries: 1, ..EngineOptions::default() };
    let lost = a_procedure_at_a_centre("2.000635", "Đăng ký kết hôn");
    let gained = a_procedure_at_a_centre("2.000700", "Cấp giấy phép lái xe");
    Forked::new(options, lost.clone(), gained.clone()).await.assert_put_right("build-2").await;
    let options = EngineOptions { rebuild_after: 1, ..EngineOptions::default() };
    Forked::new(options, lost, gained).await.assert_put_right("build-2").await;
}

#[tokio::test]
async fn an_index_of_another_history_is_not_opened() {
    let forked = Forked::new(
        EngineOptions::default(),
        a_procedure_at_a_centre("2.000635", "Đăng ký kết hôn"),
        a_procedure_at_a_centre("2.000700", "Cấp giấy phép lái xe"),
    )
    .await;
    let Forked { old, new, engine } = forked;
    engine.close().await.expect("closed");
    drop(engine);
    let engine = new.open_in(&old.index(), EngineOptions::default()).await;
    new.assert_equals_rebuilt(&engine).await;
    assert_eq!(codes(&engine, "kết hôn"), [""; 0]);
    assert_eq!(build_names(&old), ["build-2"]);
}

#[tokio::test]
async fn a_new_id_of_the_log_is_taken_over_and_nothing_else() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let generation = engine.generation();
    let place = site.catalogue.mark_restored().await.expect("marked");
    engine.catch_up().await.expect("caught up");
    assert_eq!(engine.place(), place);
    assert_ne!(place.log, generation.log);
    assert_eq!((engine.generation(), engine.histories_left()), (generation, 0));
    site.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
    engine.catch_up().await.expect("caught up");
    site.assert_equals_rebuilt(&engine).await;
    drop(engine);
    site.assert_equals_rebuilt(&site.open().await).await;
    assert_eq!(build_names(&site), ["build-1"]);
}

#[tokio::test]
async fn an_index_that_somebody_removes_is_built_again_with_the_next_change() {
    let site = Site::filled().await;
    let engine = site.open().await;
    fs::remove_dir_all(site.index()).expect("removed");
    site.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
    // The step that notices it fails; the one after it builds anew.
    if engine.catch_up().await.is_err() {
        engine.catch_up().await.expect("built anew");
    }
    assert_eq!(codes(&engine, "kết hôn"), ["2.000635"]);
    site.assert_equals_rebuilt(&engine).await;
    let second = Engine::open(site.catalogue.clone(), &site.index(), EngineOptions::default()).await;
    assert!(second.is_err(), "the folder is locked again");
    drop(engine);
    site.assert_equals_rebuilt(&site.open().await).await;
}
