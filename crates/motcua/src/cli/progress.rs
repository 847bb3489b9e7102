//! How long work still takes: a bar where a person watches, a line every ten seconds where nobody does.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use motcua_catalogue::sample::SampleProgress;

use crate::output;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows how far a piece of work is.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    what: String,
    started: Instant,
    last_line: Instant,
}

/// Where the work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Rows done.
    pub(super) rows: u64,
    /// Part of the whole that is done, in bytes or rows.
    pub(super) done: u64,
    /// The whole, where it is known.
    pub(super) whole: Option<u64>,
}

impl From<SampleProgress> for Mark {
    fn from(progress: SampleProgress) -> Self {
        Self { rows: progress.done, done: progress.done, whole: Some(progress.total) }
    }
}

impl Meter {
    /// A meter that shows nothing yet.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { bar: None, what: String::new(), started: now, last_line: now }
    }

    /// Shows where the work named `what` stands; another name begins another piece of work.
    pub(super) fn show(&mut self, what: &str, mark: Mark) {
        if what != self.what {
            self.finish();
            what.clone_into(&mut self.what);
            self.started = Instant::now();
            self.last_line = self.started;
            self.bar = output::watched().then(|| new_bar(what));
        }
        if let Some(bar) = &self.bar {
            if let Some(whole) = mark.whole {
                bar.set_length(whole);
            }
            bar.set_position(mark.done);
            bar.set_message(rate(mark.rows, self.started.elapsed()));
            return;
        }
        if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            output::words(line(what, mark, self.started.elapsed()));
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.finish();
    }
}

fn new_bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    let template = "{prefix} {wide_bar} {percent:>3} % {msg}, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what.to_owned());
    bar
}

fn rate(rows: u64, elapsed: Duration) -> String {
    let per_second = rows as f64 / elapsed.as_secs_f64().max(0.001);
    format!("{rows} rows, {per_second:.0}/s")
}

fn line(what: &str, mark: Mark, elapsed: Duration) -> String {
    let rate = rate(mark.rows, elapsed);
    match mark.whole.filter(|whole| *whole > 0 && mark.done > 0) {
        Some(whole) => {
            let part = (mark.done as f64 / whole as f64).min(1.0);
            let left = elapsed.mul_f64((1.0 - part) / part).as_secs();
            format!("{what}: {:.0} % ({rate}), {left} s left", part * 100.0)
        }
        None => format!("{what}: {rate}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left() {
        let mark = Mark { rows: 500, done: 25, whole: Some(100) };
        assert_eq!(
            line("units.csv", mark, Duration::from_secs(10)),
            "units.csv: 25 % (500 rows, 50/s), 30 s left"
        );
        let mark = Mark { rows: 500, done: 0, whole: None };
        assert_eq!(line("units.csv", mark, Duration::from_secs(10)), "units.csv: 500 rows, 50/s");
    }
}
