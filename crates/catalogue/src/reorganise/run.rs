//! A run: one transaction from the file to the last listing.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::listings::Listings;
use super::plan::{self, Given, Plan};
use super::record::Details;
use super::tally::Tally;
use super::{
    Effect, OnProgress, ReorganiseError, ReorganiseProgress, ReorganiseReport, ReorganiseRequest, Touch,
    TouchList,
};
use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::change::EntityKind;
use crate::change_set::{Comparison, Prepared, PublishError};
use crate::command::{Command, Expected};
use crate::import::RowRefusal;
use crate::import::reorganisation;
use crate::log_key::LogKey;
use crate::run::{RunKind, RunNote};
use crate::store::db::StorageError;
use crate::store::{rows, whole};
use crate::work::{Work, WorkKind};

/// Commands that are written in one go.
const GROUP: usize = 1000;

/// How often a run is worked out again where others wrote to what it is about meanwhile.
const TRIES: u32 = 5;

/// Reorganises. The run is worked out outside any lock and published in one transaction: everything is written, or
/// nothing.
pub async fn run(
    catalogue: &Catalogue,
    request: &ReorganiseRequest,
    mut list: Option<&mut TouchList>,
    progress: OnProgress<'_>,
) -> Result<ReorganiseReport, ReorganiseError> {
    for _ in 0..TRIES {
        let (prepared, mut report, note) =
            work_out(catalogue, request, list.as_deref_mut(), progress).await?;
        let whole = Some(prepared.items.len());
        let mut writing = |done| progress(ReorganiseProgress { stage: "writing", done, whole });
        let reason = reason(request, &report.run);
        let published =
            catalogue.publish_where(&request.permit, &reason, prepared, note, &matters, &mut writing).await;
        match published {
            Ok(published) => {
                report.written = true;
                report.place = published.place;
                return Ok(report);
            }
            Err(PublishError::Moved | PublishError::Conflicts(_)) => {}
            Err(PublishError::Storage(error)) => return Err(error.into()),
            Err(PublishError::Interrupted) => return Err(ReorganiseError::Interrupted),
            Err(PublishError::Forbidden) => return Err(ReorganiseError::Forbidden),
            Err(PublishError::Items(source)) => {
                return Err(ReorganiseError::File { path: request.path().to_owned(), source });
            }
        }
    }
    Err(ReorganiseError::Contended)
}

/// Says what a run would touch and changes nothing. Nobody waits for it.
pub async fn rehearse(
    catalogue: &Catalogue,
    request: &ReorganiseRequest,
    list: Option<&mut TouchList>,
    progress: OnProgress<'_>,
) -> Result<ReorganiseReport, ReorganiseError> {
    let (_, report, _) = work_out(catalogue, request, list, progress).await?;
    Ok(report)
}

/// Whatever a reorganisation looks at: one that was worked out before such a record changed is worked out again.
fn matters(key: &LogKey) -> bool {
    matches!(
        key.kind(),
        EntityKind::Unit | EntityKind::Succession | EntityKind::Centre | EntityKind::Availability
    )
}

fn reason(request: &ReorganiseRequest, name: &str) -> Reason {
    let resolution = request.resolution.as_deref().unwrap_or_default();
    Reason::public(format!("reorganise:{name} {resolution}").trim_end())
}

/// Works out everything that a run does.
async fn work_out(
    catalogue: &Catalogue,
    request: &ReorganiseRequest,
    list: Option<&mut TouchList>,
    progress: OnProgress<'_>,
) -> Result<(Prepared, ReorganiseReport, RunNote), ReorganiseError> {
    let hash = hash(request.path())?;
    let passages = reorganisation::read(request.path(), request.effective).map_err(|(reason, remedy)| {
        ReorganiseError::Unusable { path: request.path().to_owned(), reason, remedy }
    })?;
    let mut comparison = catalogue.compare(&request.permit, &Reason::none(), request.scratch.clone()).await?;
    let name = free_name(&mut comparison, request).await?;

    let db = comparison.connection();
    let (units, centres) = (whole::units(db).await?, whole::centres(db).await?);
    let file = request.file_name();
    let given = Given {
        units: &units,
        centres: &centres,
        effective: request.effective,
        resolution: request.resolution.as_deref(),
        file: &file,
    };
    let mut plan = plan::plan(&given, passages).map_err(ReorganiseError::Faulty)?;
    drop((units, centres));
    refuse_scheduled(&mut comparison, request, &plan).await?;

    let mut tally = Tally::new(list);
    for (effect, touch) in std::mem::take(&mut plan.touches) {
        tally.add(effect, || touch);
    }
    let commands = commands(&mut plan);
    put(&mut comparison, "units and centres", commands, progress).await?;
    let mut opened = open_tasks(&mut comparison, request, &name, &plan, &mut tally).await?;
    Listings::new(&mut comparison, request, &name, &mut tally, &mut opened)
        .await?
        .carry_all(&plan, progress)
        .await?;

    if let Some((key, refusal)) = comparison.needed().await?.into_iter().next() {
        let what = format!("{} {key}", key.kind().as_str());
        return Err(ReorganiseError::Rejected { what, refusal });
    }
    let (counts, examples) =
        tally.finish().map_err(|source| ReorganiseError::File { path: request.path().to_owned(), source })?;
    let details = Details {
        effective: request.effective,
        resolution: request.resolution.clone(),
        file,
        file_sha256: hash,
    };
    let note = RunNote {
        name: Some(name.clone()),
        counts: counts.iter().map(|(effect, count)| (effect.as_str().to_owned(), *count)).collect(),
        details: Some(serde_json::to_value(&details).map_err(|error| damaged(&name, error))?),
        ..RunNote::of(RunKind::Reorganise)
    };
    let prepared = comparison.finish().await?;
    let report = ReorganiseReport {
        run: name,
        effective: request.effective,
        written: false,
        place: prepared.base.clone(),
        counts,
        examples,
        notices: plan.notices,
    };
    Ok((prepared, report, note))
}

pub(super) fn damaged(key: &str, error: impl std::error::Error + Send + Sync + 'static) -> StorageError {
    StorageError::Damaged { what: "run", key: key.to_owned(), source: Box::new(error) }
}

/// SHA-256 of a file.
fn hash(path: &Path) -> Result<String, ReorganiseError> {
    let failed = |error: std::io::Error| ReorganiseError::Unusable {
        path: path.to_owned(),
        reason: format!("không đọc được tệp ({error})"),
        remedy: "Kiểm tra đường dẫn và quyền đọc".to_owned(),
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The day and the first number that no run has.
async fn free_name(comparison: &mut Comparison, request: &ReorganiseRequest) -> Result<String, StorageError> {
    let names = comparison.writer().run_names(&format!("{}-", request.effective)).await?;
    let mut number = 1;
    loop {
        let name = format!("{}-{number}", request.effective);
        if !names.contains(&name) {
            return Ok(name);
        }
        number += 1;
    }
}

/// A listing that is to begin at a centre that is closed by then has no place to go.
async fn refuse_scheduled(
    comparison: &mut Comparison,
    request: &ReorganiseRequest,
    plan: &Plan,
) -> Result<(), ReorganiseError> {
    let scheduled = rows::listings::scheduled(comparison.writer(), request.effective).await?;
    let mut faults: Vec<RowRefusal> = Vec::new();
    for closing in &plan.closing {
        let Some((count, from)) = scheduled.get(&closing.row_id) else { continue };
        let fault = RowRefusal::new(
            "old_code",
            closing.id.as_str(),
            format!(
                "trung tâm {} kết thúc, nhưng {count} mức độ của nó được hẹn từ {}",
                closing.id,
                from.format("%d/%m/%Y")
            ),
            "kết thúc hoặc chuyển các mức độ đó trước, rồi chạy lại",
        );
        faults.push(fault.at(closing.line));
    }
    if faults.is_empty() { Ok(()) } else { Err(ReorganiseError::Faulty(faults)) }
}

/// Units, successions and centres, each after what it refers to.
fn commands(plan: &mut Plan) -> Vec<Command> {
    let mut commands: Vec<Command> = std::mem::take(&mut plan.units).into_iter().map(Command::Unit).collect();
    commands.extend(std::mem::take(&mut plan.successions).into_iter().map(Command::Succession));
    commands.extend(plan.closing.iter().filter_map(|closing| closing.record.clone()).map(Command::Centre));
    commands.extend(std::mem::take(&mut plan.opening).into_iter().map(Command::Centre));
    commands
}

async fn put(
    comparison: &mut Comparison,
    stage: &'static str,
    commands: Vec<Command>,
    progress: OnProgress<'_>,
) -> Result<(), ReorganiseError> {
    let whole = u64::try_from(commands.len()).ok();
    let mut commands = commands.into_iter();
    let mut done = 0;
    loop {
        let group: Vec<Command> = commands.by_ref().take(GROUP).collect();
        if group.is_empty() {
            return Ok(());
        }
        done += u64::try_from(group.len()).unwrap_or(0);
        let names: Vec<String> = group.iter().map(name_of).collect();
        let group = group.into_iter().map(|command| (command, Expected::Any)).collect();
        for (what, outcome) in names.into_iter().zip(comparison.put(group).await?) {
            outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
        }
        if !progress(ReorganiseProgress { stage, done, whole }) {
            return Err(ReorganiseError::Interrupted);
        }
    }
}

/// Kind and key of a record, for a message.
fn name_of(command: &Command) -> String {
    let key = match command {
        Command::Unit(record) => record.code.to_string(),
        Command::Succession(record) => record.predecessor.to_string(),
        Command::Centre(record) => record.id.to_string(),
        _ => String::new(),
    };
    format!("{} {key}", command.entity().as_str())
}

/// Opens a task for each unit of which nobody says what became of it. Returns how many there are.
async fn open_tasks(
    comparison: &mut Comparison,
    request: &ReorganiseRequest,
    run: &str,
    plan: &Plan,
    tally: &mut Tally<'_>,
) -> Result<u64, ReorganiseError> {
    let mut opened = 0;
    let mut commands = Vec::new();
    for unit in &plan.lost {
        opened += 1;
        let task = Work {
            number: task_number(run, opened),
            kind: WorkKind::SuccessorUnknown,
            opened_on: request.effective,
            centre: None,
            unit: Some(unit.clone()),
            procedure: None,
            case: None,
            shown: None,
            found: Vec::new(),
            about: None,
            fact: None,
            message: None,
            due_on: None,
            answer: None,
        };
        tally.add(Effect::TaskOpened, || Touch {
            key: task.number.clone(),
            detail: format!("{} {unit}", task.kind.as_str()),
        });
        commands.push((Command::Work(Box::new(task)), Expected::Absent));
    }
    for outcome in comparison.put(commands).await? {
        let what = EntityKind::Work.as_str().to_owned();
        outcome.map_err(|refusal| ReorganiseError::Rejected { what, refusal })?;
    }
    Ok(opened)
}

/// Number of a task: the run, and a running number of one width.
pub(super) fn task_number(run: &str, number: u64) -> String {
    format!("{run}.{number:07}")
}
