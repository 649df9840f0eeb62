//! As much of Redis's protocol as measuring needs, so that a client library's cost is not measured with it.
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(super) struct Redis {
    stream: BufReader<TcpStream>,
}

impl Redis {
    /// Connects to a `redis://` address, with its password and database.
    ///
    /// # Errors
    /// Where it can't be reached, or wants TLS.
    pub(super) async fn open(address: &str) -> Result<Self, String> {
        let url = url::Url::parse(address).map_err(|error| format!("the Redis address: {error}"))?;
        if url.scheme() != "redis" {
            return Err(format!("{}: only redis:// can be measured", url.scheme()));
        }
        let host = url.host_str().unwrap_or("127.0.0.1");
        let stream = TcpStream::connect((host, url.port().unwrap_or(6379))).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut redis = Self { stream: BufReader::new(stream) };
        match (url.username(), url.password()) {
            (_, None) => {}
            ("", Some(password)) => redis.expect_ok(&["AUTH", password]).await?,
            (user, Some(password)) => redis.expect_ok(&["AUTH", user, password]).await?,
        }
        let database = url.path().trim_start_matches('/');
        if !database.is_empty() {
            redis.expect_ok(&["SELECT", database]).await?;
        }
        Ok(redis)
    }

    async fn expect_ok(&mut self, command: &[&str]) -> Result<(), String> {
        let answers = self.pipeline(&encode(command), 1).await?;
        if answers == ["OK"] { Ok(()) } else { Err(format!("{}: {answers:?}", command[0])) }
    }

    /// How many commands the server has carried out, those within scripts included.
    pub(super) async fn commands_processed(&mut self) -> Result<f64, String> {
        let answers = self.pipeline(&encode(&["INFO", "stats"]), 1).await?;
        let line = answers
            .iter()
            .flat_map(|text| text.lines())
            .find_map(|line| line.strip_prefix("total_commands_processed:"));
        line.and_then(|count| count.trim().parse().ok())
            .ok_or_else(|| "INFO says no total_commands_processed".to_owned())
    }

    /// Sends commands in one go, and reads as many answers.
    pub(super) async fn pipeline(&mut self, commands: &[u8], answers: usize) -> Result<Vec<String>, String> {
        self.stream.get_mut().write_all(commands).await.map_err(|error| error.to_string())?;
        let mut all = Vec::with_capacity(answers);
        for _ in 0..answers {
            all.push(self.answer().await?);
        }
        Ok(all)
    }

    /// A simple string, a number, or a bulk string.
    async fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.map_err(|error| error.to_string())?;
        let line = line.trim_end();
        match line.split_at_checked(1) {
            Some(("+" | ":", text)) => Ok(text.to_owned()),
            Some(("$", length)) => {
                let length: usize = length.parse().map_err(|_| format!("an answer of length {length}"))?;
                let mut text = vec![0; length + 2];
                self.stream.read_exact(&mut text).await.map_err(|error| error.to_string())?;
                text.truncate(length);
                String::from_utf8(text).map_err(|error| error.to_string())
            }
            _ => Err(format!("Redis answered {line:?}")),
        }
    }
}

/// A command as it goes over the wire.
pub(super) fn encode(command: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
    for part in command {
        bytes.extend_from_slice(format!("${}\r\n{part}\r\n", part.len()).as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_an_array_of_bulk_strings() {
        assert_eq!(
            encode(&["XADD", "s", "*", "j", "é"]),
            "*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$1\r\n*\r\n$1\r\nj\r\n$2\r\né\r\n".as_bytes()
        );
    }
}
