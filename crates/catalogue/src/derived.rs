//! The level that follows from the check-list, beside the one that is claimed.

use crate::availability::{Availability, Checklist, PointState};
use crate::level::{Level, OnlineLevel, Scheme};

/// A level derived from the seven interaction points. It is kept apart from the claimed one and never replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedLevel {
    /// The level, in the scheme of the claim.
    pub level: OnlineLevel,
    /// The point that keeps it from being higher, by its name in [`Checklist::POINTS`]; none at the highest level.
    pub deciding_point: Option<&'static str>,
}

impl Checklist {
    /// The level that the points allow in a scheme. Nothing follows while a point is not assessed.
    ///
    /// The weakest applicable point decides. Under NĐ 43/2011 the steps of the ladder are sending (below mức độ 3) and
    /// paying (below mức độ 4): a result collected at the office is allowed at every level. Under NĐ 42/2022 and
    /// NĐ 224/2026 toàn trình wants every applicable point online, một phần at least a part of the sending.
    #[must_use]
    pub fn derived_level(self, scheme: Scheme) -> Option<DerivedLevel> {
        let mut states = [PointState::NotApplicable; 7];
        for (state, assessed) in states.iter_mut().zip(self.states()) {
            *state = assessed?;
        }
        let [find, _, submit, pay, ..] = states;
        let open = |state: PointState| !matches!(state, PointState::Online | PointState::NotApplicable);
        let (level, deciding_point) = match scheme {
            Scheme::Nd43 if open(submit) && open(find) => (Level::One, Some("find")),
            Scheme::Nd43 if open(submit) => (Level::Two, Some("submit")),
            Scheme::Nd43 if open(pay) => (Level::Three, Some("pay")),
            Scheme::Nd43 => (Level::Four, None),
            Scheme::Nd42 | Scheme::Nd224 if submit == PointState::Desk => (Level::None, Some("submit")),
            Scheme::Nd42 | Scheme::Nd224 => {
                let weakest = weakest(&states);
                (if weakest.is_some() { Level::Partial } else { Level::Full }, weakest)
            }
        };
        OnlineLevel::new(scheme, level).ok().map(|level| DerivedLevel { level, deciding_point })
    }
}

/// The first of the weakest points that are not online; a desk is weaker than a part.
fn weakest(states: &[PointState; 7]) -> Option<&'static str> {
    let first = |wanted| {
        let place = states.iter().position(|state| *state == wanted)?;
        Checklist::POINTS.get(place).copied()
    };
    first(PointState::Desk).or_else(|| first(PointState::Partly))
}

impl Availability {
    /// The level that the check-list allows, in the scheme of the claim.
    #[must_use]
    pub fn derived_level(&self) -> Option<DerivedLevel> {
        self.checklist.derived_level(self.level?.scheme())
    }

    /// Whether the claimed level differs from the one that the check-list allows: a warning that readers see.
    #[must_use]
    pub fn level_differs(&self) -> bool {
        self.derived_level().is_some_and(|derived| Some(derived.level) != self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PointState::{Desk, NotApplicable, Online, Partly};

    fn derived(scheme: Scheme, states: [PointState; 7]) -> Option<(&'static str, Option<&'static str>)> {
        let level = Checklist::from_states(states.map(Some)).derived_level(scheme)?;
        Some((level.level.level().as_str(), level.deciding_point))
    }

    #[test]
    fn payment_decides_between_levels_3_and_4() {
        let unpaid = [Online, Online, Online, Desk, Online, Desk, Online];
        let paid = [Online, Online, Online, Online, Online, Desk, Online];
        let free = [Online, Online, Online, NotApplicable, Online, Desk, Online];
        assert_eq!(derived(Scheme::Nd43, unpaid), Some(("3", Some("pay"))));
        assert_eq!(derived(Scheme::Nd43, paid), Some(("4", None)));
        assert_eq!(derived(Scheme::Nd43, free), Some(("4", None)));
        // The same free procedure is not toàn trình while its result is collected at the desk.
        assert_eq!(derived(Scheme::Nd42, free), Some(("partial", Some("receive"))));
    }

    #[test]
    fn the_weakest_point_decides() {
        let nearly = [Online, Online, Online, Partly, Online, Desk, Online];
        assert_eq!(derived(Scheme::Nd224, nearly), Some(("partial", Some("receive"))));
        assert_eq!(derived(Scheme::Nd224, [Online; 7]), Some(("full", None)));
        assert_eq!(
            derived(Scheme::Nd224, [Online, Online, Desk, Online, Online, Online, Online]),
            Some(("none", Some("submit")))
        );
        assert_eq!(
            derived(Scheme::Nd43, [Online, Desk, Desk, Desk, Desk, Desk, Desk]),
            Some(("2", Some("submit")))
        );
        assert_eq!(derived(Scheme::Nd43, [Desk; 7]), Some(("1", Some("find"))));
    }

    #[test]
    fn nothing_follows_from_half_a_check_list() {
        let half = Checklist { submit: Some(Online), ..Checklist::default() };
        assert_eq!(half.derived_level(Scheme::Nd42), None);
    }
}
