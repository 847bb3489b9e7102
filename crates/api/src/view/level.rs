//! How far online, over many listings.

use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::OnlineLevel;
use motcua_search::{LevelCounts, LevelSpread};

use crate::view::code::{Code, LevelCode, SchemeCode};

/// One level in its scheme, and how many there are of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelCountView {
    /// The level.
    pub(crate) level: LevelCode,
    /// Its scheme.
    pub(crate) scheme: SchemeCode,
    /// How many.
    #[schema(example = 12)]
    pub(crate) count: u64,
}

impl LevelCountView {
    pub(crate) fn new(level: OnlineLevel, count: u64) -> Self {
        Self { level: Code(level.level()), scheme: Code(level.scheme()), count }
    }
}

/// Counts by level. Unknown never counts as online.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelCountsView {
    /// Offered at a level: only levels that occur, oldest scheme and lowest level first.
    pub(crate) levels: Vec<LevelCountView>,
    /// Offered, but nobody has said how far online.
    #[schema(example = 3)]
    pub(crate) offered_without_level: u64,
    /// Listed, but nobody has said whether it is offered.
    #[schema(example = 0)]
    pub(crate) unknown: u64,
    /// Not offered.
    #[schema(example = 1)]
    pub(crate) not_offered: u64,
    /// How many of all these can be sent online: mức độ 3 and 4, một phần, toàn trình.
    #[schema(example = 9)]
    pub(crate) online: u64,
}

impl From<LevelCounts> for LevelCountsView {
    fn from(counts: LevelCounts) -> Self {
        let online = counts.online();
        let LevelCounts { levels, offered_without_level, unknown, not_offered } = counts;
        let levels = levels.into_iter().map(|(level, count)| LevelCountView::new(level, count)).collect();
        Self { levels, offered_without_level, unknown, not_offered, online }
    }
}

/// Over centres, how far one procedure is online: both ends of the range, never the best centre alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelSpreadView {
    /// The scheme of `highest` and `weakest`: the one that most centres use; null where no centre has a level.
    #[schema(required)]
    pub(crate) scheme: Option<SchemeCode>,
    /// The highest level of that scheme at which a centre offers it.
    #[schema(required)]
    pub(crate) highest: Option<LevelCode>,
    /// The lowest level of that scheme at which a centre offers it. Look at the counts as well: centres without a
    /// known level are not in it.
    #[schema(required)]
    pub(crate) weakest: Option<LevelCode>,
    /// Centres by level, in every scheme.
    pub(crate) centres: LevelCountsView,
}

impl From<LevelSpread> for LevelSpreadView {
    fn from(spread: LevelSpread) -> Self {
        let code = |level: Option<OnlineLevel>| level.map(|level| Code(level.level()));
        Self {
            scheme: spread.scheme.map(Code),
            highest: code(spread.highest),
            weakest: code(spread.weakest),
            centres: spread.counts.into(),
        }
    }
}
