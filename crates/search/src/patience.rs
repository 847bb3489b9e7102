//! How long the follower waits for the database. A connection whose other end is gone without a word answers never, and
//! nobody but us gives it up.

use std::time::Duration;

use crate::error::SearchError;

/// How long one look at the log may take: where it ends, a page of its entries. These take milliseconds; a database that
/// needs longer than this for one is asked again over another connection, as after any other failure.
pub(crate) const LOOK: Duration = Duration::from_secs(10);

/// How long reading records may take. The whole country takes seconds, and a busy machine may need some times as long:
/// given up too early, it would be begun again and again.
pub(crate) const LOAD: Duration = Duration::from_mins(5);

/// Reads, and gives up where that takes longer than it may.
pub(crate) fn within<T, E>(
    patience: Duration,
    reading: impl Future<Output = Result<T, E>>,
) -> impl Future<Output = Result<T, SearchError>>
where
    SearchError: From<E>,
{
    // Boxed: what reads much is a large future, and would stand in each one around it.
    let reading = tokio::time::timeout(patience, Box::pin(reading));
    async move {
        match reading.await {
            Ok(read) => Ok(read?),
            Err(_) => Err(SearchError::NoAnswer(patience)),
        }
    }
}

#[cfg(test)]
mod tests {
    use motcua_catalogue::StorageError;

    use super::*;

    #[tokio::test]
    async fn a_read_that_hangs_is_given_up_and_others_pass_through() {
        let hanging = std::future::pending::<Result<(), StorageError>>();
        let given_up = within(Duration::from_millis(20), hanging).await;
        assert!(matches!(given_up, Err(SearchError::NoAnswer(_))), "{given_up:?}");
        let answered = within(LOOK, std::future::ready(Ok::<_, StorageError>(7))).await;
        assert_eq!(answered.expect("an answer"), 7);
        let failed = within(LOOK, std::future::ready(Err::<(), _>(StorageError::Interrupted))).await;
        assert!(matches!(failed, Err(SearchError::Catalogue(StorageError::Interrupted))), "{failed:?}");
    }
}
