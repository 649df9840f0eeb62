//! Rows as CSV (RFC 4180) in UTF-8 without a byte order mark.

use bytes::Bytes;

use super::Sheet;
use super::table::Cell;

/// A file being written.
#[derive(Default)]
pub struct Csv {
    text: String,
}

impl Sheet for Csv {
    fn write(&mut self, cells: &[Cell]) -> std::io::Result<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            match cell {
                Cell::Empty => {}
                Cell::Number(number) => self.text.push_str(&number.to_string()),
                Cell::Text(text) => push(&mut self.text, text),
            }
        }
        self.text.push_str("\r\n");
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.text).into()
    }
}

fn push(line: &mut String, text: &str) {
    let guard = if is_formula(text) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        line.push('"');
        line.push_str(guard);
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(guard);
        line.push_str(text);
    }
}

/// What spreadsheets would take for a formula, in its wide forms too: callers choose such texts, and whoever opens the file
/// would run them.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}
