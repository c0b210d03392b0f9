"""What MkDocs does for Edgewise's documentation beside reading its own pages: texts that stand elsewhere in the repository are
included from there, with links that lead to the same places on the site; reference pages come from the engine and the presets
(generate.mjs); the built page goes into calculator/, and every page states the policy that the guide gives."""

import base64
import hashlib
import json
import posixpath
import re
import shutil
import subprocess
from itertools import groupby
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from pymdownx.slugs import slugify

here = Path(__file__).parent
root = here.parent.parent
slug = slugify(case="lower")
fence = re.compile(r"^\s*```")
heading = re.compile(r"^(#+)[^\S\n]+(.*?)[^\S\n]*$", re.M)
directive = re.compile(r"^(#+) \{\{ (\S+) \}\}$", re.M)
# A link, or what is no link although it looks like one.
link = re.compile(r"(?P<code>`[^`\n]+`)|(?<!!)\[(?P<text>(?:`[^`]*`|[^\]`])+)\]\((?P<href>[^)\s]+)\)")

texts = {}  # page: its Markdown
places = {}  # (file of the repository, anchor or ""): page that has it


def marked(text):
    """Its lines, and whether each is code."""
    inside = False
    for line in text.splitlines():
        ends = bool(fence.match(line))
        yield line, inside or ends
        inside ^= ends


def read(source):
    """The lines of a file or of one of its sections, each with whether it is code; the section's headline is the first."""
    path, _, anchor = source.partition("#")
    lines = [line for line in marked((root / path).read_text("utf-8")) if not line[0].startswith("<!--")]
    if not anchor:
        return lines
    at = {slug(match[2], "-"): i for i, (line, code) in reversed(list(enumerate(lines))) if not code and (match := heading.match(line))}
    if anchor not in at:
        raise PluginError(f"{path} has no section #{anchor}: {', '.join(at)}")
    begin = at[anchor]
    level = max(2, len(heading.match(lines[begin][0])[1]))
    end = next((i for i in sorted(at.values()) if i > begin and len(heading.match(lines[i][0])[1]) <= level), len(lines))
    return lines[begin:end]


def note_places(page, text):
    for _, source in directive.findall(text):
        path = source.partition("#")[0]
        lines = read(source)
        if lines[0] == read(path)[0]:
            places.setdefault((path, ""), page)
        for line, code in lines:
            if not code and (match := heading.match(line)):
                places.setdefault((path, slug(match[2], "-")), page)


def linked(text, path, page):
    """The text of the file `path` with links as the site has them. What is not on the site is named by its path."""

    def there(match):
        said, href = match["text"], match["href"]
        if match["code"] or "://" in href:
            return match[0]
        target, _, anchor = href.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        if to := places.get((target, anchor)):
            way = posixpath.relpath(to, posixpath.dirname(page) or ".")
            return f"[{said}]({way}{'#' + anchor if anchor else ''})"
        if anchor or not (root / target).exists():
            raise PluginError(f"{path} links to {href}, which is not there")
        return f"`{target}`" if target.endswith(said.strip("`")) else f"{said} (`{target}`)"

    return link.sub(there, text)


def of_table(line):
    """Python-Markdown keeps code of a table's cell together, and so the backslash that GitHub needs."""
    return re.sub(r"`[^`]*`", lambda code: code[0].replace("\\|", "|"), line) if line.startswith("|") else line


def included(page, text):
    def piece(match):
        level, source = len(match[1]), match[2]
        lines = read(source)
        more = level - len(heading.match(lines[0][0])[1])
        shown = []
        for code, together in groupby(lines, lambda line: line[1]):
            text = "\n".join(line for line, _ in together)
            if not code:
                text = heading.sub(lambda head: "#" * (len(head[1]) + more) + " " + head[2], text)
                # A link may go on in the next line.
                text = "\n".join(map(of_table, linked(text, source.partition("#")[0], page).split("\n")))
            shown.append(text)
        return "\n".join(shown)

    return directive.sub(piece, text)


def on_files(files, config):
    texts.clear()
    places.clear()
    generated = subprocess.run(["node", here / "generate.mjs"], check=True, capture_output=True, text=True).stdout
    texts.update(json.loads(generated))
    for page, (first, *others) in config["extra"]["included"].items():
        texts[page] = "\n\n".join([f"# {{{{ {first} }}}}", *(f"## {{{{ {other} }}}}" for other in others)])
    for page in texts:
        files.append(File(page, str(here), config["site_dir"], config["use_directory_urls"]))
    for file in files.documentation_pages():
        if file.src_uri not in texts:
            texts[file.src_uri] = Path(file.abs_src_path).read_text("utf-8")
    for page, text in texts.items():
        note_places(page, text)
    return files


def on_page_read_source(page, config):
    return included(page.file.src_uri, texts[page.file.src_uri])


def guide(page, pattern):
    """What a page of the guide gives to copy."""
    return re.search(pattern, (root / "web/guide" / page).read_text("utf-8"), re.S)[1]


def on_post_build(config):
    site = Path(config["site_dir"])
    (site / "edgewise.css").write_text(guide("README.md", r"```css\n(.*?)```"), "utf-8")
    # The calculator is of the same origin.
    policy = guide("material.md", r"Content-Security-Policy: ([^\n]*)").replace(" https://edgewise.example.org", "")
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", html, re.S)
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'": None for script in scripts}
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy.replace(chr(39) + "sha256-…" + chr(39), " ".join(hashes))}">'
        path.write_text(html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{meta}', 1), "utf-8")
    shutil.copytree(root / "build/site", site / "calculator")
