//! Compiles `src/native` against the headers of the Luau that `luau-analyzer-sys` carries.

use std::{env, path::PathBuf, process::Command};

fn main() {
    let luau = luau_sources();
    let mut build = cc::Build::new();
    build.cpp(true).std("c++17").define("NDEBUG", None);
    if env::var("TARGET").is_ok_and(|target| target.contains("msvc")) {
        build.flag("/EHsc");
    }
    for module in ["Common", "Ast", "Bytecode", "Compiler", "Config", "Analysis", "VM"] {
        build.include(luau.join(module).join("include"));
    }
    // Warnings are for our own code; Luau's headers have theirs.
    build.warnings(false);
    for unit in ["value_stream", "vm", "source_tree", "magic", "api_rules", "checker"] {
        build.file(format!("src/native/{unit}.cpp"));
    }
    build.compile("luau_kit_native");
    println!("cargo:rerun-if-changed=src/native");
    println!("cargo:rustc-env=LUAU_VERSION={}", luau_version());
}

/// The crate sets no `links` key that would tell where its sources are, so cargo is asked.
fn luau_sources() -> PathBuf {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let output = Command::new(variable("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform"])
        .arg(variable("TARGET"))
        .arg("--manifest-path")
        .arg(manifest)
        .output()
        .expect("cargo cannot be run");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is not JSON");
    let crate_manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "luau-analyzer-sys")
        .and_then(|package| package["manifest_path"].as_str())
        .expect("luau-analyzer-sys is not among the packages");
    PathBuf::from(crate_manifest).with_file_name("luau")
}

/// Which Luau the pinned crate carries; its sources do not say.
fn luau_version() -> &'static str {
    "0.720"
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo did not set {name}"))
}
