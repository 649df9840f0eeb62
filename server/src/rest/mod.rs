//! REST: sendMessage, sendMessages and message for systems that would rather not speak GraphQL. Maps to the same use
//! cases and takes the same inputs.
//!
//! - [`message`]: the three handlers; [`answer`]: what they answer
//! - [`export`]: messages as a file

pub mod answer;
pub mod export;
pub mod message;
