//! The domain of Một Cửa and its storage: which administrative procedures exist, and how far each can be done online
//! at each service centre on each day.
//!
//! This crate knows nothing of HTTP, HTML or the search index. Start with [`Availability`], the heart of the
//! catalogue, then [`Catalogue`], through which everything is read and written.

mod actor;
mod answering;
mod availability;
mod catalogue;
mod centre;
mod centre_figure;
mod change;
pub mod change_set;
pub mod clock;
mod code;
mod command;
mod conversion;
mod derived;
pub mod export;
mod fee;
pub mod figures;
mod filing;
mod form;
pub mod import;
mod inspect;
mod job;
mod legal_text;
mod level;
mod log_key;
mod log_place;
mod period;
mod permit;
pub mod places;
mod portal;
mod proactive;
mod procedure;
mod read;
mod reads;
mod reference;
mod refusal;
pub mod reorganise;
mod revision;
mod run;
pub mod sample;
mod search_count;
mod source;
mod store;
pub mod text;
mod time_limit;
mod unit;
mod work;

pub use actor::{Actor, ActorKind, OfficeName, Reason, StaffId};
pub use answering::{AnswerError, Answered};
pub use availability::{
    Availability, AvailabilityChannel, BoundaryFree, Checklist, InconsistentAvailability, Offered,
    PartialReason, PartialReasonKind, PointState, is_web_address,
};
pub use catalogue::{Batch, Catalogue};
pub use centre::{Centre, HoursException, OpeningHours, Site};
pub use centre_figure::{CentreFigure, Month};
pub use change::{Change, EntityKind};
pub use code::{CentreId, InvalidId, ProcedureCode, Slug, UnitCode};
pub use command::{Applied, Command, CommandError, Expected, Written};
pub use conversion::{Conversion, Doubt};
pub use derived::DerivedLevel;
pub use fee::{Dong, Fee, parse_amount};
pub use filing::{
    AskUnit, FeesFrom, FilingAnswer, FilingCandidate, FilingCase, FilingCaseChoice, FilingDesk, FilingPlace,
    FilingWay, HoursOn, NoResponsible, PaperPoint, Point, Relation, SiteOnDay, TierBasis, TimeLimitFrom,
    WayKind, WayOrigin,
};
pub use inspect::{Inspection, PlaceState};
pub use job::{Job, JobEnd, JobLease};
pub use legal_text::{LegalText, REASON_REQUIRED_FROM};
pub use level::{Level, NoSuchLevel, OnlineLevel, Scheme, Tier};
pub use log_key::LogKey;
pub use log_place::{LogHash, LogId, LogPlace};
pub use period::{EmptyPeriod, Period};
pub use permit::{Permit, Reach, Right};
pub use proactive::ProactiveLevel;
pub use procedure::{
    AgencyRole, Applicant, Case, Channel, Completeness, DossierItem, LegalBasis, Method, Outcome,
    PortalRecord, Procedure, ProcedureAgency, ProcedureDetails, Scope, Step,
};
pub use read::{
    AvailabilityAt, AvailabilityFilter, CentreAt, CentreFilter, LevelFilter, Listing, Moved, Page,
    PageRequest, Place, ProcedureAt, Stored, UnitAt, UnitName,
};
pub use reference::{Agency, Decision, DecisionAction, DecisionEffect, Event, EventKind, Field};
pub use refusal::{Part, Refusal, Rule};
pub use revision::{Revision, RevisionKey};
pub use run::{Run, RunKind, RunNote, UndoError, Undone};
pub use search_count::{SearchCount, SearchWork};
pub use source::{Assurance, Source, SourceKind};
pub use store::chain::{BrokenLog, LogCheck};
pub use store::db::StorageError;
pub use store::options::{PostgresOptions, StorageOptions};
pub use store::snapshot::Snapshot;
pub use store::undo::Left;
pub use time_limit::{Quantity, TimeLimit, TimeUnit};
pub use unit::{Extent, Succession, UnitPeriod};
pub use work::{Work, WorkAnswer, WorkFilter, WorkFinding, WorkKind, WorkSubject};
