//! How far online, over many listings.

use serde::Serialize;
use utoipa::ToSchema;

use motcua_catalogue::figures::InScheme;
use motcua_catalogue::{Availability, Doubt, OnlineLevel, ProactiveLevel, Scheme};
use motcua_search::{LevelCounts, LevelSpread};

use crate::view::code::{Code, DoubtCode, LevelCode, SchemeCode};

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
    /// The levels in the words of the scheme that `scheme=` asks for; absent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) in_scheme: Option<CountsInSchemeView>,
}

/// Counts in the words of one scheme. Converted levels are practice, not law, and stand apart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsInSchemeView {
    /// The scheme.
    pub(crate) scheme: SchemeCode,
    /// Stated in its words: every level, lowest first.
    pub(crate) stated: Vec<LevelCountView>,
    /// Stated in the words of another scheme and converted.
    pub(crate) converted: Vec<LevelCountView>,
    /// Stated in other words that this scheme cannot say: not online is mức độ 1 as well as 2.
    #[schema(example = 0)]
    pub(crate) unsayable: u64,
}

impl CountsInSchemeView {
    pub(crate) fn new(scheme: Scheme, counts: &LevelCounts) -> Self {
        let InScheme { stated, converted, unsayable } = counts.in_scheme(scheme);
        let views = |counts: Vec<(OnlineLevel, u64)>| {
            counts.into_iter().map(|(level, count)| LevelCountView::new(level, count)).collect()
        };
        Self { scheme: Code(scheme), stated: views(stated), converted: views(converted), unsayable }
    }
}

impl LevelCountsView {
    /// Counts, also in the words of a scheme where one is asked for.
    pub(crate) fn said_in(counts: LevelCounts, scheme: Option<Scheme>) -> Self {
        let in_scheme = scheme.map(|scheme| CountsInSchemeView::new(scheme, &counts));
        Self { in_scheme, ..counts.into() }
    }
}

impl From<LevelCounts> for LevelCountsView {
    fn from(counts: LevelCounts) -> Self {
        let online = counts.online();
        let LevelCounts { levels, offered_without_level, unknown, not_offered } = counts;
        let levels = levels.into_iter().map(|(level, count)| LevelCountView::new(level, count)).collect();
        Self { levels, offered_without_level, unknown, not_offered, online, in_scheme: None }
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

impl LevelSpreadView {
    /// A spread, its counts also in the words of a scheme where one is asked for.
    pub(crate) fn said_in(spread: LevelSpread, scheme: Option<Scheme>) -> Self {
        let code = |level: Option<OnlineLevel>| level.map(|level| Code(level.level()));
        Self {
            scheme: spread.scheme.map(Code),
            highest: code(spread.highest),
            weakest: code(spread.weakest),
            centres: LevelCountsView::said_in(spread.counts, scheme),
        }
    }
}

/// A claimed level in the words of another scheme. Reading mức độ 3 as một phần and 4 as toàn trình is practice, not law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelInSchemeView {
    /// The scheme asked for.
    pub(crate) scheme: SchemeCode,
    /// The level in its words; null where it cannot say it (not online is mức độ 1 as well as 2).
    #[schema(required)]
    pub(crate) level: Option<LevelCode>,
    /// Whether the level was converted and not stated in these words.
    #[schema(example = true)]
    pub(crate) converted: bool,
    /// Why the conversion may be wrong; null where the check-list bears it out, and where nothing was converted.
    #[schema(required)]
    pub(crate) doubt: Option<DoubtCode>,
    /// The same in Vietnamese words.
    #[schema(required, example = "Mức độ 4 cho phép nhận kết quả tại cơ quan; toàn trình thì không.")]
    pub(crate) doubt_text: Option<&'static str>,
}

impl LevelInSchemeView {
    /// The claimed level of a listing in the words of a scheme.
    pub(crate) fn of(record: &Availability, scheme: Scheme) -> Option<Self> {
        let claimed = record.level?;
        let converted = record.converted_to(scheme);
        let level = converted.map_or(Some(claimed), |conversion| conversion.level);
        let doubt = converted.and_then(|conversion| conversion.doubt);
        Some(Self {
            scheme: Code(scheme),
            level: level.map(|level| Code(level.level())),
            converted: converted.is_some() || record.converted,
            doubt: doubt.map(Code),
            doubt_text: doubt.map(doubt_text),
        })
    }
}

fn doubt_text(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::ResultAtOffice => {
            "Mức độ 4 cho phép nhận kết quả tại cơ quan, và ở đây kết quả nhận tại cơ quan; toàn trình thì không."
        }
        Doubt::ResultNotRecorded => {
            "Mức độ 4 cho phép nhận kết quả tại cơ quan, toàn trình thì không; chưa ghi nhận kết quả được trả ở đâu."
        }
        Doubt::NothingToPay => {
            "Không phải nộp phí, lệ phí: mức độ 3 ở đây có thể đã đủ điều kiện toàn trình."
        }
        Doubt::PaymentNotRecorded => {
            "Chưa ghi nhận có phải nộp phí, lệ phí không; nếu không, mức độ 3 có thể đã đủ điều kiện toàn trình."
        }
        Doubt::PaidOnline => "Một phần nhưng đã thanh toán trực tuyến: theo cách gọi cũ là mức độ 4.",
        Doubt::PaymentPlaceNotRecorded => {
            "Chưa ghi nhận thanh toán ở đâu: theo cách gọi cũ có thể là mức độ 3 hoặc mức độ 4."
        }
        Doubt::OneOrTwo => "Chưa trực tuyến có thể là mức độ 1 hoặc mức độ 2 theo cách gọi cũ.",
        Doubt::NoReason => "Chưa có lý do một phần mà Điều 14 Nghị định 224/2026/NĐ-CP buộc phải công bố.",
    }
}

/// Level of a proactive service (mức độ chủ động). Its numbers are not those of `level`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProactiveLevelView {
    /// Its scheme.
    #[schema(example = "nd224-2026-proactive")]
    pub(crate) scheme: &'static str,
    /// 1 reminds; 2 prepares the dossier as well; 3 recommends the best option as well; 4 carries it out by itself.
    #[schema(example = "2", pattern = "^[1-4]$")]
    pub(crate) level: &'static str,
}

impl From<ProactiveLevel> for ProactiveLevelView {
    fn from(level: ProactiveLevel) -> Self {
        Self { scheme: ProactiveLevel::SCHEME, level: level.as_str() }
    }
}
