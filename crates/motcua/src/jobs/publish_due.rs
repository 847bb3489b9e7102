//! Publishes approved change sets whose day has come.

use std::time::Duration;

use motcua_catalogue::Permit;
use motcua_catalogue::change_set::{DraftError, Published};
use motcua_catalogue::clock::day_in_vietnam;

use super::JobKind;

/// How often it is looked whether a day has come.
const EVERY: Duration = Duration::from_secs(60);

/// The job.
pub(super) fn kind() -> JobKind {
    JobKind::new("publish_due", EVERY, |context| async move {
        let today = day_in_vietnam(context.now);
        let outcomes = context.catalogue.publish_due(&Permit::program("publish_due"), today).await?;
        let whole = outcomes.len();
        // The conflicts of one stand with its items; whoever approved it finds them there.
        let left = outcomes.iter().filter_map(|(id, outcome)| Some((id, outcome.as_ref().err()?)));
        let left: Vec<String> = left.map(|(id, error)| format!("set {id}: {error}")).collect();
        let published =
            |outcome: &Result<Published, DraftError>| matches!(outcome, Ok(Published { run: Some(_), .. }));
        let published = outcomes.iter().filter(|(_, outcome)| published(outcome)).count();
        let told = format!("{published} of {whole} change sets published");
        anyhow::ensure!(left.is_empty(), "{told}; not published: {}", left.join("; "));
        Ok(told)
    })
}
