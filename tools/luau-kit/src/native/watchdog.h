#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace kit
{

// Calls `bark` on a thread of its own when `seconds` are over, unless it is destroyed first.
class Watchdog
{
public:
    Watchdog(double seconds, std::function<void()> bark)
        : thread([this, seconds, bark = std::move(bark)] {
            std::unique_lock<std::mutex> lock(mutex);
            if (!stopped.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return done; }))
                bark();
        })
    {
    }

    ~Watchdog()
    {
        {
            std::lock_guard<std::mutex> lock(mutex);
            done = true;
        }
        stopped.notify_one();
        thread.join();
    }

    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

private:
    std::mutex mutex;
    std::condition_variable stopped;
    bool done = false;
    // Last, so that it starts when the others are there.
    std::thread thread;
};

} // namespace kit
