# bench/table.awk: the medians as Markdown tables, with geometric means of the ratios.
function ratio(a, b) { return a > 0 && b > 0 ? a / b : 0 }

function mean_row(title, which,    s, n, r, row, sum, count) {
    row = sprintf("| **%s** | | |", title)
    for (s = 2; s <= nsystems; s++) {
        sum = cpu_sum = count = 0
        for (n = 1; n <= nnames; n++) {
            if (group[n] != which && which != "all") continue
            r = ratio(seconds[1, n], seconds[s, n])
            if (!r || !ratio(cpu[1, n], cpu[s, n])) continue
            sum += log(r); cpu_sum += log(ratio(cpu[1, n], cpu[s, n])); count++
        }
        if (!count) return
        row = row sprintf(" | | **%.2f** | **%.2f** |", exp(sum / count), exp(cpu_sum / count))
    }
    print row
}

END {
    count = split(debian, list, " ")
    for (i = 1; i <= count; i++) is_debian[list[i]] = 1
    head = "| work | " systems[1] ", s | CPU, s |"
    line = "|---|--:|--:|"
    for (s = 2; s <= nsystems; s++) {
        head = head " " systems[s] ", s | CPU, s | ratio | CPU ratio |"
        line = line "--:|--:|--:|--:|"
    }
    print "\n" head "\n" line
    for (n = 1; n <= nnames; n++) {
        group[n] = names[n] == "boot" || names[n] == "bare" ? "own" : \
                   names[n] in is_debian ? "debian" : "linux"
        row = sprintf("| %s | %.3f | %.3f |", names[n], seconds[1, n], cpu[1, n])
        for (s = 2; s <= nsystems; s++)
            row = row (((s, n) in seconds) ? sprintf(" %.3f | %.3f | %.2f | %.2f |", seconds[s, n], \
                cpu[s, n], ratio(seconds[1, n], seconds[s, n]), ratio(cpu[1, n], cpu[s, n])) : \
                " no result | | | |")
        print row (differs[names[n]] ? " **results differ** |" : "")
    }
    mean_row("geometric mean inside Linux", "linux")
    mean_row("geometric mean of Debian's programs", "debian")
    mean_row("geometric mean of all", "all")

    for (s = 1; s <= nsystems; s++) {
        key = systems[s] SUBSEP "bare"
        # What retires is the same everywhere; not every emulator counts it.
        count = last[systems[1], "bare"]
        for (n = 1; n <= nnames; n++)
            if (names[n] == "bare")
                printf "%s%s: %.0f million instructions a second of the integer mix on the bare " \
                       "machine, %.0f a second of processor time\n", s == 1 ? "\n" : "", systems[s], \
                       count / seconds[s, n] / 1e6, count / cpu[s, n] / 1e6
    }
    for (s = 1; s <= nsystems; s++) {
        if (split(last[systems[s], "boot"], field, " ") < 12) continue
        printf "%s%s: first output after %.0f ms, idle %.2f %% of a processor, %.0f MiB of guest " \
               "RAM resident and %.0f MiB besides\n", s == 1 ? "\n" : "", systems[s], field[2], \
               field[8], field[10], field[12]
    }
}
