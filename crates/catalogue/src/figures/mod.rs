//! The figures: what is counted, out of how many, and from what. Pages, API and exports take every figure from here, so
//! that one name means one number everywhere.
//!
//! What is counted are **pairs** of a procedure and a centre on a day. A pair is there where the centre lists the
//! procedure on that day, whatever it says of it; and where the procedure is national (`scope`) and one of its
//! tiers is the centre's, even if the centre says nothing: then it is [not listed](Coverage::not_listed). A
//! procedure of one province, an internal one, and one whose reach is not recorded make a pair only where they are
//! listed: for whom else they would be is not guessed. The procedure's text and the centre must both hold on the day.
//! Several listings of one pair, as for cases, count as one: the weakest documented level of the newest scheme.
//!
//! Start with [`Coverage`]; [`OnlineIndicator`] is the official figure beside it, [`CentreFigure`](crate::CentreFigure)
//! what centres report of their own work.

mod counts;
mod coverage;
mod indicator;
mod share;

pub use counts::{InScheme, LevelCounts, LevelSpread, ListingState, is_full};
pub use coverage::Coverage;
pub use indicator::{INDICATOR_DECIDED_ON, IndicatorRules, OnlineIndicator};
pub use share::{Share, ShareSpread, UnitShare};
