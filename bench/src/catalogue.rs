//! What the server offers on a day, read through its own API: the stuff that queries are made of.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::client::{Address, Connection, encode};
use crate::random::Random;

/// Tiers whose centres are asked, each as often as the others: a commune has few procedures, a province many.
const TIERS: [&str; 3] = ["province", "district", "commune"];
/// Most pages of procedures, 100 names each.
const PROCEDURE_PAGES: usize = 100;
/// Most pages of one tier's centres.
const CENTRE_PAGES: usize = 20;
/// Most centres of a tier whose procedures are read: so many that what a server keeps for one centre helps few queries.
const CENTRES_PER_TIER: usize = 300;
/// Most pages of one centre's procedures.
const OFFER_PAGES: usize = 20;

/// A procedure as lists name it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// A procedure that a centre offers.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) procedure: Named,
    /// With its scheme, as the filter takes it; none where nobody has said how far online.
    pub(crate) level: Option<String>,
}

/// A centre with what it offers, never empty.
#[derive(Debug, Clone)]
pub(crate) struct Centre {
    pub(crate) id: String,
    pub(crate) offers: Vec<Offer>,
}

/// What queries are made of.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    /// The day that was read.
    pub(crate) day: String,
    pub(crate) procedures: Vec<Named>,
    /// By tier; tiers without a centre that offers anything are left out.
    pub(crate) tiers: Vec<Vec<Centre>>,
    /// How many procedures and centres the server has on that day, read or not.
    pub(crate) procedure_count: u64,
    pub(crate) centre_count: u64,
}

/// Reads a day of the server's catalogue; without a day, the server's own.
pub(crate) async fn read(address: &Address, as_of: Option<&str>, seed: u64) -> Result<Catalogue> {
    let day = as_of.map(|day| format!("&as_of={}", encode(day))).unwrap_or_default();
    let mut reader = Reader { connection: Connection::open(address).await?, address };
    let mut random = Random::new(seed);

    let list = reader.list(&format!("/api/v1/procedures?per_page=100{day}"), PROCEDURE_PAGES).await?;
    let procedures: Vec<Named> = list.items.iter().filter_map(named).collect();
    let (day_read, procedure_count) = (list.day, list.total);

    let mut tiers = Vec::new();
    let mut centre_count = 0;
    for tier in TIERS {
        let list =
            reader.list(&format!("/api/v1/centres?tier={tier}&per_page=100{day}"), CENTRE_PAGES).await?;
        centre_count += list.total;
        let mut ids: Vec<String> = list.items.iter().filter_map(|item| text(item, "/id")).collect();
        random.shuffle(&mut ids);
        ids.truncate(CENTRES_PER_TIER);
        let mut centres = Vec::new();
        for id in ids {
            let path = format!("/api/v1/centres/{}/procedures?offered=yes&per_page=100{day}", encode(&id));
            let offers: Vec<Offer> =
                reader.list(&path, OFFER_PAGES).await?.items.iter().filter_map(offer).collect();
            if !offers.is_empty() {
                centres.push(Centre { id, offers });
            }
        }
        if !centres.is_empty() {
            tiers.push(centres);
        }
    }
    if procedures.is_empty() || tiers.is_empty() {
        bail!(
            "on {day_read} the server has {procedure_count} procedures and no centre that offers one: load a \
             catalogue, or choose the server's day with MOTCUA_SITE_DATE"
        );
    }
    Ok(Catalogue { day: day_read, procedures, tiers, procedure_count, centre_count })
}

struct Reader<'a> {
    connection: Connection,
    address: &'a Address,
}

struct List {
    items: Vec<Value>,
    total: u64,
    day: String,
}

impl Reader<'_> {
    /// Follows the cursors of a list over so many pages.
    async fn list(&mut self, path: &str, pages: usize) -> Result<List> {
        let mut list = List { items: Vec::new(), total: 0, day: String::new() };
        let mut target = path.to_owned();
        for _ in 0..pages {
            let mut page = self.connection.json(self.address, &target).await?;
            list.total = page.pointer("/page/total").and_then(Value::as_u64).unwrap_or_default();
            list.day = text(&page, "/as_of").unwrap_or_default();
            let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) else {
                bail!("{target}: the answer has no items");
            };
            list.items.extend(items);
            let Some(cursor) = text(&page, "/page/next_cursor") else { break };
            target = format!("{path}&cursor={}", encode(&cursor));
        }
        Ok(list)
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

fn named(item: &Value) -> Option<Named> {
    Some(Named { code: text(item, "/code")?, name: text(item, "/name")? })
}

fn offer(item: &Value) -> Option<Offer> {
    let level =
        text(item, "/scheme").zip(text(item, "/level")).map(|(scheme, level)| format!("{scheme}:{level}"));
    Some(Offer { procedure: named(item.get("procedure")?)?, level })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::offer;

    #[test]
    fn an_offer_has_its_level_with_its_scheme() {
        let procedure = json!({"code": "1.001193", "name": "Thủ tục đăng ký khai sinh"});
        let with = json!({"procedure": procedure, "level": "4", "scheme": "nd43-2011"});
        assert_eq!(offer(&with).expect("an offer").level.as_deref(), Some("nd43-2011:4"));
        let without = json!({"procedure": procedure, "level": null, "scheme": null});
        assert_eq!(offer(&without).expect("an offer").level, None);
        assert!(offer(&json!({})).is_none());
    }
}
