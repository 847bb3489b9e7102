//! `motcua import --draft`: what an import would change, saved as a draft that waits for review.

use std::fmt::Write as _;

use motcua_catalogue::change_set::{Draft, DraftError, NewDraft};
use motcua_catalogue::import::{self, FileReport, Gone, ImportError, ImportOptions, PreparedFiles};
use serde_json::json;

use super::import::{ImportArgs, add_file, add_gone, failure, show};
use super::interruptible;
use super::open::with_catalogue;
use super::progress::Meter;
use super::sets;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::output;

/// What became of the files.
struct Saved {
    files: Vec<FileReport>,
    /// What newer editions of lists no longer have.
    gone: Vec<Gone>,
    /// How many records would change.
    records: u64,
    /// The draft; none where nothing would change, or where rows were refused.
    draft: Option<Draft>,
}

impl Saved {
    fn refused(&self) -> u64 {
        self.files.iter().map(|file| file.refused).sum()
    }

    /// How many stored values empty cells would empty.
    fn emptied(&self) -> u64 {
        self.files.iter().flat_map(|file| file.emptied.values()).sum()
    }
}

pub(super) fn run(
    effective: &Effective,
    args: &ImportArgs,
    options: &ImportOptions,
    new: &NewDraft,
) -> Result<Exit, Failure> {
    if new.title.is_empty() {
        return Err(Failure::say(Exit::Usage, "say what the draft is about: --draft TITLE"));
    }
    let done = interruptible(async |stop| {
        with_catalogue(&effective.config, "motcua import", async |catalogue| {
            let mut meter = Meter::new();
            let mut progress = |progress: import::Progress<'_>| {
                show(&mut meter, &progress);
                !stop.is_cancelled()
            };
            let prepared = import::prepare(catalogue, &args.files, options, &mut progress).await;
            let PreparedFiles { prepared, files, gone } = prepared.map_err(failure)?;
            let mut saved = Saved { files, gone, records: prepared.items.len(), draft: None };
            if saved.refused() > 0 && !args.skip_refused || saved.emptied() > 0 && !args.replace {
                return Ok(saved);
            }
            match catalogue.save_draft(&options.permit, &options.reason, prepared, new.clone()).await {
                Ok(draft) => saved.draft = Some(draft),
                Err(DraftError::Empty) => {}
                Err(error) => return Err(sets::failure(error)),
            }
            Ok(saved)
        })
        .await
    })?;
    let Some(saved) = done else {
        output::words(ImportError::Interrupted);
        return Ok(Exit::Interrupted);
    };
    output::data(&if args.json { to_json(&saved) } else { to_text(&saved) })?;
    let is_kept_out = saved.emptied() > 0 && !args.replace;
    Ok(if saved.refused() > 0 || is_kept_out { Exit::Problems } else { Exit::Done })
}

fn to_json(saved: &Saved) -> String {
    let report = json!({
        "written": false, "set": saved.draft.as_ref().map(|draft| draft.id), "records": saved.records,
        "files": saved.files, "gone": saved.gone,
    });
    // Numbers and texts always serialise.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn to_text(saved: &Saved) -> String {
    let mut text = String::new();
    for file in &saved.files {
        add_file(&mut text, file, false);
    }
    for gone in &saved.gone {
        add_gone(&mut text, gone);
    }
    let _ = match &saved.draft {
        Some(Draft { id, .. }) => writeln!(
            text,
            "Saved as set {id}: {} records; nothing is published.\nTo look at it: motcua sets show {id}\n\
             To go on: motcua sets submit {id}",
            saved.records
        ),
        None if saved.refused() > 0 => writeln!(
            text,
            "No draft was saved, as rows were refused. Mend them, or take the sound ones with --skip-refused."
        ),
        None if saved.emptied() > 0 => writeln!(
            text,
            "No draft was saved, as empty cells would empty what is stored. Fill them, leave the column out, or add --replace."
        ),
        None => writeln!(text, "Nothing would change; no draft was saved."),
    };
    text
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::import::FileKind;

    use super::*;

    fn saved(refused: u64) -> Saved {
        let file = FileReport {
            path: "c.csv".into(),
            kind: FileKind::Centres,
            rows: 2,
            created: 2 - refused,
            changed: 0,
            same: 0,
            refused,
            refusals: Vec::new(),
            withdrawn: 0,
            ended: 0,
            emptied: Default::default(),
            notices: Vec::new(),
        };
        Saved { files: vec![file], gone: Vec::new(), records: 2 - refused, draft: None }
    }

    #[test]
    fn whoever_saves_no_draft_is_told_why() {
        assert!(to_text(&saved(1)).contains("No draft was saved, as rows were refused"));
        assert!(to_text(&saved(0)).ends_with("Nothing would change; no draft was saved.\n"));
        let json: serde_json::Value = serde_json::from_str(&to_json(&saved(1))).expect("JSON");
        assert_eq!((&json["set"], &json["files"][0]["refused"]), (&serde_json::Value::Null, &1.into()));
    }
}
