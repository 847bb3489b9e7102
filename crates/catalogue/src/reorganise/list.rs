//! The full list of what a run touches, as a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Effect, Touch};
use crate::export::guarded;

/// A CSV file with one row for each record or page that is touched: effect, key, detail.
#[derive(Debug)]
pub struct TouchList {
    csv: csv::Writer<BufWriter<File>>,
}

impl TouchList {
    /// Makes the file; one that is there already is never overwritten.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let mut output = BufWriter::with_capacity(1 << 18, File::create_new(path)?);
        // Spreadsheets take the text for UTF-8 by this mark.
        output.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::Writer::from_writer(output);
        csv.write_record(["effect", "key", "detail"])?;
        Ok(Self { csv })
    }

    /// Adds a row.
    pub fn add(&mut self, effect: Effect, touch: &Touch) -> std::io::Result<()> {
        let cells = [effect.as_str().to_owned(), guarded(touch.key.clone()), guarded(touch.detail.clone())];
        Ok(self.csv.write_record(cells)?)
    }

    /// Writes what is left.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.csv.flush()
    }
}
