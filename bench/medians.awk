# bench/medians.awk: reads "system name seconds checksum cpu_seconds ..." lines of bench/compare.
#
# After it: systems[1..nsystems] and names[1..nnames] in the order they came; seconds[s, n],
# cpu[s, n] the medians; last[s, n] the rest of a line, sums[s, n] its checksum.
{
    if (!(($1) in seen)) { seen[$1] = 1; systems[++nsystems] = $1 }
    if (!((":" $2) in seen)) { seen[":" $2] = 1; names[++nnames] = $2 }
    runs[$1, $2]++
    all_seconds[$1, $2, runs[$1, $2]] = $3
    all_cpu[$1, $2, runs[$1, $2]] = $5
    if (((1, $2) in agreed) && agreed[1, $2] != $4) differs[$2] = 1
    agreed[1, $2] = $4
    rest = $0
    sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ ?/, "", rest)
    last[$1, $2] = rest
}

function median(values, key, count,    i, k, v, sorted) {
    for (i = 1; i <= count; i++) {
        v = values[key, i] + 0
        for (k = i - 1; k > 0 && sorted[k] > v; k--) sorted[k + 1] = sorted[k]
        sorted[k + 1] = v
    }
    i = int((count + 1) / 2)
    return count % 2 ? sorted[i] : (sorted[i] + sorted[i + 1]) / 2
}

END {
    for (s = 1; s <= nsystems; s++)
        for (n = 1; n <= nnames; n++) {
            key = systems[s] SUBSEP names[n]
            if (!(key in runs)) continue
            seconds[s, n] = median(all_seconds, key, runs[key])
            cpu[s, n] = median(all_cpu, key, runs[key])
        }
}
