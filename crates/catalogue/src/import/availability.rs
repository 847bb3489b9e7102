//! Availabilities: a table with one row for each procedure, centre and period.

use chrono::NaiveDate;

use super::cell::{self, Faults};
use super::merge::Merging;
use super::row_refusal::RowRefusal;
use super::table::{Record, Table};
use crate::availability::{
    Availability, AvailabilityChannel, BoundaryFree, Checklist, Offered, PartialReason, PartialReasonKind,
    PointState,
};
use crate::command::Command;
use crate::level::{Level, OnlineLevel, Scheme};
use crate::proactive::ProactiveLevel;
use crate::procedure::Method;
use crate::source::Assurance;

/// The columns: standard name and Vietnamese alias. The first three are required.
pub const COLUMNS: [(&str, &str); 32] = [
    ("procedure", "mã thủ tục"),
    ("centre", "mã trung tâm"),
    ("valid_from", "từ ngày"),
    ("valid_to", "hết hiệu lực từ ngày"),
    ("case", "mã trường hợp"),
    ("offered", "có cung cấp"),
    ("scheme", "khung mức độ"),
    ("level", "mức độ"),
    ("converted", "mức quy đổi"),
    ("methods", "cách thức nộp"),
    ("online_link", "đường dẫn nộp trực tuyến"),
    ("channels", "cách thức (JSON)"),
    ("check_find", "tìm và hiểu"),
    ("check_sign_in", "đăng nhập"),
    ("check_submit", "kê khai và nộp"),
    ("check_pay", "thanh toán"),
    ("check_follow", "theo dõi và bổ sung"),
    ("check_receive", "nhận kết quả"),
    ("check_complain", "phản ánh và đánh giá"),
    ("partial_reason", "lý do một phần"),
    ("partial_clause", "căn cứ một phần"),
    ("partial_text", "giải thích một phần"),
    ("boundary_free", "phi địa giới"),
    ("decision", "quyết định"),
    ("evidence", "minh chứng"),
    ("assured_on", "ngày rà soát"),
    ("assured_by", "cơ quan rà soát"),
    ("review_due", "hạn rà soát"),
    ("source_kind", "loại nguồn"),
    ("source_citation", "nguồn"),
    ("source_retrieved_on", "ngày lấy nguồn"),
    ("proactive", "mức độ chủ động"),
];

/// Standard name of a column, given by that name or by its alias in any capitals, with or without marks.
fn standard(name: &str) -> Option<&'static str> {
    let folded = crate::text::fold(name);
    COLUMNS
        .iter()
        .find(|(standard, alias)| folded == *standard || folded == crate::text::fold(alias))
        .map(|(standard, _)| *standard)
}

/// The column of a table that has a standard name.
pub(super) fn column<'a>(table: &'a Table, wanted: &str) -> Option<&'a str> {
    table.header().iter().find(|name| standard(name) == Some(wanted)).map(String::as_str)
}

/// Refuses a table that is not one of availabilities.
pub(super) fn check_header(table: &Table) -> Result<(), String> {
    if let Some(unknown) = table.header().iter().find(|name| standard(name).is_none()) {
        return Err(format!("không có cột nào tên là “{unknown}” trong bảng cung cấp dịch vụ"));
    }
    for (wanted, alias) in COLUMNS.iter().take(3) {
        if column(table, wanted).is_none() {
            return Err(format!("thiếu cột “{wanted}” ({alias})"));
        }
    }
    Ok(())
}

/// Gives the columns of a table their standard names; refuses two names of one column.
pub(super) fn rename(table: &mut Table) -> Result<(), String> {
    table.rename(standard)
}

const OFFERED: [(&str, Offered); 6] = [
    ("yes", Offered::Yes),
    ("no", Offered::No),
    ("unknown", Offered::Unknown),
    ("có", Offered::Yes),
    ("không", Offered::No),
    ("chưa rõ", Offered::Unknown),
];

const LEVELS: [(&str, Level); 14] = [
    ("1", Level::One),
    ("2", Level::Two),
    ("3", Level::Three),
    ("4", Level::Four),
    ("partial", Level::Partial),
    ("full", Level::Full),
    ("none", Level::None),
    ("một phần", Level::Partial),
    ("toàn trình", Level::Full),
    ("mức độ 1", Level::One),
    ("mức độ 2", Level::Two),
    ("mức độ 3", Level::Three),
    ("mức độ 4", Level::Four),
    ("chưa trực tuyến", Level::None),
];

const STATES: [(&str, PointState); 8] = [
    ("online", PointState::Online),
    ("partly", PointState::Partly),
    ("desk", PointState::Desk),
    ("not_applicable", PointState::NotApplicable),
    ("trực tuyến", PointState::Online),
    ("một phần", PointState::Partly),
    ("tại quầy", PointState::Desk),
    ("không áp dụng", PointState::NotApplicable),
];

/// A row as a command. `today` says which checks have been.
pub(super) fn command(record: &Record, file: &str, today: NaiveDate) -> Result<Command, Vec<RowRefusal>> {
    let mut faults = Faults::default();
    let procedure = faults.keep(cell::procedure_code(record, "procedure"));
    let centre = faults.keep(cell::id(record, "centre", "mã trung tâm, ví dụ p42 hoặc c18073-2025"));
    let period = faults.keep(cell::period(record));
    let level = faults.keep(level(record)).flatten();
    let offered = faults.keep(cell::choice(record, "offered", &OFFERED)).flatten();
    let converted = faults.keep(cell::flag(record, "converted")).unwrap_or(false);
    let channels = faults.keep(channels(record));
    let checklist = faults.keep(checklist(record));
    let partial_reason = faults.keep(partial_reason(record)).flatten();
    let proactive: Vec<(&str, ProactiveLevel)> =
        ProactiveLevel::ALL.into_iter().map(|level| (level.as_str(), level)).collect();
    let proactive = faults.keep(cell::choice(record, "proactive", &proactive)).flatten();
    let reach: Vec<(&str, BoundaryFree)> =
        BoundaryFree::ALL.into_iter().map(|reach| (reach.as_str(), reach)).collect();
    let boundary_free =
        faults.keep(cell::choice(record, "boundary_free", &reach)).flatten().unwrap_or_default();
    let assured_on = faults.keep(assured_on(record, today)).flatten();
    let review_due = faults.keep(cell::date(record, "review_due")).flatten();
    let source = faults.keep(cell::source(record, file));
    let text = |column: &str| record.get(column).map(str::to_owned);
    let command = (|| {
        Some(Command::Availability(Box::new(Availability {
            procedure: procedure?,
            case: text("case"),
            centre: centre?,
            period: period?,
            // A level says that it is offered; nothing says nothing.
            offered: offered.unwrap_or(if level.is_some() { Offered::Yes } else { Offered::Unknown }),
            level,
            converted,
            channels: channels?,
            checklist: checklist?,
            partial_reason,
            proactive,
            boundary_free,
            decision: text("decision"),
            evidence: record
                .get("evidence")
                .map(|evidence| evidence.split_whitespace().map(str::to_owned).collect())
                .unwrap_or_default(),
            assurance: Assurance { assured_on, assured_by: text("assured_by"), review_due },
            source: source?,
        })))
    })();
    faults.finish(command)
}

fn level(record: &Record) -> Result<Option<OnlineLevel>, RowRefusal> {
    let schemes: Vec<(&str, Scheme)> =
        Scheme::ALL.into_iter().map(|scheme| (scheme.as_str(), scheme)).collect();
    let scheme = cell::choice(record, "scheme", &schemes)?;
    let level = cell::choice(record, "level", &LEVELS)?;
    match (scheme, level) {
        (None, None) => Ok(None),
        (None, Some(level)) => Err(RowRefusal::new(
            "scheme",
            "",
            format!("mức độ “{}” không kèm khung văn bản", given(record, "level", level.as_str())),
            "điền scheme: nd43-2011 (mức 1–4), nd42-2022 hoặc nd224-2026 (một phần, toàn trình)",
        )),
        (Some(scheme), None) => Err(RowRefusal::new(
            "level",
            "",
            format!("có khung văn bản “{}” nhưng không có mức độ", given(record, "scheme", scheme.as_str())),
            "điền level, hoặc bỏ scheme",
        )),
        (Some(scheme), Some(level)) => OnlineLevel::new(scheme, level).map(Some).map_err(|error| {
            let levels: Vec<&str> = error.scheme.levels().iter().map(|level| level.as_str()).collect();
            RowRefusal::new(
                "level",
                given(record, "level", level.as_str()),
                format!("khung {} không có mức này", error.scheme.as_str()),
                format!("dùng một trong: {}", levels.join(", ")),
            )
        }),
    }
}

/// A value as it stands in its cell.
fn given<'a>(record: &'a Record, column: &str, value: &'a str) -> &'a str {
    record.exact(column).unwrap_or(value)
}

/// The day of the last check, which cannot be one to come.
fn assured_on(record: &Record, today: NaiveDate) -> Result<Option<NaiveDate>, RowRefusal> {
    let day = cell::date(record, "assured_on")?;
    if day.is_none_or(|day| day <= today) {
        return Ok(day);
    }
    Err(RowRefusal::new(
        "assured_on",
        given(record, "assured_on", ""),
        format!("ngày rà soát sau ngày nhập ({}): việc rà soát chưa diễn ra", today.format("%d/%m/%Y")),
        "ghi ngày đã rà soát, hoặc để trống; ngày phải rà soát lại ghi ở review_due",
    ))
}

fn channels(record: &Record) -> Result<Vec<AvailabilityChannel>, RowRefusal> {
    if let Some(channels) = cell::json::<Vec<AvailabilityChannel>>(record, "channels")? {
        if record.get("methods").is_some() || record.get("online_link").is_some() {
            return Err(RowRefusal::new(
                "channels",
                given(record, "channels", ""),
                "vừa có channels vừa có methods hoặc online_link",
                "dùng một trong hai cách",
            ));
        }
        return Ok(channels);
    }
    let plain = |method| AvailabilityChannel { method, link: None, time_limit: None, fees: Vec::new() };
    let mut channels: Vec<AvailabilityChannel> = Vec::new();
    for word in record
        .get("methods")
        .into_iter()
        .flat_map(|methods| methods.split([';', ' ']))
        .filter(|word| !word.is_empty())
    {
        let method = Method::ALL.into_iter().find(|method| method.as_str() == word);
        let Some(method) = method else {
            return Err(RowRefusal::new(
                "methods",
                given(record, "methods", word),
                format!("“{word}” không phải một cách thức nộp"),
                "dùng online, in_person, postal, cách nhau bằng dấu chấm phẩy",
            ));
        };
        channels.push(plain(method));
    }
    if let Some(link) = record.get("online_link") {
        let online = channels.iter_mut().find(|channel| channel.method == Method::Online);
        match online {
            Some(channel) => channel.link = Some(link.to_owned()),
            None => channels
                .insert(0, AvailabilityChannel { link: Some(link.to_owned()), ..plain(Method::Online) }),
        }
    }
    Ok(channels)
}

fn checklist(record: &Record) -> Result<Checklist, RowRefusal> {
    let mut states = [None; 7];
    for (state, point) in states.iter_mut().zip(Checklist::POINTS) {
        *state = cell::choice(record, &format!("check_{point}"), &STATES)?;
    }
    Ok(Checklist::from_states(states))
}

fn partial_reason(record: &Record) -> Result<Option<PartialReason>, RowRefusal> {
    let kinds: Vec<(&str, PartialReasonKind)> =
        PartialReasonKind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
    let Some(kind) = cell::choice(record, "partial_reason", &kinds)? else {
        for column in ["partial_clause", "partial_text"] {
            if let Some(value) = record.get(column) {
                return Err(RowRefusal::new(
                    column,
                    value,
                    "có giải thích nhưng thiếu partial_reason",
                    "điền partial_reason",
                ));
            }
        }
        return Ok(None);
    };
    let clause = cell::required(record, "partial_clause")?.to_owned();
    let text = cell::required(record, "partial_text")?.to_owned();
    Ok(Some(PartialReason { kind, clause, text }))
}

/// What a row comes to beside the stored record of its key.
pub(super) fn merge(
    merging: &mut Merging<'_>,
    own: &mut Availability,
    stored: &Availability,
) -> Result<(), RowRefusal> {
    merging.period(&mut own.period, stored.period)?;
    if merging.says("offered") && own.offered == Offered::No && stored.offered != Offered::No {
        end_offer(merging, own, stored);
    } else {
        merge_offer(merging, own, stored);
    }
    merging.keep("boundary_free", &mut own.boundary_free, &stored.boundary_free);
    merging.keep("decision", &mut own.decision, &stored.decision);
    merging.keep("evidence", &mut own.evidence, &stored.evidence);
    let (assurance, known) = (&mut own.assurance, &stored.assurance);
    merging.keep("assured_on", &mut assurance.assured_on, &known.assured_on);
    merging.keep("assured_by", &mut assurance.assured_by, &known.assured_by);
    merging.keep("review_due", &mut assurance.review_due, &known.review_due);
    merging.source(own, stored, |record| &mut record.source, |record| &record.source);
    Ok(())
}

/// What a row says that ends an offer: the level, the check-list and the ways to file go with it, whether the table has
/// columns for them or not, and each is told.
fn end_offer(merging: &mut Merging<'_>, own: &Availability, stored: &Availability) {
    let gone = [
        ("level", stored.level.is_some() && own.level.is_none()),
        ("channels", !stored.channels.is_empty() && own.channels.is_empty()),
        ("proactive", stored.proactive.is_some() && own.proactive.is_none()),
    ];
    for (column, _) in gone.iter().filter(|(_, is_gone)| *is_gone) {
        merging.empties(column);
    }
    let (states, stored) = (own.checklist.states(), stored.checklist.states());
    for ((state, stored), point) in states.iter().zip(&stored).zip(Checklist::POINTS) {
        if state.is_none() && stored.is_some() {
            merging.empties(&format!("check_{point}"));
        }
    }
}

/// What a row says of an offer.
fn merge_offer(merging: &mut Merging<'_>, own: &mut Availability, stored: &Availability) {
    merge_level(merging, own, stored);
    merge_channels(merging, own, stored);
    let (mut states, stored_states) = (own.checklist.states(), stored.checklist.states());
    for ((state, stored), point) in states.iter_mut().zip(&stored_states).zip(Checklist::POINTS) {
        merging.keep(&format!("check_{point}"), state, stored);
    }
    own.checklist = Checklist::from_states(states);
    merging.keep("proactive", &mut own.proactive, &stored.proactive);
}

/// Whether it is offered, the level, and what is said of that level: whether it was converted and why it is only một
/// phần. The latter stay only with the level that they were said of.
fn merge_level(merging: &mut Merging<'_>, own: &mut Availability, stored: &Availability) {
    merging.keep_group(&["level", "scheme"], &mut own.level, &stored.level);
    if own.level == stored.level || merging.has("converted") {
        merging.keep("converted", &mut own.converted, &stored.converted);
    }
    let is_partial = own.level.is_some_and(|level| level.level() == Level::Partial);
    let reason = ["partial_reason", "partial_clause", "partial_text"];
    if is_partial || merging.has_any(&reason) {
        merging.keep_group(&reason, &mut own.partial_reason, &stored.partial_reason);
    }
    if merging.says("offered") {
        return;
    }
    own.offered = match own.level {
        Some(_) => Offered::Yes,
        None if !merging.has("offered") => stored.offered,
        None => Offered::Unknown,
    };
    if own.offered == Offered::Unknown && stored.offered != Offered::Unknown {
        merging.empties("offered");
    }
}

/// Ways to file. `methods` says which there are, `online_link` where the form is, and what has no column of its own (time
/// limits and fees of a way) stays with its way.
fn merge_channels(merging: &mut Merging<'_>, own: &mut Availability, stored: &Availability) {
    if merging.says("channels") {
        return;
    }
    if merging.has("channels") {
        let says_more = |channel: &AvailabilityChannel| {
            let has_own = channel.time_limit.is_some() || !channel.fees.is_empty();
            has_own || (channel.method != Method::Online && channel.link.is_some())
        };
        let is_alone = !merging.has_any(&["methods", "online_link"]) && !stored.channels.is_empty();
        if is_alone || stored.channels.iter().any(says_more) {
            merging.empties("channels");
        }
    } else {
        complete_channels(merging, own, stored);
    }
    if merging.has("methods") && own.channels.is_empty() && !stored.channels.is_empty() {
        merging.empties("methods");
    }
    let is_gone = online_link(&stored.channels).is_some() && online_link(&own.channels).is_none();
    if merging.has("online_link") && !merging.says("online_link") && is_gone {
        merging.empties("online_link");
    }
}

fn online_link(channels: &[AvailabilityChannel]) -> Option<&String> {
    channels.iter().find(|channel| channel.method == Method::Online)?.link.as_ref()
}

/// Completes ways to file that plain columns state by what they cannot say.
fn complete_channels(merging: &Merging<'_>, own: &mut Availability, stored: &Availability) {
    let link = online_link(&own.channels).cloned();
    if !merging.has("methods") {
        // Without its own column the list of ways is what is stored; a link alone makes the online one.
        let given = std::mem::replace(&mut own.channels, stored.channels.clone());
        let is_there = own.channels.iter().any(|channel| channel.method == Method::Online);
        if link.is_some() && !is_there {
            let online = given.into_iter().filter(|channel| channel.method == Method::Online);
            own.channels.splice(0..0, online);
        }
    }
    for channel in &mut own.channels {
        let known = stored.channels.iter().find(|known| known.method == channel.method);
        if let Some(known) = known {
            channel.time_limit.clone_from(&known.time_limit);
            channel.fees.clone_from(&known.fees);
        }
        channel.link = if channel.method == Method::Online && merging.has("online_link") {
            link.clone()
        } else {
            known.and_then(|known| known.link.clone())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The day of the check that a row says, or the columns and values of its refusal.
    fn assured(day: &str) -> Result<Option<NaiveDate>, Vec<(String, String)>> {
        let text = format!("procedure,centre,valid_from,ngày rà soát\n1.001193,p42,2026-01-01,{day}\n");
        let mut table = Table::open(Box::new(std::io::Cursor::new(text.into_bytes()))).expect("a table");
        rename(&mut table).expect("known columns");
        let record = table.next_record().expect("a line").expect("a line");
        let today = "2026-11-30".parse().expect("a day");
        match command(&record, "tệp.csv", today) {
            Ok(Command::Availability(record)) => Ok(record.assurance.assured_on),
            Ok(other) => panic!("{other:?}"),
            Err(refusals) => {
                Err(refusals.into_iter().map(|refusal| (refusal.column, refusal.value)).collect())
            }
        }
    }

    #[test]
    fn a_check_that_has_not_been_yet_is_refused() {
        let refused = |value: &str| Err(vec![("assured_on".to_owned(), value.to_owned())]);
        assert_eq!(assured("30/11/2026"), Ok(NaiveDate::from_ymd_opt(2026, 11, 30)));
        assert_eq!(assured(""), Ok(None));
        assert_eq!(assured("01/12/2026"), refused("01/12/2026"));
        assert_eq!(assured("2099-01-01"), refused("2099-01-01"));
    }
}
