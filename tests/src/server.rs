//! A running server.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Client, Method};

use crate::program::program;
use crate::reply::Reply;
use crate::site::Site;

/// How to start a server.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The day that the site shows where a request names none.
    pub site_date: Option<String>,
    /// Whether an empty data folder is filled with the bundled sample.
    pub sample: bool,
    /// Further environment.
    pub environment: Vec<(String, String)>,
    /// How long it may take to become ready.
    pub patience: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { site_date: None, sample: true, environment: Vec::new(), patience: Duration::from_secs(120) }
    }
}

impl ServerOptions {
    /// Does not load the sample.
    #[must_use]
    pub fn without_sample() -> Self {
        Self { sample: false, ..Self::default() }
    }

    /// Shows this day.
    #[must_use]
    pub fn on(mut self, day: &str) -> Self {
        self.site_date = Some(day.to_owned());
        self
    }

    /// With a variable in the environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A server of its own process, killed when this value goes.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    client: Client,
    mark: Option<PathBuf>,
    log: PathBuf,
    /// From the start of the process to its first "ready".
    pub ready_after: Duration,
}

impl Server {
    pub(crate) async fn start(site: &Site, options: ServerOptions) -> Self {
        // Building it is not a part of its start.
        let _ = program();
        let started = Instant::now();
        let mut server = Self::spawn(site, &options);
        loop {
            if let Some(status) = server.child.try_wait().expect("its child") {
                panic!("the server ended with {status}:\n{}", server.log());
            }
            if let Some(reply) = server.try_get("/readyz").await
                && reply.status.is_success()
            {
                server.ready_after = started.elapsed();
                return server;
            }
            assert!(
                started.elapsed() < options.patience,
                "not ready after {:?}:\n{}",
                options.patience,
                server.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts a server and does not wait.
    ///
    /// # Panics
    ///
    /// Where the process does not start.
    pub fn spawn(site: &Site, options: &ServerOptions) -> Self {
        let address = free_address();
        let log = site.path(&format!("server-{}.log", address.port()));
        let output = File::create(&log).expect("a writable folder");
        let mut command = site.command(["serve"]);
        command.env("MOTCUA_LISTEN", address.to_string());
        if let Some(day) = &options.site_date {
            command.env("MOTCUA_SITE_DATE", day);
        }
        if !options.sample {
            command.arg("--no-sample");
        }
        command.envs(options.environment.iter().map(|(name, value)| (name, value)));
        command.stdout(output.try_clone().expect("a file")).stderr(output);
        let child = command.spawn().expect("the program starts");
        // scripts/test.sh stops what a killed test left behind.
        let mark = std::env::var_os("MOTCUA_TEST_RUN")
            .map(|folder| PathBuf::from(folder).join(child.id().to_string()));
        if let Some(mark) = &mark {
            // Only a help for cleaning up: the test itself does not depend on it.
            let _ = File::create(mark);
        }
        Self { child, address, client: client(), mark, log, ready_after: Duration::ZERO }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Absolute address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of that.
    fn last_lines(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// GET of a path with its query.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path, &[]).await
    }

    /// GET with query parameters, encoded.
    ///
    /// # Panics
    ///
    /// Where the path is none.
    pub async fn query(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        let url = reqwest::Url::parse_with_params(&self.url(path), parameters).expect("an address");
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        self.request(Method::GET, &path, &[]).await
    }

    /// A request with further headers.
    ///
    /// # Panics
    ///
    /// Where there is no answer.
    pub async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: reqwest::header::HeaderName = name.parse().expect("a header name");
            map.append(name, value.parse().expect("a header value"));
        }
        match self.client.request(method, self.url(path)).headers(map).send().await {
            Ok(response) => Reply::read(path, response).await,
            Err(problem) => panic!("{path}: {problem:?}\n{}", self.last_lines()),
        }
    }

    /// GET of a server that may not be there.
    pub async fn try_get(&self, path: &str) -> Option<Reply> {
        let response = self.client.get(self.url(path)).send().await.ok()?;
        Some(Reply::read(path, response).await)
    }

    /// Ends it without warning (SIGKILL) and waits for its end.
    ///
    /// # Panics
    ///
    /// Where it cannot be waited for.
    pub fn kill(&mut self) {
        self.child.kill().expect("its child");
        self.child.wait().expect("its child");
    }

    /// Asks it to end (SIGTERM).
    ///
    /// # Panics
    ///
    /// Where the signal cannot be sent.
    pub fn terminate(&self) {
        let sent =
            std::process::Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for its end; absent when it still runs after this time.
    pub async fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().expect("its child") {
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(mark) = &self.mark {
            let _ = std::fs::remove_file(mark);
        }
    }
}

fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        // A server may be shared by tests that each have a runtime: a kept connection would end with the first.
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
        .expect("a client")
}

/// An address that was free a moment ago.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port")
}
