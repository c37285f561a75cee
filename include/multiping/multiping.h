/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multiping: ping very many hosts from one process.
 *
 * Everything a program needs comes with this one header. Start with
 * <multiping/simple.h> for one-line pings, <multiping/engine.h> and
 * <multiping/target.h> for many hosts at once.
 *
 * Rules that hold everywhere:
 *
 * Times and durations are int64_t nanoseconds and carry `_ns` in their names. Points in
 * time are CLOCK_MONOTONIC unless the name says `wall`.
 *
 * Errors: int results are >= 0 on success and a negative code on failure, see
 * <multiping/error.h>. Out parameters (`ret_*`) are set to NULL or left alone on failure.
 *
 * Threads: an engine with no workers (the default) serves one thread at a time; different
 * engines are independent. With workers, or io_threads > 1, every function may be called from any
 * thread.
 * mping_wakeup(), mping_strerror(), mping_err_name(), mping_version() and mping_default()
 * may be called from any thread at any time, and the first of them from signal handlers.
 *
 * Nothing is ever called back from inside the function that asked for it: callbacks run
 * from mping_process(), mping_wait(), mping_run(), mping_drain() and the blocking
 * one-liners, or on the engine's worker threads.
 *
 * A NULL engine is the default one, see mping_default(). Strings that functions return are
 * static or borrowed, never for the caller to free.
 *
 * The library never prints, exits, reads the environment or touches signal handlers.
 */
#ifndef MULTIPING_MULTIPING_H
#define MULTIPING_MULTIPING_H

#include <multiping/addr.h>
#include <multiping/engine.h>
#include <multiping/error.h>
#include <multiping/event.h>
#include <multiping/lookup.h>
#include <multiping/simple.h>
#include <multiping/stats.h>
#include <multiping/target.h>
#include <multiping/version.h>

#endif
