//! Measures how fast places are read: every unit of a catalogue, present and former, written in several forms, with and
//! without diacritics, in process and on one thread.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::Parser;
use motcua_catalogue::places::{PlaceLink, PlaceOutcome, PlaceResolver, PlaceUnit};
use motcua_catalogue::{Catalogue, StorageOptions, Tier};
use unicode_normalization::UnicodeNormalization;

/// Measures how fast places are read.
#[derive(Debug, Parser)]
#[command(name = "place-bench", version)]
struct Options {
    /// Data folder with a catalogue, such as one with the full national files imported.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Day on which the places are looked for.
    #[arg(long, value_name = "DATE", default_value = "2026-07-01")]
    as_of: NaiveDate,
    /// Rounds; each reads everything once.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

/// A form, and how long each text in it took.
struct Form {
    name: &'static str,
    texts: Vec<String>,
    taken: Vec<Duration>,
    outcomes: [usize; 3],
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let file = options.data.join("motcua.sqlite");
    let catalogue = Catalogue::open(&StorageOptions::Sqlite(file))
        .await
        .with_context(|| format!("cannot open the catalogue in {}", options.data.display()))?;
    let mut snapshot = catalogue.snapshot().await?;
    let units: Vec<PlaceUnit> = snapshot.units().await?.iter().map(PlaceUnit::new).collect();
    let links: Vec<PlaceLink> = snapshot.successions().await?.iter().map(PlaceLink::new).collect();
    let mut forms = forms(&units);
    let (periods, successions) = (units.len(), links.len());
    let start = Instant::now();
    let resolver = PlaceResolver::new(units, links);
    println!("{periods} periods of units, {successions} successions: built in {:?}", start.elapsed());
    for _ in 0..options.rounds {
        for form in &mut forms {
            for text in &form.texts {
                let start = Instant::now();
                let answer = std::hint::black_box(resolver.resolve(text, options.as_of, &[]));
                form.taken.push(start.elapsed());
                let place = match answer.outcome {
                    PlaceOutcome::One => 0,
                    PlaceOutcome::Ask => 1,
                    PlaceOutcome::None => 2,
                };
                if let Some(count) = form.outcomes.get_mut(place) {
                    *count += 1;
                }
            }
        }
    }
    println!("| form | texts | one | ask | none | p50 µs | p99 µs | longest µs |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut all = Form { name: "all", texts: Vec::new(), taken: Vec::new(), outcomes: [0; 3] };
    for form in &forms {
        all.taken.extend(&form.taken);
        for (sum, count) in all.outcomes.iter_mut().zip(form.outcomes) {
            *sum += count;
        }
    }
    forms.push(all);
    for form in &mut forms {
        form.taken.sort_unstable();
        let [one, ask, none] = form.outcomes;
        let micros = |per_cent: usize| {
            let place = (form.taken.len() * per_cent / 100).min(form.taken.len().saturating_sub(1));
            form.taken.get(place).map_or(0, Duration::as_micros)
        };
        let [p50, p99, most] = [50, 99, 100].map(micros);
        println!(
            "| {} | {} | {one} | {ask} | {none} | {p50} | {p99} | {most} |",
            form.name,
            form.taken.len()
        );
    }
    Ok(())
}

fn forms(units: &[PlaceUnit]) -> Vec<Form> {
    let name_of = |code: Option<&motcua_catalogue::UnitCode>, like: &PlaceUnit| {
        let code = code?;
        let above = units.iter().find(|unit| unit.code == *code && unit.period.overlaps(like.period));
        above.map(|unit| unit.full_name.clone())
    };
    let mut names: Vec<[String; 3]> = Vec::with_capacity(units.len());
    let mut codes = Vec::with_capacity(units.len());
    // Provinces and districts are few; looking each up once is enough.
    let mut known: std::collections::HashMap<(String, motcua_catalogue::Period), Option<String>> =
        std::collections::HashMap::new();
    let mut name_above = |code: Option<&motcua_catalogue::UnitCode>, like: &PlaceUnit| -> Option<String> {
        let key = (code?.to_string(), like.period);
        known.entry(key).or_insert_with(|| name_of(code, like)).clone()
    };
    for unit in units {
        let district = (unit.tier == Tier::Commune && unit.parent.as_ref() != Some(&unit.province))
            .then(|| name_above(unit.parent.as_ref(), unit))
            .flatten();
        let province =
            (unit.tier != Tier::Province).then(|| name_above(Some(&unit.province), unit)).flatten();
        let joined = |parts: [Option<&str>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        names.push([
            joined([Some(&unit.full_name), district.as_deref(), province.as_deref()]),
            joined([Some(&unit.name), None, province.as_deref()]),
            unit.name.clone(),
        ]);
        codes.push(unit.code.to_string());
    }
    let with_marks = ["kind, name, district, province", "name, province", "name"];
    let without =
        ["the same without diacritics", "name, province without diacritics", "name without diacritics"];
    let mut forms = Vec::new();
    for (place, (with, without)) in with_marks.into_iter().zip(without).enumerate() {
        let texts: Vec<String> = names.iter().filter_map(|forms| forms.get(place).cloned()).collect();
        let bare = texts.iter().map(|text| bare(text)).collect();
        forms.push(Form { name: with, texts, taken: Vec::new(), outcomes: [0; 3] });
        forms.push(Form { name: without, texts: bare, taken: Vec::new(), outcomes: [0; 3] });
    }
    forms.push(Form { name: "code", texts: codes, taken: Vec::new(), outcomes: [0; 3] });
    forms
}

fn bare(text: &str) -> String {
    let letters = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    letters
        .map(|c| {
            if c == 'đ' {
                'd'
            } else if c == 'Đ' {
                'D'
            } else {
                c
            }
        })
        .collect()
}
