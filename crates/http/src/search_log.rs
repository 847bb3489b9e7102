//! Counts searches of the pages in memory, for whoever keeps the word lists. Nothing about the people who searched is
//! kept: no address, no time of day, no order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use chrono::NaiveDate;

use motcua_catalogue::SearchCount;
use motcua_search::counted_text;

/// Distinct texts that are counted between two times of writing them down; further ones are not.
const MOST_TEXTS: usize = 10_000;

/// Path of the page of results.
const RESULTS: &str = "/vi/thu-tuc";

/// Counts since they were last taken. Clones share them. Without [`enabled`](Self::enabled) nothing is counted.
#[derive(Debug, Clone, Default)]
pub struct SearchLog {
    counts: Option<Arc<Mutex<ByText>>>,
}

type ByText = HashMap<(NaiveDate, String), Counts>;

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    searches: u32,
    empty: u32,
    clicks: u32,
}

impl SearchLog {
    /// A log that counts.
    #[must_use]
    pub fn enabled() -> Self {
        Self { counts: Some(Arc::default()) }
    }

    /// Notes a search of the first page of results.
    pub fn searched(&self, text: &str, today: NaiveDate, found: bool) {
        self.add(text, today, |counts| {
            counts.searches += 1;
            counts.empty += u32::from(!found);
        });
    }

    /// Notes that a procedure was opened, if it was opened from a page of results: browsers name the page that a link was
    /// followed on, to its own site alone.
    pub fn opened(&self, headers: &HeaderMap, today: NaiveDate) {
        let Some(text) = self.counts.as_ref().and_then(|_| searched_text(headers)) else { return };
        self.add(&text, today, |counts| counts.clicks += 1);
    }

    /// Takes the counts so far.
    #[must_use]
    pub fn take(&self) -> Vec<SearchCount> {
        let Some(counts) = &self.counts else { return Vec::new() };
        let taken = std::mem::take(&mut *counts.lock().unwrap_or_else(PoisonError::into_inner));
        taken
            .into_iter()
            .map(|((day, text), counts)| SearchCount {
                day,
                text,
                searches: counts.searches,
                empty: counts.empty,
                clicks: counts.clicks,
            })
            .collect()
    }

    fn add(&self, text: &str, today: NaiveDate, change: impl FnOnce(&mut Counts)) {
        let Some(counts) = &self.counts else { return };
        let Some(text) = counted_text(text) else { return };
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (today, text);
        if counts.len() < MOST_TEXTS || counts.contains_key(&key) {
            change(counts.entry(key).or_default());
        }
    }
}

/// The text of the page of results that a request came from.
fn searched_text(headers: &HeaderMap) -> Option<String> {
    let referrer = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = referrer.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    // Only this site's own pages count.
    if headers.get(header::HOST)?.to_str().ok()? != host {
        return None;
    }
    let (path, query) = path.split_once('?')?;
    if path != RESULTS {
        return None;
    }
    let (pairs, _) = crate::query::decode_pairs(query);
    pairs.into_iter().find(|(name, value)| name == "q" && !value.is_empty()).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(referrer: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().expect("a value"));
        headers.insert(header::REFERER, referrer.parse().expect("a value"));
        headers
    }

    #[test]
    fn searches_and_openings_of_one_text_are_counted_together() {
        let (log, today) = (SearchLog::enabled(), NaiveDate::MIN);
        log.searched("Khai sinh", today, true);
        log.searched("khai SINH?", today, false);
        log.opened(&from("http://127.0.0.1:8080/vi/thu-tuc?q=khai+sinh&as_of=today"), today);
        for elsewhere in
            ["http://127.0.0.1:8080/vi?q=khai+sinh", "https://example.vn/vi/thu-tuc?q=khai+sinh", "nothing"]
        {
            log.opened(&from(elsewhere), today);
        }
        let [count] = log.take().try_into().expect("one text");
        assert_eq!((count.text.as_str(), count.searches, count.empty, count.clicks), ("khai sinh", 2, 1, 1));
        assert_eq!(log.take(), []);
    }

    #[test]
    fn a_log_that_is_off_counts_nothing() {
        let log = SearchLog::default();
        log.searched("khai sinh", NaiveDate::MIN, true);
        assert_eq!(log.take(), []);
    }
}
