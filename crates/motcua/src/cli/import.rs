//! `motcua import`: reads files into the catalogue, all of them or nothing.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use clap::builder::PossibleValuesParser;
use motcua_catalogue::change_set::NewDraft;
use motcua_catalogue::import::{
    self, FileKind, FileReport, Gone, ImportError, ImportOptions, ImportReport, RowMeaning, RowRefusal,
};
use serde::Serialize;

use super::author::AuthorArgs;
use super::correct::day;
use super::import_draft;
use super::interruptible;
use super::open::{exit_of, with_catalogue};
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
    pub(super) files: Vec<PathBuf>,
    /// Say what would change and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Save what would change as a draft with this title instead of publishing it; `motcua sets` goes on from there
    #[arg(long, value_name = "TITLE", conflicts_with = "dry_run")]
    draft: Option<String>,
    /// Day from which on the draft may be published, such as 2026-09-01 or 01/09/2026
    #[arg(long, value_name = "DATE", requires = "draft", value_parser = day)]
    effective: Option<NaiveDate>,
    /// Write the sound rows even when others are refused; otherwise one refused row keeps everything out
    #[arg(long)]
    pub(super) skip_refused: bool,
    /// Let empty cells empty what is stored; otherwise a file that would empty anything is kept out. A column that a
    /// file does not have always leaves what is stored
    #[arg(long)]
    pub(super) replace: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// The files are complete newer editions of their lists: what they no longer have is asked about (`motcua tasks`),
    /// and nothing is taken out
    #[arg(long)]
    edition: bool,
    /// What a row says: the whole record, how it is from its valid_from on, or that the record was a mistake and is to be
    /// taken out
    #[arg(long = "as", value_name = "MEANING", value_parser = meanings(), default_value = RowMeaning::Whole.as_str())]
    meaning: String,
    /// What the files hold; found out from their first line where absent
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Option<String>,
    /// The decision that the files carry out, such as 3005/QĐ-UBND
    #[arg(long, value_name = "TEXT")]
    decision: Option<String>,
    #[command(flatten)]
    author: AuthorArgs,
}

/// The kinds of files by their names, for the command line.
pub(super) fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(FileKind::ALL.map(FileKind::as_str))
}

fn meanings() -> PossibleValuesParser {
    PossibleValuesParser::new(RowMeaning::ALL.map(RowMeaning::as_str))
}

/// The kind with a name that [`kinds`] has let pass.
pub(super) fn kind_of(name: &str) -> Option<FileKind> {
    FileKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

pub(super) fn run(effective: &Effective, args: &ImportArgs) -> Result<Exit, Failure> {
    if args.edition && args.meaning != RowMeaning::Whole.as_str() {
        let why = "--edition is about whole lists and does not go with --as from-day or --as mistake";
        return Err(Failure::say(Exit::Usage, why));
    }
    let folder = DataFolder::of(&effective.config);
    folder.create()?;
    let options = ImportOptions {
        dry_run: args.dry_run,
        skip_refused: args.skip_refused,
        replace: args.replace,
        is_edition: args.edition,
        meaning: RowMeaning::ALL
            .into_iter()
            .find(|meaning| meaning.as_str() == args.meaning)
            .unwrap_or_default(),
        kind: args.kind.as_deref().and_then(kind_of),
        permit: args.author.permit("import"),
        reason: args.author.reason(),
        decision: args.decision.clone(),
        scratch: Some(folder.path().to_owned()),
    };
    if let Some(title) = &args.draft {
        let (decision, effective_on) = (args.decision.clone(), args.effective);
        let new = NewDraft { title: title.trim().to_owned(), decision, effective_on };
        return import_draft::run(effective, args, &options, &new);
    }
    let done = interruptible(async |stop| {
        let mut meter = Meter::new();
        let mut progress = |progress: import::Progress<'_>| {
            show(&mut meter, &progress);
            !stop.is_cancelled()
        };
        with_catalogue(&effective.config, "motcua import", async |catalogue| {
            Box::pin(import::run(catalogue, &args.files, &options, &mut progress)).await.map_err(failure)
        })
        .await
    })?;
    let Some(report) = done else {
        output::words(ImportError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    output::data(&if args.json { to_json(&report, &options) } else { to_text(&report, &options) })?;
    let is_kept_out = report.emptied() > 0 && !args.replace;
    Ok(if report.refused() > 0 || is_kept_out { Exit::Problems } else { Exit::Done })
}

/// Shows how far an import has come.
pub(super) fn show(meter: &mut Meter, progress: &import::Progress<'_>) {
    if let Some((done, whole)) = progress.written {
        meter.show("writing", Mark { rows: done, done, whole: Some(whole) });
        return;
    }
    let mark = Mark { rows: progress.rows, done: progress.bytes, whole: Some(progress.total_bytes) };
    let name = progress.path.file_name().unwrap_or(progress.path.as_os_str());
    meter.show(&name.to_string_lossy(), mark);
}

pub(super) fn failure(error: ImportError) -> Failure {
    let exit = match &error {
        // What is wrong with a file is said in Vietnamese, and so on a line of its own.
        ImportError::Unusable { path, reason, remedy } => {
            let words = format!("{} cannot be used\n  {reason}. {remedy}", path.display());
            return Failure::say(Exit::File, words);
        }
        ImportError::WithoutReason => {
            let words = "say why the records in the files are mistakes: --reason TEXT";
            return Failure::say(Exit::Usage, words);
        }
        ImportError::Scratch(_) => Exit::File,
        ImportError::Storage(error) => exit_of(error),
        ImportError::Contended => Exit::InUse,
        ImportError::Question(_) | ImportError::Needed { .. } | ImportError::Forbidden => Exit::Problems,
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
        add_file(&mut text, file, report.run.is_some());
    }
    for gone in &report.gone {
        add_gone(&mut text, gone);
    }
    let to_write: u64 = report.files.iter().map(|file| file.created + file.changed + file.withdrawn).sum();
    let end = match &report.run {
        Some(run) => {
            format!("Written, up to change {}.\nTo take it back: motcua undo {run}", report.place.sequence)
        }
        None if options.dry_run => "A dry run: nothing was written.".to_owned(),
        None if report.emptied() > 0 && !options.replace => {
            "Chưa ghi gì: các ô trống sẽ xóa giá trị đang có. Nếu đúng ý, chạy lại với --replace; nếu không, bỏ các cột đó \
             khỏi tệp thì giá trị đang có được giữ nguyên."
                .to_owned()
        }
        None if report.refused() == 0 => {
            "Nothing had to be written: everything is as in the files already.".to_owned()
        }
        None if to_write == 0 => {
            "Nothing had to be written: what is not refused is as in the files already. Mend the refused rows."
                .to_owned()
        }
        None if options.skip_refused => "Nothing was written, as rows were refused. Mend them.".to_owned(),
        None => {
            "Nothing was written, as rows were refused. Mend them, or write the sound ones with --skip-refused.".to_owned()
        }
    };
    text + &end + "\n"
}

/// What a newer edition of a list no longer has.
pub(super) fn add_gone(text: &mut String, gone: &Gone) {
    let Gone { kind, asked, open, stays, is_unread } = gone;
    let kind = kind.as_str();
    let _ = match (is_unread, asked + open + stays) {
        (true, _) => writeln!(
            text,
            "{kind}: có dòng bị từ chối, nên chưa hỏi về những bản ghi mà bản mới của danh sách không còn"
        ),
        (false, 0) => writeln!(text, "{kind}: bản mới của danh sách có đủ mọi bản ghi đang có"),
        (false, _) => writeln!(
            text,
            "{kind}: bản mới của danh sách không còn {} bản ghi đang có: {asked} câu hỏi mới, {open} câu hỏi đang mở \
             từ trước, {stays} bản ghi đã được trả lời là giữ lại. Xem: motcua tasks --kind gone_from_list",
            asked + open + stays
        ),
    };
}

/// What became of one file.
pub(super) fn add_file(text: &mut String, file: &FileReport, is_written: bool) {
    let FileReport { rows, created, changed, same, refused, .. } = file;
    let withdrawn =
        if file.withdrawn > 0 { format!(", {} withdrawn", file.withdrawn) } else { String::new() };
    let ended = match file.ended {
        0 => String::new(),
        1 => ", 1 earlier period ended".to_owned(),
        ended => format!(", {ended} earlier periods ended"),
    };
    let _ = writeln!(
        text,
        "{} ({}): {rows} rows: {created} created, {changed} changed, {same} same, {refused} refused{withdrawn}{ended}",
        file.path.display(),
        file.kind.as_str()
    );
    for (column, count) in &file.emptied {
        let will = if is_written { "đã bị" } else { "sẽ bị" };
        let _ = writeln!(text, "  cột {column}: {count} giá trị đang có {will} xóa trống");
    }
    for notice in &file.notices {
        let _ = writeln!(text, "  {notice}");
    }
    for RowRefusal { line, column, value, reason, remedy } in &file.refusals {
        let place = if column.is_empty() { String::new() } else { format!(", {column} = {value:?}") };
        // Reasons are in Vietnamese: no line is in two languages.
        let _ = writeln!(text, "  line {line}{place}:\n    {reason}. {remedy}");
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
            withdrawn: 0,
            ended: 0,
            refused,
            refusals: vec![refusal],
            emptied: std::collections::BTreeMap::new(),
            notices: Vec::new(),
        };
        let place = format!("{}.9.{}", "0".repeat(32), "0".repeat(64)).parse().expect("a place");
        ImportReport {
            written,
            place,
            run: written.then(|| "import-2026-11-30-1".to_owned()),
            files: vec![file],
            gone: Vec::new(),
        }
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
            text.contains("  line 7, code = \" 1.014325\":\n    a code has no blank. Take it away.\n"),
            "{text}"
        );
        assert!(text.contains("… and 1 more refused rows") && text.contains("--skip-refused"), "{text}");
        let written = to_text(&report(true, 0), &options);
        assert!(written.contains("Written, up to change 9.\n"), "{written}");
        assert!(written.ends_with("To take it back: motcua undo import-2026-11-30-1\n"), "{written}");
        let json: serde_json::Value =
            serde_json::from_str(&to_json(&report(true, 2), &options)).expect("JSON");
        assert_eq!(json["files"][0]["refused"], 2);
        assert_eq!((&json["dry_run"], &json["written"]), (&false.into(), &true.into()));
        assert_eq!(json["files"][0]["refusals"][0]["line"], 7);
    }

    #[test]
    fn files_that_say_nothing_new_are_not_called_written() {
        let options = ImportOptions::default();
        let mut same = report(false, 0);
        for file in &mut same.files {
            (file.created, file.changed, file.same) = (0, 0, 10);
            file.refusals.clear();
        }
        // Whether anything was written is told by the run alone.
        for written in [true, false] {
            same.written = written;
            let text = to_text(&same, &options);
            assert!(
                text.ends_with("Nothing had to be written: everything is as in the files already.\n"),
                "{text}"
            );
            assert!(!text.contains("Written"), "{text}");
        }
        let mut refused = same.clone();
        for file in &mut refused.files {
            file.refused = 2;
        }
        let text = to_text(&refused, &options);
        assert!(text.ends_with("is as in the files already. Mend the refused rows.\n"), "{text}");
        let dry = ImportOptions { dry_run: true, ..ImportOptions::default() };
        assert!(to_text(&same, &dry).ends_with("A dry run: nothing was written.\n"));
    }

    #[test]
    fn each_failure_has_its_exit_code() {
        let unusable = ImportError::Unusable {
            path: "x".into(),
            reason: "no header".to_owned(),
            remedy: "Add one.".to_owned(),
        };
        let failed = failure(unusable);
        assert_eq!(
            (failed.exit, failed.to_string().as_str()),
            (Exit::File, "error: x cannot be used\n  no header. Add one.")
        );
        assert_eq!(failure(ImportError::Interrupted).exit, Exit::Interrupted);
        for kind in FileKind::ALL {
            assert_eq!(kind_of(kind.as_str()), Some(kind));
        }
    }
}
