//! Names of places in a query: found, and led to the units of a day.

use std::collections::HashMap;
use std::ops::Range;

use motcua_catalogue::{Tier, UnitCode};

use crate::days::Day;
use crate::knowledge::{Knowledge, Word, stands_at, words_of};
use crate::lexicon::Lexicon;
use crate::places::{Places, UnitData};

/// Longest name of a place, in words.
const LONGEST_NAME: usize = 5;

/// Words that name the kind of a place, with the kinds they may stand for.
const KIND_WORDS: &[(&[&str], &[&str])] = &[
    (&["tinh"], &["tinh"]),
    (&["thanh", "pho"], &["thanh pho"]),
    (&["tp"], &["thanh pho"]),
    (&["huyen"], &["huyen"]),
    (&["h"], &["huyen"]),
    (&["quan"], &["quan"]),
    (&["q"], &["quan"]),
    (&["thi", "xa"], &["thi xa"]),
    (&["tx"], &["thi xa"]),
    (&["phuong"], &["phuong"]),
    (&["p"], &["phuong"]),
    (&["xa"], &["xa"]),
    (&["x"], &["xa"]),
    (&["thi", "tran"], &["thi tran"]),
    (&["tt"], &["thi tran"]),
    (&["dac", "khu"], &["dac khu"]),
];

/// Words that lead to a place and go with it.
const LEADING_WORDS: [&str; 4] = ["o", "tai", "thuoc", "tren"];

/// The names of every unit, present and former.
#[derive(Debug, Default)]
pub(crate) struct Gazetteer {
    /// Places of periods in [`Places::units`], by the folded name.
    by_name: HashMap<String, Vec<u32>>,
    provinces: Vec<ProvinceNames>,
    first_words: std::collections::HashSet<String>,
}

#[derive(Debug)]
struct ProvinceNames {
    code: UnitCode,
    now: UnitCode,
    names: Vec<Vec<Word>>,
    not: Vec<Vec<Word>>,
}

/// A place named in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPlace {
    /// Its words in the query, with the word of its kind and what leads to it.
    pub(crate) words: Range<usize>,
    /// The name alone.
    pub(crate) name: String,
    /// The present units that it may be, each once. Empty where the catalogue does not know the place.
    pub(crate) units: Vec<UnitCode>,
    /// Provinces of today in which it lies, each once.
    pub(crate) provinces: Vec<UnitCode>,
    tier: Option<Tier>,
}

impl Gazetteer {
    pub(crate) fn new(places: &Places, knowledge: &Knowledge) -> Self {
        let mut gazetteer = Self::default();
        for (number, unit) in (0..).zip(&places.units) {
            let words = words_of(&unit.name);
            if words.is_empty() || words.len() > LONGEST_NAME {
                continue;
            }
            let key = key_of(&words);
            if let Some(first) = words.first() {
                gazetteer.first_words.insert(first.folded.clone());
            }
            gazetteer.by_name.entry(key).or_default().push(number);
        }
        gazetteer.provinces = knowledge
            .provinces
            .iter()
            .map(|province| ProvinceNames {
                code: province.code.clone(),
                now: province.now.clone(),
                names: province.names.clone(),
                not: province.not.clone(),
            })
            .collect();
        gazetteer
    }

    /// Whether a word begins the name of a place.
    pub(crate) fn begins_a_name(&self, word: &Word) -> bool {
        self.first_words.contains(&word.folded)
    }

    /// The places named in a query, from the left, apart from each other. A query that is nothing but a place is left
    /// as it is: somebody looks for it in names.
    pub(crate) fn find(
        &self,
        query: &[Word],
        places: &Places,
        lexicon: &Lexicon,
        day: Day,
    ) -> Vec<NamedPlace> {
        let mut found: Vec<NamedPlace> = Vec::new();
        let mut place = 0;
        while place < query.len() {
            let named = self
                .with_kind(query, place, places, lexicon, day)
                .or_else(|| self.province(query, place, (places, lexicon), day));
            match named {
                Some(named) => {
                    place = named.words.end;
                    found.push(named);
                }
                None => place += 1,
            }
        }
        let end = trailing_start(&found, query.len());
        if let Some(named) = self.at_the_end(query.get(..end).unwrap_or(query), places, lexicon, day) {
            let at = found.partition_point(|other| other.words.start < named.words.start);
            found.insert(at, named);
        }
        let taken: usize = found.iter().map(|named| named.words.len()).sum();
        if taken >= query.len() {
            return Vec::new();
        }
        narrow(&mut found);
        found
    }

    fn with_kind(
        &self,
        query: &[Word],
        place: usize,
        places: &Places,
        lexicon: &Lexicon,
        day: Day,
    ) -> Option<NamedPlace> {
        let rest = query.get(place..)?;
        let (words, kinds) = KIND_WORDS.iter().find(|(words, _)| {
            rest.len() > words.len()
                && rest.iter().zip(*words).all(|(typed, wanted)| typed.folded == **wanted)
        })?;
        let from = place + words.len();
        for length in (1..=LONGEST_NAME.min(query.len() - from)).rev() {
            let name = query.get(from..from + length)?;
            let Some(units) = self.units_named(name, places, Some(kinds)) else { continue };
            // "xã hội", "quận sự" and the like are words of their own.
            let pair = |a: &Word, b: &Word| {
                let (a, b) = (lexicon.word(&a.folded)?, lexicon.word(&b.folded)?);
                Some(lexicon.pair(a, b))
            };
            let is_word =
                query.get(from - 1).zip(name.first()).and_then(|(a, b)| pair(a, b)).unwrap_or(0) > 0;
            if length == 1 && is_word {
                continue;
            }
            return Some(self.named_place(query, place..from + length, name, &units, places, day));
        }
        None
    }

    fn province(
        &self,
        query: &[Word],
        place: usize,
        (places, lexicon): (&Places, &Lexicon),
        day: Day,
    ) -> Option<NamedPlace> {
        let mut best: Option<(&ProvinceNames, &Vec<Word>)> = None;
        for province in &self.provinces {
            for name in &province.names {
                let longer = best.is_none_or(|(_, known)| name.len() > known.len());
                if longer && stands_at(query, place, name) && reads_as_place(query, place, name, lexicon) {
                    best = Some((province, name));
                }
            }
        }
        let (province, name) = best?;
        let means_else = province.not.iter().any(|not| {
            (place.saturating_sub(not.len())..=place)
                .any(|start| start + not.len() > place && stands_at(query, start, not))
        });
        if means_else {
            return None;
        }
        let words = place..place + name.len();
        let units = self.units_named(query.get(words.clone())?, places, None).unwrap_or_default();
        let units: Vec<&UnitData> = units.into_iter().filter(|unit| unit.tier == Tier::Province).collect();
        let mut named =
            self.named_place(query, words, query.get(place..place + name.len())?, &units, places, day);
        if named.units.is_empty() {
            // A name that only the word list has, such as Sài Gòn, or a province that has ended.
            let code =
                [&province.code, &province.now].into_iter().find(|code| places.unit_on(code, day).is_some());
            named.units.extend(code.cloned());
        }
        named.provinces = vec![province.now.clone()];
        named.tier = Some(Tier::Province);
        Some(named)
    }

    /// A district or commune without the word of its kind, at the end of a query.
    fn at_the_end(&self, query: &[Word], places: &Places, lexicon: &Lexicon, day: Day) -> Option<NamedPlace> {
        for length in (2..=LONGEST_NAME.min(query.len().saturating_sub(2))).rev() {
            let from = query.len() - length;
            let name = query.get(from..)?;
            let Some(units) = self.units_named(name, places, None) else { continue };
            let led = query
                .get(from.wrapping_sub(1))
                .is_some_and(|word| LEADING_WORDS.contains(&word.folded.as_str()));
            let is_text = name.windows(2).any(|pair| match pair {
                [a, b] => match (lexicon.word(&a.folded), lexicon.word(&b.folded)) {
                    (Some(a), Some(b)) => lexicon.pair(a, b) > 0,
                    _ => false,
                },
                _ => false,
            });
            if is_text && !led {
                continue;
            }
            return Some(self.named_place(query, from..query.len(), name, &units, places, day));
        }
        None
    }

    fn named_place(
        &self,
        query: &[Word],
        words: Range<usize>,
        name: &[Word],
        units: &[&UnitData],
        places: &Places,
        day: Day,
    ) -> NamedPlace {
        let led = words.start > 0
            && query.get(words.start - 1).is_some_and(|word| LEADING_WORDS.contains(&word.folded.as_str()));
        let mut codes: Vec<UnitCode> = Vec::new();
        let mut provinces: Vec<UnitCode> = Vec::new();
        // A unit of the day is meant before a former one of the same name.
        let present: Vec<&&UnitData> = units.iter().filter(|unit| unit.days.contain(day)).collect();
        let meant: Vec<&&UnitData> = if present.is_empty() { units.iter().collect() } else { present };
        for unit in meant {
            for code in places.present_codes(&unit.code, day) {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            let now = self.province_now(&unit.province);
            if !provinces.contains(now) {
                provinces.push(now.clone());
            }
        }
        NamedPlace {
            words: words.start - usize::from(led)..words.end,
            name: crate::knowledge::shown(name),
            units: codes,
            provinces,
            tier: units.first().map(|unit| unit.tier),
        }
    }

    /// The province of today that a province of any day belongs to.
    pub(crate) fn province_now<'a>(&'a self, code: &'a UnitCode) -> &'a UnitCode {
        self.provinces.iter().find(|province| province.code == *code).map_or(code, |province| &province.now)
    }

    fn units_named<'a>(
        &self,
        name: &[Word],
        places: &'a Places,
        kinds: Option<&[&str]>,
    ) -> Option<Vec<&'a UnitData>> {
        let numbers = self.by_name.get(&key_of(name))?;
        let units = numbers.iter().filter_map(|&number| places.units.get(number as usize));
        let fits = |unit: &&UnitData| {
            let words = words_of(&unit.name);
            name.iter().zip(&words).all(|(typed, wanted)| typed.may_be(wanted))
                && kinds.is_none_or(|kinds| kinds.contains(&crate::analysis::folded(&unit.kind).as_str()))
        };
        let found: Vec<&UnitData> = units.filter(fits).collect();
        (!found.is_empty()).then_some(found)
    }
}

/// Among words with marks, a bare word that the language has as it stands is meant so: hai phòng are two rooms.
fn reads_as_place(query: &[Word], place: usize, name: &[Word], lexicon: &Lexicon) -> bool {
    let has_marks = query.iter().any(Word::is_marked);
    let typed = query.get(place..place + name.len()).unwrap_or_default();
    !has_marks
        || typed.iter().zip(name).all(|(typed, wanted)| {
            typed.exact == wanted.exact || lexicon.exact(&typed.exact).is_none_or(|_| typed.is_marked())
        })
        || typed.iter().all(|word| !word.is_marked())
}

/// Where the places at the end of a query begin.
fn trailing_start(found: &[NamedPlace], words: usize) -> usize {
    let mut end = words;
    for named in found.iter().rev() {
        if named.words.end == end {
            end = named.words.start;
        }
    }
    end
}

/// A district beside its province is the one that lies there.
fn narrow(found: &mut [NamedPlace]) {
    let provinces: Vec<UnitCode> = found
        .iter()
        .filter(|named| named.tier == Some(Tier::Province))
        .flat_map(|named| named.provinces.clone())
        .collect();
    if provinces.is_empty() {
        return;
    }
    for named in found.iter_mut().filter(|named| named.tier != Some(Tier::Province)) {
        if named.provinces.iter().any(|code| provinces.contains(code)) {
            named.provinces.retain(|code| provinces.contains(code));
        }
    }
}

fn key_of(words: &[Word]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}
