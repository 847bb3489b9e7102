//! The queries: distinct, from real names, in fixed proportions, the same for the same catalogue and seed.

use std::collections::HashSet;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::catalogue::{Catalogue, Named};
use crate::client::encode;
use crate::random::Random;
use crate::words;

/// Attempts at one query before the catalogue counts as too small for so many distinct ones.
const ATTEMPTS: usize = 2000;
/// Of these, how many look for a name with one of the usual abbreviations before first letters will do.
const ABBREVIATION_ATTEMPTS: usize = 60;
/// Most letters of a query's text; the API takes 200.
const LONGEST_TEXT: usize = 120;

/// How a query is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Diacritics,
    Plain,
    Typo,
    Prefix,
    Short,
    Abbreviation,
}

impl Kind {
    /// Every kind and its share in percent.
    pub(crate) const SHARES: [(Self, usize); 6] = [
        (Self::Diacritics, 32),
        (Self::Plain, 26),
        (Self::Typo, 15),
        (Self::Prefix, 14),
        (Self::Short, 9),
        (Self::Abbreviation, 4),
    ];

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Diacritics => "with diacritics",
            Self::Plain => "without diacritics",
            Self::Typo => "one typo",
            Self::Prefix => "last word begun",
            Self::Short => "one or two words",
            Self::Abbreviation => "abbreviation",
        }
    }
}

/// What a query is narrowed down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    CentreAndLevel,
    Centre,
    Nothing,
}

impl Filter {
    const SHARES: [(Self, usize); 3] = [(Self::CentreAndLevel, 52), (Self::Centre, 23), (Self::Nothing, 25)];
}

/// One search.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) kind: Kind,
    /// The procedure that it was made from.
    pub(crate) code: String,
    pub(crate) text: String,
    /// Filters.
    pub(crate) centre: Option<String>,
    pub(crate) level: Option<String>,
    /// Path and query.
    pub(crate) target: String,
}

/// Makes so many distinct queries; with a day, they ask about it.
pub(crate) fn make(
    catalogue: &Catalogue,
    as_of: Option<&str>,
    count: usize,
    seed: u64,
) -> Result<Vec<Query>> {
    let mut random = Random::new(seed);
    let mut kinds = deal(&Kind::SHARES, count);
    let mut filters = deal(&Filter::SHARES, count);
    random.shuffle(&mut kinds);
    random.shuffle(&mut filters);
    let day = as_of.map(|day| format!("&as_of={}", encode(day))).unwrap_or_default();

    let mut known = HashSet::new();
    let mut queries = Vec::with_capacity(count);
    for (kind, filter) in kinds.into_iter().zip(filters) {
        let query = (0..ATTEMPTS)
            .filter_map(|attempt| {
                let (procedure, centre, level) = subject(catalogue, filter, &mut random)?;
                let text = type_in(kind, &procedure.name, attempt < ABBREVIATION_ATTEMPTS, &mut random)?;
                let mut narrowed = String::new();
                for (name, value) in [("centre", &centre), ("level", &level)] {
                    if let Some(value) = value {
                        narrowed.push_str(&format!("&{name}={}", encode(value)));
                    }
                }
                let target =
                    format!("/api/v1/procedures?q={}{narrowed}&facets=true&per_page=10{day}", encode(&text));
                (text.chars().count() <= LONGEST_TEXT).then_some(Query {
                    kind,
                    code: procedure.code.clone(),
                    text,
                    centre,
                    level,
                    target,
                })
            })
            .find(|query| known.insert(query.target.clone()));
        let made = queries.len();
        queries.push(query.with_context(|| {
            format!("the catalogue gives only {made} distinct queries; ask for fewer with --queries")
        })?);
    }
    Ok(queries)
}

/// Each value as often as its share of the whole asks for; what rounding leaves goes to the first.
fn deal<T: Copy>(shares: &[(T, usize)], count: usize) -> Vec<T> {
    let mut dealt: Vec<T> =
        shares.iter().flat_map(|(value, share)| std::iter::repeat_n(*value, count * share / 100)).collect();
    if let Some((first, _)) = shares.first() {
        dealt.resize(count, *first);
    }
    dealt
}

/// The procedure to look for, with the centre and the level under which it must be found.
fn subject<'a>(
    catalogue: &'a Catalogue,
    filter: Filter,
    random: &mut Random,
) -> Option<(&'a Named, Option<String>, Option<String>)> {
    if filter == Filter::Nothing {
        return Some((random.pick(&catalogue.procedures)?, None, None));
    }
    let tier = random.pick(&catalogue.tiers)?;
    let centre = random.pick(tier)?;
    let offer = random.pick(&centre.offers)?;
    let level = if filter == Filter::CentreAndLevel { Some(offer.level.clone()?) } else { None };
    Some((&offer.procedure, Some(centre.id.clone()), level))
}

/// What somebody types who looks for this name; none where the name does not lend itself to that kind.
fn type_in(kind: Kind, name: &str, usual: bool, random: &mut Random) -> Option<String> {
    let accented = words::words(name);
    let plain: Vec<String> = accented.iter().map(|word| words::fold(word)).collect();
    let either = if random.coin() { &accented } else { &plain };
    match kind {
        Kind::Diacritics => {
            let text = words::excerpt(&accented, 2, 7, random)?.join(" ");
            (words::fold(&text) != text).then_some(text)
        }
        Kind::Plain => Some(words::excerpt(&plain, 2, 7, random)?.join(" ")),
        Kind::Typo => words::mistype(words::excerpt(either, 2, 7, random)?, random),
        Kind::Prefix => words::begin_last(words::excerpt(either, 2, 7, random)?, random),
        Kind::Short => Some(words::excerpt(either, 1, 2, random)?.join(" ")),
        Kind::Abbreviation if usual => words::abbreviate(&accented, random),
        Kind::Abbreviation => words::initials(&accented, random),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::{Filter, Kind, deal, make, type_in};
    use crate::catalogue::{Catalogue, Centre, Named, Offer};
    use crate::random::Random;

    /// A small catalogue whose names differ in their last words.
    fn catalogue() -> Catalogue {
        let subjects =
            ["khai sinh", "giấy phép xây dựng", "quyền sử dụng đất", "hợp tác xã", "doanh nghiệp tư nhân"];
        let places =
            ["trong nước", "có yếu tố nước ngoài", "tại khu vực biên giới", "ở cảng biển", "lưu động"];
        let verbs = ["Đăng ký", "Cấp lại", "Điều chỉnh", "Chấm dứt", "Gia hạn"];
        let mut procedures = Vec::new();
        for (number, subject) in subjects.iter().enumerate() {
            for place in places {
                for verb in verbs {
                    let name = format!("{verb} {subject} đối với trường hợp thứ {number} {place}");
                    procedures.push(Named { code: format!("1.{:06}", procedures.len()), name });
                }
            }
        }
        let centre = |id: &str, step: usize| Centre {
            id: id.to_owned(),
            offers: procedures
                .iter()
                .step_by(step)
                .enumerate()
                .map(|(place, procedure)| Offer {
                    procedure: procedure.clone(),
                    level: (place % 5 != 0).then(|| format!("nd43-2011:{}", 1 + place % 4)),
                })
                .collect(),
        };
        let tiers = vec![vec![centre("p42", 1)], vec![centre("c1", 2), centre("c2", 3)]];
        Catalogue { day: "2021-03-01".into(), procedures, tiers, procedure_count: 125, centre_count: 3 }
    }

    #[test]
    fn queries_are_distinct_and_the_same_for_the_same_seed() {
        let first = make(&catalogue(), None, 2000, 7).expect("enough names");
        let distinct: HashSet<&str> = first.iter().map(|query| query.target.as_str()).collect();
        assert_eq!(distinct.len(), 2000);
        let again = make(&catalogue(), None, 2000, 7).expect("enough names");
        assert!(first.iter().zip(&again).all(|(left, right)| left.target == right.target));
        let other = make(&catalogue(), None, 2000, 8).expect("enough names");
        assert!(first.iter().zip(&other).any(|(left, right)| left.target != right.target));
    }

    #[test]
    fn the_mix_has_its_proportions() {
        let queries = make(&catalogue(), Some("2020-06-01"), 2000, 7).expect("enough names");
        let mut kinds: HashMap<Kind, usize> = HashMap::new();
        for query in &queries {
            *kinds.entry(query.kind).or_default() += 1;
        }
        for (kind, share) in Kind::SHARES {
            assert_eq!(kinds[&kind], 20 * share, "{kind:?}");
        }
        let having = |part: &str| queries.iter().filter(|query| query.target.contains(part)).count();
        assert_eq!(having("&centre="), 1500);
        assert_eq!(having("&level=nd43-2011%3A"), 1040);
        assert_eq!(having("&as_of=2020-06-01"), 2000);
        assert_eq!(having("&facets=true&per_page=10"), 2000);
    }

    #[test]
    fn shares_are_whole() {
        assert_eq!(Kind::SHARES.iter().map(|(_, share)| share).sum::<usize>(), 100);
        assert_eq!(Filter::SHARES.iter().map(|(_, share)| share).sum::<usize>(), 100);
        assert_eq!(deal(&Kind::SHARES, 33).len(), 33);
    }

    #[test]
    fn level_filters_are_ones_that_the_centre_has() {
        let catalogue = catalogue();
        for query in make(&catalogue, None, 500, 3).expect("enough names") {
            let Some((_, level)) = query.target.split_once("&level=") else { continue };
            let level = level.split('&').next().expect("a part").replace("%3A", ":");
            let offered = catalogue.tiers.iter().flatten().any(|centre| {
                query.target.contains(&format!("&centre={}&", centre.id))
                    && centre.offers.iter().any(|offer| {
                        offer.procedure.code == query.code && offer.level.as_deref() == Some(level.as_str())
                    })
            });
            assert!(offered, "{}", query.target);
        }
    }

    #[test]
    fn a_catalogue_that_is_too_small_says_so() {
        let mut small = catalogue();
        small.procedures.truncate(1);
        small.tiers = vec![vec![Centre {
            id: "p42".into(),
            offers: vec![Offer { procedure: small.procedures[0].clone(), level: Some("nd43-2011:4".into()) }],
        }]];
        let problem = make(&small, None, 5000, 7).expect_err("one name is not enough");
        assert!(problem.to_string().contains("distinct queries"), "{problem}");
    }

    #[test]
    fn kinds_are_what_they_are_called() {
        let mut random = Random::new(5);
        let name = "Cấp giấy phép xây dựng đối với nhà ở riêng lẻ";
        for _ in 0..200 {
            if let Some(text) = type_in(Kind::Diacritics, name, true, &mut random) {
                assert!(!text.is_ascii() && name.to_lowercase().contains(&text));
            }
            assert!(type_in(Kind::Plain, name, true, &mut random).expect("words").is_ascii());
            let short = type_in(Kind::Short, name, true, &mut random).expect("words");
            assert!((1..=2).contains(&short.split(' ').count()));
            let abbreviated = type_in(Kind::Abbreviation, name, true, &mut random).expect("one fits");
            assert!(abbreviated.contains("gp"), "{abbreviated}");
        }
    }
}
