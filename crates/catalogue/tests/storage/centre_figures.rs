//! Centres' working figures: what is refused, what is logged, and which months a day knows.

use motcua_catalogue::{Applied, CentreFigure, Command, EntityKind, Expected, Quantity, Refusal};
use sea_orm::ConnectionTrait;

use crate::common::{databases, day, put, refuse, refused_by_the_database, small_world, source};

fn figure(centre: &str, month: &str, received: u32, online: u32) -> CentreFigure {
    CentreFigure {
        centre: centre.parse().expect("a centre id"),
        month: month.parse().expect("a month"),
        received: Some(received),
        received_online: Some(online),
        resolved: Some(90),
        on_time: Some(80),
        overdue: Some(10),
        satisfaction: Some(Quantity::from_tenths(955)),
        source: source(),
    }
}

fn command(figure: CentreFigure) -> Command {
    Command::CentreFigure(figure)
}

#[tokio::test]
async fn figures_are_logged_and_read_by_the_day() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        for month in ["2021-01", "2021-02", "2021-03"] {
            let applied = put(&catalogue, command(figure("p42", month, 100, 40))).await;
            assert!(matches!(applied, Applied::Created(_)), "{}", database.name);
        }
        let again = put(&catalogue, command(figure("p42", "2021-02", 100, 40))).await;
        assert_eq!(again, Applied::Same);
        let corrected = put(&catalogue, command(figure("p42", "2021-02", 120, 40))).await;
        let Applied::Changed(sequence) = corrected else { panic!("{corrected:?}") };
        let change = catalogue.changes_after(sequence - 1, 1).await.expect("the log").remove(0);
        assert_eq!((change.entity, change.key.as_str()), (EntityKind::CentreFigure, "p42@2021-02"));
        assert_eq!(change.before.expect("the record before")["received"], 100);
        assert_eq!(change.after.expect("the record after")["received"], 120);

        let id = "p42".parse().expect("an id");
        let months = async |on: &str, most: u32| {
            let found = catalogue.centre_figures(&id, day(on), most).await.expect("readable");
            found.iter().map(|figure| figure.record.month.to_string()).collect::<Vec<_>>()
        };
        // March is not over before its last day has passed.
        assert_eq!(months("2021-03-31", 10).await, ["2021-02", "2021-01"]);
        assert_eq!(months("2021-04-01", 10).await, ["2021-03", "2021-02", "2021-01"]);
        assert_eq!(months("2021-04-01", 1).await, ["2021-03"]);
        assert_eq!(months("2020-12-31", 10).await, Vec::<String>::new());
        let found = catalogue.centre_figures(&id, day("2021-03-01"), 1).await.expect("readable");
        assert_eq!(found[0].record, figure("p42", "2021-02", 120, 40));
        assert_eq!(found[0].version, 2);
        let all = catalogue.snapshot().await.expect("a state").centre_figures().await.expect("readable");
        assert_eq!(all.len(), 3);
    }
}

#[tokio::test]
async fn impossible_figures_are_refused_by_the_command_and_by_the_database() {
    for database in databases().await {
        let catalogue = database.open().await;
        small_world(&catalogue).await;
        let refusal = refuse(&catalogue, Expected::Any, command(figure("p42", "2021-02", 10, 11))).await;
        assert!(matches!(refusal, Refusal::Contradiction { .. }), "{refusal:?}");
        let late = CentreFigure { overdue: Some(11), ..figure("p42", "2021-02", 10, 1) };
        let refusal = refuse(&catalogue, Expected::Any, command(late)).await;
        assert!(matches!(refusal, Refusal::Contradiction { .. }), "{refusal:?}");
        let refusal = refuse(&catalogue, Expected::Any, command(figure("p99", "2021-02", 10, 1))).await;
        assert!(matches!(refusal, Refusal::Missing { kind: EntityKind::Centre, .. }), "{refusal:?}");
        // The district centre closed on 1 July 2025, the provincial one opened on 13 July 2017.
        for (centre, month) in [("d436", "2025-07"), ("p42", "2017-06")] {
            let refusal = refuse(&catalogue, Expected::Any, command(figure(centre, month, 10, 1))).await;
            assert!(matches!(refusal, Refusal::BeyondCentre { .. }), "{centre} {month}: {refusal:?}");
        }
        put(&catalogue, command(figure("d436", "2025-06", 10, 1))).await;
        put(&catalogue, command(figure("p42", "2017-07", 10, 1))).await;

        let db = database.behind_the_back().await;
        for sql in [
            "UPDATE centre_figure SET received_online = received + 1",
            "UPDATE centre_figure SET on_time = resolved + 1, overdue = NULL",
            "UPDATE centre_figure SET overdue = resolved",
            "UPDATE centre_figure SET satisfaction_permille = 1001",
            "UPDATE centre_figure SET received = -1, received_online = NULL",
            "DELETE FROM centre_figure",
        ] {
            refused_by_the_database(sql, &db.execute_unprepared(sql).await);
        }
    }
}
