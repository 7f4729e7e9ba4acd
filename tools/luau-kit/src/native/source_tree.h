// The scripts of a game and where they are, as a source map says.
#pragma once

#include "checker.h"

#include "Luau/FileResolver.h"
#include "Luau/Frontend.h"
#include "Luau/TypeArena.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kit
{

struct Node
{
    std::string name;
    std::string class_name;
    std::string path;
    std::string source;
    int64_t parent = -1;
    bool has_source = false;
    // Of children with the same name, the first counts, as in the engine.
    std::unordered_map<std::string, size_t> children;
    // Its class with its children as members; absent where the definitions lack its class.
    std::optional<Luau::TypeId> type;
};

class SourceTree final : public Luau::FileResolver
{
public:
    static std::vector<Node> read(const KitNode* nodes, size_t count);

    // Whether the same instances are at the same places; sources may differ.
    bool has_shape_of(const std::vector<Node>& others) const;

    void replace(std::vector<Node> others);

    // Makes the types of all nodes. Those of the tree before must not be used any more.
    void make_types(Luau::Frontend& frontend);

    // Each module's name is its node's index: names of instances may hold any character.
    static std::string module_name(size_t index);
    const Node* find(const std::string& module_name) const;
    const Node* find(Luau::TypeId type) const;
    const Node* child(const Node& parent, const std::string& name) const;
    const Node* service(const std::string& class_name) const;
    // The DataModel; absent where the project makes a model.
    const Node* game() const;

    std::optional<Luau::SourceCode> readSource(const Luau::ModuleName& name) override;
    std::optional<Luau::ModuleInfo> resolveModule(
        const Luau::ModuleInfo* context,
        Luau::AstExpr* expression,
        const Luau::TypeCheckLimits& limits
    ) override;
    std::string getHumanReadableModuleName(const Luau::ModuleName& name) const override;

    std::vector<Node> nodes;

private:
    std::optional<Luau::ModuleInfo> child_module(const Luau::ModuleInfo& parent, const std::string& name) const;
    std::string full_name(const Node& node) const;

    std::unique_ptr<Luau::TypeArena> arena;
    std::unordered_map<Luau::TypeId, size_t> node_by_type;
};

} // namespace kit
