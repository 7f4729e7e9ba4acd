//! `luau-kit`: Luau outside of the Roblox engine, as a long-lived process. One JSON request a line on standard input,
//! one JSON answer a line on standard output; see `docs/luau-tools.md`.

mod check;
mod checker;
mod definitions;
mod ffi;
mod protocol;
mod run;
mod value;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::thread;

/// Luau's parser and type checker recurse; their own limits are made for stacks of this size.
const STACK_BYTES: usize = 64 * 1024 * 1024;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        println!("luau-kit {} (Luau {})", protocol::VERSION, protocol::LUAU_VERSION);
        return ExitCode::SUCCESS;
    }
    let server = thread::Builder::new().stack_size(STACK_BYTES).spawn(serve);
    match server.map(|handle| handle.join()) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) | Err(error) => {
            eprintln!("luau-kit: {error}");
            ExitCode::FAILURE
        }
        // The panic has said why.
        Ok(Err(_)) => ExitCode::FAILURE,
    }
}

/// Answers until standard input ends.
fn serve() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut session = protocol::Session::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        // Text that is not UTF-8 keeps its id, and an answer: each bad byte becomes U+FFFD.
        let request = String::from_utf8_lossy(&line);
        if request.trim().is_empty() {
            continue;
        }
        serde_json::to_writer(&mut output, &session.answer(&request))?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}
