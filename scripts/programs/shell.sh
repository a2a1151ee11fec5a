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

# Debian's packages, unpacked into `debian`: nothing is installed.
debs() {
    mkdir -p deb debian
    (cd deb && apt-get download -o Debug::NoLocking=1 "$@" 2>/dev/null)
    for file in deb/*.deb; do dpkg-deb -x "$file" debian; done
}

# The source of a package of Debian's, in `source`, from where this machine takes its packages. The lists of sources are fetched
# into a folder of their own.
debian_source() {
    local apt=$FETCHED/apt options=()
    mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial} sources
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' > "$apt/sources/packages.list" || true
    sed -s '$G; s/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/*.sources 2>/dev/null > "$apt/sources/packages.sources" || true
    options=(-o Dir::Etc::sourcelist=- -o "Dir::Etc::sourceparts=$apt/sources" -o "Dir::State::lists=$apt/lists"
        -o "Dir::Cache=$apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
    [ -n "$(find "$apt/lists" -name '*_Sources*' -mmin -600)" ] || apt-get "${options[@]}" update -qq
    # The newest of which there is the source: of what came for security's sake a mirror may have the packages alone.
    for version in $(apt-cache "${options[@]}" showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -rV | uniq); do
        (cd sources && apt-get "${options[@]}" source --download-only -qq "$1=$version") && break
        rm -f sources/*
    done
    unpack sources/*.orig.tar.*[!c]
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
    export LD_LIBRARY_PATH="$PWD/debian/usr/lib/x86_64-linux-gnu:$PWD/debian/lib/x86_64-linux-gnu:$PWD/debian/usr/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
}
