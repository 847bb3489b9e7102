//! The items of a set: in memory where they are few, in a file without a name where they are many. The file goes with
//! the process, whatever ends it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

use crate::change::EntityKind;
use crate::store::writer::Entry;

/// So many bytes of items stay in memory.
const IN_MEMORY: usize = 8 << 20;

/// The items of a set, in their order.
#[derive(Debug, Default)]
pub struct Items {
    memory: Vec<Entry>,
    bytes: usize,
    file: Option<Spool>,
    count: u64,
}

struct Spool {
    out: zstd::Encoder<'static, BufWriter<File>>,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spool")
    }
}

impl Items {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds items. `scratch` is the folder for the file; that of the system where absent.
    pub(crate) fn add(&mut self, entries: Vec<Entry>, scratch: Option<&Path>) -> io::Result<()> {
        self.count += u64::try_from(entries.len()).unwrap_or(0);
        self.bytes += entries.iter().map(bytes_of).sum::<usize>();
        if self.file.is_none() && self.bytes <= IN_MEMORY {
            self.memory.extend(entries);
            return Ok(());
        }
        let spool = match &mut self.file {
            Some(spool) => spool,
            none => {
                let file = match scratch {
                    Some(folder) => tempfile::tempfile_in(folder)?,
                    None => tempfile::tempfile()?,
                };
                none.insert(Spool { out: zstd::Encoder::new(BufWriter::new(file), 1)? })
            }
        };
        for entry in self.memory.drain(..).chain(entries) {
            write(&mut spool.out, &entry)?;
        }
        Ok(())
    }

    /// All items, in memory.
    pub(crate) fn into_vec(self) -> io::Result<Vec<Entry>> {
        let mut groups = self.into_groups(1_000)?;
        let mut all = Vec::new();
        loop {
            let group = groups.next_group()?;
            if group.is_empty() {
                return Ok(all);
            }
            all.extend(group);
        }
    }

    /// Reads the items back, a group at a time.
    pub(crate) fn into_groups(self, size: usize) -> io::Result<Groups> {
        let source = match self.file {
            None => Source::Memory(self.memory.into_iter()),
            Some(spool) => {
                let mut file = spool.out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.rewind()?;
                Source::File(BufReader::new(zstd::Decoder::new(file)?))
            }
        };
        Ok(Groups { source, size, line: Vec::new() })
    }
}

/// The items of a set, a group at a time.
pub(crate) struct Groups {
    source: Source,
    size: usize,
    line: Vec<u8>,
}

enum Source {
    Memory(std::vec::IntoIter<Entry>),
    File(BufReader<zstd::Decoder<'static, BufReader<File>>>),
}

impl Groups {
    /// The next group; empty at the end.
    pub(crate) fn next_group(&mut self) -> io::Result<Vec<Entry>> {
        match &mut self.source {
            Source::Memory(entries) => Ok(entries.by_ref().take(self.size).collect()),
            Source::File(reader) => {
                let mut group = Vec::with_capacity(self.size);
                while group.len() < self.size {
                    self.line.clear();
                    if reader.read_until(b'\n', &mut self.line)? == 0 {
                        break;
                    }
                    group.push(parse(&self.line).ok_or(io::ErrorKind::InvalidData)?);
                }
                Ok(group)
            }
        }
    }
}

/// Bytes that an item takes in memory, about.
fn bytes_of(entry: &Entry) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    size_of::<Entry>() + entry.key.len() + text(&entry.before) + text(&entry.after)
}

/// One line an item: kind, subject, version, key, before, after, with tabs between them. JSON and keys have none.
fn write(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let Entry { kind, key, subject_id, version, before, after } = entry;
    let (before, after) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
    writeln!(out, "{}\t{subject_id}\t{version}\t{key}\t{before}\t{after}", kind.as_str())
}

fn parse(line: &[u8]) -> Option<Entry> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let mut parts = line.split('\t');
    let text = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    let entry = Entry {
        kind: EntityKind::of_log(parts.next()?)?,
        subject_id: parts.next()?.parse().ok()?,
        version: parts.next()?.parse().ok()?,
        key: parts.next()?.to_owned(),
        before: text(parts.next()?),
        after: text(parts.next()?),
    };
    parts.next().is_none().then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> Entry {
        Entry {
            kind: EntityKind::Availability,
            key: format!("1.001193/c{number}@2021-01-01"),
            subject_id: i64::from(number),
            version: number + 1,
            before: number.is_multiple_of(2).then(|| format!("{{\"note\":\"dòng\\n{number}\\t\"}}")),
            after: (!number.is_multiple_of(3)).then(|| "{}".to_owned()),
        }
    }

    #[test]
    fn few_and_many_items_come_back_as_they_were() {
        for count in [0, 5, 90_001] {
            let mut items = Items::default();
            for group in (0..count).collect::<Vec<_>>().chunks(1000) {
                items.add(group.iter().map(|number| entry(*number)).collect(), None).expect("written");
            }
            assert_eq!((items.len(), items.is_empty()), (u64::from(count), count == 0));
            let mut groups = items.into_groups(700).expect("readable");
            let mut all = Vec::new();
            loop {
                let group = groups.next_group().expect("readable");
                if group.is_empty() {
                    break;
                }
                all.extend(group);
            }
            assert!(all == (0..count).map(entry).collect::<Vec<_>>(), "{count}");
        }
    }
}
