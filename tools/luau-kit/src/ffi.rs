//! The C side of `native/vm.h` and `native/checker.h`; both must agree.

use std::ffi::{c_char, c_void};
use std::slice;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Text {
    bytes: *const u8,
    size: usize,
}

impl Text {
    /// Valid as long as `bytes` is.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.as_ptr(), size: bytes.len() }
    }

    /// # Safety
    /// The bytes must still be there.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            return &[];
        }
        slice::from_raw_parts(self.bytes, self.size)
    }

    /// # Safety
    /// The bytes must still be there.
    pub unsafe fn lossy(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

#[repr(C)]
pub struct Chunk {
    pub name: Text,
    pub source: Text,
    pub coverage: bool,
}

#[repr(C)]
pub struct Program {
    pub chunks: *const Chunk,
    pub chunk_count: usize,
    pub entry: usize,
    pub argument: Text,
    pub seconds: f64,
    pub memory_bytes: usize,
    pub interrupts: u64,
}

#[repr(C)]
pub struct Listener {
    pub context: *mut c_void,
    pub output: extern "C" fn(*mut c_void, Text),
    pub report: extern "C" fn(*mut c_void, Text, *mut c_char, usize) -> bool,
    pub failed: extern "C" fn(*mut c_void, Text, Text),
    pub coverage: extern "C" fn(*mut c_void, usize, *const i32, usize),
}

/// The `KitStatus` of `vm.h`.
pub mod status {
    pub const DONE: i32 = 0;
    pub const TIMEOUT: i32 = 2;
    pub const MEMORY: i32 = 3;
}

#[repr(C)]
pub struct Outcome {
    pub status: i32,
    pub peak_bytes: usize,
}

/// Owned by the C side.
#[repr(C)]
pub struct NativeChecker {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Node {
    pub name: Text,
    pub class_name: Text,
    pub path: Text,
    pub source: Text,
    pub parent: i64,
    pub has_source: bool,
}

#[repr(C)]
pub struct Finding {
    pub node: usize,
    pub is_error: bool,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub rule: Text,
    pub message: Text,
    pub fix: Text,
}

#[repr(C)]
pub struct CheckListener {
    pub context: *mut c_void,
    pub finding: extern "C" fn(*mut c_void, *const Finding),
    pub problem: extern "C" fn(*mut c_void, Text),
}

// The crate is linked for the Luau that its build compiled.
use luau_analyzer_sys as _;

extern "C" {
    pub fn kit_run(program: *const Program, listener: *const Listener) -> Outcome;

    pub fn kit_checker_new(new_solver: bool, module_seconds: f64) -> *mut NativeChecker;
    pub fn kit_checker_free(checker: *mut NativeChecker);
    pub fn kit_checker_define(
        checker: *mut NativeChecker,
        definitions: Text,
        listener: *const CheckListener,
    ) -> bool;
    pub fn kit_checker_mark(
        checker: *mut NativeChecker,
        mark: i32,
        first: Text,
        second: Text,
        advice: Text,
        listener: *const CheckListener,
    ) -> bool;
    pub fn kit_checker_seal(checker: *mut NativeChecker, listener: *const CheckListener) -> bool;
    pub fn kit_checker_update(
        checker: *mut NativeChecker,
        nodes: *const Node,
        count: usize,
        listener: *const CheckListener,
    ) -> bool;
    pub fn kit_checker_check(
        checker: *mut NativeChecker,
        node: usize,
        listener: *const CheckListener,
    ) -> bool;
}
