//! The question that narrows candidates: at most eight choices, which together hold all of them.

use std::collections::BTreeMap;

use super::atlas::{Atlas, Node};
use super::reading::Reading;
use super::resolution::{Choice, MOST_CHOICES, Question, QuestionKind};
use crate::code::UnitCode;
use crate::text::sort_key;

/// What to ask where a text leaves several units open, or one with a doubt.
pub(super) fn ask(atlas: &Atlas, present: &[Node], readings: &[Reading]) -> Question {
    let split = match readings {
        [only] => atlas
            .knot(only.node)
            .map(|knot| if knot.unknown { QuestionKind::Unknown } else { QuestionKind::Split }),
        _ => None,
    };
    if present.len() <= MOST_CHOICES {
        let kind = match (present, split) {
            (_, Some(QuestionKind::Unknown)) => QuestionKind::Unknown,
            ([_], _) => QuestionKind::Confirm,
            (_, Some(split)) => split,
            _ => QuestionKind::Unit,
        };
        return Question { kind, choices: present.iter().map(|&node| unit_choice(atlas, node)).collect() };
    }
    let asker = Asker { atlas, present };
    asker.by_province().or_else(|| asker.by_meaning(readings)).unwrap_or_else(|| asker.by_stretch())
}

struct Asker<'a> {
    atlas: &'a Atlas,
    present: &'a [Node],
}

impl Asker<'_> {
    fn by_province(&self) -> Option<Question> {
        let mut provinces: BTreeMap<(String, Node), Vec<Node>> = BTreeMap::new();
        for &node in self.present {
            let province = self.atlas.knot(node).and_then(|knot| knot.province).unwrap_or(node);
            let name = self.atlas.unit(province).map(|unit| sort_key(&unit.name)).unwrap_or_default();
            provinces.entry((name, province)).or_default().push(node);
        }
        if provinces.len() < 2 {
            return None;
        }
        let groups: Vec<Group> = provinces
            .into_iter()
            .map(|((_, province), nodes)| Group {
                label: self.name(province),
                within: self.code(province).into_iter().collect(),
                count: nodes.len(),
            })
            .collect();
        let kind =
            if groups.len() > MOST_CHOICES { QuestionKind::ProvinceRange } else { QuestionKind::Province };
        Some(Question { kind, choices: stretches(groups) })
    }

    /// By the units that may be meant, where that leaves fewer each.
    fn by_meaning(&self, readings: &[Reading]) -> Option<Question> {
        let mut meanings: Vec<&Reading> = Vec::new();
        for reading in readings {
            if !meanings.iter().any(|known| known.node == reading.node) {
                meanings.push(reading);
            }
        }
        if meanings.len() < 2 || meanings.len() > MOST_CHOICES {
            return None;
        }
        let within = |reading: &Reading| -> Vec<Node> {
            self.present.iter().copied().filter(|node| reading.present.contains(node)).collect()
        };
        if meanings.iter().any(|reading| within(reading).len() == self.present.len()) {
            return None;
        }
        let choice = |reading: &&Reading| {
            let left = within(reading);
            Choice {
                label: self.atlas.long_name(reading.node),
                is_former: !self.present.contains(&reading.node),
                count: left.len(),
                within: left.into_iter().filter_map(|node| self.code(node)).collect(),
            }
        };
        let choices: Vec<Choice> =
            meanings.iter().map(choice).filter(|choice| !choice.within.is_empty()).collect();
        Some(Question { kind: QuestionKind::Meaning, choices })
    }

    fn by_stretch(&self) -> Question {
        let mut nodes = self.present.to_vec();
        nodes.sort_by_cached_key(|&node| self.atlas.unit(node).map(|unit| sort_key(&unit.name)));
        let group = |&node: &Node| Group {
            label: self.name(node),
            within: self.code(node).into_iter().collect(),
            count: 1,
        };
        Question { kind: QuestionKind::UnitRange, choices: stretches(nodes.iter().map(group).collect()) }
    }

    fn name(&self, node: Node) -> String {
        self.atlas.unit(node).map(|unit| unit.full_name.clone()).unwrap_or_default()
    }

    fn code(&self, node: Node) -> Option<UnitCode> {
        self.atlas.unit(node).map(|unit| unit.code.clone())
    }
}

fn unit_choice(atlas: &Atlas, node: Node) -> Choice {
    Choice {
        label: atlas.long_name(node),
        is_former: false,
        within: atlas.unit(node).map(|unit| unit.code.clone()).into_iter().collect(),
        count: 1,
    }
}

struct Group {
    label: String,
    within: Vec<UnitCode>,
    count: usize,
}

/// At most eight stretches of groups in their order, about equally long.
fn stretches(groups: Vec<Group>) -> Vec<Choice> {
    let (size, larger) = (groups.len() / MOST_CHOICES, groups.len() % MOST_CHOICES);
    let mut choices = Vec::with_capacity(MOST_CHOICES);
    let mut rest = groups.into_iter();
    for number in 0..MOST_CHOICES {
        let stretch: Vec<Group> = rest.by_ref().take(size + usize::from(number < larger)).collect();
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { break };
        let label = if stretch.len() == 1 {
            first.label.clone()
        } else {
            format!("{} – {}", first.label, last.label)
        };
        choices.push(Choice {
            label,
            is_former: false,
            count: stretch.iter().map(|group| group.count).sum(),
            within: stretch.into_iter().flat_map(|group| group.within).collect(),
        });
    }
    choices
}
