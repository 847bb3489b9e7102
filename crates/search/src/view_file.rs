//! The view on disk, so that a start reads one file instead of the whole catalogue.
//!
//! ```text
//! magic, 8 bytes
//! length of the head, u64; the head as JSON: texts, fields, units, centres, what became of units, place in the log,
//!     whether made-up data are shown
//! number of procedures, u64; their ids, i64 each
//! number of periods, u64; their first days and first days after, i32 each
//! number of centres, u64; per centre its row id, i64, and how many records it has, u64
//! the records of all centres in that order, u64 each
//! CRC-32 of everything before
//! ```
//!
//! Numbers are little-endian. Whatever does not read back exactly is refused as damaged.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use motcua_catalogue::places::PlaceLink;
use motcua_catalogue::{Field, LogPlace};
use serde::{Deserialize, Serialize};

use crate::days::Days;
use crate::document::EntryData;
use crate::error::SearchError;
use crate::listings::{Listings, PeriodTable, ProcedureIds, Record};
use crate::places::{CentreData, Places, UnitData};
use crate::store::write_whole;
use crate::table::{Entry, Table};

const MAGIC: [u8; 8] = *b"MCVIEW\x00\x07";

/// The view's parts, read back.
#[derive(Debug)]
pub(crate) struct StoredView {
    pub(crate) of: StateMark,
    pub(crate) table: Table,
    pub(crate) places: Places,
    pub(crate) listings: Listings,
}

/// Which state of the catalogue a view is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StateMark {
    /// Place of the last change that it contains.
    pub(crate) place: LogPlace,
    /// Whether the site shows made-up sample data.
    pub(crate) shows_sample: bool,
}

#[derive(Serialize)]
struct HeadOut<'a> {
    of: &'a StateMark,
    entries: Vec<&'a EntryData>,
    fields: &'a [Field],
    units: &'a [UnitData],
    centres: &'a [CentreData],
    links: &'a [PlaceLink],
}

#[derive(Deserialize)]
struct Head {
    of: StateMark,
    entries: Vec<EntryData>,
    fields: Vec<Field>,
    units: Vec<UnitData>,
    centres: Vec<CentreData>,
    links: Vec<PlaceLink>,
}

/// Writes a view as it stands at a place in the log.
pub(crate) fn write(
    path: &Path,
    of: &StateMark,
    (table, places, listings): (&Table, &Places, &Listings),
) -> Result<(), SearchError> {
    let head = HeadOut {
        of,
        entries: table.entries.iter().map(|entry| &entry.data).collect(),
        fields: &table.fields,
        units: &places.units,
        centres: &places.centres,
        links: places.resolver.links(),
    };
    let head = serde_json::to_vec(&head).map_err(io::Error::from)?;
    let mut centres: Vec<_> = listings.centres().collect();
    centres.sort_unstable_by_key(|(centre, _)| *centre);
    write_whole(path, |file| {
        let mut out = Summed { out: file, sum: crc32fast::Hasher::new() };
        out.write_all(&MAGIC)?;
        out.number(head.len())?;
        out.write_all(&head)?;
        out.number(listings.ids.len())?;
        for id in listings.ids.ids() {
            out.write_all(&id.to_le_bytes())?;
        }
        out.number(listings.periods.periods().len())?;
        for days in listings.periods.periods() {
            out.write_all(&days.from.to_le_bytes())?;
            out.write_all(&days.to.to_le_bytes())?;
        }
        out.number(centres.len())?;
        for (centre, records) in &centres {
            out.write_all(&centre.to_le_bytes())?;
            out.number(records.len())?;
        }
        let mut block = Vec::new();
        for (_, records) in &centres {
            block.clear();
            block.extend(records.iter().flat_map(|record| record.bits().to_le_bytes()));
            out.write_all(&block)?;
        }
        let sum = out.sum.clone().finalize();
        out.out.write_all(&sum.to_le_bytes())
    })?;
    Ok(())
}

/// Reads a view back.
pub(crate) fn read(path: &Path) -> Result<StoredView, SearchError> {
    let bytes = fs::read(path)?;
    parse(&bytes).ok_or_else(|| SearchError::Damaged(format!("{} does not read back", path.display())))
}

fn parse(bytes: &[u8]) -> Option<StoredView> {
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut rest = Reader { rest: content };
    if rest.take(MAGIC.len())? != MAGIC {
        return None;
    }
    let head_size = rest.count(1)?;
    let head: Head = serde_json::from_slice(rest.take(head_size)?).ok()?;
    let ids = rest.count(8)?;
    let ids = rest.take(ids * 8)?.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
    let mut ids = ProcedureIds::from_ids(ids);
    let periods = rest.count(8)?;
    let periods = rest.take(periods * 8)?.as_chunks::<4>().0.as_chunks::<2>().0.iter();
    let periods = PeriodTable::from_periods(
        periods.map(|[from, to]| Days { from: i32::from_le_bytes(*from), to: i32::from_le_bytes(*to) }),
    );
    let centres = rest.count(16)?;
    let centres = rest.take(centres * 16)?.as_chunks::<8>().0.as_chunks::<2>().0;
    let mut by_centre = HashMap::with_capacity(centres.len());
    for [centre, count] in centres {
        let size = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(8)?;
        let records = rest.take(size)?.as_chunks::<8>().0.iter();
        let records: Option<Arc<[Record]>> =
            records.map(|bits| Record::from_bits(u64::from_le_bytes(*bits))).collect();
        by_centre.insert(i64::from_le_bytes(*centre), records?);
    }
    if !rest.rest.is_empty() {
        return None;
    }
    let entries = head.entries.into_iter().map(|data| Arc::new(Entry::new(data))).collect();
    let table = Table::new(entries, head.fields, &mut ids);
    Some(StoredView {
        of: head.of,
        table,
        places: Places::new(head.units, head.centres, head.links),
        listings: Listings::from_parts(ids, periods, by_centre),
    })
}

struct Summed<'a, W> {
    out: &'a mut W,
    sum: crc32fast::Hasher,
}

impl<W: Write> Summed<'_, W> {
    fn number(&mut self, number: usize) -> io::Result<()> {
        self.write_all(&(number as u64).to_le_bytes())
    }
}

impl<W: Write> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(size)?;
        self.rest = rest;
        Some(taken)
    }

    /// A number of things of a size, no more than there can be.
    fn count(&mut self, size: usize) -> Option<usize> {
        let count = usize::try_from(u64::from_le_bytes(*self.take(8)?.first_chunk()?)).ok()?;
        (count <= self.rest.len() / size).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::{Listing, Offered, OnlineLevel, Period};

    use super::*;
    use crate::places::tests::{centre, unit};

    fn parts() -> (Table, Places, Listings) {
        let mut listings = Listings::default();
        let level = OnlineLevel::all().nth(2);
        for row_id in [7, 3] {
            let listing = |procedure_id, offered, level| Listing {
                procedure_id,
                case: false,
                offered,
                level,
                period: Period::since("2021-03-01".parse().expect("a date")),
                boundary_free: motcua_catalogue::BoundaryFree::Province,
            };
            listings.set_centre(row_id, &[listing(5, Offered::Yes, level), listing(4, Offered::No, None)]);
        }
        let field = Field { slug: "ho-tich".parse().expect("a slug"), name: "Hộ tịch".to_owned() };
        let entry = EntryData {
            record_id: 1,
            procedure_id: 5,
            code: "1.001193".parse().expect("a code"),
            name: "Đăng ký khai sinh".to_owned(),
            fields: vec![field.slug.clone()],
            tiers: 8,
            applicants: 1,
            days: Days::of(Period::ALWAYS),
            scope: motcua_catalogue::Scope::National,
            local_agencies: String::new(),
            agencies: Vec::new(),
            offline_only: None,
        };
        let table = Table::new(vec![Arc::new(Entry::new(entry))], vec![field], &mut listings.ids);
        let places = Places::new(
            vec![unit(1, "42", None, i32::MIN, i32::MAX)],
            vec![centre(3, "p42", "42", i32::MIN, i32::MAX), centre(7, "x", "42", 5, 9)],
            Vec::new(),
        );
        (table, places, listings)
    }

    fn mark() -> StateMark {
        let place = format!("{}.42.{}", "0".repeat(32), "a".repeat(64));
        StateMark { place: place.parse().expect("a place"), shows_sample: true }
    }

    fn file() -> Vec<u8> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("view.bin");
        let (table, places, listings) = parts();
        write(&path, &mark(), (&table, &places, &listings)).expect("written");
        fs::read(&path).expect("read")
    }

    #[test]
    fn a_view_reads_back_as_it_was() {
        let stored = parse(&file()).expect("sound");
        let (table, places, listings) = parts();
        assert_eq!(stored.of, mark());
        assert_eq!(
            stored.table.entries.first().map(|entry| &entry.data),
            table.entries.first().map(|entry| &entry.data)
        );
        assert_eq!(stored.table.fields, table.fields);
        assert_eq!((stored.places.units, stored.places.centres), (places.units, places.centres));
        assert_eq!(stored.listings.ids.ids(), listings.ids.ids());
        for row_id in [3, 7, 8] {
            assert_eq!(stored.listings.of_centre(row_id), listings.of_centre(row_id));
        }
        assert_eq!(stored.listings.len(), 4);
    }

    #[test]
    fn any_damage_is_noticed() {
        let sound = file();
        for place in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[place] ^= 0x10;
            assert!(parse(&damaged).is_none(), "byte {place}");
        }
        for length in 0..sound.len() {
            assert!(parse(&sound[..length]).is_none(), "cut at {length}");
        }
    }
}
