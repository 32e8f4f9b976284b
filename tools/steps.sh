# tools/steps.sh: says each step of a script in one line on stderr, with progress while it runs.
#
# Sourced by ./boot, ./check and the guest scripts. `root` is the top of the source tree.
#
#   step LABEL command...   runs the command without stdin; its output goes to the log and is shown
#                           only when it fails. Lines the command writes that tell how far it is
#                           (apt's status lines on descriptor 3, ninja's [n/m]) become a percentage.
#   say TEXT                one line of its own.
#   die TEXT                one line, and the script ends with status 1.

logs=${RIVET_LOGS:-$root/build/log}

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

step() {
    step_label=$1
    shift
    mkdir -p "$logs"
    step_log=$logs/$(printf '%s' "$step_label" | tr -cs 'a-zA-Z0-9' '-' | sed 's/-*$//').log
    : > "$step_log"
    step_begin=$(date +%s)
    [ -t 2 ] && printf '\r\033[K%-58s' "$step_label" >&2 || printf '%-58s' "$step_label" >&2
    # The pipe's last stage is the only one whose status a plain shell reports, so the command's own
    # status travels through the pipe as its last line.
    { "$@" </dev/null 3>&1 2>&1; printf '\nstep-status %s\n' "$?"; } | step_watch && step_status=0 ||
        step_status=$?
    step_took=$(($(date +%s) - step_begin))
    [ -t 2 ] && printf '\r\033[K%-58s' "$step_label" >&2
    if [ "$step_status" -eq 0 ]; then
        printf ' done, %s s\n' "$step_took" >&2
    else
        printf ' FAILED\n' >&2
        tail -n 40 "$step_log" | sed 's/^/    /' >&2
        say "    (all of it: $step_log)"
    fi
    return "$step_status"
}

# Copies a command's output to the log and draws its progress where somebody is watching.
step_watch() {
    step_result=1
    while IFS= read -r step_line; do
        case $step_line in
        'step-status '*) step_result=${step_line#step-status } ;;
        dlstatus:*|pmstatus:*)              # dlstatus:1:42.7:Retrieving file 1 of 2
            step_percent=${step_line#*:*:}
            step_show "${step_percent%%[.:]*} %" ;;
        '['[0-9]*/[0-9]*']'*)               # [12/80] Building C object ...
            printf '%s\n' "$step_line" >> "$step_log"
            step_line=${step_line%%]*}
            step_show "${step_line#?}" ;;
        ' '*[0-9]/[0-9]*' Test '*|[0-9]*/[0-9]*' Test '*)     # 3/12 Test #3: mem_bus ... Passed
            printf '%s\n' "$step_line" >> "$step_log"
            step_line=${step_line%% Test*}
            step_show "${step_line##* }" ;;
        *) printf '%s\n' "$step_line" >> "$step_log" ;;
        esac
    done
    return "$step_result"
}

step_show() {
    [ -t 2 ] && printf '\r\033[K%-58s %s' "$step_label" "$1" >&2
    return 0
}
