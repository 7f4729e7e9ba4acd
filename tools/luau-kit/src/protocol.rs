//! Requests, their answers, and what a process keeps between them.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::check::Analysis;
use crate::run;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
pub const LUAU_VERSION: &str = env!("LUAU_VERSION");

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    id: Value,
    method: String,
    #[serde(default)]
    params: Value,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    Result { id: Value, result: Value },
    Error { id: Value, error: Problem },
}

/// Why a request has no result. What a program does, and what is wrong with checked code, are results.
#[derive(Debug, Serialize)]
pub struct Problem {
    code: &'static str,
    message: String,
}

impl Problem {
    pub fn invalid(message: impl ToString) -> Self {
        Self { code: "invalid-request", message: message.to_string() }
    }

    pub fn definitions(message: String) -> Self {
        Self { code: "invalid-definitions", message }
    }

    pub fn internal(problems: Vec<String>) -> Self {
        Self { code: "internal", message: problems.join("; ") }
    }
}

/// What lives as long as the process.
#[derive(Default)]
pub struct Session {
    analysis: Analysis,
}

impl Session {
    pub fn answer(&mut self, line: &str) -> Answer {
        match serde_json::from_str::<Request>(line) {
            Ok(Request { id, method, params }) => match self.call(&method, params) {
                Ok(result) => Answer::Result { id, result },
                Err(error) => Answer::Error { id, error },
            },
            Err(error) => Answer::Error { id: Value::Null, error: Problem::invalid(error) },
        }
    }

    fn call(&mut self, method: &str, params: Value) -> Result<Value, Problem> {
        match method {
            "version" => Ok(json!({ "version": VERSION, "luau": LUAU_VERSION })),
            "run" => {
                let program = serde_json::from_value(params).map_err(Problem::invalid)?;
                serde_json::to_value(run::run(&program)?).map_err(Problem::invalid)
            }
            "load-definitions" => {
                let request = serde_json::from_value(params).map_err(Problem::invalid)?;
                self.analysis.load(&request)
            }
            "check" => {
                let request = serde_json::from_value(params).map_err(Problem::invalid)?;
                self.analysis.check(&request)
            }
            _ => Err(Problem { code: "unknown-method", message: format!("there is no method {method:?}") }),
        }
    }
}
