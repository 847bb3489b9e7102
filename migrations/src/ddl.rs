//! Schema statements for both databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Runs schema statements after putting in the database's own words for `{id}` (primary key of whole numbers),
/// `{number}`, `{date}`, `{timestamp}`, `{float}`, `{bytes}` and `{sort_key}`.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    let word = |on_sqlite, on_postgres| if sqlite { on_sqlite } else { on_postgres };
    for statement in statements {
        let sql = statement
            .replace("{id}", word("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"))
            .replace("{number}", word("INTEGER", "BIGINT"))
            .replace("{date}", word("date_text", "DATE"))
            .replace("{timestamp}", word("timestamp_with_timezone_text", "TIMESTAMP WITH TIME ZONE"))
            .replace("{float}", word("REAL", "DOUBLE PRECISION"))
            .replace("{bytes}", word("BLOB", "BYTEA"))
            // Sort keys compare byte by byte, whatever the locale of the database.
            .replace("{sort_key}", word("TEXT", "TEXT COLLATE \"C\""));
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Refuses rows for which a condition over `NEW` holds, on insert and on update, with a message.
pub(crate) async fn refuse_rows(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    condition: &str,
    message: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        for event in ["INSERT", "UPDATE"] {
            let lower = event.to_lowercase();
            let sql = format!(
                "CREATE TRIGGER {name}_{lower} BEFORE {event} ON {table} WHEN {condition} \
                 BEGIN SELECT RAISE(ABORT, '{message}'); END"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        return Ok(());
    }
    let function = format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN \
         RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    );
    let trigger = format!(
        "CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    );
    run(manager, &[&function, &trigger]).await
}

/// Makes a table append-only: updates and deletions are refused by the database itself.
pub(crate) async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let message = format!("{table} is append-only");
    if manager.get_database_backend() == DbBackend::Sqlite {
        for event in ["UPDATE", "DELETE"] {
            let lower = event.to_lowercase();
            let sql = format!(
                "CREATE TRIGGER {table}_no_{lower} BEFORE {event} ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{message}'); END"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        return Ok(());
    }
    let function = format!(
        "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$"
    );
    let trigger = format!(
        "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
         FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    );
    run(manager, &[&function, &trigger]).await
}

/// Keeps the rows of tables from being deleted: a record ends, it does not vanish.
pub(crate) async fn never_deleted(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        let message = format!("rows of {table} are never deleted");
        if manager.get_database_backend() == DbBackend::Sqlite {
            let sql = format!(
                "CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{message}'); END"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
            continue;
        }
        let function = format!(
            "CREATE FUNCTION {table}_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$"
        );
        let trigger = format!(
            "CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_deleted()"
        );
        run(manager, &[&function, &trigger]).await?;
    }
    Ok(())
}

/// Lets rows of tables be deleted by the transaction that withdraws them, and by nothing else: the row must stand in
/// `withdrawal` with a number of the log that is not committed yet. Replaces [`never_deleted`].
pub(crate) async fn deleted_when_withdrawn(
    manager: &SchemaManager<'_>,
    tables: &[&str],
) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    for table in tables {
        let message = format!("rows of {table} are never deleted");
        // The head of the log moves with the commit, so a withdrawal of an earlier transaction opens nothing.
        let withdrawn = format!(
            "EXISTS (SELECT 1 FROM withdrawal w WHERE w.table_name = '{table}' AND w.row_id = OLD.id \
             AND w.sequence > (SELECT sequence FROM change_head WHERE id = 1))"
        );
        if sqlite {
            let drop = format!("DROP TRIGGER IF EXISTS {table}_never_deleted");
            let create = format!(
                "CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} WHEN NOT {withdrawn} \
                 BEGIN SELECT RAISE(ABORT, '{message}'); END"
            );
            run(manager, &[&drop, &create]).await?;
            continue;
        }
        let row_function = format!(
            "CREATE FUNCTION {table}_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NOT {withdrawn} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; \
             RETURN OLD; END $$"
        );
        let row_trigger = format!(
            "CREATE TRIGGER {table}_only_withdrawn BEFORE DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION {table}_only_withdrawn()"
        );
        let function = format!(
            "CREATE OR REPLACE FUNCTION {table}_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$"
        );
        let drop = format!("DROP TRIGGER IF EXISTS {table}_never_deleted ON {table}");
        let trigger = format!(
            "CREATE TRIGGER {table}_never_deleted BEFORE TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_deleted()"
        );
        run(manager, &[&function, &drop, &trigger, &row_function, &row_trigger]).await?;
    }
    Ok(())
}

/// Refuses two rows of one key whose half-open periods share a day.
pub(crate) async fn no_overlap(manager: &SchemaManager<'_>, table: &str, key: &[&str]) -> Result<(), DbErr> {
    let same_key: String = key.iter().map(|column| format!("other.{column} = NEW.{column} AND ")).collect();
    let condition = format!(
        "EXISTS (SELECT 1 FROM {table} other WHERE {same_key}other.id <> NEW.id \
         AND other.valid_from < NEW.valid_to AND NEW.valid_from < other.valid_to)"
    );
    refuse_rows(
        manager,
        table,
        &format!("{table}_no_overlap"),
        &condition,
        &format!("overlapping periods in {table}"),
    )
    .await
}

/// The plain frame of a migration: a name, its statements in `up`, nothing to go back to (forward only).
macro_rules! migration {
    ($name:literal, |$manager:ident| $up:block) => {
        use sea_orm_migration::prelude::*;

        pub(crate) struct Migration;

        impl MigrationName for Migration {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            async fn up(&self, $manager: &SchemaManager) -> Result<(), DbErr> {
                $up
            }

            fn use_transaction(&self) -> Option<bool> {
                // SQLite would otherwise keep half of a broken migration (sea-orm issue 3136).
                Some(true)
            }
        }
    };
}
pub(crate) use migration;
