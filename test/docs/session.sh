# Runs the blocks of a page. Each line of descriptor 3 names how, the file of a block and the file for what it prints;
# descriptor 4 gets a line for each that is done. What fails ends all of it, and has said in that file what it was.
set -Eeuo pipefail

jq() {
  echo 'jq: not every reader has it' >&2
  return 127
}

depth=$BASH_SUBSHELL
# On one line: each one more would count as one of the block's.
trap 'ended_with=$?; [[ $BASH_SUBSHELL != "$depth" ]] || echo "${BASH_SOURCE[0]}:$LINENO: ended with $ended_with: $BASH_COMMAND" >&2' ERR

declare -A background=()
while IFS=$'\t' read -r -u 3 how file output; do
  status=0
  case $how in
    here)
      source "$file" >"$output" 2>&1 </dev/null 3<&- 4>&-
      ;;
    apart)
      # Here it is not this shell's to tell what failed.
      own_depth=$depth depth=none
      set +e
      (
        set -e
        source "$file"
      ) >"$output" 2>&1 </dev/null 3<&- 4>&-
      status=$?
      set -e
      depth=$own_depth
      ;;
    background)
      (
        depth=$BASH_SUBSHELL
        source "$file"
      ) >"$output" 2>&1 </dev/null 3<&- 4>&- &
      background[$!]=$file
      ;;
  esac
  echo "done $status" >&4
done

for pid in "${!background[@]}"; do
  kill "$pid" 2>/dev/null && continue
  status=0
  wait "$pid" || status=$?
  echo "ended $status ${background[$pid]}" >&4
done
