// Luau's own analysis over a tree of scripts. Declared again in `ffi.rs`; both must agree. Nothing here throws.
#pragma once

#include "text.h"

#include <cstddef>
#include <cstdint>

extern "C"
{

struct KitChecker;

struct KitNode
{
    KitText name;
    KitText class_name;
    // Of the script's file; empty where the node is none.
    KitText path;
    KitText source;
    // -1 for the root, and for scripts that are not in the tree. A parent comes before its children.
    int64_t parent;
    bool has_source;
};

struct KitFinding
{
    // Index of the node.
    size_t node;
    bool is_error;
    // From 1.
    uint32_t line, column, end_line, end_column;
    // `SyntaxError`, `TypeError`, or the name of a lint.
    KitText rule;
    KitText message;
    // Empty where none is known.
    KitText fix;
};

struct KitCheckListener
{
    void* context;
    void (*finding)(void* context, const KitFinding* finding);
    // Why the call did not do what it should.
    void (*problem)(void* context, KitText message);
};

// What a definition file cannot say. The arguments of `kit_checker_mark` are:
enum KitMark : int32_t
{
    // Class, member, what to use instead.
    KIT_DEPRECATED_MEMBER,
    // Class, nothing, what to use instead.
    KIT_DEPRECATED_CLASS,
    // Global, nothing, what to use instead.
    KIT_DEPRECATED_GLOBAL,
    // Function such as `Instance.new`, number of the argument from 1, what to do instead.
    KIT_DISCOURAGED_ARGUMENT,
    // Class.
    KIT_CREATABLE,
    // Class.
    KIT_SERVICE,
    // Class, property.
    KIT_READ_ONLY,
    // Enum.
    KIT_ENUM,
};

KitChecker* kit_checker_new(bool new_solver, double module_seconds);
void kit_checker_free(KitChecker* checker);
// Answers false after telling each problem.
bool kit_checker_define(KitChecker* checker, KitText definitions, const KitCheckListener* listener);
bool kit_checker_mark(KitChecker* checker, KitMark mark, KitText first, KitText second, KitText advice, const KitCheckListener* listener);
// After the last mark.
bool kit_checker_seal(KitChecker* checker, const KitCheckListener* listener);
// Replaces the scripts. Those that are as they were are not checked again.
bool kit_checker_update(KitChecker* checker, const KitNode* nodes, size_t count, const KitCheckListener* listener);
// Tells the findings of one script.
bool kit_checker_check(KitChecker* checker, size_t node, const KitCheckListener* listener);
}
