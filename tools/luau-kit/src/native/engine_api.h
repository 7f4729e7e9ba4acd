#pragma once

#include <map>
#include <set>
#include <string>

namespace kit
{

// What a definition file cannot say of the engine's classes.
struct EngineApi
{
    std::set<std::string> creatable;
    std::set<std::string> services;
    // Class → what to use instead.
    std::map<std::string, std::string> deprecated_classes;
    // Class → properties.
    std::map<std::string, std::set<std::string>> read_only;
    // Function → number of the argument → what to do instead.
    std::map<std::string, std::map<size_t, std::string>> discouraged_arguments;
};

} // namespace kit
