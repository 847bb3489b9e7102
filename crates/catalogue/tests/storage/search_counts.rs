//! Counts of searches: added up over days and nodes, listed as work, forgotten in time.

use chrono::NaiveDate;
use motcua_catalogue::SearchCount;

use crate::common::databases;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn count(day_text: &str, text: &str, (searches, empty, clicks): (u32, u32, u32)) -> SearchCount {
    SearchCount { day: day(day_text), text: text.to_owned(), searches, empty, clicks }
}

#[tokio::test]
async fn counts_add_up_and_are_listed_as_work() {
    for database in databases().await {
        let catalogue = database.open().await;
        for _ in 0..2 {
            let counts = [
                count("2026-06-01", "khai sinh", (5, 0, 4)),
                count("2026-06-01", "xe bay", (2, 2, 0)),
                count("2026-06-02", "xe bay", (1, 1, 0)),
                count("2026-06-02", "đọc mà không mở", (3, 0, 0)),
                count("2026-06-02", "hiếm", (1, 1, 0)),
                count("2026-05-01", "cũ", (9, 9, 0)),
            ];
            catalogue.add_search_counts(&counts).await.expect("added");
        }
        let before = catalogue.last_sequence().await.expect("read");
        let work = catalogue.search_work(day("2026-06-01"), 3, 10).await.expect("read");
        let shown: Vec<_> =
            work.iter().map(|work| (work.text.as_str(), work.searches, work.empty, work.clicks)).collect();
        assert_eq!(shown, [("xe bay", 6, 6, 0), ("đọc mà không mở", 6, 0, 0)], "{}", database.name);
        assert_eq!(before, 0, "counts are no records: the log does not know them");
        assert_eq!(catalogue.forget_search_counts(day("2026-06-01")).await.expect("deleted"), 1);
        assert_eq!(catalogue.search_work(day("2020-01-01"), 1, 10).await.expect("read").len(), 3);
    }
}
