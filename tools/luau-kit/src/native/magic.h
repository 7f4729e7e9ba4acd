#pragma once

#include "engine_api.h"
#include "source_tree.h"

#include "Luau/Frontend.h"

namespace kit
{

// Lets the engine's functions that take a name answer what has that name: `Instance.new("Part")` a Part.
void add_magic(Luau::Frontend& frontend, const EngineApi& api, const SourceTree& tree);

} // namespace kit
