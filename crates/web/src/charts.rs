//! Charts drawn on the server: where each mark stands. The drawing stands in `parts/charts.html`, the numbers stand in a
//! table beside every chart.

use motcua_catalogue::figures::{Coverage, Share};

use crate::figure_words::{Category, percent};
use crate::l10n::L10n;

/// Width of every chart in its own units; it is scaled to the page.
const WIDTH: u32 = 400;

/// Height of a labelled bar.
const ROW: u32 = 46;

/// Numbers are written into parts of at least this width for each digit.
const DIGIT: f64 = 9.0;

/// Bars of parts that add up to the whole, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StackChart {
    /// Prefix of the ids in it.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The same in words, for those who do not see it.
    pub description: String,
    /// Height in the chart's units.
    pub height: u32,
    /// The bars.
    pub rows: Vec<StackRow>,
    /// The patterns that occur, with their names.
    pub legend: Vec<LegendItem>,
    /// What opens the legend, where it repeats one further up and is folded.
    pub folded_legend: Option<String>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StackRow {
    /// Its name.
    pub label: String,
    /// Share that is written at its end.
    pub note: String,
    /// Where its name stands.
    pub label_y: u32,
    /// Where it begins from above.
    pub bar_y: u32,
    /// Where numbers stand.
    pub text_y: u32,
    /// Its parts from the left.
    pub segments: Vec<Segment>,
}

/// A part of a bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    /// Id of its pattern.
    pub pattern: &'static str,
    /// Where it begins.
    pub x: String,
    /// How wide it is.
    pub width: String,
    /// Its middle.
    pub middle: String,
    /// Its number where there is room for it.
    pub number: Option<String>,
}

/// A pattern and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LegendItem {
    /// Id of the pattern.
    pub pattern: &'static str,
    /// What it stands for.
    pub label: String,
}

impl StackChart {
    /// Bars for named coverages.
    pub(crate) fn new(l10n: &L10n, id: &'static str, title: String, bars: &[(String, &Coverage)]) -> Self {
        let used: Vec<Category> = Category::all()
            .filter(|category| bars.iter().any(|(_, coverage)| category.count(coverage) > 0))
            .collect();
        let rows = (0..).zip(bars).map(|(row, (label, coverage))| StackRow {
            label: shortened(label),
            note: percent(coverage.online()),
            label_y: row * ROW + 15,
            bar_y: row * ROW + 20,
            text_y: row * ROW + 34,
            segments: segments(l10n, coverage, &used),
        });
        let words: Vec<String> = bars
            .iter()
            .map(|(label, coverage)| {
                let parts: Vec<String> = used
                    .iter()
                    .filter(|category| category.count(coverage) > 0)
                    .map(|category| {
                        format!("{} {}", category.label(l10n), counted(l10n, category.count(coverage)))
                    })
                    .collect();
                format!("{label}: {}", parts.join(", "))
            })
            .collect();
        Self {
            id,
            title,
            description: words.join(". "),
            height: u32::try_from(bars.len()).unwrap_or(0) * ROW,
            rows: rows.collect(),
            legend: used
                .iter()
                .map(|category| LegendItem { pattern: category.pattern(), label: category.label(l10n) })
                .collect(),
            folded_legend: None,
        }
    }

    /// The same with its legend folded behind some words.
    pub(crate) fn with_folded_legend(mut self, summary: String) -> Self {
        self.folded_legend = Some(summary);
        self
    }
}

fn segments(l10n: &L10n, coverage: &Coverage, used: &[Category]) -> Vec<Segment> {
    let whole = coverage.pairs().max(1);
    let scale = |pairs: u64| f64::from(WIDTH) * pairs as f64 / whole as f64;
    let mut before = 0;
    let mut segments = Vec::new();
    for category in used {
        let count = category.count(coverage);
        if count == 0 {
            continue;
        }
        let (x, width) = (scale(before), scale(count));
        let number = counted(l10n, count);
        let needed = DIGIT * number.len() as f64 + 4.0;
        segments.push(Segment {
            pattern: category.pattern(),
            x: format!("{x:.1}"),
            width: format!("{width:.1}"),
            middle: format!("{:.1}", x + width / 2.0),
            number: (width >= needed).then_some(number),
        });
        before += count;
    }
    segments
}

/// A number as the tables write it.
fn counted(l10n: &L10n, count: u64) -> String {
    l10n.t("count").arg("n", count).to_string()
}

/// A name that fits above its bar.
fn shortened(label: &str) -> String {
    const LONGEST: usize = 40;
    match label.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", label.get(..end).unwrap_or_default().trim_end()),
        None => label.to_owned(),
    }
}

/// A share over time, level between one day and the next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StepChart {
    /// Prefix of the ids in it.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The same in words.
    pub description: String,
    /// Height in the chart's units.
    pub height: u32,
    /// The lines at round percentages.
    pub guides: Vec<Guide>,
    /// The line as a path; one stretch for each run of days on which there is a share.
    pub path: String,
    /// The points.
    pub dots: Vec<Dot>,
    /// The first and the last day.
    pub ends: Vec<Label>,
    /// Where a vertical line stands between what is not to be compared.
    pub breaks: Vec<String>,
}

/// A horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Guide {
    pub y: String,
    pub label: String,
}

/// A point of the line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dot {
    pub x: String,
    pub y: String,
    /// Its share where it is written beside it.
    pub label: Option<String>,
    /// Where the label stands.
    pub label_y: String,
    /// Which side of the point the label is on: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

/// Words at a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    pub x: String,
    pub text: String,
    pub anchor: &'static str,
}

const TOP: f64 = 18.0;
const BOTTOM: f64 = 158.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 392.0;

/// A day as a number, its words, and the share on it.
pub(crate) type StepPoint = (i64, String, Share);

impl StepChart {
    /// The same with a vertical line at some days; `points` are those of the chart.
    pub(crate) fn with_breaks(mut self, points: &[StepPoint], days: &[i64]) -> Self {
        if let [first, .., last] = points {
            let x = |day: &i64| format!("{:.1}", across(first.0, last.0, *day));
            self.breaks = days.iter().filter(|day| (first.0..=last.0).contains(day)).map(x).collect();
        }
        self
    }

    /// The chart of some days, oldest first; none where fewer than two have a share.
    pub(crate) fn new(id: &'static str, title: String, points: &[StepPoint]) -> Option<Self> {
        let known = points.iter().filter(|(_, _, share)| share.denominator > 0);
        if known.clone().count() < 2 {
            return None;
        }
        let (first, last) = (points.first()?, points.last()?);
        let x = |day: i64| across(first.0, last.0, day);
        let y = |tenths: u32| BOTTOM - (BOTTOM - TOP) * f64::from(tenths) / 1000.0;
        let mut path = String::new();
        let mut drawing = false;
        let mut dots = Vec::new();
        for (place, (day, _, share)) in points.iter().enumerate() {
            let Some(tenths) = share.permille() else {
                if drawing {
                    path.push_str(&format!("H{:.1}", x(*day)));
                }
                drawing = false;
                continue;
            };
            let (at_x, at_y) = (x(*day), y(tenths));
            path.push_str(&if drawing {
                format!("H{at_x:.1}V{at_y:.1}")
            } else {
                format!("M{at_x:.1} {at_y:.1}")
            });
            drawing = true;
            let is_first = dots.is_empty();
            let is_end = is_first || place + 1 == points.len();
            dots.push(Dot {
                x: format!("{at_x:.1}"),
                y: format!("{at_y:.1}"),
                label: is_end.then(|| percent(*share)),
                label_y: format!("{:.1}", if tenths > 850 { at_y + 18.0 } else { at_y - 8.0 }),
                anchor: if is_first { "start" } else { "end" },
            });
        }
        let words: Vec<String> =
            points.iter().map(|(_, shown, share)| format!("{shown}: {}", percent(*share))).collect();
        let ends = [(LEFT, first, "start"), (RIGHT, last, "end")];
        Some(Self {
            id,
            title,
            description: words.join("; "),
            height: 184,
            guides: [0, 250, 500, 750, 1000]
                .map(|tenths| Guide { y: format!("{:.1}", y(tenths)), label: format!("{}%", tenths / 10) })
                .to_vec(),
            path,
            dots,
            ends: ends
                .map(|(x, point, anchor)| Label { x: format!("{x:.1}"), text: point.1.clone(), anchor })
                .to_vec(),
            breaks: Vec::new(),
        })
    }
}

/// Where a day stands between the first and the last.
fn across(first: i64, last: i64, day: i64) -> f64 {
    LEFT + (RIGHT - LEFT) * (day - first) as f64 / (last - first).max(1) as f64
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::OnlineLevel;
    use motcua_catalogue::figures::ListingState;

    use super::*;

    fn coverage(levels: &[(usize, u64)], not_listed: u64) -> Coverage {
        let mut coverage = Coverage { not_listed, ..Coverage::default() };
        for (place, count) in levels {
            let level = OnlineLevel::all().nth(*place).expect("a level");
            coverage.counts.add(ListingState::Level(level), *count);
        }
        coverage
    }

    #[test]
    fn parts_of_a_bar_add_up_to_its_width() {
        let one = coverage(&[(1, 30), (2, 1), (3, 50)], 19);
        let chart = StackChart::new(L10n::vi(), "x", "t".into(), &[("Cấp xã".into(), &one)]);
        let row = &chart.rows[0];
        let widths: f64 = row.segments.iter().map(|part| part.width.parse::<f64>().expect("a number")).sum();
        assert!((widths - 400.0).abs() < 0.5, "{widths}");
        let numbers: Vec<_> = row.segments.iter().map(|part| part.number.as_deref()).collect();
        assert_eq!(
            numbers,
            [Some("50"), None, Some("30"), Some("19")],
            "a narrow part leaves its number to the table"
        );
        assert_eq!(chart.legend.len(), 4);
        assert_eq!(row.note, "51,0%");
        assert!(chart.description.contains("Mức độ 3 (NĐ 43/2011) 1"), "{}", chart.description);
    }

    #[test]
    fn a_step_stays_level_until_the_next_day_and_gaps_stay_open() {
        let point = |day, n, of| (day, format!("ngày {day}"), Share::of(n, of));
        let points = [point(0, 1, 4), point(10, 2, 4), point(20, 0, 0), point(30, 3, 4), point(40, 3, 4)];
        let chart = StepChart::new("x", "t".into(), &points).expect("four shares");
        assert_eq!(chart.path.matches('M').count(), 2, "{}", chart.path);
        assert_eq!(chart.dots.len(), 4);
        assert_eq!(chart.dots[0].label.as_deref(), Some("25,0%"));
        assert_eq!(chart.dots.iter().filter(|dot| dot.label.is_some()).count(), 2);
        assert_eq!(StepChart::new("x", "t".into(), &points[..1]), None);
        let late = [point(0, 0, 0), point(10, 1, 4), point(20, 2, 4)];
        let chart = StepChart::new("x", "t".into(), &late).expect("two shares");
        assert!(chart.path.starts_with("M219.0"), "nothing is drawn where there is no share: {}", chart.path);
        assert!(chart.dots.iter().all(|dot| dot.label.is_some()), "the first known share is written");
        assert_eq!(chart.with_breaks(&late, &[-1, 10, 21]).breaks, ["219.0"]);
    }
}
