#pragma once

#include "engine_api.h"

#include "Luau/Location.h"
#include "Luau/Module.h"

#include <string>
#include <vector>

namespace kit
{

struct RuleFinding
{
    Luau::Location location;
    std::string rule;
    std::string message;
    std::string fix;
};

struct RuleResult
{
    std::vector<RuleFinding> findings;
    // What the module's `for … in` loops go through.
    std::vector<Luau::Location> iterated;
};

// What Luau's analysis has no word for: classes and arguments that are not to be used, properties that are not to be
// written. The module's types must still be there.
RuleResult apply_api_rules(const EngineApi& api, const Luau::SourceModule& source, const Luau::Module& module);

} // namespace kit
