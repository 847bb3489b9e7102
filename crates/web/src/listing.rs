//! What lists share: paging, filters with counts, and the filters in force.

use motcua_http::{OffsetPage, PageInfo, PlacePage};

use crate::address::Address;
use crate::l10n::L10n;

/// Links to the other parts of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The beginning of the list; absent there.
    pub previous: Option<Address>,
    /// The next part; absent at the end.
    pub next: Option<Address>,
    /// Which items are shown, where that is known.
    pub position: String,
}

impl Pager {
    /// Pager of a list in an order of names, which knows its place only by the item before.
    pub(crate) fn of_places(page: &PlacePage, info: &PageInfo, here: &Address) -> Self {
        Self::new(page.after.is_some(), info, here, String::new())
    }

    /// Pager of search hits.
    pub(crate) fn of_hits(
        l10n: &L10n,
        page: &OffsetPage,
        shown: usize,
        info: &PageInfo,
        here: &Address,
    ) -> Self {
        let from = u64::from(page.offset) + 1;
        let to = u64::from(page.offset) + u64::try_from(shown).unwrap_or(0);
        let position =
            l10n.t("pager-position").arg("from", from).arg("to", to).arg("total", info.total).to_string();
        Self::new(page.offset > 0, info, here, position)
    }

    fn new(has_before: bool, info: &PageInfo, here: &Address, position: String) -> Self {
        Self {
            previous: has_before.then(|| here.clone().without("cursor")),
            next: info.next_cursor.as_deref().map(|cursor| here.clone().with("cursor", cursor)),
            position,
        }
    }
}

/// A property to filter by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facet {
    /// Name of the property.
    pub title: String,
    /// Values shown at once.
    pub choices: Vec<Choice>,
    /// Further values.
    pub more: Vec<Choice>,
}

/// How many values of a property are shown at once.
const SHOWN_AT_ONCE: usize = 8;
/// How many values follow behind "more"; the rest is reached by searching.
const BEHIND_MORE: usize = 40;

impl Facet {
    /// A property with its values, cut to what fits a page. A chosen value always stays in sight.
    pub(crate) fn new(title: String, mut choices: Vec<Choice>) -> Self {
        choices.sort_by_key(|choice| !choice.chosen);
        let mut more = choices.split_off(choices.len().min(SHOWN_AT_ONCE));
        more.truncate(BEHIND_MORE);
        Self { title, choices, more }
    }

    /// Whether there is anything to choose.
    pub(crate) fn is_useful(&self) -> bool {
        !self.choices.is_empty()
    }

    /// Whether a value is in force.
    pub(crate) fn has_choice(&self) -> bool {
        self.choices.iter().any(|choice| choice.chosen)
    }
}

/// A value of a property with the number of procedures that choosing it gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The value in words.
    pub label: String,
    /// How many.
    pub count: String,
    /// Whether it is in force; its link then removes it.
    pub chosen: bool,
    /// Address with the value set or removed; absent where nothing would be found.
    pub href: Option<Address>,
}

impl Choice {
    /// A value that may be chosen once per property.
    pub(crate) fn new(
        l10n: &L10n,
        here: &Address,
        name: &'static str,
        value: &str,
        label: String,
        count: Count,
    ) -> Self {
        let without = here.clone().without("cursor").without(name);
        let href = if count.chosen {
            Some(without)
        } else {
            (count.procedures > 0).then(|| without.with(name, value))
        };
        Self {
            label,
            count: l10n.t("count").arg("n", count.procedures).to_string(),
            chosen: count.chosen,
            href,
        }
    }
}

/// How many procedures have a value, and whether it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    /// Procedures.
    pub procedures: u64,
    /// Whether the filter is set to the value.
    pub chosen: bool,
}

/// A link with words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: Address,
}

/// A tile of the home page: a link with a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    /// The words.
    pub label: String,
    /// A second, smaller line.
    pub note: String,
    /// How many procedures are behind it.
    pub count: u64,
    /// Where it leads.
    pub href: Address,
}

/// A select of a filter form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Select {
    /// Parameter.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// Its values; the first is "all".
    pub options: Vec<SelectOption>,
}

/// A value of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectOption {
    /// Value sent.
    pub value: String,
    /// Value in words.
    pub label: String,
    /// Whether it is in force.
    pub chosen: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(label: &str, chosen: bool) -> Choice {
        Choice { label: label.into(), count: "1".into(), chosen, href: None }
    }

    #[test]
    fn a_chosen_value_is_never_hidden() {
        let choices = (0..100).map(|n| choice(&n.to_string(), n == 70)).collect();
        let facet = Facet::new("t".into(), choices);
        assert_eq!((facet.choices.len(), facet.more.len()), (SHOWN_AT_ONCE, BEHIND_MORE));
        assert!(facet.choices.first().is_some_and(|first| first.chosen && first.label == "70"));
    }

    #[test]
    fn a_value_without_procedures_is_no_link_and_a_chosen_one_removes_itself() {
        let here = Address::new("/vi/thu-tuc").with("q", "a").with("tier", "commune").with("cursor", "x");
        let make = |procedures, chosen| {
            let count = Count { procedures, chosen };
            Choice::new(L10n::vi(), &here, "tier", "province", "Cấp tỉnh".into(), count)
                .href
                .map(|href| href.to_string())
        };
        assert_eq!(make(0, false), None);
        assert_eq!(make(3, false).as_deref(), Some("/vi/thu-tuc?q=a&tier=province"));
        assert_eq!(make(3, true).as_deref(), Some("/vi/thu-tuc?q=a"));
    }
}
