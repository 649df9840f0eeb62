//! How much one rendering may cost, counted deterministically, with a clock only as the last resort; and the writer
//! that counts what is written.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use liquid_core::{Error, Runtime, ValueView};

use crate::domain::time::Clock;

/// Bytes that one string may render to.
pub const MAX_OUTPUT: usize = 1 << 20;
/// Bytes of all values that a template holds at a time, and of all rendered strings together.
pub const MAX_VALUES: usize = 4 << 20;
/// Bytes of one value that a template makes.
pub const MAX_VALUE: usize = 1 << 20;
/// Turns of all loops together.
pub const MAX_ITERATIONS: u64 = 100_000;
/// Bytes of text and values that may be gone through, every tag, output and filter counting as some.
const MAX_WORK: u64 = 64 << 20;
/// The counted limits end any template sooner on a healthy machine.
const MAX_TIME: Duration = Duration::from_millis(800);
/// Work of a rendering that may be done between other things: about a millisecond, and far more than most templates need.
const BRIEF_WORK: u64 = 256 << 10;
const TOO_MANY_STEPS: &str = "it takes too many steps";
/// Work between two looks at the clock: ordinary templates never look.
const CLOCK_EVERY: u64 = 1 << 20;
/// What reading a variable, writing an output or entering a tag costs at least.
const MIN_STEP: u64 = 64;
/// What a value costs besides its text.
const NODE: usize = 32;

/// What is left to spend in the rendering of one content, shared by the runtime, the filters and the writer.
#[derive(Debug)]
pub(super) struct Budget {
    work: Cell<u64>,
    values: Cell<usize>,
    iterations: Cell<u64>,
    step: Cell<u64>,
    clock_at: Cell<u64>,
    clock: Clock,
    started: Cell<Option<Instant>>,
    exceeded: Cell<Option<&'static str>>,
    missing: RefCell<Option<String>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            work: Cell::new(MAX_WORK),
            values: Cell::new(MAX_VALUES),
            iterations: Cell::new(MAX_ITERATIONS),
            step: Cell::new(MIN_STEP),
            clock_at: Cell::new(MAX_WORK - CLOCK_EVERY),
            clock: Clock::default(),
            started: Cell::new(None),
            exceeded: Cell::new(None),
            missing: RefCell::new(None),
        }
    }
}

impl Budget {
    pub(super) fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), ..Self::default() }
    }

    /// For a rendering that is given up where it turns out not to be brief; all other limits are the usual ones.
    pub(super) fn brief(clock: &Clock) -> Self {
        Self { work: Cell::new(BRIEF_WORK), clock_at: Cell::new(0), ..Self::new(clock) }
    }

    /// There was more to do than was allowed.
    pub(super) fn outgrown(&self) -> bool {
        self.exceeded.get() == Some(TOO_MANY_STEPS)
    }

    /// The budget of the rendering that `runtime` belongs to.
    pub(super) fn of(runtime: &dyn Runtime) -> Rc<Self> {
        runtime.registers().get_mut::<Slot>().0.clone()
    }

    /// Before each string: `step` is the price of a tag or output in it, since one with a long condition costs more.
    pub(super) fn begin(&self, step: u64) {
        self.step.set(step.max(MIN_STEP));
    }

    /// Pays for one tag, output or iteration.
    pub(super) fn step(&self) -> Result<(), Error> {
        self.spend(self.step.get())
    }

    /// Pays for going through `bytes` of text or values.
    pub(super) fn spend(&self, bytes: u64) -> Result<(), Error> {
        if self.exceeded.get().is_some() {
            return Err(cut_off());
        }
        let Some(left) = self.work.get().checked_sub(bytes) else {
            return Err(self.exceed(TOO_MANY_STEPS));
        };
        self.work.set(left);
        if left < self.clock_at.get() {
            self.clock_at.set(left.saturating_sub(CLOCK_EVERY));
            match self.started.get() {
                None => self.started.set(Some(self.clock.instant())),
                Some(started) if self.clock.since(started) > MAX_TIME => return Err(self.exceed("it takes too long")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Takes `bytes` for a value that stays, until they are released.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), Error> {
        let Some(left) = self.values.get().checked_sub(bytes) else {
            return Err(self.exceed("its values exceed 4 MiB"));
        };
        self.values.set(left);
        Ok(())
    }

    /// Gives back what was held.
    pub(super) fn release(&self, bytes: usize) {
        self.values.set(self.values.get() + bytes);
    }

    /// Refuses before it is made a value that would be too large.
    pub(super) fn room(&self, bytes: usize) -> Result<(), Error> {
        if bytes > MAX_VALUE {
            return Err(self.exceed("one of its values exceeds 1 MiB"));
        }
        if bytes > self.values.get() { Err(self.exceed("its values exceed 4 MiB")) } else { Ok(()) }
    }

    /// Refuses a loop of `turns` before it starts.
    pub(super) fn room_for_turns(&self, turns: u64) -> Result<(), Error> {
        if turns > self.iterations.get() { Err(self.exceed("its loops exceed 100,000 iterations")) } else { Ok(()) }
    }

    /// Pays for one turn of a loop.
    pub(super) fn turn(&self) -> Result<(), Error> {
        self.room_for_turns(1)?;
        self.iterations.set(self.iterations.get() - 1);
        self.step()?;
        self.spend(MIN_STEP)
    }

    /// Notes the first variable that is missing, and gives the error that ends the rendering.
    pub(super) fn missing(&self, name: String) -> Error {
        self.missing.borrow_mut().get_or_insert(name);
        Error::with_msg("missing variable")
    }

    pub(super) fn exceed(&self, what: &'static str) -> Error {
        if self.exceeded.get().is_none() {
            self.exceeded.set(Some(what));
        }
        cut_off()
    }

    /// Which limit was reached, if one was.
    pub(super) fn exceeded(&self) -> Option<&'static str> {
        self.exceeded.get()
    }

    /// Which variable was missing, if one was.
    pub(super) fn take_missing(&self) -> Option<String> {
        self.missing.borrow_mut().take()
    }
}

fn cut_off() -> Error {
    Error::with_msg("cut off")
}

/// Where plugins find the budget: in the registers of the runtime.
#[derive(Debug, Default)]
pub(super) struct Slot(pub(super) Rc<Budget>);

/// Bytes a value takes, roughly. Stops counting beyond what any budget allows.
pub(super) fn weight(value: &dyn ValueView) -> usize {
    fn add(value: &dyn ValueView, sum: &mut usize) {
        *sum += NODE;
        if *sum > MAX_WORK as usize {
            return;
        }
        if let Some(array) = value.as_array() {
            for item in array.values() {
                add(item, sum);
            }
        } else if let Some(object) = value.as_object() {
            for (key, item) in object.iter() {
                *sum += key.len();
                add(item, sum);
            }
        } else if value.type_name() == "string" {
            *sum += value.to_kstr().len();
        }
    }
    let mut sum = 0;
    add(value, &mut sum);
    sum
}

/// A text that grows within the budget.
pub(super) struct Output {
    text: String,
    budget: Rc<Budget>,
}

impl Output {
    pub(super) fn new(budget: Rc<Budget>, capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), budget }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.text.len() + part.len() > MAX_OUTPUT {
            self.budget.exceed("its output exceeds 1 MiB");
            return Err(fmt::Error);
        }
        self.budget.hold(part.len()).map_err(|_| fmt::Error)?;
        self.text.push_str(part);
        Ok(())
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        fmt::Write::write_str(self, part).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    /// Every output of Liquid comes through here once, an empty one too: so this is where it is paid for.
    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        self.budget.step().map_err(|_| io::Error::other("cut off"))?;
        fmt::Write::write_fmt(self, arguments).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
