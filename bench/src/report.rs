//! What was measured, as a table for documents and as JSON for machines.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::check::Findings;
use crate::in_process::Way;
use motcua_bench::process::Memory;

/// One measurement of one route.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Round {
    pub(crate) requests: usize,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) mean_bytes: f64,
    pub(crate) not_ok: u64,
    /// Processor time of the server per request, where its process is known.
    pub(crate) server_cpu_ms: Option<f64>,
    /// Share of the machine's processors that neither server nor benchmark took, where the server's process is known.
    pub(crate) taken_by_others: Option<f64>,
}

/// All rounds of one route with so many connections.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) route: String,
    pub(crate) connections: usize,
    pub(crate) rounds: Vec<Round>,
}

/// Median, lowest and highest.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (lower, upper) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
        Some(Self {
            median: f64::midpoint(*lower, *upper),
            lowest: *values.first()?,
            highest: *values.last()?,
        })
    }

    /// With three significant digits; the range where there is one.
    fn show(self) -> String {
        if (self.highest - self.lowest).abs() < f64::EPSILON {
            return number(self.median);
        }
        format!("{} ({}–{})", number(self.median), number(self.lowest), number(self.highest))
    }
}

impl Row {
    fn spread(&self, value: impl Fn(&Round) -> f64) -> Option<Spread> {
        Spread::of(self.rounds.iter().map(value))
    }

    fn show(&self, value: impl Fn(&Round) -> f64) -> String {
        self.spread(value).map_or_else(|| "–".to_owned(), Spread::show)
    }

    fn show_known(&self, value: impl Fn(&Round) -> Option<f64>) -> String {
        Spread::of(self.rounds.iter().filter_map(value)).map_or_else(|| "–".to_owned(), Spread::show)
    }

    fn median(&self, value: impl Fn(&Round) -> f64) -> f64 {
        self.spread(value).map_or(0.0, |spread| spread.median)
    }

    pub(crate) fn not_ok(&self) -> u64 {
        self.rounds.iter().map(|round| round.not_ok).sum()
    }
}

/// How one row compares with another of as many connections.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ratio {
    pub(crate) of: String,
    pub(crate) to: String,
    pub(crate) connections: usize,
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Ratio {
    fn new(of: &Row, to: &Row) -> Self {
        let ratio = |value: fn(&Round) -> f64| of.median(value) / to.median(value).max(f64::EPSILON);
        Self {
            of: of.route.clone(),
            to: to.route.clone(),
            connections: of.connections,
            per_second: ratio(|round| round.per_second),
            p50: ratio(|round| round.p50_ms),
            p99: ratio(|round| round.p99_ms),
        }
    }
}

/// A day whose catalogue was searched.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Day {
    /// The route's name in the table.
    pub(crate) route: String,
    pub(crate) day: String,
    pub(crate) procedures: u64,
    pub(crate) centres: u64,
    pub(crate) findings: Findings,
}

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) server: String,
    pub(crate) seed: u64,
    pub(crate) seconds: u64,
    pub(crate) days: Vec<Day>,
    pub(crate) rows: Vec<Row>,
    /// Searches without HTTP, where they were asked for.
    pub(crate) in_process: Vec<Way>,
    pub(crate) ratios: Vec<Ratio>,
    /// From the start of the process to the first "ready", where the benchmark started it.
    pub(crate) ready_after_ms: Option<f64>,
    /// After the last round, in MB.
    pub(crate) memory: Option<Memory>,
}

impl Report {
    /// Whether every answer was 200.
    pub(crate) fn sound(&self) -> bool {
        self.rows.iter().all(|row| row.not_ok() == 0) && self.days.iter().all(|day| day.findings.not_ok == 0)
    }

    /// Compares each search with the routes that look nothing up, and each further day with the first.
    pub(crate) fn compare(rows: &[Row], cheap: &[&str], first: &str) -> Vec<Ratio> {
        let mut ratios = Vec::new();
        for row in rows.iter().filter(|row| !cheap.contains(&row.route.as_str())) {
            let bases = cheap.iter().copied().chain([first]).filter(|base| *base != row.route);
            for base in bases {
                let with =
                    rows.iter().find(|other| other.route == base && other.connections == row.connections);
                ratios.extend(with.map(|with| Ratio::new(row, with)));
            }
        }
        ratios
    }

    fn write_days(&self, to: &mut String) -> fmt::Result {
        for day in &self.days {
            let Day { route, day, procedures, centres, findings } = day;
            writeln!(
                to,
                "{route}: {day}, {} procedures, {} centres; {} distinct queries (seed {}), {} find nothing, {} not 200",
                grouped(*procedures),
                grouped(*centres),
                grouped(findings.queries as u64),
                self.seed,
                findings.empty,
                findings.not_ok
            )?;
            writeln!(
                to,
                "  first answers, one connection: p50 {} ms, p99 {} ms",
                number(findings.first_p50_ms),
                number(findings.first_p99_ms)
            )?;
            write!(
                to,
                "  procedure among the first 10: {:.3} (mean reciprocal rank {:.3})",
                findings.hit_at_10, findings.mean_reciprocal_rank
            )?;
            for (kind, share) in &findings.hit_at_10_by_kind {
                write!(to, "; {} {share:.3}", kind.label())?;
            }
            writeln!(to)?;
        }
        Ok(())
    }

    fn write_rows(&self, to: &mut String) -> fmt::Result {
        writeln!(
            to,
            "| route | connections | req/s | p50 ms | p95 ms | p99 ms | bytes | not 200 | server CPU ms |"
        )?;
        writeln!(to, "|---|---|---|---|---|---|---|---|---|")?;
        for row in &self.rows {
            writeln!(
                to,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.route,
                row.connections,
                row.show(|round| round.per_second),
                row.show(|round| round.p50_ms),
                row.show(|round| round.p95_ms),
                row.show(|round| round.p99_ms),
                number(row.median(|round| round.mean_bytes)),
                row.not_ok(),
                row.show_known(|round| round.server_cpu_ms),
            )?;
        }
        Ok(())
    }

    fn write_in_process(&self, to: &mut String) -> fmt::Result {
        if self.in_process.is_empty() {
            return Ok(());
        }
        writeln!(
            to,
            "| in process, one thread | searches | searches/s | p50 ms | p95 ms | p99 ms | p50 ÷ plain |"
        )?;
        writeln!(to, "|---|---|---|---|---|---|---|")?;
        for way in &self.in_process {
            writeln!(
                to,
                "| {} | {} | {} | {} | {} | {} | {} |",
                way.name,
                grouped(way.searches as u64),
                number(way.per_second),
                number(way.p50_ms),
                number(way.p95_ms),
                number(way.p99_ms),
                number(way.times_plain)
            )?;
        }
        writeln!(to)
    }

    fn write_rest(&self, to: &mut String) -> fmt::Result {
        for ratio in &self.ratios {
            writeln!(
                to,
                "{} ÷ {}, connections {}: req/s {}, p50 {}, p99 {}",
                ratio.of,
                ratio.to,
                ratio.connections,
                number(ratio.per_second),
                number(ratio.p50),
                number(ratio.p99)
            )?;
        }
        if let Some(ready) = self.ready_after_ms {
            writeln!(to, "ready after {} ms", number(ready))?;
        }
        match self.memory {
            Some(Memory { pss, rss, peak_rss }) => writeln!(
                to,
                "server memory after the last round: PSS {} MB, RSS {} MB, highest RSS {} MB",
                number(pss),
                number(rss),
                number(peak_rss)
            )?,
            None => writeln!(to, "server memory: unknown; name its process with --pid")?,
        }
        let others = self.rows.iter().flat_map(|row| &row.rounds).filter_map(|round| round.taken_by_others);
        if let Some(others) = Spread::of(others) {
            writeln!(
                to,
                "other work took {:.0} % of the processors (median; {:.0}–{:.0} %)",
                others.median * 100.0,
                others.lowest * 100.0,
                others.highest * 100.0
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let rounds = self.rows.iter().map(|row| row.rounds.len()).max().unwrap_or_default();
        writeln!(
            text,
            "{}: {rounds} interleaved rounds of {} s per route, medians (lowest–highest)",
            self.server, self.seconds
        )?;
        self.write_days(&mut text)?;
        writeln!(text)?;
        self.write_rows(&mut text)?;
        writeln!(text)?;
        self.write_in_process(&mut text)?;
        self.write_rest(&mut text)?;
        to.write_str(&text)
    }
}

/// Three significant digits or all whole ones, with thousands set apart.
fn number(value: f64) -> String {
    if value.abs() >= 100.0 {
        return grouped(value.round() as u64);
    }
    let digits = if value.abs() >= 10.0 {
        1
    } else if value.abs() >= 1.0 {
        2
    } else {
        3
    };
    format!("{value:.digits$}")
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Report, Round, Row, Spread, grouped, number};

    fn row(route: &str, per_second: f64) -> Row {
        let round = Round {
            requests: 10,
            per_second,
            p50_ms: 1.0,
            p95_ms: 2.0,
            p99_ms: 3.0,
            mean_bytes: 7.0,
            not_ok: 0,
            server_cpu_ms: None,
            taken_by_others: None,
        };
        Row { route: route.to_owned(), connections: 1, rounds: vec![round] }
    }

    #[test]
    fn the_median_of_two_lies_between_them() {
        let spread = Spread::of([4.0, 2.0]).expect("values");
        assert_eq!(spread, Spread { median: 3.0, lowest: 2.0, highest: 4.0 });
        assert_eq!(Spread::of([5.0, 1.0, 2.0]).expect("values").median.to_string(), "2");
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(21_478.4), "21,478");
        assert_eq!(number(0.0412), "0.041");
        assert_eq!(number(11.13), "11.1");
        assert_eq!(grouped(100), "100");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn searches_are_compared_with_the_cheapest_route_and_the_first_day() {
        let rows = [row("/livez", 100.0), row("search", 10.0), row("search 2020-06-01", 5.0)];
        let ratios = Report::compare(&rows, &["/livez"], "search");
        let shown: Vec<String> = ratios
            .iter()
            .map(|ratio| format!("{} ÷ {} = {}", ratio.of, ratio.to, number(ratio.per_second)))
            .collect();
        assert_eq!(
            shown,
            [
                "search ÷ /livez = 0.100",
                "search 2020-06-01 ÷ /livez = 0.050",
                "search 2020-06-01 ÷ search = 0.500"
            ]
        );
    }
}
