#include "checker.h"

#include "api_rules.h"
#include "engine_api.h"
#include "magic.h"
#include "source_tree.h"

#include "Luau/BuiltinDefinitions.h"
#include "Luau/Common.h"
#include "Luau/ConfigResolver.h"
#include "Luau/Error.h"
#include "Luau/Frontend.h"
#include "Luau/Linter.h"
#include "Luau/ToString.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <unordered_map>

namespace
{

// The engine's definitions are one graph of more types than Luau's limit for a graph; 0 lifts it.
void lift_graph_limit()
{
    for (Luau::FValue<int>* value = Luau::FValue<int>::list; value; value = value->next)
        if (strcmp(value->name, "LuauTarjanChildLimit") == 0)
            value->value = 0;
}

class StrictConfig final : public Luau::ConfigResolver
{
public:
    StrictConfig()
    {
        config.mode = Luau::Mode::Strict;
        config.enabledLint.setDefaults();
        config.enabledLint.enableWarning(Luau::LintWarning::Code_DeprecatedApi);
    }

    const Luau::Config& getConfig(const Luau::ModuleName&, const Luau::TypeCheckLimits&) const override
    {
        return config;
    }

private:
    Luau::Config config;
};

Luau::FrontendOptions frontend_options(double module_seconds)
{
    Luau::FrontendOptions options;
    options.runLintChecks = true;
    options.moduleTimeLimitSec = module_seconds;
    return options;
}

bool is_table(Luau::TypeId type)
{
    type = Luau::follow(type);
    if (auto* options = Luau::get<Luau::UnionType>(type))
        return std::all_of(options->options.begin(), options->options.end(), is_table);
    return Luau::get<Luau::TableType>(type) != nullptr;
}

// The old solver takes `for … in t[key] or {} do` for the call of a union of tables, which Luau goes through well.
bool is_false_alarm(const Luau::TypeError& error, const std::vector<Luau::Location>& iterated)
{
    auto* called = Luau::get<Luau::CannotCallNonFunction>(error);
    return called && std::find(iterated.begin(), iterated.end(), error.location) != iterated.end() && is_table(called->ty);
}

std::string describe(const char* kind, const Luau::Location& at, const std::string& message)
{
    return std::string(kind) + " at " + std::to_string(at.begin.line + 1) + ":" + std::to_string(at.begin.column + 1) + ": " + message;
}

} // namespace

struct KitChecker
{
    KitChecker(bool new_solver, double module_seconds)
        : module_seconds(module_seconds)
        , frontend(new_solver ? Luau::SolverMode::New : Luau::SolverMode::Old, &tree, &config, frontend_options(module_seconds))
    {
        lift_graph_limit();
        frontend.options.customModuleCheck = [this](const Luau::SourceModule& source, const Luau::Module& module) {
            rules[source.name] = kit::apply_api_rules(api, source, module);
        };
        frontend.prepareModuleScope = [this](const Luau::ModuleName& name, const Luau::ScopePtr& scope, bool) {
            if (const kit::Node* node = tree.find(name); node && node->type && is_placed(*node))
                bind(scope, "script", *node->type);
        };
        Luau::unfreeze(frontend.globals.globalTypes);
        Luau::registerBuiltinGlobals(frontend, frontend.globals);
    }

    bool define(KitText definitions, const KitCheckListener& listener)
    {
        Luau::unfreeze(frontend.globals.globalTypes);
        Luau::LoadDefinitionFileResult result = frontend.loadDefinitionFile(
            frontend.globals, frontend.globals.globalScope, {definitions.bytes, definitions.size}, "@roblox", false
        );
        Luau::unfreeze(frontend.globals.globalTypes);
        if (result.success)
            return true;
        size_t told = 0;
        auto tell = [&](const std::string& message) {
            ++told;
            listener.problem(listener.context, kit::to_text(message));
        };
        for (const Luau::ParseError& error : result.parseResult.errors)
            tell(describe("syntax error", error.getLocation(), error.getMessage()));
        if (result.module)
            for (const Luau::TypeError& error : result.module->errors)
                tell(describe("type error", error.location, Luau::toString(error)));
        if (told == 0)
            tell("the definitions are refused without a reason");
        return false;
    }

    void mark(KitMark mark, const std::string& first, const std::string& second, const std::string& advice)
    {
        switch (mark)
        {
        case KIT_DEPRECATED_MEMBER:
            if (Luau::Property* property = member(first, second))
            {
                property->deprecated = true;
                property->deprecatedSuggestion = advice;
            }
            return;
        case KIT_DEPRECATED_CLASS:
            api.deprecated_classes[first] = advice;
            return;
        case KIT_DEPRECATED_GLOBAL:
            deprecate_global(first, advice);
            return;
        case KIT_DISCOURAGED_ARGUMENT:
            api.discouraged_arguments[first][std::stoul(second)] = advice;
            return;
        case KIT_CREATABLE:
            api.creatable.insert(first);
            return;
        case KIT_SERVICE:
            api.services.insert(first);
            return;
        case KIT_READ_ONLY:
            api.read_only[first].insert(second);
            return;
        case KIT_ENUM:
            // So that `Enum.Material` is a type too.
            if (std::optional<Luau::TypeFun> type = frontend.globals.globalScope->lookupType("Enum" + first))
                frontend.globals.globalScope->importedTypeBindings["Enum"][first] = *type;
            return;
        }
    }

    void seal()
    {
        kit::add_magic(frontend, api, tree);
        Luau::freeze(frontend.globals.globalTypes);
    }

    void update(std::vector<kit::Node> nodes)
    {
        if (tree.has_shape_of(nodes))
            return update_sources(std::move(nodes));
        // What was checked may hold types of the tree before.
        frontend.clear();
        rules.clear();
        tree.replace(std::move(nodes));
        tree.make_types(frontend);
        bind_global("game", tree.game());
        bind_global("workspace", tree.service("Workspace"));
    }

    void check(size_t index, const KitCheckListener& listener)
    {
        const std::string name = kit::SourceTree::module_name(index);
        frontend.check(name);
        Luau::ModulePtr module = frontend.moduleResolver.getModule(name);
        std::optional<Luau::CheckResult> result = frontend.getCheckResult(name, /* accumulateNested */ false);
        if (!module || !result)
            throw std::runtime_error("the module was not checked");
        auto tell = [&](bool is_error, const Luau::Location& at, const char* rule, const std::string& message, const std::string& fix) {
            KitFinding finding{index, is_error, at.begin.line + 1, at.begin.column + 1, at.end.line + 1, at.end.column + 1,
                {rule, strlen(rule)}, kit::to_text(message), kit::to_text(fix)};
            listener.finding(listener.context, &finding);
        };
        const Luau::TypeErrorToStringOptions names{&tree};
        const kit::RuleResult& own = rules[name];
        for (const Luau::TypeError& error : result->errors)
        {
            if (is_false_alarm(error, own.iterated))
                continue;
            const char* rule = Luau::get<Luau::SyntaxError>(error) ? "SyntaxError" : "TypeError";
            tell(true, error.location, rule, Luau::toString(error, names), "");
        }
        for (const Luau::LintWarning& warning : result->lintResult.errors)
            tell(true, warning.location, Luau::LintWarning::getName(warning.code), warning.text, "");
        for (const Luau::LintWarning& warning : result->lintResult.warnings)
            tell(false, warning.location, Luau::LintWarning::getName(warning.code), warning.text, "");
        for (const kit::RuleFinding& finding : own.findings)
            tell(true, finding.location, finding.rule.c_str(), finding.message, finding.fix);
        if (module->timeout)
            tell(true, {}, "TypeError", "the type check of this module was given up after " + std::to_string(int(module_seconds)) + " s", "");
    }

private:
    // Whether it is in the game's tree, and not only a file.
    bool is_placed(const kit::Node& node) const
    {
        return node.parent >= 0 || &node == &tree.nodes[0];
    }

    void update_sources(std::vector<kit::Node> nodes)
    {
        for (size_t i = 0; i < nodes.size(); ++i)
        {
            if (tree.nodes[i].source == nodes[i].source)
                continue;
            tree.nodes[i].source = std::move(nodes[i].source);
            frontend.markDirty(kit::SourceTree::module_name(i));
        }
    }

    void bind(const Luau::ScopePtr& scope, const char* name, Luau::TypeId type)
    {
        scope->bindings[frontend.globals.globalNames.names->getOrAdd(name)] = Luau::Binding{type};
    }

    // To its place in the tree; to what the definitions say where it has none.
    void bind_global(const char* name, const kit::Node* node)
    {
        const Luau::ScopePtr& globals = frontend.globals.globalScope;
        auto [declared, is_new] = declared_globals.try_emplace(name);
        if (is_new)
            if (std::optional<Luau::Binding> binding = globals->linearSearchForBinding(name))
                declared->second = binding->typeId;
        if (node && node->type)
            bind(globals, name, *node->type);
        else if (declared->second)
            bind(globals, name, *declared->second);
    }

    Luau::Property* member(const std::string& owner, const std::string& name)
    {
        std::optional<Luau::TypeFun> type = frontend.globals.globalScope->lookupType(owner);
        auto* properties = type ? Luau::getMutable<Luau::ExternType>(Luau::follow(type->type)) : nullptr;
        if (!properties)
            return nullptr;
        auto found = properties->props.find(name);
        return found == properties->props.end() ? nullptr : &found->second;
    }

    void deprecate_global(const std::string& name, const std::string& advice)
    {
        auto& bindings = frontend.globals.globalScope->bindings;
        auto found = bindings.find(frontend.globals.globalNames.names->getOrAdd(name.c_str()));
        if (found == bindings.end())
            return;
        found->second.deprecated = true;
        found->second.deprecatedSuggestion = advice;
    }

    double module_seconds;
    kit::EngineApi api;
    // Before the frontend, which holds pointers to them.
    kit::SourceTree tree;
    StrictConfig config;
    Luau::Frontend frontend;
    std::unordered_map<std::string, kit::RuleResult> rules;
    std::unordered_map<std::string, std::optional<Luau::TypeId>> declared_globals;
};

namespace
{

template<typename Work>
bool guarded(const KitCheckListener* listener, Work work)
{
    try
    {
        work();
        return true;
    }
    catch (const std::exception& error)
    {
        listener->problem(listener->context, {error.what(), strlen(error.what())});
        return false;
    }
}

} // namespace

KitChecker* kit_checker_new(bool new_solver, double module_seconds)
{
    try
    {
        return new KitChecker(new_solver, module_seconds);
    }
    catch (const std::exception&)
    {
        return nullptr;
    }
}

void kit_checker_free(KitChecker* checker)
{
    delete checker;
}

bool kit_checker_define(KitChecker* checker, KitText definitions, const KitCheckListener* listener)
{
    bool defined = false;
    return guarded(listener, [&] { defined = checker->define(definitions, *listener); }) && defined;
}

bool kit_checker_mark(KitChecker* checker, KitMark mark, KitText first, KitText second, KitText advice, const KitCheckListener* listener)
{
    return guarded(listener, [&] { checker->mark(mark, kit::to_string(first), kit::to_string(second), kit::to_string(advice)); });
}

bool kit_checker_seal(KitChecker* checker, const KitCheckListener* listener)
{
    return guarded(listener, [&] { checker->seal(); });
}

bool kit_checker_update(KitChecker* checker, const KitNode* nodes, size_t count, const KitCheckListener* listener)
{
    return guarded(listener, [&] { checker->update(kit::SourceTree::read(nodes, count)); });
}

bool kit_checker_check(KitChecker* checker, size_t node, const KitCheckListener* listener)
{
    return guarded(listener, [&] { checker->check(node, *listener); });
}
