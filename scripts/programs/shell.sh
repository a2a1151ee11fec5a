# What the files of programs use: `get` runs in a folder of the program's own, and `load` there as well.

# A virtual environment with these packages.
venv() {
    [ -d venv ] || python3 -m venv venv
    venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

# The source of the package in the version that is installed, as PyPI has it, in `source`.
sdist() {
    local version
    version=$(venv/bin/pip show "$1" | sed -n 's/^Version: //p')
    venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary "$1" -d sdist "$1==$version"
    unpack sdist/*.tar.*
}

unpack() {
    rm -rf source && mkdir source
    tar -xf "$1" -C source --strip-components 1
}

# Debian's packages, unpacked into `root`: nothing is installed.
debs() {
    mkdir -p deb root
    (cd deb && apt-get download -o Debug::NoLocking=1 "$@" 2>/dev/null)
    for file in deb/*.deb; do dpkg-deb -x "$file" root; done
}

# The source of a package of Debian's, in `source`. The lists of sources are fetched into a folder of their own.
debian_source() {
    local release options=()
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir -p "$FETCHED"/apt/{lists,cache/archives}/partial sources
    printf 'deb-src http://deb.debian.org/debian %s main\n' "$release" > "$FETCHED/apt/sources.list"
    options=(-o "Dir::Etc::sourcelist=$FETCHED/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$FETCHED/apt/lists"
        -o "Dir::Cache=$FETCHED/apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
    [ -n "$(find "$FETCHED/apt/lists" -name '*_Sources*' -mmin -600)" ] || apt-get "${options[@]}" update -qq
    (cd sources && apt-get "${options[@]}" source --download-only -qq "$1")
    unpack sources/*.orig.tar.*
}

# A crate's source as cargo fetches it, in `source`: a program that depends on it brings it into cargo's cache.
crate_source() {
    mkdir -p fetch/src && echo > fetch/src/lib.rs
    printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n%s = "%s"\n' "$1" "$2" > fetch/Cargo.toml
    cargo fetch --quiet --manifest-path fetch/Cargo.toml
    local manifest
    manifest=$(cargo metadata --format-version 1 --manifest-path fetch/Cargo.toml |
        python3 -c 'import json, sys; print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == sys.argv[1]))' "$1")
    rm -rf source && cp -r "$(dirname "$manifest")" source
    chmod -R u+w source
}

debian_libraries() {
    export LD_LIBRARY_PATH="$PWD/root/usr/lib/x86_64-linux-gnu:$PWD/root/lib/x86_64-linux-gnu:$PWD/root/usr/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}
