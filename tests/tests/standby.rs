//! A server that reads from a standby: it shows what the standby shows, whole and in order, and goes on when that lags.

use std::time::{Duration, Instant};

use motcua_tests::{Forwarder, PostgresPrograms, PostgresServer, Server, ServerOptions, Site, fixtures};

fn write(site: &Site, code: &str, word: &str) {
    let file = site.write("names.ndjson", fixtures::procedure(code, &format!("Thủ tục {word}")));
    let _ = site.import(&[file]).ok();
}

async fn total(server: &Server, word: &str) -> u64 {
    let path = format!("/api/v1/procedures?q={word}&verbatim=true&per_page=1");
    server.get(&path).await.is(200).json()["page"]["total"].as_u64().expect("a number")
}

async fn shows(server: &Server, word: &str) {
    let started = Instant::now();
    while total(server, word).await == 0 {
        assert!(started.elapsed() < Duration::from_secs(15), "{word} is not shown\n{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_shows_what_its_standby_shows() {
    let Some(programs) = PostgresPrograms::find() else { return };
    let primary = PostgresServer::create(&programs);
    let link = Forwarder::to(primary.address()).await;
    let standby = primary.standby(link.address());
    primary.sql("CREATE DATABASE site");
    standby.wait_until("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'site')");
    // Neither schema nor sample is there yet: the server waits until the standby has what it made at the primary.
    let site = Site::on(&primary.url("site"));
    let reader = standby.url("site");
    let options = ServerOptions::without_sample().on("2026-08-01").with("MOTCUA_READER_URL", &reader);
    let server = site.serve(options).await;
    assert!(standby.sql("SELECT pg_is_in_recovery()") == "t");
    write(&site, "9.000001", "quabazo");
    shows(&server, "quabazo").await;

    link.switch(None);
    standby.wait_until("SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)");
    write(&site, "9.000002", "quacazo");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((total(&server, "quabazo").await, total(&server, "quacazo").await), (1, 0));
    // It has everything that its database shows, so it can be used.
    let _ = server.get("/readyz").await.is(200);
    // Commands read where they write: this one sees what the standby lacks.
    assert_eq!(site.run(["log", "place", "--json"]).ok().json()["sequence"], primary_sequence(&site));

    link.switch(Some(primary.address()));
    shows(&server, "quacazo").await;
    assert_eq!(total(&server, "quabazo").await, 1);
}

fn primary_sequence(site: &Site) -> u64 {
    site.sql("SELECT sequence FROM change_head").parse().expect("a number")
}
