//! A rehearsal: the real run, on a copy or in a transaction that is given up.

use std::path::Path;

use super::run::carry_out;
use super::{OnProgress, OnTouch, ReorganiseError, ReorganiseProgress, ReorganiseReport, ReorganiseRequest};
use crate::catalogue::Catalogue;
use crate::store::db::StorageOptions;

/// Says what a run would touch and changes nothing. On SQLite the run works on a copy in a folder inside `scratch` that
/// is removed afterwards; on PostgreSQL in a transaction that is rolled back, for which other writers wait.
pub async fn rehearse(
    catalogue: &Catalogue,
    request: &ReorganiseRequest,
    scratch: &Path,
    list: Option<OnTouch<'_>>,
    progress: OnProgress<'_>,
) -> Result<ReorganiseReport, ReorganiseError> {
    if !catalogue.db.is_sqlite() {
        return carry_out(catalogue, request, list, progress, false).await;
    }
    let folder = scratch.join(format!(".rehearsal-{}", std::process::id()));
    let failed = |source| ReorganiseError::File { path: folder.clone(), source };
    // One that was killed may have left its copy, and process ids come again.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let guard = Removed(&folder);
    if !progress(ReorganiseProgress { stage: "copying", done: 0, whole: None }) {
        return Err(ReorganiseError::Interrupted);
    }
    let copy = folder.join("copy.sqlite");
    catalogue.db.copy_to(&copy).await?;
    let copied = Catalogue::open(&StorageOptions::Sqlite(copy)).await?;
    let outcome = carry_out(&copied, request, list, progress, true).await;
    copied.close().await?;
    drop(guard);
    let mut report = outcome?;
    report.written = false;
    report.sequence = catalogue.last_sequence().await?;
    Ok(report)
}

/// A folder that goes with this value, whatever happened.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(self.0) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "could not remove the copy of a rehearsal"
            );
        }
    }
}
