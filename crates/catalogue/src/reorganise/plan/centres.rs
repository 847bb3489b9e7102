//! Centres: those of ended units close, a new unit gets one of its tier, and where each takes its listings from.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};

use super::order::{DayUnit, Order};
use super::{Closing, Given, Origin, Plan, Target, World, ending};
use crate::centre::Centre;
use crate::code::{CentreId, UnitCode};
use crate::import::RowRefusal;
use crate::level::Tier;
use crate::period::Period;
use crate::read::CentreAt;
use crate::reorganise::{Effect, Touch};
use crate::sample::centre_name;

/// From this day on a commune's centre is called trung tâm phục vụ hành chính công.
const TWO_TIERS: Option<NaiveDate> = NaiveDate::from_ymd_opt(2025, 7, 1);

/// Writes centres into the plan.
pub(super) fn write(
    given: &Given<'_>,
    world: &World<'_>,
    order: &Order<'_>,
    plan: &mut Plan,
) -> Result<(), Vec<RowRefusal>> {
    let mut of_unit: HashMap<&UnitCode, Vec<&CentreAt>> = HashMap::new();
    let mut faults = Vec::new();
    let eve = given.effective.pred_opt().unwrap_or(given.effective);
    for centre in given.centres {
        let record = &centre.stored.record;
        if record.period.contains(eve) {
            of_unit.entry(&record.unit).or_default().push(centre);
        } else if let (Some(line), Some(from)) = (order.ended.get(&record.unit), record.period.valid_from())
            && from >= given.effective
        {
            faults.push(
                RowRefusal::new(
                    "old_code",
                    record.unit.as_str(),
                    format!(
                        "trung tâm {} của đơn vị kết thúc được hẹn hoạt động từ {}",
                        record.id,
                        from.format("%d/%m/%Y")
                    ),
                    "sửa hoặc kết thúc trung tâm đó trước, rồi chạy lại",
                )
                .at(*line),
            );
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut taken: HashSet<CentreId> = given.centres.iter().map(|one| one.stored.record.id.clone()).collect();
    close(given, order, &of_unit, plan);
    for unit in &order.day {
        open(given, world, unit, &of_unit, &mut taken, plan);
    }
    Ok(())
}

fn close(
    given: &Given<'_>,
    order: &Order<'_>,
    of_unit: &HashMap<&UnitCode, Vec<&CentreAt>>,
    plan: &mut Plan,
) {
    // Centres that end on that very day anyway are closing too: their listings may go on elsewhere.
    let goes_on: BTreeMap<&UnitCode, &DayUnit<'_>> =
        order.day.iter().filter(|unit| unit.before.is_some()).map(|unit| (&unit.code, unit)).collect();
    let mut units: Vec<&&UnitCode> = of_unit.keys().collect();
    units.sort_unstable();
    for unit in units {
        for centre in of_unit.get(*unit).into_iter().flatten() {
            let record = &centre.stored.record;
            let ends_anyway = record.period.valid_to() == Some(given.effective);
            let line = match order.ended.get(*unit) {
                Some(line) => *line,
                None if ends_anyway && goes_on.contains_key(*unit) => 0,
                None => continue,
            };
            let closed = Centre { period: ending(record.period, given.effective), ..record.clone() };
            plan.touches.push((
                Effect::CentreCloses,
                Touch { key: record.id.to_string(), detail: record.name.clone() },
            ));
            plan.closing.push(Closing {
                row_id: centre.stored.id,
                id: record.id.clone(),
                record: (!ends_anyway).then_some(closed),
                line,
            });
        }
    }
}

fn open(
    given: &Given<'_>,
    world: &World<'_>,
    unit: &DayUnit<'_>,
    of_unit: &HashMap<&UnitCode, Vec<&CentreAt>>,
    taken: &mut HashSet<CentreId>,
    plan: &mut Plan,
) {
    let centres = |code: &UnitCode| of_unit.get(code).map_or(&[][..], Vec::as_slice);
    let stays = |centre: &&&CentreAt| centre.stored.record.period.valid_to() != Some(given.effective);
    let origins = || -> Vec<Origin> {
        let mut origins = Vec::new();
        for (code, is_whole) in &unit.from {
            let own = centres(code);
            if own.is_empty() && world.record(code).is_some() {
                origins.push(Origin { centre: None, is_whole: *is_whole });
            }
            origins.extend(own.iter().map(|centre| Origin {
                centre: Some((centre.stored.id, centre.stored.record.id.clone())),
                is_whole: *is_whole,
            }));
        }
        origins
    };
    let own = if unit.before.is_some() { centres(&unit.code) } else { &[] };
    if let Some(staying) = own.iter().find(stays) {
        // Its listings go on by themselves, unless others come in.
        if unit.from.iter().any(|(code, _)| *code != unit.code) {
            plan.targets.push(Target {
                centre: staying.stored.record.id.clone(),
                own: Some(staying.stored.id),
                from: origins(),
                source: unit.source.clone(),
            });
        }
        return;
    }
    let former = unit.from.iter().map(|(code, _)| code).chain(&unit.from_elsewhere);
    let had_one = former.into_iter().any(|code| !centres(code).is_empty());
    if !had_one {
        return;
    }
    let id = new_id(unit, given.effective, taken);
    let Some(id) = id else { return };
    let tier = unit.code.tier();
    let two_tiers = TWO_TIERS.is_some_and(|day| given.effective >= day);
    let centre = Centre {
        name: centre_name(tier, &unit.name.kind, &unit.name.name, two_tiers),
        period: Period::since(given.effective),
        tier,
        unit: unit.code.clone(),
        // Where it stands and when it is open nobody has said.
        sites: Vec::new(),
        portal: None,
        note: None,
        extra: BTreeMap::new(),
        source: unit.source.clone(),
        id,
    };
    plan.touches
        .push((Effect::CentreOpens, Touch { key: centre.id.to_string(), detail: centre.name.clone() }));
    let from = origins();
    if from.iter().any(|origin| origin.centre.is_some()) {
        let source = unit.source.clone();
        plan.targets.push(Target { centre: centre.id.clone(), own: None, from, source });
    }
    plan.opening.push(centre);
}

/// Id of a new centre: letter of the tier, code and year; with the whole day where that one is given away.
fn new_id(unit: &DayUnit<'_>, day: NaiveDate, taken: &mut HashSet<CentreId>) -> Option<CentreId> {
    let letter = match unit.code.tier() {
        Tier::District => 'd',
        Tier::Commune => 'c',
        _ => 'p',
    };
    let whole = day.format("%Y%m%d").to_string();
    let further = (2..=99).map(|number| format!("{whole}-{number}"));
    let endings = [day.year().to_string(), whole.clone()].into_iter().chain(further);
    let mut ids = endings.filter_map(|ending| format!("{letter}{}-{ending}", unit.code).parse().ok());
    let id: CentreId = ids.find(|id: &CentreId| !taken.contains(id))?;
    taken.insert(id.clone());
    Some(id)
}
