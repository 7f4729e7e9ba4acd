#include "vm.h"

#include "value_stream.h"
#include "watchdog.h"

#include "lua.h"
#include "luacode.h"
#include "lualib.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace kit
{
namespace
{

// Thrown where a limit is passed. Luau's pcall catches its own exceptions and std::exception, so that no program can
// catch this one. The state it passes through is only closed afterwards.
struct Stop
{
    KitStatus status;
};

// Far above what an honest program needs; the traceback of a stack overflow would be 20,000 lines.
constexpr int kTracedFrames = 40;
constexpr size_t kPrintedBytes = 16 * 1024;

double seconds_now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Where the stack of `L` is, one frame a line.
std::string trace(lua_State* L)
{
    std::string text;
    lua_Debug frame;
    int depth = lua_stackdepth(L);
    for (int level = 0; level < std::min(depth, kTracedFrames) && lua_getinfo(L, level, "sln", &frame); ++level)
    {
        if (!text.empty())
            text += '\n';
        text += frame.short_src;
        if (frame.currentline > 0)
            text += ":" + std::to_string(frame.currentline);
        if (frame.name)
            text += std::string(" function ") + frame.name;
    }
    if (depth > kTracedFrames)
        text += "\n… and " + std::to_string(depth - kTracedFrames) + " more";
    return text;
}

class Machine
{
public:
    Machine(const KitProgram& program, const KitListener& listener)
        : program(program)
        , listener(listener)
    {
        for (size_t i = 0; i < program.chunk_count; ++i)
            chunk_by_name.emplace(to_string(program.chunks[i].name), i);
    }

    ~Machine()
    {
        limited = false;
        if (main)
            lua_close(main);
    }

    KitOutcome run()
    {
        KitStatus status = KIT_ERROR;
        main = lua_newstate(allocate, this);
        if (!main)
            fail("there is no memory for a Luau state", "");
        else
            status = run_limited();
        return {status, peak};
    }

private:
    static Machine& of(lua_State* L)
    {
        return *static_cast<Machine*>(lua_callbacks(L)->userdata);
    }

    // Limits -------------------------------------------------------------------------------------------------------

    static void* allocate(void* context, void* block, size_t old_size, size_t new_size)
    {
        Machine& self = *static_cast<Machine*>(context);
        if (new_size == 0)
        {
            free(block);
            self.used -= old_size;
            return nullptr;
        }
        if (self.limited && new_size > old_size && self.used + (new_size - old_size) > self.program.memory_bytes)
            throw Stop{KIT_MEMORY};
        void* moved = realloc(block, new_size);
        if (moved)
        {
            self.used += new_size - old_size;
            self.peak = std::max(self.peak, self.used);
        }
        return moved;
    }

    static void interrupt(lua_State* L, int gc)
    {
        Machine& self = of(L);
        // Within the collector (gc is its phase) nothing may be thrown.
        if (gc >= 0 || !self.limited)
            return;
        bool spent = self.program.interrupts != 0 && ++self.interrupts > self.program.interrupts;
        if (!spent && !self.late)
            return;
        self.stopped_at = trace(L);
        throw Stop{KIT_TIMEOUT};
    }

    KitStatus run_limited()
    {
        lua_callbacks(main)->userdata = this;
        // Without a limit on interrupts nothing is called at each loop turn: the watchdog sets the callback when the
        // time is over, which Luau allows from another thread.
        if (program.interrupts != 0)
            lua_callbacks(main)->interrupt = interrupt;
        Watchdog watchdog(program.seconds, [this] {
            late = true;
            lua_callbacks(main)->interrupt = interrupt;
        });
        try
        {
            limited = true;
            KitStatus status = run_program();
            limited = false;
            tell_coverage();
            return status;
        }
        catch (const Stop& stop)
        {
            limited = false;
            // It may have been stopped within a step of the collector.
            lua_gc(main, LUA_GCSTOP, 0);
            tell_stop(stop);
            tell_coverage();
            return stop.status;
        }
    }

    void tell_stop(const Stop& stop)
    {
        char text[120];
        if (stop.status == KIT_MEMORY)
            snprintf(text, sizeof text, "memory limit of %.0f bytes exceeded", double(program.memory_bytes));
        else if (late)
            snprintf(text, sizeof text, "time limit of %g s exceeded", program.seconds);
        else
            snprintf(text, sizeof text, "limit of %.0f interrupts exceeded", double(program.interrupts));
        fail(text, stop.status == KIT_MEMORY && thread ? trace(thread) : stopped_at);
    }

    void fail(const std::string& message, const std::string& traceback)
    {
        listener.failed(listener.context, to_text(message), to_text(traceback));
    }

    // The program --------------------------------------------------------------------------------------------------

    KitStatus run_program()
    {
        if (lua_cpcall(main, prepare, this) != LUA_OK)
        {
            fail(text_of(main, -1), "");
            return KIT_ERROR;
        }
        int status = lua_resume(thread, nullptr, 0);
        if (status == LUA_OK)
            return KIT_DONE;
        if (status == LUA_YIELD || status == LUA_BREAK)
        {
            fail("the program yielded at its top level, where nothing would resume it", trace(thread));
            return KIT_ERROR;
        }
        std::string traceback = trace(thread);
        // The value's own __tostring may fail, loop or allocate: it runs under the same limits.
        lua_xmove(thread, main, 1);
        fail(describe_error(main), traceback);
        return KIT_ERROR;
    }

    // The error value at the top of the stack as text.
    static std::string describe_error(lua_State* L)
    {
        if (lua_isstring(L, -1))
            return text_of(L, -1);
        if (!luaL_getmetafield(L, -1, "__tostring"))
            return std::string("the error value is a ") + luaL_typename(L, -1);
        lua_pop(L, 1);
        lua_pushcfunction(L, [](lua_State* L) {
            luaL_tolstring(L, 1, nullptr);
            return 1;
        }, "tostring");
        lua_insert(L, -2);
        lua_pcall(L, 1, 1, 0);
        return text_of(L, -1);
    }

    static std::string text_of(lua_State* L, int index)
    {
        size_t size = 0;
        const char* text = lua_tolstring(L, index, &size);
        return text ? std::string(text, size) : "an error that is no text";
    }

    // Makes the globals and a thread with the entry's function on its stack.
    static int prepare(lua_State* L)
    {
        Machine& self = of(L);
        luaL_openlibs(L);
        // The same program gives the same result: without this, the seed is the time.
        lua_getglobal(L, "math");
        lua_getfield(L, -1, "randomseed");
        lua_pushinteger(L, 0);
        lua_call(L, 1, 0);
        lua_pop(L, 1);
        lua_pushcfunction(L, print, "print");
        lua_setglobal(L, "print");
        lua_pushcfunction(L, print, "warn");
        lua_setglobal(L, "warn");
        luaL_sandbox(L);
        self.base_globals = lua_ref(L, LUA_GLOBALSINDEX);

        self.thread = lua_newthread(L);
        lua_ref(L, -1);
        lua_pop(L, 1);
        // The entry alone has the host: what it loads cannot report in its name.
        lua_newtable(L);
        push_host(L);
        lua_setfield(L, -2, "host");
        inherit_globals(L);
        if (!self.load(L, self.program.entry, lua_gettop(L)))
            lua_error(L);
        lua_xmove(L, self.thread, 1);
        return 0;
    }

    static void push_host(lua_State* L)
    {
        static const luaL_Reg functions[] = {{"load", host_load}, {"report", host_report}, {"clock", host_clock}, {nullptr, nullptr}};
        lua_newtable(L);
        for (const luaL_Reg* entry = functions; entry->name; ++entry)
        {
            lua_pushcfunction(L, entry->func, entry->name);
            lua_setfield(L, -2, entry->name);
        }
        const KitText& argument = of(L).program.argument;
        push_stream(L, argument.bytes, argument.size);
        lua_setfield(L, -2, "argument");
        lua_setreadonly(L, -1, true);
    }

    // Gives the environment at the top of the stack the standard globals, unless it has a metatable of its own.
    static void inherit_globals(lua_State* L)
    {
        if (lua_getmetatable(L, -1))
            return lua_pop(L, 1);
        lua_newtable(L);
        lua_getref(L, of(L).base_globals);
        lua_setfield(L, -2, "__index");
        lua_setreadonly(L, -1, true);
        lua_setmetatable(L, -2);
    }

    // Chunks -------------------------------------------------------------------------------------------------------

    // Pushes the chunk's function with the environment at `environment`, or the compiler's message and answers false.
    bool load(lua_State* L, size_t index, int environment)
    {
        const KitChunk& chunk = program.chunks[index];
        const std::string& bytecode = compile(index, text_keys(L, environment));
        // A chunk's imports are looked up in the globals of the thread that loads it.
        lua_State* loader = lua_newthread(L);
        lua_xpush(L, loader, environment);
        lua_replace(loader, LUA_GLOBALSINDEX);
        lua_setsafeenv(loader, LUA_GLOBALSINDEX, true);
        int status = luau_load(loader, ("=" + to_string(chunk.name)).c_str(), bytecode.data(), bytecode.size(), 0);
        if (status == 0 && chunk.coverage)
        {
            lua_xpush(loader, L, -1);
            covered.push_back({index, lua_ref(L, -1)});
            lua_pop(L, 1);
        }
        lua_xmove(loader, L, 1);
        lua_remove(L, -2);
        return status == 0;
    }

    // The environment's own names, sorted: the compiler must not take them for the standard globals.
    static std::vector<std::string> text_keys(lua_State* L, int environment)
    {
        std::vector<std::string> keys;
        for (lua_pushnil(L); lua_next(L, environment); lua_pop(L, 1))
            if (lua_type(L, -2) == LUA_TSTRING)
                keys.push_back(text_of(L, -2));
        std::sort(keys.begin(), keys.end());
        return keys;
    }

    // Kept for the program's time: a simulation loads the same modules hundreds of times.
    const std::string& compile(size_t index, const std::vector<std::string>& own_globals)
    {
        std::string& bytecode = compiled[{index, own_globals}];
        if (!bytecode.empty())
            return bytecode;
        const KitChunk& chunk = program.chunks[index];
        std::vector<const char*> names;
        for (const std::string& name : own_globals)
            names.push_back(name.c_str());
        names.push_back(nullptr);
        lua_CompileOptions options = {};
        // Inlined and unrolled code would count a line several times, or never.
        options.optimizationLevel = chunk.coverage ? 1 : 2;
        options.debugLevel = 1;
        options.coverageLevel = chunk.coverage ? 2 : 0;
        options.mutableGlobals = names.data();
        size_t size = 0;
        char* bytes = luau_compile(chunk.source.bytes, chunk.source.size, &options, &size);
        if (!bytes)
            throw std::bad_alloc();
        bytecode.assign(bytes, size);
        free(bytes);
        return bytecode;
    }

    void tell_coverage()
    {
        if (!main)
            return;
        // A chunk that nobody loaded counts with every line at 0.
        for (size_t i = 0; i < program.chunk_count; ++i)
        {
            bool is_loaded = std::any_of(covered.begin(), covered.end(), [i](const Covered& each) { return each.chunk == i; });
            if (program.chunks[i].coverage && !is_loaded)
                load_for_coverage(i);
        }
        for (const Covered& each : covered)
        {
            std::vector<int32_t> hits;
            lua_rawcheckstack(main, 1);
            lua_getref(main, each.reference);
            lua_getcoverage(main, -1, &hits, add_function);
            lua_pop(main, 1);
            listener.coverage(listener.context, each.chunk, hits.data(), hits.size());
        }
    }

    void load_for_coverage(size_t index)
    {
        pending = index;
        int top = lua_gettop(main);
        lua_cpcall(main, [](lua_State* L) {
            lua_newtable(L);
            of(L).load(L, of(L).pending, lua_gettop(L));
            return 0;
        }, nullptr);
        lua_settop(main, top);
    }

    // Called for each function of a chunk; of those that share a line, the one that ran most counts.
    static void add_function(void* context, const char*, int, int, const int* hits, size_t size)
    {
        std::vector<int32_t>& all = *static_cast<std::vector<int32_t>*>(context);
        all.resize(std::max(all.size(), size), -1);
        for (size_t line = 0; line < size; ++line)
            all[line] = std::max(all[line], hits[line]);
    }

    // What the program calls ---------------------------------------------------------------------------------------

    static int host_load(lua_State* L)
    {
        Machine& self = of(L);
        size_t size = 0;
        const char* name = luaL_checklstring(L, 1, &size);
        if (lua_isnoneornil(L, 2))
        {
            lua_settop(L, 1);
            lua_newtable(L);
        }
        luaL_checktype(L, 2, LUA_TTABLE);
        lua_settop(L, 2);
        auto found = self.chunk_by_name.find(std::string(name, size));
        if (found == self.chunk_by_name.end())
        {
            lua_pushnil(L);
            lua_pushfstring(L, "there is no chunk \"%s\" in the program", name);
            return 2;
        }
        inherit_globals(L);
        if (self.load(L, found->second, 2))
            return 1;
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }

    static int host_report(lua_State* L)
    {
        luaL_checkany(L, 1);
        char problem[400] = "";
        {
            std::string stream;
            std::string unfit = write_stream(L, 1, stream);
            if (!unfit.empty())
                snprintf(problem, sizeof problem, "%s", unfit.c_str());
            else if (const KitListener& to = of(L).listener; to.report(to.context, to_text(stream), problem, sizeof problem))
                return 0;
        }
        luaL_error(L, "host.report: %s", problem);
    }

    static int host_clock(lua_State* L)
    {
        lua_pushnumber(L, seconds_now());
        return 1;
    }

    static int print(lua_State* L)
    {
        std::string line;
        int count = lua_gettop(L);
        for (int i = 1; i <= count && line.size() < kPrintedBytes; ++i)
        {
            size_t size = 0;
            const char* text = luaL_tolstring(L, i, &size);
            if (i > 1)
                line += ' ';
            line.append(text, std::min(size, kPrintedBytes));
            lua_pop(L, 1);
        }
        const KitListener& to = of(L).listener;
        to.output(to.context, to_text(line));
        return 0;
    }

    struct Covered
    {
        size_t chunk;
        int reference;
    };

    const KitProgram& program;
    const KitListener& listener;
    lua_State* main = nullptr;
    int base_globals = LUA_NOREF;
    // Where the entry runs.
    lua_State* thread = nullptr;
    std::unordered_map<std::string, size_t> chunk_by_name;
    std::map<std::pair<size_t, std::vector<std::string>>, std::string> compiled;
    std::vector<Covered> covered;
    size_t pending = 0;
    size_t used = 0;
    size_t peak = 0;
    uint64_t interrupts = 0;
    bool limited = false;
    std::atomic<bool> late{false};
    std::string stopped_at;
};

} // namespace
} // namespace kit

KitOutcome kit_run(const KitProgram* program, const KitListener* listener)
{
    try
    {
        return kit::Machine(*program, *listener).run();
    }
    catch (const std::exception& error)
    {
        std::string message = std::string("the virtual machine failed: ") + error.what();
        listener->failed(listener->context, {message.data(), message.size()}, {"", 0});
        return {KIT_ERROR, 0};
    }
}
