//! The standard filters, each behind a guard that pays for it and refuses what would grow beyond bounds.

use std::fmt;

use liquid_core::model::ScalarCow;
use liquid_core::parser::{FilterArguments, ParseFilter, PluginRegistry};
use liquid_core::{Error, Expression, Filter, FilterReflection, Result, Runtime, Value, ValueView};
use liquid_lib::stdlib;

use super::budget::{Budget, weight};

/// A call of a filter costs at least this, whatever its input: some parse dates or run several expressions.
const CALL: u64 = 512;
/// Reading a date from text tries many forms.
const DATE: u64 = 16 << 10;
/// Bytes that one element of a made array takes besides its text.
const ELEMENT: usize = 48;

/// What a filter does to its input, as far as it must be bounded before it runs.
#[derive(Debug, Clone, Copy)]
enum Growth {
    /// By a small factor at most: paying afterwards is enough.
    Little,
    /// Input and argument, one behind the other.
    Sum,
    /// Each occurrence of the first argument becomes the second.
    Replace,
    /// Each occurrence of the argument ends an array element.
    Split,
    /// The argument between each two elements.
    Join,
    /// Compares each with each.
    Quadratic,
    /// Sorts.
    Sort,
    /// The format may ask for padding.
    Date,
    /// Integer arithmetic, which must not wrap.
    Checked(fn(i64, i64) -> Option<i64>),
}

/// Registers every standard filter.
pub(super) fn register(filters: &mut PluginRegistry<Box<dyn ParseFilter>>) {
    let mut add = |growth: Growth, filter: Box<dyn ParseFilter>| {
        let name = filter.reflection().name().to_owned();
        filters.register(name, Box::new(Guard { growth, filter }));
    };
    use Growth::{Checked, Date, Join, Little, Quadratic, Replace, Sort, Split, Sum};
    add(Checked(|a, _| a.checked_abs()), stdlib::Abs.into());
    add(Sum, stdlib::Append.into());
    add(Little, stdlib::AtLeast.into());
    add(Little, stdlib::AtMost.into());
    add(Little, stdlib::Capitalize.into());
    add(Little, stdlib::Ceil.into());
    add(Little, stdlib::Compact.into());
    add(Sum, stdlib::Concat.into());
    add(Date, stdlib::Date.into());
    add(Sum, stdlib::Default.into());
    add(Checked(|a, b| if b == 0 { Some(0) } else { a.checked_div(b) }), stdlib::DividedBy.into());
    add(Little, stdlib::Downcase.into());
    add(Little, stdlib::Escape.into());
    add(Little, stdlib::EscapeOnce.into());
    add(Little, stdlib::First.into());
    add(Little, stdlib::Floor.into());
    add(Join, stdlib::Join.into());
    add(Little, stdlib::Last.into());
    add(Little, stdlib::Lstrip.into());
    add(Little, stdlib::Map.into());
    add(Checked(i64::checked_sub), stdlib::Minus.into());
    add(Checked(|a, b| if b == 0 { Some(0) } else { a.checked_rem(b) }), stdlib::Modulo.into());
    add(Little, stdlib::NewlineToBr.into());
    add(Checked(i64::checked_add), stdlib::Plus.into());
    add(Sum, stdlib::Prepend.into());
    add(Little, stdlib::Remove.into());
    add(Little, stdlib::RemoveFirst.into());
    add(Replace, stdlib::Replace.into());
    add(Sum, stdlib::ReplaceFirst.into());
    add(Little, stdlib::Reverse.into());
    add(Little, stdlib::Round.into());
    add(Little, stdlib::Rstrip.into());
    add(Little, stdlib::Size.into());
    add(Little, stdlib::Slice.into());
    add(Sort, stdlib::Sort.into());
    add(Sort, stdlib::SortNatural.into());
    add(Split, stdlib::Split.into());
    add(Little, stdlib::Strip.into());
    add(Little, stdlib::StripHtml.into());
    add(Little, stdlib::StripNewlines.into());
    add(Checked(i64::checked_mul), stdlib::Times.into());
    add(Sum, stdlib::Truncate.into());
    add(Sum, stdlib::TruncateWords.into());
    add(Quadratic, stdlib::Uniq.into());
    add(Little, stdlib::Upcase.into());
    add(Little, stdlib::UrlDecode.into());
    add(Little, stdlib::UrlEncode.into());
    add(Little, stdlib::Where.into());
}

#[derive(Clone)]
struct Guard {
    growth: Growth,
    filter: Box<dyn ParseFilter>,
}

impl ParseFilter for Guard {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let positional: Vec<Expression> = arguments.positional.collect();
        let filter = self.filter.parse(FilterArguments {
            positional: Box::new(positional.clone().into_iter()),
            keyword: arguments.keyword,
        })?;
        Ok(Box::new(Guarded { growth: self.growth, filter, arguments: positional }))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self.filter.reflection()
    }
}

#[derive(Debug)]
struct Guarded {
    growth: Growth,
    filter: Box<dyn Filter>,
    arguments: Vec<Expression>,
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)
    }
}

impl Filter for Guarded {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let budget = Budget::of(runtime);
        budget.spend(CALL + 4 * weight(input) as u64)?;
        self.admit(input, runtime, &budget)?;
        let value = self.filter.evaluate(input, runtime)?;
        let made = weight(value.as_view());
        budget.room(made)?;
        budget.spend(made as u64)?;
        Ok(value)
    }
}

impl Guarded {
    fn admit(&self, input: &dyn ValueView, runtime: &dyn Runtime, budget: &Budget) -> Result<()> {
        match self.growth {
            Growth::Little => Ok(()),
            Growth::Sum => {
                let mut sum = weight(input);
                for argument in &self.arguments {
                    sum += weight(argument.evaluate(runtime)?.as_view());
                }
                budget.room(sum)
            }
            Growth::Replace => {
                let input = input.to_kstr();
                let (search, replace) = (self.text(0, runtime)?, self.text(1, runtime)?);
                let found = occurrences(input.as_str(), &search);
                budget.room(input.len().saturating_add(found.saturating_mul(replace.len())))
            }
            Growth::Split => {
                let input = input.to_kstr();
                let found = occurrences(input.as_str(), &self.text(0, runtime)?);
                budget.room(input.len().saturating_add((found + 1).saturating_mul(ELEMENT)))
            }
            Growth::Join => {
                let elements = input.as_array().map_or(0, |array| array.size().unsigned_abs() as usize);
                let between = self.text(0, runtime)?.len();
                budget.room(weight(input).saturating_add(elements.saturating_mul(between)))
            }
            Growth::Quadratic => {
                let elements = input.as_array().map_or(0, |array| array.size().unsigned_abs());
                budget.spend(elements.saturating_mul(weight(input) as u64))
            }
            // The logarithm of more elements than any budget allows.
            Growth::Sort => budget.spend(20 * weight(input) as u64),
            Growth::Date => {
                budget.spend(DATE)?;
                let format = self.text(0, runtime)?;
                if format.split('%').skip(1).any(is_wide) {
                    return Err(Error::with_msg("the date format asks for too wide a field"));
                }
                budget.room(format.len() + format.matches('%').count() * 1000)
            }
            Growth::Checked(operation) => {
                let operand = match self.arguments.first() {
                    Some(argument) => whole(argument.evaluate(runtime)?.as_scalar()),
                    None => Some(0),
                };
                match (whole(input.as_scalar()), operand) {
                    (Some(a), Some(b)) if operation(a, b).is_none() => Err(Error::with_msg("the number is too large")),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The argument at `index` as text; empty when it is not given.
    fn text(&self, index: usize, runtime: &dyn Runtime) -> Result<String> {
        match self.arguments.get(index) {
            Some(argument) => Ok(argument.evaluate(runtime)?.to_kstr().into_string()),
            None => Ok(String::new()),
        }
    }
}

fn whole(scalar: Option<ScalarCow<'_>>) -> Option<i64> {
    scalar.and_then(|scalar| scalar.to_integer())
}

/// Whether a field of a date format, without its `%`, asks for a width of four digits.
fn is_wide(field: &str) -> bool {
    let width = field.trim_start_matches(['-', '_', '^', '#', ':']);
    width.bytes().take_while(u8::is_ascii_digit).count() > 3
}

/// How often `search` occurs; an empty one occurs around every character.
fn occurrences(text: &str, search: &str) -> usize {
    text.matches(search).count()
}
