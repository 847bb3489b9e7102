//! `motcua import`: reads files into the catalogue, all of them or nothing.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use motcua_catalogue::import::{
    self, FileKind, FileReport, ImportError, ImportOptions, ImportReport, RowRefusal,
};
use serde::Serialize;

use super::interruptible;
use super::open::{exit_of, open_catalogue};
use super::progress::{Mark, Meter};
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::folder::DataFolder;
use crate::output;

/// Options of `motcua import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Files to read: NDJSON of procedures, CSV of units, mergers, centres or availability
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the sound rows even when others are refused; otherwise one refused row keeps everything out
    #[arg(long)]
    skip_refused: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// What the files hold; found out from their first line where absent
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Option<String>,
    /// Who imports, for the change log
    #[arg(long, value_name = "NAME", default_value = "import")]
    actor: String,
    /// Why, for the change log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// The kinds of files by their names, for the command line.
pub(super) fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(FileKind::ALL.map(FileKind::as_str))
}

/// The kind with a name that [`kinds`] has let pass.
pub(super) fn kind_of(name: &str) -> Option<FileKind> {
    FileKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

pub(super) fn run(effective: &Effective, args: &ImportArgs) -> Result<Exit, Failure> {
    DataFolder::of(&effective.config).create()?;
    let options = ImportOptions {
        dry_run: args.dry_run,
        skip_refused: args.skip_refused,
        kind: args.kind.as_deref().and_then(kind_of),
        actor: args.actor.clone(),
        reason: args.reason.clone(),
    };
    let done = interruptible(async |stop| {
        let catalogue = open_catalogue(&effective.config).await?;
        let mut meter = Meter::new();
        let mut progress = |progress: import::Progress<'_>| {
            let mark = Mark { rows: progress.rows, done: progress.bytes, whole: Some(progress.total_bytes) };
            let name = progress.path.file_name().unwrap_or(progress.path.as_os_str());
            meter.show(&name.to_string_lossy(), mark);
            !stop.is_cancelled()
        };
        import::run(&catalogue, &args.files, &options, &mut progress).await.map_err(failure)
    })?;
    let Some(report) = done else {
        output::words(ImportError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    output::data(&if args.json { to_json(&report, &options) } else { to_text(&report, &options) })?;
    Ok(if report.refused() > 0 { Exit::Problems } else { Exit::Done })
}

fn failure(error: ImportError) -> Failure {
    let exit = match &error {
        ImportError::Unusable { .. } => Exit::File,
        ImportError::Storage(error) => exit_of(error),
        ImportError::Interrupted => Exit::Interrupted,
    };
    Failure::new(exit, error)
}

#[derive(Serialize)]
struct Shown<'a> {
    dry_run: bool,
    #[serde(flatten)]
    report: &'a ImportReport,
}

fn to_json(report: &ImportReport, options: &ImportOptions) -> String {
    let shown = Shown { dry_run: options.dry_run, report };
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
}

fn to_text(report: &ImportReport, options: &ImportOptions) -> String {
    let mut text = String::new();
    for file in &report.files {
        add_file(&mut text, file);
    }
    let end = match (report.written, options.dry_run) {
        (true, _) => format!("Written, up to change {}.", report.sequence),
        (false, true) => "A dry run: nothing was written.".to_owned(),
        (false, false) => {
            "Nothing was written, as rows were refused. Mend them, or write the sound ones with --skip-refused.".to_owned()
        }
    };
    text + &end + "\n"
}

fn add_file(text: &mut String, file: &FileReport) {
    let FileReport { rows, created, changed, same, refused, .. } = file;
    let _ = writeln!(
        text,
        "{} ({}): {rows} rows: {created} created, {changed} changed, {same} same, {refused} refused",
        file.path.display(),
        file.kind.as_str()
    );
    for notice in &file.notices {
        let _ = writeln!(text, "  {notice}");
    }
    for RowRefusal { line, column, value, reason, remedy } in &file.refusals {
        let place = if column.is_empty() { String::new() } else { format!(", {column} = {value:?}") };
        let _ = writeln!(text, "  line {line}{place}: {reason}. {remedy}");
    }
    let lines =
        file.refusals.iter().map(|refusal| refusal.line).collect::<std::collections::BTreeSet<_>>().len()
            as u64;
    if lines < file.refused {
        let _ = writeln!(text, "  … and {} more refused rows", file.refused - lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(written: bool, refused: u64) -> ImportReport {
        let refusal = RowRefusal {
            line: 7,
            column: "code".to_owned(),
            value: " 1.014325".to_owned(),
            reason: "a code has no blank".to_owned(),
            remedy: "Take it away.".to_owned(),
        };
        let file = FileReport {
            path: PathBuf::from("p.ndjson"),
            kind: FileKind::Procedures,
            rows: 10 + refused,
            created: 4,
            changed: 3,
            same: 3,
            refused,
            refusals: vec![refusal],
            notices: Vec::new(),
        };
        ImportReport { written, sequence: 9, files: vec![file] }
    }

    #[test]
    fn every_row_is_accounted_for() {
        let options = ImportOptions::default();
        let text = to_text(&report(false, 2), &options);
        assert!(
            text.starts_with("p.ndjson (procedures): 12 rows: 4 created, 3 changed, 3 same, 2 refused\n"),
            "{text}"
        );
        assert!(
            text.contains("  line 7, code = \" 1.014325\": a code has no blank. Take it away.\n"),
            "{text}"
        );
        assert!(text.contains("… and 1 more refused rows") && text.contains("--skip-refused"), "{text}");
        assert!(to_text(&report(true, 0), &options).ends_with("Written, up to change 9.\n"));
        let json: serde_json::Value =
            serde_json::from_str(&to_json(&report(true, 2), &options)).expect("JSON");
        assert_eq!(json["files"][0]["refused"], 2);
        assert_eq!((&json["dry_run"], &json["written"]), (&false.into(), &true.into()));
        assert_eq!(json["files"][0]["refusals"][0]["line"], 7);
    }

    #[test]
    fn each_failure_has_its_exit_code() {
        let unusable = ImportError::Unusable {
            path: "x".into(),
            reason: "no header".to_owned(),
            remedy: "Add one.".to_owned(),
        };
        assert_eq!(failure(unusable).exit, Exit::File);
        assert_eq!(failure(ImportError::Interrupted).exit, Exit::Interrupted);
        for kind in FileKind::ALL {
            assert_eq!(kind_of(kind.as_str()), Some(kind));
        }
    }
}
