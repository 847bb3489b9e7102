//! Answers to work that is left for people, and what they carry out.

use crate::actor::Reason;
use crate::catalogue::Catalogue;
use crate::change::EntityKind;
use crate::command::{Applied, Command, Expected};
use crate::log_key::LogKey;
use crate::permit::Permit;
use crate::refusal::Refusal;
use crate::run::{RunKind, RunNote};
use crate::store::db::StorageError;
use crate::store::keep::stored;
use crate::store::read::damaged;
use crate::work::{Work, WorkAnswer, WorkKind};

/// What an answer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The record that it took out: kind and key in the log.
    pub withdrawn: Option<(EntityKind, String)>,
    /// Name of the run, by which it can be undone.
    pub run: Option<String>,
}

/// Why an answer was not written. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is no such work.
    #[error("there is no task {0}; `motcua tasks` lists those that are open")]
    NotThere(String),
    /// It was answered before.
    #[error("task {number} was answered by {} already: {}", .answer.answered_by, .answer.text)]
    AnsweredAlready {
        /// Its number.
        number: String,
        /// The answer.
        answer: WorkAnswer,
    },
    /// The question is whether a record goes or stays, and the answer does not say.
    #[error(
        "task {0} asks whether a record goes or stays; say --accept to take it out or --reject to leave it"
    )]
    Undecided(String),
    /// The question is none of yes or no.
    #[error("task {0} is no question of yes or no; leave out --accept and --reject")]
    NoYesOrNo(String),
    /// The record could not be taken out, or the answer not be written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Catalogue {
    /// Answers a piece of work. Where a newer edition of a list lacks a record and the answer accepts that, the record is
    /// taken out in the same run.
    pub async fn answer(
        &self,
        permit: &Permit,
        reason: &Reason,
        number: &str,
        answer: WorkAnswer,
    ) -> Result<Answered, AnswerError> {
        let mut batch = self.batch(permit, reason).await?;
        let key = LogKey::Work(number.to_owned());
        let Some(found) = stored::<Work>(batch.writer(), &key).await? else {
            return Err(AnswerError::NotThere(number.to_owned()));
        };
        let mut work = found.record;
        if let Some(answer) = work.answer {
            return Err(AnswerError::AnsweredAlready { number: number.to_owned(), answer });
        }
        let withdraw = match (work.kind, answer.accepted) {
            (WorkKind::GoneFromList, None) => return Err(AnswerError::Undecided(number.to_owned())),
            (WorkKind::GoneFromList, Some(is_accepted)) => work.about.clone().filter(|_| is_accepted),
            (WorkKind::Report, _) | (_, None) => None,
            (_, Some(_)) => return Err(AnswerError::NoYesOrNo(number.to_owned())),
        };
        work.answer = Some(answer);
        let mut commands = vec![(Command::Work(Box::new(work)), Expected::Version(found.version))];
        if let Some(about) = &withdraw {
            let key = LogKey::parse(about.kind, &about.key)
                .map_err(|error| damaged("work", number, error.to_string()))?;
            commands.push((Command::Withdraw { key }, Expected::Any));
        }
        let mut withdrawn = None;
        for outcome in batch.put(commands).await? {
            match outcome {
                Ok(Applied::Withdrawn(_)) => {
                    withdrawn = withdraw.clone().map(|about| (about.kind, about.key));
                }
                // Somebody took it out meanwhile; the answer holds all the same.
                Ok(_) | Err(Refusal::NotThere) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        if let Some((_, refusal)) = batch.needed().await?.pop() {
            return Err(refusal.into());
        }
        let details = serde_json::json!({ "record": format!("work {number}"), "act": "is answered" });
        let note = RunNote { details: Some(details), ..RunNote::of(RunKind::Edit) };
        let (_, run) = batch.commit_run(note).await?;
        Ok(Answered { withdrawn, run })
    }
}
