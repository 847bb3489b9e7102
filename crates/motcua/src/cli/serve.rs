//! `motcua serve`: opens everything in order, runs the site, and closes everything in order.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::Args;
use motcua_catalogue::{Catalogue, LogPlace, StorageError, StorageOptions};
use motcua_http::{AppState, Clock, Hardening, Present, SearchLog, Site};
use motcua_search::Engine;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::ServerFlags;
use super::open::{open_catalogue, open_engine};
use super::progress::Meter;
use crate::config::{Config, Effective, seconds};
use crate::exit::{Exit, Failure, OrExit as _};
use crate::folder::{DataFolder, IndexLock, serving_storage};
use crate::jobs::{Runner, kinds};
use crate::output;
use crate::server::{Entrance, Health, Places, Server, write_counts};
use crate::signals;

/// Options of `motcua serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) server: ServerFlags,
    /// Start with an empty catalogue instead of loading the bundled sample into it
    #[arg(long)]
    no_sample: bool,
}

/// How much longer than the last request the index may take to bring its files up to date.
const FOLLOWER_PATIENCE: Duration = Duration::from_secs(1);

/// How long moving what SQLite has in its log into the file may take at the end.
const CLOSING_PATIENCE: Duration = Duration::from_secs(5);

/// How long the sample may take to reach the database for reads.
const SAMPLE_PATIENCE: Duration = Duration::from_mins(2);

pub(super) fn run(effective: &Effective, args: &ServeArgs) -> Result<Exit, Failure> {
    crate::telemetry::start(&effective.config.log).or_exit(Exit::Configuration, "cannot start the log")?;
    let folder = DataFolder::of(&effective.config);
    folder.create()?;
    let lock = folder.lock_index()?;
    sweep(&folder);
    let runtime = super::runtime()?;
    let outcome = runtime.block_on(serve(&effective.config, &folder, &lock, args.no_sample));
    // Work that no longer matters, such as a read whose reader has gone, is not waited for.
    runtime.shutdown_timeout(Duration::from_millis(200));
    outcome
}

async fn serve(
    config: &Config,
    folder: &DataFolder,
    lock: &IndexLock,
    no_sample: bool,
) -> Result<Exit, Failure> {
    let stop = signals::stop_token().or_exit(Exit::Storage, "cannot listen for signals")?;
    let server = Server::bind(config.server.clone()).await.map_err(|error| cannot_listen(config, error))?;
    let address = server.address().or_exit(Exit::Storage, "cannot tell the address listened on")?;
    let health = Arc::new(Health::new(stop.clone(), seconds(config.limits.ready_lag_seconds)));
    let entrance = Entrance::closed(Arc::clone(&health));
    let serving = tokio::spawn(server.run(entrance.clone(), stop.clone()));

    let storage = serving_storage(config);
    let catalogue = tokio::select! {
        opened = open_catalogue(config, &storage, "motcua serve") => Some(opened?),
        () = stop.cancelled() => None,
    };
    let Some(catalogue) = catalogue else {
        tracing::info!("stopped before the catalogue was open");
        finish(serving).await;
        return Ok(Exit::Done);
    };
    let opened = tokio::select! {
        opened = open(&catalogue, config, folder, lock, no_sample) => Some(opened),
        () = stop.cancelled() => None,
    };
    let state = match opened {
        Some(Ok(state)) => state,
        Some(Err(failure)) => {
            close(catalogue).await;
            return Err(failure);
        }
        None => {
            tracing::info!("stopped before the index was open");
            finish(serving).await;
            close(catalogue).await;
            return Ok(Exit::Done);
        }
    };
    // As long as requests are answered, the index follows and searches are counted: also between the signal and the end.
    let served = CancellationToken::new();
    let follower = follow(state.engine.clone(), served.clone());
    let counting =
        tokio::spawn(write_counts(state.catalogue.clone(), state.searches.clone(), served.clone()));
    let jobs = tokio::spawn(do_jobs(catalogue.clone(), config.clone(), address, stop.clone()));
    // Ready only once the door is open: a client that asks after "ready" must be served.
    entrance.open(application(&state));
    if let StorageOptions::Postgres(options) = &storage
        && options.reader_url.is_some()
    {
        health.reads_a_standby(primary(&state));
    }
    health.opened(probe(&state));
    tracing::info!(
        address = %address,
        site.date = %state.site.date(),
        site.sample = state.site.is_sample(),
        index.place = %state.engine.place(),
        "serving"
    );
    output::data(&format!("Một Cửa đang chạy: {}\n", reachable(address)))?;

    finish(serving).await;
    served.cancel();
    if tokio::time::timeout(FOLLOWER_PATIENCE, follower).await.is_err() {
        tracing::warn!("the index was not closed in time; the next start replays what it lacks");
    }
    if tokio::time::timeout(FOLLOWER_PATIENCE, counting).await.is_err() {
        tracing::warn!("the last counts of searches were not written in time");
    }
    match tokio::time::timeout(FOLLOWER_PATIENCE, jobs).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "jobs had come to an end");
        }
        Err(_) => {
            tracing::warn!("a job was not given back in time; another node takes it when its lease is over");
        }
    }
    close(catalogue).await;
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Closes the catalogue; a SQLite file then holds everything by itself.
async fn close(catalogue: Catalogue) {
    match tokio::time::timeout(CLOSING_PATIENCE, catalogue.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the catalogue was not closed cleanly");
        }
        Err(_) => tracing::warn!("the catalogue was not closed in time; what is committed is safe"),
    }
}

/// Does the work that the site does by itself, until `stop`.
async fn do_jobs(catalogue: Catalogue, config: Config, address: SocketAddr, stop: CancellationToken) {
    if !config.jobs.run {
        return;
    }
    // Two nodes may have the same address and process number, in containers for instance.
    let unique = loop {
        match catalogue.unique_name().await {
            Ok(name) => break name,
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "jobs cannot begin yet"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(seconds(config.jobs.lease_seconds)) => {}
        }
    };
    let owner = format!("{address}, process {}, {unique}", std::process::id());
    let runner = Runner::new(catalogue, kinds(&config), owner, seconds(config.jobs.lease_seconds));
    runner.run(stop).await;
}

/// Removes what killed rehearsals left in the data folder.
fn sweep(folder: &DataFolder) {
    match motcua_catalogue::reorganise::sweep_rehearsals(folder.path()) {
        Ok(swept) => {
            for (path, bytes) in swept {
                tracing::info!(path = %path.display(), bytes, "removed what a killed rehearsal left");
            }
        }
        // It costs space and nothing else.
        Err(error) => {
            tracing::warn!(%error, "what killed rehearsals left could not be removed");
        }
    }
}

/// Fills an empty catalogue, and opens the index.
async fn open(
    catalogue: &Catalogue,
    config: &Config,
    folder: &DataFolder,
    lock: &IndexLock,
    no_sample: bool,
) -> Result<AppState, Failure> {
    let head = catalogue.written_head().await.or_exit(Exit::Storage, "cannot read the change log")?;
    if head.sequence == 0 && !no_sample {
        output::words("The catalogue is empty: loading the bundled sample of Hà Tĩnh …");
        let mut meter = Meter::new();
        motcua_catalogue::sample::load_hatinh(catalogue, &mut |progress| {
            meter.show("sample", progress.into());
        })
        .await
        .or_exit(Exit::Storage, "cannot load the bundled sample")?;
        let waited = catalogue.reads_catch_up(SAMPLE_PATIENCE).await;
        waited.or_exit(Exit::Storage, "the bundled sample does not reach the database for reads")?;
    }
    let engine = open_engine(catalogue.clone(), folder, lock, config).await?;
    let site = site(config, engine.clone());
    let searches = if config.search.count { SearchLog::enabled() } else { SearchLog::default() };
    Ok(AppState { catalogue: catalogue.clone(), engine, site: Arc::new(site), searches })
}

/// What this site is, by its configuration and by what the engine knows of the catalogue.
fn site(config: &Config, engine: Engine) -> Site {
    Site {
        name: config.site.name.clone(),
        base_url: config.site.base_url.clone(),
        date: config.site.date,
        clock: Clock::System,
        present: Present::Followed(engine),
        build: crate::BUILD.to_owned(),
        limits: config.http_limits(),
        indicator: config.indicator_rules(),
    }
}

/// Pages and API behind the checks that every request goes through.
fn application(state: &AppState) -> Router {
    let routes = motcua_api::router(state.clone()).merge(motcua_web::router(state.clone()));
    let hardening =
        Hardening { site: Arc::clone(&state.site), problem_page: Some(Arc::new(motcua_web::render_problem)) };
    motcua_http::harden(routes, hardening)
}

/// How `/readyz` asks database and index.
fn probe(
    state: &AppState,
) -> impl Fn() -> std::pin::Pin<Box<dyn Future<Output = Result<Places, String>> + Send>> + use<> {
    let (catalogue, engine) = (state.catalogue.clone(), state.engine.clone());
    move || {
        let (catalogue, engine) = (catalogue.clone(), engine.clone());
        Box::pin(async move { places(&catalogue, &engine).await.map_err(|error| crate::exit::chain(&error)) })
    }
}

/// How `/readyz` asks the database that is written to, where reads go to another one.
fn primary(
    state: &AppState,
) -> impl Fn() -> std::pin::Pin<Box<dyn Future<Output = Result<LogPlace, String>> + Send>> + use<> {
    let catalogue = state.catalogue.clone();
    move || {
        let catalogue = catalogue.clone();
        Box::pin(async move { catalogue.written_head().await.map_err(|error| crate::exit::chain(&error)) })
    }
}

/// Asks the database itself whether it has what the index contains: the follower may not have looked yet.
async fn places(catalogue: &Catalogue, engine: &Engine) -> Result<Places, StorageError> {
    loop {
        // The index first: whatever is committed between the two reads may only make it look behind.
        let index = engine.place();
        let head = catalogue.head().await?;
        let is_same_history = index.is_same_history(&head) || catalogue.holds(&index).await?;
        if !is_same_history && engine.place() != index {
            // It was put right meanwhile.
            continue;
        }
        return Ok(Places {
            catalogue: head,
            index,
            is_same_history,
            histories_left: engine.histories_left(),
            following: engine.following(),
        });
    }
}

/// Keeps the index up to date until `stop`, then brings its files up to date, while requests in flight finish.
fn follow(engine: Engine, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(error) = engine.follow(stop.cancelled_owned()).await {
            // The next start replays what is missing from the change log.
            tracing::warn!(error = &error as &dyn std::error::Error, "the index was not closed cleanly");
        }
    })
}

async fn finish(serving: JoinHandle<()>) {
    if let Err(error) = serving.await {
        tracing::error!(%error, "the accept loop ended badly");
    }
}

fn cannot_listen(config: &Config, error: io::Error) -> Failure {
    let address = config.server.listen;
    let (exit, remedy) = match error.kind() {
        io::ErrorKind::AddrInUse => {
            (Exit::InUse, "stop the other program or choose another port by --listen")
        }
        io::ErrorKind::PermissionDenied => {
            (Exit::Configuration, "ports below 1024 need a right; choose another by --listen")
        }
        _ => (Exit::Configuration, "name an address of this machine by --listen or MOTCUA_LISTEN"),
    };
    Failure::new(exit, anyhow::Error::new(error).context(format!("cannot listen on {address}: {remedy}")))
}

/// The address as a browser on this machine reaches it.
fn reachable(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/", SocketAddr::new(host, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_address_can_be_opened() {
        let shown = |address: &str| reachable(address.parse().expect("an address"));
        assert_eq!(shown("0.0.0.0:8080"), "http://127.0.0.1:8080/");
        assert_eq!(shown("[::]:80"), "http://[::1]:80/");
        assert_eq!(shown("192.0.2.7:9"), "http://192.0.2.7:9/");
    }

    #[test]
    fn a_taken_port_and_a_foreign_address_have_their_exit_codes() {
        let code = |kind: io::ErrorKind| cannot_listen(&Config::default(), kind.into()).exit;
        assert_eq!(code(io::ErrorKind::AddrInUse), Exit::InUse);
        assert_eq!(code(io::ErrorKind::AddrNotAvailable), Exit::Configuration);
    }
}
