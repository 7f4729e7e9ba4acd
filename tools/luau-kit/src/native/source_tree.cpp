#include "source_tree.h"

#include "Luau/Ast.h"
#include "Luau/Scope.h"
#include "Luau/Type.h"

#include <cstdlib>

namespace kit
{
namespace
{

// Starts the name of a module that is not there, so that the error can say its place.
constexpr char kMissing = '?';

std::string to_string(const Luau::AstExprConstantString& text)
{
    return std::string(text.value.data, text.value.size);
}

// Whether a member of the class may hold an instance of `type`.
bool is_about(const Luau::Property& member, Luau::TypeId type)
{
    auto* declared = member.readTy ? Luau::get<Luau::ExternType>(Luau::follow(*member.readTy)) : nullptr;
    auto* actual = Luau::get<Luau::ExternType>(type);
    return declared && actual && Luau::isSubclass(actual, declared);
}

} // namespace

std::vector<Node> SourceTree::read(const KitNode* nodes, size_t count)
{
    std::vector<Node> all(count);
    for (size_t i = 0; i < count; ++i)
    {
        const KitNode& from = nodes[i];
        Node& to = all[i];
        to.name = kit::to_string(from.name);
        to.class_name = kit::to_string(from.class_name);
        to.path = kit::to_string(from.path);
        to.source = kit::to_string(from.source);
        to.has_source = from.has_source;
        to.parent = from.parent;
        if (to.parent >= 0)
            all[size_t(to.parent)].children.emplace(to.name, i);
    }
    return all;
}

bool SourceTree::has_shape_of(const std::vector<Node>& others) const
{
    if (nodes.size() != others.size())
        return false;
    for (size_t i = 0; i < nodes.size(); ++i)
    {
        const Node &a = nodes[i], &b = others[i];
        if (a.parent != b.parent || a.has_source != b.has_source || a.name != b.name || a.class_name != b.class_name || a.path != b.path)
            return false;
    }
    return true;
}

void SourceTree::replace(std::vector<Node> others)
{
    nodes = std::move(others);
}

void SourceTree::make_types(Luau::Frontend& frontend)
{
    node_by_type.clear();
    arena = std::make_unique<Luau::TypeArena>();
    const Luau::ScopePtr& scope = frontend.globals.globalScope;
    auto extern_type = [&](const std::string& name) -> std::optional<Luau::TypeId> {
        std::optional<Luau::TypeFun> found = scope->lookupType(name);
        if (!found || !Luau::get<Luau::ExternType>(Luau::follow(found->type)))
            return std::nullopt;
        return Luau::follow(found->type);
    };
    for (size_t i = 0; i < nodes.size(); ++i)
    {
        Node& node = nodes[i];
        std::optional<Luau::TypeId> base = extern_type(node.class_name);
        if (!base)
            base = extern_type("Instance");
        if (!base)
            continue;
        node.type = arena->addType(Luau::ExternType{node.class_name, {}, base, std::nullopt, {}, nullptr, "@source-map", {}});
        // Types of modules may hold it, and are not to copy it.
        Luau::asMutable(*node.type)->persistent = true;
        node_by_type[*node.type] = i;
        if (node.parent < 0 || !nodes[size_t(node.parent)].type)
            continue;
        const Luau::TypeId parent = *nodes[size_t(node.parent)].type;
        Luau::getMutable<Luau::ExternType>(*node.type)->props["Parent"] = Luau::Property::rw(parent);
        Luau::ExternType* holder = Luau::getMutable<Luau::ExternType>(parent);
        // The first child of a name hides the others; of a class's members, only one that stands for the child itself
        // gives way (`game.Workspace`).
        const Luau::Property* member = Luau::lookupExternTypeProp(holder, node.name);
        if (!member || (holder->props.count(node.name) == 0 && is_about(*member, *base)))
            holder->props[node.name] = Luau::Property::rw(*node.type);
    }
}

std::string SourceTree::module_name(size_t index)
{
    return std::to_string(index);
}

const Node* SourceTree::find(const std::string& module_name) const
{
    if (module_name.empty() || module_name[0] == kMissing)
        return nullptr;
    char* end = nullptr;
    size_t index = strtoull(module_name.c_str(), &end, 10);
    return *end == '\0' && index < nodes.size() ? &nodes[index] : nullptr;
}

const Node* SourceTree::find(Luau::TypeId type) const
{
    auto found = node_by_type.find(type);
    return found == node_by_type.end() ? nullptr : &nodes[found->second];
}

const Node* SourceTree::child(const Node& parent, const std::string& name) const
{
    auto found = parent.children.find(name);
    return found == parent.children.end() ? nullptr : &nodes[found->second];
}

const Node* SourceTree::game() const
{
    return !nodes.empty() && nodes[0].class_name == "DataModel" ? &nodes[0] : nullptr;
}

const Node* SourceTree::service(const std::string& class_name) const
{
    if (!game())
        return nullptr;
    for (const auto& [name, index] : game()->children)
        if (nodes[index].class_name == class_name)
            return &nodes[index];
    return nullptr;
}

std::optional<Luau::SourceCode> SourceTree::readSource(const Luau::ModuleName& name)
{
    const Node* node = find(name);
    if (!node || !node->has_source)
        return std::nullopt;
    return Luau::SourceCode{node->source, node->class_name == "ModuleScript" ? Luau::SourceCode::Module : Luau::SourceCode::Script};
}

// Called for each part of a path, from the left; `context` is what the part before it led to.
std::optional<Luau::ModuleInfo> SourceTree::resolveModule(const Luau::ModuleInfo* context, Luau::AstExpr* expression, const Luau::TypeCheckLimits&)
{
    if (auto* global = expression->as<Luau::AstExprGlobal>())
    {
        if (global->name == "script" && context)
            return Luau::ModuleInfo{context->name};
        if (global->name == "game" && game())
            return Luau::ModuleInfo{module_name(0)};
        if (global->name == "workspace" && service("Workspace"))
            return Luau::ModuleInfo{module_name(size_t(service("Workspace") - nodes.data()))};
        return std::nullopt;
    }
    if (!context)
        return std::nullopt;
    if (auto* index = expression->as<Luau::AstExprIndexName>())
        return child_module(*context, index->index.value);
    if (auto* index = expression->as<Luau::AstExprIndexExpr>())
    {
        auto* name = index->index->as<Luau::AstExprConstantString>();
        return name ? child_module(*context, to_string(*name)) : std::nullopt;
    }
    auto* call = expression->as<Luau::AstExprCall>();
    if (!call || !call->self || call->args.size == 0)
        return std::nullopt;
    auto* function = call->func->as<Luau::AstExprIndexName>();
    auto* name = call->args.data[0]->as<Luau::AstExprConstantString>();
    if (!function || !name)
        return std::nullopt;
    if (function->index == "GetService")
    {
        const Node* found = service(to_string(*name));
        return found ? Luau::ModuleInfo{module_name(size_t(found - nodes.data()))} : child_module(*context, to_string(*name));
    }
    if (function->index == "WaitForChild" || function->index == "FindFirstChild")
        return child_module(*context, to_string(*name));
    return std::nullopt;
}

std::optional<Luau::ModuleInfo> SourceTree::child_module(const Luau::ModuleInfo& parent, const std::string& name) const
{
    const Node* node = find(parent.name);
    if (!node)
        return Luau::ModuleInfo{(parent.name.empty() ? std::string(1, kMissing) : parent.name) + "." + name, parent.optional};
    if (name == "Parent")
        return node->parent < 0 ? std::nullopt : std::optional(Luau::ModuleInfo{module_name(size_t(node->parent)), parent.optional});
    if (const Node* found = child(*node, name))
        return Luau::ModuleInfo{module_name(size_t(found - nodes.data())), parent.optional};
    return Luau::ModuleInfo{kMissing + full_name(*node) + "." + name, parent.optional};
}

std::string SourceTree::full_name(const Node& node) const
{
    if (node.parent < 0)
        return node.class_name == "DataModel" ? "game" : node.name;
    return full_name(nodes[size_t(node.parent)]) + "." + node.name;
}

std::string SourceTree::getHumanReadableModuleName(const Luau::ModuleName& name) const
{
    if (!name.empty() && name[0] == kMissing)
        return name.substr(1) + " is not in the source map";
    const Node* node = find(name);
    if (!node)
        return name;
    return node->path.empty() ? full_name(*node) : node->path;
}

} // namespace kit
