//! The `posthorn` binary: see [`posthorn::cli`].

use std::process::ExitCode;

use clap::Parser as _;
use posthorn::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run().await
}
