//! The rules as the files write them.

use motcua_catalogue::Tier;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules<T> {
    #[serde(default = "Vec::new")]
    pub(super) rules: Vec<Spanned<T>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeaningRule {
    pub(super) say: Vec<String>,
    pub(super) mean: Vec<String>,
    #[serde(default)]
    pub(super) when: Vec<String>,
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// For readers of the file.
    #[serde(default, rename = "why")]
    pub(super) _why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbbreviationRule {
    pub(super) short: Vec<String>,
    pub(super) full: Vec<String>,
    #[serde(default)]
    pub(super) ambiguous: bool,
    #[serde(default, rename = "why")]
    pub(super) _why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SynonymRule {
    pub(super) same: Vec<String>,
    #[serde(default, rename = "why")]
    pub(super) _why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AliasRule {
    pub(super) code: String,
    #[serde(default)]
    pub(super) vi: Vec<String>,
    #[serde(default)]
    pub(super) en: Vec<String>,
    #[serde(default, rename = "why")]
    pub(super) _why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BestBetRule {
    pub(super) query: Vec<String>,
    pub(super) codes: Vec<String>,
    pub(super) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsFile {
    pub(super) words: Vec<Spanned<String>>,
    pub(super) phrases: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionRule {
    pub(super) name: String,
    #[serde(default)]
    pub(super) plain: bool,
    #[serde(default)]
    pub(super) family: Option<String>,
    pub(super) say: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierRule {
    pub(super) tier: Tier,
    pub(super) say: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionsFile {
    pub(super) actions: Vec<Spanned<ActionRule>>,
    pub(super) tiers: Vec<Spanned<TierRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvinceRule {
    pub(super) code: String,
    pub(super) now: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) also: Vec<String>,
    #[serde(default)]
    pub(super) not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemandFile {
    pub(super) often: Vec<Spanned<String>>,
    pub(super) regularly: Vec<Spanned<String>>,
    pub(super) sometimes: Vec<Spanned<String>>,
}
