//! The state of one string's rendering: Liquid's `Runtime` over business data, strict about what is missing, with
//! every read paid for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use liquid_core::model::{KString, KStringCow, KStringRef, Object, Scalar, ScalarCow, Value, ValueCow, try_find};
use liquid_core::runtime::{PartialStore, Registers};
use liquid_core::{Error, Renderable, Result, Runtime, ValueView};

use super::budget::{Budget, Slot, weight};

/// Before the name of a variable that may be missing, as in `{{ x | default: "y" }}`: then it is nil.
pub(super) const OPTIONAL: &str = "_maybe_";
/// Before a name that Liquid's grammar would take for a literal: `emptyReason` begins like `empty`.
pub(super) const PLAIN: &str = "_plain_";

/// The name that the author wrote, and whether the variable may be missing.
pub(super) fn unmark(name: &str) -> (&str, bool) {
    match name.strip_prefix(OPTIONAL) {
        Some(name) => (name, true),
        None => (name.strip_prefix(PLAIN).unwrap_or(name), false),
    }
}

/// The variables of one string while it renders: what it assigns hides business data of the same name.
pub(super) struct Run<'a> {
    globals: &'a Object,
    assigned: RefCell<Object>,
    counters: RefCell<Object>,
    registers: Registers,
    budget: Rc<Budget>,
}

impl<'a> Run<'a> {
    pub(super) fn new(globals: &'a Object, budget: Rc<Budget>) -> Self {
        let registers = Registers::default();
        *registers.get_mut::<Slot>() = Slot(budget.clone());
        Self { globals, assigned: RefCell::default(), counters: RefCell::default(), registers, budget }
    }

    fn find(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let (root, rest) = path.split_first()?;
        let root = root.to_kstr();
        let (name, _) = unmark(root.as_str());
        if let Some(value) = self.assigned.borrow().get(name) {
            return owned(value, rest, &self.budget);
        }
        if let Some(value) = self.globals.get(name) {
            return try_find(value.as_view(), rest);
        }
        self.counters.borrow().get(name).and_then(|value| owned(value, rest, &self.budget))
    }
}

/// A value found behind a `RefCell` has to be copied: paid for before.
fn owned(value: &Value, rest: &[ScalarCow<'_>], budget: &Budget) -> Option<ValueCow<'static>> {
    let found = try_find(value.as_view(), rest)?;
    budget.room(weight(found.as_view())).ok()?;
    Some(ValueCow::Owned(found.into_owned()))
}

/// What all frames do with what they found or not.
fn settle<'v>(found: Option<ValueCow<'v>>, path: &[ScalarCow<'_>], budget: &Budget) -> Result<ValueCow<'v>> {
    let Some(value) = found else {
        let optional = path.first().is_some_and(|root| unmark(root.to_kstr().as_str()).1);
        return if optional { Ok(ValueCow::Owned(Value::Nil)) } else { Err(budget.missing(dotted(path))) };
    };
    budget.spend(weight(value.as_view()) as u64)?;
    Ok(value)
}

/// A path as its author would write it: `order.items[0].name`.
fn dotted(path: &[ScalarCow<'_>]) -> String {
    let mut text = String::new();
    for (index, part) in path.iter().enumerate() {
        let name = part.to_kstr();
        if index == 0 {
            text.push_str(unmark(name.as_str()).0);
        } else if part.type_name() == "string" {
            text.push('.');
            text.push_str(name.as_str());
        } else {
            text.push('[');
            text.push_str(name.as_str());
            text.push(']');
        }
        if text.len() > 200 {
            text.truncate(text.floor_char_boundary(200));
            text.push('…');
            break;
        }
    }
    text
}

impl Runtime for Run<'_> {
    fn partials(&self) -> &dyn PartialStore {
        &NoPartials
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        None
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.globals.keys().map(|key| key.as_ref().into()).collect()
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let value = self.find(path)?;
        self.budget.spend(weight(value.as_view()) as u64).ok()?;
        Some(value)
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        settle(self.find(path), path, &self.budget)
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        // The trait knows no failure here: what does not fit is dropped, and the next step ends the rendering.
        self.budget.hold(weight(value.as_view())).ok()?;
        let former = self.assigned.borrow_mut().insert(KString::from_ref(unmark(name.as_str()).0), value);
        if let Some(former) = &former {
            self.budget.release(weight(former.as_view()));
        }
        former
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.counters.borrow_mut().insert(KString::from_ref(unmark(name.as_str()).0), value)
    }

    fn get_index<'v>(&'v self, name: &str) -> Option<ValueCow<'v>> {
        self.counters.borrow().get(unmark(name).0).map(|value| ValueCow::Owned(value.clone()))
    }

    fn registers(&self) -> &Registers {
        &self.registers
    }
}

/// The variables of one turn of a loop, over those around it.
pub(super) struct Scope<'a> {
    pub(super) parent: &'a dyn Runtime,
    pub(super) budget: &'a Budget,
    pub(super) names: &'a [(&'a str, &'a dyn ValueView)],
}

impl Scope<'_> {
    /// `None` when the name is not one of this scope's.
    fn find(&self, path: &[ScalarCow<'_>]) -> Option<Option<ValueCow<'_>>> {
        let (root, rest) = path.split_first()?;
        let root = root.to_kstr();
        let (name, _) = unmark(root.as_str());
        let (_, value) = self.names.iter().find(|(own, _)| *own == name)?;
        Some(try_find(*value, rest))
    }
}

impl Runtime for Scope<'_> {
    fn partials(&self) -> &dyn PartialStore {
        self.parent.partials()
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        self.parent.name()
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        let mut roots = self.parent.roots();
        roots.extend(self.names.iter().map(|(name, _)| KStringCow::from_ref(name)));
        roots
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        match self.find(path) {
            Some(found) => settle(Some(found?), path, self.budget).ok(),
            None => self.parent.try_get(path),
        }
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        match self.find(path) {
            Some(found) => settle(found, path, self.budget),
            None => self.parent.get(path),
        }
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_global(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_index(name, value)
    }

    fn get_index<'v>(&'v self, name: &str) -> Option<ValueCow<'v>> {
        self.parent.get_index(name)
    }

    fn registers(&self) -> &Registers {
        self.parent.registers()
    }
}

/// The `forloop` around, for `forloop.parentloop`.
pub(super) fn enclosing<'v>(runtime: &'v dyn Runtime, name: &'static str) -> Option<ValueCow<'v>> {
    runtime.try_get(&[Scalar::new(name)])
}

/// A template stands alone: `include` and `render` do not exist.
#[derive(Debug)]
struct NoPartials;

impl PartialStore for NoPartials {
    fn contains(&self, _name: &str) -> bool {
        false
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn try_get(&self, _name: &str) -> Option<std::sync::Arc<dyn Renderable>> {
        None
    }

    fn get(&self, _name: &str) -> Result<std::sync::Arc<dyn Renderable>> {
        Err(Error::with_msg("there are no partials"))
    }
}
