//! Luau's analysis with the engine's definitions, safe to call: what `native/checker.h` offers.

use std::ffi::c_void;
use std::ptr::NonNull;

use crate::definitions::{Definitions, Mark};
use crate::ffi::{self, Text};

/// Seconds for one module, which on its own takes milliseconds.
const MODULE_SECONDS: f64 = 10.0;

/// A script or a folder of the game's tree.
pub struct Node<'a> {
    pub name: &'a str,
    pub class_name: &'a str,
    /// Empty where the node is no script.
    pub path: &'a str,
    pub source: Option<&'a str>,
    /// Index of the parent, which comes before its children.
    pub parent: Option<usize>,
}

#[derive(Debug)]
pub struct Finding {
    pub is_error: bool,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub rule: String,
    pub message: String,
    pub fix: String,
}

pub struct Checker {
    handle: NonNull<ffi::NativeChecker>,
}

/// What the callbacks write to during one call.
#[derive(Default)]
struct Told {
    findings: Vec<Finding>,
    problems: Vec<String>,
}

impl Checker {
    /// Loads the definitions, which takes most of a second, or says what is wrong with them.
    pub fn new(definitions: &Definitions, new_solver: bool) -> Result<Self, Vec<String>> {
        // SAFETY: no arguments by reference.
        let handle = NonNull::new(unsafe { ffi::kit_checker_new(new_solver, MODULE_SECONDS) })
            .ok_or_else(|| vec!["Luau's analysis cannot be started".to_owned()])?;
        let checker = Self { handle };
        checker.call(|handle, listener| unsafe {
            ffi::kit_checker_define(handle, Text::of(definitions.text.as_bytes()), listener)
        })?;
        for Mark { kind, first, second, advice } in definitions.marks() {
            let texts = [first, second, advice].map(|text| Text::of(text.as_bytes()));
            checker.call(|handle, listener| unsafe {
                ffi::kit_checker_mark(handle, kind as i32, texts[0], texts[1], texts[2], listener)
            })?;
        }
        checker.call(|handle, listener| unsafe { ffi::kit_checker_seal(handle, listener) })?;
        Ok(checker)
    }

    /// Replaces the scripts; those that are as they were are not checked again.
    pub fn update(&self, nodes: &[Node]) -> Result<(), Vec<String>> {
        let native: Vec<ffi::Node> = nodes
            .iter()
            .map(|node| ffi::Node {
                name: Text::of(node.name.as_bytes()),
                class_name: Text::of(node.class_name.as_bytes()),
                path: Text::of(node.path.as_bytes()),
                source: Text::of(node.source.unwrap_or_default().as_bytes()),
                parent: node.parent.map_or(-1, |parent| parent as i64),
                has_source: node.source.is_some(),
            })
            .collect();
        self.call(|handle, listener| unsafe {
            ffi::kit_checker_update(handle, native.as_ptr(), native.len(), listener)
        })?;
        Ok(())
    }

    /// The findings of one script, or why the analysis itself failed: then it must not be used any more.
    pub fn check(&self, node: usize) -> Result<Vec<Finding>, Vec<String>> {
        self.call(|handle, listener| unsafe { ffi::kit_checker_check(handle, node, listener) })
    }

    fn call(
        &self,
        work: impl FnOnce(*mut ffi::NativeChecker, &ffi::CheckListener) -> bool,
    ) -> Result<Vec<Finding>, Vec<String>> {
        let mut told = Told::default();
        let listener =
            ffi::CheckListener { context: (&raw mut told).cast(), finding: on_finding, problem: on_problem };
        if work(self.handle.as_ptr(), &listener) {
            Ok(told.findings)
        } else {
            Err(told.problems)
        }
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        // SAFETY: the handle is ours alone, and is not used after this.
        unsafe { ffi::kit_checker_free(self.handle.as_ptr()) }
    }
}

// SAFETY for both: `context` is the `Told` of the call that is under way, on the same thread.

extern "C" fn on_finding(context: *mut c_void, finding: *const ffi::Finding) {
    let (told, finding) = unsafe { (&mut *context.cast::<Told>(), &*finding) };
    told.findings.push(unsafe {
        Finding {
            is_error: finding.is_error,
            line: finding.line,
            column: finding.column,
            end_line: finding.end_line,
            end_column: finding.end_column,
            rule: finding.rule.lossy(),
            message: finding.message.lossy(),
            fix: finding.fix.lossy(),
        }
    });
}

extern "C" fn on_problem(context: *mut c_void, message: Text) {
    let told = unsafe { &mut *context.cast::<Told>() };
    told.problems.push(unsafe { message.lossy() });
}
