//! The method `run`: one program in a virtual machine of its own.

use std::collections::{BTreeMap, HashSet};
use std::ffi::{c_char, c_void};
use std::slice;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ffi::{self, status, Text};
use crate::protocol::Problem;
use crate::value;

const KEPT_PRINTS: usize = 1000;
const KEPT_CHARACTERS: usize = 2000;
/// All of a program's reports together: what is reported lives in this process, not in the limited heap.
const MOST_REPORTED_BYTES: usize = 64 * 1024 * 1024;

const DEFAULT_SECONDS: f64 = 10.0;
const DEFAULT_MEMORY_BYTES: usize = 256 * 1024 * 1024;
/// A day: longer is a mistake in units.
const MOST_SECONDS: f64 = 86_400.0;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Program {
    /// Name and source, in the caller's order.
    chunks: Vec<(String, String)>,
    entry: String,
    #[serde(default)]
    argument: Value,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    coverage: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    seconds: Option<f64>,
    memory_bytes: Option<usize>,
    interrupts: Option<u64>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    status: &'static str,
    reports: Vec<Value>,
    output: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// Chunk → line → times run; absent where none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<BTreeMap<String, BTreeMap<usize, u64>>>,
    milliseconds: f64,
    peak_bytes: usize,
}

#[derive(Serialize)]
struct Failure {
    message: String,
    traceback: String,
}

/// What the callbacks write to while the program runs.
struct Record<'a> {
    program: &'a Program,
    outcome: Outcome,
    reported_bytes: usize,
}

pub fn run(program: &Program) -> Result<Outcome, Problem> {
    let entry = program
        .chunks
        .iter()
        .position(|(name, _)| *name == program.entry)
        .ok_or_else(|| Problem::invalid(format!("entry {:?} is none of the chunks", program.entry)))?;
    let seconds = program.limits.seconds.unwrap_or(DEFAULT_SECONDS);
    if !(seconds > 0.0 && seconds <= MOST_SECONDS) {
        return Err(Problem::invalid(format!(
            "limits.seconds is {seconds}, expected more than 0, {MOST_SECONDS} at most"
        )));
    }
    let covered: HashSet<&str> = program.coverage.iter().map(String::as_str).collect();
    let chunks: Vec<ffi::Chunk> = program
        .chunks
        .iter()
        .map(|(name, source)| ffi::Chunk {
            name: Text::of(name.as_bytes()),
            source: Text::of(source.as_bytes()),
            coverage: covered.contains(name.as_str()),
        })
        .collect();
    let argument = value::encode(&program.argument);
    let native = ffi::Program {
        chunks: chunks.as_ptr(),
        chunk_count: chunks.len(),
        entry,
        argument: Text::of(&argument),
        seconds,
        memory_bytes: program.limits.memory_bytes.unwrap_or(DEFAULT_MEMORY_BYTES),
        interrupts: program.limits.interrupts.unwrap_or(0),
    };
    let mut record = Record { program, outcome: Outcome::default(), reported_bytes: 0 };
    if !covered.is_empty() {
        record.outcome.coverage = Some(BTreeMap::new());
    }
    let listener = ffi::Listener {
        context: (&raw mut record).cast(),
        output: on_output,
        report: on_report,
        failed: on_failed,
        coverage: on_coverage,
    };
    let started = Instant::now();
    // SAFETY: everything that the native side is given lives until the call returns.
    let native_outcome = unsafe { ffi::kit_run(&native, &listener) };
    Ok(Outcome {
        status: match native_outcome.status {
            status::DONE => "done",
            status::TIMEOUT => "timeout",
            status::MEMORY => "memory",
            _ => "error",
        },
        milliseconds: started.elapsed().as_secs_f64() * 1000.0,
        peak_bytes: native_outcome.peak_bytes,
        ..record.outcome
    })
}

// A panic in one of these ends the process, which the caller sees as `crashed`: unwinding into C++ would be worse.

/// SAFETY for all: `context` is the `Record` of the run that calls, on the same thread, and nothing else uses it.
unsafe fn record<'a>(context: *mut c_void) -> &'a mut Record<'a> {
    &mut *context.cast()
}

extern "C" fn on_output(context: *mut c_void, text: Text) {
    let output = unsafe { &mut record(context).outcome.output };
    if output.len() < KEPT_PRINTS {
        output.push(unsafe { text.lossy() }.chars().take(KEPT_CHARACTERS).collect());
    }
}

extern "C" fn on_report(
    context: *mut c_void,
    stream: Text,
    problem: *mut c_char,
    problem_size: usize,
) -> bool {
    let (record, stream) = unsafe { (record(context), stream.bytes()) };
    record.reported_bytes += stream.len();
    let decoded = if record.reported_bytes > MOST_REPORTED_BYTES {
        Err(format!("more than {MOST_REPORTED_BYTES} bytes are reported"))
    } else {
        value::decode(stream)
    };
    match decoded {
        Ok(value) => {
            record.outcome.reports.push(value);
            true
        }
        Err(text) => {
            let size = text.len().min(problem_size - 1);
            // SAFETY: the buffer is of `problem_size` bytes.
            unsafe {
                text.as_ptr().copy_to_nonoverlapping(problem.cast(), size);
                problem.add(size).write(0);
            }
            false
        }
    }
}

extern "C" fn on_failed(context: *mut c_void, message: Text, traceback: Text) {
    let failure = unsafe { Failure { message: message.lossy(), traceback: traceback.lossy() } };
    unsafe { record(context) }.outcome.error = Some(failure);
}

extern "C" fn on_coverage(context: *mut c_void, chunk: usize, hits: *const i32, size: usize) {
    let record = unsafe { record(context) };
    let hits = if size == 0 { &[] } else { unsafe { slice::from_raw_parts(hits, size) } };
    let (name, _) = &record.program.chunks[chunk];
    let lines = record.outcome.coverage.get_or_insert_default().entry(name.clone()).or_default();
    for (line, count) in hits.iter().enumerate() {
        if let Ok(count) = u64::try_from(*count) {
            *lines.entry(line).or_default() += count;
        }
    }
}
