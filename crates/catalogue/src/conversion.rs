//! A level in the words of another scheme, on request: always marked, and with what is unsound about it.

use crate::availability::{Availability, Checklist, PointState};
use crate::level::{Level, OnlineLevel, Scheme};

/// A level said in the words of another scheme.
///
/// Reading mức độ 3 as một phần and mức độ 4 as toàn trình is practice, not law: the texts test different things
/// (NĐ 43/2011/NĐ-CP the payment, NĐ 42/2022/NĐ-CP every step and the way in which the result is returned). A
/// converted level is therefore never stored as if it had been stated, and carries the reason why it may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// The level as stated.
    pub from: OnlineLevel,
    /// The level in the words asked for; absent where the other scheme cannot say it: "not online" is mức độ 1 as well
    /// as mức độ 2.
    pub level: Option<OnlineLevel>,
    /// Why the conversion may be wrong; absent where the check-list bears it out.
    pub doubt: Option<Doubt>,
}

/// What is unsound about a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Mức độ 4 with the result collected at the office: allowed then, but not toàn trình.
    ResultAtOffice,
    /// Mức độ 4, and where the result is returned is not recorded.
    ResultNotRecorded,
    /// Mức độ 3 where nothing is to be paid: it may well be toàn trình.
    NothingToPay,
    /// Mức độ 3, and whether anything is to be paid is not recorded.
    PaymentNotRecorded,
    /// Một phần although payment is online: by the old words that is mức độ 4.
    PaidOnline,
    /// Một phần, and where payment is made is not recorded: by the old words it is mức độ 3 or 4.
    PaymentPlaceNotRecorded,
    /// Not online: mức độ 1 or 2, which the newer words do not tell apart.
    OneOrTwo,
    /// Một phần without the reason that NĐ 224/2026/NĐ-CP Art. 14 wants to be published.
    NoReason,
}

impl Doubt {
    /// Every doubt.
    pub const ALL: [Self; 8] = [
        Self::ResultAtOffice,
        Self::ResultNotRecorded,
        Self::NothingToPay,
        Self::PaymentNotRecorded,
        Self::PaidOnline,
        Self::PaymentPlaceNotRecorded,
        Self::OneOrTwo,
        Self::NoReason,
    ];

    /// The code used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResultAtOffice => "result_at_office",
            Self::ResultNotRecorded => "result_not_recorded",
            Self::NothingToPay => "nothing_to_pay",
            Self::PaymentNotRecorded => "payment_not_recorded",
            Self::PaidOnline => "paid_online",
            Self::PaymentPlaceNotRecorded => "payment_place_not_recorded",
            Self::OneOrTwo => "one_or_two",
            Self::NoReason => "no_reason",
        }
    }
}

impl OnlineLevel {
    /// The level that practice puts in the place of this one in another scheme; absent where the other scheme cannot
    /// say it. Use [`Availability::converted_to`] where the listing is at hand: it knows what is unsound.
    #[must_use]
    pub fn practice_in(self, scheme: Scheme) -> Option<Self> {
        let level = match (self.level(), scheme) {
            (level, scheme) if scheme.levels().contains(&level) => level,
            (Level::One | Level::Two, _) => Level::None,
            (Level::Three, _) => Level::Partial,
            (Level::Four, _) => Level::Full,
            (Level::Partial, _) => Level::Three,
            (Level::Full, _) => Level::Four,
            (Level::None, _) => return None,
        };
        Self::new(scheme, level).ok()
    }
}

impl Availability {
    /// The claimed level in the words of a scheme; absent where no level is claimed or it is in these words already.
    #[must_use]
    pub fn converted_to(&self, scheme: Scheme) -> Option<Conversion> {
        let from = self.level.filter(|level| level.scheme() != scheme)?;
        let doubt = match (from.level(), scheme) {
            (Level::Four, _) => result_doubt(self.checklist),
            (Level::Three, Scheme::Nd224) => payment_doubt(self.checklist).or(Some(Doubt::NoReason)),
            (Level::Three, _) => payment_doubt(self.checklist),
            (Level::Partial, Scheme::Nd43) => paid_doubt(self.checklist),
            (Level::Partial, Scheme::Nd224) if self.partial_reason.is_none() => Some(Doubt::NoReason),
            (Level::None, Scheme::Nd43) => Some(Doubt::OneOrTwo),
            _ => None,
        };
        Some(Conversion { from, level: from.practice_in(scheme), doubt })
    }
}

fn result_doubt(checklist: Checklist) -> Option<Doubt> {
    match checklist.receive {
        Some(PointState::Online | PointState::NotApplicable) => None,
        Some(PointState::Desk | PointState::Partly) => Some(Doubt::ResultAtOffice),
        None => Some(Doubt::ResultNotRecorded),
    }
}

fn payment_doubt(checklist: Checklist) -> Option<Doubt> {
    match checklist.pay {
        Some(PointState::NotApplicable) => Some(Doubt::NothingToPay),
        Some(_) => None,
        None => Some(Doubt::PaymentNotRecorded),
    }
}

fn paid_doubt(checklist: Checklist) -> Option<Doubt> {
    match checklist.pay {
        Some(PointState::Online | PointState::NotApplicable) => Some(Doubt::PaidOnline),
        Some(_) => None,
        None => Some(Doubt::PaymentPlaceNotRecorded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PointState::{Desk, NotApplicable, Online};

    fn converted(
        scheme: Scheme,
        level: Level,
        pay: Option<PointState>,
        receive: Option<PointState>,
    ) -> String {
        let mut listing = crate::availability::tests::listing();
        listing.level = Some(OnlineLevel::new(scheme, level).expect("a level of its scheme"));
        listing.checklist = Checklist { pay, receive, ..Checklist::default() };
        let to = if scheme == Scheme::Nd43 { Scheme::Nd42 } else { Scheme::Nd43 };
        let found = listing.converted_to(to).expect("another scheme");
        assert_eq!(found.from.level(), level);
        let level = found.level.map_or("-", |level| level.level().as_str());
        format!("{level} {}", found.doubt.map_or("sound", Doubt::as_str))
    }

    #[test]
    fn an_old_level_4_collected_at_the_office_is_not_toan_trinh() {
        assert_eq!(converted(Scheme::Nd43, Level::Four, None, Some(Desk)), "full result_at_office");
        assert_eq!(converted(Scheme::Nd43, Level::Four, None, None), "full result_not_recorded");
        assert_eq!(converted(Scheme::Nd43, Level::Four, None, Some(Online)), "full sound");
    }

    #[test]
    fn an_old_level_3_without_a_fee_may_be_toan_trinh() {
        assert_eq!(
            converted(Scheme::Nd43, Level::Three, Some(NotApplicable), None),
            "partial nothing_to_pay"
        );
        assert_eq!(converted(Scheme::Nd43, Level::Three, None, None), "partial payment_not_recorded");
        assert_eq!(converted(Scheme::Nd43, Level::Three, Some(Desk), None), "partial sound");
    }

    #[test]
    fn the_way_back_is_no_more_certain() {
        assert_eq!(converted(Scheme::Nd42, Level::Partial, Some(Online), None), "3 paid_online");
        assert_eq!(converted(Scheme::Nd42, Level::Partial, None, None), "3 payment_place_not_recorded");
        assert_eq!(converted(Scheme::Nd42, Level::Partial, Some(Desk), None), "3 sound");
        assert_eq!(converted(Scheme::Nd42, Level::Full, None, None), "4 sound");
        assert_eq!(converted(Scheme::Nd42, Level::None, None, None), "- one_or_two");
        assert_eq!(converted(Scheme::Nd43, Level::Two, None, None), "none sound");
    }

    #[test]
    fn nothing_is_converted_into_its_own_words() {
        let mut listing = crate::availability::tests::listing();
        listing.level = OnlineLevel::new(Scheme::Nd43, Level::Four).ok();
        assert_eq!(listing.converted_to(Scheme::Nd43), None);
        listing.level = OnlineLevel::new(Scheme::Nd42, Level::Partial).ok();
        let conversion = listing.converted_to(Scheme::Nd224).expect("another scheme");
        assert_eq!(conversion.level.map(OnlineLevel::level), Some(Level::Partial));
        assert_eq!(conversion.doubt, Some(Doubt::NoReason));
        // Mức độ 3 knew no such reason, so it never has the one that NĐ 224 wants.
        listing.level = OnlineLevel::new(Scheme::Nd43, Level::Three).ok();
        listing.checklist.pay = Some(PointState::Desk);
        let conversion = listing.converted_to(Scheme::Nd224).expect("another scheme");
        assert_eq!(conversion.doubt, Some(Doubt::NoReason));
    }
}
