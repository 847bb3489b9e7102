//! `motcua jobs`: the work that the site does by itself, with when it was done.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use clap::Args;
use motcua_catalogue::{Job, clock};

use super::interruptible;
use super::open::{exit_of, with_catalogue};
use crate::config::Effective;
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua jobs`.
#[derive(Debug, Args)]
pub(super) struct JobsArgs {
    /// Print the jobs as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(effective: &Effective, args: &JobsArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let done = interruptible(async |_| {
        with_catalogue(&effective.config, "motcua jobs", async |catalogue| {
            catalogue.jobs().await.map_err(|error| Failure::new(exit_of(&error), error))
        })
        .await
    })?;
    let Some(jobs) = done else { return Ok(Exit::Interrupted) };
    if args.json {
        let text = serde_json::to_string_pretty(&jobs).or_exit(Exit::Storage, "cannot write JSON")?;
        output::data(&format!("{text}\n"))?;
    } else if jobs.is_empty() {
        output::words("There are no jobs yet: `motcua serve` plans them.");
    } else {
        let now = clock::now();
        output::data(&jobs.iter().map(|job| format!("{}\n", line(job, now))).collect::<String>())?;
    }
    Ok(Exit::Done)
}

/// A job in one line.
pub(super) fn line(job: &Job, now: DateTime<Utc>) -> String {
    let mut text = format!("{}: ", job.kind);
    match (&job.last_run_at, &job.last_outcome) {
        (Some(at), Some(outcome)) => {
            let _ = write!(text, "last run {} ({outcome})", moment(*at));
        }
        _ => text.push_str("never run"),
    }
    if job.failures > 0 {
        let _ = write!(text, ", failed {} times in a row", job.failures);
    }
    match job.lease.as_ref().filter(|lease| lease.until > now) {
        Some(lease) => {
            let _ = write!(text, ", at it now: {}", lease.owner);
        }
        None => {
            let _ = write!(text, ", due {}", moment(job.run_after));
        }
    }
    text
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::JobLease;

    use super::*;

    #[test]
    fn a_line_tells_the_last_run_and_what_is_next() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let mut job = Job {
            kind: "search_counts".to_owned(),
            run_after: at("2026-07-02T00:00:00Z"),
            lease: None,
            last_run_at: None,
            last_outcome: None,
            failures: 0,
        };
        let now = at("2026-07-01T12:00:00Z");
        assert_eq!(line(&job, now), "search_counts: never run, due 2026-07-02 00:00:00 UTC");
        job.last_run_at = Some(at("2026-07-01T00:00:00Z"));
        job.last_outcome = Some("no disk".to_owned());
        job.failures = 2;
        job.lease = Some(JobLease { owner: "a".to_owned(), until: at("2026-07-01T12:00:01Z") });
        assert_eq!(
            line(&job, now),
            "search_counts: last run 2026-07-01 00:00:00 UTC (no disk), failed 2 times in a row, at it now: a"
        );
        assert!(line(&job, at("2026-07-01T12:00:01Z")).ends_with("due 2026-07-02 00:00:00 UTC"));
    }
}
