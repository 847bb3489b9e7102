//! Forgets counts of searches when they are old.

use std::time::Duration;

use chrono::Days;
use motcua_catalogue::clock::day_in_vietnam;

use super::JobKind;

/// The job that keeps counts for so many days.
pub(super) fn kind(keep_days: u32) -> JobKind {
    JobKind::new("search_counts", Duration::from_hours(24), move |context| async move {
        let before = day_in_vietnam(context.now) - Days::new(u64::from(keep_days));
        let forgotten = context.catalogue.forget_search_counts(before).await?;
        Ok(format!("{forgotten} counts from before {before} forgotten"))
    })
}
