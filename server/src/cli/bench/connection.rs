//! A lean HTTP/1.1 client on one kept-alive connection: what the load costs must not be what is measured.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of an answer's head that are put up with.
const MOST_HEAD: usize = 64 << 10;

pub(super) struct Connection {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: &str, key: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!("host: {address}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n");
        Ok(Self { stream, head, buffer: Vec::with_capacity(16 << 10) })
    }

    pub(super) async fn post(&mut self, path: &str, body: &str) -> io::Result<(u16, String)> {
        let length = body.len();
        let request = format!("POST {path} HTTP/1.1\r\n{}content-length: {length}\r\n\r\n{body}", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    pub(super) async fn get(&mut self, path: &str) -> io::Result<(u16, String)> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Status and body of the next answer, whose length must be told (by `content-length` or in chunks).
    async fn answer(&mut self) -> io::Result<(u16, String)> {
        self.buffer.clear();
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.buffer.len() > MOST_HEAD {
                return Err(io::Error::other("an answer without an end of its head"));
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let start = end + 4;
        let field =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
        let body = match field("content-length:").and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => {
                while self.buffer.len() < start + length {
                    self.more().await?;
                }
                self.buffer[start..start + length].to_vec()
            }
            None => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.more().await?;
                }
                unchunked(&self.buffer[start..])
            }
        };
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

pub(super) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn unchunked(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(chunks.len());
    while let Some(end) = find(chunks, b"\r\n") {
        let length = usize::from_str_radix(String::from_utf8_lossy(&chunks[..end]).trim(), 16).unwrap_or(0);
        let from = end + 2;
        if length == 0 || chunks.len() < from + length + 2 {
            break;
        }
        body.extend_from_slice(&chunks[from..from + length]);
        chunks = &chunks[from + length + 2..];
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        assert_eq!(unchunked(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), b"abcde");
        assert_eq!(unchunked(b"0\r\n\r\n"), b"");
    }
}
