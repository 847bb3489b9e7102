//! `motcua doctor`: looks for problems and says what to do about them. It removes what killed rehearsals left and changes
//! nothing else.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use clap::Args;
use motcua_catalogue::{Inspection, Job, LogCheck, LogPlace, PlaceState};
use motcua_search::SearchError;
use serde::Serialize;

use super::progress::{Mark, Meter};
use super::{jobs, log};
use crate::config::{Config, Effective};
use crate::exit::{Exit, Failure, chain};
use crate::folder::{DataFolder, storage};
use crate::output;

/// How long a job may be due before somebody should be told.
const OVERDUE: chrono::TimeDelta = chrono::TimeDelta::days(2);

/// Options of `motcua doctor`.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// To be mended.
    Problem,
}

fn ok(check: &'static str, detail: impl Into<String>) -> Finding {
    Finding { check, state: State::Ok, detail: detail.into(), remedy: None }
}

fn note(check: &'static str, detail: impl Into<String>, remedy: &str) -> Finding {
    Finding { check, state: State::Note, detail: detail.into(), remedy: Some(remedy.to_owned()) }
}

fn problem(check: &'static str, detail: impl Into<String>, remedy: &str) -> Finding {
    Finding { check, state: State::Problem, detail: detail.into(), remedy: Some(remedy.to_owned()) }
}

pub(super) fn run(effective: &Effective, args: &DoctorArgs) -> Result<Exit, Failure> {
    let config = &effective.config;
    let mut findings = vec![ok("configuration", "it can be used")];
    findings.extend(data_folder(&DataFolder::of(config)));
    findings.extend(rehearsals(&DataFolder::of(config)));
    findings.extend(file_handles(config));
    findings.extend(clock());
    // The index first: what is committed before the database is looked at may only make it look behind.
    let stored = motcua_search::stored_place(&DataFolder::of(config).index());
    let place = stored.as_ref().ok().and_then(Option::as_ref);
    super::runtime()?.block_on(async {
        let mut meter = Meter::new();
        let mut progress = |sound: u64| {
            meter.show("change log", Mark { rows: sound, done: sound, whole: None });
        };
        match Inspection::of(&storage(config), place, &mut progress).await {
            Ok(Some(inspection)) => {
                findings.extend(database(&inspection, config));
                findings.extend(index(&stored, &inspection));
            }
            Ok(None) => {
                findings.push(note(
                    "database",
                    "there is none yet",
                    "`motcua serve` makes it and loads the bundled sample",
                ));
            }
            Err(error) => {
                let remedy = "see that the database runs and the address, name and password are right";
                findings.push(problem("database", chain(&error), remedy));
            }
        }
    });
    output::data(&if args.json { to_json(&findings) } else { to_text(&findings) })?;
    let found = findings.iter().any(|finding| finding.state == State::Problem);
    Ok(if found { Exit::Problems } else { Exit::Done })
}

fn data_folder(folder: &DataFolder) -> Vec<Finding> {
    const CHECK: &str = "data folder";
    let path = folder.path();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => {
            return vec![problem(
                CHECK,
                format!("{} is no folder", path.display()),
                "name a folder by --data-dir",
            )];
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return vec![note(
                CHECK,
                format!("{} does not exist yet", path.display()),
                "`motcua serve` makes it",
            )];
        }
        Err(error) => {
            let remedy = "give this user the right to enter it";
            return vec![problem(CHECK, format!("{}: {error}", path.display()), remedy)];
        }
    };
    let mut findings = Vec::new();
    if metadata.permissions().readonly() {
        findings.push(problem(
            CHECK,
            format!("{} is read-only", path.display()),
            "give this user the right to write",
        ));
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o022 != 0 {
            let detail = format!("others may write to {} (mode {mode:o})", path.display());
            findings.push(problem(CHECK, detail, "chmod 700 the folder"));
        } else if mode & 0o005 != 0 {
            let detail = format!("others may look into {} (mode {mode:o})", path.display());
            findings.push(note(CHECK, detail, "chmod 700 the folder"));
        }
    }
    if let Err(error) = try_write(path) {
        let detail = format!("cannot write to {}: {error}", path.display());
        findings.push(problem(CHECK, detail, "give this user the right to write, and free space"));
    }
    if findings.is_empty() {
        findings.push(ok(CHECK, format!("{} can be used", path.display())));
    }
    findings
}

/// Writes and removes a small file of its own.
fn try_write(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::write(&path, [0; 4096]).and_then(|()| std::fs::File::open(&path)?.sync_all());
    match (written, std::fs::remove_file(&path)) {
        (Err(error), _) => Err(error),
        (Ok(()), removed) => removed,
    }
}

/// Compares the system's limit on open files with the connections that are allowed; Linux only.
fn file_handles(config: &Config) -> Option<Finding> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    let soft: u64 = line.split_whitespace().nth(3)?.parse().ok()?;
    let needed = u64::from(config.server.max_connections) + 256;
    if soft < needed {
        let detail = format!("{soft} open files are allowed, {needed} may be needed");
        let remedy =
            "raise the limit (ulimit -n, or LimitNOFILE= of the service) or lower server.max_connections";
        return Some(problem("file handles", detail, remedy));
    }
    Some(ok("file handles", format!("{soft} are allowed")))
}

fn clock() -> Option<Finding> {
    let today = motcua_catalogue::clock::day_in_vietnam(motcua_catalogue::clock::now());
    // The year of this version: an earlier day cannot be right.
    let plausible = chrono::Datelike::year(&today) >= 2026;
    Some(if plausible {
        ok("clock", format!("in Việt Nam it is {today}"))
    } else {
        problem("clock", format!("the machine says it is {today}"), "set its clock")
    })
}

fn database(found: &Inspection, config: &Config) -> Vec<Finding> {
    let mut findings = vec![ok("database", found.database.clone())];
    if !found.unknown_migrations.is_empty() {
        let detail = format!("made by a later version: {}", found.unknown_migrations.join(", "));
        findings.push(problem(
            "schema",
            detail,
            "use that version again, or restore a backup from before it",
        ));
    } else if found.missing_migrations.is_empty() {
        findings.push(ok("schema", "up to date"));
    } else {
        let detail = format!("lacks {}", found.missing_migrations.join(", "));
        findings.push(problem("schema", detail, "run `motcua migrate`, or just start `motcua serve`"));
    }
    for complaint in &found.damage {
        findings.push(problem(
            "database file",
            complaint.clone(),
            "stop the server and restore the last good backup",
        ));
    }
    if found.missing_changes > 0 {
        let detail = format!("{} of {} changes are missing", found.missing_changes, found.last_sequence);
        findings.push(problem(
            "change log",
            detail,
            "something else wrote to the database: restore the last good backup",
        ));
    } else if found.missing_migrations.is_empty() {
        findings.push(ok("change log", format!("{} changes without a gap", found.last_sequence)));
    }
    findings.extend(found.log.as_ref().map(chain_of_log));
    findings.extend(jobs(&found.jobs));
    for (table, count) in &found.overlaps {
        let detail = format!("{count} periods in {table} overlap another one");
        findings.push(problem(
            "periods",
            detail,
            "something else wrote to the database: restore the last good backup",
        ));
    }
    if found.missing_migrations.is_empty() && found.overlaps.is_empty() {
        findings.push(ok("periods", "none overlap"));
    }
    if found.orphans > 0 {
        let some = found.orphan_names.join(", ");
        let detail = format!("{} records miss the unit or the centre that they refer to", found.orphans);
        let detail = if some.is_empty() { detail } else { format!("{detail}: {some}") };
        findings.push(problem(
            "references",
            detail,
            "give each the right unit or days: import it again, or `motcua correct end`; an export does not import until then",
        ));
    } else if found.missing_migrations.is_empty() {
        findings.push(ok("references", "every record finds its unit and its centre"));
    }
    if found.shows_sample && config.site.base_url.is_some() {
        let remedy = "use another data folder, with --no-sample, for a public site";
        findings.push(note(
            "sample",
            "the catalogue holds made-up sample data, and every page says so",
            remedy,
        ));
    }
    findings
}

/// What checking the chain of the change log found.
fn chain_of_log(check: &LogCheck) -> Finding {
    const CHECK: &str = "chain of the change log";
    match &check.broken {
        None => ok(CHECK, format!("{} entries are as they were written", check.sound)),
        Some(broken) => problem(CHECK, log::words(broken), log::REMEDY),
    }
}

/// The work that the site does by itself.
fn jobs(jobs: &[Job]) -> Vec<Finding> {
    let now = motcua_catalogue::clock::now();
    let finding = |job: &Job| {
        let line = jobs::line(job, now);
        if job.failures > 0 {
            return note(
                "job",
                line,
                "it is tried again by itself; the log of `motcua serve` has the reason",
            );
        }
        let is_taken = job.lease.as_ref().is_some_and(|lease| lease.until > now);
        if !is_taken && now - job.run_after > OVERDUE {
            return note("job", line, "no node does it: run `motcua serve` with `jobs.run` set");
        }
        ok("job", line)
    };
    jobs.iter().map(finding).collect()
}

/// Removes and names what rehearsals that were killed left in the data folder.
fn rehearsals(folder: &DataFolder) -> Vec<Finding> {
    const CHECK: &str = "rehearsals";
    match motcua_catalogue::reorganise::sweep_rehearsals(folder.path()) {
        Ok(swept) => swept
            .into_iter()
            .map(|(path, bytes)| {
                let detail =
                    format!("removed {} ({bytes} bytes), left by one that was killed", path.display());
                note(CHECK, detail, "nothing to do")
            })
            .collect(),
        Err(error) => {
            let detail = format!("what killed ones left in {} stays: {error}", folder.path().display());
            vec![note(
                CHECK,
                detail,
                "give this user the right to write there, or remove `.rehearsal-…` by hand",
            )]
        }
    }
}

/// What to do about an index that contains what the database lost.
const LOST: &str = "see that the configuration names the right database; if it does, what it lost has to be entered again, and \
     the index is put right by a running server within seconds, by the next start, or by `motcua reindex`";

/// Tells how the index stands to the database: its whole place counts, as a number stands for another change in another
/// database, and after a failover or a restore. Nothing is told of a database whose schema lacks something.
fn index(stored: &Result<Option<LogPlace>, SearchError>, found: &Inspection) -> Option<Finding> {
    const CHECK: &str = "index";
    if !found.missing_migrations.is_empty() {
        return None;
    }
    let here = match stored {
        Ok(Some(here)) => here,
        Ok(None) => return Some(note(CHECK, "there is none yet", "the next start builds it")),
        Err(error) => {
            let detail = format!("it cannot be read: {}", chain(error));
            return Some(note(CHECK, detail, "the next start builds it anew"));
        }
    };
    let number = here.sequence;
    let hash: String = here.hash.to_string().chars().take(8).collect();
    Some(match found.place {
        None => {
            let detail = "the change log does not say what it contains, so they cannot be compared";
            note(CHECK, detail, "mend what is told of the database, or just start `motcua serve`")
        }
        Some(PlaceState::Same) => ok(CHECK, format!("it contains every change up to {number}")),
        Some(PlaceState::Behind(more)) => {
            let detail = format!("it contains change {number} of {} and lacks {more}", number + more);
            note(CHECK, detail, "a running server follows within seconds, else the next start catches up")
        }
        Some(PlaceState::Ahead(more)) => {
            let detail = format!(
                "it contains change {number}, the database only {}: {more} changes are lost, by a failover or a restore, \
                 or this is an older copy",
                number.saturating_sub(more)
            );
            problem(CHECK, detail, LOST)
        }
        Some(PlaceState::Lost) => {
            let detail = format!(
                "it contains change {number} with hash {hash}…, and the database has another history up to there: a \
                 failover or a restore lost what the index contains, and other changes were written since"
            );
            problem(CHECK, detail, LOST)
        }
        Some(PlaceState::OtherLog) => {
            let detail = format!(
                "it belongs to another database: it contains change {number} with hash {hash}… of the log {}, which \
                 this database never had",
                here.log
            );
            let remedy = "name the database that belongs to this data folder; if this is the one, the next start or \
                          `motcua reindex` builds the index anew";
            problem(CHECK, detail, remedy)
        }
    })
}

fn to_json(findings: &[Finding]) -> String {
    // Plain texts always serialise.
    serde_json::to_string_pretty(findings).unwrap_or_default() + "\n"
}

fn to_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let sign = match finding.state {
            State::Ok => "ok     ",
            State::Note => "note   ",
            State::Problem => "PROBLEM",
        };
        let _ = writeln!(text, "{sign}  {}: {}", finding.check, finding.detail);
        if let Some(remedy) = &finding.remedy {
            let _ = writeln!(text, "         {remedy}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn healthy() -> Inspection {
        Inspection {
            database: "SQLite 3.51.3".to_owned(),
            missing_migrations: Vec::new(),
            unknown_migrations: Vec::new(),
            damage: Vec::new(),
            last_sequence: 10,
            missing_changes: 0,
            log: None,
            place: None,
            jobs: Vec::new(),
            overlaps: Vec::new(),
            orphans: 0,
            orphan_names: Vec::new(),
            shows_sample: false,
        }
    }

    fn problems(found: &Inspection) -> Vec<&'static str> {
        let findings = database(found, &Config::default());
        findings
            .iter()
            .filter(|finding| finding.state == State::Problem)
            .map(|finding| finding.check)
            .collect()
    }

    #[test]
    fn planted_faults_are_named_with_a_remedy() {
        assert!(problems(&healthy()).is_empty());
        assert_eq!(problems(&Inspection { missing_changes: 1, ..healthy() }), ["change log"]);
        assert_eq!(problems(&Inspection { overlaps: vec![("availability", 2)], ..healthy() }), ["periods"]);
        let orphan_names = vec!["unit 18073@2025-07-01".to_owned()];
        let orphaned = Inspection { orphans: 3, orphan_names, ..healthy() };
        assert_eq!(problems(&orphaned), ["references"]);
        let told = to_text(&database(&orphaned, &Config::default()));
        assert!(told.contains("3 records") && told.contains("unit 18073@2025-07-01"), "{told}");
        assert_eq!(
            problems(&Inspection { unknown_migrations: vec!["m9".to_owned()], ..healthy() }),
            ["schema"]
        );
        assert_eq!(
            problems(&Inspection { missing_migrations: vec!["m8".to_owned()], ..healthy() }),
            ["schema"]
        );
        assert_eq!(
            problems(&Inspection { damage: vec!["row 1 missing".to_owned()], ..healthy() }),
            ["database file"]
        );
        let findings =
            database(&Inspection { damage: vec!["x".to_owned()], ..healthy() }, &Config::default());
        let remedied = |finding: &Finding| finding.state == State::Ok || finding.remedy.is_some();
        assert!(findings.iter().all(remedied));
        assert!(to_text(&findings).contains("PROBLEM  database file: x\n         stop the server"));
    }

    #[test]
    fn the_index_is_told_by_how_its_place_stands_to_the_log() {
        let here: LogPlace = format!("{}.7.{}", "0".repeat(32), "ab".repeat(32)).parse().expect("a place");
        let told = |stored: Result<Option<LogPlace>, SearchError>, place: Option<PlaceState>| {
            index(&stored, &Inspection { place, ..healthy() }).expect("a finding")
        };
        let cases = [
            (Some(PlaceState::Same), State::Ok, "every change up to 7"),
            (Some(PlaceState::Behind(3)), State::Note, "change 7 of 10 and lacks 3"),
            (Some(PlaceState::Ahead(2)), State::Problem, "2 changes are lost"),
            (Some(PlaceState::Lost), State::Problem, "another history"),
            (Some(PlaceState::OtherLog), State::Problem, "belongs to another database"),
            (None, State::Note, "cannot be compared"),
        ];
        for (place, state, words) in cases {
            let finding = told(Ok(Some(here.clone())), place);
            assert_eq!(finding.state, state, "{finding:?}");
            assert!(finding.detail.contains(words), "{finding:?}");
            assert_eq!(finding.remedy.is_none(), state == State::Ok, "{finding:?}");
        }
        let told_hash = |place| told(Ok(Some(here.clone())), Some(place)).detail.contains("hash abababab…");
        assert!(told_hash(PlaceState::Lost) && told_hash(PlaceState::OtherLog));
        assert_eq!(told(Ok(None), None).detail, "there is none yet");
        let torn = told(Err(SearchError::Damaged("torn".to_owned())), None);
        assert!(torn.state == State::Note && torn.detail.contains("torn"), "{torn:?}");
        let old = Inspection { missing_migrations: vec!["m8".to_owned()], ..healthy() };
        assert!(index(&Ok(None), &old).is_none(), "there is nothing to compare with yet");
    }

    #[test]
    fn a_folder_that_is_a_file_is_a_problem() {
        let path = std::env::temp_dir().join(format!("motcua-doctor-{}", std::process::id()));
        std::fs::write(&path, "x").expect("written");
        let mut config = Config::default();
        config.storage.data_dir.clone_from(&path);
        let findings = data_folder(&DataFolder::of(&config));
        assert_eq!(findings[0].state, State::Problem);
        std::fs::remove_file(path).expect("removed");
    }
}
