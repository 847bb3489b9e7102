use crate::{Catalogue, StorageOptions};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_loads_into_an_empty_catalogue_and_a_second_time_changes_nothing() {
    let folder = std::env::temp_dir().join(format!("motcua-sample-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let options = StorageOptions::Sqlite(folder.join("catalogue.sqlite"));
    let catalogue = Catalogue::open(&options).await.expect("opens");
    let mut last = None;
    let begun = std::time::Instant::now();
    let first = super::load_hatinh(&catalogue, &mut |progress| last = Some(progress)).await.expect("loads");
    println!("{first:?} in {:?}", begun.elapsed());
    let last = last.expect("progress was told");
    assert_eq!((last.done, last.total), (first.created, first.created));
    assert_eq!((first.changed, first.same), (0, 0));
    assert!(catalogue.shows_sample().await.expect("reads"));
    let sequence = catalogue.last_sequence().await.expect("reads");
    let second = super::load_hatinh(&catalogue, &mut |_| ()).await.expect("loads");
    assert_eq!((second.created, second.changed, second.same), (0, 0, first.created));
    assert_eq!(catalogue.last_sequence().await.expect("reads"), sequence);
    catalogue.close().await.expect("closes");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}
