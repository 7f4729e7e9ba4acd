#pragma once

#include <cstddef>
#include <string>

extern "C"
{

// Bytes that somebody else owns; no NUL at their end.
struct KitText
{
    const char* bytes;
    size_t size;
};
}

namespace kit
{

inline std::string to_string(KitText text)
{
    return text.size == 0 ? std::string() : std::string(text.bytes, text.size);
}

inline KitText to_text(const std::string& text)
{
    return {text.data(), text.size()};
}

} // namespace kit
