#!/bin/sh
# confluence-index @VERSION@, portable, for @SYSTEM@. Behind these lines is an archive of Deno @DENO@ and the program. The
# first start unpacks it into the user's cache and checks every byte; later ones only look whether it is as it was left.

ci_hash=@HASH@
ci_tools=${PATH:-/usr/bin:/bin}

ci_fail() {
  printf 'error[files]: Cannot start confluence-index: %s\nhint: %s\n' "$1" "$2" >&2
  exit 2
}

# Tools get an empty environment, so that no setting changes what they do or print.
ci_run() {
  env -i PATH="$ci_tools" LC_ALL=C TZ=UTC0 "$@"
}

# Calls "$1 folder name" for each place that may hold the unpacked program, best first, until one call succeeds.
ci_each_place() {
  case ${XDG_CACHE_HOME-} in
    /*) "$1" "$XDG_CACHE_HOME" confluence-index && return ;;
    *)
      case ${HOME-} in
        /*) "$1" "$HOME/.cache" confluence-index && return ;;
      esac
      ;;
  esac
  ci_user=$(ci_run id -u)
  case ${TMPDIR-} in
    /*) "$1" "$TMPDIR" "confluence-index-$ci_user" ;;
    *) "$1" /tmp "confluence-index-$ci_user" ;;
  esac
}

# Refuses a place that somebody else made or could change: what lies there is about to be run.
ci_judge() {
  ci_list=$(cd "$1" 2>/dev/null && ci_run ls -ldn . "./$2" 2>/dev/null) || return 1
  ci_hint="Remove it, or name a folder of your own in XDG_CACHE_HOME."
  while read -r ci_mode ci_links ci_owner ci_rest; do
    case $ci_rest in
      *" ./$2" | *" ./$2 -> "*)
        case $ci_mode in
          drwx?-??-?*) [ "$ci_owner" = "$ci_user" ] || ci_fail "$1/$2 belongs to somebody else" "$ci_hint" ;;
          l*) ci_fail "$1/$2 is a symbolic link" "$ci_hint" ;;
          d*) ci_fail "others may write to $1/$2" "$ci_hint" ;;
          *) ci_fail "$1/$2 is not a folder" "$ci_hint" ;;
        esac
        ;;
      *)
        case $ci_owner in
          0 | "$ci_user") ;;
          *) ci_fail "$1 belongs to somebody else" "Name a folder of your own in XDG_CACHE_HOME." ;;
        esac
        case $ci_mode in
          d????????[tT]* | d???????-*) ;;
          *) ci_fail "everybody may exchange what is in $1" "Name a folder of your own in XDG_CACHE_HOME." ;;
        esac
        ;;
    esac
  done <<EOF
$ci_list
EOF
}

# Looks, without reading a byte of it, whether the program is as it was left: the folder around it is ours alone, nothing
# in it was touched since the stamp was made (the time that find knows as -cnewer cannot be set back), no crash emptied a
# file. Where the answer is no, the slow way has the last word.
ci_untouched() {
  ci_dir=$1/$2/$ci_hash
  [ -f "$ci_dir/stamp" ] && [ ! -L "$1/$2" ] && [ -O "$1/$2" ] || return 1
  ci_seen=$(ci_find "$1/$2" -cnewer) || ci_seen=$(ci_find "$1/$2" -newer) || return 1
  [ -z "$ci_seen" ]
}

ci_find() {
  find "$1" "$ci_dir/program" -name "${1##*/}" -prune \( -perm -020 -o -perm -002 \) -print -o -name "${1##*/}" -prune \
    -o \( "$2" "$ci_dir/stamp" -o -type f -size 0 -o -name deno ! -size @DENOSIZE@c \
    -o -name index.node ! -size @ADDONSIZE@c \) -print 2>/dev/null
}

ci_stamp() {
  (: >"$1/stamp.$$" && mv -f "$1/stamp.$$" "$1/stamp") 2>/dev/null
}

# Every byte, and no file too many.
ci_verified() {
  (
    cd "$1" && ci_sum=$(ci_run $ci_sha256 SHA256SUMS) && [ "${ci_sum%% *}" = "$ci_hash" ] &&
      ci_run $ci_sha256 -c SHA256SUMS && [ "$(ci_run find program -type f | wc -l)" -eq @FILES@ ] &&
      [ -z "$(ci_run find program ! -type d ! -type f)" ]
  ) >/dev/null 2>&1
}

ci_unpack() {
  [ -d "$1" ] || mkdir -p "$1" 2>/dev/null || return 1
  ci_root=$1/$2
  [ -e "$ci_root" ] || [ -L "$ci_root" ] || mkdir "$ci_root" 2>/dev/null || [ -d "$ci_root" ] || return 1
  ci_judge "$1" "$2" || return 1
  ci_dir=$ci_root/$ci_hash
  if ci_verified "$ci_dir"; then
    # Moved or copied, but whole. Where it cannot be written, it is checked each time.
    ci_stamp "$ci_dir"
    return 0
  fi
  [ -w "$ci_root" ] || return 1
  [ ! -e "$ci_dir" ] ||
    echo "confluence-index: what was unpacked in $ci_dir was changed since; unpacking it again" >&2

  ci_new=$ci_root/.unpack.$$
  until mkdir "$ci_new" 2>/dev/null; do
    [ -e "$ci_new" ] || return 1
    ci_new=${ci_new}x
  done
  trap 'rm -rf "$ci_new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ ! -t 2 ] || echo "Unpacking confluence-index @VERSION@ into $ci_dir, once" >&2
  (ci_run tail -c +@START@ "$ci_self" | ci_run gzip -dc | (cd "$ci_new" && ci_run tar -xmof -)) 2>/dev/null
  ci_verified "$ci_new" || ci_fail "what was unpacked from $ci_self is not what was packed" \
    "Compare the file with its SHA256SUMS, and look whether there are 200 MB left in $1."
  ci_run "$ci_new/program/deno" --version >/dev/null 2>&1 || ci_fail "the Deno it unpacked does not run in $1" \
    "Programs may not be allowed there: name another folder in XDG_CACHE_HOME. Or this system lacks what Deno needs."
  ci_stamp "$ci_new"

  # Somebody else may have been faster, or may be so now: mv would put a folder into one that is there.
  if ! ci_untouched "$1" "$2"; then
    [ ! -e "$ci_dir" ] && [ ! -L "$ci_dir" ] || mv "$ci_dir" "$ci_new.old" 2>/dev/null
    mv "$ci_new" "$ci_dir"
    rm -rf "$ci_new.old" "${ci_dir:?}/${ci_new##*/}"
  fi
  ci_tidy
  ci_untouched "$1" "$2" || ci_verified "$ci_dir"
}

# What a killed start left behind, and versions that nobody read for two months.
ci_tidy() {
  ci_run find "$ci_root/." ! -name . -prune -name '.unpack.*' -mtime +1 -exec rm -rf {} + 2>/dev/null
  for ci_old in "$ci_root"/*/; do
    [ "$ci_old" = "$ci_dir/" ] || [ -z "$(ci_run find "${ci_old}program/main.js" -atime +60 2>/dev/null)" ] ||
      rm -rf "$ci_old"
  done
}

# The slow way; prints where the program is then. A subshell, so that the program itself gets neither the traps nor the
# file mode of unpacking.
ci_install() (
  umask 077
  ci_user=$(ci_run id -u)
  ci_here=$(ci_run uname -sm)
  [ "$ci_here" = '@SYSTEM@' ] || ci_fail "it was made for @SYSTEM@, and this is $ci_here" \
    'Get the file for this system, or run it from the source with Deno.'
  if command -v sha256sum >/dev/null 2>&1; then
    ci_sha256=sha256sum
  elif command -v shasum >/dev/null 2>&1; then
    ci_sha256='shasum -a 256'
  else
    ci_fail 'neither sha256sum nor shasum is here to check what is unpacked' 'Install one of them.'
  fi
  case $0 in
    */*) ci_self=$0 ;;
    *) ci_self=$(command -v -- "$0") || ci_self=$0 ;;
  esac
  case $ci_self in
    -*) ci_self=./$ci_self ;;
  esac
  ci_each_place ci_unpack || ci_fail 'there is no folder to unpack it into' \
    'Name one that can be written to in XDG_CACHE_HOME.'
  printf '%s\n' "$ci_dir"
)

ci_main() {
  ci_each_place ci_untouched || ci_dir=$(ci_install </dev/null) || exit
  # Deno keeps its own files here, and reads none of the user's: a ~/.npmrc that cannot be read would stop it.
  HOME=$ci_dir DENO_DIR=$ci_dir/cache DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
  export HOME DENO_DIR DENO_NO_UPDATE_CHECK DENO_NO_PACKAGE_JSON
  exec "$ci_dir/program/deno" run @FLAGS@ "$ci_dir/program/main.js" "$@"
}

# Everything above is read before this line runs, so the shell never comes to what follows it.
ci_main "$@"
