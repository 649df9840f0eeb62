//! `for` and `tablerow`: counted, and lazy over ranges, so that a loop to a billion costs nothing before it is refused.

use std::io::Write;

use liquid_core::error::ResultLiquidReplaceExt;
use liquid_core::model::{ArrayView, KStringCow, ObjectView, ValueView};
use liquid_core::parser::{BlockElement, TryMatchToken};
use liquid_core::runtime::{Interrupt, InterruptRegister};
use liquid_core::{
    BlockReflection, Error, Expression, Language, ParseBlock, Renderable, Result, Runtime, TagBlock, TagTokenIter,
    Template, Value, ValueCow,
};

use super::budget::{Budget, weight};
use super::run::{Scope, enclosing, unmark};

/// The two loops of Liquid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoopBlock {
    For,
    Table,
}

impl BlockReflection for LoopBlock {
    fn start_tag(&self) -> &str {
        match self {
            Self::For => "for",
            Self::Table => "tablerow",
        }
    }

    fn end_tag(&self) -> &str {
        match self {
            Self::For => "endfor",
            Self::Table => "endtablerow",
        }
    }

    fn description(&self) -> &str {
        "repeats its content"
    }
}

impl ParseBlock for LoopBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        options: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("identifier expected")?.expect_identifier().into_result()?;
        let name = unmark(name).0.to_owned();
        arguments.expect_next("`in` expected")?.expect_str("in").into_result_custom_msg("`in` expected")?;
        let source = match arguments.expect_next("array or range expected")?.expect_value() {
            TryMatchToken::Matches(array) => Source::Array(array),
            TryMatchToken::Fails(token) => {
                let (start, stop) = token.expect_range().into_result()?;
                Source::Range(start, stop)
            }
        };
        let mut one = Loop {
            kind: *self,
            name,
            source,
            limit: None,
            offset: None,
            columns: None,
            reversed: false,
            body: Template::new(Vec::new()),
            otherwise: None,
        };
        while let Some(token) = arguments.next() {
            let slot = match (token.as_str(), self) {
                ("limit", _) => &mut one.limit,
                ("offset", _) => &mut one.offset,
                ("cols", Self::Table) => &mut one.columns,
                ("reversed", Self::For) => {
                    one.reversed = true;
                    continue;
                }
                _ => return Err(token.raise_custom_error("unknown parameter")),
            };
            arguments.expect_next("`:` expected")?.expect_str(":").into_result_custom_msg("`:` expected")?;
            *slot = Some(arguments.expect_next("value expected")?.expect_value().into_result()?);
        }
        let mut body = Vec::new();
        while let Some(element) = block.next()? {
            match element {
                BlockElement::Tag(tag) if tag.name() == "else" && *self == Self::For => {
                    one.otherwise = Some(Template::new(block.parse_all(options)?));
                    break;
                }
                element => body.push(element.parse(&mut block, options)?),
            }
        }
        one.body = Template::new(body);
        block.assert_empty();
        Ok(Box::new(one))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

#[derive(Debug)]
enum Source {
    Array(Expression),
    Range(Expression, Expression),
}

#[derive(Debug)]
struct Loop {
    kind: LoopBlock,
    name: String,
    source: Source,
    limit: Option<Expression>,
    offset: Option<Expression>,
    columns: Option<Expression>,
    reversed: bool,
    body: Template,
    otherwise: Option<Template>,
}

/// What is gone through. Only the entries of an object need memory of their own.
enum Items<'v> {
    Range { first: i64, length: u64 },
    Array(&'v dyn ArrayView),
    Entries(Vec<Value>),
}

impl Items<'_> {
    fn length(&self) -> u64 {
        match self {
            Self::Range { length, .. } => *length,
            Self::Array(array) => array.size().unsigned_abs(),
            Self::Entries(entries) => entries.len() as u64,
        }
    }

    fn get(&self, index: u64) -> ValueCow<'_> {
        match self {
            Self::Range { first, .. } => ValueCow::Owned(Value::scalar(first.wrapping_add_unsigned(index))),
            Self::Array(array) => array.get(index as i64).map_or(ValueCow::Owned(Value::Nil), ValueCow::Borrowed),
            Self::Entries(entries) => entries
                .as_slice()
                .get(index as usize)
                .map_or(ValueCow::Owned(Value::Nil), |entry| ValueCow::Borrowed(entry)),
        }
    }
}

impl Renderable for Loop {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let budget = Budget::of(runtime);
        let (value, held) = match &self.source {
            Source::Array(array) => {
                let value = array.evaluate(runtime)?;
                // A copy, or about to be copied into entries.
                let copied = matches!(value, ValueCow::Owned(_)) || value.is_object();
                let held = if copied { weight(value.as_view()) } else { 0 };
                (value, held)
            }
            Source::Range(..) => (ValueCow::Owned(Value::Nil), 0),
        };
        budget.hold(held)?;
        self.go_through(&self.items(&value, runtime)?, &budget, writer, runtime)?;
        budget.release(held);
        Ok(())
    }
}

impl Loop {
    fn items<'v>(&self, value: &'v ValueCow<'_>, runtime: &dyn Runtime) -> Result<Items<'v>> {
        if let Source::Range(start, stop) = &self.source {
            let (first, last) = (whole(start, runtime)?, whole(stop, runtime)?);
            let length = if last < first { 0 } else { last.abs_diff(first).saturating_add(1) };
            return Ok(Items::Range { first, length });
        }
        let value = value.as_view();
        if let Some(array) = value.as_array() {
            Ok(Items::Array(array))
        } else if let Some(object) = value.as_object() {
            let entry = |(key, value): (KStringCow<'_>, &dyn ValueView)| {
                Value::Array(vec![Value::scalar(key.into_owned()), value.to_value()])
            };
            Ok(Items::Entries(object.iter().map(entry).collect()))
        } else if value.is_nil() || value.is_state() {
            Ok(Items::Entries(Vec::new()))
        } else {
            Err(Error::with_msg(format!("cannot loop over a {}", value.type_name())))
        }
    }

    fn go_through(
        &self,
        items: &Items<'_>,
        budget: &Budget,
        writer: &mut dyn Write,
        runtime: &dyn Runtime,
    ) -> Result<()> {
        let offset = count(&self.offset, runtime)?.unwrap_or(0).min(items.length());
        let left = items.length() - offset;
        let turns = count(&self.limit, runtime)?.map_or(left, |limit| limit.min(left));
        budget.room_for_turns(turns)?;
        if turns == 0 {
            return match &self.otherwise {
                Some(otherwise) => otherwise.render_to(writer, runtime),
                None => Ok(()),
            };
        }
        let columns = match count(&self.columns, runtime)? {
            Some(0) => return Err(Error::with_msg("a table needs columns")),
            Some(columns) => columns,
            None => turns,
        };
        let parent = enclosing(runtime, "forloop");
        for turn in 0..turns {
            budget.turn()?;
            let item = items.get(offset + if self.reversed { turns - 1 - turn } else { turn });
            let position = Position::new(turn, turns, columns, parent.as_ref().map(ValueCow::as_view));
            if !self.turn(item.as_view(), &position, budget, writer, runtime)? {
                break;
            }
        }
        Ok(())
    }

    /// Renders the body once. False after a `break`.
    fn turn(
        &self,
        item: &dyn ValueView,
        position: &Position<'_>,
        budget: &Budget,
        writer: &mut dyn Write,
        runtime: &dyn Runtime,
    ) -> Result<bool> {
        let names: [(&str, &dyn ValueView); 3] = match self.kind {
            LoopBlock::For => [(&self.name, item), ("forloop", position), ("forloop", position)],
            LoopBlock::Table => [(&self.name, item), ("tablerowloop", position), ("tablerow", position)],
        };
        let table = self.kind == LoopBlock::Table;
        if table && position.col_first {
            write!(writer, "<tr class=\"row{}\">", position.row).replace("Failed to render")?;
        }
        if table {
            write!(writer, "<td class=\"col{}\">", position.col).replace("Failed to render")?;
        }
        self.body.render_to(writer, &Scope { parent: runtime, budget, names: &names })?;
        let interrupt = runtime.registers().get_mut::<InterruptRegister>().reset();
        let goes_on = !matches!(interrupt, Some(Interrupt::Break));
        if table {
            let row_ends = position.col_last || !goes_on;
            write!(writer, "{}", if row_ends { "</td></tr>" } else { "</td>" }).replace("Failed to render")?;
        }
        Ok(goes_on)
    }
}

fn whole(expression: &Expression, runtime: &dyn Runtime) -> Result<i64> {
    let value = expression.evaluate(runtime)?;
    value
        .as_scalar()
        .and_then(|scalar| scalar.to_integer())
        .ok_or_else(|| Error::with_msg(format!("expected a whole number, found a {}", value.type_name())))
}

/// A negative number counts as none.
fn count(expression: &Option<Expression>, runtime: &dyn Runtime) -> Result<Option<u64>> {
    expression.as_ref().map(|expression| Ok(whole(expression, runtime)?.max(0).unsigned_abs())).transpose()
}

/// Where a loop is: `forloop`, and with the columns `tablerowloop`.
#[derive(Debug, Clone, ValueView, ObjectView)]
struct Position<'p> {
    length: i64,
    parentloop: Option<&'p dyn ValueView>,
    index0: i64,
    index: i64,
    rindex0: i64,
    rindex: i64,
    first: bool,
    last: bool,
    row: i64,
    col0: i64,
    col: i64,
    col_first: bool,
    col_last: bool,
}

impl<'p> Position<'p> {
    /// All three are at most the allowed number of turns, except `columns`, which may be any number above 0.
    fn new(turn: u64, turns: u64, columns: u64, parentloop: Option<&'p dyn ValueView>) -> Self {
        let (index0, length) = (turn as i64, turns as i64);
        let column = turn % columns;
        Self {
            length,
            parentloop,
            index0,
            index: index0 + 1,
            rindex0: length - index0 - 1,
            rindex: length - index0,
            first: index0 == 0,
            last: index0 + 1 == length,
            row: (turn / columns) as i64 + 1,
            col0: column as i64,
            col: column as i64 + 1,
            col_first: column == 0,
            col_last: column + 1 == columns || turn + 1 == turns,
        }
    }
}
