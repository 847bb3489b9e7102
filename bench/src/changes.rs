//! Files of changed listings, made from an export.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Writes the first `count` listings of an export with another decision than they have.
pub(crate) fn write(listings: &Path, to: &Path, count: usize, decision: &str) -> Result<PathBuf> {
    let mut reader =
        csv::Reader::from_path(listings).with_context(|| format!("cannot read {}", listings.display()))?;
    let head = reader.headers()?.clone();
    let column =
        head.iter().position(|name| name == "decision").context("an export without a column of decisions")?;
    let mut writer = csv::Writer::from_path(to)?;
    writer.write_record(&head)?;
    for row in reader.records().take(count) {
        let row = row?;
        writer.write_record(
            row.iter().enumerate().map(|(place, cell)| if place == column { decision } else { cell }),
        )?;
    }
    writer.flush()?;
    Ok(to.to_owned())
}

/// Cuts an export after so many listings.
pub(crate) fn cut(listings: &Path, count: usize) -> Result<()> {
    let shorter = listings.with_extension("shorter");
    let mut reader = csv::Reader::from_path(listings)?;
    let mut writer = csv::Writer::from_path(&shorter)?;
    writer.write_record(reader.headers()?)?;
    for row in reader.records().take(count) {
        writer.write_record(&row?)?;
    }
    writer.flush()?;
    std::fs::rename(shorter, listings)?;
    Ok(())
}
