//! Requests about one procedure: who offers it in a province, its map, and the ways of filing it from a commune.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::client::{Address, Connection, encode};
use crate::random::Random;

/// Distinct requests of each kind.
const REQUESTS: usize = 500;

/// Targets of one kind of request.
#[derive(Debug)]
pub(crate) struct Targets {
    /// Name of the operation.
    pub(crate) name: &'static str,
    /// Path and query of each.
    pub(crate) targets: Vec<String>,
}

/// Pairs procedures that centres offer with provinces and communes of the day.
pub(crate) async fn make(
    address: &Address,
    catalogue: &Catalogue,
    as_of: Option<&str>,
    seed: u64,
) -> Result<Vec<Targets>> {
    let mut connection = Connection::open(address).await?;
    let day = as_of.map(|day| format!("&as_of={}", encode(day))).unwrap_or_default();
    let mut units = Vec::new();
    for tier in ["province", "commune"] {
        let target = format!("/api/v1/units?tier={tier}&per_page=100{day}");
        let list = connection.json(address, &target).await?;
        let items = list.pointer("/items").and_then(Value::as_array).context("no list of units")?;
        let codes = items.iter().filter_map(|item| Some(item.pointer("/code")?.as_str()?.to_owned()));
        units.push(codes.collect::<Vec<_>>());
    }
    let (provinces, communes) =
        (units.first().context("no provinces")?, units.last().context("no communes")?);
    let mut random = Random::new(seed);
    let kinds = [("availability", provinces), ("map", provinces), ("ways", communes)];
    kinds
        .into_iter()
        .map(|(name, places)| {
            let targets: Option<Vec<String>> = (0..REQUESTS)
                .map(|_| {
                    // Those of communes: the ones that most centres list.
                    let centre = random.pick(catalogue.tiers.last()?)?;
                    let code = encode(&random.pick(&centre.offers)?.procedure.code);
                    let unit = random.pick(places)?;
                    Some(format!("/api/v1/procedures/{code}/{name}?unit={unit}{day}"))
                })
                .collect();
            Ok(Targets { name, targets: targets.context("no centre offers anything")? })
        })
        .collect()
}
