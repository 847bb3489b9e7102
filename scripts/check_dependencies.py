#!/usr/bin/env python3
"""Checks the dependencies against deny.toml without installing anything.

Does what `cargo deny check bans licenses sources` does with our deny.toml, and compares Cargo.lock with a snapshot of
the RustSec advisory database where one is at hand (cargo-deny and cargo-audit must be compiled first, and fetch
theirs):

    scripts/check_dependencies.py [--advisories rustsec-….tar.gz]

Exit code 0: nothing to say against them; 1: a finding; 2: it could not be checked.
"""

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zlib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--advisories", type=Path, help="snapshot of the RustSec database, a .tar.gz")
    options = parser.parse_args()

    rules = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))
    metadata = json.loads(run("cargo", "metadata", "--format-version", "1", "--locked"))
    findings = [
        *wrong_licences(metadata, rules["licenses"]),
        *wrong_sources(metadata),
        *banned(metadata, rules["bans"]),
        *duplicates(metadata, rules["bans"]),
    ]
    print(f"{len(metadata['packages'])} packages checked for licence, source, layer and second copies")
    if options.advisories:
        findings += vulnerable(options.advisories, rules["advisories"])
    else:
        print("advisories: skipped, no snapshot of the RustSec database was given")
    for finding in findings:
        print(f"error: {finding}", file=sys.stderr)
    return 1 if findings else 0


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def wrong_licences(metadata, rules):
    allowed = set(rules["allow"])
    for package in metadata["packages"]:
        expression = package["license"] or clarified(package, rules)
        if not expression:
            yield f"{label(package)} names no licence"
        elif not satisfied(expression, allowed):
            yield f"{label(package)} is under {expression}, which deny.toml does not allow"


def clarified(package, rules):
    """The licence that deny.toml gives to a crate which names none, if its licence file is still the same."""
    for rule in rules.get("clarify", []):
        if rule["crate"] == package["name"]:
            folder = Path(package["manifest_path"]).parent
            files = rule["license-files"]
            if all(zlib.crc32((folder / file["path"]).read_bytes()) == file["hash"] for file in files):
                return rule["expression"]
    return None


def satisfied(expression, allowed):
    """Whether an SPDX expression can be met with allowed licences; old crates write `/` for OR."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    place = 0

    def peek():
        return tokens[place] if place < len(tokens) else None

    def take():
        nonlocal place
        place += 1
        return tokens[place - 1]

    def alternatives():
        met = conjunction()
        while peek() == "OR":
            take()
            met = conjunction() or met
        return met

    def conjunction():
        met = licence()
        while peek() == "AND":
            take()
            met = licence() and met
        return met

    def licence():
        name = take()
        if name == "(":
            met = alternatives()
            take()
            return met
        if peek() == "WITH":
            name = f"{name} {take()} {take()}"
        return name in allowed

    return alternatives()


def wrong_sources(metadata):
    for package in metadata["packages"]:
        source = package["source"]
        if source and not source.startswith("registry+https://github.com/rust-lang/"):
            yield f"{label(package)} comes from {source}"
    members = set(metadata["workspace_members"])
    for package in metadata["packages"]:
        if package["id"] in members:
            for dependency in package["dependencies"]:
                if dependency["req"] == "*" and not dependency.get("path"):
                    yield f"{package['name']} asks for any version of {dependency['name']}"


def banned(metadata, rules):
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    dependents = defaultdict(set)
    for node in metadata["resolve"]["nodes"]:
        for dependency in node["deps"]:
            dependents[names[dependency["pkg"]]].add(names[node["id"]])
    present = set(names.values())
    for ban in rules["deny"]:
        crate, wrappers = ban["crate"], set(ban.get("wrappers", []))
        if crate not in present:
            continue
        if not wrappers:
            yield f"{crate} must not be used, but {', '.join(sorted(dependents[crate]))} depend on it"
        for dependent in sorted(dependents[crate] - wrappers):
            yield f"{dependent} depends on {crate}; deny.toml gives {crate} to {', '.join(sorted(wrappers))} alone"


def duplicates(metadata, rules):
    skipped = {entry["crate"] for entry in rules["skip"]}
    versions = defaultdict(set)
    for package in metadata["packages"]:
        versions[package["name"]].add(package["version"])
    for name, found in sorted(versions.items()):
        if len(found) > 1 and name not in skipped and not name.startswith("windows"):
            yield f"{name} is there in {', '.join(sorted(found))}; if it cannot be helped, give deny.toml the reason"


def vulnerable(snapshot, rules):
    ignored = {entry["id"] if isinstance(entry, dict) else entry for entry in rules["ignore"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    locked = defaultdict(list)
    for package in lock["package"]:
        if package.get("source"):
            locked[package["name"]].append(package["version"])

    count, findings = 0, []
    with tarfile.open(snapshot) as archive:
        for member in archive:
            if not re.search(r"(^|/)crates/[^/]+/RUSTSEC-[0-9-]+\.md$", member.name):
                continue
            count += 1
            text = archive.extractfile(member).read().decode("utf-8")
            front = re.match(r"\s*```toml\n(.*?)\n```", text, re.DOTALL)
            if not front:
                findings.append(f"{member.name} has no front matter; the snapshot cannot be trusted")
                continue
            record = tomllib.loads(front.group(1))
            advisory, ranges = record["advisory"], record.get("versions", {})
            if advisory["id"] in ignored or advisory.get("withdrawn"):
                continue
            safe = ranges.get("patched", []) + ranges.get("unaffected", [])
            for version in locked.get(advisory["package"], []):
                if any(matches(version, requirement) for requirement in safe):
                    continue
                kind = advisory.get("informational", "vulnerability")
                line = f"{advisory['id']} ({kind}): {advisory['package']} {version}"
                if kind in ("unmaintained", "notice"):
                    print(f"warning: {line}")
                else:
                    findings.append(line)
    print(f"advisories: {len(lock['package'])} locked packages against {count} of {snapshot.name}")
    if count == 0:
        findings.append(f"{snapshot} holds no advisories")
    return findings


def matches(version, requirement):
    """Whether a version meets a semver requirement such as `>= 0.12.3, < 0.13.0` or `^1.2`."""
    return all(meets(parse(version), part.strip()) for part in requirement.split(",") if part.strip())


def meets(version, part):
    operator, text = re.fullmatch(r"(>=|<=|>|<|=|\^|~)?\s*(.+)", part).groups()
    bound = parse(text)
    given = len(text.split("-")[0].split("+")[0].split("."))
    if operator == ">=":
        return version >= bound
    if operator == ">":
        return version > bound
    if operator == "<=":
        return version <= bound
    if operator == "<":
        return version < bound
    if operator == "=":
        return version == bound
    if operator == "~":
        return bound <= version and version[: max(given - 1, 1)] == bound[: max(given - 1, 1)]
    # A bare version or `^`: up to the next change of the left-most digit that is not zero.
    fixed = next((place for place in range(3) if bound[place] != 0), min(given, 3) - 1)
    return bound <= version and version[: fixed + 1] == bound[: fixed + 1]


def parse(text):
    """A version as something that sorts: three numbers, then a pre-release before its release."""
    core, _, pre = text.strip().split("+")[0].partition("-")
    numbers = [int(number) for number in core.split(".")]
    numbers += [0] * (3 - len(numbers))
    order = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in pre.split(".")] if pre else [(2, 0, "")]
    return (*numbers[:3], order)


def label(package):
    return f"{package['name']} {package['version']}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError, tarfile.TarError, tomllib.TOMLDecodeError, KeyError) as problem:
        print(f"error: the dependencies could not be checked: {problem}", file=sys.stderr)
        sys.exit(2)
