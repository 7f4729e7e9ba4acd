#include "magic.h"

#include "Luau/BuiltinDefinitions.h"
#include "Luau/ConstraintSolver.h"
#include "Luau/Refinement.h"
#include "Luau/Scope.h"
#include "Luau/Type.h"
#include "Luau/TypeInfer.h"
#include "Luau/TypePack.h"

namespace kit
{
namespace
{

using Luau::AstExprCall;
using Luau::TypeId;

struct World
{
    Luau::Frontend& frontend;
    const EngineApi& api;
    const SourceTree& tree;

    std::optional<TypeId> class_of(const std::string& name) const
    {
        std::optional<Luau::TypeFun> found = frontend.globals.globalScope->lookupType(name);
        if (!found || !Luau::get<Luau::ExternType>(Luau::follow(found->type)))
            return std::nullopt;
        return Luau::follow(found->type);
    }
};

std::optional<std::string> literal_argument(const AstExprCall& call)
{
    if (call.args.size == 0)
        return std::nullopt;
    auto* text = call.args.data[0]->as<Luau::AstExprConstantString>();
    return text ? std::optional(std::string(text->value.data, text->value.size)) : std::nullopt;
}

// The type that a call with a literal name has, else what is wrong with the name. Neither: as declared.
struct Answer
{
    std::optional<TypeId> type;
    std::string problem;
};

class ByName : public Luau::MagicFunction
{
public:
    ByName(World world, bool may_be_nil)
        : world(world)
        , may_be_nil(may_be_nil)
    {
    }

    virtual Answer look_up(const std::string& name, std::optional<TypeId> self) const = 0;

    std::optional<Luau::WithPredicate<Luau::TypePackId>> handleOldSolver(
        Luau::TypeChecker& checker,
        const Luau::ScopePtr&,
        const AstExprCall& call,
        Luau::WithPredicate<Luau::TypePackId>
    ) override
    {
        std::optional<std::string> name = literal_argument(call);
        if (!name)
            return std::nullopt;
        std::optional<TypeId> self;
        if (auto* method = call.func->as<Luau::AstExprIndexName>())
            if (TypeId* type = checker.currentModule->astTypes.find(method->expr))
                self = Luau::follow(*type);
        Answer answer = look_up(*name, self);
        if (!answer.problem.empty())
            checker.reportError(Luau::TypeError{call.args.data[0]->location, Luau::GenericError{answer.problem}});
        if (!answer.type)
            return std::nullopt;
        Luau::TypeArena& arena = checker.currentModule->internalTypes;
        TypeId result = may_be_nil ? arena.addType(Luau::UnionType{{*answer.type, checker.nilType}}) : *answer.type;
        return Luau::WithPredicate<Luau::TypePackId>{arena.addTypePack({result})};
    }

    bool infer(const Luau::MagicFunctionCallContext& context) override
    {
        std::optional<std::string> name = literal_argument(*context.callSite);
        if (!name)
            return false;
        std::optional<TypeId> self = Luau::first(context.arguments);
        Answer answer = look_up(*name, self ? std::optional(Luau::follow(*self)) : std::nullopt);
        if (!answer.problem.empty())
            context.solver->reportError(Luau::GenericError{answer.problem}, context.callSite->args.data[0]->location);
        if (!answer.type)
            return false;
        Luau::NotNull<Luau::TypeArena> arena = context.solver->arena;
        TypeId nil = context.solver->builtinTypes->nilType;
        TypeId result = may_be_nil ? arena->addType(Luau::UnionType{{*answer.type, nil}}) : *answer.type;
        Luau::asMutable(context.result)->ty.emplace<Luau::BoundTypePack>(arena->addTypePack({result}));
        return true;
    }

protected:
    World world;
    bool may_be_nil;
};

class InstanceNew final : public ByName
{
    using ByName::ByName;

    Answer look_up(const std::string& name, std::optional<TypeId>) const override
    {
        if (world.api.creatable.count(name) == 0)
            return {std::nullopt, "Instance.new: class '" + name + "' does not exist or cannot be created"};
        return {world.class_of(name), ""};
    }
};

class GetService final : public ByName
{
    using ByName::ByName;

    Answer look_up(const std::string& name, std::optional<TypeId>) const override
    {
        if (world.api.services.count(name) == 0)
            return {std::nullopt, "GetService: '" + name + "' is not a service"};
        const Node* node = world.tree.service(name);
        return {node && node->type ? node->type : world.class_of(name), ""};
    }
};

class FindByClass final : public ByName
{
    using ByName::ByName;

    Answer look_up(const std::string& name, std::optional<TypeId>) const override
    {
        std::optional<TypeId> type = world.class_of(name);
        return type ? Answer{type, ""} : Answer{std::nullopt, "unknown class '" + name + "'"};
    }
};

// A child that the source map has is there from the start, and of that class; others may come at run time.
class FindChild final : public ByName
{
    using ByName::ByName;

    Answer look_up(const std::string& name, std::optional<TypeId> self) const override
    {
        const Node* node = self ? world.tree.find(*self) : nullptr;
        const Node* child = node ? world.tree.child(*node, name) : nullptr;
        return {child ? child->type : std::nullopt, ""};
    }
};

class IsA final : public Luau::MagicFunction
{
public:
    std::optional<Luau::WithPredicate<Luau::TypePackId>> handleOldSolver(
        Luau::TypeChecker& checker,
        const Luau::ScopePtr& scope,
        const AstExprCall& call,
        Luau::WithPredicate<Luau::TypePackId>
    ) override
    {
        auto* method = call.func->as<Luau::AstExprIndexName>();
        std::optional<std::string> name = literal_argument(call);
        if (!method || !name)
            return std::nullopt;
        std::optional<Luau::TypeFun> type = scope->lookupType(*name);
        if (!type)
        {
            checker.reportError(Luau::TypeError{call.args.data[0]->location, Luau::GenericError{"unknown class '" + *name + "'"}});
            return std::nullopt;
        }
        std::optional<Luau::LValue> target = Luau::tryGetLValue(*method->expr);
        if (!target)
            return std::nullopt;
        Luau::TypePackId result = checker.currentModule->internalTypes.addTypePack({checker.booleanType});
        return Luau::WithPredicate<Luau::TypePackId>{result, {Luau::IsAPredicate{std::move(*target), call.location, type->type}}};
    }

    bool infer(const Luau::MagicFunctionCallContext&) override
    {
        return false;
    }

    void refine(const Luau::MagicRefinementContext& context) override
    {
        std::optional<std::string> name = literal_argument(*context.callSite);
        if (!name || context.discriminantTypes.empty() || !context.discriminantTypes[0])
            return;
        if (std::optional<Luau::TypeFun> type = context.scope->lookupType(*name))
            Luau::asMutable(*context.discriminantTypes[0])->ty.emplace<Luau::BoundType>(type->type);
    }
};

// To a function, or to each of its overloads.
void attach(std::optional<TypeId> type, const std::shared_ptr<Luau::MagicFunction>& magic)
{
    if (!type)
        return;
    TypeId followed = Luau::follow(*type);
    if (auto* function = Luau::getMutable<Luau::FunctionType>(followed))
        function->magic = magic;
    if (auto* overloads = Luau::get<Luau::IntersectionType>(followed))
        for (TypeId each : overloads->parts)
            attach(each, magic);
}

std::optional<TypeId> method_of(const World& world, const char* class_name, const char* method)
{
    std::optional<TypeId> type = world.class_of(class_name);
    if (!type)
        return std::nullopt;
    const auto& members = Luau::get<Luau::ExternType>(*type)->props;
    auto found = members.find(method);
    return found == members.end() ? std::nullopt : found->second.readTy;
}

} // namespace

void add_magic(Luau::Frontend& frontend, const EngineApi& api, const SourceTree& tree)
{
    World world{frontend, api, tree};
    for (const char* owner : {"ServiceProvider", "DataModel"})
        attach(method_of(world, owner, "GetService"), std::make_shared<GetService>(world, false));
    for (const char* method : {"FindFirstChildOfClass", "FindFirstChildWhichIsA", "FindFirstAncestorOfClass", "FindFirstAncestorWhichIsA"})
        attach(method_of(world, "Instance", method), std::make_shared<FindByClass>(world, true));
    attach(method_of(world, "Instance", "FindFirstChild"), std::make_shared<FindChild>(world, true));
    attach(method_of(world, "Instance", "WaitForChild"), std::make_shared<FindChild>(world, false));
    for (const char* owner : {"RBXObject", "Object", "Instance"})
        attach(method_of(world, owner, "IsA"), std::make_shared<IsA>());
    if (std::optional<Luau::Binding> global = frontend.globals.globalScope->linearSearchForBinding("Instance"))
        if (auto* table = Luau::get<Luau::TableType>(Luau::follow(global->typeId)))
            if (auto found = table->props.find("new"); found != table->props.end())
                attach(found->second.readTy, std::make_shared<InstanceNew>(world, false));
}

} // namespace kit
