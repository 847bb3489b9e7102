//! Figures in JSON and as cells of a table.

use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::figures::{Coverage, OnlineIndicator, Share, ShareSpread, UnitShare};
use motcua_catalogue::{OnlineLevel, Scheme};

use crate::csv::cell;
use crate::view::level::{CountsInSchemeView, LevelCountView};

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct ShareView {
    /// How many.
    #[schema(example = 412)]
    pub(crate) numerator: u64,
    /// Out of how many.
    #[schema(example = 1240)]
    pub(crate) denominator: u64,
    /// The same in percent, rounded to one decimal; null where the denominator is 0, and in a series on days on which no
    /// centre has said anything.
    #[schema(required, example = 33.2)]
    pub(crate) percent: Option<f64>,
}

impl From<Share> for ShareView {
    fn from(share: Share) -> Self {
        Self { numerator: share.numerator, denominator: share.denominator, percent: share.percent() }
    }
}

impl ShareView {
    /// Columns of a share in a table.
    pub(crate) fn columns(name: &str) -> [String; 3] {
        [name.to_owned(), format!("{name}_of"), format!("{name}_percent")]
    }

    /// Its cells.
    pub(crate) fn cells(self) -> [String; 3] {
        [self.numerator.to_string(), self.denominator.to_string(), cell(self.percent)]
    }
}

/// Pairs of a procedure and a centre on a day. A pair is there where the centre lists the procedure, and where the
/// procedure is national and one of its tiers is the centre's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// All pairs: the denominator of `online` and `full`.
    #[schema(example = 1240)]
    pub(crate) pairs: u64,
    /// Offered, at whatever level.
    #[schema(example = 900)]
    pub(crate) offered: u64,
    /// Offered at a level: only levels that occur, oldest scheme and lowest level first.
    pub(crate) levels: Vec<LevelCountView>,
    /// Offered, but nobody has said how far online.
    #[schema(example = 3)]
    pub(crate) offered_without_level: u64,
    /// Not offered.
    #[schema(example = 1)]
    pub(crate) not_offered: u64,
    /// Listed as unknown: nobody has said whether it is offered.
    #[schema(example = 39)]
    pub(crate) unknown: u64,
    /// Not listed: the procedure concerns the centre by its tier, and the centre says nothing of it.
    #[schema(example = 300)]
    pub(crate) not_listed: u64,
    /// The honest share online: mức độ 3 and 4, một phần, toàn trình, of all pairs. Unknown is in the denominator and never
    /// in the numerator.
    pub(crate) online: ShareView,
    /// The same from end to end: mức độ 4, toàn trình.
    pub(crate) full: ShareView,
    /// The levels in the words of the scheme asked for, those of other schemes converted and told apart; null where none
    /// was asked for.
    #[schema(required)]
    pub(crate) in_scheme: Option<CountsInSchemeView>,
}

impl CoverageView {
    pub(crate) fn new(coverage: &Coverage, scheme: Option<Scheme>) -> Self {
        let counts = &coverage.counts;
        Self {
            pairs: coverage.pairs(),
            offered: counts.offered(),
            levels: counts.levels.iter().map(|&(level, n)| LevelCountView::new(level, n)).collect(),
            offered_without_level: counts.offered_without_level,
            not_offered: counts.not_offered,
            unknown: counts.unknown,
            not_listed: coverage.not_listed,
            online: coverage.online().into(),
            full: coverage.full().into(),
            in_scheme: scheme.map(|scheme| CountsInSchemeView::new(scheme, counts)),
        }
    }

    /// The same without its shares: where no centre has said anything, 0 % would be an answer that nobody gave.
    pub(crate) fn without_shares(mut self) -> Self {
        self.online.percent = None;
        self.full.percent = None;
        self
    }

    /// Columns of coverage in a table: one for every level that there is.
    pub(crate) fn columns() -> impl Iterator<Item = String> {
        let fixed = ["pairs", "offered", "offered_without_level", "not_offered", "unknown", "not_listed"];
        fixed
            .into_iter()
            .map(str::to_owned)
            .chain(OnlineLevel::all().map(|level| level.to_string()))
            .chain(ShareView::columns("online"))
            .chain(ShareView::columns("full"))
    }

    /// Its cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = String> {
        let fixed = [
            self.pairs,
            self.offered,
            self.offered_without_level,
            self.not_offered,
            self.unknown,
            self.not_listed,
        ];
        let level = |level: OnlineLevel| {
            let same =
                |count: &&LevelCountView| count.level.0 == level.level() && count.scheme.0 == level.scheme();
            self.levels.iter().find(same).map_or(0, |count| count.count)
        };
        let levels = OnlineLevel::all().map(level);
        let numbers = fixed.into_iter().chain(levels).map(|number| number.to_string());
        numbers.chain(self.online.cells()).chain(self.full.cells()).collect::<Vec<_>>().into_iter()
    }
}

/// Share online of one group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupShareView {
    /// Key of the group.
    #[schema(example = "18844")]
    pub(crate) key: String,
    /// Its share online.
    pub(crate) share: ShareView,
}

impl From<UnitShare> for GroupShareView {
    fn from(unit: UnitShare) -> Self {
        Self { key: unit.code, share: unit.share.into() }
    }
}

/// How the share online differs between the groups.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareSpreadView {
    /// How many groups have a share.
    #[schema(example = 69)]
    pub(crate) groups: u64,
    /// The weakest; of equals the one with the smallest key.
    pub(crate) weakest: GroupShareView,
    /// A quarter of the groups have at most this.
    pub(crate) lower_quartile: ShareView,
    /// Half of the groups have at most this.
    pub(crate) median: ShareView,
    /// Three quarters of the groups have at most this.
    pub(crate) upper_quartile: ShareView,
    /// The best; of equals the one with the smallest key.
    pub(crate) best: GroupShareView,
    /// The best less the weakest, in percentage points.
    #[schema(example = 41.5)]
    pub(crate) gap_points: f64,
}

impl From<ShareSpread> for ShareSpreadView {
    fn from(spread: ShareSpread) -> Self {
        let gap_points = spread.gap_points();
        Self {
            groups: spread.units,
            weakest: spread.weakest.into(),
            lower_quartile: spread.lower_quartile.into(),
            median: spread.median.into(),
            upper_quartile: spread.upper_quartile.into(),
            best: spread.best.into(),
            gap_points,
        }
    }
}

/// The official figure: QĐ 766/QĐ-TTg, group 3.1. The highest level counts wherever centres differ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OnlineIndicatorView {
    /// Province: procedures that some centre in it offers at một phần or toàn trình ÷ procedures that concern some centre in
    /// it. Commune: procedures of the commune tier that a centre of it offers so ÷ procedures of the commune tier that
    /// concern it.
    pub(crate) online: ShareView,
    /// Procedures offered at toàn trình ÷ procedures that may be offered so: all but those that their record marks as
    /// offline only. Which may is published nowhere, so this is an estimate and not an official figure.
    pub(crate) full: ShareView,
    /// Procedures left out of `full` because their record marks them as offline only.
    #[schema(example = 4)]
    pub(crate) offline_only: u64,
    /// Procedures in the denominator of `full` without any record of that mark.
    #[schema(example = 120)]
    pub(crate) unmarked: u64,
    /// Procedures that count in `online` by mức độ 3 or 4 of NĐ 43/2011 alone, taken as một phần and toàn trình: practice,
    /// not law.
    #[schema(example = 300)]
    pub(crate) by_old_levels: u64,
}

impl From<OnlineIndicator> for OnlineIndicatorView {
    fn from(indicator: OnlineIndicator) -> Self {
        Self {
            online: indicator.online.into(),
            full: indicator.full.into(),
            offline_only: indicator.offline_only,
            unmarked: indicator.unmarked,
            by_old_levels: indicator.by_old_levels,
        }
    }
}
