//! The methods `load-definitions` and `check`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::checker::{Checker, Finding, Node};
use crate::definitions::{Definitions, Metadata};
use crate::protocol::Problem;

/// A file that is nearly all problems says no more with a hundred of them.
const TOLD_PROBLEMS: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadRequest {
    /// Paths of the pair of files.
    definitions: String,
    metadata: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckRequest {
    source_map: SourceMapNode,
    /// Path as the source map has it, and text.
    sources: Vec<(String, String)>,
    /// Absent: all are reported.
    only: Option<HashSet<String>>,
    #[serde(default)]
    solver: Solver,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Solver {
    #[default]
    Old,
    New,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SourceMapNode {
    name: String,
    class_name: String,
    #[serde(default)]
    file_paths: Vec<String>,
    #[serde(default)]
    children: Vec<SourceMapNode>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFinding<'a> {
    check: &'static str,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    rule: String,
    severity: &'static str,
    message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    fix: String,
}

/// What is kept between requests: the definitions, and for each solver what it has checked.
#[derive(Default)]
pub struct Analysis {
    definitions: Option<Definitions>,
    /// The old solver's and the new one's; loaded when they are first asked.
    checkers: [Option<Checker>; 2],
}

impl Analysis {
    pub fn load(&mut self, request: &LoadRequest) -> Result<Value, Problem> {
        let read = |path: &str| {
            fs::read_to_string(path).map_err(|error| Problem::definitions(format!("{path}: {error}")))
        };
        let metadata: Metadata = serde_json::from_str(&read(&request.metadata)?)
            .map_err(|error| Problem::definitions(format!("{}: {error}", request.metadata)))?;
        let definitions = Definitions { text: read(&request.definitions)?, metadata };
        *self = Self::default();
        self.checkers[Solver::Old as usize] = Some(start(&definitions, Solver::Old)?);
        self.definitions = Some(definitions);
        Ok(json!({}))
    }

    pub fn check(&mut self, request: &CheckRequest) -> Result<Value, Problem> {
        let started = Instant::now();
        let definitions = self
            .definitions
            .as_ref()
            .ok_or_else(|| Problem::invalid("there are no definitions: ask \"load-definitions\" first"))?;
        let slot = &mut self.checkers[request.solver as usize];
        let checker = match slot {
            Some(checker) => checker,
            None => slot.insert(start(definitions, request.solver)?),
        };
        let nodes = flatten(request);
        checker.update(&nodes).map_err(Problem::internal)?;
        let mut findings = Vec::new();
        let mut is_broken = false;
        let mut told = HashSet::new();
        for (index, node) in nodes.iter().enumerate() {
            let is_asked = request.only.as_ref().is_none_or(|only| only.contains(node.path));
            // A file that the tree has twice is told of once.
            if node.source.is_none() || !is_asked || !told.insert(node.path) {
                continue;
            }
            match checker.check(index) {
                Ok(found) => findings.extend(told_once(found).map(|finding| describe(node.path, finding))),
                Err(problems) => {
                    is_broken = true;
                    findings.push(internal_error(node.path, &problems.join("; ")));
                }
            }
        }
        if is_broken {
            *slot = None;
        }
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        Ok(json!({ "findings": findings, "milliseconds": milliseconds }))
    }
}

fn start(definitions: &Definitions, solver: Solver) -> Result<Checker, Problem> {
    Checker::new(definitions, matches!(solver, Solver::New)).map_err(|problems| {
        let more = problems.len().saturating_sub(TOLD_PROBLEMS);
        let told = problems[..problems.len() - more].join("\n");
        Problem::definitions(if more == 0 { told } else { format!("{told}\n… and {more} more") })
    })
}

/// The tree's nodes, parents first, and after them the sources that the tree does not have.
fn flatten(request: &CheckRequest) -> Vec<Node<'_>> {
    let sources: HashMap<&str, &str> =
        request.sources.iter().map(|(path, source)| (path.as_str(), source.as_str())).collect();
    let mut placed = HashSet::new();
    let mut nodes = Vec::new();
    let mut open = vec![(&request.source_map, None)];
    while let Some((from, parent)) = open.pop() {
        let script =
            from.file_paths.iter().find_map(|path| Some((path.as_str(), *sources.get(path.as_str())?)));
        placed.extend(script.map(|(path, _)| path));
        let index = nodes.len();
        nodes.push(Node {
            name: &from.name,
            class_name: &from.class_name,
            path: script.map_or("", |(path, _)| path),
            source: script.map(|(_, source)| source),
            parent,
        });
        // Reversed, so that of two children with one name the first comes first.
        open.extend(from.children.iter().rev().map(|child| (child, Some(index))));
    }
    let unplaced = request.sources.iter().filter(|(path, _)| !placed.contains(path.as_str()));
    nodes.extend(unplaced.map(|(path, source)| Node {
        name: path,
        class_name: "ModuleScript",
        path,
        source: Some(source),
        parent: None,
    }));
    nodes
}

/// What follows from a finding of the same script is left out. Of a script that does not parse, the rest is guesswork;
/// a deprecated global function is found by two lints, of which the one about globals knows what to use instead.
fn told_once(findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    let is_broken = findings.iter().any(|finding| finding.rule == "SyntaxError");
    let globals: HashSet<(u32, u32)> = findings
        .iter()
        .filter(|finding| finding.rule == "DeprecatedGlobal")
        .map(|finding| (finding.line, finding.column))
        .collect();
    findings.into_iter().filter(move |finding| {
        let is_told = finding.rule == "DeprecatedApi" && globals.contains(&(finding.line, finding.column));
        if is_broken {
            finding.rule == "SyntaxError"
        } else {
            !is_told
        }
    })
}

/// Lints that are about what the engine does not have any more, or will not have for long.
const ERRORS: [&str; 2] = ["DeprecatedApi", "DeprecatedGlobal"];

fn describe(file: &str, finding: Finding) -> CodeFinding<'_> {
    let check = match finding.rule.as_str() {
        "SyntaxError" => "syntax",
        "TypeError" => "types",
        _ => "lint",
    };
    let is_error = finding.is_error || ERRORS.contains(&finding.rule.as_str());
    let (message, fix) = split_advice(finding.message, finding.fix);
    CodeFinding {
        check,
        file,
        line: finding.line,
        column: finding.column,
        end_line: finding.end_line,
        end_column: finding.end_column,
        rule: finding.rule,
        severity: if is_error { "error" } else { "warning" },
        message,
        fix,
    }
}

/// Luau's lints say what to use in the message: `Member 'X.y' is deprecated, use 'z' instead`.
fn split_advice(message: String, fix: String) -> (String, String) {
    let parts = message.split_once(" is deprecated, use '");
    match parts.and_then(|(what, rest)| Some((what, rest.strip_suffix("' instead")?))) {
        Some((what, advice)) => (format!("{what} is deprecated"), as_instruction(advice)),
        None => (message, as_instruction(&fix)),
    }
}

/// A name becomes `use name`; a sentence stays one.
fn as_instruction(advice: &str) -> String {
    if advice.is_empty() || advice.contains(' ') {
        advice.to_owned()
    } else {
        format!("use {advice}")
    }
}

fn internal_error<'a>(file: &'a str, message: &str) -> CodeFinding<'a> {
    CodeFinding {
        check: "types",
        file,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        rule: "InternalError".to_owned(),
        severity: "error",
        message: format!("Luau's analysis failed on this script: {message}"),
        fix: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_what_to_use_from_luaus_message() {
        let of = |message: &str, fix: &str| split_advice(message.to_owned(), fix.to_owned());
        assert_eq!(
            of("Member 'Instance.findFirstChild' is deprecated, use 'FindFirstChild' instead", ""),
            ("Member 'Instance.findFirstChild' is deprecated".to_owned(), "use FindFirstChild".to_owned()),
        );
        assert_eq!(of("Class 'Hint' is deprecated", "show it in a ScreenGui").1, "show it in a ScreenGui");
        assert_eq!(of("Variable 'x' is never used", "").1, "");
    }
}
