//! The full list of what a run touches, as a file.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

use super::{Effect, Touch};
use crate::export::guarded;

/// A CSV file with one row for each record or page that is touched: effect, key, detail.
#[derive(Debug)]
pub struct TouchList {
    file: File,
    csv: csv::Writer<BufWriter<File>>,
}

impl TouchList {
    /// Makes the file; one that is there already is never overwritten.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        let file = File::create_new(path)?;
        Ok(Self { csv: begin(&file)?, file })
    }

    /// Begins anew: the run is worked out once more.
    pub fn restart(&mut self) -> std::io::Result<()> {
        // What waits belongs to the former try; it must not come after the new header.
        self.csv.flush()?;
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.csv = begin(&self.file)?;
        Ok(())
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

/// Writes the header.
fn begin(file: &File) -> std::io::Result<csv::Writer<BufWriter<File>>> {
    let mut output = BufWriter::with_capacity(1 << 18, file.try_clone()?);
    // Spreadsheets take the text for UTF-8 by this mark.
    output.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(output);
    csv.write_record(["effect", "key", "detail"])?;
    Ok(csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_begun_anew_has_the_last_try_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("touched.csv");
        let touch = |key: &str| Touch { key: key.to_owned(), detail: "Phường Thành Sen".to_owned() };
        let mut list = TouchList::create(&path).expect("made");
        for number in 0..20_000 {
            list.add(Effect::UnitEnds, &touch(&format!("9{number}"))).expect("added");
        }
        list.restart().expect("begun anew");
        list.add(Effect::UnitEnds, &touch("18070")).expect("added");
        list.finish().expect("written");
        let text = std::fs::read_to_string(&path).expect("readable");
        assert_eq!(text, "\u{feff}effect,key,detail\nunit_ends,18070,Phường Thành Sen\n");
    }
}
