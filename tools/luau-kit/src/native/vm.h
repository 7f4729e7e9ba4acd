// Runs one program in a Luau virtual machine of its own. Declared again in `ffi.rs`; both must agree.
#pragma once

#include "text.h"

#include <cstddef>
#include <cstdint>

extern "C"
{

struct KitChunk
{
    KitText name;
    KitText source;
    bool coverage;
};

struct KitProgram
{
    const KitChunk* chunks;
    size_t chunk_count;
    size_t entry;
    // A value stream (value_stream.h).
    KitText argument;
    double seconds;
    size_t memory_bytes;
    // 0: no limit.
    uint64_t interrupts;
};

enum KitStatus : int32_t
{
    KIT_DONE,
    KIT_ERROR,
    KIT_TIMEOUT,
    KIT_MEMORY,
};

// What the program does is told to these, with `context` as it was given. None may throw or unwind.
struct KitListener
{
    void* context;
    void (*output)(void* context, KitText text);
    // Takes a value stream. Fills `problem` (ends with NUL) and answers false where the value is refused.
    bool (*report)(void* context, KitText stream, char* problem, size_t problem_size);
    void (*failed)(void* context, KitText message, KitText traceback);
    // `hits[line]` is how often the line ran, -1 where it holds no code. Once for each time that the chunk was loaded.
    void (*coverage)(void* context, size_t chunk, const int32_t* hits, size_t size);
};

struct KitOutcome
{
    KitStatus status;
    size_t peak_bytes;
};

// Never throws.
KitOutcome kit_run(const KitProgram* program, const KitListener* listener);
}
