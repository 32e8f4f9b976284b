# bench/chart.awk: the medians as an SVG bar chart: how many times as fast as each peer Rivet is, by
# processor time, on a logarithmic scale.
function x_of(speed) { return left + width * (log(speed) - log(low)) / (log(high) - log(low)) }

function text(x, y, anchor, what) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, what
}

END {
    split("#2b6cb0 #c05621 #2f855a #6b46c1", colours, " ")
    left = 90; width = 560; bar = 14; low = 0.25; high = 16
    row = bar * (nsystems > 1 ? nsystems - 1 : 1) + 8
    height = 60 + nnames * row
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" " \
           "font-family=\"sans-serif\" font-size=\"12\">\n", left + width + 60, height
    print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    for (s = 2; s <= nsystems; s++) {
        printf "<rect x=\"%d\" y=\"8\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", \
               left + (s - 2) * 260, colours[s - 1]
        text(left + 16 + (s - 2) * 260, 17, "start", "times as fast as " systems[s])
    }
    for (speed = low; speed <= high; speed *= 2) {
        printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"40\" y2=\"%d\" stroke=\"%s\"/>\n", \
               x_of(speed), x_of(speed), height - 15, speed == 1 ? "black" : "#ccc"
        text(x_of(speed), 36, "middle", speed)
    }
    for (n = 1; n <= nnames; n++) {
        y = 46 + (n - 1) * row
        text(left - 8, y + row / 2, "end", names[n])
        for (s = 2; s <= nsystems; s++) {
            if (!cpu[1, n] || !cpu[s, n]) continue
            speed = cpu[s, n] / cpu[1, n]
            shown = speed < low ? low : speed > high ? high : speed
            from = shown < 1 ? x_of(shown) : x_of(1)
            to = shown < 1 ? x_of(1) : x_of(shown)
            printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", \
                   from, y + (s - 2) * bar, to - from, bar - 2, colours[s - 1]
            text(shown < 1 ? from - 4 : to + 4, y + (s - 2) * bar + 11, shown < 1 ? "end" : "start", \
                 sprintf("%.2f", speed))
        }
    }
    print "</svg>"
}
