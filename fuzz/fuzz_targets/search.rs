//! Any text is answered, explained and completed, within time, by an index of the national catalogue.
//!
//! ```sh
//! cargo install cargo-fuzz
//! cargo fuzz run search --sanitizer none -- -max_len=800 -timeout=2 -max_total_time=120
//! ```
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use motcua_catalogue::{Catalogue, StorageOptions, sample};
use motcua_search::{Engine, EngineOptions, SearchRequest};

/// The engine with the folder and the runtime that it lives in.
static ENGINE: LazyLock<(Engine, tempfile::TempDir, tokio::runtime::Runtime)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let engine = runtime.block_on(async {
        let storage = StorageOptions::Sqlite(folder.path().join("facts.sqlite"));
        let catalogue = Catalogue::open(&storage).await.expect("an empty catalogue");
        sample::load_facts(&catalogue, &mut |_| ()).await.expect("the facts in the binary");
        Engine::open(catalogue, &folder.path().join("index"), EngineOptions::default()).await.expect("an index")
    });
    (engine, folder, runtime)
});

fuzz_target!(|text: &str| {
    let engine = &ENGINE.0;
    let as_of = NaiveDate::from_ymd_opt(2026, 7, 20).expect("a day");
    let started = Instant::now();
    for verbatim in [false, true] {
        let request =
            SearchRequest { explain: true, snippets: true, verbatim, ..SearchRequest::new(text, as_of) };
        let answer = engine.search(&request).expect("an answer");
        assert!(answer.hits.len() as u64 <= answer.total);
        for hit in &answer.hits {
            assert!(hit.name_marks.iter().all(|mark| hit.name.get(mark.clone()).is_some()));
            if let Some(snippet) = &hit.snippet {
                assert!(snippet.marks.iter().all(|mark| snippet.text.get(mark.clone()).is_some()));
            }
        }
    }
    assert!(engine.suggest(text, as_of, 8).expect("completions").len() <= 8);
    assert!(started.elapsed() < Duration::from_secs(1), "took {:?}", started.elapsed());
});
