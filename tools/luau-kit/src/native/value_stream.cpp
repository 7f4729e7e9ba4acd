#include "value_stream.h"

#include "lua.h"
#include "lualib.h"

#include <cstdint>
#include <cstring>

namespace kit
{
namespace
{

class Reader
{
public:
    Reader(lua_State* L, const char* bytes, size_t size)
        : L(L)
        , at(bytes)
        , end(bytes + size)
    {
    }

    void push()
    {
        luaL_checkstack(L, 3, "a value of the request");
        switch (*take(1))
        {
        case 'z':
            return lua_pushnil(L);
        case 'f':
            return lua_pushboolean(L, false);
        case 't':
            return lua_pushboolean(L, true);
        case 'd':
            return lua_pushnumber(L, number<double>());
        case 's':
            return push_text();
        case '[':
            return push_array();
        case '{':
            return push_object();
        default:
            luaL_error(L, "the value stream is broken");
        }
    }

private:
    const char* take(size_t size)
    {
        if (size > size_t(end - at))
            luaL_error(L, "the value stream ends too early");
        const char* taken = at;
        at += size;
        return taken;
    }

    template<typename T>
    T number()
    {
        T value;
        memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }

    void push_text()
    {
        uint32_t size = number<uint32_t>();
        lua_pushlstring(L, take(size), size);
    }

    void push_array()
    {
        uint32_t count = number<uint32_t>();
        lua_createtable(L, int(count), 0);
        for (uint32_t i = 1; i <= count; ++i)
        {
            push();
            lua_rawseti(L, -2, int(i));
        }
    }

    void push_object()
    {
        uint32_t count = number<uint32_t>();
        lua_createtable(L, 0, int(count));
        for (uint32_t i = 0; i < count; ++i)
        {
            push_text();
            push();
            lua_rawset(L, -3);
        }
    }

    lua_State* L;
    const char* at;
    const char* end;
};

class Writer
{
public:
    Writer(lua_State* L, std::string& stream)
        : L(L)
        , stream(stream)
    {
    }

    // Returns the problem, which each caller puts its own part of the path before.
    std::string write(int index, int depth)
    {
        switch (lua_type(L, index))
        {
        case LUA_TNIL:
            stream += 'z';
            return {};
        case LUA_TBOOLEAN:
            stream += lua_toboolean(L, index) ? 't' : 'f';
            return {};
        case LUA_TNUMBER:
            return write_number(lua_tonumber(L, index));
        case LUA_TINTEGER:
            return write_number(double(lua_tointeger64(L, index, nullptr)));
        case LUA_TSTRING:
            stream += 's';
            write_text(index);
            return {};
        case LUA_TTABLE:
            if (depth == kMostDepth)
                return " is nested more than " + std::to_string(kMostDepth) + " deep, or holds itself";
            if (stream.size() > kMostBytes)
                return " is of more than " + std::to_string(kMostBytes) + " bytes";
            luaL_checkstack(L, 4, "a reported value");
            return write_table(lua_absindex(L, index), depth + 1);
        default:
            return std::string(" is a ") + luaL_typename(L, index) + ", which JSON cannot hold";
        }
    }

private:
    std::string write_number(double value)
    {
        if (value - value != 0)
            return value != value ? " is not a number (NaN)" : " is infinite, which JSON cannot hold";
        stream += 'd';
        append(value);
        return {};
    }

    template<typename T>
    void append(T value)
    {
        stream.append(reinterpret_cast<const char*>(&value), sizeof value);
    }

    void write_text(int index)
    {
        size_t size = 0;
        const char* text = lua_tolstring(L, index, &size);
        append(uint32_t(size));
        stream.append(text, size);
    }

    // A table is an array when its keys are 1…n, also when it is empty; else all of its keys are texts.
    std::string write_table(int index, int depth)
    {
        uint32_t count = 0;
        bool has_text = false, has_other = false;
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1), ++count)
            (lua_type(L, -2) == LUA_TSTRING ? has_text : has_other) = true;
        if (!has_text)
            return uint32_t(lua_objlen(L, index)) == count ? write_array(index, count, depth) : " is an array with gaps, or has keys that are not texts";
        if (has_other)
            return " mixes texts with other keys, which JSON cannot hold";
        return write_object(index, count, depth);
    }

    std::string write_array(int index, uint32_t count, int depth)
    {
        stream += '[';
        append(count);
        for (uint32_t i = 1; i <= count; ++i)
        {
            // Without a value at i, the keys are not 1…n although there are n of them.
            if (lua_rawgeti(L, index, int(i)) == LUA_TNIL)
                return " is an array with gaps";
            std::string problem = write(-1, depth);
            lua_pop(L, 1);
            if (!problem.empty())
                return "[" + std::to_string(i) + "]" + problem;
        }
        return {};
    }

    std::string write_object(int index, uint32_t count, int depth)
    {
        stream += '{';
        append(count);
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        {
            write_text(-2);
            std::string problem = write(-1, depth);
            if (!problem.empty())
                return "." + std::string(lua_tostring(L, -2)) + problem;
        }
        return {};
    }

    lua_State* L;
    std::string& stream;
};

} // namespace

void push_stream(lua_State* L, const char* bytes, size_t size)
{
    Reader(L, bytes, size).push();
}

std::string write_stream(lua_State* L, int index, std::string& stream)
{
    int top = lua_gettop(L);
    std::string problem = Writer(L, stream).write(index, 0);
    lua_settop(L, top);
    // A cycle would otherwise name its way a hundred times.
    if (problem.size() > 300)
        problem = problem.substr(0, 120) + "…" + problem.substr(problem.size() - 60);
    return problem.empty() ? problem : "the value" + problem;
}

} // namespace kit
