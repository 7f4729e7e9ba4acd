//! The engine's API: a definition file for Luau's analysis, and what such a file cannot say.

use std::collections::BTreeMap;

use serde::Deserialize;

type Advice = BTreeMap<String, BTreeMap<String, String>>;

pub struct Definitions {
    /// A `.d.luau` file.
    pub text: String,
    pub metadata: Metadata,
}

/// See `src/adapters/roblox-api/metadata.ts`, which writes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    deprecated: Advice,
    deprecated_classes: BTreeMap<String, String>,
    deprecated_globals: BTreeMap<String, String>,
    discouraged_arguments: Advice,
    creatable: Vec<String>,
    services: Vec<String>,
    readonly: BTreeMap<String, Vec<String>>,
    enums: Vec<String>,
}

/// The `KitMark` of `native/checker.h`.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum MarkKind {
    DeprecatedMember,
    DeprecatedClass,
    DeprecatedGlobal,
    DiscouragedArgument,
    Creatable,
    Service,
    ReadOnly,
    Enum,
}

pub struct Mark<'a> {
    pub kind: MarkKind,
    pub first: &'a str,
    pub second: &'a str,
    pub advice: &'a str,
}

impl Definitions {
    pub fn marks(&self) -> Vec<Mark<'_>> {
        let metadata = &self.metadata;
        let mut marks = Vec::new();
        let mut add = |kind, first, second, advice| marks.push(Mark { kind, first, second, advice });
        for (kind, owners) in [
            (MarkKind::DeprecatedMember, &metadata.deprecated),
            (MarkKind::DiscouragedArgument, &metadata.discouraged_arguments),
        ] {
            for (owner, members) in owners {
                members.iter().for_each(|(member, advice)| add(kind, owner, member, advice));
            }
        }
        for (kind, names) in [
            (MarkKind::DeprecatedClass, &metadata.deprecated_classes),
            (MarkKind::DeprecatedGlobal, &metadata.deprecated_globals),
        ] {
            names.iter().for_each(|(name, advice)| add(kind, name, "", advice));
        }
        for (owner, properties) in &metadata.readonly {
            properties.iter().for_each(|property| add(MarkKind::ReadOnly, owner, property, ""));
        }
        for (kind, names) in [
            (MarkKind::Creatable, &metadata.creatable),
            (MarkKind::Service, &metadata.services),
            (MarkKind::Enum, &metadata.enums),
        ] {
            names.iter().for_each(|name| add(kind, name, "", ""));
        }
        marks
    }
}
