//! The numbers of the ranking. They are data, each with its reason, in `search-index/weights.toml`.

use serde::Deserialize;

/// A number with the reason for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasoned {
    value: f32,
    why: String,
}

macro_rules! weights {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Every number of the ranking.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct Weights { $($(#[$doc])* pub(crate) $name: f32,)* }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct WeightsFile { $($name: Reasoned,)* }

        impl TryFrom<WeightsFile> for Weights {
            type Error = String;

            fn try_from(file: WeightsFile) -> Result<Self, String> {
                $(
                    if file.$name.why.trim().is_empty() {
                        return Err(format!("{} needs its reason (why)", stringify!($name)));
                    }
                    if !(0.0..=10_000.0).contains(&file.$name.value) {
                        return Err(format!("{} must be a number from 0 to 10000", stringify!($name)));
                    }
                )*
                Ok(Self { $($name: file.$name.value,)* })
            }
        }
    };
}

weights! {
    /// Share of its rarity that a question or form word weighs.
    weak_word,
    /// Credit of a word whose marks contradict the title's.
    contradicted,
    /// Credit of a word that stands in another name of the procedure than the one compared.
    other_name,
    /// Credit of a word found in the field's name, the results or the keywords.
    near,
    /// Credit of a word found in the body only.
    body,
    /// Power of the coverage in the score of a name.
    coverage_power,
    /// Share of the score that coverage alone earns.
    base_share,
    /// Share of the score for words that follow each other as typed.
    order_share,
    /// Share of the score for how much of the name was asked for.
    fill_share,
    /// Credit of two words with one word between them.
    gap_pair,
    /// Factor of a name in which three or more words stand just as they were typed.
    whole_wording,
    /// Factor of a title that is exactly what was typed.
    exact_name,
    /// Factor of an alias that is exactly what was typed.
    exact_alias,
    /// Factor of the whole title, parentheses included.
    whole_title,
    /// Factor of the title up to its first comma.
    title_head,
    /// Factor of an alias.
    alias,
    /// Factor of a variant with abbreviations or English replaced.
    certain_variant,
    /// Factor of a variant with everyday words replaced.
    everyday_variant,
    /// Factor of a variant that takes a second meaning, once for each.
    further_meaning,
    /// Factor of a variant that takes an ambiguous abbreviation.
    guess_variant,
    /// Factor of the text as typed where it was corrected.
    uncorrected_variant,
    /// Factor of a variant that completes the last word.
    completed_variant,
    /// Factor of the commune tier.
    commune,
    /// Factor of the district tier.
    district,
    /// Factor of the province tier.
    province,
    /// Factor of the ministries.
    ministry,
    /// Factor of other bodies.
    other_tier,
    /// Factor of a procedure whose tier was named.
    named_tier,
    /// Factor of a procedure that another tier than the named one carries out.
    unnamed_tier,
    /// Factor of one province's own procedures.
    local,
    /// Factor of one province's own procedures where that province was named.
    local_here,
    /// Factor of procedures within the administration.
    internal,
    /// Factor of a procedure offered in the place that was named.
    offered_here,
    /// Factor of the plain action where none was named.
    plain_action,
    /// Factor of another action where none was named.
    special_action,
    /// Factor of the action that was named.
    same_action,
    /// Factor of an action of the same family as the named one.
    akin_action,
    /// Factor of another action than the named one.
    other_action,
    /// Step of the factor for demand, by class.
    demand_step,
    /// Factor of a procedure for which an editor wrote aliases.
    with_aliases,
    /// Share of the best coverage that a hit must have to be shown.
    shown_share,
}

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(WeightsFile::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
