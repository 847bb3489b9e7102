use super::*;
use crate::period::Period;
use crate::procedure::Method;
use crate::source::{Assurance, Source, SourceKind};
use crate::{PartialReasonKind, PointState};

/// The rule on a day before any of the listings' ends.
fn carry(predecessors: &[Predecessor<'_>]) -> Option<Verdict> {
    super::carry(predecessors, day("2025-07-01"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn level(scheme: Scheme, level: Level) -> Option<OnlineLevel> {
    Some(OnlineLevel::new(scheme, level).expect("a level of its scheme"))
}

fn says(offered: Offered, level: Option<OnlineLevel>) -> Availability {
    Availability {
        procedure: "1.001193".parse().expect("a code"),
        case: None,
        centre: "c18070".parse().expect("an id"),
        period: Period::since("2021-01-01".parse().expect("a day")),
        offered,
        level,
        converted: false,
        channels: Vec::new(),
        checklist: Checklist::default(),
        partial_reason: None,
        proactive: None,
        boundary_free: BoundaryFree::Unknown,
        decision: None,
        evidence: Vec::new(),
        assurance: Assurance::default(),
        source: Source { kind: SourceKind::Decision, citation: "thử".to_owned(), retrieved_on: None },
    }
}

fn at(number: Level) -> Availability {
    says(Offered::Yes, level(Scheme::Nd43, number))
}

fn whole(listing: &Availability) -> Predecessor<'_> {
    Predecessor { is_whole: true, listing: Some(listing) }
}

fn part(listing: &Availability) -> Predecessor<'_> {
    Predecessor { is_whole: false, listing: Some(listing) }
}

const ABSENT: Predecessor<'static> = Predecessor { is_whole: true, listing: None };
const PART_ABSENT: Predecessor<'static> = Predecessor { is_whole: false, listing: None };

fn short(predecessors: &[Predecessor<'_>]) -> (Outcome, Offered, Option<OnlineLevel>, Option<WorkKind>) {
    let verdict = carry(predecessors).expect("something to say");
    (verdict.outcome, verdict.offered, verdict.level, verdict.task)
}

#[test]
fn the_same_everywhere_is_carried() {
    let (a, b) = (at(Level::Three), at(Level::Three));
    let carried = (Outcome::Carried, Offered::Yes, level(Scheme::Nd43, Level::Three), None);
    assert_eq!(short(&[whole(&a)]), carried);
    assert_eq!(short(&[whole(&a), whole(&b)]), carried);
    // A part that says the same does no harm.
    assert_eq!(short(&[whole(&a), part(&b)]), carried);
    let no = says(Offered::No, None);
    assert_eq!(short(&[whole(&no), whole(&no)]), (Outcome::Carried, Offered::No, None, None));
}

#[test]
fn the_weakest_is_shown_and_the_difference_is_a_task() {
    let (three, four) = (at(Level::Three), at(Level::Four));
    let (without, no) = (says(Offered::Yes, None), says(Offered::No, None));
    let unknown = says(Offered::Unknown, None);
    let task = Some(WorkKind::LevelDiffers);
    let cases = [
        (vec![whole(&four), whole(&three)], Outcome::Weakened, Offered::Yes, three.level),
        (vec![whole(&four), whole(&without)], Outcome::Weakened, Offered::Yes, None),
        (vec![whole(&four), whole(&unknown)], Outcome::Unknown, Offered::Unknown, None),
        (vec![whole(&without), whole(&no)], Outcome::Weakened, Offered::No, None),
        (vec![whole(&unknown), whole(&no)], Outcome::Weakened, Offered::No, None),
        (vec![whole(&four), ABSENT], Outcome::Unknown, Offered::Unknown, None),
        (vec![whole(&no), ABSENT], Outcome::Weakened, Offered::No, None),
        // A part weakens too.
        (vec![whole(&four), part(&three)], Outcome::Weakened, Offered::Yes, three.level),
        (vec![whole(&four), PART_ABSENT], Outcome::Unknown, Offered::Unknown, None),
        (vec![ABSENT, part(&four)], Outcome::Unknown, Offered::Unknown, None),
    ];
    for (mut predecessors, outcome, offered, level) in cases {
        assert_eq!(short(&predecessors), (outcome, offered, level, task), "{predecessors:?}");
        predecessors.reverse();
        assert_eq!(short(&predecessors), (outcome, offered, level, task), "the other way round");
    }
}

#[test]
fn levels_of_two_schemes_are_not_compared() {
    let old = at(Level::Four);
    let new = says(Offered::Yes, level(Scheme::Nd42, Level::Full));
    let unknown = (Outcome::Unknown, Offered::Unknown, None, Some(WorkKind::LevelDiffers));
    assert_eq!(short(&[whole(&old), whole(&new)]), unknown);
    // An answer below every level needs no comparison.
    let no = says(Offered::No, None);
    assert_eq!(short(&[whole(&old), whole(&new), whole(&no)]).1, Offered::No);
    let without = says(Offered::Yes, None);
    let weakened = (Outcome::Weakened, Offered::Yes, None, Some(WorkKind::LevelDiffers));
    assert_eq!(short(&[whole(&old), whole(&without), whole(&new)]), weakened);
}

#[test]
fn parts_alone_carry_nothing() {
    let three = at(Level::Three);
    let unknown = (Outcome::Unknown, Offered::Unknown, None, Some(WorkKind::OnlyParts));
    assert_eq!(short(&[part(&three)]), unknown);
    assert_eq!(short(&[part(&three), part(&three)]), unknown);
    assert_eq!(short(&[part(&says(Offered::No, None))]), unknown);
    // Where nobody had said anything, there is nothing to ask.
    let silent = says(Offered::Unknown, None);
    assert_eq!(short(&[part(&silent), PART_ABSENT]), (Outcome::Carried, Offered::Unknown, None, None));
}

#[test]
fn without_any_listing_there_is_nothing_to_say() {
    assert_eq!(carry(&[ABSENT, PART_ABSENT]), None);
    assert_eq!(carry(&[]), None);
}

#[test]
fn details_stay_where_all_agree_and_are_counted_where_they_differ() {
    let online = |link: &str| AvailabilityChannel {
        method: Method::Online,
        link: Some(link.to_owned()),
        time_limit: None,
        fees: Vec::new(),
    };
    let mut a = at(Level::Three);
    a.channels = vec![online("https://a.example/1")];
    a.checklist.submit = Some(PointState::Online);
    a.decision = Some("12/QĐ-UBND".to_owned());
    let mut b = a.clone();
    let verdict = carry(&[whole(&a), whole(&b)]).expect("carried");
    assert_eq!((verdict.channels.as_slice(), verdict.dropped), (a.channels.as_slice(), 0));
    assert_eq!((verdict.checklist, verdict.decision.as_deref()), (a.checklist, Some("12/QĐ-UBND")));

    b.channels = vec![online("https://b.example/1")];
    b.boundary_free = BoundaryFree::Province;
    let verdict = carry(&[whole(&a), whole(&b)]).expect("carried");
    assert_eq!((verdict.outcome, verdict.level), (Outcome::Carried, a.level));
    assert_eq!((verdict.channels.len(), verdict.boundary_free), (0, BoundaryFree::Unknown));
    assert_eq!((verdict.dropped, verdict.checklist), (2, a.checklist));

    // What is unknown or not offered has no details, and none are counted.
    let no = says(Offered::No, None);
    let verdict = carry(&[whole(&a), whole(&no)]).expect("weakened");
    assert_eq!((verdict.channels.len(), verdict.checklist, verdict.dropped), (0, Checklist::default(), 0));
}

#[test]
fn reasons_for_partly_online_are_those_of_the_level_shown() {
    let because = |text: &str| PartialReason {
        kind: PartialReasonKind::PresenceRequired,
        clause: "Điều 5".to_owned(),
        text: text.to_owned(),
    };
    let partial = |text: &str| {
        let mut listing = says(Offered::Yes, level(Scheme::Nd224, Level::Partial));
        listing.partial_reason = Some(because(text));
        listing
    };
    let full = says(Offered::Yes, level(Scheme::Nd224, Level::Full));
    let (a, b) = (partial("phải có mặt"), partial("kiểm tra thực địa"));
    let verdict = carry(&[whole(&a), whole(&full)]).expect("weakened");
    assert_eq!((verdict.level, verdict.partial_reason), (a.level, a.partial_reason.clone()));
    assert_eq!(verdict.task, Some(WorkKind::LevelDiffers));
    // The same level for two reasons: no level rather than a reason that may be wrong.
    let verdict = carry(&[whole(&a), whole(&b)]).expect("weakened");
    assert_eq!((verdict.outcome, verdict.level, verdict.partial_reason), (Outcome::Weakened, None, None));
    assert_eq!((verdict.offered, verdict.task), (Offered::Yes, Some(WorkKind::ReasonDiffers)));
}

#[test]
fn conversions_ends_and_made_up_data_stay_marked() {
    let mut a = says(Offered::Yes, level(Scheme::Nd42, Level::Full));
    let mut b = a.clone();
    a.converted = true;
    b.period = Period::new(b.period.valid_from(), "2026-01-01".parse().ok()).expect("a period");
    b.source.kind = SourceKind::Sample;
    let verdict = carry(&[whole(&b), whole(&a)]).expect("carried");
    assert!(verdict.converted && verdict.is_sample);
    assert_eq!(verdict.ends, "2026-01-01".parse().ok());
}

/// Whatever the answers: the result promises no more than any of them, does not depend on their order, and a difference
/// never goes without a task.
#[test]
fn no_promise_grows() {
    let answers: Vec<Option<Availability>> = vec![
        None,
        Some(says(Offered::No, None)),
        Some(says(Offered::Unknown, None)),
        Some(says(Offered::Yes, None)),
        Some(at(Level::One)),
        Some(at(Level::Four)),
        Some(says(Offered::Yes, level(Scheme::Nd42, Level::Partial))),
        Some(says(Offered::Yes, level(Scheme::Nd42, Level::Full))),
    ];
    let mut tried = 0;
    for a in &answers {
        for b in &answers {
            for c in &answers {
                for bits in 0..8 {
                    let wholes = [0, 1, 2].map(|place| (bits >> place) & 1 == 0);
                    let predecessors: Vec<Predecessor<'_>> = [a, b, c]
                        .into_iter()
                        .zip(wholes)
                        .map(|(listing, is_whole)| Predecessor { is_whole, listing: listing.as_ref() })
                        .collect();
                    let Some(verdict) = carry(&predecessors) else { continue };
                    tried += 1;
                    let shown = match (verdict.offered, verdict.level) {
                        (Offered::No, _) => Strength::NotOffered,
                        (Offered::Unknown, _) => Strength::Unknown,
                        (Offered::Yes, None) => Strength::WithoutLevel,
                        (Offered::Yes, Some(level)) => Strength::Level(level),
                    };
                    let all: Vec<Strength> =
                        predecessors.iter().map(|one| Strength::of(one.listing)).collect();
                    let differs = all.iter().any(|one| *one != all[0]);
                    let parts = wholes.iter().all(|is_whole| !is_whole);
                    for one in all.iter().filter(|_| !parts) {
                        let holds = match (shown, one) {
                            (Strength::Level(shown), Strength::Level(one)) => {
                                shown.scheme() == one.scheme() && shown.rank() <= one.rank()
                            }
                            (shown, one) => shown <= *one,
                        };
                        assert!(holds, "{shown:?} promises more than {one:?} in {predecessors:?}");
                    }
                    assert!(
                        !differs || verdict.task.is_some(),
                        "a difference without a task: {predecessors:?}"
                    );
                    let mut reversed = predecessors.clone();
                    reversed.reverse();
                    assert_eq!(carry(&reversed), Some(verdict));
                }
            }
        }
    }
    assert!(tried > 3_000, "{tried}");
}

#[test]
fn from_july_2026_on_mot_phan_without_a_reason_is_carried_as_an_offer_and_a_task() {
    let old = says(Offered::Yes, level(Scheme::Nd42, Level::Partial));
    let carried = |on: &str| super::carry(&[whole(&old), whole(&old)], day(on)).expect("carried");
    assert_eq!(carried("2026-06-30").level, old.level);
    let verdict = carried("2026-07-01");
    assert_eq!((verdict.offered, verdict.level), (Offered::Yes, None));
    assert_eq!((verdict.outcome, verdict.task), (Outcome::Weakened, Some(WorkKind::ReasonDiffers)));
}

#[test]
fn a_carried_listing_outlives_no_promise_behind_it() {
    let ending = |to: Option<&str>| {
        let mut listing = at(Level::Four);
        listing.period = Period::new(Some(day("2021-01-01")), to.map(day)).expect("a period");
        listing
    };
    let (with_centre, soon, open) = (ending(Some("2025-07-01")), ending(Some("2025-12-31")), ending(None));
    for predecessors in [[&with_centre, &soon], [&soon, &open], [&soon, &with_centre]] {
        let verdict = carry(&predecessors.map(whole)).expect("carried");
        assert_eq!(verdict.ends, Some(day("2025-12-31")));
    }
    assert_eq!(carry(&[whole(&with_centre), whole(&open)]).expect("carried").ends, None);
}
