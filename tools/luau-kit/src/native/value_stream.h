// Values that JSON can hold, on their way between Rust and Luau, as a flat run of bytes:
//   'z' nil   'f' false   't' true   'd' + 8 bytes of a double   's' + length + bytes
//   '[' + count + that many values        '{' + count + that many pairs of (length + bytes) and value
// Lengths and counts are 4 bytes; all numbers have the machine's own byte order. `value.rs` is the other side.
#pragma once

#include <cstddef>
#include <string>

struct lua_State;

namespace kit
{

// Deeper tables are refused, and with them every cycle.
constexpr int kMostDepth = 100;
// More is refused. A table that holds another twice is written twice: a small one can be beyond all measure.
constexpr size_t kMostBytes = 64 * 1024 * 1024;

// Pushes the value that the stream holds. Throws as the Luau API does.
void push_stream(lua_State* L, const char* bytes, size_t size);

// Appends the value at `index` to `stream`. Returns what JSON cannot hold in it, with its path, or an empty text.
std::string write_stream(lua_State* L, int index, std::string& stream);

} // namespace kit
