//! PostgreSQL servers of a test's own: a primary, its standbys, and copies that are restored to an earlier moment.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where PostgreSQL's programs are, and the user that runs them: PostgreSQL refuses to run as root.
#[derive(Debug, Clone)]
pub struct PostgresPrograms {
    folder: PathBuf,
    user: Option<String>,
}

impl PostgresPrograms {
    /// The programs named by `MOTCUA_TEST_POSTGRES_BIN` and `MOTCUA_TEST_POSTGRES_USER`, which scripts/test.sh sets.
    pub fn find() -> Option<Self> {
        let text = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(folder) = text("MOTCUA_TEST_POSTGRES_BIN") else {
            println!(
                "skipped: MOTCUA_TEST_POSTGRES_BIN is not set; scripts/test.sh finds PostgreSQL and sets it"
            );
            return None;
        };
        Some(Self { folder: folder.into(), user: text("MOTCUA_TEST_POSTGRES_USER") })
    }

    fn command(&self, program: &str) -> Command {
        let path = self.folder.join(program);
        let mut command = match &self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        // The user may not enter the folder that the test runs in.
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// An empty folder that belongs to the user.
    fn folder(&self) -> TempDir {
        let mut builder = tempfile::Builder::new();
        builder.prefix("motcua-cluster-");
        // scripts/test.sh stops the servers there that a killed test left behind.
        let folder = match std::env::var_os("MOTCUA_TEST_CLUSTERS") {
            Some(root) => builder.tempdir_in(root),
            None => builder.tempdir(),
        }
        .expect("a temporary folder");
        if let Some(user) = &self.user {
            succeed(Command::new("chown").arg(user).arg(folder.path()));
        }
        folder
    }
}

/// A server of PostgreSQL with its data, stopped when this value goes.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PostgresPrograms,
    folder: TempDir,
    password: String,
    port: u16,
}

impl PostgresServer {
    /// A new server that runs.
    ///
    /// # Panics
    ///
    /// Where it cannot be made.
    pub fn create(programs: &PostgresPrograms) -> Self {
        let mut server =
            Self { programs: programs.clone(), folder: programs.folder(), password: password(), port: 0 };
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), &server.password).expect("writable");
        if let Some(user) = &programs.user {
            succeed(Command::new("chown").arg(user).arg(file.path()));
        }
        let mut command = programs.command("initdb");
        command.arg("-D").arg(server.data()).args(["-U", "motcua", "-A", "scram-sha-256", "-E", "UTF8"]);
        succeed(command.arg("--locale=C.UTF-8").arg(format!("--pwfile={}", file.path().display())));
        server.start();
        server.archive_to(None);
        server
    }

    /// A copy of this server, as of now, that does not run yet.
    ///
    /// # Panics
    ///
    /// Where it cannot be copied.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self {
            programs: self.programs.clone(),
            folder: self.programs.folder(),
            password: self.password.clone(),
            port: 0,
        };
        let mut command = self.programs.command("pg_basebackup");
        command.arg("-D").arg(copy.data()).args(["-X", "stream", "-c", "fast", "-d", &self.url("postgres")]);
        succeed(&mut command);
        copy
    }

    /// A copy that runs and follows this server through an address in between.
    ///
    /// # Panics
    ///
    /// Where it cannot be made.
    #[must_use]
    pub fn standby(&self, through: SocketAddr) -> Self {
        let mut standby = self.copy();
        standby.add_settings(&format!(
            "primary_conninfo = 'host=127.0.0.1 port={} user=motcua password={}'\n",
            through.port(),
            self.password
        ));
        standby.mark("standby.signal");
        standby.start();
        standby
    }

    /// Makes a copy that is not running yet end at a named point of what was archived, and starts it.
    ///
    /// # Panics
    ///
    /// Where it does not get there.
    pub fn restore(&mut self, archive: &Path, point: &str) {
        self.add_settings(&format!(
            "restore_command = 'cp \"{}/%f\" \"%p\"'\nrecovery_target_name = '{point}'\n\
             recovery_target_action = 'promote'\narchive_command = '/bin/true'\n",
            archive.display()
        ));
        self.mark("recovery.signal");
        self.start();
        self.wait_until("SELECT NOT pg_is_in_recovery()");
    }

    /// Starts it on a port of its own.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start(&mut self) {
        let log = self.folder.path().join("log");
        for _ in 0..5 {
            self.port =
                TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("free").port();
            // The data are thrown away, so the disk need not be waited for: it is the server that is killed, not the machine.
            let options = format!(
                "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c archive_mode=on \
                 -c max_connections=100 -c shared_buffers=32MB -c wal_keep_size=256MB -c wal_retrieve_retry_interval=200ms",
                self.port
            );
            let mut command = self.programs.command("pg_ctl");
            command.arg("-D").arg(self.data()).arg("-l").arg(&log).args(["-w", "-o", &options, "start"]);
            // The server keeps what it inherits open.
            if command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pg_ctl runs").success() {
                return;
            }
        }
        panic!("PostgreSQL does not start:\n{}", self.log());
    }

    /// Ends it at once, as a crash does.
    ///
    /// # Panics
    ///
    /// Where it does not end.
    pub fn kill(&self) {
        let mut command = self.programs.command("pg_ctl");
        succeed(command.arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]));
    }

    /// Makes a standby the primary.
    ///
    /// # Panics
    ///
    /// Where it does not become one.
    pub fn promote(&self) {
        assert_eq!(self.sql("SELECT pg_promote(true, 30)"), "t", "{}", self.log());
    }

    /// Copies what it writes to a folder from now on, or nowhere.
    pub fn archive_to(&self, folder: Option<&Path>) {
        let command = match folder {
            Some(folder) => format!("test ! -f \"{0}/%f\" && cp \"%p\" \"{0}/%f\"", folder.display()),
            None => "/bin/true".to_owned(),
        };
        self.sql(&format!("ALTER SYSTEM SET archive_command = '{command}'"));
        self.sql("SELECT pg_reload_conf()");
    }

    /// An empty folder that the server may write to.
    #[must_use]
    pub fn archive(&self) -> TempDir {
        self.programs.folder()
    }

    /// Runs a statement and returns its one value.
    ///
    /// # Panics
    ///
    /// Where it fails.
    pub fn sql(&self, statement: &str) -> String {
        self.query("postgres", statement)
            .unwrap_or_else(|error| panic!("{statement}: {error}\n{}", self.log()))
    }

    fn query(&self, database: &str, statement: &str) -> Result<String, String> {
        let done = Command::new("psql")
            .args([
                &self.url(database),
                "--no-psqlrc",
                "-qAtX",
                "--set=ON_ERROR_STOP=1",
                "--command",
                statement,
            ])
            .output()
            .expect("psql runs");
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
        }
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// Waits until a statement says `t`.
    ///
    /// # Panics
    ///
    /// Where it does not within half a minute.
    pub fn wait_until(&self, statement: &str) {
        let mut said = String::new();
        for _ in 0..600 {
            match self.query("postgres", statement) {
                Ok(value) if value == "t" => return,
                Ok(value) | Err(value) => said = value,
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{statement} says {said}\n{}", self.log());
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        self.url_through(self.address(), database)
    }

    /// URL of one of its databases behind another address.
    pub fn url_through(&self, address: SocketAddr, database: &str) -> String {
        format!("postgres://motcua:{}@{address}/{database}", self.password)
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Adds lines to its settings, over those of before.
    fn add_settings(&self, lines: &str) {
        let path = self.data().join("postgresql.auto.conf");
        let before = std::fs::read_to_string(&path).expect("readable");
        // Written in place: the file keeps its owner.
        std::fs::write(&path, before + lines).expect("writable");
    }

    /// Makes an empty file among its data.
    fn mark(&self, name: &str) {
        let path = self.data().join(name);
        std::fs::write(&path, "").expect("writable");
        if let Some(user) = &self.programs.user {
            succeed(Command::new("chown").arg(user).arg(path));
        }
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // It may have been killed already.
        if self.data().join("postmaster.pid").exists() {
            let mut command = self.programs.command("pg_ctl");
            command.arg("-D").arg(self.data()).args(["-m", "immediate", "-w", "stop"]);
            let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }
}

fn password() -> String {
    let mut bytes = [0; 16];
    let mut source = std::fs::File::open("/dev/urandom").expect("randomness");
    source.read_exact(&mut bytes).expect("randomness");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn succeed(command: &mut Command) {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&done.stderr));
}
