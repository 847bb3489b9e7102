//! `motcua search lint`: faults of the word lists, and rules that lead nowhere.

use clap::Args;
use motcua_search::{KnowledgeFiles, Severity};

use super::super::interruptible;
use super::Sources;
use crate::config::Effective;
use crate::exit::{Exit, Failure};
use crate::output;

/// Options of `motcua search lint`.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    #[command(flatten)]
    sources: Sources,
    /// Also lists rules that may be meant otherwise
    #[arg(long)]
    doubtful: bool,
}

pub(super) fn run(effective: &Effective, args: &LintArgs) -> Result<Exit, Failure> {
    let folder = args.sources.lists.as_ref().or(effective.config.search.lists_dir.as_ref());
    let read = match folder {
        Some(folder) => KnowledgeFiles::of_folder(folder).and_then(|files| files.read()),
        None => KnowledgeFiles::embedded().read(),
    };
    if let Err(error) = read {
        for fault in error.faults() {
            output::data(&format!("{fault}\n"))?;
        }
        output::words(format!("{} fault(s): these lists cannot be used.", error.faults().len()));
        return Ok(Exit::Problems);
    }
    let done = interruptible(async |_| {
        let findings = args.sources.with(effective, async |bench| Ok(bench.engine.check_knowledge())).await?;
        let useless = findings.iter().filter(|finding| finding.severity == Severity::Useless).count();
        for finding in &findings {
            if finding.severity == Severity::Useless || args.doubtful {
                output::data(&format!("{}: {}\n", finding.at, finding.message))?;
            }
        }
        output::words(format!(
            "The lists have no faults; {useless} rule(s) lead nowhere, {} may be meant otherwise.",
            findings.len() - useless
        ));
        Ok(if useless == 0 { Exit::Done } else { Exit::Problems })
    })?;
    Ok(done.unwrap_or(Exit::Interrupted))
}
