//! Refusals in words, for whoever sits at a terminal.

use motcua_catalogue::{Refusal, Rule};

/// A refusal in words.
pub(super) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Contradiction { rule } => of_rule(*rule).to_owned(),
        refusal => refusal.to_string(),
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
