#!/bin/sh
# SPDX-License-Identifier: MIT
# manuals-t.sh - what the manuals say is what there is: options, keys, numbers
# and events, both ways; and nothing of a text is lost when it is shown.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
export LC_ALL=C.UTF-8
manual() { cat "$TOP_SRC"/provider/*/"$1" "$TOP_SRC"/helper/"$1" 2>/dev/null; }
MANUALS=$(cd "$TOP_SRC" && echo provider/*/*.[1-8] helper/*.[1-8])

for page in $MANUALS; do
    grep -q -F "($page)" "$TOP_SRC/README.md"; ok $? "README.md names $page"
done
is "$(grep -oE '\((provider|helper)/[^)]*\.[1-8]\)' "$TOP_SRC/README.md" | tr -d '()' | sort | tr '\n' ' ')" \
    "$(echo "$MANUALS" | tr ' ' '\n' | sort | tr '\n' ' ')" "and none that is not there"

# A word that is a macro's name, or a mark that is a macro's affair, vanishes.
flat() { tr -d '\\&"' | tr -s ' \n' '  ' | sed 's/ \([,.;:)]\)/\1/g'; }
shown() { mandoc -Tutf8 "$1" | col -bx; }
if command -v mandoc >/dev/null && command -v col >/dev/null; then
    for page in $MANUALS; do
        is "$(mandoc -Tlint -Wwarning "$TOP_SRC/$page")" "" "$page: mandoc has nothing to say"
        shown "$TOP_SRC/$page" | flat >"$T/shown"
        lost=$(sed -n 's/^\.S[hs] //p' "$TOP_SRC/$page" | while read -r heading; do
            grep -q -F "$(echo "$heading" | flat)" "$T/shown" || echo "$heading"
        done)
        is "$lost" "" "$page: every heading is shown"
        # What is to be typed, or copied into a file, is so as it is shown.
        broken=$(sed -n 's/^\.Dl //p' "$TOP_SRC/$page" | sed 's/\\(dq/"/g; s/\\&//g; s/\\e/\\/g' | while read -r line; do
            shown "$TOP_SRC/$page" | grep -q -F -e "$line" || echo "$line"
        done)
        is "$broken" "" "$page: every line of an example is shown in one"
        # shellcheck disable=SC1112  # they are what is looked for
        is "$(grep -oE '.{30}(””|’’|“[^”]*“)' "$T/shown")" "" "$page: every quotation ends once"
        is "$(shown "$TOP_SRC/$page" | grep -e '0-9\. _')" "" "$page: a full stop among characters stands apart"
    done
else
    skip "what is shown" "mandoc or col is not installed"
fi

# The other formatter, which most of man(1) use, makes room for the widest
# column, and breaks the last one word by word.
if command -v groff >/dev/null && command -v col >/dev/null && groff -mdoc -Tascii "$TOP_SRC/provider/cli/tokenward.1" >/dev/null 2>&1; then
    for page in $MANUALS; do
        is "$(groff -mdoc -Tascii -P-c "$TOP_SRC/$page" | col -bx | grep -E '.{111}')" "" "$page: no line of groff's is wider than 110 columns"
    done
else
    skip "what groff shows" "groff or col is not installed"
fi

# Options: what --help has, the manual has, and the other way round.
described() { manual "$1" | grep -oE '(Fl|\|) -[a-z-]+' | sed 's/.* /-/' | sort -u; }
options() { grep -oE '(^|[ [])--[a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u; }
commands() { user tokenward help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p' | grep -vx help; }
user tokenward-helper --help | options >"$T/options"
described tokenward-helper.8 >"$T/described"
is "$(diff "$T/options" "$T/described")" "" "tokenward-helper(8) has the options of tokenward-helper"
{
    user tokenward --help
    for command in $(commands); do user tokenward help "$command"; done | sed 's/curl --config//'
} | options >"$T/options"
described tokenward.1 >"$T/described"
is "$(diff "$T/options" "$T/described")" "" "tokenward(1) has the options of tokenward"
is "$(commands | while read -r command; do
    manual tokenward.1 | grep -qE "^\.It Cm $command( |$)|^\.Cm $command( |$)" || echo "$command"
done)" "" "and its commands"

deadline=$(manual tokenward-helper.8 | sed -n '/^\.It Fl -deadline/,/^\.It Fl -detach/p' | tr '\n' ' ')
is "$(sed -n 's/^#define \([A-Z]*\)_DEADLINE_S \([0-9]*\).*/\1 \2/p' "$TOP_SRC/helper/main.c" | tr '[:upper:]' '[:lower:]' | while read -r command seconds; do
    echo "$deadline" | grep -qE "Cm $command( and \.Cm [a-z]+)? $seconds[,. ]" || echo "$command: $seconds"
done)" "" "and how long each may take"

# Keys of profiles, from the tables that editors are told of.
user tokenward schema >"$T/schema.json"
grep -oE '"[a-z_]+":\{"description"' "$T/schema.json" | cut -d '"' -f 2 | sort -u >"$T/keys"
[ "$(grep -c . "$T/keys")" -gt 60 ]; ok $? "$(grep -c . "$T/keys") keys in the schema"
cat "$TOP_SRC"/helper/tokenward-profiles.5 "$TOP_SRC"/provider/grants/*.7 >"$T/pages"
is "$(while read -r key; do grep -q -w -e "$key" "$T/pages" || echo "$key"; done <"$T/keys")" "" "every key of the schema is in a manual"
is "$(sed -n 's/^\.It Va \([a-z_]*\) : .*/\1/p' "$TOP_SRC/helper/tokenward-profiles.5" | sort | uniq -d)" "instances" \
    "and described once (instances has three forms)"
is "$(sed -n 's/^\.It Va \([a-z_]*\) : .*/\1/p' "$TOP_SRC/helper/tokenward-profiles.5" | sort -u | while read -r key; do
    grep -q "\"$key\"" "$T/schema.json" || echo "$key"
done)" "" "and every key of the manual is in the schema"

is "$(sed -n '/^Keys outside of/,/stand outside/p' "$TOP_SRC/helper/tokenward-profiles.5" | sed -n 's/^\.Va //p' | tr -d ',' | tr -s ' ' '\n' | sort | tr '\n' ' ')" \
    "$(sed -n '/^static const char \*const WHOLE/,/NULL/s/.*"\(.*\)",/\1/p' "$TOP_SRC/helper/profile/profile_stack.c" | tr '\n' ' ')" \
    "and which of them are no source's"

# What is made by hand without systemd, systemd-tmpfiles makes.
made=$(manual tokenward-helper.8 | sed -n 's/^install -d .*-m \(0[0-7]*\) \(\/.*\)/\2 \1/p')
is "$(echo "$made" | wc -l)" 3 "tokenward-helper(8) makes three directories"
is "$(echo "$made" | while read -r made; do
    sed 's#@sysconfdir@#/etc#' "$TOP_SRC/etc/systemd/tokenward.tmpfiles.in" | grep -q "^d $made " || echo "$made"
done)" "" "and so does systemd-tmpfiles"

# Of the files that programs read, the manual knows the first lines.
version() { sed -n 's/^#define [A-Z_]*VERSION[A-Z_]* "\([0-9]*\)"$/\1/p' "$TOP_SRC/$1"; }
for kind in record:provider/base/record.c index:provider/base/index.h metadata:helper/text/metadata.c; do
    is "$(manual tokenward-record.5 | sed -n "s/^\.Ql \(tokenward-${kind%%:*}=[0-9]*\) [.;]\$/\1/p")" \
        "tokenward-${kind%%:*}=$(version "${kind#*:}")" "tokenward-record(5) has the first line of ${kind%%:*}"
done

# Examples are profiles.  What they name is not here; the system's are read by
# the system alone.
mkdir -m 700 "$T/examples"
# shellcheck disable=SC2086  # several
(cd "$TOP_SRC" && awk -v dir="$T/examples" '/^\.Ed|^```$/ {on = 0} on {print >(dir "/" n ".yaml")} /^\.Bd|^```yaml/ {on = 1; n++}' \
    $MANUALS README.md)
for file in "$T"/examples/*.yaml; do
    { grep -q '^profiles:' "$file" && ! grep -q ' readers:' "$file"; } || rm "$file"
done
own "$T/examples"
find "$T/examples" -type f -exec chmod 600 {} +
[ "$(find "$T/examples" -type f | wc -l)" -ge 12 ]; ok $? "$(find "$T/examples" -type f | wc -l) examples of profiles"
is "$(for file in "$T"/examples/*.yaml; do user tokenward check "$file" >"$T/out" 2>&1 || cat "$T/out" "$file"; done)" "" "each of which is good"

# The helper is in no PATH: who is told to type it would not find it.
is "$(cd "$TOP_SRC" && grep -nE '^\.Ql tokenward-helper [^-]' provider/*/*.[1-8] helper/*.[57];
    grep -nE '^[^/*]*tokenward-helper (check|explain|fetch|providers)' provider/*/*.c helper/*.c etc/quickstart)" "" \
    "nobody is told to type the helper's name"

# What the resident helper tells.
is "$(cat "$TOP_SRC"/helper/serve/*metrics.c | grep -oE '"tokenward_[a-z_]+' | tr -d '"' | sort -u)" \
    "$(manual tokenward-helper.8 | grep -oE 'tokenward_[a-z_]+' | sort -u)" "tokenward-helper(8) has the names of the metrics"
manual tokenward-helper.8 | sed -n '/^The events are/,/^which is any/p' | sed -n 's/^\.Cm \([a-z_]*\).*/\1/p' | sort >"$T/described"
cat "$TOP_SRC"/helper/*.c "$TOP_SRC"/helper/*/*.c | tr -d '\n' | grep -oE 'log_(say|failure)\([^;"]*"[a-z_]+"' | grep -oE '[a-z_]+"$' | tr -d '"' | sort -u >"$T/events"
is "$(diff "$T/events" "$T/described")" "" "and those of the events"
exits() { manual "$1" | sed -n '/^\.Sh EXIT/,/^\.El/p' | grep -E '^\.It [0-9]'; }
is "$(exits tokenward-helper.8)" "$(exits tokenward.1)" "every manual has the same exit statuses"
is "$(exits git-credential-tokenward.1)" "$(exits tokenward.1)" "git's too"
done_testing
