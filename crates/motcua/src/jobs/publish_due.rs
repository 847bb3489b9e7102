//! Publishes approved change sets whose day has come.

use std::time::Duration;

use motcua_catalogue::Permit;
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
        let mut published = 0;
        for (id, outcome) in outcomes {
            match outcome {
                Ok(_) => published += 1,
                // Its conflicts stand with its items; whoever approved it finds them there.
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(
                        error,
                        change_set.id = id,
                        "a change set whose day has come was not published"
                    );
                }
            }
        }
        Ok(format!("{published} of {whole} change sets published"))
    })
}
