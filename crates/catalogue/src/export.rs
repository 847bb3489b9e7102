//! Writing the catalogue to files: the formats that the import reads. What is exported and imported again changes
//! nothing.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::availability::{Availability, BoundaryFree, Checklist};
use crate::catalogue::Catalogue;
use crate::import::{AVAILABILITY_COLUMNS, FIGURE_COLUMNS, FileKind};
use crate::level::Tier;
use crate::period::Period;
use crate::portal::Line;
use crate::source::Source;
use crate::store::db::StorageError;
use crate::store::snapshot::Snapshot;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ExportedFile {
    /// Where.
    pub path: PathBuf,
    /// What it holds.
    pub kind: FileKind,
    /// Rows without the header.
    pub rows: u64,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file could not be written.
    #[error("could not write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes one file for each kind into a folder, all from one state of the catalogue. A file appears under its name
/// only when it is complete.
pub async fn run(
    catalogue: &Catalogue,
    folder: &Path,
    kinds: &[FileKind],
    progress: &mut (dyn FnMut(FileKind, u64) + Send),
) -> Result<Vec<ExportedFile>, ExportError> {
    let failed = |path: &Path, source| ExportError::File { path: path.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut snapshot = catalogue.snapshot().await?;
    let mut written = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let path = folder.join(file_name(*kind));
        let partial = path.with_extension("partial");
        let file = File::create(&partial).map_err(|error| failed(&partial, error))?;
        let mut output = BufWriter::with_capacity(1 << 18, file);
        let rows = match kind {
            FileKind::Procedures => procedures(&mut snapshot, &mut output).await?,
            FileKind::Units => units(&mut snapshot, &mut output).await?,
            FileKind::Mergers => mergers(&mut snapshot, &mut output).await?,
            FileKind::Centres => centres(&mut snapshot, &mut output).await?,
            FileKind::Figures => figures(&mut snapshot, &mut output).await?,
            FileKind::Availability => {
                availability(&mut snapshot, &mut output, &mut |rows| progress(*kind, rows)).await?
            }
        };
        let rows = rows.map_err(|error| failed(&partial, error))?;
        output.flush().and_then(|()| output.get_ref().sync_all()).map_err(|error| failed(&partial, error))?;
        std::fs::rename(&partial, &path).map_err(|error| failed(&path, error))?;
        progress(*kind, rows);
        written.push(ExportedFile { path, kind: *kind, rows });
    }
    Ok(written)
}

/// Name of the file of a kind.
#[must_use]
pub fn file_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Units => "units.csv",
        FileKind::Mergers => "unit-mergers.csv",
        FileKind::Centres => "centres.csv",
        FileKind::Procedures => "procedures.ndjson",
        FileKind::Availability => "availability.csv",
        FileKind::Figures => "centre-figures.csv",
    }
}

type Rows = Result<io::Result<u64>, StorageError>;

async fn procedures(snapshot: &mut Snapshot, output: &mut (dyn Write + Send)) -> Rows {
    let mut rows = 0;
    let mut result = Ok(());
    snapshot
        .each_procedure(&mut |procedure| {
            if result.is_ok() {
                result = serde_json::to_writer(&mut *output, &Line::of(procedure))
                    .map_err(io::Error::from)
                    .and_then(|()| output.write_all(b"\n"));
                rows += 1;
            }
        })
        .await?;
    Ok(result.map(|()| rows))
}

/// Writes CSV that spreadsheets open as it is meant: byte-order mark, and no cell that could be taken for a formula.
struct Sheet<'a> {
    csv: csv::Writer<&'a mut (dyn Write + Send)>,
    rows: u64,
}

impl<'a> Sheet<'a> {
    fn new<'c>(
        output: &'a mut (dyn Write + Send),
        header: impl IntoIterator<Item = &'c str>,
    ) -> io::Result<Self> {
        output.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::Writer::from_writer(output);
        csv.write_record(header)?;
        Ok(Self { csv, rows: 0 })
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) -> io::Result<()> {
        self.csv.write_record(cells.into_iter().map(guarded))?;
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<u64> {
        self.csv.flush()?;
        Ok(self.rows)
    }
}

/// Keeps a spreadsheet from taking a text for a formula; the import takes the mark away again.
pub(crate) fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn period_cells(period: Period) -> [String; 2] {
    [text(period.valid_from()), text(period.valid_to())]
}

fn source_cells(source: &Source) -> [String; 3] {
    [source.kind.as_str().to_owned(), source.citation.clone(), text(source.retrieved_on)]
}

const SOURCE_HEADER: [&str; 3] = ["source_kind", "source_citation", "source_retrieved_on"];

/// The further columns that records bring along, in one order.
fn further<'a>(
    extras: impl Iterator<Item = &'a std::collections::BTreeMap<String, String>>,
) -> BTreeSet<&'a str> {
    extras.flat_map(|extra| extra.keys().map(String::as_str)).collect()
}

async fn units(snapshot: &mut Snapshot, output: &mut (dyn Write + Send)) -> Rows {
    let units = snapshot.units().await?;
    let further = further(units.iter().map(|unit| &unit.stored.record.extra));
    let header = [
        "code",
        "level",
        "type",
        "name",
        "full_name",
        "parent_code",
        "province_code",
        "lat",
        "lon",
        "continues",
        "valid_from",
        "valid_to",
    ];
    Ok((|| {
        let mut sheet =
            Sheet::new(output, header.into_iter().chain(SOURCE_HEADER).chain(further.iter().copied()))?;
        for unit in &units {
            let record = &unit.stored.record;
            let own = [
                record.code.to_string(),
                record.tier.as_str().to_owned(),
                record.kind.clone(),
                record.name.clone(),
                record.full_name.clone(),
                text(record.parent.as_ref()),
                record.province.to_string(),
                text(record.lat),
                text(record.lon),
                u8::from(record.continues).to_string(),
            ];
            let extra = further.iter().map(|column| record.extra.get(*column).cloned().unwrap_or_default());
            let cells =
                own.into_iter().chain(period_cells(record.period)).chain(source_cells(&record.source));
            sheet.row(cells.chain(extra))?;
        }
        sheet.finish()
    })())
}

async fn mergers(snapshot: &mut Snapshot, output: &mut (dyn Write + Send)) -> Rows {
    let successions = snapshot.successions().await?;
    let further = further(successions.iter().map(|succession| &succession.extra));
    // A district without communes stands in a column of its own, which communes have among the further ones.
    let further: BTreeSet<&str> =
        further.into_iter().filter(|column| *column != "old_district_code").collect();
    let header = ["old_code", "old_district_code", "new_code", "step2", "is_default", "effective_on"];
    Ok((|| {
        let mut sheet =
            Sheet::new(output, header.into_iter().chain(SOURCE_HEADER).chain(further.iter().copied()))?;
        for record in &successions {
            let district = record.predecessor.tier() != Tier::Commune;
            let code = record.predecessor.to_string();
            let (old_code, old_district) = if district {
                (String::new(), code)
            } else {
                (code, record.extra.get("old_district_code").cloned().unwrap_or_default())
            };
            let own = [
                old_code,
                old_district,
                text(record.successor.as_ref()),
                record.extent.as_str().to_owned(),
                u8::from(record.is_default).to_string(),
                record.effective_on.to_string(),
            ];
            let extra = further.iter().map(|column| record.extra.get(*column).cloned().unwrap_or_default());
            sheet.row(own.into_iter().chain(source_cells(&record.source)).chain(extra))?;
        }
        sheet.finish()
    })())
}

async fn centres(snapshot: &mut Snapshot, output: &mut (dyn Write + Send)) -> Rows {
    let centres = snapshot.centres().await?;
    let further = further(centres.iter().map(|centre| &centre.stored.record.extra));
    let further: BTreeSet<&str> =
        further.into_iter().filter(|column| !matches!(*column, "kind" | "unit_name")).collect();
    let header =
        ["id", "kind", "unit_code", "unit_name", "name", "portal", "note", "sites", "valid_from", "valid_to"];
    let mut cells = Vec::with_capacity(centres.len());
    for centre in &centres {
        let record = &centre.stored.record;
        let extra = |column: &str| record.extra.get(column).cloned();
        let sites = serde_json::to_string(&record.sites).map_err(|error| StorageError::Damaged {
            what: "centre",
            key: record.id.to_string(),
            source: error.into(),
        })?;
        let own = [
            record.id.to_string(),
            extra("kind").unwrap_or_else(|| format!("{}_centre", record.tier.as_str())),
            record.unit.to_string(),
            extra("unit_name").unwrap_or_default(),
            record.name.clone(),
            text(record.portal.as_ref()),
            text(record.note.as_ref()),
            sites,
        ];
        let all = own.into_iter().chain(period_cells(record.period)).chain(source_cells(&record.source));
        let extra = further.iter().map(|column| extra(column).unwrap_or_default());
        cells.push(all.chain(extra).collect::<Vec<String>>());
    }
    Ok((|| {
        let mut sheet =
            Sheet::new(output, header.into_iter().chain(SOURCE_HEADER).chain(further.iter().copied()))?;
        for row in cells {
            sheet.row(row)?;
        }
        sheet.finish()
    })())
}

async fn figures(snapshot: &mut Snapshot, output: &mut (dyn Write + Send)) -> Rows {
    let figures = snapshot.centre_figures().await?;
    Ok((|| {
        let mut sheet = Sheet::new(output, FIGURE_COLUMNS.iter().map(|(name, _)| *name))?;
        for record in &figures {
            let own = [
                record.centre.to_string(),
                record.month.to_string(),
                text(record.received),
                text(record.received_online),
                text(record.resolved),
                text(record.on_time),
                text(record.overdue),
                text(record.satisfaction),
            ];
            sheet.row(own.into_iter().chain(source_cells(&record.source)))?;
        }
        sheet.finish()
    })())
}

async fn availability(
    snapshot: &mut Snapshot,
    output: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Rows {
    let mut sheet = match Sheet::new(output, AVAILABILITY_COLUMNS.iter().map(|(name, _)| *name)) {
        Ok(sheet) => sheet,
        Err(error) => return Ok(Err(error)),
    };
    let visited = snapshot
        .each_availability(&mut |record| {
            sheet.row(availability_cells(&record)?)?;
            if sheet.rows.is_multiple_of(10_000) {
                progress(sheet.rows);
            }
            Ok(())
        })
        .await?;
    Ok(visited.and_then(|()| sheet.finish()))
}

/// The cells in the order of [`AVAILABILITY_COLUMNS`].
fn availability_cells(record: &Availability) -> io::Result<Vec<String>> {
    // Ways to file that say no more than a link fit into two plain columns; the rest is JSON.
    let plain = record.channels.iter().all(|channel| {
        channel.time_limit.is_none()
            && channel.fees.is_empty()
            && (channel.link.is_none() || channel.method == crate::procedure::Method::Online)
    });
    let (mut methods, mut link, mut channels) = (String::new(), String::new(), String::new());
    if plain {
        let names: Vec<&str> = record.channels.iter().map(|channel| channel.method.as_str()).collect();
        methods = names.join(";");
        link = text(record.channels.iter().find_map(|channel| channel.link.clone()));
    } else {
        channels = serde_json::to_string(&record.channels)?;
    }
    let [valid_from, valid_to] = period_cells(record.period);
    let states: [_; Checklist::POINTS.len()] = record.checklist.states();
    let [find, sign_in, submit, pay, follow, receive, complain] =
        states.map(|state| text(state.map(crate::availability::PointState::as_str)));
    let reason = record.partial_reason.as_ref();
    let reach = record.boundary_free;
    let [source_kind, source_citation, source_retrieved_on] = source_cells(&record.source);
    Ok(vec![
        record.procedure.to_string(),
        record.centre.to_string(),
        valid_from,
        valid_to,
        text(record.case.as_ref()),
        record.offered.as_str().to_owned(),
        text(record.level.map(|level| level.scheme().as_str())),
        text(record.level.map(|level| level.level().as_str())),
        if record.converted { "1".to_owned() } else { String::new() },
        methods,
        link,
        channels,
        find,
        sign_in,
        submit,
        pay,
        follow,
        receive,
        complain,
        text(reason.map(|reason| reason.kind.as_str())),
        text(reason.map(|reason| &reason.clause)),
        text(reason.map(|reason| &reason.text)),
        if reach == BoundaryFree::Unknown { String::new() } else { reach.as_str().to_owned() },
        text(record.decision.as_ref()),
        record.evidence.join(" "),
        text(record.assurance.assured_on),
        text(record.assurance.assured_by.as_ref()),
        text(record.assurance.review_due),
        source_kind,
        source_citation,
        source_retrieved_on,
        text(record.proactive.map(crate::proactive::ProactiveLevel::as_str)),
    ])
}

/// Writes work that is left for people as CSV, one row each.
pub fn tasks(tasks: &[crate::work::Work], output: &mut (dyn Write + Send)) -> io::Result<u64> {
    let header = [
        "number",
        "kind",
        "state",
        "opened_on",
        "centre",
        "unit",
        "procedure",
        "case",
        "about",
        "message",
        "shown",
        "found",
        "accepted",
        "answer",
        "answered_at",
        "answered_by",
    ];
    let mut sheet = Sheet::new(output, header)?;
    for task in tasks {
        let said = |finding: &crate::work::WorkFinding| {
            finding.level.map_or_else(|| finding.offered.as_str().to_owned(), |level| level.to_string())
        };
        let found: Vec<String> =
            task.found.iter().map(|one| format!("{}: {}", one.centre, said(one))).collect();
        let answer = task.answer.as_ref();
        sheet.row([
            task.number.clone(),
            task.kind.as_str().to_owned(),
            if answer.is_some() { "done" } else { "open" }.to_owned(),
            task.opened_on.to_string(),
            text(task.centre.as_ref()),
            text(task.unit.as_ref()),
            text(task.procedure.as_ref()),
            text(task.case.as_ref()),
            text(task.about.as_ref().map(|about| format!("{} {}", about.kind.as_str(), about.key))),
            text(task.message.as_ref()),
            text(task.shown.as_ref().map(said)),
            found.join("; "),
            match answer.and_then(|answer| answer.accepted) {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            },
            text(answer.map(|answer| &answer.text)),
            text(answer.map(|answer| answer.answered_at.to_rfc3339())),
            text(answer.map(|answer| &answer.answered_by)),
        ])?;
    }
    sheet.finish()
}
