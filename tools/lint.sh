# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev lint and ./dev fmt. Sourced by ../dev.

# The tree is formatted and checked with this version; others differ in details.
CLANG_VERSION=14

# tree_files PATTERN...: files of the tree whose names match, NUL after each.
tree_files() {
    local pattern names=()
    for pattern in "$@"; do
        names+=(-o -name "$pattern")
    done
    find "$ROOT" \( -path "$ROOT/.git" -o -path "$ROOT/build" -o -name __pycache__ \) -prune -o \
        -type f \( "${names[@]:1}" \) -print0
}

clang_format() {
    local program=clang-format-$CLANG_VERSION
    command -v "$program" >/dev/null || program=clang-format
    "$program" --version | grep -q "version $CLANG_VERSION\." || {
        say "no clang-format $CLANG_VERSION here: formatting is left alone"
        return 0
    }
    tree_files '*.c' '*.h' | xargs -0 "$program" "$@"
}

lint_tidy() {
    local dir
    dir=$(plain_dir)
    find "$ROOT/base" "$ROOT/lib" "$ROOT/app" "$ROOT/cli" -name '*.c' -print0 |
        xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p "$dir" 2>&1 |
        sed "/warnings\? generated\.$/d"
}

lint_cppcheck() {
    local dir
    dir=$(plain_dir)
    mkdir -p "$dir/cppcheck"
    cppcheck --quiet --project="$dir/compile_commands.json" --file-filter="$ROOT/base/*" \
        --file-filter="$ROOT/lib/*" \
        --file-filter="$ROOT/app/*" \
        --file-filter="$ROOT/cli/*" --cppcheck-build-dir="$dir/cppcheck" -j "$(nproc)" \
        --enable=warning,style,performance,portability --inline-suppr --error-exitcode=1 \
        --suppress=missingIncludeSystem --suppress=variableScope
}

lint_shell() {
    (cd "$ROOT" && shellcheck -x dev .ci/run tools/*.sh packaging/debian/*.postinst \
        packaging/debian/tests/{command,library})
}

lint_types() {
    (cd "$ROOT" && "$PYTHON" -m mypy --strict --cache-dir="$BUILD/mypy" python/multiping \
        python/examples)
}

lint_spelling() {
    tree_files '*.c' '*.h' '*.py' '*.sh' '*.md' '*.build' dev run | xargs -0 codespell --ignore-words-list=inflight,onces
}

lint_licence() {
    local file bad=0
    while IFS= read -r -d '' file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || {
            echo "$file: no SPDX line"
            bad=1
        }
    done < <(tree_files '*.c' '*.h' '*.py' '*.sh' '*.build' '*.map' '*.txt' dev run)
    return $bad
}

lint_length() {
    tree_files '*.c' '*.h' '*.py' '*.sh' | xargs -0 wc -l |
        awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines"; bad = 1 } END { exit bad }'
}

lint_format() {
    clang_format --dry-run -Werror
}

need_to_lint() {
    need clang-tidy clang-format cppcheck shellcheck codespell python3-cffi python3-mypy
}

CHECKS=(tidy cppcheck shell types spelling licence length format)

cmd_lint() {
    local check failed=0
    need_to_build
    need_to_lint
    compile "$(plain_dir)" all
    for check in "${CHECKS[@]}"; do
        if "lint_$check" >"$BUILD/lint-$check.log" 2>&1; then
            echo "$check: clean"
        else
            echo "$check: found"
            sed 's/^/    /' "$BUILD/lint-$check.log"
            failed=1
        fi
    done
    return $failed
}

cmd_fmt() {
    need clang-format
    clang_format -i
}
