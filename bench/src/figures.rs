//! Coverage without HTTP: of every province once it is not known yet, then again, on several days.

use std::time::Instant;

use anyhow::Result;
use chrono::NaiveDate;
use motcua_catalogue::Catalogue;
use motcua_search::{CoverageBy, CoverageRequest, Engine};

use crate::in_process::Way;

/// How often known coverage is asked for.
const AGAIN: usize = 50;

/// Coverage of provinces by unit on some days, and of the whole country by centre on each.
pub(crate) async fn measure(catalogue: &Catalogue, engine: &Engine, days: &[NaiveDate]) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    for &day in days {
        eprintln!("coverage on {day} …");
        let provinces = catalogue.units_below(None, day).await?;
        let request = |unit| CoverageRequest { unit, by: Some(CoverageBy::Unit), ..CoverageRequest::on(day) };
        let of_provinces: Vec<CoverageRequest> =
            provinces.iter().map(|unit| request(Some(unit.stored.record.code.clone()))).collect();
        let mut first: Vec<u64> = of_provinces.iter().map(|request| timed(engine, request)).collect();
        let mut again: Vec<u64> =
            (0..AGAIN).flat_map(|_| of_provinces.iter().map(|request| timed(engine, request))).collect();
        let nation = CoverageRequest { by: Some(CoverageBy::Centre), ..request(None) };
        let mut whole = vec![timed(engine, &nation)];
        let mut whole_again: Vec<u64> = (0..AGAIN).map(|_| timed(engine, &nation)).collect();
        ways.push(Way::of(format!("coverage of a province by unit on {day}, first"), &mut first));
        ways.push(Way::of(format!("the same again on {day}"), &mut again));
        ways.push(Way::of(format!("coverage of the country by centre on {day}, first"), &mut whole));
        ways.push(Way::of(format!("the same again for the country on {day}"), &mut whole_again));
    }
    Ok(ways)
}

fn timed(engine: &Engine, request: &CoverageRequest) -> u64 {
    let started = Instant::now();
    std::hint::black_box(engine.coverage(request).total.pairs());
    u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
