//! What people searched for, counted by day without anything about them: work for the editors of the word lists.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::store::db::StorageError;
use crate::store::entity::search_count;

/// Counts of one text on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchCount {
    /// The day in Vietnam.
    pub day: NaiveDate,
    /// The text, normalised and without anything that may point to a person.
    pub text: String,
    /// How often it was searched.
    pub searches: u32,
    /// How often nothing was found.
    pub empty: u32,
    /// How often a result was opened.
    pub clicks: u32,
}

/// A text that the search should do better on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SearchWork {
    /// The text.
    pub text: String,
    /// How often it was searched.
    pub searches: i64,
    /// How often nothing was found.
    pub empty: i64,
    /// How often a result was opened.
    pub clicks: i64,
}

/// Rows that are written in one statement.
const GROUP: usize = 500;

impl Catalogue {
    /// Adds counts to those of before. They are no records: no change is logged.
    pub async fn add_search_counts(&self, counts: &[SearchCount]) -> Result<(), StorageError> {
        if counts.is_empty() {
            return Ok(());
        }
        let transaction = self.db.begin_write().await?;
        for group in counts.chunks(GROUP) {
            let rows = group.iter().map(|count| search_count::ActiveModel {
                day: Set(count.day),
                text: Set(count.text.clone()),
                searches: Set(count.searches.into()),
                empty: Set(count.empty.into()),
                clicks: Set(count.clicks.into()),
            });
            let mut conflict = OnConflict::columns([search_count::Column::Day, search_count::Column::Text]);
            for column in
                [search_count::Column::Searches, search_count::Column::Empty, search_count::Column::Clicks]
            {
                let added = Expr::col((search_count::Entity, column)).add(Expr::col(("excluded", column)));
                conflict.value(column, added);
            }
            search_count::Entity::insert_many(rows)
                .on_conflict(conflict)
                .exec_without_returning(&transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Texts since a day that found nothing or of whose results none was opened, those that failed most often first.
    /// Texts that were searched fewer than `least` times are left out: they may be one person's own words.
    pub async fn search_work(
        &self,
        since: NaiveDate,
        least: u32,
        limit: u64,
    ) -> Result<Vec<SearchWork>, StorageError> {
        let sum = |column: search_count::Column| Expr::col(column).sum().cast_as("BIGINT");
        let rows = search_count::Entity::find()
            .select_only()
            .column(search_count::Column::Text)
            .column_as(sum(search_count::Column::Searches), "searches")
            .column_as(sum(search_count::Column::Empty), "empty")
            .column_as(sum(search_count::Column::Clicks), "clicks")
            .filter(search_count::Column::Day.gte(since))
            .group_by(search_count::Column::Text)
            .having(search_count::Column::Searches.sum().gte(i64::from(least)))
            .having(search_count::Column::Empty.sum().gt(0).or(search_count::Column::Clicks.sum().eq(0)))
            .order_by_desc(search_count::Column::Empty.sum())
            .order_by_desc(search_count::Column::Searches.sum())
            .order_by_asc(search_count::Column::Text)
            .limit(limit)
            .into_model::<SearchWork>()
            .all(self.db.reader())
            .await?;
        Ok(rows)
    }

    /// Forgets the counts before a day.
    pub async fn forget_search_counts(&self, before: NaiveDate) -> Result<u64, StorageError> {
        let transaction = self.db.begin_write().await?;
        let deleted = search_count::Entity::delete_many()
            .filter(search_count::Column::Day.lt(before))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(deleted.rows_affected)
    }
}
