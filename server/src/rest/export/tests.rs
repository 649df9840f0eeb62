//! The forms of an export: what is written can be read back, and nothing in it is a formula.

use std::io::{Cursor, Read};

use super::csv::Csv;
use super::question::{Format, MAX_ROWS, Question};
use super::table::Cell;
use super::xlsx::Xlsx;
use super::{COLUMNS, Sheet};
use crate::domain::chance::Chance;
use crate::domain::enums::{ChannelType, MessageStatus};

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn csv(rows: &[&[Cell]]) -> String {
    let mut sheet = Csv::default();
    for row in rows {
        sheet.write(row).unwrap();
    }
    sheet.finish().unwrap();
    String::from_utf8(sheet.take().to_vec()).unwrap()
}

#[test]
fn csv_is_quoted_where_it_must_be_and_has_no_mark_at_its_beginning() {
    let written = csv(&[
        &[text("a"), Cell::Empty, Cell::Number(-5), text("b,c")],
        &[text("say \"hi\""), text("two\nlines"), text(" blank"), text("中文")],
    ]);
    assert_eq!(written, "a,,-5,\"b,c\"\r\n\"say \"\"hi\"\"\",\"two\nlines\",\" blank\",中文\r\n");
}

#[test]
fn nothing_in_a_csv_is_a_formula() {
    for (given, written) in [
        ("=1+1", "'=1+1"),
        ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ("+8613800000000", "'+8613800000000"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
    ] {
        assert_eq!(csv(&[&[text(given)]]), format!("{written}\r\n"));
    }
}

#[test]
fn an_xlsx_reads_back_and_comes_in_parts() {
    let mut sheet = Xlsx::new();
    let titles: Vec<_> = COLUMNS.iter().map(|title| text(title)).collect();
    sheet.write(&titles).unwrap();
    let mut file = sheet.take().to_vec();
    assert!(!file.is_empty(), "the beginning goes out at once");
    let (mut parts, mut largest) = (0, 0);
    for number in 0..10_000 {
        let random: u128 = Chance::System.draw();
        sheet.write(&[text("=1+1 <&>\u{1}"), Cell::Empty, Cell::Number(number), text(&random.to_string())]).unwrap();
        if number % 100 == 99 {
            let part = sheet.take();
            parts += usize::from(!part.is_empty());
            largest = largest.max(part.len());
            file.extend(part);
        }
    }
    assert!(parts >= 3 && largest < 200_000, "{parts} parts, {largest} bytes at most");
    sheet.finish().unwrap();
    file.extend(sheet.take());
    assert!(sheet.take().is_empty());

    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    for name in ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"] {
        assert!(archive.by_name(name).unwrap().size() > 0, "{name}");
    }
    let mut rows = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut rows).unwrap();
    assert_eq!(rows.matches("<row>").count(), 10_001);
    let inline = "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1 &lt;&amp;&gt;\u{fffd}</t></is></c><c/><c><v>9999</v></c>";
    assert!(rows.contains(inline) && rows.ends_with("</sheetData></worksheet>"));
    assert!(!rows.contains("<f>"));
}

#[test]
fn a_question_is_read_in_full_or_refused() {
    let read = Question::read(
        "format=xlsx&limit=5&status=FAILED,SKIPPED&status=SUCCESS&channelType=WEBHOOK&recipient=%2B86138&businessType=A\
         &createdFrom=2026-11-21T10:00:00%2B08:00&storeId=",
    )
    .unwrap();
    assert_eq!((read.format, read.limit), (Format::Xlsx, 5));
    assert_eq!(read.filter.status, [MessageStatus::Failed, MessageStatus::Skipped, MessageStatus::Success]);
    assert_eq!(read.filter.channel_type, Some(ChannelType::Webhook));
    assert_eq!(read.filter.recipient.as_deref(), Some("+86138"));
    assert_eq!(read.filter.store_id, None);
    assert_eq!(read.filter.created_from.map(|at| at.as_seconds()), Some(1_795_226_400));
    assert_eq!(Question::read("").unwrap().limit, MAX_ROWS);
    for (query, named) in [
        ("format=pdf", "format"),
        ("limit=0", "limit"),
        ("limit=100001", "limit"),
        ("status=GONE", "status"),
        ("channelType=FAX", "channelType"),
        ("createdTo=soon", "createdTo"),
        ("recipients=x", "unknown parameter recipients"),
    ] {
        let message = Question::read(query).unwrap_err();
        assert!(message.starts_with(named), "{query}: {message}");
    }
}
