#include "api_rules.h"

#include "Luau/Ast.h"
#include "Luau/Type.h"

namespace kit
{
namespace
{

// `Instance.new`, of a call of a global's member.
std::string function_name(const Luau::AstExprCall& call)
{
    auto* member = call.func->as<Luau::AstExprIndexName>();
    auto* owner = member ? member->expr->as<Luau::AstExprGlobal>() : nullptr;
    return owner ? std::string(owner->name.value) + "." + member->index.value : "";
}

class Visitor final : public Luau::AstVisitor
{
public:
    Visitor(const EngineApi& api, const Luau::Module& module)
        : api(api)
        , module(module)
    {
    }

    bool visit(Luau::AstExprCall* call) override
    {
        std::string name = function_name(*call);
        if (auto found = api.discouraged_arguments.find(name); found != api.discouraged_arguments.end())
            for (const auto& [number, advice] : found->second)
                if (number <= call->args.size)
                    add(call->args.data[number - 1]->location, "DeprecatedApi", "Argument " + std::to_string(number) + " of " + name + " is discouraged", advice);
        auto* member = call->func->as<Luau::AstExprIndexName>();
        if (name == "Instance.new" || (member && call->self && member->index == "GetService"))
            check_class(*call);
        return true;
    }

    bool visit(Luau::AstStatAssign* assign) override
    {
        for (Luau::AstExpr* target : assign->vars)
            check_target(target);
        return true;
    }

    bool visit(Luau::AstStatCompoundAssign* assign) override
    {
        check_target(assign->var);
        return true;
    }

    bool visit(Luau::AstStatForIn* loop) override
    {
        if (loop->values.size == 1)
            result.iterated.push_back(loop->values.data[0]->location);
        return true;
    }

    RuleResult result;

private:
    void check_class(const Luau::AstExprCall& call)
    {
        auto* text = call.args.size > 0 ? call.args.data[0]->as<Luau::AstExprConstantString>() : nullptr;
        if (!text)
            return;
        auto found = api.deprecated_classes.find(std::string(text->value.data, text->value.size));
        if (found != api.deprecated_classes.end())
            add(text->location, "DeprecatedApi", "Class '" + found->first + "' is deprecated", found->second);
    }

    void check_target(Luau::AstExpr* target)
    {
        auto* member = target->as<Luau::AstExprIndexName>();
        const Luau::TypeId* type = member ? module.astTypes.find(member->expr) : nullptr;
        if (!type)
            return;
        std::string name = member->index.value;
        // The class that declares the member decides.
        const Luau::ExternType* owner = Luau::get<Luau::ExternType>(Luau::follow(*type));
        while (owner && owner->props.count(name) == 0)
            owner = owner->parent ? Luau::get<Luau::ExternType>(Luau::follow(*owner->parent)) : nullptr;
        auto found = owner ? api.read_only.find(owner->name) : api.read_only.end();
        if (found != api.read_only.end() && found->second.count(name) > 0)
            add(member->indexLocation, "TypeError", "Property '" + owner->name + "." + name + "' is read-only", "");
    }

    void add(const Luau::Location& location, const char* rule, std::string message, const std::string& fix)
    {
        result.findings.push_back({location, rule, std::move(message), fix});
    }

    const EngineApi& api;
    const Luau::Module& module;
};

} // namespace

RuleResult apply_api_rules(const EngineApi& api, const Luau::SourceModule& source, const Luau::Module& module)
{
    Visitor visitor(api, module);
    source.root->visit(&visitor);
    return std::move(visitor.result);
}

} // namespace kit
