//! Rows as XLSX: the few parts of a workbook (ECMA-376) that one plain sheet needs, zipped while they are written. Texts are
//! inline strings, which no spreadsheet takes for formulas.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::Sheet;
use super::table::Cell;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Messages" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const SHEETS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const BEGINNING: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;
const END: &str = "</sheetData></worksheet>";

/// Characters that a cell may hold.
const MAX_CELL: usize = 32_767;

/// Where the zip writer writes to, and what is sent is taken from.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A file being written.
pub struct Xlsx {
    pipe: Pipe,
    /// None once it is finished.
    zip: Option<ZipWriter<StreamWriter<Pipe>>>,
    begun: bool,
    line: String,
}

impl Xlsx {
    pub fn new() -> Self {
        let pipe = Pipe::default();
        let zip = Some(ZipWriter::new_stream(pipe.clone()));
        Self { pipe, zip, begun: false, line: String::new() }
    }

    fn zip(&mut self) -> std::io::Result<&mut ZipWriter<StreamWriter<Pipe>>> {
        self.zip.as_mut().ok_or_else(|| std::io::Error::other("the file is finished"))
    }

    fn begin(&mut self) -> std::io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", SHEETS),
            // The last one stays open for the rows.
            ("xl/worksheets/sheet1.xml", BEGINNING),
        ];
        let zip = self.zip()?;
        for (name, text) in parts {
            zip.start_file(name, options)?;
            zip.write_all(text.as_bytes())?;
        }
        self.begun = true;
        Ok(())
    }
}

impl Sheet for Xlsx {
    fn write(&mut self, cells: &[Cell]) -> std::io::Result<()> {
        if !self.begun {
            self.begin()?;
        }
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        line.push_str("<row>");
        for cell in cells {
            match cell {
                Cell::Empty => line.push_str("<c/>"),
                Cell::Number(number) => line.push_str(&format!("<c><v>{number}</v></c>")),
                Cell::Text(text) => {
                    line.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                    escape(&mut line, text);
                    line.push_str("</t></is></c>");
                }
            }
        }
        line.push_str("</row>");
        self.zip()?.write_all(line.as_bytes())?;
        self.line = line;
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        if let Some(mut zip) = self.zip.take() {
            zip.write_all(END.as_bytes())?;
            zip.finish()?;
        }
        Ok(())
    }

    fn take(&mut self) -> Bytes {
        std::mem::take(&mut *self.pipe.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

/// `text` for XML, without what XML can't hold.
fn escape(line: &mut String, text: &str) {
    for c in text.chars().take(MAX_CELL) {
        match c {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '\r' => line.push_str("&#13;"),
            '\t' | '\n' => line.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => line.push('\u{fffd}'),
            c => line.push(c),
        }
    }
}
