//! The commands of the `posthorn` binary, a file each.

pub mod send;
