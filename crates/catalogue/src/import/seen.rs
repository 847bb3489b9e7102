//! Rows of one run that have the same key.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::log_key::LogKey;

/// The keys of a run. A run may have millions of rows, so of each only 16 bytes are kept: a hash of the key, the place,
/// and a hash of the record. That two of three million keys share a hash of 64 bits happens once in millions of runs,
/// and then refuses a row and loses none.
#[derive(Debug, Default)]
pub(super) struct Seen {
    rows: HashMap<u64, First>,
    /// The files read so far, and the place before the first line of each.
    files: Vec<(u32, PathBuf)>,
    last: u32,
    /// Rows that were refused.
    refused: HashSet<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    /// Line, counted on through all files of the run.
    place: u32,
    record: u32,
}

/// How often a row has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// For the first time.
    First,
    /// Once more, word by word.
    Again(First),
}

/// An earlier row with the same key and another record.
#[derive(Debug, PartialEq)]
pub(super) struct Earlier {
    /// Its line.
    pub(super) line: u32,
    /// Its file, where that is another one.
    pub(super) path: Option<PathBuf>,
}

impl Seen {
    /// Begins the next file.
    pub(super) fn begin_file(&mut self, path: &Path) {
        self.files.push((self.last, path.to_owned()));
    }

    /// Notes a row; tells whether it repeats an earlier one, or the first one of its key if that says something else.
    pub(super) fn note(&mut self, line: u64, command: &Command) -> Result<Noted, Earlier> {
        let place = self.place(line);
        self.last = self.last.max(place);
        let record = u32::try_from(hash_of(command) >> 32).unwrap_or(u32::MAX);
        let keys = keys(command);
        let other = keys.iter().flatten().filter_map(|key| self.rows.get(key));
        if let Some(first) = other.copied().find(|first| first.record != record) {
            return Err(self.earlier(first));
        }
        let mut noted = Noted::First;
        for key in keys.into_iter().flatten() {
            match self.rows.entry(key) {
                Entry::Occupied(row) => noted = Noted::Again(*row.get()),
                Entry::Vacant(row) => {
                    row.insert(First { place, record });
                }
            }
        }
        Ok(noted)
    }

    /// Place of a line of the present file.
    fn place(&self, line: u64) -> u32 {
        let base = self.files.last().map_or(0, |(base, _)| *base);
        base.saturating_add(u32::try_from(line).unwrap_or(u32::MAX))
    }

    /// Notes that a row of the present file was refused.
    pub(super) fn note_refused(&mut self, line: u64) {
        let place = self.place(line);
        self.refused.insert(place);
    }

    /// Whether a row was refused.
    pub(super) fn was_refused(&self, first: First) -> bool {
        self.refused.contains(&first.place)
    }

    /// Whether a row of this run is about a record: its own key, or another text of the same procedure.
    pub(super) fn holds(&self, record: &LogKey) -> bool {
        let of_procedure = match record {
            LogKey::Procedure { code, .. } => {
                self.rows.contains_key(&key(&("procedure without end", code.as_str())))
            }
            _ => false,
        };
        of_procedure || self.rows.contains_key(&key(record))
    }

    /// Where a row stands.
    pub(super) fn earlier(&self, first: First) -> Earlier {
        let file = self.files.iter().rposition(|(base, _)| *base < first.place).unwrap_or(0);
        let base = self.files.get(file).map_or(0, |(base, _)| *base);
        let path = self.files.get(file).filter(|_| file + 1 < self.files.len());
        Earlier { line: first.place - base, path: path.map(|(_, path)| path.clone()) }
    }
}

/// What the catalogue finds a record by. A text of a procedure without a known end has two keys: one without any dates
/// replaces it, whatever its first day.
fn keys(command: &Command) -> [Option<u64>; 2] {
    let named = match command {
        Command::Withdraw { key } => Some(key.clone()),
        command => command.key(),
    };
    let Some(own) = named else { return [None, None] };
    let without_end = match command {
        Command::Procedure(procedure) if procedure.period.valid_to().is_none() => {
            Some(key(&("procedure without end", procedure.code.as_str())))
        }
        _ => None,
    };
    // Fields and agencies are named again by every procedure that uses them.
    let is_row = !matches!(command, Command::Field(_) | Command::Agency(_) | Command::Work(_));
    [is_row.then(|| key(&own)), without_end]
}

fn key(parts: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// Hash of a whole record, by way of its JSON, which is what the log would keep of it.
fn hash_of(command: &Command) -> u64 {
    struct Sink(DefaultHasher);
    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut sink = Sink(DefaultHasher::new());
    // A sink that takes everything cannot fail, and records serialise: their maps have text keys.
    let _ = command.write_json(&mut sink);
    sink.0.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, SourceKind};
    use crate::unit::{Extent, Succession};

    fn succession(successor: &str, is_default: bool) -> Command {
        Command::Succession(Succession {
            predecessor: "98001".parse().expect("a code"),
            successor: Some(successor.parse().expect("a code")),
            effective_on: "2025-07-01".parse().expect("a day"),
            extent: Extent::Part,
            is_default,
            extra: Default::default(),
            source: Source { kind: SourceKind::Dataset, citation: "thử".to_owned(), retrieved_on: None },
        })
    }

    #[test]
    fn the_first_row_of_a_key_is_told_with_its_file() {
        let mut seen = Seen::default();
        seen.begin_file(Path::new("one.csv"));
        assert_eq!(seen.note(2, &succession("98003", true)), Ok(Noted::First));
        assert_eq!(seen.note(3, &succession("98004", true)), Ok(Noted::First));
        // The same once more is no contradiction.
        let Ok(Noted::Again(first)) = seen.note(4, &succession("98003", true)) else { panic!("seen before") };
        assert!(!seen.was_refused(first));
        seen.note_refused(2);
        assert!(seen.was_refused(first));
        assert_eq!(seen.note(5, &succession("98004", false)), Err(Earlier { line: 3, path: None }));
        seen.begin_file(Path::new("two.csv"));
        assert_eq!(seen.note(2, &succession("98005", true)), Ok(Noted::First));
        assert_eq!(
            seen.note(3, &succession("98003", false)),
            Err(Earlier { line: 2, path: Some("one.csv".into()) })
        );
        assert_eq!(seen.note(4, &succession("98005", false)), Err(Earlier { line: 2, path: None }));
    }
}
