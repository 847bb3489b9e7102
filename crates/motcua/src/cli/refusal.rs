//! Refusals in words, for whoever sits at a terminal.

use motcua_catalogue::{Period, Refusal, Rule};

/// A refusal in words.
pub(super) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Contradiction { rule } => of_rule(*rule).to_owned(),
        Refusal::Overlap { stored } => {
            format!(
                "the period shares days with the one that is stored ({}); end that one first",
                span(*stored)
            )
        }
        Refusal::BeyondCentre { centre } => {
            format!("the period reaches beyond that of the centre ({})", span(*centre))
        }
        Refusal::BeyondUnit { unit, held } => format!(
            "the period reaches beyond the days on which this unit has the code {unit} ({}); \
             on other days another unit has it, or none",
            span(*held)
        ),
        Refusal::Needed { by, others } => {
            let others = match others {
                0 => String::new(),
                1 => " and 1 other record".to_owned(),
                others => format!(" and {others} other records"),
            };
            format!(
                "the record is needed by {by}{others}, as it is; end or correct those first, or all of them at once \
                 by `motcua import` of a file with all of them"
            )
        }
        Refusal::NotThere => {
            "there is no such record; what stands after @ in a key is its first day, or - where it has none"
                .to_owned()
        }
        refusal => refusal.to_string(),
    }
}

/// A period in words.
fn span(period: Period) -> String {
    match (period.valid_from(), period.valid_to()) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("before {to}"),
        (Some(from), Some(to)) => format!("from {from}, before {to}"),
    }
}

fn of_rule(rule: Rule) -> &'static str {
    match rule {
        Rule::TierOfCode => "the tier of a unit follows from its code: 2 digits, 3 or 5",
        Rule::TierOfUnit => "a centre has the tier of its unit",
        Rule::PortalAddress => "a portal is an address that begins with http:// or https://",
        Rule::ExtentAndSuccessor => {
            "what went to a named successor is whole or part, and unknown only where none is named"
        }
        Rule::FirstDayOfCalendar => "a succession needs a day with an eve",
        Rule::FieldTwice => "a procedure names a field once",
        Rule::CaseCode => "a code of a case has no blanks and none of the marks # / @",
        Rule::MonthNotOver => "figures are given for months that are over",
        Rule::NoFigure => "a month has at least one figure",
        Rule::MoreOnlineThanReceived => "no more dossiers come online than are received",
        Rule::MoreInTimeThanResolved => "no more dossiers are in time or overdue than are resolved",
        Rule::MoreThanSatisfied => "satisfaction is at most 100 percent",
        Rule::NoPeriod => {
            "records of this kind have no period; only listings, procedures, units and centres end or begin"
        }
        Rule::EndsBeforeItBegins => "a record ends on a day after its first one",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_words_of_its_own() {
        let words: std::collections::BTreeSet<String> =
            Rule::ALL.map(|rule| words(&Refusal::Contradiction { rule })).into();
        assert_eq!(words.len(), Rule::ALL.len());
        assert!(words.iter().all(|words| words.contains(' ') && !words.contains('_')), "{words:?}");
    }
}
