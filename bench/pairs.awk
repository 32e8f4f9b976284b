# bench/pairs.awk: from the instruction table and bench/profile's counts to cpu/pairs.def.
#
# The first of a pair goes on with the next instruction or branches over it (PLAIN, BRANCH); the
# second may be anything whose effect the engine needn't look at before or after.
BEGIN {
    few = 40
    while ((getline line < formats) > 0)
        if (line ~ /^FORMAT\(/) { split(line, field, /[(, ]+/); kind_of[field[2]] = field[3] }
    kind["END"] = "JUMP"
}

FILENAME ~ /\.def$/ {
    if ($0 ~ /^INSN\(/) { split($0, field, /[(, ]+/); kind[field[2]] = format_kind($0) }
    next
}

# INSN(name, base, format, ...)
function format_kind(row,    part) { split(row, part, /, */); return kind_of[part[3]] }

FNR == 1 { nfiles++; workload[nfiles] = FILENAME }
NF == 2 && $2 !~ /[^a-zA-Z0-9_]/ { single[nfiles, $2] = $1; ops[$2] = 1 }
NF == 3 { count[nfiles, $2, $3] = $1; pairs[$2, $3] = 1 }

# The first file counts what comes before the workloads from the third on; the second is a boot.
function net(values, file, key,    n) {
    n = values[file, key] - (file > 2 ? values[1, key] : 0)
    return n > 0 ? n : 0
}

END {
    for (f = 1; f <= nfiles; f++)
        for (op in ops) total[f] += net(single, f, op)
    for (p in pairs) {
        split(p, part, SUBSEP)
        if (kind[part[1]] != "PLAIN" && kind[part[1]] != "BRANCH") continue
        if (kind[part[2]] == "SYSTEM" || kind[part[2]] == "CHECKED" || !(part[2] in kind)) continue
        share = 0
        for (f = 2; f <= nfiles; f++) share += net(count, f, p) / total[f]
        if (share <= 0) continue
        name[++found] = "PAIR(" part[1] ", " part[2] ")"
        weight[found] = share / (nfiles - 1)
    }
    print "/* cpu/pairs.def: neighbours that the cached engine runs with one dispatch: PAIR(first, second)."
    print " * Made by bench/profile from what a kernel, gcc, sqlite3 and python3 execute; not edited by hand. */"
    print "/* clang-format off */"
    for (i = 1; i <= wanted && i <= found; i++) {
        if (i == few + 1) print "#ifndef RIVET_FEW_PAIRS /* sanitizers take their time over each */"
        best = 0
        for (k = 1; k <= found; k++)
            if (!(k in taken) && (!best || weight[k] > weight[best] || \
                (weight[k] == weight[best] && name[k] < name[best]))) best = k
        taken[best] = 1
        covered += weight[best]
        print name[best]
    }
    if (i > few + 1) print "#endif"
    print "/* clang-format on */"
    printf "%.0f %% of all ops begin one of these pairs\n", 100 * covered > "/dev/stderr"
}
