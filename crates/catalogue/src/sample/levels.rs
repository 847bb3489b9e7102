//! Made-up levels, spread as plausibly as they were: the shares per tier and time, and what goes with each level.

use chrono::{Days, NaiveDate};

use super::rule::{Dice, key};
use crate::{
    Assurance, Availability, AvailabilityChannel, BoundaryFree, CentreId, Checklist, Level, Method, Offered,
    OnlineLevel, PartialReason, PartialReasonKind, Period, PointState, Procedure, ProcedureCode, Scheme,
    Source, SourceKind,
};

/// Out of a thousand listings: how many are not offered, unknown, offered without a level, and at each level, lowest
/// first. Together 1,000.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    /// Whose words the levels are.
    pub(super) scheme: Scheme,
    /// Not offered.
    pub(super) no: u32,
    /// Nobody has said.
    pub(super) unknown: u32,
    /// Offered, level not known.
    pub(super) unrated: u32,
    /// At each level of the scheme, lowest first.
    pub(super) levels: &'static [u32],
}

/// Provincial centres in 2020/21.
pub(super) const PROVINCE_ND43: Shares =
    Shares { scheme: Scheme::Nd43, no: 5, unknown: 20, unrated: 15, levels: &[30, 430, 290, 210] };
/// District centres in 2020/21.
pub(super) const DISTRICT_ND43: Shares =
    Shares { scheme: Scheme::Nd43, no: 5, unknown: 25, unrated: 30, levels: &[60, 620, 210, 50] };
/// Commune units in 2020/21.
pub(super) const COMMUNE_ND43: Shares =
    Shares { scheme: Scheme::Nd43, no: 5, unknown: 30, unrated: 35, levels: &[80, 690, 130, 30] };
/// Provincial centres under NĐ 42/2022.
pub(super) const PROVINCE_ND42: Shares =
    Shares { scheme: Scheme::Nd42, no: 5, unknown: 20, unrated: 15, levels: &[190, 370, 400] };
/// Provincial centres under NĐ 224/2026.
pub(super) const PROVINCE_ND224: Shares =
    Shares { scheme: Scheme::Nd224, no: 5, unknown: 15, unrated: 10, levels: &[130, 330, 510] };
/// Communes since 1 July 2025 under NĐ 42/2022.
pub(super) const COMMUNE_ND42: Shares =
    Shares { scheme: Scheme::Nd42, no: 5, unknown: 25, unrated: 20, levels: &[270, 420, 260] };
/// Communes under NĐ 224/2026.
pub(super) const COMMUNE_ND224: Shares =
    Shares { scheme: Scheme::Nd224, no: 5, unknown: 20, unrated: 15, levels: &[190, 410, 360] };

impl Shares {
    /// The answer for a draw from 0 to 999. What cannot be filed online stays below the online levels.
    pub(super) fn answer(&self, draw: u32, can_be_online: bool) -> (Offered, Option<OnlineLevel>) {
        let mut bound = self.no;
        if draw < bound {
            return (Offered::No, None);
        }
        bound += self.unknown;
        if draw < bound {
            return (Offered::Unknown, None);
        }
        bound += self.unrated;
        if draw < bound {
            return (Offered::Yes, None);
        }
        let level_of = |level: &Level| OnlineLevel::new(self.scheme, *level).ok();
        let mut reached = None;
        for (level, share) in self.scheme.levels().iter().zip(self.levels) {
            let next = level_of(level).filter(|level| can_be_online || !level.is_online());
            reached = next.or(reached);
            bound += share;
            if draw < bound {
                break;
            }
        }
        (Offered::Yes, reached)
    }
}

/// What of a procedure decides about its listings.
#[derive(Debug, Clone)]
pub(super) struct Traits {
    /// Code.
    pub(super) code: ProcedureCode,
    /// Key for the dice.
    pub(super) key: u64,
    can_be_online: bool,
    is_free: bool,
    boundary_free: bool,
}

impl Traits {
    /// Reads them from the procedure.
    pub(super) fn of(procedure: &Procedure) -> Self {
        let details = &procedure.details;
        let online = details.channels.is_empty()
            || details.channels.iter().any(|channel| channel.method == Method::Online);
        let mut amounts =
            details.channels.iter().flat_map(|channel| &channel.fees).map(|fee| fee.amount).peekable();
        Self {
            key: key(procedure.code.as_str()),
            code: procedure.code.clone(),
            can_be_online: online && details.offline_only != Some(true),
            is_free: amounts.peek().is_some() && amounts.all(|amount| amount == Some(crate::Dong::ZERO)),
            boundary_free: details.boundary_free == Some(true),
        }
    }
}

/// A time during which the listings of a centre hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// First day.
    pub(super) from: NaiveDate,
    /// First day after.
    pub(super) to: Option<NaiveDate>,
    /// Shares of the levels.
    pub(super) shares: Shares,
    /// Whether everything but the level is made up too: links, check-list, assurance.
    pub(super) with_details: bool,
}

/// A centre as the dice see it.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// Id.
    pub(super) id: CentreId,
    /// Key for the dice.
    pub(super) key: u64,
    /// Key of its tier, shared by all centres of the tier.
    pub(super) tier_key: u64,
}

impl Desk {
    /// The desk of a centre.
    pub(super) fn of(id: &CentreId, tier: crate::Tier) -> Self {
        Self { key: key(id.as_str()), tier_key: key(tier.as_str()), id: id.clone() }
    }
}

/// The listing of a procedure at a centre in a span. Most centres of a tier agree on a procedure's level, some lag
/// behind and some lead: that spread is what the site is there to show.
pub(super) fn listing(traits: &Traits, desk: &Desk, span: &Span, seed: u64, source: &Source) -> Availability {
    let mut dice = Dice::of(&[seed, traits.key, desk.key]);
    let own = dice.below(1000);
    let draw =
        if dice.below(100) < 70 { Dice::of(&[seed, traits.key, desk.tier_key]).below(1000) } else { own };
    let (offered, level) = span.shares.answer(draw, traits.can_be_online);
    let mut record = Availability {
        procedure: traits.code.clone(),
        case: None,
        centre: desk.id.clone(),
        period: Period::new(Some(span.from), span.to).unwrap_or(Period::since(span.from)),
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
        source: source.clone(),
    };
    let needs_reason =
        level.is_some_and(|level| level.scheme() == Scheme::Nd224 && level.level() == Level::Partial);
    if needs_reason {
        record.partial_reason = Some(partial_reason(&mut dice));
    }
    if span.with_details && offered == Offered::Yes {
        add_details(&mut record, traits, span, &mut dice);
    }
    record
}

/// The mark of everything made up.
pub(super) fn made_up(what: &str) -> Source {
    Source {
        kind: SourceKind::Sample,
        citation: format!("Dữ liệu mẫu của Một Cửa: {what}"),
        retrieved_on: None,
    }
}

fn add_details(record: &mut Availability, traits: &Traits, span: &Span, dice: &mut Dice) {
    if let Some(level) = record.level {
        record.checklist = checklist(level.level(), traits.is_free, dice.below(100) < 4);
        let code = traits.code.as_str();
        if level.is_online() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b)) {
            // `.example` is reserved and leads nowhere: a made-up address must not look like a real one.
            let link = format!("https://dvc.example/{}/{code}", record.centre);
            let channel = AvailabilityChannel {
                method: Method::Online,
                link: Some(link),
                time_limit: None,
                fees: Vec::new(),
            };
            record.channels.push(channel);
        }
    }
    record.boundary_free = match (span.shares.scheme, dice.below(10)) {
        (Scheme::Nd43, 0..3) => BoundaryFree::None,
        (Scheme::Nd43, _) | (_, 0..3) => BoundaryFree::Unknown,
        _ if traits.boundary_free => BoundaryFree::Nation,
        _ => BoundaryFree::Province,
    };
    let assured_on = span.from.checked_add_days(Days::new(u64::from(dice.below(45))));
    let due_in = if dice.below(5) == 0 { 90 } else { 180 };
    record.assurance = Assurance {
        assured_on,
        assured_by: Some("Dữ liệu mẫu".to_owned()),
        review_due: assured_on.and_then(|day| day.checked_add_days(Days::new(due_in))),
    };
}

/// The seven points as they stand at a level. `overstated`: the claimed level is higher than they allow, which a site
/// must show as a warning.
fn checklist(level: Level, is_free: bool, overstated: bool) -> Checklist {
    use PointState::{Desk, NotApplicable, Online, Partly};
    // find, sign in, submit, pay, follow, receive, complain
    let mut states = match level {
        Level::None | Level::One => [Partly, NotApplicable, Desk, Desk, Desk, Desk, Desk],
        Level::Two => [Online, NotApplicable, Desk, Desk, Partly, Desk, Partly],
        Level::Three | Level::Partial => [Online, Online, Online, Desk, Online, Desk, Online],
        Level::Four | Level::Full => [Online; 7],
    };
    if overstated && matches!(level, Level::Four | Level::Full) {
        states[5] = Desk;
    }
    if is_free {
        states[3] = NotApplicable;
    }
    Checklist::from_states(states.map(Some))
}

fn partial_reason(dice: &mut Dice) -> PartialReason {
    let kind = dice.pick(&PartialReasonKind::ALL).copied().unwrap_or(PartialReasonKind::PresenceRequired);
    let text = match kind {
        PartialReasonKind::PresenceRequired => "Lý do mẫu: người nộp phải có mặt tại nơi tiếp nhận.",
        PartialReasonKind::OnSiteVerification => "Lý do mẫu: phải xác minh tại thực địa.",
        PartialReasonKind::TechnicalFault => "Lý do mẫu: sự cố kỹ thuật chưa khắc phục được ngay.",
        PartialReasonKind::OtherTechnical => "Lý do mẫu: vướng mắc kỹ thuật khác.",
    };
    PartialReason {
        kind, clause: "Dữ liệu mẫu, không dẫn điều khoản".to_owned(), text: text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Shares; 7] = [
        PROVINCE_ND43,
        DISTRICT_ND43,
        COMMUNE_ND43,
        PROVINCE_ND42,
        PROVINCE_ND224,
        COMMUNE_ND42,
        COMMUNE_ND224,
    ];

    #[test]
    fn shares_are_whole_and_fit_their_scheme() {
        for shares in ALL {
            assert_eq!(shares.no + shares.unknown + shares.unrated + shares.levels.iter().sum::<u32>(), 1000);
            assert_eq!(shares.levels.len(), shares.scheme.levels().len());
        }
    }

    #[test]
    fn a_higher_draw_never_gives_a_lower_level() {
        for shares in ALL {
            let ranks: Vec<_> =
                (0..1000).filter_map(|draw| shares.answer(draw, true).1).map(OnlineLevel::rank).collect();
            assert!(ranks.is_sorted());
            assert_eq!(ranks.last(), Some(&(shares.levels.len() - 1)));
        }
    }

    #[test]
    fn what_is_not_filed_online_is_never_listed_as_online() {
        for shares in ALL {
            assert!(
                (0..1000).filter_map(|draw| shares.answer(draw, false).1).all(|level| !level.is_online())
            );
        }
    }
}
