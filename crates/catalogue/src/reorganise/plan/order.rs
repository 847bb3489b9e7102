//! The new order: which units end, which go on, which begin, and under whom.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::rows::{Grouped, fault, scheduled};
use super::{Given, Plan, World, ending, source};
use crate::code::UnitCode;
use crate::import::RowRefusal;
use crate::import::reorganisation::{NewName, Passage};
use crate::level::Tier;
use crate::period::Period;
use crate::reorganise::{Effect, Touch};
use crate::source::Source;
use crate::unit::{Extent, Succession, UnitPeriod};

/// A unit as it is from the day on.
pub(super) struct DayUnit<'a> {
    /// Its code.
    pub(super) code: UnitCode,
    /// Kind and name.
    pub(super) name: NewName,
    /// The unit above.
    pub(super) parent: Option<UnitCode>,
    /// The province.
    pub(super) province: UnitCode,
    /// The same unit on the eve, where it goes on.
    pub(super) before: Option<&'a UnitPeriod>,
    /// Former units of the same tier and whether they went into it wholly; itself among them where it goes on.
    pub(super) from: Vec<(UnitCode, bool)>,
    /// Former units of another tier.
    pub(super) from_elsewhere: Vec<UnitCode>,
    /// Where it comes from.
    pub(super) source: Source,
}

/// The new order.
pub(super) struct Order<'a> {
    /// Units of the file and those above them, provinces first.
    pub(super) day: Vec<DayUnit<'a>>,
    /// Units that end, with the line that says so; 0 where it follows by rule.
    pub(super) ended: BTreeMap<UnitCode, u64>,
    /// Where the ended ones went.
    pub(super) went: BTreeMap<UnitCode, Vec<UnitCode>>,
    /// What was taken with a grain of salt.
    pub(super) notices: Vec<String>,
    world_eve: BTreeMap<UnitCode, &'a UnitPeriod>,
}

impl<'a> Order<'a> {
    /// Works out the new order; says what is missing or cannot be.
    pub(super) fn of(
        given: &Given<'a>,
        world: &World<'a>,
        rows: &Grouped<'_>,
        faults: &mut Vec<RowRefusal>,
    ) -> Self {
        let mut order = Self {
            day: Vec::new(),
            ended: BTreeMap::new(),
            went: BTreeMap::new(),
            notices: Vec::new(),
            world_eve: world.eve.iter().map(|(code, unit)| ((*code).clone(), &unit.stored.record)).collect(),
        };
        for (old, of_old) in &rows.by_old {
            if world.record(old).is_some() && !of_old.iter().any(|row| rows.continues(row)) {
                order.ended.insert((*old).clone(), of_old.first().map_or(0, |row| row.line));
            }
        }
        for (code, of_new) in &rows.by_new {
            if let Some(unit) = order.day_unit(given, world, rows, (code, of_new), faults) {
                order.day.push(unit);
            }
        }
        order.add_provinces(given, world, rows, faults);
        order.end_by_rule(world);
        // Districts and provinces that end because nothing stays in them.
        let by_rule = order.ended.iter().filter(|(code, line)| **line == 0 && world.has_future(code));
        faults.extend(by_rule.map(|(code, line)| scheduled(code, *line, world)));
        order.check_above(world, rows, faults);
        order.note_ends(world, rows);
        order.day.sort_by_key(|unit| unit.code.as_str().len());
        order
    }

    fn day_unit(
        &self,
        given: &Given<'_>,
        world: &World<'a>,
        rows: &Grouped<'_>,
        (code, of_new): (&UnitCode, &[&Passage]),
        faults: &mut Vec<RowRefusal>,
    ) -> Option<DayUnit<'a>> {
        let first = *of_new.first()?;
        let new = first.new.as_ref()?;
        let goes_on = of_new.iter().any(|row| rows.continues(row));
        // A unit into which others go without a row of its own goes on.
        let implied = world.record(code).is_some() && !rows.by_old.contains_key(code);
        let before = if goes_on || implied { world.record(code) } else { None };
        let name = match (&new.name, before) {
            (Some(name), Some(before)) if implied && !same_name(name, before) => {
                faults.push(fault(
                    first,
                    "new_name",
                    &name.full_name,
                    format!("mã {code} đang là “{}”, và tệp không nói đơn vị đó ra sao", before.full_name),
                    "thêm một dòng cho đơn vị đó: continues = 1 nếu chỉ đổi tên, hoặc nơi nó nhập vào",
                ));
                return None;
            }
            (Some(_), Some(before)) if implied => name_of(before),
            (Some(name), _) => name.clone(),
            (None, Some(before)) => name_of(before),
            (None, None) if new.code.tier() == Tier::Province && new.province_name.is_some() => {
                new.province_name.clone()?
            }
            (None, None) => {
                faults.push(fault(
                    first,
                    "new_name",
                    "",
                    format!("đơn vị mới {code} không có tên"),
                    "điền new_name",
                ));
                return None;
            }
        };
        let Some((parent, province)) = above(world, new, before) else {
            faults.push(match &new.parent {
                Some(parent) => fault(
                    first,
                    "new_parent",
                    parent.as_str(),
                    format!("không có đơn vị {parent} vào ngày {}", world.effective.format("%d/%m/%Y")),
                    "ghi mã đơn vị còn vào ngày đó, hoặc để trống và điền new_province_code",
                ),
                None => fault(
                    first,
                    "new_province_code",
                    "",
                    format!("không biết đơn vị mới {code} thuộc tỉnh nào"),
                    "điền new_province_code hoặc new_parent",
                ),
            });
            return None;
        };
        let mut from = Vec::new();
        let mut from_elsewhere = Vec::new();
        if implied {
            from.push(((*code).clone(), true));
        }
        for row in of_new {
            let Some(old) = &row.old else { continue };
            let whole = rows.extent(row) == Extent::Whole || (before.is_some() && old == code);
            if old.tier() == code.tier() {
                from.push((old.clone(), whole));
            } else {
                from_elsewhere.push(old.clone());
            }
        }
        let resolution = of_new.iter().find_map(|row| row.resolution.as_deref());
        let code = (*code).clone();
        let source = source(given, resolution);
        Some(DayUnit { code, name, parent, province, before, from, from_elsewhere, source })
    }

    /// Provinces that the file names only beside their communes: they go on, perhaps with another name, or begin.
    fn add_provinces(
        &mut self,
        given: &Given<'_>,
        world: &World<'a>,
        rows: &Grouped<'_>,
        faults: &mut Vec<RowRefusal>,
    ) {
        let own: BTreeSet<UnitCode> = self.day.iter().map(|unit| unit.code.clone()).collect();
        let mut wanted: BTreeMap<UnitCode, &Passage> = BTreeMap::new();
        for of_new in rows.by_new.values() {
            for row in of_new {
                let Some(new) = &row.new else { continue };
                let Some(province) = new.province.clone().or_else(|| {
                    new.parent.as_ref().filter(|parent| parent.tier() == Tier::Province).cloned()
                }) else {
                    continue;
                };
                let known = wanted.entry(province).or_insert(row);
                if known.new.as_ref().is_none_or(|new| new.province_name.is_none()) {
                    *known = row;
                }
            }
        }
        for (code, row) in wanted {
            if own.contains(&code) || code.tier() != Tier::Province {
                continue;
            }
            let named = row.new.as_ref().and_then(|new| new.province_name.clone());
            let before = world.record(&code).filter(|_| !self.ended.contains_key(&code));
            let name = match (named, before) {
                (Some(name), Some(before)) if !same_name(&name, before) => name,
                (_, Some(before)) => name_of(before),
                (Some(name), None) => name,
                (None, None) => {
                    faults.push(fault(
                        row,
                        "new_province",
                        "",
                        format!("không có tỉnh mã {code} vào ngày đó"),
                        "điền new_province, hoặc sửa new_province_code",
                    ));
                    continue;
                }
            };
            if world.has_future(&code) {
                faults.push(fault(
                    row,
                    "new_province_code",
                    code.as_str(),
                    format!("tỉnh {code} đã có dữ liệu từ ngày đó trở đi"),
                    "hoàn tác lần sắp xếp trước, hoặc sửa --effective",
                ));
            }
            self.day.push(DayUnit {
                from: before.map(|_| (code.clone(), true)).into_iter().collect(),
                from_elsewhere: Vec::new(),
                province: code.clone(),
                parent: None,
                name,
                before,
                source: source(given, row.resolution.as_deref()),
                code,
            });
        }
    }

    /// A district ends when no commune stays in it, a province when nothing stays in it.
    fn end_by_rule(&mut self, world: &World<'a>) {
        let mut held: HashSet<UnitCode> = HashSet::new();
        for unit in &self.day {
            held.extend(unit.parent.clone());
            held.insert(unit.province.clone());
            held.insert(unit.code.clone());
        }
        let named: HashSet<UnitCode> = self.day.iter().map(|unit| unit.code.clone()).collect();
        for tier in [Tier::District, Tier::Province] {
            for code in world.eve.keys().filter(|code| code.tier() == tier) {
                let Some(below) = world.below.get(*code) else { continue };
                let stays = below.iter().any(|child| {
                    !self.ended.contains_key(*child) && !named.contains(*child) && world.would_stay(child)
                });
                let left =
                    below.iter().any(|child| self.ended.contains_key(*child) || named.contains(*child));
                if !stays && left && !held.contains(*code) && !self.ended.contains_key(*code) {
                    self.ended.insert((*code).clone(), 0);
                } else if stays && left && tier == Tier::District && !self.ended.contains_key(*code) {
                    let staying = below.iter().filter(|child| !self.ended.contains_key(**child)).count();
                    self.notices.push(format!(
                        "huyện {code} còn lại vì {staying} xã của nó không có trong tệp hoặc tiếp tục ở đó"
                    ));
                }
            }
        }
        // Whole provinces go where their communes went.
        let mut flows: BTreeMap<UnitCode, BTreeSet<UnitCode>> = BTreeMap::new();
        for unit in self.day.iter().filter(|unit| unit.code.tier() != Tier::Province) {
            for old in unit.from.iter().map(|(old, _)| old).chain(&unit.from_elsewhere) {
                if let Some(before) = world.record(old).filter(|before| before.province != unit.province) {
                    flows.entry(before.province.clone()).or_default().insert(unit.province.clone());
                }
            }
        }
        for (old, news) in flows.iter().filter(|(old, _)| self.ended.get(*old) == Some(&0)) {
            for unit in self.day.iter_mut().filter(|unit| news.contains(&unit.code)) {
                unit.from.push((old.clone(), news.len() == 1));
            }
            self.went.insert(old.clone(), news.iter().cloned().collect());
        }
    }

    /// What stands under units that end, and under units that are not there.
    fn check_above(&self, world: &World<'a>, rows: &Grouped<'_>, faults: &mut Vec<RowRefusal>) {
        let named: HashSet<&UnitCode> = self.day.iter().map(|unit| &unit.code).collect();
        for (code, line) in &self.ended {
            for child in world.below.get(code).into_iter().flatten() {
                let accounted = self.ended.contains_key(*child) || named.contains(*child);
                if !accounted && world.would_stay(child) {
                    let name = world.record(child).map_or("", |record| record.full_name.as_str());
                    faults.push(
                        RowRefusal::new(
                            "old_code",
                            child.as_str(),
                            format!("{name} ({child}) không có dòng nào, trong khi đơn vị cấp trên {code} kết thúc"),
                            "thêm dòng cho đơn vị này: nơi nó nhập vào, hoặc continues = 1 với cấp trên mới",
                        )
                        .at(*line),
                    );
                }
            }
        }
        for unit in &self.day {
            let line = rows.by_new.get(&unit.code).and_then(|rows| rows.first()).map_or(0, |row| row.line);
            for (column, above) in
                [("new_parent", unit.parent.as_ref()), ("new_province_code", Some(&unit.province))]
            {
                let Some(above) = above.filter(|above| **above != unit.code) else { continue };
                let there = named.contains(above)
                    || (world.record(above).is_some()
                        && !self.ended.contains_key(above)
                        && world.would_stay(above));
                if !there {
                    faults.push(
                        RowRefusal::new(
                            column,
                            above.as_str(),
                            format!(
                                "không có đơn vị {above} vào ngày {}",
                                world.effective.format("%d/%m/%Y")
                            ),
                            "sửa mã, hoặc thêm dòng cho đơn vị cấp trên đó",
                        )
                        .at(line),
                    );
                }
            }
        }
    }

    fn note_ends(&mut self, world: &World<'a>, rows: &Grouped<'_>) {
        let ended: Vec<UnitCode> = self.ended.keys().cloned().collect();
        for old in ended {
            if self.went.contains_key(&old) {
                continue;
            }
            let mut went: Vec<UnitCode> = rows.successors(&old).into_iter().cloned().collect();
            if went.is_empty() && old.tier() != Tier::Commune {
                let below = world.below.get(&old).into_iter().flatten();
                let all: BTreeSet<UnitCode> =
                    below.flat_map(|child| rows.successors(child)).cloned().collect();
                went = all.into_iter().collect();
            }
            self.went.insert(old, went);
        }
    }

    /// Writes periods and successions into the plan.
    pub(super) fn write(&self, given: &Given<'_>, rows: &Grouped<'_>, plan: &mut Plan) {
        let mut touch = |effect, key: &UnitCode, detail: String| {
            plan.touches.push((effect, Touch { key: key.to_string(), detail }));
        };
        let reused: HashSet<&UnitCode> = self.day.iter().map(|unit| &unit.code).collect();
        let mut ends = Vec::new();
        for code in self.ended.keys() {
            let Some(before) = self.world_eve.get(code) else { continue };
            let went = self.went.get(code).map_or(&[][..], Vec::as_slice);
            let names: Vec<&str> = went.iter().map(UnitCode::as_str).collect();
            touch(Effect::UnitEnds, code, format!("{} → {}", before.full_name, or_dash(&names)));
            if rows.successors(code).len() > 1 {
                touch(Effect::UnitSplits, code, format!("{} → {}", before.full_name, names.join(", ")));
            }
            if !reused.contains(code) {
                let effect = match went.len() {
                    0 => Effect::PageGone,
                    1 => Effect::PageRedirects,
                    _ => Effect::PageOffersChoice,
                };
                touch(effect, code, or_dash(&names));
            }
            if before.period.valid_to() != Some(given.effective) {
                ends.push(UnitPeriod { period: ending(before.period, given.effective), ..(*before).clone() });
            }
        }
        let mut begins = Vec::new();
        for unit in &self.day {
            let Some(before) = unit.before else {
                touch(Effect::UnitBegins, &unit.code, unit.name.full_name.clone());
                begins.push(unit.period(Period::since(given.effective)));
                continue;
            };
            let goes_on_as_it_is = before.kind == unit.name.kind
                && before.full_name == unit.name.full_name
                && before.parent == unit.parent
                && before.province == unit.province;
            let ends_already = before.period.valid_to() == Some(given.effective);
            if goes_on_as_it_is && !ends_already {
                touch(Effect::UnitStays, &unit.code, unit.name.full_name.clone());
                continue;
            }
            touch(
                Effect::UnitContinues,
                &unit.code,
                format!("{} → {}", before.full_name, unit.name.full_name),
            );
            let mut since = Period::since(given.effective);
            if !ends_already {
                ends.push(UnitPeriod { period: ending(before.period, given.effective), ..before.clone() });
                since = Period::new(Some(given.effective), before.period.valid_to()).unwrap_or(since);
            }
            begins.push(unit.period(since));
        }
        plan.units = ends;
        plan.units.extend(begins);
        self.write_successions(given, rows, plan);
    }

    fn write_successions(&self, given: &Given<'_>, rows: &Grouped<'_>, plan: &mut Plan) {
        for (old, of_old) in &rows.by_old {
            for row in of_old {
                plan.successions.push(Succession {
                    predecessor: (*old).clone(),
                    successor: row.new.as_ref().map(|new| new.code.clone()),
                    effective_on: given.effective,
                    extent: rows.extent(row),
                    is_default: row.is_default,
                    extra: BTreeMap::new(),
                    source: source(given, row.resolution.as_deref()),
                });
                if row.new.is_none() {
                    plan.lost.push((*old).clone());
                }
            }
        }
    }
}

impl DayUnit<'_> {
    /// Its record from the day on.
    fn period(&self, period: Period) -> UnitPeriod {
        UnitPeriod {
            code: self.code.clone(),
            period,
            tier: self.code.tier(),
            kind: self.name.kind.clone(),
            name: self.name.name.clone(),
            full_name: self.name.full_name.clone(),
            parent: self.parent.clone(),
            province: self.province.clone(),
            continues: self.before.is_some(),
            // The middle of a new unit is not that of any old one.
            lat: self.before.and_then(|before| before.lat),
            lon: self.before.and_then(|before| before.lon),
            extra: self.before.map_or_else(BTreeMap::new, |before| before.extra.clone()),
            source: self.source.clone(),
        }
    }
}

/// The unit above a new one and its province.
fn above(
    world: &World<'_>,
    new: &crate::import::reorganisation::NewUnit,
    before: Option<&UnitPeriod>,
) -> Option<(Option<UnitCode>, UnitCode)> {
    if new.code.tier() == Tier::Province {
        return Some((None, new.code.clone()));
    }
    let parent = new.parent.clone().or_else(|| new.province.clone());
    let parent = parent.or_else(|| before.and_then(|before| before.parent.clone()))?;
    let province = match (&new.province, parent.tier()) {
        (Some(province), _) => province.clone(),
        (None, Tier::Province) => parent.clone(),
        (None, _) => world.record(&parent)?.province.clone(),
    };
    Some((Some(parent), province))
}

fn name_of(unit: &UnitPeriod) -> NewName {
    NewName { kind: unit.kind.clone(), name: unit.name.clone(), full_name: unit.full_name.clone() }
}

/// Whether a name is that of a unit but for the place of tone marks and capitals.
fn same_name(name: &NewName, unit: &UnitPeriod) -> bool {
    name.kind == unit.kind && toneless(&name.name) == toneless(&unit.name)
}

/// A name for comparison: `Hoà` and `Hòa` are the same, `Đông` and `Đồng` are not.
fn toneless(name: &str) -> Vec<(String, String)> {
    use unicode_normalization::UnicodeNormalization;
    let words = name.split_whitespace().map(|word| {
        let (mut marks, letters): (Vec<char>, Vec<char>) =
            word.to_lowercase().nfd().partition(|c| ('\u{300}'..='\u{36f}').contains(c));
        marks.sort_unstable();
        (letters.into_iter().collect(), marks.into_iter().collect())
    });
    words.collect()
}

fn or_dash(names: &[&str]) -> String {
    match names {
        [] => "–".to_owned(),
        [first, second, third, rest @ ..] if rest.len() > 3 => {
            format!("{first}, {second}, {third} (+{})", rest.len())
        }
        names => names.join(", "),
    }
}
