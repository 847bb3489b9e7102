//! Whoever wrote something can wait until it is found.

use std::time::{Duration, Instant};

use motcua_catalogue::{Catalogue, StorageOptions};
use motcua_search::Arrival;

use crate::site::{Site, codes, procedure};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_for_what_another_process_wrote() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let follower = engine.clone();
    let following = tokio::spawn(async move { follower.follow(std::future::pending()).await });
    // Another handle: its commits give this process no hint.
    let options = StorageOptions::Sqlite(site.dir.path().join("catalogue.db"));
    let other = Site { catalogue: Catalogue::open(&options).await.expect("opens"), ..site };
    for number in 0..5 {
        other
            .put(procedure(&format!("3.00000{number}"), &format!("Cấp giấy phép số {number}"), "Nộp."))
            .await;
        let place = other.catalogue.head().await.expect("read");
        assert_eq!(engine.wait_for(&place, PATIENCE).await.expect("asked"), Arrival::Reached);
        assert_eq!(codes(&engine, "cấp giấy phép").len(), number + 1, "not found after waiting");
        assert_eq!(engine.reached(&place).await.expect("asked"), Arrival::Reached);
    }
    following.abort();
}

#[tokio::test]
async fn waiting_ends_and_tells_how_far_the_engine_is() {
    let site = Site::filled().await;
    let engine = site.open().await;
    let (before, start) = (engine.place(), Instant::now());
    site.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
    let place = site.catalogue.head().await.expect("read");
    let arrival = engine.wait_for(&place, Duration::from_millis(50)).await.expect("asked");
    assert_eq!(arrival, Arrival::NotYet(before.clone()));
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert_eq!(engine.reached(&before).await.expect("asked"), Arrival::Reached);
    engine.catch_up().await.expect("caught up");
    for earlier in [&before, &place] {
        assert_eq!(engine.reached(earlier).await.expect("asked"), Arrival::Reached);
    }
}

#[tokio::test]
async fn places_of_another_history_are_not_waited_for() {
    let (old, new) = Site::filled().await.part().await;
    let engine = old.open().await;
    new.put(procedure("2.000635", "Đăng ký kết hôn", "Hai bên có mặt.")).await;
    let ahead = new.catalogue.head().await.expect("read");
    let asked = Instant::now();
    assert_eq!(engine.wait_for(&ahead, PATIENCE).await.expect("asked"), Arrival::AnotherHistory);
    old.put(procedure("2.000700", "Cấp giấy phép lái xe", "Nộp.")).await;
    engine.catch_up().await.expect("caught up");
    assert_eq!(engine.wait_for(&ahead, PATIENCE).await.expect("asked"), Arrival::AnotherHistory);
    assert!(asked.elapsed() < PATIENCE);
    // The engine stands in the history that was left: it has the number, but not what was written there.
    let engine = engine.over(new.catalogue.clone());
    let arrival = engine.wait_for(&ahead, Duration::from_millis(20)).await.expect("asked");
    assert!(matches!(arrival, Arrival::NotYet(_)), "{arrival:?}");
    engine.catch_up().await.expect("put right");
    assert_eq!(engine.reached(&ahead).await.expect("asked"), Arrival::Reached);
}
