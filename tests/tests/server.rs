//! The server as a process: limits, slow clients, health, and a stop that loses nothing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use motcua_tests::{Server, ServerOptions, Site};
use reqwest::Method;

async fn small(environment: &[(&str, &str)]) -> (Site, Server) {
    let site = Site::sqlite();
    let mut options = ServerOptions::without_sample();
    for (name, value) in environment {
        options = options.with(name, value);
    }
    let server = site.serve(options).await;
    (site, server)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream
}

/// Sends raw bytes and reads until the server closes the connection.
fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = connect(address);
    // The server may have answered and closed before the last byte was taken.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status_of(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn it_says_that_it_lives_and_whether_it_is_ready() {
    let (_site, server) = small(&[]).await;
    for path in ["/livez", "/readyz"] {
        let reply = server.get(path).await.is(200);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        let _ = server.request(Method::HEAD, path, &[]).await.is(200);
        assert_eq!(server.request(Method::POST, path, &[]).await.is(405).header("allow"), "GET, HEAD");
    }
    let ready = server.get("/readyz").await.is(200).json();
    assert_eq!((&ready["ready"], &ready["reasons"]), (&true.into(), &serde_json::json!([])), "{ready}");
    assert_eq!(ready["warnings"], serde_json::json!([]), "{ready}");
    assert!(ready.get("standby").is_none(), "it reads where it writes: {ready}");
    assert!(server.log().contains(&server.address().to_string()), "the address is told:\n{}", server.log());
}

#[tokio::test]
async fn a_second_server_on_the_same_address_says_so() {
    let (_site, server) = small(&[]).await;
    let other = Site::sqlite();
    let mut command = other.command(["serve", "--no-sample"]);
    let output = command.env("MOTCUA_LISTEN", server.address().to_string()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(said.contains(&server.address().port().to_string()), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn slow_heads_are_cut_off_and_others_are_served() {
    let (_site, server) = small(&[("MOTCUA_HEADER_TIMEOUT_SECONDS", "2")]).await;
    let started = Instant::now();
    let mut slow: Vec<TcpStream> = (0..100)
        .map(|number| {
            let mut stream = connect(server.address());
            if number % 2 == 0 {
                stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Half").expect("sent");
            }
            stream
        })
        .collect();
    // Others are served meanwhile.
    for _ in 0..20 {
        let _ = server.get("/livez").await.is(200);
    }
    let mut open = 0;
    for stream in &mut slow {
        let mut answer = Vec::new();
        if stream.read_to_end(&mut answer).is_err() {
            open += 1;
        }
    }
    assert_eq!(open, 0, "connections with half a head or none are still open");
    assert!(started.elapsed() < Duration::from_secs(12), "after {:?}", started.elapsed());
}

#[tokio::test]
async fn a_head_that_drips_in_is_cut_off_too() {
    let (_site, server) = small(&[("MOTCUA_HEADER_TIMEOUT_SECONDS", "2")]).await;
    let address = server.address();
    let cut_after = tokio::task::spawn_blocking(move || {
        let mut stream = connect(address);
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n").expect("sent");
        let started = Instant::now();
        for number in 0..100 {
            if stream.write_all(format!("X-{number}: a\r\n").as_bytes()).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        started.elapsed()
    })
    .await
    .expect("it runs");
    assert!(cut_after < Duration::from_secs(6), "a byte now and then kept the connection for {cut_after:?}");
}

#[tokio::test]
async fn connections_are_capped_and_the_waiting_ones_get_their_turn() {
    let (_site, server) = small(&[
        ("MOTCUA_MAX_CONNECTIONS", "8"),
        ("MOTCUA_HEADER_TIMEOUT_SECONDS", "2"),
        ("MOTCUA_IDLE_TIMEOUT_SECONDS", "2"),
    ])
    .await;
    let idle: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = connect(server.address());
            stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
            stream
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    // All places are taken by connections that do nothing; when they go, this one is served.
    let _ = server.get("/livez").await.is(200);
    drop(idle);
}

#[tokio::test]
async fn oversized_requests_are_refused_as_such() {
    let (_site, server) = small(&[]).await;
    let query = "x".repeat(10_000);
    let reply = server.get(&format!("/api/v1/procedures?q={query}")).await.is(414);
    assert!(reply.problem()["type"].as_str().unwrap_or_default().ends_with("uri-too-long"));

    let header = "x".repeat(40_000);
    let request =
        format!("GET /api/v1/fields HTTP/1.1\r\nHost: x\r\nX-Long: {header}\r\nConnection: close\r\n\r\n");
    assert_eq!(status_of(&exchange(server.address(), request.as_bytes())), "431");

    let many: String = (0..300).map(|number| format!("X-{number}: a\r\n")).collect();
    let request = format!("GET /api/v1/fields HTTP/1.1\r\nHost: x\r\n{many}Connection: close\r\n\r\n");
    assert_eq!(status_of(&exchange(server.address(), request.as_bytes())), "431");

    let request =
        "GET /api/v1/fields HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\nConnection: close\r\n\r\n";
    let answer = exchange(server.address(), request.as_bytes());
    assert!(matches!(status_of(&answer), "413" | "400"), "{answer}");

    let answer = exchange(server.address(), b"this is not HTTP\r\n\r\n");
    assert!(matches!(status_of(&answer), "400" | ""), "{answer}");
    let _ = server.get("/livez").await.is(200);
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_within_ten_seconds() {
    let (_site, mut server) = small(&[]).await;
    let address = server.address();
    // Idle connections, half-sent heads, half-sent bodies.
    let mut held = Vec::new();
    for number in 0..60 {
        let mut stream = connect(address);
        let sent: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET /api/v1/fields HTTP/1.1\r\nHost: x\r\nX-Ha",
            _ => b"POST /api/v1/fields HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
        };
        stream.write_all(sent).expect("sent");
        held.push(stream);
    }
    // Clients that call without pause; a request that was accepted must be answered.
    let url = server.url("/api/v1/fields");
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let client = reqwest::Client::builder().no_proxy().build().expect("a client");
                let (mut answered, mut broken) = (0_u32, Vec::new());
                loop {
                    match client.get(&url).send().await {
                        Ok(response) => {
                            let closing =
                                response.headers().get("connection").is_some_and(|value| value == "close");
                            if response.status() != 200 || response.bytes().await.is_err() {
                                broken.push("an answer that broke off or failed".to_owned());
                            }
                            answered += 1;
                            if closing {
                                break (answered, broken);
                            }
                        }
                        // The door is shut: no new connections.
                        Err(problem) if problem.is_connect() => break (answered, broken),
                        Err(problem) => {
                            // A kept connection that closes between two requests carried none.
                            let text = format!("{problem:?}");
                            if !text.contains("ConnectionReset") && !text.contains("IncompleteMessage") {
                                broken.push(text);
                            }
                            break (answered, broken);
                        }
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let started = Instant::now();
    server.terminate();
    let status = server.ended_within(Duration::from_secs(10)).await;
    let took = started.elapsed();
    assert!(status.is_some_and(|status| status.success()), "{status:?} after {took:?}:\n{}", server.log());
    let mut answered = 0;
    for client in clients {
        let (count, broken) = client.await.expect("no panic");
        assert_eq!(broken, Vec::<String>::new());
        answered += count;
    }
    assert!(answered > 4, "the clients had been served");
    println!("stopped {took:?} after SIGTERM with 60 idle or half-sent requests open, {answered} answered");
    drop(held);
}

#[tokio::test]
async fn readiness_turns_before_the_door_shuts() {
    let (_site, mut server) = small(&[("MOTCUA_STOP_DELAY_SECONDS", "2")]).await;
    server.terminate();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let _ = server.get("/readyz").await.is(503);
    let _ = server.get("/livez").await.is(200);
    let _ = server.get("/api/v1/fields").await.is(200);
    assert!(server.ended_within(Duration::from_secs(10)).await.is_some());
}

#[tokio::test]
async fn configuration_that_cannot_be_is_refused_by_name() {
    let site = Site::sqlite();
    for (name, value) in [
        ("MOTCUA_LISTEN", "nowhere"),
        ("MOTCUA_SITE_DATE", "2021-13-40"),
        ("MOTCUA_DATABASE_URL", "mysql://somewhere/db"),
        ("MOTCUA_MAX_CONNECTIONS", "many"),
        ("MOTCUA_LISTNE", "127.0.0.1:0"),
    ] {
        let output = site.command(["serve"]).env(name, value).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{name}={value}: {said}");
        assert!(said.contains(name), "{name}={value}: {said}");
    }
}

#[tokio::test]
async fn config_prints_every_value_with_its_origin_and_no_password() {
    let site = Site::sqlite();
    site.write("motcua.toml", "[server]\nmax_connections = 77\n");
    let output = site
        .command(["config"])
        .env("MOTCUA_DATABASE_URL", "postgres://motcua:geheim@127.0.0.1:5/x")
        .env("MOTCUA_SITE_DATE", "2021-03-01")
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line_of = |key: &str| said.lines().find(|line| line.contains(key)).unwrap_or_default().to_owned();
    assert!(
        line_of("max_connections").contains("77") && line_of("max_connections").contains("motcua.toml"),
        "{said}"
    );
    assert!(line_of("2021-03-01").contains("MOTCUA_SITE_DATE"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}
