//! The least HTTP client that can measure: one connection, kept open, one request at a time, answers read to the end.

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Most bytes of an answer's head.
const LARGEST_HEAD: usize = 64 * 1024;
/// Room for one read.
const READ_SIZE: usize = 16 * 1024;

/// Where the server is.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    authority: String,
    socket: SocketAddr,
}

impl Address {
    /// From `http://host:port`.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let authority = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/').to_owned();
        let mut sockets = authority
            .to_socket_addrs()
            .with_context(|| format!("{url} is no address such as http://127.0.0.1:8080"))?;
        let socket = sockets.next().with_context(|| format!("{authority} has no address"))?;
        Ok(Self { authority, socket })
    }

    /// The bytes that ask for a path with its query.
    pub(crate) fn request(&self, target: &str) -> Vec<u8> {
        let host = &self.authority;
        format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nUser-Agent: search-bench\r\n\r\n"
        )
        .into_bytes()
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask_once(&self, target: &str) -> Result<u16> {
        let mut connection = Connection::open(self).await?;
        Ok(connection.exchange(&self.request(target)).await?.status)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "http://{}", self.authority)
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

/// A connection that stays open from one request to the next.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    unchunked: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &Address) -> Result<Self> {
        let stream =
            TcpStream::connect(address.socket).await.with_context(|| format!("cannot reach {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(2 * READ_SIZE), unchunked: Vec::new() })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await.context("cannot send a request")?;
        let (head_end, head) = loop {
            let searched = self.buffer.len().saturating_sub(3);
            self.fill().await?;
            let fresh = self.buffer.get(searched..).unwrap_or_default();
            if let Some(place) = fresh.windows(4).position(|four| four == b"\r\n\r\n") {
                let end = searched + place + 4;
                break (end, Head::parse(self.buffer.get(..end).unwrap_or_default())?);
            }
            if self.buffer.len() > LARGEST_HEAD {
                bail!("the head of an answer is longer than {LARGEST_HEAD} bytes");
            }
        };
        let body = match head.length {
            Some(length) => {
                while self.buffer.len() < head_end + length {
                    self.fill().await?;
                }
                self.buffer.get(head_end..head_end + length).unwrap_or_default()
            }
            None => {
                while !unchunk(self.buffer.get(head_end..).unwrap_or_default(), &mut self.unchunked)? {
                    self.fill().await?;
                }
                &self.unchunked
            }
        };
        Ok(Answer { status: head.status, body })
    }

    /// GET of a JSON document that must be there.
    pub(crate) async fn json(&mut self, address: &Address, target: &str) -> Result<Value> {
        let answer = self.exchange(&address.request(target)).await?;
        if answer.status != 200 {
            bail!("{target}: {} {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        serde_json::from_slice(answer.body).with_context(|| format!("{target}: the answer is no JSON"))
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(READ_SIZE);
        let read = self.stream.read_buf(&mut self.buffer).await.context("cannot read an answer")?;
        if read == 0 {
            bail!("the server closed a connection in the middle of an answer");
        }
        Ok(())
    }
}

/// What must be known of an answer's head. Without a length the body comes in chunks.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    length: Option<usize>,
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).context("the head of an answer is no text")?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 "))
            .and_then(|rest| rest.get(..3))
            .and_then(|digits| digits.parse().ok())
            .context("an answer does not begin with HTTP/1.1 and a status")?;
        let mut length = None;
        let mut chunked = false;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse().context("an answer's length is no number")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                chunked = value.trim().eq_ignore_ascii_case("chunked");
            }
        }
        if length.is_none() && !chunked {
            bail!("an answer has neither a length nor chunks");
        }
        Ok(Self { status, length })
    }
}

/// Puts a body in chunks together; false where some of it is still to come.
fn unchunk(mut rest: &[u8], body: &mut Vec<u8>) -> Result<bool> {
    body.clear();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return Ok(false) };
        let size = std::str::from_utf8(rest.get(..end).unwrap_or_default())
            .ok()
            .and_then(|line| {
                usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16).ok()
            })
            .context("the size of a chunk is no number")?;
        let Some(chunk) = rest.get(end + 2..).and_then(|data| data.get(..size + 2)) else { return Ok(false) };
        body.extend_from_slice(chunk.get(..size).unwrap_or_default());
        if size == 0 {
            return Ok(true);
        }
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
}

/// A value as part of a query: everything but unreserved letters becomes `%XX`.
pub(crate) fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{Address, Head, encode, unchunk};

    #[test]
    fn reads_heads() {
        let head = Head::parse(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n").expect("a head");
        assert_eq!(head, Head { status: 200, length: Some(12) });
        let head = Head::parse(b"HTTP/1.1 503 x\r\ntransfer-encoding: chunked\r\n\r\n").expect("a head");
        assert_eq!(head, Head { status: 503, length: None });
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Head::parse(b"SSH-2.0\r\n\r\n").is_err());
    }

    #[test]
    fn puts_chunks_together_once_all_are_there() {
        let whole = b"4\r\nWiki\r\n5;x=1\r\npedia\r\n0\r\n\r\n";
        let mut body = Vec::new();
        for end in 0..whole.len() {
            assert!(!unchunk(&whole[..end], &mut body).expect("sound chunks"), "{end}");
        }
        assert!(unchunk(whole, &mut body).expect("sound chunks"));
        assert_eq!(body, b"Wikipedia");
        assert!(unchunk(b"xyz\r\n", &mut body).is_err());
    }

    #[test]
    fn takes_addresses_with_and_without_scheme() {
        for url in ["http://127.0.0.1:8080/", "127.0.0.1:8080"] {
            assert_eq!(Address::parse(url).expect("an address").to_string(), "http://127.0.0.1:8080");
        }
        assert!(Address::parse("https://127.0.0.1").is_err());
    }

    #[test]
    fn encodes_queries() {
        assert_eq!(encode("đăng ký 1.0"), "%C4%91%C4%83ng%20k%C3%BD%201.0");
    }
}
