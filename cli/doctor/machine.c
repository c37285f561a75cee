/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doctor/checks.h"
#include "doctor/facts.h"

#define CLOCK_DIR "/sys/devices/system/clocksource/clocksource0/"

enum {
    LOOK_MS = 200,     /* how long the processor is watched */
    STEAL_PERMIL = 10, /* of the time: above it round-trip times suffer */
    CPU_TIMES = 8,     /* user nice system idle iowait irq softirq steal */
};

static bool is_slow_clock(const char *name)
{
    static const char *const slow[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};

    for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
        if (strcmp(name, slow[i]) == 0)
            return true;
    }
    return false;
}

void doctor_clock(struct doctor_report *report)
{
    char now[64], available[256];
    struct app_text *text;

    if (!doctor_read(CLOCK_DIR "current_clocksource", now, sizeof(now))) {
        doctor_unknown(report, "clock source", CLOCK_DIR "current_clocksource");
        return;
    }
    text = doctor_find(report, is_slow_clock(now) ? DOCTOR_WARN : DOCTOR_OK, "clock source");
    app_text_foreign(text, now);
    if (!is_slow_clock(now)) {
        doctor_end(report);
        return;
    }
    app_text_add(text, ": each time stamp costs a slow read");
    doctor_read(CLOCK_DIR "available_clocksource", available, sizeof(available));
    if (strstr(available, "tsc"))
        doctor_fix(report, "echo tsc | sudo tee " CLOCK_DIR "current_clocksource");
    else
        doctor_fix(report, "sudo dmesg | grep -i tsc  # why the fast clock is not offered");
}

struct times {
    int64_t steal, all;
    int64_t throttled; /* periods in which the control group had used up its quota */
};

static struct times read_times(void)
{
    char data[1024], *at = data + strlen("cpu");
    struct times times = {0};

    /* The first line is the sum over all processors. */
    if (doctor_read("/proc/stat", data, sizeof(data)) && strncmp(data, "cpu ", 4) == 0) {
        for (int i = 0; i < CPU_TIMES; i++) {
            int64_t ticks = strtoll(at, &at, 10);

            times.all += ticks;
            times.steal = ticks; /* the last of them */
        }
    }
    times.throttled = doctor_field("/sys/fs/cgroup/cpu.stat", "nr_throttled", 10, 0);
    return times;
}

static void report_steal(struct doctor_report *report, int64_t permil)
{
    bool much = permil >= STEAL_PERMIL;
    struct app_text *text =
        doctor_find(report, much ? DOCTOR_WARN : DOCTOR_OK, "virtual machine steal");

    app_text_fixed(text, (uint64_t)permil, 1);
    app_text_add(text, " % of the processor's time");
    if (!much) {
        doctor_end(report);
        return;
    }
    app_text_add(text, ": the host runs others meanwhile, which delays stamps");
    doctor_fix(report, "vmstat 1  # watch column st; move the machine, or give it its own cores");
}

void doctor_processor(struct doctor_report *report)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    struct times before = read_times(), after;
    int64_t all;

    nanosleep(&look, NULL); /* cut short by a signal: a shorter look */
    after = read_times();
    all = after.all - before.all;
    if (all > 0)
        report_steal(report, (after.steal - before.steal) * 1000 / all);
    else
        doctor_unknown(report, "virtual machine steal", "/proc/stat");
    if (after.throttled == 0)
        return;
    app_text_count(doctor_find(report, DOCTOR_WARN, "processor quota"), (uint64_t)after.throttled);
    app_text_add(&report->text, " times the control group had used it up, and everything in it "
                                "stood still");
    doctor_fix(report, "sudo systemctl set-property UNIT CPUQuota=");
}
