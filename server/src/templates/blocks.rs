//! Tags and blocks: the standard ones behind a toll, and own versions of those that keep text.

use std::io::Write;

use liquid_core::error::ResultLiquidReplaceExt;
use liquid_core::model::KString;
use liquid_core::{
    BlockReflection, Language, ParseBlock, ParseTag, Renderable, Result, Runtime, TagBlock, TagReflection,
    TagTokenIter, Template, Value, ValueView,
};
use liquid_lib::stdlib;

use super::budget::{Budget, Output};
use super::loops::LoopBlock;

/// The tag that stands for plain text in what the parser sees. Authors cannot write it.
pub(super) const LITERAL: &str = "literal";

/// Registers every standard tag and block but `include` and `render`. Comments and raw blocks never get this far.
pub(super) fn register(language: &mut Language) {
    let mut tag = |tag: Box<dyn ParseTag>| {
        language.tags.register(tag.reflection().tag().to_owned(), Box::new(TollTag(tag)));
    };
    tag(stdlib::AssignTag.into());
    tag(stdlib::BreakTag.into());
    tag(stdlib::ContinueTag.into());
    tag(stdlib::CycleTag.into());
    tag(stdlib::IncrementTag.into());
    tag(stdlib::DecrementTag.into());
    language.tags.register(LITERAL.to_owned(), Box::new(LiteralTag));
    let mut block = |block: Box<dyn ParseBlock>| {
        language.blocks.register(block.reflection().start_tag().to_owned(), Box::new(TollBlock(block)));
    };
    block(stdlib::IfBlock.into());
    block(stdlib::UnlessBlock.into());
    block(stdlib::CaseBlock.into());
    block(Box::new(LoopBlock::For));
    block(Box::new(LoopBlock::Table));
    block(Box::new(KeepBlock::Capture));
    block(Box::new(KeepBlock::IfChanged));
}

#[derive(Clone)]
struct TollTag(Box<dyn ParseTag>);

impl ParseTag for TollTag {
    fn parse(&self, arguments: TagTokenIter<'_>, options: &Language) -> Result<Box<dyn Renderable>> {
        Ok(Box::new(Toll(self.0.parse(arguments, options)?)))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self.0.reflection()
    }
}

#[derive(Clone)]
struct TollBlock(Box<dyn ParseBlock>);

impl ParseBlock for TollBlock {
    fn parse(
        &self,
        arguments: TagTokenIter<'_>,
        block: TagBlock<'_, '_>,
        options: &Language,
    ) -> Result<Box<dyn Renderable>> {
        Ok(Box::new(Toll(self.0.parse(arguments, block, options)?)))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self.0.reflection()
    }
}

/// Pays a step, also for what writes nothing.
#[derive(Debug)]
struct Toll(Box<dyn Renderable>);

impl Renderable for Toll {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        Budget::of(runtime).step()?;
        self.0.render_to(writer, runtime)
    }
}

#[derive(Clone)]
struct LiteralTag;

impl TagReflection for LiteralTag {
    fn tag(&self) -> &str {
        LITERAL
    }

    fn description(&self) -> &str {
        "plain text, as one or more quoted strings"
    }
}

impl ParseTag for LiteralTag {
    fn parse(&self, arguments: TagTokenIter<'_>, _options: &Language) -> Result<Box<dyn Renderable>> {
        let mut text = String::new();
        for token in arguments {
            text.push_str(token.expect_literal().into_result()?.to_kstr().as_str());
        }
        Ok(Box::new(Literal(text)))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self
    }
}

#[derive(Debug)]
struct Literal(String);

impl Renderable for Literal {
    fn render_to(&self, writer: &mut dyn Write, _runtime: &dyn Runtime) -> Result<()> {
        write!(writer, "{}", self.0).replace("Failed to render")
    }
}

/// Blocks that render into a text of their own, which has to be bounded like the output.
#[derive(Debug, Clone, Copy)]
enum KeepBlock {
    Capture,
    IfChanged,
}

impl BlockReflection for KeepBlock {
    fn start_tag(&self) -> &str {
        match self {
            Self::Capture => "capture",
            Self::IfChanged => "ifchanged",
        }
    }

    fn end_tag(&self) -> &str {
        match self {
            Self::Capture => "endcapture",
            Self::IfChanged => "endifchanged",
        }
    }

    fn description(&self) -> &str {
        "keeps what it renders"
    }
}

impl ParseBlock for KeepBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        options: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = match self {
            Self::Capture => {
                let name = arguments.expect_next("identifier expected")?.expect_identifier().into_result()?;
                Some(KString::from_ref(name))
            }
            Self::IfChanged => None,
        };
        arguments.expect_nothing()?;
        let body = Template::new(block.parse_all(options)?);
        block.assert_empty();
        Ok(Box::new(Keep { name, body }))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

/// `name` is the variable of a capture.
#[derive(Debug)]
struct Keep {
    name: Option<KString>,
    body: Template,
}

/// What an `ifchanged` rendered last.
#[derive(Default)]
struct Last(Option<String>);

impl Renderable for Keep {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let budget = Budget::of(runtime);
        let mut kept = Output::new(budget.clone(), 0);
        self.body.render_to(&mut kept, runtime)?;
        let text = kept.into_text();
        // What becomes of it holds it again.
        budget.release(text.len());
        match &self.name {
            Some(name) => {
                runtime.set_global(name.clone(), Value::scalar(text));
            }
            None => {
                let changed = runtime.registers().get_mut::<Last>().0.as_ref() != Some(&text);
                if changed {
                    write!(writer, "{text}").replace("Failed to render")?;
                    runtime.registers().get_mut::<Last>().0 = Some(text);
                }
            }
        }
        Ok(())
    }
}
