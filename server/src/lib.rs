//! Posthorn: a message centre. The map of the house, from the inside out:
//!
//! - [`domain`]: plain types and rules
pub mod domain;
